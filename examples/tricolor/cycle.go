package main

import (
	"errors"

	"github.com/orrery-go/orrery/gc"
)

// wholeCycle returns a cycle of a release, with a store in the middle of marking, where
// the barrier keeps the object from being lost.
func wholeCycle(release string) (frames []gc.Frame, err error) {
	var h *gc.Heap
	h, err = gc.New(gc.Config{Release: release, Globals: 1, Trace: func(e gc.Event) {
		f := gc.Frame{Text: e.String(), State: h.Snapshot()}
		if e.Kind == gc.BarrierFired {
			f.Holder, f.Shaded = 1, []gc.Ref{e.Object}
		}
		frames = append(frames, f)
	}})
	if err != nil {
		return nil, err
	}
	var errs []error
	must := func(err error) { errs = append(errs, err) }
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
	if _, pause := h.Running(); pause == "" { // up to Go 1.4 the program is stopped here
		_, err = h.Alloc(g, 1, gc.Layout{Bytes: 16, Slots: 2})
		must(err)
		must(h.Store(g, 0, 0, 1))
		must(h.Drop(g, 0))
		must(h.Drop(g, 1))
	}
	must(h.Run())
	return frames, errors.Join(errs...)
}
