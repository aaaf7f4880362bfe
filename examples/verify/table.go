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

// A table prints rows at the width of the terminal, as they are ready, and in the
// end how many there were of each verdict.
type table struct {
	out    io.Writer
	words  words
	left   int // rows whose check takes longer
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

// width is that of a whole line.
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
	return t.cells(colours[o.Row.Verdict], "\x1b[0m", o.Row.ID, t.words.verdicts[o.Row.Verdict], o.Row.Claim, t.answer(o))
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

func (t *table) answer(o claims.Observation) string {
	switch {
	case o.Row.Kind == claims.Definition:
		return t.words.definition + o.Row.Source
	case !o.Row.Checked():
		return t.words.unchecked + o.Row.Fact
	}
	text := o.Row.Asks + ": "
	if o.Row.Claimed != "" && o.Row.Verdict != claims.Holds {
		text += t.words.claimed + o.Row.Claimed + "; "
	}
	text += o.String()
	if !o.OK {
		text += t.words.unexpected
	}
	return text
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
		parts = append(parts, fmt.Sprintf("%d %s", count[v], t.words.verdicts[v]))
	}
	text := "\n" + strings.Join(parts, ", ") + ".\n" + fmt.Sprintf(t.words.confirmed, confirmed, checked)
	if other := len(t.seen) - checked; other > 0 {
		text += fmt.Sprintf(t.words.others, other)
	}
	text += ".\n"
	if t.left > 0 {
		text += fmt.Sprintf(t.words.longer, t.left) + "\n"
	}
	_, err := io.WriteString(t.out, text)
	return err
}

// columnsOf is how many columns of a terminal a text takes: Chinese characters take
// two.
func columnsOf(text string) (n int) {
	for _, r := range text {
		if n++; r >= 0x2e80 {
			n++
		}
	}
	return n
}

// pad fills a text up with blanks.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(width-columnsOf(text), 0))
}

// wrap breaks text into lines of at most width columns, at blanks where it can.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && columnsOf(line)+1+columnsOf(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		line = word
		for columnsOf(line) > width {
			cut := len(line)
			for columnsOf(line[:cut]) > width {
				_, size := utf8.DecodeLastRuneInString(line[:cut])
				cut -= size
			}
			lines, line = append(lines, line[:cut]), line[cut:]
		}
	}
	return append(lines, line)
}
