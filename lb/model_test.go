package lb

import (
	"math/rand/v2"
	"testing"
)

// plain is smooth weighted round robin as its author describes it.
type plain struct{ weight, cur []int }

func (p *plain) next() Backend {
	best, total := 0, 0
	for i, w := range p.weight {
		p.cur[i] += w
		total += w
		if p.cur[i] > p.cur[best] {
			best = i
		}
	}
	p.cur[best] -= total
	return Backend(best)
}

func randomWeights(r *rand.Rand, n, distinct, most int) []int {
	values := make([]int, distinct)
	for i := range values {
		values[i] = 1 + r.IntN(most)
	}
	out := make([]int, n)
	for i := range out {
		out[i] = values[r.IntN(distinct)]
	}
	return out
}

// TestSmoothEngines: scan, turns and tournament pick what the plain form picks.
func TestSmoothEngines(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for trial := range 300 {
		n := 1 + r.IntN(120)
		weights := randomWeights(r, n, 1+r.IntN(n), 1+r.IntN(50))
		p, err := NewSmooth(Config{Servers: Weighted(weights...)})
		if err != nil {
			t.Fatal(err)
		}
		if trial%2 == 0 && n > scanTo {
			p.plant()
		}
		want := &plain{weights, make([]int, n)}
		for k := range 400 {
			b, err := p.Pick(Request{})
			if w := want.next(); err != nil || b != w {
				t.Fatalf("pick %d of weights %v: %d, %v, want %d", k, weights, b, err, w)
			}
		}
		for i, b := range p.Snapshot().Backends {
			if b.Current != want.cur[i] {
				t.Fatalf("weights %v: current weight of %d is %d, want %d", weights, i, b.Current, want.cur[i])
			}
		}
	}
}
