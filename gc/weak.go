package gc

import "fmt"

// A Weak is the number of a weak pointer. All weak pointers to one address are the same.
type Weak int32

// MakeWeak returns a weak pointer to the object that the slot points to; 0 for nil. Weak
// pointers came with 1.24: before, it returns an error.
func (h *Heap) MakeWeak(g G, slot int) (Weak, error) { return h.MakeWeakInside(g, slot, 0) }

// MakeWeakInside returns a weak pointer to an offset in bytes inside the object. Weak
// pointers to different offsets of an object differ, and become nil together. A weak
// pointer to an object of size 0 never becomes nil; in 1.24 making one ends the program.
// (`runtime/mheap.go:getOrAddWeakHandle`)
func (h *Heap) MakeWeakInside(g G, slot int, at int64) (Weak, error) {
	if !h.release.AtLeast("go1.24") {
		return 0, fmt.Errorf("gc: %v has no weak pointers: they came with go1.24", h.release)
	}
	r, s, _, err := h.special(g, slot)
	if err != nil || r == Nil && at == 0 {
		return 0, err
	}
	if r == Nil {
		return 0, NilDereference
	}
	bytes := max(h.bytes(r), 1)
	if at < 0 || at >= bytes {
		return 0, fmt.Errorf("gc: place %d of object %d out of range [0,%d)", at, r, bytes)
	}
	if r == h.zero && !h.release.AtLeast("go1.25") {
		return 0, WeakOfNoBlock
	}
	for _, k := range s.weak {
		if k.at == at {
			return k.w, nil
		}
	}
	w := Weak(len(h.weaks))
	h.weaks = append(h.weaks, r)
	s.weak = append(s.weak, weakHandle{at, w})
	h.keepSpecial(r, s)
	return w, nil
}

// WeakValue stores the pointer of a weak pointer in stack slot to: nil once the object
// was found to be garbage. During marking the object is shaded.
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
		h.sweep(h.spanOf(r))
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

// PeekWeak returns the object of a weak pointer without a pointer to it, which no program
// could do: Nil if the weak pointer has become nil.
func (h *Heap) PeekWeak(w Weak) (Ref, error) {
	if w < 0 || int(w) >= len(h.weaks) {
		return Nil, fmt.Errorf("gc: weak pointer %d out of range [0,%d)", w, len(h.weaks))
	}
	return h.weaks[w], nil
}
