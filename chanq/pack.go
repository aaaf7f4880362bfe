package chanq

import "fmt"

// A packer writes, or reads, the fields of a [Packed] one behind the other.
type packer struct {
	s  Packed
	at int
}

func (p *packer) put(v uint64, width int) {
	for i := range width {
		if at := p.at + i; at < 64*len(p.s) {
			p.s[at/64] |= (v >> i & 1) << (at % 64)
		}
	}
	p.at += width
}

func (p *packer) get(width int) (v uint64) {
	for i := range width {
		at := p.at + i
		v |= (p.s[at/64] >> (at % 64) & 1) << i
	}
	p.at += width
	return v
}

func (p *packer) putBool(b bool) {
	if b {
		p.put(1, 1)
	} else {
		p.put(0, 1)
	}
}

func (p *packer) getBool() bool { return p.get(1) == 1 }

// What of a state is not a number up to some bound of the program.
const (
	caseBits  = 2
	orderBits = 5 // 4! poll orders
	valueBits = 4
	gBits     = 3
)

// encode packs what the goroutines can tell apart. A ring is turned so that its
// oldest value is in slot 0.
func (k *Machine) encode(p *packer, m *Chans, pcs []int, dead []bool) {
	for g, ops := range k.program.Procs {
		gp := m.gs[g+1]
		p.put(uint64(pcs[g]), width(len(ops)))
		p.putBool(dead[g])
		p.put(uint64(gp.status), 2)
		var by sudog
		if gp.status == runnable && gp.param != nil {
			by = *gp.param
		}
		p.putBool(gp.status == runnable && gp.param != nil)
		p.putBool(by.success)
		p.put(uint64(by.index), caseBits)
		p.put(uint64(by.elem), valueBits)
		if k.keepPoll {
			order := 0
			if gp.status != running && gp.op == SelectVerb {
				order = rank(gp.sel.pollorder)
			}
			p.put(uint64(order), orderBits)
		}
	}
	for i, c := range m.chans[1:] {
		p.putBool(c.closed)
		p.put(uint64(c.qcount), width(int(c.dataqsiz)))
		for j := range c.dataqsiz {
			v := int64(0)
			if j < c.qcount {
				v = c.buf[(c.recvx+j)%c.dataqsiz]
			}
			p.put(uint64(v), valueBits)
		}
		for dir, q := range []*waitq{&c.recvq, &c.sendq} {
			n := 0
			for s := q.first; s != nil; s = s.next {
				p.put(uint64(s.g.id), gBits)
				p.put(uint64(s.index), caseBits)
				n++
			}
			p.put(0, (k.queues[i][dir]-n)*(gBits+caseBits))
		}
	}
}

// decode makes the model that a state packs.
func (k *Machine) decode(s Packed, choose func(int) int) (m *Chans, pcs []int, dead []bool, err error) {
	if m, err = k.fresh(choose); err != nil {
		return m, pcs, dead, err
	}
	p := &packer{s: s}
	for g, ops := range k.program.Procs {
		gp := m.gs[g+1]
		pc := int(p.get(width(len(ops))))
		pcs, dead = append(pcs, pc), append(dead, p.getBool())
		gp.status = status(p.get(2))
		hasParam, success, index, elem := p.getBool(), p.getBool(), int32(p.get(caseBits)), int64(p.get(valueBits))
		order := 0
		if k.keepPoll {
			order = int(p.get(orderBits))
		}
		if gp.status == running {
			continue
		}
		if pc >= len(ops) {
			return m, pcs, dead, fmt.Errorf("chanq: goroutine %d has ended and waits in state %#x", g+1, s)
		}
		if err := m.waitIn(gp, ops[pc], order); err != nil {
			return m, pcs, dead, err
		}
		if hasParam {
			gp.param = gp.sudogOf(index)
			gp.param.success, gp.param.elem = success, elem
		}
	}
	for i, c := range m.chans[1:] {
		c.closed = p.getBool()
		c.qcount = int64(p.get(width(int(c.dataqsiz))))
		for range c.dataqsiz {
			c.buf = append(c.buf, int64(p.get(valueBits)))
		}
		if c.dataqsiz > 0 {
			c.sendx = c.qcount % c.dataqsiz
		}
		for dir, q := range []*waitq{&c.recvq, &c.sendq} {
			for range k.queues[i][dir] {
				g, index := p.get(gBits), int32(p.get(caseBits))
				if g > 0 {
					sg := m.gs[g].sudogOf(index)
					sg.c = c
					q.enqueue(sg)
				}
			}
		}
	}
	return m, pcs, dead, nil
}

// waitIn makes the goroutine one that parked in the operation, but for its
// queues.
func (m *Chans) waitIn(gp *goroutine, op Op, order int) error {
	gp.op = op.Verb
	if op.Verb != SelectVerb {
		var err error
		gp.on, err = m.channel(op.Chan)
		gp.own.c, gp.own.elem = gp.on, op.Value
		return err
	}
	gp.sel = &selecting{sudogs: make([]sudog, len(op.Cases)), done: gp.status == runnable}
	choose := m.choose
	m.choose = func(n int) int {
		j := order % n
		order /= n
		return j
	}
	err := m.order(gp.sel, op.Cases)
	m.choose = choose
	for i := range gp.sel.sudogs {
		gp.sel.sudogs[i] = sudog{g: gp, c: gp.sel.chans[i], elem: op.Cases[i].Value, isSelect: true, index: int32(i)}
	}
	return err
}

func (gp *goroutine) sudogOf(index int32) *sudog {
	if gp.op == SelectVerb {
		return &gp.sel.sudogs[index]
	}
	return &gp.own
}

// rank is the number from which waitIn draws the poll order again.
func rank(order []int32) int {
	work := append([]int32(nil), order...)
	number := 0
	for n := len(work); n > 1; n-- {
		// The n-th case in the order of the select is the largest left. It was put
		// at j, and what had been there moved to the end.
		j := 0
		for i := range work[:n] {
			if work[i] > work[j] {
				j = i
			}
		}
		work[j] = work[n-1]
		number = number*n + j
	}
	return number
}
