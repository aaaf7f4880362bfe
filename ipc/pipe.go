package ipc

import "math/bits"

const page = 4096 // bytes; PIPE_BUF is as many

// A pipe is a ring of pages (fs/pipe.c).
type pipe struct {
	slots            [][]byte // unread bytes of each, in order
	ends             []int    // where the next byte of each goes, in its page
	limit            int      // slots
	nReaders         int
	nWriters         int
	readers, writers waitlist
	opens            waitlist // of a FIFO, that wait for the other side; the kernel has them among the readers
	rOpened, wOpened int      // ever
	number           int      // of a FIFO
}

func newPipe() *pipe { return &pipe{limit: 16} }

func (p *pipe) full() bool  { return len(p.slots) >= p.limit }
func (p *pipe) empty() bool { return len(p.slots) == 0 }

// Pipe makes a pipe in a process: the end to read, and the end to write.
func (s *System) Pipe(p Proc) (r, w FD, err error) {
	if err := s.call(p); err != nil {
		return -1, -1, err
	}
	if err := s.room(p, 2); err != nil {
		return -1, -1, err
	}
	x := newPipe()
	x.nReaders, x.nWriters = 1, 1
	return s.install(p, &file{pipe: x, read: true}), s.install(p, &file{pipe: x, write: true}), nil
}

// PipeSize returns the capacity of a pipe in bytes (F_GETPIPE_SZ).
func (s *System) PipeSize(p Proc, fd FD) (int, error) {
	if err := s.call(p); err != nil {
		return 0, err
	}
	f, err := s.lookup(p, fd)
	if err != nil {
		return 0, err
	}
	if f.pipe == nil {
		return 0, EBADF
	}
	return f.pipe.limit * page, nil
}

// SetPipeSize resizes a pipe to a power of two of pages that holds the bytes, and returns
// the new capacity (F_SETPIPE_SZ). It returns EBUSY if more pages are in use, and EPERM
// if the capacity would exceed [Config.PipeMax].
func (s *System) SetPipeSize(p Proc, fd FD, n int) (int, error) {
	if err := s.call(p); err != nil {
		return 0, err
	}
	f, err := s.lookup(p, fd)
	if err != nil {
		return 0, err
	}
	x := f.pipe
	size := roundPipe(uint32(n))
	switch {
	case x == nil:
		return 0, EBADF
	case size == 0:
		return 0, EINVAL
	case size/page > x.limit && size > s.config.PipeMax:
		return 0, EPERM
	case len(x.slots) > size/page:
		return 0, EBUSY
	}
	x.limit = size / page
	s.tell(Event{Kind: Resized, Rule: "pipe-resize", Proc: p, N: size})
	if !x.full() {
		s.wake(&x.writers)
	}
	return size, nil
}

// roundPipe is round_pipe_size.
func roundPipe(n uint32) int {
	if n > 1<<31 {
		return 0
	}
	return 1 << bits.Len32(max(n, page)-1)
}

// put writes what goes into the pipe now, and says how many bytes that were. first is
// whether it is the beginning of the call, where a small rest joins the last page.
func (s *System) putPipe(p Proc, x *pipe, data []byte, first bool) (n int) {
	wasEmpty := x.empty()
	if rest := len(data) % page; first && rest > 0 && !x.empty() {
		last := len(x.slots) - 1
		if x.ends[last]+rest <= page {
			x.slots[last] = append(x.slots[last], data[:rest]...)
			x.ends[last] += rest
			n = rest
			s.tell(Event{Kind: Merged, Rule: "pipe-merge", Proc: p, N: rest})
		}
	}
	for n < len(data) && !x.full() {
		take := min(page, len(data)-n)
		x.slots = append(x.slots, append([]byte(nil), data[n:n+take]...))
		x.ends = append(x.ends, take)
		n += take
		s.tell(Event{Kind: Paged, Rule: "pipe-pages", Proc: p, N: take})
	}
	if n > 0 {
		s.copied(p, n, true, "copy-in")
		if wasEmpty {
			s.wakeReader(x)
		}
	}
	return n
}

func (s *System) writePipe(p Proc, f *file, data []byte) (Outcome, error) {
	x := f.pipe
	if len(data) == 0 {
		return Outcome{}, nil
	}
	sent, slept := 0, false
	try := func() (Outcome, bool, error) {
		if x.nReaders == 0 {
			if sent == 0 {
				return Outcome{}, true, EPIPE
			}
			return Outcome{N: sent}, true, nil
		}
		sent += s.putPipe(p, x, data[sent:], sent == 0 && !slept)
		if sent == len(data) {
			if slept && !x.full() {
				s.wake(&x.writers) // the next one
			}
			return Outcome{N: sent}, true, nil
		}
		return Outcome{N: sent}, false, nil
	}
	o, done, err := try()
	switch {
	case done:
		return o, err
	case f.nonblock && sent == 0:
		return Outcome{}, EAGAIN
	case f.nonblock:
		return o, nil
	}
	slept = true
	return s.sleepOn(p, f, &x.writers, try)
}

// attempt tries a call, and has it sleep if it cannot be done now, unless the file is
// non-blocking.
func (s *System) attempt(p Proc, f *file, list *waitlist, try func() (Outcome, bool, error)) (Outcome, error) {
	o, done, err := try()
	switch {
	case done:
		return o, err
	case f.nonblock:
		return Outcome{}, EAGAIN
	}
	return s.sleepOn(p, f, list, try)
}

// sleepOn has a call sleep that is to be tried again.
func (s *System) sleepOn(p Proc, f *file, list *waitlist, try func() (Outcome, bool, error)) (Outcome, error) {
	var me *waiter
	o, err := s.block(p, f, list, func() (Outcome, bool, error) {
		o, done, err := try()
		if !done && !me.intr {
			s.asleep(me, list)
		}
		return o, done, err
	})
	if err == nil {
		me = s.waiters[len(s.waiters)-1]
	}
	return o, err
}

func (s *System) readPipe(p Proc, f *file, n int) (Outcome, error) {
	x := f.pipe
	if n == 0 {
		return Outcome{Data: []byte{}}, nil
	}
	slept := false
	try := func() (Outcome, bool, error) {
		o := Outcome{Data: []byte{}}
		wasFull := false
		for !x.empty() && o.N < n {
			take := min(len(x.slots[0]), n-o.N)
			o.Data = append(o.Data, x.slots[0][:take]...)
			x.slots[0] = x.slots[0][take:]
			o.N += take
			if len(x.slots[0]) == 0 {
				wasFull = wasFull || x.full()
				x.slots, x.ends = x.slots[1:], x.ends[1:]
				s.tell(Event{Kind: Freed, Rule: "pipe-pages", Proc: p})
			}
		}
		if o.N == 0 && x.nWriters > 0 {
			return o, false, nil
		}
		s.copied(p, o.N, false, "copy-out")
		if wasFull {
			s.wake(&x.writers)
		}
		if slept && !x.empty() {
			s.wakeReader(x)
		}
		return o, true, nil
	}
	o, done, err := try()
	switch {
	case done:
		return o, err
	case f.nonblock:
		return Outcome{}, EAGAIN
	}
	slept = true
	return s.sleepOn(p, f, &x.readers, try)
}

// wakeReader wakes the reader that has come first, and every open that waits: they do not
// wait exclusively.
func (s *System) wakeReader(x *pipe) {
	s.wakeAll(&x.opens)
	s.wake(&x.readers)
}

// releasePipe is pipe_release.
func (s *System) releasePipe(f *file) {
	x := f.pipe
	if f.read {
		x.nReaders--
	}
	if f.write {
		x.nWriters--
	}
	// An open that is interrupted, whose file has no number, wakes no call.
	if f.id > 0 && (x.nReaders == 0) != (x.nWriters == 0) {
		s.wakeAll(&x.opens)
		s.wakeAll(&x.readers)
		s.wakeAll(&x.writers)
	}
	if x.nReaders == 0 && x.nWriters == 0 {
		for _, b := range x.slots {
			s.bytes -= len(b)
		}
		x.slots, x.ends = nil, nil
		if x.number > 0 {
			s.fifos[x.number] = nil
		}
	}
}

// FIFO makes a FIFO, a pipe with a name, and returns its number, from 1 on.
func (s *System) FIFO(p Proc) (int, error) {
	if err := s.call(p); err != nil {
		return 0, err
	}
	if len(s.fifos) > maxFDs {
		return 0, ENOMEM
	}
	s.fifos = append(s.fifos, nil)
	return len(s.fifos) - 1, nil
}

// A Mode is the access for which a FIFO is opened.
type Mode string

// The modes.
const (
	ReadOnly  Mode = "read"
	WriteOnly Mode = "write"
	ReadWrite Mode = "read and write"
)

// Open opens a FIFO. Without nonblock it sleeps until the other side is open, too: then
// the Outcome has a Waiter, and Resume the descriptor. With nonblock a reader returns at
// once, and a writer returns ENXIO if there is no reader. The data in it are lost when no
// process has it open any more.
func (s *System) Open(p Proc, fifo int, m Mode, nonblock bool) (Outcome, error) {
	if err := s.call(p); err != nil {
		return Outcome{}, err
	}
	if fifo < 1 || fifo >= len(s.fifos) || m != ReadOnly && m != WriteOnly && m != ReadWrite {
		return Outcome{}, EINVAL
	}
	if err := s.room(p, 1); err != nil {
		return Outcome{}, err
	}
	x := s.fifos[fifo]
	if x == nil {
		x = newPipe()
		x.number = fifo
	}
	nonblock = nonblock || s.config.Nonblock
	if m == WriteOnly && nonblock && x.nReaders == 0 {
		return Outcome{}, ENXIO
	}
	s.fifos[fifo] = x
	f := &file{pipe: x, read: m != WriteOnly, write: m != ReadOnly, nonblock: nonblock}
	first := f.read && x.nReaders == 0 || f.write && x.nWriters == 0
	if f.read {
		x.nReaders++
		x.rOpened++
	}
	if f.write {
		x.nWriters++
		x.wOpened++
	}
	if first {
		s.wakeAll(&x.opens) // wake_up_partner
	}
	opened := func() (Outcome, bool, error) { return Outcome{FDs: []FD{s.install(p, f)}}, true, nil }
	if nonblock || m == ReadWrite || m == ReadOnly && x.nWriters > 0 || m == WriteOnly && x.nReaders > 0 {
		o, _, err := opened()
		return o, err
	}
	// It waits until one has opened, though it may be gone again.
	before := x.wOpened
	if m == WriteOnly {
		before = x.rOpened
	}
	return s.sleepOn(p, f, &x.opens, func() (Outcome, bool, error) {
		if now := map[Mode]int{ReadOnly: x.wOpened, WriteOnly: x.rOpened}[m]; now == before {
			return Outcome{}, false, nil
		}
		return opened()
	})
}
