package alloclive

import (
	"fmt"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/alloc"
)

// A Replay runs a program in the model, and compares the places of its objects with the
// real ones.
//
// Where spans lie is not predicted, so a span of the model stands for one of the
// runtime's: for the one in which its first object was. From then on the two must
// agree on every object: on its span, and so on when one is full and which comes
// next, on its slot, and on its offset in a tiny block.
type Replay struct {
	heap    *alloc.Heap
	real    map[alloc.Addr]uint64 // by the base of the model's span: that of the real one
	taken   map[uint64]alloc.Addr // the inverse
	objects []object
	live    map[alloc.Addr]int // objects that keep a slot alive

	Fresh, Again int // objects in slots used for the first time, and in slots that were freed
	Reused       int // objects in slots that were given back
}

type object struct {
	begin alloc.Addr // of its slot, as [alloc.Heap.GC] asks about it
	gone  bool
}

// NewReplay begins with a heap of the release.
func NewReplay(release string) (*Replay, error) {
	r := &Replay{real: map[alloc.Addr]uint64{}, taken: map[uint64]alloc.Addr{}, live: map[alloc.Addr]int{}}
	var err error
	r.heap, err = alloc.New(alloc.Config{Release: release, Trace: func(e alloc.Event) {
		switch e.Kind {
		case alloc.SpanFreed:
			delete(r.taken, r.real[e.Addr])
			delete(r.real, e.Addr)
		case alloc.Reused:
			r.Reused++
		}
	}})
	return r, err
}

// Run compares a whole program. The error describes the first difference.
func (r *Replay) Run(p Program, a Answer) error {
	pageSize := uint64(r.heap.Rules().PageSize())
	first := r.heap.ReadMemStats()
	var base *alloc.MemStats
	read := 0
	for i, op := range p {
		switch op.Verb {
		case Noscan, Scan:
			if err := r.malloc(op, a.Addrs[len(r.objects)], pageSize); err != nil {
				return fmt.Errorf("step %d, %+v, object %d: %w", i, op, len(r.objects), err)
			}
		case Drop:
			o := &r.objects[op.Arg]
			if !o.gone && o.begin != 0 {
				r.live[o.begin]--
			}
			o.gone = true
		case Free:
			o := &r.objects[op.Arg]
			if err := r.heap.Free(0, o.begin); err != nil {
				return err
			}
			r.live[o.begin]--
			o.gone = true
		case Collect:
			if err := r.heap.GC(func(at alloc.Addr) bool { return r.live[at] > 0 }); err != nil {
				return err
			}
		case Read:
			model, real := r.heap.ReadMemStats(), a.Stats[read]
			if read++; read == 1 {
				base, first = &real, model
				continue
			}
			if diff := cmp.Diff(growth(first, model), growth(*base, real)); diff != "" {
				return fmt.Errorf("step %d: since the first reading (-model +real):\n%s", i, diff)
			}
		}
	}
	return r.heap.Check()
}

func (r *Replay) malloc(op Op, real, pageSize uint64) error {
	at, err := r.heap.Malloc(0, op.Arg, op.Verb == Noscan)
	if err != nil {
		return err
	}
	if op.Arg == 0 {
		r.objects = append(r.objects, object{})
		return nil
	}
	place, err := r.heap.Find(at)
	if err != nil {
		return err
	}
	base := real - uint64(at-place.Span)
	known, ok := r.real[place.Span]
	switch {
	case !ok && base%pageSize != 0:
		return fmt.Errorf("the model begins a span with slot %d, the real object is at %#x", place.Index, real)
	case !ok && r.taken[base] != 0:
		return fmt.Errorf("the model begins a span, the real object at %#x is in an old one", real)
	case ok && known != base:
		return fmt.Errorf("the model has slot %d of the span at %#x, the real object is at %#x", place.Index, known, real)
	}
	r.real[place.Span], r.taken[base] = base, place.Span
	begin := place.Span + alloc.Addr(int64(place.Index)*place.Size)
	if header := at - begin; op.Verb == Scan && header == 8 {
		begin = at
	}
	r.live[begin]++
	r.objects = append(r.objects, object{begin: begin})
	return nil
}

// growth returns the growth of the counters that both sides have.
func growth(from, to alloc.MemStats) alloc.MemStats {
	g := alloc.MemStats{
		TotalAlloc: to.TotalAlloc - from.TotalAlloc, Mallocs: to.Mallocs - from.Mallocs, Frees: to.Frees - from.Frees,
		Alloc: to.Alloc - from.Alloc, HeapAlloc: to.HeapAlloc - from.HeapAlloc,
		HeapInuse: to.HeapInuse - from.HeapInuse, HeapObjects: to.HeapObjects - from.HeapObjects,
	}
	for i := range min(len(to.BySize), 60) {
		a, b := from.BySize[i], to.BySize[i]
		g.BySize = append(g.BySize, alloc.SizeStats{Size: b.Size, Mallocs: b.Mallocs - a.Mallocs, Frees: b.Frees - a.Frees})
	}
	return g
}
