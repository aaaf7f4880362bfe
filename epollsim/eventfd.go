package epollsim

import "math"

// An eventfd is a counter (fs/eventfd.c).
type eventfd struct{ count uint64 }

// EventFD makes an eventfd with an initial count. A read of a semaphore takes 1 of it,
// any other read takes all.
func (k *Kernel) EventFD(initial uint32, semaphore bool) (FD, error) {
	if err := k.begin(Op{Verb: EventFDVerb, Value: uint64(initial), Semaphore: semaphore}); err != nil {
		return -1, err
	}
	if err := k.room(1); err != nil {
		return -1, k.fail(err)
	}
	r := k.eventfds.make()
	*k.eventfds.at(r) = eventfd{uint64(initial)}
	if semaphore {
		return k.open(semaphoreFile, r), nil
	}
	return k.open(eventfdFile, r), nil
}

// readEventfd is eventfd_read, in n bytes.
func (k *Kernel) readEventfd(f *file, n int) (Outcome, error) {
	e := k.eventfds.at(f.obj)
	switch {
	case n < 8:
		return Outcome{}, EINVAL
	case e.count == 0:
		return Outcome{}, EAGAIN
	}
	took := e.count
	if f.kind == semaphoreFile {
		took = 1
	}
	e.count -= took
	k.wake(f, OUT, "eventfd-wakes")
	return Outcome{N: 8, Value: took}, nil
}

// writeEventfd is eventfd_write of n bytes that hold v.
func (k *Kernel) writeEventfd(f *file, n int, v uint64) (Outcome, error) {
	e := k.eventfds.at(f.obj)
	switch {
	case n != 8 || v == math.MaxUint64:
		return Outcome{}, EINVAL
	case math.MaxUint64-e.count <= v:
		return Outcome{}, EAGAIN
	}
	e.count += v
	k.wake(f, IN, "eventfd-wakes")
	return Outcome{N: 8}, nil
}

func (e *eventfd) mask() (m Events) {
	if e.count > 0 {
		m |= IN
	}
	if e.count == math.MaxUint64 {
		m |= ERR
	}
	if e.count < math.MaxUint64-1 {
		m |= OUT
	}
	return m
}
