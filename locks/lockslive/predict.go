package lockslive

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/release"
)

// Predict reports the log of the program by a model of the release.
func Predict(rel string, p Program) (string, error) {
	log, _, err := predict(rel, p)
	return log, err
}

// predict also counts what is rare.
func predict(rel string, p Program) (log string, n counts, err error) {
	r, err := release.Parse(rel)
	if err != nil {
		return "", n, err
	}
	m, err := locks.New(locks.Config{Release: rel, Trace: n.count})
	if err != nil {
		return "", n, err
	}
	d := &driver{program: p, model: m, runnext: r.AtLeast("go1.5")}
	if err := d.setUp(); err != nil {
		return "", n, err
	}
	for d.next != 0 || len(d.queue) > 0 {
		if err := d.run(d.pop()); err != nil {
			return strings.Join(d.log, " "), n, err
		}
	}
	d.log = append(d.log, "|")
	for i := range p.Objects {
		d.log = append(d.log, d.word(locks.ID(i+1)))
	}
	for _, g := range m.Snapshot().Goroutines {
		if g.Status == "waiting" {
			n.Waiting++
		}
	}
	return strings.Join(d.log, " "), n, nil
}

// counts are of what is rare in a program.
type counts struct {
	Waiting  int // goroutines left in the end
	Front    int // goroutines put at the front of a queue
	Requeued int // goroutines that were woken and parked again at once
	Again    int // those of them that go to the front
	Yields   int // mutexes handed over

	woken locks.G
}

func (n *counts) count(e locks.Event) {
	switch e.Kind {
	case locks.Enqueue:
		if e.Front {
			n.Front++
		}
		if n.woken == e.G {
			n.Requeued++
			if e.Front {
				n.Again++
			}
		}
	case locks.Yield:
		n.Yields++
	}
	n.woken = 0
	if e.Kind == locks.Woken {
		n.woken = e.G
	}
}

// A driver has a model do what real goroutines do. It adds what the model of
// locks leaves to the scheduler: in which order goroutines that are runnable
// run. There are fewer of them than the 256 that a P's ring holds.
type driver struct {
	program Program
	model   *locks.Locks
	workers []worker
	log     []string

	runnext bool // whether the last one readied runs first
	next    locks.G
	queue   []locks.G
}

// A worker is where a goroutine is in its program.
type worker struct {
	ops    []Op
	pc     int
	within bool  // an operation has parked or yielded
	fs     []int // the Do's that it runs f of, the innermost last

	returning bool // the last of them has yielded in its unlock
	crashing  bool // it would have ended the program, and ends instead
}

const maxProcs = 200

func (d *driver) setUp() error {
	for i, o := range d.program.Objects {
		var err error
		switch {
		case o.Kind == locks.Mutex:
			_, err = d.model.NewMutex()
		case o.Kind == locks.RWMutex:
			_, err = d.model.NewRWMutex()
		case o.Kind == locks.WaitGroup:
			_, err = d.model.NewWaitGroup()
		case o.Kind == locks.Once:
			_, err = d.model.NewOnce()
		case o.RLocker:
			_, err = d.model.NewRCond(o.L)
		default:
			_, err = d.model.NewCond(o.L)
		}
		if err != nil {
			return fmt.Errorf("object %d: %w", i+1, err)
		}
	}
	if n := len(d.program.Procs); n > maxProcs {
		return fmt.Errorf("%d goroutines out of range [0,%d]", n, maxProcs)
	}
	for _, ops := range d.program.Procs {
		g, err := d.model.Go()
		if err != nil {
			return err
		}
		d.workers = append(d.workers, worker{ops: ops})
		d.ready(g)
	}
	for i, o := range d.program.Objects {
		if o.Kind == locks.WaitGroup {
			if _, err := d.model.Add(1, locks.ID(i+1), o.Counter); err != nil {
				return err
			}
		}
	}
	return nil
}

// run has a goroutine go on until it waits or is done.
func (d *driver) run(g locks.G) error {
	w := &d.workers[g-1]
	for {
		switch n := len(w.fs); {
		case w.returning:
			w.returning = false
			o, err := d.model.Resume(g)
			if err != nil {
				return err
			}
			d.woken(o, g)
			d.returned(g, w)
			continue
		case !w.within && n > 0 && (w.crashing || w.pc == w.fs[n-1]+1+int(w.ops[w.fs[n-1]].Arg)):
			do := w.ops[w.fs[n-1]]
			o, err := d.model.OnceReturn(g, do.ID, do.Code == DoPanics && !w.crashing)
			if err != nil {
				return fmt.Errorf("goroutine %d returns from %v: %w", g, do, err)
			}
			d.woken(o, g)
			if o.What == locks.Yielded {
				w.returning = true
				return nil
			}
			d.returned(g, w)
			continue
		case !w.within && (w.crashing || w.pc == len(w.ops)):
			return d.model.Exit(g)
		}
		if goesOn, err := d.step(g, w); !goesOn {
			return err
		}
	}
}

// returned is the end of a Do whose f the goroutine ran.
func (d *driver) returned(g locks.G, w *worker) {
	n := len(w.fs)
	if w.crashing {
		d.end(g, w.fs[n-1], "F")
	} else {
		d.end(g, w.fs[n-1], ".")
	}
	w.fs = w.fs[:n-1]
}

func (d *driver) end(g locks.G, pc int, text string) {
	d.log = append(d.log, fmt.Sprintf("%d.%d%s", g, pc+1, strings.ReplaceAll(text, " ", "_")))
}

// step does one operation, or the rest of one. The goroutine does not go on if it
// has parked, yielded or ended.
func (d *driver) step(g locks.G, w *worker) (goesOn bool, err error) {
	var o locks.Outcome
	var op Op
	if w.within {
		w.within = false
		if o, err = d.model.Resume(g); err != nil && o.What != locks.Panicked {
			return false, err
		}
		op = w.ops[w.pc]
	} else {
		op = w.ops[w.pc]
		if op.Code == Spin {
			d.end(g, w.pc, ".")
			w.pc++
			return true, d.model.Advance(Busy)
		}
		if crash, err := d.wouldCrash(op); crash || err != nil {
			d.end(g, w.pc, "F")
			w.crashing = true
			return true, err
		}
		if o, err = d.do(g, op); err != nil && o.What != locks.Panicked {
			return false, fmt.Errorf("goroutine %d, %v: %w", g, op, err)
		}
	}
	d.woken(o, g)
	if o.What == locks.Parked || o.What == locks.Yielded {
		w.within = true
		return false, nil
	}
	pc := w.pc
	w.pc++
	switch {
	case o.What == locks.Panicked:
		d.end(g, pc, "!"+err.Error())
	case op.Code == TryLock || op.Code == TryRLock:
		if o.OK {
			d.end(g, pc, "t")
		} else {
			d.end(g, pc, "f")
			w.pc += int(op.Arg)
		}
	case (op.Code == Do || op.Code == DoPanics) && o.OK:
		d.end(g, pc, "i")
		w.fs = append(w.fs, pc)
	case op.Code == Do || op.Code == DoPanics:
		d.end(g, pc, ".")
		w.pc += int(op.Arg)
	default:
		d.end(g, pc, ".")
	}
	return true, nil
}

func (d *driver) do(g locks.G, op Op) (locks.Outcome, error) {
	switch op.Code {
	case Lock:
		return d.model.Lock(g, op.ID)
	case Unlock:
		return d.model.Unlock(g, op.ID)
	case TryLock:
		return d.model.TryLock(g, op.ID)
	case RLock:
		return d.model.RLock(g, op.ID)
	case RUnlock:
		return d.model.RUnlock(g, op.ID)
	case TryRLock:
		return d.model.TryRLock(g, op.ID)
	case Add:
		return d.model.Add(g, op.ID, op.Arg)
	case Wait:
		return d.model.Wait(g, op.ID)
	case Signal:
		return d.model.Signal(g, op.ID)
	case Broadcast:
		return d.model.Broadcast(g, op.ID)
	case Do, DoPanics:
		return d.model.OnceDo(g, op.ID)
	}
	return locks.Outcome{}, fmt.Errorf("operation %c", op.Code)
}

// wouldCrash asks the model what the child asks the words in memory.
func (d *driver) wouldCrash(op Op) (bool, error) {
	s, err := d.model.Look(op.ID)
	if err != nil {
		return false, err
	}
	code := op.Code
	if s.Primitive == locks.Cond {
		if code != Wait {
			return false, nil
		}
		if code = Unlock; d.program.Objects[op.ID-1].RLocker {
			code = RUnlock
		}
		if s, err = d.model.Look(s.L); err != nil {
			return false, err
		}
	}
	n := s.ReaderCount
	switch s.Primitive {
	case locks.Mutex:
		return code == Unlock && s.State&locks.MutexLocked == 0, nil
	case locks.RWMutex:
		return code == Unlock && n >= 0 || code == RUnlock && (n == 0 || n == -1<<30), nil
	}
	return false, nil
}

// woken puts into the run queue whom the operation of g made ready, and g itself
// if it yielded.
func (d *driver) woken(o locks.Outcome, g locks.G) {
	for _, r := range d.model.Ready() {
		d.ready(r)
	}
	if o.What == locks.Yielded {
		d.queue = append(d.queue, g)
	}
}

// ready puts a goroutine into the run queue as runtime/proc.go:runqput does: since
// Go 1.5 it takes the place of the one that would run next.
func (d *driver) ready(g locks.G) {
	if d.runnext {
		g, d.next = d.next, g
	}
	if g != 0 {
		d.queue = append(d.queue, g)
	}
}

func (d *driver) pop() (g locks.G) {
	if d.next != 0 {
		g, d.next = d.next, 0
		return g
	}
	g, d.queue = d.queue[0], d.queue[1:]
	return g
}

// word tells an object's words, as the child does.
func (d *driver) word(id locks.ID) string {
	s, err := d.model.Look(id)
	if err != nil {
		return err.Error()
	}
	switch s.Primitive {
	case locks.Mutex:
		return fmt.Sprintf("%d,%d", s.State, s.Value)
	case locks.RWMutex:
		return fmt.Sprintf("%d,%d,%d,%d,%d,%d", s.State, s.Value, s.WriterSem, s.ReaderSem, s.ReaderCount, s.ReaderWait)
	}
	return "-"
}
