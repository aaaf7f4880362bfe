package netpoll_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/orrery-go/orrery/epollsim"
	"github.com/orrery-go/orrery/epollsim/netpoll"
)

// TestClose: a close wakes whoever waits, the descriptor is closed when the last of them
// has run, and then its number can be another file's.
func TestClose(t *testing.T) {
	const reader, writer = 1, 2
	k, p := poller(t)
	conn, peer, err := k.TCPPair()
	must(t, err)
	d := parks(t, p, conn, reader, writer)
	if run, err := p.Close(d); err != nil || fmt.Sprint(run) != "[2 1]" {
		t.Fatalf("runnable: %v, %v", run, err)
	}
	ready(t, p, d, false, false)
	if _, _, err := p.Read(d, 3, 1); err != netpoll.ErrClosed {
		t.Error("another begins to read:", err)
	}
	if run, err := p.Close(d); err != netpoll.ErrClosed || len(run) > 0 {
		t.Error("it is closed twice:", run, err)
	}
	for _, step := range []struct {
		does func(netpoll.Desc, netpoll.G, int) (epollsim.Outcome, bool, error)
		g    netpoll.G
		open error
	}{{p.Read, reader, nil}, {p.Write, writer, epollsim.EBADF}} {
		if o, parked, err := step.does(d, step.g, 1); err != netpoll.ErrClosed || parked || o.N != 0 {
			t.Errorf("goroutine %d: %v, %v, %v", step.g, o, parked, err)
		}
		if _, err := k.Type(conn); err != step.open {
			t.Errorf("when goroutine %d has run the descriptor is open: %v, want %v", step.g, err, step.open)
		}
	}
	if n := len(k.Snapshot().Epolls[0].Tree); n != 1 {
		t.Errorf("%d files are in the epoll, want the eventfd alone", n)
	}
	// The peer reads what was written, and then the end.
	if o, err := k.Read(peer, 1<<30); err != nil || o.N == 0 {
		t.Error(o, err)
	}
	if o, err := k.Read(peer, 1); err != nil || o.N != 0 {
		t.Error(o, err)
	}
	if again, _, err := k.TCPPair(); err != nil || again != conn {
		t.Errorf("the next descriptor is %d, %v; want %d", again, err, conn)
	}

	// Nobody waits: it is closed at once, and out of the epoll, though another descriptor
	// keeps the file.
	r, _, err := k.Pipe()
	must(t, err)
	_, err = k.Dup(r)
	must(t, err)
	d, err = p.Open(r)
	must(t, err)
	if run, err := p.Close(d); err != nil || len(run) != 0 {
		t.Error(run, err)
	}
	if _, err := k.Type(r); err != epollsim.EBADF {
		t.Error("the descriptor is open:", err)
	}
	if n := len(k.Snapshot().Epolls[0].Tree); n != 1 {
		t.Errorf("%d files are in the epoll, want the eventfd alone", n)
	}
	for _, err := range []error{p.Reset(d, netpoll.Reading), p.Reset(d, netpoll.Writing)} {
		if err != netpoll.ErrClosed {
			t.Error(err)
		}
	}
	if parked, err := p.Block(d, netpoll.Writing, 1); err != netpoll.ErrClosed || parked {
		t.Error(parked, err)
	}
}

// TestWokenAndClosed: a goroutine that an edge has woken gets its data, though the file
// was closed before it ran; so does one whose edge comes between the close and its turn.
func TestWokenAndClosed(t *testing.T) {
	for _, first := range []string{"edge", "close"} {
		k, p := poller(t)
		conn, peer, err := k.TCPPair()
		must(t, err)
		d := parks(t, p, conn, 1, 0)
		var woken, late []netpoll.G
		if first == "close" {
			woken, err = p.Close(d)
			must(t, err)
		}
		if _, err := k.Write(peer, 5); err != nil {
			t.Fatal(err)
		}
		run, err := p.Poll()
		must(t, err)
		if woken = append(woken, run...); first == "edge" {
			late, err = p.Close(d)
			must(t, err)
		}
		if !slices.Equal(woken, []netpoll.G{1}) || len(late) > 0 {
			t.Errorf("%s first: %v run, then %v", first, woken, late)
		}
		if o, parked, err := p.Read(d, 1, 100); err != nil || parked || o.N != 5 {
			t.Errorf("%s first: read %d, parked %v, %v", first, o.N, parked, err)
		}
		if _, err := k.Type(conn); err != epollsim.EBADF {
			t.Errorf("%s first: the descriptor is open: %v", first, err)
		}
	}

	// Data of which no edge has told it are lost to one that the close has woken.
	k, p := poller(t)
	conn, peer, err := k.TCPPair()
	must(t, err)
	d := parks(t, p, conn, 1, 0)
	if _, err := k.Write(peer, 5); err != nil {
		t.Fatal(err)
	}
	if run, err := p.Close(d); err != nil || !slices.Equal(run, []netpoll.G{1}) {
		t.Error(run, err)
	}
	if o, parked, err := p.Read(d, 1, 100); err != netpoll.ErrClosed || parked || o.N != 0 {
		t.Errorf("read %d, parked %v, %v", o.N, parked, err)
	}

	// If an edge has woken it in vain, the second wait finds that the file is closed.
	k, p = poller(t)
	conn, peer, err = k.TCPPair()
	must(t, err)
	d = parks(t, p, conn, 1, 0)
	if _, err := k.Write(peer, 1); err != nil {
		t.Fatal(err)
	}
	looks(t, p, 1)
	if _, err := k.Read(conn, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Close(d); err != nil {
		t.Fatal(err)
	}
	if _, parked, err := p.Read(d, 1, 1); err != netpoll.ErrClosed || parked {
		t.Error(parked, err)
	}
	if _, err := k.Type(conn); err != epollsim.EBADF {
		t.Error("the descriptor is open:", err)
	}
}
