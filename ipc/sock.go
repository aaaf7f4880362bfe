package ipc

// A sock is one of a pair of unix sockets (net/unix/af_unix.c).
type sock struct {
	dgram            bool
	dead             bool // closed
	peer             *sock
	queue            []skb // what was sent to it
	sent             int   // memory that its own buffers take, wherever they are
	rcvShut, sndShut bool
	err              Errno
	readers, writers waitlist
}

// An skb is a buffer or a datagram.
type skb struct {
	data     []byte
	files    []*file
	truesize int
	from     *sock
}

const (
	skbOverhead = 256              // of a buffer's head, in bytes
	skbShared   = 320              // skb_shared_info, in the same allocation as the data
	skbMaxHead  = page - skbShared // SKB_MAX_HEAD(0)
	skbFrags    = 32768            // UNIX_SKB_FRAGS_SZ
	skbMaxAlloc = 4*page - skbShared
	maxFrags    = 17 * page
	maxPassed   = 253 // SCM_MAX_FD
)

// truesize returns what a buffer takes whose head has some of the bytes, and whose pages
// have the rest.
func truesize(n, inPages int) int {
	head, size := alignUp(n-inPages, 64)+skbShared, 512
	for size < head { // of kmalloc
		size *= 2
	}
	return size + skbOverhead + alignUp(inPages, page)
}

func alignUp(n, to int) int { return (n + to - 1) / to * to }

// SocketPair makes a pair of unix sockets in a process: streams, or datagram sockets.
func (s *System) SocketPair(p Proc, dgram bool) (a, b FD, err error) {
	if err := s.call(p); err != nil {
		return -1, -1, err
	}
	if err := s.room(p, 2); err != nil {
		return -1, -1, err
	}
	x, y := &sock{dgram: dgram}, &sock{dgram: dgram}
	x.peer, y.peer = y, x
	return s.install(p, &file{sock: x, read: true, write: true}), s.install(p, &file{sock: y, read: true, write: true}), nil
}

// Send sends bytes and descriptors through a socket (sendmsg with SCM_RIGHTS). The
// receiver gets descriptors of its own of the same files, at most 253 at once.
func (s *System) Send(p Proc, fd FD, data []byte, pass ...FD) (Outcome, error) {
	if err := s.call(p); err != nil {
		return Outcome{}, err
	}
	f, err := s.lookup(p, fd)
	switch {
	case err != nil:
		return Outcome{}, err
	case f.sock == nil:
		return Outcome{}, ENOTSOCK
	case len(pass) > maxPassed:
		return Outcome{}, EINVAL
	}
	var files []*file
	for _, fd := range pass {
		x, err := s.lookup(p, fd)
		if err != nil {
			return Outcome{}, err
		}
		files = append(files, x)
	}
	return s.send(p, f, data, files)
}

func (s *System) send(p Proc, f *file, data []byte, files []*file) (Outcome, error) {
	if err := s.holds(len(data)); err != nil {
		return Outcome{}, err
	}
	if f.sock.dgram {
		return s.sendDatagram(p, f, data, files)
	}
	x := f.sock
	if x.sndShut {
		return Outcome{}, EPIPE
	}
	sent := 0
	data = append([]byte(nil), data...)
	try := func() (Outcome, bool, error) {
		for sent < len(data) {
			switch {
			case x.err != "":
				err := x.err
				x.err = ""
				if sent > 0 {
					return Outcome{N: sent}, true, nil
				}
				return Outcome{}, true, err
			case x.sndShut:
				if sent > 0 {
					return Outcome{N: sent}, true, nil
				}
				return Outcome{}, true, EPIPE
			case x.sent >= s.config.SndBuf:
				return Outcome{N: sent}, false, nil
			}
			size := min(len(data)-sent, s.config.SndBuf/2-64, skbMaxHead+skbFrags)
			s.enqueue(p, x, data[sent:sent+size], files, truesize(size, min(size, alignUp(max(0, size-skbMaxHead), page))))
			files = nil // they go with the first
			sent += size
		}
		return Outcome{N: sent}, true, nil
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
	return s.sleepOn(p, f, &x.writers, try)
}

// holds bounds what the kernel may hold.
func (s *System) holds(n int) error {
	if n > maxBuffer || s.bytes+n > maxHeld {
		return ENOMEM
	}
	return nil
}

// enqueue puts a buffer on the queue of the peer.
func (s *System) enqueue(p Proc, x *sock, data []byte, files []*file, size int) {
	for _, f := range files {
		f.refs++
		s.inFlight++
	}
	x.sent += size
	x.peer.queue = append(x.peer.queue, skb{append([]byte(nil), data...), files, size, x})
	s.copied(p, len(data), true, "copy-in")
	s.tell(Event{Kind: Queued, Rule: "unix-buffers", Proc: p, N: len(data)})
	s.wakeAll(&x.peer.readers)
}

// sendDatagram is unix_dgram_sendmsg.
func (s *System) sendDatagram(p Proc, f *file, data []byte, files []*file) (Outcome, error) {
	x := f.sock
	if len(data) > s.config.SndBuf-32 {
		return Outcome{}, EMSGSIZE
	}
	data = append([]byte(nil), data...)
	try := func() (Outcome, bool, error) {
		switch {
		case x.err != "":
			err := x.err
			x.err = ""
			return Outcome{}, true, err
		case x.sndShut:
			return Outcome{}, true, EPIPE
		case x.sent >= s.config.SndBuf:
			return Outcome{}, false, nil
		case x.peer == nil:
			return Outcome{}, true, ENOTCONN
		case x.peer.dead:
			// It is disconnected, and what it had not read is lost.
			x.peer = nil
			for len(x.queue) > 0 {
				s.drop(x)
			}
			return Outcome{}, true, ECONNREFUSED
		case x.peer.rcvShut:
			return Outcome{}, true, EPIPE
		}
		inPages := 0
		if len(data) > skbMaxAlloc {
			inPages = alignUp(min(len(data)-skbMaxAlloc, maxFrags), page)
		}
		s.enqueue(p, x, data, files, truesize(len(data), inPages))
		return Outcome{N: len(data)}, true, nil
	}
	return s.attempt(p, f, &x.writers, try)
}

// Recv receives at most n bytes from a socket, and descriptors (recvmsg). The rest of a
// longer datagram is lost. A stream is read no further than the bytes that come with
// descriptors.
func (s *System) Recv(p Proc, fd FD, n int) (Outcome, error) {
	if err := s.call(p); err != nil {
		return Outcome{}, err
	}
	f, err := s.lookup(p, fd)
	switch {
	case err != nil:
		return Outcome{}, err
	case f.sock == nil:
		return Outcome{}, ENOTSOCK
	case n < 0:
		return Outcome{}, EFAULT
	}
	return s.recv(p, f, n, true)
}

// recv receives; without keep descriptors are dropped, as read does.
func (s *System) recv(p Proc, f *file, n int, keep bool) (Outcome, error) {
	x := f.sock
	try := func() (Outcome, bool, error) { return s.recvStream(p, x, n, keep) }
	if x.dgram {
		try = func() (Outcome, bool, error) { return s.recvDatagram(p, f, n, keep) }
	}
	return s.attempt(p, f, &x.readers, try)
}

func (s *System) recvStream(p Proc, x *sock, n int, keep bool) (Outcome, bool, error) {
	o := Outcome{Data: []byte{}}
	if len(x.queue) == 0 {
		switch {
		case x.err != "":
			err := x.err
			x.err = ""
			return Outcome{}, true, err
		case x.rcvShut:
			return o, true, nil
		}
		return o, false, nil
	}
	for {
		b := &x.queue[0]
		take := min(len(b.data), n-o.N)
		o.Data = append(o.Data, b.data[:take]...)
		o.N += take
		b.data = b.data[take:]
		passed := len(b.files) > 0
		o.FDs = append(o.FDs, s.pass(p, b.files, keep)...)
		b.files = nil
		if len(b.data) > 0 {
			break
		}
		s.drop(x)
		if passed || len(x.queue) == 0 || o.N == n {
			break
		}
	}
	s.copied(p, o.N, false, "copy-out")
	return o, true, nil
}

func (s *System) recvDatagram(p Proc, f *file, n int, keep bool) (Outcome, bool, error) {
	x := f.sock
	if len(x.queue) == 0 {
		if x.rcvShut && !f.nonblock { // only a call that would sleep looks for it
			return Outcome{Data: []byte{}}, true, nil
		}
		return Outcome{}, false, nil
	}
	b := x.queue[0]
	o := Outcome{N: min(n, len(b.data)), Truncated: keep && len(b.data) > n} // read does not say it
	o.Data = append([]byte{}, b.data[:o.N]...)
	o.FDs = s.pass(p, b.files, keep)
	x.queue[0].files = nil
	x.queue[0].data = b.data[o.N:]
	s.copied(p, o.N, false, "copy-out")
	s.drop(x)
	return o, true, nil
}

// pass gives files to a process, as many as it can have, and drops the others.
func (s *System) pass(p Proc, files []*file, keep bool) (out []FD) {
	for _, f := range files {
		if keep && s.room(p, 1) == nil {
			fd := s.install(p, f)
			out = append(out, fd)
			s.tell(Event{Kind: Passed, Rule: "unix-rights", Proc: p, Of: int(fd)})
		}
		s.inFlight--
		s.put(f)
	}
	return out
}

// drop removes the first buffer of a queue: its sender has its memory again.
func (s *System) drop(x *sock) {
	b := x.queue[0]
	x.queue[0] = skb{}
	x.queue = x.queue[1:]
	s.bytes -= len(b.data)
	b.from.sent -= b.truesize
	s.tell(Event{Kind: Consumed, Rule: "unix-buffers"})
	if !b.from.dead && (b.from.sent+1)*4 <= s.config.SndBuf {
		s.wakeAll(&b.from.writers)
	}
	for _, f := range b.files {
		s.inFlight--
		s.put(f)
	}
}

// A How names the directions that Shutdown ends.
type How string

// The directions.
const (
	RD   How = "RD" // what the socket receives
	WR   How = "WR" // what it sends
	RDWR How = "RDWR"
)

// Shutdown ends one or both directions of a socket, and leaves its descriptors. It returns
// ENOTSOCK if the file is not a socket, and EINVAL if how is unknown.
func (s *System) Shutdown(p Proc, fd FD, how How) error {
	if err := s.call(p); err != nil {
		return err
	}
	f, err := s.lookup(p, fd)
	switch {
	case err != nil:
		return err
	case f.sock == nil:
		return ENOTSOCK
	case how != RD && how != WR && how != RDWR:
		return EINVAL
	}
	x, receive, send := f.sock, how != WR, how != RD
	x.rcvShut, x.sndShut = x.rcvShut || receive, x.sndShut || send
	s.wakeAll(&x.readers)
	s.wakeAll(&x.writers)
	if y := x.peer; y != nil && !x.dgram && !y.dead {
		y.rcvShut, y.sndShut = y.rcvShut || send, y.sndShut || receive
		s.wakeAll(&y.readers)
		s.wakeAll(&y.writers)
	}
	return nil
}

// releaseSock is unix_release_sock. It returns the files that its queue carried.
func (s *System) releaseSock(x *sock) (carried []*file) {
	x.dead, x.rcvShut, x.sndShut = true, true, true
	if y := x.peer; y != nil && !x.dgram && !y.dead {
		y.rcvShut, y.sndShut = true, true
		if len(x.queue) > 0 {
			y.err = ECONNRESET
		}
		s.wakeAll(&y.readers)
		s.wakeAll(&y.writers)
	}
	for len(x.queue) > 0 {
		carried = append(carried, x.queue[0].files...)
		s.inFlight -= len(x.queue[0].files)
		x.queue[0].files = nil
		s.drop(x)
	}
	return carried
}
