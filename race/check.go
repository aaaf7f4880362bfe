package race

import "fmt"

// Check returns an error if an invariant is broken.
func (d *Detector) Check() error {
	if d.slots == nil {
		return errUseNew
	}
	words := 0
	for _, me := range d.gs.list {
		words += len(me.clock)
		if d.gs.find(me.id) != me {
			return fmt.Errorf("race: goroutine %d is not found by its number", me.id)
		}
		if d.config.Limits.Slots == 0 && d.slots[me.slot].owner != me.id {
			return fmt.Errorf("race: goroutine %d has slot %d of goroutine %d", me.id, me.slot, d.slots[me.slot].owner)
		}
		for i, op := range me.clock {
			if op > d.ops {
				return fmt.Errorf("race: goroutine %d knows of operation %d, and there were %d", me.id, op, d.ops)
			}
			// Nobody knows more of a goroutine than it has let them know.
			if owner := d.gs.find(d.slots[i].owner); owner != nil && int(owner.slot) == i && op > owner.rel {
				return fmt.Errorf("race: goroutine %d knows of operation %d of goroutine %d, which has told of %d", me.id, op, owner.id, owner.rel)
			}
		}
	}
	for i := range d.objects {
		o := &d.objects[i]
		words += len(o.point.clock) + len(o.shared.clock)
		if o.ch != nil {
			words += len(o.ch.slots)
			for j := range o.ch.slots {
				words += len(o.ch.slots[j].clock)
			}
			if err := o.ch.check(o.closed); err != nil {
				return fmt.Errorf("race: %v: %w", Object(i), err)
			}
		}
		if o.writer != 0 && o.readers != 0 {
			return fmt.Errorf("race: %v is held for reading and for writing", Object(i))
		}
	}
	for _, p := range d.atomics {
		words += len(p.clock)
	}
	if words != d.words {
		return fmt.Errorf("race: clocks have %d words, and %d are counted", words, d.words)
	}
	return d.checkShadow()
}

func (c *channel) check(closed bool) error {
	switch {
	case c.len < 0 || c.len > c.cap:
		return fmt.Errorf("%d elements of %d", c.len, c.cap)
	case c.cap > 0 && (c.recvx+c.len)%c.cap != c.sendx:
		return fmt.Errorf("sendx %d is not recvx %d and %d", c.sendx, c.recvx, c.len)
	case c.receivers.head != 0 && (c.len > 0 || closed || c.senders.head != 0):
		return fmt.Errorf("a receiver waits without need")
	case c.senders.head != 0 && (c.len < c.cap || closed):
		return fmt.Errorf("a sender waits without need")
	}
	return nil
}

func (d *Detector) checkShadow() error {
	for i := range d.shadow.table {
		gr := &d.shadow.table[i]
		for j := range int(gr.n) {
			c := gr.at(j)
			switch {
			case c.op > d.ops:
				return fmt.Errorf("race: an access by operation %d, and there were %d", c.op, d.ops)
			case c.mask == 0 && d.shadow.cells == 0:
				return fmt.Errorf("race: an access to no byte")
			case d.shadow.cells > 0 && int(gr.n) > d.shadow.cells:
				return fmt.Errorf("race: %d cells of %d", gr.n, d.shadow.cells)
			}
			if s := d.slots[c.slot]; d.config.Limits.Slots == 0 && s.owner != c.g && !s.exited && c.mask != 0 {
				return fmt.Errorf("race: an access of goroutine %d in the slot of %d", c.g, s.owner)
			}
		}
	}
	return nil
}
