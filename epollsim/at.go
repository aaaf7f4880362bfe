package epollsim

import (
	"fmt"
	"slices"
)

// record records an operation.
func (k *Kernel) record(op Op) { k.log = append(k.log, op.clone()) }

// clone returns the same operation in memory of its own.
func (op Op) clone() Op {
	op.Polls = slices.Clone(op.Polls)
	op.Sets = Sets{slices.Clone(op.Sets.In), slices.Clone(op.Sets.Out), slices.Clone(op.Sets.Ex)}
	return op
}

// Record returns the operations so far, if the kernel was made with Config.Record.
func (k *Kernel) Record() []Op {
	log := make([]Op, 0, len(k.log))
	for _, op := range k.log {
		log = append(log, op.clone())
	}
	return log
}

// At returns the state after event n, which may lie in the middle of a call: it performs
// the recorded operations again, up to there. It returns an error if the kernel was made
// without Config.Record, or there was no such event.
func (k *Kernel) At(n uint64) (Snapshot, error) {
	if !k.config.Record {
		return Snapshot{}, fmt.Errorf("epollsim: At needs Config.Record")
	}
	if k.refuses != nil {
		return Snapshot{}, k.refuses
	}
	c := k.config
	c.Record = false
	var again *Kernel
	var at *Snapshot
	seq := uint64(0)
	c.Trace = func(e Event) {
		if seq = e.Seq; seq == n && again != nil {
			s := again.Snapshot()
			at = &s
		}
	}
	again, err := New(c)
	if err != nil {
		return Snapshot{}, err
	}
	if n > 0 && n <= seq { // while it was made
		return again.Snapshot(), nil
	}
	for _, op := range k.log {
		// What failed, failed then, too.
		if _, _ = again.Do(op); at != nil {
			return *at, nil
		}
	}
	return Snapshot{}, fmt.Errorf("epollsim: event %d out of range [1,%d]", n, seq)
}
