package whatif

import (
	"slices"
	"strconv"
	"strings"
)

// A condition is a sync.Cond with notes.
type condition struct {
	l          int32 // its lock
	readers    bool  // it is locked for reading
	broadcasts int32
}

// onCond is a note before an operation on a condition: its lock's kind, and the lock. It
// reports whether that is one.
func (r *recorder) onCond(g *runner, verb, on, rest string) bool {
	kind, l, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(kind)
	if _, bad := strconv.ParseUint(l, 16, 64); err != nil || bad != nil || n < 0 || n > 2 {
		return false
	}
	r.recorded.Conditions++
	key := on + " " + rest
	id, ok := r.onConds[key]
	if !ok {
		id = int32(len(r.conds))
		r.onConds[key] = id
		of := lock
		if n > 0 {
			of = rlock
		}
		r.conds = append(r.conds, &condition{l: r.locker(l, of), readers: n == 2})
	}
	c := r.conds[id]
	locked := r.lockers[c.l].noted
	if !locked { // as in a program that locks it
		r.put(g, op{verb: c.locks(), on: c.l})
	}
	switch o := (op{verb: condWait, on: id, n: -1}); verb {
	case "condwait":
		if h := c.holders(r.lockers[c.l]); locked && h.now <= 0 { // since before the recording
			h.add(-1)
			h.add(1)
		}
		g.condWait = r.put(g, o)
	case "signal":
		o.verb, o.n = signal, 0
		g.signals = r.put(g, o)
	default:
		o.verb, o.n = broadcast, c.broadcasts
		c.broadcasts++
		g.signals = r.put(g, o)
	}
	if !locked {
		r.put(g, op{verb: c.unlocks(), on: c.l})
	}
	if at, ok := g.unlocked[c.l]; ok && locked && g.signals >= 0 {
		if r.early == nil {
			r.early = map[place][]place{}
		}
		p := place{g.number, at}
		r.early[p] = append(r.early[p], place{g.number, int32(g.signals)})
	}
	return true
}

func (c *condition) locks() verb {
	if c.readers {
		return rlock
	}
	return lock
}

func (c *condition) unlocks() verb {
	if c.readers {
		return runlock
	}
	return unlock
}

func (c *condition) holders(l *locker) *counter {
	if c.readers {
		return &l.read
	}
	return &l.held
}

// passed ends a wait for a condition in which the goroutine did not have to wait.
func (g *runner) passed() {
	if g.condWait >= 0 {
		g.ops[g.condWait] = op{verb: work}
		g.condWait = -1
	}
}

// begins is the beginning of a wait for a condition. The note came before, and in between
// Wait has unlocked L (sync/cond.go:Cond.Wait): whatever that did, such as to wake a
// goroutine which locks L without a note, comes before the wait.
func (r *recorder) begins(g *runner) {
	c := r.conds[g.ops[g.condWait].on]
	from, to := g.condWait, g.condWait+1
	if to < len(g.ops) && g.ops[to].verb == c.unlocks() && g.ops[to].on == c.l { // between locking and unlocking
		from, to = from-1, to+1
	}
	wait, meanwhile := slices.Clone(g.ops[from:to]), slices.Clone(g.ops[to:])
	g.ops = g.ops[:from]
	for _, o := range meanwhile {
		if n := len(g.ops); n > 0 && o.verb == work && g.ops[n-1].verb == work {
			g.ops[n-1].d += o.d
		} else {
			g.ops = append(g.ops, o)
		}
	}
	g.condWait += len(g.ops) - from
	g.ops = append(g.ops, wait...)
}

// signalled reports whether a goroutine is in a Signal or Broadcast of the condition that g
// waits for: then that has ended the wait.
func (r *recorder) signalled(by, g *runner) bool {
	if by.signals < 0 || by.signals >= len(by.ops) {
		return false
	}
	s, w := &by.ops[by.signals], &g.ops[g.condWait]
	if s.on != w.on || s.verb != signal && s.verb != broadcast {
		return false
	}
	if w.like, w.n = int32(s.verb), s.n; s.verb == broadcast {
		s.like++
	} else {
		s.n++
		w.n = 0
	}
	g.condWait = -1
	return true
}

// linkConds finds the Broadcasts that have to wait until as many wait for them as in the
// recording: those of goroutines that wait for the condition themselves. There the last to
// come tells the others. Another goroutine, such as one that gives a start, does not look
// whether any waits.
func (w *Workload) linkConds() {
	after := map[place]bool{} // of these the lock is no longer held
	for _, all := range w.early {
		for _, p := range all {
			after[p] = true
		}
	}
	for i, s := range w.scripts {
		waits := map[int32]bool{}
		for _, o := range s.ops {
			if o.verb == condWait && o.n >= 0 && verb(o.like) == broadcast {
				waits[o.on] = true
			}
		}
		for j := range s.ops {
			if o := &s.ops[j]; o.verb == broadcast && (!waits[o.on] || after[place{int32(i), int32(j)}]) {
				o.like = 0
			}
		}
	}
}

// uncondition makes a wait for a condition, which something without a note has ended, one
// of any other kind, and returns its place.
func (r *recorder) uncondition(g *runner) int {
	at := g.condWait
	g.condWait = -1
	c := r.conds[g.ops[at].on]
	if next := at + 1; next < len(g.ops) { // between locking and unlocking
		g.ops[at-1], g.ops[next] = op{verb: work}, op{verb: work}
		return at
	}
	g.ops[at] = op{verb: c.unlocks(), on: c.l}
	at = r.put(g, op{verb: forever})
	r.put(g, op{verb: c.locks(), on: c.l})
	return at
}
