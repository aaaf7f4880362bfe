package whatif

import (
	"cmp"
	"slices"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// A result is what operations that are alike have returned.
type result struct {
	like int32
	n    int64
}

// operates makes the action of an atomic operation, and says where the goroutine goes on:
// as after an operation at the same place with the same result, which is done once. If
// all were done it goes back to one before: it asks until the result is another.
func (s *source) operates(c *cursor, o *op, a *sched.Action) {
	here := place{c.at.script, c.at.op - 1}
	of := &s.w.atomics[o.n]
	n := of.does(&s.vars[o.on])
	*a = sched.Action{Verb: atomics[of.verb], N: n}
	if c.guest || of.verb == "atomicstore" {
		return
	}
	if n == of.result && s.takes(here, o.like) {
		return
	}
	r := result{o.like, n}
	others := s.after[r]
	const most = 1 << 12
	own, _ := slices.BinarySearchFunc(others, here, func(p, here place) int { return cmp.Or(int(p.script-here.script), int(p.op-here.op)) })
	for _, p := range others[own:min(own+most, len(others))] { // the goroutine itself first
		if p.script != here.script {
			break
		}
		if s.takes(p, o.like) {
			c.at = place{p.script, p.op + 1}
			return
		}
	}
	for ; len(others) > 0; others = others[1:] {
		if p := others[0]; s.takes(p, o.like) {
			s.after[r] = others[1:]
			c.at = place{p.script, p.op + 1}
			return
		}
	}
	s.after[r] = others
	if of.verb == "atomicload" || of.verb == "atomiccas" {
		ops := s.w.scripts[here.script].ops
		for i := here.op - 1; i >= max(here.op-most, 0); i-- {
			if p := &ops[i]; p.verb == atomic && p.like == o.like && s.w.atomics[p.n].result == n {
				c.at.op = i + 1
				return
			}
		}
	}
	s.takes(here, o.like)
	s.guess++
}

// atomics are the verbs.
var atomics = map[string]program.Verb{
	"atomicload": program.AtomicLoad, "atomicstore": program.AtomicStore, "atomicadd": program.AtomicAdd,
	"atomicswap": program.AtomicSwap, "atomiccas": program.AtomicCompare,
}
