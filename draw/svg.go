package draw

import (
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf8"
)

// An svg collects the elements of a picture, in pixels. What a box or a line means
// is its class; style.go says how each class looks on light and on dark paper.
type svg struct {
	body          strings.Builder
	width, height int
	ids           map[string]bool
}

// fontSize is the size of all text. A monospaced character is about 0.6 of it wide.
const (
	fontSize  = 13
	charWidth = 8
	mostText  = 160 // characters of a line without a bound of its own
)

func (s *svg) grow(x, y int) {
	s.width, s.height = max(s.width, x), max(s.height, y)
}

// name returns an id attribute, unique in the picture; none for "".
func (s *svg) name(id string) string {
	if id == "" || s.ids[id] {
		return ""
	}
	if s.ids == nil {
		s.ids = map[string]bool{}
	}
	s.ids[id] = true
	return fmt.Sprintf(` id="%s"`, inXML(printable(id)))
}

// box draws a box of a class. The id, which may be "", identifies the object.
func (s *svg) box(id, class string, x, y, w, h int) {
	s.grow(x+w, y+h)
	fmt.Fprintf(&s.body, `<rect%s class="%s" x="%d" y="%d" width="%d" height="%d"/>`+"\n", s.name(id), class, x, y, w, h)
}

// share draws a box of which a share from 0 to 1 is taken: the fuller, the darker.
func (s *svg) share(id, class string, x, y, w, h int, share float64) {
	s.grow(x+w, y+h)
	fmt.Fprintf(&s.body, `<rect%s class="%s" fill-opacity="%.2f" x="%d" y="%d" width="%d" height="%d"/>`+"\n", s.name(id), class, 0.1+0.9*max(0, min(share, 1)), x, y, w, h)
}

// text writes a line. Anchor is start, middle or end. The characters that do not
// fit the width are cut; a width of 0 leaves room for any line of usual length.
func (s *svg) text(x, y, width int, anchor, text string) { s.textOn("", x, y, width, anchor, text) }

// textOn writes a line with a class, such as on-black for text in a black box.
func (s *svg) textOn(class string, x, y, width int, anchor, text string) {
	if width > 0 {
		text = cut(printable(text), width/charWidth)
	} else {
		text = cut(printable(text), mostText)
	}
	if anchor == "start" {
		s.grow(x+utf8.RuneCountInString(text)*charWidth, y)
	}
	if class != "" {
		class = fmt.Sprintf(` class="%s"`, class)
	}
	fmt.Fprintf(&s.body, `<text%s x="%d" y="%d" text-anchor="%s">%s</text>`+"\n", class, x, y, anchor, inXML(text))
}

// line draws a line of a class.
func (s *svg) line(class string, x1, y1, x2, y2 int) {
	s.grow(max(x1, x2), max(y1, y2))
	fmt.Fprintf(&s.body, `<line class="%s" x1="%d" y1="%d" x2="%d" y2="%d"/>`+"\n", class, x1, y1, x2, y2)
}

// arrow draws a line with a head at its second end.
func (s *svg) arrow(class string, x1, y1, x2, y2 int) {
	back := 10 // width of the head
	if y2 > y1 {
		back = -back
	}
	s.line(class, x1, y1, x2, y2+back)
	s.head(class, x2, y2, x2-5, y2+back, x2+5, y2+back)
}

func (s *svg) head(class string, x1, y1, x2, y2, x3, y3 int) {
	s.grow(max(x1, x2, x3), max(y1, y2, y3))
	kind := "head"
	switch {
	case strings.Contains(class, "amber"):
		kind = "head-amber"
	case strings.Contains(class, "strong"):
		kind = "head-strong"
	}
	fmt.Fprintf(&s.body, `<path class="%s" d="M%d %d L%d %d L%d %d Z"/>`+"\n", kind, x1, y1, x2, y2, x3, y3)
}

// curve draws a curve of a class through two points that bend it, with a head at
// its end, pointing down or, if up, up.
func (s *svg) curve(class string, x1, y1, bx1, by1, bx2, by2, x2, y2 int, up bool) {
	side := -7
	if up {
		side = 7
	}
	s.grow(max(x1, x2, bx1, bx2), max(y1, y2, by1, by2))
	fmt.Fprintf(&s.body, `<path class="%s" d="M%d %d C%d %d %d %d %d %d"/>`+"\n", class, x1, y1, bx1, by1, bx2, by2, x2, y2+side)
	s.head(class, x2, y2, x2-4, y2+side, x2+4, y2+side)
}

// A sign is an entry of a legend: a class, and what it means.
type sign struct{ class, means string }

// legend draws the signs in rows that are as wide as the picture, from x, y on.
func (s *svg) legend(x, y int, signs ...sign) {
	const box, gap, row = 16, 6, 24
	right := max(s.width, 560)
	at := x
	for _, k := range signs {
		w := box + gap + utf8.RuneCountInString(k.means)*charWidth + 20
		if at > x && at+w > right {
			at, y = x, y+row
		}
		s.box("", k.class, at, y, box, box)
		s.textOn("dim", at+box+gap, y+13, 0, "start", k.means)
		at += w
	}
	s.grow(0, y+row)
}

// cut leaves at most n characters, the last of which shows that the text was cut.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	runes := []rune(text[:min(len(text), utf8.UTFMax*(n+1))])
	switch {
	case len(runes) <= n:
		return text
	case n < 2:
		return string(runes[:max(n, 0)])
	}
	return string(runes[:n-1]) + "…"
}

// printable replaces characters that XML cannot hold, up to the length of a line.
func printable(text string) string {
	if len(text) > 8*mostText {
		text = text[:8*mostText]
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError || 0xd800 <= r && r < 0xe000 || r == 0xfffe || r == 0xffff {
			return '?'
		}
		return r
	}, text)
}

func inXML(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // writing to a Builder cannot fail
	return b.String()
}

// String returns the file.
func (s *svg) String(title string) string {
	const margin = 12
	w, h := s.width+margin, s.height+margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="%d">`+"\n", w, h, w, h, fontSize)
	fmt.Fprintf(&b, "<title>%s</title>\n", inXML(cut(printable(title), mostText)))
	b.WriteString(style)
	fmt.Fprintf(&b, `<path class="paper" d="M0 0 H%d V%d H0 Z"/>`+"\n", w, h)
	b.WriteString(s.body.String())
	b.WriteString("</svg>\n")
	return b.String()
}
