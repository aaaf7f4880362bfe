// Tricolor explores a garbage collector: all interleavings of a heap of three
// objects, a program and the collector. It says that nothing is lost, or tells the
// shortest way to lose an object, and can draw it.
//
//	go run ./examples/tricolor                                    all collectors
//	go run ./examples/tricolor hybrid-no-deletion                 one, told step by step
//	go run ./examples/tricolor -svg lost.svg hybrid-no-deletion   and drawn
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/marking"
)

func main() {
	log.SetFlags(0)
	svg := flag.String("svg", "", "the file to draw the run to")
	flag.Parse()
	for _, a := range gc.Algorithms() {
		if flag.NArg() > 0 && flag.Arg(0) != a.Name {
			continue
		}
		states, frames := search(a)
		if frames == nil {
			fmt.Printf("%-20s  %7d states: nothing is lost\n", a.Name, states)
			continue
		}
		fmt.Printf("%-20s  loses an object in %d steps: %s\n", a.Name, len(frames), a.Loses)
		if flag.NArg() == 0 {
			continue
		}
		for i, f := range frames {
			fmt.Printf("%3d. %s\n", i+1, f.Text)
		}
		if *svg != "" {
			if err := os.WriteFile(*svg, []byte(draw.GCFilm(a.Name, frames)), 0o666); err != nil {
				log.Fatal(err)
			}
		}
	}
}

// search explores a collector: its states, or the run that loses an object.
func search(a gc.Algorithm) (int, []gc.Frame) {
	m, err := marking.New(marking.Config{Algorithm: a, Objects: 3, Fields: 1})
	if err != nil {
		log.Fatal(err)
	}
	r, err := explore.Run(context.Background(), m, explore.Options{MaxStates: 1 << 22})
	if err != nil {
		log.Fatal(err)
	}
	if r.Counterexample == nil {
		return r.States, nil
	}
	var events []string
	var states []uint64
	for _, s := range r.Counterexample.Steps {
		events, states = append(events, s.Event), append(states, s.State)
	}
	frames, err := m.Story(r.Counterexample.Start, events, states)
	if err != nil {
		log.Fatal(err)
	}
	return r.States, frames
}
