// Package deadlock models deadlocks: how to detect and how to prevent them.
//
// # Detection
//
// A [Graph] holds processes, resources with one or more units, the units that each
// process holds and the requests that wait. In its wait-for graph, a cycle is a
// deadlock if each resource has one unit; with more units it may still resolve, and
// [Graph.Deadlocked] finds the processes that wait forever. [Lockdep] warns of an
// order of locks that can deadlock before it does.
//
// # Prevention
//
// E. G. Coffman named four conditions that must all hold (System Deadlocks,
// Computing Surveys 3, 1971): mutual exclusion, hold and wait, no preemption,
// circular wait. [NewCoffman] makes a machine in which each can be taken away:
// with all four, some interleaving deadlocks; without any one of them none does.
// Resources are shared; or taken all at once; or given back when a request fails
// ([Lockstep] shows how that can go on forever, and that backing off ends it); or
// taken in one order. A [Banker] grants a request only if all can still finish.
//
// # Concurrent use
//
// A [Graph] and a [Banker] are for one goroutine at a time. A [Coffman] does not
// change, and several may use it at once.
package deadlock
