package sched

import (
	"time"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/locks"
)

// A Snapshot is the state of a [Sim]. It shares no memory with the model.
type Snapshot struct {
	Release    string         `json:"release"`
	Now        time.Duration  `json:"now"` // nanoseconds
	Procs      int            `json:"procs"`
	Ps         []PState       `json:"ps"`
	Ms         []MState       `json:"ms"`
	Gs         []GState       `json:"gs"`     // that have not ended
	Global     []G            `json:"global"` // queue
	IdlePs     []P            `json:"idlePs"` // the next to be used first
	IdleMs     []M            `json:"idleMs"` // likewise
	Spinning   int            `json:"spinning"`
	Chans      chanq.Snapshot `json:"chans"` // with the goroutines that are in an operation on one
	Locks      locks.Snapshot `json:"locks"` // likewise
	Done       bool           `json:"done"`
	StoppedFor G              `json:"stoppedFor,omitempty"` // the goroutine that stops the world
}

// A PState is the state of a processor.
type PState struct {
	P           P             `json:"p"`
	Status      string        `json:"status"`
	M           M             `json:"m"` // -1 for none
	Next        G             `json:"runnext,omitempty"`
	Queue       []G           `json:"runq"`
	Schedtick   uint32        `json:"schedtick"`
	Syscalltick uint32        `json:"syscalltick"`
	Timers      int           `json:"timers"`
	FirstTimer  time.Duration `json:"firstTimer,omitempty"`
	Free        int           `json:"gFree"` // goroutines that have ended
}

// An MState is the state of a thread.
type MState struct {
	M        M      `json:"m"`
	Status   string `json:"status"`
	P        P      `json:"p"` // -1 for none
	G        G      `json:"g,omitempty"`
	Locked   G      `json:"locked,omitempty"`
	Spinning bool   `json:"spinning,omitempty"`
}

// A GState is the state of a goroutine.
type GState struct {
	GStats
	Status string `json:"status"`
	Reason string `json:"reason,omitempty"` // why it waits
	M      M      `json:"m"`                // -1 for none
	Where  string `json:"where"`
	Stack  int    `json:"stack"` // bytes
}

// Snapshot returns the state.
func (s *Sim) Snapshot() Snapshot {
	if s.chans.m == nil {
		return Snapshot{} // not from New
	}
	out := Snapshot{
		Release: s.release.String(), Now: s.now, Procs: int(s.procs), Spinning: int(s.nmspinning), Done: s.done,
		Ps: []PState{}, Ms: []MState{}, Gs: []GState{}, IdlePs: []P{}, IdleMs: []M{},
		Global: s.ids(s.global.Append(nil)), Chans: s.chanSnapshot(), Locks: s.lockSnapshot(),
	}
	for _, pp := range s.ps {
		k := PState{P: P(pp.id), Status: pStatuses[pp.status], M: none, Queue: s.ids(pp.local.Append(nil)),
			Schedtick: pp.schedtick, Syscalltick: pp.syscalltick, Timers: pp.timers.Len() - pp.timers.gone, Free: len(pp.free.slots)}
		if t, ok := s.firstOf(&pp.timers); ok {
			k.FirstTimer = t.When
		}
		if pp.m != nil {
			k.M = M(pp.m.id)
		}
		if n := pp.local.Next(); n != 0 {
			k.Next = s.gs.at(n).id
		}
		out.Ps = append(out.Ps, k)
	}
	for _, m := range s.ms {
		k := MState{M: M(m.id), Status: mStates[m.state], P: P(m.p), Spinning: m.spinning}
		if m.curg != nil {
			k.G = m.curg.id
		}
		if m.lockedg != nil {
			k.Locked = m.lockedg.id
		}
		out.Ms = append(out.Ms, k)
	}
	s.eachG(func(gp *g) {
		out.Gs = append(out.Gs, GState{GStats: s.gStats(gp), Status: gStatuses[gp.status], Reason: reasons[gp.reason],
			M: M(gp.thread), Where: s.where(gp), Stack: int(gp.stack)})
	})
	for pp := s.pidle; pp != nil; pp = pp.link {
		out.IdlePs = append(out.IdlePs, P(pp.id))
	}
	for m := s.midle; m != nil; m = m.link {
		out.IdleMs = append(out.IdleMs, M(m.id))
	}
	if s.stopper != nil && s.stopper.curg != nil {
		out.StoppedFor = s.stopper.curg.id
	}
	return out
}

// eachG calls f with every goroutine that has not ended.
func (s *Sim) eachG(f func(gp *g)) {
	for slot := int32(1); slot <= s.gs.n; slot++ {
		if gp := s.gs.at(slot); gp.status != gDead {
			f(gp)
		}
	}
}

func (s *Sim) ids(slots []int32) []G {
	out := make([]G, 0, len(slots))
	for _, slot := range slots {
		out = append(out, s.gs.at(slot).id)
	}
	return out
}

// Acting returns the goroutine that runs on the P now, and the operation it is in,
// counted through all functions. It returns 0 if none runs there, or the P is unknown.
// Like [Sim.QueueLen], [Sim.Spinning] and [Sim.Threads] it is for callers that look at a
// run after every step, for which a Snapshot of everything takes too long: a choice of
// Config.Choose that depends on the operation, a line of a program that is shown, a curve.
func (s *Sim) Acting(p P) (g G, pc int32) {
	if p < 0 || int(p) >= len(s.ps) || s.ps[p].m == nil || s.ps[p].m.curg == nil {
		return 0, 0
	}
	gp := s.ps[p].m.curg
	return gp.id, gp.pc
}

// Spinning reports how many threads look for work, and how many Ps are idle: the curves of
// package schedtrace.
func (s *Sim) Spinning() (threads, idlePs int) { return int(s.nmspinning), int(s.npidle) }
