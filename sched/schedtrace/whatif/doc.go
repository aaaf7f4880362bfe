// Package whatif takes a workload from an execution trace of a real program and replays
// it in the simulator of package sched with another GOMAXPROCS: how long it takes, how
// long goroutines wait to run, how busy the processors are, and how far to trust that.
//
//	f, err := os.Open("trace.out")
//	w, err := whatif.Read(f)
//	report, err := w.Predict(whatif.Config{}, 1, 2, 4, 8)
//
// # What is taken from a trace
//
// A goroutine becomes a list of operations: bursts of computing, go statements, system
// calls, sleeps, and waits. The trace says which goroutine has ended a wait, and that is
// an edge between the two: with other processors, too, the one waits until the other
// has come so far.
//
// Such edges alone do not suffice. A send to a buffer with room leaves none, nor does a
// lock that was free; a wait group leaves one, from the last that was done. Package note
// writes the operations into the trace, with the channel's capacity. They are replayed on
// channels, locks and wait groups of packages chanq and locks, which decide anew which
// goroutine waits.
//
// What follows the receive of a value belongs to the value: in a pool of workers a job
// takes its own time, whichever worker gets it. So a goroutine that receives a value goes
// on as did the goroutine that got the value in the recording, if that was at the same
// place of the program. Each such rest is done once, and a goroutine's last receive at a
// place stays its last: nothing is lost, and nothing done twice.
//
// # What is measured
//
// The region of note.Run, from its beginning to its end. Without one it is the goroutine
// that has called runtime/trace.Start, up to trace.Stop.
//
// # How far to trust it
//
// A burst takes as long as in the recording, on any number of processors: that they
// share caches and memory is not modelled, nor is the collector. [Trust] adds up what is
// known to be wrong: how far a replay with the recorded GOMAXPROCS is from the
// recording, what the scheduler's random choices change, short bursts, waits without a
// note, locks, the collector. [Good] is within 15%.
//
// On a machine of two processors, a trace with one predicting runs with two and the other
// way round, programs whose bursts take 50 microseconds and more were predicted to within
// 7%: fan-out, uneven fan-out, divide and conquer, serial and parallel parts, pipelines
// with buffers and with a bottleneck, blocking system calls; pools of workers and
// pipelines without buffers, too. A mutex for which six goroutines contend was off by up
// to 18%, 2,000 goroutines of 3 microseconds by 50%, and stages of 2 microseconds by 90%,
// since the recording itself slows them down. Without notes most were within 17%, but
// fan-out was off by up to 31%, an uneven one by 36%, and a mutex by 40%.
//
// # How near the scheduling is
//
// Seven programs with two processors, medians of five recordings; each was replayed as
// it was, with all costs next to nothing, and with [sched.DefaultCosts] and the machine's
// timers: how many goroutines started, how many of them on another P than that on which
// they became runnable, how often a P became idle and had to be woken, the time from
// runnable to running, and the makespan.
//
//	                       starts  elsewhere  idle  to run: p50    p90  makespan
//	fan-out     real           42         20     2      4.52ms  8.53ms   10.06ms
//	            no costs       42         21     2      4.51ms  8.47ms   10.04ms
//	            replayed       42         20     1      4.53ms  8.50ms   10.06ms
//	uneven      real           26         12     2      3.53ms  8.90ms   10.39ms
//	            no costs       26         13     3      2.92ms  9.18ms   10.16ms
//	            replayed       26         12     1      3.62ms  9.24ms   10.25ms
//	divide      real          255         13     4      0.01ms  3.47ms   13.68ms
//	            no costs      255          2     3      0.01ms  4.21ms   13.57ms
//	            replayed      253         17     5      0.01ms  3.70ms   13.76ms
//	serial      real           37         16     8      0.64ms  1.81ms   21.80ms
//	            no costs       37         20     8      0.60ms  1.79ms   21.54ms
//	            replayed       37         16     9      0.61ms  1.79ms   21.65ms
//	buffered    real           53         24    11      0.39ms  1.66ms   18.41ms
//	            no costs       56         29    14      0.29ms  1.66ms   18.22ms
//	            replayed       52         24     9      0.36ms  1.66ms   18.24ms
//	bottleneck  real          298        152    82      0.02ms  0.09ms   24.97ms
//	            no costs      299        154    85      0.00ms  0.06ms   24.90ms
//	            replayed      299        152    81      0.01ms  0.08ms   24.93ms
//	syscalls    real           41          4    57      0.00ms  0.47ms   10.69ms
//	            no costs       41          5    34      0.00ms  0.35ms   10.62ms
//	            replayed       41          4    40      0.00ms  0.38ms   10.61ms
//
// # Bad input
//
// A trace of a release before 1.22, or one that is cut or damaged, is a [ReadError] with
// the number of bytes up to which it was read. What is held is at most [MaxOps]
// operations, [MaxGoroutines] goroutines, and a generation of the trace.
//
// # Sources
//
// runtime/traceruntime.go, internal/trace/tracev2/events.go, runtime/trace/annotation.go,
// runtime/netpoll_epoll.go, runtime/proc.go:sysmon.
//
// # Concurrent use
//
// A [Workload] does not change: several goroutines may use it.
package whatif
