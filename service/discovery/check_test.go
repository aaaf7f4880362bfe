package discovery

import (
	"testing"
)

// TestCheck: Check finds what breaks an invariant.
func TestCheck(t *testing.T) {
	lives := func() *Registry {
		r := new(Registry)
		for range 3 {
			id, err := r.Grant(1, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, addr := range []string{"a", "b"} {
				if err := r.Register(1, Instance{Service: string(rune('p' + id)), Addr: addr, Lease: id}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := r.Revoke(2, 1); err != nil { // two events of one revision
			t.Fatal(err)
		}
		if err := r.Compact(3); err != nil {
			t.Fatal(err)
		}
		return r
	}
	if err := lives().Check(); err != nil {
		t.Fatal(err)
	}
	var empty Registry
	if err := empty.Check(); err != nil {
		t.Fatal(err)
	}
	for name, breaks := range map[string]func(r *Registry){
		"the first two change places":      func(r *Registry) { r.instances[0], r.instances[1] = r.instances[1], r.instances[0] },
		"an instance is there twice":       func(r *Registry) { r.instances[1] = r.instances[0] },
		"a lease is not there":             func(r *Registry) { r.instances[0].Lease = 1 },
		"a lease has the number 0":         func(r *Registry) { r.instances, r.leases[0].id = nil, 0 },
		"a lease is younger than the last": func(r *Registry) { r.last = 2 },
		"two leases change places":         func(r *Registry) { r.leases[0], r.leases[1] = r.leases[1], r.leases[0] },
		"two leases have one number":       func(r *Registry) { r.instances, r.leases[0].id = nil, r.leases[1].id },
		"a lease ends now":                 func(r *Registry) { r.leases[0].expiry = r.now },
		"a lease has outlived its time":    func(r *Registry) { r.leases[1].expiry = r.now - 1 },
		"a lease lives longer than its":    func(r *Registry) { r.leases[0].expiry = r.now + r.leases[0].ttl + 1 },
		"an event is of a forgotten one":   func(r *Registry) { r.events[0].Revision = r.compacted },
		"a forgotten event is kept":        func(r *Registry) { r.events = append([]Event{{Revision: r.compacted}}, r.events...) },
		"the first event is not the next":  func(r *Registry) { r.events = r.events[1:] },
		"an event is missing":              func(r *Registry) { r.events = append(r.events[:1:1], r.events[2:]...) },
		"the last event is missing":        func(r *Registry) { r.events = r.events[:2] },
		"revisions fall":                   func(r *Registry) { r.events[1].Revision, r.events[2].Revision = 5, 4 },
		"an event is of the future":        func(r *Registry) { r.events[0].At = r.now + 1 },
		"the registry is ahead":            func(r *Registry) { r.revision++ },
	} {
		r := lives()
		if breaks(r); r.Check() == nil {
			t.Errorf("%s: Check does not notice", name)
		}
	}
	r := lives()
	r.leases[0].expiry = r.now + r.leases[0].ttl
	if err := r.Check(); err != nil {
		t.Errorf("a lease was renewed now: %v", err)
	}
}
