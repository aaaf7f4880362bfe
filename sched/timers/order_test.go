package timers

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// A plain is the heap as in the source of Go 1.14 to 1.22 (runtime/time.go:siftupTimer,
// siftdownTimer): each level compares two pairs.
type plain []Timer

func (h plain) up(i int) {
	t := h[i]
	for i > 0 {
		p := (i - 1) / 4
		if t.When >= h[p].When {
			break
		}
		h[i] = h[p]
		i = p
	}
	h[i] = t
}

func (h plain) down(i int) {
	n, t := len(h), h[i]
	for {
		c := i*4 + 1
		c3 := c + 2
		if c >= n {
			break
		}
		w := h[c].When
		if c+1 < n && h[c+1].When < w {
			w = h[c+1].When
			c++
		}
		if c3 < n {
			w3 := h[c3].When
			if c3+1 < n && h[c3+1].When < w3 {
				w3 = h[c3+1].When
				c3++
			}
			if w3 < w {
				w, c = w3, c3
			}
		}
		if w >= t.When {
			break
		}
		h[i] = h[c]
		i = c
	}
	h[i] = t
}

func (h *Heap) all() (out []Timer) {
	h.Each(func(t Timer) { out = append(out, t) })
	return out
}

// TestOrder compares every place in the heap with that of the runtime's older code, with
// many timers for the same time.
func TestOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 4))
	for trial := range 60 {
		var h Heap
		var want plain
		for n := range int32(150) {
			when := time.Duration(r.IntN(6))
			switch what := r.IntN(20); {
			case what < 12:
				x := Timer{When: when, ID: n, Seq: int32(r.IntN(3))}
				want = append(want, x)
				want.up(len(want) - 1)
				if first := h.Add(x); first != (want[0] == x) {
					t.Fatalf("trial %d: %+v is the first: %v", trial, x, first)
				}
			case what < 17:
				x, any := h.First()
				if any != (len(want) > 0) || any && x != want[0] {
					t.Fatalf("trial %d: the first is %+v, %v, of %+v", trial, x, any, want)
				}
				id, ok := h.Pop(when)
				if due := any && x.When <= when; ok != due || due && id != x.ID || !due && id != 0 {
					t.Fatalf("trial %d: at %v: %d, %v, of %+v", trial, when, id, ok, want)
				}
				if ok {
					last := len(want) - 1
					want[0] = want[last]
					if want = want[:last]; last > 0 {
						want.down(0)
					}
				}
			case what < 19:
				if h.Delay(when + 6); len(want) > 0 {
					want[0].When = when + 6
					want.down(0)
				}
			default:
				keep := func(t Timer) bool { return t.Seq != 0 }
				h.Keep(keep)
				want = slices.DeleteFunc(want, func(t Timer) bool { return !keep(t) })
				for i := len(want) - 1; i >= 0; i-- {
					want.down(i) // without children, nothing moves
				}
			}
			if got := h.all(); !slices.Equal(got, want) || h.Len() != len(want) || !h.Ordered() {
				t.Fatalf("trial %d: %+v, want %+v", trial, got, want)
			}
		}
		var other Heap
		for n := range int32(trial) {
			other.Add(Timer{When: time.Duration(r.IntN(6)), ID: 1000 + n})
		}
		for _, x := range other.all() {
			want = append(want, x)
			want.up(len(want) - 1)
		}
		if h.Move(&other); !slices.Equal(h.all(), want) || other.Len() != 0 {
			t.Fatalf("trial %d: after a move %+v, want %+v; %d are left", trial, h.all(), want, other.Len())
		}
		h.Move(&h)
		h.Move(nil)
		h.Each(nil)
		if !slices.Equal(h.all(), want) {
			t.Fatalf("trial %d: a move of nothing changes it", trial)
		}
	}
}

// TestEmpty: operations on an empty heap.
func TestEmpty(t *testing.T) {
	var h Heap
	h.Drop()
	h.Delay(5)
	h.Keep(func(Timer) bool { return true })
	if id, ok := h.Pop(1 << 62); ok || id != 0 || h.Len() != 0 || !h.Ordered() {
		t.Errorf("%d, %v, %d timers", id, ok, h.Len())
	}
	if x, ok := h.First(); ok || x != (Timer{}) {
		t.Errorf("the first is %+v", x)
	}
	for _, when := range [][]time.Duration{{1, 0}, {0, 1, 2, 3, 4, 0, -1}} {
		bad := Heap{}
		for _, w := range when {
			bad.heap = append(bad.heap, Timer{When: w})
		}
		if bad.Ordered() {
			t.Errorf("%v is in order", when)
		}
	}
}
