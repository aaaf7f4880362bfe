// Package textbook holds the theory around locks that is not Go's own, each part in
// a package below it: deadlock has the four conditions, the wait-for graph, the
// banker and lock order; optimistic does without locks, by compare-and-swap; lease
// has locks that expire, and fencing.
//
// There is no Go runtime to hold them against. They are held against exhaustive
// search instead: fidelity.md says how.
//
// # Concurrent use
//
// What computes may be called by several goroutines at once; what has a state is for
// one at a time, as each package says.
package textbook
