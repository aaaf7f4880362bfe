// Heapmap shows what Go's heap looks like: arenas, spans and slots, and what is wasted
// in them.
//
//	go run ./examples/heapmap                     # some objects, a collection; the newest Go that is known
//	go run ./examples/heapmap -release go1.12     # or an old one
//	go run ./examples/heapmap -svg > heap.svg
//	go run ./examples/heapmap -profile heap.pb.gz # the objects of a heap profile
//	go run ./examples/heapmap -replay ops.jsonl   # a stream of allocations and frees: see alloc.Op
//	go run ./examples/heapmap -trace stderr.txt   # what GODEBUG=allocfreetrace=1 wrote, in Go 1.3 to 1.20
package main

import (
	"cmp"
	"flag"
	"fmt"
	"iter"
	"os"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/alloc/profile"
)

func main() {
	release := flag.String("release", "", "a Go release, such as go1.12")
	objects := flag.Int("objects", 2000, "how many objects are allocated")
	keep := flag.Float64("keep", 0.4, "the share of them that a collection finds alive")
	svg := flag.Bool("svg", false, "draw an SVG instead of text")
	heap := flag.String("profile", "", "a heap profile of runtime/pprof")
	scale := flag.Int64("scale", 1, "take one of this number of objects of the profile")
	replay := flag.String("replay", "", "operations, a line of JSON each")
	trace := flag.String("trace", "", "what GODEBUG=allocfreetrace=1 wrote")
	top := flag.Int("top", 20, "how many places of the program to tell")
	flag.Parse()
	var err error
	if flag.NArg() > 0 {
		err = fmt.Errorf("%q is too much: files are named by -profile, -replay and -trace", flag.Arg(0))
	} else if name := cmp.Or(*heap, *replay, *trace); name != "" {
		err = report(name, *heap != "", *trace != "", alloc.Config{Release: *release, Limit: 16 << 30}, *scale, *top)
	} else {
		err = example(*release, *objects, *keep, *svg)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "heapmap:", err)
		os.Exit(1)
	}
}

// report describes the heap after the operations of a file.
func report(name string, heap, trace bool, c alloc.Config, scale int64, top int) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	var ops iter.Seq2[alloc.Op, error]
	switch {
	case heap:
		p, err := profile.Read(f)
		if err != nil {
			return err
		}
		ops = p.Ops(scale)
	case trace:
		ops = profile.ReadTrace(f)
	default:
		ops = alloc.ReadOps(f)
	}
	r, err := alloc.Replay(c, ops)
	if err != nil {
		return err
	}
	text, err := r.Table(top)
	fmt.Print(text)
	return err
}
