package epollsim_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/epollsim"
)

// TestPoll: poll passes over negative descriptors, reports unknown ones, and ERR and HUP
// unasked; it looks at all others each time. Revents is a result alone: poll clears it.
func TestPoll(t *testing.T) {
	k := newKernel(t, epollsim.Config{})
	r, w, err := k.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ask := []epollsim.PollFD{{FD: r, Events: epollsim.IN}, {FD: -1, Events: epollsim.IN, Revents: epollsim.IN}, {FD: 99, Events: epollsim.IN}, {FD: w, Events: epollsim.OUT}, {FD: r, Revents: epollsim.IN}}
	poll := func(want ...epollsim.Events) {
		t.Helper()
		got, c, err := k.Poll(ask)
		if err != nil {
			t.Fatal(err)
		}
		var revents []epollsim.Events
		for _, p := range got {
			revents = append(revents, p.Revents)
		}
		if want := (epollsim.Cost{In: 40, Out: 10, Scanned: 4}); c != want {
			t.Errorf("a cost of %+v, want %+v", c, want)
		}
		if !slices.Equal(revents, want) {
			t.Errorf("%v, want %v", revents, want)
		}
	}
	poll(0, 0, epollsim.NVAL, epollsim.OUT, 0)
	if _, err := k.Write(w, 1); err != nil {
		t.Fatal(err)
	}
	poll(epollsim.IN, 0, epollsim.NVAL, epollsim.OUT, 0)
	if err := k.Close(w); err != nil {
		t.Fatal(err)
	}
	poll(epollsim.IN|epollsim.HUP, 0, epollsim.NVAL, epollsim.NVAL, epollsim.HUP)
}

// TestSelect: select returns the descriptors below n that are ready: HUP is for reading, and
// ERR for both. An unknown one fails the call, unless it is beyond n.
func TestSelect(t *testing.T) {
	k := newKernel(t, epollsim.Config{})
	r, w, err := k.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	none := []epollsim.FD{}
	both := []epollsim.FD{r, w}
	sel := func(n int, sets, want epollsim.Sets, cost int, scanned int) {
		t.Helper()
		got, bits, c, err := k.Select(n, sets)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" || bits != len(want.In)+len(want.Out)+len(want.Ex) {
			t.Errorf("%d bits (-want +got):\n%s", bits, diff)
		}
		if want := (epollsim.Cost{In: cost, Out: cost, Scanned: scanned}); c != want {
			t.Errorf("a cost of %+v, want %+v", c, want)
		}
	}
	sel(10, epollsim.Sets{In: both, Out: both, Ex: both}, epollsim.Sets{In: none, Out: []epollsim.FD{w}, Ex: none}, 24, 2)
	sel(int(w), epollsim.Sets{In: both, Out: both}, epollsim.Sets{In: none, Out: none, Ex: none}, 24, 1)
	sel(0, epollsim.Sets{Out: both}, epollsim.Sets{In: none, Out: none, Ex: none}, 0, 0)
	if _, err := k.Write(w, 1); err != nil {
		t.Fatal(err)
	}
	sel(1024, epollsim.Sets{In: both}, epollsim.Sets{In: []epollsim.FD{r}, Out: none, Ex: none}, 24, 2) // the table has room for 64
	for _, sets := range []epollsim.Sets{{In: []epollsim.FD{9}}, {Out: []epollsim.FD{r, 9}}, {Ex: []epollsim.FD{9}}} {
		if _, _, _, err := k.Select(10, sets); err != epollsim.EBADF {
			t.Errorf("%+v: %v", sets, err)
		}
		if _, _, _, err := k.Select(9, sets); err != nil {
			t.Errorf("%+v: %v", sets, err)
		}
	}
	if _, _, _, err := k.Select(-1, epollsim.Sets{}); err != epollsim.EINVAL {
		t.Errorf("n of -1: %v", err)
	}
	if err := k.Close(r); err != nil {
		t.Fatal(err)
	}
	only := []epollsim.FD{w}
	sel(10, epollsim.Sets{In: only, Out: only, Ex: only}, epollsim.Sets{In: only, Out: only, Ex: none}, 24, 1)
	for range 60 {
		must(t)(k.Create())
	}
	sel(100, epollsim.Sets{}, epollsim.Sets{In: none, Out: none, Ex: none}, 24, 0) // 64 are open
	must(t)(k.Create())
	sel(65, epollsim.Sets{}, epollsim.Sets{In: none, Out: none, Ex: none}, 48, 0)
}

// TestNesting: epolls are in each other five deep at most, and never in a circle, in
// whichever order they are added.
func TestNesting(t *testing.T) {
	chain := func(k *epollsim.Kernel, n int) (out []epollsim.FD) {
		for range n {
			out = append(out, must(t)(k.Create()))
		}
		for i := n - 1; i > 0; i-- {
			add(t, k, out[i-1], out[i], epollsim.IN)
		}
		return out
	}
	for above := 1; above <= 5; above++ {
		for below := 1; below <= 5; below++ {
			k := newKernel(t, epollsim.Config{})
			a, b := chain(k, above), chain(k, below)
			var want error
			if above+below > 5 {
				want = epollsim.ELOOP
			}
			if err := k.Ctl(a[above-1], epollsim.ADD, b[0], epollsim.IN, 0); err != want {
				t.Errorf("%d above %d: %v, want %v", above, below, err, want)
			}
			if above > 1 {
				if err := k.Ctl(a[above-1], epollsim.ADD, a[0], epollsim.IN, 0); err != epollsim.ELOOP {
					t.Errorf("a circle of %d: %v", above, err)
				}
			}
		}
	}
}

// TestPipePages: a pipe has 16 pages. A write joins the last page if it fits there, after
// the bytes that were there, read or not.
func TestPipePages(t *testing.T) {
	slots := func(k *epollsim.Kernel) int { return k.Snapshot().Files[len(k.Snapshot().Files)-1].Slots }
	for _, tt := range []struct{ first, read, second, slots int }{
		{5, 0, 5, 1}, {4000, 0, 96, 1}, {4000, 0, 97, 2}, {4000, 3000, 96, 1}, {4000, 3000, 97, 2}, {4000, 4000, 97, 1}, {4096, 0, 4096, 2}, {5, 0, 4096, 2}, {5, 0, 4097, 2}, {4096, 0, 0, 1},
	} {
		k := newKernel(t, epollsim.Config{})
		r, w, err := k.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		_, err1 := k.Write(w, tt.first)
		_, err2 := k.Read(r, tt.read)
		o, err3 := k.Write(w, tt.second)
		if err := errors.Join(err1, err2, err3); err != nil || o.N != tt.second || slots(k) != tt.slots {
			t.Errorf("%+v: %d written, %v, %d pages", tt, o.N, err, slots(k))
		}
	}
	k := newKernel(t, epollsim.Config{})
	_, w, err := k.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 17 {
		if o, err := k.Write(w, 4095); (o.N == 4095) != (i < 16) {
			t.Errorf("write %d: %+v, %v", i+1, o, err)
		}
	}
}

// TestTreeOfMany: the tree stays a red-black tree of what is watched, whatever is added and
// deleted.
func TestTreeOfMany(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	k := newKernel(t, epollsim.Config{})
	ep := must(t)(k.Create())
	event := must(t)(k.EventFD(0, false))
	var fds []epollsim.FD
	for range 60 {
		fds = append(fds, must(t)(k.Dup(event)))
	}
	watched := map[epollsim.FD]bool{}
	for range 2000 {
		fd := fds[rng.IntN(len(fds))]
		op := epollsim.ADD
		if watched[fd] {
			op = epollsim.DEL
		}
		if err := k.Ctl(ep, op, fd, epollsim.IN, 0); err != nil {
			t.Fatal(err)
		}
		watched[fd] = !watched[fd]
		if err := k.Check(); err != nil {
			t.Fatal(err)
		}
		var want, got []epollsim.FD
		for _, fd := range fds {
			if watched[fd] {
				want = append(want, fd)
			}
		}
		for _, i := range k.Snapshot().Epolls[0].Tree {
			got = append(got, i.FD)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("the tree has %v, want %v", got, want)
		}
	}
}

// TestTreeOfOne: the only item of a tree is a black root, and is on the list once its file is
// ready; then the epoll is.
func TestTreeOfOne(t *testing.T) {
	k := newKernel(t, epollsim.Config{})
	ep := must(t)(k.Create())
	event := must(t)(k.EventFD(0, false))
	for _, ready := range []bool{false, true} {
		if ready {
			if _, err := k.Signal(event, 1); err != nil {
				t.Fatal(err)
			}
		} else {
			add(t, k, ep, event, epollsim.IN)
		}
		s := k.Snapshot()
		want := epollsim.ItemState{File: s.FDs[len(s.FDs)-1].File, FD: event, Events: epollsim.IN | epollsim.ERR | epollsim.HUP, Data: uint64(event), Left: -1, Right: -1, Up: -1, Listed: ready}
		if e := s.Epolls[0]; e.Root != 0 || len(e.Tree) != 1 || e.Tree[0] != want {
			t.Errorf("root %d of %+v, want %+v", e.Root, e.Tree, want)
		}
		for _, f := range s.Files {
			if f.File == s.Epolls[0].File && (f.Ready&epollsim.IN != 0) != ready {
				t.Errorf("the epoll is ready for %v", f.Ready)
			}
		}
	}
}

// TestShutdownHalves: what shutdown and the other end of a connection say of each half.
func TestShutdownHalves(t *testing.T) {
	const fin = epollsim.IN | epollsim.RDNORM | epollsim.RDHUP
	all := epollsim.IN | epollsim.OUT | epollsim.RDNORM | epollsim.RDHUP | epollsim.ERR | epollsim.HUP
	for what, pair := range map[string]func(k *epollsim.Kernel) (a, b epollsim.FD, err error){
		"unix": (*epollsim.Kernel).SocketPair, "TCP": (*epollsim.Kernel).TCPPair,
	} {
		for how, want := range map[epollsim.How][2]epollsim.Events{
			epollsim.RD:   {fin | epollsim.OUT, epollsim.OUT},
			epollsim.WR:   {epollsim.OUT, fin | epollsim.OUT},
			epollsim.RDWR: {fin | epollsim.OUT | epollsim.HUP, fin | epollsim.OUT},
		} {
			k := newKernel(t, epollsim.Config{})
			a, b, err := pair(k)
			if err != nil {
				t.Fatal(err)
			}
			if err := k.Shutdown(a, how); err != nil {
				t.Errorf("%s, %v: %v", what, how, err)
			}
			if what == "unix" && how == epollsim.RDWR {
				want[1] |= epollsim.HUP // both halves are known to be over
			}
			for i, fd := range []epollsim.FD{a, b} {
				got, _, err := k.Poll([]epollsim.PollFD{{FD: fd, Events: all}})
				if err != nil || got[0].Revents != want[i] {
					t.Errorf("%s, %v, end %d: %v, %v, want %v", what, how, i, got, err, want[i])
				}
			}
			for _, bad := range []epollsim.How{-1, 3} {
				if err := k.Shutdown(a, bad); err != epollsim.EINVAL {
					t.Errorf("%s, %d: %v", what, bad, err)
				}
			}
		}
	}
}

// TestExclusive: a wake-up calls all items that are not exclusive, and of those that are the
// first that wakes somebody. An exclusive item cannot be changed, be of an epoll or have
// other events.
func TestExclusive(t *testing.T) {
	for _, tt := range []struct {
		exclusive bool
		want      []int // events of three epolls, the second of which has a call that sleeps
	}{{false, []int{1, 1, 1}}, {true, []int{1, 1, 0}}} {
		k := newKernel(t, epollsim.Config{})
		event := must(t)(k.EventFD(0, false))
		var eps []epollsim.FD
		events := epollsim.IN | epollsim.ET
		if tt.exclusive {
			events |= epollsim.EXCLUSIVE
		}
		for range 3 {
			ep := must(t)(k.Create())
			add(t, k, ep, event, events)
			eps = append(eps, ep)
		}
		if _, err := k.Block(eps[1], 1, -1); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Signal(event, 1); err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, ep := range eps {
			s := k.Snapshot()
			i := slices.IndexFunc(s.Epolls, func(e epollsim.EpollState) bool {
				return slices.Contains(s.FDs, epollsim.FDState{FD: ep, File: e.File})
			})
			got = append(got, len(s.Epolls[i].Ready))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("exclusive %v: the lists have %v, want %v", tt.exclusive, got, tt.want)
		}
	}
	k := newKernel(t, epollsim.Config{})
	ep, inner, event := must(t)(k.Create()), must(t)(k.Create()), must(t)(k.EventFD(0, false))
	if err := k.Ctl(ep, epollsim.ADD, inner, epollsim.IN|epollsim.EXCLUSIVE, 0); err != epollsim.EINVAL {
		t.Errorf("an epoll: %v", err)
	}
	for _, more := range []epollsim.Events{epollsim.ONESHOT, epollsim.RDHUP, epollsim.PRI} {
		if err := k.Ctl(ep, epollsim.ADD, event, epollsim.IN|epollsim.EXCLUSIVE|more, 0); err != epollsim.EINVAL {
			t.Errorf("with %v: %v", more, err)
		}
	}
	add(t, k, ep, event, epollsim.IN|epollsim.OUT|epollsim.ET|epollsim.EXCLUSIVE)
	for _, events := range []epollsim.Events{epollsim.IN, epollsim.IN | epollsim.EXCLUSIVE} {
		if err := k.Ctl(ep, epollsim.MOD, event, events, 0); err != epollsim.EINVAL {
			t.Errorf("changed to %v: %v", events, err)
		}
	}
	if err := k.Ctl(ep, epollsim.DEL, event, epollsim.EXCLUSIVE, 0); err != nil {
		t.Error(err)
	}
}

// TestModified: ERR and HUP are reported of a changed item, too.
func TestModified(t *testing.T) {
	k := newKernel(t, epollsim.Config{})
	ep := must(t)(k.Create())
	r, w, err := k.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	add(t, k, ep, r, epollsim.IN)
	add(t, k, ep, w, epollsim.OUT)
	for _, fd := range []epollsim.FD{r, w} {
		if err := k.Ctl(ep, epollsim.MOD, fd, 0, 7); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := k.Wait(ep, 9); len(got) != 0 || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	other := must(t)(k.Dup(w))
	if err := errors.Join(k.Close(w), k.Close(other)); err != nil {
		t.Fatal(err)
	}
	if got, err := k.Wait(ep, 9); err != nil || !slices.Equal(got, []epollsim.Ready{{Events: epollsim.HUP, Data: 7}}) {
		t.Errorf("%v, %v", got, err)
	}
}

// TestNoRoomNeeded: a read wakes the writer of a connection only if that has found no room.
func TestNoRoomNeeded(t *testing.T) {
	k := newKernel(t, epollsim.Config{})
	ep := must(t)(k.Create())
	a, b, err := k.TCPPair()
	if err != nil {
		t.Fatal(err)
	}
	add(t, k, ep, a, epollsim.OUT|epollsim.ET)
	if got, err := k.Wait(ep, 9); len(got) != 1 || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	_, err1 := k.Write(a, 10)
	_, err2 := k.Read(b, 10)
	if got, err := k.Wait(ep, 9); len(got) != 0 || errors.Join(err, err1, err2) != nil {
		t.Errorf("after a read: %v, %v, %v, %v", got, err, err1, err2)
	}
}

// TestNothingWritten: a write of no bytes succeeds, and one of fewer does not.
func TestNothingWritten(t *testing.T) {
	k := newKernel(t, epollsim.Config{})
	for what, pair := range map[string]func(k *epollsim.Kernel) (a, b epollsim.FD, err error){
		"pipe": (*epollsim.Kernel).Pipe, "unix": (*epollsim.Kernel).SocketPair, "TCP": (*epollsim.Kernel).TCPPair,
	} {
		_, w, err := pair(k)
		if err != nil {
			t.Fatal(err)
		}
		if o, err := k.Write(w, 0); o.N != 0 || err != nil {
			t.Errorf("%s: %+v, %v", what, o, err)
		}
		if _, err := k.Write(w, -1); err != epollsim.EFAULT {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestUserSpace: a buffer as long as the whole address space of a process is invalid, for
// reading and for writing, before the file is looked at.
func TestUserSpace(t *testing.T) {
	end := int64(1) << 47
	if int64(int(end)) != end {
		t.Skip("an int has 32 bits")
	}
	k := newKernel(t, epollsim.Config{})
	event := must(t)(k.EventFD(0, false))
	for _, tt := range []struct {
		n           int64
		write, read error
	}{{end / 2, epollsim.EINVAL, epollsim.EAGAIN}, {end, epollsim.EFAULT, epollsim.EFAULT}, {end + 1, epollsim.EFAULT, epollsim.EFAULT}} {
		if o, err := k.Write(event, int(tt.n)); err != tt.write {
			t.Errorf("a write of %d: %+v, %v, want %v", tt.n, o, err, tt.write)
		}
		if o, err := k.Read(event, int(tt.n)); err != tt.read {
			t.Errorf("a read of %d: %+v, %v, want %v", tt.n, o, err, tt.read)
		}
	}
}

// TestFirstFileIsWoken: a unix socket that takes the place of descriptor 0 is woken like any
// other once what it has sent was read.
func TestFirstFileIsWoken(t *testing.T) {
	k := newKernel(t, epollsim.Config{})
	if err := k.Close(0); err != nil {
		t.Fatal(err)
	}
	a, b, err := k.SocketPair()
	if a != 0 || err != nil {
		t.Fatal(a, b, err)
	}
	ep := must(t)(k.Create())
	const n = 200_000
	if o, err := k.Write(a, n); o.N != n || err != nil {
		t.Fatalf("%+v, %v", o, err)
	}
	add(t, k, ep, a, epollsim.OUT|epollsim.ET)
	if ready, err := k.Wait(ep, 1); len(ready) != 0 || err != nil {
		t.Fatalf("%v, %v: there is no room", ready, err)
	}
	if o, err := k.Read(b, n); o.N != n || err != nil {
		t.Fatalf("%+v, %v", o, err)
	}
	if ready, err := k.Wait(ep, 1); len(ready) != 1 || ready[0].Events != epollsim.OUT || err != nil {
		t.Errorf("%v, %v, want OUT", ready, err)
	}
}

// TestLocksBelow: a scan locks what is above its epoll at any distance, and a file on which
// it has an item cannot be closed for good; others can.
func TestLocksBelow(t *testing.T) {
	k := newKernel(t, epollsim.Config{})
	event, apart, last := must(t)(k.EventFD(1, false)), must(t)(k.EventFD(1, false)), must(t)(k.EventFD(1, false))
	scanned, middle, top, other := must(t)(k.Create()), must(t)(k.Create()), must(t)(k.Create()), must(t)(k.Create())
	add(t, k, middle, scanned, epollsim.IN)
	add(t, k, top, middle, epollsim.IN)
	add(t, k, scanned, event, epollsim.IN)
	add(t, k, other, event, epollsim.IN)
	add(t, k, other, apart, epollsim.IN)
	add(t, k, other, last, epollsim.IN)
	add(t, k, scanned, last, epollsim.IN)
	if o, err := k.Scan(scanned, 9); err != nil || o.Waiter == 0 {
		t.Fatal(o, err)
	}
	for _, ep := range []epollsim.FD{scanned, middle, top} {
		if ready, err := k.Wait(ep, 1); !isLocked(err) {
			t.Errorf("a wait for %d: %v, %v", ep, ready, err)
		}
	}
	if err := k.Close(apart); err != nil {
		t.Errorf("what the scan does not watch is closed: %v", err)
	}
	for _, fd := range []epollsim.FD{event, last} {
		if err := k.Close(fd); !isLocked(err) {
			t.Errorf("what the scan watches is closed: %v", err)
		}
	}
	if ready, err := k.Wait(other, 9); len(ready) != 2 || err != nil {
		t.Errorf("a wait for another epoll: %v, %v", ready, err)
	}
}

// TestDoAdvance: time passes by Do as by Advance.
func TestDoAdvance(t *testing.T) {
	k := newKernel(t, epollsim.Config{})
	ep := must(t)(k.Create())
	o, err := k.Block(ep, 1, 5)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]int{{}, {o.Waiter}} {
		if _, err := k.Do(epollsim.Op{Verb: epollsim.AdvanceVerb, Timeout: 4}); err != nil {
			t.Fatal(err)
		}
		if got := k.Awake(); !slices.Equal(got, want) {
			t.Errorf("%d: %v are awake, want %v", i, got, want)
		}
	}
}

// TestMostEvents: epoll_wait refuses room for more events than 2 GiB hold.
func TestMostEvents(t *testing.T) {
	k := newKernel(t, epollsim.Config{})
	ep := must(t)(k.Create())
	const most = (1<<31 - 1) / 12
	for _, tt := range []struct {
		max  int
		want error
	}{{1, nil}, {most, nil}, {most + 1, epollsim.EINVAL}, {0, epollsim.EINVAL}, {-1, epollsim.EINVAL}} {
		if _, err := k.Wait(ep, tt.max); err != tt.want {
			t.Errorf("room for %d: %v, want %v", tt.max, err, tt.want)
		}
	}
}
