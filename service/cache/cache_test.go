package cache_test

import (
	"fmt"
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
				if at >= 0 {
					list = append(list[:at], list[at+1:]...)
				} else if len(list) == size {
					list = list[1:]
				}
				list = append(list, entry{k, i, now})
				if _, _, err := c.Add(now, k, i); err != nil {
					t.Fatal(err)
				}
			} else {
				v, ok, err := c.Get(now, k)
				if err != nil {
					t.Fatal(err)
				}
				old := at >= 0 && ttl > 0 && now-list[at].since >= ttl
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
			if fmt.Sprint(keys) != fmt.Sprint(c.Keys()) || c.Check() != nil {
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
