package bench

import (
	"fmt"
	"time"

	"github.com/orrery-go/orrery/program"
)

// The shapes. Those that begin with slow take milliseconds; crowds are of hundreds of
// goroutines.
var makers = map[Shape]func(m *maker){
	"channels": func(m *maker) { m.mixed(mixture{}) },
	"locks":    func(m *maker) { m.mixed(mixture{locks: true}) },
	"queues":   func(m *maker) { m.queues(6, 0, false) },
	"lines":    func(m *maker) { m.queues(30, 0, false) },
	"tried":    func(m *maker) { m.queues(12, 0, true) },

	"numbers":    numbers,
	"yielders":   yielders,
	"ping-pong":  pingPong,
	"turns":      turns,
	"workers":    workers,
	"counters":   counters,
	"tree":       tree,
	"fan-in":     fanIn,
	"close":      closing,
	"reuse":      reuse,
	"writers":    writers,
	"broadcast":  broadcast,
	"hand-off":   handOff,
	"semaphore":  semaphore,
	"pool":       pool,
	"generator":  generator,
	"once":       once,
	"atomics":    atomics,
	"unwinding":  unwinding,
	"values":     values,
	"contexts":   contexts,
	"tries":      tries,
	"rendezvous": rendezvous,

	"crowd":          func(m *maker) { m.mixed(mixture{crowd: true}) },
	"crowd of locks": func(m *maker) { m.mixed(mixture{crowd: true, locks: true}) },
	"crowd at once":  func(m *maker) { m.numbersOf(250 + m.IntN(751)) },

	"slow starving":  func(m *maker) { m.queues(6, 3, false) },
	"slow computing": func(m *maker) { m.mixed(mixture{locks: true, spins: 3}) },
	"slow sleeps":    func(m *maker) { m.mixed(mixture{sleeps: 3}) },
	"slow at once":   sleepAtOnce,
	"slow while":     sleepWhile,
	"slow timers":    slowTimers,
	"slow contexts":  slowContexts,
	"slow in turn":   sleepInTurn,
}

// numbers starts goroutines that mark their number: the classic.
func numbers(m *maker) { m.numbersOf(1 + m.IntN(20)) }

func (m *maker) numbersOf(n int) {
	wg := m.lock("all", program.WaitGroup, n)
	body := ops(mark, on(program.Done, wg))
	if m.oneIn(3) {
		body = ops(on(program.Done, wg), op(program.Yield), mark)
	}
	f := m.function("number", body)
	if m.oneIn(2) {
		m.begin(ops(start(f, n)))
	} else if k := m.IntN(n); k > 0 {
		m.begin(ops(start(f, k), op(program.Yield), start(f, n-k)))
	} else {
		m.begin(loop(n, ops(start(f, 1))))
	}
	if m.oneIn(2) {
		m.begin(ops(on(program.Wait, wg), mark))
	}
}

// yielders yield in turn, more often than there are slices between two looks at the
// global queue.
func yielders(m *maker) {
	k, n := 1+m.IntN(5), 5+m.IntN(60)
	f := m.function("yields", loop(n, ops(op(program.Yield))), ops(mark))
	m.begin(ops(start(f, k)))
	if m.oneIn(2) {
		spawned := m.function("one", ops(mark))
		g := m.function("starts", loop(n/2+1, ops(start(spawned, 1+m.IntN(2)), op(program.Yield))))
		m.begin(ops(start(g, 1)))
	}
	if m.oneIn(2) {
		m.begin(loop(n, ops(op(program.Yield))))
	}
}

// pingPong lets a few goroutines wake each other in turn.
func pingPong(m *maker) {
	n, turns := 2+m.IntN(3), 2+m.IntN(20)
	var names []string
	for i := range n {
		names = append(names, m.channel(string(rune('a'+i)), m.IntN(8)/7))
	}
	for i, c := range names {
		next := names[(i+1)%n]
		body := ops(on(program.Recv, c), send(next, i))
		if m.oneIn(4) {
			body = append(body, op(program.Yield))
		}
		last := ops(on(program.Recv, c))
		if i < n-1 {
			last = append(last, send(next, 99))
		}
		m.begin(ops(start(m.function("player"+string(rune('a'+i)), loop(turns, body), last), 1)))
		if i == 0 && m.oneIn(2) {
			m.rest()
		}
	}
	m.begin(ops(send(names[0], 7)))
}

// turns lets a few goroutines take turns by a condition.
func turns(m *maker) {
	n := 2 + m.IntN(3)
	l := m.lock("turn", program.Mutex, 0)
	c := m.cond("turns", l)
	wake := on(program.Signal, c)
	if m.oneIn(2) {
		wake = on(program.Broadcast, c)
	}
	f := m.function("player", ops(on(program.Acquire, l)), loop(2+m.IntN(20), ops(wake, on(program.Wait, c))), ops(wake, on(program.Unlock, l)))
	m.begin(ops(start(f, n)))
	m.rest()
	m.begin(m.times(n, wake, op(program.Yield)))
}

// workers lets workers take values from a channel until it is closed, and pass them on.
func workers(m *maker) {
	n, each := 1+m.IntN(6), 1+m.IntN(6)
	in, out := m.channel("jobs", m.IntN(4)), m.channel("results", m.IntN(4))
	wg := m.lock("all", program.WaitGroup, n)
	w := m.function("worker", loop(each, ops(on(program.Recv, in)), m.times(m.IntN(2), op(program.Yield)), ops(send(out, 5))), ops(on(program.Done, wg)))
	m.begin(ops(start(w, n), start(m.function("boss", loop(n*each, ops(send(in, 3))), ops(on(program.Close, in))), 1)))
	m.begin(ops(start(m.function("reads", loop(n*each, ops(on(program.Recv, out)))), 1)))
	m.begin(ops(on(program.Wait, wg), mark))
}

// counters lets goroutines count under locks with a queue.
func counters(m *maker) {
	l := m.lock("count", program.Mutex, 0)
	rw := m.lock("table", program.RWMutex, 0)
	inside := m.times(m.IntN(2), op(program.Yield))
	f := m.function("counts", loop(1+m.IntN(5), ops(on(program.Acquire, l)), inside, ops(on(program.Unlock, l)),
		ops(on(program.RLock, rw)), m.times(m.IntN(3), op(program.Yield)), ops(on(program.RUnlock, rw)), ops(on(program.Acquire, rw), on(program.Unlock, rw))))
	m.begin(ops(start(f, 2+m.IntN(8))))
}

// tree lets goroutines start goroutines, and wait for them.
func tree(m *maker) {
	depth, n := 1+m.IntN(3), 1+m.IntN(3)
	leaf := m.channel("leaf", m.IntN(3))
	f := m.function("leaf0_", ops(send(leaf, 1)))
	for i := range depth {
		done := m.channel(fmt.Sprint("done", i, "_"), 0)
		kids := 1 + m.IntN(3)
		body := ops(start(f, kids))
		if i == 0 {
			body = append(body, loop(kids, ops(on(program.Recv, leaf)))...)
		} else {
			body = append(body, loop(kids, ops(on(program.Recv, m.name(fmt.Sprint("done", i-1, "_")))))...)
		}
		f = m.function(fmt.Sprint("node", i, "_"), body, ops(mark, send(done, i)))
	}
	m.begin(ops(start(f, n)), loop(n, ops(on(program.Recv, m.name(fmt.Sprint("done", depth-1, "_"))))))
}

// fanIn lets one select receive from many channels, some of them in two cases.
func fanIn(m *maker) {
	n := 1 + m.IntN(4)
	total := 0
	var cases []program.Case
	for i := range n {
		c := m.channel("in"+string(rune('a'+i)), m.IntN(3))
		k, each := 1+m.IntN(3), 1+m.IntN(4)
		total += k * each
		for range 1 + m.IntN(3)*m.IntN(2) {
			cases = append(cases, program.Case{Chan: c})
		}
		m.begin(ops(start(m.function("source"+string(rune('a'+i)), loop(each, ops(send(c, 10*i)))), k)))
	}
	if m.oneIn(4) {
		cases = append(cases, program.Case{})
	}
	m.Shuffle(len(cases), func(i, j int) { cases[i], cases[j] = cases[j], cases[i] })
	k := 1 + m.IntN(3)
	choose := program.Op{Verb: program.Select, Cases: cases}
	if m.oneIn(4) {
		choose.Default = true
		m.begin(ops(start(m.function("sink", loop(total/k+3, ops(choose, op(program.Yield)))), k)))
		return
	}
	m.begin(ops(start(m.function("sink", loop(total/k, ops(choose))), k)))
	m.begin(m.times(m.IntN(2), op(program.Yield)))
	if total%k > 0 {
		m.begin(ops(start(m.function("rest", loop(total%k, ops(choose))), 1)))
	}
}

// closing lets a close meet many waiters: receivers, senders, and selects of both.
func closing(m *maker) {
	c, d := m.channel("c", 0), m.channel("d", m.IntN(2))
	if m.oneIn(3) { // receivers only, of a channel with room
		m.p.Chans[len(m.p.Chans)-2].Cap = int64(m.IntN(3))
	}
	waits := []program.Op{
		on(program.Recv, c),
		send(c, 1),
		{Verb: program.Select, Cases: []program.Case{{Chan: c}, {Chan: d}}},
		{Verb: program.Select, Cases: []program.Case{{Chan: c, Send: true, N: 2}, {Chan: d}}},
		{Verb: program.Select, Cases: []program.Case{{Chan: c}, {Chan: c}, {Chan: d, Send: true, N: 3}}},
		{Verb: program.Select, Cases: []program.Case{{Chan: d, Send: true, N: 4}, {Chan: c, Send: true, N: 4}}},
	}
	kinds := 1 + m.IntN(3)
	for i := range kinds {
		f := m.function("waits"+string(rune('a'+i)), ops(waits[m.IntN(len(waits))], mark))
		m.begin(ops(start(f, 1+m.IntN(5))))
		m.begin(m.times(m.IntN(2), op(program.Yield)))
	}
	m.begin(m.times(m.IntN(4), op(program.Yield)), ops(on(program.Close, c)))
	m.begin(m.times(m.IntN(3), op(program.Yield)), ops(on(program.Close, d)))
}

// reuse uses a wait group again before its waiters have run.
func reuse(m *maker) {
	n, rounds := 1+m.IntN(4), 1+m.IntN(4)
	wg := m.lock("group", program.WaitGroup, 0)
	w := m.function("member", ops(on(program.Done, wg), mark))
	waiter := m.function("waiter", loop(rounds, ops(on(program.Wait, wg), mark)))
	add := program.Op{Verb: program.Add, On: wg, N: int64(n)}
	if m.oneIn(2) {
		m.begin(ops(add, start(waiter, 1+m.IntN(4))), m.times(m.IntN(3), op(program.Yield)))
		m.begin(ops(start(w, n)), loop(rounds, ops(on(program.Wait, wg), add, start(w, n))), ops(on(program.Wait, wg)))
		return
	}
	f := m.function("leads", loop(rounds, ops(add, start(w, n), on(program.Wait, wg), mark)))
	m.begin(ops(start(f, 1+m.IntN(2)), start(waiter, m.IntN(3)+1)))
}

// writers of a lock meet many readers.
func writers(m *maker) {
	l := m.lock("rw", program.RWMutex, 0)
	inside := m.times(1+m.IntN(2), op(program.Yield))
	r := m.function("reader", loop(1+m.IntN(4), ops(on(program.RLock, l)), inside, ops(on(program.RUnlock, l)), m.times(m.IntN(2), op(program.Yield))))
	w := m.function("writer", loop(1+m.IntN(3), ops(on(program.Acquire, l)), m.times(m.IntN(3), op(program.Yield)), ops(on(program.Unlock, l))))
	for range 1 + m.IntN(3) {
		m.begin(ops(start(r, 1+m.IntN(6))), m.times(m.IntN(3), op(program.Yield)), ops(start(w, 1+m.IntN(3))))
	}
}

// broadcast wakes many goroutines that then want the same lock.
func broadcast(m *maker) {
	kind, lock, unlock := program.Mutex, program.Acquire, program.Unlock
	if m.oneIn(3) {
		kind = program.RWMutex
	}
	l := m.lock("l", kind, 0)
	c := m.cond("c", l)
	n := 1 + m.IntN(12)
	w := m.function("waiter", loop(1+m.IntN(2), ops(on(lock, l), on(program.Wait, c)), m.times(m.IntN(2), op(program.Yield)), ops(on(unlock, l))))
	m.begin(ops(start(w, n)))
	for range 2 + m.IntN(5) {
		m.rest()
		wake := on([]program.Verb{program.Broadcast, program.Broadcast, program.Signal}[m.IntN(3)], c)
		if m.oneIn(3) {
			m.begin(ops(on(lock, l), wake), m.times(m.IntN(2), op(program.Yield)), ops(on(unlock, l)))
		} else {
			m.begin(ops(wake))
		}
	}
	m.rest()
	m.begin(ops(on(program.Broadcast, c)))
	m.rest()
	m.begin(ops(on(program.Broadcast, c)))
}

// handOff passes values through a chain of goroutines.
func handOff(m *maker) {
	n, values := 2+m.IntN(30), 1+m.IntN(8)
	size := m.IntN(3)
	link := func(i int) string { return fmt.Sprint("link", i, "_") }
	first := m.channel(link(0), size)
	prev := first
	for i := range n {
		next := m.channel(link(i+1), size)
		m.begin(ops(start(m.function(fmt.Sprint("stage", i, "_"), loop(values, ops(on(program.Recv, prev), send(next, i)))), 1)))
		prev = next
	}
	m.begin(ops(start(m.function("feeds", loop(values, ops(send(first, 1)))), 1)))
	if m.oneIn(2) {
		m.begin(loop(values, ops(on(program.Recv, prev))))
	} else {
		m.begin(ops(start(m.function("drains", loop(values, ops(on(program.Recv, prev), mark))), 1)))
	}
}

// semaphore lets a few goroutines at a time into a section, by a buffered channel.
func semaphore(m *maker) {
	c := m.channel("sem", 1+m.IntN(3))
	f := m.function("user", loop(1+m.IntN(3), ops(send(c, 1)), m.times(m.IntN(3), op(program.Yield)), ops(mark, on(program.Recv, c))))
	m.begin(ops(start(f, 2+m.IntN(10))))
}

// pool lets workers take values from a channel, and pass them on.
func pool(m *maker) {
	n, jobs := 1+m.IntN(6), 1+m.IntN(12)
	in, out := m.channel("jobs", m.IntN(4)), m.channel("results", m.IntN(4))
	w := m.function("worker", loop(jobs+1, ops(on(program.Recv, in), program.Op{Verb: program.Select, Cases: []program.Case{{Chan: out, Send: true, N: 5}}, Default: m.oneIn(3)})))
	m.begin(ops(start(w, n)))
	m.begin(ops(start(m.function("boss", loop(jobs, ops(send(in, 3))), ops(on(program.Close, in))), 1)))
	m.begin(ops(start(m.function("reads", loop(jobs+n, ops(on(program.Recv, out)))), 1)))
	m.rest()
	m.begin(ops(on(program.Close, out)))
}

// generator is a goroutine that sends to some receivers until a message tells it to stop.
func generator(m *maker) {
	c, stop := m.channel("gen", m.IntN(2)), m.channel("stop", 0)
	n := 1 + m.IntN(6)
	cases := []program.Case{{Chan: c, Send: true, N: 4}, {Chan: stop}}
	g := m.function("makes", loop(n+1, ops(program.Op{Verb: program.Select, Cases: cases})))
	m.begin(ops(start(g, 1+m.IntN(2))), loop(n, ops(on(program.Recv, c))), ops(on(program.Close, stop)))
}

// rendezvous lets selects meet selects.
func rendezvous(m *maker) {
	a, b := m.channel("a", 0), m.channel("b", m.IntN(4)/3)
	choose := func() program.Op {
		o := program.Op{Verb: program.Select, Default: m.oneIn(6)}
		for range 1 + m.IntN(4) {
			o.Cases = append(o.Cases, program.Case{Chan: []string{a, b}[m.IntN(2)], Send: m.oneIn(2), N: 0})
		}
		return o
	}
	for i := range 2 + m.IntN(3) {
		m.begin(ops(start(m.function("meets"+string(rune('a'+i)), loop(1+m.IntN(3), ops(choose())), ops(mark)), 1+m.IntN(3))))
		m.begin(m.times(m.IntN(2), op(program.Yield)))
	}
	m.rest()
	m.begin(ops(on(program.Close, a)))
	m.rest()
	m.begin(ops(on(program.Close, b)))
}

// sleepAtOnce lets goroutines sleep for the same time.
func sleepAtOnce(m *maker) {
	n, d := 2+m.IntN(15), time.Duration(1+m.IntN(4))*time.Millisecond
	f := m.function("sleeper", ops(sleep(d), mark), m.times(m.IntN(2), op(program.Yield)))
	m.begin(ops(start(f, n)))
	if m.oneIn(2) {
		m.begin(ops(op(program.Yield)))
	}
	if m.oneIn(2) {
		m.begin(ops(sleep(d+2*time.Millisecond), mark))
	}
}

// sleepWhile lets sleeps end while another goroutine computes.
func sleepWhile(m *maker) {
	d := time.Duration(1+m.IntN(2)) * time.Millisecond
	f := m.function("sleeper", ops(sleep(d), mark))
	w := m.function("computes", ops(work(2*d+time.Millisecond), mark))
	other := m.function("other", m.times(m.IntN(3), op(program.Yield)), ops(mark))
	m.begin(ops(start(f, 1+m.IntN(6)), op(program.Yield), start(w, 1), start(other, 1+m.IntN(3))))
}

// sleepInTurn lets goroutines sleep repeatedly, far apart.
func sleepInTurn(m *maker) {
	for i := range 2 + m.IntN(2) {
		f := m.function("turn"+string(rune('a'+i)), loop(2, ops(sleep(time.Duration(5*i+2)*time.Millisecond), mark)))
		m.begin(ops(start(f, 1)))
	}
}
