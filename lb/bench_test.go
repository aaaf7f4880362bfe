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
