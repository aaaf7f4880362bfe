// Package sched simulates Go's scheduler: goroutines (G) that threads (M) run with
// processors (P), in every release since 1.0. On one P it says in which order a
// program's goroutines run, and real ones then run in that order.
//
// # The mechanism
//
// A goroutine is a stack, saved registers and a status. Threads are the operating
// system's. Between the two are processors, as many as GOMAXPROCS says: what one
// needs to run Go code, a queue of goroutines above all. A thread runs a goroutine
// while it has a P. When the goroutine waits, the thread saves its registers,
// switches to a stack of its own (g0), picks the next goroutine and goes on with
// that one: a few dozen instructions, without the operating system.
//
// # The queues
//
// A P has a ring of 256 and, before it, runnext. A goroutine that was just started
// or readied becomes runnext, and whoever was that goes to the ring's tail. So the
// last one readied runs first, within the time slice of the goroutine that readied it.
// When the ring is full, its first half and the one that does not fit go to the global
// queue. To it go also goroutines that yield or were stopped.
//
// # The steps of a thread that looks for a goroutine
//
//  1. Ready those whose timers are due.
//  2. Once in 61 time slices, take one from the global queue.
//  3. Take runnext: the time slice goes on.
//  4. Take the first of the ring.
//  5. Take the P's share of the global queue, 128 at most; run the first.
//  6. Ask the network.
//  7. Steal: go over all other Ps in a random order, four times, and take half of
//     the first ring that is not empty. The last time take timers too, and who would
//     run next, but that only after a pause of 3 microseconds. At most half as many
//     threads do so (they spin) as there are Ps that are busy.
//  8. Give up the P, look once more, and then wait for the network until the first
//     timer, if no other thread does; or stop.
//
// Who readies a goroutine wakes a thread to spin, if a P is idle and none spins yet.
//
// # System calls
//
// A goroutine in a system call keeps its thread, and at first its P. sysmon, a
// thread without a P, looks every 20 microseconds at first and every 10
// milliseconds at last. What it finds in the same system call twice loses its P to
// another thread, which may have to be made. So blocked system calls take threads,
// and goroutines that wait for channels, locks, timers or the network do not. Back
// from the call, the goroutine takes the P it had, or an idle one, and goes on; or
// else it joins the global queue.
//
// # Preemption
//
// sysmon also asks a goroutine to stop whose time slice is 10 milliseconds old. It
// stops at its next function call, and since Go 1.14 anywhere, since the thread
// gets a signal.
//
// # Driving it
//
// A [Program] is data; package program has its text form. [Sim.Step] lets one
// thread go on, [Sim.Run] all of them to the end, and [Sim.Events] tells every
// event. [Sim.Snapshot] shows the queues, [Sim.At] those after any event, [Sim.Record] what ran where, [Sim.Stats]
// who was busy and who waited, and [Sim.Check] looks at the invariants. Time is
// virtual, and [Costs] says how much of it things take: [VM] and [BareMetal] are two
// machines. Of them Backoff decides whether pipelines that hand their values on one by
// one run in parallel: a goroutine that is readied is its P's runnext, which another P
// steals only after that pause, and by then it has mostly run. Late decides which
// sleepers are woken together. Channels and locks are those of packages chanq and locks.
//
// # Sleeping
//
// A timer readies a goroutine, sends on a channel or starts a goroutine. Up to Go 1.13
// a goroutine of the runtime's own, timerproc, runs those that are due, and waits for
// the next in a system call; the first sleep of a program makes it, and it is runnext
// then, before what was that. Since Go 1.14 timers are their P's. A thread without work
// waits for the network until the first, and that for whole milliseconds: what is due
// meanwhile is readied at once, the earliest first, so that the latest runs first.
//
// # How a program begins
//
// When main.main begins, the P has started a few time slices, and goroutines of the
// runtime's own are to run first, as many as in a real program of the release. With
// [Config].Schedtick set, none are there.
//
// Whatever can say the next action of a goroutine, given what its last one came to,
// can be simulated: that is a [Source], and [NewFrom] runs it. A program is compiled to
// one.
//
// # Releases
//
//	1.0     one queue for all threads, no P; goroutines are never stopped
//	1.1     Ps, each with a ring that grows; stealing
//	1.2     a goroutine can be stopped at function calls; at most 10,000 threads
//	1.3     the ring is of 256; stacks are copied when they grow
//	1.5     runnext, which goes on with the time slice
//	1.5     GOMAXPROCS(n) leaves goroutines where they are; before, it spread them over the Ps
//	1.7     the pause before a runnext is stolen is of 3 microseconds, and not of 100
//	1.8     stealing goes over all Ps, four times; before, it tried any of them
//	1.10    a goroutine that ends while locked to its thread takes it along; 64 timerprocs
//	1.14    a goroutine can be stopped anywhere; timers belong to Ps
//	1.15    what the network has found is for the P that looked, but for what idle ones can run
//	1.16    no thread looks at the clock more often than netpoll, which waits for milliseconds
//	1.23    a timer's channel holds no time that is old
//	1.26    a P in a system call has no status of its own any more; a goroutine that was
//	        stopped to stop the world goes on first
//
// # Sources
//
// runtime/proc.go, runtime/runtime2.go, runtime/time.go, runtime/netpoll.go,
// runtime/preempt.go; before 1.5 proc.c. D. Vyukov, Scalable Go Scheduler Design Doc
// (2012). R. D. Blumofe, C. E. Leiserson, Scheduling Multithreaded Computations by
// Work Stealing (1999).
//
// # Concurrent use
//
// A [Sim] is for one goroutine at a time, and does not step from its own Trace.
package sched
