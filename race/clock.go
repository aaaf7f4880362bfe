package race

// clock is a vector clock: for each slot the number of the last operation there that
// is known to have happened. Those beyond its end are 0.
type clock []uint64

func (c clock) get(slot int32) uint64 {
	if int(slot) < len(c) {
		return c[slot]
	}
	return 0
}

// room reports whether clocks of n components fit into memory: one for each
// goroutine, and those that there are.
func (d *Detector) room(n int) bool { return d.words+n+len(d.gs.list) < maxWords }

// grow makes a clock at least n long.
func (d *Detector) grow(c clock, n int) clock {
	if len(c) >= n {
		return c
	}
	d.words += n - len(c)
	for len(c) < n {
		c = append(c, 0)
	}
	return c
}

// join makes c know all that other knows.
func (d *Detector) join(c, other clock) clock {
	c = d.grow(c, len(other))
	for i, op := range other {
		if op > c[i] {
			c[i] = op
		}
	}
	return c
}

// A point is a synchronization object as the detector has it: a clock, and for pictures
// which goroutines have put something there.
type point struct {
	clock clock
	from  []uint64 // operations that have released here, if Config.Record
	by    []G
}

// release1 ends an epoch of a goroutine: what it did is known from now on to those
// that get its clock.
func (d *Detector) release1(me *goroutine) {
	me.clock = d.grow(me.clock, int(me.slot)+1)
	me.clock[me.slot] = d.ops
	me.rel = d.ops
}

// acquire makes a goroutine know what a point knows.
func (d *Detector) acquire(me *goroutine, p *point, rule string) {
	if len(p.clock) == 0 {
		return
	}
	d.relock(me)
	me.clock = d.join(me.clock, p.clock)
	if d.trace != nil {
		d.acquired(me, p, rule)
	}
}

// store makes a point know what the goroutine knows, and nothing else.
func (d *Detector) store(me *goroutine, p *point, rule string) {
	d.relock(me)
	d.release1(me)
	d.words -= len(p.clock)
	p.clock = append(p.clock[:0], me.clock...)
	d.words += len(p.clock)
	if d.trace != nil {
		p.from, p.by = append(p.from[:0], d.at(me)), append(p.by[:0], me.id)
		d.event(Event{Kind: Released, Rule: rule, G: me.id})
	}
}

// merge makes a point know what the goroutine knows, besides what it knew.
func (d *Detector) merge(me *goroutine, p *point, rule string) {
	d.relock(me)
	d.release1(me)
	p.clock = d.join(p.clock, me.clock)
	if d.trace != nil {
		d.put(me, p)
		d.event(Event{Kind: Released, Rule: rule, G: me.id})
	}
}

// put notes that a goroutine's release is in a point; an earlier one of its own is in
// the new one.
func (d *Detector) put(me *goroutine, p *point) {
	for i, g := range p.by {
		if g == me.id {
			p.from[i] = d.at(me)
			return
		}
	}
	p.from, p.by = append(p.from, d.at(me)), append(p.by, me.id)
}

// swap makes a point know what the goroutine knew, and the goroutine what it knew.
func (d *Detector) swap(me *goroutine, p *point, rule string) {
	d.relock(me)
	d.release1(me)
	p.clock = d.grow(p.clock, len(me.clock))
	me.clock = d.grow(me.clock, len(p.clock))
	for i, was := range p.clock {
		p.clock[i] = me.clock[i]
		if was > me.clock[i] {
			me.clock[i] = was
		}
	}
	if d.trace != nil {
		d.acquired(me, p, rule)
		p.from, p.by = append(p.from[:0], d.at(me)), append(p.by[:0], me.id)
		d.event(Event{Kind: Released, Rule: rule, G: me.id})
	}
}

// both makes the goroutine and the point know what either knew.
func (d *Detector) both(me *goroutine, p *point, rule string) {
	d.relock(me)
	d.release1(me)
	me.clock = d.join(me.clock, p.clock)
	d.words -= len(p.clock)
	p.clock = append(p.clock[:0], me.clock...)
	d.words += len(p.clock)
	if d.trace != nil {
		d.acquired(me, p, rule)
		d.put(me, p)
		d.event(Event{Kind: Released, Rule: rule, G: me.id})
	}
}

// acquired reports an acquire in an event, and draws its edges.
func (d *Detector) acquired(me *goroutine, p *point, rule string) {
	for i, op := range p.from {
		if p.by[i] != me.id {
			d.edge(op, me)
		}
	}
	d.event(Event{Kind: Acquired, Rule: rule, G: me.id})
}
