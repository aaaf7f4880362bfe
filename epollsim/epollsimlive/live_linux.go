package epollsimlive

import (
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/orrery-go/orrery/epollsim"
)

// A Live performs operations on real files. Its descriptors have a range of their own:
// number n of the model is base+n. Only the Live opens descriptors there, so that the
// lowest free one is the same in both.
type Live struct {
	base   int
	listen int // a TCP socket, for TCPPair
	addr   unix.Sockaddr
	buf    []byte
	open   map[int]bool // whether it is an eventfd
}

// Kernel returns the release of the running kernel.
func Kernel() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Release[:])
}

// New returns a Live whose descriptors begin at base.
func New(base int) (*Live, error) {
	l := &Live{base: base, buf: make([]byte, 1<<19), open: map[int]bool{}}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	l.listen = fd
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return nil, err
	}
	if err := unix.Listen(fd, 8); err != nil {
		return nil, err
	}
	if l.addr, err = unix.Getsockname(fd); err != nil {
		return nil, err
	}
	return l, nil
}

// Begin opens descriptors 0, 1 and 2, as a kernel of the model does.
func (l *Live) Begin() error {
	for range 3 {
		if _, err := l.regular(); err != nil {
			return err
		}
	}
	return nil
}

// End closes all descriptors of the program.
func (l *Live) End() {
	for fd := range l.open {
		unix.Close(fd)
	}
	clear(l.open)
}

// Close also closes the descriptors that New opened.
func (l *Live) Close() {
	l.End()
	unix.Close(l.listen)
}

// SndBuf returns the size of the send buffer of a new unix socket in bytes.
func SndBuf() (int, error) {
	p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(p[0])
	defer unix.Close(p[1])
	return unix.GetsockoptInt(p[0], unix.SOL_SOCKET, unix.SO_SNDBUF)
}

// real returns the real descriptor for one of the model.
func (l *Live) real(fd epollsim.FD) int {
	if fd < 0 {
		return int(fd)
	}
	return l.base + int(fd)
}

// move moves a new descriptor to the lowest free number of the range.
func (l *Live) move(fd int, err error) (epollsim.FD, error) {
	if err != nil {
		return -1, err
	}
	to, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, l.base)
	unix.Close(fd)
	if err != nil {
		return -1, err
	}
	l.open[to] = false
	return epollsim.FD(to - l.base), nil
}

func (l *Live) regular() (epollsim.FD, error) { return l.move(unix.MemfdCreate("epollsim", 0)) }

func (l *Live) pair(a, b int, err error) (o epollsim.Outcome, _ error) {
	if err != nil {
		return o, err
	}
	x, err := l.move(a, nil)
	if err != nil {
		return o, err
	}
	y, err := l.move(b, nil)
	return epollsim.Outcome{FD: x, Other: y}, err
}

func (l *Live) tcp() (a, b int, err error) {
	if a, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return
	}
	if err = unix.Connect(a, l.addr); err != nil {
		return
	}
	if b, _, err = unix.Accept4(l.listen, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC); err != nil {
		return
	}
	for _, fd := range []int{a, b} {
		if err = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
			return
		}
		const delackMax = 46 // TCP_DELACK_MAX_US, since 6.15: so that settle is quick
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, delackMax, 1000)
	}
	return a, b, unix.SetNonblock(a, true)
}

// rw reads or writes with a raw system call, since the wrappers refuse some numbers of
// bytes.
func (l *Live) rw(call uintptr, fd, n int) (int, error) {
	if n > len(l.buf) {
		return 0, fmt.Errorf("epollsimlive: %d bytes are too many", n)
	}
	r, _, errno := unix.Syscall(call, uintptr(fd), uintptr(unsafe.Pointer(&l.buf[0])), uintptr(n))
	if errno != 0 {
		return 0, errno
	}
	return int(r), nil
}

// Do performs an operation as [epollsim.Kernel.Do] does. The error is an [epollsim.Errno]
// if it is one of the kernel.
func (l *Live) Do(op epollsim.Op) (epollsim.Outcome, error) {
	o, err := l.do(op)
	if errno, ok := err.(unix.Errno); ok {
		return epollsim.Outcome{}, epollsim.Errno(unix.ErrnoName(errno))
	}
	return o, err
}

func (l *Live) do(op epollsim.Op) (o epollsim.Outcome, err error) {
	fd := l.real(op.FD)
	switch op.Verb {
	case epollsim.EventFDVerb:
		flags := unix.EFD_NONBLOCK
		if op.Semaphore {
			flags |= unix.EFD_SEMAPHORE
		}
		if o.FD, err = l.move(unix.Eventfd(uint(op.Value), flags)); err == nil {
			l.open[l.real(o.FD)] = true
		}
	case epollsim.PipeVerb:
		var p [2]int
		err = unix.Pipe2(p[:], unix.O_NONBLOCK)
		return l.pair(p[0], p[1], err)
	case epollsim.SocketPairVerb:
		p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
		return l.pair(p[0], p[1], err)
	case epollsim.TCPVerb:
		return l.pair(l.tcp())
	case epollsim.RegularVerb:
		o.FD, err = l.regular()
	case epollsim.CreateVerb:
		o.FD, err = l.move(unix.EpollCreate1(0))
	case epollsim.CreateSizeVerb:
		o.FD, err = l.move(unix.EpollCreate(op.N))
	case epollsim.DupVerb:
		var to int
		if to, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, l.base); err == nil {
			l.open[to] = l.open[fd]
			o.FD = epollsim.FD(to - l.base)
		}
	case epollsim.CloseVerb:
		if err = unix.Close(fd); err == nil {
			delete(l.open, fd)
		}
	case epollsim.ReadVerb:
		clear(l.buf[:8])
		o.N, err = l.rw(unix.SYS_READ, fd, op.N)
		if err == nil && o.N == 8 && l.open[fd] {
			o.Value = binary.NativeEndian.Uint64(l.buf)
		}
	case epollsim.WriteVerb:
		clear(l.buf[:8])
		l.buf[0] = 1
		o.N, err = l.rw(unix.SYS_WRITE, fd, op.N)
	case epollsim.SignalVerb:
		binary.NativeEndian.PutUint64(l.buf, op.Value)
		o.N, err = l.rw(unix.SYS_WRITE, fd, 8)
	case epollsim.ShutdownVerb:
		err = unix.Shutdown(fd, int(op.How))
		l.settle(fd)
	case epollsim.CtlVerb:
		e := unix.EpollEvent{Events: uint32(op.Events), Fd: int32(op.Value), Pad: int32(op.Value >> 32)}
		err = unix.EpollCtl(fd, int(op.Ctl), l.real(op.Target), &e)
	case epollsim.WaitVerb:
		return l.wait(fd, op.N)
	case epollsim.PollVerb:
		return l.poll(op.Polls)
	case epollsim.SelectVerb:
		return l.selects(op)
	default:
		return o, fmt.Errorf("epollsimlive: %s is about the model", op.Verb)
	}
	return o, err
}

// settle waits until the FIN of a socket is acknowledged, if it has sent one: the
// acknowledgement wakes it once more, and can take 40 ms.
func (l *Live) settle(fd int) {
	for other := range l.open {
		_ = unix.SetsockoptInt(other, unix.IPPROTO_TCP, unix.TCP_QUICKACK, 1)
	}
	const finWait1 = 4
	for range 1000 {
		if info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO); err != nil || info.State != finWait1 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func (l *Live) wait(fd, max int) (o epollsim.Outcome, err error) {
	var events [64]unix.EpollEvent
	if max > len(events) {
		return o, fmt.Errorf("epollsimlive: %d events are too many", max)
	}
	n, _, errno := unix.Syscall6(unix.SYS_EPOLL_PWAIT, uintptr(fd), uintptr(unsafe.Pointer(&events[0])), uintptr(max), 0, 0, 0)
	if errno != 0 {
		return o, errno
	}
	for _, e := range events[:n] {
		o.Ready = append(o.Ready, epollsim.Ready{Events: epollsim.Events(e.Events), Data: uint64(uint32(e.Fd)) | uint64(uint32(e.Pad))<<32})
	}
	o.N = int(n)
	return o, nil
}

func (l *Live) poll(list []epollsim.PollFD) (o epollsim.Outcome, err error) {
	fds := make([]unix.PollFd, len(list))
	for i, p := range list {
		fds[i] = unix.PollFd{Fd: int32(l.real(p.FD)), Events: int16(p.Events)}
	}
	if _, err := unix.Poll(fds, 0); err != nil {
		return o, err
	}
	for i, p := range list {
		p.Revents = epollsim.Events(uint16(fds[i].Revents))
		o.Polls = append(o.Polls, p)
	}
	return o, nil
}

func (l *Live) selects(op epollsim.Op) (o epollsim.Outcome, err error) {
	n := op.N
	if n >= 0 {
		n += l.base
	}
	sets := [3][]uint64{}
	for i, list := range [][]epollsim.FD{op.Sets.In, op.Sets.Out, op.Sets.Ex} {
		sets[i] = make([]uint64, l.base/64+20)
		for _, fd := range list {
			real := l.real(fd)
			sets[i][real/64] |= 1 << (real % 64)
		}
	}
	var zero unix.Timespec
	got, _, errno := unix.Syscall6(unix.SYS_PSELECT6, uintptr(n), uintptr(unsafe.Pointer(&sets[0][0])), uintptr(unsafe.Pointer(&sets[1][0])),
		uintptr(unsafe.Pointer(&sets[2][0])), uintptr(unsafe.Pointer(&zero)), 0)
	if errno != 0 {
		return o, errno
	}
	o.N = int(got)
	for i, list := range []*[]epollsim.FD{&o.Sets.In, &o.Sets.Out, &o.Sets.Ex} {
		*list = []epollsim.FD{}
		for real := l.base; real < l.base+op.N; real++ {
			if sets[i][real/64]>>(real%64)&1 != 0 {
				*list = append(*list, epollsim.FD(real-l.base))
			}
		}
	}
	return o, nil
}

// Interests lists the items of an epoll.
func (l *Live) Interests(fd epollsim.FD) (out []Interest, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/self/fdinfo/%d", l.real(fd)))
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		var tfd int
		var events uint32
		var data uint64
		if n, _ := fmt.Sscanf(line, "tfd: %d events: %x data: %x", &tfd, &events, &data); n == 3 {
			out = append(out, Interest{epollsim.FD(tfd - l.base), epollsim.Events(events) &^ epollsim.WAKEUP, data})
		}
	}
	sortInterests(out)
	return out, nil
}

// Link reports what the link of a descriptor in /proc/self/fd says.
func (l *Live) Link(fd epollsim.FD) (string, error) {
	return os.Readlink(fmt.Sprintf("/proc/self/fd/%d", l.real(fd)))
}

// Cache reports whether the kernel has a slab cache of that name.
func Cache(name string) bool {
	_, err := os.Stat("/sys/kernel/slab/" + name)
	return err == nil
}

// Sleeps reports whether a wait for an epoll without items sleeps for its whole timeout
// and returns nothing.
func Sleeps(d time.Duration) (bool, error) {
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return false, err
	}
	defer unix.Close(ep)
	for {
		start := time.Now()
		n, err := unix.EpollWait(ep, make([]unix.EpollEvent, 1), int(d.Milliseconds()))
		if err == unix.EINTR {
			continue
		}
		return n == 0 && time.Since(start) >= d, err
	}
}
