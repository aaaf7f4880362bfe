package bench

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/orrery-go/orrery/program"
)

// A mixture is a program of all kinds of operations, in random order.
type mixture struct {
	locks  bool
	crowd  bool // hundreds of goroutines, so that a P's ring overflows
	sleeps int  // largest number of goroutines that sleep, and wake up far apart
	spins  int  // largest number of times that a goroutine computes for [Busy]
}

// A mixer makes a mixture.
type mixer struct {
	*maker
	of       mixture
	chans    []string
	locks    []program.Lock
	group    string // the wait group
	bodies   [][]program.Op
	names    []string
	sleepers int // the first functions, each of one goroutine
	slept    int
	crowds   int
}

// mixed makes functions, each of which starts only later ones. In the end main releases
// most of the goroutines that still wait.
func (m *maker) mixed(of mixture) {
	x := &mixer{maker: m, of: of}
	for i := range 1 + m.IntN(4) {
		x.chans = append(x.chans, m.channel(fmt.Sprint("c", i+1, "_"), m.IntN(4)))
	}
	firstLock := len(m.p.Locks)
	if of.locks {
		x.objects()
		x.locks = m.p.Locks[firstLock:]
	}
	n := 2 + m.IntN(5)
	for i := range n + 1 {
		x.names = append(x.names, m.name(fmt.Sprint("f", i, "_")))
	}
	if of.sleeps > 0 {
		x.sleepers = 1 + m.IntN(min(of.sleeps, n))
	}
	for i := range x.names {
		x.bodies = append(x.bodies, x.body(i))
	}
	x.spins(x.count(firstLock))
	for i, name := range x.names {
		m.p.Funcs = append(m.p.Funcs, program.Func{Name: name, Ops: x.bodies[i]})
	}
	m.begin(ops(start(x.names[0], 0)))
	if of.sleeps > 0 {
		m.begin(ops(sleep(time.Millisecond << (x.sleepers + 1))))
	}
	m.rest()
	x.broadcast()
	for i, c := range x.chans {
		m.begin(ops(start(m.function(fmt.Sprint("close", i+1, "_"), ops(on(program.Close, c))), 0)))
		m.rest()
		x.broadcast()
	}
	m.words(x.locks)
}

func (x *mixer) objects() {
	kinds := []program.Type{program.Mutex, program.Mutex, program.RWMutex}
	var mutexes []program.Lock
	for i := range 1 + x.IntN(3) {
		k := kinds[x.IntN(3)]
		mutexes = append(mutexes, program.Lock{Name: x.lock(fmt.Sprint("m", i+1, "_"), k, 0), Type: k})
	}
	if x.oneIn(2) {
		x.group = x.lock("wg", program.WaitGroup, 0)
	}
	if x.oneIn(2) {
		l := mutexes[x.IntN(len(mutexes))]
		x.cond("cond", l.Name)
		x.p.Locks[len(x.p.Locks)-1].RLocker = l.Type == program.RWMutex && x.oneIn(2)
	}
	if x.oneIn(2) {
		x.lock("once", program.Once, 0)
	}
}

// words makes main log the words in memory of the mutexes.
func (m *maker) words(locks []program.Lock) {
	for _, l := range locks {
		n := map[program.Type]int{program.Mutex: 2, program.RWMutex: 6}[l.Type]
		if n == 0 {
			continue
		}
		o, says := on(program.Words, l.Name), ""
		for i := range n {
			v := m.name(fmt.Sprint("word", i, "_"))
			o.Set, says = append(o.Set, v), says+" {"+v+"}"
		}
		m.begin(ops(o, on(program.Mark, strings.TrimSpace(says))))
	}
}

func (x *mixer) broadcast() {
	for _, l := range x.locks {
		if l.Type == program.Cond {
			x.begin(ops(on(program.Broadcast, l.Name), op(program.Yield), on(program.Broadcast, l.Name)))
		}
	}
}

// body makes the body of function i.
func (x *mixer) body(i int) (out []program.Op) {
	if i == 0 {
		for j := 1; j < len(x.names); j++ {
			if j <= x.sleepers {
				out = append(out, start(x.names[j], 0))
			} else if x.IntN(3) > 0 {
				out = append(out, x.start(x.names[j]))
			}
			if x.oneIn(4) {
				out = append(out, x.block(2)...)
			}
		}
	}
	for range 1 + x.IntN(4) {
		if later := x.names[max(i, x.sleepers)+1:]; len(later) > 0 && x.oneIn(8) {
			out = append(out, start(later[x.IntN(len(later))], 0))
		}
		out = append(out, x.block(2)...)
	}
	if 0 < i && i <= x.sleepers {
		x.slept++
		at := x.IntN(len(out) + 1)
		for at > 0 && at < len(out) && inBody(out[:at]) {
			at--
		}
		out = slices.Insert(out, at, sleep(time.Millisecond<<x.slept))
	}
	return out
}

// inBody reports whether a loop, or another body, has begun and not ended.
func inBody(ops []program.Op) bool {
	depth := 0
	for _, op := range ops {
		switch {
		case op.Verb.Opens():
			depth++
		case op.Verb == program.End:
			depth--
		}
	}
	return depth > 0
}

func (x *mixer) start(name string) program.Op {
	n := 1 + x.IntN(3)
	if x.of.crowd && x.crowds < 3 && (x.crowds == 0 || x.oneIn(3)) {
		x.crowds++
		n = 250 + x.IntN(150)
		if x.crowds > 1 {
			n = 50 + x.IntN(100)
		}
	}
	return start(name, n)
}

func (x *mixer) channel() string {
	if !x.of.crowd && x.oneIn(60) {
		return ""
	}
	return x.chans[x.IntN(len(x.chans))]
}

// block makes operations that belong together.
func (x *mixer) block(depth int) []program.Op {
	if x.of.locks && x.oneIn(2) {
		return x.locked(depth)
	}
	switch n := x.IntN(20); {
	case n < 4:
		return ops(op(program.Yield))
	case n < 8:
		return ops(send(x.channel(), x.IntN(1000)))
	case n < 12:
		return ops(on(program.Recv, x.channel()))
	case n < 15:
		return ops(x.choice())
	case n < 16:
		return ops([]program.Op{{Verb: program.TrySend, On: x.channel(), N: 7}, on(program.TryRecv, x.channel()), on(program.Len, x.channel())}[x.IntN(3)])
	case n < 17 && x.oneIn(3):
		return ops(on(program.Close, x.channel()))
	case n < 18 && depth > 0:
		return loop(2+x.IntN(3), x.block(depth-1))
	}
	return ops(mark)
}

// choice makes a select.
func (x *mixer) choice() program.Op {
	o := program.Op{Verb: program.Select, Default: x.oneIn(3)}
	for range 1 + x.IntN(4) {
		k := program.Case{Chan: x.channel(), Send: x.oneIn(2)}
		if k.Send {
			k.N = x.Int64N(1000)
		}
		o.Cases = append(o.Cases, k)
	}
	return o
}

// locked makes operations on a lock, with others in between.
func (x *mixer) locked(depth int) []program.Op {
	l := x.locks[x.IntN(len(x.locks))]
	var inside []program.Op
	if depth > 0 && x.oneIn(3) {
		inside = ops(op(program.Yield))
	}
	if depth > 0 && x.oneIn(6) {
		inside = append(inside, x.block(0)...)
	}
	around := func(first, last program.Op) []program.Op {
		return slices.Concat(ops(first), inside, ops(last))
	}
	switch {
	case l.Type == program.RWMutex && x.IntN(3) > 0:
		return around(on(program.RLock, l.Name), on(program.RUnlock, l.Name))
	case l.Type == program.Mutex || l.Type == program.RWMutex:
		return around(on(program.Acquire, l.Name), on(program.Unlock, l.Name))
	case l.Type == program.Once:
		body := slices.Concat(ops(on(program.Do, l.Name)), x.times(x.IntN(3), op(program.Yield)), ops(mark))
		if x.oneIn(3) {
			body = append(body, on(program.Panic, "f"))
		}
		return append(body, op(program.End))
	case l.Type == program.WaitGroup && x.oneIn(20):
		return ops(program.Op{Verb: program.Add, On: l.Name, N: 1})
	case l.Type == program.WaitGroup && x.IntN(3) > 0:
		return ops(on(program.Done, l.Name))
	case l.Type == program.WaitGroup:
		return ops(on(program.Wait, l.Name))
	case x.oneIn(4) && l.RLocker: // an ordinary lock would be let go by a reader's unlock
		return ops(on(program.RLock, l.L), on(program.Wait, l.Name), on(program.RUnlock, l.L))
	case !l.RLocker && x.oneIn(4):
		return ops(on(program.Acquire, l.L), on(program.Wait, l.Name), on(program.Unlock, l.L))
	case x.oneIn(2):
		return ops(on(program.Signal, l.Name))
	}
	return ops(on(program.Broadcast, l.Name))
}

// count sets the counter of the wait group to the number of Done operations, if all
// goroutines end, and returns the number of goroutines of each function.
func (x *mixer) count(firstLock int) []int64 {
	times := make([]int64, len(x.names))
	times[0] = 1
	done := int64(0)
	for i, body := range x.bodies {
		turns := []int64{1}
		for _, op := range body {
			t := turns[len(turns)-1]
			if op.Verb.Opens() {
				turns = append(turns, t*max(op.N, 1))
			}
			switch op.Verb {
			case program.End:
				turns = turns[:len(turns)-1]
			case program.Go:
				times[slices.Index(x.names, op.On)] += times[i] * t * max(op.N, 1)
			case program.Done:
				done += times[i] * t
			}
		}
	}
	for i := range x.p.Locks {
		if l := &x.p.Locks[i]; i >= firstLock && l.Name == x.group {
			l.Counter = done
		}
	}
	return times
}

// spins puts computations into functions that only one goroutine runs.
func (x *mixer) spins(times []int64) {
	for range x.of.spins {
		i := x.IntN(len(x.bodies))
		at := x.IntN(len(x.bodies[i]) + 1)
		if times[i] == 1 && !inBody(x.bodies[i][:at]) {
			x.bodies[i] = slices.Insert(x.bodies[i], at, work(Busy))
		}
	}
}

// queues makes a queue form at a mutex: goroutines that hold it wait for a condition
// with it, and a goroutine that unlocks it locks it again at once.
func (m *maker) queues(most, spins int, tries bool) {
	kind := program.Mutex
	if m.oneIn(4) {
		kind = program.RWMutex
	}
	a, b := m.lock("a", kind, 0), m.lock("b", program.Mutex, 0)
	c := m.cond("c", b)
	lock, unlock, signal := on(program.Acquire, a), on(program.Unlock, a), on(program.Signal, c)
	wait := ops(on(program.Acquire, b), on(program.Wait, c), on(program.Unlock, b))
	blocks := [][]program.Op{
		slices.Concat(ops(lock), wait, ops(unlock)),
		ops(lock, unlock),
		ops(lock, signal, unlock),
		ops(signal), ops(signal), ops(on(program.Broadcast, c)),
	}
	if spins == 0 {
		// The unlocking goroutine wakes one, locks again, and wakes another that gets
		// ahead.
		blocks = append(blocks, slices.Concat(ops(lock, unlock, lock, signal), wait, ops(unlock)), slices.Concat(wait, ops(lock, unlock)))
	}
	if kind == program.RWMutex {
		blocks = append(blocks, ops(on(program.RLock, a), on(program.RUnlock, a)))
	}
	if tries {
		got := m.name("got")
		try := on(program.TryLock, a)
		try.Set = []string{got}
		blocks = append(blocks, ops(try, program.Op{Verb: program.If, X: program.Value(got)}, unlock, op(program.End)))
	}
	for i := range 3 + m.IntN(most-2) {
		var body []program.Op
		for range 2 + m.IntN(4+most/8) {
			if spins > 0 && m.oneIn(4) {
				spins--
				body = append(body, work(Busy))
			}
			body = append(body, blocks[m.IntN(len(blocks))]...)
		}
		m.begin(ops(start(m.function(fmt.Sprint("g", i, "_"), body), 0)))
	}
	m.rest()
	m.words([]program.Lock{{Name: a, Type: kind}, {Name: b, Type: program.Mutex}})
}
