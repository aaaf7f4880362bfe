package whatif

import (
	"errors"
	"fmt"
	"time"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// A source gives the scripts' operations to the simulator, goroutine by goroutine.
type source struct {
	w      *Workload
	chans  []int32 // of each channel
	locks  []int32
	woken  []int32 // the channel on which a script is woken
	never  int32
	setup  []sched.Action // what main does before the beginning
	gs     map[sched.G]*cursor
	base   []int       // the place of a script's first operation in done
	done   []bool      // whether what follows an operation with an outcome was done
	others [][]place   // receives and selects by what is alike
	left   map[kin]int // how many of a script's operations that are alike, its last not among them, were not done
	latest []place     // of those, the last that was done, from 1 on
	conds  []replayed
	vars   []int64
	after  map[result][]place // atomic operations by their result
	guess  int                // outcomes of which the recording does not tell what follows
	begun  func()             // is called when main begins
	worked time.Duration      // what was computed, or begun
}

// A cursor is the place of a goroutine in the scripts.
type cursor struct {
	home     int32 // the script that it began with
	at       place
	received bool // its last action was a receive or a select
	lost     bool // it waits for what does not come
	says     sched.Action

	guest bool  // it does what follows another's operation,
	until int32 // up to there,
	back  place // and goes on here

	cases  []chanq.Case
	closes map[int32]int32 // by family, how often it has got that a channel is closed
	gone   map[gone]bool   // cases whose channel is nil since
}

// A kin is what is alike in a script.
type kin struct{ script, like int32 }

// A gone is a case of the selects of a family.
type gone struct {
	family int32
	at     int16
}

// newSource makes the objects of a workload.
func (w *Workload) newSource(o *sched.Objects, slow bool) (*source, error) {
	s := &source{w: w, gs: map[sched.G]*cursor{}, others: make([][]place, w.likes), latest: make([]place, w.likes), left: map[kin]int{}}
	if slow {
		s.setup = append(s.setup, sched.Action{Verb: program.Work, N: int64(time.Second)})
	}
	var err error
	newChan := func(size int64) (c int32) {
		if err == nil {
			c, err = o.Chan(size)
		}
		return c
	}
	for _, c := range w.channels {
		s.chans = append(s.chans, newChan(c.cap))
		for _, p := range c.got {
			like := w.scripts[p.script].ops[p.op].like
			s.others[like] = append(s.others[like], p)
		}
	}
	s.never = newChan(0)
	n := 0
	for i, g := range w.scripts {
		s.base = append(s.base, n)
		n += len(g.ops)
		id := int32(0)
		if g.wakes > 0 {
			id = newChan(int64(g.wakes))
		}
		s.woken = append(s.woken, id)
		if i > 0 && g.initial && !g.idle() {
			s.setup = append(s.setup, sched.Action{Verb: program.Go, Start: int32(i), N: 1})
		}
	}
	for _, l := range w.lockers {
		kind := map[verb]program.Type{lock: program.Mutex, rlock: program.RWMutex, add: program.WaitGroup}[l.kind]
		id, err2 := o.Lock(kind, 0, false)
		err = errors.Join(err, err2)
		s.locks = append(s.locks, id)
		switch n := l.held.before(); {
		case l.kind == add && n > 0:
			s.setup = append(s.setup, sched.Action{Verb: program.Add, On: id, N: n})
		case n > 0:
			s.setup = append(s.setup, sched.Action{Verb: program.Acquire, On: id})
		}
		for range min(l.read.before(), MaxOps) {
			s.setup = append(s.setup, sched.Action{Verb: program.RLock, On: id})
		}
	}
	s.done = make([]bool, n)
	s.outcomes()
	return s, errors.Join(err, s.makeConds(o))
}

// Begin is that of [sched.Source].
func (s *source) Begin(g sched.G, by *sched.Action) {
	c := &cursor{}
	if by != nil {
		c.home = by.Start
	}
	c.at.script = c.home
	s.gs[g] = c
}

// Where is that of [sched.Source].
func (s *source) Where(g sched.G) string {
	c := s.gs[g]
	if c == nil {
		return "the runtime"
	}
	return fmt.Sprintf("%s: operation %d", s.w.scripts[c.home].name, c.at.op)
}

// Next is that of [sched.Source].
func (s *source) Next(g sched.G, last sched.Outcome) *sched.Action {
	c := s.gs[g]
	if c == nil {
		return nil
	}
	if last.Err != nil { // what the program recovered from, if it did, is not recorded
		return &sched.Action{Verb: program.Panic, Unrecovered: true, Err: last.Err}
	}
	if c.home == 0 && len(s.setup) > 0 {
		a := &s.setup[0]
		s.setup = s.setup[1:]
		return a
	}
	if c.home == 0 && s.begun != nil {
		s.begun()
		s.begun = nil
	}
	if c.received {
		c.received = false
		s.continues(c, last)
	}
	for {
		if c.lost {
			c.says = sched.Action{Verb: program.Recv, On: s.never}
			return &c.says
		}
		if c.guest && c.at.op >= c.until {
			c.guest, c.at = false, c.back
		}
		ops := s.w.scripts[c.at.script].ops
		if int(c.at.op) >= len(ops) {
			delete(s.gs, g)
			return nil
		}
		o := &ops[c.at.op]
		c.at.op++
		if a := s.action(c, o); a != nil {
			return a
		}
	}
}

// action is an operation as the simulator knows it, or nil if it does nothing.
func (s *source) action(c *cursor, o *op) *sched.Action {
	a := sched.Action{N: int64(o.d)}
	switch o.verb {
	case work:
		a.Verb = program.Work
		s.worked += o.d
	case start:
		a = sched.Action{Verb: program.Go, Start: o.on, N: 1}
	case yield:
		a.Verb = program.Yield
	case send:
		a = sched.Action{Verb: program.Send, On: s.chans[o.on], N: valueOf(o.on, o.n)}
	case recv:
		a.Verb, a.On = program.Recv, s.chans[o.on]
		c.received = true
	case closes:
		a.Verb, a.On = program.Close, s.chans[o.on]
	case lock:
		a.Verb, a.On = program.Acquire, s.locks[o.on]
	case unlock:
		a.Verb, a.On = program.Unlock, s.locks[o.on]
		s.announces(place{c.at.script, c.at.op - 1})
	case rlock:
		a.Verb, a.On = program.RLock, s.locks[o.on]
	case runlock:
		a.Verb, a.On = program.RUnlock, s.locks[o.on]
		s.announces(place{c.at.script, c.at.op - 1})
	case choose:
		if !s.selects(c, o, &a) {
			return nil
		}
	case condWait:
		if !s.awaits(c, o, &a) {
			return nil
		}
	case signal, broadcast:
		if !s.tells(c, o, &a) {
			return nil
		}
	case atomic:
		s.operates(c, o, &a)
	case add:
		a = sched.Action{Verb: program.Add, On: s.locks[o.on], N: int64(o.n)}
	case wait:
		a.Verb, a.On = program.Wait, s.locks[o.on]
	case wake:
		a.Verb, a.On = program.Send, s.woken[o.on]
	case await:
		a.Verb, a.On = program.Recv, s.woken[c.at.script]
	case sleep:
		a.Verb = program.Sleep
	case syscall:
		a.Verb = program.Syscall
	case network:
		a.Verb = program.NetRead
	default:
		a.Verb, a.On = program.Recv, s.never
	}
	c.says = a
	return &c.says
}
