package whatif

import (
	"errors"
	"fmt"
	"slices"
	"time"

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
	done   [][]bool      // whether what follows the receive of a value was done
	others [][]place     // receives by what is alike
	begun  func()        // is called when main begins
	worked time.Duration // what was computed, or begun
}

// A cursor is the place of a goroutine in the scripts.
type cursor struct {
	home     int32 // the script that it began with
	at       place
	received bool // its last action was a receive
	says     sched.Action
}

// newSource makes the objects of a workload.
func (w *Workload) newSource(o *sched.Objects, slow bool) (*source, error) {
	s := &source{w: w, gs: map[sched.G]*cursor{}, others: make([][]place, w.likes)}
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
		s.done = append(s.done, make([]bool, len(c.got)))
		for _, p := range c.got {
			like := w.scripts[p.script].ops[p.op].like
			s.others[like] = append(s.others[like], p)
		}
	}
	s.never = newChan(0)
	for i, g := range w.scripts {
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
	return s, err
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
	ops := s.w.scripts[c.at.script].ops
	if int(c.at.op) >= len(ops) {
		delete(s.gs, g)
		return nil
	}
	o := &ops[c.at.op]
	c.at.op++
	return s.action(c, o)
}

// action is an operation as the simulator knows it.
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
		a = sched.Action{Verb: program.Send, On: s.chans[o.on], N: int64(o.n)}
	case recv:
		a.Verb, a.On = program.Recv, s.chans[o.on]
		c.received = true
	case closes:
		a.Verb, a.On = program.Close, s.chans[o.on]
	case lock:
		a.Verb, a.On = program.Acquire, s.locks[o.on]
	case unlock:
		a.Verb, a.On = program.Unlock, s.locks[o.on]
	case rlock:
		a.Verb, a.On = program.RLock, s.locks[o.on]
	case runlock:
		a.Verb, a.On = program.RUnlock, s.locks[o.on]
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

// continues says where a goroutine goes on after a receive. What it does next belongs to
// the value, not to the goroutine: in a pool each job takes its own time, whichever
// worker gets it. So it goes on as the goroutine did that got the value in the recording,
// if that was at the same place of the program, and neither was at its last receive
// there, or both were; and every rest is done once.
func (s *source) continues(c *cursor, last sched.Outcome) {
	here := place{c.at.script, c.at.op - 1}
	o := s.w.scripts[here.script].ops[here.op]
	if !last.OK { // the channel was closed
		home := s.w.scripts[c.home].ops
		i := slices.IndexFunc(home, func(p op) bool { return p.verb == recv && p.on == o.on && p.n < 0 })
		if i >= 0 {
			c.at = place{c.home, int32(i) + 1}
		}
		return
	}
	c.at = here
	if v := last.Value; v >= 0 && v < int64(len(s.done[o.on])) {
		if p := s.w.channels[o.on].got[v]; s.takes(p, o.like) {
			c.at = p
		} else if !s.takes(here, o.like) {
			others := s.others[o.like]
			for ; len(others) > 0; others = others[1:] {
				if s.takes(others[0], o.like) {
					c.at = others[0]
					break
				}
			}
			s.others[o.like] = others
		}
	}
	c.at.op++
}

// takes reports whether what follows a receive was not done yet, and is like that: then
// it is done now.
func (s *source) takes(p place, like int32) bool {
	o := s.w.scripts[p.script].ops[p.op]
	if o.n < 0 || o.like != like || s.done[o.on][o.n] {
		return false
	}
	s.done[o.on][o.n] = true
	return true
}
