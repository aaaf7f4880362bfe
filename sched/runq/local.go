package runq

// A Local is the queue of a P.
type Local struct {
	next       int32   // runnext
	ring       []int32 // of a power of two
	head, tail uint32
	grows      bool
}

// NewLocal returns an empty queue whose ring grows, or holds 256.
func NewLocal(grows bool) Local { return Local{ring: make([]int32, Len), grows: grows} }

func (q *Local) at(i uint32) *int32 { return &q.ring[i&uint32(len(q.ring)-1)] }

// Len reports how many goroutines are in the ring.
func (q *Local) Len() int { return int(q.tail - q.head) }

// Next returns runnext, or 0.
func (q *Local) Next() int32 { return q.next }

// Empty reports whether neither the ring nor runnext holds a goroutine.
func (q *Local) Empty() bool { return q.head == q.tail && q.next == 0 }

// PutNext makes g runnext, and puts the previous runnext to the tail of the ring. It
// reports how many went to the global queue, 0 or 129.
func (q *Local) PutNext(g int32, global *Global) (overflow int) {
	g, q.next = q.next, g
	if g == 0 {
		return 0
	}
	return q.Put(g, global)
}

// Put puts g at the tail of the ring (runtime/proc.go:runqput). A full ring gives its
// first half, followed by g, to the global queue.
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

// Get takes the goroutine that runs next, or 0. inherit says that it was runnext, which
// goes on with the time slice (runtime/proc.go:runqget).
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

// Last takes the last goroutine of the ring, or 0, as is done when a P is destroyed.
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

// Steal takes half of the victim's ring, rounded up. It returns the last of them, to be
// run, and puts the others into q, which must be empty (runtime/proc.go:runqsteal). It
// returns 0 for a nil victim.
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

// StealFirst is [Local.Steal] of Go 1.2: it returns the first goroutine of the ring, and
// puts half of the rest into q.
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

// Append appends the goroutines of the ring to the slice, in order.
func (q *Local) Append(to []int32) []int32 {
	for i := q.head; i != q.tail; i++ {
		to = append(to, *q.at(i))
	}
	return to
}
