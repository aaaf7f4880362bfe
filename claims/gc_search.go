package claims

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/marking"
)

// bothConditions reports, for each of the two conditions of a loss and for both
// together, whether an object is lost without a barrier: a black object points to it; no
// path from a grey object to it is left.
func bothConditions() (string, error) {
	a, err := gc.AlgorithmNamed("no-barrier")
	if err != nil {
		return "", err
	}
	var out []string
	for i := range 3 {
		h, err := gc.New(gc.Config{Algorithm: &a})
		if err != nil {
			return "", err
		}
		d := &doing{h: h}
		d.g, d.err = h.Go(0, 3)
		d.alloc(0) // 1, which points to 2
		d.alloc(1)
		d.store(0, 0, 1)
		d.drop(1)
		d.start()
		d.until(func() bool { return d.h.Snapshot().Goroutines[0].Colour == gc.Black })
		d.alloc(1) // 3, which is black; 1 is grey
		if d.err == nil && i != 1 {
			_, err := h.Load(d.g, 2, 0, 0)
			d.must(err)
			d.store(1, 0, 2)
			d.drop(2)
		}
		if i != 0 {
			d.store(0, 0, gc.NoSlot)
		}
		if d.err == nil {
			d.must(h.Run())
		}
		if d.err != nil {
			return "", d.err
		}
		out = append(out, yes(h.Check() != nil))
	}
	return strings.Join(out, " "), nil
}

// breaks explores an algorithm and reports whether it breaks an invariant in some state.
func breaks(name string, of gc.Invariant) (string, error) {
	a, err := gc.AlgorithmNamed(name)
	if err != nil {
		return "", err
	}
	a.Promises = of
	safe, err := loses(a)
	if safe {
		return "never", err
	}
	return "in some state", err
}

var searches sync.Map // results of loses, by algorithm

// loses explores an algorithm, and reports whether it is safe: no object is lost, and no
// invariant that it promises is broken.
func loses(a gc.Algorithm) (safe bool, err error) {
	key := fmt.Sprintf("%+v", a.Name+fmt.Sprint(a.Promises, a.StackSnapshot, a.StackRescan, a.AllocateBlack))
	if v, ok := searches.Load(key); ok {
		return v.(bool), nil
	}
	m, err := marking.New(marking.Config{Algorithm: a, Objects: 3, Fields: 1})
	if err != nil {
		return false, err
	}
	r, err := explore.Run(context.Background(), m, explore.Options{MaxStates: 1 << 22, Symmetry: true})
	if err != nil {
		return false, err
	}
	searches.Store(key, r.Counterexample == nil)
	return r.Counterexample == nil, nil
}

// rescans reports, for the insertion and the deletion barrier, whether an object can be
// lost if the stacks are not scanned again at the end, whatever else is done.
func rescans() (string, error) {
	var out []string
	for _, name := range []string{"insertion", "deletion"} {
		a, err := gc.AlgorithmNamed(name)
		if err != nil {
			return "", err
		}
		a.StackRescan, a.Promises = false, gc.NoInvariant
		needed := true
		for _, snapshot := range []bool{false, true} {
			a.StackSnapshot = snapshot
			safe, err := loses(a)
			if err != nil {
				return "", err
			}
			needed = needed && !safe
		}
		out = append(out, yes(needed))
	}
	return strings.Join(out, " "), nil
}

// holders and stacks are writes whose barriers the rows ask about.
var (
	holders = []gc.Write{{Holder: gc.White, Stack: gc.Black}, {Holder: gc.Grey, Stack: gc.Black}, {Holder: gc.Black, Stack: gc.Black}}
	stacks  = []gc.Write{{Holder: gc.Black, Stack: gc.Grey}, {Holder: gc.Black, Stack: gc.Black}}
)

// shades reports for each write whether the barrier of a release shades the object that
// what names, the old or the new one.
func shades(rel string, what gc.Shade, writes []gc.Write) (string, error) {
	a, err := gc.ForRelease(rel)
	if err != nil || a.Barrier == nil {
		return "no barrier", err
	}
	var out []string
	for _, w := range writes {
		w.Old, w.New = gc.White, gc.White
		out = append(out, yes(a.Barrier.Shade(w)&what != 0))
	}
	return strings.Join(out, " "), nil
}
