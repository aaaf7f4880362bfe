// Package race models the race detector: vector clocks over the operations of goroutines,
// the Go memory model that they implement, and what go build -race forgets, release by
// release.
//
// # What a race is
//
// A race is two accesses of two goroutines to a common byte, at least one of them a write
// and at least one not atomic, that nothing orders: there is no chain of steps between
// them, each of which is either the order of one goroutine's program or a synchronization
// that the memory model names ([MemoryModel] lists them, each with an example). That one
// access was earlier by the clock is no such chain.
//
// # The mechanism
//
// Each goroutine has a vector clock: for every goroutine the last operation of it that
// it knows to have happened. Each synchronization object has one, too.
//
//  1. An operation that releases puts the goroutine's clock into the object: in the
//     place of what was there (unlock, close, an atomic store), or joined with it
//     (RUnlock, Done).
//  2. An operation that acquires joins the object's clock into the goroutine's (lock, a
//     receive, Wait, an atomic load).
//  3. A place in a channel's buffer exchanges the two: a send gets the clock of the
//     receive that emptied the place, and a receive the clock of the send that filled it.
//  4. An access is compared with the remembered accesses to the same bytes. If one
//     conflicts, and the goroutine does not know of its operation, that is a race.
//  5. Then the access is remembered itself. An older one that happened before it is
//     forgotten, if it can race with nothing that the new one cannot race with: most
//     variables need only the last write and the reads since. These are FastTrack's
//     epochs, in place of a clock for each variable.
//
// So a race is found if the two accesses come in one run and nothing orders them in that
// run. Code that did not run is not examined, nor is another order of the same operations
// (but see below).
//
// # What go build -race forgets
//
// [Limits] has the limits of ThreadSanitizer, on which it is built. It remembers four
// accesses to each 8 bytes; a fifth takes the place of another, which depends on how many
// events its goroutine had, and is Config.Choose here. Of a number, a pointer, a string
// or a slice it looks only at the first byte. Where it has found a race it has lost what
// it knew, and skips structs and arrays that begin there. It distinguishes 255
// goroutines: the next one takes the slot of the oldest, and counts the operations in
// that slot as its own. And when a race is found, the stack of the first access must
// still be in that goroutine's history, or nothing is reported; of goroutines that have
// exited, the last 64 have one. Without limits the detector reports whether a program is
// racy; with them, whether that is reported.
//
// It also orders more and less than the memory model: all elements of a channel of
// struct{} share an address; a Cond's Signal is no edge; closing a channel is a write of
// the channel, and sending a read, so that the two can race. Config.Strict follows the
// memory model alone.
//
// # Beside it
//
// The lockset algorithm of Eraser (Config.Lockset) asks another question: is there a lock
// that was held at every access? It needs no lucky order, but suspects everything that is
// ordered by other means than locks.
//
// [NewInterleavings] turns a recorded log into a small machine for package explore, which
// finds out whether there is a race in another order of the same operations, in which
// each goroutine sees the same.
//
// # Driving it
//
// The methods of a [Detector] are operations, to be called one after the other in the
// order in which they take effect, with numbers for goroutines and objects. An operation
// that waits is called when it begins; its outcome says that it waits, and that of the
// operation that ends the wait says how many goroutines go on. A [Log] is the same with
// names, and reads JSON lines, an [Entry] each:
//
//	{"g":"main","do":"make","on":"c","type":"chan","cap":1,"size":8}
//	{"g":"main","do":"go","new":"worker","at":"main.go:7"}
//	{"g":"worker","do":"write","var":"x","at":"main.go:9"}
//	{"g":"worker","do":"send","on":"c"}
//	{"g":"main","do":"recv","on":"c"}
//	{"g":"main","do":"read","var":"x","size":8,"at":"main.go:12"}
//
// # Releases
//
//	1.1   the race detector
//	1.11  an atomic store forgets what those knew that stored before
//	1.16  a place in a buffer exchanges clocks; before, it gathered them, and races
//	      were missed (golang/go#37355)
//	1.19  ThreadSanitizer v3: ranges by the word, cells by goroutine; a failed
//	      CompareAndSwap only acquires
//
// # Sources
//
// The Go Memory Model (2022), go.dev/ref/mem; go.dev/doc/articles/race_detector;
// runtime/race.go, runtime/chan.go and package sync for the calls of the detector;
// compiler-rt/lib/tsan of LLVM for what it does. C. Flanagan, S. Freund, FastTrack:
// Efficient and Precise Dynamic Race Detection, PLDI 2009. S. Savage and others,
// Eraser: A Dynamic Data Race Detector for Multithreaded Programs, SOSP 1997.
//
// # Concurrent use
//
// A [Detector] and a [Log] are for one goroutine at a time. An [Interleavings] does
// not change, and several may use it at once.
package race
