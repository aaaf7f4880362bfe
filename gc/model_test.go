package gc_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/gc"
)

func newHeap(t rapid.TB, c gc.Config) *gc.Heap {
	t.Helper()
	h, err := gc.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// sound returns the algorithms that lose nothing. Package marking has the others.
func sound() (out []gc.Algorithm) {
	for _, a := range gc.Algorithms() {
		if a.Loses == "" {
			out = append(out, a)
		}
	}
	return out
}

const (
	frame   = 3
	globals = 2
	weaks   = 4
)

// layouts are the layouts that random programs allocate.
var layouts = []gc.Layout{{Bytes: 16, Slots: 2}, {Bytes: 8, Slots: 1}, {Bytes: 600, Slots: 3}, {Bytes: 9000, Slots: 2}, {Bytes: 32}, {Bytes: 3}}

// An act is an operation of a program or the collector.
type act struct{ verb, g, a, b, c int }

func (x act) String() string { return fmt.Sprintf("%d(%d;%d,%d,%d)", x.verb, x.g, x.a, x.b, x.c) }

const verbs = 22

func drawAct(t *rapid.T) act {
	n := rapid.IntRange(0, 11)
	return act{rapid.IntRange(0, verbs-1).Draw(t, "verb"), n.Draw(t, "g"), n.Draw(t, "a"), n.Draw(t, "b"), n.Draw(t, "c")}
}

// do performs the act on the heap, which has at least one goroutine.
func do(h *gc.Heap, x act) (err error) {
	goroutines := len(h.Snapshot().Goroutines)
	live := h.Snapshot().Goroutines[x.g%goroutines].G
	a, b, c := x.a%frame, x.b%frame, x.c%2
	from := b
	if x.b == 11 {
		from = gc.NoSlot
	}
	switch x.verb {
	case 0, 1:
		_, err = h.Alloc(live, a, layouts[x.b%len(layouts)])
	case 2, 3:
		_, err = h.Load(live, a, b, c)
	case 4, 5, 6:
		err = h.Store(live, a, c, from)
	case 7:
		err = h.Drop(live, a)
	case 8:
		err = h.Move(live, a, b)
	case 9:
		_, err = h.LoadGlobal(live, a, c)
	case 10:
		err = h.StoreGlobal(live, c, from)
	case 11:
		err = h.Call(live, frame, a, b)
	case 12:
		err = h.Return(live, b, a)
	case 13:
		_, err = h.Go(live, frame, a, b)
	case 14:
		switch {
		case x.a < 3 && goroutines > 1:
			err = h.Exit(live)
		case x.a < 6:
			err = h.SetFinalizer(live, a, held(b, x.c%3)...)
		case x.a < 9:
			_, err = h.AddCleanup(live, a, b, held(b, x.c%3)...)
		default:
			_, err = h.MakeWeakInside(live, a, int64(x.c%4))
		}
	case 15:
		switch {
		case x.a < 4:
			_, _, err = h.RunFinalizer(live, a)
		case x.a < 8:
			_, _, err = h.RunCleanup(live, a)
		default:
			_, err = h.WeakValue(live, a, gc.Weak(x.b%weaks))
		}
	case 16:
		switch {
		case x.a < 3:
			err = h.ClearFinalizer(live, a)
		case x.a < 6:
			err = h.StopCleanup(live, gc.Cleanup(x.b))
		default:
			_, err = h.Wrap(live, a, []gc.Container{gc.Map, gc.Channel, gc.Closure}[x.c%3], held(b, x.b%3)...)
		}
	case 17, 18:
		_, err = h.Alloc(live, a, gc.Layout{Bytes: int64(x.b)}) // tiny, or without bytes
	case 19:
		if err = h.Start(); err != nil {
			err = nil
		}
	default:
		_, err = h.Step()
	}
	return err
}

// play performs acts, and checks the heap after each.
func play(h *gc.Heap, acts []act) error {
	if _, err := h.Go(0, frame); err != nil {
		return err
	}
	for i, x := range acts {
		err := do(h, x)
		var panicked *crash.Error
		if err != nil && !errors.As(err, &panicked) && !strings.HasPrefix(err.Error(), "gc: ") {
			return fmt.Errorf("act %d, %v: %w", i, x, err)
		}
		if errors.Is(err, gc.ErrReclaimed) {
			return err
		}
		if err := h.Check(); err != nil {
			return fmt.Errorf("after act %d, %v: %w", i, x, err)
		}
	}
	return nil
}

// TestInvariants runs any programs while the collector takes its steps at any time. No
// reachable object is reclaimed, the tri-colour invariant that the algorithm promises
// holds after every step, and garbage lasts no longer than the next cycle.
func TestInvariants(t *testing.T) {
	for _, a := range sound() {
		t.Run(a.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				var last uint64
				h := newHeap(t, gc.Config{Algorithm: &a, Globals: globals, Verify: true, AssistRatio: float64(rapid.IntRange(0, 2).Draw(t, "assist")),
					Trace: func(e gc.Event) {
						if last++; e.Seq != last || e.String() == "" {
							t.Fatalf("event %d is %+v", last, e)
						}
					}})
				if err := play(h, rapid.SliceOfN(rapid.Custom(drawAct), 40, 200).Draw(t, "acts")); err != nil {
					t.Fatal(err)
				}
				if err := h.Run(); err != nil {
					t.Fatal(err)
				}
				if err := h.GC(); err != nil {
					t.Fatal(err)
				}
				if err := h.Check(); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

// TestDeterministic checks that the same acts give the same events.
func TestDeterministic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		acts := rapid.SliceOfN(rapid.Custom(drawAct), 0, 60).Draw(t, "acts")
		var logs [2][]gc.Event
		for i := range logs {
			h := newHeap(t, gc.Config{Globals: globals, Trace: func(e gc.Event) { logs[i] = append(logs[i], e) }})
			if err := play(h, acts); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(logs[0], logs[1]); diff != "" {
			t.Fatal(diff)
		}
	})
}

// random returns equally likely acts, unlike rapid's.
func random(seed uint64, n int) []act {
	r := rand.New(rand.NewPCG(seed, 0))
	acts := make([]act, n)
	for i := range acts {
		acts[i] = act{r.IntN(verbs), r.IntN(12), r.IntN(12), r.IntN(12), r.IntN(12)}
	}
	return acts
}

// TestRandom is TestInvariants with longer programs.
func TestRandom(t *testing.T) {
	for _, a := range sound() {
		var w gc.Work
		for seed := range uint64(60) {
			h := newHeap(t, gc.Config{Algorithm: &a, Globals: globals, Verify: true, AssistRatio: float64(seed % 3)})
			if err := play(h, random(seed, 400)); err != nil {
				t.Fatalf("%s, seed %d: %v", a.Name, seed, err)
			}
			w.Reclaimed += h.Work().Reclaimed
			w.Barriers += h.Work().Barriers
		}
		if w.Reclaimed < 150 || a.Concurrent && w.Barriers < 150 {
			t.Errorf("%s: only %d objects reclaimed, %d barriers", a.Name, w.Reclaimed, w.Barriers)
		}
	}
}

// TestTinyBlock checks that the current tiny block is a root of cycles that run beside
// the program, which includes those of runtime.GC since 1.9, until the next cycle.
func TestTinyBlock(t *testing.T) {
	for _, tt := range []struct {
		release          string
		asked, triggered int // cycles after which the block is gone
	}{
		{"go1.2", 1, 1}, {"go1.4", 1, 1}, {"go1.5", 1, 1}, {"go1.6", 1, 2}, {"go1.8", 1, 2}, {"go1.9", 2, 2}, {"go1.26", 2, 2},
	} {
		for _, ask := range []bool{true, false} {
			h := newHeap(t, gc.Config{Release: tt.release})
			g, err := h.Go(0, 1)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.Alloc(g, 0, gc.Layout{Bytes: 8}); err != nil {
				t.Fatal(err)
			}
			if err := h.Drop(g, 0); err != nil {
				t.Fatal(err)
			}
			n := 0
			for ; h.Objects() > 0 && n < 5; n++ {
				if ask {
					err = h.GC()
				} else {
					err = errors.Join(h.Start(), h.Run())
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			want := tt.triggered
			if ask {
				want = tt.asked
			}
			if n != want {
				t.Errorf("%s: asked %v: the block is gone after %d cycles, want %d", tt.release, ask, n, want)
			}
		}
	}
}

// TestBlockColours checks that all objects of a block have the same colour.
func TestBlockColours(t *testing.T) {
	h := newHeap(t, gc.Config{})
	g, err := h.Go(0, 2)
	if err != nil {
		t.Fatal(err)
	}
	var refs []gc.Ref
	for slot := range 2 {
		r, err := h.Alloc(g, slot, gc.Layout{Bytes: int64(3 + slot)})
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, r)
	}
	if err := errors.Join(h.Drop(g, 0), h.GC(), h.Start()); err != nil { // the block is full
		t.Fatal(err)
	}
	seen := map[gc.Colour]bool{}
	for more := true; more; {
		if more, err = h.Step(); err != nil {
			t.Fatal(err)
		}
		a, _ := h.Look(refs[0])
		b, _ := h.Look(refs[1])
		if a.Colour != b.Colour || a.Bytes != 3 || b.Bytes != 4 {
			t.Fatalf("%+v and %+v in a block", a, b)
		}
		seen[a.Colour] = true
	}
	if !seen[gc.White] || !seen[gc.Black] {
		t.Error("no such step", seen)
	}
}

// TestFinalizerMeanwhile runs a finalizer during marking, on a goroutine that has
// started during it and so will not be scanned, before the finalizer's object was
// marked.
func TestFinalizerMeanwhile(t *testing.T) {
	h := newHeap(t, gc.Config{})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	g, err := h.Go(0, 1)
	must(err)
	_, err = h.Alloc(g, 0, gc.Layout{Bytes: 16, Slots: 2})
	must(err)
	must(h.SetFinalizer(g, 0))
	must(h.Drop(g, 0))
	must(h.GC())
	must(h.Start())
	for _, pause := h.Running(); pause == ""; _, pause = h.Running() {
		_, err := h.Step()
		must(err)
	}
	for _, pause := h.Running(); pause != ""; _, pause = h.Running() {
		_, err := h.Step()
		must(err)
	}
	fing, err := h.Go(0, 1)
	must(err)
	if _, ran, err := h.RunFinalizer(fing, 0); err != nil || !ran {
		t.Fatal("no finalizer to run", err)
	}
	must(h.Check())
	must(h.Run())
	must(h.Check())
}
