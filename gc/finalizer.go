package gc

import "github.com/orrery-go/orrery/crash"

// queuedFinalizer is a finalizer that waits to run.
type queuedFinalizer struct{ object, fn Ref }

// The errors with which SetFinalizer ends the program.
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

// SetFinalizer sets a finalizer of the object that the slot points to, which runs when
// the object is found to be garbage. Until it has run, the object and all that it points
// to are kept. The finalizer is a closure over the slots in holds, which it keeps as long
// as it is set: the object itself forever, if it is among them.
//
// [NoSlot] is the nil interface, a slot that holds nil a nil pointer. Both end the
// program, and so does a second finalizer; a nil pointer does nothing in 1.3, and an
// object of size 0 does nothing since then. The errors are *[crash.Error], with the
// release's text. (`runtime/mfinal.go:SetFinalizer`)
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
	if h.stage == marking { // the object's pointers are roots from now on
		h.eachBelow(r, func(to Ref) { h.shade(to) })
		h.shade(fn)
	}
	return nil
}

// ClearFinalizer is SetFinalizer(x, nil): it removes the finalizer, if the object has
// one. It returns the same errors as SetFinalizer for a pointer that cannot have one.
func (h *Heap) ClearFinalizer(g G, slot int) error {
	r, s, _, err := h.finalizable(g, slot)
	if err != nil || s == nil {
		return err
	}
	s.finalizer, s.fn = false, Nil
	h.dropSpecial(r, s)
	return nil
}

// finalizable returns the specials of an object that may have a finalizer, or nil if the
// runtime ignores the call.
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

// RunFinalizer makes the goroutine run the next finalizer, with the object, its argument,
// in stack slot to. It returns false if no finalizer is queued. The body of the finalizer
// is for the caller to perform.
//
// Up to 1.3 the runtime's goroutine takes all queued finalizers, runs them, and then
// collects before it looks for more; so does this, at the call after the last of them.
// (`go1.3.3 pkg/runtime/mgc0.c:runfinq`)
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
	if h.stage == marking { // the object moves from a root to a stack, which may be black
		h.shade(f.object)
		h.shade(f.fn)
	}
	return f.object, true, nil
}

// Pending reports how many finalizers and cleanups are queued.
func (h *Heap) Pending() (finalizers, cleanups int) { return len(h.finq), len(h.cleanq) }
