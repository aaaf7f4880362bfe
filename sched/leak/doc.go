// Package leak finds goroutines that wait for ever: that are blocked on channels and
// locks to which nothing refers any more that could go on. It is what the goroutineleak
// profile finds since Go 1.27, and in Go 1.26 in programs that are built with
// GOEXPERIMENT=goroutineleakprofile.
//
// # The mechanism
//
// A collection marks what can be reached, from the roots: global variables, timers,
// finalizers, and the stacks of goroutines. If it is to find leaks, the stacks of
// goroutines that wait for a channel or a lock are no roots at first, and neither is what
// such a goroutine waits for. When all is marked, each of those goroutines is looked at
// again: if one of the channels it waits for is marked, or its lock, then somebody that
// can go on, or might, can still wake it. So it may go on, its stack is a root, too, and
// marking begins again. When no more goroutines are found so, those that are left are
// leaked: whatever could wake them is only in the hands of one another.
//
// # What is never leaked, and what always
//
// Goroutines that sleep, wait for the network, are in system calls or in a coroutine
// (iter.Pull) wait for something outside: they are roots. A goroutine that waits for a
// nil channel, or in a select without cases, can be woken by nobody.
//
// # What the profile cannot see
//
// A goroutine that nobody will ever wake is not leaked in this sense while a global
// variable, a timer or a goroutine that can go on refers to its channel. And of a mutex
// that was allocated by itself, new(sync.Mutex), the block of 16 bytes is shared with
// other small objects that have no pointers; as long as one of these is reachable, its
// waiters are not reported.
//
// # Using it
//
// A [State] says what refers to what, and [Find] which goroutines are leaked, in which
// rounds the others were found, and of each leaked one which operation it is in and which
// goroutines could have woken it.
//
// # Sources
//
// runtime/mgc.go, runtime/mgcmark.go, runtime/pprof/pprof.go. V. Saioc, I. Lange,
// M. Chabbi, Dynamic Partial Deadlock Detection and Recovery via Garbage Collection
// (ASPLOS 2025).
//
// # Concurrent use
//
// There is no state here: several goroutines may call [Find].
package leak
