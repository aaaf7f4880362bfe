package gc

import (
	"fmt"

	"github.com/orrery-go/orrery/internal/names"
)

// A Snapshot is the state of a heap. It shares no memory with the model.
type Snapshot struct {
	Release    string           `json:"release"`
	Algorithm  string           `json:"algorithm"`
	Cycle      uint64           `json:"cycle,string"`
	Stage      string           `json:"stage"`   // of the collector: "off", "mark", ...
	Pause      string           `json:"pause"`   // why the world is stopped; "": it is not
	Unswept    int              `json:"unswept"` // spans
	Objects    []ObjectState    `json:"objects"` // those that are allocated, at most 65,536
	Globals    []Ref            `json:"globals"`
	GlobalsAre Colour           `json:"globalsAre"` // None while nothing is marked
	Goroutines []GoroutineState `json:"goroutines"`
	Buffer     []Ref            `json:"buffer"`     // of the write barrier, with nil pointers
	Finalizers []Ref            `json:"finalizers"` // the objects of those that are to run
	Cleanups   []Cleanup        `json:"cleanups"`   // those that are to run
}

// An ObjectState is the state of an object.
type ObjectState struct {
	Object    Ref    `json:"object"`
	Bytes     int64  `json:"bytes"`
	Slots     []Ref  `json:"slots"`
	Colour    Colour `json:"colour"`
	Doomed    bool   `json:"doomed"` // marking has ended without finding it
	Finalizer bool   `json:"finalizer"`
	Cleanups  int    `json:"cleanups"`
	Weak      int    `json:"weak"` // places in it that weak pointers point to
}

// A GoroutineState is the state of a goroutine that has not ended.
type GoroutineState struct {
	G      G      `json:"g"`
	Colour Colour `json:"colour"` // None while nothing is marked
	Slots  []Ref  `json:"slots"`  // of all its frames, at most 1,024
}

// A Frame describes one step: what happens in it, and the state after it.
type Frame struct {
	Text   string   `json:"text"`
	State  Snapshot `json:"state"`
	Holder Ref      `json:"holder"` // the object that is stored into, when the barrier runs
	Shaded []Ref    `json:"shaded"` // what the barrier shades, grey or not
}

const (
	shownObjects = 1 << 16
	shownSlots   = 1 << 10
)

// MarshalText returns the name, for JSON.
func (c Colour) MarshalText() ([]byte, error) { return names.Marshal("Colour", colours[:], int(c)) }

// UnmarshalText reads a name that MarshalText returned.
func (c *Colour) UnmarshalText(text []byte) error {
	i, err := names.Unmarshal("Colour", colours[:], text)
	if err != nil {
		return fmt.Errorf("gc: %w", err)
	}
	*c = Colour(i)
	return nil
}

// Snapshot returns the state.
func (h *Heap) Snapshot() Snapshot {
	s := Snapshot{
		Release: h.release.String(), Algorithm: h.alg.Name, Cycle: h.cycle, Stage: stages[h.stage], Pause: h.pause, Unswept: h.unswept,
		Globals: shown(h.globals), Buffer: shown(h.buffer),
		Objects: []ObjectState{}, Goroutines: []GoroutineState{}, Finalizers: []Ref{}, Cleanups: []Cleanup{},
	}
	for _, q := range h.finq[:min(len(h.finq), shownSlots)] {
		s.Finalizers = append(s.Finalizers, q.object)
	}
	for _, q := range h.cleanq[:min(len(h.cleanq), shownSlots)] {
		s.Cleanups = append(s.Cleanups, q.id)
	}
	if h.stage == off && h.unswept > 0 {
		s.Stage = "sweep"
	}
	marks := h.stage == marking || h.stage == markTermination
	if len(h.globals) > 0 && marks {
		s.GlobalsAre = h.globalsColour()
	}
	for r := range h.allocated.each {
		if len(s.Objects) == shownObjects {
			break
		}
		s.Objects = append(s.Objects, h.state(r))
	}
	for g := 1; g < len(h.gs); g++ {
		if gp := &h.gs[g]; !gp.dead {
			k := GoroutineState{G: G(g), Slots: shown(gp.stack)}
			if marks {
				k.Colour = h.stackColour(gp)
			}
			s.Goroutines = append(s.Goroutines, k)
		}
	}
	return s
}

func shown(refs []Ref) []Ref { return append([]Ref{}, refs[:min(len(refs), shownSlots)]...) }

func (h *Heap) state(r Ref) ObjectState {
	sp := &h.spans[h.spanOf(r)]
	o := ObjectState{Object: r, Bytes: h.bytes(r), Slots: shown(h.slotsOf(r)), Colour: h.colour(r)}
	if sp.sweepgen != h.sweepgen {
		o.Doomed = o.Colour == White
	}
	if s := h.specials[r]; s != nil {
		o.Finalizer, o.Cleanups, o.Weak = s.finalizer, len(s.cleanups), len(s.weak)
	}
	return o
}

// Look reports one object. It returns an error if no object has the number now.
func (h *Heap) Look(r Ref) (ObjectState, error) {
	if err := h.checkAllocated(r); err != nil {
		return ObjectState{}, err
	}
	return h.state(r), nil
}

// Objects returns the number of allocated objects, including garbage that is not swept
// yet.
func (h *Heap) Objects() int { return h.objects }
