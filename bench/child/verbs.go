package main

import (
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// flows has functions that return where a goroutine goes on: -1 is the end of its function or body.
var flows = map[string]func(c *compiler, x *op) func(f *frame) int{
	"loop": func(c *compiler, x *op) func(f *frame) int {
		limit := c.number(x.Var, x.N)
		forever := x.Var == "" && x.N == 0
		return func(f *frame) int {
			f.turns[x.depth] = 0
			if !forever && limit(f) <= 0 {
				return x.other + 1
			}
			x.put(f, 0)
			return x.pc + 1
		}
	},
	"while": func(c *compiler, x *op) func(f *frame) int {
		holds := c.expression(x)
		return func(f *frame) int {
			if holds(f) != 0 {
				return x.pc + 1
			}
			return x.other + 1
		}
	},
	"if": func(c *compiler, x *op) func(f *frame) int {
		holds := c.expression(x)
		return func(f *frame) int {
			if holds(f) != 0 {
				return x.pc + 1
			}
			return x.other + 1
		}
	},
	"else": func(c *compiler, x *op) func(f *frame) int { return func(*frame) int { return x.other + 1 } },
	"end": func(c *compiler, x *op) func(f *frame) int {
		switch begin := c.p.ops[x.other]; begin.Verb {
		case "loop", "while":
			return c.turn(begin)
		case "do", "defer":
			return func(*frame) int { return -1 }
		}
		return func(*frame) int { return x.pc + 1 }
	},
	"break": func(c *compiler, x *op) func(f *frame) int {
		loop := c.p.ops[x.loop]
		return func(*frame) int { return loop.other + 1 }
	},
	"continue": func(c *compiler, x *op) func(f *frame) int { return c.turn(c.p.ops[x.loop]) },
	"set": func(c *compiler, x *op) func(f *frame) int {
		v := c.expression(x)
		return func(f *frame) int {
			x.put(f, v(f))
			return x.pc + 1
		}
	},
	"call": func(c *compiler, x *op) func(f *frame) int {
		to, args := c.p.funcs[x.On], c.args(x.Args)
		return func(f *frame) int {
			called := f.p.call(f.g, to, args(f), f.ends)
			called.run(to.pc)
			x.put(f, called.ret)
			return x.pc + 1
		}
	},
	"return": func(c *compiler, x *op) func(f *frame) int {
		v := c.number(x.Var, x.N)
		return func(f *frame) int {
			f.ret = v(f)
			return -1
		}
	},
}

// turn ends a turn of a loop.
func (c *compiler) turn(loop *op) func(f *frame) int {
	if loop.Verb == "while" {
		return func(*frame) int { return loop.pc }
	}
	limit := c.number(loop.Var, loop.N)
	forever := loop.Var == "" && loop.N == 0
	return func(f *frame) int {
		f.turns[loop.depth]++
		if turn := f.turns[loop.depth]; forever || turn < limit(f) {
			loop.put(f, turn)
			return loop.pc + 1
		}
		return loop.other + 1
	}
}

var did = entry{what: '.'}

// plain returns a verb without a result.
func plain(do func()) func(*frame) entry {
	return func(*frame) entry {
		do()
		return did
	}
}

// tells returns a verb whose result is a number.
func tells(x *op, of func(f *frame) int64) func(*frame) entry {
	return func(f *frame) entry {
		v := of(f)
		x.put(f, v)
		return entry{what: 'n', v: v}
	}
}

func number(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// verbs has all other verbs. Each makes the function that performs an operation.
var verbs = map[string]func(c *compiler, x *op) func(f *frame) entry{
	"go": func(c *compiler, x *op) func(*frame) entry {
		p, to, times, args := c.p, c.p.funcs[x.On], c.number(x.Var, x.N), c.args(x.Args)
		if x.Var == "" && x.N == 0 {
			times = c.number("", 1)
		}
		return func(f *frame) entry {
			for i := times(f); i > 0; i-- {
				atomic.AddInt32(&p.live, 1)
				go p.work(int(atomic.AddInt32(&p.ids, 1)), to, args(f))
			}
			return did
		}
	},
	"yield": func(c *compiler, x *op) func(*frame) entry { return plain(runtime.Gosched) },
	"exit": func(c *compiler, x *op) func(*frame) entry {
		return func(f *frame) entry {
			*f.ends = true
			runtime.Goexit()
			return did
		}
	},
	"lockthread":   func(c *compiler, x *op) func(*frame) entry { return plain(runtime.LockOSThread) },
	"unlockthread": func(c *compiler, x *op) func(*frame) entry { return plain(runtime.UnlockOSThread) },
	"gc":           func(c *compiler, x *op) func(*frame) entry { return plain(runtime.GC) },
	"mark": func(c *compiler, x *op) func(*frame) entry {
		if !strings.Contains(x.On, "{") {
			return plain(func() {})
		}
		text := c.text(x.On)
		return func(f *frame) entry { return entry{what: 't', text: text(f)} }
	},
	"panic": func(c *compiler, x *op) func(*frame) entry {
		text := c.text(x.On)
		if !strings.Contains(x.On, "{") { // equal constants of a Go program are one value
			v, ok := c.p.panics[x.On]
			if !ok {
				v = x.On
				c.p.panics[x.On] = v
			}
			return func(f *frame) entry { panic(v) }
		}
		return func(f *frame) entry { panic(text(f)) }
	},
	"procs": func(c *compiler, x *op) func(*frame) entry {
		n := c.number(x.Var, x.N)
		return func(f *frame) entry { x.put(f, int64(runtime.GOMAXPROCS(int(n(f))))); return did }
	},
	"numgoroutine": func(c *compiler, x *op) func(*frame) entry {
		return tells(x, func(f *frame) int64 { return int64(runtime.NumGoroutine() - f.p.others) })
	},
	"grow": func(c *compiler, x *op) func(*frame) entry {
		n := c.number(x.Var, x.N)
		return func(f *frame) entry { grow(int(n(f))); return did }
	},
	"syscall": func(c *compiler, x *op) func(*frame) entry {
		d := c.duration(x.Var, x.D)
		return func(f *frame) entry { call(d(f)); return did }
	},
	"netread": func(c *compiler, x *op) func(*frame) entry {
		d := c.duration(x.Var, x.D)
		return func(f *frame) entry { netRead(d(f)); return did }
	},
	"sleep": func(c *compiler, x *op) func(*frame) entry {
		p, duration := c.p, c.duration(x.Var, x.D)
		return func(f *frame) entry {
			d := duration(f)
			atomic.AddInt32(&p.asleep, 1)
			start, spun := time.Now(), p.spun
			time.Sleep(d)
			now := time.Now()
			p.awoke(now.Sub(start) - d - (p.spun - spun))
			if p.parted(start, start.Add(d)) {
				p.awoke(time.Hour)
			}
			p.woke = now
			atomic.AddInt32(&p.asleep, -1)
			return did
		}
	},
	"work": work,
	"spin": func(c *compiler, x *op) func(*frame) entry {
		p, duration := c.p, c.duration(x.Var, x.D)
		return func(f *frame) entry {
			d := duration(f)
			p.spun += d
			if p.traced && d >= longSpin {
				keep(d, holdToken, freeToken)
			} else {
				spin(d)
			}
			return did
		}
	},

	"send": func(c *compiler, x *op) func(*frame) entry {
		ch, v := c.channel(x.On), c.number(x.Var, x.N)
		return func(f *frame) entry { ch(f) <- v(f); return did }
	},
	"recv": receive,
	"close": func(c *compiler, x *op) func(*frame) entry {
		ch := c.channel(x.On)
		return func(f *frame) entry { close(ch(f)); return did }
	},
	"trysend": func(c *compiler, x *op) func(*frame) entry {
		ch, v := c.channel(x.On), c.number(x.Var, x.N)
		return tells(x, func(f *frame) int64 {
			select {
			case ch(f) <- v(f):
				return 1
			default:
				return 0
			}
		})
	},
	"tryrecv": tryReceive,
	"select":  choose,
	"len": func(c *compiler, x *op) func(*frame) entry {
		ch := c.source(x.On, "", 0)
		return tells(x, func(f *frame) int64 { return int64(ch(f).Len()) })
	},
	"cap": func(c *compiler, x *op) func(*frame) entry {
		ch := c.source(x.On, "", 0)
		return tells(x, func(f *frame) int64 { return int64(ch(f).Cap()) })
	},

	"lock":   onLock(func(l interface{}) { l.(sync.Locker).Lock() }),
	"unlock": onLock(func(l interface{}) { l.(sync.Locker).Unlock() }),
	"rlock":  onLock(func(l interface{}) { l.(*sync.RWMutex).RLock() }),
	"runlock": onLock(func(l interface{}) {
		l.(*sync.RWMutex).RUnlock()
	}),
	"done":      onLock(func(l interface{}) { l.(*sync.WaitGroup).Done() }),
	"signal":    onLock(func(l interface{}) { l.(*sync.Cond).Signal() }),
	"broadcast": onLock(func(l interface{}) { l.(*sync.Cond).Broadcast() }),
	"wait": onLock(func(l interface{}) {
		l.(interface {
			Wait()
		}).Wait()
	}),
	"add": func(c *compiler, x *op) func(*frame) entry {
		l, n := c.lock(x.On), c.number(x.Var, x.N)
		return func(f *frame) entry { l(f).(*sync.WaitGroup).Add(int(n(f))); return did }
	},
	"trylock": func(c *compiler, x *op) func(*frame) entry {
		l := c.lock(x.On)
		return tells(x, func(f *frame) int64 {
			return number(l(f).(interface {
				TryLock() bool
			}).TryLock())
		})
	},
	"tryrlock": func(c *compiler, x *op) func(*frame) entry {
		l := c.lock(x.On)
		return tells(x, func(f *frame) int64 {
			return number(l(f).(interface {
				TryRLock() bool
			}).TryRLock())
		})
	},

	"atomicload": onInt(func(n *int64, v, _ int64) int64 { return atomic.LoadInt64(n) }),
	"atomicadd":  onInt(func(n *int64, v, _ int64) int64 { return atomic.AddInt64(n, v) }),
	"atomicswap": onInt(func(n *int64, v, _ int64) int64 { return atomic.SwapInt64(n, v) }),
	"atomicstore": onInt(func(n *int64, v, _ int64) int64 {
		atomic.StoreInt64(n, v)
		return v
	}),
	"atomiccas": onInt(func(n *int64, old, to int64) int64 { return number(atomic.CompareAndSwapInt64(n, old, to)) }),
}

func (p *prog) awoke(late time.Duration) {
	if late > p.late {
		p.late = late
	}
}

// parted reports whether the thread woke between deadlines that pass together unless it is
// late for the last millisecond of its sleep: another goroutine woke just before this one,
// which slept, was due.
func (p *prog) parted(start, due time.Time) bool {
	const soon = 20 * time.Microsecond // from a look at the timers to the goroutine
	return p.woke.After(start) && p.woke.After(due.Add(-time.Millisecond)) && p.woke.Before(due.Add(soon))
}

func work(c *compiler, x *op) func(*frame) entry {
	p, duration := c.p, c.duration(x.Var, x.D)
	return func(f *frame) entry {
		d := duration(f)
		p.spun += d
		for start := time.Now(); since(start) < d; {
		}
		return did
	}
}

// since is not inlined: a goroutine can be stopped in the call.
var since = func(start time.Time) time.Duration { return time.Since(start) }

// grow uses about n bytes of stack.
func grow(n int) byte {
	var frame [256]byte
	if n > len(frame) {
		frame[n%256] = grow(n - len(frame))
	}
	return frame[(n+1)%256]
}

func (c *compiler) lock(name string) func(f *frame) interface{} {
	base, at := c.index(name)
	list := c.p.locks[base]
	return func(f *frame) interface{} { return list[at(f)] }
}

func onLock(do func(l interface{})) func(c *compiler, x *op) func(*frame) entry {
	return func(c *compiler, x *op) func(*frame) entry {
		l := c.lock(x.On)
		return func(f *frame) entry { do(l(f)); return did }
	}
}

// onInt returns an operation of package sync/atomic.
func onInt(do func(n *int64, a, b int64) int64) func(c *compiler, x *op) func(*frame) entry {
	return func(c *compiler, x *op) func(*frame) entry {
		n := c.variable(x.On)
		a, b := c.number(x.Var, x.N), c.number("", 0)
		if len(x.Args) == 2 {
			a, b = c.value(x.Args[0]), c.value(x.Args[1])
		}
		return tells(x, func(f *frame) int64 { return do(n(f), a(f), b(f)) })
	}
}

// channel returns the channel of a name; the empty name is nil.
func (c *compiler) channel(name string) func(f *frame) chan int64 {
	if name == "" {
		return func(*frame) chan int64 { return nil }
	}
	base, at := c.index(name)
	list := c.p.chans[base]
	return func(f *frame) chan int64 { return list[at(f)] }
}

// source returns a channel to receive from: a channel of the program, of a timer or
// ticker, of a context, or of time.After.
func (c *compiler) source(name, of string, d time.Duration) func(f *frame) reflect.Value {
	if name == "after" {
		duration := c.duration(of, d)
		return func(f *frame) reflect.Value { return reflect.ValueOf(time.After(duration(f))) }
	}
	base, at := c.index(name)
	if list, ok := c.p.timers[base]; ok {
		return func(f *frame) reflect.Value { return reflect.ValueOf(list[at(f)].c) }
	}
	if list, ok := c.p.contexts[base]; ok {
		return func(f *frame) reflect.Value { return reflect.ValueOf(list[at(f)].done()) }
	}
	ch := c.channel(name)
	return func(f *frame) reflect.Value { return reflect.ValueOf(ch(f)) }
}

// fired records how late a received value came, if it was due at a time: from a timer, a
// context with a deadline, or time.After.
func (c *compiler) fired(name, of string, d time.Duration) func(f *frame, since time.Time) {
	if name == "after" {
		duration := c.duration(of, d)
		return func(f *frame, since time.Time) { f.p.awoke(time.Since(since) - duration(f)) }
	}
	base, at := c.index(name)
	timers, contexts := c.p.timers[base], c.p.contexts[base]
	return func(f *frame, since time.Time) {
		switch {
		case timers != nil:
			f.p.fired(timers[at(f)], since)
		case contexts != nil && contexts[at(f)].due.After(since):
			f.p.awoke(time.Since(contexts[at(f)].due))
		}
	}
}

// received is the end of a receive in case k. The time that a timer sends is ignored.
func received(k int, v reflect.Value, ok bool) entry {
	if !ok {
		return entry{what: 'z', k: k}
	}
	e := entry{what: 'v', k: k}
	if v.Kind() == reflect.Int64 {
		e.v = v.Int()
	}
	return e
}

func receive(c *compiler, x *op) func(*frame) entry {
	if c.isChannel(x.On) { // the common case, without package reflect
		ch := c.channel(x.On)
		return func(f *frame) entry {
			v, ok := <-ch(f)
			x.put(f, v, number(ok))
			if !ok {
				return entry{what: 'z'}
			}
			return entry{what: 'v', v: v}
		}
	}
	ch, fired := c.source(x.On, x.Var, x.D), c.fired(x.On, x.Var, x.D)
	return func(f *frame) entry {
		if x.after {
			atomic.AddInt32(&f.p.asleep, 1)
			defer atomic.AddInt32(&f.p.asleep, -1)
		}
		since := time.Now()
		v, ok := ch(f).Recv()
		fired(f, since)
		e := received(0, v, ok)
		x.put(f, e.v, number(ok))
		return e
	}
}

func tryReceive(c *compiler, x *op) func(*frame) entry {
	ch := c.source(x.On, x.Var, x.D)
	return func(f *frame) entry {
		cases := []reflect.SelectCase{{Dir: reflect.SelectDefault}, {Dir: reflect.SelectRecv, Chan: ch(f)}}
		i, v, ok := reflect.Select(cases)
		if i == 0 {
			x.put(f, 0, 0, 0)
			return entry{what: 'n', v: -1}
		}
		e := received(0, v, ok)
		x.put(f, e.v, number(ok), 1)
		return e
	}
}

func choose(c *compiler, x *op) func(*frame) entry {
	var cases []reflect.SelectCase
	var chans []func(f *frame) reflect.Value
	var values []func(f *frame) int64
	var fired []func(f *frame, since time.Time)
	for _, k := range x.Cases {
		fired = append(fired, c.fired(k.Chan, k.Var, k.D))
		dir := reflect.SelectRecv
		if k.Send {
			dir = reflect.SelectSend
			values = append(values, c.number(k.Var, k.N))
			chans = append(chans, c.source(k.Chan, "", 0))
		} else {
			values = append(values, nil)
			chans = append(chans, c.source(k.Chan, k.Var, k.D))
		}
		cases = append(cases, reflect.SelectCase{Dir: dir})
	}
	if x.Default {
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectDefault})
	}
	return func(f *frame) entry {
		if x.after {
			atomic.AddInt32(&f.p.asleep, 1)
			defer atomic.AddInt32(&f.p.asleep, -1) // it may panic
		}
		cases := append([]reflect.SelectCase(nil), cases...)
		for i, ch := range chans {
			cases[i].Chan = ch(f)
			if values[i] != nil {
				cases[i].Send = reflect.ValueOf(values[i](f))
			}
		}
		since := time.Now()
		i, v, ok := reflect.Select(cases)
		if i < len(chans) && x.idle {
			fired[i](f, since)
		}
		if i == len(chans) {
			x.put(f, -1, 0, 0)
			return entry{what: 'n', v: -1}
		}
		if cases[i].Dir == reflect.SelectSend {
			x.put(f, int64(i), 0, 0)
			return entry{what: 'n', v: int64(i)}
		}
		e := received(i, v, ok)
		x.put(f, int64(i), e.v, number(ok))
		return e
	}
}
