package cache_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/service/cache"
)

const ms = time.Millisecond

// A key that is requested a thousand times a second is cached for a second, and loading
// it takes 100 ms: each time it expires, all requests that come in the meantime load it.
// Allowing one load at a time prevents that.
func Example_stampede() {
	for _, c := range []cache.Config{{}, {Single: true}, {Cluster: true}} {
		c.Nodes, c.Origin = 4, 100*time.Millisecond
		c.Local = cache.LevelConfig{Size: 100, TTL: time.Second}
		l, err := cache.New(c)
		if err != nil {
			fmt.Println(err)
			return
		}
		for i := range 5000 {
			if _, err := l.Get(time.Duration(i)*time.Millisecond, i%4, "front page"); err != nil {
				fmt.Println(err)
			}
		}
		s := l.Stats()
		fmt.Printf("single %v, cluster %v: %d loads, %d at once\n", c.Single, c.Cluster, s.Loads, s.Most)
	}
	// Output:
	// single false, cluster false: 500 loads, 100 at once
	// single true, cluster false: 20 loads, 4 at once
	// single false, cluster true: 5 loads, 1 at once
}

// TestLRU compares the cache with a list.
func TestLRU(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size, ttl := rapid.IntRange(1, 5).Draw(t, "size"), time.Duration(rapid.IntRange(0, 20).Draw(t, "ttl"))
		c, err := cache.NewLRU[int, int](size, ttl)
		if err != nil {
			t.Fatal(err)
		}
		type entry struct {
			key, value int
			since      time.Duration
		}
		var list []entry // the oldest first
		now := time.Duration(0)
		find := func(k int) int {
			for i, e := range list {
				if e.key == k {
					return i
				}
			}
			return -1
		}
		for i := range rapid.IntRange(1, 80).Draw(t, "n") {
			now += time.Duration(rapid.IntRange(0, 5).Draw(t, "pass"))
			k := rapid.IntRange(0, 7).Draw(t, "key")
			at := find(k)
			if rapid.Bool().Draw(t, "add") {
				oldest, full := 0, false
				if at >= 0 {
					list = append(list[:at], list[at+1:]...)
				} else if full = len(list) == size; full {
					oldest, list = list[0].key, list[1:]
				}
				list = append(list, entry{k, i, now})
				if gone, evicted, err := c.Add(now, k, i); err != nil || evicted != full || gone != oldest {
					t.Fatalf("Add evicts %d, %t; want %d, %t, %v", gone, evicted, oldest, full, err)
				}
			} else if rapid.IntRange(0, 3).Draw(t, "remove") == 0 {
				if got := c.Remove(k); got != (at >= 0) {
					t.Fatalf("Remove(%d): %t; %v", k, got, list)
				}
				if at >= 0 {
					list = append(list[:at], list[at+1:]...)
				}
			} else {
				old := at >= 0 && ttl > 0 && now-list[at].since >= ttl
				if v, ok, err := c.Peek(now, k); err != nil || ok != (at >= 0 && !old) || ok && v != list[at].value {
					t.Fatalf("Peek(%d) at %v: %d, %v, %v; %v", k, now, v, ok, err, list)
				}
				v, ok, err := c.Get(now, k)
				if err != nil {
					t.Fatal(err)
				}
				if ok != (at >= 0 && !old) || ok && v != list[at].value {
					t.Fatalf("Get(%d) at %v: %d, %v; %v", k, now, v, ok, list)
				}
				if at >= 0 {
					e := list[at]
					list = append(list[:at], list[at+1:]...)
					if !old {
						list = append(list, e)
					}
				}
			}
			var keys []int
			for _, e := range list {
				keys = append(keys, e.key)
			}
			if fmt.Sprint(keys) != fmt.Sprint(c.Keys()) || c.Len() != len(keys) || c.Check() != nil {
				t.Fatalf("%v, want %v, %v", c.Keys(), keys, c.Check())
			}
		}
	})
}

// TestLevels: a node does not ask the origin for a value that the shared level has.
func TestLevels(t *testing.T) {
	c := cache.Config{Nodes: 3, Local: cache.LevelConfig{Size: 2, TTL: 10 * ms, Cost: 1}, Shared: cache.LevelConfig{Size: 10, TTL: 100 * ms, Cost: ms}, Origin: 50 * ms}
	l, err := cache.New(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		now  time.Duration
		node int
		want cache.Outcome
	}{
		{0, 0, cache.Outcome{From: cache.Origin, At: 51*ms + 1}},
		{51 * ms, 1, cache.Outcome{From: cache.Origin, At: 102*ms + 1}}, // it is not there yet
		{52 * ms, 2, cache.Outcome{From: cache.Shared, At: 53*ms + 1}},
		{53 * ms, 2, cache.Outcome{From: cache.Local, At: 53*ms + 1}},
		{62 * ms, 2, cache.Outcome{From: cache.Shared, At: 63*ms + 1}},
		{62 * ms, 0, cache.Outcome{From: cache.Shared, At: 63*ms + 1}},
		{300 * ms, 0, cache.Outcome{From: cache.Origin, At: 351*ms + 1}},
	} {
		if got, err := l.Get(tt.now, tt.node, "k"); err != nil || got != tt.want {
			t.Errorf("at %v node %d: %+v, want %+v, %v", tt.now, tt.node, got, tt.want, err)
		}
	}
}

// TestJoined: a node whose load is joined by another call keeps what it got, in the order
// in which the loads end; each answer is counted by its source.
func TestJoined(t *testing.T) {
	l, err := cache.New(cache.Config{Local: cache.LevelConfig{Size: 9}, Shared: cache.LevelConfig{Size: 9, Cost: ms}, Origin: 50 * ms, Single: true, Nodes: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		now  time.Duration
		node int
		key  string
		want cache.Outcome
	}{
		{0, 0, "a", cache.Outcome{From: cache.Origin, At: 51 * ms}},
		{10 * ms, 0, "b", cache.Outcome{From: cache.Origin, At: 61 * ms}},
		{20 * ms, 0, "c", cache.Outcome{From: cache.Origin, At: 71 * ms}},
		{30 * ms, 0, "a", cache.Outcome{From: cache.Joined, At: 51 * ms}},
		{30 * ms, 1, "a", cache.Outcome{From: cache.Origin, At: 81 * ms}},
		{51 * ms, 0, "b", cache.Outcome{From: cache.Joined, At: 61 * ms}},
		{51 * ms, 0, "a", cache.Outcome{From: cache.Local, At: 51 * ms}},
		{75 * ms, 0, "c", cache.Outcome{From: cache.Local, At: 75 * ms}},
		{75 * ms, 0, "b", cache.Outcome{From: cache.Local, At: 75 * ms}},
		{75 * ms, 1, "c", cache.Outcome{From: cache.Shared, At: 76 * ms}},
		{75 * ms, 1, "c", cache.Outcome{From: cache.Local, At: 75 * ms}},
		{99 * ms, 1, "a", cache.Outcome{From: cache.Local, At: 99 * ms}},
		{99 * ms, 1, "d", cache.Outcome{From: cache.Origin, At: 150 * ms}},
		{200 * ms, 0, "e", cache.Outcome{From: cache.Origin, At: 251 * ms}},
		{200 * ms, 0, "f", cache.Outcome{From: cache.Origin, At: 251 * ms}},
		{200 * ms, 0, "g", cache.Outcome{From: cache.Origin, At: 251 * ms}},
		{200 * ms, 0, "h", cache.Outcome{From: cache.Origin, At: 251 * ms}},
		{200 * ms, 0, "i", cache.Outcome{From: cache.Origin, At: 251 * ms}},
	} {
		if got, err := l.Get(tt.now, tt.node, tt.key); err != nil || got != tt.want {
			t.Errorf("at %v node %d, %s: %+v, want %+v, %v", tt.now, tt.node, tt.key, got, tt.want, err)
		}
	}
	if got, want := l.Stats(), (cache.Stats{Local: 5, Shared: 1, Joined: 2, Loads: 10, Most: 5}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestFlight: a load that is over is not joined, nor one that was forgotten; it may take no
// time, and its end has to be a time.
func TestFlight(t *testing.T) {
	var f cache.Flight[string]
	for _, tt := range []struct {
		now, takes time.Duration
		want       cache.Ride
	}{
		{5, 10, cache.Ride{Leads: true, Until: 15}},
		{14, 10, cache.Ride{Until: 15}},
		{15, 10, cache.Ride{Leads: true, Until: 25}},
		{25, 0, cache.Ride{Leads: true, Until: 25}},
		{25, math.MaxInt64 - 25, cache.Ride{Leads: true, Until: math.MaxInt64}},
	} {
		if got, err := f.Do(tt.now, "a", tt.takes); err != nil || got != tt.want {
			t.Errorf("at %d: %+v, want %+v, %v", tt.now, got, tt.want, err)
		}
	}
	if r, err := f.Do(25, "b", math.MaxInt64-24); err == nil {
		t.Errorf("a load beyond the end of time: %+v", r)
	}
	f.Forget("a")
	if r, err := f.Do(25, "a", 1); err != nil || !r.Leads {
		t.Errorf("after Forget: %+v, %v", r, err)
	}
}

// TestOrder: of two loads that end at once the one that began last is the newest.
func TestOrder(t *testing.T) {
	l, err := cache.New(cache.Config{Local: cache.LevelConfig{Size: 1}, Origin: ms, Cluster: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		now  time.Duration
		key  string
		from cache.Source
	}{{0, "a", cache.Origin}, {0, "b", cache.Origin}, {ms, "b", cache.Local}, {ms, "a", cache.Origin}} {
		if got, err := l.Get(tt.now, 0, tt.key); err != nil || got.From != tt.from {
			t.Errorf("at %v %s: %+v, want %v, %v", tt.now, tt.key, got, tt.from, err)
		}
	}
}

// TestManyLoads: when the loads that are remembered become too many, those that are over
// are forgotten, and none that is under way.
func TestManyLoads(t *testing.T) {
	var f cache.Flight[int]
	for key := range cache.MaxSize {
		if _, err := f.Do(0, key, 1+time.Duration(key%2)); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []int{-1, 1, 0, cache.MaxSize - 1} {
		if r, err := f.Do(1, key, 5); err != nil || r.Leads != (key <= 0) {
			t.Errorf("key %d: %+v, %v", key, r, err)
		}
	}
}

// TestBounds: the ends of the ranges are in them.
func TestBounds(t *testing.T) {
	one := cache.LevelConfig{Size: 1}
	for _, c := range []cache.Config{{Nodes: 1, Local: one}, {Nodes: 1000, Local: one}, {Local: one, Origin: 1 << 50}, {Local: cache.LevelConfig{Size: cache.MaxSize}}} {
		if _, err := cache.New(c); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
	for _, c := range []cache.Config{{Nodes: 1001, Local: one}, {Local: one, Origin: 1<<50 + 1}, {Local: cache.LevelConfig{Size: cache.MaxSize + 1}}} {
		if _, err := cache.New(c); err == nil {
			t.Errorf("%+v passes", c)
		}
	}
	l, err := cache.New(cache.Config{Local: one})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Get(1<<60, 0, "a"); err != nil {
		t.Error(err)
	}
	if _, err := l.Get(1<<60+1, 0, "a"); err == nil {
		t.Error("a time beyond the end")
	}
}

func TestBad(t *testing.T) {
	for _, c := range []cache.Config{{}, {Nodes: -1}, {Local: cache.LevelConfig{Size: 1, TTL: -1}}, {Local: cache.LevelConfig{Size: 1, Cost: -1}}, {Local: cache.LevelConfig{Size: 1}, Shared: cache.LevelConfig{Size: -1}}, {Local: cache.LevelConfig{Size: 1}, Origin: -1}} {
		if _, err := cache.New(c); err == nil {
			t.Errorf("%+v passes", c)
		}
	}
	var l cache.Levels
	if _, err := l.Get(0, 0, ""); err == nil {
		t.Error("the zero Levels answers")
	}
	var c cache.LRU[float64, int]
	if _, _, err := c.Add(0, 1, 1); err == nil || len(c.Keys()) != 0 || c.Check() == nil {
		t.Error("the zero LRU takes one")
	}
	var f cache.Flight[string]
	if _, err := f.Do(5, "a", -1); err == nil {
		t.Error("a load of -1")
	}
	if _, err := f.Do(5, "a", 1); err != nil {
		t.Error(err)
	}
	if _, err := f.Do(4, "a", 1); err == nil {
		t.Error("the time goes back")
	}
}
