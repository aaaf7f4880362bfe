//go:build !orrery_lean || orrery_runes

package playground

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/orrery-go/orrery/runes"
)

func init() { add(&runesView) }

var runesView = View{
	ID:    "runes",
	Title: Words{"UTF-8", "UTF-8"},
	About: Words{"A text a rune at a time: which bytes it is made of, what the automaton waits for, and what becomes of bytes that are none.",
		"逐个 rune 解码文本：由哪些字节组成、自动机在等什么，以及非法字节会变成什么。"},
	Language: Words{`any text; \x and two digits is a byte`, `任意文本；\x 加两位十六进制数表示一个字节`},
	Model:    "runes", Fidelity: runes.Fidelity, Prefix: "kind.", Run: runRunes,
	Releases: func() []string { return []string{} },
	Words: map[string]Words{
		"kind.decoded":  {"{bytes} is {code} {rune}", "{bytes} 是 {code} {rune}"},
		"kind.broken":   {"{bytes} begins no rune here: U+FFFD, one byte wide", "{bytes} 在此不构成 rune：得到 U+FFFD，宽 1 字节"},
		"state.start":   {"before a rune", "rune 之前"},
		"state.waits":   {"{n} more bytes are missing", "还缺 {n} 字节"},
		"state.done":    {"the rune is whole", "rune 完整"},
		"state.wrong":   {"no rune has these bytes", "没有 rune 由这些字节组成"},
		"bytes":         {"bytes", "字节"},
		"runes":         {"runes", "rune"},
		"automaton":     {"the automaton after each byte", "每个字节之后的自动机"},
		"counts":        {"{bytes} bytes, {runes} runes, {clusters} that a reader would count", "{bytes} 字节，{runes} 个 rune，读者眼中 {clusters} 个字符"},
		"byte":          {"byte {n}", "第 {n} 字节"},
		"bad byte":      {"\\x wants two hexadecimal digits", "\\x 之后应有两位十六进制数"},
		"headline.text": {"for range, utf8.DecodeRune and []rune see this", "for range、utf8.DecodeRune 与 []rune 看到的结果"},
	},
	Examples: []Example{
		{ID: "widths", Title: Words{"One to four bytes", "一到四个字节"}, Program: "aé汉👍"},
		{ID: "family", Title: Words{"A family of seven runes", "七个 rune 的一家人"}, Program: "👨\u200d👩\u200d👧\u200d👦"},
		{ID: "combining", Title: Words{"A letter and its accent", "字母与组合重音"}, Program: "e\u0301 é"},
		{ID: "broken", Title: Words{"Bytes that are no text", "不是文本的字节"}, Program: `a\xff\xe6\xb1b\xed\xa0\x80c\xf0\x9f`},
	},
}

// unescape replaces \x and two digits by a byte; line and column, from 1, are those of a
// malformed escape.
func unescape(text string) (out string, line, column int) {
	var b strings.Builder
	line, column = 1, 1
	for text != "" {
		rest, found := strings.CutPrefix(text, `\x`)
		if !found {
			r, n := runes.Decode(text)
			b.WriteString(text[:n])
			text = text[n:]
			if column++; r == '\n' {
				line, column = line+1, 1
			}
			continue
		}
		var c byte
		if len(rest) < 2 {
			return "", line, column
		}
		if n, err := fmt.Sscanf(rest[:2], "%02x", &c); n != 1 || err != nil || !isHex(rest[0]) || !isHex(rest[1]) {
			return "", line, column
		}
		b.WriteByte(c)
		text = rest[2:]
		column += 4
	}
	return b.String(), 0, 0
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func runRunes(in *Input) (*Run, error) {
	text, line, column := unescape(in.Program)
	if line > 0 {
		return nil, &Error{line, column, in.Say("bad byte")}
	}
	d, err := runes.New(runes.Config{Text: text})
	if err != nil {
		return nil, err
	}
	var events []runes.Event
	for e := range d.Events() {
		if len(events) == MaxSteps {
			break
		}
		events = append(events, e)
	}
	r := &Run{Steps: len(events), Cut: d.Snapshot().Offset < len(text), Headline: in.Say("headline.text"),
		End: in.Say("counts", "bytes", len(text), "runes", runes.Count(text), "clusters", len(runes.Clusters(text)))}
	r.Step = func(n int) Step {
		e := events[n-1]
		return Step{Kind: string(e.Kind), Rule: e.Rule,
			Text: in.Say("kind."+string(e.Kind), "bytes", fmt.Sprintf("% X", text[e.Offset:e.Offset+e.Width]), "code", fmt.Sprintf("U+%04X", e.Rune), "rune", shownRune(e.Rune))}
	}
	r.At = func(n int) (State, error) { return State{Panels: runesPanels(in, text, events, n)}, nil }
	return r, nil
}

// shownRune returns a rune in a form that can be shown: a combining mark on a circle, ""
// for a control character.
func shownRune(r rune) string {
	switch {
	case unicode.Is(unicode.Mn, r):
		return "◌" + string(r)
	case unicode.IsGraphic(r):
		return string(r)
	}
	return ""
}

func runesPanels(in *Input, text string, events []runes.Event, n int) []Panel {
	const before, after = 24, 24 // bytes around the step's
	now := runes.Event{}
	if n > 0 {
		now = events[n-1]
	}
	bytes := Row{ID: "bytes", Label: in.Say("bytes"), Groups: []Group{{Cells: []Cell{}}}}
	decoded := Row{ID: "runes", Label: in.Say("runes"), Groups: []Group{{Cells: []Cell{}}}}
	of := map[int]int{} // the event of each byte
	for i, e := range events[:n] {
		if e.Offset+e.Width <= now.Offset-before {
			continue
		}
		for b := range e.Width {
			of[e.Offset+b] = i + 1
		}
		look := "data"
		if e.Kind == runes.Broken {
			look = "lost"
		}
		if i == n-1 {
			look += " acts"
		}
		decoded.Groups[0].Cells = append(decoded.Groups[0].Cells, Cell{ID: fmt.Sprint("r", i), Text: shownRune(e.Rune), Hue: hue(i + 1), Look: look,
			Mark: fmt.Sprintf("U+%04X", e.Rune), Title: fmt.Sprintf("U+%04X", e.Rune)})
	}
	end := min(now.Offset+now.Width+after, len(text))
	for i := max(now.Offset-before, 0); i < end; i++ {
		cell := Cell{ID: fmt.Sprint("b", i), Text: fmt.Sprintf("%02X", text[i]), Title: in.Say("byte", "n", i), Look: "empty"}
		if of[i] > 0 {
			cell.Look, cell.Hue = "data", hue(of[i])
		}
		if n > 0 && i >= now.Offset && i < now.Offset+now.Width {
			cell.Look += " acts"
		}
		bytes.Groups[0].Cells = append(bytes.Groups[0].Cells, cell)
	}
	bytes.Groups[0].More = len(text) - end
	states := Row{ID: "states", Label: in.Say("automaton"), Groups: []Group{{Cells: []Cell{}}}}
	for i, s := range now.States {
		what := in.Say("state.waits", "n", s.Missing())
		switch s {
		case runes.Start:
			what = in.Say("state.start")
		case runes.Done:
			what = in.Say("state.done")
		case runes.Wrong:
			what = in.Say("state.wrong")
		}
		states.Groups[0].Cells = append(states.Groups[0].Cells, Cell{ID: fmt.Sprint("s", i), Text: fmt.Sprintf("%02X", now.Read[i]), Mark: s.String(), Title: what})
	}
	return []Panel{{Kind: "rows", Rows: []Row{bytes, decoded, states}}}
}
