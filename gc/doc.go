// Package gc models Go's garbage collector: marking, write barriers, the pauses and
// the sweep, in every release since 1.2, and the textbook collectors beside them.
//
// # The mechanism
//
// Garbage is what the program can no longer reach. The collector finds what is reachable,
// by following pointers from the roots (globals, stacks, closures and arguments of
// finalizers and cleanups), and reclaims the rest. Meanwhile an object is white (not
// found yet), grey (found, not scanned) or black (scanned). Marking ends when no object
// is grey: the white ones are garbage.
//
// If the program stood still, that would be all. Since 1.5 it keeps running, and it can
// hide an object: store a pointer to a white object in a black one, and delete the other
// pointers to it. Then no grey object leads to it, it stays white, and memory in use is
// reclaimed. A write barrier is the code before each store of a pointer into the heap
// that prevents this: it makes an object grey.
//
// # The steps of a cycle
//
//  1. Sweep what the last cycle left. Stop the world. Switch the barrier on. Start
//     the world.
//  2. Root jobs: the globals, what finalizers and cleanups keep, the stacks, one
//     at a time, each with its goroutine stopped.
//  3. Drain: take a grey object, shade what it points to, blacken it. Goroutines
//     that allocate assist first; what they allocate is black.
//  4. Nothing is grey: flush the barrier's buffer, which can make more so.
//  5. Stop the world, see that there is nothing more, switch the barrier off, hand
//     all spans to the sweeper, start the world.
//  6. Sweep span by span, in the background and when an allocation needs one. What
//     is allocated is white.
//
// [Heap.Step] does one of these things at a time, and the program can act between any
// two, through verbs such as [Heap.Alloc], [Heap.Load] and [Heap.Store]. The model has no
// scheduler: the caller decides which goroutine acts, and when. [Heap.Check] examines the
// whole heap.
//
// # Algorithms
//
// An [Algorithm] is data: a [Barrier] and a few switches. [ForRelease] has Go's:
//
//	1.2        mark-sweep          mark and sweep in one pause
//	1.3-1.4    mark-lazysweep      mark in the pause, sweep while the program runs
//	1.5-1.6    insertion-white     Dijkstra's barrier; stacks scanned again in a pause
//	1.7        insertion           the same; new objects are black
//	1.8-1.9    hybrid-unbuffered   shades both the old and the new pointer; no rescan
//	1.10-1.25  hybrid              the barrier writes into a buffer
//	1.26-      greentea            small objects are scanned span by span
//
// Beside them are Yuasa's deletion barrier with its snapshot of the stacks, the hybrid
// barrier as its proposal has it, and algorithms that lose objects, with the reason in
// [Algorithm].Loses. Why there is no rescan since 1.8: a stack has no barrier. With an
// insertion barrier alone, an object is lost that is loaded to a black stack and deleted
// from the heap; with a deletion barrier alone, one that moves from a stack that is not
// scanned yet into a black object. With both halves, neither is lost.
//
// # All interleavings
//
// Package gc/marking turns an algorithm, with a barrier of your own if you like, into a
// machine whose states package explore can search. The search proves that nothing is
// lost, or finds the shortest way to lose an object and tells it as a story.
//
// # Finalizers, cleanups, weak pointers
//
// An object with a finalizer that is found to be garbage is kept, with all that it points
// to, until the finalizer has run; only the next cycle can reclaim it. A longer cycle of
// pointers through it keeps it forever; a pointer to itself did so up to 1.4. Weak
// pointers become nil before the finalizer runs. A cleanup runs after the object is
// reclaimed, with an argument that is kept until then.
//
// # What it costs
//
// [Work] counts: the cost of marking is in the slots of roots, the objects marked and the
// pointers examined, not in bytes. So a megabyte of small objects with pointers costs
// much, and one object of a megabyte without pointers nearly nothing. [Heap.Cycle]
// reports the work of each pause.
//
// # Sources
//
// runtime/mgc.go, mgcmark.go, mgcmark_greenteagc.go, mbarrier.go, mwbbuf.go,
// mgcsweep.go, mcentral.go, mheap.go; src/pkg/runtime/mgc0.c up to 1.4.
//
//   - E. W. Dijkstra, L. Lamport, A. J. Martin, C. S. Scholten, E. F. M. Steffens,
//     On-the-Fly Garbage Collection, Communications of the ACM 21 (1978).
//   - T. Yuasa, Real-Time Garbage Collection on General-Purpose Machines, Journal of
//     Systems and Software 11 (1990).
//   - G. L. Steele, Multiprocessing Compactifying Garbage Collection, Communications
//     of the ACM 18 (1975).
//   - P. P. Pirinen, Barrier techniques for incremental tracing, ISMM 1998: the
//     strong and the weak invariant.
//   - A. Clements, R. Hudson, Proposal 17503: Eliminate STW stack re-scanning (2016).
//
// # Concurrent use
//
// A [Heap] is for one goroutine at a time. Algorithms and barriers do not change,
// and several goroutines may use them at once.
package gc
