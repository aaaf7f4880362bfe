package gc

import "slices"

// specials are the finalizer, cleanups and weak pointers that the runtime keeps beside an
// object.
type specials struct {
	finalizer bool
	fn        Ref // closure; Nil if it holds nothing
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

// special returns the specials of the object that a stack slot points to, which it adds
// if there are none; nil for a nil pointer.
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
	h.sweep(h.spanOf(r)) // the sweep would mistake a new special for an old one
	if s = h.specials[r]; s == nil {
		s = &specials{}
	}
	return
}

// keepSpecial records the specials of an object.
func (h *Heap) keepSpecial(r Ref, s *specials) {
	if h.specials[r] == nil {
		h.specials[r] = s
		h.withSpecials = append(h.withSpecials, r)
	}
}

// dropSpecial removes the record if no special is left.
func (h *Heap) dropSpecial(r Ref, s *specials) {
	if s.empty() {
		delete(h.specials, r)
	}
}

// closure allocates the closure of a function over stack slots. It is Nil if there are
// none: then the function is not on the heap.
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

// objectOf allocates an object whose first slots point to the given objects.
func (h *Heap) objectOf(g G, gp *goroutine, l Layout, held []Ref) (Ref, error) {
	var r Ref
	if _, err := h.newObject(g, l, &r); err != nil {
		return Nil, err
	}
	slots := h.slotsOf(r)
	for i, to := range held {
		if h.stage == marking {
			h.barrier(g, gp, store{colour: h.colour(r), new: to, holder: r, without: ShadeOld})
		}
		slots[i] = to
		if h.trace != nil {
			h.emit(Event{Kind: Stored, G: g, From: r, Slot: i, Object: to})
		}
	}
	return r, nil
}

// markSpecials shades the objects that finalizers and cleanups keep, the queued ones
// first. (`runtime/mgcmark.go:markrootSpans`)
func (h *Heap) markSpecials() {
	h.withSpecials = slices.DeleteFunc(h.withSpecials, func(r Ref) bool { return h.specials[r] == nil })
	h.eachSpecialRoot(h.shadeRoot)
}

// eachSpecialRoot calls visit for the objects that finalizers and cleanups keep:
// closures, the objects of queued finalizers, the arguments of cleanups, and the objects
// that an object with a finalizer points to, but not that object itself, which would
// never be garbage then. Since 1.5 a pointer to itself does not keep it; a longer cycle
// does.
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

// eachBelow calls visit for the objects that an object with a finalizer keeps.
func (h *Heap) eachBelow(r Ref, visit func(Ref)) {
	for _, to := range h.slotsOf(r) {
		if to != r || h.selfKeeps {
			visit(to)
		}
	}
}

// sweepSpecials handles the specials of the objects of a garbage block: bit i of all
// stands for object r+i. It reports whether one has a finalizer, so that the block stays.
// (`runtime/mgcsweep.go:(*sweepLocked).sweep`)
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
