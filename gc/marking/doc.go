// Package marking proves that a garbage collector loses no object, or finds the shortest
// run that loses one.
//
// A [Machine] is a heap of a few objects, one to three goroutines that do whatever they
// can (allocate, load, store, drop), and a collector of package gc's algorithms that
// takes its steps at any time, cycle after cycle, forever. It has the methods of a
// Machine of package explore, which tries every interleaving:
//
//	m, err := marking.New(marking.Config{Algorithm: a, Objects: 4, Fields: 1})
//	r, err := explore.Run(ctx, m, explore.Options{MaxStates: 1 << 24, Symmetry: true})
//
// # The steps
//
// The collector's steps are finer than in [gc.Heap]: it looks at one field of an object,
// and the program may act before it looks at the next or blackens the object. A store is
// two steps, its barrier and the store itself: in between the collector can mark, but the
// goroutine's stack is not scanned and the phase does not change, since the runtime takes
// no goroutine off there. The sweep goes object by object.
//
// In each state [Machine.Check] looks for an object that the program can reach and
// that marking has ended without finding, at the invariant that the algorithm
// promises, and, with [Config].Garbage, at garbage that outlives the cycle that
// began after it.
//
// # What was found
//
// Every sound algorithm of package gc loses nothing with 4 objects of 1 field and 3
// of 2, with two goroutines, and with a global. Every broken one has a story of 5 to
// 16 steps; testdata/stories.txt has them all, and examples/tricolor draws them. The lesson of the longest is that a
// barrier must not ask for the holder's colour: while an object is being scanned it
// is grey, and part of it is black.
//
// # Limits
//
// One goroutine marks. Objects have no sizes and no finalizers. What is true of
// heaps of 4 objects is not proved of all heaps; but every act of a [gc.Heap] is a
// few steps of the machine, as a test shows.
//
// # Concurrent use
//
// A [Machine] does not change, and several goroutines may use it at once.
package marking
