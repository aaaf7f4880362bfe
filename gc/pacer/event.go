package pacer

import (
	"fmt"
	"time"
)

// A Kind is the kind of an event.
type Kind string

// The steps.
const (
	CycleBegins Kind = "cycle begins" // Why: "heap", "time", "runtime.GC" or "": before it was due
	Revised     Kind = "revised"      // the assist ratio
	CycleEnds   Kind = "cycle ends"   // Bytes: live heap
	Configured  Kind = "configured"   // Why: GOGC or the memory limit
)

// String returns the name.
func (k Kind) String() string { return string(k) }

// kindRules maps each kind to its row of gc/fidelity.md.
var kindRules = map[Kind]string{CycleBegins: "pacer-trigger", Revised: "pacer-assist", CycleEnds: "pacer-cons-mark", Configured: "pacer-goal"}

// An Event is one step.
type Event struct {
	Seq     uint64        `json:"seq"` // 1, 2, 3, and so on
	At      time.Duration `json:"at"`
	Kind    Kind          `json:"kind"`
	Rule    string        `json:"rule"`                   // the row of fidelity.md that the step follows
	Cycle   uint64        `json:"cycle,omitempty,string"` //
	Bytes   uint64        `json:"bytes,omitempty,string"` // of heap
	Goal    uint64        `json:"goal,string"`            //
	Trigger uint64        `json:"trigger,string"`         //
	Assist  float64       `json:"assist,omitempty"`       // bytes scanned for each byte allocated
	Why     string        `json:"why,omitempty"`
}

func (p *Pacer) event(e Event) {
	if p.trace == nil {
		return
	}
	p.seq++
	e.Seq, e.At, e.Rule, e.Cycle, e.Goal, e.Trigger = p.seq, p.now, kindRules[e.Kind], p.cycles, p.Goal(), p.Trigger()
	if p.running {
		e.Assist = p.assistRatio
	}
	p.telling = true
	p.trace(e)
	p.telling = false
}

// String reads like "cycle 3 begins at 4011349 bytes: heap; goal 4194304".
func (e Event) String() string {
	switch e.Kind {
	case CycleBegins:
		return fmt.Sprintf("cycle %d begins at %d bytes: %s; goal %d", e.Cycle, e.Bytes, e.Why, e.Goal)
	case CycleEnds:
		return fmt.Sprintf("cycle %d ends: %d bytes in use; trigger %d, goal %d", e.Cycle, e.Bytes, e.Trigger, e.Goal)
	case Revised:
		return fmt.Sprintf("%d bytes: assist ratio %.4g", e.Bytes, e.Assist)
	case Configured:
		return fmt.Sprintf("%s: trigger %d, goal %d", e.Why, e.Trigger, e.Goal)
	}
	return string(e.Kind)
}

// A Snapshot is the state of a pacer. It shares no memory with the model.
type Snapshot struct {
	Release     string        `json:"release"`
	Now         time.Duration `json:"now"`
	GOGC        int           `json:"gogc"`
	MemoryLimit uint64        `json:"memoryLimit,string"`
	Cycles      uint64        `json:"cycles,string"` // that have begun
	Running     bool          `json:"running"`
	HeapLive    uint64        `json:"heapLive,string"` // bytes allocated, not swept ones included
	HeapMarked  uint64        `json:"heapMarked,string"`
	Goal        uint64        `json:"goal,string"`
	Trigger     uint64        `json:"trigger,string"`
	Triggered   uint64        `json:"triggered,string"` // where the cycle that runs began; else MaxUint64
	Runway      uint64        `json:"runway,string"`    // since 1.18
	ConsMark    float64       `json:"consMark"`         // since 1.18
	Ratio       float64       `json:"ratio"`            // up to 1.17: of the trigger
	AssistRatio float64       `json:"assistRatio"`
	Workers     Workers       `json:"workers"`
}

// Snapshot returns the state.
func (p *Pacer) Snapshot() Snapshot {
	if p.procs == 0 {
		return Snapshot{}
	}
	return Snapshot{
		Release: p.release.String(), Now: p.now, GOGC: int(p.gcPercent), MemoryLimit: p.memoryLimit, Cycles: p.cycles, Running: p.running,
		HeapLive: p.heapLive, HeapMarked: p.heapMarked, Goal: p.Goal(), Trigger: p.Trigger(), Triggered: p.triggered, Runway: p.runway, ConsMark: p.consMark,
		Ratio: p.triggerRatio, AssistRatio: p.assistRatio, Workers: p.workers,
	}
}

// Check returns an error if an invariant is broken: the trigger is beyond the goal, or,
// with a limit in force, the goal is below the live heap.
func (p *Pacer) Check() error {
	if err := p.usable(); err != nil && !p.telling {
		return err
	}
	goal, trigger := p.Goal(), p.Trigger()
	if trigger > goal {
		return fmt.Errorf("pacer: the trigger %d is beyond the goal %d", trigger, goal)
	}
	return nil
}
