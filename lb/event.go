package lb

import (
	"errors"
	"fmt"
	"time"
)

// A Kind is the kind of an event.
type Kind string

// The kinds.
const (
	Skipped   Kind = "skipped"    // Backend was left out, for the reason in Rule
	Hashed    Kind = "hashed"     // the request, to Hash
	Picked    Kind = "picked"     // Backend, which has Active requests now
	Refused   Kind = "refused"    // the request: no backend can be used
	Finished  Kind = "finished"   // a request with Backend, which has Active left
	Ejected   Kind = "ejected"    // Backend, because requests have failed
	Returned  Kind = "returned"   // Backend, because one has not
	StateSet  Kind = "state set"  // of Backend, to State
	WeightSet Kind = "weight set" // of Backend, to Weight
	Added     Kind = "added"      // Backend
	Taken     Kind = "removed"    // Backend
	Probed    Kind = "probed"     // Backend, by an active check; Failed
	Stuck     Kind = "stuck"      // the request, to Backend, by a cookie or its source
	Elected   Kind = "elected"    // balancer Active, of a pair
)

// kindRules has the rule of the kinds that have one each.
var kindRules = map[Kind]string{
	Hashed:    "key",
	Picked:    "pick",
	Refused:   "no-backend",
	Finished:  "done",
	Ejected:   "max-fails",
	Returned:  "max-fails",
	StateSet:  "state",
	WeightSet: "weight",
	Added:     "add",
	Taken:     "remove",
	Probed:    "probe",
	Stuck:     "sticky",
	Elected:   "pair",
}

// String returns the name.
func (k Kind) String() string { return string(k) }

// An Event is one step.
type Event struct {
	Seq     uint64        `json:"seq"` // 1, 2, 3, and so on
	At      time.Duration `json:"at"`  // since the start
	Kind    Kind          `json:"kind"`
	Rule    string        `json:"rule"`    // the row of fidelity.md that the step follows
	Backend Backend       `json:"backend"` // [None] if there is none
	Active  int           `json:"active,omitempty"`
	Weight  int           `json:"weight,omitempty"`
	State   State         `json:"state,omitempty"`
	Hash    uint64        `json:"hash,string,omitempty"`
	Failed  bool          `json:"failed,omitempty"`
}

var errBusy = errors.New("lb: a picker cannot be used from its own Trace")

// event gives the step to Trace, which is set.
//
//go:noinline
func (p *pool) event(e Event) {
	p.seq++
	e.Seq, e.At = p.seq, p.now
	if e.Rule == "" {
		e.Rule = kindRules[e.Kind]
	}
	was := p.busy
	p.busy = true
	defer func() { p.busy = was }()
	p.trace(e)
}

// String reads like "picked 2, which has 1".
func (e Event) String() string {
	switch e.Kind {
	case Skipped:
		return fmt.Sprintf("skipped %d: %s", e.Backend, e.Rule)
	case Hashed:
		return fmt.Sprintf("hashed to %d", e.Hash)
	case Picked:
		return fmt.Sprintf("picked %d, which has %d", e.Backend, e.Active)
	case Refused:
		return "refused: no backend can be used"
	case Finished:
		if e.Failed {
			return fmt.Sprintf("failed at %d, which has %d left", e.Backend, e.Active)
		}
		return fmt.Sprintf("finished at %d, which has %d left", e.Backend, e.Active)
	case StateSet:
		return fmt.Sprintf("%d is %v", e.Backend, e.State)
	case WeightSet:
		return fmt.Sprintf("%d has weight %d", e.Backend, e.Weight)
	case Probed:
		if e.Failed {
			return fmt.Sprintf("probed %d: failed", e.Backend)
		}
		return fmt.Sprintf("probed %d: passed", e.Backend)
	case Elected:
		return fmt.Sprintf("elected balancer %d", e.Active)
	}
	return fmt.Sprintf("%s %d", e.Kind, e.Backend)
}
