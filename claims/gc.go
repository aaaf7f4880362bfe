package claims

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/gclive"
	"github.com/orrery-go/orrery/gc/marking"
	"github.com/orrery-go/orrery/internal/toolchain"
)

var gcChecks = map[string]check{
	"1.0-2": {model: leftToCollector, live: func() (string, error) { return gclive.OnHeap(), nil }},
	"1.0-3": nodes("new 0; new 1; drop 0; collect", func(log []string) string {
		return fate("unreachable", log[0][0]) + "; " + fate("reachable and unused", log[0][1])
	}),
	"1.1-1": {
		model: func(rel string) (string, error) {
			p, err := gclive.PredictPauses(rel)
			return inPause(p["heap"]), err
		},
		live: func() (string, error) { return inPause(markShare()), nil },
	},
	"1.1-2": nodes(chainOf(20)+"new 1; new 2; link 20 0 21; link 21 0 20; drop 1; drop 2; collect", func(log []string) string {
		return fmt.Sprint(strings.Count(log[0][:20], "1"), strings.Count(log[0][20:22], "1"))
	}),
	"1.1-3": {model: orderOfCycle, live: func() (string, error) {
		switch {
		case markShare() > 0.5:
			return "stop mark start", nil
		case pauses() != 2:
			return fmt.Sprintf("%d pauses", pauses()), nil
		case sweptAtOnce():
			return "stop start mark stop sweep start", nil
		}
		return "stop start mark stop start sweep", nil
	}},
	"1.1-4": {
		model: func(rel string) (string, error) {
			order, err := orderOfCycle(rel)
			if strings.HasSuffix(order, "start sweep") {
				return "while the program runs", err
			}
			return "in the pause", err
		},
		live: func() (string, error) {
			if sweptAtOnce() {
				return "in the pause", nil
			}
			return "while the program runs", nil
		},
	},
	"1.1-5": {
		model: func(rel string) (string, error) {
			h, _, err := heapOf(rel, 0)
			for range 3 {
				if err == nil {
					err = h.GC()
				}
			}
			if err != nil {
				return "", err
			}
			return fmt.Sprint(h.Cycle().Cycle), nil
		},
		live: func() (string, error) { return fmt.Sprint(gclive.Cycles(3)), nil },
	},
	"1.2-1": {model: func(rel string) (string, error) {
		return stepping(rel, func(s gc.Snapshot) []gc.Colour { return colours(s, 0) })
	}},
	"1.2-2": nodes(chainOf(5)+"new 1; new 2; new 3; new 4; new 5; drop 1; drop 2; drop 3; drop 4; drop 5; collect", func(log []string) string {
		return fmt.Sprint(strings.Count(log[0][:5], "0"), strings.Count(log[0][5:10], "0"))
	}),
	"1.2-3": {model: greyWithoutWhite},
	"1.2-4": {model: func(rel string) (string, error) {
		return stepping(rel, func(s gc.Snapshot) []gc.Colour { return colours(s, 3) })
	}},
	"1.2-5": {model: func(rel string) (string, error) {
		first := true
		return stepping(rel, func(s gc.Snapshot) []gc.Colour {
			if s.Stage != "mark" || !first {
				return nil
			}
			first = false
			return colours(s, 0)
		})
	}},
	// A global, a goroutine's stack, and an object with a finalizer each hold one.
	"1.2-6": nodes("new 0; new 1; hold 1; drop 1; new 2; new 3; link 2 0 3; finalize 2; drop 2; drop 3; collect", func(log []string) string {
		return fmt.Sprint(strings.Count(log[0][:2]+log[0][3:4], "1"))
	}),
	"1.2-7": nodes(chainOf(100)+"collect; drop 0; collect", func(log []string) string {
		return fmt.Sprint(strings.Count(log[0][:100], "1"), strings.Count(log[1][:100], "1"))
	}),
	"1.2-8": {
		model: func(rel string) (string, error) {
			order, err := orderOfCycle(rel)
			if strings.HasSuffix(order, "start sweep") {
				return "not all", err
			}
			return "all", err
		},
		live: func() (string, error) {
			if sweptAtOnce() {
				return "all", nil
			}
			return "not all", nil
		},
	},
	"1.2-9":  {model: func(string) (string, error) { return bothConditions() }},
	"1.2-10": {model: func(string) (string, error) { return breaks("insertion", gc.StrongInvariant) }},
	"1.2-11": {model: func(rel string) (string, error) { return shades(rel, gc.ShadeNew, holders) }},
	"1.2-12": {model: storesOf, live: compiledBarriers},
	"1.2-13": {model: newOnStack, live: func() (string, error) {
		if gclive.KeptOnStack() {
			return "no", nil
		}
		return "yes", nil
	}},
	"1.2-14": {model: func(string) (string, error) { return breaks("deletion", gc.WeakInvariant) }},
	"1.2-15": {model: func(rel string) (string, error) { return shades(rel, gc.ShadeOld, holders) }},
	"1.2-16": {model: unlinked, live: func() (string, error) {
		old, _, later := outlived()
		return yes(old) + " " + yes(later), nil
	}},
	"1.3-1": {model: func(string) (string, error) { return rescans() }},
	"1.3-2": {model: func(rel string) (string, error) {
		a, err := gc.ForRelease(rel)
		if err != nil || a.Barrier == nil {
			return "nothing", err
		}
		switch a.Barrier.Shade(gc.Write{Holder: gc.Black, Old: gc.White, New: gc.White, Stack: gc.Black}) {
		case gc.ShadeNew:
			return "new", nil
		case gc.ShadeOld | gc.ShadeNew:
			return "old and new", nil
		}
		return "something else", nil
	}},
	"1.3-3": {model: func(string) (string, error) { return breaks("hybrid", gc.WeakInvariant) }},
	"1.3-4": {model: afterStackScan},
	"1.3-5": {model: stackScans, live: func() (string, error) {
		if stackShare() < 0.1 {
			return "1", nil
		}
		return "2", nil
	}},
	"1.3-6": {
		model: func(rel string) (string, error) {
			h, _, err := heapOf(rel, 0)
			if err == nil {
				err = h.GC()
			}
			if err != nil {
				return "", err
			}
			return fmt.Sprint(len(h.Cycle().Pauses)), nil
		},
		live: func() (string, error) { return fmt.Sprint(pauses()), nil },
	},
	"1.3-7": {
		model: func(rel string) (string, error) {
			a, err := gc.ForRelease(rel)
			return newAre(a.AllocateBlack), err
		},
		live: func() (string, error) {
			_, made, _ := outlived()
			return newAre(made), nil
		},
	},
	"1.3-8": {model: removed},
	"1.3-9": {model: func(rel string) (string, error) { return shades(rel, gc.ShadeNew, stacks) }},
	"13-1":  {model: processor(modelMarkCost), live: func() (string, error) { return ofProcessor(markCPU()), nil }},
	"13-2": {
		model: func(rel string) (string, error) {
			c, err := modelMarkCost(rel)
			return costly(c), err
		},
		live: func() (string, error) { return costly(markCPU()), nil },
	},
	"13-3": {model: turns, live: func() (string, error) { return gclive.Turns(100), nil }},
}

// What is measured is measured once.
var (
	markShare   = sync.OnceValue(gclive.MarkShare)
	stackShare  = sync.OnceValue(gclive.StackShare)
	pauses      = sync.OnceValue(gclive.Pauses)
	sweptAtOnce = sync.OnceValue(gclive.SweptAtOnce)
	markCPU     = sync.OnceValue(func() float64 { return gclive.MarkCPU(1_000_000) })
	lasting     = sync.OnceValue(func() [3]bool {
		unlinked, made, later := gclive.Outlived()
		return [3]bool{unlinked, made, later}
	})
)

func outlived() (unlinked, made, later bool) { l := lasting(); return l[0], l[1], l[2] }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func fate(what string, alive byte) string {
	if alive == '1' {
		return what + ": kept"
	}
	return what + ": reclaimed"
}

func inPause(share float64) string {
	if share > 0.5 {
		return "in the pause"
	}
	return "while the program runs"
}

func newAre(black bool) string {
	if black {
		return "what is in the heap"
	}
	return "nothing"
}

// heapOf is a heap of a release and a goroutine with 3 slots.
func heapOf(rel string, globals int) (*gc.Heap, gc.G, error) {
	h, err := gc.New(gc.Config{Release: rel, Globals: globals})
	if err != nil {
		return nil, 0, err
	}
	g, err := h.Go(0, 3)
	return h, g, err
}

// A doing does one thing after the other until one fails.
type doing struct {
	h   *gc.Heap
	g   gc.G
	err error
}

func doingOf(rel string, globals int) *doing {
	d := &doing{}
	d.h, d.g, d.err = heapOf(rel, globals)
	return d
}

func (d *doing) must(err error) {
	if d.err == nil {
		d.err = err
	}
}

func (d *doing) alloc(slot int) gc.Ref {
	if d.err != nil {
		return gc.Nil
	}
	r, err := d.h.Alloc(d.g, slot, gc.Layout{Bytes: 16, Slots: 2})
	d.must(err)
	return r
}

func (d *doing) store(into, i, from int) {
	if d.err == nil {
		d.must(d.h.Store(d.g, into, i, from))
	}
}

func (d *doing) drop(slot int) {
	if d.err == nil {
		d.must(d.h.Drop(d.g, slot))
	}
}

// until has the collector step until something is so, or it has nothing to do.
func (d *doing) until(so func() bool) {
	for d.err == nil && !so() {
		more, err := d.h.Step()
		d.must(err)
		if !more {
			return
		}
	}
}

// start starts a cycle and steps until the program may run while it marks; false
// if it never may.
func (d *doing) start() bool {
	if d.err != nil {
		return false
	}
	d.must(d.h.Start())
	d.until(func() bool {
		cycle, pause := d.h.Running()
		return cycle && pause == "" && d.h.Snapshot().Stage == "mark"
	})
	cycle, _ := d.h.Running()
	return cycle
}

func leftToCollector(rel string) (string, error) {
	d := doingOf(rel, 0)
	if d.err != nil {
		return "", d.err
	}
	d.must(d.h.Call(d.g, 4))
	d.must(d.h.Return(d.g, gc.NoSlot, gc.NoSlot))
	frame := d.h.Objects()
	d.must(d.h.Call(d.g, 1))
	d.alloc(0)
	d.must(d.h.Return(d.g, 0, 0))
	return fmt.Sprint(frame, d.h.Objects()), d.err
}

// orderOfCycle tells what happens in which order in a cycle.
func orderOfCycle(rel string) (string, error) {
	var order []string
	step := func(text string) {
		if len(order) == 0 || order[len(order)-1] != text {
			order = append(order, text)
		}
	}
	h, err := gc.New(gc.Config{Release: rel, Trace: func(e gc.Event) {
		switch e.Kind {
		case gc.PauseBegins:
			step("stop")
		case gc.PauseEnds:
			step("start")
		case gc.Greyed, gc.Blackened:
			step("mark")
		case gc.SpanSwept:
			step("sweep")
		}
	}})
	if err != nil {
		return "", err
	}
	g, err := h.Go(0, 1)
	if err == nil {
		_, err = h.Alloc(g, 0, gc.Layout{Bytes: 16, Slots: 2})
	}
	if err == nil {
		err = h.GC()
	}
	return strings.Join(order, " "), err
}

// stepping runs a cycle of a heap in which a stack points to object 1, that to 2
// and that to 3, and in which 4 is garbage, and tells the colours that pick found.
func stepping(rel string, pick func(gc.Snapshot) []gc.Colour) (string, error) {
	d := doingOf(rel, 0)
	d.alloc(0)
	d.alloc(1)
	d.store(0, 0, 1)
	d.alloc(2)
	d.store(1, 0, 2)
	d.alloc(1)
	d.drop(1)
	d.drop(2)
	if d.err != nil {
		return "", d.err
	}
	d.must(d.h.Start())
	seen := map[gc.Colour]bool{}
	d.until(func() bool {
		if s := d.h.Snapshot(); s.Stage == "mark" || s.Stage == "mark termination" {
			for _, c := range pick(s) {
				seen[c] = true
			}
		}
		cycle, _ := d.h.Running()
		return !cycle
	})
	var names []string
	for _, c := range []gc.Colour{gc.White, gc.Grey, gc.Black} {
		if seen[c] {
			names = append(names, c.String())
		}
	}
	return strings.Join(names, " "), d.err
}

// colours are those of the first objects; of all if most is 0.
func colours(s gc.Snapshot, most int) (out []gc.Colour) {
	for _, o := range s.Objects {
		if most == 0 || int(o.Object) <= most {
			out = append(out, o.Colour)
		}
	}
	return out
}

// greyWithoutWhite says whether a grey object must point to a white one.
func greyWithoutWhite(rel string) (string, error) {
	d := doingOf(rel, 0)
	d.alloc(0)
	if d.err != nil {
		return "", d.err
	}
	d.must(d.h.Start())
	must := "yes"
	d.until(func() bool {
		for _, o := range d.h.Snapshot().Objects {
			if o.Colour == gc.Grey && !slices.ContainsFunc(o.Slots, func(r gc.Ref) bool { return r != gc.Nil }) {
				must = "no"
			}
		}
		cycle, _ := d.h.Running()
		return !cycle
	})
	return must, d.err
}

// nodes has an answer made of the log of a program of package gclive.
func nodes(text string, answer func(log []string) string) check {
	p, err := parseNodes(text)
	return check{
		model: func(rel string) (string, error) {
			if err != nil {
				return "", err
			}
			log, err := gclive.Predict(rel, p)
			if err != nil {
				return "", err
			}
			return answer(log), nil
		},
		live: func() (string, error) {
			if err != nil {
				return "", err
			}
			log, err := onObjects(p)
			if err != nil {
				return "", err
			}
			return answer(log), nil
		},
	}
}

// parseNodes reads "new 0; link 0 0 1; collect".
func parseNodes(text string) (p gclive.Program, err error) {
	for part := range strings.SplitSeq(text, "; ") {
		op := gclive.Op{B: 0}
		var verb string
		n, err := fmt.Sscan(part, &verb, &op.A, &op.B, &op.C)
		if n == 0 {
			return nil, fmt.Errorf("claims: operation %q: %w", part, err)
		}
		op.Verb = gclive.Verb(verb)
		switch op.Verb {
		case gclive.Finalize:
			op.B = -1
		case gclive.Root:
		}
		p = append(p, op)
	}
	return p, nil
}

// chainOf makes nodes that each point to the next, the first in root 0.
func chainOf(n int) string {
	text := "new 0; "
	for i := 1; i < n; i++ {
		text += fmt.Sprintf("new 1; link %d 0 %d; ", i-1, i)
	}
	return text + "drop 1; "
}

var (
	objectChild   = sync.OnceValues(func() (*gclive.Real, error) { return gclive.Start(context.Background()) })
	objectChildMu sync.Mutex
)

// onObjects runs the program on real objects until a run is undisturbed.
func onObjects(p gclive.Program) ([]string, error) {
	objectChildMu.Lock()
	defer objectChildMu.Unlock()
	real, err := objectChild()
	if err != nil {
		return nil, err
	}
	for range 100 {
		runs, err := real.Run([]gclive.Program{p})
		if err != nil {
			return nil, err
		}
		if !runs[0].Disturbed() {
			return runs[0].Log, nil
		}
	}
	return nil, fmt.Errorf("claims: %v was disturbed each time", p)
}

// bothConditions says for which of the two conditions of a loss, and for both, an
// object is lost without a barrier: something black points to it; no path from
// something grey is left.
func bothConditions() (string, error) {
	a, err := gc.AlgorithmNamed("no-barrier")
	if err != nil {
		return "", err
	}
	var out []string
	for i := range 3 {
		h, err := gc.New(gc.Config{Algorithm: &a})
		if err != nil {
			return "", err
		}
		d := &doing{h: h}
		d.g, d.err = h.Go(0, 3)
		d.alloc(0) // 1, which points to 2
		d.alloc(1)
		d.store(0, 0, 1)
		d.drop(1)
		d.start()
		d.until(func() bool { return d.h.Snapshot().Goroutines[0].Colour == gc.Black })
		d.alloc(1) // 3, which is black; 1 is grey
		if d.err == nil && i != 1 {
			_, err := h.Load(d.g, 2, 0, 0)
			d.must(err)
			d.store(1, 0, 2)
			d.drop(2)
		}
		if i != 0 {
			d.store(0, 0, gc.NoSlot)
		}
		if d.err == nil {
			d.must(h.Run())
		}
		if d.err != nil {
			return "", d.err
		}
		out = append(out, yes(h.Check() != nil))
	}
	return strings.Join(out, " "), nil
}

// breaks explores an algorithm and says whether it breaks an invariant in some
// state.
func breaks(name string, of gc.Invariant) (string, error) {
	a, err := gc.AlgorithmNamed(name)
	if err != nil {
		return "", err
	}
	a.Promises = of
	safe, err := loses(a)
	if safe {
		return "never", err
	}
	return "in some state", err
}

var searches sync.Map // of loses, by algorithm

// loses explores an algorithm, and reports whether nothing is lost, and no promise
// broken.
func loses(a gc.Algorithm) (safe bool, err error) {
	key := fmt.Sprintf("%+v", a.Name+fmt.Sprint(a.Promises, a.StackSnapshot, a.StackRescan, a.AllocateBlack))
	if v, ok := searches.Load(key); ok {
		return v.(bool), nil
	}
	m, err := marking.New(marking.Config{Algorithm: a, Objects: 3, Fields: 1})
	if err != nil {
		return false, err
	}
	r, err := explore.Run(context.Background(), m, explore.Options{MaxStates: 1 << 22, Symmetry: true})
	if err != nil {
		return false, err
	}
	searches.Store(key, r.Counterexample == nil)
	return r.Counterexample == nil, nil
}

// rescans says for the insertion and the deletion barrier whether an object can be
// lost if the stacks are not scanned again at the end, whatever else is done.
func rescans() (string, error) {
	var out []string
	for _, name := range []string{"insertion", "deletion"} {
		a, err := gc.AlgorithmNamed(name)
		if err != nil {
			return "", err
		}
		a.StackRescan, a.Promises = false, gc.NoInvariant
		needed := true
		for _, snapshot := range []bool{false, true} {
			a.StackSnapshot = snapshot
			safe, err := loses(a)
			if err != nil {
				return "", err
			}
			needed = needed && !safe
		}
		out = append(out, yes(needed))
	}
	return strings.Join(out, " "), nil
}

// holders and stacks are the writes that a barrier is asked about.
var (
	holders = []gc.Write{{Holder: gc.White, Stack: gc.Black}, {Holder: gc.Grey, Stack: gc.Black}, {Holder: gc.Black, Stack: gc.Black}}
	stacks  = []gc.Write{{Holder: gc.Black, Stack: gc.Grey}, {Holder: gc.Black, Stack: gc.Black}}
)

// shades says for each write whether the barrier of a release shades what it is
// asked about.
func shades(rel string, what gc.Shade, writes []gc.Write) (string, error) {
	a, err := gc.ForRelease(rel)
	if err != nil || a.Barrier == nil {
		return "no barrier", err
	}
	var out []string
	for _, w := range writes {
		w.Old, w.New = gc.White, gc.White
		out = append(out, yes(a.Barrier.Shade(w)&what != 0))
	}
	return strings.Join(out, " "), nil
}

// storesOf says of which stores there is a barrier.
func storesOf(rel string) (string, error) {
	a, err := gc.ForRelease(rel)
	if err != nil {
		return "", err
	}
	fired := 0
	h, err := gc.New(gc.Config{Release: rel, Algorithm: &a, Trace: func(e gc.Event) {
		if e.Kind == gc.BarrierFired {
			fired++
		}
	}})
	if err != nil {
		return "", err
	}
	d := &doing{h: h}
	d.g, d.err = h.Go(0, 3)
	d.alloc(0)
	d.alloc(1)
	if !d.start() {
		return "stack: no, heap: no", d.err
	}
	d.must(h.Move(d.g, 2, 1))
	stack := fired > 0
	d.store(0, 0, 1)
	return "stack: " + yes(stack) + ", heap: " + yes(fired > 0), d.err
}

// compiledBarriers asks the compiler.
func compiledBarriers() (string, error) {
	dir, err := os.MkdirTemp("", "orrery-barriers-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	const source = `package p

type T struct{ f *T }

func stack(p, q *T) *T {
	x := p
	if q != nil {
		x = q
	}
	return x
}

func heap(p, q *T) { p.f = q }
`
	file := filepath.Join(dir, "p.go")
	if err := os.WriteFile(file, []byte(source), 0o666); err != nil {
		return "", err
	}
	cmd := exec.Command("go", "tool", "compile", "-p=p", "-d=wb=1", "-o", filepath.Join(dir, "p.o"), file)
	cmd.Env = toolchain.Quiet(os.Environ())
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("claims: go tool compile: %w\n%s", err, out)
	}
	stack, heap := false, false
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "write barrier") {
			heap = heap || strings.Contains(line, "p.go:13:")
			stack = stack || !strings.Contains(line, "p.go:13:")
		}
	}
	return "stack: " + yes(stack) + ", heap: " + yes(heap), nil
}

// newOnStack has an object made during the marking that only a stack which was
// scanned holds, and says whether it is reclaimed.
func newOnStack(rel string) (string, error) {
	d := doingOf(rel, 0)
	if d.start() {
		d.until(func() bool {
			cycle, _ := d.h.Running()
			return !cycle || d.h.Snapshot().Goroutines[0].Colour == gc.Black
		})
	}
	d.alloc(0)
	if d.err == nil {
		d.must(d.h.Run())
	}
	if d.err != nil {
		return "", d.err
	}
	return yes(d.h.Check() != nil), nil
}

// unlinked has an object taken out of the heap during the marking, before it was
// found, and says whether it is there after this cycle, and after the next.
func unlinked(rel string) (string, error) {
	d := doingOf(rel, 1)
	d.alloc(0)
	r := d.alloc(1)
	d.store(0, 0, 1)
	d.drop(1)
	d.start() // the stack was not scanned
	d.store(0, 0, gc.NoSlot)
	var out []string
	for i := range 2 {
		if d.err == nil && i > 0 {
			d.must(d.h.Start())
		}
		if d.err == nil {
			d.must(d.h.Run())
		}
		if cycle, _ := d.h.Running(); cycle || d.err != nil {
			return "", d.err
		}
		if i == 0 && d.h.Cycle().Cycle == 1 && !d.h.Algorithm().Concurrent {
			d.must(d.h.GC()) // it was unlinked after the first
		}
		_, err := d.h.Look(r)
		out = append(out, yes(err == nil))
	}
	return strings.Join(out, " "), d.err
}

// afterStackScan tells the colours of a stack, of what it points to and of what
// that points to, when the stack was scanned.
func afterStackScan(rel string) (string, error) {
	d := doingOf(rel, 0)
	d.alloc(0)
	d.alloc(1)
	d.store(0, 0, 1)
	d.drop(1)
	if d.err != nil {
		return "", d.err
	}
	d.must(d.h.Start())
	d.until(func() bool { return d.h.Snapshot().Goroutines[0].Colour == gc.Black })
	s := d.h.Snapshot()
	return fmt.Sprint(s.Goroutines[0].Colour, " ", s.Objects[0].Colour, " ", s.Objects[1].Colour), d.err
}

// stackScans counts the scans of a stack in a cycle.
func stackScans(rel string) (string, error) {
	n := 0
	h, err := gc.New(gc.Config{Release: rel, Trace: func(e gc.Event) {
		if e.Kind == gc.StackScanned {
			n++
		}
	}})
	if err == nil {
		_, err = h.Go(0, 1)
	}
	if err == nil {
		err = h.GC()
	}
	return fmt.Sprint(n), err
}

// removed says whether an object is shaded when the heap stops pointing to it, and
// when a stack does.
func removed(rel string) (string, error) {
	var out []string
	for _, heap := range []bool{true, false} {
		fired := 0
		h, err := gc.New(gc.Config{Release: rel, Trace: func(e gc.Event) {
			if e.Kind == gc.BarrierFired && e.Why == "old" {
				fired++
			}
		}})
		if err != nil {
			return "", err
		}
		d := &doing{h: h}
		d.g, d.err = h.Go(0, 3)
		d.alloc(0)
		d.alloc(1)
		d.store(0, 0, 1)
		if d.start() {
			if heap {
				d.store(0, 0, gc.NoSlot)
			} else {
				d.drop(1)
			}
		}
		if d.err != nil {
			return "", d.err
		}
		out = append(out, yes(fired > 0))
	}
	return strings.Join(out, " "), nil
}

// modelMarkCost is how many times as much the marking of 1,000 small objects with
// pointers costs as that of one of the same bytes without.
func modelMarkCost(rel string) (float64, error) {
	cost := func(n int, l gc.Layout) (float64, error) {
		h, g, err := heapOf(rel, n)
		if err != nil {
			return 0, err
		}
		for i := range n {
			if _, err := h.Alloc(g, 0, l); err != nil {
				return 0, err
			}
			if err := h.StoreGlobal(g, i, 0); err != nil {
				return 0, err
			}
		}
		if err := h.GC(); err != nil {
			return 0, err
		}
		return float64(h.Work().Cost()), nil
	}
	small, err := cost(1000, gc.Layout{Bytes: 16, Slots: 2})
	if err != nil {
		return 0, err
	}
	large, err := cost(1, gc.Layout{Bytes: 16_000})
	return small / large, err
}

func costly(times float64) string {
	if times > 5 {
		return "many small"
	}
	return "the same"
}

func ofProcessor(times float64) string {
	if times > 5 {
		return "CPU"
	}
	return "none"
}

func processor(cost func(string) (float64, error)) func(string) (string, error) {
	return func(rel string) (string, error) {
		c, err := cost(rel)
		return ofProcessor(c), err
	}
}

// turns counts the objects of 100 turns that make one each, and that keep one.
func turns(rel string) (string, error) {
	var out []string
	for _, keep := range []bool{false, true} {
		d := doingOf(rel, 0)
		for i := range 100 {
			if !keep || i == 0 {
				d.alloc(0)
			}
		}
		if d.err != nil {
			return "", d.err
		}
		out = append(out, fmt.Sprint(d.h.Work().Allocated))
	}
	return strings.Join(out, " "), nil
}
