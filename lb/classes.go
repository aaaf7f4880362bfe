package lb

// classes is smooth weighted round robin by turns: as long as nothing fails, of the
// servers of one weight always the first of those picked least is highest, so that
// they take turns, and only the next one of each weight can be picked.
type classes struct {
	list  []class
	total int
	tree  *tournament // between the classes, if there are many; value is then not in use
}

// A class is the servers of one weight.
type class struct {
	value   int // the current weight of the next one
	weight  int
	next    Backend
	at      int // where it is in members
	members []Backend
}

// newClasses makes them of a Smooth that has just begun. It returns nil if that is
// not so.
func newClasses(p *Smooth) *classes {
	c := new(classes)
	of := map[int]int{}
	for i := range p.peers {
		e := &p.peers[i]
		if e.state != Up {
			continue
		}
		if p.cur[i] != 0 || p.eff[i] != e.weight || e.MaxConns > 0 || e.MaxFails > 0 && e.fails >= e.MaxFails {
			return nil
		}
		k, ok := of[e.weight]
		if !ok {
			k = len(c.list)
			of[e.weight] = k
			c.list = append(c.list, class{weight: e.weight, next: Backend(i)})
		}
		c.list[k].members = append(c.list[k].members, Backend(i))
		c.total += e.weight
	}
	if len(c.list) == 0 {
		return nil
	}
	if len(c.list) > turnsTo {
		c.tree = newTournament(len(c.list))
		for i, k := range c.list {
			c.tree.put(i, 0, k.weight, int(k.next))
		}
		c.tree.build()
	}
	return c
}

// next returns one pick.
func (c *classes) next() Backend {
	if c.tree != nil {
		c.tree.advance()
		i := c.tree.first()
		k := &c.list[i]
		k.value = c.tree.value(i)
		b := c.turn(k)
		c.tree.put(i, k.value, k.weight, int(k.next))
		c.tree.mend(i)
		return b
	}
	best := &c.list[0]
	best.value += best.weight
	for i := 1; i < len(c.list); i++ {
		k := &c.list[i]
		k.value += k.weight
		if k.value > best.value || k.value == best.value && k.next < best.next {
			best = k
		}
	}
	return c.turn(best)
}

// turn picks the next member of a class.
func (c *classes) turn(k *class) Backend {
	b := k.next
	if k.at++; k.at == len(k.members) {
		k.at = 0
		k.value -= c.total
	}
	k.next = k.members[k.at]
	return b
}

// flatten writes the current weight of each server.
func (c *classes) flatten(cur []int) {
	for i, k := range c.list {
		if c.tree != nil {
			k.value = c.tree.value(i)
		}
		for i, b := range k.members {
			cur[b] = k.value
			if i < k.at {
				cur[b] -= c.total
			}
		}
	}
}
