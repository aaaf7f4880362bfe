// Package lb compares the speed of package lb with that of libraries for the same
// purpose.
package lb

import (
	"fmt"
	"hash/maphash"
	"testing"

	rendezvous "github.com/dgryski/go-rendezvous"
	"github.com/serialx/hashring"

	"github.com/orrery-go/orrery/lb"
)

var keys = func() (out [1024]string) {
	for i := range out {
		out[i] = fmt.Sprintf("/users/%d", i*7919)
	}
	return out
}()

func names(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("10.0.0.%d:80", i+1))
	}
	return out
}

// pick makes a pick and ends it.
func pick(b *testing.B, p lb.Picker) {
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		n, err := p.Pick(lb.Request{Key: keys[i&1023]})
		if err != nil {
			b.Fatal(err)
		}
		if err := p.Done(n, lb.Response{}); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func pool(b *testing.B, m lb.Method, n int) lb.Pool {
	p, err := lb.New(lb.Config{Method: m, Servers: lb.Equal(names(n)...)})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func BenchmarkRendezvous(b *testing.B) {
	for _, n := range []int{10, 100} {
		b.Run(fmt.Sprintf("%d/go-rendezvous", n), func(b *testing.B) {
			seed := maphash.MakeSeed()
			p := rendezvous.New(names(n), func(s string) uint64 { return maphash.String(seed, s) })
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				p.Lookup(keys[i&1023])
				i++
			}
		})
		b.Run(fmt.Sprintf("%d/lookup", n), func(b *testing.B) {
			p := pool(b, lb.RendezvousMethod, n).(*lb.Rendezvous)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				p.Lookup(lb.HashKey(keys[i&1023]))
				i++
			}
		})
		b.Run(fmt.Sprintf("%d/pick and done", n), func(b *testing.B) { pick(b, pool(b, lb.RendezvousMethod, n)) })
	}
}

func BenchmarkRing(b *testing.B) {
	for _, n := range []int{10, 100} {
		b.Run(fmt.Sprintf("%d/hashring", n), func(b *testing.B) {
			p := hashring.New(names(n))
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if _, ok := p.GetNode(keys[i&1023]); !ok {
					b.Fatal("no node")
				}
				i++
			}
		})
		b.Run(fmt.Sprintf("%d/ketama, pick and done", n), func(b *testing.B) { pick(b, pool(b, lb.KetamaMethod, n)) })
		b.Run(fmt.Sprintf("%d/haproxy consistent, pick and done", n), func(b *testing.B) { pick(b, pool(b, lb.HAConsistentMethod, n)) })
		b.Run(fmt.Sprintf("%d/maglev, pick and done", n), func(b *testing.B) { pick(b, pool(b, lb.MaglevMethod, n)) })
	}
}
