// Tricolor explores a garbage collector: all interleavings of a heap of three
// objects, a program and the collector. It says that nothing is lost, or tells the
// shortest way to lose an object, and can draw it.
//
//	go run ./examples/tricolor                                    all collectors
//	go run ./examples/tricolor hybrid-no-deletion                 one, told step by step
//	go run ./examples/tricolor -svg lost.svg hybrid-no-deletion   and drawn
//	go run ./examples/tricolor -svg cycle.svg -cycle go1.26       a whole cycle of a release, in which nothing is lost
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
	log.SetPrefix("tricolor: ")
	svg := flag.String("svg", "", "the file to draw the run to")
	cycle := flag.String("cycle", "", "tell a whole cycle of this release instead, such as go1.26")
	flag.Parse()
	if *cycle != "" {
		frames, err := wholeCycle(*cycle)
		if err != nil {
			log.Fatal(err)
		}
		tell("A cycle of "+*cycle, frames, *svg)
		return
	}
	algorithms := gc.Algorithms()
	if flag.NArg() > 0 {
		algorithms = nil
		for _, name := range flag.Args() {
			a, err := gc.AlgorithmNamed(name)
			if err != nil {
				log.Fatal(err)
			}
			algorithms = append(algorithms, a)
		}
	}
	for _, a := range algorithms {
		states, frames := search(a)
		switch {
		case frames == nil:
			fmt.Printf("%-20s  %7d states: nothing is lost\n", a.Name, states)
		default:
			fmt.Printf("%-20s  loses an object in %d steps: %s\n", a.Name, len(frames), a.Loses)
			if flag.NArg() > 0 {
				tell(a.Name, frames, *svg)
			}
		}
	}
}

// tell prints the frames, and draws them if a file is named.
func tell(title string, frames []gc.Frame, svg string) {
	for i, f := range frames {
		fmt.Printf("%3d. %s\n", i+1, f.Text)
	}
	if svg != "" {
		if err := os.WriteFile(svg, []byte(draw.GCFilm(title, frames)), 0o666); err != nil {
			log.Fatal(err)
		}
	}
}

// search explores a collector, and returns the number of its states, or the run that
// loses an object.
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
		events, states = append(events, s.Label), append(states, s.State)
	}
	frames, err := m.Story(r.Counterexample.Start, events, states)
	if err != nil {
		log.Fatal(err)
	}
	return r.States, frames
}
