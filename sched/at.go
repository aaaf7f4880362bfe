package sched

import "fmt"

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
		draws := s.draws
		c.Choose = func(of int) int {
			if len(draws) == 0 {
				return -1 // the source is not the same
			}
			i := draws[0]
			draws = draws[1:]
			return i
		}
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
