package lb

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A plain is smooth weighted round robin as its author describes it.
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

// TestSmoothEngines: scan, turns and tournament pick the same servers as the plain form.
func TestSmoothEngines(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for trial := range 300 {
		n := 1 + r.IntN(300)
		weights := randomWeights(r, n, 1+r.IntN(n), 1+r.IntN(120))
		p, err := NewSmooth(Config{Servers: Weighted(weights...)})
		if err != nil {
			t.Fatal(err)
		}
		if trial%2 == 0 && n > scanTo {
			p.plant()
		}
		want := &plain{weights, make([]int, n)}
		for k := range 800 {
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

// A slow is Smooth as in nginx, which examines every server.
type slow struct{ weighted }

func (p *slow) rebuild(b Backend, was peer) error {
	p.grow(b, was)
	return nil
}

func (p *slow) Pick(r Request) (Backend, error) {
	if err := p.begin(r.At); err != nil {
		return None, err
	}
	return p.scan(r.Retry)
}

// TestSmoothTrouble: Smooth picks as slow does while requests fail and are tried again,
// servers fill up, come, go and change, and time passes.
func TestSmoothTrouble(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "servers")
		most := rapid.SampledFrom([]int{1, 3, 50}).Draw(t, "most")
		c := Config{Method: SmoothMethod, Servers: Weighted(rapid.SliceOfN(rapid.IntRange(1, most), n, n).Draw(t, "weights")...)}
		troubles := rapid.SampledFrom([]int{0, 1, 1}).Draw(t, "troubles")
		for i := range c.Servers {
			if troubles > 0 {
				c.Servers[i].MaxFails = rapid.IntRange(0, 3).Draw(t, "max fails")
				c.Servers[i].FailTimeout = time.Second
				c.Servers[i].MaxConns = max(0, rapid.IntRange(-20, 2).Draw(t, "max conns"))
			}
		}
		fast, err := NewSmooth(c)
		if err != nil {
			t.Fatal(err)
		}
		ref := new(slow)
		if err := ref.init(SmoothMethod, ref, c.Servers, nil); err != nil {
			t.Fatal(err)
		}
		ref.rebuild(None, peer{})
		var at time.Duration
		var one, two Retry
		var open []Backend
		for range rapid.IntRange(10, 150).Draw(t, "steps") {
			switch verb := rapid.IntRange(0, 11).Draw(t, "verb"); {
			case verb < 5:
				r := Request{At: at}
				other := r
				if verb == 0 {
					r.Retry, other.Retry = &one, &two
				}
				got, err1 := fast.Pick(r)
				want, err2 := ref.Pick(other)
				if got != want || (err1 == nil) != (err2 == nil) {
					t.Fatalf("picks %d, %v, want %d, %v", got, err1, want, err2)
				}
				if err1 == nil {
					open = append(open, got)
				}
			case verb < 8 && len(open) > 0:
				i := rapid.IntRange(0, len(open)-1).Draw(t, "done")
				o := Response{At: at, Failed: verb == 5}
				if err1, err2 := fast.Done(open[i], o), ref.Done(open[i], o); err1 != nil || err2 != nil {
					t.Fatal(err1, err2)
				}
				open = append(open[:i], open[i+1:]...)
			case verb == 8:
				at += time.Duration(rapid.IntRange(1, 3).Draw(t, "time")) * time.Second / 2
			case verb == 9:
				b, s := Backend(rapid.IntRange(0, n-1).Draw(t, "backend")), State(rapid.IntRange(0, 2).Draw(t, "state"))
				fast.SetState(b, s)
				ref.SetState(b, s)
			case verb == 10:
				b, w := Backend(rapid.IntRange(0, n-1).Draw(t, "backend")), rapid.IntRange(1, most).Draw(t, "weight")
				fast.SetWeight(b, w)
				ref.SetWeight(b, w)
			case verb == 11:
				one, two = Retry{}, Retry{}
				if rapid.IntRange(0, 9).Draw(t, "remove") == 0 {
					b := Backend(rapid.IntRange(0, n-1).Draw(t, "backend"))
					fast.Remove(b)
					ref.Remove(b)
				}
			}
			if err := fast.Check(); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(ref.Snapshot(), fast.Snapshot()); diff != "" {
			t.Fatal(diff)
		}
	})
}
