package gclive

import "github.com/orrery-go/orrery/gc"

// PredictPauses returns the probe's measures, from the amounts of work in the model: the
// part of it that is done in pauses, with a large heap, and the work of the last pause for
// each call, with deep stacks.
func PredictPauses(release string) (map[string]float64, error) {
	share, _, err := cycle(release, 5000, 1, 1)
	if err != nil {
		return nil, err
	}
	const goroutines, calls = 10, 300
	_, last, err := cycle(release, 0, goroutines, calls)
	return map[string]float64{"heap": share, "stacks": last / (goroutines * calls)}, err
}

// cycle runs a cycle of a heap with the given number of objects in a list, and of
// goroutines with the given number of calls on their stacks. It returns the share of
// the marking work that is done in pauses, and the work of the last one.
func cycle(release string, objects, goroutines, calls int) (share, last float64, err error) {
	h, err := gc.New(gc.Config{Release: release, Globals: 1})
	if err != nil {
		return 0, 0, err
	}
	var failed error
	must := func(err error) {
		if err != nil && failed == nil {
			failed = err
		}
	}
	for range goroutines {
		g, err := h.Go(0, 2)
		must(err)
		for range calls {
			must(h.Call(g, 2))
		}
		for range objects {
			_, err := h.Alloc(g, 0, gc.Layout{Bytes: 32, Slots: 2})
			must(err)
			_, err = h.LoadGlobal(g, 1, 0)
			must(err)
			must(h.Store(g, 0, 0, 1))
			must(h.StoreGlobal(g, 0, 0))
		}
	}
	before := h.Work().Cost()
	must(h.Start()) // as the growth of the heap would
	must(h.Run())
	stopped, _ := h.Cycle().PauseCost()
	pauses := h.Cycle().Pauses
	if failed != nil || len(pauses) == 0 {
		return 0, 0, failed
	}
	all := float64(h.Work().Cost() - before)
	return float64(stopped) / all, float64(pauses[len(pauses)-1].Work.Cost()), nil
}

// FinalizedInLoop reports whether the finalizer of an object runs that leads back to
// itself by n pointers, while nothing else points to it.
func FinalizedInLoop(release string, links int) (bool, error) {
	h, err := gc.New(gc.Config{Release: release})
	if err != nil {
		return false, err
	}
	var failed error
	must := func(err error) {
		if err != nil && failed == nil {
			failed = err
		}
	}
	g, err := h.Go(0, 2)
	must(err)
	_, err = h.Alloc(g, 0, gc.Layout{Bytes: 24, Slots: 3})
	must(err)
	must(h.SetFinalizer(g, 0))
	must(h.Move(g, 1, 0))
	for range links - 1 {
		_, err := h.Alloc(g, 1, gc.Layout{Bytes: 24, Slots: 3})
		must(err)
		must(h.Store(g, 0, 0, 1))
	}
	must(h.Store(g, 1, 0, 0))
	must(h.Drop(g, 0))
	must(h.Drop(g, 1))
	for range 3 {
		must(h.GC())
	}
	n, _ := h.Pending()
	return n > 0, failed
}
