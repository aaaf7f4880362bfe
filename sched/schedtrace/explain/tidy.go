package explain

import (
	"iter"
	"slices"
)

// leastSweep is how many puts and looks are made at least before those that nothing leads
// to any more are looked for.
const leastSweep = 1 << 11

// tidy forgets what is not asked of any more, now and then, and gives back the puts and
// looks that nothing leads to then: if twice as many have been made since as there were.
// What is left is little, and mostly at hand in the processor's caches.
func (c *certifier) tidy() {
	if c.given.taken+c.made.taken < max(leastSweep, 2*c.alive) {
		return
	}
	c.given.taken, c.made.taken, c.alive = 0, 0, 0
	c.forget()
	use := func(u *put) {
		if u != nil {
			u.marked = true
		}
	}
	looks := func(all ...*look) {
		for _, l := range all {
			if l != nil && !l.marked {
				l.marked = true
				use(l.out)
			}
		}
	}
	puts := func(all []*put) {
		for _, u := range all {
			u.marked = true
		}
	}
	for i := range c.procs {
		q := &c.procs[i]
		use(q.next)
		puts(q.puts)
		looks(q.looks...)
		looks(q.takers...)
		looks(q.now, q.idle, q.handed)
	}
	for i := range c.threads {
		t := &c.threads[i]
		puts(t.open)
		puts(t.kicks)
		puts(t.listed)
	}
	for d := range c.open() {
		use(d.put)
		use(d.tail)
		looks(d.others...)
		looks(d.rivals...)
	}
	c.given.sweep(func(u *put) bool {
		used := u.marked || u.current || u.awaited
		u.marked = false
		return used
	})
	c.made.sweep(func(l *look) bool {
		used := l.marked
		l.marked = false
		return used
	})
	c.alive = c.given.size() + c.made.size() - len(c.given.free) - len(c.made.free)
}

// forget forgets the puts into a ring before all whose successors are still asked for.
func (c *certifier) forget() {
	for i := range c.procs {
		q := &c.procs[i]
		q.needed = q.base + uint64(len(q.puts))
		if k := slices.IndexFunc(q.puts, func(u *put) bool { return u.start == 0 }); k >= 0 {
			q.needed = q.base + uint64(k)
		}
	}
	for d := range c.open() {
		for _, u := range [...]*put{d.put, d.tail} {
			if u != nil && u.nth > 0 {
				q := c.proc(u.p)
				q.needed = min(q.needed, u.nth)
			}
		}
	}
	for i := range c.procs {
		q := &c.procs[i]
		if q.needed > q.base {
			q.puts, q.base = slices.Delete(q.puts, 0, int(q.needed-q.base)), q.needed
		}
	}
}

// open are the grounds that have not been given back.
func (c *certifier) open() iter.Seq[*ground] {
	return func(yield func(*ground) bool) {
		for d := range c.grounds.each() {
			if d.put != nil && !yield(d) {
				return
			}
		}
	}
}

// drop gives a ground back.
func (c *certifier) drop(d *ground) {
	d.put, d.gone, d.tail = nil, false, nil
	d.others, d.rivals = d.others[:0], d.rivals[:0]
	c.grounds.give(d)
}
