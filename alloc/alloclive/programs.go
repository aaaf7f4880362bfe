package alloclive

import (
	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/release"
)

// The sizes that the probe's programs allocate: all have spans of one page in every
// release, so that an address identifies the span.
var probeSizes = []int64{16, 48, 64, 96, 256, 512}

// A Reading is the growth of the statistics since a program began.
type Reading struct{ Inuse, Mallocs, Frees, Objects, Alloc, Total, Spans int64 }

// A Trace holds the places of the objects of one of the probe's programs, and the
// statistics along the way.
type Trace struct {
	Offsets    []int64 // of each object in its page
	Companions []int   // of each: the first object in the same page, if it is still there; else the object itself
	Readings   []Reading
}

// Hashes of a trace.
type Hashes struct{ Places, Readings, Spans int64 }

// Hash hashes a trace.
func (t Trace) Hash() (h Hashes) {
	for i := range t.Offsets {
		h.Places = (h.Places*31 + t.Offsets[i]) % prime
		h.Places = (h.Places*31 + int64(t.Companions[i])) % prime
	}
	for _, r := range t.Readings {
		for _, n := range []int64{r.Inuse, r.Mallocs, r.Frees, r.Objects, r.Alloc, r.Total} {
			h.Readings = (h.Readings*31 + n%prime) % prime
		}
		h.Spans = (h.Spans*31 + r.Spans%prime) % prime
	}
	return h
}

// ModelTrace runs the program of the given seed in the model.
func ModelTrace(release string, seed, steps int) (t Trace, err error) {
	h, err := alloc.New(alloc.Config{Release: release})
	if err != nil {
		return t, err
	}
	if _, err := h.Malloc(0, 48<<20, true); err != nil { // so that the heap need not grow during the program
		return t, err
	}
	if err := h.GC(func(alloc.Addr) bool { return false }); err != nil {
		return t, err
	}
	live := map[alloc.Addr]int{} // by slot
	for range 200 {              // until the P takes another batch of span descriptors
		before := h.ReadMemStats().MSpanInuse
		a, err := h.Malloc(0, 2*h.Rules().PageSize(), true)
		if err != nil {
			return t, err
		}
		live[a] = 1
		if h.ReadMemStats().MSpanInuse-before > 1000 {
			break
		}
	}
	plain := !tinyAndScan(h.Rules())
	pageMask := alloc.Addr(h.Rules().PageSize() - 1)
	r := lcg(seed)
	var few [3]int64
	for i := range few {
		few[i] = probeSizes[r.next(len(probeSizes))]
	}
	var at []alloc.Addr             // of each object
	var begin []alloc.Addr          // of its slot
	var dropped, collected []bool   // of each
	pages := map[alloc.Addr][]int{} // the objects in a page, in order
	first := reading(h.ReadMemStats())
	t.Readings = append(t.Readings, Reading{})
	read := func() { t.Readings = append(t.Readings, reading(h.ReadMemStats()).since(first)) }
	for range steps {
		switch k := r.next(400); k {
		case 0:
			keep := r.next(100)
			for i := range at {
				if !dropped[i] && r.next(100) >= keep {
					dropped[i] = true
					live[begin[i]]--
				}
			}
			if err := h.GC(func(a alloc.Addr) bool { return live[a] > 0 }); err != nil {
				return t, err
			}
			copy(collected, dropped)
			read()
		case 1:
			read()
		default:
			size, scan := few[r.next(3)], r.next(2) == 0
			if !scan && r.next(4) == 0 {
				size = int64(1 + r.next(15))
				if plain {
					size = 16
				}
			}
			a, err := h.Malloc(0, size, !scan || plain)
			if err != nil {
				return t, err
			}
			place, err := h.Find(a)
			if err != nil {
				return t, err
			}
			slot := place.Span + alloc.Addr(int64(place.Index)*place.Size)
			live[slot]++
			i := len(at)
			at, begin = append(at, a), append(begin, slot)
			dropped, collected = append(dropped, false), append(collected, false)
			companion := i
			for _, j := range pages[a&^pageMask] {
				if !collected[j] {
					companion = j
					break
				}
			}
			if companion == i {
				pages[a&^pageMask] = nil
			}
			pages[a&^pageMask] = append(pages[a&^pageMask], i)
			t.Offsets = append(t.Offsets, int64(a&pageMask))
			t.Companions = append(t.Companions, companion)
		}
	}
	return t, nil
}

// tinyAndScan reports whether the probe's programs have tiny objects and objects with
// pointers. Go up to 1.3 does not count tiny objects, and allocates objects that
// describe the types of others.
func tinyAndScan(r *alloc.Rules) bool { return !olderThan14(r.Release()) }

func reading(m alloc.MemStats) Reading {
	return Reading{
		Inuse: int64(m.HeapInuse), Mallocs: int64(m.Mallocs), Frees: int64(m.Frees), Objects: int64(m.HeapObjects),
		Alloc: int64(m.HeapAlloc), Total: int64(m.TotalAlloc), Spans: int64(m.MSpanInuse),
	}
}

func (r Reading) since(first Reading) Reading {
	return Reading{
		r.Inuse - first.Inuse, r.Mallocs - first.Mallocs, r.Frees - first.Frees, r.Objects - first.Objects,
		r.Alloc - first.Alloc, r.Total - first.Total, r.Spans - first.Spans,
	}
}

func olderThan14(rel string) bool {
	r, err := release.Parse(rel)
	return err == nil && !r.AtLeast("go1.4")
}
