package ctxtree

import (
	"fmt"
	"iter"
	"time"
)

// Settle lets goroutines run until all have ended or wait, as synctest.Wait does.
// It returns the panic of one that panics: the program has ended.
func (t *Tree) Settle() error {
	if t.slow() {
		if err := t.before(Op{Verb: SettleVerb}); err != nil {
			return err
		}
	}
	return t.settle()
}

func (t *Tree) settle() error {
	for {
		if ran, err := t.runReady(); !ran || err != nil {
			return err
		}
	}
}

// Advance lets time pass, as time.Sleep does in a bubble of testing/synctest: goroutines
// that are ready run first; then timers fire, one moment after another, and the
// goroutines that they make ready run before the clock goes on. It returns an error if d
// is negative or the clock would go beyond 292 years, and the panic of a goroutine.
func (t *Tree) Advance(d time.Duration) error {
	if t.slow() {
		if err := t.before(Op{Verb: AdvanceVerb, At: d}); err != nil {
			return err
		}
	}
	if len(t.hot) == 0 {
		return errUseNew
	}
	if d < 0 || t.now.at+d < t.now.at {
		return fmt.Errorf("ctxtree: the clock cannot go from %v by %v", t.now.at, d)
	}
	if err := t.settle(); err != nil {
		return err
	}
	end := moment{at: t.now.at + d}
	for {
		n := t.nextTimer()
		if n == Nil || end.before(t.timer(n).when) {
			break
		}
		t.passTo(t.timer(n).when)
		t.fireAll()
		if err := t.settle(); err != nil {
			return err
		}
	}
	t.passTo(end)
	return nil
}

// passTo sets the clock. A timer that is due cannot be in the past, since a
// deadline in the past has none.
func (t *Tree) passTo(m moment) {
	if t.now == m {
		return
	}
	t.now = m
	if t.trace != nil {
		t.event(Event{Kind: Advanced, Rule: "clock"})
	}
}

// fireAll fires all timers that are due.
func (t *Tree) fireAll() {
	for {
		n := t.nextTimer()
		if n == Nil || t.now.before(t.timer(n).when) {
			return
		}
		t.fire(n)
	}
}

// Next reports when the next timer fires, counted from the start, and whether there
// is one.
func (t *Tree) Next() (time.Duration, bool) {
	n := t.nextTimer()
	if n == Nil {
		return 0, false
	}
	return t.timer(n).when.at, true
}

// Step performs the next step that needs no caller: it runs a goroutine that is ready, or
// else lets time pass until the next timer, and fires it. It reports whether there is
// more to do.
func (t *Tree) Step() (more bool, err error) {
	if t.slow() {
		if err := t.before(Op{Verb: StepVerb}); err != nil {
			return false, err
		}
	}
	ran, err := t.runReady()
	if err != nil {
		return false, err
	}
	if !ran {
		n := t.nextTimer()
		if n == Nil || t.timer(n).when.over > 0 {
			return false, nil // or after the end of the clock
		}
		t.passTo(t.timer(n).when)
		t.fireAll()
	}
	if t.head < len(t.ready) {
		return true, nil
	}
	n := t.nextTimer()
	return n != Nil && t.timer(n).when.over == 0, nil
}

// Events steps to the end, and yields every event as it happens. If the loop is left
// early, the tree stays as it is. Then [Tree.Crashed] reports how it has ended.
func (t *Tree) Events() iter.Seq[Event] {
	return func(yield func(Event) bool) {
		if t.refuses != nil || len(t.hot) == 0 {
			return
		}
		was := t.trace
		defer func() { t.trace = was }()
		var events []Event
		t.trace = func(e Event) {
			events = append(events, e)
			if was != nil {
				was(e)
			}
		}
		for more := true; more; {
			events = events[:0]
			var err error
			if more, err = t.Step(); err != nil {
				more = false
			}
			for _, e := range events {
				if !yield(e) {
					return
				}
			}
		}
	}
}
