// Explore says whether a program can deadlock or panic, whatever the scheduler does, and
// tells the shortest way to it.
//
//	go run ./examples/explore                                  what it takes, and a program that it has
//	go run ./examples/explore examples/gmp/pipeline.txt
//	go run ./examples/explore -states 5000000 -release go1.22 program.txt
//
// Time is not modelled: a sleep ends, and a timer fires, at any moment after it began.
// The exit status is 0 if the program can do neither, 1 if it can, and 2 if that is not
// known: a wrong argument, or more states than -states.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched/interleave"
)

// builtIn is explored if no program is named.
//
//go:embed workers.txt
var builtIn string

func main() {
	bad, err := run(os.Args[1:], os.Stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "explore:", err)
		os.Exit(2)
	case bad:
		os.Exit(1)
	}
}

// run reports whether the program can end badly.
func run(args []string, out io.Writer) (bad bool, err error) {
	flags := flag.NewFlagSet("explore", flag.ContinueOnError)
	release := flags.String("release", "", "the Go release to follow, such as go1.22")
	states := flags.Int("states", 1_000_000, "give up after this number")
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: explore [flags] PROGRAM\nA program is text; go doc ./program says what it can hold.")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return false, err
	}
	text := builtIn
	switch flags.NArg() {
	case 0:
		flags.Usage()
		fmt.Fprintf(out, "\nWithout a program, this one is explored:\n\n%s\n", builtIn)
	case 1:
		data, err := os.ReadFile(flags.Arg(0))
		if err != nil {
			return false, err
		}
		text = string(data)
	default:
		return false, fmt.Errorf("want one program, not %d: flags come before it", flags.NArg())
	}
	p, err := program.Parse(text)
	if err != nil {
		return false, err
	}
	lines, err := program.Lines(text)
	if err != nil {
		return false, err
	}
	m, err := interleave.New(interleave.Config{Release: *release, Lines: lines}, p)
	if err != nil {
		return false, err
	}
	r, err := explore.Run(context.Background(), m, explore.Options{MaxStates: *states})
	if err != nil {
		return false, err
	}
	c := r.Counterexample
	if c == nil {
		fmt.Fprintf(out, "This cannot deadlock or panic: %d states, all that there are.\n", r.States)
		return false, nil
	}
	what := "This deadlocks"
	if c.Property != explore.Deadlock {
		what = "This ends by " + fmt.Sprintf("%q", c.Reason)
	}
	fmt.Fprintf(out, "%s in %d steps, and cannot in fewer:\n\n", what, len(c.Steps))
	for i, s := range c.Steps {
		fmt.Fprintf(out, "%4d. %s\n", i+1, s.Label)
	}
	fmt.Fprintln(out)
	for _, line := range m.Tell(c.End()) {
		fmt.Fprintln(out, line)
	}
	return true, nil
}
