package main

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"unicode/utf8"

	"github.com/orrery-go/orrery/claims"
	"github.com/orrery-go/orrery/internal/terminal"
)

const gap = 2 // blanks between columns

var colours = map[claims.Verdict]string{
	claims.Holds:     "\x1b[32m",
	claims.Imprecise: "\x1b[33m",
	claims.Outdated:  "\x1b[35m",
	claims.Wrong:     "\x1b[31m",
}

// A table prints rows at the width of the terminal, as their results arrive, and at the
// end the number of rows with each verdict.
type table struct {
	out    io.Writer
	words  words
	left   int // rows whose check is slow
	widths []int
	tty    bool
	seen   []claims.Observation
}

func newTable(out io.Writer, words words, left int) *table {
	width, tty := terminal.Size(out)
	t := &table{out: out, words: words, left: left, tty: tty}
	rest := max(width-6-9-3*gap, 29)
	t.widths = []int{6, 9, rest * 2 / 5, rest - rest*2/5}
	return t
}

// width returns the width of a line.
func (t *table) width() int {
	sum := (len(t.widths) - 1) * gap
	for _, w := range t.widths {
		sum += w
	}
	return sum
}

func (t *table) row(o claims.Observation) error {
	if len(t.seen) == 0 {
		for _, line := range wrap(fmt.Sprintf(t.words.machine, runtime.Version()), t.width()) {
			fmt.Fprintln(t.out, line)
		}
		if err := t.cells("", "", t.words.row, t.words.verdict, t.words.claim, t.words.answers); err != nil {
			return err
		}
		fmt.Fprintln(t.out, strings.Repeat("-", t.width()))
	}
	t.seen = append(t.seen, o)
	text, err := o.Row.In(t.words.lang)
	if err != nil {
		return err
	}
	answer, err := t.answer(o, text)
	if err != nil {
		return err
	}
	return t.cells(colours[o.Row.Verdict], "\x1b[0m", o.Row.ID, text.Verdict, text.Claim, answer)
}

// cells prints one row of the table; its second cell is coloured on a terminal.
func (t *table) cells(colour, reset string, cells ...string) error {
	lines := make([][]string, len(cells))
	height := 0
	for i, c := range cells {
		lines[i] = wrap(c, t.widths[i])
		height = max(height, len(lines[i]))
	}
	var b strings.Builder
	for y := range height {
		line := ""
		for i := range cells {
			text := ""
			if y < len(lines[i]) {
				text = lines[i][y]
			}
			padded := pad(text, t.widths[i]+gap)
			if i == 1 && t.tty && colour != "" {
				padded = colour + text + reset + padded[len(text):]
			}
			line += padded
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	_, err := io.WriteString(t.out, b.String())
	return err
}

func (t *table) answer(o claims.Observation, in claims.Text) (string, error) {
	switch {
	case o.Row.Proof == claims.Definition:
		return t.words.definition + o.Row.Source, nil
	case !o.Row.Checked():
		return t.words.unchecked + in.Fact, nil
	}
	said, err := o.In(t.words.lang)
	if err != nil {
		return "", err
	}
	text := in.Asks + t.words.colon
	if o.Row.Claimed != "" && o.Row.Verdict != claims.Holds {
		text += t.words.claimed + o.Row.Claimed + "; "
	}
	text += said
	if !o.OK {
		text += t.words.unexpected
	}
	return text, nil
}

func (t *table) end() error {
	count := map[claims.Verdict]int{}
	checked, confirmed := 0, 0
	for _, o := range t.seen {
		count[o.Row.Verdict]++
		if o.Row.Checked() {
			checked++
			if o.OK {
				confirmed++
			}
		}
	}
	var parts []string
	for _, v := range claims.Verdicts() {
		word, err := v.In(t.words.lang)
		if err != nil {
			return err
		}
		parts = append(parts, fmt.Sprintf("%d %s", count[v], word))
	}
	text := "\n" + strings.Join(parts, t.words.comma) + t.words.stop + "\n" + fmt.Sprintf(t.words.confirmed, confirmed, checked)
	if other := len(t.seen) - checked; other > 0 {
		text += fmt.Sprintf(t.words.others, other)
	}
	text += t.words.stop + "\n"
	if t.left > 0 {
		text += fmt.Sprintf(t.words.longer, t.left) + "\n"
	}
	_, err := io.WriteString(t.out, text)
	return err
}

// columnsOf returns the number of terminal columns of a text: Chinese characters take
// two.
func columnsOf(text string) (n int) {
	for _, r := range text {
		if n++; wide(r) {
			n++
		}
	}
	return n
}

// wide reports whether a terminal gives the character two columns.
func wide(r rune) bool { return r >= 0x2e80 }

// pad pads a text with blanks.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(width-columnsOf(text), 0))
}

// wrap breaks text into lines of at most width columns, at blanks where it can. A
// Chinese character is a word of its own, with the punctuation next to it.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		blank := " "
		for _, part := range pieces(word) {
			switch {
			case line == "":
				line = part
			case columnsOf(line+blank+part) <= width:
				line += blank + part
			default:
				lines, line = append(lines, line), part
			}
			for columnsOf(line) > width {
				cut := len(line)
				for columnsOf(line[:cut]) > width {
					_, size := utf8.DecodeLastRuneInString(line[:cut])
					cut -= size
				}
				lines, line = append(lines, line[:cut]), line[cut:]
			}
			blank = ""
		}
	}
	return append(lines, line)
}

// breaks reports whether a line may break next to the character.
func breaks(r rune) bool { return wide(r) || strings.ContainsRune("“”…", r) }

// pieces splits a word where a line may break: before and after Chinese characters, but
// not before closing and not after opening punctuation.
func pieces(word string) []string {
	var out []string
	before := rune(0)
	for _, r := range word {
		if before == 0 || !breaks(r) && !breaks(before) || strings.ContainsRune("，。；：、）”？！…", r) || strings.ContainsRune("（“", before) {
			if before == 0 {
				out = append(out, "")
			}
			out[len(out)-1] += string(r)
		} else {
			out = append(out, string(r))
		}
		before = r
	}
	return out
}
