// Heapmap allocates in a model of Go's heap, collects, and prints what its arenas,
// spans and slots look like.
//
//	go run ./examples/heapmap                     # the newest Go that is known
//	go run ./examples/heapmap -release go1.12     # or an old one
//	go run ./examples/heapmap -svg > heap.svg
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/draw"
)

func main() {
	release := flag.String("release", "", "a Go release, such as go1.12")
	objects := flag.Int("objects", 2000, "how many objects are allocated")
	keep := flag.Float64("keep", 0.4, "the share of them that a collection finds alive")
	svg := flag.Bool("svg", false, "draw an SVG instead of text")
	flag.Parse()
	if err := run(*release, *objects, *keep, *svg); err != nil {
		fmt.Fprintln(os.Stderr, "heapmap:", err)
		os.Exit(1)
	}
}

func run(release string, objects int, keep float64, svg bool) error {
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
	fmt.Printf("free slots %d bytes, behind the last slots %d, free pages %d of which %.0f%% in pieces\n",
		f.FreeSlots, f.Tail, f.FreePages, 100*f.External)
	return nil
}
