package chanq

// A sudog is a goroutine in a wait queue. A goroutine in a select is in several.
type sudog struct {
	g          *goroutine
	c          *hchan
	elem       int64 // sent, or received
	next, prev *sudog
	index      int32 // of the case in its select
	isSelect   bool
	queued     bool
	success    bool // woken by a value rather than by a close
}

// A waitq is the queue of the goroutines that wait to send, or to receive.
type waitq struct{ first, last *sudog }

func (q *waitq) enqueue(s *sudog) {
	s.queued, s.success = true, false
	s.next, s.prev = nil, q.last
	if q.last == nil {
		q.first = s
	} else {
		q.last.next = s
	}
	q.last = s
}

// dequeue takes out the first goroutine that still waits. A woken goroutine of a
// select stays in its other queues until it runs; dequeue passes it over.
func (q *waitq) dequeue() *sudog {
	if q.first == nil {
		return nil // the common case, inlined
	}
	return q.dequeueFirst()
}

func (q *waitq) dequeueFirst() *sudog {
	for s := q.first; s != nil; s = q.first {
		if q.first = s.next; q.first == nil {
			q.last = nil
		} else {
			q.first.prev = nil
		}
		s.next, s.queued = nil, false
		if !s.isSelect {
			return s
		}
		if !s.g.sel.done {
			s.g.sel.done = true
			return s
		}
	}
	return nil
}

// remove takes s out, wherever it is (runtime/chan.go:dequeueSudoG).
func (q *waitq) remove(s *sudog) {
	if !s.queued {
		return
	}
	if s.prev == nil {
		q.first = s.next
	} else {
		s.prev.next = s.next
	}
	if s.next == nil {
		q.last = s.prev
	} else {
		s.next.prev = s.prev
	}
	s.next, s.prev, s.queued = nil, nil, false
}

// park makes the goroutine wait. It has already joined its queues.
func (m *Chans) park(gp *goroutine, op Verb, on *hchan) {
	gp.status, gp.op, gp.on = waiting, op, on
	if m.trace != nil {
		m.meets(Park, gp, on, 0)
	}
}

// goready makes a goroutine that waited runnable. The peer is the sudog whose
// operation is done; nil makes the goroutine look again.
func (m *Chans) goready(s *sudog, peer *sudog) {
	s.g.status, s.g.param = runnable, peer
	m.ready = append(m.ready, s.g.id)
}

// readied traces the goroutines that became ready. The runtime readies them after
// it has released the lock.
func (m *Chans) readied() {
	if m.trace != nil {
		m.allReady()
	}
}
