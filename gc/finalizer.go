package gc

import "github.com/orrery-go/orrery/crash"

// queuedFinalizer is a finalizer that is to run.
type queuedFinalizer struct{ object, fn Ref }

// What SetFinalizer ends the program with.
var (
	FinalizerOfNil       = crash.Fatal("runtime.SetFinalizer: first argument is nil")
	FinalizerOfNoBlock   = crash.Fatal("runtime.SetFinalizer: pointer not in allocated block")
	FinalizerOfInside    = crash.Fatal("runtime.SetFinalizer: pointer not at beginning of allocated block")
	FinalizerSet         = crash.Fatal("runtime.SetFinalizer: finalizer already set")
	CleanupOfNil         = crash.Panic("runtime.AddCleanup: ptr is nil")
	CleanupOfArgument    = crash.Panic("runtime.AddCleanup: ptr is equal to arg, cleanup will never run")
	CleanupOfCaptured    = crash.Panic("runtime.AddCleanup: cleanup function closes over ptr, cleanup will never run")
	WeakOfNoBlock        = crash.Fatal("getWeakHandle on invalid pointer")
	NilDereference       = crash.Panic("runtime error: invalid memory address or nil pointer dereference")
	firstArgumentNilUpTo = "runtime.SetFinalizer: first argument is nil interface" // 1.3
)

// SetFinalizer has a finalizer run when the object that the slot points to is found
// to be garbage. The object is kept until that has run, and what it points to with
// it. The finalizer is a closure over what the slots in holds hold, and keeps that
// as long as it is set: the object itself for ever, if it is among them.
//
// [NoSlot] is the nil interface, a slot that holds nil a nil pointer. Both end the
// program, and so does a second finalizer; a nil pointer in 1.3 did nothing, and the
// object without bytes has done so since. The errors are *[crash.Error], with the
// release's text.
// (`runtime/mfinal.go:SetFinalizer`)
func (h *Heap) SetFinalizer(g G, slot int, holds ...int) error {
	r, s, gp, err := h.finalizable(g, slot)
	switch {
	case err != nil || s == nil:
		return err
	case s.finalizer:
		return FinalizerSet
	}
	fn, err := h.closure(g, gp, holds)
	if err != nil {
		return err
	}
	s.finalizer, s.fn = true, fn
	h.keepSpecial(r, s)
	if h.stage == marking { // what it points to is found from now on
		h.eachBelow(r, func(to Ref) { h.shade(to) })
		h.shade(fn)
	}
	return nil
}

// ClearFinalizer is SetFinalizer(x, nil): the object has no finalizer any more. It
// is not an error if it has none; what is one of SetFinalizer's pointer is one here.
func (h *Heap) ClearFinalizer(g G, slot int) error {
	r, s, _, err := h.finalizable(g, slot)
	if err != nil || s == nil {
		return err
	}
	s.finalizer, s.fn = false, Nil
	h.dropSpecial(r, s)
	return nil
}

// finalizable finds what is kept beside an object that a finalizer may be set of;
// nothing if the runtime would leave the call at that.
func (h *Heap) finalizable(g G, slot int) (Ref, *specials, *goroutine, error) {
	r, s, gp, err := h.special(g, slot)
	switch {
	case err != nil:
		return r, nil, gp, err
	case slot == NoSlot && h.release.AtLeast("go1.4"):
		return r, nil, gp, FinalizerOfNil
	case slot == NoSlot:
		return r, nil, gp, FinalizerOfNil.In(firstArgumentNilUpTo)
	case r != Nil && r != h.zero:
		return r, s, gp, nil
	case !h.release.AtLeast("go1.3"):
		return r, nil, gp, FinalizerOfInside
	case r == Nil && h.release.AtLeast("go1.4"):
		return r, nil, gp, FinalizerOfNoBlock
	}
	return r, nil, gp, nil
}

// RunFinalizer has the goroutine run the next finalizer: the object is in stack
// slot to, as its argument. It is false if there is none. What the finalizer does
// with the object is for the caller to do.
//
// Up to 1.3 the runtime's goroutine takes all finalizers there are, runs them, and
// then collects, before it looks for more: so does this, at the call after the last
// of them. (`go1.3.3 pkg/runtime/mgc0.c:runfinq`)
func (h *Heap) RunFinalizer(g G, to int) (Ref, bool, error) {
	gp, err := h.acting(g)
	if err != nil {
		return Nil, false, err
	}
	if _, err := gp.slot(to); err != nil {
		return Nil, false, err
	}
	if h.batch == 0 && h.batched {
		h.batched = false
		if !h.release.AtLeast("go1.4") {
			p, _ := gp.slot(to)
			*p = Nil
			if err := h.GC(); err != nil {
				return Nil, false, err
			}
		}
	}
	if len(h.finq) == 0 {
		return Nil, false, nil
	}
	if h.batch == 0 {
		h.batch = len(h.finq)
	}
	f := h.finq[0]
	h.finq = h.finq[1:]
	h.batch--
	h.batched = true
	p, err := gp.slot(to)
	if err != nil {
		return Nil, false, err
	}
	*p = f.object
	if h.stage == marking { // it leaves a root for a stack, which may be black
		h.shade(f.object)
		h.shade(f.fn)
	}
	return f.object, true, nil
}

// Pending reports how many finalizers and cleanups are to run.
func (h *Heap) Pending() (finalizers, cleanups int) { return len(h.finq), len(h.cleanq) }
