package ipclive

import (
	"fmt"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/orrery-go/orrery/ipc"
)

// TestPeerGone makes a thread sleep in a write to a stream, and then closes the other
// end, which has bytes that nobody has read: the write returns ECONNRESET, once, unless
// a part was sent.
func TestPeerGone(t *testing.T) {
	live(t)
	sndbuf, err := SndBuf()
	if err != nil {
		t.Fatal(err)
	}
	name := func(n int, err error) string {
		if e, ok := err.(unix.Errno); ok {
			return unix.ErrnoName(e)
		}
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(n)
	}
	for _, part := range []bool{false, true} {
		p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		s, err := ipc.New(ipc.Config{SndBuf: sndbuf})
		if err != nil {
			t.Fatal(err)
		}
		a, b, err := s.SocketPair(1, false)
		if err != nil {
			t.Fatal(err)
		}
		n := 1 << 20
		if !part { // there is no room for a part of it
			if err := unix.SetNonblock(p[0], true); err != nil {
				t.Fatal(err)
			}
			for err = nil; err == nil; {
				_, err = unix.Write(p[0], make([]byte, 1000))
			}
			if err := unix.SetNonblock(p[0], false); err != nil {
				t.Fatal(err)
			}
			if err := s.SetNonblock(1, a, true); err != nil {
				t.Fatal(err)
			}
			for err = nil; err == nil; {
				_, err = s.Write(1, a, make([]byte, 1000))
			}
			if err := s.SetNonblock(1, a, false); err != nil {
				t.Fatal(err)
			}
			n = 1000
		}
		done, tid := make(chan string, 1), make(chan int)
		go func() {
			runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
			var all unix.Sigset_t  // blocks all signals, since one would end a write that has sent a part
			for i := range all.Val {
				all.Val[i] = ^all.Val[i]
			}
			if err := unix.PthreadSigmask(unix.SIG_BLOCK, &all, nil); err != nil {
				t.Error(err)
			}
			tid <- unix.Gettid()
			m, err := unix.SendmsgN(p[0], make([]byte, n), nil, nil, unix.MSG_NOSIGNAL)
			done <- name(m, err)
		}()
		if !asleep(<-tid, unix.SYS_SENDMSG) {
			t.Fatal("the thread does not sleep")
		}
		o, err := s.Write(1, a, make([]byte, n))
		if o.Waiter == 0 || err != nil {
			t.Fatalf("%v, %v", o, err)
		}
		if err := unix.Close(p[1]); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(1, b); err != nil {
			t.Fatal(err)
		}
		real := []string{<-done}
		for range 2 {
			m, err := unix.SendmsgN(p[0], []byte{1}, nil, nil, unix.MSG_NOSIGNAL)
			real = append(real, name(m, err))
			m, err = unix.Read(p[0], make([]byte, 10))
			real = append(real, name(m, err))
		}
		unix.Close(p[0])
		o, err = s.Resume(o.Waiter)
		model := []string{name(o.N, err)}
		for range 2 {
			o, err = s.Write(1, a, []byte{1})
			model = append(model, name(o.N, err))
			o, err = s.Read(1, a, 10)
			model = append(model, name(o.N, err))
		}
		t.Logf("a part is sent: %v: %v", part, real)
		if fmt.Sprint(model) != fmt.Sprint(real) {
			t.Errorf("a part is sent: %v: model %v, real %v", part, model, real)
		}
		if err := s.Check(); err != nil {
			t.Error(err)
		}
	}
}

// TestSendBuffer fills send buffers so that the last message takes the last byte, or all
// but one: a message is accepted while any byte is free.
func TestSendBuffer(t *testing.T) {
	for _, typ := range []int{unix.SOCK_STREAM, unix.SOCK_DGRAM} {
		for _, n := range []int{1, 192, 193, 704, 705, 1728, 1729} {
			for _, size := range []int{7680, 7682, 7678, 12800, 12802, 23040} {
				p, err := unix.Socketpair(unix.AF_UNIX, typ|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
				if err != nil {
					t.Fatal(err)
				}
				if err := unix.SetsockoptInt(p[0], unix.SOL_SOCKET, unix.SO_SNDBUF, size/2); err != nil { // Linux doubles it
					t.Fatal(err)
				}
				s, err := ipc.New(ipc.Config{SndBuf: size, Nonblock: true})
				if err != nil {
					t.Fatal(err)
				}
				a, _, err := s.SocketPair(1, typ == unix.SOCK_DGRAM)
				if err != nil {
					t.Fatal(err)
				}
				real, model := 0, 0
				for err = nil; err == nil; real++ {
					_, err = unix.Write(p[0], make([]byte, n))
				}
				if err != unix.EAGAIN {
					t.Fatal(err)
				}
				for err = nil; err == nil; model++ {
					_, err = s.Write(1, a, make([]byte, n))
				}
				if err != ipc.EAGAIN || model != real {
					t.Errorf("type %d, a buffer of %d: %d messages of %d, the model says %d, %v", typ, size, real-1, n, model-1, err)
				}
				unix.Close(p[0])
				unix.Close(p[1])
			}
		}
	}
}
