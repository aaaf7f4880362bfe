// Gmp runs a program in the scheduler's simulator, and shows what ran where.
//
//	go run ./examples/gmp examples/gmp/pipeline.txt
//	go run ./examples/gmp -procs 4 -events -release go1.13 examples/gmp/pipeline.txt
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
	events := flags.Bool("events", false, "tell every event")
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
	config := sched.Config{Release: *release, Procs: *procs}
	if *events {
		config.Trace = func(e sched.Event) { fmt.Fprintln(out, e.At, e) }
	}
	s, err := sched.New(config, *p)
	if err != nil {
		return err
	}
	t := s.Record()
	if *svg {
		_, err := fmt.Fprint(out, draw.SchedGantt(t))
		return err
	}
	k := s.Stats()
	fmt.Fprintf(out, "%v%d goroutines, %d threads, %d switches, %d preempted\n", t, k.Created, k.Threads, k.Switches, k.Preemptions)
	return s.Err()
}
