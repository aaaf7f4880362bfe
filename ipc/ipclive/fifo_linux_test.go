package ipclive

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/orrery-go/orrery/ipc"
)

// switches returns how often a thread has gone to sleep.
func switches(t *testing.T, tid int) string {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/status", tid))
	if err != nil {
		t.Fatal(err)
	}
	return string(regexp.MustCompile(`(?m)^voluntary_ctxt_switches:.*$`).Find(status))
}

// TestPartners has threads wait in open of a FIFO, and compares which of them are woken in
// vain, and sleep again, while others open and close the same side, and which go on when
// another opens the other side.
func TestPartners(t *testing.T) {
	live(t)
	type waiter struct{ id, tid int }
	vain := 0
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 1))
		name := filepath.Join(t.TempDir(), "fifo")
		if err := unix.Mkfifo(name, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := ipc.New(ipc.Config{})
		if err != nil {
			t.Fatal(err)
		}
		fifo, err := s.FIFO(1)
		if err != nil {
			t.Fatal(err)
		}
		own, flag, other, otherFlag := ipc.ReadOnly, unix.O_RDONLY, ipc.WriteOnly, unix.O_WRONLY
		if seed%2 == 1 {
			own, flag, other, otherFlag = other, otherFlag, own, flag
		}
		var waiters []waiter
		opened := make(chan int, 10)
		begin := func() {
			o, err := s.Open(1, fifo, own, false)
			if err != nil || o.Waiter == 0 {
				t.Fatalf("%v, %v", o, err)
			}
			tid := make(chan int)
			go func() {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				tid <- unix.Gettid()
				fd, err := unix.Open(name, flag|unix.O_CLOEXEC, 0)
				if err != nil {
					t.Error(err)
				}
				opened <- fd
			}()
			w := waiter{o.Waiter, <-tid}
			if !asleep(w.tid, unix.SYS_OPENAT) {
				t.Fatal("the open does not sleep")
			}
			waiters = append(waiters, w)
		}
		begin()
		var fds []ipc.FD
		var real []int
		for step := range 20 {
			before := map[int]string{}
			for _, w := range waiters {
				before[w.id] = switches(t, w.tid)
			}
			what := "close"
			switch n := r.IntN(5); {
			case n == 0 && len(waiters) < 4:
				what = "open that waits"
				begin()
			case own == ipc.WriteOnly:
				continue // without a reader no other open of this side returns
			case n < 3 || len(fds) == 0:
				what = "open"
				o, err := s.Open(1, fifo, own, true)
				if err != nil {
					t.Fatal(err)
				}
				fd, err := unix.Open(name, flag|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
				if err != nil {
					t.Fatal(err)
				}
				fds, real = append(fds, o.FDs[0]), append(real, fd)
			default:
				if err := s.Close(1, fds[0]); err != nil {
					t.Fatal(err)
				}
				if err := unix.Close(real[0]); err != nil {
					t.Fatal(err)
				}
				fds, real = fds[1:], real[1:]
			}
			awake := s.Awake()
			for _, id := range awake {
				if o, err := s.Resume(id); o.Waiter != id || err != nil {
					t.Fatalf("%v, %v", o, err)
				}
			}
			vain += len(awake)
			time.Sleep(2 * time.Millisecond)
			for _, w := range waiters {
				was, ok := before[w.id]
				if !ok {
					continue
				}
				want := slices.Contains(awake, w.id)
				for i := 0; want && was == switches(t, w.tid) && i < 2000; i++ {
					time.Sleep(time.Millisecond)
				}
				if got := was != switches(t, w.tid); got != want || !asleep(w.tid, unix.SYS_OPENAT) {
					t.Fatalf("seed %d, step %d, %s: thread %d was woken: %v, the model says %v", seed, step, what, w.id, got, want)
				}
			}
		}
		o, err := s.Open(2, fifo, other, false)
		if err != nil || o.Waiter != 0 {
			t.Fatalf("%v, %v", o, err)
		}
		fd, err := unix.Open(name, otherFlag|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		real = append(real, fd)
		for _, w := range waiters {
			if o, err := s.Resume(w.id); len(o.FDs) != 1 || err != nil {
				t.Errorf("%v, %v", o, err)
			}
			real = append(real, <-opened)
		}
		for _, fd := range real {
			unix.Close(fd)
		}
		if err := s.Check(); err != nil {
			t.Error(err)
		}
	}
	if vain < 10 {
		t.Errorf("only %d were woken in vain", vain)
	}
}
