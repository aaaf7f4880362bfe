package locks

import (
	"errors"
	"fmt"

	"github.com/orrery-go/orrery/internal/packed"
)

const (
	gBits     = 3 // goroutines 1 to 7, and 0
	pcBits    = 4
	countBits = 4
)

// pack packs or unpacks the parts of the state that the goroutines of a small program
// can tell apart. It returns an error if the state that it reads would build lists
// that cannot be walked. [Locks.Check] finds all other faults of a state.
func (k *Machine) pack(p *packed.Fields, m *Locks, pcs []int) error {
	for i, gp := range m.gs[1:] {
		packed.Num(p, &pcs[i], pcBits)
		packed.Num(p, &gp.status, 2)
		packed.Num(p, &gp.at, 3)
		idle := gp.status == running || gp.status == dead
		if idle {
			*gp = goroutine{id: gp.id, status: gp.status}
		}
		p.Bool(&gp.waited)
		p.Bool(&gp.starving)
		p.Bool(&gp.lifo)
		p.Bool(&gp.granted)
		if k.conds {
			packed.Num(p, &gp.ticket, countBits)
		}
		if ops := k.program.Procs[i]; p.Reading() && (pcs[i] > len(ops) || pcs[i] == len(ops) && gp.status != running) {
			return fmt.Errorf("goroutine %d is at operation %d of %d", gp.id, pcs[i], len(ops))
		}
		if p.Reading() && !idle {
			if err := k.restore(m, gp, pcs[i]); err != nil {
				return err
			}
		}
	}
	queued := make([]bool, len(m.gs))
	for _, o := range m.objects[1:] {
		p.Bool(&o.misused)
		switch o.kind {
		case Mutex, RWMutex, Once:
			flags, waiters := o.mu.state&(1<<m.rules.waiterShift-1), o.mu.state>>m.rules.waiterShift
			packed.Num(p, &flags, m.rules.waiterShift)
			packed.Num(p, &waiters, gBits)
			o.mu.state = flags | waiters<<m.rules.waiterShift
			if err := k.packSema(p, m, &o.mu.sema, queued); err != nil {
				return err
			}
		}
		var err error
		switch o.kind {
		case RWMutex:
			writing := o.readerCount < 0
			readers := o.readerCount
			if writing {
				readers += rwmutexMaxReaders
			}
			p.Bool(&writing)
			packed.Num(p, &readers, countBits)
			if o.readerCount = readers; writing {
				o.readerCount -= rwmutexMaxReaders
			}
			packed.Num(p, &o.readerWait, countBits)
			if err = k.packSema(p, m, &o.readerSem, queued); err == nil {
				err = k.packSema(p, m, &o.writerSem, queued)
			}
		case WaitGroup:
			packed.Num(p, &o.counter, countBits)
			packed.Num(p, &o.waiters, countBits)
			err = k.packSema(p, m, &o.sema, queued)
		case Sema:
			err = k.packSema(p, m, &o.sema, queued)
		case Once:
			p.Bool(&o.done)
		case Cond:
			o.checker = o
			packed.Num(p, &o.notify.wait, countBits)
			packed.Num(p, &o.notify.notify, countBits)
			err = k.packQueue(p, m, &o.notify.head, &o.notify.tail, queued)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (k *Machine) packSema(p *packed.Fields, m *Locks, s *sema, queued []bool) error {
	packed.Num(p, &s.value, countBits)
	return k.packQueue(p, m, &s.head, &s.tail, queued)
}

// packQueue packs the goroutines of a queue, and a 0 after them. queued marks the
// goroutines that are in a queue already.
func (k *Machine) packQueue(p *packed.Fields, m *Locks, head, tail **goroutine, queued []bool) error {
	gp := *head
	if p.Reading() {
		*head, *tail = nil, nil
	}
	for range len(k.program.Procs) {
		var g G
		if !p.Reading() && gp != nil {
			g, gp = gp.id, gp.next
		}
		packed.Num(p, &g, gBits)
		if !p.Reading() || g == 0 {
			continue
		}
		if int(g) >= len(m.gs) || queued[g] || m.gs[g].status != waiting {
			return fmt.Errorf("goroutine %d is in a queue", g)
		}
		queued[g] = true
		q := m.gs[g]
		if *head == nil {
			*head = q
		} else {
			(*tail).next = q
		}
		*tail = q
	}
	return nil
}

// restore sets the fields of a goroutine that does not run: they follow from its
// operation and the step at which it has stopped.
func (k *Machine) restore(m *Locks, gp *goroutine, pc int) error {
	op := k.program.Procs[gp.id-1][pc]
	o := m.objects[op.ID]
	gp.op, gp.obj = op.Verb, o
	l := o
	if o.kind == Cond && o.l != nil {
		l = o.l
	}
	if !canStop(gp.at, op.Verb, o.kind, l.kind) {
		return fmt.Errorf("goroutine %d has stopped where %v does not", gp.id, op)
	}
	switch gp.at {
	case inMutex:
		gp.mu, gp.sema = &l.mu, &l.mu.sema
	case inReader:
		gp.sema = &l.readerSem
	case inWriter:
		gp.sema = &l.writerSem
	case inGroup, inSema:
		gp.sema = &o.sema
	}
	return nil
}

// canStop reports whether an operation on an object of a kind can stop at a step. l is
// the kind of a Cond's L.
func canStop(at step, v Verb, kind, l Type) bool {
	cond := v == WaitVerb && kind == Cond
	switch at {
	case inMutex:
		return v == LockVerb || cond
	case inWriter:
		return (v == LockVerb || cond) && l == RWMutex
	case inReader:
		return v == RLockVerb
	case inGroup:
		return v == WaitVerb && kind == WaitGroup
	case inSema:
		return v == AcquireVerb
	case inNotify:
		return cond
	case yielded:
		return v == UnlockVerb || v == RUnlockVerb || cond
	}
	return false
}

var errNoMachine = errors.New("locks: a Machine that is not from NewMachine: use NewMachine")
