package gc

import (
	"fmt"
	"slices"
)

// A Cleanup is the number of a cleanup: 1, 2, 3 and so on in the order in which they are
// added. 0 is a cleanup that does nothing.
type Cleanup int32

// queuedCleanup is a cleanup that is to run.
type queuedCleanup struct {
	id      Cleanup
	arg, fn Ref
}

// AddCleanup arranges for a function to run when the object that the slot points to has
// been reclaimed. Its argument is the pointer in slot arg, or none for [NoSlot]. The
// function is a closure over the slots in holds. Argument and closure are kept until it
// has run, which is never if the object can be reached from them.
//
// It returns a *[crash.Error] if the slot holds nil, if the argument is the object, and
// since 1.26 if the closure holds the object or a tiny neighbour of it; before, that was
// a leak. A cleanup of an object of size 0 does nothing. Cleanups came with 1.24: before,
// it returns an error. (`runtime/mcleanup.go:AddCleanup`)
func (h *Heap) AddCleanup(g G, slot, arg int, holds ...int) (Cleanup, error) {
	if !h.release.AtLeast("go1.24") {
		return 0, fmt.Errorf("gc: %v has no cleanups: they came with go1.24", h.release)
	}
	r, s, gp, err := h.special(g, slot)
	if err != nil {
		return 0, err
	}
	a, err := gp.value(arg)
	switch {
	case err != nil:
		return 0, err
	case r == Nil:
		return 0, CleanupOfNil
	case a == r:
		return 0, CleanupOfArgument
	case r == h.zero:
		return 0, nil
	}
	if h.release.AtLeast("go1.26") {
		for _, i := range holds {
			held, err := gp.value(i)
			switch {
			case err != nil:
				return 0, err
			case held == r, h.isTiny(r) && blockOf(held) == blockOf(r):
				return 0, CleanupOfCaptured
			}
		}
	}
	fn, err := h.closure(g, gp, holds)
	if err != nil {
		return 0, err
	}
	id := Cleanup(len(h.cleanups))
	h.cleanups = append(h.cleanups, r)
	s.cleanups = append(s.cleanups, cleanup{id, a, fn})
	h.keepSpecial(r, s)
	if h.stage == marking {
		h.shade(a)
		h.shade(fn)
	}
	return id, nil
}

// StopCleanup is Cleanup.Stop: it cancels the cleanup. It does nothing if the cleanup is
// queued, has run or was stopped, or is 0. It returns an error if there never was such a
// cleanup. (`runtime/mcleanup.go:(Cleanup).Stop`)
func (h *Heap) StopCleanup(g G, c Cleanup) error {
	if _, err := h.acting(g); err != nil {
		return err
	}
	if c < 0 || int(c) >= len(h.cleanups) {
		return fmt.Errorf("gc: cleanup %d out of range [0,%d)", c, len(h.cleanups))
	}
	r := h.cleanups[c]
	if r == Nil {
		return nil
	}
	h.sweep(h.spanOf(r))
	if h.cleanups[c] == Nil { // it is queued
		return nil
	}
	h.cleanups[c] = Nil
	s := h.specials[r]
	s.cleanups = slices.DeleteFunc(s.cleanups, func(k cleanup) bool { return k.id == c })
	h.dropSpecial(r, s)
	return nil
}

// RunCleanup makes the goroutine run the next cleanup, with its argument in stack slot
// to, and reports its number. It returns false if no cleanup is queued.
func (h *Heap) RunCleanup(g G, to int) (Cleanup, bool, error) {
	gp, err := h.acting(g)
	if err != nil {
		return 0, false, err
	}
	p, err := gp.slot(to)
	if err != nil || len(h.cleanq) == 0 {
		return 0, false, err
	}
	c := h.cleanq[0]
	h.cleanq = h.cleanq[1:]
	*p = c.arg
	if h.stage == marking { // the argument moves from a root to a stack, which may be black
		h.shade(c.arg)
		h.shade(c.fn)
	}
	return c.id, true, nil
}
