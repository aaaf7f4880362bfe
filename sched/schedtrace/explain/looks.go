package explain

import "slices"

func (c *certifier) proc(p int) *certProc {
	for p >= len(c.procs) {
		l := &look{p: len(c.procs), idle: true, to: open}
		c.procs = append(c.procs, certProc{base: 1, idle: l, looks: []*look{l}})
	}
	return &c.procs[p]
}

func (c *certifier) thread(m int32) *certThread {
	for int(m) >= len(c.threads) {
		c.threads = append(c.threads, certThread{})
	}
	return &c.threads[m]
}

func (c *certifier) event(m int32, now uint64) {
	t := c.thread(m)
	t.before, t.last = t.last, now
	for _, u := range t.open {
		u.closed = now
	}
	t.listed = t.listed[:0]
	for _, u := range t.kicks {
		u.kicked = now
	}
	t.kicks = t.kicks[:0]
	if len(t.open) > 0 {
		t.open, t.listed = t.listed, t.open
		c.opened--
	}
}

func (c *certifier) of(g int32) *put {
	for int(g) >= len(c.puts) {
		c.puts, c.ranOn = append(c.puts, nil), append(c.ranOn, 0)
	}
	return c.puts[g]
}

// ready: a goroutine became runnable, and thread m puts it somewhere.
func (c *certifier) ready(u *put, now uint64, waiting int, ways []way) {
	if old := c.of(u.g); old != nil {
		old.current = false
	}
	c.puts[u.g] = u
	if on := c.ranOn[u.g]; on > 0 && c.threads[on].ran == u.g {
		u.back = true
		c.back++
	}
	if waiting >= nearFull {
		c.full = now
	}
	inject := slices.Contains(ways, injecting)
	if len(c.procs) > 1 && c.clean && (c.looking() > 1 || waiting >= nearFull || c.draining > 0 || inject) {
		c.clean = false
	}
	if inject || slices.Contains(ways, toGlobal) {
		c.global = true
		t := c.thread(u.m)
		if len(t.open) == 0 {
			c.opened++
		}
		// All of a list have their events before any is in its queue.
		for _, o := range t.listed {
			o.closed = open
		}
		t.open = append(append(t.open, t.listed...), u)
		t.listed = t.listed[:0]
		if c.opened > 1 {
			c.clean = false
		}
	}
	if len(ways) != 1 {
		if u.p >= 0 && slices.Contains(ways, toNext) {
			q := c.proc(u.p)
			if q.next != nil {
				q.next.kind = anywhere
			}
			q.next = u
		}
		return
	}
	switch ways[0] {
	case toNext:
		u.kind = inNext
		q := c.proc(u.p)
		if q.next != nil && q.next.kind == inNext {
			q.next.kind, q.next.kicked = inRing, open
			q.push(q.next, c.most())
			t := c.thread(u.m)
			t.kicks = append(t.kicks, q.next)
		}
		q.next = u
	case toTail:
		u.kind = inRing
		c.proc(u.p).push(u, c.most())
	case toGlobal:
		u.kind = inGlobal
	case toHand:
		u.kind = toRun
	}
}

// most is how many puts into the ring of each P are kept.
func (c *certifier) most() int { return min(1<<13, max(64, 1<<16/len(c.procs))) }

func (q *certProc) push(u *put, most int) {
	q.left++
	q.puts = append(q.puts, u)
	u.nth = q.base + uint64(len(q.puts)) - 1
	if len(q.puts) >= 2*most {
		gone := len(q.puts) - most
		q.base += uint64(gone)
		q.puts = slices.Delete(q.puts, 0, gone)
	}
}

// between reports whether one of the ring's goroutines after the lo-th and before the
// hi-th ran before an event. If it looks too far, it says no.
func (q *certProc) between(lo, hi, before uint64) bool {
	from, to := max(lo+1, q.base), min(hi, q.base+uint64(len(q.puts)))
	for i := from; i < to && i < from+fewPlaces; i++ {
		if u := q.puts[i-q.base]; u.passed && u.start < before {
			return true
		}
	}
	return false
}

// tail is the last of those in the ring, put before an event, that has not run.
func (q *certProc) tail(before uint64) *put {
	for n := len(q.puts) - 1; n >= 0 && n > len(q.puts)-fewPlaces && q.left > 0; n-- {
		if u := q.puts[n]; u.kind == inRing && u.start == 0 && u.at < before {
			return u
		}
	}
	return nil
}

// looking is how many threads look for work with a P.
func (c *certifier) looking() (n int) {
	for i := range c.procs {
		if c.procs[i].now != nil || c.procs[i].handed != nil {
			n++
		}
	}
	return n
}

func (c *certifier) look(p int, idle bool, now uint64) *look {
	q := c.proc(p)
	l := c.made.next()
	*l = look{}
	l.p, l.idle, l.from, l.to = p, idle, now, open
	q.looks = append(recent(q.looks), l)
	if !idle {
		q.takers = append(recent(q.takers), l)
	}
	return l
}

// recent forgets all but the last mostLooks that took something, or may have, if there are
// twice as many: with these there are more than mostOthers of whatever was put before them.
func recent(looks []*look) []*look {
	if len(looks) < 2*mostLooks {
		return looks
	}
	looks = slices.DeleteFunc(looks, func(l *look) bool { return l.nothing })
	return slices.Delete(looks, 0, max(0, len(looks)-mostLooks))
}

// nothing: a look has ended without taking anything.
func (q *certProc) nothing(l *look) {
	l.nothing = true
	if n := len(q.takers); n > 0 && q.takers[n-1] == l {
		q.takers[n-1] = nil
		q.takers = q.takers[:n-1]
	}
}

// begin: a P's thread looks for work.
func (c *certifier) begin(p int, now uint64, waiting int, acquired bool) {
	q := c.proc(p)
	if q.now != nil {
		q.now.to = now
	}
	if q.idle != nil {
		q.idle.to = now
	}
	q.now = c.look(p, false, now)
	if waiting > 0 && (c.looking() > 1 || acquired && c.global) {
		c.clean = false
	}
}

// leave: a thread gives the P up. It may have taken a goroutine that is locked to another.
func (c *certifier) leave(p int, now uint64) {
	q := c.proc(p)
	if q.idle != nil {
		q.idle.to, q.idle.nothing = min(q.idle.to, now), c.back == 0
	}
	if q.now != nil {
		q.now.to = now
		if c.back > 0 {
			q.handed, c.clean = q.now, false
		} else {
			q.nothing(q.now)
		}
		q.now = nil
	}
	q.idle = c.look(p, true, now)
}

// stop: the world begins to be stopped. What is preempted meanwhile may go to runnext.
func (c *certifier) stop(now uint64, waiting int) {
	c.stopped = now
	for i := range c.procs {
		if u := c.procs[i].next; u != nil {
			u.kind = anywhere
		}
	}
	if waiting > 0 && len(c.procs) > 1 {
		c.clean = false
	}
}

// runs: it turns out that a goroutine has been running.
func (c *certifier) runs(g, m int32, p int, now uint64) {
	c.of(g)
	q := c.proc(p)
	if q.idle != nil {
		q.idle.to = min(q.idle.to, now)
	}
	if q.now != nil {
		q.now.to = now
	}
	q.now, q.handed, q.idle = nil, nil, nil
	c.thread(m).ran, c.ranOn[g] = g, m
}

// start: a goroutine begins to run. It says what is certain of it, unless that depends on
// what comes later: then there is a ground, for settle.
func (c *certifier) start(g, m int32, p int, now uint64, stopping bool) (sure, *ground) {
	q, t := c.proc(p), c.thread(m)
	u := c.of(g)
	mine := q.now
	handed := q.handed != nil && t.ran == g
	if q.handed != nil {
		q.handed.out = u
		if !handed {
			q.nothing(q.handed)
		} else if u != nil {
			u.kind = anywhere // it was taken before
		}
	}
	if q.idle != nil {
		q.idle.to, q.idle.out = min(q.idle.to, now), u
	}
	q.now, q.handed, q.idle = nil, nil, nil
	if mine != nil {
		mine.to, mine.out = now, u
	}
	if t.ran != g {
		if o := c.of(t.ran); t.ran > 0 && o != nil && o.back {
			o.back = false
			c.back--
		}
	}
	began := t.began
	t.ran, t.began, c.ranOn[g] = g, now, m
	if u == nil {
		return sure{}, nil
	}
	c.puts[g], u.current = nil, false
	if u.back {
		c.back--
	}
	if u.p >= 0 {
		o := c.proc(u.p)
		if o.next == u {
			o.next = nil
		}
		if u.nth > 0 {
			o.left--
		}
	}
	u.start = now
	drained := c.draining > 0 || c.drained > u.at
	if u.at <= c.horizon || u.preempted && (stopping || c.stopped > u.at) || drained && u.kind != toRun || c.full >= u.at && u.kind == inRing {
		u.kind = anywhere
	}
	u.passed = u.kind == inRing && (p == u.p || u.kicked == 0 || mine != nil && mine.from >= u.kicked)
	if u.kind != inRing && u.kind != inGlobal {
		near := m == u.m && began <= u.at && (u.kind == toRun || mine != nil && mine.from <= u.at && t.before == u.at)
		return u.outside(p, near), nil
	}
	if mine == nil {
		return sure{put: true}, nil
	}
	d := c.grounds.next()
	d.put, d.p = u, p
	if u.kind == inRing {
		d.gone = c.proc(u.p).between(u.nth, open, mine.from)
	}
	var many bool
	if d.others, many = c.others(u, mine, d.others); many {
		c.drop(d)
		return sure{put: true}, nil
	}
	d.tail = c.proc(p).tail(mine.from)
	if u.kind == inRing && u.p == p && (d.tail == nil || d.tail.nth < u.nth) && u.at < mine.from {
		d.tail, d.rivals = u, append(d.rivals, d.others...)
	} else if d.tail != nil {
		d.rivals, many = c.others(d.tail, mine, d.rivals)
		if z := d.tail; many || drained || c.drained > z.at || c.full >= z.at || z.at <= c.horizon {
			d.tail = nil
		}
	}
	if len(d.others) == 0 && (d.tail == nil || d.gone || u.kind == inGlobal || u.p == p) {
		// No other matters, and it was in no other ring.
		s := c.settle(d)
		c.drop(d)
		if s.alone != nil {
			s.alone.awaited = true
		}
		return s, nil
	}
	return sure{put: true}, d
}

// others adds the looks, but mine, that may have taken a goroutine by now. There may be too
// many to say.
func (c *certifier) others(u *put, mine *look, out []*look) (all []*look, many bool) {
	n := 0
	for i := range c.procs {
		q := &c.procs[i]
		looks := q.looks
		if u.kind != inGlobal {
			looks = q.takers
		}
		for k := len(looks) - 1; k >= 0 && looks[k].to > u.at; k-- {
			l := looks[k]
			if l == mine || l.nothing {
				continue
			}
			if n++; n > mostOthers {
				return out[:0], true
			}
			if !l.never() {
				out = append(out, l)
			}
		}
	}
	return out, false
}
