package whatif

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/exp/trace"
)

// note is a log of package note, before an operation.
func (r *recorder) note(e trace.Event) {
	g := r.gs[e.Goroutine()]
	if g == nil || g.system {
		return
	}
	verb, rest, _ := strings.Cut(e.Log().Message, " ")
	on, number, ok := strings.Cut(rest, " ")
	n, err := strconv.ParseInt(number, 10, 64)
	if _, bad := strconv.ParseUint(on, 16, 64); !ok || err != nil || bad != nil {
		r.recorded.Ignored++
		return
	}
	r.bursts(g, e.Time())
	switch verb {
	case "send", "recv", "close":
		if n < 0 || n > 1<<40 {
			r.recorded.Ignored++
			return
		}
		r.onChannel(g, verb, on, n, whereNoted(e.Stack()))
	case "lock", "unlock", "rlock", "runlock", "add", "wait":
		if n < -1<<31 || n > 1<<31 {
			r.recorded.Ignored++
			return
		}
		r.onLock(g, verb, on, n)
	case "sleep":
		d := time.Duration(max(n, 0))
		r.put(g, op{verb: sleep, d: d})
		r.recorded.Waits += d
	default:
		r.recorded.Ignored++
	}
}

// whereNoted returns the place that package note was called from.
func whereNoted(s trace.Stack) string {
	n := 0
	for f := range s.Frames() {
		if !strings.Contains(f.Func, frames) && f.Func != "runtime/trace.Log" {
			return f.Func + ":" + strconv.FormatUint(f.Line, 10)
		}
		if n++; n == 64 {
			break
		}
	}
	return ""
}

// onChannel is an operation on a channel. Channels are first in, first out, as are the
// goroutines that wait for them: the receive that begins as the nth gets what the send
// that began as the nth has sent.
func (r *recorder) onChannel(g *runner, verb, on string, size int64, at string) {
	id, ok := r.chans[on]
	if !ok {
		id = int32(len(r.channels))
		r.chans[on] = id
		r.channels = append(r.channels, &channel{cap: size})
	}
	c := r.channels[id]
	switch verb {
	case "send":
		r.put(g, op{verb: send, on: id, n: c.sends})
		c.sends++
	case "recv":
		s := site{on: id, at: at}
		like, ok := r.sites[s]
		if !ok {
			like = r.likes
			r.sites[s] = like
			r.likes += 2 // those that are not the last of a goroutine there, and those that are
		}
		r.put(g, op{verb: recv, on: id, n: c.recvs, like: like})
		c.recvs++
	default:
		r.put(g, op{verb: closes, on: id})
	}
}

// onLock is an operation on a lock or a wait group.
func (r *recorder) onLock(g *runner, verb, on string, n int64) {
	kind := add
	switch verb {
	case "lock", "unlock", "rlock", "runlock":
		if kind = lock; n == 1 {
			kind = rlock
		}
		r.recorded.Locks = true
	}
	key := on + string(rune('a'+kind))
	id, ok := r.locks[key]
	if !ok {
		id = int32(len(r.lockers))
		r.locks[key] = id
		r.lockers = append(r.lockers, &locker{kind: kind})
	}
	l := r.lockers[id]
	o := op{on: id}
	switch verb {
	case "lock":
		o.verb = lock
		l.held.add(1)
	case "unlock":
		o.verb = unlock
		l.held.add(-1)
	case "rlock":
		o.verb = rlock
		l.read.add(1)
	case "runlock":
		o.verb = runlock
		l.read.add(-1)
	case "add":
		o.verb, o.n = add, int32(n)
		l.held.add(n)
	case "wait":
		o.verb = wait
	}
	r.put(g, o)
}

// link finds the receive of each value, and tells the last receives of goroutines from
// the others: after the last something else comes.
func (w *Workload) link() {
	for _, c := range w.channels {
		c.got = make([]place, min(c.sends, c.recvs))
	}
	for i, s := range w.scripts {
		last := map[int32]int{}
		for j := range s.ops {
			o := &s.ops[j]
			if o.verb != recv {
				continue
			}
			last[o.like] = j
			if c := w.channels[o.on]; o.n >= c.sends {
				o.n = -1 // it was closed, or nothing came
			} else {
				c.got[o.n] = place{int32(i), int32(j)}
			}
		}
		for like, j := range last {
			if s.ops[j].n >= 0 { // after a close any goroutine may be the one that got the most values
				s.ops[j].like = like + 1
			}
		}
	}
}
