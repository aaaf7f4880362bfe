// Package interleave models every interleaving of a program: everything that can happen,
// whatever the scheduler does. Package sched simulates one run on one release; with a
// machine of this package, package explore shows that no run deadlocks, or finds the
// shortest one that does.
//
// # What it is
//
// A [Machine] runs a [program.Program]. In each state any goroutine that can go on may
// take the next step: an operation on a channel, a lock, a timer, a context, or a
// variable that goroutines share. An operation that no other goroutine can see, such as a
// loop, is part of the step before it.
//
// A result for a variable that goroutines share is stored in a step of its own, after the
// operation: of two goroutines with n = n + 1 one may overwrite what the other has
// stored, and a value that is received into such a variable is stored later than it was
// sent. All that an operation reads, it reads in one step.
//
// The rules of channels are those of Go: a blocked receiver is first served, a full
// buffer makes senders wait in line, a select takes any of the cases that are ready. A
// mutex goes to any goroutine that wants it, since a goroutine that is slow enough finds
// it free, or taken by another; a writer keeps new readers out of an RWMutex; Signal wakes
// the goroutine that has waited longest.
//
// An operation of package sync is one step, and so a misuse that only the steps within two
// of them show, such as Add while Wait begins, is not found.
//
// Time is not modelled. A sleep ends, and a timer fires, at any moment after it began, as
// if computers could be arbitrarily slow: a program that avoids a deadlock only by
// sleeping long enough is said to deadlock. A ticker never lets a program deadlock.
//
// # The steps of an exploration
//
//  1. [New] checks the program and finds which operations others can see.
//  2. explore.Run asks for the successors of a state: each goroutine's next operation,
//     in each way in which it can end.
//  3. A state in which nothing can go on, and main has not returned, is a deadlock; one
//     with a panic that nothing recovers from breaks the invariant.
//  4. [Machine.Tell] says what each goroutine waits for there.
//
// # Sources
//
// The rules follow runtime/chan.go, runtime/select.go, sync/rwmutex.go,
// sync/waitgroup.go, sync/cond.go, sync/once.go and runtime/panic.go, except for the
// order of waiters that depends on time, see fidelity.md of package sched.
//
// # Concurrent use
//
// A [Machine] records the states that it has met, and is for one goroutine at a time.
package interleave
