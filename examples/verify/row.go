package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/orrery-go/orrery/claims"
	"github.com/orrery-go/orrery/internal/terminal"
)

// A rowPrinter prints each row in full.
type rowPrinter struct {
	out   io.Writer
	words words
}

func (p *rowPrinter) row(o claims.Observation) error {
	w, r := p.words, o.Row
	t, err := r.In(w.lang)
	if err != nil {
		return err
	}
	width, _ := terminal.Size(p.out)
	var b strings.Builder
	line := func(name, text string) {
		if text == "" {
			return
		}
		const indent = 12
		for i, part := range wrap(text, max(width-indent, 20)) {
			if i > 0 {
				name = ""
			}
			b.WriteString(pad(name, indent) + part + "\n")
		}
	}
	line(r.ID, t.Verdict+w.comma+w.kinds[r.Proof])
	line(w.claim, t.Claim)
	line(w.fact, t.Fact)
	line(w.asks, t.Asks)
	line(strings.TrimSpace(w.claimed), r.Claimed)
	line(w.observe, r.Observe)
	line(w.source, r.Source)
	// Consecutive answers that agree share a line.
	for i := 0; i < len(o.Answers); {
		a, j := o.Answers[i], i
		for j+1 < len(o.Answers) && o.Answers[j+1].By == a.By && o.Answers[j+1].Got == a.Got && o.Answers[j+1].OK == a.OK {
			j++
		}
		text := a.Release
		if j > i {
			text += " - " + o.Answers[j].Release
		}
		text += ": " + a.Got
		if !a.OK {
			text += " (" + w.expect + " " + a.Want + ")" + w.unexpected
		}
		line(w.by[a.By], text)
		i = j + 1
	}
	line(w.here, o.Unasked)
	switch {
	case r.Proof == claims.Definition:
		line("", w.nothing)
	case !r.Checked():
		line("", strings.TrimSuffix(strings.TrimSpace(w.unchecked), ":"))
	}
	_, err = fmt.Fprintln(p.out, b.String())
	return err
}

func (p *rowPrinter) end() error { return nil }
