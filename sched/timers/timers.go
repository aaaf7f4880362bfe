// Package timers models the timers of a P, or before Go 1.14 those of a timerproc: a heap
// of degree 4, as in the runtime (runtime/time.go). The order of equal times is that of
// the heap, and the same here.
//
// # Concurrent use
//
// A [Heap] is for one goroutine at a time.
package timers

import "time"

// degree is timerHeapN.
const degree = 4

// A Timer is an element of a [Heap]: the time when it is due, and two numbers for the
// caller: the owner, and which of the owner's timers it is.
type Timer struct {
	When time.Duration
	ID   int32
	Seq  int32
}

// A Heap is the timers of a P. Its zero value is empty.
type Heap struct{ heap []Timer }

// Len reports how many timers there are.
func (h *Heap) Len() int { return len(h.heap) }

// First returns the timer that is due first; ok is false if there is none.
func (h *Heap) First() (t Timer, ok bool) {
	if len(h.heap) == 0 {
		return Timer{}, false
	}
	return h.heap[0], true
}

// Add adds a timer, and reports whether it is the first now.
func (h *Heap) Add(t Timer) (first bool) {
	h.heap = append(h.heap, t)
	return h.siftUp(len(h.heap)-1) == 0
}

// Pop takes the first timer if it is due.
func (h *Heap) Pop(now time.Duration) (id int32, ok bool) {
	if len(h.heap) == 0 || h.heap[0].When > now {
		return 0, false
	}
	id = h.heap[0].ID
	h.Drop()
	return id, true
}

// Drop removes the first timer, if there is one (runtime/time.go:deleteMin).
func (h *Heap) Drop() {
	if len(h.heap) == 0 {
		return
	}
	last := len(h.heap) - 1
	h.heap[0] = h.heap[last]
	h.heap = h.heap[:last]
	if last > 0 {
		h.siftDown(0)
	}
}

// Delay gives the first timer a later time, as a periodic timer gets when it has fired.
func (h *Heap) Delay(when time.Duration) {
	if len(h.heap) == 0 {
		return
	}
	h.heap[0].When = when
	h.siftDown(0)
}

// Keep removes the timers for which keep is false, and makes a heap of the others
// (runtime/time.go:initHeap).
func (h *Heap) Keep(keep func(Timer) bool) {
	kept := h.heap[:0]
	for _, t := range h.heap {
		if keep(t) {
			kept = append(kept, t)
		}
	}
	h.heap = kept
	for i := (len(kept) - 2) / degree; i >= 0 && len(kept) > 1; i-- {
		h.siftDown(i)
	}
}

// Move moves the other heap's timers to this one (runtime/time.go:take).
func (h *Heap) Move(other *Heap) {
	if other == nil || other == h {
		return
	}
	for _, t := range other.heap {
		h.Add(t)
	}
	other.heap = nil
}

// Each calls f with every timer, in the heap's order.
func (h *Heap) Each(f func(Timer)) {
	for _, t := range h.heap {
		if f == nil {
			return
		}
		f(t)
	}
}

// Ordered reports whether no timer is due before its parent.
func (h *Heap) Ordered() bool {
	for i := 1; i < len(h.heap); i++ {
		if h.heap[i].When < h.heap[(i-1)/degree].When {
			return false
		}
	}
	return true
}

// siftUp is runtime/time.go:siftUp. It returns the index of the timer then.
func (h *Heap) siftUp(i int) int {
	t := h.heap[i]
	for i > 0 {
		p := (i - 1) / degree
		if t.When >= h.heap[p].When {
			break
		}
		h.heap[i] = h.heap[p]
		i = p
	}
	h.heap[i] = t
	return i
}

// siftDown is runtime/time.go:siftDown.
func (h *Heap) siftDown(i int) {
	t := h.heap[i]
	for {
		left := i*degree + 1 // there may be none
		w, c := t.When, -1
		for j := left; j < min(left+degree, len(h.heap)); j++ {
			if h.heap[j].When < w {
				w, c = h.heap[j].When, j
			}
		}
		if c < 0 {
			break
		}
		h.heap[i] = h.heap[c]
		i = c
	}
	h.heap[i] = t
}
