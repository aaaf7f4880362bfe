package netpoll_test

import (
	"slices"
	"testing"
	"time"

	"github.com/orrery-go/orrery/epollsim"
	"github.com/orrery-go/orrery/epollsim/netpoll"
)

// sleeps begins a call that finds nothing.
func sleeps(t *testing.T, p *netpoll.Poller, delay time.Duration) int {
	t.Helper()
	run, w, err := p.PollFor(delay)
	if err != nil || len(run) > 0 || w == 0 {
		t.Fatalf("it does not sleep: %v, %d, %v", run, w, err)
	}
	return w
}

// resumes lets a call go on, and compares what it returns.
func resumes(t *testing.T, p *netpoll.Poller, w int, want ...netpoll.G) {
	t.Helper()
	if run, again, err := p.Resume(w); err != nil || again != 0 || !slices.Equal(run, want) {
		t.Errorf("%v, %d, %v; want %v", run, again, err, want)
	}
	if _, again, err := p.Resume(w); err == nil || again != 0 {
		t.Errorf("it returns twice: %d, %v", again, err)
	}
}

// TestSleep: the thread that sleeps is woken by an edge, with its goroutine.
func TestSleep(t *testing.T) {
	k, p := poller(t)
	conn, peer, err := k.TCPPair()
	must(t, err)
	parks(t, p, conn, 5, 0)
	w := sleeps(t, p, -1)
	if _, again, err := p.Resume(w); err == nil || again != 0 {
		t.Errorf("a call goes on that is asleep: %d, %v", again, err)
	}
	other, err := k.Block(epoll, 1, -1) // of somebody else
	must(t, err)
	if _, _, err := p.Resume(other.Waiter); err == nil {
		t.Error("a call goes on that is not the poller's")
	}
	must(t, k.Interrupt(other.Waiter))
	if _, err := k.Resume(other.Waiter); err != epollsim.EINTR {
		t.Fatal(err)
	}
	if _, err := k.Write(peer, 1); err != nil {
		t.Fatal(err)
	}
	resumes(t, p, w, 5)

	// Another look is faster: the thread finds nothing, and sleeps again.
	if _, _, err := p.Read(1, 5, 1); err != nil {
		t.Fatal(err)
	}
	if _, parked, err := p.Read(1, 5, 1); err != nil || !parked {
		t.Fatal(parked, err)
	}
	w = sleeps(t, p, -1)
	if _, err := k.Write(peer, 1); err != nil {
		t.Fatal(err)
	}
	looks(t, p, 5)
	if run, again, err := p.Resume(w); err != nil || again != w || len(run) > 0 {
		t.Errorf("%v, %d, %v; want that %d sleeps", run, again, err, w)
	}
	must(t, p.Break())
	resumes(t, p, w)
}

// TestBreak: of several breaks the first writes 1 to the eventfd. A look that does not
// sleep leaves it there, for one that does, which takes it; then the next break writes
// again.
func TestBreak(t *testing.T) {
	k, p := poller(t)
	count := func() uint64 {
		if m, _, err := k.Poll([]epollsim.PollFD{{FD: eventfd, Events: epollsim.IN}}); err != nil || m[0].Revents == 0 {
			return 0
		}
		o, err := k.Read(eventfd, 8)
		must(t, err)
		_, err = k.Signal(eventfd, o.Value)
		must(t, err)
		return o.Value
	}
	if n := count(); n != 0 {
		t.Errorf("in the beginning the eventfd holds %d", n)
	}
	for range 2 {
		w := sleeps(t, p, -1)
		if got := k.Awake(); len(got) > 0 {
			t.Errorf("%v are awake", got)
		}
		for range 3 {
			must(t, p.Break())
		}
		if n := count(); n != 1 {
			t.Errorf("after three breaks the eventfd holds %d, want 1", n)
		}
		for range 2 {
			looks(t, p)
			if n := count(); n != 1 {
				t.Errorf("a look that does not sleep leaves %d, want 1", n)
			}
			must(t, p.Break()) // it is written already
			if n := count(); n != 1 {
				t.Errorf("after another break the eventfd holds %d, want 1", n)
			}
		}
		resumes(t, p, w)
		if n := count(); n != 0 {
			t.Errorf("the call that slept leaves %d", n)
		}
	}
	// One that comes first keeps the next call from sleeping.
	must(t, p.Break())
	if run, w, err := p.PollFor(time.Hour); err != nil || w != 0 || len(run) > 0 {
		t.Errorf("%v, %d, %v", run, w, err)
	}
	if n := count(); n != 0 {
		t.Errorf("it leaves %d", n)
	}
	if ready, err := k.Wait(epoll, 8); err != nil || len(ready) != 0 {
		t.Errorf("the eventfd is ready still: %v, %v", ready, err)
	}

	// Without its eventfd a break fails.
	dup, err := k.Dup(eventfd)
	must(t, err)
	must(t, k.Close(eventfd))
	if err := p.Break(); err != epollsim.EBADF {
		t.Error(err)
	}
	if _, err := k.Signal(dup, 1); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if run, w, err := p.PollFor(-1); err != epollsim.EBADF || w != 0 || len(run) > 0 {
			t.Errorf("%v, %d, %v", run, w, err)
		}
		k.Close(epoll)
	}
}

// TestDelay: the kernel counts milliseconds. What is less is one, and no wait is longer than 1e9.
func TestDelay(t *testing.T) {
	for delay, want := range map[time.Duration]time.Duration{
		1:                                       time.Millisecond,
		time.Millisecond:                        time.Millisecond,
		2*time.Millisecond - 1:                  time.Millisecond,
		2500 * time.Microsecond:                 2 * time.Millisecond,
		1e9*time.Millisecond - 1:                (1e9 - 1) * time.Millisecond,
		1e9 * time.Millisecond:                  1e9 * time.Millisecond,
		(1e9 + 1) * time.Millisecond:            1e9 * time.Millisecond,
		time.Duration(9223372036854775807):      1e9 * time.Millisecond,
		time.Duration(-9223372036854775807 - 1): -1,
		-1:                                      -1,
	} {
		k, p := poller(t)
		w := sleeps(t, p, delay)
		if want < 0 {
			must(t, k.Advance(9223372036854775807))
			if got := k.Awake(); len(got) > 0 {
				t.Errorf("%v ends", delay)
			}
			continue
		}
		must(t, k.Advance(want-1))
		if got := k.Awake(); len(got) > 0 {
			t.Errorf("%v ends before %v", delay, want)
		}
		must(t, k.Advance(1))
		if got := k.Awake(); !slices.Equal(got, []int{w}) {
			t.Errorf("%v does not end at %v", delay, want)
		}
		resumes(t, p, w)
	}
}

// TestSignal: a signal ends a sleep for a time, since the time is to be counted anew; a
// sleep without one begins again.
func TestSignal(t *testing.T) {
	k, p := poller(t)
	w := sleeps(t, p, time.Second)
	must(t, k.Interrupt(w))
	resumes(t, p, w)

	w = sleeps(t, p, -1)
	must(t, k.Interrupt(w))
	run, again, err := p.Resume(w)
	if err != nil || again == 0 || again == w || len(run) > 0 {
		t.Fatalf("%v, %d, %v", run, again, err)
	}
	if _, _, err := p.Resume(w); err == nil {
		t.Error("the first call goes on")
	}
	must(t, p.Break())
	resumes(t, p, again)
}
