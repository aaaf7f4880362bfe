package race

import (
	"cmp"
	"slices"
)

// A Snapshot is the state of a detector. It shares no memory with the model.
type Snapshot struct {
	Release    string           `json:"release"`
	Ops        uint64           `json:"ops,string"`
	Goroutines []GoroutineState `json:"goroutines"` // that have not exited, by number
	Objects    []ObjectState    `json:"objects"`    // by number
	Words      []WordState      `json:"words"`      // each 8 bytes of which accesses are remembered, by address
	Races      []Report         `json:"races"`
	Suspects   []Suspect        `json:"suspects"` // with Config.Lockset
	Found      uint64           `json:"found,string"`
	Evicted    uint64           `json:"evicted,string"`
	Lost       uint64           `json:"lost,string"` // races that were not reported because a history was gone
}

// A GoroutineState is the state of a goroutine.
type GoroutineState struct {
	G     G       `json:"g"`
	Waits Verb    `json:"waits"` // "" if it can go on
	On    Object  `json:"on"`
	Since uint64  `json:"since,string"` // the operation in which it waits
	Knows []Known `json:"knows"`        // what it knows of others, by number
}

// A Known is the last operation of a goroutine that another knows of.
type Known struct {
	G  G      `json:"g"`
	Op uint64 `json:"op,string"`
}

// An ObjectState is the state of an object.
type ObjectState struct {
	Object  Object  `json:"object"`
	Type    Type    `json:"type"`
	Writer  G       `json:"writer"`  // the goroutine that holds a mutex, or runs the function of a Once
	Readers int     `json:"readers"` // of a mutex
	Cap     int     `json:"cap"`     // of a channel
	Len     int     `json:"len"`
	Closed  bool    `json:"closed"`
	Done    bool    `json:"done"`           // a Once
	Counter int64   `json:"counter,string"` // of a WaitGroup
	Waiting []G     `json:"waiting"`        // in order; of a channel its senders or its receivers
	Knows   []Known `json:"knows"`          // what a goroutine that acquires it will know; for a channel, one that receives from it after it is closed
}

// A WordState holds the remembered accesses to 8 bytes.
type WordState struct {
	Addr     uint64   `json:"addr,string"`
	Accesses []Access `json:"accesses"` // by cell
	Wasted   bool     `json:"wasted"`   // the first cell was lost to a race
}

// Snapshot returns the state.
func (d *Detector) Snapshot() Snapshot {
	s := Snapshot{
		Release: d.release.String(), Ops: d.ops, Found: d.races, Evicted: d.evicted, Lost: d.lost,
		Goroutines: []GoroutineState{}, Objects: []ObjectState{}, Words: []WordState{},
		Races: append([]Report{}, d.reports...), Suspects: append([]Suspect{}, d.Lockset()...),
	}
	if d.slots == nil {
		s.Release = ""
		return s
	}
	for _, me := range d.gs.list {
		s.Goroutines = append(s.Goroutines, GoroutineState{
			G: me.id, Waits: me.waits, On: me.on, Since: me.since, Knows: d.knows(me.clock, me.id),
		})
	}
	slices.SortFunc(s.Goroutines, func(a, b GoroutineState) int { return cmp.Compare(a.G, b.G) })
	for i := range d.objects[1:] {
		s.Objects = append(s.Objects, d.objectState(Object(i+1)))
	}
	for i := range d.shadow.table {
		gr := &d.shadow.table[i]
		if gr.n == 0 {
			continue
		}
		w := WordState{Addr: (gr.key - 1) << 3, Accesses: []Access{}}
		for j := range int(gr.n) {
			c := *gr.at(j)
			if c.mask == 0 {
				w.Wasted = d.rules.raceEnds
				continue
			}
			w.Accesses = append(w.Accesses, d.asAccess(gr, c))
		}
		s.Words = append(s.Words, w)
	}
	slices.SortFunc(s.Words, func(a, b WordState) int { return cmp.Compare(a.Addr, b.Addr) })
	return s
}

// knows returns a clock as a caller sees it, without the goroutine's own component.
func (d *Detector) knows(c clock, but G) []Known {
	out := []Known{}
	for i, op := range c {
		if owner := d.slots[i].owner; owner != 0 && owner != but && op != 0 {
			out = append(out, Known{owner, op})
		}
	}
	slices.SortFunc(out, func(a, b Known) int { return cmp.Compare(a.G, b.G) })
	return out
}

func (d *Detector) objectState(n Object) ObjectState {
	o := &d.objects[n]
	s := ObjectState{
		Object: n, Type: o.typ, Writer: o.writer, Readers: o.readers, Closed: o.closed, Done: o.done, Counter: o.counter,
		Waiting: d.waiting(o.queue), Knows: d.knows(o.point.clock, 0),
	}
	if o.typ == Once {
		s.Writer = o.running
	}
	if o.ch != nil {
		s.Cap, s.Len = o.ch.cap, o.ch.len
		s.Waiting = append(d.waiting(o.ch.senders), d.waiting(o.ch.receivers)...)
	}
	return s
}

func (d *Detector) waiting(q queue) []G {
	out := []G{}
	for g := q.head; g != 0; g = d.gs.find(g).next {
		out = append(out, g)
	}
	return out
}
