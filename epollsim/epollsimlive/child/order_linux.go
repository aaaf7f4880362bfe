package main

import (
	"fmt"
	"net"
	"runtime"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// The goroutines that wait for a connection.
const (
	reader = 1
	writer = 2
)

// A Run is a goroutine that has waited and runs again.
type Run struct {
	G    int
	Open bool // the descriptor is open when it does

	thread int
}

// order lets two goroutines wait, and makes both runnable. On one P they run in the order
// that the runtime chooses, unless sysmon asks for the P.
func order(how string) (a Answer, err error) {
	if n := runtime.GOMAXPROCS(0); n != 1 {
		return a, fmt.Errorf("on %d Ps there is no order", n)
	}
	conn, peer, err := connected()
	if err != nil {
		return a, err
	}
	defer conn.Close()
	defer syscall.Close(peer)
	var wake func() error
	ran := make(chan Run, 2)
	switch how {
	case "two readers": // the peer writes to a connection that two descriptors have
		for g := range 2 {
			f, err := conn.File()
			if err != nil {
				return a, err
			}
			defer f.Close()
			own, err := net.FileConn(f)
			if err != nil {
				return a, err
			}
			defer own.Close()
			if err := park(own.(*net.TCPConn), g+1, reader, g+1, ran); err != nil {
				return a, err
			}
		}
		wake = func() error { return raw(syscall.SYS_WRITE, peer, 2) }
	case "the peer closes", "it is closed":
		for _, g := range []int{reader, writer} {
			if err := park(conn, g, g, g, ran); err != nil {
				return a, err
			}
		}
		wake = conn.Close
		if how == "the peer closes" {
			wake = func() error { return raw(syscall.SYS_CLOSE, peer, 0) }
		}
	default:
		return a, fmt.Errorf("how %q?", how)
	}
	runtime.Gosched() // a time slice of its own
	began := time.Now()
	alone, err := quiet()
	if err != nil {
		return a, err
	}
	before, thread := tick(), syscall.Gettid()
	if err := wake(); err != nil {
		return a, err
	}
	a.Ran = []Run{<-ran, <-ran}
	a.Slices = int(tick() - before)
	for _, r := range a.Ran {
		if r.thread != thread { // the kernel has stopped this one in a system call, and sysmon took its P
			a.Disturbed = "another thread got the P"
			return a, nil
		}
	}
	if time.Since(began) > 9*time.Millisecond {
		a.Disturbed = "over 9 ms"
	} else if !alone() {
		a.Disturbed = "another thread asks the kernel"
	}
	return a, nil
}

// raw does a system call that the scheduler does not know of, with n bytes, so that the P
// stays here and no other thread begins to ask the kernel.
func raw(call uintptr, fd, n int) error {
	var bytes [2]byte
	if _, _, errno := syscall.RawSyscall(call, uintptr(fd), uintptr(unsafe.Pointer(&bytes)), uintptr(n)); errno != 0 {
		return errno
	}
	return nil
}

// park starts goroutine g, which reads or writes, and returns when n of them wait.
func park(conn *net.TCPConn, g, does, n int, ran chan<- Run) error {
	rc, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var fd uintptr
	if err := rc.Control(func(x uintptr) { fd = x }); err != nil {
		return err
	}
	go func() {
		if does == reader {
			conn.Read(make([]byte, 1))
		} else {
			for b := make([]byte, 1<<20); ; {
				if _, err := conn.Write(b); err != nil {
					break
				}
			}
		}
		// Before another goroutine can run.
		_, _, errno := syscall.RawSyscall(syscall.SYS_FCNTL, fd, syscall.F_GETFD, 0)
		ran <- Run{g, errno == 0, syscall.Gettid()}
	}()
	stacks := make([]byte, 1<<16)
	for range 20_000 {
		if strings.Count(string(stacks[:runtime.Stack(stacks, true)]), " [IO wait") == n {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return fmt.Errorf("goroutine %d does not wait", g)
}

// connected makes a connection by loopback. The runtime does not know of the peer.
func connected() (conn *net.TCPConn, peer int, err error) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, 0, err
	}
	defer l.Close()
	if conn, err = net.DialTCP("tcp", nil, l.Addr().(*net.TCPAddr)); err != nil {
		return nil, 0, err
	}
	rc, err := l.SyscallConn()
	if err != nil {
		return nil, 0, err
	}
	if failed := rc.Control(func(fd uintptr) { peer, _, err = syscall.Accept4(int(fd), syscall.SOCK_CLOEXEC) }); failed != nil {
		err = failed
	}
	if err != nil {
		conn.Close()
	}
	return conn, peer, err
}
