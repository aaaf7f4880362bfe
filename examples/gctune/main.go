// Gctune says what other settings of GOGC and GOMEMLIMIT would do to a program, from
// what the program has told of its collections:
//
//	GODEBUG=gctrace=1 ./program 2> gctrace.log
//	go run ./examples/gctune gctrace.log
//	go run ./examples/gctune -budget 512 gctrace.log     # choose within 512 MiB
//	go run ./examples/gctune -svg gctrace.log > tune.svg
//
// -gogc says what GOGC was if it was not 100, -limit what GOMEMLIMIT was, and -beside
// how many MiB the process has mapped beside its heap.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/gc/gclog"
	"github.com/orrery-go/orrery/gc/pacer"
)

func main() {
	budget := flag.Int64("budget", 0, "memory that the process may have, in MiB")
	gogc := flag.Int("gogc", 100, "GOGC as the program ran, in percent")
	limit := flag.Int64("limit", 0, "GOMEMLIMIT as the program ran, in MiB; 0: none")
	beside := flag.Int64("beside", 0, "memory beside the heap, in MiB; 0: stacks and globals")
	samples := flag.Bool("metrics", false, "the log has samples of runtime/metrics as JSON, not gctrace")
	svg := flag.Bool("svg", false, "draw an SVG instead of a table")
	flag.Parse()
	if flag.NArg() > 1 {
		fail(fmt.Errorf("want one log, not %d: flags come before it", flag.NArg()))
	}
	in := io.ReadCloser(os.Stdin)
	if flag.NArg() > 0 {
		f, err := os.Open(flag.Arg(0))
		if err != nil {
			fail(err)
		}
		in = f
	}
	defer in.Close()
	for _, n := range []int64{*budget, *limit, *beside} {
		if n < 0 || n > 1<<28 {
			fail(fmt.Errorf("%d MiB out of range [0,%d]", n, 1<<28))
		}
	}
	read := gclog.Read
	if *samples {
		read = gclog.ReadMetrics
	}
	p, bad, err := read(in)
	for _, b := range bad[:min(len(bad), 5)] {
		fmt.Fprintln(os.Stderr, "gctune:", b)
	}
	if err != nil {
		fail(err)
	}
	if !*samples { // samples announce themselves
		p.GOGC, p.Limit, p.Beside = *gogc, *limit<<20, uint64(*beside)<<20
	}
	tried, best, err := pacer.Tune(p, *budget<<20)
	if err != nil {
		fail(err)
	}
	if *svg {
		fmt.Print(draw.PacerTune(fmt.Sprintf("%d collections in %.1f s", len(p.Samples), p.Samples[len(p.Samples)-1].At.Seconds()), tried, best, *budget<<20))
		return
	}
	table(os.Stdout, p, tried, best, *budget)
}

func table(w io.Writer, p pacer.Profile, tried []pacer.Prediction, best int, budget int64) {
	fmt.Fprintf(w, "%d collections in %.1f s\n\n  GOGC  GOMEMLIMIT  collections  memory at most  CPU time of the collector\n", len(p.Samples), p.Samples[len(p.Samples)-1].At.Seconds())
	for i, t := range tried {
		mark, gogc, limit := " ", fmt.Sprint(t.GOGC), "-"
		if i == best {
			mark = ">"
		}
		if t.GOGC < 0 {
			gogc = "off"
		}
		if t.Limit > 0 {
			limit = fmt.Sprintf("%d MiB", t.Limit>>20)
		}
		fmt.Fprintf(w, "%s %4s  %10s  %11d  %10d MiB  %8.2f s  %5.1f%%\n", mark, gogc, limit, t.Cycles, t.Peak>>20, t.GCTime.Seconds(), 100*t.GCShare)
	}
	switch {
	case best < 0:
		fmt.Fprintf(w, "\nNothing fits into %d MiB: what is in use is larger.\n", budget)
	case budget > 0:
		fmt.Fprintf(w, "\n> takes the least CPU time of those that stay within %d MiB.\n", budget)
	default:
		fmt.Fprintf(w, "\n> takes the least CPU time. Say with -budget how much memory there is.\n")
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "gctune:", err)
	os.Exit(1)
}
