package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/orrery-go/orrery/claims"
)

const gap = 2 // blanks between columns

var colours = map[claims.Verdict]string{
	claims.Holds:     "\x1b[32m",
	claims.Imprecise: "\x1b[33m",
	claims.Outdated:  "\x1b[35m",
	claims.Wrong:     "\x1b[31m",
}

// printTable prints the rows at the width of the terminal, and how many there
// are of each verdict.
func printTable(w io.Writer, seen []claims.Observation) error {
	width, tty := terminal(w)
	out := bufio.NewWriter(w)
	rest := max(width-6-9-3*gap, 40)
	widths := []int{6, 9, rest * 2 / 5, rest - rest*2/5}

	row := func(colour string, cells ...string) {
		lines := make([][]string, len(cells))
		height := 0
		for i, c := range cells {
			lines[i] = wrap(c, widths[i])
			height = max(height, len(lines[i]))
		}
		for y := range height {
			var b strings.Builder
			for i := range cells {
				text := ""
				if y < len(lines[i]) {
					text = lines[i][y]
				}
				blanks := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text)+gap)
				if i == 1 && tty && colour != "" {
					text = colour + text + "\x1b[0m"
				}
				b.WriteString(text + blanks)
			}
			fmt.Fprintln(out, strings.TrimRight(b.String(), " "))
		}
	}

	row("", "row", "verdict", "the claim", "what Go answers")
	fmt.Fprintln(out, strings.Repeat("-", min(width, rest+6+9+3*gap)))
	for _, o := range seen {
		row(colours[o.Row.Verdict], o.Row.ID, string(o.Row.Verdict), o.Row.Claim, answer(o))
	}
	fmt.Fprint(out, "\n", summary(seen))
	return out.Flush()
}

func answer(o claims.Observation) string {
	switch {
	case o.Row.Kind == claims.Definition:
		return "a definition: " + o.Row.Source
	case !o.Row.Checked():
		return "not checked yet: " + o.Row.Fact
	}
	text := o.Row.Asks + ": "
	if o.Row.Claimed != "" && o.Row.Verdict != claims.Holds {
		text += "claimed " + o.Row.Claimed + "; "
	}
	text += o.String()
	if !o.OK {
		text += " <-- NOT AS EXPECTED"
	}
	return text
}

func summary(seen []claims.Observation) string {
	count := map[claims.Verdict]int{}
	checked, confirmed := 0, 0
	for _, o := range seen {
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
		parts = append(parts, fmt.Sprintf("%d %s", count[v], v))
	}
	text := fmt.Sprintf("%s.\n%d of %d checked verdicts confirmed", strings.Join(parts, ", "), confirmed, checked)
	if other := len(seen) - checked; other > 0 {
		text += fmt.Sprintf("; %d rows without a check", other)
	}
	return text + ".\n"
}

// wrap breaks text into lines of at most width runes, at blanks where it can.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		line = word
		for utf8.RuneCountInString(line) > width {
			r := []rune(line)
			lines, line = append(lines, string(r[:width])), string(r[width:])
		}
	}
	return append(lines, line)
}
