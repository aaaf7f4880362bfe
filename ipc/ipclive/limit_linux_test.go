package ipclive

import (
	"math"
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/orrery-go/orrery/ipc"
)

// TestSignalLimit sends signals when the queue is full: to a process, where that is not
// an error, and to a thread, where it is.
func TestSignalLimit(t *testing.T) {
	const first, second = 40, 41
	type answer struct{ twice, taken, again, thread string }
	name := func(err error) string {
		switch e := err.(type) {
		case nil:
			return "nil"
		case unix.Errno:
			if e == 0 {
				return "nil"
			}
			return unix.ErrnoName(e)
		}
		return err.Error()
	}
	bit := func(sig int) uint64 { return 1 << (sig - 1) }

	var real answer
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		var old, all unix.Sigset_t
		for i := range all.Val {
			all.Val[i] = ^all.Val[i]
		}
		if err := unix.PthreadSigmask(unix.SIG_BLOCK, &all, &old); err != nil {
			done <- err
			return
		}
		var was unix.Rlimit
		err := unix.Getrlimit(unix.RLIMIT_SIGPENDING, &was)
		if err == nil {
			err = unix.Setrlimit(unix.RLIMIT_SIGPENDING, &unix.Rlimit{Cur: 0, Max: was.Max})
		}
		if err != nil {
			done <- err
			return
		}
		pid, tid := uintptr(unix.Getpid()), uintptr(unix.Gettid())
		// A signal from kill has the code SI_USER, which is 0, and would go to any
		// thread.
		info := [32]int32{0: first}
		for range 2 {
			_, _, errno := unix.RawSyscall6(unix.SYS_RT_TGSIGQUEUEINFO, pid, tid, first, uintptr(unsafe.Pointer(&info)), 0, 0)
			real.twice += name(errno)
		}
		_, _, errno := unix.RawSyscall(unix.SYS_TGKILL, pid, tid, second)
		real.thread = name(errno)
		_, err = take(bit(first))
		real.taken = name(err)
		_, err = take(bit(first))
		real.again = name(err)
		done <- unix.Setrlimit(unix.RLIMIT_SIGPENDING, &was)
	}()
	if err := <-done; err != nil {
		t.Skip(err)
	}

	s, err := ipc.New(ipc.Config{})
	if err != nil {
		t.Fatal(err)
	}
	thread, err := s.Thread(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []ipc.Proc{2, thread} {
		for range 1024 {
			if err := s.Kill(1, to, 50); err != nil {
				t.Fatal(err)
			}
		}
	}
	var model answer
	for range 2 {
		model.twice += name(s.Kill(1, 2, first))
	}
	model.thread = name(s.Kill(1, thread, second))
	_, err = s.Take(2, bit(first))
	model.taken = name(err)
	_, err = s.Take(2, bit(first))
	model.again = name(err)
	if model != real || real.thread != "EAGAIN" {
		t.Errorf("model %+v, real %+v", model, real)
	}
}

// TestLargestPipe: a size of 2^31 bytes is one, though a process without privileges gets
// EPERM; one byte more is EINVAL.
func TestLargestPipe(t *testing.T) {
	live(t)
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(p[0])
	defer unix.Close(p[1])
	s, err := ipc.New(ipc.Config{})
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := s.Pipe(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{math.MinInt32, math.MinInt32 + 1, -1} { // the kernel takes an unsigned int
		_, want := s.SetPipeSize(1, r, n)
		_, got := unix.FcntlInt(uintptr(p[0]), unix.F_SETPIPE_SZ, n)
		if (want == ipc.EINVAL) != (got == unix.EINVAL) {
			t.Errorf("a size of %d: %v, the model says %v", uint32(n), got, want)
		}
	}
}
