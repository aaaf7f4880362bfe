package chanq_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
)

// TestTimerEdges: len and cap of a channel without a buffer, and of a timer's channel,
// whose value is visible before Go 1.23; an Advance by 0 fires the timers that are due.
func TestTimerEdges(t *testing.T) {
	for release, seen := range map[string]int64{"go1.22": 1, "go1.23": 0} {
		m := newModel(t, chanq.Config{Release: release})
		plain, err := m.Make(chanq.Elem{Size: 8}, 2)
		if err != nil {
			t.Fatal(err)
		}
		now, err := m.NewTimer(0)
		if err != nil {
			t.Fatal(err)
		}
		later, err := m.NewTimer(1)
		if err != nil {
			t.Fatal(err)
		}
		stopped, err := m.NewTimer(0)
		if err != nil {
			t.Fatal(err)
		}
		if was, err := m.Stop(stopped); !was || err != nil {
			t.Errorf("%s: Stop: %v, %v", release, was, err)
		}
		if err := m.Advance(0); err != nil {
			t.Errorf("%s: Advance(0): %v", release, err)
		}
		if err := m.Advance(-1); err == nil {
			t.Errorf("%s: time goes back", release)
		}
		g, err := m.Go()
		if err != nil {
			t.Fatal(err)
		}
		if o, err := m.Send(g, plain, 5); o.What != chanq.Proceeded || err != nil {
			t.Fatal(o, err)
		}
		for c, want := range map[chanq.Chan][2]int64{chanq.Nil: {}, plain: {1, 2}, now: {seen, seen}, later: {0, seen}, stopped: {0, seen}} {
			n, err := m.Len(c)
			size, err2 := m.Cap(c)
			if got := [2]int64{n, size}; got != want || err != nil || err2 != nil {
				t.Errorf("%s: channel %d: len and cap %d, %v, %v, want %d", release, c, got, err, err2, want)
			}
		}
		for c, want := range map[chanq.Chan]chanq.What{now: chanq.Proceeded, later: chanq.NotReady, stopped: chanq.NotReady} {
			if o, err := m.TryRecv(g, c); o.What != want || err != nil {
				t.Errorf("%s: a receive from timer %d: %+v, %v", release, c, o, err)
			}
		}
		if err := m.Advance(time.Nanosecond); err != nil {
			t.Fatal(err)
		}
		for _, c := range []chanq.Chan{now, stopped} {
			if o, err := m.TryRecv(g, c); o.What != chanq.NotReady || err != nil {
				t.Errorf("%s: timer %d fires again: %+v, %v", release, c, o, err)
			}
		}
		if o, err := m.TryRecv(g, later); o.What != chanq.Proceeded || o.Value != 1 || err != nil {
			t.Errorf("%s: %+v, %v", release, o, err)
		}
	}
}

// TestLargest: the largest buffer leaves room for the hchan before it
// (runtime/chan.go:makechan), whatever the size of an element.
func TestLargest(t *testing.T) {
	m := newModel(t, chanq.Config{})
	for _, size := range []int64{1, 8, 1000, 65535} {
		most := (1<<48 - 112) / size
		for n, panics := range map[int64]bool{most: false, most + 1: true} {
			_, err := m.Make(chanq.Elem{Size: size}, n)
			if is := errors.As(err, new(*crash.Error)); is != panics {
				t.Errorf("%d elements of %d bytes: %v", n, size, err)
			}
		}
	}
}

// TestNotActing: the errors tell a waiting goroutine from a woken one.
func TestNotActing(t *testing.T) {
	m := newModel(t, chanq.Config{})
	c, err := m.Make(chanq.Elem{Size: 8}, 0)
	if err != nil {
		t.Fatal(err)
	}
	g, _ := m.Go()
	h, err := m.Go()
	if err != nil {
		t.Fatal(err)
	}
	if o, err := m.Recv(g, c); o.What != chanq.Parked || err != nil {
		t.Fatal(o, err)
	}
	if _, err := m.Send(g, c, 1); err == nil || !strings.Contains(err.Error(), "waits (chan receive)") {
		t.Errorf("one that waits: %v", err)
	}
	if o, err := m.Send(h, c, 1); o.What != chanq.Handed || err != nil {
		t.Fatal(o, err)
	}
	if _, err := m.Send(g, c, 1); err == nil || !strings.Contains(err.Error(), "was woken") {
		t.Errorf("one that was woken: %v", err)
	}
}
