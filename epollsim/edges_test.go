package epollsim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/epollsim"
)

func newKernel(t *testing.T, c epollsim.Config) *epollsim.Kernel {
	t.Helper()
	k, err := epollsim.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// must returns a function that returns a new descriptor, or fails the test.
func must(t *testing.T) func(epollsim.FD, error) epollsim.FD {
	return func(fd epollsim.FD, err error) epollsim.FD {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return fd
	}
}

func add(t *testing.T, k *epollsim.Kernel, ep, fd epollsim.FD, events epollsim.Events) {
	t.Helper()
	if err := k.Ctl(ep, epollsim.ADD, fd, events, uint64(fd)); err != nil {
		t.Fatal(err)
	}
}

// isLocked reports whether a call would wait for a scan.
func isLocked(err error) bool { return err != nil && strings.Contains(err.Error(), "lock") }

// TestLocks: a scan locks its epoll. A call that would wait for the lock, from an epoll
// above or because a watched file is closed, returns an error.
func TestLocks(t *testing.T) {
	k := newKernel(t, epollsim.Config{})
	fd := must(t)
	event := fd(k.EventFD(1, false))
	inner, outer, other := fd(k.Create()), fd(k.Create()), fd(k.Create())
	add(t, k, outer, event, epollsim.IN)
	add(t, k, outer, inner, epollsim.IN)
	add(t, k, other, event, epollsim.IN)

	// A call sleeps on the inner epoll, which is then closed: it lives as long as the
	// call.
	o, err := k.Block(inner, 1, -1)
	if err != nil || o.Waiter == 0 {
		t.Fatalf("%+v, %v", o, err)
	}
	sleeper := o.Waiter
	if err := k.Close(inner); err != nil {
		t.Fatal(err)
	}
	if err := k.Interrupt(sleeper); err != nil {
		t.Fatal(err)
	}
	scan, err := k.Scan(outer, 1)
	if err != nil || scan.Waiter == 0 {
		t.Fatalf("%+v, %v", scan, err)
	}
	if o, err := k.Resume(sleeper); !isLocked(err) {
		t.Errorf("the last call on an epoll returns, whose item the scan may have: %+v, %v", o, err)
	}

	// Epolls above it and beside it.
	above := fd(k.Create())
	if err := k.Ctl(above, epollsim.ADD, outer, epollsim.IN, 0); !isLocked(err) {
		t.Errorf("the epoll is added to another one: %v", err)
	}
	if ready, err := k.Wait(other, 1); len(ready) != 1 || err != nil {
		t.Errorf("a wait for another epoll: %v, %v", ready, err)
	}
	for scan.Waiter != 0 {
		if scan, err = k.Step(scan.Waiter); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := k.Resume(sleeper); err != epollsim.EINTR {
		t.Errorf("after the scan: %v", err)
	}
	for range 3 { // before what lies deeper
		add(t, k, above, fd(k.EventFD(0, false)), epollsim.IN)
	}
	add(t, k, above, outer, epollsim.IN)
	if scan, err = k.Scan(outer, 1); err != nil || scan.Waiter == 0 {
		t.Fatalf("%+v, %v", scan, err)
	}
	if ready, err := k.Wait(above, 1); !isLocked(err) {
		t.Errorf("a wait from above: %v, %v", ready, err)
	}
	if ready, err := k.Wait(other, 1); len(ready) != 1 || err != nil {
		t.Errorf("a wait for another epoll: %v, %v", ready, err)
	}
	if err := k.Check(); err != nil {
		t.Error(err)
	}
}

// TestLastSleeper: an epoll that is closed while two calls sleep on it lives until both
// have returned, and only the last of them removes its items.
func TestLastSleeper(t *testing.T) {
	k := newKernel(t, epollsim.Config{})
	fd := must(t)
	inner, outer := fd(k.Create()), fd(k.Create())
	add(t, k, outer, fd(k.EventFD(1, false)), epollsim.IN)
	add(t, k, outer, inner, epollsim.IN)
	var sleepers []int
	for range 2 {
		o, err := k.Block(inner, 1, -1)
		if err != nil || o.Waiter == 0 {
			t.Fatalf("%+v, %v", o, err)
		}
		sleepers = append(sleepers, o.Waiter)
		if err := k.Interrupt(o.Waiter); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Close(inner); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Scan(outer, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Resume(sleepers[0]); err != epollsim.EINTR {
		t.Errorf("the first of two: %v", err)
	}
	if _, err := k.Resume(sleepers[1]); !isLocked(err) {
		t.Errorf("the last: %v", err)
	}
	if n := len(k.Snapshot().Epolls); n != 2 {
		t.Errorf("there are %d epolls, want 2", n)
	}
}

// TestTCPRoom: an epoll that has found no room in a connection is woken when there is
// some, even if nobody has tried to write.
func TestTCPRoom(t *testing.T) {
	k := newKernel(t, epollsim.Config{})
	ep := must(t)(k.Create())
	a, b, err := k.TCPPair()
	if err != nil {
		t.Fatal(err)
	}
	if o, err := k.Write(a, 200_000); o.N != 200_000 || err != nil {
		t.Fatalf("%+v, %v", o, err)
	}
	add(t, k, ep, a, epollsim.OUT|epollsim.ET)
	if ready, err := k.Wait(ep, 1); len(ready) != 0 || err != nil {
		t.Fatalf("%v, %v: there is no room", ready, err)
	}
	if o, err := k.Read(b, 200_000); o.N != 200_000 || err != nil {
		t.Fatalf("%+v, %v", o, err)
	}
	if ready, err := k.Wait(ep, 1); len(ready) != 1 || ready[0].Events != epollsim.OUT || err != nil {
		t.Errorf("%v, %v, want OUT", ready, err)
	}
}

// TestReset: a RST wakes twice, once because the connection is closed and once because
// of the error, and so wakes two sleeping calls.
func TestReset(t *testing.T) {
	var woken []string
	k := newKernel(t, epollsim.Config{Trace: func(e epollsim.Event) {
		if e.Rule == "tcp-reset" {
			woken = append(woken, e.String())
		}
	}})
	ep := must(t)(k.Create())
	a, b, err := k.TCPPair()
	if err != nil {
		t.Fatal(err)
	}
	add(t, k, ep, a, epollsim.IN|epollsim.ET)
	var sleepers []int
	for range 3 {
		o, err := k.Block(ep, 1, -1)
		if err != nil || o.Waiter == 0 {
			t.Fatalf("%+v, %v", o, err)
		}
		sleepers = append(sleepers, o.Waiter)
	}
	if _, err := k.Write(a, 1); err != nil { // the other end does not read it
		t.Fatal(err)
	}
	if err := k.Close(b); err != nil {
		t.Fatal(err)
	}
	if want := []string{"woken file 5", "woken file 5: ERR"}; !slices.Equal(woken, want) {
		t.Errorf("%q, want %q", woken, want)
	}
	if got, want := k.Awake(), sleepers[1:]; !slices.Equal(got, want) {
		t.Errorf("%d are awake, want the two that have come last, %d", got, want)
	}
}

// TestLowest: a new descriptor has the lowest free number.
func TestLowest(t *testing.T) {
	k := newKernel(t, epollsim.Config{})
	fd := must(t)
	for k.Open() < 200 {
		fd(k.EventFD(0, false))
	}
	for _, free := range [][]epollsim.FD{{150}, {70, 5}, {199, 0, 63, 64}} {
		for _, f := range free {
			if err := k.Close(f); err != nil {
				t.Fatal(err)
			}
		}
		slices.Sort(free)
		for _, want := range free {
			if got := fd(k.EventFD(0, false)); got != want {
				t.Errorf("descriptor %d, want %d", got, want)
			}
		}
	}
	if got := fd(k.Dup(3)); got != 200 {
		t.Errorf("descriptor %d, want 200", got)
	}
}

// TestCloseTells: the event of a close has the number of descriptors that the file still
// has, and a new file is empty.
func TestCloseTells(t *testing.T) {
	var closed []string
	k := newKernel(t, epollsim.Config{Trace: func(e epollsim.Event) {
		if e.Kind == epollsim.Closed || e.Kind == epollsim.Released {
			closed = append(closed, e.String())
		}
	}})
	fd := must(t)
	file := fd(k.RegularFile())
	if o, err := k.Write(file, 10); o.N != 10 || err != nil {
		t.Fatalf("%+v, %v", o, err)
	}
	other := fd(k.Dup(file))
	for _, f := range []epollsim.FD{file, other} {
		if err := k.Close(f); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"closed 3: file 4 has 1 left", "closed 4: file 4 has 0 left", "released file 4, regular"}
	if !slices.Equal(closed, want) {
		t.Errorf("%q, want %q", closed, want)
	}
	file = fd(k.RegularFile())
	if o, err := k.Write(file, 1); o.N != 1 || err != nil {
		t.Errorf("%+v, %v", o, err)
	}
	if o, err := k.Read(file, 100); o.N != 0 || err != nil {
		t.Errorf("a new file has %d bytes, %v", o.N, err)
	}
}

// TestMemory: a slab is a page of items, and a text shows 60 of them.
func TestMemory(t *testing.T) {
	k := newKernel(t, epollsim.Config{})
	fd := must(t)
	ep := fd(k.Create())
	event := fd(k.EventFD(0, false))
	each := epollsim.SlabSize / epollsim.EpitemSize
	for n := range 2*each + 2 {
		want := epollsim.Memory{Items: n, Bytes: n * (epollsim.EpitemSize + epollsim.PwqSize), Slabs: n / each}
		if n%each != 0 {
			want.Slabs++
		}
		if got := k.Memory(); got != want {
			t.Errorf("%d items: %+v, want %+v", n, got, want)
		}
		more := fmt.Sprintf("and so on, to %d items", n)
		if got := strings.Contains(k.Snapshot().String(), more); got != (n > 60) {
			t.Errorf("%d items: %q is %v", n, more, got)
		}
		add(t, k, ep, fd(k.Dup(event)), epollsim.IN)
	}
}

// TestBuffers: the bytes that a pipe, a unix socket and a TCP connection take until they
// are full, and the results at a closed end.
func TestBuffers(t *testing.T) {
	for _, tt := range []struct {
		name  string
		pair  func(k *epollsim.Kernel) (to, from epollsim.FD, err error)
		first int
	}{
		{"pipe", (*epollsim.Kernel).Pipe, 65_536},
		{"unix", (*epollsim.Kernel).SocketPair, 219_264},
		{"TCP", (*epollsim.Kernel).TCPPair, 262_144},
	} {
		k := newKernel(t, epollsim.Config{})
		r, w, err := tt.pair(k)
		if err != nil {
			t.Fatal(err)
		}
		if o, err := k.Read(r, 1); o.N != 0 || err != epollsim.EAGAIN {
			t.Errorf("%s: a read of nothing: %+v, %v", tt.name, o, err)
		}
		if o, err := k.Write(w, 300_000); o.N != tt.first || err != nil {
			t.Errorf("%s: %d bytes go in, %v, want %d", tt.name, o.N, err, tt.first)
		}
		if o, err := k.Write(w, 1); o.N != 0 || err != epollsim.EAGAIN {
			t.Errorf("%s: into a full one: %+v, %v", tt.name, o, err)
		}
		for want := tt.first; want > 0; {
			o, err := k.Read(r, 100_000)
			if o.N == 0 || o.N > want || err != nil {
				t.Fatalf("%s: %+v, %v", tt.name, o, err)
			}
			want -= o.N
		}
		if o, err := k.Write(w, 5); o.N != 5 || err != nil {
			t.Errorf("%s: %+v, %v", tt.name, o, err)
		}
		if o, err := k.Read(r, 100); o.N != 5 || err != nil {
			t.Errorf("%s: %+v, %v", tt.name, o, err)
		}
		if err := k.Close(w); err != nil {
			t.Fatal(err)
		}
		if o, err := k.Read(r, 100); o.N != 0 || err != nil {
			t.Errorf("%s: after the other end is closed: %+v, %v", tt.name, o, err)
		}
	}
}

// TestUnknown: a call returns EBADF if either of its descriptors is not open.
func TestUnknown(t *testing.T) {
	k := newKernel(t, epollsim.Config{})
	ep := must(t)(k.Create())
	event := must(t)(k.EventFD(0, false))
	for _, fd := range []epollsim.FD{-1, 99, 1 << 30} {
		for what, err := range map[string]error{
			"an epoll": k.Ctl(fd, epollsim.ADD, event, epollsim.IN, 0), "a file": k.Ctl(ep, epollsim.ADD, fd, epollsim.IN, 0),
			"to close": k.Close(fd), "to read": second(k.Read(fd, 1)), "to write": second(k.Write(fd, 1)), "to wait": second(k.Wait(fd, 1)), "to copy": second(k.Dup(fd)),
		} {
			if err != epollsim.EBADF {
				t.Errorf("%d as %s: %v", fd, what, err)
			}
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestPaintedOnce: where a removal rotates a sibling and then the parent, in the two
// directions, the kernel leaves the colours to the second step: no item is painted twice
// (lib/rbtree.c:____rb_erase_color, cases 3 and 4).
func TestPaintedOnce(t *testing.T) {
	cases := 0
	for order := range 120 { // of five descriptors
		var turns []string
		painted := map[epollsim.FD]int{}
		k := newKernel(t, epollsim.Config{Trace: func(e epollsim.Event) {
			switch e.Kind {
			case epollsim.Rotated:
				turns = append(turns, e.What)
			case epollsim.Painted:
				painted[e.FD]++
			}
		}})
		fd := must(t)
		ep := fd(k.Create())
		var left, all []epollsim.FD
		for range 5 {
			left = append(left, fd(k.EventFD(0, false)))
		}
		for n := 5; n > 0; n-- {
			i := order % n
			order /= n
			all, left = append(all, left[i]), slices.Delete(left, i, i+1)
		}
		for _, f := range all {
			add(t, k, ep, f, epollsim.IN)
		}
		for _, f := range all {
			turns = nil
			clear(painted)
			if err := k.Ctl(ep, epollsim.DEL, f, 0, 0); err != nil {
				t.Fatal(err)
			}
			if len(turns) != 2 || turns[0] == turns[1] {
				continue
			}
			cases++
			for f, n := range painted {
				if n > 1 {
					t.Errorf("%v: %d is painted %d times", all, f, n)
				}
			}
		}
	}
	if cases == 0 {
		t.Error("there is no such removal")
	}
}
