// Racecheck looks for races in a log of what goroutines did: a JSON object a line, see
// race.Entry.
//
//	go run ./examples/racecheck examples/racecheck/log.jsonl
//	go run ./examples/racecheck -other examples/racecheck/log.jsonl   # also other orders of the same operations
//	go run ./examples/racecheck -tsan log.jsonl                       # what go build -race would report of it
//	go run ./examples/racecheck -svg log.jsonl > log.svg
//
// It exits with 1 if there is a race, and with 2 if the log is malformed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/race"
)

func main() {
	release := flag.String("release", "", "a Go release, such as go1.15")
	tsan := flag.Bool("tsan", false, "forget what go build -race forgets")
	lockset := flag.Bool("lockset", false, "also list the variables that no lock protects")
	other := flag.Bool("other", false, "also look for a race in other orders of a small log")
	svg := flag.Bool("svg", false, "draw an SVG instead of text")
	flag.Parse()
	c := race.Config{Release: *release, Lockset: *lockset, Record: true}
	if *tsan {
		c.Limits = race.Limits{Cells: race.MaxCells, Slots: race.MaxSlots, FirstByte: true}
	}
	if flag.NArg() > 1 {
		fmt.Fprintf(os.Stderr, "racecheck: want one log, not %d: flags come before it\n", flag.NArg())
		os.Exit(2)
	}
	races, err := check(c, flag.Arg(0), *other, *svg)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "racecheck:", err)
		os.Exit(2)
	case races:
		os.Exit(1)
	}
}

func check(c race.Config, name string, other, svg bool) (races bool, err error) {
	l, err := race.NewLog(c)
	if err != nil {
		return false, err
	}
	if name == "" {
		return false, errors.New("want a log, a JSON line for each operation, such as examples/racecheck/log.jsonl")
	}
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	if err := l.Read(f); err != nil {
		return false, err
	}
	if svg {
		g, err := l.Graph()
		fmt.Print(draw.RaceHappensBefore(g))
		return l.Races() > 0, err
	}
	for _, r := range l.Reports() {
		why, err := l.Explain(r)
		if err != nil {
			why = err.Error() // the log is too long to be searched
		}
		fmt.Printf("%s\n  %s\n", l.Describe(r), why)
	}
	for _, s := range l.Lockset() {
		fmt.Printf("no lock protects %s\n", l.Variable(s.Addr))
	}
	fmt.Printf("%d lines, %d races\n", l.Line(), l.Races())
	if other {
		return l.Races() > 0, search(l)
	}
	return l.Races() > 0, nil
}

// search looks for a race in another order.
func search(l *race.Log) error {
	log, err := l.Record()
	if err != nil {
		return err
	}
	m, err := race.NewInterleavings(log, false)
	if err != nil {
		return err
	}
	r, err := explore.Run(context.Background(), m, explore.Options{MaxStates: 1_000_000, AllowDeadlock: true})
	if err != nil {
		return err
	}
	if r.Counterexample == nil {
		fmt.Println("no order of these operations has a race")
		return nil
	}
	p, _ := m.Racing(r.Counterexample.End())
	fmt.Printf("in another order %s races with %s\n", l.OpText(log[p.Second-1]), l.OpText(log[p.First-1]))
	return nil
}
