// Child runs programs on real goroutines.
//
// This file is in the Go of 1.2: with a main function of its own behind it, it
// is also the probe that every release is asked with.
package main

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"time"
)

// An op is a letter with numbers, as package schedlive encodes it.
type op struct {
	code  byte
	a     int   // a channel, a lock or a function
	n     int   // a value, a number of times, nanoseconds, or the pc of the other end of a loop
	cases []int // of a select: three numbers each, 1 for a send, the channel, and the value
}

// A program's state. With GOMAXPROCS=1 no two goroutines touch it at once.
type program struct {
	chans  []chan int
	locks  []interface{}
	funcs  []int // where each begins
	ops    []op
	log    []entry
	ids    int
	live   int
	last   time.Time // when it last moved
	late   time.Duration
	active time.Duration // it took but for sleeping and computing
	spun   time.Duration // for which goroutines computed
	moves  int           // grows when a goroutine begins something, or ends it
	done   chan bool
}

// An entry says that a goroutine has done the operation at pc, and what came of it.
type entry struct {
	g, pc int
	what  byte // '.' done, 'v' received, 'z' closed, 'x' exited, '!' panicked
	k, v  int
	text  string
}

// logs is the memory of every program's log: new memory takes time at first use.
var logs = make([]entry, 0, 1<<16)

// patience is how long a program may stand still before it is taken to be stuck.
const patience = 8 * time.Millisecond

// patient says that there is such a time. Else a program that gets stuck is the
// end of this one.
var patient = true

// A result is what became of a program.
type result struct {
	Log      string
	Elapsed  time.Duration // up to its last move
	Late     time.Duration // by how much the latest sleep was too long
	Active   time.Duration // but for sleeping and computing
	Spun     time.Duration // for which goroutines computed
	Stuck    bool          // goroutines are left
	From, To int           // the P's schedtick before and after, if tick can tell
}

// tick reports the P's schedtick.
var tick = func() int { return 0 }

// run runs a program: how many nanoseconds it sleeps, its channels, its locks, and
// the operations of each of its functions.
func run(text string) (r result) {
	p := parse(text)
	parts := strings.SplitN(text, "|", 2)
	patience := patience + time.Duration(number(parts[0]))
	p.done = make(chan bool, 1)
	for i := 0; i < 5; i++ {
		runtime.Gosched()
	}
	var expired <-chan time.Time
	if patient {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		expired = timer.C
	}
	p.ids, p.live = 1, 1
	start := time.Now()
	p.last = start
	r.From = tick()
	go p.work(1, 0)
	select {
	case <-p.done:
	case <-expired:
	}
	r.To = tick()
	r.Elapsed, r.Late, r.Active, r.Spun, r.Stuck = p.last.Sub(start), p.late, p.active, p.spun, p.live > 0
	if moves := p.moves; r.Stuck && p.settle() != moves {
		r.Elapsed = time.Hour // it was not stuck: something had kept it, and this here came between
	}
	words := make([]string, 0, len(p.log))
	for _, e := range p.log {
		words = append(words, e.String())
	}
	r.Log = strings.Join(words, " ")
	return r
}

// settle lets every goroutine that can run do so, and reports how often they have
// moved. Who yields comes back behind all others, but for once in 61 times.
func (p *program) settle() int {
	for quiet, last := 0, -1; quiet < 8; quiet++ {
		if p.moves != last {
			quiet, last = 0, p.moves
		}
		runtime.Gosched()
	}
	return p.moves
}

func (e entry) String() string {
	switch e.what {
	case 'v':
		return fmt.Sprintf("%d.%d:%d,%d", e.g, e.pc, e.k, e.v)
	case 'z':
		return fmt.Sprintf("%d.%d:%d,z", e.g, e.pc, e.k)
	case 's':
		return fmt.Sprintf("%d.%d:%d", e.g, e.pc, e.k)
	case '!':
		return fmt.Sprintf("%d!%s", e.g, strings.Replace(e.text, " ", "_", -1))
	case 'x':
		return fmt.Sprintf("%dx", e.g)
	}
	return fmt.Sprintf("%d.%d", e.g, e.pc)
}

// work is a goroutine. It recovers from its panics, and ends.
func (p *program) work(g, pc int) {
	defer func() {
		if e := recover(); e != nil {
			p.log = append(p.log, entry{g: g, what: '!', text: fmt.Sprint(e)})
		}
		p.log = append(p.log, entry{g: g, what: 'x'})
		p.last = time.Now()
		p.moves++
		if p.live--; p.live == 0 {
			p.done <- true
		}
	}()
	var loops []int
	for {
		x := &p.ops[pc]
		p.moves++
		switch x.code {
		case 'L':
			loops = append(loops, x.a)
			pc++
			continue
		case 'E':
			if loops[len(loops)-1]--; loops[len(loops)-1] > 0 {
				pc = x.n + 1
			} else {
				loops = loops[:len(loops)-1]
				pc++
			}
			continue
		case 'X', 'R':
			return
		}
		what, k, v := p.do(x)
		p.moves++
		p.log = append(p.log, entry{g: g, pc: pc, what: what, k: k, v: v})
		now := time.Now()
		if x.code != 'z' && x.code != 'x' {
			p.active += now.Sub(p.last)
		}
		p.last = now
		pc++
	}
}

// do does an operation, and tells what came of it.
func (p *program) do(x *op) (what byte, k, v int) {
	switch x.code {
	case 'g':
		for i := 0; i < x.n; i++ {
			p.ids++
			p.live++
			go p.work(p.ids, p.funcs[x.a])
		}
	case 'y':
		runtime.Gosched()
	case 's':
		p.channel(x.a) <- x.n
	case 'r':
		v, ok := <-p.channel(x.a)
		if !ok {
			return 'z', 0, 0
		}
		return 'v', 0, v
	case 'c':
		close(p.channel(x.a))
	case 'S':
		return p.choose(x)
	case 'l':
		p.locks[x.a-1].(sync.Locker).Lock()
	case 'u':
		p.locks[x.a-1].(sync.Locker).Unlock()
	case 'k':
		p.locks[x.a-1].(*sync.RWMutex).RLock()
	case 'v':
		p.locks[x.a-1].(*sync.RWMutex).RUnlock()
	case 'a':
		p.locks[x.a-1].(*sync.WaitGroup).Add(x.n)
	case 'w':
		if wg, ok := p.locks[x.a-1].(*sync.WaitGroup); ok {
			wg.Wait()
		} else {
			p.locks[x.a-1].(*sync.Cond).Wait()
		}
	case 'i':
		p.locks[x.a-1].(*sync.Cond).Signal()
	case 'b':
		p.locks[x.a-1].(*sync.Cond).Broadcast()
	case 'z':
		start := time.Now()
		time.Sleep(time.Duration(x.n))
		if late := time.Since(start) - time.Duration(x.n); late > p.late {
			p.late = late
		}
	case 'm':
	case 'x':
		p.spun += time.Duration(x.n)
		for start := time.Now(); time.Since(start) < time.Duration(x.n); {
		}
	default:
		panic("operation " + string(x.code))
	}
	return '.', 0, 0
}

func (p *program) choose(x *op) (what byte, k, v int) {
	var cases []reflect.SelectCase
	if x.a == 1 {
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectDefault})
	}
	for i := 0; i < len(x.cases); i += 3 {
		c := reflect.ValueOf(p.channel(x.cases[i+1]))
		if x.cases[i] == 1 {
			cases = append(cases, reflect.SelectCase{Dir: reflect.SelectSend, Chan: c, Send: reflect.ValueOf(x.cases[i+2])})
		} else {
			cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: c})
		}
	}
	i, value, ok := reflect.Select(cases)
	k = i - x.a
	switch {
	case k < 0 || cases[i].Dir == reflect.SelectSend:
		return 's', k, 0
	case !ok:
		return 'z', k, 0
	}
	return 'v', k, int(value.Int())
}

// channel is the channel of that number; 0 is nil.
func (p *program) channel(n int) chan int {
	if n == 0 {
		return nil
	}
	return p.chans[n-1]
}

func parse(text string) *program {
	parts := strings.Split(text, "|")
	p := &program{log: logs[:0]}
	for _, w := range strings.Fields(parts[1]) {
		p.chans = append(p.chans, make(chan int, number(w)))
	}
	for _, w := range strings.Fields(parts[2]) {
		n := number(w[1:])
		switch w[0] {
		case 'm':
			p.locks = append(p.locks, new(sync.Mutex))
		case 'r':
			p.locks = append(p.locks, new(sync.RWMutex))
		case 'w':
			wg := new(sync.WaitGroup)
			wg.Add(n)
			p.locks = append(p.locks, wg)
		default:
			p.locks = append(p.locks, sync.NewCond(p.locks[n-1].(sync.Locker)))
		}
	}
	for _, part := range parts[3:] {
		p.funcs = append(p.funcs, len(p.ops))
		var open []int
		for _, w := range strings.Fields(part) {
			nums := strings.Split(w[1:], ",")
			x := op{code: w[0]}
			if len(w) > 1 {
				x.a = number(nums[0])
			}
			switch {
			case w[0] == 'S':
				for _, n := range nums[1:] {
					x.cases = append(x.cases, number(n))
				}
			case len(nums) > 1:
				x.n = number(nums[1])
			}
			switch w[0] {
			case 'L':
				open = append(open, len(p.ops))
			case 'E':
				x.n = open[len(open)-1]
				open = open[:len(open)-1]
			}
			p.ops = append(p.ops, x)
		}
		p.ops = append(p.ops, op{code: 'R'})
	}
	return p
}

func number(text string) int {
	n, sign := 0, 1
	for i := 0; i < len(text); i++ {
		if text[i] == '-' && i == 0 {
			sign = -1
			continue
		}
		if text[i] < '0' || text[i] > '9' {
			panic("number " + text)
		}
		n = 10*n + int(text[i]-'0')
	}
	return sign * n
}
