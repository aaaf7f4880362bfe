package draw

import (
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf8"
)

// An svg collects the elements of a picture, in pixels. Colours come in middle
// tones, and areas are filled thinly, so that both are seen on any background.
type svg struct {
	body          strings.Builder
	width, height int
}

// The colours: cells tell apart by more than colour, which is never all that
// says something.
const (
	ink    = "#767676" // text and frames: 4.5 to 1 on white and on black
	accent = "#2f81d6" // words with pointers
	amber  = "#b7791f" // pads
)

// fontSize is that of all text. A monospaced character is about 0.6 of it wide.
const (
	fontSize  = 13
	charWidth = 8
)

func (s *svg) grow(x, y int) {
	s.width, s.height = max(s.width, x), max(s.height, y)
}

// rect draws a frame filled with a colour, or with the pattern "pad".
func (s *svg) rect(x, y, w, h int, fill string, opacity float64) {
	s.grow(x+w, y+h)
	fmt.Fprintf(&s.body, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s" fill-opacity="%.2f" stroke="%s"/>`+"\n", x, y, w, h, fill, opacity, ink)
}

// text writes a line. Anchor is start, middle or end. The characters that do
// not fit the width are cut; a width of 0 is no limit.
func (s *svg) text(x, y, width int, anchor, text string) {
	text = printable(text)
	if width > 0 {
		text = cut(text, width/charWidth)
	}
	if anchor == "start" {
		s.grow(x+utf8.RuneCountInString(text)*charWidth, y)
	}
	fmt.Fprintf(&s.body, `<text x="%d" y="%d" text-anchor="%s">%s</text>`+"\n", x, y, anchor, escape(text))
}

// cut leaves at most n characters, the last of them a sign that more were there.
func cut(text string, n int) string {
	runes := []rune(text)
	switch {
	case len(runes) <= n:
		return text
	case n < 2:
		return string(runes[:max(n, 0)])
	}
	return string(runes[:n-1]) + "…"
}

// printable replaces what XML cannot hold.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError || 0xd800 <= r && r < 0xe000 || r == 0xfffe || r == 0xffff {
			return '?'
		}
		return r
	}, text)
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder takes everything
	return b.String()
}

// String reports the file.
func (s *svg) String(title string) string {
	const margin = 12
	w, h := s.width+margin, s.height+margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="%d" fill="%s">`+"\n", w, h, w, h, fontSize, ink)
	fmt.Fprintf(&b, "<title>%s</title>\n", escape(printable(title)))
	fmt.Fprintf(&b, `<defs><pattern id="pad" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="2" height="6" fill="%s"/></pattern></defs>`+"\n", amber)
	b.WriteString(s.body.String())
	b.WriteString("</svg>\n")
	return b.String()
}
