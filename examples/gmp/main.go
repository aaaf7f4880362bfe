// Gmp runs a program in the scheduler's simulator, and shows what it prints (by its
// operation mark) and what ran where.
//
//	go run ./examples/gmp                              what it takes, and a program that it has
//	go run ./examples/gmp examples/gmp/pipeline.txt
//	go run ./examples/gmp -procs 4 -events -release go1.13 examples/gmp/pipeline.txt
//	go run ./examples/gmp -seed 7 -tick 60 -max 1000 examples/gmp/pipeline.txt
//	go run ./examples/gmp -svg examples/gmp/pipeline.txt > gantt.svg
//	go run ./examples/gmp -chrome trace.json examples/gmp/pipeline.txt
//	go run ./examples/gmp -trace trace.out examples/gmp/pipeline.txt && go tool trace trace.out
package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/internal/terminal"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
	"github.com/orrery-go/orrery/sched/schedtrace"
	"github.com/orrery-go/orrery/sched/schedtrace/gotrace"
)

// builtIn is run if no program is named.
//
//go:embed pipeline.txt
var builtIn string

func main() {
	err := run(os.Args[1:], os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
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
	chrome := flags.String("chrome", "", "write a trace to this file, which Perfetto (ui.perfetto.dev) and chrome://tracing open")
	trace := flags.String("trace", "", "write an execution trace to this file, which go tool trace opens")
	svg := flags.Bool("svg", false, "draw, rather than tell")
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: gmp [flags] PROGRAM\nA program is text; go doc ./program says what it can hold.")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	text := builtIn
	switch {
	case flags.NArg() > 1:
		return fmt.Errorf("want one program, not %d: flags come before it", flags.NArg())
	case *chrome != "" && (*events || *svg):
		return errors.New("-chrome is run for its file alone: leave out -events and -svg")
	case *trace != "" && (*events || *svg || *chrome != ""):
		return errors.New("-trace is run for its file alone: leave out -events, -svg and -chrome")
	case *events && *svg:
		return errors.New("-events and -svg do not mix: a picture is all that is printed")
	case flags.NArg() == 1:
		data, err := os.ReadFile(flags.Arg(0))
		if err != nil {
			return err
		}
		text = string(data)
	case !*svg:
		flags.Usage()
		fmt.Fprintf(out, "\nWithout a program, this one is run:\n\n%s\n", builtIn)
	}
	p, err := program.Parse(text)
	if err != nil {
		return err
	}
	config := sched.Config{Release: *release, Procs: *procs, Seed: *seed, Schedtick: uint32(*tick), MaxEvents: *most}
	var told teller
	if *events {
		told.lines, _ = program.Lines(text) // it was parsed just now
		config.Trace = func(e sched.Event) { told.tell(out, e) }
	} else if *chrome == "" && *trace == "" && !*svg {
		config.Trace = func(e sched.Event) { told.printed(out, e) }
	}
	s, err := sched.New(config, *p)
	if err != nil {
		return err
	}
	if *chrome != "" {
		return writeTo(*chrome, s, schedtrace.Chrome)
	}
	if *trace != "" {
		return writeTo(*trace, s, gotrace.Run)
	}
	t := s.RunTimeline()
	told.rest(out)
	if *svg {
		_, err := fmt.Fprint(out, draw.SchedGantt(t))
		return err
	}
	k := s.Stats()
	width, _ := terminal.Size(out)
	fmt.Fprintf(out, "%s%d goroutines, %d threads, %d switches, %d preempted\n", t.Table(width-4), k.Created, k.Threads, k.Switches, k.Preemptions)
	if errors.Is(s.Err(), sched.AllAsleep) {
		for _, g := range s.Snapshot().Gs {
			if g.Reason != "" && g.G > 0 {
				fmt.Fprintf(out, "g%d waits (%s) in %s\n", g.G, g.Reason, g.Where)
			}
		}
	}
	return s.Err()
}

func writeTo(name string, s *sched.Sim, write func(io.Writer, *sched.Sim) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := write(f, s); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return s.Err()
}
