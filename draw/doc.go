// Package draw makes pictures of what the models know, each from plain data to the
// text of a file. A function is named for its model and the form of its picture:
//
//	AllocHeap       a heap: its pages, and its spans slot by slot (SVG)
//	ChanqRing       a channel: its ring, and the goroutines that wait (SVG)
//	CtxtreeTree     contexts, and how each has ended (SVG)
//	CtxtreeMermaid  the same as a flowchart (Mermaid)
//	DeadlockGraph   processes, resources and the cycle between them (SVG)
//	EscapeGraph     what flows where in functions, and why something is on the heap (SVG)
//	EpollsimTree    epolls, state by state: their trees and ready lists (SVG)
//	GCFilm          a collection, frame by frame (SVG)
//	GomapSlots      maps of either design, slot by slot (SVG)
//	IfaceWords      interfaces: their two words, and what these lead to (SVG)
//	IPCBuffers      what lies between processes: pages, buffers, messages (SVG)
//	LayoutWords     a type's memory, word by word (SVG)
//	LbBalance       methods of load balancing, and how they compare (SVG)
//	LocksQueues     locks: their words, holders and queues (SVG)
//	PacerTune       what settings of the collector would cost, as bars (SVG)
//	RaceDOT         what happens before what, and races (DOT)
//	RaceHappensBefore the same, a column for each goroutine (SVG)
//	RunesText       a text, byte by byte and rune by rune (SVG)
//	SchedGantt      what ran on each P, and when (SVG)
//	ServiceSeries   the metrics of a service over time (SVG)
//	SlicegrowArrays the arrays of a slice that grows, release beside release (SVG)
//
// A picture depends on its argument alone, byte for byte, and has an upper bound: of
// what is large the beginning is drawn, and the rest is counted. SVG needs no fonts,
// no scripts and no other files. It has a paper of its own, light or dark as the
// reader prefers, a title element and a legend. Boxes that stand for something have
// an id ("chanq-c1-slot-3"), and what a box means is its class, the same in all
// pictures; colour is never the only sign. Text has a contrast of 4.5 to 1 or more.
//
// # Concurrent use
//
// All functions may be called by several goroutines at once.
package draw
