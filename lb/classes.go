package lb

// classes is smooth weighted round robin by turns: as long as nothing fails, of the
// servers of one weight always the first of those picked least is highest, so that
// they take turns, and only the next one of each weight can be picked.
type classes struct {
	list  []class
	total int
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
// not so, or if there are too many weights.
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
			if len(c.list) == turnsTo {
				return nil
			}
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
	return c
}

// next is one pick.
func (c *classes) next() Backend {
	best := &c.list[0]
	best.value += best.weight
	for i := 1; i < len(c.list); i++ {
		k := &c.list[i]
		k.value += k.weight
		if k.value > best.value || k.value == best.value && k.next < best.next {
			best = k
		}
	}
	b := best.next
	if best.at++; best.at == len(best.members) {
		best.at = 0
		best.value -= c.total
	}
	best.next = best.members[best.at]
	return b
}

// flatten writes the current weight of each server.
func (c *classes) flatten(cur []int) {
	for _, k := range c.list {
		for i, b := range k.members {
			cur[b] = k.value
			if i < k.at {
				cur[b] -= c.total
			}
		}
	}
}
