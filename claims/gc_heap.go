package claims

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/internal/toolchain"
)

// heapOf returns a heap of a release and a goroutine with 3 slots.
func heapOf(rel string, globals int) (*gc.Heap, gc.G, error) {
	h, err := gc.New(gc.Config{Release: rel, Globals: globals})
	if err != nil {
		return nil, 0, err
	}
	g, err := h.Go(0, 3)
	return h, g, err
}

// A doing performs operations one after the other until one fails.
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

// until steps the collector until so returns true or the collector has nothing to do.
func (d *doing) until(so func() bool) {
	for d.err == nil && !so() {
		more, err := d.h.Step()
		d.must(err)
		if !more {
			return
		}
	}
}

// start starts a cycle and steps until the program may run during marking; it returns
// false if it never may.
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

// orderOfCycle returns the order of the phases of a cycle.
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
		err = grown(h)
	}
	return strings.Join(order, " "), err
}

// grown runs a cycle that the growth of the heap has started: in 1.5 to 1.8 a cycle
// requested by the program is one pause.
func grown(h *gc.Heap) error {
	if err := h.Start(); err != nil {
		return err
	}
	return h.Run()
}

// stepping runs a cycle of a heap in which a stack points to object 1, object 1 to 2 and
// 2 to 3, and in which 4 is garbage. It returns the colours that pick found after each
// step.
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

// colours returns the colours of the first most objects, or of all if most is 0.
func colours(s gc.Snapshot, most int) (out []gc.Colour) {
	for _, o := range s.Objects {
		if most == 0 || int(o.Object) <= most {
			out = append(out, o.Colour)
		}
	}
	return out
}

// greyWithoutWhite reports whether a grey object must point to a white one.
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

// storesOf returns the stores that have a barrier.
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

// compiledBarriers returns the same from the compiler.
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

// newOnStack makes an object during marking that only an already scanned stack holds,
// and reports whether it is reclaimed.
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

// unlinked removes an object from the heap during marking, before it was found, and
// reports whether it is left after this cycle, and after the next.
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
			d.must(d.h.GC()) // it was unlinked after the first cycle
		}
		_, err := d.h.Look(r)
		out = append(out, yes(err == nil))
	}
	return strings.Join(out, " "), d.err
}

// afterStackScan returns the colours of a stack, of an object that it points to and of
// an object that points to that, after the stack was scanned.
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
		err = grown(h)
	}
	return fmt.Sprint(n), err
}

// removed reports whether an object is shaded when the last pointer to it in the heap is
// removed, and when one on a stack is.
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

// modelMarkCost returns the cost of marking 1,000 small objects with pointers, divided
// by that of one object with as many bytes and no pointers.
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

// turns returns the numbers of objects of 100 turns that make one each, and of 100 turns
// that keep one.
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
