package ipc

import (
	"math/bits"
	"slices"
)

// Signals are numbered from 1 to LastSignal; those from FirstQueued on are queued.
const (
	FirstQueued = 32
	LastSignal  = 64
)

func bit(sig int) uint64 { return 1 << (sig - 1) }

// Masks of kernel/signal.c, for amd64.
var (
	synchronous = bit(4) | bit(5) | bit(7) | bit(8) | bit(11) | bit(31) // ILL, TRAP, BUS, FPE, SEGV, SYS
	stops       = bit(19) | bit(20) | bit(21) | bit(22)                 // STOP, TSTP, TTIN, TTOU
)

const (
	sigkill   = 9
	sigcont   = 18
	sigstop   = 19
	maxQueued = 1024 // signals of a process that are queued (RLIMIT_SIGPENDING; in Linux of a user)
)

// Mask sets which signals a process blocks, the lowest bit for 1. KILL and STOP cannot
// be blocked.
func (s *System) Mask(p Proc, set uint64) error {
	if err := s.call(p); err != nil {
		return err
	}
	s.procs[p].blocked = set &^ (bit(sigkill) | bit(sigstop))
	return nil
}

// Kill sends a signal to a process. It is pending until [System.Take]. A signal below
// [FirstQueued] that is pending already is not counted: several become one. Sending CONT
// removes pending stop signals, and the other way round. When 1,024 signals are queued,
// one more becomes pending for a process but is not counted; for a thread Kill returns
// EAGAIN.
func (s *System) Kill(p, to Proc, sig int) error {
	if err := s.call(p); err != nil {
		return err
	}
	switch {
	case sig < 0 || sig > LastSignal:
		return EINVAL
	case to < 1 || int(to) >= len(s.procs):
		return ESRCH
	case sig == 0:
		return nil
	}
	t := &s.procs[to]
	switch {
	case sig == sigcont:
		t.pending &^= stops
	case bit(sig)&stops != 0:
		t.pending &^= bit(sigcont)
	}
	if t.pending&bit(sig) != 0 && sig < FirstQueued {
		s.tell(Event{Kind: Coalesced, Rule: "signal-once", Proc: to, Of: sig})
		return nil
	}
	switch {
	case sig < FirstQueued:
	case len(t.queued) < maxQueued:
		t.queued = append(t.queued, sig)
	case t.thread:
		return EAGAIN // as tgkill does
	case t.pending&bit(sig) != 0:
		s.tell(Event{Kind: Coalesced, Rule: "signal-limit", Proc: to, Of: sig})
		return nil
	}
	t.pending |= bit(sig)
	s.tell(Event{Kind: Pending, Rule: "signal-once", Proc: to, Of: sig})
	return nil
}

// Take takes a pending signal of the set (sigtimedwait with a timeout of 0): signals that
// the processor raises come first, then the lowest number. It returns EAGAIN if none is
// pending.
func (s *System) Take(p Proc, set uint64) (Outcome, error) {
	if err := s.call(p); err != nil {
		return Outcome{}, err
	}
	t := &s.procs[p]
	x := t.pending & set
	if x == 0 {
		return Outcome{}, EAGAIN
	}
	if x&synchronous != 0 {
		x &= synchronous
	}
	sig := bits.TrailingZeros64(x) + 1
	more := false
	if sig >= FirstQueued {
		// There is none if the queue was full when it was sent.
		if i := slices.Index(t.queued, sig); i >= 0 {
			t.queued = slices.Delete(t.queued, i, i+1)
		}
		more = slices.Contains(t.queued, sig)
	}
	if !more {
		t.pending &^= bit(sig)
	}
	s.tell(Event{Kind: Taken, Rule: "signal-order", Proc: p, Of: sig})
	return Outcome{Signal: sig}, nil
}

// Pending lists the signals that are pending for a process, each once.
func (s *System) Pending(p Proc) ([]int, error) {
	if err := s.enter(p); err != nil {
		return nil, err
	}
	out := []int{}
	for x := s.procs[p].pending; x != 0; x &= x - 1 {
		out = append(out, bits.TrailingZeros64(x)+1)
	}
	return out, nil
}
