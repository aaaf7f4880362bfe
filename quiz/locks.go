package quiz

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/orrery-go/orrery/locks"
)

var locksForms = []form{{"barging", lockBarging}, {"readers", lockReaders}, {"misuse", lockMisuse}, {"wait group", lockGroup}}

// locked is a run of locks by hand.
type locked struct {
	m    *locks.Locks
	told strings.Builder
}

func lockUp(rel string, goroutines int, of ...locks.Primitive) (*locked, error) {
	m, err := locks.New(locks.Config{Release: rel})
	if err != nil {
		return nil, err
	}
	for _, p := range of {
		switch p {
		case locks.Mutex:
			_, err = m.NewMutex()
		case locks.RWMutex:
			_, err = m.NewRWMutex()
		default:
			_, err = m.NewWaitGroup()
		}
		if err != nil {
			return nil, err
		}
	}
	for range goroutines {
		if _, err := m.Go(); err != nil {
			return nil, err
		}
	}
	return &locked{m: m}, nil
}

func (l *locked) do(g locks.G, v locks.Verb, delta int64) (locks.Outcome, error) {
	op := locks.Op{Verb: v, ID: 1, Delta: delta}
	o, err := l.m.Do(g, op)
	if err != nil && o.What != locks.Panicked && o.What != locks.Crashed {
		return o, err
	}
	fmt.Fprintf(&l.told, "goroutine %d: %v: %v", g, op, o)
	if err != nil {
		fmt.Fprintf(&l.told, ": %v", err)
	}
	if len(l.m.Ready()) > 0 {
		fmt.Fprintf(&l.told, ", ready %v", l.m.Ready())
	}
	l.told.WriteString("\n")
	return o, err
}

func lockBarging(r *rand.Rand) (draft, error) {
	rel := pick(r, "go1.8", "go1.26")
	late := r.IntN(2) == 0
	l, err := lockUp(rel, 3, locks.Mutex)
	if err != nil {
		return draft{}, err
	}
	steps := []struct {
		g locks.G
		v locks.Verb
	}{{1, locks.LockVerb}, {2, locks.LockVerb}, {1, locks.UnlockVerb}, {1, locks.LockVerb}}
	for _, k := range steps {
		if _, err := l.do(k.g, k.v, 0); err != nil {
			return draft{}, err
		}
	}
	waited := "less than a millisecond"
	if late {
		waited = "two milliseconds"
		if err := l.m.Advance(2_000_000); err != nil {
			return draft{}, err
		}
	}
	o, err := l.m.Resume(2)
	if err != nil {
		return draft{}, err
	}
	fmt.Fprintf(&l.told, "goroutine 2 goes on: %v\n", o)
	if o, err = l.do(1, locks.UnlockVerb, 0); err != nil {
		return draft{}, err
	}
	const handed, open = "goroutine 2: the mutex is handed over to it", "whichever locks it first: it is only unlocked, and goroutine 2 is woken"
	d := draft{
		text:  fmt.Sprintf("%s: goroutine 2 waits for a mutex; goroutine 1 unlocks it and locks it again before goroutine 2 runs, so that this one, after waiting for %s, must wait again. Goroutine 1 unlocks once more. Whose is the mutex?", rel, waited),
		right: open, wrong: []string{handed, open, "goroutine 1: an unlock by the last holder has no effect"}, why: l.told.String(), rule: "starvation",
	}
	if o.What == locks.Yielded {
		d.right = handed
	}
	return d, nil
}

func lockReaders(r *rand.Rand) (draft, error) {
	n := locks.G(between(r, 2, 4))
	l, err := lockUp("", int(n)+2, locks.RWMutex)
	if err != nil {
		return draft{}, err
	}
	if _, err := l.do(1, locks.LockVerb, 0); err != nil {
		return draft{}, err
	}
	writer := locks.G(between(r, 2, int64(n)+2))
	for g := locks.G(2); g <= n+2; g++ {
		v := locks.RLockVerb
		if g == writer {
			v = locks.LockVerb
		}
		if _, err := l.do(g, v, 0); err != nil {
			return draft{}, err
		}
	}
	if _, err := l.do(1, locks.UnlockVerb, 0); err != nil {
		return draft{}, err
	}
	list := func(gs []locks.G) string { return strings.Trim(fmt.Sprint(gs), "[]") }
	ready := l.m.Ready()
	var all []locks.G
	for g := locks.G(2); g <= n+2; g++ {
		all = append(all, g)
	}
	return draft{
		text:  fmt.Sprintf("Goroutine 1 holds an RWMutex for writing. Goroutines 2 to %d queue up in this order; %d wants to write, the others to read. Goroutine 1 unlocks. Which are made runnable, in which order?", n+2, writer),
		right: list(ready), wrong: []string{list(all), fmt.Sprint(writer), list(ready[:1]), fmt.Sprint(2)}, why: l.told.String(), rule: "rwmutex",
	}, nil
}

func lockMisuse(r *rand.Rand) (draft, error) {
	rel := pick(r, "go1.7", "go1.9", "go1.26")
	l, err := lockUp(rel, 1, locks.Mutex)
	if err != nil {
		return draft{}, err
	}
	o, err := l.do(1, locks.UnlockVerb, 0)
	if err == nil {
		return draft{}, fmt.Errorf("an unlock of an unlocked mutex is accepted")
	}
	const panics, fatal, nothing = "a panic, which recover can stop", "a fatal error, which recover cannot stop", "nothing"
	d := draft{text: rel + ": what is the result of Unlock on a sync.Mutex that is not locked?", right: fatal, wrong: []string{panics, fatal, nothing}, why: l.told.String(), rule: "misuse"}
	if o.What == locks.Panicked {
		d.right = panics
	}
	return d, nil
}

func lockGroup(r *rand.Rand) (draft, error) {
	l, err := lockUp("", 1, locks.WaitGroup)
	if err != nil {
		return draft{}, err
	}
	counter := int64(0)
	var code []string
	for range between(r, 2, 5) {
		n := between(r, -2, 3)
		code = append(code, fmt.Sprintf("wg.Add(%d)", n))
		if _, err := l.do(1, locks.AddVerb, n); err != nil {
			return draft{
				text: "var wg sync.WaitGroup\n" + indent(strings.Join(code, "\n")) + "\nWhat happens?", right: "panic: " + err.Error(),
				wrong: []string{fmt.Sprintf("the counter is %d", counter+n), "the counter is 0", "panic: sync: WaitGroup is reused before previous Wait has returned"}, why: l.told.String(), rule: "waitgroup",
			}, nil
		}
		counter += n
	}
	return draft{
		text: "var wg sync.WaitGroup\n" + indent(strings.Join(code, "\n")) + "\nWhat happens?", right: fmt.Sprintf("the counter is %d", counter),
		wrong: []string{"panic: sync: negative WaitGroup counter", fmt.Sprintf("the counter is %d", counter+1), "the counter is 0"}, why: l.told.String(), rule: "waitgroup",
	}, nil
}
