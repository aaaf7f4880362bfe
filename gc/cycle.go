package gc

import (
	"errors"
	"iter"
)

// A stage is what the collector is at.
type stage uint8

const (
	off              stage = iota // nothing, or it sweeps in the background
	sweepTermination              // the world is stopped; what is not swept yet is
	marking
	markTermination // the world is stopped; stacks may be scanned again
	finalSweep      // the world is stopped; all is swept
)

var stages = [...]string{"off", "sweep termination", "mark", "mark termination", "sweep in the pause"}

// Work is what was done, by the collector and for it.
type Work struct {
	Allocated      uint64 `json:"allocated,string"` // objects
	AllocatedBytes uint64 `json:"allocatedBytes,string"`
	Stacks         uint64 `json:"stacks,string"`        // scanned
	RootSlots      uint64 `json:"rootSlots,string"`     // of stacks, globals and so on
	Marked         uint64 `json:"marked,string"`        // objects that became grey, or black at once
	Scanned        uint64 `json:"scanned,string"`       // objects
	SpanScans      uint64 `json:"spanScans,string"`     // spans whose grey objects were scanned at once
	Words          uint64 `json:"words,string"`         // pointers in objects that were looked at
	Barriers       uint64 `json:"barriers,string"`      // stores that ran the barrier
	BarrierShades  uint64 `json:"barrierShades,string"` // pointers that it shaded or put into its buffer
	Flushes        uint64 `json:"flushes,string"`       // of that buffer
	Assists        uint64 `json:"assists,string"`
	AssistWords    uint64 `json:"assistWords,string"`
	SpansSwept     uint64 `json:"spansSwept,string"`
	Reclaimed      uint64 `json:"reclaimed,string"` // objects
	Revived        uint64 `json:"revived,string"`   // objects with finalizers
}

func (w Work) minus(v Work) Work {
	return Work{
		w.Allocated - v.Allocated, w.AllocatedBytes - v.AllocatedBytes, w.Stacks - v.Stacks, w.RootSlots - v.RootSlots,
		w.Marked - v.Marked, w.Scanned - v.Scanned, w.SpanScans - v.SpanScans, w.Words - v.Words, w.Barriers - v.Barriers,
		w.BarrierShades - v.BarrierShades, w.Flushes - v.Flushes, w.Assists - v.Assists, w.AssistWords - v.AssistWords,
		w.SpansSwept - v.SpansSwept, w.Reclaimed - v.Reclaimed, w.Revived - v.Revived,
	}
}

// Cost is what marking and root scanning cost, in pointers looked at and objects
// marked: the collector's time in the same unit for all algorithms.
func (w Work) Cost() uint64 { return w.RootSlots + w.Marked + w.Words }

// A Pause is a stop of the world and what was done in it.
type Pause struct {
	Why  string `json:"why"`
	Work Work   `json:"work"`
}

// CycleStats are a cycle's work and its pauses, in order.
type CycleStats struct {
	Cycle  uint64  `json:"cycle,string"` // 1, 2, 3, and so on
	Pauses []Pause `json:"pauses"`
}

// PauseCost is the [Work.Cost] of its pauses together, and the spans swept in
// them.
func (c CycleStats) PauseCost() (cost, spans uint64) {
	for _, p := range c.Pauses {
		cost += p.Work.Cost()
		spans += p.Work.SpansSwept
	}
	return cost, spans
}

// Work reports what was done since the heap was made.
func (h *Heap) Work() Work { return h.work }

// Cycle reports the pauses of the cycle that runs, or of the last one.
func (h *Heap) Cycle() CycleStats {
	c := h.stats
	c.Pauses = append([]Pause{}, c.Pauses...)
	return c
}

// Start has a cycle begin with the next [Heap.Step], as the trigger does when the
// heap has grown. It returns an error if a cycle runs.
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

// Running reports whether objects are marked, or will be with the next step, and
// why the world is stopped, if it is.
func (h *Heap) Running() (cycle bool, pause string) { return h.stage != off || h.requested, h.pause }

// GC runs a cycle from its beginning to its end and sweeps every span, as
// [runtime.GC] does. It ends one that runs before. In 1.5 to 1.8 all of the cycle
// that a program asks for is one pause, unlike those that the heap's growth starts.
// (`runtime/mgc.go:GC`, `go1.8.7 runtime/mgc.go:gcForceBlockMode`)
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

// Run steps until the collector has nothing to do.
func (h *Heap) Run() error {
	for {
		more, err := h.Step()
		if err != nil || !more {
			return err
		}
	}
}

// Events steps as [Heap.Run] does and yields what happens. An error ends it; then
// [Heap.Err] has it. It calls the configured Trace, too.
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

// Step has the collector do one thing: stop or start the world, do a root job,
// scan a grey object or a span that has some, flush the barrier's buffer, sweep a
// span. It is false if there was nothing to do.
func (h *Heap) Step() (more bool, err error) {
	if err := h.usable(); err != nil {
		return false, err
	}
	switch h.stage {
	case marking:
		if h.rootNext < rootStacks+h.stacks && h.markRoot() {
			break
		}
		if h.drain() {
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
	h.stacks = len(h.gs) - 1
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

// endOfMarking is when nothing is grey. What is in the barrier's buffer may still
// become so. (`runtime/mgc.go:gcMarkDone`)
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
			h.stacks = len(h.gs) - 1
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
