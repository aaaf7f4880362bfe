package epollsim

import (
	"fmt"
	"time"
)

// Version is the version of Linux whose rules these are.
const Version = "6.18"

// A Config says what to model.
type Config struct {
	// MaxFD is the largest number of open descriptors (RLIMIT_NOFILE), from 16 to
	// 16,777,216; 0 is 1,048,576.
	MaxFD int `json:"maxFD"`

	// SndBuf is the send buffer of a unix socket in bytes (net.core.wmem_default),
	// from 4,608 to 2^30; 0 is 212,992.
	SndBuf int `json:"sndBuf"`

	// MaxWatches is the largest number of items of all epolls together
	// (fs.epoll.max_user_watches); 0 is 5,491,511.
	MaxWatches int `json:"maxWatches"`

	// Record keeps the operations, for [Kernel.At] and [Kernel.Record].
	Record bool `json:"record"`

	// Trace receives every step; nil costs nothing. It must not use the kernel, except
	// for Snapshot.
	Trace func(Event) `json:"-"`
}

// A Kernel is the part of Linux that epoll consists of, with one process: descriptors,
// files, wait queues and epolls. All files are non-blocking; only Block may sleep. Get
// one from [New].
type Kernel struct {
	config Config
	trace  func(Event)

	fds     []ref    // file by descriptor
	used    []uint64 // descriptors, a bit each
	lowWord int      // all words of used before it are full
	open_   int      // descriptors

	files    arena[file]
	eventfds arena[eventfd]
	pipes    arena[pipe]
	unixes   arena[unixSock]
	tcps     arena[tcpSock]
	regulars arena[regular]
	epolls   arena[epoll]
	items    arena[item]
	lastFile File
	watches  int // items

	waiters    []waiter // that have not returned, by number
	lastWaiter int
	scans      int // that are at work
	now        time.Duration
	counts     Counts

	loop    loopCheck
	out     []Ready // what Wait returns
	pollOut []PollFD

	seq     uint64
	refuses error
	log     []Op
}

// Counts are totals since New.
type Counts struct {
	Polls     int `json:"polls"`     // of files, by any call
	Callbacks int `json:"callbacks"` // of items, by wake-ups
	Copied    int `json:"copied"`    // bytes between the process and the kernel, by epoll, select and poll
	Rotations int `json:"rotations"` // of trees
}

// New makes a kernel with three descriptors, 0, 1 and 2, of a regular file each. It
// returns an error if a number is out of range.
func New(c Config) (*Kernel, error) {
	for _, n := range []struct {
		name          string
		value         *int
		def, low, top int
	}{
		{"MaxFD", &c.MaxFD, 1 << 20, 16, maxFD},
		{"SndBuf", &c.SndBuf, 212992, 4608, 1 << 30},
		{"MaxWatches", &c.MaxWatches, 5491511, 1, 1 << 30},
	} {
		if *n.value == 0 {
			*n.value = n.def
		}
		if *n.value < n.low || *n.value > n.top {
			return nil, fmt.Errorf("epollsim: %s %d out of range [%d,%d]", n.name, *n.value, n.low, n.top)
		}
	}
	k := &Kernel{config: c, trace: c.Trace}
	if c.Record && k.trace == nil {
		k.trace = func(Event) {} // so that events are counted
	}
	for range 3 {
		k.open(regularFile, k.newRegular())
	}
	return k, nil
}

// begin is at the head of every verb: it says why nothing can be done, and notes what
// is.
func (k *Kernel) begin(op Op) error {
	if k.refuses != nil {
		return k.refuses
	}
	if k.config.MaxFD == 0 {
		return errUseNew
	}
	if k.config.Record {
		k.record(op)
	}
	return nil
}

// fail notes that a call fails.
func (k *Kernel) fail(err error) error {
	if e, ok := err.(Errno); ok && k.trace != nil {
		k.event(Event{Kind: Failed, Rule: "errno", Errno: e})
	}
	return err
}

// Now returns the virtual time since the start.
func (k *Kernel) Now() time.Duration { return k.now }

// Counts returns the totals so far.
func (k *Kernel) Counts() Counts { return k.counts }

// Open reports how many descriptors are open.
func (k *Kernel) Open() int { return k.open_ }
