// Package gclog reads the output of GODEBUG=gctrace=1, which a Go program writes to its
// standard error, into a [pacer.Profile], from which [pacer.WhatIf] predicts what other
// settings would do.
//
//	GODEBUG=gctrace=1 ./program 2> gctrace.log
//	go run ./examples/gctune gctrace.log
//
// All forms since 1.5 are read:
//
//	gc 7 @1.204s 2%: 0.02+1.5+0.01 ms clock, 0.1+0.3/2.0/1.1+0.05 ms cpu, 41->44->22 MB, 43 MB goal, 1 MB stacks, 0 MB globals, 8 P (forced)
//
// With GODEBUG=gctrace=1,gcpacertrace=1, since 1.18, the log also says how many bytes each
// cycle scanned, which makes predictions more exact where that is not all that is live: a
// list, or objects with pointers only in front. Bytes of the heap are exact then, except
// for those that are live.
//
// Other lines, which the program wrote itself, are skipped. [ReadMetrics] reads samples
// of runtime/metrics instead.
//
// # Concurrent use
//
// All functions may be called by several goroutines at once, each with a reader of its own.
package gclog

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/orrery-go/orrery/gc/pacer"
)

// MaxLine is the longest line that is read, in bytes; longer lines are skipped.
const MaxLine = 4096

// A LineError describes a line that looks like a collection's and cannot be read.
type LineError struct {
	Line int    // from 1
	Text string // its beginning
	Err  error
}

func (e *LineError) Error() string {
	return fmt.Sprintf("gclog: line %d: %v: %.80q", e.Line, e.Err, e.Text)
}

// Unwrap returns the reason.
func (e *LineError) Unwrap() error { return e.Err }

// Samples yields the collections of a log as they are read. For a line that cannot be
// read it yields a *[LineError] and goes on; an error of the reader ends the sequence.
func Samples(r io.Reader) iter.Seq2[pacer.Sample, error] {
	return func(yield func(pacer.Sample, error) bool) {
		if r == nil {
			yield(pacer.Sample{}, errors.New("gclog: the reader is nil"))
			return
		}
		in := bufio.NewReaderSize(r, MaxLine)
		var paced pacing // of the cycle whose line is next
		for line := 1; ; line++ {
			text, err := in.ReadSlice('\n')
			long := errors.Is(err, bufio.ErrBufferFull)
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = in.ReadSlice('\n')
			}
			if !long && looksLike(string(text)) {
				s, bad := Parse(strings.TrimRight(string(text), "\r\n"))
				if bad != nil {
					bad = &LineError{line, strings.TrimSpace(string(text)), bad}
				} else {
					paced.add(&s)
				}
				paced = pacing{}
				if !yield(s, bad) {
					return
				}
			} else if p, ok := parsePacing(string(text)); ok && !long {
				paced = p
			}
			if err != nil {
				if err != io.EOF {
					yield(pacer.Sample{}, fmt.Errorf("gclog: line %d: %w", line, err))
				}
				return
			}
		}
	}
}

// looksLike reports whether a line is meant to be a collection's.
func looksLike(text string) bool {
	rest, ok := strings.CutPrefix(text, "gc ")
	return ok && rest != "" && '0' <= rest[0] && rest[0] <= '9' && strings.Contains(rest, "@")
}

// Read reads a whole log. Lines that cannot be read are returned, and the rest is used.
// It returns an error if no line is left, or the reader fails.
func Read(r io.Reader) (p pacer.Profile, bad []*LineError, err error) {
	p = pacer.Profile{GOGC: 100, Samples: []pacer.Sample{}}
	for s, e := range Samples(r) {
		var line *LineError
		switch {
		case errors.As(e, &line):
			bad = append(bad, line)
		case e != nil:
			return p, bad, e
		case len(p.Samples) > 0 && s.At < p.Samples[len(p.Samples)-1].At:
			return p, bad, fmt.Errorf("gclog: cycle %d begins before the one above it: are these the logs of two programs?", s.Cycle)
		case len(p.Samples) == pacer.MaxCycles:
			return p, bad, fmt.Errorf("gclog: over %d cycles", pacer.MaxCycles)
		default:
			p.Samples = append(p.Samples, s)
		}
	}
	if len(p.Samples) == 0 {
		return p, bad, fmt.Errorf("gclog: no line of GODEBUG=gctrace=1: %w", pacer.ErrNothing)
	}
	return p, bad, nil
}

// round are the values of GOGC that people set; one that is measured is taken for one of
// them if it is nearer than goals in MiB can tell.
var round = []int{10, 20, 25, 30, 40, 50, 75, 100, 125, 150, 200, 250, 300, 400, 500, 600, 800, 1000, 1500, 2000}

// GOGC returns the GOGC of a program without a memory limit, in percent, from the goals in
// its profile, each of which follows from the live heap of the cycle before; 100 if they
// do not tell. It is exact to the rounding of its source. Up to 1.17, where stacks and
// globals do not count, it is too little by their part.
// (`runtime/mgcpacer.go:(*gcControllerState).commit`)
func GOGC(p pacer.Profile) int {
	var all []float64
	half := uint64(0) // of the largest live heap: smaller ones say less
	for _, s := range p.Samples {
		half = max(half, s.Live/2)
	}
	for i := range max(len(p.Samples)-1, 0) {
		live, goal := p.Samples[i].Live, p.Samples[i+1].Goal
		if live > half && goal >= live {
			all = append(all, 100*float64(goal-live)/float64(live+p.Samples[i].Stacks+p.Samples[i].Globals))
		}
	}
	if len(all) == 0 {
		return 100
	}
	slices.Sort(all)
	got := all[len(all)/2]
	for _, n := range round {
		if math.Abs(got/float64(n)-1) < 0.05 {
			return n
		}
	}
	return int(min(max(got, 1), math.MaxInt32))
}

// Parse reads one line. gctrace rounds bytes of the heap down to MiB: they are half a MiB
// more here, which is what they are in the mean. (`runtime/mgc.go:gcMarkTermination`)
func Parse(text string) (s pacer.Sample, err error) {
	head, rest, ok := strings.Cut(text, ": ")
	if !ok {
		return s, errors.New("no colon")
	}
	words := strings.Fields(strings.TrimSuffix(head, " (checking for goroutine leaks)")) // since 1.26
	if len(words) != 4 || words[0] != "gc" {
		return s, fmt.Errorf("%.40q, want like \"gc 7 @1.204s 2%%\"", head)
	}
	if s.Cycle, err = strconv.ParseUint(words[1], 10, 64); err != nil {
		return s, fmt.Errorf("%.20q is no number of a cycle", words[1])
	}
	at := strings.TrimSuffix(strings.TrimPrefix(words[2], "@"), "s")
	if len(at) != len(words[2])-2 {
		return s, fmt.Errorf("time %.20q, want like @1.204s", words[2])
	}
	if s.At, err = duration(at, time.Second); err != nil {
		return s, err
	}
	if rest, ok = strings.CutSuffix(rest, " (forced)"); ok {
		s.Forced = true
	}
	var heaps, goal bool // it says what they are, even if they are 0 MB
	for i, part := range strings.Split(rest, ", ") {
		value, unit, _ := strings.Cut(part, " ")
		switch {
		case unit == "ms clock":
			err = clocks(&s, value)
		case unit == "ms cpu":
			err = cpus(&s, value)
		case strings.HasSuffix(value, "P") && unit == "" || unit == "P":
			if s.Procs, err = strconv.Atoi(strings.TrimSuffix(value, "P")); err != nil || s.Procs < 1 || s.Procs > 1<<16 {
				err = fmt.Errorf("%.20q is no number of processors in [1,%d]", value, 1<<16)
			}
		case unit == "MB goal":
			goal = true
			s.Goal, err = megabytes(value)
		case unit == "MB stacks":
			s.Stacks, err = megabytes(value)
		case unit == "MB globals":
			s.Globals, err = megabytes(value)
		case unit == "MB" && strings.Contains(value, "->"):
			heap := strings.Split(value, "->")
			if len(heap) != 3 {
				return s, fmt.Errorf("heap %.40q, want like 41->44->22", value)
			}
			heaps = true
			for i, p := range []*uint64{&s.Start, &s.End, &s.Live} {
				if *p, err = megabytes(heap[i]); err != nil {
					return s, err
				}
			}
		default:
			err = fmt.Errorf("part %d is %.40q, which is not known", i+1, part)
		}
		if err != nil {
			return s, err
		}
	}
	switch {
	case s.Procs == 0:
		return s, errors.New("no number of processors: the line breaks off")
	case !heaps || !goal:
		return s, errors.New("no heap")
	}
	for _, p := range []*uint64{&s.Start, &s.End, &s.Live, &s.Goal} {
		*p += 1 << 19
	}
	return s, nil
}

// clocks are sweep termination, mark and mark termination; in 1.5 there are five.
func clocks(s *pacer.Sample, text string) error {
	parts := strings.Split(text, "+")
	if len(parts) != 3 && len(parts) != 5 {
		return fmt.Errorf("clocks %.60q, want three or five", text)
	}
	for i, part := range parts {
		d, err := duration(part, time.Millisecond)
		if err != nil {
			return err
		}
		s.Took += d
		if i == 0 || i == len(parts)-1 {
			s.Paused += d
		}
	}
	return nil
}

// cpus are the same of all processors; the marking is by assists, background workers
// and idle processors.
func cpus(s *pacer.Sample, text string) error {
	parts := strings.Split(text, "+")
	if len(parts) != 3 && len(parts) != 5 {
		return fmt.Errorf("CPU times %.60q, want three or five", text)
	}
	for _, part := range parts {
		marking := strings.Split(part, "/")
		if len(marking) != 1 && len(marking) != 3 {
			return fmt.Errorf("CPU times of the marking %.60q, want three", part)
		}
		for i, text := range marking {
			d, err := duration(text, time.Millisecond)
			switch {
			case err != nil:
				return err
			case i == 2:
				s.Idle += d
			default:
				s.CPU += d
				if i == 0 && len(marking) == 3 {
					s.Assist += d
				}
			}
		}
	}
	return nil
}

func duration(text string, unit time.Duration) (time.Duration, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("%.20q is no time", text)
	}
	if v *= float64(unit); !(v >= 0 && v < 1<<56) {
		return 0, fmt.Errorf("time %.20q out of range", text)
	}
	return time.Duration(math.Round(v)), nil
}

func megabytes(text string) (uint64, error) {
	v, err := strconv.ParseUint(text, 10, 64)
	if err != nil || v > 1<<28 {
		return 0, fmt.Errorf("%.20q is no number of megabytes in [0,%d]", text, 1<<28)
	}
	return v << 20, nil
}
