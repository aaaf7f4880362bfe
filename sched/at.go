package sched

import (
	"fmt"

	"github.com/orrery-go/orrery/internal/choice"
)

// At returns the state right after event n, which may lie in the middle of a step. For 0, and
// for an event before New returned, that is the state in the beginning. At runs the program
// again up to the event, which takes as long as the run took; for a Sim that [NewFrom] made it
// calls begin again, which must make an equal source. It returns an error if there was no such
// event.
func (s *Sim) At(n uint64) (Snapshot, error) {
	if s.again == nil {
		return Snapshot{}, errZero
	}
	if n > s.seq {
		return Snapshot{}, fmt.Errorf("sched: event %d out of range [0,%d]", n, s.seq)
	}
	c := s.config
	c.Trace = nil
	if c.Choose != nil {
		c.Choose = choice.Again(s.draws)
	}
	again, err := s.again(c)
	if err != nil {
		return Snapshot{}, err
	}
	if n <= again.seq {
		return again.Snapshot(), nil
	}
	var at *Snapshot
	again.trace = func(e Event) {
		if e.Seq == n {
			s := again.Snapshot()
			at = &s
		}
	}
	for more := true; at == nil && more; {
		more, _ = again.Step()
	}
	if at == nil {
		return Snapshot{}, fmt.Errorf("sched: the source is not the same when it is run again: it has %d events, and %d before", again.seq, s.seq)
	}
	return *at, nil
}
