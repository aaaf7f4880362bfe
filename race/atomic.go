package race

import "fmt"

// atomics are the points of atomic variables, by address.
type atomics map[uint64]*point

// forget is of 8 bytes that are new memory. It reports how many words of clocks are gone.
func (a atomics) forget(addr uint64) (words int) {
	for _, at := range [2]uint64{addr, addr + 4} {
		if p := a[at]; p != nil {
			words += len(p.clock)
			delete(a, at)
		}
	}
	return words
}

// Load is an atomic load of 4 or 8 bytes at addr: what happened before the last store
// there happens before it. It returns an error if the goroutine cannot act, the size is
// another, or the address is not a multiple of it.
func (d *Detector) Load(g G, addr uint64, size int, at Place) (Outcome, error) {
	return d.atomic(Op{Verb: LoadVerb, G: g, Addr: addr, Size: size, Place: at}, reads)
}

// Store is an atomic store. In all else it is like [Detector.Load].
func (d *Detector) Store(g G, addr uint64, size int, at Place) (Outcome, error) {
	return d.atomic(Op{Verb: StoreVerb, G: g, Addr: addr, Size: size, Place: at}, 0)
}

// Modify is an atomic operation that reads and writes: Add, Swap, And, Or, or a
// CompareAndSwap that succeeded. In all else it is like [Detector.Load].
func (d *Detector) Modify(g G, addr uint64, size int, at Place) (Outcome, error) {
	return d.atomic(Op{Verb: ModifyVerb, G: g, Addr: addr, Size: size, Place: at}, 0)
}

// Fail is a CompareAndSwap that has found another value. In a race it counts as a write.
// In all else it is like [Detector.Load].
func (d *Detector) Fail(g G, addr uint64, size int, at Place) (Outcome, error) {
	return d.atomic(Op{Verb: FailVerb, G: g, Addr: addr, Size: size, Place: at}, 0)
}

func (d *Detector) atomic(op Op, kind uint8) (Outcome, error) {
	me, err := d.begin(op.G)
	if err != nil {
		return Outcome{}, err
	}
	if op.Size != 4 && op.Size != 8 {
		return Outcome{}, fmt.Errorf("race: an atomic of %d bytes (want 4 or 8)", op.Size)
	}
	if op.Addr%uint64(op.Size) != 0 || op.Addr >= own {
		return Outcome{}, fmt.Errorf("race: an atomic of %d bytes at %#x (want a multiple of it, below %#x)", op.Size, op.Addr, uint64(own))
	}
	p := d.atomics[op.Addr]
	if p == nil && op.Verb != LoadVerb && (op.Verb != FailVerb || d.rules.failReleases) {
		if !d.room(16) || len(d.atomics) >= MaxObjects {
			return Outcome{}, fmt.Errorf("race: more than %d atomic variables, or no memory", MaxObjects)
		}
		if d.atomics == nil {
			d.atomics = atomics{}
		}
		p = new(point)
		d.atomics[op.Addr] = p
	}
	d.done(op)
	if op.Verb == LoadVerb && p != nil && d.rules.loadFirst {
		d.acquire(me, p, "load")
	}
	out, err := d.touch(me, op.Addr, uint64(op.Size), kind|atomic, op.Verb, op.Place)
	if err != nil {
		return out, err
	}
	switch {
	case p == nil, op.Verb == LoadVerb && d.rules.loadFirst:
	case op.Verb == LoadVerb:
		d.acquire(me, p, "load")
	case op.Verb == FailVerb && !d.rules.failReleases:
		d.acquire(me, p, "cas-failed")
	case op.Verb == StoreVerb && d.rules.storeMerges:
		d.merge(me, p, "store")
	case op.Verb == StoreVerb:
		d.store(me, p, "store")
	default: // also a Fail that releases
		d.both(me, p, "modify")
	}
	return out, nil
}
