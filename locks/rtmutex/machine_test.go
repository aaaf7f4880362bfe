package rtmutex

import (
	"slices"
	"testing"
)

// TestStrange gives the machines states that are none of theirs: Check returns an error,
// and there are no steps from them and no goal is reached in them.
func TestStrange(t *testing.T) {
	for _, c := range []struct {
		name, release string
		change        func(l *Mutex)
		well          bool // it is a state of the machine after all
	}{
		{"unchanged", "go1.23", func(*Mutex) {}, true},
		{"unchanged", "go1.24", func(*Mutex) {}, true},
		{"the word names a thread that does not exist", "go1.24", func(l *Mutex) { l.key |= withHead(4, 0) }, false},
		{"a thread has read such a word", "go1.24", func(l *Mutex) { l.threads[1].v = withHead(4, 0) }, false},
		{"next does not exist", "go1.24", func(l *Mutex) { l.threads[1].next = 4 }, false},
		{"committed does not exist", "go1.24", func(l *Mutex) { l.threads[1].committed = 4 }, false},
		{"wake does not exist", "go1.24", func(l *Mutex) { l.threads[1].wake = 4 }, false},
		{"an unknown step", "go1.24", func(l *Mutex) { l.threads[1].pc = pc(len(pcs)) }, false},
		{"a step of the mutex since go1.24", "go1.23", func(l *Mutex) { l.threads[2].pc = lockXchg8 }, false},
		{"a step of the mutex up to go1.23", "go1.24", func(l *Mutex) { l.threads[2].pc = futexWake }, false},
		{"a pop from no stack", "go1.24", func(l *Mutex) { l.threads[2].pc = popCas }, false},
		{"a pop", "go1.24", func(l *Mutex) { l.threads[2].pc, l.threads[2].v = popCas, withHead(3, 0) }, true},
		{"nobody to wake", "go1.24", func(l *Mutex) { l.threads[2].pc = semaWake }, false},
		{"one to wake", "go1.24", func(l *Mutex) { l.threads[2].pc, l.threads[2].wake = semaWake, 3 }, true},
		{"a thread comes after itself", "go1.24", func(l *Mutex) { l.threads[2].next = 2 }, false},
		{"a circle", "go1.24", func(l *Mutex) { l.threads[1].next, l.threads[2].next, l.threads[3].next = 2, 3, 1 }, false},
		{"as long as a stack can be", "go1.24", func(l *Mutex) { l.threads[2].next, l.threads[3].next = 1, 2 }, true},
		{"a thread in the queue does not exist", "go1.23", func(l *Mutex) { l.futex = []M{4} }, false},
		{"a thread in the queue is awake", "go1.23", func(l *Mutex) { l.futex = []M{2} }, false},
		{"a thread is in the queue twice", "go1.23", func(l *Mutex) {
			l.key, l.threads[1].holds = MutexHeldSleeping, true
			l.threads[2].pc, l.futex = asleep, []M{2, 2}
		}, false},
		{"a thread is in the queue", "go1.23", func(l *Mutex) {
			l.key, l.threads[1].holds = MutexHeldSleeping, true
			l.threads[2].pc, l.futex = asleep, []M{2}
		}, true},
		{"held by nobody", "go1.24", func(l *Mutex) { l.key = MutexLocked }, false},
		{"held by two", "go1.24", func(l *Mutex) {
			l.key, l.threads[1].holds, l.threads[2].holds = MutexLocked, true, true
		}, false},
		{"held while the word is unlocked", "go1.24", func(l *Mutex) { l.threads[1].holds = true }, false},
	} {
		k, err := NewMachine(Config{Release: c.release, Threads: 3, OneCPU: true})
		if err != nil {
			t.Fatal(err)
		}
		l := k.fresh(nil)
		c.change(l)
		s := k.encode(l)
		if err := k.Check(s); (err == nil) != c.well {
			t.Errorf("%s: %s: Check returns %v", c.release, c.name, err)
		}
		steps := 0
		k.Successors(s, func(int, Packed) { steps++ })
		if (steps > 0) != c.well {
			t.Errorf("%s: %s: %d steps", c.release, c.name, steps)
		}
		for goal := -1; goal <= 3; goal++ {
			want := c.well && goal >= 0 && goal < 3 && l.threads[goal+1].holds
			if _, err := k.decode(s, nil); err == nil && !c.well {
				continue // of a state that can be read the goals are what they are
			}
			if k.Goal(goal, s) != want {
				t.Errorf("%s: %s: goal %d: want %t", c.release, c.name, goal, want)
			}
		}
		k.Successors(s, nil)
	}
	if (&Machine{}).Goal(0, Packed{}) || (&Machine{}).Check(Packed{}) == nil {
		t.Error("a Machine that is not from NewMachine has a state")
	}
}

// TestGoals follows one thread around: it has the lock from the step that gives it to the
// one that gives it back, and only the other threads' goals are never reached.
func TestGoals(t *testing.T) {
	for _, release := range []string{"go1.23", "go1.24"} {
		k, err := NewMachine(Config{Release: release, Threads: 2})
		if err != nil {
			t.Fatal(err)
		}
		s := k.Initial()[0]
		var got []bool
		for range 5 {
			got = append(got, k.Goal(0, s))
			if k.Goal(1, s) || k.Goal(-1, s) || k.Goal(2, s) {
				t.Errorf("%s: another goal is reached in %#x", release, s)
			}
			labels, first := k.Labels(), true
			k.Successors(s, func(event int, to Packed) {
				if first && labels[event][:8] == "thread 1" {
					s, first = to, false
				}
			})
		}
		if want := []bool{false, false, true, true, false}; !slices.Equal(got, want) {
			t.Errorf("%s: has the lock: %v, want %v", release, got, want)
		}
	}
}
