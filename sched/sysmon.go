package sched

import "time"

// The constants of sysmon.
const (
	sysmonShort   = 20 * time.Microsecond // duration of its first sleeps
	sysmonLong    = 10 * time.Millisecond // its longest sleep while something runs
	sysmonHurries = 50                    // number of short sleeps before they become longer
	forcePreempt  = 10 * time.Millisecond // a time slice
	pollAtLeast   = 10 * time.Millisecond // longest time between polls of the network
	forceGCPeriod = 2 * time.Minute
)

// A sysmon is the thread that watches the others, and needs no P. Its turns are
// those of a thread without a number.
type sysmon struct {
	m       m
	idle    int // turns in a row in which nothing had to be done
	delay   time.Duration
	waits   bool // nothing runs, and it sleeps until that changes
	woken   bool // from that sleep
	forcegc *g
}

// sysmontick is the state of a P when sysmon last saw it change.
type sysmontick struct {
	schedtick   uint32
	syscalltick uint32
	schedwhen   time.Duration
	syscallwhen time.Duration
}

// sysmonTurn is a turn of the loop of runtime/proc.go:sysmon, and the sleep that
// comes after it.
func (s *Sim) sysmonTurn() bool {
	y := &s.sysmon
	if y.waits {
		if y.waits = false; y.woken || !s.rules.looksAgain {
			y.idle, y.delay = 0, sysmonShort
		}
	} else if s.gcwaiting || s.npidle == s.procs {
		until, ok := s.firstTimer()
		if !ok || until > s.now {
			d := forceGCPeriod / 2
			if ok {
				d = min(d, until-s.now)
			}
			y.waits, y.woken = true, false
			y.m.at = s.now + d + s.costs.Late
			return s.sysmonGoesOn()
		}
	}
	if s.rules.pollsForNext {
		if until, ok := s.firstTimer(); ok && until < s.now {
			if pp := s.pidleget(); pp != nil { // a thread has to run it
				s.startm(pp, false)
			}
		}
	}
	if s.net.inited && s.lastpoll != 0 && s.lastpoll+pollAtLeast < s.now {
		s.lastpoll = s.now
		s.inject(nil, nil, s.netpoll())
	}
	if s.retake() > 0 {
		y.idle = 0
	} else {
		y.idle++
	}
	if s.now-s.forced >= forceGCPeriod {
		s.forceGC()
	}
	switch {
	case y.idle == 0:
		y.delay = sysmonShort
	case y.idle > sysmonHurries:
		y.delay *= 2
	}
	y.delay = min(max(y.delay, sysmonShort), sysmonLong)
	y.m.at = s.now + y.delay + s.costs.Late
	return s.sysmonGoesOn()
}

// sysmonGoesOn reports whether there is something to watch: if no thread will ever do
// anything, the program has ended or is stuck.
func (s *Sim) sysmonGoesOn() bool { return s.queue.first() != nil || s.anythingToCome() }

// anythingToCome reports whether a timer or the network will wake a goroutine.
func (s *Sim) anythingToCome() bool {
	_, timed := s.firstTimer()
	return timed || s.net.waiting.Len() > 0
}

// wakeSysmon wakes it from the sleep in which it is while nothing runs.
func (s *Sim) wakeSysmon() {
	if s.sysmon.waits {
		s.sysmon.woken = true
		s.sysmon.m.at = s.now + s.costs.Wake
		s.turn(&s.sysmon.m)
	}
}

// retake asks goroutines that have run for a time slice to stop, and takes the Ps
// of system calls that have been seen twice: after 20 microseconds if there is
// work for the P, and after 10 milliseconds in any case
// (runtime/proc.go:retake).
func (s *Sim) retake() (n int) {
	for _, pp := range s.ps[:s.procs] {
		if pp.status != pRunning && pp.status != pSyscall {
			continue
		}
		t := &pp.sysmontick
		long := false
		if t.schedtick != pp.schedtick {
			t.schedtick, t.schedwhen = pp.schedtick, s.now
		} else if t.schedwhen+forcePreempt <= s.now {
			s.preemptone(pp)
			long = true
		}
		if pp.m == nil || !inSyscall(pp) {
			continue
		}
		if !long && t.syscalltick != pp.syscalltick {
			t.syscalltick, t.syscallwhen = pp.syscalltick, s.now
			continue
		}
		if pp.local.Empty() && s.nmspinning+s.npidle > 0 && t.syscallwhen+10*time.Millisecond > s.now {
			continue
		}
		n++
		s.stats.Retakes++
		s.happens(Retook, pp.m, pp.m.curg, 0, "")
		s.handoffp(s.takeP(pp))
	}
	return n
}

// preemptone asks the P's goroutine to stop. It does so at its next safe point; a
// computation is interrupted there (runtime/proc.go:preemptone).
func (s *Sim) preemptone(pp *p) {
	m := pp.m
	if m == nil || m.curg == nil || m.state != mRunning || !s.rules.preempts {
		return
	}
	gp := m.curg
	s.happens(Asked, m, gp, 0, "")
	gp.flags |= preempt
	if gp.flags&working != 0 && gp.left == 0 && s.safePoint(s.action(gp)) {
		if gp.left = m.at - s.now; gp.left > 0 {
			m.at = s.now
			s.turn(m)
		}
	}
}

// forceGC wakes the goroutine that begins a collection, two minutes after the
// last one.
func (s *Sim) forceGC() {
	y := &s.sysmon
	if y.forcegc == nil {
		y.forcegc = s.newSystem(-1, s.code.force)
	}
	if y.forcegc.status != gWaiting {
		return
	}
	s.forced = s.now
	s.stats.ForcedGCs++
	s.event(Event{Kind: ForcedGC, M: none, P: none})
	s.inject(nil, nil, []int32{y.forcegc.slot})
}
