package explain

// leastSweep is how many puts and looks are made at least before those that nothing leads
// to any more are looked for.
const leastSweep = 1 << 11

// tidy gives back the puts and looks that nothing leads to any more, now and then: if twice
// as many have been made since as there were.
func (c *certifier) tidy(waiting *line) {
	if c.given.taken+c.made.taken < max(leastSweep, 2*c.alive) {
		return
	}
	c.given.taken, c.made.taken, c.alive = 0, 0, 0
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
	for i := range waiting.len() {
		w := waiting.at(i)
		use(w.sure.alone)
		if d := w.ground; d != nil {
			use(d.put)
			use(d.tail)
			looks(d.others...)
			looks(d.rivals...)
		}
	}
	c.given.sweep(func(u *put) bool {
		used := u.marked || u.current
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
