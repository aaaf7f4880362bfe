package gc

import "fmt"

// A Snapshot is the state of a heap. It is the caller's own.
type Snapshot struct {
	Release    string           `json:"release"`
	Algorithm  string           `json:"algorithm"`
	Cycle      uint64           `json:"cycle"`
	Stage      string           `json:"stage"`           // of the collector: "off", "mark", ...
	Pause      string           `json:"pause,omitempty"` // why the world is stopped
	Unswept    int              `json:"unswept,omitempty"`
	Objects    []ObjectState    `json:"objects"` // those that are allocated, at most 65,536
	Globals    []Ref            `json:"globals,omitempty"`
	GlobalsAre Colour           `json:"globalsAre,omitempty"`
	Goroutines []GoroutineState `json:"goroutines"`
	Buffer     []Ref            `json:"buffer,omitempty"` // of the write barrier
	Finalizers []Ref            `json:"finalizers,omitempty"`
}

// An ObjectState is an object.
type ObjectState struct {
	Object    Ref    `json:"object"`
	Bytes     int64  `json:"bytes,omitempty"`
	Slots     []Ref  `json:"slots,omitempty"`
	Colour    Colour `json:"colour"`
	Doomed    bool   `json:"doomed,omitempty"` // marking has ended without finding it
	Finalizer bool   `json:"finalizer,omitempty"`
	Cleanups  int    `json:"cleanups,omitempty"`
}

// A GoroutineState is a goroutine that has not ended.
type GoroutineState struct {
	G      G      `json:"g"`
	Colour Colour `json:"colour"` // None while nothing is marked
	Slots  []Ref  `json:"slots"`  // of all its frames, at most 1,024
}

// A Frame is a picture of one step: what happens in it, and the state after it.
type Frame struct {
	Text   string   `json:"text"`
	State  Snapshot `json:"state"`
	Holder Ref      `json:"holder,omitempty"` // the object that is stored into, when the barrier runs
	Shaded []Ref    `json:"shaded,omitempty"` // what the barrier shades, grey or not
}

const (
	shownObjects = 1 << 16
	shownSlots   = 1 << 10
)

// MarshalText is the colour's name.
func (c Colour) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (c *Colour) UnmarshalText(text []byte) error {
	for i, name := range colours {
		if name == string(text) {
			*c = Colour(i)
			return nil
		}
	}
	return fmt.Errorf("gc: no colour %q", text)
}

// Snapshot reports the state.
func (h *Heap) Snapshot() Snapshot {
	s := Snapshot{
		Release: h.release.String(), Algorithm: h.alg.Name, Cycle: h.cycle, Stage: stages[h.stage], Pause: h.pause, Unswept: h.unswept,
		Globals: shown(h.globals), Buffer: shown(h.buffer), Finalizers: shown(h.finq),
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

func shown(refs []Ref) []Ref { return append([]Ref(nil), refs[:min(len(refs), shownSlots)]...) }

func (h *Heap) state(r Ref) ObjectState {
	sp := &h.spans[h.spanOf[r]]
	o := ObjectState{Object: r, Bytes: h.classes[sp.class].layout.Bytes, Slots: shown(h.slotsOf(r)), Colour: h.colour(r)}
	if sp.sweepgen != h.sweepgen {
		o.Doomed = o.Colour == White
	}
	if s := h.specials[r]; s != nil {
		o.Finalizer, o.Cleanups = s.finalizer, len(s.cleanups)
	}
	return o
}

// Look reports one object. A number that no object has now is an error.
func (h *Heap) Look(r Ref) (ObjectState, error) {
	if r == Nil || int(r) >= len(h.spanOf) {
		return ObjectState{}, fmt.Errorf("gc: object %d out of range [1,%d)", r, len(h.spanOf))
	}
	if !h.allocated.has(r) {
		return ObjectState{}, fmt.Errorf("gc: object %d is not allocated", r)
	}
	return h.state(r), nil
}

// Objects reports how many objects are allocated, those that are garbage and not
// swept yet included.
func (h *Heap) Objects() int { return h.objects }
