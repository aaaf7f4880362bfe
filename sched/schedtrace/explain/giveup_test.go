package explain

import (
	"bytes"
	"strings"
	"testing"
)

// TestGivesUp: whatever work the replay may do, and whenever it gives up and begins again,
// what it explains is true, and nothing is contradicted. What is certain does not depend
// on its work.
func TestGivesUp(t *testing.T) {
	for name, c := range load(t, "") {
		// explained gives the number of starts that are explained if before is called before
		// every event.
		explained := func(how string, n int, before func(e *Explainer)) int {
			e, err := New(bytes.NewReader(c.trace))
			if err != nil {
				t.Fatal(err)
			}
			i, found := 0, 0
			check := func() {
				for _, s := range e.Explained() {
					switch s.Verdict {
					case Contradicted:
						t.Errorf("%s, %s %d: %+v", name, how, n, s)
					case Unique, UpToOrder:
						found++
						if got := word(s); got != c.truth[i] {
							t.Errorf("%s, %s %d: start %d is %s, truth %s", name, how, n, s.Seq, got, c.truth[i])
						}
					}
					i++
				}
			}
			for more := true; more; {
				if e.replay != nil {
					before(e)
					check()
				}
				if more, err = e.Step(); err != nil {
					t.Fatal(err)
				}
				check()
				e.out = e.out[:0]
			}
			if i != len(c.truth) {
				t.Errorf("%s, %s %d: %d starts, want %d", name, how, n, i, len(c.truth))
			}
			if how == "work" && n < -mostWork && e.Stats().MostStates > fewStates/2 {
				t.Errorf("%s, work %d: %+v", name, n, e.Stats())
			}
			return found
		}
		var most, least int
		for _, work := range []int{-2 * mostWork, -1, 1, 3, 10, mostWork} {
			most = explained("work", work, func(e *Explainer) { e.replay.work = work })
			if least == 0 {
				least = most
			}
		}
		// On one P, most is known by the replay alone.
		if least > most || least == 0 || !strings.HasPrefix(name, "1-") && least*5 < most*4 {
			t.Errorf("%s: %d are explained without work, and %d with it", name, least, most)
		}
		for _, every := range []int{1, 2, 3, 7, 20, 61, 150, 400} {
			n := 0
			explained("lost every", every, func(e *Explainer) {
				if n++; n%every == 0 {
					e.settle(0)
					e.replay.lost()
				}
			})
		}
	}
}

// TestNowhere: a goroutine that is in no queue contradicts the rules. There may be
// thieves, too.
func TestNowhere(t *testing.T) {
	r := newReplay(2, trueRules())
	r.event(1)
	r.acquired(0, 1, true)
	r.event(2)
	r.acquired(1, 2, true)
	r.event(1)
	if r.started(7, 1, 0) {
		t.Error("it is explained")
	}
}
