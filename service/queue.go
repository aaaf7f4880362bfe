package service

import "time"

// A task is something that is going to happen. Tasks of one time happen in the order
// in which they were planned.
type task struct {
	at   time.Duration
	seq  uint64
	what what
	id   int32  // of the call or the attempt
	gen  uint32 // of it: the task is void if it has another one by then
}

type what uint8

const (
	arrive   what = iota // a request from outside
	think                // user id sends a request
	try                  // call id makes an attempt
	admit                // attempt id, which its limiter has delayed, comes in
	worked               // attempt id has done its work
	timeout              // of the attempt that call id waits for
	deadline             // of call id
	sample               // take metrics
	scale                // service id decides how many instances it has
	start                // instance gen of service id is ready
)

// An agenda is tasks in order: a heap of four children, which is lower than one of
// two, and whose children share a cache line or two.
type agenda struct {
	heap []task
	seq  uint64
}

func (t *task) before(o *task) bool { return t.at < o.at || t.at == o.at && t.seq < o.seq }

func (a *agenda) add(t task) {
	a.seq++
	t.seq = a.seq
	a.heap = append(a.heap, t)
	i := len(a.heap) - 1
	for i > 0 {
		p := (i - 1) / 4
		if !t.before(&a.heap[p]) {
			break
		}
		a.heap[i] = a.heap[p]
		i = p
	}
	a.heap[i] = t
}

// next takes the first task. There is one.
func (a *agenda) next() task {
	first := a.heap[0]
	n := len(a.heap) - 1
	last := a.heap[n]
	a.heap = a.heap[:n]
	if n == 0 {
		return first
	}
	h := a.heap
	i := 0
	for {
		c := 4*i + 1
		if c >= n {
			break
		}
		least := c
		for k := c + 1; k < min(c+4, n); k++ {
			if h[k].before(&h[least]) {
				least = k
			}
		}
		if !h[least].before(&last) {
			break
		}
		h[i] = h[least]
		i = least
	}
	h[i] = last
	return first
}
