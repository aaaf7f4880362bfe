// Package ipclive performs on the running kernel the calls that package ipc predicts.
package ipclive

import (
	"errors"
	"math/rand/v2"

	"github.com/orrery-go/orrery/ipc"
)

// ErrUnsupported says that the running system is not Linux.
var ErrUnsupported = errors.New("ipclive: the running system is not Linux")

// A Source makes random programs of two processes.
type Source struct {
	r     *rand.Rand
	begun int
	count byte // the next byte to write
	fifos int
	Kind  int // the kind of file that the program uses: 0 pipes, 1 streams, 2 datagrams, 3 queues, 4 signals
}

// NewSource makes a source from a seed.
func NewSource(seed uint64) *Source {
	return &Source{r: rand.New(rand.NewPCG(seed, 7)), Kind: int(seed % 5)}
}

// hows are the directions of an open, by their number in Linux.
var hows = []ipc.How{ipc.RD, ipc.WR, ipc.RDWR}

func (s *Source) of(list ...int) int { return list[s.r.IntN(len(list))] }

// sizes are sizes of writes and reads: around pages, and around the capacities of
// buffers.
var sizes = []int{1, 2, 10, 64, 100, 128, 192, 193, 383, 700, 704, 705, 1000, 1727, 2049, 3000, 3776, 3777, 4000, 4095, 4096, 4097, 5000, 8191, 8192, 8193,
	12288, 20000, 36544, 36545, 60000, 65536, 100000, 150000}

func (s *Source) size() int {
	if s.r.IntN(3) == 0 {
		return 1 + s.r.IntN(20_000)
	}
	return s.of(sizes...)
}

func (s *Source) data(n int) []byte {
	b := make([]byte, n)
	s.count += 7
	for i := range b {
		b[i] = s.count + byte(i) + byte(i>>8)
	}
	return b
}

// Next makes the next operation.
func (s *Source) Next(state ipc.Snapshot) ipc.Op {
	op := ipc.Op{Proc: ipc.Proc(1 + s.r.IntN(2)), To: ipc.Proc(1 + s.r.IntN(2))}
	if s.begun++; s.begun <= 3 {
		return s.make(op)
	}
	if len(state.Procs[op.Proc-1].FDs) == 0 {
		op.Proc = 3 - op.Proc
	}
	fds := state.Procs[op.Proc-1].FDs
	pick := func() ipc.FD {
		if len(fds) == 0 || s.r.IntN(50) == 0 {
			return ipc.FD(s.of(-1, 40, 0))
		}
		return fds[s.r.IntN(len(fds))].FD
	}
	op.FD = pick()
	sock := func() { // returns a socket's end
		for _, d := range fds {
			for _, f := range state.Files {
				if f.File == d.File && f.Room == 0 && s.r.IntN(2) == 0 {
					op.FD = d.FD
				}
			}
		}
	}
	if s.Kind == 4 && s.r.IntN(5) > 0 {
		return s.signal(op)
	}
	switch p := s.r.IntN(100); {
	case p < 34:
		op.Verb = ipc.WriteVerb
		op.Data = s.data(s.size())
		if s.r.IntN(20) == 0 {
			op.Data = []byte{}
		}
	case p < 66:
		op.Verb, op.N = ipc.ReadVerb, s.size()
	case p < 72 && s.Kind == 0:
		op.Verb = ipc.SetPipeSizeVerb
		op.N = s.of(0, 1, 4095, 4096, 4097, 8192, 12288, 65536, 65537, 100000, 262144, 1<<20, -1, 1<<31-1<<12)
		if op.N > 1<<20 {
			op.N = 1 << 20 // above it the limit of the process matters
		}
	case p < 76 && s.Kind == 0:
		op.Verb = ipc.PipeSizeVerb
	case p < 80 && (s.Kind == 1 || s.Kind == 2):
		op.Verb, op.Data = ipc.SendVerb, s.data(1+s.size()%3000)
		sock()
		// No sockets: the kernel frees sockets in each other's queues at a time of its
		// own choice.
		pipes := map[int]bool{}
		for _, f := range state.Files {
			pipes[f.File] = f.Room > 0
		}
		for _, d := range fds {
			if pipes[d.File] && s.r.IntN(3) == 0 && len(op.FDs) < 3 {
				op.FDs = append(op.FDs, d.FD)
			}
		}
		if s.r.IntN(30) == 0 {
			op.FDs = append(op.FDs, -1)
		}
	case p < 84 && (s.Kind == 1 || s.Kind == 2):
		op.Verb, op.N = ipc.RecvVerb, s.size()
		sock()
	case p < 86 && s.Kind != 0:
		op.Verb, op.How = ipc.ShutdownVerb, hows[s.of(0, 1, 2)]
		if sock(); s.r.IntN(3) > 0 {
			op.Verb, op.N = ipc.ReadVerb, s.size()
		}
	case s.Kind == 3 && s.r.IntN(3) > 0:
		if s.r.IntN(2) == 0 {
			op.Verb, op.Data, op.Most = ipc.PostVerb, s.data(s.of(0, 1, 5, 10, 16, 17, 100)), s.of(0, 0, 1, 5, 32767, 32768)
		} else {
			op.Verb, op.N = ipc.FetchVerb, s.of(16, 100, 100, 8192, 1)
		}
	case p < 90:
		op.Verb = ipc.GiveVerb
	case p < 93:
		op.Verb = ipc.CloseVerb
	case p < 96 && len(fds) < 16:
		return s.make(op)
	default:
		op.Verb, op.N = ipc.ReadVerb, s.size()
	}
	return op
}

// make makes a file.
func (s *Source) make(op ipc.Op) ipc.Op {
	switch s.Kind {
	case 0:
		if s.r.IntN(3) > 0 {
			op.Verb = ipc.PipeVerb
			return op
		}
		if s.fifos == 0 || s.r.IntN(4) == 0 {
			s.fifos++
			op.Verb = ipc.FIFOVerb
			return op
		}
		op.Verb, op.N, op.Nonblock = ipc.OpenVerb, 1+s.r.IntN(s.fifos), true
		op.Mode = []ipc.Mode{ipc.ReadOnly, ipc.WriteOnly, ipc.ReadWrite}[s.r.IntN(3)]
	case 1, 2:
		if s.r.IntN(3) == 0 {
			op.Verb = ipc.PipeVerb
			return op
		}
		op.Verb, op.Datagram = ipc.SocketPairVerb, s.Kind == 2
	case 3:
		op.Verb, op.Most, op.N = ipc.QueueVerb, s.of(1, 3, 10), s.of(16, 100, 8192)
	default:
		op.Verb = ipc.PipeVerb
	}
	return op
}

// signal sends or takes a signal. Both processes are threads here, which may get all
// signals but those that the Go runtime needs and those that nothing can block.
func (s *Source) signal(op ipc.Op) ipc.Op {
	sigs := []int{1, 2, 3, 4, 7, 8, 10, 12, 13, 14, 15, 17, 18, 20, 21, 22, 24, 28, 30, 34, 35, 40, 64}
	switch s.r.IntN(5) {
	case 0, 1, 2:
		op.Verb, op.N = ipc.KillVerb, sigs[s.r.IntN(len(sigs))]
		if s.r.IntN(20) == 0 {
			op.N = s.of(0, -1, 65)
		}
		if op.N >= 18 && op.N <= 22 {
			op.To = 1 // a stop removes CONT from all threads of a process, and both are threads of one
		}
	default:
		op.Verb = ipc.TakeVerb
		op.Set = ^uint64(0) &^ (1<<8 | 1<<18 | 1<<22) // KILL, STOP, and URG of the Go runtime
		if s.r.IntN(3) == 0 {
			op.Set = 0
			for range 6 {
				op.Set |= 1 << (sigs[s.r.IntN(len(sigs))] - 1)
			}
		}
	}
	return op
}
