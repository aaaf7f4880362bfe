// Package textbook contains the theory of locks that is not part of Go, each part in
// a package below it: deadlock has the four conditions, the wait-for graph, the
// banker and lock order; optimistic has compare-and-swap in place of locks; lease has
// locks that expire, and fencing.
//
// There is no Go runtime to compare them with. They are compared with exhaustive
// search instead: fidelity.md says how.
//
// # Concurrent use
//
// What computes may be called by several goroutines at once; what has a state is for
// one at a time, as each package says.
package textbook
