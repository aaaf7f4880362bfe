package gc_test

import (
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/orrery-go/orrery/gc"
)

// Marking in the model and by the real collector, of the same graph, in one run: n
// objects of 32 bytes that can be reached from one of them, each with two pointers to
// random others, or in a tree in the order in which they were made.

type node struct {
	slots [2]*node
	_     [2]int
}

// targets returns the targets of the pointers of n objects: elements 2*i and 2*i+1 are
// those of object i.
func targets(n int, random bool) []uint32 {
	r := rand.New(rand.NewPCG(1, 1))
	to := make([]uint32, 2*n)
	for i := range to {
		if random {
			to[i] = uint32(r.IntN(n))
		} else {
			to[i] = uint32(min(i+1, n-1)) // a tree: 2i+1 and 2i+2
		}
	}
	return to
}

// modelGraph returns a heap with the graph. The root, which is the first object, is in
// the first slot of a stack.
func modelGraph(tb testing.TB, to []uint32) *gc.Heap {
	tb.Helper()
	n := len(to) / 2
	h, err := gc.New(gc.Config{MaxObjects: n + 300})
	if err != nil {
		tb.Fatal(err)
	}
	must := func(err error) {
		if err != nil {
			tb.Fatal(err)
		}
	}
	g, err := h.Go(0, n)
	must(err)
	for i := range n {
		_, err := h.Alloc(g, i, gc.Layout{Bytes: 32, Slots: 2})
		must(err)
	}
	for i := range n {
		for k := range 2 {
			must(h.Store(g, i, k, int(to[2*i+k])))
		}
	}
	for i := 1; i < n; i++ {
		must(h.Drop(g, i)) // only the first is a root
	}
	return h
}

var kept *node

// realGraph makes the same graph of real objects.
func realGraph(to []uint32) {
	n := len(to) / 2
	all := make([]*node, n)
	for i := range all {
		all[i] = new(node)
	}
	for i := range all {
		all[i].slots = [2]*node{all[to[2*i]], all[to[2*i+1]]}
	}
	kept = all[0]
}

// modelMark marks once and returns the time taken.
func modelMark(tb testing.TB, h *gc.Heap) time.Duration {
	if err := h.Start(); err != nil {
		tb.Fatal(err)
	}
	start := time.Now()
	for cycle := true; cycle; cycle, _ = h.Running() {
		if _, err := h.Step(); err != nil {
			tb.Fatal(err)
		}
	}
	took := time.Since(start)
	if err := h.Run(); err != nil {
		tb.Fatal(err)
	}
	return took
}

var markCPU = []metrics.Sample{
	{Name: "/cpu/classes/gc/mark/assist:cpu-seconds"},
	{Name: "/cpu/classes/gc/mark/dedicated:cpu-seconds"},
	{Name: "/cpu/classes/gc/mark/idle:cpu-seconds"},
}

func markSeconds() (sum float64) {
	metrics.Read(markCPU)
	for _, s := range markCPU {
		sum += s.Value.Float64()
	}
	return sum
}

// realMark collects once and returns the CPU time of the marking.
func realMark() time.Duration {
	before := markSeconds()
	runtime.GC()
	return time.Duration((markSeconds() - before) * 1e9)
}

func BenchmarkMark(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		for _, shape := range []string{"random", "tree"} {
			to := targets(n, shape == "random")
			b.Run(shape+"/"+size(n)+"/model", func(b *testing.B) {
				h := modelGraph(b, to)
				modelMark(b, h)
				b.ReportAllocs()
				for b.Loop() {
					modelMark(b, h)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/object")
			})
			b.Run(shape+"/"+size(n)+"/real", func(b *testing.B) {
				realGraph(to)
				defer func() { kept = nil }()
				cpu := time.Duration(0)
				for b.Loop() {
					cpu += realMark()
				}
				b.ReportMetric(float64(cpu.Nanoseconds())/float64(b.N)/float64(n), "cpu-ns/object")
			})
		}
	}
}

func size(n int) string {
	if n >= 10_000_000 {
		return "10M"
	}
	if n >= 1_000_000 {
		return "1M"
	}
	return "100K"
}

// TestMarkAllocations checks that marking and sweeping a heap whose queues have grown
// before allocate nothing.
func TestMarkAllocations(t *testing.T) {
	h := modelGraph(t, targets(10_000, true))
	modelMark(t, h)
	if n := testing.AllocsPerRun(5, func() { modelMark(t, h) }); n > 0 {
		t.Errorf("%v allocations in a cycle", n)
	}
}

// TestSpeed marks ten million objects in the model and for real: a random graph, and, as
// the opposite, a tree whose objects are in memory in the order in which they are found,
// for which Green Tea is best. The work is linear in the number of objects; with a
// random graph the time also grows with cache misses, on both sides. The best of each
// counts.
func TestSpeed(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("counted: needs ORRERY_FULL=1 and 3 GB")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	for _, shape := range []string{"random", "tree"} {
		for _, n := range []int{100_000, 1_000_000, 10_000_000} {
			to := targets(n, shape == "random")
			h := modelGraph(t, to)
			model := time.Duration(1 << 62)
			for range 3 {
				model = min(model, modelMark(t, h))
			}
			marked := h.Work().Marked / h.Cycle().Cycle
			realGraph(to)
			to = nil
			runtime.GC()
			real := time.Duration(1 << 62)
			for range 3 {
				real = min(real, realMark())
			}
			kept = nil
			runtime.GC()
			t.Logf("%s, %d objects (%d reachable): model %.1f ns, real %.1f ns of CPU an object: %.2f", shape, n, marked,
				float64(model)/float64(marked), float64(real)/float64(marked), float64(model)/float64(real))
			if words := h.Work().Words / h.Cycle().Cycle; words != 2*marked {
				t.Errorf("%s: %d words of %d objects: not linear", shape, words, marked)
			}
			h = nil
			if n == 10_000_000 && shape == "random" && float64(model) > 0.5*float64(real) {
				t.Errorf("the model takes %.2f of the real collector's mark CPU time, want at most 0.5", float64(model)/float64(real))
			}
		}
	}
}
