// Whyslow says what the goroutines of a real program waited for between being runnable and
// running, from an execution trace of Go 1.22 or newer:
//
//	go test -trace trace.out        # or runtime/trace, or net/http/pprof
//	go run ./examples/whyslow trace.out
//	go run ./examples/whyslow -json trace.out
//	go run ./examples/whyslow -svg trace.out > waits.svg
//
// It tells for each function where its goroutines waited: as runnext, in the ring of
// their P, in the global queue, until another P stole them. It counts the steals of each
// pair of Ps, gives the time from wake-up to run by the way in which a goroutine was woken,
// and the longest waits in words. A trace does not say where a goroutine was taken from;
// package explain finds out, and where it cannot be sure, the wait counts as "open".
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/orrery-go/orrery/sched/schedtrace/explain"
)

func main() {
	asJSON := flag.Bool("json", false, "write JSON instead of text")
	asSVG := flag.Bool("svg", false, "draw the waits of each function instead, as SVG")
	most := flag.Int("n", 20, "functions, goroutines and pairs of Ps that are shown")
	flag.Parse()
	if flag.NArg() != 1 || *most < 0 || *asJSON && *asSVG {
		fmt.Fprintln(os.Stderr, "usage: whyslow [-json | -svg] [-n 20] trace.out")
		os.Exit(2)
	}
	f, err := os.Open(flag.Arg(0))
	if err != nil {
		fail(err)
	}
	defer f.Close()
	form := (*Report).text
	if *asJSON {
		form = (*Report).json
	} else if *asSVG {
		form = (*Report).svg
	}
	if err := run(os.Stdout, f, form, *most); err != nil {
		fail(err)
	}
}

// run writes the report on a trace, in a form. If the trace breaks off, it still reports on what came
// before, and returns the error.
func run(w io.Writer, in io.Reader, form func(*Report, io.Writer, int) error, most int) error {
	e, err := explain.New(in)
	if err != nil {
		return err
	}
	c := newCollector()
	for s := range e.Starts() {
		c.add(s)
	}
	r := c.report(e.Stats())
	if e.Err() != nil {
		r.Error = e.Err().Error()
	}
	b := bufio.NewWriter(w)
	if err := form(&r, b, most); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return err
	}
	return e.Err()
}

func (r *Report) json(w io.Writer, _ int) error {
	j := json.NewEncoder(w)
	j.SetIndent("", "  ")
	return j.Encode(r)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "whyslow:", err)
	os.Exit(1)
}
