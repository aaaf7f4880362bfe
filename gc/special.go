package gc

import (
	"fmt"
	"slices"
)

// specials are what the runtime keeps beside an object.
type specials struct {
	finalizer bool
	cleanups  []Ref // their arguments
	weak      Weak  // 0: no weak pointer was made
}

func (s *specials) empty() bool { return !s.finalizer && len(s.cleanups) == 0 && s.weak == 0 }

// A Weak is a weak pointer's number. All weak pointers to an object are the same.
type Weak int32

// special finds what is kept beside the object that a stack slot points to.
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
	if s = h.specials[r]; s == nil {
		s = &specials{}
	}
	return
}

func (h *Heap) keepSpecial(r Ref, s *specials) {
	if h.specials[r] == nil {
		h.specials[r] = s
		h.withSpecials = append(h.withSpecials, r)
	}
}

// SetFinalizer has a finalizer run when the object that the slot points to is
// found to be garbage. The object is kept until that has run, and what it points
// to with it.
func (h *Heap) SetFinalizer(g G, slot int) error {
	r, s, _, err := h.special(g, slot)
	switch {
	case err != nil:
		return err
	case r == Nil:
		return Panic("runtime.SetFinalizer: first argument is nil")
	case s.finalizer:
		return Panic("runtime.SetFinalizer: finalizer already set")
	}
	s.finalizer = true
	h.keepSpecial(r, s)
	if h.stage == marking { // what it points to is found from now on
		for _, to := range h.slotsOf(r) {
			if to != r || h.selfKeeps {
				h.shade(to)
			}
		}
	}
	return nil
}

// AddCleanup has a function run when the object that the slot points to has been
// reclaimed, with what slot arg points to as its argument, which is kept until
// then. Cleanups came with 1.24.
func (h *Heap) AddCleanup(g G, slot, arg int) error {
	if !h.release.AtLeast("go1.24") {
		return fmt.Errorf("gc: %v has no cleanups: they came with go1.24", h.release)
	}
	r, s, gp, err := h.special(g, slot)
	if err != nil {
		return err
	}
	a, err := gp.value(arg)
	switch {
	case err != nil:
		return err
	case r == Nil:
		return Panic("runtime.AddCleanup: ptr is nil")
	case a == r:
		return Panic("runtime.AddCleanup: ptr is equal to arg, cleanup will never run")
	}
	s.cleanups = append(s.cleanups, a)
	h.keepSpecial(r, s)
	if h.stage == marking {
		h.shade(a)
	}
	return nil
}

// MakeWeak makes a weak pointer to the object that the slot points to. They came
// with 1.24.
func (h *Heap) MakeWeak(g G, slot int) (Weak, error) {
	if !h.release.AtLeast("go1.24") {
		return 0, fmt.Errorf("gc: %v has no weak pointers: they came with go1.24", h.release)
	}
	r, s, _, err := h.special(g, slot)
	if err != nil || r == Nil {
		return 0, err
	}
	if s.weak == 0 {
		s.weak = Weak(len(h.weaks))
		h.weaks = append(h.weaks, r)
		h.keepSpecial(r, s)
	}
	return s.weak, nil
}

// WeakValue makes a pointer of a weak one, in stack slot to: nil once the object
// was found to be garbage. During the marking it is shaded.
// (`runtime/mheap.go:internal_weak_runtime_makeStrongFromWeak`)
func (h *Heap) WeakValue(g G, to int, w Weak) (Ref, error) {
	gp, err := h.acting(g)
	if err != nil {
		return Nil, err
	}
	p, err := gp.slot(to)
	if err != nil {
		return Nil, err
	}
	r, err := h.PeekWeak(w)
	if err != nil {
		return Nil, err
	}
	if r != Nil {
		h.sweep(h.spanOf[r])
		r = h.weaks[w]
	}
	if h.stage == marking {
		h.shade(r)
	}
	if h.verify {
		h.undoom(r)
	}
	*p = r
	return r, nil
}

// PeekWeak reports the object of a weak pointer without making a pointer of it,
// as no program could: Nil if the weak pointer has become nil.
func (h *Heap) PeekWeak(w Weak) (Ref, error) {
	if w < 0 || int(w) >= len(h.weaks) {
		return Nil, fmt.Errorf("gc: weak pointer %d out of range [0,%d)", w, len(h.weaks))
	}
	return h.weaks[w], nil
}

// Pending reports how many finalizers and cleanups are to run.
func (h *Heap) Pending() (finalizers, cleanups int) { return len(h.finq), len(h.cleanq) }

// RunFinalizer has the goroutine run the next finalizer: the object is in stack
// slot to, as its argument. It is false if there is none. What the finalizer does
// with the object is for the caller to do.
func (h *Heap) RunFinalizer(g G, to int) (Ref, bool, error) { return h.runQueued(g, to, &h.finq) }

// RunCleanup has the goroutine run the next cleanup: its argument is in stack slot
// to.
func (h *Heap) RunCleanup(g G, to int) (Ref, bool, error) { return h.runQueued(g, to, &h.cleanq) }

func (h *Heap) runQueued(g G, to int, q *[]Ref) (Ref, bool, error) {
	gp, err := h.acting(g)
	if err != nil {
		return Nil, false, err
	}
	p, err := gp.slot(to)
	if err != nil || len(*q) == 0 {
		return Nil, false, err
	}
	*p = (*q)[0]
	*q = (*q)[1:]
	if h.stage == marking { // it leaves a root for a stack, which may be black
		h.shade(*p)
	}
	return *p, true, nil
}

// markSpecials shades what is kept by finalizers and cleanups, those that are to
// run first. (`runtime/mgcmark.go:markrootSpans`)
func (h *Heap) markSpecials() {
	h.withSpecials = slices.DeleteFunc(h.withSpecials, func(r Ref) bool { return h.specials[r] == nil })
	h.eachSpecialRoot(h.shadeRoot)
}

// eachSpecialRoot calls visit for what finalizers and cleanups keep: the objects of
// those that are to run, the arguments of cleanups, and what an object with a
// finalizer points to, but not the object itself, or it would never be garbage: since
// 1.5 a pointer to itself does not keep it; a longer cycle does.
func (h *Heap) eachSpecialRoot(visit func(Ref)) {
	for _, r := range h.finq {
		visit(r)
	}
	for _, r := range h.cleanq {
		visit(r)
	}
	for _, r := range h.withSpecials {
		s := h.specials[r]
		if s == nil {
			continue
		}
		if s.finalizer {
			for _, to := range h.slotsOf(r) {
				if to != r || h.selfKeeps {
					visit(to)
				}
			}
		}
		for _, a := range s.cleanups {
			visit(a)
		}
	}
}

// sweepSpecials deals with what is kept beside an object that is garbage, and
// reports whether it has a finalizer and so stays. (`runtime/mgcsweep.go:(*sweepLocked).sweep`)
func (h *Heap) sweepSpecials(r Ref) (revived bool) {
	s := h.specials[r]
	if s == nil {
		return false
	}
	if s.weak != 0 { // before the finalizer runs
		h.weaks[s.weak] = Nil
		h.note(Event{Kind: WeakCleared, Object: r})
		s.weak = 0
	}
	if revived = s.finalizer; revived {
		s.finalizer = false
		h.finq = append(h.finq, r)
		h.note(Event{Kind: Revived, Object: r})
	} else {
		for _, a := range s.cleanups {
			h.cleanq = append(h.cleanq, a)
			h.note(Event{Kind: CleanupQueued, Object: r})
		}
		s.cleanups = nil
	}
	if s.empty() {
		delete(h.specials, r)
	}
	return revived
}
