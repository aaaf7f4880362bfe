package main

import (
	"fmt"
	"io"

	"github.com/orrery-go/orrery/sched"
)

// A teller tells events, and leaves out those that only repeat earlier ones: a goroutine
// that performs the same operations again, or threads that look for work and find none.
type teller struct {
	last [8]string // the latest lines, without their times
	n    int
	left int // lines left out since the last one

	lines []int // of the program's text, by operation

	marks int // so far
}

// mostMarks bounds what is printed of a program that may never end.
const mostMarks = 1000

// printed prints what the program prints.
func (t *teller) printed(out io.Writer, e sched.Event) {
	if e.Kind != sched.Marked {
		return
	}
	switch t.marks++; {
	case t.marks <= mostMarks:
		fmt.Fprintf(out, "g%d prints %s\n", e.G, e.What)
	case t.marks == mostMarks+1:
		fmt.Fprintf(out, "... and more; -events tells all\n")
	}
}

func (t *teller) tell(out io.Writer, e sched.Event) {
	text := e.String()
	for _, old := range t.last {
		if old == text {
			t.left++
			return
		}
	}
	t.rest(out)
	t.last[t.n%len(t.last)] = text
	t.n++
	fmt.Fprintln(out, e.At, text+t.line(e))
}

// line returns the line of the program's text that the event belongs to, if there is
// one.
func (t *teller) line(e sched.Event) string {
	switch e.Kind {
	case sched.Did, sched.Parked, sched.Started:
		if e.PC >= 0 && int(e.PC) < len(t.lines) {
			return fmt.Sprintf(" (line %d)", t.lines[e.PC])
		}
	}
	return ""
}

// rest reports the number of lines that were left out.
func (t *teller) rest(out io.Writer) {
	if t.left > 0 {
		fmt.Fprintf(out, "... %d more of these\n", t.left)
		t.left = 0
	}
}
