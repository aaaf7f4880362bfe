package runq

// A Local is a P's queue.
type Local struct {
	next       int32   // runnext
	ring       []int32 // of a power of two
	head, tail uint32
	grows      bool
}

// NewLocal makes an empty one, which grows or is of 256.
func NewLocal(grows bool) Local { return Local{ring: make([]int32, Len), grows: grows} }

func (q *Local) at(i uint32) *int32 { return &q.ring[i&uint32(len(q.ring)-1)] }

// Len reports how many are in the ring.
func (q *Local) Len() int { return int(q.tail - q.head) }

// Next is runnext, or 0.
func (q *Local) Next() int32 { return q.next }

// Empty reports whether neither the ring nor runnext holds any.
func (q *Local) Empty() bool { return q.head == q.tail && q.next == 0 }

// PutNext makes g runnext, and puts who was that to the tail of the ring. It
// reports how many went to the global queue, 0 or 129.
func (q *Local) PutNext(g int32, global *Global) (overflow int) {
	g, q.next = q.next, g
	if g == 0 {
		return 0
	}
	return q.Put(g, global)
}

// Put puts g at the tail of the ring (runtime/proc.go:runqput). A full ring gives
// its first half to the global queue, and g behind it.
func (q *Local) Put(g int32, global *Global) (overflow int) {
	if q.tail-q.head < uint32(len(q.ring)) {
		*q.at(q.tail) = g
		q.tail++
		return 0
	}
	if q.grows {
		ring := make([]int32, 2*len(q.ring))
		n := q.tail - q.head
		for i := range n {
			ring[i] = *q.at(q.head + i)
		}
		q.ring, q.head, q.tail = ring, 0, n
		return q.Put(g, global)
	}
	return q.putSlow(g, global)
}

// putSlow is runtime/proc.go:runqputslow.
func (q *Local) putSlow(g int32, global *Global) int {
	if global == nil {
		global = new(Global)
	}
	n := (q.tail - q.head) / 2
	for i := range n {
		global.PushBack(*q.at(q.head + i))
	}
	q.head += n
	global.PushBack(g)
	return int(n) + 1
}

// Get takes who runs next, or 0. inherit says that it was runnext, which goes on
// with the time slice (runtime/proc.go:runqget).
func (q *Local) Get() (g int32, inherit bool) {
	if g = q.next; g != 0 {
		q.next = 0
		return g, true
	}
	if q.head == q.tail {
		return 0, false
	}
	g = *q.at(q.head)
	q.head++
	return g, false
}

// Last takes the last of the ring, or 0, as a P that is destroyed does.
func (q *Local) Last() int32 {
	if q.head == q.tail {
		return 0
	}
	q.tail--
	return *q.at(q.tail)
}

// TakeNext takes runnext, or 0.
func (q *Local) TakeNext() (g int32) {
	g, q.next = q.next, 0
	return g
}

// Steal takes half of the victim's ring, rounded up. The last of them is the
// result, to be run; the others are in q now (runtime/proc.go:runqsteal). q must
// be empty. Of a nil victim there is nothing to take.
func (q *Local) Steal(victim *Local) (g int32, n int) {
	if victim == nil {
		return 0, 0
	}
	n = victim.Len() - victim.Len()/2
	if n == 0 {
		return 0, 0
	}
	for i := 1; i < n; i++ {
		g, _ = victim.pop()
		q.Put(g, nil)
	}
	g, _ = victim.pop()
	return g, n
}

// StealFirst is [Local.Steal] of Go 1.2: the first of them is the result, and half
// of what is left then is in q.
func (q *Local) StealFirst(victim *Local) (g int32, n int) {
	if victim == nil {
		return 0, 0
	}
	g, ok := victim.pop()
	if !ok {
		return 0, 0
	}
	n = 1
	for range victim.Len() / 2 {
		other, _ := victim.pop()
		q.Put(other, nil)
		n++
	}
	return g, n
}

func (q *Local) pop() (int32, bool) {
	if q.head == q.tail {
		return 0, false
	}
	g := *q.at(q.head)
	q.head++
	return g, true
}

// Append appends those of the ring to the slice, in order.
func (q *Local) Append(to []int32) []int32 {
	for i := q.head; i != q.tail; i++ {
		to = append(to, *q.at(i))
	}
	return to
}
