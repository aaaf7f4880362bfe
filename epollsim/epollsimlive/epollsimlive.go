// Package epollsimlive performs on the running kernel the calls that package epollsim
// predicts.
package epollsimlive

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"slices"

	"github.com/orrery-go/orrery/epollsim"
)

// ErrUnsupported says that the running system is not Linux.
var ErrUnsupported = errors.New("epollsimlive: the running system has no epoll")

// An Interest is an item of an epoll, as /proc/self/fdinfo shows it.
type Interest struct {
	FD     epollsim.FD
	Events epollsim.Events
	Data   uint64
}

// Interests returns the items of an epoll of the model, in the form in which
// [Live.Interests] returns those of a real one.
func Interests(s epollsim.Snapshot, file epollsim.File) (out []Interest) {
	for _, ep := range s.Epolls {
		if ep.File == file {
			for _, i := range ep.Tree {
				out = append(out, Interest{i.FD, i.Events &^ epollsim.WAKEUP, i.Data})
			}
		}
	}
	sortInterests(out)
	return out
}

func sortInterests(list []Interest) {
	slices.SortFunc(list, func(a, b Interest) int {
		return cmp.Or(cmp.Compare(a.FD, b.FD), cmp.Compare(a.Events, b.Events), cmp.Compare(a.Data, b.Data))
	})
}

// A Source makes random programs: operations that make sense in the state of a kernel,
// and now and then some that do not.
type Source struct {
	r      *rand.Rand
	begun  int
	kinds  map[epollsim.FD]epollsim.FileType // of open descriptors
	fds    []epollsim.FD
	added  [][2]epollsim.FD // items: epoll and descriptor
	Flavor int              // which events the program prefers
	NoTCP  bool             // it makes no TCP connection
	Nested bool             // it puts epolls into epolls
}

// NewSource makes a source from a seed.
func NewSource(seed uint64) *Source {
	return &Source{r: rand.New(rand.NewPCG(seed, 27)), kinds: map[epollsim.FD]epollsim.FileType{}, Flavor: int(seed % 5), NoTCP: seed%8 != 0, Nested: seed%7 == 6}
}

// look records the open descriptors.
func (s *Source) look(k *epollsim.Kernel) {
	s.fds = s.fds[:0]
	clear(s.kinds)
	for fd, left := epollsim.FD(0), k.Open(); left > 0; fd++ {
		if kind, err := k.Type(fd); err == nil {
			s.fds = append(s.fds, fd)
			s.kinds[fd] = kind
			left--
		}
	}
}

// Next makes the next operation.
func (s *Source) Next(k *epollsim.Kernel) epollsim.Op {
	s.look(k)
	if s.begun++; s.begun <= 6 {
		if s.begun <= 3 || s.Nested && s.begun < 6 {
			return epollsim.Op{Verb: epollsim.CreateVerb}
		}
		return s.file()
	}
	switch p := s.r.IntN(100); {
	case p < 28:
		return s.ctl()
	case p < 48:
		return epollsim.Op{Verb: epollsim.WaitVerb, FD: s.pick(epollsim.Epoll), N: s.of(1, 1, 1, 2, 2, 3, 8, 64, 8, 8, 64, 8, 64, 3, 2, 8, 8, 8, 0, -1)}
	case p < 64:
		return s.write()
	case p < 78:
		return epollsim.Op{Verb: epollsim.ReadVerb, FD: s.pick(epollsim.EventFD, epollsim.Semaphore, epollsim.PipeRead, epollsim.Unix, epollsim.TCP), N: s.of(1, 2, 8, 8, 8, 9, 100, 4095, 4096, 4097, 5000, 40000, 65536, 300000, 0, 7, -1)}
	case p < 81:
		return epollsim.Op{Verb: epollsim.SignalVerb, FD: s.pick(epollsim.EventFD), Value: []uint64{0, 1, 3, 1 << 40, 1<<64 - 2, 1<<64 - 1}[s.r.IntN(6)]}
	case p < 84:
		return epollsim.Op{Verb: epollsim.DupVerb, FD: s.any()}
	case p < 88:
		if len(s.fds) > 24 || s.r.IntN(2) == 0 {
			return epollsim.Op{Verb: epollsim.CloseVerb, FD: s.any()}
		}
		return s.file()
	case p < 91:
		return epollsim.Op{Verb: epollsim.ShutdownVerb, FD: s.pick(epollsim.Unix, epollsim.TCP), How: epollsim.How(s.of(0, 1, 1, 2, 2, 3, -1))}
	case p < 94:
		return s.poll()
	case p < 96:
		return s.selects()
	case p < 97:
		return epollsim.Op{Verb: epollsim.CreateSizeVerb, N: s.of(1, 0, -1, 1000)}
	}
	if s.Nested || s.r.IntN(2) == 0 {
		return epollsim.Op{Verb: epollsim.CreateVerb}
	}
	return s.file()
}

func (s *Source) of(list ...int) int { return list[s.r.IntN(len(list))] }

// any picks a descriptor, mostly an open one, and seldom a regular file.
func (s *Source) any() epollsim.FD {
	if s.r.IntN(60) == 0 {
		return epollsim.FD(s.of(-1, 30, 29, 100000, 7))
	}
	if len(s.fds) == 0 {
		return 5
	}
	fd := s.fds[s.r.IntN(len(s.fds))]
	if s.kinds[fd] == epollsim.Regular && s.r.IntN(8) > 0 {
		fd = s.fds[s.r.IntN(len(s.fds))]
	}
	return fd
}

// pick picks one of the kinds, mostly.
func (s *Source) pick(kinds ...epollsim.FileType) epollsim.FD {
	for range 12 {
		if fd := s.any(); slices.Contains(kinds, s.kinds[fd]) {
			return fd
		}
	}
	return s.any()
}

func (s *Source) file() epollsim.Op {
	switch s.r.IntN(9) {
	case 0:
		return epollsim.Op{Verb: epollsim.EventFDVerb, Value: uint64(s.of(0, 0, 1, 5))}
	case 1:
		return epollsim.Op{Verb: epollsim.EventFDVerb, Value: uint64(s.of(0, 2)), Semaphore: true}
	case 2, 3, 4:
		return epollsim.Op{Verb: epollsim.PipeVerb}
	case 5, 6:
		return epollsim.Op{Verb: epollsim.SocketPairVerb}
	case 7:
		if s.NoTCP {
			return epollsim.Op{Verb: epollsim.PipeVerb}
		}
		return epollsim.Op{Verb: epollsim.TCPVerb}
	}
	if s.r.IntN(4) > 0 {
		return epollsim.Op{Verb: epollsim.SocketPairVerb}
	}
	return epollsim.Op{Verb: epollsim.RegularVerb}
}

func (s *Source) write() epollsim.Op {
	fd := s.pick(epollsim.EventFD, epollsim.Semaphore, epollsim.PipeWrite, epollsim.Unix, epollsim.TCP)
	n := s.of(1, 2, 8, 8, 8, 100, 3000, 4096, 4097, 8192, 20000, 36544, 65536, 100000, 300000, 0, 7, 9, -1)
	if s.kinds[fd] == epollsim.TCP {
		n = s.of(0, 1, 2, 8, 100, 300) // real buffers grow, and a full one is not predictable
	}
	return epollsim.Op{Verb: epollsim.WriteVerb, FD: fd, N: n}
}

func (s *Source) events() epollsim.Events {
	pools := [][]epollsim.Events{
		{epollsim.IN, epollsim.OUT, epollsim.IN | epollsim.OUT, epollsim.IN | epollsim.RDHUP, 0, epollsim.PRI},
		{epollsim.IN | epollsim.ET, epollsim.OUT | epollsim.ET, epollsim.IN | epollsim.OUT | epollsim.RDHUP | epollsim.ET, epollsim.RDHUP | epollsim.ET},
		{epollsim.IN | epollsim.ONESHOT, epollsim.OUT | epollsim.ONESHOT | epollsim.ET, epollsim.ONESHOT, epollsim.IN | epollsim.OUT | epollsim.ONESHOT},
		{epollsim.IN | epollsim.EXCLUSIVE, epollsim.OUT | epollsim.EXCLUSIVE | epollsim.ET, epollsim.IN | epollsim.OUT | epollsim.EXCLUSIVE, epollsim.IN | epollsim.EXCLUSIVE | epollsim.ONESHOT},
		{epollsim.RDNORM, epollsim.WRBAND, epollsim.RDBAND | epollsim.ET, epollsim.HUP, epollsim.IN | epollsim.RDNORM, epollsim.WRNORM | epollsim.ET},
	}
	switch p := s.r.IntN(20); {
	case p == 0:
		e := epollsim.Events(s.r.Uint32())
		if s.r.IntN(16) > 0 {
			e &^= epollsim.WAKEUP // it takes a millisecond, since it registers a wakeup source
		}
		return e
	case p < 11:
		pool := pools[s.Flavor]
		return pool[s.r.IntN(len(pool))]
	}
	pool := pools[s.r.IntN(len(pools))]
	return pool[s.r.IntN(len(pool))]
}

func (s *Source) ctl() epollsim.Op {
	op := epollsim.Op{Verb: epollsim.CtlVerb, FD: s.pick(epollsim.Epoll), Target: s.any(), Events: s.events(), Value: s.r.Uint64()}
	for range 3 {
		if k := s.kinds[op.Target]; k != epollsim.Epoll && k != epollsim.Regular {
			break
		}
		op.Target = s.any()
	}
	if s.r.IntN(6) == 0 || s.Nested && s.r.IntN(4) > 0 {
		op.Target = s.pick(epollsim.Epoll)
	}
	switch p := s.r.IntN(20); {
	case p < 12:
		op.Ctl = epollsim.ADD
		s.added = append(s.added, [2]epollsim.FD{op.FD, op.Target})
	case p < 19:
		if op.Ctl = epollsim.MOD; p >= 16 {
			op.Ctl = epollsim.DEL
		}
		if len(s.added) > 0 && s.r.IntN(8) > 0 {
			a := s.added[s.r.IntN(len(s.added))]
			op.FD, op.Target = a[0], a[1]
		}
	default:
		op.Ctl = epollsim.CtlOp(s.of(0, 4, -1, 1, 2, 3))
	}
	return op
}

func (s *Source) poll() epollsim.Op {
	op := epollsim.Op{Verb: epollsim.PollVerb, Polls: []epollsim.PollFD{}}
	for range s.r.IntN(6) {
		op.Polls = append(op.Polls, epollsim.PollFD{FD: s.any(), Events: s.events() & 0x7fff})
	}
	return op
}

func (s *Source) selects() epollsim.Op {
	op := epollsim.Op{Verb: epollsim.SelectVerb, N: s.of(30, 30, 30, 5, 0, -1)}
	for _, set := range []*[]epollsim.FD{&op.Sets.In, &op.Sets.Out, &op.Sets.Ex} {
		for _, fd := range s.fds {
			if s.r.IntN(3) == 0 && fd < 30 {
				*set = append(*set, fd)
			}
		}
		if s.r.IntN(20) == 0 {
			*set = append(*set, 29)
		}
	}
	return op
}
