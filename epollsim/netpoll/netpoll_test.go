package netpoll_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/epollsim"
	"github.com/orrery-go/orrery/epollsim/netpoll"
)

// A goroutine reads from a socket without data: it parks, and runs when the scheduler
// polls the kernel after data have arrived.
func Example() {
	k, err := epollsim.New(epollsim.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := netpoll.New(k)
	if err != nil {
		fmt.Println(err)
		return
	}
	conn, peer, _ := k.TCPPair()
	d, _ := p.Open(conn)
	p.Poll() // a fresh connection is writable: that edge is kept
	_, parked, _ := p.Read(d, 7, 100)
	run, _ := p.Poll()
	fmt.Println("parked", parked, "runs", run)
	k.Write(peer, 5)
	run, _ = p.Poll()
	o, parked, _ := p.Read(d, 7, 100)
	fmt.Println("runs", run, "read", o.N, "parked", parked)
	// Output:
	// parked true runs []
	// runs [7] read 5 parked false
}

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

// TestEdgeIsKept: an edge between the read that finds nothing and the parking is not
// lost.
func TestEdgeIsKept(t *testing.T) {
	k, p := poller(t)
	conn, peer, _ := k.SocketPair()
	d, err := p.Open(conn)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Reset(d, netpoll.Reading); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Read(conn, 10); err != epollsim.EAGAIN {
		t.Fatal(err)
	}
	k.Write(peer, 1)
	if run, err := p.Poll(); err != nil || len(run) != 0 {
		t.Fatal(run, err)
	}
	if parked, err := p.Block(d, netpoll.Reading, 1); err != nil || parked {
		t.Errorf("parked %v, %v", parked, err)
	}
}

// TestBothDirections: closing the other end is an edge in both directions.
func TestBothDirections(t *testing.T) {
	k, p := poller(t)
	conn, peer, _ := k.SocketPair()
	d, err := p.Open(conn)
	if err != nil {
		t.Fatal(err)
	}
	p.Poll()
	if _, parked, err := p.Read(d, 1, 10); err != nil || !parked {
		t.Fatal(parked, err)
	}
	for {
		_, parked, err := p.Write(d, 2, 100_000)
		if err != nil {
			t.Fatal(err)
		}
		if parked {
			break
		}
	}
	if _, parked, err := p.Read(d, 3, 1); err == nil || parked {
		t.Error("two goroutines wait to read")
	}
	k.Close(peer)
	if run, err := p.Poll(); err != nil || fmt.Sprint(run) != "[2 1]" {
		t.Errorf("runnable: %v, %v; want the writer first", run, err)
	}
	if run, err := p.Close(d); err != nil || len(run) != 0 {
		t.Error(run, err)
	}
	// Both were woken before: they still ask the kernel.
	if _, _, err := p.Read(d, 1, 1); err != epollsim.ECONNRESET {
		t.Error(err)
	}
	if _, _, err := p.Write(d, 2, 1); err != epollsim.EPIPE {
		t.Error(err)
	}
	if _, _, err := p.Read(d, 1, 1); err != netpoll.ErrClosed {
		t.Error(err)
	}
}

func TestErrors(t *testing.T) {
	_, p := poller(t)
	if d, err := p.Open(0); err != epollsim.EPERM || d != 0 {
		t.Errorf("a regular file: %v", err)
	}
	if _, err := p.State(9, netpoll.Reading); err == nil || !strings.Contains(err.Error(), "no file 9") {
		t.Error(err)
	}
	var zero netpoll.Poller
	if _, err := zero.Open(3); err == nil {
		t.Error("the zero Poller opens")
	}
	if _, err := netpoll.New(nil); err == nil {
		t.Error("a poller without a kernel")
	}
}

// TestForeignEpoll: a poller whose epoll was closed by the caller, and whose number is
// another epoll's now, says so.
func TestForeignEpoll(t *testing.T) {
	for _, data := range []uint64{1, 1 << 63} {
		k, p := poller(t)
		const ep = 3 // the first free descriptor was the poller's epoll
		if err := k.Close(ep); err != nil {
			t.Fatal(err)
		}
		if got, err := k.Create(); err != nil || got != ep {
			t.Fatalf("the new epoll is %d, %v; want %d", got, err, ep)
		}
		conn, _, _ := k.SocketPair()
		if err := k.Ctl(ep, epollsim.ADD, conn, epollsim.OUT, data); err != nil {
			t.Fatal(err)
		}
		if run, err := p.Poll(); err == nil || !strings.Contains(err.Error(), "from outside") {
			t.Errorf("data %d: Poll returned %v, %v", data, run, err)
		}
	}
}
