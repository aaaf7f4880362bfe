package epollsim

// A unixSock is one of a pair of stream sockets (net/unix/af_unix.c). What is sent is
// a list of buffers (sk_buff) on the receiver's queue, each counted against the sender
// until the last of its bytes was read.
type unixSock struct {
	file     ref // 0 when it is closed
	peer     ref
	queue    []skb // from head on, what was sent to it
	head     int
	sent     int // bytes of memory that its own buffers take, wherever they are
	shutdown Events
	err      Errno
}

// An skb is a buffer: the bytes that are left in it, and the memory that it takes.
type skb struct{ len, truesize int32 }

// What a side of a connection does no more.
const (
	rcvShutdown  = 1
	sendShutdown = 2
	bothShutdown = 3
)

// SocketPair makes a pair of unix stream sockets.
func (k *Kernel) SocketPair() (a, b FD, err error) {
	if err := k.begin(Op{Verb: SocketPairVerb}); err != nil {
		return -1, -1, err
	}
	if err := k.room(2); err != nil {
		return -1, -1, k.fail(err)
	}
	x, y := k.unixes.make(), k.unixes.make()
	a, b = k.open(unixFile, x), k.open(unixFile, y)
	sx, sy := k.unixes.at(x), k.unixes.at(y)
	*sx = unixSock{file: k.fds[a], peer: y, queue: sx.queue[:0]}
	*sy = unixSock{file: k.fds[b], peer: x, queue: sy.queue[:0]}
	return a, b, nil
}

const (
	skbOverhead = 256              // of a buffer's head
	skbShared   = 320              // skb_shared_info, in the same allocation as the data
	skbMaxHead  = page - skbShared // SKB_MAX_HEAD(0)
	skbFrags    = 32768            // UNIX_SKB_FRAGS_SZ
)

// truesize returns the memory of a buffer with n bytes: its data from kmalloc, and pages.
func truesize(n int) int {
	data := min(n, alignUp(max(0, n-skbMaxHead), page))
	return kmallocSize(alignUp(n-data, 64)+skbShared) + skbOverhead + alignUp(data, page)
}

func alignUp(n, to int) int { return (n + to - 1) / to * to }

// kmallocSize returns the size class of n bytes, from 320 on.
func kmallocSize(n int) int {
	size := 512
	for size < n {
		size *= 2
	}
	return size
}

// writable is unix_writable: at most a quarter of the send buffer is taken.
func (k *Kernel) unixWritable(s *unixSock) bool { return (s.sent+1)*4 <= k.config.SndBuf }

// writeUnix is unix_stream_sendmsg.
func (k *Kernel) writeUnix(f *file, n int) (Outcome, error) {
	s := k.unixes.at(f.obj)
	if s.shutdown&sendShutdown != 0 {
		return Outcome{}, EPIPE
	}
	p := k.unixes.at(s.peer)
	sent := 0
	for sent < n {
		if s.sent >= k.config.SndBuf {
			if sent == 0 {
				return Outcome{}, EAGAIN
			}
			break
		}
		size := min(n-sent, k.config.SndBuf/2-64, skbMaxHead+skbFrags)
		b := skb{int32(size), int32(truesize(size))}
		s.sent += int(b.truesize)
		if p.head > 0 && len(p.queue) == cap(p.queue) {
			p.queue = p.queue[:copy(p.queue, p.queue[p.head:])]
			p.head = 0
		}
		p.queue = append(p.queue, b)
		sent += size
		k.wake(k.files.at(p.file), arrives, "unix-wakes-in")
	}
	return Outcome{N: sent}, nil
}

// readUnix is unix_stream_read_generic.
func (k *Kernel) readUnix(f *file, n int) (Outcome, error) {
	s := k.unixes.at(f.obj)
	if n == 0 {
		return Outcome{}, nil
	}
	if s.head == len(s.queue) {
		switch {
		case s.err != "":
			err := s.err
			s.err = ""
			return Outcome{}, err
		case s.shutdown&rcvShutdown != 0:
			return Outcome{}, nil
		}
		return Outcome{}, EAGAIN
	}
	got := 0
	for got < n && s.head < len(s.queue) {
		b := &s.queue[s.head]
		take := min(int(b.len), n-got)
		got += take
		b.len -= int32(take)
		if b.len > 0 {
			break
		}
		k.consumed(s)
	}
	return Outcome{N: got}, nil
}

// consumed drops the first buffer of a queue: its sender has its memory again, and is
// woken if it can write (sock_wfree, unix_write_space).
func (k *Kernel) consumed(s *unixSock) {
	b := s.queue[s.head]
	if s.head++; s.head == len(s.queue) {
		s.queue, s.head = s.queue[:0], 0
	}
	p := k.unixes.at(s.peer)
	p.sent -= int(b.truesize)
	if p.file != 0 && k.unixWritable(p) {
		k.wake(k.files.at(p.file), room, "unix-wakes-out")
	}
}

func (k *Kernel) unixMask(s *unixSock) (m Events) {
	if s.err != "" {
		m |= ERR
	}
	if s.shutdown == bothShutdown {
		m |= HUP
	}
	if s.shutdown&rcvShutdown != 0 {
		m |= RDHUP | readable
	}
	if s.head < len(s.queue) {
		m |= readable
	}
	if k.unixWritable(s) {
		m |= room
	}
	return m
}

// shutdownUnix is unix_shutdown.
func (k *Kernel) shutdownUnix(f *file, how Events) {
	s := k.unixes.at(f.obj)
	s.shutdown |= how
	k.wakeAll(f, "unix-shutdown")
	if p := k.unixes.at(s.peer); p.file != 0 {
		p.shutdown |= how>>1&rcvShutdown | how<<1&sendShutdown
		k.wakeAll(k.files.at(p.file), "unix-shutdown")
	}
}

// releaseUnix is unix_release_sock.
func (k *Kernel) releaseUnix(f *file) {
	s := k.unixes.at(f.obj)
	s.file, s.shutdown = 0, bothShutdown
	p := k.unixes.at(s.peer)
	if p.file == 0 {
		k.unixes.free(s.peer)
		k.unixes.free(f.obj)
		return
	}
	p.shutdown = bothShutdown
	if s.head < len(s.queue) {
		p.err = ECONNRESET
	}
	k.wakeAll(k.files.at(p.file), "unix-close")
	for s.head < len(s.queue) {
		k.consumed(s)
	}
}

func (s *unixSock) bytes() (n int) {
	for _, b := range s.queue[s.head:] {
		n += int(b.len)
	}
	return n
}
