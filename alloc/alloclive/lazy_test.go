package alloclive

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/overlay"
)

// lazyProgram makes a program of n steps with spans of a few classes and large objects,
// long rows of which die together, and collections that leave the sweep to allocations.
func lazyProgram(r *rand.Rand, n int) (p Program) {
	type object struct{ number, size int64 }
	var live []object
	number, bytes := int64(0), int64(0)
	kinds := []Op{{Noscan, 4096}, {Noscan, 3072}, {Noscan, 2048}, {Noscan, 1024}, {Noscan, 320}, {Scan, 512}, {Scan, 128}, {Scan, 64}, {Noscan, 5}}
	few := [3]Op{}
	for i := range few {
		few[i] = kinds[r.IntN(len(kinds))]
	}
	few[0] = kinds[r.IntN(3)]
	for len(p) < n {
		switch k := r.IntN(1000); {
		case k < 5 || bytes > 24<<20:
			for range 1 + r.IntN(4) { // rows of them
				from := r.IntN(len(live) + 1)
				to := min(len(live), from+r.IntN(len(live)/2+2))
				share := []int{100, 100, 50, 5}[r.IntN(4)]
				kept := live[:from:from]
				for i, o := range live[from:] {
					if i < to-from && r.IntN(100) < share {
						p = append(p, Op{Drop, o.number})
						bytes -= o.size
						continue
					}
					kept = append(kept, o)
				}
				live = kept
			}
			p = append(p, Op{Verb: []Verb{Mark, Mark, Mark, Collect}[r.IntN(4)]})
		case k < 6:
			p = append(p, Op{Verb: Sweep})
		case k < 9:
			p = append(p, Op{SweepSome, r.Int64N(100)})
		case k < 11:
			p = append(p, Op{Verb: Return})
		default:
			op := few[min(r.IntN(8), 2)]
			if r.IntN(3) == 0 {
				op = few[0]
			}
			if r.IntN(150) == 0 {
				op = Op{Noscan, 33_000 + r.Int64N(300_000)}
			}
			p = append(p, op)
			live = append(live, object{number, op.Arg})
			number++
			bytes += op.Arg
		}
	}
	return p
}

// reclaimedProgram makes programs in which spans that were swept to reclaim their pages are
// among the hundred that an allocation of their class tries, and in which the background
// sweeper has freed pages that reclaiming then need not look for.
func reclaimedProgram(r *rand.Rand, n int) (p Program) {
	number := int64(0)
	make := func(size int64) int64 {
		p = append(p, Op{Noscan, size})
		number++
		return number - 1
	}
	drop := func(object int64) { p = append(p, Op{Drop, object}) }
	for len(p) < n {
		size := []int64{4096, 2048, 1024}[r.IntN(3)]
		slots, spans := 8192/size, 120+r.Int64N(120)
		var live []int64
		for range spans * slots {
			live = append(live, make(size))
		}
		dead := map[int]bool{} // spans
		for range 1 + r.IntN([]int{8, 60}[r.IntN(2)]) {
			dead[r.IntN(int(spans))] = true
		}
		for i, o := range live {
			if dead[i/int(slots)] {
				drop(o)
			}
		}
		p = append(p, Op{Verb: Mark})
		for range r.IntN(4) {
			if r.IntN(2) == 0 {
				p = append(p, Op{SweepSome, r.Int64N(60)})
			}
			drop(make(33_000 + r.Int64N(200_000)))
		}
		for range 3 * slots {
			drop(make(size))
		}
		for i, o := range live {
			if !dead[i/int(slots)] {
				drop(o)
			}
		}
		p = append(p, Op{Verb: Collect})
	}
	return p
}

// TestLazy compares programs whose spans are swept only when an allocation needs that: the
// place of every object, and each step: from which set of an mcentral a span comes, which
// spans are swept for it in vain, and which are freed before the heap grows.
func TestLazy(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("builds a runtime: set ORRERY_FULL=1")
	}
	c, err := StartLazy(t.Context()) // builds it, which may take longer than all trials
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	rnd := rand.New(rand.NewPCG(5, 8))
	from := [4]int{}
	objects, sweeps, freed, inVain, chunks := 0, 0, 0, 0, 0
	clear := [2][2]int{} // spans with slots, and large objects: clean, and to be cleared
	trials := child.NewTrials(40)
	for run := 0; trials.Next(); run++ {
		if run%8 == 0 { // what fills the pages below the holes is more each time
			again, err := StartLazy(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			c.Close()
			c = again
		}
		p := lazyProgram(rnd, 6000)
		if run%4 == 3 {
			p = reclaimedProgram(rnd, 6000)
		}
		a, err := c.Lazy(p)
		if err != nil {
			t.Fatal(err)
		}
		if msg := disturbed(a); msg != "" {
			trials.Reject(msg)
			continue
		}
		steps, err := a.Steps()
		if err != nil {
			t.Fatal(err)
		}
		if msg := compareLazy(p, a, steps); msg != "" {
			t.Fatalf("program %d: %s", trials.Accepted(), msg)
		}
		vain := 0
		for _, s := range steps {
			switch s.Kind {
			case overlay.SweptSpan:
				sweeps++
				vain++
				continue
			case overlay.CachedSpan:
				from[s.N]++
				if s.N == overlay.Fresh && vain >= 90 {
					inVain++
				}
			case overlay.FreedSpan:
				freed++
			case overlay.Reclaimed:
				if s.N > 0 {
					chunks++
				}
			}
			if s.Kind == overlay.CachedSpan || s.Kind == overlay.LargeSpan {
				kind, must := 0, 0
				if s.Kind == overlay.LargeSpan {
					kind = 1
				}
				if s.Clear {
					must = 1
				}
				clear[kind][must]++
			}
			vain = 0
		}
		objects += len(a.Addrs)
		trials.Accept()
	}
	t.Logf("%v: %d objects; spans from each set, and fresh: %v; %d swept, %d freed; %d fresh after 90 sweeps in vain or more; %d times were pages reclaimed; clean and to be cleared: %v", trials, objects, from, sweeps, freed, inVain, chunks, clear)
	if err := trials.Err(); err != nil {
		t.Error(err)
	}
	if trials.Accepted() == 40 && (min(from[0], from[1], from[2], from[3]) < 20 || freed < 1000 || inVain < 5 || chunks < 100 || min(clear[0][0], clear[0][1], clear[1][0], clear[1][1]) < 20) {
		t.Error("something was too rare")
	}
}

// disturbed says what else has used the heap, or "".
func disturbed(a Answer) string {
	if a.Others != 0 {
		return "something else allocated"
	}
	if a.Hole.Stacks != 0 {
		return "a stack grew"
	}
	notes, err := overlay.All(a.Notes)
	if err != nil {
		return err.Error()
	}
	taken := 0
	for _, n := range notes {
		if n.Kind != overlay.WorkBufs {
			continue
		}
		if taken += 2*int(n.Object) - 1; taken > 1 {
			return "marking took more work buffers than the least" // which the model has
		}
	}
	for _, s := range a.Spans {
		if s.Free > 0 {
			return "a span had free slots"
		}
	}
	return ""
}

func compareLazy(p Program, a Answer, steps []Step) string {
	places, model, err := ModelLazy("running", p, a)
	if err != nil {
		return err.Error()
	}
	for i := range max(len(model), len(steps)) {
		if i >= len(model) || i >= len(steps) || model[i] != steps[i] {
			return fmt.Sprintf("step %d: model %v, real %v", i, model[i:min(i+3, len(model))], steps[i:min(i+3, len(steps))])
		}
	}
	for i, real := range a.Holed() {
		if places[i] != real {
			return fmt.Sprintf("object %d: model at %#x, real at %#x", i, places[i], real)
		}
	}
	return ""
}

// The comparison can fail.
func TestLazyBroken(t *testing.T) {
	if strconv.IntSize != 64 {
		t.Skip("a modelled heap has words of 8 bytes")
	}
	p := lazyProgram(rand.New(rand.NewPCG(1, 1)), 2000)
	a := Answer{Hole: Hole{Base: 1 << 20}}
	places, steps, err := ModelLazy("running", p, a)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range places {
		a.Addrs = append(a.Addrs, at+uint64(a.Hole.Base)*lazyPage)
	}
	if msg := compareLazy(p, a, steps); msg != "" {
		t.Error(msg)
	}
	for i := range steps {
		other := append([]Step{}, steps...)
		if i%3 == 0 {
			other[i].N++
		} else if i%3 == 1 {
			other[i].Addr += lazyPage
		} else {
			other = append(other[:i], other[i+1:]...)
		}
		if i%50 < 3 && compareLazy(p, a, other) == "" {
			t.Errorf("step %d may be otherwise", i)
		}
	}
	a.Addrs[10]++
	if compareLazy(p, a, steps) == "" {
		t.Error("an object may be elsewhere")
	}
}
