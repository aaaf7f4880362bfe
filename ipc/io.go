package ipc

// Read reads at most n bytes from a descriptor. 0 bytes without an error mean the end:
// the other side has closed. Descriptors that came with the bytes are lost.
func (s *System) Read(p Proc, fd FD, n int) (Outcome, error) {
	if err := s.call(p); err != nil {
		return Outcome{}, err
	}
	f, err := s.lookup(p, fd)
	switch {
	case err != nil:
		return Outcome{}, err
	case !f.read:
		return Outcome{}, EBADF
	case n < 0:
		return Outcome{}, EFAULT
	case f.queue != nil:
		return f.readQueue(n), nil
	case f.pipe != nil:
		return s.readPipe(p, f, n)
	case n == 0:
		return Outcome{Data: []byte{}}, nil
	}
	return s.recv(p, f, n, false)
}

// Write writes bytes to a descriptor; to a datagram socket as one message.
func (s *System) Write(p Proc, fd FD, data []byte) (Outcome, error) {
	if err := s.call(p); err != nil {
		return Outcome{}, err
	}
	f, err := s.lookup(p, fd)
	switch {
	case err != nil:
		return Outcome{}, err
	case !f.write:
		return Outcome{}, EBADF
	case f.queue != nil:
		return Outcome{}, EINVAL
	case f.pipe != nil:
		if err := s.holds(len(data)); err != nil {
			return Outcome{}, err
		}
		return s.writePipe(p, f, append([]byte(nil), data...))
	}
	return s.send(p, f, data, nil)
}
