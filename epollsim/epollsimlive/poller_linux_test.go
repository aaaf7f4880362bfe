package epollsimlive

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/orrery-go/orrery/epollsim"
	"github.com/orrery-go/orrery/epollsim/netpoll"
)

// TestGoPoller reads the interest list of the Go runtime that runs the test: it checks
// with which events a pipe is registered.
func TestGoPoller(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	conn, err := r.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var fd int
	if err := conn.Control(func(x uintptr) { fd = int(x) }); err != nil {
		t.Fatal(err)
	}
	live := inRuntime(t, fd)
	k, p := poller(t)
	mr, _, _ := k.Pipe()
	if _, err := p.Open(mr); err != nil {
		t.Fatal(err)
	}
	var want epollsim.Events
	for _, i := range k.Snapshot().Epolls[0].Tree {
		if i.FD == mr {
			want = i.Events
		}
	}
	if live.Events != want {
		t.Errorf("Go has added it with %v, the model with %v", live.Events, want)
	}
}

// inRuntime returns the item of a file in the epoll of the runtime that runs the test.
func inRuntime(t *testing.T, fd int) (found epollsim.Ready) {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	items := 0
	for _, d := range fds {
		if link, _ := os.Readlink("/proc/self/fd/" + d.Name()); link != "anon_inode:[eventpoll]" {
			continue
		}
		text, _ := os.ReadFile("/proc/self/fdinfo/" + d.Name())
		for line := range strings.Lines(string(text)) {
			var tfd int
			var r epollsim.Ready
			if n, _ := fmt.Sscanf(line, "tfd: %d events: %x data: %x", &tfd, &r.Events, &r.Data); n == 3 && tfd == fd {
				found = r
				items++
			}
		}
	}
	if items != 1 {
		t.Fatalf("descriptor %d is in %d epolls, want 1", fd, items)
	}
	return found
}

// poller makes the model of a runtime's poller, on a kernel of its own.
func poller(t *testing.T) (*epollsim.Kernel, *netpoll.Poller) {
	t.Helper()
	k, err := epollsim.New(epollsim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := netpoll.New(k)
	if err != nil {
		t.Fatal(err)
	}
	return k, p
}

// ioWait waits until n goroutines wait for the network.
func ioWait(t *testing.T, n int) {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(time.Millisecond) {
		if ioWaits() == n {
			return
		}
	}
	t.Fatalf("%d goroutines wait for the network, want %d", ioWaits(), n)
}

// ioWaits returns how many goroutines wait for the network. To see that, it stops the
// world, and the runtime asks the kernel when it starts it again.
func ioWaits() int {
	stacks := make([]byte, 1<<20)
	return strings.Count(string(stacks[:runtime.Stack(stacks, true)]), " [IO wait")
}

// TestGoClosed closes a file for which a goroutine waits, when a byte has come. If the
// runtime has looked since, and the goroutine is runnable, it reads the byte; if not, the
// byte is lost.
func TestGoClosed(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	lost := 0
	for i := range 100 {
		looked := i%2 == 0
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		live := make(chan error)
		go func() {
			_, err := r.Read(make([]byte, 1))
			live <- err
		}()
		ioWait(t, 1)
		if _, err := w.Write([]byte{1}); err != nil {
			t.Fatal(err)
		}
		for looked && ioWaits() > 0 { // a thread that has seen the byte may be slow to say so
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		liveErr := <-live
		w.Close()
		if !looked && liveErr == nil {
			continue // sysmon may look at any time
		}
		if liveErr != nil {
			lost++
		}

		k, p := poller(t)
		mr, mw, _ := k.Pipe()
		d, err := p.Open(mr)
		if err != nil {
			t.Fatal(err)
		}
		if _, parked, err := p.Read(d, 1, 1); err != nil || !parked {
			t.Fatal(parked, err)
		}
		if _, err := k.Write(mw, 1); err != nil {
			t.Fatal(err)
		}
		if looked {
			if run, err := p.Poll(); err != nil || len(run) != 1 {
				t.Fatal(run, err)
			}
		}
		if _, err := p.Close(d); err != nil {
			t.Fatal(err)
		}
		if _, _, model := p.Read(d, 1, 1); (model == netpoll.ErrClosed) != errors.Is(liveErr, os.ErrClosed) || (model == nil) != (liveErr == nil) {
			t.Errorf("looked %v: Go's read returns %v, the model's %v", looked, liveErr, model)
		}
	}
	t.Logf("%d bytes of 50 were lost", lost)
	if lost == 0 {
		t.Error("no byte was lost")
	}
}

// TestGoNotPollable closes the reader of a full pipe: ERR alone. Go's read is refused as
// the model's is, and a write has the error of the pipe. That depends on how many files
// the runtime had before, and the pipe is full when the runtime gets it, so that ERR is
// its only event.
func TestGoNotPollable(t *testing.T) {
	numbers := []uint32{0, 1<<16 - 1, 1 << 16}
	if os.Getenv("ORRERY_FULL") != "" {
		numbers = append(numbers, 1<<20-1, 1<<20)
	}
	for _, number := range numbers {
		notPollable(t, number)
	}
}

// notPollable does that with a pipe whose sequence number is at least least.
func notPollable(t *testing.T, least uint32) {
	t.Helper()
	r, w, seq := filled(t, least)
	defer w.Close()
	k, p := poller(t)
	regular, err := k.RegularFile()
	if err != nil {
		t.Fatal(err)
	}
	for range seq - 1 {
		if _, err := p.Open(regular); err != epollsim.EPERM {
			t.Fatal(err)
		}
	}
	mr, mw, _ := k.Pipe()
	for full := false; !full; {
		_, err := k.Write(mw, 1<<20)
		full = err == epollsim.EAGAIN
	}
	d, err := p.Open(mw)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := p.Seq(d); err != nil || got != seq {
		t.Fatalf("the model's number is %d, %v, and Go's %d", got, err, seq)
	}
	same := func(when string) {
		t.Helper()
		_, live := w.Read(make([]byte, 1))
		_, _, model := p.Read(d, 1, 1)
		if model == nil || live == nil || !strings.HasSuffix(live.Error(), strings.TrimPrefix(model.Error(), "netpoll: ")) && !(model == epollsim.EBADF && strings.HasSuffix(live.Error(), "bad file descriptor")) {
			t.Errorf("number %d, %s: Go's read returns %v, the model's %v", seq, when, live, model)
		}
	}
	same("when it is full")
	// A goroutine that is parked there runs when the event has come.
	written := make(chan error)
	go func() {
		_, err := w.Write([]byte{1})
		written <- err
	}()
	ioWait(t, 1)
	if _, parked, err := p.Write(d, 2, 1); err != nil || !parked {
		t.Fatal(parked, err)
	}
	r.Close()
	k.Close(mr)
	live := <-written
	if woken, err := p.Poll(); err != nil || !slices.Equal(woken, []netpoll.G{2}) {
		t.Fatal(woken, err)
	}
	if _, _, model := p.Write(d, 2, 1); model != epollsim.EPIPE || live == nil || !strings.HasSuffix(live.Error(), "broken pipe") {
		t.Errorf("number %d: the write that waited: Go's returns %v, the model's %v", seq, live, model)
	}
	same("after its reader is gone")
	_, live = w.Write([]byte{1})
	if _, _, model := p.Write(d, 1, 1); model != epollsim.EPIPE || live == nil || !strings.HasSuffix(live.Error(), "broken pipe") {
		t.Errorf("number %d: Go's write returns %v, the model's %v", seq, live, model)
	}
}

// filled returns a full pipe whose writer has a sequence number of at least least. Regular
// files, which cannot be added, let it grow.
func filled(t *testing.T, least uint32) (r, w *os.File, seq uint32) {
	t.Helper()
	for {
		var fds [2]int
		if err := syscall.Pipe2(fds[:], syscall.O_CLOEXEC|syscall.O_NONBLOCK); err != nil {
			t.Fatal(err)
		}
		for full := false; !full; {
			_, err := syscall.Write(fds[1], make([]byte, 1<<20))
			full = err == syscall.EAGAIN
		}
		w = os.NewFile(uintptr(fds[1]), "writer")
		// The number is in the low bits of what the kernel keeps for the runtime.
		seq = uint32(inRuntime(t, fds[1]).Data) % (1 << 24)
		if seq >= least {
			return os.NewFile(uintptr(fds[0]), "reader"), w, seq
		}
		w.Close()
		syscall.Close(fds[0])
		for range least - seq - 1 {
			f, err := os.Open(os.DevNull)
			if err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
	}
}
