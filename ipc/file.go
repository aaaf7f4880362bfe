package ipc

import "slices"

// A file is what a descriptor stands for.
type file struct {
	id       int
	refs     int // descriptors, messages that carry it, calls that sleep
	nonblock bool
	read     bool // may be read from
	write    bool
	pipe     *pipe
	sock     *sock
	queue    *queue
	pos      int // of a queue, for read
}

// kindName returns what a Snapshot calls it.
func (f *file) kindName() string {
	switch {
	case f.pipe != nil && f.read && f.write:
		return "FIFO, both ends"
	case f.pipe != nil && f.read:
		return "pipe, read end"
	case f.pipe != nil:
		return "pipe, write end"
	case f.sock != nil && f.sock.dgram:
		return "unix datagram"
	case f.sock != nil:
		return "unix stream"
	}
	return "message queue"
}

// room reports whether a process can have n descriptors more.
func (s *System) room(p Proc, n int) error {
	used := 0
	for _, f := range s.procs[p].fds.files {
		if f != nil {
			used++
		}
	}
	if used+n > maxFDs {
		return EMFILE
	}
	return nil
}

// install returns a file the lowest free descriptor of a process.
func (s *System) install(p Proc, f *file) FD {
	f.refs++
	if f.id == 0 {
		s.lastID++
		f.id = s.lastID
		f.nonblock = f.nonblock || s.config.Nonblock
	}
	fds := &s.procs[p].fds.files
	for i, other := range *fds {
		if other == nil {
			(*fds)[i] = f
			return FD(i)
		}
	}
	*fds = append(*fds, f)
	return FD(len(*fds) - 1)
}

// lookup returns the file of a descriptor.
func (s *System) lookup(p Proc, fd FD) (*file, error) {
	files := s.procs[p].fds.files
	if fd < 0 || int(fd) >= len(files) || files[fd] == nil {
		return nil, EBADF
	}
	return files[fd], nil
}

// Give gives another process a descriptor of the same file, as if it had inherited it.
func (s *System) Give(p Proc, fd FD, to Proc) (FD, error) {
	if err := s.enter(p); err != nil {
		return -1, err
	}
	if err := s.enter(to); err != nil {
		return -1, err
	}
	f, err := s.lookup(p, fd)
	if err != nil {
		return -1, err
	}
	if err := s.room(to, 1); err != nil {
		return -1, err
	}
	return s.install(to, f), nil
}

// SetNonblock makes calls on a file return EAGAIN where they would sleep, or lets them
// sleep again.
func (s *System) SetNonblock(p Proc, fd FD, on bool) error {
	if err := s.call(p); err != nil {
		return err
	}
	f, err := s.lookup(p, fd)
	if err == nil {
		f.nonblock = on
	}
	return err
}

// Close closes a descriptor. After the last one the file is gone, and the other end
// notices.
func (s *System) Close(p Proc, fd FD) error {
	if err := s.call(p); err != nil {
		return err
	}
	f, err := s.lookup(p, fd)
	if err != nil {
		return err
	}
	s.procs[p].fds.files[fd] = nil
	s.tell(Event{Kind: Closed, Rule: "close", Proc: p, Of: int(fd)})
	s.put(f)
	return nil
}

// put drops a reference to a file. A socket that lies in nothing but its own queue, or in
// that of such sockets, is gone, too (net/unix/garbage.c).
func (s *System) put(f *file) {
	// A socket that is closed may hold others in its queue: no recursion.
	for todo := []*file{f}; len(todo) > 0; {
		f, todo = todo[0], todo[1:]
		if f.refs--; f.refs > 0 && (f.sock == nil || s.inFlight == 0 || slices.Contains(s.files(), f)) {
			continue
		}
		switch {
		case f.pipe != nil:
			s.releasePipe(f)
		case f.sock != nil && !f.sock.dead:
			todo = append(todo, s.releaseSock(f.sock)...)
		case f.queue != nil:
			for _, m := range f.queue.messages {
				s.bytes -= len(m.data)
			}
		}
	}
}
