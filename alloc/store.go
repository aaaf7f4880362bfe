package alloc

// A spanStore keeps the descriptors and bits of spans, so that its size is bounded by
// that of the heap: the first page of a span determines the place of its bits, which lie
// in the heap's own pages since Green Tea, and freed descriptors are used again.
type spanStore struct {
	bits []*[chunkBits]uint64 // by 512 pages
	slab []mspan
	free []*mspan
}

// A page has at most 1,024 slots, which take 16 words of each kind of bit.
const (
	bitWords  = 16
	chunkLen  = 512 // pages
	chunkBits = 2 * bitWords * chunkLen
)

// take returns a descriptor for a span.
func (t *spanStore) take() *mspan {
	if n := len(t.free); n > 0 {
		s := t.free[n-1]
		t.free = t.free[:n-1]
		*s = mspan{freelist: s.freelist[:0]}
		return s
	}
	if len(t.slab) == 0 {
		t.slab = make([]mspan, 256)
	}
	s := &t.slab[0]
	t.slab = t.slab[1:]
	return s
}

// give takes back the descriptor of a freed span.
func (t *spanStore) give(s *mspan) {
	t.free = append(t.free, s)
}

// bitsOf returns the two kinds of bits of a span that begins at the page. They are zero:
// a span is freed when nothing in it is marked, and sweeping clears the other kind.
func (t *spanStore) bitsOf(page int64, words int) (alloc, mark []uint64) {
	c := int(page / chunkLen)
	for len(t.bits) <= c {
		t.bits = append(t.bits, nil)
	}
	if t.bits[c] == nil {
		t.bits[c] = new([chunkBits]uint64)
	}
	at := int(page%chunkLen) * 2 * bitWords
	return t.bits[c][at:][:words:words], t.bits[c][at+bitWords:][:words:words]
}
