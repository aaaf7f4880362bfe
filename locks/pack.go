package locks

import "github.com/orrery-go/orrery/internal/packed"

const (
	gBits     = 3 // goroutines 1 to 7, and 0
	pcBits    = 4
	countBits = 4
)

// pack packs, or unpacks, what the goroutines of a small program can tell apart.
func (k *Machine) pack(p *packed.Fields, m *Locks, pcs []int) {
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
		if p.Reading() && !idle {
			k.restore(m, gp, pcs[i])
		}
	}
	for _, o := range m.objects[1:] {
		p.Bool(&o.misused)
		switch o.kind {
		case Mutex, RWMutex, Once:
			flags, waiters := o.mu.state&(1<<m.rules.waiterShift-1), o.mu.state>>m.rules.waiterShift
			packed.Num(p, &flags, m.rules.waiterShift)
			packed.Num(p, &waiters, gBits)
			o.mu.state = flags | waiters<<m.rules.waiterShift
			k.packSema(p, m, &o.mu.sema)
		}
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
			k.packSema(p, m, &o.readerSem)
			k.packSema(p, m, &o.writerSem)
		case WaitGroup:
			packed.Num(p, &o.counter, countBits)
			packed.Num(p, &o.waiters, countBits)
			k.packSema(p, m, &o.sema)
		case Sema:
			k.packSema(p, m, &o.sema)
		case Once:
			p.Bool(&o.done)
		case Cond:
			o.checker = o
			packed.Num(p, &o.notify.wait, countBits)
			packed.Num(p, &o.notify.notify, countBits)
			k.packQueue(p, m, &o.notify.head, &o.notify.tail)
		}
	}
}

func (k *Machine) packSema(p *packed.Fields, m *Locks, s *sema) {
	packed.Num(p, &s.value, countBits)
	k.packQueue(p, m, &s.head, &s.tail)
}

// packQueue packs the goroutines of a queue, and a 0 after them.
func (k *Machine) packQueue(p *packed.Fields, m *Locks, head, tail **goroutine) {
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
		q := m.gs[g]
		if *head == nil {
			*head = q
		} else {
			(*tail).next = q
		}
		*tail = q
	}
}

// restore gives a goroutine that does not run what its operation says it holds
// on to.
func (k *Machine) restore(m *Locks, gp *goroutine, pc int) {
	op := k.program.Procs[gp.id-1][pc]
	o := m.objects[op.ID]
	gp.op, gp.obj = op.Verb, o
	l := o
	if o.kind == Cond && o.l != nil {
		l = o.l
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
}
