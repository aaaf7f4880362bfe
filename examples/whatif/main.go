// Whatif says how long a program would take with another GOMAXPROCS, from an execution
// trace of it (runtime/trace.Start, go test -trace, net/http/pprof):
//
//	go run ./examples/whatif -procs 1,2,4,8 trace.out
//	go run ./examples/whatif -json trace.out
//
// It also says how far to trust each prediction. Predictions of a program that uses package
// sched/schedtrace/note, with one line for each operation, can be trusted further.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/orrery-go/orrery/sched"
	"github.com/orrery-go/orrery/sched/schedtrace/whatif"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "whatif:", strings.TrimPrefix(err.Error(), "whatif: "))
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("whatif", flag.ContinueOnError)
	list := flags.String("procs", "1,2,4,8", "the numbers of processors")
	release := flags.String("release", "", "the release whose scheduler it is; the newest if empty")
	metal := flags.Bool("metal", false, "the costs of a machine without a hypervisor")
	asJSON := flags.Bool("json", false, "print JSON")
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: whatif [flags] TRACE\nA trace is the output of go test -trace, runtime/trace.Start or net/http/pprof.")
		flags.PrintDefaults()
	}
	files, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(files) != 1 {
		return fmt.Errorf("want one trace, not %q", files)
	}
	var procs []int
	for _, text := range strings.Split(*list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return fmt.Errorf("-procs wants numbers with commas between, not %q", *list)
		}
		procs = append(procs, n)
	}
	f, err := os.Open(files[0])
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := whatif.Read(f)
	if err != nil {
		return err
	}
	c := whatif.Config{Release: *release}
	if *metal {
		c.Costs = &sched.BareMetal
	}
	r, err := w.Predict(c, procs...)
	if err != nil {
		return err
	}
	if *asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	return table(out, r)
}

// parse reads flags before and after the file.
func parse(flags *flag.FlagSet, args []string) (files []string, err error) {
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if args = flags.Args(); len(args) > 0 {
			files, args = append(files, args[0]), args[1:]
		}
	}
	return files, nil
}

func table(out io.Writer, r whatif.Report) error {
	rec := r.Recorded
	fmt.Fprintf(out, "%d goroutines computed for %v; the critical path takes %v: no number of processors makes it quicker.\n\n", rec.Goroutines, round(rec.Work), round(r.Span))
	if n := rec.Selects + rec.Conditions + rec.Atomics; n > 0 {
		fmt.Fprintf(out, "Decided anew: %d selects, %d operations on conditions, %d atomic operations.\n\n", rec.Selects, rec.Conditions, rec.Atomics)
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "GOMAXPROCS\tmakespan\tutilised\tto run: p50\tp90\tp99\ttrust\t")
	fmt.Fprintf(t, "%d, recorded\t%v\t%.0f%%\t%v\t%v\t%v\t\t\n", rec.Procs, round(rec.Makespan), 100*rec.Utilised, round(rec.Latency.P50), round(rec.Latency.P90), round(rec.Latency.P99))
	for _, p := range r.Predictions {
		fmt.Fprintf(t, "%d\t%v\t%.0f%%\t%v\t%v\t%v\t%s, within %.0f%%\t\n", p.Procs, round(p.Makespan), 100*p.Utilised, round(p.Latency.P50), round(p.Latency.P90), round(p.Latency.P99), p.Trust.Level, 100*p.Trust.Within)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	said := map[string]bool{}
	for _, p := range r.Predictions {
		for _, why := range p.Trust.Why {
			if !said[why] {
				said[why] = true
				fmt.Fprintf(out, "\n- %s", why)
			}
		}
	}
	if len(said) > 0 {
		fmt.Fprintln(out)
	}
	return nil
}

// round rounds to three digits.
func round(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}
