package main

import (
	"sync/atomic"
	"time"
)

// A timer is a *time.Timer or a *time.Ticker.
type timer struct {
	c  <-chan time.Time
	t  *time.Timer
	k  *time.Ticker
	af bool // made by AfterFunc
	up bool // and its function has begun, or will not

	due   time.Time
	every time.Duration // of a ticker
}

// fired records how late a timer was, if a goroutine has waited for it since it was due.
func (p *prog) fired(t *timer, since time.Time) {
	if t.due.After(since) {
		p.awoke(time.Since(t.due))
	}
	t.due = t.due.Add(t.every)
}

// overdue records how late the functions are that were due before the program ended, and
// have not begun.
func (p *prog) overdue() {
	for _, list := range p.timers {
		for _, t := range list {
			if t.af && !t.up {
				p.awoke(p.last.Sub(t.due) - p.spun)
			}
		}
	}
}

func (p *prog) timer(c *compiler, name string) func(f *frame) *timer {
	base, at := c.index(name)
	list := p.timers[base]
	return func(f *frame) *timer { return list[at(f)] }
}

func init() {
	verbs["newtimer"] = func(c *compiler, x *op) func(*frame) entry {
		t, d := c.p.timer(c, x.On), c.duration(x.Var, x.D)
		return func(f *frame) entry {
			n := time.NewTimer(d(f))
			*t(f) = timer{c: n.C, t: n, due: time.Now().Add(d(f))}
			return did
		}
	}
	verbs["newticker"] = func(c *compiler, x *op) func(*frame) entry {
		t, d := c.p.timer(c, x.On), c.duration(x.Var, x.D)
		return func(f *frame) entry {
			n := time.NewTicker(d(f))
			*t(f) = timer{c: n.C, k: n, due: time.Now().Add(d(f)), every: d(f)}
			return did
		}
	}
	verbs["afterfunc"] = func(c *compiler, x *op) func(*frame) entry {
		p, t, d, args := c.p, c.p.timer(c, x.On), c.duration(x.Var, x.D), c.args(x.Args)
		to := p.funcs[x.Of]
		return func(f *frame) entry {
			with := args(f)
			atomic.AddInt32(&p.live, 1)
			begun, made := time.Now(), t(f)
			*made = timer{af: true, due: begun.Add(d(f))}
			made.t = time.AfterFunc(d(f), func() {
				made.up = true
				p.fired(made, begun)
				p.last = time.Now() // goroutines have waited for it up to now
				p.work(int(atomic.AddInt32(&p.ids, 1)), to, with)
			})
			return did
		}
	}
	verbs["stop"] = func(c *compiler, x *op) func(*frame) entry {
		p, timer := c.p, c.p.timer(c, x.On)
		return func(f *frame) entry {
			t := timer(f)
			if t.k != nil {
				t.k.Stop()
				return did
			}
			ok := t.t.Stop()
			if ok && t.af {
				t.up = true
				atomic.AddInt32(&p.live, -1)
			}
			x.put(f, number(ok))
			return entry{what: 'n', v: number(ok)}
		}
	}
	verbs["reset"] = func(c *compiler, x *op) func(*frame) entry {
		p, timer, d := c.p, c.p.timer(c, x.On), c.duration(x.Var, x.D)
		return func(f *frame) entry {
			t := timer(f)
			if t.k != nil {
				interface{}(t.k).(interface {
					Reset(time.Duration)
				}).Reset(d(f))
				t.due, t.every = time.Now().Add(d(f)), d(f)
				return did
			}
			t.due, t.up = time.Now().Add(d(f)), false
			ok := t.t.Reset(d(f))
			if !ok && t.af {
				atomic.AddInt32(&p.live, 1)
			}
			x.put(f, number(ok))
			return entry{what: 'n', v: number(ok)}
		}
	}
}

// clear stops timers and contexts that would outlive the program.
func (p *prog) clear() {
	for _, list := range p.timers {
		for _, t := range list {
			if t.t != nil {
				t.t.Stop()
			}
			if t.k != nil {
				t.k.Stop()
			}
		}
	}
	for _, list := range p.contexts {
		for _, c := range list {
			c.end()
		}
	}
}
