package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/draw"
)

// example allocates objects of some sizes, with a collection in between.
func example(release string, objects int, keep float64, svg bool) error {
	switch {
	case objects < 0 || objects > 10_000_000:
		return fmt.Errorf("%d objects out of range [0,10000000]", objects)
	case !(keep >= 0 && keep <= 1): // NaN, too
		return fmt.Errorf("a share of %v out of range [0,1]", keep)
	}
	h, err := alloc.New(alloc.Config{Release: release})
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(1, 2))
	sizes := []int64{8, 24, 48, 48, 200, 1024, 5000, 40_000}
	for i := range objects {
		if i == objects/2 {
			if err := h.GC(func(alloc.Addr) bool { return r.Float64() < keep }); err != nil {
				return err
			}
		}
		if _, err := h.Malloc(0, sizes[r.IntN(len(sizes))], r.IntN(2) == 0); err != nil {
			return err
		}
	}
	s := h.Snapshot()
	if svg {
		fmt.Print(draw.AllocHeap(s))
		return nil
	}
	text, err := s.Picture(12)
	if err != nil {
		return err
	}
	fmt.Print(text)
	f := s.Fragmentation
	fmt.Printf("free slots %d bytes, after the last slots %d, free pages %d of which %.0f%% in pieces\n",
		f.FreeSlots, f.Tail, f.FreePages, 100*f.External)
	return nil
}
