package explain

import (
	"slices"
)

// A way names a place where a goroutine can go when it becomes runnable.
type way int

const (
	toNext    way = iota // ready, go
	toTail               // of the ring
	toGlobal             // at its tail
	toHand               // to run at once
	toGoOn               // likewise, since it need not wait after all
	injecting            // a list: to the global queue for each idle P, then to the ring
)

// ready makes a goroutine runnable in one of several ways, by a thread, on a P, or -1.
func (r *replay) ready(g, m int32, p int, h origin, slice int, ways ...way) {
	r.setRunnable(g, true)
	if p < 0 {
		ways = slices.DeleteFunc(slices.Clone(ways), func(w way) bool { return w == toNext || w == toTail })
	}
	u := r.cert.given.next()
	*u = put{}
	u.g, u.m, u.p, u.source, u.at, u.closed, u.current = g, m, p, h, r.now, open, true
	u.preempted, u.network = r.wake == Preempted, r.wake == ByNetwork && p >= 0
	r.cert.ready(u, r.now, r.waiting, ways)
	if !r.warm {
		return
	}
	first := r.threads[m].list == nil // of what its thread makes runnable at once
	if t := &r.threads[m]; t.list != nil && (slices.Contains(ways, injecting) || slices.Contains(ways, toGlobal)) {
		t.stamp, t.list = t.list, nil
		t.stamp.closed = open
	}
	st := r.stamp(m)
	if p >= 0 && ways[0] == toNext && r.idle() > 0 && !r.others(p) {
		// A thread is called for, which spins until it shows something.
		for _, s := range r.states {
			s.called = max(s.called, 1)
		}
	}
	if slices.Contains(ways, injecting) {
		r.threads[m].inject = true
	}
	if len(ways) == 1 && r.plainPut(g, m, p, h, slice, ways[0], st) {
		return
	}
	// A thread that has something to run at once makes nothing else runnable before it does.
	if r.scheduler {
		idle := func(s *state) bool {
			return !slices.ContainsFunc(s.hands, func(h hand) bool { return h.m == m })
		}
		if slices.ContainsFunc(r.states, idle) {
			r.states = slices.DeleteFunc(r.states, func(s *state) bool { return !idle(s) })
		}
	}
	r.each(func(s *state, add func(*state)) {
		for i, w := range ways {
			n := s
			if i < len(ways)-1 {
				n = s.fork()
			}
			if n.owes == m && (w != toHand && w != toGoOn && w != injecting) {
				continue // the last of a list runs at once
			}
			if h == fromNetwork && p >= 0 && n.owes != m && (w == toHand || w == injecting) && !n.queues[p].empty() {
				if !r.others(p) {
					continue // it polls only if it has nothing
				}
				if n.queues[p].next.g != 0 {
					n.loseNext(p, r.now)
				}
				n.lose(p, len(n.queues[p].ring), r.now)
			}
			switch w {
			case toHand:
				n.owes = 0
				if h == fromAgain && ways[0] == toNext {
					n.bits += unlikely // a timer that fires at once is likelier
				}
				n.hands = append(slices.Clip(n.hands), hand{g: g, m: m, from: h, slice: slice, victim: -1})
				add(n)
			case toGoOn:
				n.owes = 0
				n.hands = append(slices.Clip(n.hands), hand{g: g, m: m, from: fromAgain, victim: -1})
				add(n)
			case injecting:
				if h != fromNetwork {
					n.bits += unlikely // a list of what waits for the collector, by a goroutine
				}
				if p >= 0 {
					c := n.fork()
					if c.inject != m && c.injected < c.idle() {
						c.bits += unlikely
					}
					c.inject = m
					if h == fromNetwork {
						c.owes = m
					}
					r.put(c, g, p, toTail, st, add)
				}
				if n.inject != m && (p < 0 || n.injected < r.idle()) {
					if p >= 0 && n.injected >= n.idle() {
						n.bits += unlikely
					}
					n.injected++
					if h == fromNetwork && p >= 0 {
						n.owes = m
					}
					r.put(n, g, p, toGlobal, st, add)
				}
			default:
				if h == fromNetwork && w == toNext && first {
					n.bits += deadline
				}
				r.put(n, g, p, w, st, add)
			}
		}
	})
}

func (r *replay) idle() (n int) {
	for i := range r.procs {
		if r.ps[i].m == 0 {
			n++
		}
	}
	return n
}

// idle is how many Ps are in the list of those that are idle, as far as is known.
func (s *state) idle() int { return s.r.idle() - s.called }

// full reports whether a put may have more than one outcome.
func (r *replay) full(s *state, p int, w way) bool {
	return (w == toNext || w == toTail) && p >= 0 && len(s.queues[p].ring)+r.unknown(s.queues[p]) >= ringSize-1
}

// put puts a goroutine where it goes. What follows, it adds, unless add is nil and there
// is but one outcome.
func (r *replay) put(s *state, g int32, p int, w way, st *stamp, add func(*state)) {
	done := func(s *state) {
		if add != nil {
			add(s)
		}
	}
	e := entry{g: g, put: st.id}
	if w == toGlobal {
		e.global = r.toGlobal(st).id
		q := s.own(s.global())
		q.push(e)
		done(s)
		return
	}
	q := s.own(p)
	if w == toNext && !r.noNext {
		e, q.next = q.next, e
		if e.g == 0 {
			if q.bag == inFront && len(q.ring) > 0 {
				q.bag = among // one of the bag may have been moved from runnext to the tail
			}
			done(s)
			return
		}
		e.put, e.kicked = st.id, true
	}
	l, bag := len(q.ring), r.unknown(q)
	if l+bag < ringSize {
		q.push(e)
		done(s)
		return
	}
	// The ring may be full; unless another has taken some, or if what was runnable before
	// the trace is in front.
	if l < ringSize || r.others(p) && (l > ringSize || !r.frugal()) {
		n := s.fork()
		o := n.own(p)
		o.push(e)
		if l == ringSize {
			n.bits += unlikely
		}
		add(n)
	}
	for front := max(0, ringSize-l); front <= bag; front++ {
		n := s.fork()
		if lost := l + front - ringSize; lost > 0 {
			if !r.others(p) || r.frugal() {
				continue
			}
			n.lose(p, lost, r.now)
		}
		r.overflow(n, p, ringSize/2-front, e, st)
		add(n)
	}
}

// unknown is how many may be in front of a ring that were runnable before.
func (r *replay) unknown(q *queue) int {
	if q.bag == nowhere {
		return 0
	}
	return len(r.bag)
}

// overflow moves the first k of a ring, and one, to the global queue.
func (r *replay) overflow(s *state, p, k int, e entry, st *stamp) {
	r.toGlobal(st)
	q, glob := s.own(p), s.own(s.global())
	if bag := r.unknown(q); bag > 0 {
		glob.bag = among
	}
	if q.bag == inFront {
		q.bag = nowhere // half of a ring is more
	}
	r.work -= len(glob.ring) / 32
	var moved [ringSize/2 + 1]entry
	hashed := hash(q.ring[:k])
	for i, m := range q.remove(k, hashed) {
		moved[i] = entry{g: m.g, put: st.id, global: st.id}
	}
	moved[k] = entry{g: e.g, put: st.id, global: st.id}
	glob.add(moved[:k+1], hashed+mixed(e.g)*power(k))
}

// endInject is called at each event of a thread that makes no goroutine runnable.
func (r *replay) endInject(m int32) {
	if !r.threads[m].inject {
		return
	}
	r.threads[m].inject = false
	some := slices.ContainsFunc(r.states, func(s *state) bool { return s.owes != m })
	r.states = slices.DeleteFunc(r.states, func(s *state) bool { return some && s.owes == m })
	for _, s := range r.states {
		if s.inject == m {
			s.inject = 0
		}
		s.called = min(s.called+s.injected, r.idle())
		s.injected = 0
	}
}

func (r *replay) stamp(m int32) *stamp {
	t := &r.threads[m]
	if t.stamp == nil {
		t.stamp = r.stamps.next()
		t.stamp.at, t.stamp.closed, t.stamp.m = r.now, open, m
	}
	return t.stamp
}

// toGlobal notes that something is put into the global queue.
func (r *replay) toGlobal(st *stamp) *stamp {
	if closed := func(s *stamp) bool { return s.closed != open }; slices.ContainsFunc(r.globals, closed) {
		r.globals = slices.DeleteFunc(r.globals, closed)
	}
	if slices.Contains(r.globals, st) {
		return st
	}
	for _, s := range r.globals {
		s.overlaps, st.overlaps = true, true
	}
	r.globals = append(r.globals, st)
	return st
}
