// Package rtmutexlive compares rtmutex with the runtime's own mutex, which a child
// program reaches by linkname: threads lock and unlock it, a step at a time, and the
// word is read after each step, once no thread is moving.
package rtmutexlive

import (
	"fmt"
	"math/rand/v2"

	"github.com/orrery-go/orrery/locks/rtmutex"
)

// Child is the import path of the program that has the real mutex.
const Child = "github.com/orrery-go/orrery/locks/rtmutex/rtmutexlive/child"

// Env is the environment of the child: every thread needs a P, and no signal may end a
// sleep.
var Env = []string{"GOMAXPROCS=16", "GODEBUG=asyncpreemptoff=1"}

// A Question asks the child to play a script with a number of threads. In a script 2
// makes thread 2 lock, and -2 makes it unlock.
type Question struct {
	Threads int
	Script  []int
}

// An Entry is the result of a step, once no thread is moving.
type Entry struct {
	Word     uint64
	Acquired int // the thread that got the lock; 0 for none
}

// A Script grows a step at a time, because the thread that can unlock is the one that got
// the lock, which can be a random choice.
type Script struct {
	threads int
	rng     *rand.Rand
	model   *rtmutex.Mutex
	bottom  bool // the next unlock wakes the bottom of the stack
	heads   map[uint64]rtmutex.M
	Chosen  int // how often that was so, and the number of such choices
	Choices int
}

// NewScript begins a script of random steps.
func NewScript(release string, threads int, rng *rand.Rand) (*Script, error) {
	s := &Script{threads: threads, rng: rng, heads: map[uint64]rtmutex.M{}}
	var err error
	s.model, err = rtmutex.New(rtmutex.Config{Release: release, Threads: threads, Choose: func(n int) int {
		if s.bottom {
			return 0
		}
		return n - 1
	}})
	return s, err
}

// Next returns a step that can be taken now: an idle thread locks or the one that has the
// lock unlocks.
func (s *Script) Next() int {
	var steps []int
	for _, t := range s.model.Snapshot().Threads {
		switch {
		case t.Holds:
			steps = append(steps, -int(t.M), -int(t.M)) // twice, so that queues end
		case t.Does == "idle":
			steps = append(steps, int(t.M))
		}
	}
	return steps[s.rng.IntN(len(steps))]
}

// Step takes the step in the model, and returns an error if the result differs from that
// of the real mutex. Which sleeper an unlock wakes is a random choice of the real mutex,
// which the model follows if it is one of the two that it allows.
func (s *Script) Step(step int, real Entry) error {
	var got Entry
	m := rtmutex.M(step)
	if step > 0 {
		if err := s.model.Lock(m); err != nil {
			return err
		}
		o, err := s.model.Run(m)
		if err != nil {
			return err
		}
		if o.What == rtmutex.Acquired {
			got.Acquired = int(m)
		}
	} else {
		asleep := s.model.Snapshot().Asleep
		s.bottom = false
		if n := len(asleep); n > 1 {
			s.Choices++
			if s.bottom = real.Acquired == int(asleep[n-1]); s.bottom {
				s.Chosen++
			}
		}
		m = -m
		if err := s.model.Unlock(m); err != nil {
			return err
		}
		o, err := s.model.Run(m)
		if err != nil {
			return err
		}
		if o.Woken != 0 {
			got.Acquired = int(o.Woken)
			if o, err = s.model.Run(o.Woken); err != nil {
				return err
			}
			if o.What != rtmutex.Acquired {
				return fmt.Errorf("step %d: the model's thread %d was woken and %v", step, got.Acquired, o.What)
			}
		}
	}
	got.Word = s.model.Key()
	if got.Acquired != real.Acquired {
		return fmt.Errorf("step %d: the model has thread %d get the lock, the real one %d", step, got.Acquired, real.Acquired)
	}
	return s.sameWord(step, got.Word, real.Word)
}

// sameWord compares the words: the flags, and the thread above them, which the real word
// holds as an address.
func (s *Script) sameWord(step int, model, real uint64) error {
	const flags = 1<<10 - 1
	if !s.model.Snapshot().Spinbit || model>>10 == 0 {
		if model != real {
			return fmt.Errorf("step %d: the model's word is %#x, the real one %#x", step, model, real)
		}
		return nil
	}
	head, address := rtmutex.M(model>>10), real>>10
	known, ok := s.heads[address]
	if !ok {
		for a, m := range s.heads {
			if m == head {
				return fmt.Errorf("step %d: the word has address %#x for thread %d, which was %#x", step, address, head, a)
			}
		}
		s.heads[address], known = head, head
	}
	if model&flags != real&flags || known != head {
		return fmt.Errorf("step %d: the model's word is %#x, the real one %#x, with thread %d", step, model, real, known)
	}
	return nil
}
