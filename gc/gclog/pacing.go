package gclog

import (
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/gc/pacer"
)

// A pacing is what GODEBUG=gcpacertrace=1 reports of a cycle when it ends, in bytes.
// (`runtime/mgcpacer.go:(*gcControllerState).endCycle`)
type pacing struct {
	heap, stacks, globals uint64 // scanned
	start, end, goal      uint64
}

// parsePacing reads a line such as
//
//	pacer: 27% CPU (25 exp.) for 6253536+8064+157994 B work (157994 B exp.) in 88522752 B -> 94715904 B (∆goal 2321578, cons/mark 0)
//
// and reports whether it is one. Up to 1.17 they are different, and tell other things.
func parsePacing(text string) (p pacing, ok bool) {
	rest, ok := strings.CutPrefix(text, "pacer: ")
	if !ok {
		return pacing{}, false
	}
	between := func(before, after string) string {
		_, rest, _ = strings.Cut(rest, before)
		var word string
		word, rest, ok = strings.Cut(rest, after)
		return word
	}
	number := func(word string) uint64 {
		n, err := strconv.ParseUint(word, 10, 48)
		ok = ok && err == nil
		return n
	}
	work := between(" exp.) for ", " B work (")
	if !ok || strings.Count(work, "+") != 2 {
		return pacing{}, false
	}
	parts := strings.Split(work, "+")
	p.heap, p.stacks, p.globals = number(parts[0]), number(parts[1]), number(parts[2])
	if !ok {
		return pacing{}, false
	}
	if p.start = number(between(" exp.) in ", " B -> ")); !ok {
		return pacing{}, false
	}
	if p.end = number(between("", " B (∆goal ")); !ok {
		return pacing{}, false
	}
	past, err := strconv.ParseInt(between("", ", "), 10, 64)
	if !ok || err != nil {
		return pacing{}, false
	}
	p.goal = uint64(int64(p.end) - past)
	return p, true
}

// add adds it to the cycle if that is its own.
func (p pacing) add(s *pacer.Sample) {
	if p.start>>20 == s.Start>>20 && p.end>>20 == s.End>>20 && p.goal>>20 == s.Goal>>20 {
		s.Scanned, s.Stacks, s.Globals = p.heap+p.stacks+p.globals, p.stacks, p.globals
		s.Start, s.End, s.Goal = p.start, p.end, p.goal
	}
}
