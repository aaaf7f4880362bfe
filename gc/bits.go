package gc

import "math/bits"

// A bitmap has one bit for each object.
type bitmap []uint64

func (b bitmap) has(r Ref) bool { return b[r>>6]>>(r&63)&1 != 0 }
func (b bitmap) set(r Ref)      { b[r>>6] |= 1 << (r & 63) }
func (b bitmap) clear(r Ref)    { b[r>>6] &^= 1 << (r & 63) }

// mask returns the bits of word w that belong to the objects from base to end-1.
func mask(w int, base, end Ref) uint64 {
	m := ^uint64(0)
	if from := int(base) - w<<6; from > 0 {
		m <<= from
	}
	if to := int(end) - w<<6; to < 64 {
		m &= 1<<to - 1
	}
	return m
}

// nextZero finds the first object from base to end-1 whose bit is 0.
func (b bitmap) nextZero(base, end Ref) (Ref, bool) {
	for w := int(base >> 6); w<<6 < int(end); w++ {
		if free := ^b[w] & mask(w, base, end); free != 0 {
			return Ref(w<<6 + bits.TrailingZeros64(free)), true
		}
	}
	return 0, false
}

// A queue is a first-in, first-out ring that grows.
type queue struct {
	ring    []uint32 // a power of two of them
	head, n int
}

func (q *queue) push(v uint32) {
	if q.n == len(q.ring) {
		q.grow()
	}
	q.ring[(q.head+q.n)&(len(q.ring)-1)] = v
	q.n++
}

func (q *queue) grow() {
	ring := make([]uint32, max(64, 2*len(q.ring)))
	k := copy(ring, q.ring[q.head:])
	copy(ring[k:], q.ring[:q.head])
	q.ring, q.head = ring, 0
}

func (q *queue) pop() uint32 {
	v := q.ring[q.head]
	q.head = (q.head + 1) & (len(q.ring) - 1)
	q.n--
	return v
}

// at returns the element that will be popped i pops from now.
func (q *queue) at(i int) uint32 { return q.ring[(q.head+i)&(len(q.ring)-1)] }
