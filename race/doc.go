// Package race models the race detector: vector clocks over what goroutines do, the
// Go memory model that they stand for, and what go build -race forgets of it, release
// by release.
//
// # What a race is
//
// Two accesses to a common byte, at least one of them a write and at least one not
// atomic, of two goroutines, that nothing orders. Nothing means: no chain of steps, of
// which each is either the order of one goroutine's program, or a synchronization that
// the memory model names ([MemoryModel] lists them, each with an example). That the
// one access was earlier by the clock says nothing; it is not a chain.
//
// # The mechanism
//
// Each goroutine has a vector clock: for every goroutine the last operation of it that
// it knows to have happened. Each synchronization object has one, too.
//
//  1. An operation that releases puts the goroutine's clock into the object: in the
//     place of what was there (unlock, close, an atomic store), or joined with it
//     (RUnlock, Done).
//  2. One that acquires joins the object's clock into the goroutine's (lock, a
//     receive, Wait, an atomic load).
//  3. A place in a channel's buffer exchanges the two: a send gets what the receive
//     knew that emptied it, and the receive what the send knew.
//  4. An access looks at the accesses to the same bytes that are remembered. One that
//     conflicts, by an operation that the goroutine does not know of, is a race.
//  5. Then it is remembered itself. What happened before it, and can race with
//     nothing that it cannot race with, is forgotten: most variables need the last
//     write and the reads since. That is FastTrack's epoch in the place of a clock for
//     each variable.
//
// So a race is found if the two accesses come in one run and nothing orders them in
// that run. What did not run is not looked at; neither is another order of the same
// (but see below).
//
// # What go build -race forgets
//
// [Limits] are those of ThreadSanitizer, which is below it. It remembers four accesses
// of each 8 bytes; a fifth one takes the place of another: by how many events its
// goroutine had, which is Config.Choose here. Of a number, a pointer, a string
// or a slice only the first byte is looked at. Where it found a race it has lost what
// it knew, and skips structs and arrays that begin there. It tells 255 goroutines apart: the next
// one takes the oldest one's slot, and what was done there for its own. And when a
// race is found, the stack of the first access must still be in that goroutine's
// history, or nothing is reported; of goroutines that have exited, the last 64 have
// one. With no limits, the detector forgets nothing: a
// program is racy; with them, it is reported.
//
// It also orders more and less than the memory model: all elements of a channel of
// struct{} share an address; a Cond's Signal is no edge; closing a channel is a write
// of the channel, and sending a read, so that the two can race. Config.Strict goes by
// the memory model alone.
//
// # Beside it
//
// The lockset algorithm of Eraser (Config.Lockset) asks another question: is there a
// lock that was held at every access? It needs no lucky order, and suspects all that
// is ordered by anything but locks.
//
// [NewInterleavings] makes of a recorded log a small machine for package explore: is
// there a race in another order of the same operations, in which each goroutine sees
// the same?
//
// # Driving it
//
// A [Detector] is told operations by number, one after the other, in the order in which
// they take effect. What waits is told when it begins; the outcome says so, and the
// operation that ends the wait names the goroutine that goes on. [Log] is the same with
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
// runtime/race.go, runtime/chan.go and package sync for where the detector is told;
// compiler-rt/lib/tsan of LLVM for what it does. C. Flanagan, S. Freund, FastTrack:
// Efficient and Precise Dynamic Race Detection, PLDI 2009. S. Savage and others,
// Eraser: A Dynamic Data Race Detector for Multithreaded Programs, SOSP 1997.
//
// # Concurrent use
//
// A [Detector] and a [Log] are for one goroutine at a time. An [Interleavings] does
// not change, and several may use it at once.
package race
