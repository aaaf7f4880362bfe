package sched

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// String returns [Timeline.Table] of 64 columns.
func (t Timeline) String() string { return t.Table(64) }

// Table returns a table of the Ps over time: each column has the goroutine that had the P
// for most of it, ~ if that was in a system call, or a dot for none. Below a P that had a
// run queue, and at the end for the global queue, q is how many goroutines were in it at
// most, + for ten and more. The last line has the functions: in a run of more than 61
// goroutines the functions, not the goroutines, have letters. There are 16 to 1,000
// columns; of more than 4,096 Ps the first are shown.
func (t Timeline) Table(columns int) string {
	const most = 1 << 12 // Ps
	columns = min(max(columns, 16), 1000)
	c := chart{t: t, columns: columns, step: max(t.End/time.Duration(columns), 1), letters: t.letters()}
	c.sort(most)
	var b strings.Builder
	end := t.End.String()
	fmt.Fprintf(&b, "%-4s0s%s%s\n", "", strings.Repeat(" ", max(1, columns-2-len(end))), end)
	for p := range P(min(max(t.Procs, 0), most)) {
		fmt.Fprintf(&b, "p%-3d%s\n", p, c.row(p))
		if q := c.queue(p); q != "" {
			fmt.Fprintf(&b, "  q %s\n", q)
		}
	}
	if q := c.queue(none); q != "" {
		fmt.Fprintf(&b, "all %s\n", q)
	}
	b.WriteString(c.legend())
	return b.String()
}

// A chart is a Timeline by columns.
type chart struct {
	t       Timeline
	columns int
	step    time.Duration // of a column
	letters []byte        // of the goroutines, from 1 on
	spans   map[P][]Span
	queues  map[P][]Queue
}

func (c *chart) sort(most P) {
	c.spans, c.queues = map[P][]Span{}, map[P][]Queue{}
	for _, s := range c.t.Spans {
		if s.P < most {
			c.spans[s.P] = append(c.spans[s.P], s)
		}
	}
	for _, q := range c.t.Queues {
		if q.P < most {
			c.queues[q.P] = append(c.queues[q.P], q)
		}
	}
}

// row returns the row of a P.
func (c *chart) row(p P) []byte {
	has := make([]time.Duration, c.columns)
	line := []byte(strings.Repeat(".", c.columns))
	for _, s := range c.spans[p] {
		for i := int(min(max(s.From, 0)/c.step, 1<<30)); i < c.columns; i++ {
			from, to := max(s.From, time.Duration(i)*c.step), min(s.To, time.Duration(i+1)*c.step)
			if from > to || from == to && s.From != s.To {
				break
			}
			if d := to - from + 1; d > has[i] {
				has[i], line[i] = d, c.letter(s)
			}
		}
	}
	return line
}

// queue returns the row of a queue's length, or "" if nothing was ever in it for longer
// than an instant.
func (c *chart) queue(p P) string {
	most := make([]int, c.columns)
	list := c.queues[p]
	some := false
	for i, q := range list {
		end := c.t.End
		if i+1 < len(list) {
			end = list[i+1].At
		}
		if q.Len <= 0 || end <= q.At {
			continue
		}
		some = true
		for k := int(min(max(q.At, 0)/c.step, 1<<30)); k < c.columns && time.Duration(k)*c.step < end; k++ {
			most[k] = max(most[k], q.Len)
		}
	}
	if !some {
		return ""
	}
	line := make([]byte, c.columns)
	for i, n := range most {
		switch {
		case n == 0:
			line[i] = '.'
		case n < 10:
			line[i] = '0' + byte(n)
		default:
			line[i] = '+'
		}
	}
	return string(line)
}

const letters = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// letters gives each goroutine a letter of its own, or, if there are too many goroutines,
// that of its function.
func (t Timeline) letters() []byte {
	most := len(t.Funcs)
	for _, s := range t.Spans {
		most = max(most, int(min(s.G, MaxSpans)))
	}
	out := make([]byte, max(most, 0))
	names := t.names()
	for i := range out {
		k := i
		if most > len(letters) && i < len(t.Funcs) {
			k = slices.Index(names, t.Funcs[i])
		}
		out[i] = letters[max(k, 0)%len(letters)]
	}
	return out
}

// names returns the functions in the order of their first goroutines. A function that
// never ran is missing.
func (t Timeline) names() []string {
	var list []string
	seen := map[string]bool{"": true}
	for _, f := range t.Funcs {
		if !seen[f] {
			seen[f] = true
			list = append(list, f)
		}
	}
	return list
}

func (c *chart) letter(s Span) byte {
	switch {
	case s.Syscall:
		return '~'
	case s.G < 1 || int(s.G) > len(c.letters):
		return '*' // the runtime's own
	}
	return c.letters[s.G-1]
}

// legend reports which goroutines run which function: "1 main, 2-4 worker".
func (c *chart) legend() string {
	var list []string
	for _, name := range c.t.names() {
		var runs [][2]int
		for i, f := range c.t.Funcs {
			if f != name {
				continue
			}
			if n := len(runs); n > 0 && runs[n-1][1] == i-1 {
				runs[n-1][1] = i
			} else {
				runs = append(runs, [2]int{i, i})
			}
		}
		list = append(list, c.of(runs)+" "+name)
		if len(list) == len(letters) {
			break
		}
	}
	if len(list) == 0 {
		return ""
	}
	return strings.Join(list, ", ") + "\n"
}

// of names goroutines by their letters, or by the letter of their function and their
// number.
func (c *chart) of(runs [][2]int) string {
	if len(c.letters) > len(letters) {
		n := 0
		for _, r := range runs {
			n += r[1] - r[0] + 1
		}
		text := string(c.letters[runs[0][0]])
		if n > 1 {
			text += fmt.Sprintf(" (%d)", n)
		}
		return text
	}
	var list []string
	for _, r := range runs {
		text := string(c.letters[r[0]])
		if r[1] > r[0] {
			text += "-" + string(c.letters[r[1]])
		}
		list = append(list, text)
	}
	return strings.Join(list, " ")
}
