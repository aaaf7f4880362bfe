package whatif

import (
	"slices"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// valueOf is the nth value of a channel, as it is sent: it may be sent on another channel
// by a select.
func valueOf(on, n int32) int64 { return int64(on)<<32 | int64(n) }

// unknown is a value that was not sent in the recording.
const unknown = -1

// received returns the place where a value was received in the recording, if it was.
func (w *Workload) received(v int64) (from int32, p place, ok bool) {
	from, n := int32(v>>32), int32(v)
	if v < 0 || int(from) >= len(w.channels) || int(n) >= len(w.channels[from].got) {
		return from, p, false
	}
	return from, w.channels[from].got[n], true
}

func (w *Workload) at(p place) *op { return &w.scripts[p.script].ops[p.op] }

// outcomes collects the selects and atomic operations of the recording by what is alike.
func (s *source) outcomes() {
	for _, v := range s.w.vars {
		s.vars = append(s.vars, v.first)
	}
	if len(s.w.vars) > 0 {
		s.after = map[result][]place{}
	}
	for i, script := range s.w.scripts {
		for j := range script.ops {
			o := &script.ops[j]
			p := place{int32(i), int32(j)}
			if (o.verb == recv || o.verb == choose) && o.n >= 0 && o.like&1 == 0 {
				s.left[kin{p.script, o.like}]++
			}
			switch o.verb {
			case choose:
				if k, ok := s.w.took(o); ok && (k.def || k.send) { // the others are in their channels' order
					s.others[o.like] = append(s.others[o.like], p)
				}
			case atomic:
				r := result{o.like, s.w.atomics[o.n].result}
				s.after[r] = append(s.after[r], p)
			}
		}
	}
}

// selects makes the action of a select. The cases are those of the recording, and which
// is chosen is decided anew. It reports whether there is one.
func (s *source) selects(c *cursor, o *op, a *sched.Action) bool {
	choice, f := &s.w.choices[o.on], &s.w.families[o.like/2]
	took, ok := s.w.took(o)
	if f.strict && ok && took.def {
		return false
	}
	v := int64(unknown)
	if ok && took.send && o.n >= 0 {
		v = valueOf(took.on, o.n)
	}
	c.cases = c.cases[:0]
	for i, k := range choice.cases {
		to := chanq.Case{Send: k.send, Value: v}
		if k.on >= 0 && !c.gone[gone{o.like / 2, int16(i)}] && (!f.strict || i == int(o.took)) {
			to.Chan = chanq.Chan(s.chans[k.on])
		}
		c.cases = append(c.cases, to)
	}
	*a = sched.Action{Verb: program.Select, Cases: c.cases, Default: choice.def && !f.strict}
	c.received = true
	return true
}

// continues says where a goroutine goes on after a receive or a select. What it does next
// belongs to the value, not to the goroutine: in a pool each job takes its own time,
// whichever worker gets it. So it goes on as the goroutine did that got the value in the
// recording, if that was at the same place of the program, and neither was at its last
// receive there, or both were; and every rest is done once.
func (s *source) continues(c *cursor, last sched.Outcome) {
	here := place{c.at.script, c.at.op - 1}
	o := s.w.at(here)
	switch {
	case o.verb == choose:
		s.chosen(c, here, o, last)
	case c.guest:
	case last.OK:
		s.follows(c, here, o, o.on, last.Value)
	case o.n < 0 && here.script == c.home: // the channel was closed, as in the recording
	default: // the channel was closed
		home := s.w.scripts[c.home].ops
		i := slices.IndexFunc(home, func(p op) bool { return p.verb == recv && p.on == o.on && p.n < 0 })
		if i >= 0 {
			c.at = place{c.home, int32(i) + 1}
		}
	}
}

// chosen says where a goroutine goes on after a select.
func (s *source) chosen(c *cursor, here place, o *op, last sched.Outcome) {
	f := &s.w.families[o.like/2]
	choice := &s.w.choices[o.on]
	polls := f.polls && len(f.defs) > 0
	switch {
	case c.guest:
	case f.strict:
		s.done[s.base[here.script]+int(here.op)] = true
	case last.Case < 0 && polls: // it asks again
		if k, ok := s.w.took(o); !ok || !k.def || !s.takes(here, o.like) {
			s.visits(c, here, f.defs[0])
		}
	case last.Case < 0:
		s.here(c, here)
	case !choice.cases[last.Case].send && !last.OK:
		s.closes(c, here, o, f, int16(last.Case))
	case polls:
		if !choice.cases[last.Case].send {
			if _, p, ok := s.w.received(last.Value); ok && s.w.at(p).like/2 == o.like/2 && s.takes(p, s.w.at(p).like) {
				c.at = place{p.script, p.op + 1}
				return
			}
		}
		s.final(c, o.like/2)
	case choice.def:
		s.here(c, here)
	case choice.cases[last.Case].send:
		s.follows(c, here, o, -1, unknown)
	default:
		s.follows(c, here, o, choice.cases[last.Case].on, last.Value)
	}
}

// here goes on where the goroutine is, with a select that does not wait: it has as many
// turns as in the recording, whatever they find.
func (s *source) here(c *cursor, here place) {
	if !s.takes(here, s.w.at(here).like) {
		s.guess++
	}
}

// final goes on after the select that has ended the goroutine's polling in the recording.
func (s *source) final(c *cursor, family int32) {
	ops := s.w.scripts[c.at.script].ops
	for i := int(c.at.op) - 1; i < len(ops); i++ {
		if o := &ops[i]; o.verb == choose && o.like/2 == family {
			if k, ok := s.w.took(o); ok && !k.def {
				s.takes(place{c.at.script, int32(i)}, o.like)
				c.at.op = int32(i) + 1
				return
			}
		}
	}
}

// closes goes on after a select that says that a channel is closed: as the goroutine did
// in the recording after as many of them, or else another one.
func (s *source) closes(c *cursor, here place, o *op, f *family, at int16) {
	family := o.like / 2
	if f.nils {
		if c.gone == nil {
			c.gone = map[gone]bool{}
		}
		c.gone[gone{family, at}] = true
	}
	if c.closes == nil {
		c.closes = map[int32]int32{}
	}
	n := c.closes[family]
	c.closes[family]++
	own, _ := slices.BinarySearchFunc(f.closes, c.home, func(p place, home int32) int { return int(p.script) - int(home) })
	end := own
	for end < len(f.closes) && f.closes[end].script == c.home {
		end++
	}
	var p place
	switch {
	case own+int(n) < end:
		p = f.closes[own+int(n)]
	case own < end:
		p = f.closes[end-1]
	case len(f.closes) > 0:
		p = f.closes[0]
		s.guess++
	default:
		s.guess++
		return
	}
	c.at = place{p.script, p.op + 1}
}

// follows goes on after an outcome that has its own rest: a value from channel on, or a
// value that was sent.
func (s *source) follows(c *cursor, here place, o *op, on int32, v int64) {
	from, p, known := s.w.received(v)
	moved := known && from != on && s.code(s.w.at(p)) == s.code(o) // to another channel than in the recording
	like := o.like
	if s.left[kin{c.home, like &^ 1}] > 0 { // its last is not yet
		like &^= 1
	}
	if moved && s.takes(p, s.w.at(p).like) {
		s.visits(c, here, p)
		return
	}
	if known && !moved && s.takes(p, like) {
		c.at = place{p.script, p.op + 1}
		return
	}
	if s.takes(here, like) {
		return
	}
	for _, like := range []int32{like, like | 1} {
		if p, ok := s.another(like, c.home); ok {
			c.at = place{p.script, p.op + 1}
			return
		}
	}
	switch {
	case o.verb == recv && o.n >= 0: // after all of its like
	case known && s.takes(p, s.w.at(p).like):
		s.visits(c, here, p)
	default:
		s.guess++
		if p := s.latest[o.like&^1]; p.op > 0 {
			s.visits(c, here, place{p.script, p.op - 1})
		} else {
			c.at = here
		}
	}
}

// another takes what follows another operation that is like that: the last of its own, if
// it is a last.
func (s *source) another(like, home int32) (p place, ok bool) {
	others := s.others[like]
	for len(others) > 0 && s.done[s.base[others[0].script]+int(others[0].op)] {
		others = others[1:]
	}
	s.others[like] = others
	const most = 1 << 10
	for _, p := range others[:min(most, len(others))] {
		if (like&1 == 0 || p.script == home) && s.takes(p, like) {
			return p, true
		}
	}
	for _, p := range others[:min(most, len(others))] {
		if s.takes(p, like) {
			return p, true
		}
	}
	return p, false
}

// code is the place of the program where an operation was.
func (s *source) code(o *op) int32 { return s.w.families[o.like/2].code }

// visits does what follows an operation up to the next that is alike, or what it only
// computes if there is none, and then the operation here again.
func (s *source) visits(c *cursor, here, p place) {
	const most = 1 << 12
	ops := s.w.scripts[p.script].ops
	c.guest, c.back, c.until, c.at = true, here, p.op+1, place{p.script, p.op + 1}
	computes := true
	for i := c.until; int(i) < len(ops) && i < p.op+most; i++ {
		switch o := &ops[i]; {
		case (o.verb == recv || o.verb == choose) && o.like/2 == ops[p.op].like/2:
			c.until = i
			return
		case o.verb != work:
			computes = false
		case computes:
			c.until = i + 1
		}
	}
}

// takes reports whether what follows an operation was not done yet, and is like that: then
// it is done now.
func (s *source) takes(p place, like int32) bool {
	o := s.w.at(p)
	done := &s.done[s.base[p.script]+int(p.op)]
	if o.n < 0 || o.like != like || *done {
		return false
	}
	*done = true
	if o.verb != atomic && like&1 == 0 {
		s.left[kin{p.script, like}]--
	}
	s.latest[like] = place{p.script, p.op + 1}
	return true
}
