// Package discovery models how services find each other: a registry, as etcd keeps one.
// An instance registers under a lease and keeps the lease alive; if it dies, the lease
// expires, and with it all registrations under it. A caller of the service lists its
// instances, and watches from then on: it misses no change, since each has a revision.
//
// The knowledge of a watcher is always a little old. Between the death of an instance and
// the end of its lease the instance is still called: that is what retries, breakers and
// health checks are for.
//
// # Concurrent use
//
// A Registry is for one goroutine at a time.
package discovery

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A Lease is the number of a lease: 1, 2, 3, and so on.
type Lease int

// An Instance is an address at which a service can be called.
type Instance struct {
	Service string `json:"service"`
	Addr    string `json:"addr"`
	Lease   Lease  `json:"lease"` // 0: none, it stays until [Registry.Deregister]
}

// A Kind is the kind of an event.
type Kind string

// The kinds.
const (
	Put     Kind = "put"
	Deleted Kind = "deleted" // deregistered, or its lease was revoked
	Expired Kind = "expired" // with its lease
)

// String returns the name.
func (k Kind) String() string { return string(k) }

// An Event is a change of the registry. Changes of one revision happen at once, as when a
// lease ends.
type Event struct {
	Seq      uint64        `json:"seq"` // 1, 2, 3, and so on
	At       time.Duration `json:"at"`
	Kind     Kind          `json:"kind"`
	Rule     string        `json:"rule"`            // the row of service/fidelity.md that the step follows
	Revision uint64        `json:"revision,string"` // of the registry after it
	Instance Instance      `json:"instance"`
}

// String reads like "2s put db 10.0.0.1:80".
func (e Event) String() string {
	return fmt.Sprintf("%v %s %s %s", e.At, e.Kind, e.Instance.Service, e.Instance.Addr)
}

// The limits of a model.
const (
	MaxInstances               = 1 << 16
	MaxLeases                  = 1 << 16
	MaxTTL       time.Duration = 1 << 50
	maxName                    = 200
)

// ErrCompacted says that the registry has forgotten changes that a watcher asks for,
// which has to list again.
var ErrCompacted = errors.New("discovery: that revision has been compacted")

// A Registry holds the instances of services. The zero Registry is empty.
type Registry struct {
	now       time.Duration
	revision  uint64
	compacted uint64
	seq       uint64
	instances []Instance // by service and address
	leases    []lease    // that have not ended, by number
	last      Lease
	events    []Event
}

type lease struct {
	id     Lease
	ttl    time.Duration
	expiry time.Duration
}

// AdvanceTo lets time pass until now: leases expire at the end of their time to live, the
// earliest first, and of those that end together the one that was granted first. It returns an error if the time goes back.
func (r *Registry) AdvanceTo(now time.Duration) error {
	if now < r.now {
		return fmt.Errorf("discovery: the time goes back from %v to %v", r.now, now)
	}
	for {
		next := -1
		for i := range r.leases {
			if r.leases[i].expiry <= now && (next < 0 || r.leases[i].expiry < r.leases[next].expiry) {
				next = i
			}
		}
		if next < 0 {
			r.now = now
			return nil
		}
		r.now = max(r.now, r.leases[next].expiry)
		r.end(next, Expired)
	}
}

// Grant makes a lease. It returns an error if the time goes back, the time to live is
// out of (0,MaxTTL], or there are too many.
func (r *Registry) Grant(now, ttl time.Duration) (Lease, error) {
	if err := r.AdvanceTo(now); err != nil {
		return 0, err
	}
	if ttl <= 0 || ttl > MaxTTL || now > MaxTTL<<10 {
		return 0, fmt.Errorf("discovery: time to live %v at %v out of range (0,%v]", ttl, now, MaxTTL)
	}
	if len(r.leases) == MaxLeases {
		return 0, fmt.Errorf("discovery: more than %d leases", MaxLeases)
	}
	r.last++
	r.leases = append(r.leases, lease{r.last, ttl, now + ttl})
	return r.last, nil
}

// find returns the index of a lease.
func (r *Registry) find(id Lease) (int, error) {
	i, ok := slices.BinarySearchFunc(r.leases, id, func(l lease, id Lease) int { return cmp.Compare(l.id, id) })
	if !ok {
		return 0, fmt.Errorf("discovery: no lease %d: it has expired, was revoked, or never was", id)
	}
	return i, nil
}

// KeepAlive renews a lease: its time to live begins again. It returns an error if the
// lease has ended, or the time goes back.
func (r *Registry) KeepAlive(now time.Duration, id Lease) error {
	if err := r.AdvanceTo(now); err != nil {
		return err
	}
	i, err := r.find(id)
	if err != nil {
		return err
	}
	if now > MaxTTL<<10 {
		return fmt.Errorf("discovery: time %v out of range [0,%v]", now, MaxTTL<<10)
	}
	r.leases[i].expiry = now + r.leases[i].ttl
	return nil
}

// Revoke ends a lease. It returns an error if it has ended, or the time goes back.
func (r *Registry) Revoke(now time.Duration, id Lease) error {
	if err := r.AdvanceTo(now); err != nil {
		return err
	}
	i, err := r.find(id)
	if err != nil {
		return err
	}
	r.end(i, Deleted)
	return nil
}

// end takes a lease away, and all that hangs on it, in one revision.
func (r *Registry) end(i int, k Kind) {
	id := r.leases[i].id
	r.leases = slices.Delete(r.leases, i, i+1)
	rule := "lease-expiry"
	if k == Deleted {
		rule = "lease"
	}
	kept := r.instances[:0]
	first := true
	for _, n := range r.instances {
		if n.Lease != id {
			kept = append(kept, n)
			continue
		}
		if first {
			r.revision++
			first = false
		}
		r.tell(k, rule, n)
	}
	r.instances = kept
}

func (r *Registry) tell(k Kind, rule string, n Instance) {
	r.seq++
	r.events = append(r.events, Event{r.seq, r.now, k, rule, r.revision, n})
}

func compare(a, b Instance) int {
	return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Addr, b.Addr))
}

// Register adds an instance, or gives it another lease. It returns an error if its lease
// is not 0 and has ended, a name is empty or too long, there are too many instances, or
// the time goes back.
func (r *Registry) Register(now time.Duration, n Instance) error {
	if err := r.AdvanceTo(now); err != nil {
		return err
	}
	if n.Service == "" || len(n.Service) > maxName || n.Addr == "" || len(n.Addr) > maxName {
		return fmt.Errorf("discovery: a service of %d bytes at an address of %d, want 1 to %d", len(n.Service), len(n.Addr), maxName)
	}
	if n.Lease != 0 {
		if _, err := r.find(n.Lease); err != nil {
			return err
		}
	}
	i, ok := slices.BinarySearchFunc(r.instances, n, compare)
	switch {
	case ok:
		r.instances[i] = n
	case len(r.instances) == MaxInstances:
		return fmt.Errorf("discovery: more than %d instances", MaxInstances)
	default:
		r.instances = slices.Insert(r.instances, i, n)
	}
	r.revision++
	r.tell(Put, "register", n)
	return nil
}

// Deregister removes an instance. It returns an error if it is not registered, or the
// time goes back.
func (r *Registry) Deregister(now time.Duration, service, addr string) error {
	if err := r.AdvanceTo(now); err != nil {
		return err
	}
	i, ok := slices.BinarySearchFunc(r.instances, Instance{Service: service, Addr: addr}, compare)
	if !ok {
		return fmt.Errorf("discovery: no %.40q at %.40q", service, addr)
	}
	n := r.instances[i]
	r.instances = slices.Delete(r.instances, i, i+1)
	r.revision++
	r.tell(Deleted, "register", n)
	return nil
}

// List returns the instances of a service, in order, and the revision of the registry. It
// returns an error if the time goes back.
func (r *Registry) List(now time.Duration, service string) (out []Instance, revision uint64, err error) {
	if err := r.AdvanceTo(now); err != nil {
		return nil, 0, err
	}
	i, _ := slices.BinarySearchFunc(r.instances, Instance{Service: service}, compare)
	out = []Instance{}
	for ; i < len(r.instances) && r.instances[i].Service == service; i++ {
		out = append(out, r.instances[i])
	}
	return out, r.revision, nil
}

// Watch returns the changes of a service after a revision, and the revision to go on
// from. It returns [ErrCompacted] if some of them are forgotten, and another error if the
// revision is in the future, or the time goes back.
func (r *Registry) Watch(now time.Duration, service string, after uint64) (out []Event, next uint64, err error) {
	if err := r.AdvanceTo(now); err != nil {
		return nil, 0, err
	}
	switch {
	case after < r.compacted:
		return nil, 0, ErrCompacted
	case after > r.revision:
		return nil, 0, fmt.Errorf("discovery: revision %d out of range [%d,%d]", after, r.compacted, r.revision)
	}
	i, _ := slices.BinarySearchFunc(r.events, after, func(e Event, after uint64) int {
		if e.Revision <= after {
			return -1
		}
		return 1
	})
	out = []Event{}
	for _, e := range r.events[i:] {
		if e.Instance.Service == service {
			out = append(out, e)
		}
	}
	return out, r.revision, nil
}

// Compact forgets the changes up to a revision. It returns [ErrCompacted] if the revision
// is forgotten already, as 0 is from the start, and another error if it is in the future.
func (r *Registry) Compact(revision uint64) error {
	if revision <= r.compacted {
		return ErrCompacted
	}
	if revision > r.revision {
		return fmt.Errorf("discovery: revision %d out of range [%d,%d]", revision, r.compacted, r.revision)
	}
	r.compacted = revision
	i := 0
	for i < len(r.events) && r.events[i].Revision <= revision {
		i++
	}
	r.events = append([]Event(nil), r.events[i:]...)
	return nil
}
