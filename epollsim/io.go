package epollsim

// A How names the directions that Shutdown ends.
type How int

// The directions.
const (
	RD   How = 0
	WR   How = 1
	RDWR How = 2
)

// userSpace is the end of the addresses of a process, in bytes: a longer buffer is
// invalid.
const userSpace = 1 << 47

// Read reads at most n bytes. For an eventfd, the Outcome has the count as Value. A read
// of a pipe or a socket whose other end is closed returns 0 bytes.
func (k *Kernel) Read(fd FD, n int) (Outcome, error) {
	if err := k.begin(Op{Verb: ReadVerb, FD: fd, N: n}); err != nil {
		return Outcome{}, err
	}
	r := k.lookup(fd)
	if r == 0 {
		return Outcome{}, k.fail(EBADF)
	}
	f := k.files.at(r)
	switch {
	case f.kind == pipeWriteFile:
		return Outcome{}, k.fail(EBADF)
	case f.kind == epollFile:
		return Outcome{}, k.fail(EINVAL)
	case n < 0 || int64(n) >= userSpace:
		return Outcome{}, k.fail(EFAULT)
	}
	n = min(n, 0x7ffff000) // MAX_RW_COUNT
	var o Outcome
	var err error
	switch f.kind {
	case regularFile:
		o, err = k.readRegular(f, n)
	case eventfdFile, semaphoreFile:
		o, err = k.readEventfd(f, n)
	case pipeReadFile:
		o, err = k.readPipe(f, n)
	case unixFile:
		o, err = k.readUnix(f, n)
	case tcpFile:
		o, err = k.readTCP(f, n)
	}
	if k.trace != nil && err == nil {
		k.event(Event{Kind: DidRead, Rule: "read-write", FD: fd, File: f.id, N: o.N})
	}
	if err != nil {
		k.fail(err)
	}
	return o, err
}

// Write writes n bytes: a one, then zeros, which adds 1 to an eventfd. The N of the
// Outcome is the number of bytes written.
func (k *Kernel) Write(fd FD, n int) (Outcome, error) {
	if err := k.begin(Op{Verb: WriteVerb, FD: fd, N: n}); err != nil {
		return Outcome{}, err
	}
	return k.write(fd, n, 1)
}

// Signal writes v in 8 bytes: it adds v to an eventfd.
func (k *Kernel) Signal(fd FD, v uint64) (Outcome, error) {
	if err := k.begin(Op{Verb: SignalVerb, FD: fd, Value: v}); err != nil {
		return Outcome{}, err
	}
	return k.write(fd, 8, v)
}

func (k *Kernel) write(fd FD, n int, v uint64) (Outcome, error) {
	r := k.lookup(fd)
	if r == 0 {
		return Outcome{}, k.fail(EBADF)
	}
	f := k.files.at(r)
	switch {
	case f.kind == pipeReadFile:
		return Outcome{}, k.fail(EBADF)
	case f.kind == epollFile:
		return Outcome{}, k.fail(EINVAL)
	case n < 0 || int64(n) >= userSpace:
		return Outcome{}, k.fail(EFAULT)
	}
	n = min(n, 0x7ffff000)
	if k.trace != nil {
		k.event(Event{Kind: Writes, Rule: "read-write", FD: fd, File: f.id, N: n})
	}
	var o Outcome
	var err error
	switch f.kind {
	case regularFile:
		o, err = k.writeRegular(f, n)
	case eventfdFile, semaphoreFile:
		o, err = k.writeEventfd(f, n, v)
	case pipeWriteFile:
		o, err = k.writePipe(f, n)
	case unixFile:
		o, err = k.writeUnix(f, n)
	case tcpFile:
		o, err = k.writeTCP(f, n)
	}
	if err != nil {
		k.fail(err)
	}
	return o, err
}

// Shutdown ends one or both directions of a socket, and leaves its descriptors.
func (k *Kernel) Shutdown(fd FD, how How) error {
	if err := k.begin(Op{Verb: ShutdownVerb, FD: fd, How: how}); err != nil {
		return err
	}
	r := k.lookup(fd)
	if r == 0 {
		return k.fail(EBADF)
	}
	f := k.files.at(r)
	switch {
	case f.kind != unixFile && f.kind != tcpFile:
		return k.fail(ENOTSOCK)
	case how < RD || how > RDWR:
		return k.fail(EINVAL)
	}
	sides := Events(how) + 1
	if f.kind == unixFile {
		k.shutdownUnix(f, sides)
		return nil
	}
	if err := k.shutdownTCP(f, sides); err != nil {
		return k.fail(err)
	}
	return nil
}
