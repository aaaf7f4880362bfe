// Package draw makes pictures of models: a function takes plain data and returns the text
// of a file. It is named for its model and the form of its picture:
//
//	AllocHeap       a heap: its pages, and its spans slot by slot (SVG)
//	ChanqRing       a channel: its ring, and the goroutines that wait (SVG)
//	CtxtreeTree     contexts, and how each has ended (SVG)
//	CtxtreeMermaid  the same as a flowchart (Mermaid)
//	DeadlockGraph   processes, resources and the cycle between them (SVG)
//	EscapeGraph     how values flow in functions, and why one is on the heap (SVG)
//	EpollsimTree    epolls, state by state: their trees and ready lists (SVG)
//	SchedWaits      where goroutines waited to run, as bars (SVG)
//	GCFilm          a collection, frame by frame (SVG)
//	GomapSlots      maps of either design, slot by slot (SVG)
//	IfaceWords      interfaces: their two words, and where these point (SVG)
//	IPCBuffers      data between processes: pages, buffers, messages (SVG)
//	LayoutWords     a type's memory, word by word (SVG)
//	LeakGraph       goroutines that wait forever, and what refers to what (SVG)
//	LBBalance       methods of load balancing, and how they compare (SVG)
//	LocksQueues     mutexes and the like: words, holders and queues (SVG)
//	PacerTune       the predicted costs of settings of the collector, as bars (SVG)
//	RaceDOT         operations, the order between them, and races (DOT)
//	RaceHappensBefore the same, a column for each goroutine (SVG)
//	RunesText       a text, byte by byte and rune by rune (SVG)
//	SchedGantt      what ran on each P, and when (SVG)
//	ServiceSeries   the metrics of a service over time (SVG)
//	SlicegrowArrays the arrays of a slice that grows, release beside release (SVG)
//
// A picture depends on its argument alone, byte for byte, and has an upper bound: of
// large data the beginning is drawn, and the rest is counted. SVG needs no fonts, no
// scripts and no other files. It has a background of its own, light or dark as the reader
// prefers, a title element and a legend. Boxes that stand for an object have an id
// ("chanq-c1-slot-3"), and the class of a box gives its meaning, the same in all
// pictures; colour is never the only sign. Text has a contrast of 4.5 to 1 or more.
//
// # Concurrent use
//
// All functions may be called by several goroutines at once.
package draw
