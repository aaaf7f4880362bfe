package epollsim

// A tcpSock is one end of a connection by loopback, where every segment arrives before
// the call that sent it returns (net/ipv4/tcp.c).
type tcpSock struct {
	file     ref // 0 when it is closed
	peer     ref
	queue    int // bytes to read
	state    tcpState
	shutdown Events
	done     bool // a FIN has come (SOCK_DONE)
	noSpace  bool // someone waits for room
	err      Errno
}

type tcpState uint8

const (
	established tcpState = iota
	finWait              // it has sent a FIN
	closeWait            // it has got one
	tcpClosed            // both, or a reset
)

// tcpBuffer is what a connection holds in one direction. (In Linux that grows as
// needed, and depends on sizes and times of segments.)
const tcpBuffer = 1 << 18

// TCPPair makes a connection, as by listen, connect and accept.
func (k *Kernel) TCPPair() (a, b FD, err error) {
	if err := k.begin(Op{Verb: TCPVerb}); err != nil {
		return -1, -1, err
	}
	if err := k.room(2); err != nil {
		return -1, -1, k.fail(err)
	}
	x, y := k.tcps.make(), k.tcps.make()
	a, b = k.open(tcpFile, x), k.open(tcpFile, y)
	*k.tcps.at(x) = tcpSock{file: k.fds[a], peer: y}
	*k.tcps.at(y) = tcpSock{file: k.fds[b], peer: x}
	return a, b, nil
}

// hasRoom is sk_stream_is_writeable: a third of the buffer is free.
func (k *Kernel) hasRoom(s *tcpSock) bool { return k.tcps.at(s.peer).queue/2*3 <= tcpBuffer }

func (k *Kernel) writeTCP(f *file, n int) (Outcome, error) {
	s := k.tcps.at(f.obj)
	if s.err != "" || s.shutdown&sendShutdown != 0 {
		err := s.err
		if err == "" {
			err = EPIPE
		}
		s.err = ""
		return Outcome{}, err
	}
	if n == 0 {
		return Outcome{}, nil
	}
	p := k.tcps.at(s.peer)
	n = min(n, tcpBuffer-p.queue)
	switch {
	case n == 0:
		s.noSpace = true
		return Outcome{}, EAGAIN
	case p.file == 0:
		k.resetTCP(s)
	case p.state == finWait && p.shutdown&rcvShutdown != 0:
		// Data for one that has said that it takes no more (tcp_rcv_state_process).
		k.resetTCP(p)
		k.resetTCP(s)
	default:
		p.queue += n
		k.wake(k.files.at(p.file), arrives, "tcp-wakes-in")
	}
	return Outcome{N: n}, nil
}

func (k *Kernel) readTCP(f *file, n int) (Outcome, error) {
	s := k.tcps.at(f.obj)
	switch {
	case n == 0:
		return Outcome{}, nil
	case s.queue > 0:
		n = min(n, s.queue)
		s.queue -= n
		if p := k.tcps.at(s.peer); p.file != 0 && p.noSpace && k.hasRoom(p) {
			p.noSpace = false
			k.wake(k.files.at(p.file), room, "tcp-room")
		}
		return Outcome{N: n}, nil
	case s.done:
		return Outcome{}, nil
	case s.err != "":
		err := s.err
		s.err = ""
		return Outcome{}, err
	case s.shutdown&rcvShutdown != 0:
		return Outcome{}, nil
	}
	return Outcome{}, EAGAIN
}

func (k *Kernel) tcpMask(s *tcpSock) (m Events) {
	if s.shutdown == bothShutdown || s.state == tcpClosed {
		m |= HUP
	}
	if s.shutdown&rcvShutdown != 0 {
		m |= readable | RDHUP
	}
	if s.queue > 0 {
		m |= readable
	}
	if s.shutdown&sendShutdown != 0 || k.hasRoom(s) {
		m |= writable
	}
	if s.err != "" {
		m |= ERR
	}
	return m
}

// resetTCP is tcp_reset: what a RST does.
func (k *Kernel) resetTCP(s *tcpSock) {
	switch s.state {
	case tcpClosed:
		return
	case closeWait:
		s.err = EPIPE
	default:
		s.err = ECONNRESET
	}
	k.doneTCP(s, "tcp-reset")
	if s.file != 0 {
		k.wake(k.files.at(s.file), ERR, "tcp-reset")
	}
}

// doneTCP is tcp_done.
func (k *Kernel) doneTCP(s *tcpSock, rule string) {
	s.state, s.shutdown = tcpClosed, bothShutdown
	if s.file != 0 {
		k.wakeAll(k.files.at(s.file), rule)
	}
}

// finTCP sends a FIN, if the state is one to send it in, and does what that does at
// the other end (tcp_fin).
func (k *Kernel) finTCP(s *tcpSock) {
	p := k.tcps.at(s.peer)
	switch s.state {
	case established:
		s.state = finWait
		p.shutdown |= rcvShutdown
		p.done = true
		if p.state == established {
			p.state = closeWait
		}
		if p.file != 0 {
			k.wakeAll(k.files.at(p.file), "tcp-fin")
		}
		if s.file != 0 { // the FIN is acknowledged
			k.wakeAll(k.files.at(s.file), "tcp-fin")
		}
	case closeWait:
		p.shutdown |= rcvShutdown
		p.done = true
		k.doneTCP(p, "tcp-fin")
		k.doneTCP(s, "tcp-fin")
	}
}

// shutdownTCP is inet_shutdown.
func (k *Kernel) shutdownTCP(f *file, how Events) error {
	s := k.tcps.at(f.obj)
	var err error
	if s.state == tcpClosed {
		err = ENOTCONN
	}
	s.shutdown |= how
	if how&sendShutdown != 0 {
		k.finTCP(s)
	}
	k.wakeAll(f, "tcp-fin")
	return err
}

// releaseTCP is tcp_close: a FIN, but a RST if there was something to read.
func (k *Kernel) releaseTCP(f *file) {
	s := k.tcps.at(f.obj)
	unread := s.queue > 0
	s.file, s.queue, s.shutdown = 0, 0, bothShutdown
	p := k.tcps.at(s.peer)
	switch {
	case s.state == tcpClosed:
	case unread:
		s.state = tcpClosed
		k.resetTCP(p)
	default:
		k.finTCP(s)
	}
	if p.file == 0 {
		k.tcps.free(s.peer)
		k.tcps.free(f.obj)
	}
}
