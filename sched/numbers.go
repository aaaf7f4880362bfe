package sched

import (
	"cmp"
	"slices"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/program"
)

// The models of channels and locks have numbers of their own for goroutines, which
// [Sim.Snapshot] translates. A number belongs to a goroutine for as long as its
// operation lasts.

// inUse reports for each number whether a goroutine has it.
func inUse[T ~int32](n int, free []T) []bool {
	used := make([]bool, n)
	for id := range used {
		used[id] = id > 0
	}
	for _, id := range free {
		used[id] = false
	}
	return used
}

func (s *Sim) chanSnapshot() chanq.Snapshot {
	c := &s.chans
	out := c.m.Snapshot()
	used := inUse(len(c.gs), c.free)
	of := func(id chanq.G) chanq.G { return chanq.G(s.gs.at(c.gs[id]).id) }
	for i := range out.Chans {
		for _, q := range [][]chanq.Waiter{out.Chans[i].Recvq, out.Chans[i].Sendq} {
			for j := range q {
				q[j].G = of(q[j].G)
			}
		}
	}
	busy := []chanq.GoroutineState{}
	for _, k := range out.Goroutines {
		if int(k.G) < len(used) && used[k.G] {
			k.G = of(k.G)
			busy = append(busy, k)
		}
	}
	slices.SortFunc(busy, func(a, b chanq.GoroutineState) int { return cmp.Compare(a.G, b.G) })
	out.Goroutines = busy
	return out
}

func (s *Sim) lockSnapshot() locks.Snapshot {
	l := &s.locks
	out := l.m.Snapshot()
	used := inUse(len(l.gs), l.free)
	of := func(id locks.G) locks.G { return locks.G(s.gs.at(l.gs[id]).id) }
	for i := range out.Objects {
		k := &out.Objects[i]
		for j := range k.Waiting {
			k.Waiting[j] = of(k.Waiting[j])
		}
		if k.Holder != 0 {
			k.Holder = locks.G(l.holders[k.ID])
		}
	}
	busy := []locks.GoroutineState{}
	for _, k := range out.Goroutines {
		if int(k.G) < len(used) && used[k.G] {
			k.G = of(k.G)
			busy = append(busy, k)
		}
	}
	slices.SortFunc(busy, func(a, b locks.GoroutineState) int { return cmp.Compare(a.G, b.G) })
	out.Goroutines = busy
	return out
}

// holds records the goroutine that has locked the mutex of an object by a complete
// operation: the model of locks knows it by a number that will soon belong to another.
func (l *lockGlue) holds(gp *g, verb program.Verb, on locks.ID, ok bool) {
	switch verb {
	case program.Wait: // of a Cond; then its L is locked again
		if on = l.ls[on]; on == 0 {
			return
		}
	case program.Acquire, program.Do:
	case program.TryLock:
		if !ok {
			return
		}
	default:
		return
	}
	l.holders[on] = gp.id
}
