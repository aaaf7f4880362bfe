// Package timerslive compares published puzzles, most of them with sleeps, with package
// sched under its default settings: whole programs, each in a process of its own, on one
// P that the environment or the program asks for. The releases' answers are recorded.
package timerslive

import (
	"embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
	"github.com/orrery-go/orrery/sched/gomaxprocs"
)

// A Puzzle is a program whose goroutines print their number if they mark w, 0 for the
// first that main starts, and otherwise the text that they mark.
type Puzzle struct{ Name, Program string }

// Puzzles are the programs of the probe, in its order.
var Puzzles = []Puzzle{
	{"ten, and main sleeps", "main:\ngo w 10\nsleep 20ms\nw:\nmark w\n"},
	{"ten in a WaitGroup", many(10)},
	{"ten that sleep equally long", "waitgroup wg 10\nmain:\ngo w 10\nwait wg\nw:\nsleep 3ms\nmark w\ndone wg\n"},
	{"four that sleep for less than a millisecond", each("230us", "460us", "690us", "920us")},
	{"sorting by sleeping", each("60ms", "40ms", "20ms")},
	{"main yields once", "main:\ngo a\nyield\nmark 1\nsleep 10ms\na:\nmark 0\n"},
	{"main has slept before", "main:\nsleep 2ms\ngo w 10\nsleep 20ms\nw:\nmark w\n"},
	{"three that yield", "main:\ngo w 3\nsleep 20ms\nw:\nmark w\nyield\nmark w\n"},
	{"250 in a WaitGroup", many(250)},
	{"main returns", "main:\ngo w 3\nw:\nmark w\n"},
	{"main yields and returns", "main:\ngo w 3\nyield\nw:\nmark w\n"},
	{"two that print in turn", "waitgroup wg 2\nchan c\nmain:\ngo a\ngo b\nwait wg\na:\nsend c 0\nmark 0\nsend c 1\nmark 1\nsend c 2\nmark 2\ndone wg\nb:\nrecv c\nmark 10\nrecv c\nmark 11\nrecv c\nmark 12\ndone wg\n"},
}

func many(n int) string {
	return fmt.Sprintf("waitgroup wg %d\nmain:\ngo w %d\nwait wg\nw:\nmark w\ndone wg\n", n, n)
}

// each returns a program that starts a goroutine for each sleep.
func each(sleeps ...string) string {
	var begin, funcs strings.Builder
	for i, d := range sleeps {
		fmt.Fprintf(&begin, "go w%d\n", i)
		fmt.Fprintf(&funcs, "w%d:\nsleep %s\nmark w\ndone wg\n", i, d)
	}
	return fmt.Sprintf("waitgroup wg %d\nmain:\n%swait wg\n%s", len(sleeps), begin.String(), funcs.String())
}

// Answers has the output of a release for each puzzle.
type Answers struct {
	Env  []string // with GOMAXPROCS=1
	Self []string // if main calls runtime.GOMAXPROCS(1) first, on two CPUs
}

//go:embed testdata/golden
var files embed.FS

//go:embed testdata/probe.go
var probe string

// Golden holds the answers of every release since 1.2.
var Golden = golden.Set[Answers]{
	Probe: toolchain.Probe{Name: "timerslive", Source: probe},
	Files: files,
	Dir:   "sched/timers/timerslive",
}

// Predict returns the output of a model of the release, with default settings except
// those that follow from the probe having no go.mod.
func Predict(rel string) (a Answers, err error) {
	rules, err := gomaxprocs.ForRelease(rel)
	if err != nil {
		return a, err
	}
	procs, err := rules.Start(gomaxprocs.Host{CPUs: 2})
	if err != nil {
		return a, err
	}
	for _, p := range Puzzles {
		env, err := play(sched.Config{Release: rel, NoUpdateMaxProcs: true}, p.Program)
		if err != nil {
			return a, fmt.Errorf("%s: %w", p.Name, err)
		}
		self, err := play(sched.Config{Release: rel, Procs: procs, NoUpdateMaxProcs: true}, strings.Replace(p.Program, "main:\n", "main:\nprocs 1\n", 1))
		if err != nil {
			return a, fmt.Errorf("%s: %w", p.Name, err)
		}
		a.Env, a.Self = append(a.Env, env), append(a.Self, self)
	}
	return a, nil
}

// play runs a program and returns the numbers that it prints, with consecutive numbers as
// a range.
func play(c sched.Config, text string) (string, error) {
	p, err := program.Parse(text)
	if err != nil {
		return "", err
	}
	var said []int
	c.Trace = func(e sched.Event) {
		if e.Kind != sched.Marked {
			return
		}
		n, err := strconv.Atoi(e.What)
		if err != nil {
			n = int(e.G) - 2
		}
		said = append(said, n)
	}
	s, err := sched.New(c, *p)
	if err != nil {
		return "", err
	}
	if err := s.Run(); err != nil {
		return "", err
	}
	var words []string
	for i := 0; i < len(said); {
		j := i
		for j+1 < len(said) && said[j+1] == said[j]+1 {
			j++
		}
		if j == i {
			words = append(words, strconv.Itoa(said[i]))
		} else {
			words = append(words, fmt.Sprintf("%d-%d", said[i], said[j]))
		}
		i = j + 1
	}
	return strings.Join(words, " "), nil
}
