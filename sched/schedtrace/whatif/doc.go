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
// A note comes before its operation, and a goroutine may be stopped in between: notes of
// different goroutines may have another order than the operations. So a receive that found
// its channel closed has a note after it, and in a select Selection.Case tells that if it
// is given ok. Without it, the receives with the last notes are taken for those that got
// no value. A wait for a condition begins where the trace says that the goroutine waits.
//
// # What is decided anew
//
// A select is done with the cases that it had. Which goes through is decided by what is
// ready, and among several by the model's random choice, as in the runtime: it need not be
// the case of the recording. What follows is what followed the same value, or as many
// closed channels; a channel that the goroutine had set to nil after its close is nil after
// its close. A select with a default has as many turns as in the recording, whatever they
// find, unless the goroutine got nothing but default there up to its last turn: then it asks
// for as long as it takes. Where channels are nil from time to time for other reasons, only
// the case that went through is there. A select that was ended by something without a note,
// such as a timer, ends when that does.
//
// A trace does not show what a sync.Cond stands for. A wait that a Signal has ended in the
// recording is ended by any such Signal, one each, and there is no wait if one was given
// before; a wait that a Broadcast has ended is ended by that one. If the goroutine that
// calls Broadcast is one of those that wait, as at a barrier, the last to come calls it.
// Waits that did not take place, since the condition was true already, left nothing: with
// other processors they do not take place either, so a queue with a condition may give
// out jobs before they are there. The jobs of a queue stay with the goroutine that had them,
// since nothing says which job a goroutine has found there.
//
// Atomic operations compute their results. What follows an operation belongs to its
// result: in a pool that draws numbers, each number's job takes its own time, and a loop
// that loads a variable until it has changed does so for as long as it takes. Goroutines
// at one place of the program are taken to be alike.
//
// If what follows an outcome is not in the recording, a like outcome's rest is repeated, or
// the goroutine goes on as it did. [Outcome] counts such guesses, and [Trust] falls by
// their share.
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
// pipelines without buffers, too; and so, to within 4%, a fan-in by select, a pool of
// workers that a closed channel ends, a barrier with Broadcast, and workers that draw
// numbers from an atomic counter. A queue with Signal was off by up to 15%. A mutex for
// which six goroutines contend was off by up to 18%, 2,000 goroutines of 3 microseconds by
// 54%, and stages of 2 microseconds by 90%, since the recording itself slows them down.
// Without notes most were within 17%, but fan-out was off by up to 31%, an uneven one by
// 36%, a fan-in by 32%, a mutex by 40%, and 2,000 goroutines by 73%.
//
//	ORRERY_FULL=1 go test -run 'TestPrograms|TestBare' -v ./sched/schedtrace/whatif/whatiflive
//
// # How near the scheduling is
//
// Eleven programs with two processors, medians of five recordings; each was replayed as
// it was, with all costs next to nothing, and with [sched.DefaultCosts] and the machine's
// timers: how many goroutines started, how many of them on another P than that on which
// they became runnable, how often a P became idle and had to be woken, the time from
// runnable to running, and the makespan. This prints the table, without those programs for
// which the machine is too busy:
//
//	ORRERY_FULL=1 go test -run TestDistance -v ./sched/schedtrace/whatif/whatiflive
//
//	                       starts  elsewhere  idle  to run: p50    p90  makespan
//	fan-out     real           41         20     1       4.54ms 8.56ms   10.18ms
//	            no costs       42         21     2       4.49ms 8.55ms   10.13ms
//	            replayed       42         20     1       4.52ms 8.56ms   10.17ms
//	uneven      real           26         12     2       3.63ms 8.89ms   10.36ms
//	            no costs       26         13     3       2.94ms 9.24ms   10.22ms
//	            replayed       26         12     1       3.40ms 9.32ms   10.29ms
//	divide      real          255         13     4       0.02ms 3.55ms   13.84ms
//	            no costs      254          2     3       0.01ms 4.30ms   13.70ms
//	            replayed      253         17     5       0.01ms 3.78ms   13.88ms
//	serial      real           37         16     8       0.65ms 1.86ms   22.20ms
//	            no costs       37         19     9       0.61ms 1.82ms   22.09ms
//	            replayed       37         16     9       0.63ms 1.84ms   22.13ms
//	buffered    real           54         25    11       0.27ms 1.74ms   19.17ms
//	            no costs       58         30    14       0.20ms 1.75ms   19.17ms
//	            replayed       50         21     6       0.71ms 1.75ms   19.06ms
//	bottleneck  real          299        152    82       0.02ms 0.09ms   25.18ms
//	            no costs      299        154    85       0.00ms 0.06ms   25.14ms
//	            replayed      299        152    82       0.01ms 0.08ms   25.17ms
//	syscalls    real           41          4    56       0.00ms 0.51ms   10.77ms
//	            no costs       41          5    32       0.00ms 0.35ms   10.66ms
//	            replayed       41          4    38       0.00ms 0.40ms   10.62ms
//	fan-in      real           49         33    25       0.05ms 0.55ms   17.17ms
//	            no costs       47         32    24       0.00ms 0.53ms   16.87ms
//	            replayed       47         31    23       0.03ms 0.58ms   16.91ms
//	quit        real           59         14     3       0.67ms 2.83ms   17.46ms
//	            no costs       58         15     5       0.28ms 2.04ms   17.41ms
//	            replayed       59         12     1       0.11ms 2.60ms   17.45ms
//	broadcast   real           67         36    13       0.35ms 0.69ms   12.27ms
//	            no costs      128        107    28       0.00ms 0.22ms   12.09ms
//	            replayed       78         49    14       0.21ms 0.64ms   12.28ms
//	counter     real            6          3     2       0.01ms 23.61ms   24.35ms
//	            no costs        8          4     2       0.00ms 23.64ms   24.27ms
//	            replayed        8          3     1       0.01ms 23.65ms   24.24ms
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
// runtime/netpoll_epoll.go, runtime/proc.go:sysmon, runtime/select.go:selectgo,
// runtime/sema.go:notifyListNotifyOne.
//
// # Concurrent use
//
// A [Workload] does not change: several goroutines may use it.
package whatif
