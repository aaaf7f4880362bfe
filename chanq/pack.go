package chanq

import (
	"errors"
	"fmt"

	"github.com/orrery-go/orrery/internal/packed"
)

// The widths in bits of the fields whose width does not depend on the program.
const (
	caseBits  = 2
	orderBits = 5 // 4! poll orders
	valueBits = 4
	gBits     = 3
)

// encode packs the parts of the state that the goroutines can tell apart.
func (k *Machine) encode(m *Chans, pcs []int, dead []bool) Packed {
	var f packed.Fields
	k.pack(&f, m, pcs, dead) // fails only in reading
	return f.State()
}

var errNoMachine = errors.New("chanq: a Machine that is not from NewMachine: use NewMachine")

// decode unpacks a state into a model. It returns an error if encode would not have
// made the state.
func (k *Machine) decode(s Packed, choose func(int) int) (m *Chans, pcs []int, dead []bool, err error) {
	if k.model == nil {
		return nil, nil, nil, errNoMachine
	}
	n := len(k.program.Procs)
	pcs, dead = make([]int, n), make([]bool, n)
	if m, err = k.fresh(choose); err == nil {
		err = k.pack(packed.Read(s), m, pcs, dead)
	}
	if err != nil {
		err = fmt.Errorf("chanq: state %#x is not one of this machine: %w", s, err)
	}
	return m, pcs, dead, err
}

// pack writes a state, or reads it into a fresh model that has the program's
// channels and goroutines.
func (k *Machine) pack(f *packed.Fields, m *Chans, pcs []int, dead []bool) error {
	for g, ops := range k.program.Procs {
		packed.Num(f, &pcs[g], width(len(ops)))
		f.Bool(&dead[g])
		if f.Reading() && (pcs[g] > len(ops) || dead[g] && pcs[g] == len(ops)) {
			return fmt.Errorf("goroutine %d is at operation %d of %d", g+1, pcs[g], len(ops))
		}
		if err := k.packGoroutine(f, m, m.gs[g+1], ops, pcs[g]); err != nil {
			return err
		}
		if f.Reading() && dead[g] && m.gs[g+1].status != running {
			return fmt.Errorf("goroutine %d has panicked and waits", g+1)
		}
	}
	for i, c := range m.chans[1:] {
		f.Bool(&c.closed)
		packed.Num(f, &c.qcount, width(int(c.dataqsiz)))
		if c.qcount > c.dataqsiz {
			return fmt.Errorf("%v holds %d values", c.number, c.qcount)
		}
		if err := packRing(f, c); err != nil {
			return err
		}
		for send, most := range k.queues[i] {
			if err := k.packQueue(f, m, c, send == 1, most); err != nil {
				return err
			}
		}
	}
	return nil
}

func (k *Machine) packGoroutine(f *packed.Fields, m *Chans, gp *goroutine, ops []Op, pc int) error {
	packed.Num(f, &gp.status, 2)
	var by sudog // the peer that woke it
	woken, order := gp.status == runnable && gp.param != nil, 0
	if woken {
		by = *gp.param
	}
	if k.keepPoll && gp.status != running && gp.op == SelectVerb && gp.sel != nil {
		order = rank(gp.sel.pollorder)
	}
	f.Bool(&woken)
	f.Bool(&by.success)
	packed.Num(f, &by.index, caseBits)
	packed.Num(f, &by.elem, valueBits)
	if k.keepPoll {
		packed.Num(f, &order, orderBits)
	}
	if !f.Reading() {
		return nil
	}
	if running := gp.status == running; woken && gp.status != runnable || !woken && by != (sudog{}) || running && order != 0 {
		return fmt.Errorf("goroutine %d was woken by a peer, and was not", gp.id)
	} else if running {
		return nil
	}
	if gp.status > runnable || pc >= len(ops) {
		return fmt.Errorf("goroutine %d has ended and waits, or worse", gp.id)
	}
	if v := ops[pc].Verb; v != SendVerb && v != RecvVerb && v != SelectVerb {
		return fmt.Errorf("goroutine %d waits in %v", gp.id, ops[pc])
	}
	if err := m.waitIn(gp, ops[pc], order); err != nil {
		return err
	}
	if k.keepPoll && gp.op == SelectVerb && rank(gp.sel.pollorder) != order || gp.op != SelectVerb && order != 0 {
		return fmt.Errorf("goroutine %d has poll order %d", gp.id, order)
	}
	if gp.status == runnable && gp.op != SelectVerb && gp.on == nil {
		return fmt.Errorf("goroutine %d was woken from the nil channel", gp.id)
	}
	if woken {
		if !gp.canBeIn(by.index) {
			return fmt.Errorf("goroutine %d was woken by case %d", gp.id, by.index)
		}
		gp.param = gp.sudogOf(by.index)
		gp.param.success, gp.param.elem = by.success, by.elem
	}
	return nil
}

// packRing turns the ring so that its oldest value is in slot 0.
func packRing(f *packed.Fields, c *hchan) error {
	for j := range c.dataqsiz {
		v := int64(0)
		if !f.Reading() && j < c.qcount {
			v = c.buf[(c.recvx+j)%c.dataqsiz]
		}
		if packed.Num(f, &v, valueBits); f.Reading() {
			if j >= c.qcount && v != 0 {
				return fmt.Errorf("%v holds %d values and has one more", c.number, c.qcount)
			}
			c.buf = append(c.buf, v)
		}
	}
	if f.Reading() && c.dataqsiz > 0 {
		c.sendx = c.qcount % c.dataqsiz
	}
	return nil
}

// packQueue packs a queue that never has more than most waiters.
func (k *Machine) packQueue(f *packed.Fields, m *Chans, c *hchan, send bool, most int) error {
	q := c.queue(send)
	s := q.first
	ended := false
	for range most {
		var g G
		var index int32
		if !f.Reading() && s != nil {
			g, index, s = s.g.id, s.index, s.next
		}
		packed.Num(f, &g, gBits)
		packed.Num(f, &index, caseBits)
		if !f.Reading() {
			continue
		}
		if g == 0 && index == 0 {
			ended = true
			continue
		}
		if ended || g == 0 {
			return fmt.Errorf("a queue of %v has a gap", c.number)
		}
		if int(g) >= len(m.gs) || m.gs[g].status == running || !m.gs[g].canBeIn(index) {
			return fmt.Errorf("goroutine %d is in a queue of %v", g, c.number)
		}
		sg := m.gs[g].sudogOf(index)
		if sg.c != c || sg.queued || m.gs[g].sends(index) != send {
			return fmt.Errorf("goroutine %d is in a queue of %v", g, c.number)
		}
		q.enqueue(sg)
	}
	return nil
}

// waitIn gives the goroutine the state of one that is parked in the operation. It
// does not put it into any queue.
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

// canBeIn reports whether sudogOf returns a sudog that has a channel.
func (gp *goroutine) canBeIn(index int32) bool {
	if gp.op == SelectVerb {
		return int(index) < len(gp.sel.sudogs) && gp.sel.sudogs[index].c != nil
	}
	return index == 0 && gp.own.c != nil
}

// sends reports whether the sudog that sudogOf returns waits to send.
func (gp *goroutine) sends(index int32) bool {
	if gp.op == SelectVerb {
		return gp.sel.cases[index].Send
	}
	return gp.op == SendVerb
}

// rank returns the number from which waitIn makes the same poll order again.
func rank(order []int32) int {
	work := append([]int32(nil), order...)
	number := 0
	for n := len(work); n > 1; n-- {
		// The n-th case in the order of the select is the largest one left. It was
		// put at j, and the case that had been there moved to the end.
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
