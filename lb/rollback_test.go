package lb

import (
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
