// Package textbook contains the theory of locks that is not specific to Go, each part in
// a package below it: deadlock has the four conditions, the wait-for graph, the banker
// and lock order; optimistic has compare-and-swap in place of locks; lease has locks that
// expire, and fencing.
//
// There is no Go runtime to compare them with. They are compared with exhaustive
// search instead: fidelity.md says how.
//
// # Concurrent use
//
// Each package below says whether its values may be used by several goroutines at once.
package textbook
