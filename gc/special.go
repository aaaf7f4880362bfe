package gc

import "slices"

// specials are what the runtime keeps beside an object.
type specials struct {
	finalizer bool
	fn        Ref // its closure; Nil: it holds nothing
	cleanups  []cleanup
	weak      []weakHandle // one for each place in the object
}

// cleanup is a function that runs when an object is gone.
type cleanup struct {
	id      Cleanup
	arg, fn Ref
}

type weakHandle struct {
	at int64 // bytes from the object's beginning
	w  Weak
}

func (s *specials) empty() bool { return !s.finalizer && len(s.cleanups) == 0 && len(s.weak) == 0 }

// special finds what is kept beside the object that a stack slot points to; of nil
// nothing.
func (h *Heap) special(g G, slot int) (r Ref, s *specials, gp *goroutine, err error) {
	if gp, err = h.acting(g); err != nil {
		return
	}
	if r, err = gp.value(slot); err != nil || r == Nil {
		return
	}
	if _, err = h.object(r); err != nil {
		return
	}
	h.sweep(h.spanOf(r)) // it would take what is added for old
	if s = h.specials[r]; s == nil {
		s = &specials{}
	}
	return
}

// keepSpecial puts what is kept beside an object where it will be found.
func (h *Heap) keepSpecial(r Ref, s *specials) {
	if h.specials[r] == nil {
		h.specials[r] = s
		h.withSpecials = append(h.withSpecials, r)
	}
}

// dropSpecial forgets it if nothing is left.
func (h *Heap) dropSpecial(r Ref, s *specials) {
	if s.empty() {
		delete(h.specials, r)
	}
}

// closure makes the closure of a function that holds what slots of the stack do. It
// is Nil if there are none: then the function is not on the heap.
func (h *Heap) closure(g G, gp *goroutine, slots []int) (Ref, error) {
	if len(slots) == 0 {
		return Nil, nil
	}
	var held []Ref
	for _, i := range slots {
		r, err := gp.value(i)
		if err != nil {
			return Nil, err
		}
		held = append(held, r)
	}
	return h.objectOf(g, gp, Layout{Bytes: wordBytes * int64(1+len(held)), Slots: len(held)}, held)
}

// objectOf makes an object that points to others from its first slots on.
func (h *Heap) objectOf(g G, gp *goroutine, l Layout, held []Ref) (Ref, error) {
	var r Ref
	if _, err := h.newObject(g, l, &r); err != nil {
		return Nil, err
	}
	slots := h.slotsOf(r)
	for i, to := range held {
		if h.stage == marking {
			h.barrier(g, gp, h.colour(r), Nil, to, r)
		}
		slots[i] = to
		if h.trace != nil {
			h.emit(Event{Kind: Stored, G: g, From: r, Slot: i, Object: to})
		}
	}
	return r, nil
}

// markSpecials shades what is kept by finalizers and cleanups, those that are to
// run first. (`runtime/mgcmark.go:markrootSpans`)
func (h *Heap) markSpecials() {
	h.withSpecials = slices.DeleteFunc(h.withSpecials, func(r Ref) bool { return h.specials[r] == nil })
	h.eachSpecialRoot(h.shadeRoot)
}

// eachSpecialRoot calls visit for what finalizers and cleanups keep: their closures,
// the objects of those that are to run, the arguments of cleanups, and what an
// object with a finalizer points to, but not the object itself, or it would never be
// garbage: since 1.5 a pointer to itself does not keep it; a longer cycle does.
func (h *Heap) eachSpecialRoot(visit func(Ref)) {
	for _, q := range h.finq {
		visit(q.object)
		visit(q.fn)
	}
	for _, q := range h.cleanq {
		visit(q.arg)
		visit(q.fn)
	}
	for _, r := range h.withSpecials {
		s := h.specials[r]
		if s == nil {
			continue
		}
		if s.finalizer {
			h.eachBelow(r, visit)
			visit(s.fn)
		}
		for _, c := range s.cleanups {
			visit(c.arg)
			visit(c.fn)
		}
	}
}

// eachBelow calls visit for what an object with a finalizer keeps.
func (h *Heap) eachBelow(r Ref, visit func(Ref)) {
	for _, to := range h.slotsOf(r) {
		if to != r || h.selfKeeps {
			visit(to)
		}
	}
}

// sweepSpecials deals with what is kept beside the objects of a block that is
// garbage: bit i of all is object r+i. It reports whether one has a finalizer, and
// so the block stays. (`runtime/mgcsweep.go:(*sweepLocked).sweep`)
func (h *Heap) sweepSpecials(r Ref, all uint64) (revived bool) {
	for b := all; b != 0; b &= b - 1 {
		if s := h.specials[r+refAt(0, b)]; s != nil && s.finalizer {
			revived = true
		}
	}
	for b := all; b != 0; b &= b - 1 {
		o := r + refAt(0, b)
		s := h.specials[o]
		if s == nil {
			continue
		}
		for _, k := range s.weak { // before the finalizer runs
			h.weaks[k.w] = Nil
		}
		if len(s.weak) > 0 {
			h.note(Event{Kind: WeakCleared, Object: o})
			s.weak = nil
		}
		switch {
		case s.finalizer:
			h.finq = append(h.finq, queuedFinalizer{o, s.fn})
			s.finalizer, s.fn = false, Nil
			h.note(Event{Kind: Revived, Object: o})
		case !revived:
			for _, c := range s.cleanups {
				h.cleanups[c.id] = Nil
				h.cleanq = append(h.cleanq, queuedCleanup(c))
				h.note(Event{Kind: CleanupQueued, Object: o, N: uint64(c.id)})
			}
			s.cleanups = nil
		}
		h.dropSpecial(o, s)
		if revived && !h.release.AtLeast("go1.5") {
			break // one a cycle: the block is alive again (`go1.4.3 runtime/mgc0.c:runtime·MSpan_Sweep`)
		}
	}
	return revived
}
