// Package netpoll models Go's network poller on the kernel of package epollsim: how a
// goroutine that reads from a socket waits without occupying a thread.
//
// # The mechanism
//
// Each file is added once, when it is opened, edge-triggered and for everything: reading,
// writing, and the peer's end (netpollopen). From then on a goroutine that wants to read
//
//  1. resets the semaphore of its direction (pollReset),
//  2. reads; and if there is nothing (EAGAIN)
//  3. parks, with its name in the semaphore, unless an edge has come meanwhile
//     (netpollblock).
//
// The scheduler asks the kernel now and then (netpoll): each event makes the semaphores of
// its directions ready, and a goroutine that is parked there is runnable again. When it
// runs it takes the semaphore back, and reads without another reset. The last thread
// without work sleeps in that call; an eventfd wakes it for other reasons (netpollBreak).
//
// An edge that comes between steps 2 and 3 is not lost, since it leaves the semaphore
// ready: that is why edge-triggered events are enough.
//
// A file that is closed wakes the goroutines that are parked there. The descriptor is in
// use until the last of them has run: only then is it taken out of the epoll and closed.
//
// # Sources
//
// runtime/netpoll.go and runtime/netpoll_epoll.go of Go 1.26, internal/poll/fd_unix.go and
// internal/poll/fd_mutex.go. Deadlines are left out. A second reader or writer of a file,
// which would wait for a lock there, gets an error here.
//
// # Concurrent use
//
// A [Poller] is for one goroutine at a time.
package netpoll

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/orrery-go/orrery/epollsim"
)

// A G is the number of a goroutine, chosen by the caller, from 1 on.
type G int32

// A Desc is the number of a file of the poller (a pollDesc): 1, 2, 3, and so on.
type Desc int

// A Mode is a direction.
type Mode string

// The modes.
const (
	Reading Mode = "reading"
	Writing Mode = "writing"
)

// Interest is the set of events with which a file is added. The kernel adds ERR and HUP.
const Interest = epollsim.IN | epollsim.OUT | epollsim.RDHUP | epollsim.ET

// ErrClosed is returned by an operation on a file that was closed (poll.ErrNetClosing and
// poll.ErrFileClosing).
var ErrClosed = errors.New("netpoll: use of closed file")

// ErrNotPollable is returned by a read of a file whose last event was ERR alone
// (poll.ErrNotPollable), unless its sequence number prevents that ([Poller.Seq]). A write
// asks the kernel, which knows the error.
var ErrNotPollable = errors.New("netpoll: not pollable")

var errUseNew = errors.New("netpoll: a Poller that is not from New: use New")

// A State is the state of a semaphore of a Desc.
type State struct {
	Ready bool `json:"ready"` // an edge has come that no goroutine has taken (pdReady)
	G     G    `json:"g"`     // that is parked there, 0 for none
}

// A sema is a State, and the goroutine that was parked there and has not run since.
type sema struct {
	State
	woken G
}

type desc struct {
	fd      epollsim.FD
	closing bool
	closed  bool // no goroutine uses it any more
	failed  bool // the last event was ERR alone (pollEventErr)
	seq     uint32
	sema    map[Mode]*sema
}

// A Poller is the part of the runtime that asks the kernel. Get one from [New].
type Poller struct {
	k       *epollsim.Kernel
	ep      epollsim.FD
	breaker epollsim.FD
	awoken  bool // the eventfd was written, and not yet read (netpollWakeSig)
	descs   []desc
	cache   []uint32     // the sequence numbers of the pollDescs that were freed, the last is the next (pollCache)
	timed   map[int]bool // the calls that sleep, and whether for a time only
}

// New makes a poller on a kernel: an epoll, with an eventfd in it (netpollinit).
func New(k *epollsim.Kernel) (*Poller, error) {
	if k == nil {
		return nil, errors.New("netpoll: no kernel")
	}
	ep, err := k.Create()
	if err != nil {
		return nil, err
	}
	breaker, err := k.EventFD(0, false)
	if err != nil {
		return nil, err
	}
	if err := k.Ctl(ep, epollsim.ADD, breaker, epollsim.IN, 0); err != nil {
		return nil, err
	}
	return &Poller{k: k, ep: ep, breaker: breaker, descs: make([]desc, 1), timed: map[int]bool{}}, nil
}

// seqBits is the number of bits that a sequence number has on amd64 since 1.26.
// (`runtime/tagptr_64bit.go:tagBits`)
const seqBits = 24

// Open adds a file, once and for all (netpollopen). It returns [epollsim.EPERM] for a
// regular file: Go reads such a file with a thread that waits.
func (p *Poller) Open(fd epollsim.FD) (Desc, error) {
	if p.k == nil {
		return 0, errUseNew
	}
	seq := uint32(0)
	if n := len(p.cache); n > 0 {
		seq, p.cache = p.cache[n-1], p.cache[:n-1]
	}
	seq = max(seq, 1)
	if err := p.k.Ctl(p.ep, epollsim.ADD, fd, Interest, uint64(len(p.descs))); err != nil {
		p.free(seq)
		return 0, err
	}
	p.descs = append(p.descs, desc{fd: fd, seq: seq, sema: map[Mode]*sema{Reading: {}, Writing: {}}})
	return Desc(len(p.descs) - 1), nil
}

// free is pollCache.free: the next file gets the same pollDesc, with another number.
func (p *Poller) free(seq uint32) {
	p.cache = append(p.cache, (seq+1)%(1<<seqBits))
}

// Seq returns the sequence number of a file (fdseq), in [1,1<<24-1]. The
// runtime keeps the pollDesc of a file that is closed, or could not be added, as a regular
// file, for the next one, and counts how often: an event of an earlier file is known by its
// number. Before an event is kept as an error, 20 bits of the number are compared with
// those in the pollDesc's atomicInfo, which has room for 16. So a file whose bits 16 to 19
// are not all 0 is never found to be not pollable.
// (`runtime/netpoll.go:(*pollDesc).setEventErr`)
func (p *Poller) Seq(d Desc) (uint32, error) {
	x, _, err := p.at(d, Reading)
	if err != nil {
		return 0, err
	}
	return x.seq, nil
}

// setEventErr keeps whether the last event was an error, if the file's number is found.
func (x *desc) setEventErr(failed bool) {
	const bits, room = 20, 16
	if x.seq%(1<<bits) == x.seq%(1<<room) {
		x.failed = failed
	}
}

func (p *Poller) at(d Desc, m Mode) (*desc, *sema, error) {
	if p.k == nil {
		return nil, nil, errUseNew
	}
	if d < 1 || int(d) >= len(p.descs) {
		return nil, nil, fmt.Errorf("netpoll: no file %d: want [1,%d]", d, len(p.descs)-1)
	}
	s := p.descs[d].sema[m]
	if s == nil {
		return nil, nil, fmt.Errorf("netpoll: no mode %.40q", m)
	}
	return &p.descs[d], s, nil
}

// State returns the state of the semaphore of a direction.
func (p *Poller) State(d Desc, m Mode) (State, error) {
	_, s, err := p.at(d, m)
	if err != nil {
		return State{}, err
	}
	return s.State, nil
}

// Read is a Read of goroutine g: it reads at most n bytes, and if there are none it parks
// the goroutine and reports that. When [Poller.Poll] or [Poller.Close] has returned the
// goroutine, it calls Read again, which goes on.
func (p *Poller) Read(d Desc, g G, n int) (o epollsim.Outcome, parked bool, err error) {
	return p.io(d, Reading, g, n, p.k.Read)
}

// Write is a Write of goroutine g, of n bytes, of which only a part may be written. It
// parks as Read does.
func (p *Poller) Write(d Desc, g G, n int) (o epollsim.Outcome, parked bool, err error) {
	return p.io(d, Writing, g, n, p.k.Write)
}

func (p *Poller) io(d Desc, m Mode, g G, n int, call func(epollsim.FD, int) (epollsim.Outcome, error)) (o epollsim.Outcome, parked bool, err error) {
	x, s, err := p.at(d, m)
	switch {
	case err != nil:
		return o, false, err
	case g < 1:
		return o, false, g.bad()
	}
	resumes := s.woken == g
	switch {
	case resumes && s.Ready: // an edge has woken it: it goes on, whatever has happened since
	case resumes:
		err = ErrClosed
	case x.closing:
		return o, false, ErrClosed
	case s.G != 0 || s.woken != 0:
		return o, false, s.taken()
	case m == Reading && n == 0:
		return o, false, nil // before it is known whether the file can be polled
	default:
		err = x.check(m)
	}
	if s.woken = 0; err == nil {
		s.Ready = false
		if o, err = call(x.fd, n); err == epollsim.EAGAIN {
			parked, err = x.block(s, m, g)
		}
	}
	if left := p.leave(x); err == nil {
		err = left
	}
	return o, parked, err
}

// taken is the error of a second goroutine. In Go it waits for the file's lock.
func (s *sema) taken() error {
	return fmt.Errorf("netpoll: goroutine %d waits for that already", max(s.G, s.woken))
}

func (g G) bad() error { return fmt.Errorf("netpoll: goroutine %d: want 1 or more", g) }

// check is netpollcheckerr.
func (x *desc) check(m Mode) error {
	switch {
	case x.closing:
		return ErrClosed
	case m == Reading && x.failed:
		return ErrNotPollable
	}
	return nil
}

// Reset forgets an edge that has come before (poll_runtime_pollReset). A goroutine that
// was parked and woken begins anew with it.
func (p *Poller) Reset(d Desc, m Mode) error {
	x, s, err := p.at(d, m)
	switch {
	case err != nil:
		return err
	case s.G != 0:
		return s.taken()
	}
	s.woken = 0
	if err = x.check(m); err == nil {
		s.Ready = false
	}
	if left := p.leave(x); err == nil {
		err = left
	}
	return err
}

// Block parks goroutine g until an edge comes (poll_runtime_pollWait). It reports false if
// one has come since the reset: then the goroutine goes on at once.
func (p *Poller) Block(d Desc, m Mode, g G) (parked bool, err error) {
	x, s, err := p.at(d, m)
	switch {
	case err != nil:
		return false, err
	case g < 1:
		return false, g.bad()
	case s.G != 0 || s.woken != 0:
		return false, s.taken()
	}
	return x.block(s, m, g)
}

// block is netpollblock.
func (x *desc) block(s *sema, m Mode, g G) (parked bool, err error) {
	if err := x.check(m); err != nil {
		return false, err
	}
	if s.Ready {
		s.Ready = false
		return false, nil
	}
	s.G = g
	return true, nil
}

// Poll asks the kernel for at most 128 events, and returns the goroutines that are
// runnable now, in the order in which the scheduler takes them: the last of the events is
// the first, and of one file its writer (netpoll, netpollready). It does not sleep, and
// leaves the eventfd as it is, for a call that does.
func (p *Poller) Poll() ([]G, error) {
	run, _, err := p.PollFor(0)
	return run, err
}

// PollFor is a Poll that sleeps if there is nothing: below 0 until something comes, and
// else for a time in whole milliseconds, rounded down, but at least one and at most 1e9. The
// waiter is 0, or the number of the call that sleeps: when it is awake
// ([epollsim.Kernel.Awake]), [Poller.Resume] lets it go on.
func (p *Poller) PollFor(delay time.Duration) (run []G, waiter int, err error) {
	if p.k == nil {
		return nil, 0, errUseNew
	}
	timed := delay > 0
	if timed {
		delay = min(max(delay.Truncate(time.Millisecond), time.Millisecond), 1e9*time.Millisecond)
	}
	o, err := p.k.Block(p.ep, maxEvents, delay)
	if err != nil {
		return nil, 0, err
	}
	if o.Waiter != 0 {
		p.timed[o.Waiter] = timed
		return []G{}, o.Waiter, nil
	}
	run, err = p.take(o.Ready, delay != 0)
	return run, 0, err
}

// maxEvents is the room that netpoll has for events.
const maxEvents = 128

// Resume lets a call of [Poller.PollFor] go on that is awake. If there is nothing for it,
// it sleeps again. A signal ends a call that sleeps for a time; one without a time begins
// anew. It returns an error if the call is asleep, or there is none.
func (p *Poller) Resume(waiter int) (run []G, again int, err error) {
	timed, ok := p.timed[waiter]
	if !ok {
		return nil, 0, fmt.Errorf("netpoll: no call %d sleeps", waiter)
	}
	o, err := p.k.Resume(waiter)
	switch {
	case err != nil && err != epollsim.EINTR:
		return nil, 0, err
	case o.Waiter != 0:
		return []G{}, waiter, nil
	}
	delete(p.timed, waiter)
	switch {
	case err == nil:
		run, err = p.take(o.Ready, true)
		return run, 0, err
	case timed:
		return []G{}, 0, nil
	}
	return p.PollFor(-1)
}

// take makes semaphores ready. Of several events of the eventfd only a call that may have
// slept takes one.
func (p *Poller) take(ready []epollsim.Ready, slept bool) (run []G, err error) {
	run = []G{}
	for _, e := range ready {
		if e.Data == 0 {
			if slept {
				if _, err := p.k.Read(p.breaker, 8); err != nil {
					return nil, err
				}
				p.awoken = false
			}
			continue
		}
		if e.Data >= uint64(len(p.descs)) {
			err = fmt.Errorf("netpoll: an event of file %d, and the poller has [1,%d]: its epoll was changed or closed from outside", e.Data, len(p.descs)-1)
			break
		}
		x := &p.descs[e.Data]
		if x.closed {
			continue // fdseq is another
		}
		x.setEventErr(e.Events == epollsim.ERR)
		if e.Events&(epollsim.IN|epollsim.RDHUP|epollsim.HUP|epollsim.ERR) != 0 {
			run = x.sema[Reading].unblock(run, true)
		}
		if e.Events&(epollsim.OUT|epollsim.HUP|epollsim.ERR) != 0 {
			run = x.sema[Writing].unblock(run, true)
		}
	}
	slices.Reverse(run) // a gList is a stack
	return run, err
}

// unblock is netpollunblock: a goroutine that is parked will run, and the edge is kept for
// it, or for the next one.
func (s *sema) unblock(run []G, edge bool) []G {
	s.Ready = s.Ready || edge
	if s.G == 0 {
		return run
	}
	run = append(run, s.G)
	s.woken, s.G = s.G, 0
	return run
}

// Break wakes the thread that asks the kernel (netpollBreak). Of several calls only the
// first writes to the eventfd.
func (p *Poller) Break() error {
	if p.k == nil {
		return errUseNew
	}
	if p.awoken {
		return nil
	}
	p.awoken = true
	_, err := p.k.Signal(p.breaker, 1)
	return err
}

// Close closes a file. It returns the goroutines that are parked there in the order in
// which they run on the P of the caller: the writer, which becomes runnable last and so is
// runnext, and the reader. They find [ErrClosed] when they call Read or Write again, and
// the descriptor is closed when the last of them has, or at once (poll.FD.Close, which
// waits for that). A goroutine that was woken by an edge before, and has not run yet, reads
// or writes once more.
func (p *Poller) Close(d Desc) ([]G, error) {
	x, _, err := p.at(d, Reading)
	switch {
	case err != nil:
		return nil, err
	case x.closing:
		return nil, ErrClosed
	}
	x.closing = true
	run := x.sema[Writing].unblock([]G{}, false)
	run = x.sema[Reading].unblock(run, false)
	return run, p.leave(x)
}

// leave closes the descriptor of a file that is closed, if no goroutine uses it
// (poll.FD.destroy). An error of epoll_ctl is ignored, as in Go.
func (p *Poller) leave(x *desc) error {
	if !x.closing || x.closed {
		return nil
	}
	for _, s := range x.sema {
		if s.G != 0 || s.woken != 0 {
			return nil
		}
	}
	x.closed = true
	p.k.Ctl(p.ep, epollsim.DEL, x.fd, 0, 0)
	p.free(x.seq)
	return p.k.Close(x.fd)
}
