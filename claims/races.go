package claims

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/race/racelive"
)

// raceChecks have a race and its remedies: in the model, and under a real race detector.
var raceChecks = map[string]check{
	"24-1": reported(map[int]string{1: "the first", 2: "the second"}, "1:go 1:w0,8 2:w0,8"),
	"24-2": reported(nil,
		"mkm 1:go 1:lk1 1:w0,8 1:ul1 2:lk1 2:w0,8 2:ul1",
		"mkr 1:go 1:lk1 1:w0,8 1:ul1 2:lk1 2:w0,8 2:ul1"),
	"24-3": reported(nil,
		"mkc1,8 1:go 1:sn1 1:w0,8 1:rc1 2:sn1 2:w0,8 2:rc1",
		"mkc0,8 1:go 1:w0,8 1:sn1 2:rc1 2:w0,8",
		"1:go 1:ad0,8 2:ad0,8"),
	"24-4": {model: fewestSteps, live: quickest, quiet: true},
}

// reported returns a check of which operation is reported as a race, for programs in the
// form of package racelive.
func reported(names map[int]string, programs ...string) check {
	answer := func(first []int) (string, error) {
		var out []string
		for i := range programs {
			name, ok := names[first[i]]
			switch {
			case first[i] < 0:
				name = "nothing"
			case !ok:
				name = fmt.Sprintf("operation %d", first[i])
			}
			out = append(out, name)
		}
		return strings.Join(out, " "), nil
	}
	return check{
		slow: true, // it builds a program
		model: func(rel string) (string, error) {
			var first []int
			for _, p := range programs {
				run, err := racelive.Play(racelive.Config(rel), p)
				if err != nil {
					return "", err
				}
				first = append(first, run.First)
			}
			return answer(first)
		},
		live: func() (string, error) {
			a, err := racelive.Ask(context.Background(), programs)
			if err != nil {
				return "", err
			}
			return answer(a.First)
		},
	}
}

// fewestSteps returns the numbers of steps of the two in the models: a state word that
// changes twice; and two acquisitions of a lock, an element and an unlock.
func fewestSteps(rel string) (string, error) {
	mutex, channel := 0, 0
	l, err := locks.New(locks.Config{Release: rel, Trace: func(locks.Event) { mutex++ }})
	if err != nil {
		return "", err
	}
	mu, err := l.NewMutex()
	if err != nil {
		return "", err
	}
	g, err := l.Go()
	if err != nil {
		return "", err
	}
	for _, v := range []locks.Verb{locks.LockVerb, locks.UnlockVerb} {
		if _, err := l.Do(g, locks.Op{Verb: v, ID: mu}); err != nil {
			return "", err
		}
	}
	c, err := chanq.New(chanq.Config{Release: rel, Trace: func(e chanq.Event) {
		if e.Kind != chanq.Made {
			channel++
		}
	}})
	if err != nil {
		return "", err
	}
	h, err := c.Go()
	if err != nil {
		return "", err
	}
	ch, err := c.Make(chanq.Elem{}, 1)
	if err != nil {
		return "", err
	}
	if _, err := c.Send(h, ch, 0); err != nil {
		return "", err
	}
	if _, err := c.Recv(h, ch); err != nil {
		return "", err
	}
	if channel <= mutex {
		return "channel", nil
	}
	return "mutex", nil
}

// quickest increments a counter inside a mutex and inside a channel of 1, and returns
// the faster one in the best of many rounds, since a disturbance makes a round longer.
func quickest() (string, error) {
	const rounds, times = 60, 500
	var mu sync.Mutex
	c := make(chan struct{}, 1)
	n := 0
	mutex, channel := time.Hour, time.Hour
	for range rounds {
		start := time.Now()
		for range times {
			mu.Lock()
			n++
			mu.Unlock()
		}
		mutex = min(mutex, time.Since(start))
		start = time.Now()
		for range times {
			c <- struct{}{}
			n++
			<-c
		}
		channel = min(channel, time.Since(start))
	}
	if n != 2*rounds*times {
		return "", fmt.Errorf("%d increments", n)
	}
	if channel < mutex {
		return "channel", nil
	}
	return "mutex", nil
}
