package claims

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/locks/lockslive"
	"github.com/orrery-go/orrery/textbook/deadlock"
	"github.com/orrery-go/orrery/textbook/lease"
	"github.com/orrery-go/orrery/textbook/optimistic"
)

var locksChecks = map[string]check{
	"23-1": lockProgram("m|l1|l1|l1", func(done func(g, op int) bool) string {
		n := 0
		for g := 1; g <= 3; g++ {
			if done(g, 1) {
				n++
			}
		}
		return fmt.Sprint(n)
	}).slowly(),
	"23-2": lockProgram("r w1 w1 w1|k1 a2,-1 w3|w2 a4,-1 l1|w4 k1", func(done func(g, op int) bool) string {
		if done(3, 2) {
			return "reads"
		}
		return "waits"
	}).slowly(),
	"23-3": lockProgram("m|l1 l1", func(done func(g, op int) bool) string {
		if done(1, 2) {
			return "more"
		}
		return "1"
	}).slowly(),
	"23-4":  {model: func(string) (string, error) { return coffman(2) }},
	"23-5":  {model: func(string) (string, error) { return coffman(4) }},
	"23-6":  {model: func(string) (string, error) { return inDeadlock() }},
	"23-7":  lockProgram("m m m|l3 l1 l2 u3 u2 u1|l3 l2 l1 u3 u1 u2", ending(6)).slowly(),
	"23-8":  sinceTryLock(lockProgram("m m w1 w1|l1 a3,-1 w4 t2,1 u2 u1|l2 a4,-1 w3 t1,1 u1 u2", ending(6))).slowly(),
	"23-9":  lockProgram("m m|l1 l2 u2 u1|l1 l2 u2 u1", ending(4)).slowly(),
	"23-10": {model: func(string) (string, error) { return withoutLocks() }},
}

// ending has the answer whether both goroutines come to their last operation.
func ending(last int) func(done func(g, op int) bool) string {
	return func(done func(g, op int) bool) string {
		if done(1, last) && done(2, last) {
			return "both end"
		}
		return "deadlock"
	}
}

// sinceTryLock has another answer for releases in which a mutex has no TryLock.
func sinceTryLock(c check) check {
	model := c.model
	c.model = func(rel string) (string, error) {
		if r, err := locks.ForRelease(rel); err != nil || !r.TryLock {
			return "no TryLock", err
		}
		return model(rel)
	}
	return c
}

// lockProgram has an answer made of which operations of a program came to an end.
func lockProgram(text string, answer func(done func(g, op int) bool) string) check {
	read := func(log string, err error) (string, error) {
		if err != nil {
			return "", err
		}
		return answer(func(g, op int) bool {
			for token := range strings.FieldsSeq(log) {
				if strings.HasPrefix(token, fmt.Sprintf("%d.%d", g, op)) && !strings.HasSuffix(token, "F") {
					return true
				}
			}
			return false
		}), nil
	}
	return check{
		model: func(rel string) (string, error) {
			p, err := lockslive.Parse(text)
			if err != nil {
				return "", err
			}
			return read(lockslive.Predict(rel, p))
		},
		live: func() (string, error) {
			p, err := lockslive.Parse(text)
			if err != nil {
				return "", err
			}
			return read(onLocks(p))
		},
	}
}

var lockChild = sync.OnceValues(func() (*lockslive.Real, error) { return lockslive.Start(context.Background()) })

var lockChildMu sync.Mutex

// onLocks runs the program on real goroutines until a run is undisturbed.
func onLocks(p lockslive.Program) (string, error) {
	lockChildMu.Lock()
	defer lockChildMu.Unlock()
	real, err := lockChild()
	if err != nil {
		return "", err
	}
	for range 1000 {
		runs, err := real.Run([]lockslive.Program{p})
		if err != nil {
			return "", err
		}
		if !runs[0].Disturbed() {
			return runs[0].Log, nil
		}
	}
	return "", fmt.Errorf("claims: %v was disturbed each time", p)
}

// coffman counts the conditions without which no interleaving of n processes
// deadlocks, if with all of them one does.
func coffman(n int) (string, error) {
	without := 0
	for drop := range 5 {
		c := deadlock.All
		for i, p := range []*bool{&c.MutualExclusion, &c.HoldAndWait, &c.NoPreemption, &c.CircularWait} {
			*p = drop != i+1
		}
		m, err := deadlock.NewCoffman(n, c)
		if err != nil {
			return "", err
		}
		r, err := explore.Run(context.Background(), m, explore.Options{MaxStates: 1 << 16})
		if err != nil {
			return "", err
		}
		if free := r.Counterexample == nil; drop == 0 && free {
			return "none are needed", nil
		} else if free {
			without++
		}
	}
	return fmt.Sprint(without), nil
}

// inDeadlock counts the conditions that hold in a deadlock that was found.
func inDeadlock() (string, error) {
	m, err := deadlock.NewCoffman(3, deadlock.All)
	if err != nil {
		return "", err
	}
	r, err := explore.Run(context.Background(), m, explore.Options{MaxStates: 1 << 16})
	if err != nil || r.Counterexample == nil {
		return "no deadlock", err
	}
	c, err := m.Held(r.Counterexample.End())
	n := 0
	for _, holds := range []bool{c.MutualExclusion, c.HoldAndWait, c.NoPreemption, c.CircularWait} {
		if holds {
			n++
		}
	}
	return fmt.Sprint(n), err
}

// withoutLocks has two clients take two leases in opposite orders, and processes
// add to a counter by compare-and-swap.
func withoutLocks() (string, error) {
	var a, b lease.Lock
	got := 0
	for _, l := range []*lease.Lock{&a, &b, &b, &a} { // the first client's a, the second's b, and then the other way round
		if _, ok, err := l.Acquire(time.Second); err != nil {
			return "", err
		} else if ok {
			got++
		}
	}
	text := "leases: free"
	if got == 2 {
		text = "leases: deadlock"
	}
	if err := a.Advance(time.Second); err != nil {
		return "", err
	}
	if _, ok, err := a.Acquire(time.Second); err != nil {
		return "", err
	} else if ok {
		text += " for a time"
	}
	m, err := optimistic.NewCounter(3, true)
	if err != nil {
		return "", err
	}
	r, err := explore.Run(context.Background(), m, explore.Options{MaxStates: 1 << 16})
	if err != nil {
		return "", err
	}
	if r.Deadlocks == 0 && r.Counterexample == nil {
		return text + "; compare-and-swap: free", nil
	}
	return text + "; compare-and-swap: deadlock", nil
}
