package ctxtree_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/ctxtree"
)

// TestTimersInOrder: timers fire in the order of their deadlines, also after many of them
// were stopped, and others made.
func TestTimersInOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		deadlines := map[ctxtree.Node]time.Duration{}
		var fired []time.Duration
		m, err := ctxtree.New(ctxtree.Config{Trace: func(e ctxtree.Event) {
			if e.Kind == ctxtree.TimerFired {
				fired = append(fired, deadlines[e.Node])
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		var want []time.Duration
		for i := range 300 {
			d := time.Duration(1 + rng.IntN(1000))
			n, err := m.WithTimeout(ctxtree.Background, d)
			if err != nil {
				t.Fatal(err)
			}
			if deadlines[n] = d; i%3 == 0 {
				want = append(want, d)
			}
		}
		for i := range 300 {
			if i%3 != 0 {
				if _, err := m.Cancel(ctxtree.Node(3 + i)); err != nil {
					t.Fatal(err)
				}
			}
		}
		for range 100 { // the first of them finds more timers stopped than running
			d := time.Duration(1 + rng.IntN(1000))
			n, err := m.WithTimeout(ctxtree.Background, d)
			if err != nil {
				t.Fatal(err)
			}
			deadlines[n], want = d, append(want, d)
		}
		if err := m.Advance(1000); err != nil {
			t.Fatal(err)
		}
		if slices.Sort(want); !slices.Equal(fired, want) {
			t.Errorf("timers fire at %v, want %v", fired, want)
		}
	}
}

// TestFirstTimerStops: when the first timer to fire is swept with others that were stopped,
// the earliest of the rest takes its place.
func TestFirstTimerStops(t *testing.T) {
	m, err := ctxtree.New(ctxtree.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []time.Duration{1, 30, 20, 100, 101, 102} {
		if _, err := m.WithTimeout(ctxtree.Background, d); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []ctxtree.Node{3, 6, 7, 8} {
		if _, err := m.Cancel(n); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := m.WithTimeout(ctxtree.Background, 200); err != nil {
		t.Fatal(err)
	}
	for _, want := range []time.Duration{20, 30, 200} {
		if at, ok := m.Next(); at != want || !ok {
			t.Errorf("the next timer fires at %v, %t, want %v", at, ok, want)
		}
		if err := m.Advance(want - m.Now()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestResetIsNew: after Reset a tree does what a new one does, event by event.
func TestResetIsNew(t *testing.T) {
	var got []ctxtree.Event
	use := func(m *ctxtree.Tree) []ctxtree.Event {
		t.Helper()
		got = nil
		n, err := m.WithTimeout(ctxtree.Background, 5)
		if err != nil {
			t.Fatal(err)
		}
		if n, err = m.WithValue(n, "key", 1); err != nil {
			t.Fatal(err)
		}
		if _, err := m.WithTimeout(n, 3); err != nil {
			t.Fatal(err)
		}
		if _, err := m.AfterFunc(n); err != nil {
			t.Fatal(err)
		}
		if _, err := m.WithTimeout(n, 900); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Value(n, "key"); err != nil {
			t.Fatal(err)
		}
		if err := m.Advance(4); err != nil {
			t.Fatal(err)
		}
		_, _ = m.WithCancel(ctxtree.Nil) // it panics
		return got
	}
	m, err := ctxtree.New(ctxtree.Config{Trace: func(e ctxtree.Event) { got = append(got, e) }})
	if err != nil {
		t.Fatal(err)
	}
	first := use(m)
	for range 2 {
		m.Reset()
		if now := m.Now(); now != 0 {
			t.Errorf("it is %v after Reset", now)
		}
		if diff := cmp.Diff(first, use(m)); diff != "" {
			t.Fatalf("after Reset (-new +reset):\n%s", diff)
		}
	}
}

// TestTimerStates: a Snapshot says whether the timer of a context runs. A deadline in the
// past, or later than that of the parent, has none.
func TestTimerStates(t *testing.T) {
	m, err := ctxtree.New(ctxtree.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []time.Duration{10, 10, 20, 0} {
		if _, err := m.WithTimeout(ctxtree.Background, d); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := m.WithTimeout(3, 11); err != nil {
		t.Fatal(err)
	}
	check := func(want ...ctxtree.TimerState) {
		t.Helper()
		var got []ctxtree.TimerState
		for _, n := range m.Snapshot().Nodes[ctxtree.TODO:] {
			got = append(got, n.Timer)
		}
		if !slices.Equal(got, want) {
			t.Errorf("at %v the timers are %q, want %q", m.Now(), got, want)
		}
	}
	const runs, done, none = ctxtree.TimerRuns, ctxtree.TimerDone, ctxtree.TimerNone
	check(runs, runs, runs, none, none)
	if _, err := m.Cancel(4); err != nil { // it is stopped
		t.Fatal(err)
	}
	check(runs, done, runs, none, none)
	if err := m.Advance(10); err != nil { // the first fires
		t.Fatal(err)
	}
	check(done, done, runs, none, none)
}

// TestDeadlinePast: a deadline that has passed cancels at once, and without a timer.
func TestDeadlinePast(t *testing.T) {
	var kinds []ctxtree.Kind
	var rules []string
	m, err := ctxtree.New(ctxtree.Config{Trace: func(e ctxtree.Event) { kinds, rules = append(kinds, e.Kind), append(rules, e.Rule) }})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []time.Duration{0, -1} {
		kinds, rules = nil, nil
		n, err := m.WithTimeout(ctxtree.Background, d)
		if err != nil {
			t.Fatal(err)
		}
		if why, err := m.Err(n); why != ctxtree.DeadlineExceeded || err != nil {
			t.Errorf("%v: %v, %v", d, why, err)
		}
		if i := slices.Index(rules, "deadline-past"); i < 0 || kinds[i] != ctxtree.Propagate || slices.Contains(kinds, ctxtree.TimerMade) || slices.Index(kinds, ctxtree.ErrSet) < i {
			t.Errorf("%v: %v by %v", d, kinds, rules)
		}
	}
}
