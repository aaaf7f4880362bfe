package sched

import (
	"fmt"

	"github.com/orrery-go/orrery/release"
)

// A beginning is the state of the first P when main.main begins, after the runtime and
// the packages that nearly every program imports have been initialized, as the runtime
// itself reports it (GODEBUG=schedtrace,scheddetail) on one P. With several, other Ps
// have run the runtime's goroutines meanwhile.
type beginning struct {
	tick uint32 // time slices that the P has started
	ring int    // goroutines of the runtime's own in its ring
	next bool   // the finalizer goroutine is runnext
	own  int    // goroutines of the runtime's own that NumGoroutine counts

	// Goroutines that settings keep out of the ring.
	sweeper int // which the first collection makes
	updater int // which follows changes of GOMAXPROCS's default
}

// usualBeginning returns the beginning of a process in which nothing stops main.
func usualBeginning(r release.Release) beginning {
	switch {
	case r.AtLeast("go1.25"):
		return beginning{tick: 4, ring: 1, updater: 1, next: true}
	case r.AtLeast("go1.13"): // main has waited for bgsweep and bgscavenge (runtime/mgc.go:gcenable)
		return beginning{tick: 4, next: true}
	case r.AtLeast("go1.5"):
		b := beginning{tick: 1, ring: 1, next: true}
		if countsOwn(r) {
			b.own = 3 // forcegc, bgsweep, and that of the finalizers
		}
		return b
	case r.AtLeast("go1.3"):
		return beginning{tick: 1, ring: 3, sweeper: 1, own: 3}
	case r.AtLeast("go1.1"):
		return beginning{tick: 4, own: 1} // the scavenger
	}
	return beginning{own: 1}
}

// countsOwn reports whether runtime.NumGoroutine counts the runtime's own goroutines
// (go1.5.4 runtime/proc1.go:gcount; go1.6.4 runtime/proc1.go:gcount subtracts ngsys).
func countsOwn(r release.Release) bool { return !r.AtLeast("go1.6") }

// numGoroutine returns the result of runtime.NumGoroutine.
func (s *Sim) numGoroutine() (n int64) {
	n = int64(s.gs.live)
	if !countsOwn(s.release) {
		return n
	}
	if s.config.Schedtick == 0 {
		n += int64(s.rules.begins.own)
	}
	for i := range s.procTimers {
		if s.procTimers[i].gp != nil {
			n++
		}
	}
	return n
}

// beginningsOf returns all beginnings, the usual one first. If sysmon looks at the P for
// the first time while main is in its first time slice, it takes that for one of more
// than 10 ms, since neither has a past (runtime/proc.go:retake: schedtick and schedwhen
// are 0), and stops main, which goes on in another. Likewise it takes the P from main's
// first system call at once, since syscalltick is 0; up to 1.12 that costs one more.
func beginningsOf(r release.Release) []beginning {
	b := usualBeginning(r)
	all := []beginning{b}
	switch {
	case r.AtLeast("go1.13"):
		b.tick++
		all = append(all, b)
	case r.AtLeast("go1.5"): // meanwhile the forcegc goroutine runs, which is left in the ring otherwise
		b.ring--
		for range 2 {
			b.tick++
			all = append(all, b)
		}
	}
	return all
}

// Beginnings returns the number of time slices that the first P has started when main.main
// begins, for each of the beginnings that a real program of the release can have on one
// P, the usual one first: two threads race in the runtime's initialization. Beginning in
// [Config] is a place in this list. It returns an error if the release is unknown.
func Beginnings(rel string) (ticks []uint32, err error) {
	r, err := release.Parse(rel)
	if err != nil {
		return nil, fmt.Errorf("sched: %w", err)
	}
	for _, b := range beginningsOf(r) {
		ticks = append(ticks, b.tick)
	}
	return ticks, nil
}

// firstStarter is the number of the first goroutine of the runtime's own in the
// beginning. The others have lower numbers.
const firstStarter = -3000

// begin makes the first thread run main.
func (s *Sim) begin(m *m) bool {
	pp := s.ps[m.p]
	slot, _ := pp.local.Get()
	if s.rules.oneQueue {
		slot = s.global.Pop()
	}
	more := s.execute(m, s.gs.at(slot), true, FromNext)
	b := s.rules.begins
	pp.schedtick = b.tick
	if b.next && s.procs == 1 {
		s.runqput(pp, s.starter(b.ring), true)
	}
	return more
}

// starter makes a runnable goroutine that will wait forever once it has run.
func (s *Sim) starter(i int) *g {
	gp := s.newSystem(firstStarter-G(i), s.code.idle)
	s.becomes(gp, gRunnable)
	gp.reason = noReason
	return gp
}
