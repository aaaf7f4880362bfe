package draw_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/marking"
)

// lostStory returns the shortest way in which an algorithm loses an object.
func lostStory(t *testing.T, name string) []gc.Frame {
	a, err := gc.AlgorithmNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := marking.New(marking.Config{Algorithm: a, Objects: 3, Fields: 1})
	if err != nil {
		t.Fatal(err)
	}
	r, err := explore.Run(context.Background(), m, explore.Options{MaxStates: 1 << 20})
	if err != nil || r.Counterexample == nil {
		t.Fatal(name, "loses nothing", err)
	}
	var events []string
	var states []uint64
	for _, s := range r.Counterexample.Steps {
		events, states = append(events, s.Label), append(states, s.State)
	}
	frames, err := m.Story(r.Counterexample.Start, events, states)
	if err != nil {
		t.Fatal(err)
	}
	return frames
}

// wholeCycle returns a cycle of a heap, with a store in the middle.
func wholeCycle(t *testing.T) []gc.Frame {
	var frames []gc.Frame
	var h *gc.Heap
	h, err := gc.New(gc.Config{Release: "go1.9", Globals: 1, Trace: func(e gc.Event) {
		f := gc.Frame{Text: e.String(), State: h.Snapshot()}
		if e.Kind == gc.BarrierFired {
			f.Holder, f.Shaded = 1, []gc.Ref{e.Object}
		}
		frames = append(frames, f)
	}})
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	g, err := h.Go(0, 2)
	must(err)
	for slot := range 2 {
		_, err := h.Alloc(g, slot, gc.Layout{Bytes: 16, Slots: 2})
		must(err)
	}
	must(h.Store(g, 0, 0, 1))
	must(h.StoreGlobal(g, 0, 0))
	must(h.Start())
	for range 3 {
		_, err := h.Step()
		must(err)
	}
	_, err = h.Alloc(g, 1, gc.Layout{Bytes: 16, Slots: 2})
	must(err)
	must(h.Store(g, 0, 0, 1))
	must(h.Drop(g, 0))
	must(h.Drop(g, 1))
	must(h.Run())
	return frames
}

func TestCycle(t *testing.T) {
	pictures := map[string]string{
		"cycle":               draw.GCFilm("A cycle of Go 1.9", wholeCycle(t)),
		"insertion_no_rescan": draw.GCFilm("Dijkstra's barrier without a second scan of the stack", lostStory(t, "insertion-no-rescan")),
		"hybrid_white":        draw.GCFilm("The hybrid barrier, with new objects white", lostStory(t, "hybrid-white")),
		"insertion_if_black":  draw.GCFilm("An insertion barrier that asks for the holder's colour", lostStory(t, "insertion-if-black")),
	}
	for name, picture := range pictures {
		wellFormed(t, picture)
		same(t, "gc_"+name+".svg", picture)
	}
}

// TestCycleAny draws states that no heap can have, too.
func TestCycleAny(t *testing.T) {
	ref := rapid.Custom(func(t *rapid.T) gc.Ref { return gc.Ref(rapid.IntRange(0, 40).Draw(t, "ref")) })
	rapid.Check(t, func(t *rapid.T) {
		f := gc.Frame{Text: rapid.String().Draw(t, "text"), Holder: ref.Draw(t, "holder"), Shaded: rapid.SliceOfN(ref, 0, 5).Draw(t, "shaded")}
		for range rapid.IntRange(0, 8).Draw(t, "objects") {
			f.State.Objects = append(f.State.Objects, gc.ObjectState{
				Object: ref.Draw(t, "object"), Colour: gc.Colour(rapid.IntRange(0, 9).Draw(t, "colour")),
				Slots: rapid.SliceOfN(ref, 0, 5).Draw(t, "slots"), Doomed: rapid.Bool().Draw(t, "doomed"),
			})
		}
		for range rapid.IntRange(0, 8).Draw(t, "goroutines") {
			f.State.Goroutines = append(f.State.Goroutines, gc.GoroutineState{Slots: rapid.SliceOfN(ref, 0, 5).Draw(t, "stack")})
		}
		wellFormed(t, draw.GCFilm(rapid.String().Draw(t, "title"), []gc.Frame{f, f}))
	})
}
