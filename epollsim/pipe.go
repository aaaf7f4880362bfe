package epollsim

// A pipe is a ring of pages (fs/pipe.c). A page is free when all of it was read, and a
// small write joins the last page if it fits.
type pipe struct {
	slots      [pipeSlots]slot
	head, tail uint32 // written and freed slots, ever
	read       ref    // its files, 0 when they are closed
	write      ref
}

// A slot is the used part of a page: its first byte and its length.
type slot struct{ offset, len uint16 }

const (
	pipeSlots = 16 // of a pipe as it is made
	page      = 4096
)

func (p *pipe) full() bool  { return p.head-p.tail == pipeSlots }
func (p *pipe) empty() bool { return p.head == p.tail }

// Pipe makes a pipe: the end to read, and the end to write.
func (k *Kernel) Pipe() (r, w FD, err error) {
	if err := k.begin(Op{Verb: PipeVerb}); err != nil {
		return -1, -1, err
	}
	if err := k.room(2); err != nil {
		return -1, -1, k.fail(err)
	}
	o := k.pipes.make()
	*k.pipes.at(o) = pipe{}
	r = k.open(pipeReadFile, o)
	w = k.open(pipeWriteFile, o)
	k.pipes.at(o).read, k.pipes.at(o).write = k.fds[r], k.fds[w]
	return r, w, nil
}

// writePipe is pipe_write.
func (k *Kernel) writePipe(f *file, n int) (Outcome, error) {
	p := k.pipes.at(f.obj)
	switch {
	case n == 0:
		return Outcome{}, nil
	case p.read == 0:
		return Outcome{}, EPIPE
	}
	left := n
	if rest := n % page; rest > 0 && !p.empty() {
		last := &p.slots[(p.head-1)%pipeSlots]
		if int(last.offset)+int(last.len)+rest <= page {
			last.len += uint16(rest)
			left -= rest
		}
	}
	for left > 0 && !p.full() {
		put := min(left, page)
		p.slots[p.head%pipeSlots] = slot{len: uint16(put)}
		p.head++
		left -= put
	}
	// A pipe that is polled wakes its readers at each write, also if nothing could be
	// written and though it was not empty (pipe_inode_info.poll_usage).
	k.wake(k.files.at(p.read), readable, "pipe-wakes-in")
	if left == n {
		return Outcome{}, EAGAIN
	}
	return Outcome{N: n - left}, nil
}

// readPipe is pipe_read.
func (k *Kernel) readPipe(f *file, n int) (Outcome, error) {
	p := k.pipes.at(f.obj)
	if n == 0 {
		return Outcome{}, nil
	}
	got, wake := 0, false
	for !p.empty() && got < n {
		s := &p.slots[p.tail%pipeSlots]
		take := min(int(s.len), n-got)
		got += take
		s.offset += uint16(take)
		s.len -= uint16(take)
		if s.len == 0 {
			wake = wake || p.full()
			p.tail++
		}
	}
	if got == 0 && p.write != 0 {
		return Outcome{}, EAGAIN
	}
	if wake && p.write != 0 {
		k.wake(k.files.at(p.write), writable, "pipe-wakes-out")
	}
	return Outcome{N: got}, nil
}

func (p *pipe) readMask() (m Events) {
	if !p.empty() {
		m |= readable
	}
	if p.write == 0 {
		m |= HUP
	}
	return m
}

func (p *pipe) writeMask() (m Events) {
	if !p.full() {
		m |= writable
	}
	if p.read == 0 {
		m |= ERR
	}
	return m
}

// releasePipe is pipe_release: the other end is woken without saying for what.
func (k *Kernel) releasePipe(f *file) {
	p := k.pipes.at(f.obj)
	other := p.write
	if f.kind == pipeReadFile {
		p.read = 0
	} else {
		other = p.read
		p.write = 0
	}
	if other == 0 {
		k.pipes.free(f.obj)
		return
	}
	k.wakeAll(k.files.at(other), "pipe-close")
}

// bytes reports how many can be read.
func (p *pipe) bytes() (n int) {
	for i := p.tail; i != p.head; i++ {
		n += int(p.slots[i%pipeSlots].len)
	}
	return n
}
