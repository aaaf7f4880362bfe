// Escapes says in words what of a package is on the heap, and why:
//
//	go run ./examples/escapes ./pkg
//	go run ./examples/escapes -release go1.24 ./pkg
//	go run ./examples/escapes -profile heap.pprof ./pkg    # by what was allocated there
//	go run ./examples/escapes -params ./pkg                # parameters that leak, too
//	go run ./examples/escapes -svg n:12 ./pkg > why.svg    # the picture of n in line 12
//
// The answers are those without inlining, as go build -gcflags='-m -l' gives them. A
// plain go build inlines small functions, and can then keep on the stack a value that
// is reported here, or report it in the function into which it was inlined: compare with
// -l, and take reports about calls of small functions with care. A profile is one of runtime/pprof's "heap" or
// "allocs"; bytes are counted for the line that allocates.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/escape"
	"github.com/orrery-go/orrery/escape/escapelive"
)

func main() {
	release := flag.String("release", "running", "the release to ask about")
	profile := flag.String("profile", "", "a heap profile to sort by")
	params := flag.Bool("params", false, "tell about parameters, too")
	picture := flag.String("svg", "", "draw why NAME:LINE is on the heap")
	flag.Parse()
	if flag.NArg() != 1 {
		fail(fmt.Errorf("want one package, have %d", flag.NArg()))
	}
	l := new(escapelive.Loader)
	named, err := l.List(flag.Arg(0))
	if err == nil && len(named) != 1 {
		err = fmt.Errorf("%s is %d packages, want one", flag.Arg(0), len(named))
	}
	check(err)
	p, err := l.Package(named[0])
	check(err)
	r, err := escape.Analyze(*p, escape.Config{Release: *release, Import: l.Package, Explain: true, Graph: *picture != ""})
	check(err)
	bytes := map[place]int64{}
	if *profile != "" {
		data, err := os.ReadFile(*profile)
		check(err)
		bytes, err = allocated(data)
		check(err)
	}
	weight := func(d escape.Diagnostic) int64 { return bytes[place{filepath.Base(d.File), d.Line}] }
	all := slices.DeleteFunc(slices.Clone(r.Diagnostics), func(d escape.Diagnostic) bool { return !told(d, *params) })
	slices.SortStableFunc(all, func(a, b escape.Diagnostic) int { return cmp.Compare(weight(b), weight(a)) })
	for _, d := range all {
		if *picture == fmt.Sprintf("%s:%d", d.Name, d.Line) {
			fmt.Print(draw.EscapeGraph(graphOf(r, d), d))
			return
		}
	}
	if *picture != "" {
		fail(fmt.Errorf("nothing is said about %s", *picture))
	}
	for _, d := range all {
		heavy := ""
		if n := weight(d); n > 0 {
			heavy = fmt.Sprintf("%10.1f KiB  ", float64(n)/1024)
		}
		fmt.Printf("%s%s:%d:%d: in %s, %s\n", heavy, filepath.Base(d.File), d.Line, d.Column, d.Function, d.Words())
	}
	fmt.Fprintln(os.Stderr, "escapes: as with -gcflags=-l: where a plain build inlines a call, less can be on the heap")
	for _, o := range r.Omitted {
		fmt.Fprintf(os.Stderr, "escapes: %s: %s\n", o.Package, o.Why)
	}
}

func told(d escape.Diagnostic, params bool) bool {
	switch d.Verdict {
	case escape.MovedToHeap, escape.EscapesToHeap:
		return true
	case escape.LeakingParam, escape.LeakingContent, escape.LeakingToResult:
		return params
	}
	return false
}

func graphOf(r *escape.Result, d escape.Diagnostic) escape.Graph {
	for _, g := range r.Graphs {
		if slices.ContainsFunc(g.Nodes, func(n escape.Node) bool { return n.ID == d.Location }) {
			return g
		}
	}
	return escape.Graph{}
}

func check(err error) {
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "escapes:", err)
	os.Exit(1)
}
