// Package runq models the queues of runnable goroutines: a P's own, and the one that all
// Ps share. Goroutines are numbers from 1; 0 is none.
//
// A P's queue ([Local]) is a ring of 256 and, since Go 1.5, one place before it: runnext
// runs next, within the time slice of the goroutine that readied it. When the ring is
// full, half of it goes to the global queue ([Global]). In Go 1.2 the ring grows instead.
//
// # Concurrent use
//
// A queue is for one goroutine at a time.
package runq

// Len is the number of goroutines that a P's ring holds.
const Len = 256

// A Global is the queue that all Ps share (sched.runq). Its zero value is empty.
type Global struct {
	ring       []int32 // of a power of two
	head, tail uint32
}

// Len reports how many goroutines the queue holds.
func (q *Global) Len() int { return int(q.tail - q.head) }

func (q *Global) at(i uint32) *int32 { return &q.ring[i&uint32(len(q.ring)-1)] }

// PushBack puts g at the tail (runtime/proc.go:globrunqput).
func (q *Global) PushBack(g int32) {
	q.room()
	*q.at(q.tail) = g
	q.tail++
}

// PushFront puts g at the head (runtime/proc.go:globrunqputhead).
func (q *Global) PushFront(g int32) {
	q.room()
	q.head--
	*q.at(q.head) = g
}

// Pop takes the first goroutine, or 0.
func (q *Global) Pop() int32 {
	if q.head == q.tail {
		return 0
	}
	g := *q.at(q.head)
	q.head++
	return g
}

func (q *Global) room() {
	if n := q.Len(); n == len(q.ring) {
		ring := make([]int32, max(64, 2*n))
		for i := range uint32(n) {
			ring[i] = *q.at(q.head + i)
		}
		q.ring, q.head, q.tail = ring, 0, uint32(n)
	}
}

// Append appends all to the slice, in order.
func (q *Global) Append(to []int32) []int32 {
	for i := q.head; i != q.tail; i++ {
		to = append(to, *q.at(i))
	}
	return to
}

// Batch reports how many goroutines a P takes at once from a global queue of a size: its
// share, but at most half a ring (runtime/proc.go:globrunqgetbatch). In Go 1.2, where the
// ring grows, the share has no such bound.
func Batch(size, procs int, bounded bool) int {
	size, procs = max(size, 0), max(procs, 1)
	n := min(size, size/procs+1)
	if bounded {
		n = min(n, Len/2)
	}
	return n
}
