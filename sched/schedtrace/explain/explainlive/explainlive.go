// Package explainlive holds the explanations of package explain against the truth: it
// runs programs with a runtime that package overlay has made, whose notes say where every
// goroutine came from, and compares start by start.
package explainlive

import (
	"bytes"
	"fmt"

	"github.com/orrery-go/orrery/internal/overlay"
	"github.com/orrery-go/orrery/sched/schedtrace/explain"
)

// A Comparison counts.
type Comparison struct {
	Starts   int
	Compared int // unique, and noted
	Wrong    []string
	WrongN   int
	// of those that are explained only if the order of events is that of what they tell
	Order, OrderWrong int
	Several           []string
	Stats             explain.Stats
}

// Compare explains a trace and compares what is unique with the notes. It returns an error
// that wraps [overlay.ErrLost] if there was no room for all notes.
func Compare(trace []byte, threads []overlay.Thread) (Comparison, error) {
	var c Comparison
	notes := map[int64][]overlay.Note{}
	for _, t := range threads {
		for _, n := range overlay.Notes(t.Words) {
			if n.Kind == overlay.Started {
				notes[int64(t.ID)] = append(notes[int64(t.ID)], n)
			}
		}
		if t.Lost > 0 {
			return c, fmt.Errorf("explainlive: %w: %d of a thread", overlay.ErrLost, t.Lost)
		}
	}
	e, err := explain.New(bytes.NewReader(trace))
	if err != nil {
		return c, err
	}
	for s := range e.Starts() {
		c.Starts++
		if len(threads) == 0 {
			continue
		}
		q := notes[s.M]
		// The notes begin before the trace and end after it.
		for len(q) > 0 && int64(q[0].Object) != s.G && c.Compared == 0 {
			q = q[1:]
		}
		if len(q) == 0 || int64(q[0].Object) != s.G {
			return c, fmt.Errorf("start %d of goroutine %d on thread %d is not noted", s.Seq, s.G, s.M)
		}
		n := q[0]
		notes[s.M] = q[1:]
		if s.Verdict == explain.Several && len(c.Several) < 5 {
			c.Several = append(c.Several, fmt.Sprintf("start %d at %v of goroutine %d on P %d: among %v, truth %+v", s.Seq, s.At, s.G, s.P, s.Among, n))
		}
		if s.Verdict != explain.Unique && s.Verdict != explain.UpToOrder {
			continue
		}
		want, from := truth(n, s)
		wrong := want != s.Source || from != s.From || s.Moved != 0 && s.Source != explain.Network && s.Moved != int(n.Count)
		if s.Verdict == explain.UpToOrder {
			c.Order++
			if wrong {
				c.OrderWrong++
			}
			continue
		}
		c.Compared++
		if wrong {
			c.WrongN++
			if len(c.Wrong) < 10 {
				c.Wrong = append(c.Wrong, fmt.Sprintf("start %d at %v of goroutine %d on P %d: %s %d (%d moved), truth %s %d (%d) %+v", s.Seq, s.At, s.G, s.P, s.Source, s.From, s.Moved, want, from, n.Count, n))
			}
		}
	}
	c.Stats = e.Stats()
	return c, e.Err()
}

// truth is what a note says, in the words of package explain.
func truth(n overlay.Note, s explain.Start) (explain.Source, int) {
	switch n.From {
	case overlay.Next:
		// What the scheduler has made runnable for the network or the runtime, and runs at
		// once: that it was in runnext for a moment, no trace shows.
		if s.Source == explain.Network && s.Wake == explain.ByNetwork {
			return explain.Network, -1
		}
		if s.Source == explain.System && s.Wake == explain.ByRuntime {
			return explain.System, -1
		}
		return explain.Next, -1
	case overlay.Ring:
		return explain.Ring, -1
	case overlay.GlobalTurn, overlay.GlobalBatch:
		return explain.Global, -1
	case overlay.Stolen:
		return explain.Stolen, n.Victim
	case overlay.Netpoll:
		return explain.Network, -1
	case overlay.Worker, overlay.IdleWorker, overlay.Reader:
		return explain.System, -1
	case overlay.Syscall, overlay.SyscallIdle:
		return explain.Syscall, -1
	case overlay.Switched:
		return explain.Switched, -1
	case overlay.Resized:
		return explain.Again, -1
	case overlay.Again:
		if s.Source == explain.Network && s.Wake == explain.ByNetwork {
			return explain.Network, -1
		}
		return explain.Again, -1
	}
	return explain.Unknown, -1
}
