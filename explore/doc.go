// Package explore explores every state that a small machine can reach, and
// finds the shortest way to go wrong.
//
// # What it is
//
// Concurrent code fails in interleavings that nobody thought of and no test
// happened to run. If the system is small (two goroutines and a lock, four objects
// and a collector), all its interleavings can be tried: its
// states are finite in number, and a state that has been seen need not be
// looked at again. This is explicit-state model checking, as SPIN, TLC and
// Murphi do it.
//
// A [Machine] defines the states, the initial ones, and the steps that are possible
// in a state; [Machine].Check says which states must not occur. [Run] then gives an
// answer for all runs: either no state breaks an invariant, or the result has a run
// to one that does, and no run to one has fewer steps.
//
// # The steps of a search
//
//  1. Store the initial states, in order, in a queue and in a set.
//  2. Take the next state from the queue. Check it; if it breaks an invariant,
//     the search is over.
//  3. Take its successors. If there are none, it is deadlocked.
//  4. Store each successor that is not in the set, with the number of the state
//     that it came from.
//  5. Go on with step 2 until the queue is empty.
//
// States come from the queue in the order of their distance from an initial
// state, so that the first failure found is one of the nearest. Its run is read
// backwards along the stored numbers, and its events come from taking the same
// steps again.
//
// Steps 2 and 3 are done for 64 states before step 4 is, for all their
// successors together: a set of millions of states is in no cache, and in this
// way its cache misses overlap. A uint64 state takes at most 36 bytes: 8 in the
// queue, 4 for where it came from, and 12 to 24 in the set.
//
// # Writing a machine
//
// Decide what one step is: an action that no other process can see halfway. Pack
// everything that the processes can tell apart, and nothing else, into the bits of
// a state: program counters, flags, the contents of a buffer. Compute everything
// that follows from the rest; do not store it. Give the initial state all zeros if
// you can. A machine that may rightly stop needs a step from its last state to
// itself, or it is deadlocked there.
//
// The examples have Peterson's lock, dining philosophers and a bounded buffer,
// each with its failure.
//
// # Questions
//
//   - Invariants: Check holds in every state (AG p).
//   - Deadlock: every state has a successor.
//   - Goals, with [Goals]: something good can happen (EF p) or, with
//     [Options].Everywhere, can still happen from every state of a run (AG EF p).
//   - Coverage: how often each event happened. One that never did is often a
//     mistake in the machine.
//
// # When there are too many states
//
// Every process added multiplies them. In this order: make the machine smaller;
// give it a Canonical method if parts of it are interchangeable, see
// [Symmetric]; set [Options].MaxDepth, and know that nothing short goes wrong;
// take random walks with [Walk], which prove nothing and often find something.
//
// # Limits
//
// There is no fairness and there are no properties of whole runs (LTL): a search
// can tell that each philosopher can still eat, but not that each will eat. There is
// no partial order reduction, and no method that stores less than a whole state: a
// search that ends without an error has missed nothing. It runs
// on one processor. fidelity.md says how all this compares with SPIN, rule by
// rule, and which test shows it.
//
// # Sources
//
//   - G. J. Holzmann, The SPIN Model Checker: Primer and Reference Manual,
//     Addison-Wesley 2003; chapter 8 has the search algorithms, and
//     https://spinroot.com/spin/Man/ the options of its verifiers.
//   - C. Baier, J.-P. Katoen, Principles of Model Checking, MIT Press 2008;
//     section 3.3 for invariants, chapter 6 for AG, EF and CTL.
//   - C. N. Ip, D. L. Dill, Better Verification through Symmetry, Formal Methods
//     in System Design 9 (1996).
//   - A. Zeller, R. Hildebrandt, Simplifying and Isolating Failure-Inducing
//     Input, IEEE Transactions on Software Engineering 28 (2002): delta
//     debugging, which makes walks shorter.
//   - G. L. Peterson, Myths about the Mutual Exclusion Problem, Information
//     Processing Letters 12 (1981).
//   - E. W. Dijkstra, Hierarchical Ordering of Sequential Processes, Acta
//     Informatica 1 (1971): the dining philosophers.
//
// # Concurrent use
//
// [Run] and [Walk] keep nothing, and several goroutines may call them at once. A
// search calls its machine from one goroutine; several searches of one machine need
// a machine that can be used so.
package explore
