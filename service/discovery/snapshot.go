package discovery

import (
	"fmt"
	"slices"
	"time"
)

// A Snapshot is the state of a registry. It shares no memory with the model.
type Snapshot struct {
	Now       time.Duration `json:"now"`              // since the start
	Revision  uint64        `json:"revision,string"`  // of the last change, 0 before the first
	Compacted uint64        `json:"compacted,string"` // changes up to this revision are forgotten
	Instances []Instance    `json:"instances"`        // by service and address
	Leases    []LeaseState  `json:"leases"`           // that have not ended, by number
}

// A LeaseState is the state of a lease that has not ended.
type LeaseState struct {
	Lease  Lease         `json:"lease"`
	TTL    time.Duration `json:"ttl"`    // time to live, from the last KeepAlive on
	Expiry time.Duration `json:"expiry"` // when it ends, since the start
}

// Snapshot returns the state at the time of the last call.
func (r *Registry) Snapshot() Snapshot {
	s := Snapshot{Now: r.now, Revision: r.revision, Compacted: r.compacted, Instances: append([]Instance{}, r.instances...), Leases: []LeaseState{}}
	for _, l := range r.leases {
		s.Leases = append(s.Leases, LeaseState{l.id, l.ttl, l.expiry})
	}
	return s
}

// Check returns an error if an invariant is broken: instances are in order, each under a
// lease that has not ended or under none; no lease has outlived its time; and the changes
// that are kept are those after the last compaction, up to the revision, none missing.
func (r *Registry) Check() error {
	for i, n := range r.instances {
		if i > 0 && compare(r.instances[i-1], n) >= 0 {
			return fmt.Errorf("discovery: %v comes after %v", n, r.instances[i-1])
		}
		if n.Lease != 0 && !slices.ContainsFunc(r.leases, func(l lease) bool { return l.id == n.Lease }) {
			return fmt.Errorf("discovery: %v is under a lease that has ended", n)
		}
	}
	for i, l := range r.leases {
		switch {
		case l.id < 1 || l.id > r.last || i > 0 && r.leases[i-1].id >= l.id:
			return fmt.Errorf("discovery: lease %d is out of order", l.id)
		case l.expiry <= r.now || l.expiry > r.now+l.ttl:
			return fmt.Errorf("discovery: lease %d of %v ends at %v, and it is %v", l.id, l.ttl, l.expiry, r.now)
		}
	}
	before := r.compacted
	for i, e := range r.events {
		if e.Revision != before+1 && (i == 0 || e.Revision != before) || e.At > r.now {
			return fmt.Errorf("discovery: %v at revision %d follows revision %d, and it is %v", e, e.Revision, before, r.now)
		}
		before = e.Revision
	}
	if before != r.revision {
		return fmt.Errorf("discovery: the last change is of revision %d, and the registry is at %d", before, r.revision)
	}
	return nil
}
