package lb

import (
	"errors"
	"testing"
	"time"
)

// FuzzPool performs operations that the bytes choose, with arguments of all kinds: no
// panic, no broken invariant, and errors where they must be.
func FuzzPool(f *testing.F) {
	f.Add([]byte{1, 3, 0, 0, 0, 9, 1, 4, 2, 7, 200, 3, 1})
	f.Add([]byte{2, 5, 250, 1, 8, 3, 3, 3, 6, 1, 9, 9, 9, 9, 9, 9})
	f.Add([]byte("a long one, with many of all the verbs, so that something is done"))
	f.Fuzz(func(t *testing.T, data []byte) {
		next := func() int {
			if len(data) == 0 {
				return 0
			}
			b := data[0]
			data = data[1:]
			return int(b)
		}
		method := Method(next() % len(methodLimits))
		weights := make([]int, next()%24)
		for i := range weights {
			weights[i] = next() - 1
		}
		c := Config{Method: method, Servers: Weighted(weights...)}
		if methodLimits[method].passive {
			for i := range c.Servers {
				c.Servers[i].MaxFails, c.Servers[i].MaxConns = next()%4, next()%4
				c.Servers[i].FailTimeout = time.Duration(next()) * time.Second / 8
			}
		}
		p, err := New(c)
		if err != nil {
			return
		}
		var at time.Duration
		var retry Retry
		active := 0
		for len(data) > 0 {
			b := Backend(next()%(len(weights)+3) - 1)
			switch verb := next() % 10; verb {
			case 0, 1, 2:
				r := Request{At: at, Source: IPv4(byte(next()), 0, 0, 1), Key: string(rune(next()))}
				if verb == 0 {
					r.Retry = &retry
				}
				if _, err := p.Pick(r); err == nil {
					active++
				} else if !errors.Is(err, ErrNoBackend) {
					t.Fatal(err)
				}
			case 3, 4:
				if p.Done(b, Response{At: at, Failed: verb == 3, Latency: time.Duration(next())}) == nil {
					active--
				}
			case 5:
				p.SetState(b, State(next()%5))
			case 6:
				p.SetWeight(b, next()-1)
			case 7:
				at += time.Duration(next()) * time.Second / 16
			case 8:
				if next() > 200 {
					p.Remove(b)
				} else {
					p.Add(Server{Name: string(rune('A' + next())), Weight: 1 + next()})
				}
			case 9:
				retry = Retry{}
				before := p.Snapshot().Now - 1
				if _, err := p.Pick(Request{At: before}); !errors.Is(err, ErrTime) {
					t.Fatalf("a pick in the past: %v", err)
				}
			}
			if err := p.Check(); err != nil {
				t.Fatal(err)
			}
			if s := p.Snapshot(); s.Active != active {
				t.Fatalf("%d active, want %d", s.Active, active)
			}
		}
	})
}
