package lb

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func BenchmarkSmooth(b *testing.B) {
	for _, size := range []struct{ n, d int }{{10, 10}, {16, 16}, {17, 17}, {32, 32}, {1000, 10}, {1000, 1000}, {10000, 1000}} {
		r := rand.New(rand.NewPCG(1, 2))
		weights := make([]int, size.n)
		for i := range weights {
			weights[i] = 1 + i%size.d
		}
		r.Shuffle(size.n, func(i, j int) { weights[i], weights[j] = weights[j], weights[i] })
		b.Run(fmt.Sprintf("%d servers of %d weights/plain", size.n, size.d), func(b *testing.B) {
			p := &plain{weights, make([]int, size.n)}
			for b.Loop() {
				p.next()
			}
		})
		b.Run(fmt.Sprintf("%d servers of %d weights/Smooth", size.n, size.d), func(b *testing.B) {
			p, err := NewSmooth(Config{Servers: Weighted(weights...)})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Pick(Request{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPick measures a request: finding the server of a key, and counting the
// request.
func BenchmarkPick(b *testing.B) {
	weights := make([]int, 100)
	for i := range weights {
		weights[i] = 1
	}
	c := Config{Servers: Weighted(weights...)}
	maglev, err := NewMaglev(c)
	if err != nil {
		b.Fatal(err)
	}
	rendezvous, err := NewRendezvous(c)
	if err != nil {
		b.Fatal(err)
	}
	least, err := NewHALeastConn(c)
	if err != nil {
		b.Fatal(err)
	}
	for _, k := range []struct {
		name   string
		lookup func(hash uint64) Backend
	}{{"maglev", maglev.Lookup}, {"rendezvous", rendezvous.Lookup}} {
		b.Run(k.name+"/lookup", func(b *testing.B) {
			b.ReportAllocs()
			hash := uint64(1)
			for b.Loop() {
				hash = hash*6364136223846793005 + 1442695040888963407
				k.lookup(hash)
			}
		})
	}
	b.Run("leastconn/pick and done", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s, err := least.Pick(Request{})
			if err != nil {
				b.Fatal(err)
			}
			if err := least.Done(s, Response{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
