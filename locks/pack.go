package locks

// A packer writes the fields of a state one behind the other, or reads them: the
// same code does both, so that they cannot differ.
type packer struct {
	s       Packed
	at      int
	reading bool
}

func (p *packer) field(v uint64, width int) uint64 {
	if p.reading {
		v = 0
	}
	for i := range width {
		at := p.at + i
		switch {
		case at >= 64*len(p.s):
		case p.reading:
			v |= (p.s[at/64] >> (at % 64) & 1) << i
		default:
			p.s[at/64] |= (v >> i & 1) << (at % 64)
		}
	}
	p.at += width
	return v
}

func (p *packer) bool(b *bool) {
	v := uint64(0)
	if *b {
		v = 1
	}
	*b = p.field(v, 1) == 1
}

// num packs a number from -low on.
func num[T ~int32 | ~uint32 | ~uint8 | ~int](p *packer, n *T, low T, width int) {
	*n = T(p.field(uint64(*n+low), width)) - low
}

const (
	gBits     = 3 // goroutines 1 to 7, and 0
	pcBits    = 4
	countBits = 4
)

// pack packs, or unpacks, what the goroutines of a small program can tell apart.
func (k *Machine) pack(p *packer, m *Locks, pcs []int) {
	for i, gp := range m.gs[1:] {
		num(p, &pcs[i], 0, pcBits)
		num(p, &gp.status, 0, 2)
		num(p, &gp.at, 0, 3)
		idle := gp.status == running || gp.status == dead
		if idle {
			*gp = goroutine{id: gp.id, status: gp.status}
		}
		p.bool(&gp.waited)
		p.bool(&gp.starving)
		p.bool(&gp.lifo)
		p.bool(&gp.granted)
		if k.conds {
			num(p, &gp.ticket, 0, countBits)
		}
		if p.reading && !idle {
			k.restore(m, gp, pcs[i])
		}
	}
	for _, o := range m.objects[1:] {
		p.bool(&o.misused)
		switch o.kind {
		case Mutex, RWMutex, Once:
			flags, waiters := o.mu.state&(1<<m.rules.waiterShift-1), o.mu.state>>m.rules.waiterShift
			num(p, &flags, 0, m.rules.waiterShift)
			num(p, &waiters, 0, gBits)
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
			p.bool(&writing)
			num(p, &readers, 0, countBits)
			if o.readerCount = readers; writing {
				o.readerCount -= rwmutexMaxReaders
			}
			num(p, &o.readerWait, 0, countBits)
			k.packSema(p, m, &o.readerSem)
			k.packSema(p, m, &o.writerSem)
		case WaitGroup:
			num(p, &o.counter, 0, countBits)
			num(p, &o.waiters, 0, countBits)
			k.packSema(p, m, &o.sema)
		case Sema:
			k.packSema(p, m, &o.sema)
		case Once:
			p.bool(&o.done)
		case Cond:
			o.checker = o
			num(p, &o.notify.wait, 0, countBits)
			num(p, &o.notify.notify, 0, countBits)
			k.packQueue(p, m, &o.notify.head, &o.notify.tail)
		}
	}
}

func (k *Machine) packSema(p *packer, m *Locks, s *sema) {
	num(p, &s.value, 0, countBits)
	k.packQueue(p, m, &s.head, &s.tail)
}

// packQueue packs the goroutines of a queue, and a 0 behind them.
func (k *Machine) packQueue(p *packer, m *Locks, head, tail **goroutine) {
	gp := *head
	if p.reading {
		*head, *tail = nil, nil
	}
	for range len(k.program.Procs) {
		var g G
		if !p.reading && gp != nil {
			g, gp = gp.id, gp.next
		}
		num(p, &g, 0, gBits)
		if !p.reading || g == 0 {
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
