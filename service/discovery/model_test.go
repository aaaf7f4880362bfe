package discovery_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/service/discovery"
)

// TestModel performs random operations: after each the invariants hold, the snapshot has
// the instances that List returns, and it belongs to the caller.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r discovery.Registry
		now := time.Duration(0)
		for range rapid.IntRange(1, 40).Draw(t, "operations") {
			now += time.Duration(rapid.IntRange(0, 3).Draw(t, "pass"))
			lease := discovery.Lease(rapid.IntRange(0, 5).Draw(t, "lease"))
			addr := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "addr")
			switch rapid.IntRange(0, 6).Draw(t, "verb") { // errors are valid answers, too
			case 0:
				r.Grant(now, time.Duration(rapid.IntRange(1, 6).Draw(t, "ttl")))
			case 1:
				r.KeepAlive(now, lease)
			case 2:
				r.Revoke(now, lease)
			case 3:
				r.Deregister(now, "db", addr)
			case 4:
				r.Compact(uint64(rapid.IntRange(0, 20).Draw(t, "revision")))
			default:
				r.Register(now, discovery.Instance{Service: "db", Addr: addr, Lease: lease})
			}
			if err := r.Check(); err != nil {
				t.Fatal(err)
			}
			list, revision, err := r.List(now, "db")
			s := r.Snapshot()
			if err != nil || len(list) != len(s.Instances) || revision != s.Revision || s.Now != now {
				t.Fatalf("%v; %v at %d, and the snapshot is %+v", err, list, revision, s)
			}
			for i := range s.Instances {
				s.Instances[i].Lease = -1
			}
			for i := range s.Leases {
				s.Leases[i].Expiry = -1
			}
		}
	})
}
