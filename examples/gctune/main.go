// Gctune says what other settings of GOGC and GOMEMLIMIT would do to a program, from
// what the program has told of its collections:
//
//	GODEBUG=gctrace=1 ./program 2> gctrace.log
//	go run ./examples/gctune gctrace.log
//	go run ./examples/gctune -budget 512 gctrace.log     # choose within 512 MiB
//	go run ./examples/gctune -svg gctrace.log > tune.svg
//
// -gogc says what GOGC was, if the goals in the log do not tell, -limit what GOMEMLIMIT was,
// and -beside how many MiB the process has mapped beside its heap.
//
// GODEBUG=gctrace=1,gcpacertrace=1 tells more, since Go 1.18: how many bytes each collection
// scanned, which decides when the next one begins.
//
// What marking costs can depend on how much garbage lies between live objects, which one
// log cannot show. Predictions between the settings of two logs, or more, are from both:
//
//	GODEBUG=gctrace=1 GOGC=800 ./program 2> large.log
//	go run ./examples/gctune gctrace.log large.log       # or -gogc 100,800
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/gc/gclog"
	"github.com/orrery-go/orrery/gc/pacer"
)

func main() {
	budget := flag.Int64("budget", 0, "memory that the process may have, in MiB")
	gogc := flag.String("gogc", "", "GOGC as the program ran, in percent, for each log: 100,800; as the goals in the log tell")
	limit := flag.String("limit", "0", "GOMEMLIMIT as the program ran, in MiB, for each log; 0: none")
	beside := flag.String("beside", "0", "memory beside the heap, in MiB, for each log; 0: stacks and globals")
	samples := flag.Bool("metrics", false, "the log has samples of runtime/metrics as JSON, not gctrace")
	svg := flag.Bool("svg", false, "draw an SVG instead of a table")
	flag.Parse()
	if *budget < 0 || *budget > 1<<28 {
		fail(fmt.Errorf("%d MiB out of range [0,%d]", *budget, 1<<28))
	}
	logs := flag.Args()
	if len(logs) == 0 {
		logs = []string{""}
	}
	var all []pacer.Profile
	for i, name := range logs {
		p, err := profile(name, *samples)
		if err != nil {
			fail(err)
		}
		if !*samples { // samples announce themselves
			p.GOGC = number(*gogc, i, len(logs), gclog.GOGC(p))
			p.Limit = int64(number(*limit, i, len(logs), 0)) << 20
			p.Beside = uint64(max(number(*beside, i, len(logs), 0), 0)) << 20
		}
		all = append(all, p)
	}
	p := all[0]
	tried, best, err := pacer.Tune(p, *budget<<20, all[1:]...)
	if err != nil {
		fail(err)
	}
	if *svg {
		fmt.Print(draw.PacerTune(fmt.Sprintf("%d collections in %.1f s", len(p.Samples), p.Samples[len(p.Samples)-1].At.Seconds()), tried, best, *budget<<20))
		return
	}
	table(os.Stdout, p, tried, best, *budget)
}

// profile reads a log; "" is the standard input.
func profile(name string, samples bool) (pacer.Profile, error) {
	in := os.Stdin
	if name != "" {
		var err error
		if in, err = os.Open(name); err != nil {
			return pacer.Profile{}, err
		}
		defer in.Close()
	}
	read := gclog.Read
	if samples {
		read = gclog.ReadMetrics
	}
	p, bad, err := read(in)
	for _, b := range bad[:min(len(bad), 5)] {
		fmt.Fprintln(os.Stderr, "gctune:", b)
	}
	return p, err
}

// number returns the number at i of a list, which has one for each of n logs or one for
// all; or, if the list is empty, another one.
func number(list string, i, n, or int) int {
	if list == "" {
		return or
	}
	parts := strings.Split(list, ",")
	if len(parts) != 1 && len(parts) != n {
		fail(fmt.Errorf("%.40q has %d numbers for %d logs", list, len(parts), n))
	}
	v, err := strconv.Atoi(parts[min(i, len(parts)-1)])
	if err != nil || v < -1 || v > 1<<28 {
		fail(fmt.Errorf("%.40q: want numbers in [-1,%d]", list, 1<<28))
	}
	return v
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
