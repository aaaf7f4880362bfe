package race

import (
	"fmt"
	"slices"

	"github.com/orrery-go/orrery/internal/choice"
)

// Record returns the operations so far. It returns an error without Config.Record, or if
// there were more than are kept.
func (d *Detector) Record() ([]Op, error) {
	if err := d.recorded(); err != nil {
		return nil, err
	}
	return slices.Clone(d.log), nil
}

// At returns the state after event n, which may lie in the middle of an operation: it
// performs the recorded operations again, up to there. It returns an error without
// Config.Record, if there were more operations than are kept, or if there was no such
// event.
func (d *Detector) At(n uint64) (Snapshot, error) {
	if err := d.recorded(); err != nil {
		return Snapshot{}, err
	}
	if d.refuses != nil {
		return Snapshot{}, d.refuses
	}
	if n < 1 || n > d.seq {
		return Snapshot{}, fmt.Errorf("race: event %d out of range [1,%d]", n, d.seq)
	}
	c := d.config
	c.Record = false
	if c.Choose != nil {
		c.Choose = choice.Again(d.draws)
	}
	var again *Detector
	var at *Snapshot
	c.Trace = func(e Event) {
		if e.Seq == n {
			s := again.Snapshot()
			at = &s
		}
	}
	again, err := New(c)
	if err != nil {
		return Snapshot{}, err
	}
	for _, op := range d.log {
		// What panicked, panicked then, too.
		if _, _ = again.Do(op); at != nil {
			return *at, nil
		}
	}
	return Snapshot{}, fmt.Errorf("race: event %d out of range [1,%d]", n, again.seq)
}
