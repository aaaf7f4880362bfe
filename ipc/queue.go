package ipc

import (
	"fmt"
	"slices"
)

// A queue is a POSIX message queue (ipc/mqueue.c).
type queue struct {
	most, size       int
	messages         []message // the next one first
	readers, writers waitlist
}

type message struct {
	data     []byte
	priority int
}

// Priorities are below MaxPriority (MQ_PRIO_MAX).
const MaxPriority = 32768

// Queue makes a message queue of at most most messages of at most size bytes, and returns
// a descriptor of it. As by default for a process without privileges, most may be up to
// 10 and size up to 8,192.
func (s *System) Queue(p Proc, most, size int) (FD, error) {
	if err := s.call(p); err != nil {
		return -1, err
	}
	if most < 1 || most > 10 || size < 1 || size > 8192 {
		return -1, EINVAL
	}
	if err := s.room(p, 1); err != nil {
		return -1, err
	}
	return s.install(p, &file{queue: &queue{most: most, size: size}, read: true, write: true}), nil
}

// Post puts a message into a queue, after all of its priority and above (mq_send).
func (s *System) Post(p Proc, fd FD, data []byte, priority int) (Outcome, error) {
	if err := s.call(p); err != nil {
		return Outcome{}, err
	}
	if priority < 0 || priority >= MaxPriority {
		return Outcome{}, EINVAL
	}
	f, err := s.lookup(p, fd)
	switch {
	case err != nil:
		return Outcome{}, err
	case f.queue == nil:
		return Outcome{}, EBADF
	case len(data) > f.queue.size:
		return Outcome{}, EMSGSIZE
	}
	q := f.queue
	data = append([]byte(nil), data...)
	try := func() (Outcome, bool, error) {
		if len(q.messages) == q.most {
			return Outcome{}, false, nil
		}
		i := slices.IndexFunc(q.messages, func(m message) bool { return m.priority < priority })
		if i < 0 {
			i = len(q.messages)
		}
		q.messages = slices.Insert(q.messages, i, message{data, priority})
		s.copied(p, len(data), true, "copy-in")
		s.tell(Event{Kind: Queued, Rule: "mq-order", Proc: p, N: len(data)})
		s.wake(&q.readers)
		return Outcome{N: len(data)}, true, nil
	}
	return s.attempt(p, f, &q.writers, try)
}

// Fetch takes the oldest message of the highest priority from a queue (mq_receive).
// There must be room for n bytes, at least the queue's size, or it returns EMSGSIZE.
func (s *System) Fetch(p Proc, fd FD, n int) (Outcome, error) {
	if err := s.call(p); err != nil {
		return Outcome{}, err
	}
	f, err := s.lookup(p, fd)
	switch {
	case err != nil:
		return Outcome{}, err
	case f.queue == nil:
		return Outcome{}, EBADF
	case n < f.queue.size:
		return Outcome{}, EMSGSIZE
	}
	q := f.queue
	try := func() (Outcome, bool, error) {
		if len(q.messages) == 0 {
			return Outcome{}, false, nil
		}
		m := q.messages[0]
		q.messages = slices.Delete(q.messages, 0, 1)
		s.copied(p, len(m.data), false, "copy-out")
		s.tell(Event{Kind: Consumed, Rule: "mq-order", Proc: p})
		s.wake(&q.writers)
		return Outcome{N: len(m.data), Data: append([]byte{}, m.data...), Priority: m.priority}, true, nil
	}
	return s.attempt(p, f, &q.readers, try)
}

// readQueue returns what a plain read of a queue's descriptor gives, from where the last
// one ended: a line about it, and no message (mqueue_read_file).
func (f *file) readQueue(n int) Outcome {
	size := 0
	for _, m := range f.queue.messages {
		size += len(m.data)
	}
	text := fmt.Sprintf("QSIZE:%-10d NOTIFY:%-5d SIGNO:%-5d NOTIFY_PID:%-6d\n", size, 0, 0, 0)
	from := min(f.pos, len(text))
	to := from + min(n, len(text)-from)
	f.pos = to
	return Outcome{N: to - from, Data: []byte(text[from:to])}
}
