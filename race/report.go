package race

import (
	"fmt"
	"math/bits"
	"slices"
)

// An Access is one of the two accesses of a race.
type Access struct {
	G      G      `json:"g"`
	Verb   Verb   `json:"verb"` // of the access or, for an object's own memory, of the operation that accesses it
	Addr   uint64 `json:"addr,string"`
	Size   int    `json:"size"`      // its bytes within the same 8 as those that race
	Op     uint64 `json:"op,string"` // its number
	Place  Place  `json:"place"`     //
	Object Object `json:"object"`    // the object whose own memory it is: a channel that is closed, a WaitGroup that is waited for; 0: none
}

// A Report is a race: two accesses to the same bytes, at least one of them a write and
// at least one not atomic, that nothing orders.
type Report struct {
	Addr   uint64 `json:"addr,string"` // the first byte that both access
	Size   int    `json:"size"`        // bytes
	First  Access `json:"first"`
	Second Access `json:"second"`

	// Known is the last operation of the first goroutine that the second one knew of:
	// First.Op comes after it. 0: none.
	Known uint64 `json:"known,string"`
}

// String reads like "write of 8 bytes at 0x10 by goroutine 2 races with read by goroutine 1".
func (r Report) String() string {
	return fmt.Sprintf("%v races with %v", r.Second, r.First)
}

// String reads like "write of 8 bytes at 0x10 by goroutine 2 (operation 7)".
func (a Access) String() string {
	what := fmt.Sprintf("%s of %d bytes at %#x", a.Verb, a.Size, a.Addr)
	if a.Size == 1 {
		what = fmt.Sprintf("%s of 1 byte at %#x", a.Verb, a.Addr)
	}
	if a.Object != 0 {
		what = fmt.Sprintf("%s of %v", a.Verb, a.Object)
	}
	return fmt.Sprintf("%s by goroutine %d (operation %d)", what, a.G, a.Op)
}

// accessVerbs are the verbs of accesses, and those that access an object's own memory.
var accessVerbs = [...]Verb{WriteVerb, ReadVerb, WriteRangeVerb, ReadRangeVerb, StoreVerb, LoadVerb, ModifyVerb, FailVerb, SendVerb, CloseVerb, AddVerb, WaitVerb}

// verbIndex reports where an access's verb is in accessVerbs.
func verbIndex(v Verb) uint8 {
	for i, w := range accessVerbs {
		if v == w {
			return uint8(i)
		}
	}
	return 0
}

// asAccess returns a cell as a caller sees it.
func (d *Detector) asAccess(gr *granule, c cell) Access {
	a := Access{G: c.g, Verb: accessVerbs[c.verb], Addr: gr.address(c.mask), Size: bits.OnesCount8(c.mask), Op: c.op, Place: c.place}
	if a.Addr >= own {
		a.Object = Object((a.Addr - own) >> 3)
	}
	return a
}

// report notes a race.
func (d *Detector) report(me *goroutine, gr *granule, old, c cell) {
	d.races++
	r := Report{
		Addr: gr.address(old.mask & c.mask), Size: bits.OnesCount8(old.mask & c.mask),
		First: d.asAccess(gr, old), Second: d.asAccess(gr, c), Known: me.clock.get(old.slot),
	}
	if len(d.reports) < MaxReports {
		d.reports = append(d.reports, r)
	}
	if d.trace != nil {
		d.event(Event{Kind: Raced, Rule: "race", G: c.g, Of: old.g, Verb: r.Second.Verb, Addr: r.Addr, Size: r.Size, Place: c.place})
	}
}

// reportKnown notes a race, if what the first goroutine did is still in its history:
// otherwise there is nothing to print.
func (d *Detector) reportKnown(me *goroutine, gr *granule, old, c cell) int {
	if d.forgotten(old) {
		d.lost++
		if d.trace != nil {
			d.event(Event{Kind: Lost, Rule: "history", G: c.g, Of: old.g, Addr: gr.address(old.mask & c.mask), Place: c.place})
		}
		return 0
	}
	d.report(me, gr, old, c)
	return 1
}

// Reports returns the races found, the first [MaxReports] of them, in order. The slice is
// the caller's own.
func (d *Detector) Reports() []Report { return slices.Clone(d.reports) }
