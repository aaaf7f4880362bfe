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
