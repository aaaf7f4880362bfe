package lb

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// TestRendezvous: the pick has the highest weight / -log(hash), in the plain formula.
func TestRendezvous(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for trial := range 200 {
		n := 1 + r.IntN(30)
		weights := randomWeights(r, n, 1+r.IntN(n), 1+r.IntN(20))
		p, err := NewRendezvous(Config{Servers: Weighted(weights...)})
		if err != nil {
			t.Fatal(err)
		}
		for k := range 100 {
			key := fmt.Sprintf("key %d of %d", k, trial)
			best, most, second := 0, -1.0, -1.0
			for i, w := range weights {
				x := (float64(together(HashKey(key), HashKey(letter(i)))>>11) + 0.5) / (1 << 53)
				if s := float64(w) / -math.Log(x); s > most {
					best, most, second = i, s, most
				} else {
					second = max(second, s)
				}
			}
			if most-second < 1e-9*most {
				continue
			}
			if b, err := p.Pick(Request{Key: key}); err != nil || int(b) != best {
				t.Fatalf("weights %v, %s: %d, %v, want %d", weights, key, b, err, best)
			}
		}
	}
}

// TestMaglev: the table is that of the paper's algorithm, with lists and without
// weights.
func TestMaglev(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 50} {
		p, err := NewMaglev(Config{Servers: Weighted(randomWeights(rand.New(rand.NewPCG(1, 1)), n, 1, 9)...)})
		if err != nil {
			t.Fatal(err)
		}
		p.build()
		const m = smallTable
		next := make([]int, n)
		entry := make([]int, m)
		for j := range entry {
			entry[j] = -1
		}
		for filled := 0; filled < m; {
			for i := 0; i < n && filled < m; i++ {
				h := HashKey(letter(i))
				offset, skip := int(h%m), int(mix(h)%(m-1))+1
				c := (offset + next[i]*skip) % m
				for entry[c] >= 0 {
					next[i]++
					c = (offset + next[i]*skip) % m
				}
				entry[c] = i
				next[i]++
				filled++
			}
		}
		for j, want := range entry {
			if int(p.table[j]) != want {
				t.Fatalf("%d servers: place %d is %d, want %d", n, j, p.table[j], want)
			}
		}
	}
	// Shares follow the weights, to within one place.
	weights := []int{1, 2, 5, 100}
	p, err := NewMaglev(Config{Servers: Weighted(weights...)})
	if err != nil {
		t.Fatal(err)
	}
	p.build()
	places := make([]int, len(weights))
	for _, b := range p.table {
		places[b]++
	}
	for i, w := range weights {
		if want := float64(smallTable*w) / 108; math.Abs(float64(places[i])-want) > float64(w)+1 {
			t.Errorf("weight %d has %d places, want %.0f", w, places[i], want)
		}
	}
}

// TestEWMA: the mean is the sum of all latencies, each with its remaining weight.
func TestEWMA(t *testing.T) {
	for _, peak := range []bool{false, true} {
		r := rand.New(rand.NewPCG(5, 6))
		c := Config{Method: EWMAMethod, Servers: Equal("a", "b", "c"), Decay: 3 * time.Second}
		if peak {
			c.Method = PeakEWMAMethod
		}
		p, err := NewEWMA(c)
		if err != nil {
			t.Fatal(err)
		}
		type sample struct {
			at time.Duration
			x  float64
		}
		history := make([][]sample, 3)
		mean := func(list []sample) float64 { // from the first latency that still counts
			m := list[0].x
			for i, s := range list[1:] {
				if peak && s.x > m {
					m = s.x
					continue
				}
				w := math.Exp(-float64(s.at-list[i].at) / float64(3*time.Second))
				m = m*w + s.x*(1-w)
			}
			return m
		}
		active := make([]int, 3)
		var at time.Duration
		compared := 0
		for range 20000 {
			at += time.Duration(r.IntN(int(time.Second)))
			if i := r.IntN(3); active[i] > 0 && r.IntN(2) == 0 {
				x := time.Duration(r.IntN(int(time.Second)))
				if err := p.Done(Backend(i), Response{At: at, Latency: x}); err != nil {
					t.Fatal(err)
				}
				active[i]--
				history[i] = append(history[i], sample{at, float64(x)})
				if len(history[i]) > 60 { // older ones weigh less than 1e-9
					history[i] = append([]sample{{history[i][1].at, mean(history[i][:2])}}, history[i][2:]...)
				}
				continue
			}
			costs := make([]float64, 3)
			for i := range costs {
				switch {
				case len(history[i]) > 0:
					costs[i] = mean(history[i]) * float64(active[i]+1)
				case active[i] == 0:
					costs[i] = -1
				default:
					costs[i] = 1e30 * float64(active[i])
				}
			}
			best := 0
			close := false
			for i, c := range costs {
				if c < costs[best] {
					best = i
				}
			}
			for i, c := range costs {
				close = close || i != best && math.Abs(c-costs[best]) < 1e-6*math.Abs(c)
			}
			b, err := p.Pick(Request{At: at})
			if err != nil || !close && int(b) != best {
				t.Fatalf("peak %v: picks %d, %v, want %d of %v", peak, b, err, best, costs)
			}
			active[b]++
			compared++
		}
		t.Logf("peak %v: %d picks", peak, compared)
	}
}

// TestMath: ln and exp agree with package math, to the last bits.
func TestMath(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 100000 {
		x := r.Float64()
		if r.IntN(2) == 0 {
			x = math.Exp(-40 * x)
		}
		if got, want := ln(x), math.Log(x); math.Abs(got-want) > 1e-14*math.Abs(want)+1e-15 {
			t.Fatalf("ln(%v) = %v, want %v", x, got, want)
		}
		y := -math.Exp(40*r.Float64() - 35)
		if got, want := exp(y), math.Exp(y); math.Abs(got-want) > 1e-12*want+1e-300 {
			t.Fatalf("exp(%v) = %v, want %v", y, got, want)
		}
	}
}

// TestShares: over many picks every weighted method gives each backend its share, and
// the hashing ones as closely as their points allow.
func TestShares(t *testing.T) {
	weights := []int{1, 2, 3, 4}
	const n = 100000
	for m, most := range map[Method]float64{
		SmoothMethod: 0.0001, HARoundRobinMethod: 0.001, HAStaticMethod: 0.0001, RandomMethod: 0.04, HashMethod: 0.04,
		KetamaMethod: 0.15, HAConsistentMethod: 0.6, RendezvousMethod: 0.04, MaglevMethod: 0.04, HAURIMethod: 0.05,
	} {
		p, err := New(Config{Method: m, Servers: Weighted(weights...), Seed: 9})
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(9, 9))
		for range n {
			b, err := p.Pick(Request{Key: fmt.Sprintf("/%x", r.Uint64())})
			if err != nil {
				t.Fatal(err)
			}
			p.Done(b, Response{})
		}
		for i, b := range p.Snapshot().Backends {
			want := float64(n*weights[i]) / 10
			if off := math.Abs(float64(b.Picks)-want) / want; off > most {
				t.Errorf("%v: backend %d has %d picks, want %.0f: off by %.4f", m, i, b.Picks, want, off)
			}
		}
	}
}
