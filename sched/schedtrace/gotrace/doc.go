// Package gotrace writes Go execution traces, in the format of Go 1.26, which go tool
// trace opens and golang.org/x/exp/trace reads. [Run] writes a run of a simulator of
// package sched, so that tools which explain real programs explain it, too: tracks for
// processors and threads, goroutines by function, the reasons why they wait, arrows from
// what unblocked them. A [Writer] writes events of any other origin.
//
// # The format
//
// A trace is a header, "go 1.26 trace\0\0\0", and generations. A generation is batches
// and a byte that ends it. A batch has a header (generation, thread, time, length) and at
// most 64 KiB of events of one thread, each a byte and numbers in base 128: the time
// since the event before, and its arguments. Texts and stacks are numbered; batches of a
// generation hold the tables, and one has the unit of time and the readings of the
// clocks.
//
// The order of events of different threads does not follow from times, which may be
// wrong, but from sequence numbers: a goroutine counts its starts and unblocks, a
// processor its starts, thefts and system calls. What a goroutine or processor does in
// a generation comes after an event that says in which state it is; numbers start
// again then.
//
// # Time
//
// An event's time is that of the run, in nanoseconds, from [Base] on. A reader gives no
// two events the same time. So of events that happen at once, each is moved to the
// nanosecond after the one before, and the order of the trace is that in which they were
// written. A generation, which begins with the states of everything, ends where nothing
// happens for long enough, if there is such a moment in time.
//
// # Memory
//
// A Writer holds the states of processors, threads and goroutines, and at most one
// generation's tables and unfinished batches: a few megabytes, and some tens with a
// million goroutines.
//
// # Acceptance
//
// That a reader accepts a trace does not mean that it is right: of 20 faulty ones that
// a prototype wrote 6 were accepted, among them a processor that stopped with a
// goroutine running. So a Writer checks by itself that each event can follow the ones
// before, and returns an error if not, and writes no more.
//
// # Sources
//
// runtime/traceruntime.go, runtime/tracestatus.go, internal/trace/tracev2/events.go,
// internal/trace/order.go, internal/trace/generation.go. M. Knyszek, Execution tracer
// overhaul (golang/proposal 60773).
//
// # Concurrent use
//
// A [Writer] is for one goroutine at a time.
package gotrace
