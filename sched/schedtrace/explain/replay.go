package explain

import "slices"

const (
	maxStates = 48     // then the queues are no longer known
	maxQueues = 1 << 9 // in all states together
	maxProcs  = 4096
	fewStates = 8
	mostBag   = 32 // runnable goroutines that can be somewhere while the others are followed

	workPerEvent = 2       // states that may be made, on average
	mostWork     = 1 << 12 // at once
	enoughWork   = 1 << 10 // to begin again
	shortestRest = 1 << 6  // events without replay, after it has given up
	longestRest  = 1 << 13
)

// A proc is what the trace says of a P.
type proc struct {
	g, m    int32  // that run on it; 0 for none
	looking bool   // a thread looks for work with it
	handed  bool   // a thread that looked has given it up, perhaps for another, to which a goroutine is locked
	since   uint64 // looks since
	shown   uint64 // a thread that looked with it last began to run a goroutine then
	before  uint64 // the thread may have been handed what another took since then
	drains  *stamp // a dedicated mark worker runs on it, which may empty its queues meanwhile
}

// A thread is what the trace says of an M.
type thread struct {
	last   int32  // goroutine that ran on it
	stamp  *stamp // of its last event, if it put something somewhere
	list   *stamp // of the event before, if that was of a list, which is put after all its events
	inject bool   // it is putting a list of goroutines into queues
}

// A replay holds the set of states that the queues can be in.
type replay struct {
	rules
	procs   int // GOMAXPROCS
	now     uint64
	work    int    // states that may be made now
	over    bool   // more were needed for this event
	rest    uint64 // events for which the replay stops when it gives up next
	resumes uint64 // it does then
	ps      []proc
	threads []thread // by number from 1
	states  []*state
	warm    bool     // the queues are known
	globals []*stamp // that may still be open

	scheduler bool   // what makes a goroutine runnable now is no goroutine
	leftOut   uint64 // the last layer when that happened
	pruned    bool   // states that were possible are left out, since they are not likely
	thinned   bool   // r.cert.clean, when the states that are not likely were last left out
	doubt     int    // starts to come that those may explain otherwise
	believed  bool   // they were, so that schedtick may be another
	thieves   bool   // there were thieves that stole from thieves, since the queues were known
	layer     uint64 // starts that were explained
	settled   uint64 // of them, those that wait no more for what comes later
	pass      uint64

	cert     certifier
	wake     Wake           // of what becomes runnable now
	complete bool           // all that was runnable when the trace began is known
	bag      map[int32]bool // runnable since before the trace, so that nobody knows where
	runnable []int32        // goroutines, in no order
	place    []int32        // by goroutine, from 1, in that list
	lasts    []int32        // by goroutine, the threads on which it ran last
	waiting  int            // its length

	attempt attempt
	plain   bool // the last start had one explanation, whatever comes later
	slices  [maxStates]uint64
	spare   []*state // room for the next states
	keys    []uint64
	costs   []uint64
	spots   []spot

	// What is no longer possible is used again.
	kept, fresh []*state // possible after the last event, and made since
	reclaimed   uint64   // times
	stores      stores

	made   slab[state]
	queues slab[queue]
	nodes  layers[node]
	edges  layers[edge]
	found  [][]label // room for labels
	todo   []*node   // likewise
	stamps stamps
}

func newReplay(procs int, r rules) *replay {
	n := &replay{rules: r, procs: procs, ps: make([]proc, procs), threads: make([]thread, 1), bag: map[int32]bool{}, warm: true, work: mostWork}
	n.cert.given.keep, n.cert.made.keep, n.cert.grounds.keep = true, true, true
	n.states = []*state{n.newState()}
	return n
}

// event is called at each event of a thread before anything else.
func (r *replay) event(m int32) {
	r.tidy()
	r.now++
	r.work, r.over = min(r.work+workPerEvent, mostWork), false
	for int(m) >= len(r.threads) {
		r.threads = append(r.threads, thread{})
	}
	r.cert.event(m, r.now)
	t := &r.threads[m]
	t.list = nil
	if s := t.stamp; s != nil {
		s.closed = r.now
		t.stamp, t.list = nil, s
	}
}

// each replaces every state by what follows from it.
func (r *replay) each(f func(s *state, add func(*state))) {
	out := r.spare[:0]
	add := func(n *state) { out = append(out, n) }
	for _, s := range r.states {
		if f(s, add); r.over {
			if len(out) == 0 {
				return // the states remain those from which the starts up to now are explained
			}
			r.over = false
			r.leaveOut(true)
			break
		}
	}
	r.spare = r.states
	r.states = r.merge(out)
}

// spend counts a state with that number of queues. The replay has a share of the time that
// reading takes; if it needs more, it gives up.
func (r *replay) spend(queues int) {
	if r.work -= 1 + queues/16; r.work < -enoughWork {
		r.over = true
	}
}

// merge unites equal states, and those that differ in the possible values of schedtick
// alone.
func (r *replay) merge(states []*state) []*state {
	if len(states) < 2 {
		return states
	}
	keys := r.keys[:0]
	out := states[:0]
	for _, s := range states {
		k := s.key()
		i := slices.Index(keys, k)
		if i < 0 {
			keys = append(keys, k)
			out = append(out, s)
			continue
		}
		old := out[i]
		oc, nc := old.cost(), s.cost()
		if !r.cert.clean && oc >= nc+unlikely {
			s.unite(old)
			out[i] = s
			continue
		}
		for i, q := range s.queues {
			if (r.cert.clean || nc < oc+unlikely) && old.queues[i].ticks|q.ticks != old.queues[i].ticks {
				old.own(i).ticks |= q.ticks
			}
		}
		old.unite(s)
	}
	r.keys = keys
	clear(states[len(out):])
	return out
}

// others reports whether another P than p could have taken something that the trace does
// not show yet.
func (r *replay) others(p int) bool {
	for i := range r.ps {
		if i != p && (r.ps[i].looking || r.ps[i].handed && r.ps[i].m == 0) {
			return true
		}
	}
	return false
}

// setRunnable notes that a goroutine became runnable, or began to run. When none is
// runnable, the queues are known to be empty.
func (r *replay) setRunnable(g int32, to bool) {
	if to && !r.warm && r.waiting <= mostBag && r.rested() {
		r.lost()
	}
	for int(g) >= len(r.place) {
		r.place, r.lasts = append(r.place, 0), append(r.lasts, 0)
	}
	if (r.place[g] > 0) == to {
		return
	}
	if to {
		r.runnable = append(r.runnable, g)
		r.waiting++
		r.place[g] = int32(r.waiting)
		return
	}
	last := r.runnable[r.waiting-1]
	r.runnable[r.place[g]-1], r.place[last] = last, r.place[g]
	r.place[g] = 0
	r.waiting--
	r.runnable = r.runnable[:r.waiting]
	if r.waiting == 0 && r.complete {
		r.emptied()
	}
}

// stopped: the goroutine on the P no longer runs, and the thread looks for another.
func (r *replay) stopped(p int) {
	pp := &r.ps[p]
	if pp.drains != nil {
		r.each(func(s *state, add func(*state)) { r.drain(s, p, add); add(s) })
		pp.drains.closed = r.now
		pp.drains = nil
		r.cert.draining--
		r.cert.drained = r.now
	}
	pp.g, pp.looking, pp.since, pp.before = 0, true, r.now, r.now
	r.cert.begin(p, r.now, r.waiting, false)
}

// drain: a dedicated mark worker that is asked to stop moves what is in its P's queues to
// the global one. No event says so.
func (r *replay) drain(s *state, p int, add func(*state)) {
	if q := s.queues[p]; q.empty() && r.unknown(q) == 0 {
		return
	}
	n := s.fork()
	o := n.own(p)
	st := r.toGlobal(r.ps[p].drains)
	moved := make([]entry, 0, len(o.ring)+1)
	if o.next.g != 0 {
		moved = append(moved, o.next)
		o.next = entry{}
	}
	bag := r.unknown(o) > 0
	moved = append(moved, o.cut(len(o.ring))...)
	for i := range moved {
		moved[i].put, moved[i].global, moved[i].kicked = st.id, st.id, false
	}
	g := n.own(n.global())
	if bag {
		g.bag = among
	}
	g.push(moved...)
	add(n)
}

// acquired: a thread has the P.
func (r *replay) acquired(p int, m int32, looking bool) {
	pp := &r.ps[p]
	for _, s := range r.states {
		s.called = max(0, s.called-1)
	}
	pp.m, pp.since, pp.looking = m, r.now, looking
	if looking {
		r.cert.begin(p, r.now, r.waiting, true)
	}
}

// released: it has it no more. Its P may have been handed to another thread for a
// goroutine that is locked to it, so what it has taken may still be seen.
func (r *replay) released(p int) {
	pp := &r.ps[p]
	pp.handed = pp.looking
	r.cert.leave(p, r.now)
	pp.m, pp.g, pp.looking = 0, 0, false
}

// resize: GOMAXPROCS is another. The queues of Ps that go are put before the global one.
func (r *replay) resize(procs int) {
	for _, s := range r.states {
		for p := procs; p < r.procs && p < s.global(); p++ {
			if q := s.queues[p]; q.empty() && r.unknown(q) == 0 {
				continue
			}
			q, g := s.own(p), s.own(s.global())
			if r.unknown(q) > 0 {
				g.bag = among
			}
			moved := q.cut(len(q.ring))
			if q.next.g != 0 {
				moved = append([]entry{q.next}, moved...)
				q.next = entry{}
			}
			g.set(slices.Concat(moved, g.ring))
			g.base -= len(moved)
		}
	}
	r.procs = procs
	r.cert.horizon, r.cert.clean = r.now, false
}

// giveUp: too many states are possible. The replay rests, for longer than before if it has
// followed the queues for less time than it had rested.
func (r *replay) giveUp() {
	if r.now < r.resumes+r.rest {
		r.rest = min(4*r.rest, longestRest)
	} else {
		r.rest = max(r.rest/4, shortestRest)
	}
	r.resumes = r.now + r.rest
	r.lost()
}

func (r *replay) rested() bool { return r.work >= enoughWork && r.now >= r.resumes }

// lost: where what is runnable is, is no longer known.
func (r *replay) lost() {
	clear(r.bag)
	r.cert.clean = r.waiting == 0 && r.complete
	r.thieves, r.pruned, r.believed = false, false, false
	r.states = []*state{r.newState()}
	if r.cert.opened > 0 {
		r.states[0].queues[len(r.ps)].bag = among // a thread is about to put something there
	}
	r.over = false
	if r.warm = r.waiting <= mostBag && r.rested(); !r.warm {
		return
	}
	for _, g := range r.runnable {
		r.bag[g] = true
	}
}
