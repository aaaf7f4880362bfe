// Package pacer models when Go's collector starts a cycle, and how hard goroutines
// have to help it: the pacer of every release since 1.9, to the byte.
//
// # The mechanism
//
// A cycle should end when the heap has grown to its goal. GOGC says how far that is above
// the live heap of the last cycle:
//
//	goal = live + live*GOGC/100                    up to 1.17
//	goal = live + (live+stacks+globals)*GOGC/100   since 1.18
//
// and it is never below 4 MiB*GOGC/100. Since 1.19 a memory limit can pull the goal down:
// the memory that the process has mapped beside its heap, and 3% for safety, are
// subtracted from the limit; the goal is the rest, but never below the live heap.
//
// To be ready by then a cycle must start earlier, at the trigger. The distance between
// them is the runway: the bytes that the program will allocate while the collector marks.
//
// # The steps
//
//  1. [Pacer.Allocate] lets the heap grow. When it reaches [Pacer.Trigger] a cycle is
//     due; when none has run for two minutes, too: [Pacer.Due].
//  2. [Pacer.StartCycle] decides how many workers mark: a quarter of the processors,
//     whole ones as far as that goes, then one for a part of its time.
//  3. [Pacer.Revise] takes the bytes allocated and scanned since, and sets the assist
//     ratio: how many bytes a goroutine must scan for each that it allocates.
//  4. [Pacer.EndCycle] measures how fast the program allocated in relation to the
//     marking, the cons/mark ratio, and sets the next goal.
//
// [Simulate] runs such cycles for a [Workload], whose rates are a [Signal] each: the
// idealised program with which the runtime tests its pacer. [WhatIf] takes the
// measurements of a real program, a [Profile] from package gc/gclog, and predicts the
// effect of another GOGC or memory limit; from several, better.
//
// # Releases
//
//	1.9-1.17  the trigger is a ratio of the heap in use, which a controller moves by
//	          half of its error; goals of the stacks and globals are not counted
//	1.18      the trigger is the goal less the runway; a PI controller for cons/mark
//	1.19      memory limit
//	1.20      cons/mark is the mean of the last two
//	1.21-     cons/mark is the largest of the last five; headroom 3%, not 1 MiB
//
// [Limiter] is the bucket, since 1.19, that bounds the collector's share of the CPU time
// to a half when the limit is too low for the live heap.
//
// Times are virtual, and everything is deterministic. A value is for one goroutine.
//
// # How far to trust WhatIf
//
// In simulated programs it is right to the collection, and within 0.1% of the largest heap
// (TestWhatIf). Three real ones ran with GODEBUG=gctrace=1,gcpacertrace=1 before all other
// processes, 11 times with each setting (grow with 400: 40 times); the medians, in MiB, and
// how far predictions from GOGC=100 are off:
//
//	        GOGC=50       200           400           with a limit
//	cache    77.6 +3.3%   152.6 +0.2%   264.9 -1.5%   120: 105.9 -1.6%    90:  77.7 -0.9%
//	grow    222.2 -1.8%   318.5 -1.7%   424.9 -3.3%   300: 277.9 -0.5%   200: 182.3 -0.9%
//	burst    53.7 +1.9%   103.5 -0.2%   179.2 +0.4%   100:  89.3 -1.3%    60:  50.4 +2.5%
//
// The limits of 120, 90, 300 and 100 MiB are with GOGC=off. The number of collections is off
// by 8.2% at most (cache, 90 MiB). Measured again beside other work, 11 times each, the heap
// is off by 5.1% at most (burst, 400: 171.3) and collections by 9.7% (cache, 50). From one run
// on record, as in pacerlive's TestRecorded, the heap is off by 2.2% in the mean and 5.7% at
// most, collections by 4.2% and 11%. With ORRERY_FULL=1, TestPrograms of pacerlive runs the
// programs and prints every error.
//
// Some of that is chance: where the last collection of a growing heap falls, and whether
// a cycle is held to its goal. Medians of five real runs are themselves, in nine of ten,
// off by up to 10% in grow with 400, 7% in grow, 6% in burst, 5% in cache, and 4% with
// a limit.
//
// The rest is what a log does not say:
//
//   - What marking costs with other amounts of garbage. That is a + b*heap; with GOGC=100,
//     b*heap is 20 to 27% of the cost in cache, 21% in a map of strings, 44% in one of arrays
//     of pointers, and 0 in a queue, a tree, and grow. It depends on the order in which
//     a program replaces what it keeps, and one heap does not show it. On a machine where
//     garbage costs more time, cache was off by +5.9, -5.2 and -7.9% with 50, 200 and 400.
//   - How many bytes a collection scanned, unless gcpacertrace=1 says so. The lists of burst
//     are not scanned in full, the pacer takes them for little work, and begins the earlier:
//     without, collections under a limit are off by up to 15% (TestScanned of pacerlive).
//   - That tails of spans count as allocated anew whenever a span with free slots is taken
//     up: 1.3 MiB a collection in cache, 0.2 in others.
//   - Free slots that count as beside the heap while it is near a limit: 1.5%, by which
//     a sixteenth of the distance to the goal is less.
//
// From two logs, settings between them are predicted better: seven other programs, from
// GOGC=100 and 800, at 200 and 400, are off by 9.7% of the largest heap in the mean from one
// log and by 5.5% from two, and by 4.2% and 2.7% of the collections (TestTwoLogs of pacerlive
// with -seven). Outside the range of their heaps a second log improves only the number of
// collections.
//
// Not predicted are programs whose goroutines keep all processors busy, so that their
// collector waits for one when assists do not replace it: two such, which build trees and
// fill maps, had 2.7 and 1.4 times the predicted heap with GOGC=400. Nor are limits far below
// the live heap: cache under 55 MiB collected 847 to 1,040 times, not 537 to 610.
//
// # Sources
//
// runtime/mgcpacer.go, mgclimit.go, mgcpacer_test.go; up to 1.16 mgc.go.
//
//   - M. Knyszek, Proposal 44167: GC pacer redesign (2021).
//   - M. Knyszek, Proposal 48409: soft memory limit (2021).
//   - A guide to the Go garbage collector, go.dev/doc/gc-guide.
//
// # Concurrent use
//
// A value with a state, such as a [Pacer] or a [Limiter], is for one goroutine at a time.
package pacer
