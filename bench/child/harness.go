// Child runs programs on real goroutines.
//
// Except for main.go, tick.go and asked_*.go its files are in the Go of 1.2: with a main
// function of their own they are also the probe for every release.
package main

import (
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

// A prog is a running program. With GOMAXPROCS=1 no two goroutines touch it at once.
type prog struct {
	source
	objects
	ops    []*op
	funcs  map[string]*function
	panics map[string]interface{} // the values of constant texts

	alone  bool  // it runs in a process of its own, whose main goroutine is the program's
	traced bool  // and isTraced
	over   bool  // main has returned, or a goroutine has panicked: later operations do not count
	said   int32 // entries of logs
	ids    int32
	live   int32
	asleep int32

	yielding int // goroutines that have yielded and are to go on
	kernel   int // how often the kernel had stopped this process before the program
	sysmon   int // how often sysmon had asked a goroutine to stop

	begun  time.Time
	from   int       // the P's schedtick then, of a program in a process of its own
	others int       // goroutines that do not belong to this program
	last   time.Time // time of its last progress
	late   time.Duration
	woke   time.Time     // time of the last end of a sleep
	active time.Duration // time that it took without sleeping and computing
	spun   time.Duration // for which goroutines computed
	moves  int           // number of operations begun and ended
	done   chan bool

	marks []where // of a program in a process of its own, by place in its log
}

// An entry says that a goroutine has done the operation at pc, and its result.
type entry struct {
	g, pc int
	what  byte // see String
	k     int
	v     int64
	text  string
}

func (e entry) String() string {
	switch e.what {
	case 'v': // received, in case k of a select
		return fmt.Sprintf("%d.%d:%d,%d", e.g, e.pc, e.k, e.v)
	case 'z': // likewise, and the channel was closed
		return fmt.Sprintf("%d.%d:%d,z", e.g, e.pc, e.k)
	case 'n': // a number
		return fmt.Sprintf("%d.%d:%d", e.g, e.pc, e.v)
	case 't': // a text
		return fmt.Sprintf("%d.%d:%s", e.g, e.pc, strings.Replace(e.text, " ", "_", -1))
	case '!':
		return fmt.Sprintf("%d!%s", e.g, strings.Replace(e.text, " ", "_", -1))
	case 'x':
		return fmt.Sprintf("%dx", e.g)
	}
	return fmt.Sprintf("%d.%d", e.g, e.pc)
}

// logs is the memory of every program's log: new memory takes time at first use.
var logs []entry

// A result is the result of a program.
type result struct {
	Log      string
	Elapsed  time.Duration // time up to its last progress
	Late     time.Duration // largest lateness of a sleep, without the computations of others meanwhile; an hour if sleeps were parted
	Active   time.Duration // without sleeping and computing
	Spun     time.Duration // for which goroutines computed
	Stuck    bool          // goroutines are left, and main has not returned
	Stopped  int           // how often the kernel stopped this process
	Asked    int           // how often sysmon asked a goroutine to stop, if asked can tell
	From, To int           // the P's schedtick before and after, if tick can tell
	Marks    []where       // of each mark of a program in a process of its own
	Began    time.Duration // time from the start of such a process to that of the program
}

// old says that this may be up to Go 1.13, where a timer has a goroutine of its own.
var old = false

// tick is the function that returns the P's schedtick.
var tick = func() int { return 0 }

// slices is the function that returns how many time slices all Ps have begun.
var slices = func() int { return 0 }

// asked is the function that returns how often sysmon has asked a goroutine to stop.
var asked = func() int { return 0 }

// run runs a program among others. A program without progress for as long as patience is
// taken to be stuck.
func run(s source, patience time.Duration) (r result) {
	p := load(s)
	p.sysmon = asked() // before the timer, since it may take a while
	now := time.Now()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	if old {
		time.Sleep(time.Millisecond) // until the timerproc sleeps again
	}
	for i := 0; i < 5; i++ {
		runtime.Gosched()
	}
	p.others = runtime.NumGoroutine()
	p.begin()
	r.From = tick()
	go p.work(1, p.funcs["main"], nil)
	select {
	case <-p.done:
	case <-timer.C:
	}
	r.To = tick()
	fired := time.Since(now) >= patience
	p.times(&r)
	r.Stuck = !p.over && atomic.LoadInt32(&p.live) > 0
	if moves := p.moves; fired && (!r.Stuck || p.settle() != moves) {
		r.Elapsed = time.Hour // it was not stuck but delayed, and this goroutine or settle has disturbed it
	}
	r.Log = p.log()
	p.over = true
	p.clear()
	for atomic.LoadInt32(&p.asleep) > 0 {
		time.Sleep(time.Millisecond) // a goroutine that wakes up must not meet the next program
	}
	p.settle()
	r.Asked = asked() - p.sysmon // not before, since counting needs another goroutine
	return r
}

func (p *prog) begin() {
	p.kernel = stopped()
	p.begun = time.Now()
	p.last = p.begun
}

func (p *prog) times(r *result) {
	p.overdue()
	r.Stopped = stopped() - p.kernel
	r.Elapsed, r.Late, r.Active, r.Spun = p.last.Sub(p.begun), p.late, p.active, p.spun
}

func (p *prog) log() string {
	words := make([]string, 0, p.said)
	for _, e := range logs[:p.said] {
		words = append(words, e.String())
	}
	return strings.Join(words, " ")
}

// settle lets every runnable goroutine run, and reports their progress. A goroutine that
// yields runs again after all others, except once in 61 times.
func (p *prog) settle() int {
	last := -1
	for quiet, turns := 0, 0; quiet < 8 && turns < 100000; turns++ {
		if quiet++; p.moves != last {
			quiet, last = 0, p.moves
		}
		runtime.Gosched()
	}
	return p.moves
}

// A frame is a call of a function.
type frame struct {
	p     *prog
	g     int       // the goroutine
	vars  []int64   // its parameters, and then its other variables
	turns [16]int64 // turns of the loops that it is in, the outermost first
	ret   int64
	ends  *bool // its goroutine calls runtime.Goexit, or has returned
}

func (p *prog) call(g int, f *function, args []int64, ends *bool) *frame {
	c := &frame{p: p, g: g, vars: make([]int64, f.size), ends: ends}
	copy(c.vars, args)
	return c
}

// work is the body of a goroutine.
func (p *prog) work(g int, f *function, args []int64) {
	returned, ends := false, false
	defer func() {
		p.moves++
		if p.Recover || !p.alone {
			if e := recover(); e != nil {
				p.say(entry{g: g, what: '!', text: fmt.Sprint(e)})
				if returned, ends = false, true; !p.Recover {
					p.stop()
				}
			}
		}
		if !ends { // it panics, which ends the program
			if p.live == 1 {
				p.tell()
			}
			return
		}
		if returned && g == 1 {
			p.stop()
		}
		if !p.over {
			p.say(entry{g: g, what: 'x'})
		}
		if atomic.AddInt32(&p.live, -1) == 0 {
			p.stop()
		}
	}()
	p.call(g, f, args, &ends).run(f.pc)
	returned, ends = true, true
}

// stop ends a program.
func (p *prog) stop() {
	if p.over {
		return
	}
	if p.alone {
		p.tell()
	}
	if atomic.LoadInt32(&p.live) > 0 {
		p.over = true
	}
	select {
	case p.done <- true:
	default:
	}
}

// run performs operations from pc on, up to the end of the function or of the body that
// begins there. Its deferred bodies run when it returns, and recover in them recovers
// from its panic, so both happen here.
func (f *frame) run(pc int) {
	p := f.p
	for !p.over && pc >= 0 {
		x := p.ops[pc]
		p.moves++
		switch {
		case x.flow != nil:
			pc = x.flow(f)
			continue
		case x.Verb == "do":
			f.once(x)
			pc = x.other + 1
			continue
		case x.Verb == "defer":
			defer f.run(pc + 1)
			pc = x.other + 1
			continue
		case x.Verb == "recover":
			v := int64(0)
			if recover() != nil {
				v = 1
			}
			x.put(f, v)
			pc++
			continue
		}
		f.ended(x, x.do(f))
		pc++
	}
}

// ended records the end of an operation.
func (f *frame) ended(x *op, e entry) {
	p := f.p
	p.moves++
	e.g, e.pc = f.g, x.pc
	p.say(e)
	now := time.Now()
	if x.Verb != "work" && x.Verb != "spin" && (!x.idle || p.yielding > 0) {
		p.active += now.Sub(p.last)
	}
	p.last = now
}

func (p *prog) say(e entry) {
	if n := atomic.AddInt32(&p.said, 1); !p.over && int(n) <= len(logs) {
		logs[n-1] = e
		if p.alone && p.ops[e.pc].Verb == "mark" && e.what != 'x' && e.what != '!' {
			p.marks[n-1] = p.here()
			if p.traced {
				write(markToken)
			}
		}
	} else {
		atomic.AddInt32(&p.said, -1)
	}
}
