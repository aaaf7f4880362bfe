// Package explain reads an execution trace of a real program, as runtime/trace writes it,
// and says of every start of a goroutine where the scheduler took it from: runnext, its
// P's own ring, the global queue, the ring of another P, the network poller, or straight
// back from a system call. A trace does not say so. It follows from the rules of package
// sched, which are replayed over the trace.
//
// # How
//
// What a trace says is when each goroutine became runnable, on which P and thread, and
// when and where it ran. The replay holds the set of states that all queues can be in: an
// event that may have had several effects makes more of them, one that a state does not
// allow leaves fewer. An explanation waits for what comes later, some thousands of starts,
// since a state that turns out to be impossible takes its explanations with it.
//
// # What is certain
//
// A trace has an event before a goroutine is in its queue, and one after it was taken out;
// the thread may be stopped in between for as long as the kernel likes, while others put
// and take. So the order of the events of different threads is not that of what they did.
// What holds nevertheless is called [Unique]. It follows from few facts: a P's own thread
// puts into its ring and runnext in the order of its events; a thread that looks for work
// takes once, and the result of that is seen when it next runs something; rings are taken
// from at the head. The states of the replay are believed only while no two threads can
// have been at the queues at once, and [Contradicted] is said then alone.
//
// # What is likely
//
// Mostly threads do things in the order of their events. So each history that is possible
// is counted by what it assumes beside that, above all by the number of times that a thread
// was late. A start is [UpToOrder] if the likeliest explanation needs at least one such
// assumption less than each other. It is not certain: of these, one in 2,800 was wrong, and
// one in 70 in a program whose network deadlines expire.
//
// The other verdicts are [Several] explanations, with [Start.Among], and [Warming]: the
// goroutine was runnable before the trace began, the queues were lost sight of, or what was
// left out for want of time may explain it as well.
//
// Some starts are open in truth. Where one thread runs goroutines that do nothing but call
// runtime.Gosched, the turn of the global queue, once in 61 time slices, may always come when
// the ring is empty: a share is k of them, and 60 is a multiple of each k up to 6. Then about
// 61/k values of schedtick explain the same trace, in the one order that the global queue
// can have had, and a goroutine was in the ring by some and in the global queue by others.
//
// This is held against a runtime that notes the truth, in which threads also pause at
// random between the statements of the scheduler: see fidelity.md of package sched, rows
// explain-truth and explain-open, for the figures.
//
// # Input
//
// A trace of Go 1.22 or newer; those before lack what is needed, and [New] says so. The
// rules are those of 1.26 and 1.27. A trace that is broken ends with an error that has the
// offset up to which had been read.
//
// # Costs
//
// Explaining traces of about a million events takes, with reading, 3 to 4 times the CPU time
// of reading alone for a pool of workers, a pipeline, select and recursion, 4 to 5 times where
// many wait for the network, for files or in a sync.Cond, 6 to 9 times where collections are
// frequent or thousands of goroutines are runnable, and 11 to 14 times where many call
// runtime.Gosched at once on several Ps; it allocates 25 to 190 bytes for each event, and the
// process needs 30 to 80 MB. A trace of some ten thousand events takes more for each, since
// what is kept has to be made first
// (go test -bench Explain -benchtime 5x ./sched/schedtrace/explain, for six such programs).
//
// Of what explaining takes beside reading, for a pool of workers a third is to follow the few
// states, a quarter to decode events and to note what each says of Ps and threads, a sixth to
// note what is certain, and a seventh to say it when a start has waited. Recursion takes more
// for what is certain, an echo for the states of the network poller's lists, of which one makes
// up to four when a goroutine is woken. In a storm of Gosched nearly
// half is to try what each state says of a start that may be from the global queue, and to
// unite the states that follow; a tenth is to choose among the histories of the starts that
// wait. Where thousands are made runnable the largest part is to move, to hash and to look
// through long queues.
//
// Time and memory are bounded. At most 48 states, of 512 queues in all, are kept after an
// event, and on average at most two are made for each event. Where more would be needed,
// which happens when many goroutines call runtime.Gosched at once, those that are not likely
// are left out. Seldom the replay gives up, and rests for up to 8,192 events ([Stats.Cut]
// counts that). The starts meanwhile are [Warming], unless they are certain, which is found
// without the replay. What is kept of the past is what the last 8,192 starts need, and about
// 30 bytes for each goroutine that there ever was.
//
// # Concurrent use
//
// An [Explainer] is for one goroutine at a time.
package explain
