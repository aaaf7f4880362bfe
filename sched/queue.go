package sched

// An eventQueue holds the threads that will have a turn, the earliest first; of threads
// with the same time, the one that was put first.
type eventQueue struct {
	heap []*m
	seq  uint64
}

func (q *eventQueue) first() *m {
	if len(q.heap) == 0 {
		return nil
	}
	return q.heap[0]
}

// push puts m into the queue at m.at. sysmon, which needs no P, goes before all others of
// the same time.
func (q *eventQueue) push(m *m) {
	q.seq++
	m.seq = q.seq
	if m.state == mSysmon {
		m.seq = 0
	}
	m.heapIndex = int32(len(q.heap))
	q.heap = append(q.heap, m)
	q.up(len(q.heap) - 1)
}

func (q *eventQueue) pop() *m {
	if len(q.heap) == 0 {
		return nil
	}
	m := q.heap[0]
	q.remove(m)
	return m
}

func (q *eventQueue) remove(m *m) {
	i, last := int(m.heapIndex), len(q.heap)-1
	m.heapIndex = -1
	moved := q.heap[last]
	q.heap[last] = nil
	q.heap = q.heap[:last]
	if i < last {
		q.heap[i] = moved
		q.up(i) // notes where it is
		q.down(int(moved.heapIndex))
	}
}

// turn gives m its next turn at m.at, whether it is queued already or not.
func (s *Sim) turn(m *m) {
	if m.heapIndex >= 0 {
		s.queue.remove(m)
	}
	s.queue.push(m)
}

func before(a, b *m) bool { return a.at < b.at || a.at == b.at && a.seq < b.seq }

func (q *eventQueue) up(i int) {
	m := q.heap[i]
	for i > 0 {
		parent := (i - 1) / 2
		if !before(m, q.heap[parent]) {
			break
		}
		q.heap[i] = q.heap[parent]
		q.heap[i].heapIndex = int32(i)
		i = parent
	}
	q.heap[i] = m
	m.heapIndex = int32(i)
}

func (q *eventQueue) down(i int) {
	m := q.heap[i]
	for {
		c := 2*i + 1
		if c >= len(q.heap) {
			break
		}
		if c+1 < len(q.heap) && before(q.heap[c+1], q.heap[c]) {
			c++
		}
		if !before(q.heap[c], m) {
			break
		}
		q.heap[i] = q.heap[c]
		q.heap[i].heapIndex = int32(i)
		i = c
	}
	q.heap[i] = m
	m.heapIndex = int32(i)
}
