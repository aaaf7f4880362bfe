package lockslive

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/orrery-go/orrery/locks"
)

// A Program is what some goroutines do to some mutexes and the like.
type Program struct {
	Objects []Object // numbers 1, 2, and so on
	Procs   [][]Op   // of goroutines 1, 2, and so on
}

// An Object is one of them.
type Object struct {
	Kind    locks.Primitive
	Counter int64    // of a WaitGroup
	L       locks.ID // of a Cond
	RLocker bool     // of a Cond
}

// A Code is an operation.
type Code byte

// The operations.
const (
	Lock      Code = 'l'
	Unlock    Code = 'u'
	TryLock   Code = 't' // if it fails, the next Arg operations are left out
	RLock     Code = 'k'
	RUnlock   Code = 'v'
	TryRLock  Code = 'y' // likewise
	Add       Code = 'a' // Arg
	Wait      Code = 'w'
	Signal    Code = 's'
	Broadcast Code = 'b'
	Do        Code = 'o' // the next Arg operations are f
	DoPanics  Code = 'q' // the same, and f panics in the end
	Spin      Code = 'x' // nothing, for as long as Busy
)

// An Op is an operation of a goroutine.
type Op struct {
	Code Code
	ID   locks.ID
	Arg  int64
}

func (o Op) String() string {
	if o.Arg != 0 {
		return fmt.Sprintf("%c%d,%d", o.Code, o.ID, o.Arg)
	}
	return fmt.Sprintf("%c%d", o.Code, o.ID)
}

// String is the program as the child reads it.
func (p Program) String() string {
	var out strings.Builder
	for i, o := range p.Objects {
		if i > 0 {
			out.WriteByte(' ')
		}
		switch {
		case o.Kind == locks.Mutex:
			out.WriteString("m")
		case o.Kind == locks.RWMutex:
			out.WriteString("r")
		case o.Kind == locks.WaitGroup:
			fmt.Fprintf(&out, "w%d", o.Counter)
		case o.Kind == locks.Once:
			out.WriteString("o")
		case o.RLocker:
			fmt.Fprintf(&out, "d%d", o.L)
		default:
			fmt.Fprintf(&out, "c%d", o.L)
		}
	}
	for _, ops := range p.Procs {
		out.WriteByte('|')
		for i, o := range ops {
			if i > 0 {
				out.WriteByte(' ')
			}
			out.WriteString(o.String())
		}
	}
	return out.String()
}

// A Style bounds the programs that [Random] makes.
type Style struct {
	Procs  int  // at most
	Blocks int  // of operations that belong together, of one goroutine, at most
	Tries  bool // TryLock and TryRLock are there
	Spins  int  // at most
	Panics bool // a Once's f may
	Queues bool // all is about one mutex, whose holders wait with it
}

// Random makes a program. Most of what it does is balanced; some is not.
func Random(r *rand.Rand, s Style) Program {
	m := maker{r: r, s: s, spins: s.Spins}
	if s.Queues {
		return m.queues()
	}
	for i, n := 0, 1+r.IntN(2); i < n; i++ {
		m.object(Object{Kind: locks.Mutex})
	}
	for i, n := 0, r.IntN(2)+r.IntN(2); i < n; i++ {
		m.object(Object{Kind: locks.RWMutex})
	}
	if r.IntN(2) == 0 {
		m.object(Object{Kind: locks.WaitGroup, Counter: int64(r.IntN(4))})
	}
	if r.IntN(2) == 0 {
		m.object(Object{Kind: locks.Once})
	}
	for r.IntN(2) == 0 {
		l := locks.ID(1 + r.IntN(len(m.p.Objects)))
		switch k := m.p.Objects[l-1].Kind; {
		case k == locks.RWMutex && r.IntN(3) == 0:
			m.object(Object{Kind: locks.Cond, L: l, RLocker: true})
		case k == locks.RWMutex || k == locks.Mutex:
			m.object(Object{Kind: locks.Cond, L: l})
		}
	}
	for n := 2 + r.IntN(s.Procs-1); len(m.p.Procs) < n; {
		var ops []Op
		for i, n := 0, 1+r.IntN(s.Blocks); i < n; i++ {
			ops = append(ops, m.block(2)...)
		}
		m.p.Procs = append(m.p.Procs, ops)
	}
	return m.p
}

// queues makes a program in which a queue forms at object 1, since who holds it
// waits for a condition, and in which who unlocks it locks it again at once.
func (m *maker) queues() Program {
	m.object(Object{Kind: locks.Mutex})
	if m.r.IntN(4) == 0 {
		m.p.Objects[0].Kind = locks.RWMutex
	}
	m.object(Object{Kind: locks.Mutex})
	m.object(Object{Kind: locks.Cond, L: 2})
	signal := []Op{{Code: Signal, ID: 3}}
	blocks := [][]Op{
		{{Code: Lock, ID: 1}, {Code: Lock, ID: 2}, {Code: Wait, ID: 3}, {Code: Unlock, ID: 2}, {Code: Unlock, ID: 1}},
		{{Code: Lock, ID: 1}, {Code: Unlock, ID: 1}},
		{{Code: Lock, ID: 1}, {Code: Signal, ID: 3}, {Code: Unlock, ID: 1}},
		signal, signal, {{Code: Broadcast, ID: 3}},
		// Who unlocks wakes one, locks again, and wakes another that gets ahead.
		{{Code: Lock, ID: 1}, {Code: Unlock, ID: 1}, {Code: Lock, ID: 1}, {Code: Signal, ID: 3}, {Code: Lock, ID: 2}, {Code: Wait, ID: 3}, {Code: Unlock, ID: 2}, {Code: Unlock, ID: 1}},
		{{Code: Lock, ID: 2}, {Code: Wait, ID: 3}, {Code: Unlock, ID: 2}, {Code: Lock, ID: 1}, {Code: Unlock, ID: 1}},
	}
	if m.s.Spins > 0 {
		blocks = blocks[:6]
	}
	if m.s.Tries {
		blocks = append(blocks, []Op{{Code: TryLock, ID: 1, Arg: 1}, {Code: Unlock, ID: 1}})
	}
	if m.p.Objects[0].Kind == locks.RWMutex {
		blocks = append(blocks, []Op{{Code: RLock, ID: 1}, {Code: RUnlock, ID: 1}})
	}
	for n := 3 + m.r.IntN(m.s.Procs-2); len(m.p.Procs) < n; {
		var ops []Op
		for i, n := 0, 2+m.r.IntN(m.s.Blocks-1); i < n; i++ {
			if m.spins > 0 && m.r.IntN(4) == 0 {
				m.spins--
				ops = append(ops, Op{Code: Spin})
			}
			ops = append(ops, blocks[m.r.IntN(len(blocks))]...)
		}
		m.p.Procs = append(m.p.Procs, ops)
	}
	return m.p
}

type maker struct {
	p     Program
	r     *rand.Rand
	s     Style
	spins int
	from  locks.ID // inside a lock, only objects behind it are used, most of the time
}

func (m *maker) object(o Object) { m.p.Objects = append(m.p.Objects, o) }

// block makes operations on one object, with others in between.
func (m *maker) block(depth int) []Op {
	if m.spins > 0 && m.r.IntN(5) == 0 {
		m.spins--
		return []Op{{Code: Spin}}
	}
	id := m.from + locks.ID(1+m.r.IntN(len(m.p.Objects)-int(m.from)))
	o := m.p.Objects[id-1]
	one := func(c Code) []Op { return []Op{{Code: c, ID: id}} }
	switch o.Kind {
	case locks.Mutex, locks.RWMutex:
		lock, unlock, try := Lock, Unlock, TryLock
		if o.Kind == locks.RWMutex && m.r.IntN(3) > 0 {
			lock, unlock, try = RLock, RUnlock, TryRLock
		}
		if m.r.IntN(60) == 0 {
			return one([]Code{lock, unlock}[m.r.IntN(2)])
		}
		body := append(m.body(depth, id), one(unlock)...)
		if m.s.Tries && m.r.IntN(4) == 0 {
			return append([]Op{{try, id, int64(len(body))}}, body...)
		}
		return append(one(lock), body...)
	case locks.WaitGroup:
		switch m.r.IntN(8) {
		case 0:
			return one(Wait)
		case 1:
			return []Op{{Add, id, int64(1 + m.r.IntN(2))}}
		}
		return []Op{{Add, id, -1}}
	case locks.Once:
		f := m.body(depth, id)
		c := Do
		if m.s.Panics && m.r.IntN(3) == 0 {
			c = DoPanics
		}
		return append([]Op{{c, id, int64(len(f))}}, f...)
	}
	lock, unlock := Lock, Unlock
	if o.RLocker {
		lock, unlock = RLock, RUnlock
	}
	switch m.r.IntN(12) {
	case 0:
		return []Op{{lock, o.L, 0}, {Wait, id, 0}, {unlock, o.L, 0}}
	case 2:
		return []Op{{lock, o.L, 0}, {Signal, id, 0}, {unlock, o.L, 0}}
	case 3, 4:
		return one(Signal)
	}
	return one(Broadcast)
}

// body makes what is done inside a lock or a Once of that number.
func (m *maker) body(depth int, id locks.ID) (ops []Op) {
	defer func(from locks.ID) { m.from = from }(m.from)
	if m.from = id; m.r.IntN(12) == 0 {
		m.from = 0
	}
	if depth == 0 || int(m.from) == len(m.p.Objects) {
		return nil
	}
	for m.r.IntN(2) == 0 {
		ops = append(ops, m.block(depth-1)...)
	}
	return ops
}
