package ipc

import (
	"fmt"
	"slices"
)

// An Outcome is the result of a call.
type Outcome struct {
	N         int    `json:"n"`              // bytes
	Data      []byte `json:"data,omitempty"` // that were read
	FDs       []FD   `json:"fds,omitempty"`  // that came with them
	Priority  int    `json:"priority"`       // of a message
	Truncated bool   `json:"truncated"`      // a datagram was longer: the rest is lost
	Signal    int    `json:"signal"`
	Waiter    int    `json:"waiter"` // of a call that sleeps
}

// String reads like "5, 5 bytes read" or "waiter 1".
func (o Outcome) String() string {
	if o.Waiter != 0 {
		return fmt.Sprintf("waiter %d", o.Waiter)
	}
	text := fmt.Sprint(o.N)
	if len(o.Data) > 0 {
		text += fmt.Sprintf(", %d bytes read", len(o.Data))
	}
	if len(o.FDs) > 0 {
		text += fmt.Sprintf(", %d descriptors", len(o.FDs))
	}
	if o.Truncated {
		text += ", truncated"
	}
	if o.Signal != 0 {
		text += fmt.Sprintf(", signal %d", o.Signal)
	}
	return text
}

// A waiter is a call that sleeps.
type waiter struct {
	id    int
	proc  Proc
	file  *file
	awake bool
	intr  bool
	// again tries once more: done says that the call returns.
	again func() (o Outcome, done bool, err error)
}

// A waitlist is calls that sleep for something, in the order of coming.
type waitlist []*waiter

// maxWaiters bounds how many calls may sleep.
const maxWaiters = 4096

// block has a call sleep until something wakes it.
func (s *System) block(p Proc, f *file, list *waitlist, again func() (Outcome, bool, error)) (Outcome, error) {
	if len(s.waiters) == maxWaiters {
		return Outcome{}, fmt.Errorf("ipc: %d calls sleep already", maxWaiters)
	}
	s.lastWaiter++
	w := &waiter{id: s.lastWaiter, proc: p, file: f, again: again}
	s.waiters = append(s.waiters, w)
	if f != nil {
		f.refs++
	}
	s.asleep(w, list)
	return Outcome{Waiter: w.id}, nil
}

func (s *System) asleep(w *waiter, list *waitlist) {
	*list = append(*list, w)
	s.counts.Sleeps++
	s.tell(Event{Kind: Sleeps, Rule: "sleep", Proc: w.proc, Of: w.id})
}

// wake wakes the call of a list that has come first.
func (s *System) wake(list *waitlist) {
	if len(*list) == 0 {
		return
	}
	w := (*list)[0]
	*list = slices.Delete(*list, 0, 1)
	w.awake = true
	s.counts.Wakes++
	s.tell(Event{Kind: Wakes, Rule: "wake", Proc: w.proc, Of: w.id})
}

// wakeAll wakes all calls of a list.
func (s *System) wakeAll(list *waitlist) {
	for len(*list) > 0 {
		s.wake(list)
	}
}

func (s *System) find(id int) (*waiter, error) {
	i, ok := slices.BinarySearchFunc(s.waiters, id, func(w *waiter, id int) int { return w.id - id })
	if !ok {
		return nil, fmt.Errorf("ipc: no call %d sleeps", id)
	}
	return s.waiters[i], nil
}

// Awake lists the calls that were woken and have not gone on, by number.
func (s *System) Awake() []int {
	out := []int{}
	for _, w := range s.waiters {
		if w.awake {
			out = append(out, w.id)
		}
	}
	return out
}

// Resume lets a call that was woken go on. The Outcome has its Waiter if it must sleep
// again, and otherwise the result of the call.
func (s *System) Resume(id int) (Outcome, error) {
	if err := s.enter(1); err != nil {
		return Outcome{}, err
	}
	w, err := s.find(id)
	if err != nil {
		return Outcome{}, err
	}
	if !w.awake {
		return Outcome{}, fmt.Errorf("ipc: call %d sleeps", id)
	}
	w.awake = false
	o, done, err := w.again()
	if !done {
		if !w.intr {
			return Outcome{Waiter: id}, nil // again has put it to sleep
		}
		o, err = s.interrupted(w, o)
	}
	s.waiters = slices.DeleteFunc(s.waiters, func(x *waiter) bool { return x == w })
	if w.file != nil {
		s.put(w.file)
	}
	return o, err
}

// interrupted ends a call that a signal has woken: with what it has done, or EINTR.
func (s *System) interrupted(w *waiter, o Outcome) (Outcome, error) {
	for _, list := range s.lists(w.file) {
		*list = slices.DeleteFunc(*list, func(x *waiter) bool { return x == w })
	}
	if o.N > 0 {
		return o, nil
	}
	return Outcome{}, EINTR
}

// Interrupt wakes a call that sleeps, as a signal does.
func (s *System) Interrupt(id int) error {
	if err := s.enter(1); err != nil {
		return err
	}
	w, err := s.find(id)
	if err != nil {
		return err
	}
	for _, list := range s.lists(w.file) {
		*list = slices.DeleteFunc(*list, func(x *waiter) bool { return x == w })
	}
	w.awake, w.intr = true, true
	return nil
}

// lists returns those that a call on the file may be on. Without a file it sleeps for a
// semaphore.
func (s *System) lists(f *file) (out []*waitlist) {
	switch {
	case f == nil:
		for i := range s.sems {
			out = append(out, &s.sems[i].sleepers)
		}
	case f.pipe != nil:
		out = append(out, &f.pipe.readers, &f.pipe.writers, &f.pipe.opens)
	case f.sock != nil:
		out = append(out, &f.sock.readers, &f.sock.writers)
	case f.queue != nil:
		out = append(out, &f.queue.readers, &f.queue.writers)
	}
	return out
}
