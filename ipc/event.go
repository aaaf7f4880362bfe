package ipc

import "fmt"

// A Kind is the kind of an event.
type Kind string

// The kinds.
const (
	Forked    Kind = "forked"     // process Proc, from Of
	CopiedIn  Kind = "copied in"  // N bytes from the memory of Proc to the kernel
	CopiedOut Kind = "copied out" // N bytes from the kernel to the memory of Proc
	Merged    Kind = "merged"     // N bytes into the last page of a pipe
	Paged     Kind = "paged"      // N bytes into a page of their own
	Freed     Kind = "freed"      // a page of a pipe
	Queued    Kind = "queued"     // a buffer or message of N bytes
	Consumed  Kind = "consumed"   // a buffer or message, to its end
	Passed    Kind = "passed"     // a file, as descriptor Of of Proc
	Sleeps    Kind = "sleeps"     // waiter Of, of Proc
	Wakes     Kind = "wakes"      // waiter Of, of Proc
	Stored    Kind = "stored"     // N bytes in shared memory, by Proc
	Loaded    Kind = "loaded"     // N bytes from shared memory, by Proc
	Pending   Kind = "pending"    // signal Of, for Proc
	Coalesced Kind = "coalesced"  // signal Of with one that was pending
	Taken     Kind = "taken"      // signal Of, by Proc
	Resized   Kind = "resized"    // a pipe, to N bytes
	Closed    Kind = "closed"     // descriptor Of of Proc
)

// String returns the name.
func (k Kind) String() string { return string(k) }

// An Event is one step.
type Event struct {
	Seq  uint64 `json:"seq"` // 1, 2, 3, and so on
	Kind Kind   `json:"kind"`
	Rule string `json:"rule"` // the row of fidelity.md that the step follows
	Proc Proc   `json:"proc,omitempty"`
	Of   int    `json:"of,omitempty"` // a waiter, a descriptor, a signal or a process
	N    int    `json:"n,omitempty"`  // bytes
}

// tell gives the step to Config.Trace, if it is set.
func (s *System) tell(e Event) {
	if s.trace == nil {
		return
	}
	s.seq++
	e.Seq = s.seq
	was := s.refuses
	s.refuses = errInside
	s.trace(e)
	s.refuses = was
}

// String reads like "copied in 100 bytes, process 1".
func (e Event) String() string {
	switch e.Kind {
	case Forked:
		return fmt.Sprintf("forked process %d from %d", e.Proc, e.Of)
	case CopiedIn, CopiedOut, Stored, Loaded:
		return fmt.Sprintf("%s %d bytes, process %d", e.Kind, e.N, e.Proc)
	case Merged, Paged, Queued, Resized:
		return fmt.Sprintf("%s %d bytes", e.Kind, e.N)
	case Sleeps, Wakes:
		return fmt.Sprintf("%s waiter %d, process %d", e.Kind, e.Of, e.Proc)
	case Passed, Closed:
		return fmt.Sprintf("%s descriptor %d, process %d", e.Kind, e.Of, e.Proc)
	case Pending, Coalesced, Taken:
		return fmt.Sprintf("%s signal %d, process %d", e.Kind, e.Of, e.Proc)
	}
	return string(e.Kind)
}
