package ctxtree_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/orrery-go/orrery/ctxtree"
)

// The model and the real thing in one run. The target was a twenty-fifth of the real
// time for flat children, and no more than the real time for Value.

const million = 1_000_000

// dropped holds a CancelFunc that is never called, since the root is canceled.
var dropped context.CancelFunc

// shapes are the trees to make and cancel: each returns the parent of node i, among
// those made before.
var shapes = []struct {
	name   string
	n      int
	parent func(r *rand.Rand, i int) int
}{
	{"flat", million, func(*rand.Rand, int) int { return 0 }},
	{"chain", million, func(_ *rand.Rand, i int) int { return i - 1 }},
	{"random", million, func(r *rand.Rand, i int) int { return r.IntN(i) }},
}

// BenchmarkMake makes a child.
func BenchmarkMake(b *testing.B) {
	for _, s := range shapes {
		b.Run(s.name+"/model", func(b *testing.B) {
			t, nodes := modelTree(b), make([]ctxtree.Node, s.n)
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				t.Reset()
				r := rand.New(rand.NewPCG(1, 2))
				nodes[0] = must(b)(t.WithCancel(ctxtree.Background))
				b.StartTimer()
				for i := 1; i < s.n; i++ {
					n, err := t.WithCancel(nodes[s.parent(r, i)])
					if err != nil {
						b.Fatal(err)
					}
					nodes[i] = n
				}
			}
			perContext(b, s.n)
		})
		b.Run(s.name+"/real", func(b *testing.B) {
			nodes := make([]context.Context, s.n)
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				r := rand.New(rand.NewPCG(1, 2))
				var cancel context.CancelFunc
				nodes[0], cancel = context.WithCancel(context.Background())
				b.StartTimer()
				for i := 1; i < s.n; i++ {
					nodes[i], dropped = context.WithCancel(nodes[s.parent(r, i)])
				}
				b.StopTimer()
				cancel()
				b.StartTimer()
			}
			perContext(b, s.n)
		})
	}
}

func BenchmarkCancel(b *testing.B) {
	for _, s := range shapes {
		b.Run(s.name+"/model", func(b *testing.B) {
			t, nodes := modelTree(b), make([]ctxtree.Node, s.n)
			for b.Loop() {
				b.StopTimer()
				t.Reset()
				r := rand.New(rand.NewPCG(1, 2))
				nodes[0] = must(b)(t.WithCancel(ctxtree.Background))
				for i := 1; i < s.n; i++ {
					nodes[i] = must(b)(t.WithCancel(nodes[s.parent(r, i)]))
				}
				b.StartTimer()
				if o, err := t.Cancel(nodes[0]); err != nil || o.Canceled != s.n {
					b.Fatal(o, err)
				}
			}
			perContext(b, s.n)
		})
		b.Run(s.name+"/real", func(b *testing.B) {
			nodes := make([]context.Context, s.n)
			for b.Loop() {
				b.StopTimer()
				r := rand.New(rand.NewPCG(1, 2))
				var cancel context.CancelFunc
				nodes[0], cancel = context.WithCancel(context.Background())
				for i := 1; i < s.n; i++ {
					nodes[i], dropped = context.WithCancel(nodes[s.parent(r, i)])
				}
				b.StartTimer()
				cancel()
			}
			perContext(b, s.n)
		})
	}
}

func perContext(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/context")
}

// BenchmarkValue looks up a key that is at the top of a chain of contexts.
func BenchmarkValue(b *testing.B) {
	type key int
	for _, n := range []int{10, 1000} {
		b.Run(fmt.Sprint(n, "/model"), func(b *testing.B) {
			t := modelTree(b)
			c := ctxtree.Background
			for i := range n {
				c = must(b)(t.WithValue(c, key(i), i))
			}
			b.ReportAllocs()
			for b.Loop() {
				if l, err := t.Value(c, key(0)); err != nil || !l.Found {
					b.Fatal(l, err)
				}
			}
		})
		b.Run(fmt.Sprint(n, "/real"), func(b *testing.B) {
			c := context.Background()
			for i := range n {
				c = context.WithValue(c, key(i), i)
			}
			b.ReportAllocs()
			for b.Loop() {
				if c.Value(key(0)) == nil {
					b.Fatal("not found")
				}
			}
		})
	}
}

func modelTree(tb testing.TB) *ctxtree.Tree {
	tb.Helper()
	t, err := ctxtree.New(ctxtree.Config{})
	if err == nil {
		err = t.Grow(million + 1)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// must returns the node that was made.
func must(tb testing.TB) func(ctxtree.Node, error) ctxtree.Node {
	return func(n ctxtree.Node, err error) ctxtree.Node {
		if err != nil {
			tb.Fatal(err)
		}
		return n
	}
}

// TestAllocations checks that nothing is allocated once the arenas have grown.
func TestAllocations(t *testing.T) {
	m := modelTree(t)
	type key int
	round := func() {
		m.Reset()
		a, _ := m.WithCancel(ctxtree.Background)
		b, _ := m.WithTimeout(a, 5)
		c, _ := m.WithValue(b, key(1), 2)
		d, _ := m.AfterFunc(c)
		e, _ := m.WithoutCancel(c)
		if _, err := m.Value(e, key(1)); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Stop(d); err != nil {
			t.Fatal(err)
		}
		if err := m.Advance(3); err != nil {
			t.Fatal(err)
		}
		if o, err := m.Cancel(a); err != nil || o.Canceled != 2 {
			t.Fatal(o, err)
		}
		if err := m.Settle(); err != nil {
			t.Fatal(err)
		}
	}
	round()
	if n := testing.AllocsPerRun(100, round); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
