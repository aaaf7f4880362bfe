// Grow appends to a slice, one element after the other, under the rules of one or
// more releases beside each other, and tells or draws each new array.
//
//	go run ./examples/grow                                  go1.17 beside go1.26
//	go run ./examples/grow -n 100 -size 24 go1.15 running   other releases, larger elements
//	go run ./examples/grow -svg > grow.svg
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/slicegrow"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "grow:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("grow", flag.ExitOnError)
	n := flags.Int64("n", 2000, "number of appends, 1 to 1,000,000")
	size := flags.Int64("size", 8, "bytes of an element")
	svg := flags.Bool("svg", false, "draw, rather than tell")
	if err := flags.Parse(args); err != nil {
		return err
	}
	releases := flags.Args()
	if len(releases) == 0 {
		releases = []string{"go1.17", "go1.26"}
	}
	if *n < 1 || *n > 1_000_000 {
		return fmt.Errorf("%d appends out of range [1,1000000]", *n)
	}
	var columns []draw.Growing
	for _, release := range releases {
		rules, err := slicegrow.ForRelease(release)
		if err != nil {
			return err
		}
		g := draw.Growing{Title: rules.Release()}
		for step, err := range rules.Sequence(slicegrow.Append{Count: 1, Size: *size}, *n) {
			if err != nil {
				return err
			}
			g.Steps = append(g.Steps, step)
		}
		columns = append(columns, g)
	}
	if *svg {
		_, err := fmt.Fprint(out, draw.SlicegrowArrays(fmt.Sprintf("Appending %d elements of %d bytes, one by one", *n, *size), columns))
		return err
	}
	for _, c := range columns {
		fmt.Fprintln(out, c.Title)
		for _, s := range c.Steps {
			fmt.Fprintf(out, "%8d: cap %7d of %9d bytes, %v\n", s.Appends, s.Cap, s.Bytes, s.Rule)
		}
		if last := len(c.Steps) - 1; last >= 0 {
			fmt.Fprintf(out, "%d arrays, %d bytes copied, %d allocated\n\n", len(c.Steps), c.Steps[last].TotalCopied, c.Steps[last].TotalAllocated)
		}
	}
	return nil
}
