package sched

import (
	"time"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/program"
)

// The panics of timers.
var (
	TickerInterval = crash.Panic("non-positive interval for NewTicker")
	ResetInterval  = crash.Panic("non-positive interval for Ticker.Reset")
)

// A timerVar is a variable for a timer, or for a ticker.
type timerVar struct {
	id     timerID
	made   bool
	ticker bool
}

// timerOp performs an operation on a timer or ticker.
func (s *Sim) timerOp(m *m, gp *g, i *Action) bool {
	if i.On < 1 || int(i.On) > len(s.timerVars) {
		s.end(noSuch("timer", i.On, len(s.timerVars)))
		return false
	}
	v := &s.timerVars[i.On-1]
	d, period := time.Duration(i.N), time.Duration(0)
	if v.ticker {
		period = d
	}
	o := Outcome{}
	switch i.Verb {
	case program.NewTimer, program.NewTicker, program.AfterFunc:
		if v.ticker && d <= 0 {
			return s.panicked(m, gp, TickerInterval)
		}
		var start *Action
		if i.Verb == program.AfterFunc {
			start = s.starting(i)
		}
		id, err := s.makeTimer(start)
		if err != nil {
			s.end(err)
			return false
		}
		v.id, v.made = id, true
		o.Value = int64(s.timers[id].chn)
		s.resetTimer(m, gp, id, d, period)
	default:
		switch {
		case !v.made:
			return s.panicked(m, gp, NilDereference)
		case i.Verb == program.Stop:
			o.OK = s.stopTimer(v.id)
		case v.ticker && d <= 0:
			return s.panicked(m, gp, ResetInterval)
		default:
			o.OK = s.resetTimer(m, gp, v.id, d, period)
		}
		if o.OK = o.OK && !v.ticker; o.OK {
			o.Value = 1
		}
	}
	n := int64(0)
	if o.OK {
		n = 1
	}
	s.did(m, gp, n)
	s.finish(gp, o)
	m.at = s.now + s.costs.Op
	return true
}

// starting returns the function that a timer starts when it is due: a copy of its own,
// since the goroutine goes on.
func (s *Sim) starting(i *Action) *Action {
	a := &Action{Verb: program.Go, N: 1, Start: i.Start, Args: append([]int64(nil), i.Args...)}
	if i.dyn != nil { // of the program
		a.On = s.code.starts[i.dyn.fn]
	}
	return a
}

// makeTimer makes a timer that is not active: one that starts a goroutine, or else one
// with a channel.
func (s *Sim) makeTimer(start *Action) (timerID, error) {
	if start != nil {
		return s.newTimer(timer{act: startFunc, start: start}), nil
	}
	c, err := s.chans.m.NewTimer(program.MaxDuration)
	if err != nil {
		return 0, err
	}
	return s.newTimer(timer{act: sendTime, chn: c}), nil
}

// chanOfTimer returns the channel of the timer in a variable: nil for a timer of
// AfterFunc.
func (s *Sim) chanOfTimer(place int64) (chanq.Chan, *crash.Error) {
	if v := s.timerVars[place]; v.made {
		return s.timers[v.id].chn, nil
	}
	return chanq.Nil, NilDereference
}

// after is time.After: a timer for the next action alone of the goroutine that is asked
// for it.
func (s *Sim) after(d time.Duration) (chanq.Chan, error) {
	var id timerID
	if n := len(s.spare); n > 0 {
		id, s.spare = s.spare[n-1], s.spare[:n-1]
	} else {
		var err error
		if id, err = s.makeTimer(nil); err != nil {
			return chanq.Nil, err
		}
	}
	gp := s.asked
	s.resetTimer(s.ms[gp.thread], gp, id, d, 0)
	e := s.envs[gp.slot]
	e.afters = append(e.afters, id)
	return s.timers[id].chn, nil
}

// endAfters drops the timers of an action that is done. Nothing refers to them any more:
// since Go 1.23 they are removed then, and before when they have fired.
func (s *Sim) endAfters(e *env) {
	for _, id := range e.afters {
		t := &s.timers[id]
		if t.active && !s.rules.syncTimers {
			t.orphan = true
			continue
		}
		s.stopTimer(id)
		s.reuse(id)
	}
	e.afters = e.afters[:0]
}

// reuse prepares a timer to which nothing refers for another time.After.
func (s *Sim) reuse(id timerID) {
	t := &s.timers[id]
	t.orphan = false
	g, err := s.chans.take(&s.nobody)
	if err != nil {
		s.end(err)
		return
	}
	_, _ = s.chans.m.TryRecv(g, t.chn) // the time that it may have sent
	s.chans.give(g)
	s.spare = append(s.spare, id)
}
