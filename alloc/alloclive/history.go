package alloclive

import "github.com/orrery-go/orrery/alloc"

// What follows performs in the model the operations that the probe performs in a
// release, and hashes the results in the same way.

// An lcg is the random number generator of the probe.
type lcg int64

func (r *lcg) next(n int) int {
	*r = (*r*1103515245 + 12345) % (1 << 31)
	return int(*r>>8) % n
}

const prime = 1<<31 - 1

// SlotsHash hashes the slots that objects of the size get in one span. In each of five
// rounds it is filled to three quarters or to a half, and half of the objects die in a
// collection.
func SlotsHash(release string, size int64, scan bool, objects int64) (int64, error) {
	h, err := alloc.New(alloc.Config{Release: release})
	if err != nil {
		return 0, err
	}
	first, err := h.Malloc(0, size, !scan)
	if err != nil {
		return 0, err
	}
	at := make([]alloc.Addr, objects)
	held := map[alloc.Addr]bool{first: true}
	r, live, hash := lcg(size), int64(0), int64(0)
	for round := range int64(5) {
		for i := 0; live < objects*(3-round%2)/4-1; i++ {
			if at[i] != 0 {
				continue
			}
			x, err := h.Malloc(0, size, !scan)
			if err != nil {
				return 0, err
			}
			place, err := h.Find(x)
			if err != nil {
				return 0, err
			}
			at[i], held[x] = x, true
			live++
			hash = (hash*31 + int64(place.Index)) % prime
			if begin, err := h.Find(first); err != nil || begin.Span != place.Span {
				hash = -1 // another span, where the real one had a free slot
			}
		}
		for i := range at {
			if at[i] != 0 && r.next(2) == 0 {
				delete(held, at[i])
				at[i] = 0
				live--
			}
		}
		if err := h.GC(func(a alloc.Addr) bool { return held[a] }); err != nil {
			return 0, err
		}
	}
	return hash, nil
}

// TinyHash hashes which of 4,000 tiny objects share a block, and their offsets in it.
func TinyHash(release string) (int64, error) {
	h, err := alloc.New(alloc.Config{Release: release})
	if err != nil {
		return 0, err
	}
	r, hash := lcg(7), int64(0)
	blocks := map[alloc.Addr]int64{}
	for range 4000 {
		x, err := h.Malloc(0, int64(1+r.next(15)), true)
		if err != nil {
			return 0, err
		}
		b, ok := blocks[x&^15]
		if !ok {
			b = int64(len(blocks))
			blocks[x&^15] = b
		}
		hash = (hash*31 + b*16 + int64(x&15)) % prime
	}
	return hash, nil
}

// List returns the name of the list or set of an mcentral that holds a span with free
// slots.
func List(release string) (string, error) {
	h, err := alloc.New(alloc.Config{Release: release})
	if err != nil {
		return "", err
	}
	if _, err := h.Malloc(0, 48, false); err != nil {
		return "", err
	}
	h.ReadMemStats()
	return h.Snapshot().Spans[0].List, nil
}

// ModelLevels performs [Real.Levels] in the model.
func ModelLevels(release string) (Levels, error) {
	l := Levels{Slot: Growth{Inuse: -1}}
	h, err := alloc.New(alloc.Config{Release: release, Trace: func(e alloc.Event) {
		if e.Kind == alloc.Pages+"reserve" {
			l.Reserved = max(l.Reserved, e.Bytes)
		}
	}})
	if err != nil {
		return l, err
	}
	grows := func(size int64) (g Growth) {
		before := h.ReadMemStats()
		if _, err = h.Malloc(0, size, true); err != nil {
			return g
		}
		after := h.ReadMemStats()
		return Growth{Inuse: int64(after.HeapInuse - before.HeapInuse), Sys: int64(after.HeapSys - before.HeapSys)}
	}
	for range 2000 {
		if _, err := h.Malloc(0, 48, true); err != nil {
			return l, err
		}
	}
	for err == nil && (l.Slot.Inuse < 0 || l.Span.Inuse == 0) {
		if g := grows(48); g.Inuse == 0 {
			l.Slot = g
		} else {
			l.Span = g
		}
	}
	for err == nil && l.Full.Sys == 0 {
		l.Full = grows(32 << 10)
	}
	return l, err
}

// ModelPlaces returns the addresses of a program's objects in the model.
func ModelPlaces(release string, p Program) ([]uint64, error) {
	h, err := alloc.New(alloc.Config{Release: release})
	if err != nil {
		return nil, err
	}
	var at []uint64
	gone := map[alloc.Addr]bool{}
	for _, op := range p {
		switch op.Verb {
		case Noscan, Scan:
			a, err := h.Malloc(0, op.Arg, op.Verb == Noscan)
			if err != nil {
				return nil, err
			}
			at = append(at, uint64(a))
		case Drop:
			gone[alloc.Addr(at[op.Arg])] = true
		case Collect:
			if err := h.GC(func(a alloc.Addr) bool { return !gone[a] }); err != nil {
				return nil, err
			}
		case Read:
			h.ReadMemStats()
		}
	}
	return at, nil
}
