package netpoll_test

import (
	"slices"
	"testing"

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

// TestRuns: data and the peer's end are for the reader, room is for the writer, HUP and
// ERR are for both.
func TestRuns(t *testing.T) {
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

// TestNoneWaits: edges without a goroutine are kept, in the same directions.
func TestNoneWaits(t *testing.T) {
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

// TestSeq: a pollDesc is kept for the next file, and counts. While bits 16 to 19 of the
// number are not 0 an error is not kept.
func TestSeq(t *testing.T) {
	k, p := poller(t)
	regular, err := k.RegularFile()
	must(t, err)
	// failed opens a file with a number, which the pollDesc reaches, and returns the error of
	// a read when its only event was ERR.
	at := uint32(1)
	failed := func(seq uint32) error {
		t.Helper()
		for ; at < seq; at++ {
			if _, err := p.Open(regular); err != epollsim.EPERM {
				t.Fatal(err)
			}
		}
		r, w, err := k.Pipe()
		must(t, err)
		d := parks(t, p, w, 0, 2)
		if got, err := p.Seq(d); err != nil || got != seq {
			t.Fatalf("number %d, %v, want %d", got, err, seq)
		}
		must(t, k.Close(r))
		looks(t, p, 2)
		if _, _, err := p.Write(d, 2, 1); err != epollsim.EPIPE {
			t.Errorf("%v", err)
		}
		_, _, err = p.Read(d, 1, 1)
		if _, closed := p.Close(d); closed != nil {
			t.Fatal(closed)
		}
		at++
		return err
	}
	for _, c := range []struct {
		seq  uint32
		want error
	}{{1, netpoll.ErrNotPollable}, {1<<16 - 1, netpoll.ErrNotPollable}, {1 << 16, epollsim.EBADF}, {1<<17 + 1, epollsim.EBADF}, {1<<20 - 1, epollsim.EBADF}, {1 << 20, netpoll.ErrNotPollable}, {1<<20 + 1<<16, epollsim.EBADF}} {
		if got := failed(c.seq); got != c.want {
			t.Errorf("number %d: %v, want %v", c.seq, got, c.want)
		}
	}

	// Of several that were closed the last is the next.
	k, p = poller(t)
	open := func() netpoll.Desc {
		t.Helper()
		fd, _, err := k.TCPPair()
		must(t, err)
		d, err := p.Open(fd)
		must(t, err)
		return d
	}
	a, b := open(), open()
	for range 2 {
		if _, err := p.Close(b); err != nil {
			t.Fatal(err)
		}
		b = open()
	}
	for _, d := range []netpoll.Desc{b, a} {
		if _, err := p.Close(d); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []uint32{2, 4, 1} {
		if got, err := p.Seq(open()); err != nil || got != want {
			t.Errorf("number %d, %v, want %d", got, err, want)
		}
	}
	if _, err := p.Seq(100); err == nil {
		t.Error("a number of no file")
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
