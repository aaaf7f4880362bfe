package ipc

import (
	"errors"
	"fmt"
	"slices"
)

// A Proc is the number of a process: 1, 2, 3, and so on.
type Proc int

// An FD is a file descriptor of a process. A new one is the lowest that is free.
type FD int

// An Errno is an error of a system call. A verb returns it unwrapped, so it can be
// compared with ==.
type Errno string

// The errors.
const (
	EPERM        Errno = "EPERM"
	EINTR        Errno = "EINTR"
	ENXIO        Errno = "ENXIO"
	EBADF        Errno = "EBADF"
	EAGAIN       Errno = "EAGAIN"
	EFAULT       Errno = "EFAULT"
	EBUSY        Errno = "EBUSY"
	EINVAL       Errno = "EINVAL"
	EMFILE       Errno = "EMFILE"
	EPIPE        Errno = "EPIPE"
	ESRCH        Errno = "ESRCH"
	EMSGSIZE     Errno = "EMSGSIZE"
	ENOTSOCK     Errno = "ENOTSOCK"
	ECONNREFUSED Errno = "ECONNREFUSED"
	ECONNRESET   Errno = "ECONNRESET"
	ENOTCONN     Errno = "ENOTCONN"
	ENOMEM       Errno = "ENOMEM"
	EOVERFLOW    Errno = "EOVERFLOW"
)

// Error returns the name.
func (e Errno) Error() string { return string(e) }

var (
	errUseNew = errors.New("ipc: a System that is not from New: use New")
	errInside = errors.New("ipc: a system cannot be used from its own Trace")
)

// Version is the version of Linux whose rules these are.
const Version = "6.18"

// A Config says what to model.
type Config struct {
	// Procs is the number of processes in the beginning, from 1 to 64; 0 is 2.
	Procs int `json:"procs"`

	// SndBuf is the send buffer of a unix socket in bytes (net.core.wmem_default),
	// from 4,608 to 2^24; 0 is 212,992.
	SndBuf int `json:"sndBuf"`

	// PipeMax is the largest capacity that a process without privileges may give a pipe,
	// in bytes (fs.pipe-max-size), from 4,096 to 2^24; 0 is 1,048,576.
	PipeMax int `json:"pipeMax"`

	// Nonblock makes all files non-blocking: calls return EAGAIN where they would sleep.
	Nonblock bool `json:"nonblock"`

	// Trace receives every step; nil costs nothing. It must not use the system, except
	// for Snapshot.
	Trace func(Event) `json:"-"`
}

// A System holds processes and everything between them. Get one from [New].
type System struct {
	config  Config
	trace   func(Event)
	procs   []process // by number; the first is unused
	regions []region  // by number; the first is unused
	sems    []semaphore
	fifos   []*pipe // by number; the first is unused; nil when nobody has it open
	lastID  int     // of files

	waiters    []*waiter // that have not returned, by number
	lastWaiter int
	counts     Counts
	bytes      int // that the kernel holds
	inFlight   int // files that messages carry
	seq        uint64
	refuses    error
}

// Counts are totals since New.
type Counts struct {
	Calls  int `json:"calls"`  // system calls
	Copies int `json:"copies"` // between a process and the kernel
	Bytes  int `json:"bytes"`  // bytes that these have copied
	Sleeps int `json:"sleeps"`
	Wakes  int `json:"wakes"`
}

// A process is an address space and descriptors.
type process struct {
	memory  []byte
	fds     *table
	thread  bool   // made by Thread
	blocked uint64 // signals, the lowest bit for 1
	pending uint64 // likewise
	queued  []int  // real-time signals, in the order of coming
}

// A table has the descriptors of a process, and of its threads.
type table struct{ files []*file }

// memorySize is the private memory of a process, in bytes.
const memorySize = 4096

// Bounds, so that no caller makes the model take memory without end.
const (
	maxFDs    = 4096
	maxProcs  = 64
	maxHeld   = 1 << 28 // bytes that the kernel holds in all
	maxBuffer = 1 << 26 // bytes of one call
)

// New makes a system of processes without files. It returns an error if a number is out
// of range.
func New(c Config) (*System, error) {
	for _, n := range []struct {
		name          string
		value         *int
		def, low, top int
	}{
		{"Procs", &c.Procs, 2, 1, maxProcs}, {"SndBuf", &c.SndBuf, 212992, 4608, 1 << 24}, {"PipeMax", &c.PipeMax, 1 << 20, page, 1 << 24},
	} {
		if *n.value == 0 {
			*n.value = n.def
		}
		if *n.value < n.low || *n.value > n.top {
			return nil, fmt.Errorf("ipc: %s %d out of range [%d,%d]", n.name, *n.value, n.low, n.top)
		}
	}
	s := &System{config: c, trace: c.Trace, procs: []process{{fds: new(table)}}, regions: make([]region, 1), sems: make([]semaphore, 1), fifos: make([]*pipe, 1)}
	for range c.Procs {
		s.procs = append(s.procs, process{memory: make([]byte, memorySize), fds: new(table)})
	}
	return s, nil
}

// enter is at the head of every call: it says why nothing can be done.
func (s *System) enter(p Proc) error {
	if s.refuses != nil {
		return s.refuses
	}
	if len(s.procs) == 0 {
		return errUseNew
	}
	if p < 1 || int(p) >= len(s.procs) {
		return fmt.Errorf("ipc: no process %d: want [1,%d]", p, len(s.procs)-1)
	}
	return nil
}

// call is enter for a system call.
func (s *System) call(p Proc) error {
	err := s.enter(p)
	if err == nil {
		s.counts.Calls++
	}
	return err
}

// Counts returns the totals so far.
func (s *System) Counts() Counts { return s.counts }

// Fork makes a process with a copy of another's memory and descriptors, which refer to
// the same files. Shared memory stays shared.
func (s *System) Fork(p Proc) (Proc, error) {
	if err := s.call(p); err != nil {
		return 0, err
	}
	if len(s.procs) > maxProcs {
		return 0, fmt.Errorf("ipc: there are %d processes already", maxProcs)
	}
	from := &s.procs[p]
	s.procs = append(s.procs, process{memory: slices.Clone(from.memory), fds: &table{slices.Clone(from.fds.files)}, blocked: from.blocked})
	for _, f := range from.fds.files {
		if f != nil {
			f.refs++
		}
	}
	child := Proc(len(s.procs) - 1)
	s.tell(Event{Kind: Forked, Rule: "fork", Proc: child, Of: int(p)})
	return child, nil
}

// Thread makes a thread: it shares the memory and descriptors of a process, and has a
// stack, registers, and blocked and pending signals of its own (clone with CLONE_VM and
// CLONE_FILES).
func (s *System) Thread(p Proc) (Proc, error) {
	if err := s.call(p); err != nil {
		return 0, err
	}
	if len(s.procs) > maxProcs {
		return 0, fmt.Errorf("ipc: there are %d processes already", maxProcs)
	}
	from := s.procs[p]
	s.procs = append(s.procs, process{memory: from.memory, fds: from.fds, thread: true, blocked: from.blocked})
	child := Proc(len(s.procs) - 1)
	s.tell(Event{Kind: Forked, Rule: "thread", Proc: child, Of: int(p)})
	return child, nil
}

// A Switched says what the processor exchanges when it switches to another process or
// thread.
type Switched struct {
	Registers bool `json:"registers"`
	Stack     bool `json:"stack"`
	Memory    bool `json:"memory"` // the page table, and with it the cached translations
}

// Switch reports what the processor exchanges when it switches from one process or thread
// to another (context_switch). Open files are not among it: the kernel finds them through
// the process that runs.
func (s *System) Switch(from, to Proc) (Switched, error) {
	if err := s.enter(from); err != nil {
		return Switched{}, err
	}
	if err := s.enter(to); err != nil {
		return Switched{}, err
	}
	other := from != to
	return Switched{Registers: other, Stack: other, Memory: &s.procs[from].memory[0] != &s.procs[to].memory[0]}, nil
}

// Poke stores a byte at an address of a process, from 0 to 4,095. No other process sees
// it.
func (s *System) Poke(p Proc, addr int, b byte) error {
	if err := s.enter(p); err != nil {
		return err
	}
	if addr < 0 || addr >= memorySize {
		return EFAULT
	}
	s.procs[p].memory[addr] = b
	return nil
}

// Peek loads a byte from an address of a process.
func (s *System) Peek(p Proc, addr int) (byte, error) {
	if err := s.enter(p); err != nil {
		return 0, err
	}
	if addr < 0 || addr >= memorySize {
		return 0, EFAULT
	}
	return s.procs[p].memory[addr], nil
}

// copied notes a copy between a process and the kernel. One of no bytes is none.
func (s *System) copied(p Proc, n int, in bool, rule string) {
	if n == 0 {
		return
	}
	s.counts.Copies++
	s.counts.Bytes += n
	kd := CopiedOut
	if in {
		kd = CopiedIn
		s.bytes += n
	} else {
		s.bytes -= n
	}
	s.tell(Event{Kind: kd, Rule: rule, Proc: p, N: n})
}
