package gclive

import (
	"fmt"

	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/release"
)

// PredictCleanups returns the model's answers to the probe's questions about cleanups
// and weak pointers, for releases that have them: strings that list what ran, and
// booleans.
func PredictCleanups(rel string) (map[string]any, error) {
	r, err := release.Parse(rel)
	if err != nil || !r.AtLeast("go1.24") {
		return nil, err
	}
	out := map[string]any{}
	ways := map[string]func(p *player, names map[gc.Cleanup]string){
		"stopped": func(p *player, names map[gc.Cleanup]string) {
			names[p.cleanup(gc.NoSlot)] = "a"
			c := p.cleanup(gc.NoSlot)
			names[c] = "b"
			p.must(p.h.StopCleanup(p.g, c))
			p.must(p.h.StopCleanup(p.g, c))
		},
		"with a finalizer": func(p *player, names map[gc.Cleanup]string) {
			names[p.cleanup(gc.NoSlot)] = "cleanup"
			p.must(p.h.SetFinalizer(p.g, 0))
		},
		"argument leads back": func(p *player, names map[gc.Cleanup]string) {
			p.alloc(1, holderLayout)
			p.must(p.h.Store(p.g, 1, 3, 0))
			names[p.cleanup(1)] = "a"
		},
		"closure leads back": func(p *player, names map[gc.Cleanup]string) {
			p.alloc(1, holderLayout)
			p.must(p.h.Store(p.g, 1, 3, 0))
			names[p.cleanup(gc.NoSlot, 1)] = "0"
		},
		"a node of its own": func(p *player, names map[gc.Cleanup]string) {
			p.must(p.h.Store(p.g, 0, 3, 0))
			names[p.cleanup(gc.NoSlot)] = "a"
		},
	}
	for name, way := range ways {
		p, err := newPlayer(rel, 0, 2)
		if err != nil {
			return nil, err
		}
		p.alloc(0, holderLayout)
		names := map[gc.Cleanup]string{}
		way(p, names)
		p.must(p.h.Drop(p.g, 0))
		p.must(p.h.Drop(p.g, 1))
		ran := ""
		for range 3 {
			if p.collect() != ";" {
				ran += "finalizer "
			}
			for p.err == nil {
				c, more, err := p.h.RunCleanup(p.g, 0)
				p.must(err)
				if !more {
					break
				}
				ran += names[c]
				p.must(p.h.Drop(p.g, 0))
			}
		}
		if p.err != nil {
			return nil, fmt.Errorf("gclive: %s: %w", name, p.err)
		}
		out[name] = ran
	}
	if err := predictPlaces(rel, out); err != nil {
		return nil, err
	}
	return out, predictNeighbours(rel, out)
}

func (p *player) cleanup(arg int, holds ...int) gc.Cleanup {
	c, err := p.h.AddCleanup(p.g, 0, arg, holds...)
	p.must(err)
	return c
}

func (p *player) weak(slot int, at int64) gc.Weak {
	w, err := p.h.MakeWeakInside(p.g, slot, at)
	p.must(err)
	return w
}

func (p *player) isNil(w gc.Weak) bool {
	r, err := p.h.PeekWeak(w)
	p.must(err)
	return r == gc.Nil
}

func predictPlaces(rel string, out map[string]any) error {
	p, err := newPlayer(rel, 0, 1)
	if err != nil {
		return err
	}
	p.alloc(0, holderLayout)
	a, b := p.weak(0, 40), p.weak(0, 48)
	out["places differ"] = a != b && a == p.weak(0, 40) && !p.isNil(a)
	p.must(p.h.Drop(p.g, 0))
	p.collect()
	out["places are nil together"] = p.isNil(a) && p.isNil(b)
	return p.err
}

// predictNeighbours predicts the fate of two tiny objects in a block.
func predictNeighbours(rel string, out map[string]any) error {
	p, err := newPlayer(rel, 1, 5)
	if err != nil {
		return err
	}
	four := func() (a, b gc.Weak) {
		p.fill()
		for i := range 4 {
			p.alloc(1+i, gc.Layout{Bytes: 8})
		}
		return p.weak(1, 0), p.weak(2, 0)
	}
	drop := func() {
		for i := range 5 {
			p.must(p.h.Drop(p.g, i))
		}
	}
	a, b := four()
	p.must(p.h.StoreGlobal(p.g, 0, 1))
	out["tiny neighbours differ"] = a != b && !p.isNil(a) && !p.isNil(b)
	drop()
	p.collect()
	p.collect()
	out["tiny neighbours keep each other"] = !p.isNil(b)
	p.must(p.h.StoreGlobal(p.g, 0, gc.NoSlot))
	p.collect()
	p.collect()
	out["tiny neighbours go together"] = p.isNil(a) && p.isNil(b)
	a, b = four()
	p.must(p.h.SetFinalizer(p.g, 1))
	drop()
	p.must(p.h.GC())
	for range 2 {
		r, _, err := p.h.RunFinalizer(p.g, 0)
		p.must(err)
		if r != gc.Nil {
			p.must(p.h.StoreGlobal(p.g, 0, 0))
		}
		p.must(p.h.GC())
	}
	kept, err := p.h.LoadGlobal(p.g, 0, 0)
	p.must(err)
	out["a neighbour's finalizer clears"] = kept != gc.Nil && p.isNil(a) && p.isNil(b)
	return p.err
}
