package gc_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/gc"
)

// FuzzHeap performs operations that the bytes choose, sensible or not: nothing panics,
// every error is the model's or the runtime's, and a sound algorithm loses nothing.
func FuzzHeap(f *testing.F) {
	f.Add("go1.26", "", 2, 100, []byte{0, 0, 0, 0, 3, 0, 0, 1, 13, 0, 0, 0, 14, 0, 0, 0, 14, 0, 0, 0})
	f.Add("go1.4", "deletion", 0, 5, []byte{0, 0, 1, 2, 2, 0, 255, 1, 7, 0, 200, 3, 14, 1, 1, 1})
	f.Add("1.17", "none", -1, 0, []byte{1})
	f.Add("", "hybrid-white", 1, 1<<30, []byte{15, 1, 1, 1, 16, 2, 2, 2, 17, 0, 0, 0})
	f.Fuzz(func(t *testing.T, release, name string, globals, most int, script []byte) {
		c := gc.Config{Release: release, Globals: globals % (1 << 16), MaxObjects: most, AssistRatio: float64(globals)}
		if most > 1<<16 {
			c.MaxObjects = 1 << 16
		}
		sound := true
		if a, err := gc.AlgorithmNamed(name); err == nil {
			c.Algorithm = &a
			sound = a.Loses == ""
		}
		h, err := gc.New(c)
		if err != nil {
			prefixed(t, err)
			return
		}
		if _, err := h.Go(0, 2); err != nil {
			t.Fatal(err)
		}
		for ; len(script) >= 4; script = script[4:] {
			g, a, b, d := gc.G(int8(script[1])), int(int8(script[2])), int(int8(script[3])), int(script[1])>>4
			var err error
			switch script[0] % 25 {
			case 0:
				_, err = h.Alloc(g, a, gc.Layout{Bytes: int64(b) << (script[2] % 45), Slots: d << (script[3] % 20)})
			case 1:
				_, err = h.Load(g, a, b, d)
			case 2:
				err = h.Store(g, a, d, b)
			case 3:
				_, err = h.LoadGlobal(g, a, b)
			case 4:
				err = h.StoreGlobal(g, a, b)
			case 5:
				err = h.Move(g, a, b)
			case 6:
				err = h.Call(g, b, a)
			case 7:
				err = h.Return(g, a, b)
			case 8:
				_, err = h.Go(g, b<<(script[2]%20), a)
			case 9:
				err = h.Exit(g)
			case 10:
				err = h.SetFinalizer(g, a, held(b, d)...)
			case 11:
				_, err = h.AddCleanup(g, a, b, held(b, d)...)
			case 12:
				_, err = h.MakeWeakInside(g, a, int64(b))
			case 13:
				err = h.Start()
			case 14:
				_, err = h.Step()
			case 15:
				_, err = h.WeakValue(g, a, gc.Weak(b))
			case 16:
				_, _, err = h.RunFinalizer(g, a)
			case 17:
				_, _, err = h.RunCleanup(g, b)
			case 18:
				_, err = h.Look(gc.Ref(b))
			case 19:
				err = h.GC()
			case 20:
				err = h.ClearFinalizer(g, a)
			case 21:
				err = h.StopCleanup(g, gc.Cleanup(b))
			case 22:
				_, err = h.Wrap(g, a, []gc.Container{gc.Map, gc.Channel, gc.Closure, "set"}[d%4], held(b, d)...)
			case 23:
				_, err = h.Block(gc.Ref(b))
			case 24:
				_, err = h.Alloc(g, a, gc.Layout{Bytes: int64(d)})
			}
			prefixed(t, err)
			if err := h.Check(); err != nil && sound {
				t.Fatal(err)
			}
		}
		_ = h.Snapshot()
		_ = h.Cycle()
	})
}

// held returns some slots of a stack.
func held(slot, n int) []int {
	var out []int
	for range n {
		out = append(out, slot)
		slot++
	}
	return out
}

// prefixed checks that an error is the model's or the runtime's.
func prefixed(t *testing.T, err error) {
	t.Helper()
	var panicked *crash.Error
	if err != nil && !errors.As(err, &panicked) && !strings.HasPrefix(err.Error(), "gc: ") {
		t.Fatalf("error %v", err)
	}
}

// TestErrors uses objects, slots and goroutines that do not exist.
func TestErrors(t *testing.T) {
	for _, c := range []gc.Config{
		{Release: "1.17"}, {Globals: -1}, {Globals: gc.MaxGlobals + 1}, {MaxObjects: -1}, {MaxObjects: gc.MaxObjects + 1}, {AssistRatio: -1},
		{Algorithm: &gc.Algorithm{Concurrent: true, SweepInPause: true}}, {Algorithm: &gc.Algorithm{Concurrent: true, Buffered: true}},
		{Algorithm: &gc.Algorithm{StackRescan: true}}, {Algorithm: &gc.Algorithm{Barrier: gc.BarrierFunc(gc.Hybrid)}},
	} {
		if h, err := gc.New(c); err == nil || !strings.HasPrefix(err.Error(), "gc: ") {
			t.Errorf("%+v: %v, %v", c, h, err)
		}
	}
	if _, err := gc.AlgorithmNamed("mark-compact"); err == nil {
		t.Error("an algorithm that is not there")
	}
	if _, err := gc.ForRelease("1.17"); err == nil {
		t.Error("a malformed release")
	}
	h := newHeap(t, gc.Config{Release: "go1.20", Globals: 1, MaxObjects: 3})
	g, err := h.Go(0, 2)
	if err != nil {
		t.Fatal(err)
	}
	alloc := func(l gc.Layout) error { _, err := h.Alloc(g, 0, l); return err }
	if err := alloc(gc.Layout{Bytes: 16, Slots: 2}); err != nil {
		t.Fatal(err)
	}
	if err := h.SetFinalizer(g, 0); err != nil {
		t.Fatal(err)
	}
	second := func(_ any, err error) error { return err }
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"nil":         {second(h.Load(g, 0, 1, 0)), "runtime error: invalid memory address or nil pointer dereference"},
		"slot":        {h.Store(g, 0, 2, 0), "gc: slot 2 out of range [0,2)"},
		"stack slot":  {h.Drop(g, 7), "gc: stack slot 7 out of range [0,2)"},
		"global":      {h.StoreGlobal(g, 1, 0), "gc: global 1 out of range [0,1)"},
		"goroutine":   {h.Exit(9), "gc: goroutine 9 out of range [1,1]"},
		"bytes":       {alloc(gc.Layout{Bytes: -1}), "gc: an object of -1 bytes out of range [0,1099511627776]"},
		"slots":       {alloc(gc.Layout{Bytes: 16, Slots: 3}), "gc: 3 slots out of range [0,2] of an object of 16 bytes"},
		"memory":      {alloc(gc.Layout{Bytes: 24, Slots: 3}), "gc: out of memory: 3 objects with 48 slots are the most that this heap may have"},
		"twice":       {h.SetFinalizer(g, 0), "runtime.SetFinalizer: finalizer already set"},
		"of nil":      {h.SetFinalizer(g, 1), "runtime.SetFinalizer: pointer not in allocated block"},
		"of no one":   {h.SetFinalizer(g, gc.NoSlot), "runtime.SetFinalizer: first argument is nil"},
		"container":   {second(h.Wrap(g, 0, "set")), `gc: no container "set" (want "map", "channel" or "closure")`},
		"elements":    {second(h.Wrap(g, 0, gc.Map, 0, 0, 0, 0, 0, 0, 0, 0, 0)), "gc: 9 values in a map out of range [0,8]"},
		"stop":        {h.StopCleanup(g, 1), "gc: cleanup 1 out of range [0,1)"},
		"weak":        {second(h.MakeWeak(g, 0)), "gc: go1.20 has no weak pointers: they came with go1.24"},
		"cleanup":     {second(h.AddCleanup(g, 0, 1)), "gc: go1.20 has no cleanups: they came with go1.24"},
		"return":      {h.Return(g, 0, 0), "gc: goroutine 1 is in its first function: it ends with Exit"},
		"dangling":    {second(h.Look(99)), "gc: object 99 out of range [1,4)"},
		"free":        {second(h.Look(2)), "gc: object 2 is not allocated"},
		"weak number": {second(h.WeakValue(g, 0, 5)), "gc: weak pointer 5 out of range [0,1)"},
	} {
		if tt.err == nil || tt.err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", name, tt.err, tt.want)
		}
	}
	if err := h.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Step(); err != nil {
		t.Fatal(err)
	}
	if err := h.Drop(g, 0); err == nil || err.Error() != "gc: goroutine 1 cannot act: the world is stopped (sweep termination)" {
		t.Errorf("in a pause: %v", err)
	}
	if err := h.Start(); err == nil {
		t.Error("a cycle in a cycle")
	}
}

// TestStoreIntoReclaimed continues a program after its object was lost.
func TestStoreIntoReclaimed(t *testing.T) {
	a, err := gc.AlgorithmNamed("hybrid-white")
	if err != nil {
		t.Fatal(err)
	}
	h := newHeap(t, gc.Config{Algorithm: &a})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	g, err := h.Go(0, 1)
	must(err)
	must(h.Start())
	for range 5 { // up to the stack
		_, err := h.Step()
		must(err)
	}
	_, err = h.Alloc(g, 0, gc.Layout{Bytes: 8, Slots: 1})
	must(err)
	must(h.Run())
	if err := h.Store(g, 0, 0, 0); !errors.Is(err, gc.ErrReclaimed) {
		t.Errorf("a store into a reclaimed object: %v", err)
	}
}

// TestUnusable uses a heap that New has not made, and a heap from its own Trace.
func TestUnusable(t *testing.T) {
	var zero gc.Heap
	var inside error
	var h *gc.Heap
	h = newHeap(t, gc.Config{Trace: func(gc.Event) {
		_, inside = h.Go(0, 1)
		h.Snapshot()
	}})
	if err := h.GC(); err != nil {
		t.Fatal(err)
	}
	for want, err := range map[string]error{
		"gc: the zero Heap cannot be used: use New":    zero.GC(),
		"gc: a heap cannot be used from its own Trace": inside,
	} {
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
