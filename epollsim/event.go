package epollsim

import (
	"fmt"
	"time"
)

// A Kind is the kind of an event.
type Kind string

// The kinds.
const (
	Opened      Kind = "opened"       // FD, a descriptor of File, which is a What
	Closed      Kind = "closed"       // FD; N others refer to File
	Released    Kind = "released"     // File, with its last descriptor
	Writes      Kind = "writes"       // a process N bytes to FD
	DidRead     Kind = "read"         // a process N bytes from FD
	Failed      Kind = "failed"       // the call, with Errno
	Woken       Kind = "woken"        // the wait queue of File, for Events; for all there is if they are 0
	Ignored     Kind = "ignored"      // by an item: it does not ask for Events
	Inserted    Kind = "inserted"     // an item into the tree
	Erased      Kind = "erased"       // an item from it
	Modified    Kind = "modified"     // an item: it asks for Events
	Rotated     Kind = "rotated"      // the tree, at an item, What: left or right
	Painted     Kind = "painted"      // an item in the tree, What: red or black
	Polled      Kind = "polled"       // the file of an item, which is ready for Events
	Listed      Kind = "listed"       // an item on the ready list
	Overflowed  Kind = "overflowed"   // an item: a scan has the list
	ScanStarted Kind = "scan started" // of Epoll: it has taken the list
	ScanDone    Kind = "scan done"    // of Epoll
	Sent        Kind = "sent"         // Events of an item, to the process
	Dropped     Kind = "dropped"      // an item from the list: it is not ready
	Disarmed    Kind = "disarmed"     // an item with ONESHOT
	Sleeps      Kind = "sleeps"       // Waiter
	Wakes       Kind = "wakes"        // Waiter
	Returns     Kind = "returns"      // Waiter
	Looked      Kind = "looked"       // select or poll at a file
)

// String returns the name.
func (k Kind) String() string { return string(k) }

// An Event is one step. An item is named by the file of its epoll, its file and its
// descriptor.
type Event struct {
	Seq    uint64        `json:"seq"` // 1, 2, 3, and so on
	At     time.Duration `json:"at"`  // since the start
	Kind   Kind          `json:"kind"`
	Rule   string        `json:"rule"`            // the row of fidelity.md that the step follows
	Epoll  File          `json:"epoll,omitempty"` // 0 for none
	File   File          `json:"file,omitempty"`
	FD     FD            `json:"fd"`
	Events Events        `json:"events"`
	What   string        `json:"what,omitempty"`
	Waiter int           `json:"waiter,omitempty"`
	N      int           `json:"n,omitempty"`
	Errno  Errno         `json:"errno,omitempty"`
}

// event gives the step to Config.Trace, which is set.
//
//go:noinline
func (k *Kernel) event(e Event) {
	k.seq++
	e.Seq, e.At = k.seq, k.now
	was := k.refuses
	k.refuses = errInside
	k.trace(e)
	k.refuses = was
}

// String reads like "listed 5 in epoll 4".
func (e Event) String() string {
	item := fmt.Sprintf("%s %d in epoll file %d", e.Kind, e.FD, e.Epoll)
	switch e.Kind {
	case Opened:
		return fmt.Sprintf("opened %d: file %d, %s", e.FD, e.File, e.What)
	case Closed:
		return fmt.Sprintf("closed %d: file %d has %d left", e.FD, e.File, e.N)
	case Released:
		return fmt.Sprintf("released file %d, %s", e.File, e.What)
	case Writes, DidRead:
		return fmt.Sprintf("%s %d bytes, descriptor %d", e.Kind, e.N, e.FD)
	case Failed:
		return fmt.Sprintf("failed: %s", e.Errno)
	case Woken:
		if e.Events == 0 {
			return fmt.Sprintf("woken file %d", e.File)
		}
		return fmt.Sprintf("woken file %d: %v", e.File, e.Events)
	case Looked:
		return fmt.Sprintf("looked at %d: %v", e.FD, e.Events)
	case Rotated, Painted:
		return item + ": " + e.What
	case ScanStarted, ScanDone:
		return fmt.Sprintf("%s of epoll file %d", e.Kind, e.Epoll)
	case Sleeps, Wakes, Returns:
		return fmt.Sprintf("%s waiter %d of epoll file %d", e.Kind, e.Waiter, e.Epoll)
	case Inserted, Modified, Polled, Sent, Ignored:
		return fmt.Sprintf("%s: %v", item, e.Events)
	}
	return item
}
