// Package timers holds a P's timers: a heap of degree 4, as the runtime keeps it
// (runtime/time.go). In which order equal times come out is the heap's doing, and
// the same here.
package timers

import "time"

// degree is timerHeapN.
const degree = 4

// A timer wakes a goroutine, or whatever the number stands for.
type timer struct {
	when time.Duration
	g    int32
}

// A Heap is the timers of a P. Its zero value is empty.
type Heap struct{ heap []timer }

// Len reports how many there are.
func (h *Heap) Len() int { return len(h.heap) }

// First reports when the first is due; not ok if there is none.
func (h *Heap) First() (when time.Duration, ok bool) {
	if len(h.heap) == 0 {
		return 0, false
	}
	return h.heap[0].when, true
}

// Add adds a timer, and reports whether it is the first now.
func (h *Heap) Add(when time.Duration, g int32) (first bool) {
	at, ok := h.First()
	h.heap = append(h.heap, timer{when, g})
	h.siftUp(len(h.heap) - 1)
	return !ok || when < at
}

// Pop takes the first if it is due.
func (h *Heap) Pop(now time.Duration) (g int32, ok bool) {
	if len(h.heap) == 0 || h.heap[0].when > now {
		return 0, false
	}
	g = h.heap[0].g
	last := len(h.heap) - 1
	h.heap[0] = h.heap[last]
	h.heap = h.heap[:last]
	if last > 0 {
		h.siftDown(0)
	}
	return g, true
}

// Move adds the other's timers, which are none then (runtime/time.go:take).
func (h *Heap) Move(other *Heap) {
	for _, t := range other.heap {
		h.Add(t.when, t.g)
	}
	other.heap = nil
}

// Each calls f with every timer, in the heap's order.
func (h *Heap) Each(f func(when time.Duration, g int32)) {
	for _, t := range h.heap {
		f(t.when, t.g)
	}
}

// Ordered reports whether no timer is before its parent.
func (h *Heap) Ordered() bool {
	for i := 1; i < len(h.heap); i++ {
		if h.heap[i].when < h.heap[(i-1)/degree].when {
			return false
		}
	}
	return true
}

// siftUp is runtime/time.go:siftUp.
func (h *Heap) siftUp(i int) {
	t := h.heap[i]
	for i > 0 {
		p := (i - 1) / degree
		if t.when >= h.heap[p].when {
			break
		}
		h.heap[i] = h.heap[p]
		i = p
	}
	h.heap[i] = t
}

// siftDown is runtime/time.go:siftDown.
func (h *Heap) siftDown(i int) {
	t := h.heap[i]
	for {
		left := i*degree + 1
		if left >= len(h.heap) {
			break
		}
		w, c := t.when, -1
		for j, k := range h.heap[left:min(left+degree, len(h.heap))] {
			if k.when < w {
				w, c = k.when, left+j
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
