package discovery_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/service/discovery"
)

// An instance dies silently. Until its lease expires it is still listed; then a watcher
// hears of it, and misses nothing that came before.
func Example() {
	var r discovery.Registry
	for i := range 2 {
		lease, err := r.Grant(0, 10*time.Second)
		if err != nil {
			fmt.Println(err)
		}
		err = r.Register(0, discovery.Instance{Service: "db", Addr: fmt.Sprintf("10.0.0.%d:5432", i+1), Lease: lease})
		if err != nil {
			fmt.Println(err)
		}
	}
	_, revision, _ := r.List(0, "db")
	for s := 3; s <= 12; s += 3 {
		now := time.Duration(s) * time.Second
		if err := r.KeepAlive(now, 1); err != nil { // the second is dead
			fmt.Println(err)
		}
		list, _, _ := r.List(now, "db")
		fmt.Print(now, ": ", len(list), " listed")
		var events []discovery.Event
		events, revision, _ = r.Watch(now, "db", revision)
		for _, e := range events {
			fmt.Print("; ", e)
		}
		fmt.Println()
	}
	// Output:
	// 3s: 2 listed
	// 6s: 2 listed
	// 9s: 2 listed
	// 12s: 1 listed; 10s expired db 10.0.0.2:5432
}

// TestLease: when a lease expires, its instances are removed in one revision; an
// instance that has another lease by then stays.
func TestLease(t *testing.T) {
	var r discovery.Registry
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	a, err := r.Grant(0, time.Second)
	must(err)
	b, err := r.Grant(0, 2*time.Second)
	must(err)
	for _, addr := range []string{"1", "2", "3"} {
		must(r.Register(0, discovery.Instance{Service: "s", Addr: addr, Lease: a}))
	}
	must(r.Register(0, discovery.Instance{Service: "s", Addr: "2", Lease: b}))
	must(r.Register(0, discovery.Instance{Service: "other", Addr: "1"}))
	list, revision, err := r.List(time.Second-1, "s")
	must(err)
	if len(list) != 3 || revision != 5 {
		t.Fatalf("%v at %d", list, revision)
	}
	must(r.KeepAlive(time.Second-1, b))
	events, next, err := r.Watch(time.Second, "s", revision)
	must(err)
	if len(events) != 2 || next != 6 || events[0].Revision != 6 || events[1].Revision != 6 || events[0].Kind != discovery.Expired {
		t.Fatalf("%v, then %d", events, next)
	}
	if r.KeepAlive(time.Second, a) == nil || r.Revoke(time.Second, a) == nil || r.Register(time.Second, discovery.Instance{Service: "s", Addr: "9", Lease: a}) == nil {
		t.Error("a lease that has ended lives")
	}
	must(r.Revoke(time.Second, b))
	list, _, err = r.List(time.Second, "s")
	must(err)
	if len(list) != 0 {
		t.Error(list)
	}
	must(r.Deregister(time.Second, "other", "1"))
	if r.Deregister(time.Second, "other", "1") == nil {
		t.Error("it is taken out twice")
	}
	must(r.Compact(6))
	if _, _, err := r.Watch(time.Second, "s", 5); !errors.Is(err, discovery.ErrCompacted) {
		t.Error(err)
	}
	if events, _, err := r.Watch(time.Second, "s", 6); err != nil || len(events) != 1 || events[0].Kind != discovery.Deleted {
		t.Error(events, err)
	}
	if _, _, err := r.Watch(time.Second, "s", 99); err == nil {
		t.Error("a future revision is accepted")
	}
	if r.Compact(99) == nil || r.Compact(1) == nil || r.AdvanceTo(0) == nil {
		t.Error("an invalid argument is accepted")
	}
}

// TestEvents: the leases that end between two calls end one after another, each at its
// time and in a revision of its own, and of two that end together the one that was granted
// first. An event says which rule it follows.
func TestEvents(t *testing.T) {
	var r discovery.Registry
	for i, ttl := range []time.Duration{1, 3, 2, 2, 9} {
		lease, err := r.Grant(0, ttl)
		if err != nil || int(lease) != i+1 {
			t.Fatal(lease, err)
		}
		// The address says when it goes.
		if err := r.Register(0, discovery.Instance{Service: "s", Addr: fmt.Sprintf("%v%d", ttl, i), Lease: lease}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Revoke(7, 5); err != nil {
		t.Fatal(err)
	}
	if err := r.Register(8, discovery.Instance{Service: "s", Addr: "x"}); err != nil {
		t.Fatal(err)
	}
	if err := r.Deregister(9, "s", "x"); err != nil {
		t.Fatal(err)
	}
	events, next, err := r.Watch(9, "s", 5)
	if err != nil || next != 12 {
		t.Fatal(events, next, err)
	}
	var got []string
	for i, e := range events {
		if e.Seq != uint64(i+6) || e.Revision != uint64(i+6) {
			t.Errorf("%+v: the %dth", e, i+6)
		}
		got = append(got, fmt.Sprint(int64(e.At), " ", e.Kind, " ", e.Instance.Addr, " ", e.Rule))
	}
	want := []string{"1 expired 1ns0 lease-expiry", "2 expired 2ns2 lease-expiry", "2 expired 2ns3 lease-expiry", "3 expired 3ns1 lease-expiry", "7 deleted 9ns4 lease", "8 put x register", "9 deleted x register"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q,\nwant %q", got, want)
	}
	// What nobody has is an empty list, and no change an empty one.
	list, _, err := r.List(9, "none")
	if err != nil || list == nil || len(list) > 0 {
		t.Error(list, err)
	}
	if events, next, err := r.Watch(9, "s", 12); err != nil || events == nil || len(events) > 0 || next != 12 {
		t.Error(events, next, err)
	}
	if events, next, err := r.Watch(9, "other", 0); err != nil || len(events) > 0 || next != 12 {
		t.Error(events, next, err)
	}
}

// TestCompact: as in etcd a revision is forgotten once, and the last can be.
func TestCompact(t *testing.T) {
	var r discovery.Registry
	if err := r.Compact(0); !errors.Is(err, discovery.ErrCompacted) {
		t.Error(err)
	}
	for i := range 4 {
		if err := r.Register(0, discovery.Instance{Service: "s", Addr: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		revision uint64
		ok       bool
	}{{2, true}, {2, false}, {1, false}, {5, false}, {4, true}, {4, false}} {
		err := r.Compact(tt.revision)
		if (err == nil) != tt.ok || errors.Is(err, discovery.ErrCompacted) != (!tt.ok && tt.revision < 5) {
			t.Errorf("Compact(%d): %v", tt.revision, err)
		}
	}
	if events, next, err := r.Watch(0, "s", 4); err != nil || len(events) > 0 || next != 4 {
		t.Error(events, next, err)
	}
	for _, after := range []uint64{3, 5} {
		if events, next, err := r.Watch(0, "s", after); err == nil || next != 0 || events != nil {
			t.Error(after, events, next, err)
		}
	}
}

// TestRanges: the ends of each range are in it, and what is next to them is not.
func TestRanges(t *testing.T) {
	const last = discovery.MaxTTL << 10
	for _, tt := range []struct {
		now, ttl time.Duration
		ok       bool
	}{{0, 1, true}, {0, 0, false}, {0, -1, false}, {0, discovery.MaxTTL, true}, {0, discovery.MaxTTL + 1, false}, {last, 1, true}, {last + 1, 1, false}, {-1, 1, false}} {
		var r discovery.Registry
		lease, err := r.Grant(tt.now, tt.ttl)
		if want := map[bool]discovery.Lease{true: 1}[tt.ok]; (err == nil) != tt.ok || lease != want {
			t.Errorf("Grant(%d, %d): %d, %v", tt.now, tt.ttl, lease, err)
		}
		if err := r.Check(); err != nil {
			t.Error(err)
		}
	}
	var r discovery.Registry
	lease, err := r.Grant(last-1, 10)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.KeepAlive(last, lease); err != nil {
		t.Error(err)
	}
	if err := r.KeepAlive(last+1, lease); err == nil {
		t.Error("a lease is renewed too late")
	}
	long := strings.Repeat("x", 200)
	for _, tt := range []struct {
		service, addr string
		ok            bool
	}{{"s", "a", true}, {long, long, true}, {"", "a", false}, {"s", "", false}, {long + "x", "a", false}, {"s", long + "x", false}} {
		if err := r.Register(last+1, discovery.Instance{Service: tt.service, Addr: tt.addr}); (err == nil) != tt.ok {
			t.Errorf("names of %d and %d bytes: %v", len(tt.service), len(tt.addr), err)
		}
	}
	// What comes beside an error is nothing.
	if list, revision, err := r.List(0, "s"); err == nil || list != nil || revision != 0 {
		t.Error(list, revision, err)
	}
	if events, next, err := r.Watch(0, "s", 0); err == nil || events != nil || next != 0 {
		t.Error(events, next, err)
	}
}

// FuzzRegistry: a watcher that applies the events has the same list.
func FuzzRegistry(f *testing.F) {
	f.Add([]byte{0, 5, 1, 1, 2, 9, 3, 0, 1, 7, 4, 1})
	f.Fuzz(func(t *testing.T, script []byte) {
		var r discovery.Registry
		var now time.Duration
		known := map[string]bool{}
		revision := uint64(0)
		for i := 0; len(script) >= 2 && i < 500; script, i = script[2:], i+1 {
			arg := script[1]
			now += time.Duration(arg % 16)
			var err error
			switch script[0] % 6 {
			case 0:
				_, err = r.Grant(now, time.Duration(arg))
			case 1:
				err = r.Register(now, discovery.Instance{Service: "s", Addr: fmt.Sprint(arg % 8), Lease: discovery.Lease(arg / 16)})
			case 2:
				err = r.KeepAlive(now, discovery.Lease(arg/16))
			case 3:
				err = r.Revoke(now, discovery.Lease(arg/16))
			case 4:
				err = r.Deregister(now, "s", fmt.Sprint(arg%8))
			case 5:
				err = r.Compact(revision)
			}
			_ = err
			if script[0]%5 != 0 {
				continue
			}
			events, next, err := r.Watch(now, "s", revision)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				known[e.Instance.Addr] = e.Kind == discovery.Put
			}
			revision = next
			list, at, err := r.List(now, "s")
			if err != nil || at != revision {
				t.Fatal(err, at, revision)
			}
			n := 0
			for _, ok := range known {
				if ok {
					n++
				}
			}
			for _, i := range list {
				if !known[i.Addr] {
					t.Fatalf("%v is listed, and not known", i)
				}
			}
			if n != len(list) {
				t.Fatalf("%d are known, and %d listed", n, len(list))
			}
		}
	})
}
