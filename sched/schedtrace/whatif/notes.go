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
	r.bursts(g, e.Time())
	r.goesOn(g, verb)
	if !r.noted(g, verb, rest, e.Stack()) {
		r.recorded.Ignored++
	}
}

// noted reads a note. It reports whether the text is one.
func (r *recorder) noted(g *runner, verb, rest string, at trace.Stack) bool {
	switch verb {
	case "select", "cases", "case":
		return r.onSelect(g, verb, rest, at)
	}
	on, numbers, _ := strings.Cut(rest, " ")
	_, err := strconv.ParseUint(on, 16, 64)
	return err == nil && r.operation(g, verb, on, numbers, at)
}

// goesOn ends what the goroutine's last note has begun, if its next note shows that.
func (r *recorder) goesOn(g *runner, verb string) {
	g.signals = -1
	g.passed()
	if verb != "case" {
		r.abandon(g)
	}
}

// operation is that of a note with an object and numbers.
func (r *recorder) operation(g *runner, verb, on, numbers string, at trace.Stack) bool {
	switch verb {
	case "signal", "broadcast", "condwait":
		return r.onCond(g, verb, on, numbers)
	case "atomicload", "atomicstore", "atomicadd", "atomicswap", "atomiccas":
		return r.onAtomic(g, verb, on, numbers, whereNoted(at))
	}
	n, err := strconv.ParseInt(numbers, 10, 64)
	if err != nil {
		return false
	}
	switch verb {
	case "send", "recv", "close", "cancel", "closed":
		if n < 0 || n > 1<<40 {
			return false
		}
		r.onChannel(g, verb, on, n, whereNoted(at))
	case "lock", "unlock", "rlock", "runlock", "add", "wait":
		if n < -1<<31 || n > 1<<31 {
			return false
		}
		r.onLock(g, verb, on, n)
	case "sleep":
		d := time.Duration(max(n, 0))
		r.put(g, op{verb: sleep, d: d})
		r.recorded.Waits += d
	default:
		return false
	}
	return true
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

// channel returns the number of a channel, or -1 for the nil channel.
func (r *recorder) channel(on string, size int64) int32 {
	if strings.Trim(on, "0") == "" {
		return -1
	}
	id, ok := r.chans[on]
	if !ok {
		id = int32(len(r.channels))
		r.chans[on] = id
		r.channels = append(r.channels, &channel{cap: size})
	}
	return id
}

// like returns the number of what happens to an object at a place of the program, or to
// any object if that is -1. The next number is for the last of a goroutine there.
func (r *recorder) like(on int32, at string) int32 {
	s := site{on: on, at: at}
	like, ok := r.sites[s]
	if !ok {
		like = r.likes
		r.sites[s] = like
		r.likes += 2
		code, ok := r.codes[at]
		if !ok {
			code = int32(len(r.codes))
			r.codes[at] = code
		}
		r.families = append(r.families, family{code: code})
	}
	return like
}

// onChannel is an operation on a channel.
func (r *recorder) onChannel(g *runner, verb, on string, size int64, at string) {
	id := r.channel(on, size)
	if id < 0 {
		r.put(g, op{verb: forever})
		return
	}
	c := r.channels[id]
	switch verb {
	case "send":
		if i := r.put(g, op{verb: send, on: id}); i >= 0 {
			c.sent = append(c.sent, place{g.number, int32(i)})
		}
	case "recv":
		if i := r.put(g, op{verb: recv, on: id, n: -1, like: r.like(id, at)}); i >= 0 {
			c.taken = append(c.taken, place{g.number, int32(i)})
		}
	case "closed": // what the receive has found, unless that was before the recording
		if o := g.passing(recv); o != nil && o.on == id {
			o.none = true
		}
	default:
		if verb == "close" || !c.closed { // cancel does nothing the second time
			r.put(g, op{verb: closes, on: id})
		}
		c.closed = true
	}
}

// passing returns the send or receive that is a goroutine's last operation, if it is.
func (g *runner) passing(v verb) *op {
	for i := len(g.ops) - 1; i >= 0; i-- {
		if o := &g.ops[i]; o.verb == v {
			return o
		} else if o.verb != work {
			break
		}
	}
	return nil
}

// stays marks the send or receive in which a goroutine waits to the end of the recording.
// Its note may be older than those of others that were done.
func (g *runner) stays() {
	if g.state != trace.GoWaiting || g.where != noted {
		return
	}
	for v, reason := range map[verb]string{send: "chan send", recv: "chan receive"} {
		if o := g.passing(v); o != nil && strings.HasPrefix(g.reason, reason) {
			o.none = true
		}
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
	id := r.locker(on, kind)
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
	r.holds(g, o, r.put(g, o))
}

// locker returns the number of a lock or a wait group.
func (r *recorder) locker(on string, kind verb) int32 {
	key := on + string(rune('a'+kind))
	id, ok := r.locks[key]
	if !ok {
		id = int32(len(r.lockers))
		r.locks[key] = id
		r.lockers = append(r.lockers, &locker{kind: kind})
	}
	return id
}

// holds records that an operation has locked or unlocked a lock.
func (r *recorder) holds(g *runner, o op, at int) {
	switch o.verb {
	case lock, rlock:
		r.lockers[o.on].noted = true
		delete(g.unlocked, o.on)
	case unlock, runlock:
		if g.unlocked == nil {
			g.unlocked = map[int32]int32{}
		}
		g.unlocked[o.on] = int32(at)
	}
}

// link finds the receive of each value, and tells the last receives of goroutines from
// the others: after the last something else comes.
func (w *Workload) link() {
	w.families = append(w.families, make([]family, max(int(w.likes)/2-len(w.families), 0))...)
	for _, c := range w.channels {
		c.got = make([]place, min(c.sends, c.recvs))
	}
	for i, s := range w.scripts {
		last := map[int32]int{}
		for j := range s.ops {
			o := &s.ops[j]
			on := o.on
			switch o.verb {
			case recv:
				last[o.like] = j
			case choose:
				if k, ok := w.took(o); !ok || k.def || k.send {
					continue
				} else {
					on = k.on
				}
			default:
				continue
			}
			if c := w.channels[on]; o.n >= c.sends {
				o.n = -1 // it was closed, or nothing came
			} else if o.n >= 0 {
				c.got[o.n] = place{int32(i), int32(j)}
			}
		}
		for like, j := range last {
			if s.ops[j].n >= 0 { // after a close any goroutine may be the one that got the most values
				s.ops[j].like = like + 1
			}
		}
	}
	w.linkSelects()
}
