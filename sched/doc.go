// Package sched simulates Go's scheduler: goroutines (G) that threads (M) run with
// processors (P), in every release since 1.0. On one P it predicts the order in which a
// program's goroutines run, and real goroutines run in that order.
//
// # The mechanism
//
// A goroutine is a stack, saved registers and a status. Threads are the operating
// system's. Between the two are processors, as many as GOMAXPROCS says: the resources
// needed to run Go code, above all a queue of goroutines. A thread runs a goroutine while
// it has a P. When the goroutine waits, the thread saves its registers, switches to a
// stack of its own (g0), picks the next goroutine and goes on with that one: a few dozen
// instructions, without the operating system.
//
// # The queues
//
// A P has a ring of 256 and, before it, runnext. A goroutine that was just started or
// readied becomes runnext, and the previous runnext goes to the ring's tail. So the
// goroutine readied last runs first, within the time slice of the goroutine that readied
// it. When the ring is full, its first half and the goroutine that does not fit go to the
// global queue. Goroutines that yield or are stopped go there, too.
//
// # The steps of a thread that looks for a goroutine
//
//  1. Ready the goroutines whose timers are due.
//  2. Once in 61 time slices, take one from the global queue.
//  3. Take runnext: the time slice goes on.
//  4. Take the first of the ring.
//  5. Take the P's share of the global queue, 128 at most; run the first.
//  6. Ask the network.
//  7. Steal: go over all other Ps in a random order, four times, and take half of the
//     first ring that is not empty. The last time take timers too, and runnext, but that
//     only after a pause of 3 microseconds. At most half as many threads do so (they
//     spin) as there are Ps that are busy.
//  8. Give up the P, look once more, and then wait for the network until the first
//     timer, if no other thread does; or stop.
//
// A thread that readies a goroutine wakes another to spin, if a P is idle and no thread
// spins yet.
//
// # System calls
//
// A goroutine in a system call keeps its thread, and at first its P. sysmon, a thread
// without a P, looks every 20 microseconds at first and every 10 milliseconds at last. A
// thread that it finds in the same system call twice loses its P to another thread, which
// may have to be made. So blocked system calls take threads, and goroutines that wait for
// channels, locks, timers or the network do not. After the call the goroutine takes the P
// it had, or an idle one, and goes on; else it joins the global queue.
//
// # Preemption
//
// sysmon also asks a goroutine to stop when its time slice is 10 milliseconds old. The
// goroutine stops at its next function call, or, since Go 1.14, anywhere, as the thread
// gets a signal.
//
// # Driving it
//
// A [Program] is data; package program has its text form. [Sim.Step] lets one thread go on,
// [Sim.Run] runs all of them to the end, and [Sim.Events] yields every event. [Sim.Snapshot]
// shows the queues, [Sim.At] those after any event, [Sim.RunTimeline] what ran where, [Sim.Stats]
// how long each P was busy and each goroutine waited, and [Sim.Check] checks the invariants.
// Time is virtual, and [Costs] says how long operations take: [VM] and [BareMetal] are two
// machines. Costs.Backoff decides whether pipelines that pass on their values one by one run in
// parallel: a readied goroutine is its P's runnext, which another P steals only after that
// pause, and by then it has mostly run. Costs.Late decides which sleepers are woken together.
// Channels and locks are those of packages chanq and locks.
//
// # Sleeping
//
// A timer readies a goroutine, sends on a channel or starts a goroutine. Up to Go 1.13 a
// goroutine of the runtime's own, timerproc, runs the timers that are due, and waits for
// the next in a system call; the first sleep of a program starts it as runnext. Since Go
// 1.14 timers belong to Ps. A thread without work waits for the network until the first
// timer, for whole milliseconds: all timers due meanwhile are run together, the earliest
// first, so that the goroutine readied last runs first.
//
// # How a program begins
//
// When main.main begins, the P has started a few time slices, and some goroutines of the
// runtime's own run first, as many as in a real program of the release. With
// [Config].Schedtick set there are none.
//
// A [Source] gives the next action of a goroutine, given the outcome of its last one.
// [NewFrom] simulates any Source, and [Compile] makes one of a program.
//
// [Compare] runs one workload as processes, threads, goroutines and coroutines, and says
// what each spends on switches, and which of them the kernel makes.
//
// # Releases
//
//	1.0     one queue for all threads, no P; goroutines are never stopped
//	1.1     Ps, each with a ring that grows; stealing
//	1.2     a goroutine can be stopped at function calls; at most 10,000 threads
//	1.3     the ring is of 256; stacks are copied when they grow
//	1.5     runnext, which goes on with the time slice
//	1.5     GOMAXPROCS(n) leaves goroutines where they are; before, it spread them over the Ps
//	1.7     the pause before a runnext is stolen is 3 microseconds, not 100
//	1.8     stealing goes over all Ps, four times; before, it tried any of them
//	1.10    a goroutine that ends while locked to its thread takes it along; 64 timerprocs
//	1.14    a goroutine can be stopped anywhere; timers belong to Ps
//	1.15    goroutines that the network readies go to the P that looked, except as many as there are idle Ps
//	1.16    no thread looks at the clock more often than netpoll, which waits for milliseconds
//	1.23    a timer's channel holds no time that is old
//	1.26    a P in a system call no longer has a status of its own; a goroutine that was
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
