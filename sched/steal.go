package sched

// stealTries is the number of times that a thread that looks for work goes over all Ps.
// The last time it also takes timers and runnext.
const stealTries = 4

// A randomOrder enumerates the Ps in one of several random orders
// (runtime/proc.go:stealOrder): from a random P, by a step that is coprime to their
// number.
type randomOrder struct {
	count    int
	coprimes []int
}

func (o *randomOrder) reset(count int) {
	o.count, o.coprimes = count, o.coprimes[:0]
	for i := 1; i <= count; i++ {
		if gcd(i, count) == 1 {
			o.coprimes = append(o.coprimes, i)
		}
	}
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// A thief is the progress of a thread in stealing.
type thief struct {
	round    int
	i        int // of the Ps of this round, or of all tries before Go 1.8
	pos, inc int
	waited   int32 // the victim's runnext before the thread backed off
	ranTimer bool
}

func (t *thief) begin() { *t = thief{} }

// A theft is the result of stealing.
type theft uint8

const (
	nothingToSteal theft = iota
	stole
	backsOff // the thread waits before it takes a runnext
	newWork  // timers ran, or the world is to stop: look again
)

// stealWork goes over the other Ps, from where the thread is
// (runtime/proc.go:stealWork).
func (s *Sim) stealWork(m *m) (gp *g, inherit bool, what theft) {
	if !s.rules.enumerates {
		return s.stealAtRandom(m)
	}
	t := &m.thief
	for ; t.round < stealTries; t.round, t.i = t.round+1, 0 {
		last := t.round == stealTries-1
		if t.i == 0 && t.waited == 0 {
			r := s.draw(s.steal.count * len(s.steal.coprimes))
			t.pos = r % s.steal.count
			t.inc = s.steal.coprimes[r/s.steal.count]
		}
		for t.i < s.steal.count {
			if s.gcwaiting {
				return nil, false, newWork
			}
			if gp, inherit, what := s.stealFrom(m, s.ps[t.pos], last); what != nothingToSteal {
				return gp, inherit, what
			}
			t.i++
			t.pos = (t.pos + t.inc) % s.steal.count
		}
	}
	if t.ranTimer {
		return nil, false, newWork
	}
	return nil, false, nothingToSteal
}

// stealAtRandom is stealWork up to Go 1.7: a number of tries, each with a random P,
// possibly the thread's own.
func (s *Sim) stealAtRandom(m *m) (gp *g, inherit bool, what theft) {
	t := &m.thief
	tries := 2 * int(s.procs)
	if s.rules.stealsNext {
		tries *= 2
	}
	for ; t.i < tries; t.i++ {
		if s.gcwaiting {
			return nil, false, newWork
		}
		if t.waited == 0 {
			t.pos = s.draw(int(s.procs))
		}
		if gp, inherit, what := s.stealFrom(m, s.ps[t.pos], s.rules.stealsNext && t.i > tries/2); what != nothingToSteal {
			return gp, inherit, what
		}
	}
	return nil, false, nothingToSteal
}

// stealFrom tries one P.
func (s *Sim) stealFrom(m *m, victim *p, last bool) (gp *g, inherit bool, what theft) {
	pp := s.ps[m.p]
	if victim == pp {
		return nil, false, nothingToSteal
	}
	if last && s.stealTimers(m, victim) {
		if slot, inherit := pp.local.Get(); slot != 0 {
			return s.gs.at(slot), inherit, stole
		}
		m.thief.ranTimer = true
	}
	if victim.status == pIdle {
		return nil, false, nothingToSteal
	}
	slot, n := s.runqsteal(pp, victim)
	if next := victim.local.Next(); slot == 0 && last && s.rules.stealsNext && next != 0 {
		// The victim is about to run it, and mostly does so sooner than another thread
		// could.
		if victim.status == pRunning && victim.m != nil && m.thief.waited != next && s.costs.Backoff > 0 && !inSyscall(victim) {
			m.thief.waited = next
			m.state, m.at = mBackoff, s.now+s.costs.Backoff+s.rules.longPause
			return nil, false, backsOff
		}
		slot, n = victim.local.TakeNext(), 1
	}
	m.thief.waited = 0
	if slot == 0 {
		return nil, false, nothingToSteal
	}
	pp.steals++
	pp.stolen += uint64(n)
	if s.trace != nil {
		e := Event{Kind: Stole, By: G(victim.id), N: int64(n)}
		e.M, e.P = m.on()
		s.event(e)
	} else {
		s.seq++
	}
	return s.gs.at(slot), false, stole
}

// stealTimers runs the timers of another P that are due, and reports whether there
// were any.
func (s *Sim) stealTimers(m *m, victim *p) bool {
	if !s.rules.stealsTimers && victim.status == pRunning { // runtime/proc.go:shouldStealTimers of Go 1.14 and 1.15
		if mp := victim.m; mp == nil || mp.curg == nil || mp.curg.status != gRunning || mp.curg.flags&preempt == 0 {
			return false
		}
	}
	next, ran := s.checkTimers(m, victim)
	if next != 0 && (m.pollUntil == 0 || next < m.pollUntil) {
		m.pollUntil = next
	}
	return ran
}

func inSyscall(pp *p) bool {
	return pp.status == pSyscall || pp.m.curg != nil && pp.m.curg.status == gSyscall
}

// runqsteal takes half of the victim's ring, rounded up
// (runtime/proc.go:runqgrab).
func (s *Sim) runqsteal(pp, victim *p) (slot int32, n int) {
	if s.rules.oldSteal {
		return pp.local.StealFirst(&victim.local)
	}
	return pp.local.Steal(&victim.local)
}
