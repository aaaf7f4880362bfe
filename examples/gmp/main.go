// Gmp runs a program in the scheduler's simulator, and shows what ran where.
//
//	go run ./examples/gmp examples/gmp/pipeline.txt
//	go run ./examples/gmp -procs 4 -events -release go1.13 examples/gmp/pipeline.txt
//	go run ./examples/gmp -seed 7 -tick 60 -max 1000 examples/gmp/pipeline.txt
//	go run ./examples/gmp -svg examples/gmp/pipeline.txt > gantt.svg
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "gmp:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("gmp", flag.ContinueOnError)
	release := flags.String("release", "", "the Go release to follow, such as go1.13")
	procs := flags.Int("procs", 2, "GOMAXPROCS")
	seed := flags.Uint64("seed", 0, "of the random choices")
	tick := flags.Uint("tick", 0, "time slices that the first processor has started before; 0 for what a real program finds")
	most := flags.Uint64("max", 0, "events after which a program is stopped; 0 for 10,000,000")
	events := flags.Bool("events", false, "tell every event, but of turns that repeat only the first")
	svg := flags.Bool("svg", false, "draw, rather than tell")
	if err := flags.Parse(args); err != nil {
		return err
	}
	text, err := os.ReadFile(flags.Arg(0))
	if err != nil {
		return err
	}
	p, err := program.Parse(string(text))
	if err != nil {
		return err
	}
	config := sched.Config{Release: *release, Procs: *procs, Seed: *seed, Schedtick: uint32(*tick), MaxEvents: *most}
	var told teller
	if *events {
		config.Trace = func(e sched.Event) { told.tell(out, e) }
	}
	s, err := sched.New(config, *p)
	if err != nil {
		return err
	}
	t := s.Record()
	told.rest(out)
	if *svg {
		_, err := fmt.Fprint(out, draw.SchedGantt(t))
		return err
	}
	k := s.Stats()
	fmt.Fprintf(out, "%v%d goroutines, %d threads, %d switches, %d preempted\n", t, k.Created, k.Threads, k.Switches, k.Preemptions)
	return s.Err()
}
