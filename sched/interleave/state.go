package interleave

import (
	"encoding/binary"
	"math/bits"
)

// A state is everything that a step can depend on. It is kept as the bytes into which a
// codec writes it, so that equal states have equal bytes.
type state struct {
	ended    bool // main has returned
	crash    int32
	goexits  bool // main has called Goexit
	vars     []int64
	chans    []channel
	locks    []lock
	timers   []timer
	contexts []int32 // by variable, the context in it, from 1; 0 for nil
	made     []context
	gs       []goroutine // by slot; a slot is used again when its goroutine has ended
}

type channel struct {
	closed bool
	buf    []int64
	recvq  []waiter
	sendq  []waiter
}

// A waiter is a goroutine in the queue of a channel, for a case of its select.
type waiter struct {
	g, at int32
	value int64
}

// A lock is a lock of any kind.
type lock struct {
	held    bool    // a mutex, the one inside an RWMutex, a Once that runs its function
	done    bool    // a Once that has run it
	writer  bool    // an RWMutex that a writer holds or waits for: new readers wait
	writing bool    // an RWMutex that a writer holds
	readers int64   // of an RWMutex, its readers
	left    int64   // of them, the readers that the writer waits for
	by      int32   // the goroutine of that writer
	counter int64   // of a WaitGroup
	waiters []int32 // of a WaitGroup, a Cond, and readers of an RWMutex: goroutines, the first come first
}

type timer struct {
	set    bool // it is not nil
	active bool
	full   bool // a value is in its channel
	ticker bool
	fn     int32 // of AfterFunc, the function, from 1
	args   []int64
}

type context struct {
	parent int32 // from 1; 0 for the background
	err    int32 // 0, 1 for Canceled, 2 for DeadlineExceeded
	timed  bool
}

// A status is the next step of a goroutine.
type status uint8

const (
	free    status = iota // no goroutine
	ready                 // its next operation
	inChan                // wait, in the queues of channels
	inLock                // wait, in the waiters of a lock, or as a writer for readers
	woken                 // the rest of WaitGroup.Wait
	relocks               // lock the L of a Cond
	stores                // store the results of an operation in shared variables
	ending                // end the program: main returns, or a panic does
)

type goroutine struct {
	status  status
	pc      int32
	frames  []frame // the innermost last
	panics  []panicking
	crash   int32   // of ending
	results []int64 // of stores
	spins   bool    // it has exceeded maxUnseen
	awaits  []int32 // of inChan, by case, the context, from 1; that of the variable may be another since
}

type frameKind uint8

const (
	inGoroutine frameKind = iota // the function of a go statement
	inCall
	inDo
	inDeferred
)

// A frame is a function or a body that has begun. Bodies have no variables of their own.
type frame struct {
	kind   frameKind
	ret    int32 // where the caller goes on
	call   int32 // the operation that has called it; of a goroutine's, the function
	locals []int64
	loops  []loop
	defers []int32 // the operations Defer that it has done
	by     int32   // of a deferred body, which panic runs it, from 1; 0 if its function has returned
	once   int32
	result int64
}

type loop struct {
	begin       int32
	turn, turns int64 // turns is -1 forever
}

type panicking struct {
	crash     int32 // 0 for Goexit
	recovered bool
	aborted   bool // a deferred body that it ran has panicked in turn
}

// A codec writes or reads a state, with one function for both, so that they agree.
type codec struct {
	buf   []byte
	reads bool
}

func num[T ~int64 | ~int32 | ~uint8](c *codec, p *T) {
	if !c.reads {
		c.buf = binary.AppendVarint(c.buf, int64(*p))
		return
	}
	v, n := binary.Varint(c.buf)
	*p, c.buf = T(v), c.buf[n:]
}

func flag(c *codec, p *bool) {
	v := uint8(0)
	if *p {
		v = 1
	}
	num(c, &v)
	*p = v == 1
}

func list[T any](c *codec, p *[]T, each func(*codec, *T)) {
	n := int32(len(*p))
	num(c, &n)
	if c.reads && n > 0 {
		*p = make([]T, n)
	}
	for i := range *p {
		each(c, &(*p)[i])
	}
}

func (s *state) code(c *codec) {
	flag(c, &s.ended)
	num(c, &s.crash)
	flag(c, &s.goexits)
	list(c, &s.vars, num)
	list(c, &s.chans, func(c *codec, k *channel) {
		flag(c, &k.closed)
		list(c, &k.buf, num)
		list(c, &k.recvq, codeWaiter)
		list(c, &k.sendq, codeWaiter)
	})
	list(c, &s.locks, func(c *codec, k *lock) {
		flag(c, &k.held)
		flag(c, &k.done)
		flag(c, &k.writer)
		flag(c, &k.writing)
		num(c, &k.readers)
		num(c, &k.left)
		num(c, &k.by)
		num(c, &k.counter)
		list(c, &k.waiters, num)
	})
	list(c, &s.timers, func(c *codec, t *timer) {
		flag(c, &t.set)
		flag(c, &t.active)
		flag(c, &t.full)
		flag(c, &t.ticker)
		num(c, &t.fn)
		list(c, &t.args, num)
	})
	list(c, &s.contexts, num)
	list(c, &s.made, func(c *codec, x *context) {
		num(c, &x.parent)
		num(c, &x.err)
		flag(c, &x.timed)
	})
	list(c, &s.gs, func(c *codec, g *goroutine) { g.code(c) })
}

func codeWaiter(c *codec, w *waiter) {
	num(c, &w.g)
	num(c, &w.at)
	num(c, &w.value)
}

func (g *goroutine) code(c *codec) {
	if num(c, &g.status); g.status == free {
		return
	}
	num(c, &g.pc)
	num(c, &g.crash)
	list(c, &g.results, num)
	flag(c, &g.spins)
	list(c, &g.awaits, num)
	list(c, &g.panics, func(c *codec, p *panicking) {
		num(c, &p.crash)
		flag(c, &p.recovered)
		flag(c, &p.aborted)
	})
	list(c, &g.frames, func(c *codec, f *frame) {
		num(c, &f.kind)
		num(c, &f.ret)
		num(c, &f.call)
		num(c, &f.by)
		num(c, &f.once)
		num(c, &f.result)
		list(c, &f.locals, num)
		list(c, &f.defers, num)
		list(c, &f.loops, func(c *codec, l *loop) {
			num(c, &l.begin)
			num(c, &l.turn)
			num(c, &l.turns)
		})
	})
}

// intern returns a state its number. Equal states have the same.
func (m *Machine) intern(s *state) uint64 {
	c := codec{buf: m.scratch[:0]}
	s.code(&c)
	m.scratch = c.buf
	if id, ok := m.ids[string(c.buf)]; ok {
		return id
	}
	id := uint64(len(m.states))
	key := string(c.buf)
	m.ids[key] = id
	m.states = append(m.states, key)
	return id
}

// state returns a copy of the state with the number, or nil.
func (m *Machine) state(id uint64) *state {
	if id >= uint64(len(m.states)) {
		return nil
	}
	s := new(state)
	s.code(&codec{buf: []byte(m.states[id]), reads: true})
	return s
}

// Bits returns the largest number of bits of a state's number.
func (m *Machine) Bits() int { return bits.Len(maxStates - 1) }
