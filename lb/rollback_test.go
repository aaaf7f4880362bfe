package lb

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRefused: a change that a method refuses changes nothing.
func TestRefused(t *testing.T) {
	for _, tt := range []struct {
		c      Config
		change func(Pool) error
	}{
		{Config{Method: HAStaticMethod, Servers: Weighted(3, 2, 1)}, func(p Pool) error { return p.SetWeight(0, 1) }},
		{Config{Method: HASourceMethod, Servers: Weighted(3, 2, 1)}, func(p Pool) error { return p.SetWeight(2, 7) }},
		{Config{Method: KetamaMethod, Servers: Weighted(13000, 100)}, func(p Pool) error { return p.SetWeight(1, 60000) }},
		{Config{Method: KetamaMethod, Servers: Weighted(13000, 100)}, func(p Pool) error { _, err := p.Add(Server{Name: "x", Weight: 50000}); return err }},
		{Config{Method: HAStaticMethod, Servers: manyEqual(400, 200)}, func(p Pool) error { return p.SetWeight(2, 7) }},
	} {
		p, err := New(tt.c)
		if err != nil {
			t.Fatal(err)
		}
		q, err := New(tt.c)
		if err != nil {
			t.Fatal(err)
		}
		if err := tt.change(p); err == nil {
			t.Errorf("%v: the change is accepted", tt.c.Method)
		}
		if diff := cmp.Diff(q.Snapshot(), p.Snapshot()); diff != "" {
			t.Errorf("%v: %s", tt.c.Method, diff)
		}
		if err := p.Check(); err != nil {
			t.Error(err)
		}
		if tt.c.Method == KetamaMethod { // its ring of two million points takes a while
			continue
		}
		for i := range 50 {
			r := Request{Key: string(rune('0' + i)), Source: IPv4(1, 2, 3, byte(i))}
			a, _ := p.Pick(r)
			if b, err := q.Pick(r); a != b || err != nil {
				t.Errorf("%v: picks %d, want %d, %v", tt.c.Method, a, b, err)
			}
		}
	}
}

func manyEqual(n, w int) []Server {
	weights := make([]int, n)
	for i := range weights {
		weights[i] = w
	}
	return Weighted(weights...)
}

// TestKetamaChanged: the ring after changes is that of a new pool.
func TestKetamaChanged(t *testing.T) {
	for what, tt := range map[string]struct {
		change func(p Pool) error
		want   []int // weights
	}{
		"a weight and a server less": {func(p Pool) error { return errors.Join(p.SetWeight(0, 2), p.Remove(2)) }, []int{2, 1}},
		"a larger weight":            {func(p Pool) error { return p.SetWeight(0, 2) }, []int{2, 1, 1}},
		"a much larger weight":       {func(p Pool) error { return p.SetWeight(1, 30) }, []int{1, 30, 1}},
		"a server less":              {func(p Pool) error { return p.Remove(2) }, []int{1, 1}},
	} {
		p, q := must(t, Config{Method: KetamaMethod, Servers: Weighted(1, 1, 1)}), must(t, Config{Method: KetamaMethod, Servers: Weighted(tt.want...)})
		if _, err := p.Pick(Request{Key: "x"}); err != nil {
			t.Fatal(err)
		}
		if err := tt.change(p); err != nil {
			t.Fatal(err)
		}
		for i := range 500 {
			r := Request{Key: fmt.Sprint("key ", i)}
			a, errA := p.Pick(r)
			b, errB := q.Pick(r)
			if a != b || errA != nil || errB != nil {
				t.Errorf("%s, %s: %d, %v; want %d, %v", what, r.Key, a, errA, b, errB)
			}
		}
	}
}

// TestRendezvousRetry: a request that is tried again goes to the server that would have it if
// the first one were down.
func TestRendezvousRetry(t *testing.T) {
	c := Config{Method: RendezvousMethod, Servers: Weighted(3, 2, 1, 2)}
	for i := range 200 {
		p, q := must(t, c), must(t, c)
		r := Request{Key: fmt.Sprint("key ", i), Retry: new(Retry)}
		first, err := p.Pick(r)
		if err != nil {
			t.Fatal(err)
		}
		second, err := p.Pick(r)
		if err != nil {
			t.Fatalf("%s again: %v", r.Key, err)
		}
		if err := q.SetState(first, Down); err != nil {
			t.Fatal(err)
		}
		if want, err := q.Pick(Request{Key: r.Key}); second != want || err != nil {
			t.Errorf("%s, after %d: %d, want %d, %v", r.Key, first, second, want, err)
		}
	}
}

// TestCheckNotices: Check finds a server with more requests than it may have.
func TestCheckNotices(t *testing.T) {
	for most, want := range map[int]bool{0: true, 1: false, 2: true} {
		p, err := NewRoundRobin(Config{Servers: Equal("a", "b")})
		if err != nil {
			t.Fatal(err)
		}
		p.peers[0].MaxConns, p.peers[0].active, p.active = most, 2, 2
		if err := p.Check(); (err == nil) != want {
			t.Errorf("2 requests, at most %d: %v", most, err)
		}
	}
}
