package epollsim

import (
	"math/bits"
	"slices"
)

// A PollFD is a descriptor that poll looks at, and the result.
type PollFD struct {
	FD      FD     `json:"fd"`
	Events  Events `json:"events"` // 16 bits
	Revents Events `json:"revents"`
}

// Sets are the descriptors that select looks at, in ascending order. What Ex asks for is
// out-of-band data, which nothing here sends: such a descriptor is looked at, and is never
// ready for that.
type Sets struct {
	In  []FD `json:"in"`
	Out []FD `json:"out"`
	Ex  []FD `json:"ex"`
}

// A Cost is the cost of a call of select or poll, which does not depend on what is ready.
type Cost struct {
	In      int `json:"in"`      // bytes copied into the kernel
	Out     int `json:"out"`     // and out of it
	Scanned int `json:"scanned"` // descriptors that were looked at
}

const pollFDSize = 8 // of struct pollfd, in bytes

// Poll is poll with a timeout of 0. It looks at every descriptor: it passes over negative
// ones, and reports NVAL for unknown ones. The slice is valid until the next call of
// Poll.
func (k *Kernel) Poll(fds []PollFD) ([]PollFD, Cost, error) {
	if err := k.begin(Op{Verb: PollVerb, Polls: fds}); err != nil {
		return nil, Cost{}, err
	}
	if len(fds) > k.config.MaxFD {
		return nil, Cost{}, k.fail(EINVAL)
	}
	if err := k.lockedAny(); err != nil {
		return nil, Cost{}, err
	}
	c := Cost{In: pollFDSize * len(fds), Out: 2 * len(fds)} // of each, revents alone
	k.pollOut = append(k.pollOut[:0], fds...)
	for i := range k.pollOut {
		p := &k.pollOut[i]
		p.Revents = 0
		if p.FD < 0 {
			continue
		}
		c.Scanned++
		if r := k.lookup(p.FD); r == 0 {
			p.Revents = NVAL
		} else {
			p.Revents = k.look(p.FD, r) & (p.Events&0xffff | ERR | HUP)
		}
	}
	k.counts.Copied += c.In + c.Out
	return k.pollOut, c, nil
}

func (k *Kernel) look(fd FD, r ref) Events {
	f := k.files.at(r)
	m := k.poll(f)
	if k.trace != nil {
		k.event(Event{Kind: Looked, Rule: "select-poll", File: f.id, FD: fd, Events: m})
	}
	return m
}

// tableSize reports how many descriptors the process's table has room for: it begins with
// 64, doubles when it is full (alloc_fdtable), and never shrinks.
func (k *Kernel) tableSize() int {
	return max(64, 1<<bits.Len(uint(len(k.fds)-1)))
}

// Select is select with a timeout of 0, of the descriptors below n. It returns those that
// are ready, and the number of bits that are set. It returns [EBADF] if any descriptor is
// unknown.
func (k *Kernel) Select(n int, sets Sets) (Sets, int, Cost, error) {
	if err := k.begin(Op{Verb: SelectVerb, N: n, Sets: sets}); err != nil {
		return Sets{}, 0, Cost{}, err
	}
	if n < 0 {
		return Sets{}, 0, Cost{}, k.fail(EINVAL)
	}
	if err := k.lockedAny(); err != nil {
		return Sets{}, 0, Cost{}, err
	}
	n = min(n, k.tableSize())  // beyond the table nothing is looked at
	each := alignUp(n, 64) / 8 // FDS_BYTES
	c := Cost{In: 3 * each, Out: 3 * each}
	wanted := map[FD]Events{}
	for i, set := range [][]FD{sets.In, sets.Out, sets.Ex} {
		for _, fd := range set {
			if fd >= 0 && int(fd) < n {
				wanted[fd] |= []Events{IN, OUT, PRI}[i]
			}
		}
	}
	fds := make([]FD, 0, len(wanted))
	for fd := range wanted {
		if k.lookup(fd) == 0 {
			return Sets{}, 0, Cost{}, k.fail(EBADF)
		}
		fds = append(fds, fd)
	}
	slices.Sort(fds)
	out := Sets{[]FD{}, []FD{}, []FD{}}
	for _, fd := range fds {
		c.Scanned++
		m, w := k.look(fd, k.lookup(fd)), wanted[fd]
		if m&selectIn != 0 && w&IN != 0 {
			out.In = append(out.In, fd)
		}
		if m&selectOut != 0 && w&OUT != 0 {
			out.Out = append(out.Out, fd)
		}
	}
	k.counts.Copied += c.In + c.Out
	return out, len(out.In) + len(out.Out), c, nil
}

// lockedAny returns an error while a scan is at work, which a poll may have to wait for.
func (k *Kernel) lockedAny() error {
	if k.scans > 0 {
		return errLocked
	}
	return nil
}
