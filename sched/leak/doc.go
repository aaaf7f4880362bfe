// Package leak finds goroutines that wait forever, because they are blocked on channels
// and locks that no goroutine that could go on can reach. It models the goroutineleak
// profile of Go 1.27, which Go 1.26 has in programs that are built with
// GOEXPERIMENT=goroutineleakprofile.
//
// # The mechanism
//
// A collection marks what can be reached, from the roots: global variables, timers,
// finalizers, and the stacks of goroutines. To find leaks, the stacks of goroutines that
// wait for a channel or a lock are not roots at first, nor is what such a goroutine waits
// for. After marking, each of these goroutines is examined again: if one of its channels,
// or its lock, is marked, a goroutine that can go on, or might, can still wake it. So it
// may go on, its stack becomes a root, too, and marking begins again. When no more such
// goroutines are found, those that are left are leaked: only they themselves can reach
// what could wake them.
//
// # What is never leaked, and what always
//
// Goroutines that sleep, wait for the network, are in system calls or in a coroutine
// (iter.Pull) wait for something outside: they are roots. A goroutine that waits for a
// nil channel, or in a select without cases, can never be woken.
//
// # What the profile misses
//
// A goroutine that nobody will ever wake is not leaked in this sense while a global
// variable, a timer or a goroutine that can go on refers to its channel. And of a mutex
// that was allocated by itself, new(sync.Mutex), the block of 16 bytes is shared with
// other small objects that have no pointers; as long as one of these is reachable, its
// waiters are not reported.
//
// # Using it
//
// A [State] says what refers to what. [Find] returns the leaked goroutines, each with its
// operation and the goroutines that could have woken it, and the rounds in which the
// others were found.
//
// # Sources
//
// runtime/mgc.go, runtime/mgcmark.go, runtime/pprof/pprof.go. V. Saioc, I. Lange,
// M. Chabbi, Dynamic Partial Deadlock Detection and Recovery via Garbage Collection
// (ASPLOS 2025).
//
// # Concurrent use
//
// All functions may be called by several goroutines at once.
package leak
