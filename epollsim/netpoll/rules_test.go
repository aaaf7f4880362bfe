package netpoll_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/orrery-go/orrery/epollsim"
	"github.com/orrery-go/orrery/epollsim/netpoll"
)

// The descriptors that a poller on a new kernel takes: the first that are free.
const (
	epoll   epollsim.FD = 3
	eventfd epollsim.FD = 4
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// looks polls, and compares the goroutines that are runnable.
func looks(t *testing.T, p *netpoll.Poller, want ...netpoll.G) {
	t.Helper()
	if run, err := p.Poll(); err != nil || run == nil || !slices.Equal(run, want) {
		t.Errorf("runnable: %v, %v; want %v", run, err, want)
	}
}

// parks opens a file and lets goroutine reads wait to read from it, and writes to write,
// if they are not 0.
func parks(t *testing.T, p *netpoll.Poller, fd epollsim.FD, reads, writes netpoll.G) netpoll.Desc {
	t.Helper()
	d, err := p.Open(fd)
	must(t, err)
	looks(t, p) // what it is ready for when it is opened is an edge, too
	if reads != 0 {
		if o, parked, err := p.Read(d, reads, 10); err != nil || !parked || o.N != 0 {
			t.Fatal("it reads", o, parked, err)
		}
	}
	for parked := writes == 0; !parked; {
		if _, parked, err = p.Write(d, writes, 1<<20); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// ready compares which of the semaphores of a file are ready.
func ready(t *testing.T, p *netpoll.Poller, d netpoll.Desc, reading, writing bool) {
	t.Helper()
	for m, want := range map[netpoll.Mode]bool{netpoll.Reading: reading, netpoll.Writing: writing} {
		if s, err := p.State(d, m); err != nil || s.Ready != want || s.G != 0 {
			t.Errorf("%s: %+v, %v; want ready %v", m, s, err, want)
		}
	}
}

// TestWhoRuns: data and the peer's end are for the reader, room is for the writer, HUP and
// ERR are for both.
func TestWhoRuns(t *testing.T) {
	const reader, writer = 1, 2
	for _, tt := range []struct {
		name string
		does func(k *epollsim.Kernel, peer epollsim.FD) error
		want []netpoll.G
	}{
		{"data", func(k *epollsim.Kernel, peer epollsim.FD) error { _, err := k.Write(peer, 1); return err }, []netpoll.G{reader}},
		{"end", func(k *epollsim.Kernel, peer epollsim.FD) error { return k.Shutdown(peer, epollsim.WR) }, []netpoll.G{reader}},
		{"room", func(k *epollsim.Kernel, peer epollsim.FD) error { _, err := k.Read(peer, 1<<20); return err }, []netpoll.G{writer}},
		{"close", func(k *epollsim.Kernel, peer epollsim.FD) error { return k.Close(peer) }, []netpoll.G{writer, reader}},
	} {
		k, p := poller(t)
		conn, peer, err := k.TCPPair()
		must(t, err)
		d := parks(t, p, conn, reader, writer)
		must(t, tt.does(k, peer))
		if run, err := p.Poll(); err != nil || !slices.Equal(run, tt.want) {
			t.Errorf("%s: runnable are %v, %v; want %v", tt.name, run, err, tt.want)
		}
		for g, m := range map[netpoll.G]netpoll.Mode{reader: netpoll.Reading, writer: netpoll.Writing} {
			want := netpoll.State{G: g}
			if slices.Contains(tt.want, g) { // it takes the edge when it runs
				want = netpoll.State{Ready: true}
			}
			if s, err := p.State(d, m); err != nil || s != want {
				t.Errorf("%s: %s is %+v, %v; want %+v", tt.name, m, s, err, want)
			}
		}
	}
}

// TestNobodyWaits: edges without a goroutine are kept, in the same directions.
func TestNobodyWaits(t *testing.T) {
	k, p := poller(t)
	r, w, err := k.Pipe()
	must(t, err)
	in, err := p.Open(r)
	must(t, err)
	looks(t, p)
	ready(t, p, in, false, false)
	must(t, k.Close(w)) // HUP alone
	looks(t, p)
	ready(t, p, in, true, true)
	if o, parked, err := p.Read(in, 1, 5); err != nil || parked || o.N != 0 {
		t.Errorf("at the end a read returns %v, %v, %v", o, parked, err)
	}
	ready(t, p, in, false, true)

	conn, _, err := k.TCPPair()
	must(t, err)
	out, err := p.Open(conn)
	must(t, err)
	looks(t, p)
	ready(t, p, out, false, true)
	if _, parked, err := p.Write(out, 1, 5); err != nil || parked {
		t.Error(parked, err)
	}
	ready(t, p, out, false, false)
}

// TestOrder: the goroutines of one look at the kernel are a stack.
func TestOrder(t *testing.T) {
	k, p := poller(t)
	var peers []epollsim.FD
	for i := range 3 {
		conn, peer, err := k.TCPPair()
		must(t, err)
		parks(t, p, conn, netpoll.G(i+1), 0)
		peers = append(peers, peer)
	}
	for _, i := range []int{1, 2, 0} { // the order of the events
		if _, err := k.Write(peers[i], 1); err != nil {
			t.Fatal(err)
		}
	}
	looks(t, p, 1, 3, 2)
}

// TestRoom: the runtime has room for 128 events; what does not fit comes with the next
// look.
func TestRoom(t *testing.T) {
	k, p := poller(t)
	var peers []epollsim.FD
	for i := range 130 {
		conn, peer, err := k.TCPPair()
		must(t, err)
		parks(t, p, conn, netpoll.G(i+1), 0)
		peers = append(peers, peer)
	}
	for _, peer := range peers {
		if _, err := k.Write(peer, 1); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []struct{ n, first, last int }{{128, 128, 1}, {2, 130, 129}, {}} {
		run, err := p.Poll()
		if err != nil || len(run) != want.n || want.n > 0 && (int(run[0]) != want.first || int(run[want.n-1]) != want.last) {
			t.Errorf("%d are runnable: %v, %v; want %d, from %d to %d", len(run), run, err, want.n, want.first, want.last)
		}
	}
}

// TestReset: an edge that came before a read is none for the read.
func TestReset(t *testing.T) {
	k, p := poller(t)
	conn, peer, err := k.TCPPair()
	must(t, err)
	d, err := p.Open(conn)
	must(t, err)
	for range 3 {
		if _, err := k.Write(peer, 5); err != nil {
			t.Fatal(err)
		}
		looks(t, p)
		ready(t, p, d, true, true)
		if o, parked, err := p.Read(d, 1, 100); err != nil || parked || o.N != 5 {
			t.Fatal(o, parked, err)
		}
		ready(t, p, d, false, true)
	}
	if _, parked, err := p.Read(d, 1, 100); err != nil || !parked {
		t.Errorf("parked %v, %v: an old edge counts", parked, err)
	}
	// Block takes an edge, and the next one parks.
	for _, want := range []bool{false, true} {
		if parked, err := p.Block(d, netpoll.Writing, 2); err != nil || parked != want {
			t.Errorf("to write, parked %v, %v; want %v", parked, err, want)
		}
	}
	if err := p.Reset(d, netpoll.Reading); err == nil {
		t.Error("a direction is reset in which a goroutine waits")
	}
	if parked, err := p.Block(d, netpoll.Reading, 3); err == nil || parked {
		t.Error("two goroutines wait to read")
	}
}

// TestGoesOn: a goroutine that an edge has woken reads without a reset: an edge that
// comes while it does so is one for its next wait. Until it has run, no other may read.
func TestGoesOn(t *testing.T) {
	k, p := poller(t)
	conn, peer, err := k.TCPPair()
	must(t, err)
	d := parks(t, p, conn, 7, 0)
	if _, err := k.Write(peer, 1); err != nil {
		t.Fatal(err)
	}
	looks(t, p, 7)
	ready(t, p, d, true, true)
	if _, _, err := p.Read(d, 8, 1); err == nil {
		t.Error("8 reads while 7 does")
	}
	if parked, err := p.Block(d, netpoll.Reading, 8); err == nil || parked {
		t.Error("8 waits while 7 reads")
	}
	// Somebody else takes the byte: 7 has run in vain, and parks anew.
	if _, err := k.Read(conn, 1); err != nil {
		t.Fatal(err)
	}
	if _, parked, err := p.Read(d, 7, 1); err != nil || !parked {
		t.Errorf("parked %v, %v", parked, err)
	}
	if s, err := p.State(d, netpoll.Reading); err != nil || s != (netpoll.State{G: 7}) {
		t.Errorf("%+v, %v", s, err)
	}
	// By hand, Reset stands for the return of the call that waited.
	if _, err := k.Write(peer, 1); err != nil {
		t.Fatal(err)
	}
	looks(t, p, 7)
	must(t, p.Reset(d, netpoll.Reading))
	ready(t, p, d, false, true)
	if parked, err := p.Block(d, netpoll.Reading, 8); err != nil || !parked {
		t.Error(parked, err)
	}
}

// TestClose: a close wakes whoever waits, the descriptor is closed when the last of them
// has run, and then its number can be another file's.
func TestClose(t *testing.T) {
	const reader, writer = 1, 2
	k, p := poller(t)
	conn, peer, err := k.TCPPair()
	must(t, err)
	d := parks(t, p, conn, reader, writer)
	if run, err := p.Close(d); err != nil || fmt.Sprint(run) != "[1 2]" {
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

// TestStale: an event of a file that was closed, which another descriptor of it keeps in
// the epoll, is nobody's. As in Go, the caller hears that the descriptor was not its own.
func TestStale(t *testing.T) {
	k, p := poller(t)
	conn, peer, err := k.TCPPair()
	must(t, err)
	d, err := p.Open(conn)
	must(t, err)
	_, err = k.Dup(conn)
	must(t, err)
	must(t, k.Close(conn))
	if run, err := p.Close(d); err != epollsim.EBADF || len(run) > 0 {
		t.Errorf("%v, %v", run, err)
	}
	if _, err := k.Write(peer, 1); err != nil {
		t.Fatal(err)
	}
	looks(t, p)
	ready(t, p, d, false, false)
}

// TestNotPollable: a full pipe whose reader is gone has ERR and nothing else. A read of it
// is refused, a write asks the kernel, and a read of nothing succeeds. With more than
// ERR a read asks as well.
func TestNotPollable(t *testing.T) {
	k, p := poller(t)
	r, w, err := k.Pipe()
	must(t, err)
	d := parks(t, p, w, 0, 2)
	if _, _, err := p.Read(d, 1, 1); err != epollsim.EBADF {
		t.Errorf("before: %v", err)
	}
	must(t, k.Close(r))
	looks(t, p, 2)
	if _, _, err := p.Read(d, 1, 1); err != netpoll.ErrNotPollable {
		t.Errorf("%v", err)
	}
	if err := p.Reset(d, netpoll.Reading); err != netpoll.ErrNotPollable {
		t.Errorf("%v", err)
	}
	if parked, err := p.Block(d, netpoll.Reading, 1); err != netpoll.ErrNotPollable || parked {
		t.Errorf("parked %v, %v", parked, err)
	}
	if o, parked, err := p.Read(d, 1, 0); err != nil || parked || o.N != 0 {
		t.Errorf("%v, %v, %v", o, parked, err)
	}
	if _, _, err := p.Write(d, 2, 1); err != epollsim.EPIPE {
		t.Errorf("%v", err)
	}

	r, w, err = k.Pipe()
	must(t, err)
	d, err = p.Open(w)
	must(t, err)
	must(t, k.Close(r)) // OUT and ERR
	looks(t, p)
	if _, _, err := p.Read(d, 1, 1); err != epollsim.EBADF {
		t.Errorf("with room: %v", err)
	}
}

// TestReadOfNothing: a read of 0 bytes returns at once, takes no edge, and is refused of a
// closed file and while another reads.
func TestReadOfNothing(t *testing.T) {
	k, p := poller(t)
	conn, peer, err := k.TCPPair()
	must(t, err)
	d, err := p.Open(conn)
	must(t, err)
	if _, err := k.Write(peer, 1); err != nil {
		t.Fatal(err)
	}
	looks(t, p)
	if o, parked, err := p.Read(d, 1, 0); err != nil || parked || o.N != 0 {
		t.Error(o, parked, err)
	}
	ready(t, p, d, true, true)
	if _, _, err := p.Write(d, 1, 0); err != nil {
		t.Error(err)
	}
	ready(t, p, d, true, false)
	if _, _, err := p.Read(d, 1, 1); err != nil {
		t.Error(err)
	}
	if _, parked, err := p.Read(d, 1, 1); err != nil || !parked {
		t.Error(parked, err)
	}
	if _, _, err := p.Read(d, 2, 0); err == nil {
		t.Error("2 reads while 1 waits")
	}
	if _, err := p.Close(d); err != nil {
		t.Error(err)
	}
	if _, _, err := p.Read(d, 2, 0); err != netpoll.ErrClosed {
		t.Error(err)
	}
}

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

// TestBad: what is no file, mode or goroutine is refused, and changes nothing.
func TestBad(t *testing.T) {
	k, p := poller(t)
	conn, _, err := k.TCPPair()
	must(t, err)
	d, err := p.Open(conn)
	must(t, err)
	if d != 1 {
		t.Errorf("the first file is %d", d)
	}
	if again, err := p.Open(conn); err != epollsim.EEXIST || again != 0 {
		t.Errorf("opened twice: %d, %v", again, err)
	}
	for _, bad := range []netpoll.Desc{-1, 0, d + 1} {
		if s, err := p.State(bad, netpoll.Reading); err == nil || s != (netpoll.State{}) {
			t.Errorf("State(%d): %v, %v", bad, s, err)
		}
		if _, parked, err := p.Read(bad, 1, 1); err == nil || parked {
			t.Errorf("Read(%d): %v", bad, err)
		}
		if err := p.Reset(bad, netpoll.Reading); err == nil {
			t.Errorf("Reset(%d)", bad)
		}
		if parked, err := p.Block(bad, netpoll.Reading, 1); err == nil || parked {
			t.Errorf("Block(%d)", bad)
		}
		if run, err := p.Close(bad); err == nil || len(run) > 0 {
			t.Errorf("Close(%d)", bad)
		}
	}
	if _, err := p.State(d, "sideways"); err == nil {
		t.Error("a mode of that name")
	}
	for _, g := range []netpoll.G{0, -1} {
		if _, parked, err := p.Read(d, g, 1); err == nil || err == netpoll.ErrClosed || parked {
			t.Errorf("goroutine %d reads: %v", g, err)
		}
		if parked, err := p.Block(d, netpoll.Writing, g); err == nil || parked {
			t.Errorf("goroutine %d parks", g)
		}
	}
	var zero netpoll.Poller
	if run, w, err := zero.PollFor(-1); err == nil || w != 0 || len(run) > 0 {
		t.Error(run, w, err)
	}
	if d, err := zero.Open(conn); err == nil || d != 0 {
		t.Error(d, err)
	}
	if run, err := zero.Poll(); err == nil || len(run) > 0 {
		t.Error(run, err)
	}
	_, _, readErr := zero.Read(1, 1, 1)
	_, _, resumeErr := zero.Resume(1)
	_, closeErr := zero.Close(1)
	for _, err := range []error{readErr, resumeErr, closeErr, zero.Break(), zero.Reset(1, netpoll.Reading)} {
		if err == nil {
			t.Error("the zero Poller works")
		}
	}
}
