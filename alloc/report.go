package alloc

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// A Report describes a heap after a stream of operations: its live objects and its waste.
// Sizes are in bytes.
type Report struct {
	Release       string        `json:"release"`
	Objects       int64         `json:"objects"` // that live
	Asked         int64         `json:"asked"`   // requested by live objects, without those of which only the slot is known
	Rounded       int64         `json:"rounded"` // objects of which only the slot is known
	Inuse         int64         `json:"inuse"`   // in spans
	Sys           int64         `json:"sys"`     // that the heap has
	Classes       []ClassReport `json:"classes"` // with spans; that of large objects first
	Groups        []Group       `json:"groups"`  // sorted by bytes taken, largest first
	Fragmentation Fragmentation `json:"fragmentation"`
}

// A ClassReport describes the spans of one class.
type ClassReport struct {
	Class     int   `json:"class"` // 0 for large objects
	Noscan    bool  `json:"noscan"`
	Slot      int64 `json:"slot"` // of a large object 0
	Spans     int64 `json:"spans"`
	SpanBytes int64 `json:"spanBytes"` // of all its spans
	Taken     int64 `json:"taken"`     // in slots that are taken
	FreeSlots int64 `json:"freeSlots"` // in slots that are not
	Tail      int64 `json:"tail"`      // after the last slots
	Waste     int64 `json:"waste"`     // bytes of taken slots that were not requested, as far as known
}

// A Group holds the objects of one name and size.
type Group struct {
	What      string `json:"what"`
	Size      int64  `json:"size"` // requested bytes, or those of the slot if Rounded
	Best      int64  `json:"best"` // bytes with the best order of fields, 0 if that is not known
	Noscan    bool   `json:"noscan"`
	Rounded   bool   `json:"rounded"`
	Way       Way    `json:"way"`
	Class     int    `json:"class"`
	Slot      int64  `json:"slot"` // of a large object its span; of a tiny one the shared block
	Allocated int64  `json:"allocated"`
	Live      int64  `json:"live"`
	Taken     int64  `json:"taken"` // bytes that live objects take; a tiny object takes its own bytes
	Waste     int64  `json:"waste"` // bytes of Taken that were not requested; an upper bound for rounded objects

	// Smaller is the largest size of the next smaller class (its slot, if Rounded), 0 if
	// there is none, and SmallerSaves the bytes that objects of that size would save.
	Smaller      int64 `json:"smaller"`
	SmallerSaves int64 `json:"smallerSaves"`
	OrderSaves   int64 `json:"orderSaves"` // what the best order of fields would save
}

func (p *replay) report() Report {
	s := p.heap.Snapshot()
	r := Report{
		Release: s.Release, Inuse: int64(s.Stats.HeapInuse), Sys: int64(s.Stats.HeapSys), Fragmentation: s.Fragmentation,
		Classes: []ClassReport{}, Groups: []Group{},
	}
	waste := map[[2]int]int64{} // by class and whether without pointers
	for _, g := range p.groups {
		p.heap.rules.judge(g)
		r.Groups = append(r.Groups, *g)
		r.Objects += g.Live
		if g.Rounded {
			r.Rounded += g.Live
			continue
		}
		r.Asked += g.Live * g.Size
		waste[p.heap.classKey(g.Class, g.Noscan)] += g.Waste
	}
	sortGroups(r.Groups)
	byClass := map[[2]int]*ClassReport{}
	for _, v := range s.Spans {
		key := p.heap.classKey(v.Class, v.Noscan)
		c := byClass[key]
		if c == nil {
			c = &ClassReport{Class: v.Class, Noscan: v.Noscan, Slot: v.Size, Waste: waste[key]}
			if v.Class == 0 {
				c.Slot = 0
			}
			byClass[key] = c
		}
		c.Spans++
		c.SpanBytes += v.Pages * s.PageSize
		c.Taken += int64(v.Allocated) * v.Size
		c.FreeSlots += int64(v.Slots-v.Allocated) * v.Size
		c.Tail += v.Tail
	}
	for class := 0; class <= len(p.heap.rules.classes); class++ {
		for noscan := range 2 {
			if c := byClass[[2]int{class, noscan}]; c != nil {
				r.Classes = append(r.Classes, *c)
			}
		}
	}
	return r
}

// classKey returns a class and whether its spans are for objects without pointers; up to
// Go 1.8 no span is.
func (h *Heap) classKey(class int, noscan bool) [2]int {
	if noscan && h.split {
		return [2]int{class, 1}
	}
	return [2]int{class, 0}
}

// judge computes the bytes that a group takes and that another size would save.
func (r *Rules) judge(g *Group) {
	if g.Way == Zero {
		return
	}
	slot := g.Slot
	if g.Way == Tiny {
		slot = g.Size // others share the block
	}
	g.Taken = g.Live * slot
	before := r.before(g)
	switch {
	case g.Rounded && before > 0:
		g.Waste = g.Live * (slot - before - 1)
		g.Smaller = before
	case !g.Rounded:
		g.Waste = g.Live * (slot - g.Size)
		g.Smaller = before
		if g.Class == 0 && g.Slot-r.pageSize <= r.maxSmall {
			g.Smaller = r.maxSmall
		} else if g.Class > 0 && before > 0 && !g.Noscan && before > r.headerOver {
			g.Smaller = max(before-headerSize, r.headerOver)
		}
	}
	if g.Smaller > 0 {
		g.SmallerSaves = g.Live * (slot - before)
	}
	if g.Best > 0 {
		if p, err := r.Place(g.Best, g.Noscan); err == nil && p.Way != Tiny {
			g.OrderSaves = g.Live * (slot - p.Bytes)
		} else if err == nil {
			g.OrderSaves = g.Live * (slot - g.Best)
		}
	}
}

// before returns the slot of the class before that of a group, or 0; for a large object,
// one page less.
func (r *Rules) before(g *Group) int64 {
	switch {
	case g.Way == Tiny || g.Class == 1:
		return 0
	case g.Class > 1:
		if s := r.classes[g.Class-2].Size; !g.Noscan || s >= r.tinySize {
			return s
		}
		return 0 // the object would be tiny
	case g.Slot-r.pageSize > r.maxSmall:
		return g.Slot - r.pageSize
	}
	return r.classes[len(r.classes)-1].Size
}

// Table formats the report as text with at most groups groups, 0 to [MaxPicture].
func (r Report) Table(groups int) (string, error) {
	if groups < 0 || groups > MaxPicture {
		return "", fmt.Errorf("alloc: a table of %d groups (want 0 to %d)", groups, MaxPicture)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d objects live, %d bytes in spans of %d that the heap has\n", r.Release, r.Objects, r.Inuse, r.Sys)
	if r.Rounded > 0 {
		fmt.Fprintf(&b, "of %d objects only the slot is known: what they waste is at most what is shown\n", r.Rounded)
	}
	b.WriteString("\n")
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "class\tslot\tpointers\tspans\tbytes\ttaken\tfree slots\ttail\trounding\t")
	for _, c := range r.Classes {
		slot := fmt.Sprint(c.Slot)
		if c.Class == 0 {
			slot = "large"
		}
		fmt.Fprintf(w, "%d\t%s\t%v\t%d\t%d\t%d\t%d\t%d\t%d\t\n", c.Class, slot, !c.Noscan, c.Spans, c.SpanBytes, c.Taken, c.FreeSlots, c.Tail, c.Waste)
	}
	w.Flush()
	b.WriteString("\n")
	for i, g := range r.Groups {
		if i == groups {
			fmt.Fprintf(&b, "and %d groups more\n", len(r.Groups)-i)
			break
		}
		fmt.Fprintln(&b, g)
	}
	f := r.Fragmentation
	fmt.Fprintf(&b, "\nfree slots %d bytes, after the last slots %d, free pages %d of which %.0f%% in pieces\n", f.FreeSlots, f.Tail, f.FreePages, 100*f.External)
	return b.String(), nil
}

// String reads like "main.tree: 500 of 72 bytes take 40000, 4000 wasted; 64 bytes would
// save 8000; so would the order of fields".
func (g Group) String() string {
	what := g.What
	if what == "" {
		what = "objects"
	}
	text := fmt.Sprintf("%s: %d of %d bytes take %d", what, g.Live, g.Size, g.Taken)
	switch {
	case g.Rounded && g.Waste > 0:
		text += fmt.Sprintf(", at most %d wasted", g.Waste)
	case g.Waste > 0:
		text += fmt.Sprintf(", %d wasted", g.Waste)
	}
	if g.SmallerSaves > 0 {
		text += fmt.Sprintf("; %d bytes each would save %d", g.Smaller, g.SmallerSaves)
	}
	if g.OrderSaves > 0 {
		text += fmt.Sprintf("; the best order of fields (%d bytes) saves %d", g.Best, g.OrderSaves)
	}
	return text
}
