package alloclive

import (
	"fmt"
	"strings"
)

// pageVerbs are the words of a record for the verbs of a [PageStep].
var pageVerbs = [...]string{
	NewPages: "new", AllocPages: "alloc", FreePages: "free", FlushPages: "flush", Force: "force", ToGoal: "goal", NextCycle: "cycle",
}

// PageRecord returns the text of steps and their results, a step a line. Of an allocation it
// says where it is, how many of its pages had been given back, and "zero" if they are known
// to be zero; of what gives pages back, how many bytes, and each row as its first page and
// its length.
func PageRecord(steps []PageStep, results []Result) string {
	var b strings.Builder
	for i, s := range steps {
		r := results[i]
		fmt.Fprintf(&b, "%s %d %d", pageVerbs[s.Verb], s.A, s.B)
		switch s.Verb {
		case AllocPages:
			fmt.Fprintf(&b, " = %d %d", r.N, r.Scavenged)
			if r.Zeroed {
				b.WriteString(" zero")
			}
		case Force, ToGoal:
			fmt.Fprintf(&b, " = %d", r.N)
			for _, row := range r.Rows {
				fmt.Fprintf(&b, " %d+%d", row[0], row[1])
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// PageSteps returns the steps of a record.
func PageSteps(record string) (steps []PageStep, err error) {
	for line := range strings.Lines(record) {
		var verb string
		var s PageStep
		if _, err := fmt.Sscan(line, &verb, &s.A, &s.B); err != nil {
			return nil, fmt.Errorf("alloclive: %q: %w", line, err)
		}
		for v, word := range pageVerbs {
			if word == verb {
				s.Verb = PageVerb(v)
			}
		}
		steps = append(steps, s)
	}
	return steps, nil
}
