package schedlive

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// A Style says what the programs are like that [Random] makes.
type Style struct {
	Crowd  bool // hundreds of goroutines, so that a P's ring overflows
	Sleeps bool // up to three, whose ends are apart
	Locks  bool
	Spins  bool // up to three times a goroutine computes for [Busy]

	NoSelect bool
}

// Random makes a program. Most of its goroutines come to an end.
func Random(r *rand.Rand, s Style) *sched.Program {
	m := &maker{Rand: r, style: s}
	m.p.Recover = true
	for i := range 1 + r.IntN(4) {
		m.p.Chans = append(m.p.Chans, program.Chan{Name: fmt.Sprint("c", i+1), Cap: int64(r.IntN(4))})
	}
	if s.Locks {
		m.objects()
	}
	n := 2 + r.IntN(5)
	names := []string{"begin"}
	for i := range n {
		names = append(names, fmt.Sprint("f", i+1))
	}
	if s.Sleeps {
		m.sleepers = 1 + r.IntN(min(3, n))
	}
	m.p.Funcs = append(m.p.Funcs, program.Func{Name: "main"})
	for i, name := range names {
		m.p.Funcs = append(m.p.Funcs, program.Func{Name: name, Ops: m.body(i, names)})
	}
	m.main()
	times := m.count()
	if s.Spins {
		m.spins(times)
	}
	return &m.p
}

type maker struct {
	*rand.Rand
	style  Style
	p      program.Program
	slept  int
	crowds int

	sleepers int // the first functions behind main, each of one goroutine
}

func (m *maker) objects() {
	kinds := []program.Kind{program.Mutex, program.Mutex, program.RWMutex}
	for i := range 1 + m.IntN(3) {
		m.p.Locks = append(m.p.Locks, program.Lock{Name: fmt.Sprint("m", i+1), Kind: kinds[m.IntN(3)]})
	}
	if m.IntN(2) == 0 {
		m.p.Locks = append(m.p.Locks, program.Lock{Name: "wg", Kind: program.WaitGroup})
	}
	if m.IntN(2) == 0 {
		m.p.Locks = append(m.p.Locks, program.Lock{Name: "cond", Kind: program.Cond, L: m.p.Locks[m.IntN(len(m.p.Locks))].Name})
		if l := &m.p.Locks[len(m.p.Locks)-1]; l.L == "wg" {
			l.L = "m1"
		}
	}
}

// body makes what function i does. It starts only functions behind it.
func (m *maker) body(i int, names []string) (ops []program.Op) {
	if i == 0 {
		for j := 1; j < len(names); j++ {
			if j <= m.sleepers {
				ops = append(ops, program.Op{Verb: program.Go, On: names[j]})
			} else if m.IntN(3) > 0 {
				ops = append(ops, m.start(names[j]))
			}
			if m.IntN(4) == 0 {
				ops = append(ops, m.block(2)...)
			}
		}
	}
	for range 1 + m.IntN(4) {
		if later := names[max(i, m.sleepers)+1:]; len(later) > 0 && m.IntN(8) == 0 {
			ops = append(ops, program.Op{Verb: program.Go, On: later[m.IntN(len(later))]})
		}
		ops = append(ops, m.block(2)...)
	}
	if 0 < i && i <= m.sleepers {
		m.slept++
		at := m.IntN(len(ops) + 1)
		for at > 0 && at < len(ops) && inLoop(ops[:at]) {
			at--
		}
		ops = slices.Insert(ops, at, program.Op{Verb: program.Sleep, D: time.Millisecond << m.slept})
	}
	return ops
}

// inLoop reports whether a loop has begun and not ended.
func inLoop(ops []program.Op) bool {
	depth := 0
	for _, op := range ops {
		switch op.Verb {
		case program.Loop:
			depth++
		case program.End:
			depth--
		}
	}
	return depth > 0
}

func (m *maker) start(name string) program.Op {
	op := program.Op{Verb: program.Go, On: name, N: int64(1 + m.IntN(3))}
	if m.style.Crowd && m.crowds < 3 && (m.crowds == 0 || m.IntN(3) == 0) {
		m.crowds++
		op.N = int64(250 + m.IntN(150))
		if m.crowds > 1 {
			op.N = int64(50 + m.IntN(100))
		}
	}
	return op
}

func (m *maker) channel() string {
	if m.IntN(60) == 0 && !m.style.Crowd {
		return ""
	}
	return m.p.Chans[m.IntN(len(m.p.Chans))].Name
}

// block makes operations that belong together.
func (m *maker) block(depth int) []program.Op {
	one := func(op program.Op) []program.Op { return []program.Op{op} }
	if m.style.Locks && m.IntN(2) == 0 {
		return m.locked(depth)
	}
	switch n := m.IntN(20); {
	case n < 4:
		return one(program.Op{Verb: program.Yield})
	case n < 8:
		return one(program.Op{Verb: program.Send, On: m.channel(), N: m.Int64N(1000)})
	case n < 12:
		return one(program.Op{Verb: program.Recv, On: m.channel()})
	case n < 16 && !m.style.NoSelect:
		return one(m.choice())
	case n < 17 && m.IntN(3) == 0:
		return one(program.Op{Verb: program.Close, On: m.channel()})
	case n < 18 && depth > 0:
		ops := []program.Op{{Verb: program.Loop, N: int64(2 + m.IntN(3))}}
		return append(append(ops, m.block(depth-1)...), program.Op{Verb: program.End})
	}
	return one(program.Op{Verb: program.Mark, On: "m"})
}

// choice makes a select, whose cases all differ.
func (m *maker) choice() program.Op {
	op := program.Op{Verb: program.Select, Default: m.IntN(3) == 0}
	seen := map[string]bool{}
	for range 1 + m.IntN(4) {
		k := program.Case{Chan: m.channel(), Send: m.IntN(2) == 0}
		if key := fmt.Sprint(k); seen[key] {
			continue
		} else {
			seen[key] = true
		}
		if k.Send {
			k.N = m.Int64N(1000)
		}
		op.Cases = append(op.Cases, k)
	}
	return op
}

// locked makes operations on a lock, with others in between.
func (m *maker) locked(depth int) (ops []program.Op) {
	l := m.p.Locks[m.IntN(len(m.p.Locks))]
	add := func(v program.Verb, on string) { ops = append(ops, program.Op{Verb: v, On: on}) }
	inside := func() {
		if depth > 0 && m.IntN(3) == 0 {
			ops = append(ops, program.Op{Verb: program.Yield})
		}
		if depth > 0 && m.IntN(6) == 0 {
			ops = append(ops, m.block(0)...)
		}
	}
	switch {
	case l.Kind == program.RWMutex && m.IntN(3) > 0:
		add(program.RLock, l.Name)
		inside()
		add(program.RUnlock, l.Name)
	case l.Kind == program.Mutex || l.Kind == program.RWMutex:
		add(program.Acquire, l.Name)
		inside()
		add(program.Unlock, l.Name)
	case l.Kind == program.WaitGroup && m.IntN(3) > 0:
		add(program.Done, l.Name)
	case l.Kind == program.WaitGroup:
		add(program.Wait, l.Name)
	case m.IntN(4) == 0:
		add(program.Acquire, l.L)
		add(program.Wait, l.Name)
		add(program.Unlock, l.L)
	case m.IntN(2) == 0:
		add(program.Signal, l.Name)
	default:
		add(program.Broadcast, l.Name)
	}
	return ops
}

// main starts what begins with the first function, gives the others time, and
// then lets go most of those who still wait.
func (m *maker) main() {
	ops := []program.Op{{Verb: program.Go, On: "begin"}}
	add := func(v program.Verb, on string) { ops = append(ops, program.Op{Verb: v, On: on}) }
	if m.style.Sleeps {
		ops = append(ops, program.Op{Verb: program.Sleep, D: time.Millisecond << (m.sleepers + 1)})
	}
	rest := func() {
		for range 1 + m.IntN(6) {
			add(program.Yield, "")
		}
	}
	broadcast := func() {
		for _, l := range m.p.Locks {
			if l.Kind == program.Cond {
				add(program.Broadcast, l.Name)
				add(program.Yield, "")
				add(program.Broadcast, l.Name)
			}
		}
	}
	rest()
	broadcast()
	for i, c := range m.p.Chans {
		name := fmt.Sprint("close", i+1)
		m.p.Funcs = append(m.p.Funcs, program.Func{Name: name, Ops: []program.Op{{Verb: program.Close, On: c.Name}}})
		add(program.Go, name)
		rest()
		broadcast()
	}
	add(program.Exit, "")
	m.p.Funcs[0].Ops = ops
}

// count sets the counter of the wait group to how often it is done, if all come
// to an end.
func (m *maker) count() (times map[string]int64) {
	times = map[string]int64{"main": 1}
	done := int64(0)
	for _, f := range m.p.Funcs {
		n, turns := times[f.Name], []int64{1}
		for _, op := range f.Ops {
			t := turns[len(turns)-1]
			switch op.Verb {
			case program.Loop:
				turns = append(turns, t*op.N)
			case program.End:
				turns = turns[:len(turns)-1]
			case program.Go:
				times[op.On] += n * t * max(op.N, 1)
			case program.Done:
				done += n * t
			}
		}
	}
	for i := range m.p.Locks {
		if m.p.Locks[i].Kind == program.WaitGroup {
			m.p.Locks[i].Counter = done
		}
	}
	return times
}

// spins puts what takes time into functions that one goroutine runs.
func (m *maker) spins(times map[string]int64) {
	for range 3 {
		f := &m.p.Funcs[1+m.IntN(len(m.p.Funcs)-1)]
		at := m.IntN(len(f.Ops) + 1)
		if times[f.Name] == 1 && !inLoop(f.Ops[:at]) {
			f.Ops = slices.Insert(f.Ops, at, program.Op{Verb: program.Work, D: Busy})
		}
	}
}
