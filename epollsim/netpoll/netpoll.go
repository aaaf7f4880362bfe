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
// The scheduler asks the kernel now and then (netpoll): each event sets the semaphores of
// its directions, and a goroutine that is parked there is runnable again. The last thread
// without work sleeps in that call; an eventfd wakes it for other reasons (netpollBreak).
//
// An edge that comes between steps 2 and 3 is not lost, since it leaves the semaphore
// ready: that is why edge-triggered events are enough.
//
// # Sources
//
// runtime/netpoll.go and runtime/netpoll_epoll.go of Go 1.26, internal/poll/fd_unix.go.
// Deadlines are left out.
//
// # Concurrent use
//
// A [Poller] is for one goroutine at a time.
package netpoll

import (
	"errors"
	"fmt"

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

// ErrClosed is returned by a wait for a file that was closed.
var ErrClosed = errors.New("netpoll: use of closed file")

// A State is the state of a semaphore of a Desc.
type State struct {
	Ready bool `json:"ready"` // an edge has come that nobody has waited for (pdReady)
	G     G    `json:"g"`     // that is parked there, 0 for none
}

type desc struct {
	fd      epollsim.FD
	closing bool
	sema    map[Mode]*State
}

// A Poller is the part of the runtime that asks the kernel. Get one from [New].
type Poller struct {
	k       *epollsim.Kernel
	ep      epollsim.FD
	breaker epollsim.FD
	awoken  bool // the eventfd was written, and not yet read (netpollWakeSig)
	descs   []desc
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
	return &Poller{k: k, ep: ep, breaker: breaker, descs: make([]desc, 1)}, nil
}

// Open adds a file, once and for all (netpollopen). It returns [epollsim.EPERM] for a
// regular file: Go reads such a file with a thread that waits.
func (p *Poller) Open(fd epollsim.FD) (Desc, error) {
	if p.k == nil {
		return 0, errors.New("netpoll: a Poller that is not from New: use New")
	}
	if err := p.k.Ctl(p.ep, epollsim.ADD, fd, Interest, uint64(len(p.descs))); err != nil {
		return 0, err
	}
	p.descs = append(p.descs, desc{fd: fd, sema: map[Mode]*State{Reading: {}, Writing: {}}})
	return Desc(len(p.descs) - 1), nil
}

func (p *Poller) at(d Desc, m Mode) (*desc, *State, error) {
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
	return *s, nil
}

// Read is a Read of goroutine g: it reads at most n bytes, and if there are none it parks
// the goroutine and reports that. When [Poller.Poll] has returned the goroutine, it reads
// again.
func (p *Poller) Read(d Desc, g G, n int) (o epollsim.Outcome, parked bool, err error) {
	return p.io(d, Reading, g, func(fd epollsim.FD) (epollsim.Outcome, error) { return p.k.Read(fd, n) })
}

// Write is a Write of goroutine g, of n bytes, of which only a part may be written.
func (p *Poller) Write(d Desc, g G, n int) (o epollsim.Outcome, parked bool, err error) {
	return p.io(d, Writing, g, func(fd epollsim.FD) (epollsim.Outcome, error) { return p.k.Write(fd, n) })
}

func (p *Poller) io(d Desc, m Mode, g G, call func(epollsim.FD) (epollsim.Outcome, error)) (o epollsim.Outcome, parked bool, err error) {
	if err := p.Reset(d, m); err != nil {
		return o, false, err
	}
	o, err = call(p.descs[d].fd)
	if err != epollsim.EAGAIN {
		return o, false, err
	}
	parked, err = p.Block(d, m, g)
	return epollsim.Outcome{}, parked, err
}

// Reset forgets an edge that has come before (poll_runtime_pollReset).
func (p *Poller) Reset(d Desc, m Mode) error {
	x, s, err := p.at(d, m)
	switch {
	case err != nil:
		return err
	case x.closing:
		return ErrClosed
	case s.G != 0:
		return fmt.Errorf("netpoll: goroutine %d waits for that already", s.G)
	}
	s.Ready = false
	return nil
}

// Block parks goroutine g until an edge comes (netpollblock). It reports false if one has
// come since the reset: then the goroutine goes on at once.
func (p *Poller) Block(d Desc, m Mode, g G) (parked bool, err error) {
	x, s, err := p.at(d, m)
	switch {
	case err != nil:
		return false, err
	case x.closing:
		return false, ErrClosed
	case g < 1:
		return false, fmt.Errorf("netpoll: goroutine %d: want 1 or more", g)
	case s.G != 0:
		return false, fmt.Errorf("netpoll: goroutine %d waits for that already", s.G)
	case s.Ready:
		s.Ready = false
		return false, nil
	}
	s.G = g
	return true, nil
}

// Poll asks the kernel for at most 128 events, and returns the goroutines that are
// runnable now, in the order of the events (netpoll, netpollready).
func (p *Poller) Poll() ([]G, error) {
	if p.k == nil {
		return nil, errors.New("netpoll: a Poller that is not from New: use New")
	}
	ready, err := p.k.Wait(p.ep, 128)
	if err != nil {
		return nil, err
	}
	run := []G{}
	for _, e := range ready {
		if e.Data == 0 {
			if _, err := p.k.Read(p.breaker, 8); err != nil {
				return nil, err
			}
			p.awoken = false
			continue
		}
		if e.Data >= uint64(len(p.descs)) {
			return run, fmt.Errorf("netpoll: an event of file %d, and the poller has [1,%d]: its epoll was changed or closed from outside", e.Data, len(p.descs)-1)
		}
		if e.Events&(epollsim.IN|epollsim.RDHUP|epollsim.HUP|epollsim.ERR) != 0 {
			run = p.unblock(run, Desc(e.Data), Reading, true)
		}
		if e.Events&(epollsim.OUT|epollsim.HUP|epollsim.ERR) != 0 {
			run = p.unblock(run, Desc(e.Data), Writing, true)
		}
	}
	return run, nil
}

// unblock is netpollunblock: whoever is parked runs, and else the edge is kept.
func (p *Poller) unblock(run []G, d Desc, m Mode, edge bool) []G {
	s := p.descs[d].sema[m]
	if s.G != 0 {
		run = append(run, s.G)
		s.G, s.Ready = 0, false
		return run
	}
	s.Ready = s.Ready || edge
	return run
}

// Break wakes the thread that asks the kernel (netpollBreak). Of several calls only the
// first writes to the eventfd.
func (p *Poller) Break() error {
	if p.k == nil {
		return errors.New("netpoll: a Poller that is not from New: use New")
	}
	if p.awoken {
		return nil
	}
	p.awoken = true
	_, err := p.k.Signal(p.breaker, 1)
	return err
}

// Close closes a file: goroutines that are parked there run, and find [ErrClosed].
func (p *Poller) Close(d Desc) ([]G, error) {
	x, _, err := p.at(d, Reading)
	switch {
	case err != nil:
		return nil, err
	case x.closing:
		return nil, ErrClosed
	}
	x.closing = true
	run := p.unblock([]G{}, d, Reading, false)
	run = p.unblock(run, d, Writing, false)
	if err := p.k.Ctl(p.ep, epollsim.DEL, x.fd, 0, 0); err != nil {
		return run, err
	}
	return run, p.k.Close(x.fd)
}
