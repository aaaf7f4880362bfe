package ipclive

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/orrery-go/orrery/ipc"
)

// A Live performs operations on real files. For signals, two threads stand for the
// processes.
type Live struct {
	dir     string // folder of the FIFOs
	fds     map[key]int
	fifos   int
	queues  int
	buf     []byte
	threads map[ipc.Proc]*thread
}

// A key identifies a descriptor of the model.
type key struct {
	proc ipc.Proc
	fd   ipc.FD
}

// Kernel returns the release of the running kernel.
func Kernel() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Release[:])
}

// New returns a Live that puts its FIFOs into a folder.
func New(dir string) (*Live, error) {
	return &Live{dir: dir, fds: map[key]int{}, buf: make([]byte, 1<<19), threads: map[ipc.Proc]*thread{}}, nil
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

// End closes all descriptors, and removes all files with a name.
func (l *Live) End() {
	for k, fd := range l.fds {
		unix.Close(fd)
		delete(l.fds, k)
	}
	for i := 1; i <= l.fifos; i++ {
		os.Remove(l.fifo(i))
	}
	l.fifos = 0
	for p, t := range l.threads {
		close(t.work)
		delete(l.threads, p)
	}
}

func (l *Live) fifo(n int) string { return filepath.Join(l.dir, fmt.Sprint("fifo", n)) }

func (l *Live) real(p ipc.Proc, fd ipc.FD) int {
	if real, ok := l.fds[key{p, fd}]; ok {
		return real
	}
	return -1
}

// Do performs an operation as [ipc.System.Do] does. The new descriptors get the numbers
// that the model gave them.
func (l *Live) Do(op ipc.Op, made []ipc.FD) (ipc.Outcome, error) {
	o, real, err := l.do(op)
	if errno, ok := err.(unix.Errno); ok {
		return ipc.Outcome{}, ipc.Errno(unix.ErrnoName(errno))
	}
	to := op.Proc
	if op.Verb == ipc.GiveVerb {
		to = op.To
	}
	for i, fd := range real {
		if i >= len(made) {
			unix.Close(fd)
			o.FDs = append(o.FDs, -1) // the model has made fewer descriptors
			continue
		}
		l.fds[key{to, made[i]}] = fd
		o.FDs = append(o.FDs, made[i])
	}
	return o, err
}

func (l *Live) do(op ipc.Op) (o ipc.Outcome, made []int, err error) {
	fd := l.real(op.Proc, op.FD)
	switch op.Verb {
	case ipc.PipeVerb:
		var p [2]int
		err = unix.Pipe2(p[:], unix.O_NONBLOCK|unix.O_CLOEXEC)
		made = p[:]
	case ipc.FIFOVerb:
		l.fifos++
		o.N, err = l.fifos, unix.Mkfifo(l.fifo(l.fifos), 0o600)
	case ipc.OpenVerb:
		flags := map[ipc.Mode]int{ipc.ReadOnly: unix.O_RDONLY, ipc.WriteOnly: unix.O_WRONLY, ipc.ReadWrite: unix.O_RDWR}[op.Mode]
		var fd int
		fd, err = unix.Open(l.fifo(op.N), flags|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		made = []int{fd}
		if op.N < 1 || op.N > l.fifos {
			err = unix.EINVAL // as the model returns
		}
	case ipc.PipeSizeVerb:
		o.N, err = unix.FcntlInt(uintptr(fd), unix.F_GETPIPE_SZ, 0)
	case ipc.SetPipeSizeVerb:
		o.N, err = unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, op.N)
	case ipc.SocketPairVerb:
		typ := unix.SOCK_STREAM
		if op.Datagram {
			typ = unix.SOCK_DGRAM
		}
		var p [2]int
		p, err = unix.Socketpair(unix.AF_UNIX, typ|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		made = p[:]
	case ipc.GiveVerb:
		var to int
		to, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
		made = []int{to}
	case ipc.CloseVerb:
		if err = unix.Close(fd); err == nil {
			delete(l.fds, key{op.Proc, op.FD})
		}
	case ipc.ReadVerb:
		o.N, err = unix.Read(fd, l.buf[:op.N])
		o.Data = append([]byte{}, l.buf[:max(o.N, 0)]...)
	case ipc.WriteVerb:
		o.N, err = unix.Write(fd, op.Data)
	case ipc.SendVerb:
		var fds []int
		for _, f := range op.FDs {
			fds = append(fds, l.real(op.Proc, f))
		}
		var rights []byte
		if len(fds) > 0 {
			rights = unix.UnixRights(fds...)
		}
		o.N, err = unix.SendmsgN(fd, op.Data, rights, nil, unix.MSG_NOSIGNAL)
	case ipc.RecvVerb:
		return l.recv(fd, op.N)
	case ipc.ShutdownVerb:
		err = unix.Shutdown(fd, slices.Index(hows, op.How))
	case ipc.QueueVerb, ipc.PostVerb, ipc.FetchVerb:
		return l.queue(fd, op)
	case ipc.KillVerb, ipc.TakeVerb:
		o, err = l.signal(op)
	default:
		err = fmt.Errorf("ipclive: %s is about the model", op.Verb)
	}
	if err != nil {
		made = nil
	}
	return o, made, err
}

func (l *Live) recv(fd, n int) (o ipc.Outcome, made []int, err error) {
	oob := make([]byte, 4096)
	got, oobn, flags, _, err := unix.Recvmsg(fd, l.buf[:n], oob, unix.MSG_CMSG_CLOEXEC)
	if err != nil {
		return o, nil, err
	}
	o.N, o.Truncated = got, flags&unix.MSG_TRUNC != 0
	o.Data = append([]byte{}, l.buf[:got]...)
	if oobn > 0 {
		messages, err := unix.ParseSocketControlMessage(oob[:oobn])
		if err != nil {
			return o, nil, err
		}
		for _, m := range messages {
			fds, err := unix.ParseUnixRights(&m)
			if err != nil {
				return o, nil, err
			}
			made = append(made, fds...)
		}
	}
	return o, made, nil
}

// mqAttr is struct mq_attr.
type mqAttr struct{ flags, maxmsg, msgsize, curmsgs, _, _, _, _ int }

func (l *Live) queue(fd int, op ipc.Op) (o ipc.Outcome, made []int, err error) {
	var errno unix.Errno
	var r uintptr
	switch op.Verb {
	case ipc.QueueVerb:
		l.queues++
		name, err := unix.BytePtrFromString(fmt.Sprintf("orrery-%d-%d", os.Getpid(), l.queues))
		if err != nil {
			return o, nil, err
		}
		attr := mqAttr{maxmsg: op.Most, msgsize: op.N}
		r, _, errno = unix.Syscall6(unix.SYS_MQ_OPEN, uintptr(unsafe.Pointer(name)), unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_NONBLOCK, 0o600, uintptr(unsafe.Pointer(&attr)), 0, 0)
		if errno == 0 {
			made = []int{int(r)}
			unix.Syscall(unix.SYS_MQ_UNLINK, uintptr(unsafe.Pointer(name)), 0, 0)
		}
	case ipc.PostVerb:
		data := append(op.Data, 0) // a slice that is not empty has an address
		_, _, errno = unix.Syscall6(unix.SYS_MQ_TIMEDSEND, uintptr(fd), uintptr(unsafe.Pointer(&data[0])), uintptr(len(op.Data)), uintptr(op.Most), 0, 0)
		o.N = len(op.Data)
	case ipc.FetchVerb:
		var priority uint32
		r, _, errno = unix.Syscall6(unix.SYS_MQ_TIMEDRECEIVE, uintptr(fd), uintptr(unsafe.Pointer(&l.buf[0])), uintptr(op.N), uintptr(unsafe.Pointer(&priority)), 0, 0)
		if errno == 0 {
			o.N, o.Priority = int(r), int(priority)
			o.Data = append([]byte{}, l.buf[:r]...)
		}
	}
	if errno != 0 {
		return ipc.Outcome{}, nil, errno
	}
	return o, made, nil
}

// A thread stands for a process, and blocks all signals.
type thread struct {
	tid  int
	work chan func()
}

func (l *Live) thread(p ipc.Proc) *thread {
	if t := l.threads[p]; t != nil {
		return t
	}
	t := &thread{work: make(chan func())}
	started := make(chan int)
	go func() {
		// It is never unlocked: the thread ends with the goroutine, and its mask with
		// it.
		runtime.LockOSThread()
		var all unix.Sigset_t
		for i := range all.Val {
			all.Val[i] = ^all.Val[i] &^ 0
		}
		_ = unix.PthreadSigmask(unix.SIG_SETMASK, &all, nil)
		started <- unix.Gettid()
		for f := range t.work {
			f()
		}
		// A pending signal would otherwise be delivered when the mask is gone.
		for {
			if _, err := take(^uint64(0)); err != nil {
				return
			}
		}
	}()
	t.tid = <-started
	l.threads[p] = t
	return t
}

// take performs rt_sigtimedwait without a timeout.
func take(set uint64) (int, error) {
	var zero unix.Timespec
	r, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGTIMEDWAIT, uintptr(unsafe.Pointer(&set)), 0, uintptr(unsafe.Pointer(&zero)), 8, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(r), nil
}

func (l *Live) signal(op ipc.Op) (o ipc.Outcome, err error) {
	l.thread(1)
	l.thread(2)
	if op.Verb == ipc.KillVerb {
		_, _, errno := unix.RawSyscall(unix.SYS_TGKILL, uintptr(unix.Getpid()), uintptr(l.threads[op.To].tid), uintptr(op.N))
		if errno != 0 {
			err = errno
		}
		return o, err
	}
	done := make(chan struct{})
	l.threads[op.Proc].work <- func() {
		o.Signal, err = take(op.Set)
		close(done)
	}
	<-done
	return o, err
}
