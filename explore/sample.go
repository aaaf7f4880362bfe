package explore

import "fmt"

// One state in sampleEvery is expanded a second and a third time. That costs less
// than 1% of a search.
const sampleEvery = 512

// expandTwice reports a state whose successors are not the same, or not in the
// same order, when they are taken again; and a state that Canonical returned for
// another, but not for itself.
func (e *engine[S]) expandTwice(s S) error {
	first, err := e.successors(s, e.first)
	if err != nil {
		return err
	}
	second, err := e.successors(s, e.second)
	if err != nil {
		return err
	}
	e.first, e.second = first, second
	for i := range max(len(first), len(second)) {
		if i >= len(first) || i >= len(second) || first[i] != second[i] {
			return fmt.Errorf("explore: machine is not deterministic: successor %d of state %#x is %s, and %s when taken again",
				i, s, e.describe(first, i), e.describe(second, i))
		}
	}
	if c := e.canon(s); c != s {
		return fmt.Errorf("explore: Canonical is not idempotent: state %#x is one it gave, and it gives %#x for that", s, c)
	}
	return nil
}

func (e *engine[S]) describe(edges []edge[S], i int) string {
	if i >= len(edges) {
		return "none"
	}
	return fmt.Sprintf("%#x by %q", edges[i].to, e.events[edges[i].event])
}
