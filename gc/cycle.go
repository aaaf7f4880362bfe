package gc

import (
	"errors"
	"iter"
)

// A stage is the stage that the collector is in.
type stage uint8

const (
	off              stage = iota // idle, or sweeping in the background
	sweepTermination              // the world is stopped, and the rest is swept
	marking
	markTermination // the world is stopped; stacks may be scanned again
	finalSweep      // the world is stopped, and every span is swept
)

var stages = [...]string{"off", "sweep termination", "mark", "mark termination", "sweep in the pause"}

// Work counts the work of the collector, and of the program for it.
type Work struct {
	Allocated      uint64 `json:"allocated,string"` // objects
	AllocatedBytes uint64 `json:"allocatedBytes,string"`
	Stacks         uint64 `json:"stacks,string"`        // scanned
	RootSlots      uint64 `json:"rootSlots,string"`     // slots of stacks, globals and so on
	Marked         uint64 `json:"marked,string"`        // objects that became grey, or black at once
	Scanned        uint64 `json:"scanned,string"`       // objects
	SpanScans      uint64 `json:"spanScans,string"`     // spans whose grey objects were scanned at once
	Words          uint64 `json:"words,string"`         // pointers in objects that were examined
	Barriers       uint64 `json:"barriers,string"`      // stores that ran the barrier
	BarrierShades  uint64 `json:"barrierShades,string"` // pointers, except for nil, that it shaded or put into its buffer
	Flushes        uint64 `json:"flushes,string"`       // flushes of that buffer
	Assists        uint64 `json:"assists,string"`
	AssistWords    uint64 `json:"assistWords,string"`
	SpansSwept     uint64 `json:"spansSwept,string"`
	Reclaimed      uint64 `json:"reclaimed,string"` // objects
	Revived        uint64 `json:"revived,string"`   // objects kept for their finalizers
}

func (w Work) minus(v Work) Work {
	return Work{
		w.Allocated - v.Allocated, w.AllocatedBytes - v.AllocatedBytes, w.Stacks - v.Stacks, w.RootSlots - v.RootSlots,
		w.Marked - v.Marked, w.Scanned - v.Scanned, w.SpanScans - v.SpanScans, w.Words - v.Words, w.Barriers - v.Barriers,
		w.BarrierShades - v.BarrierShades, w.Flushes - v.Flushes, w.Assists - v.Assists, w.AssistWords - v.AssistWords,
		w.SpansSwept - v.SpansSwept, w.Reclaimed - v.Reclaimed, w.Revived - v.Revived,
	}
}

// Cost returns the cost of marking and of scanning roots, in pointers examined and
// objects marked: the collector's time, in the same unit for all algorithms.
func (w Work) Cost() uint64 { return w.RootSlots + w.Marked + w.Words }

// A Pause is a stop of the world and the work done in it.
type Pause struct {
	Why  string `json:"why"`
	Work Work   `json:"work"`
}

// CycleStats holds the work of a cycle and its pauses, in order.
type CycleStats struct {
	Cycle  uint64  `json:"cycle,string"` // 1, 2, 3, and so on
	Pauses []Pause `json:"pauses"`
}

// PauseCost returns the total [Work.Cost] of the pauses, plus the spans swept in them.
func (c CycleStats) PauseCost() (cost, spans uint64) {
	for _, p := range c.Pauses {
		cost += p.Work.Cost()
		spans += p.Work.SpansSwept
	}
	return cost, spans
}

// Work returns the work since the heap was made.
func (h *Heap) Work() Work { return h.work }

// Cycle reports on the current cycle, or the last one.
func (h *Heap) Cycle() CycleStats {
	c := h.stats
	c.Pauses = append([]Pause{}, c.Pauses...)
	return c
}

// Start makes the next [Heap.Step] begin a cycle, as the trigger does when the heap has
// grown, or sweep a span that the last cycle has left: the cycle begins when there is none.
// It returns an error if a cycle is running.
func (h *Heap) Start() error {
	if err := h.usable(); err != nil {
		return err
	}
	if h.stage != off || h.requested {
		return errors.New("gc: a cycle runs already")
	}
	h.requested = true
	h.blocking = false
	return nil
}

// Running reports whether objects are being marked, or will be with the next step, and
// why the world is stopped, if it is.
func (h *Heap) Running() (cycle bool, pause string) { return h.stage != off || h.requested, h.pause }

// GC runs a cycle from its beginning to its end and sweeps every span, as [runtime.GC]
// does. It first finishes a running cycle. In 1.5 to 1.8 a cycle that the program asks
// for is one pause, unlike cycles that the heap's growth starts. (`runtime/mgc.go:GC`,
// `go1.8.7 runtime/mgc.go:gcForceBlockMode`)
func (h *Heap) GC() error {
	if err := h.usable(); err != nil {
		return err
	}
	if h.stage != off || h.requested {
		if err := h.Run(); err != nil {
			return err
		}
	}
	h.requested = true
	h.blocking = h.release.AtLeast("go1.5") && !h.release.AtLeast("go1.9")
	return h.Run()
}

// Run steps until the collector is idle.
func (h *Heap) Run() error {
	for {
		more, err := h.Step()
		if err != nil || !more {
			return err
		}
	}
}

// Events steps as [Heap.Run] does and yields the events. It stops at an error, which
// [Heap.Err] then returns. Config.Trace is called, too.
func (h *Heap) Events() iter.Seq[Event] {
	return func(yield func(Event) bool) {
		trace := h.trace
		defer func() { h.trace = trace }()
		var pending []Event
		h.trace = func(e Event) {
			pending = append(pending, e)
			if trace != nil {
				trace(e)
			}
		}
		for {
			more, err := h.Step()
			for _, e := range pending {
				if !yield(e) {
					return
				}
			}
			pending = pending[:0]
			if err != nil || !more {
				return
			}
		}
	}
}

// Err reports the error that ended [Heap.Events].
func (h *Heap) Err() error { return h.err }

// Step performs one step of the collector: stop or start the world, do a root job, scan a
// grey object or a span with grey objects, flush the barrier's buffer, or sweep a span.
// It returns false if there was nothing to do.
func (h *Heap) Step() (more bool, err error) {
	if err := h.usable(); err != nil {
		return false, err
	}
	switch h.stage {
	case marking:
		from := h.scannedBytes()
		if h.rootNext < rootStacks+h.stacks && h.markRoot() || h.drain() {
			h.credit += h.scannedBytes() - from
			break
		}
		h.endOfMarking()
	case markTermination:
		if h.now.StackRescan && h.markRoot() || h.drain() {
			break
		}
		h.finishMarking()
	case sweepTermination:
		if !h.sweepOne() {
			h.startMarking()
		}
	case finalSweep:
		if !h.sweepOne() {
			h.stage = off
			h.startTheWorld()
			h.note(Event{Kind: CycleEnds})
		}
	default:
		if !h.requested {
			return h.sweepOne(), nil
		}
		if h.alg.Concurrent && h.sweepOne() { // what the last cycle left, while the program runs
			break
		}
		h.requested = false
		h.cycle++
		h.stats = CycleStats{Cycle: h.cycle, Pauses: h.stats.Pauses[:0]}
		h.note(Event{Kind: CycleBegins})
		h.stage = sweepTermination
		if h.now = h.alg; h.blocking {
			h.now = Algorithm{Name: h.alg.Name, SweepInPause: true, SpanBatches: h.alg.SpanBatches}
		}
		h.stopTheWorld(firstPause(h.now))
	}
	return true, nil
}

func firstPause(a Algorithm) string {
	switch {
	case a.Concurrent:
		return "sweep termination"
	case a.SweepInPause:
		return "mark and sweep"
	}
	return "mark"
}

func (h *Heap) stopTheWorld(why string) {
	h.pause = why
	h.pauseFrom = h.work
	h.note(Event{Kind: PauseBegins, Why: why})
}

func (h *Heap) startTheWorld() {
	w := h.work.minus(h.pauseFrom)
	h.stats.Pauses = append(h.stats.Pauses, Pause{h.pause, w})
	h.note(Event{Kind: PauseEnds, Why: h.pause, N: w.Cost()})
	h.pause = ""
}

// startMarking switches the barrier on. (`runtime/mgc.go:gcStart`)
func (h *Heap) startMarking() {
	h.stage = marking
	h.rootNext = rootGlobals
	h.stacks = len(h.descs)
	h.credit = 0
	for g := range h.gs {
		h.gs[g].assist = 0
	}
	if h.verify {
		h.doom()
	}
	h.shade(h.zero)
	h.shadeTinyRoot()
	if h.now.Barrier != nil {
		h.note(Event{Kind: BarrierOn})
	}
	if h.now.StackSnapshot {
		for h.markRoot() {
		}
	}
	if h.now.Concurrent {
		h.startTheWorld()
	}
}

// endOfMarking is called when no object is grey. Objects in the barrier's buffer may
// still become grey. (`runtime/mgc.go:gcMarkDone`)
func (h *Heap) endOfMarking() {
	switch {
	case len(h.buffer) > 0:
		h.flush()
	case !h.now.Concurrent:
		h.finishMarking()
	default:
		h.stage = markTermination
		h.stopTheWorld("mark termination")
		if h.now.StackRescan {
			h.rootNext = rootStacks
			h.stacks = len(h.descs)
		}
	}
}

// finishMarking switches the barrier off and hands every span to the sweeper.
// (`runtime/mgc.go:gcMarkTermination`)
func (h *Heap) finishMarking() {
	if h.now.Barrier != nil {
		h.note(Event{Kind: BarrierOff})
	}
	h.tiny, h.tinyOff = Nil, 0
	h.sweepgen++
	for i := range h.classes {
		h.classes[i].at, h.classes[i].current = 0, 0
	}
	h.unswept, h.sweepAt = len(h.spans)-1, 1
	if h.now.SweepInPause {
		h.stage = finalSweep
		return
	}
	h.stage = off
	h.startTheWorld()
	h.note(Event{Kind: CycleEnds})
}
