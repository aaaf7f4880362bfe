package epollsim

import "cmp"

// The interest set of an epoll is a red-black tree, ordered by file and then by
// descriptor (ep_cmp_ffd). Linux orders files by their addresses; here it is by their
// numbers.

// find is ep_find.
func (k *Kernel) find(ep *epoll, f ref, fd FD) ref {
	id := k.files.at(f).id
	for it := ep.root; it != 0; {
		i := k.items.at(it)
		switch c := compare(id, fd, i); {
		case c < 0:
			it = i.left
		case c > 0:
			it = i.right
		default:
			return it
		}
	}
	return 0
}

func compare(id File, fd FD, i *item) int {
	if id != i.id {
		return cmp.Compare(id, i.id)
	}
	return cmp.Compare(fd, i.fd)
}

// insert is ep_rbtree_insert: a leaf, red, and then what has to be done about two reds
// in a row.
func (k *Kernel) insert(ep *epoll, it ref) {
	n := k.items.at(it)
	up := ref(0)
	link := &ep.root
	for *link != 0 {
		up = *link
		p := k.items.at(up)
		if compare(n.id, n.fd, p) < 0 {
			link = &p.left
		} else {
			link = &p.right
		}
	}
	n.up, n.left, n.right, n.red = up, 0, 0, true
	*link = it
	ep.size++
	for {
		n = k.items.at(it)
		if n.up == 0 {
			k.paint(ep, it, false)
			return
		}
		p := k.items.at(n.up)
		if !p.red {
			return
		}
		above := p.up
		g := k.items.at(above)
		uncle := g.left
		if uncle == n.up {
			uncle = g.right
		}
		if uncle != 0 && k.items.at(uncle).red {
			k.paint(ep, n.up, false)
			k.paint(ep, uncle, false)
			k.paint(ep, above, true)
			it = above
			continue
		}
		left := n.up == g.left
		parent := n.up
		if left && it == p.right {
			k.rotateLeft(ep, parent)
			parent = it
		} else if !left && it == p.left {
			k.rotateRight(ep, parent)
			parent = it
		}
		k.paint(ep, parent, false)
		k.paint(ep, above, true)
		if left {
			k.rotateRight(ep, above)
		} else {
			k.rotateLeft(ep, above)
		}
		return
	}
}

// erase is rb_erase: a node with two children gives its place to the next one.
func (k *Kernel) erase(ep *epoll, it ref) {
	n := k.items.at(it)
	ep.size--
	var child, up ref // what moves up, and what is above it then
	lost := n.red     // the colour that is missing where child is
	switch {
	case n.left == 0 || n.right == 0:
		child, up = n.left|n.right, n.up // one of them is 0
		k.replace(ep, it, child)
	default:
		next := n.right
		for k.items.at(next).left != 0 {
			next = k.items.at(next).left
		}
		s := k.items.at(next)
		lost, child, up = s.red, s.right, s.up
		if up == it {
			up = next
		} else {
			k.replace(ep, next, child)
			s.right = n.right
			k.items.at(s.right).up = next
		}
		k.replace(ep, it, next)
		s.left = n.left
		k.items.at(s.left).up = next
		s.red = n.red
	}
	if !lost {
		k.rebalance(ep, child, up)
	}
}

// replace puts a node where another is, as its parent sees it.
func (k *Kernel) replace(ep *epoll, it, by ref) {
	up := k.items.at(it).up
	switch {
	case up == 0:
		ep.root = by
	case k.items.at(up).left == it:
		k.items.at(up).left = by
	default:
		k.items.at(up).right = by
	}
	if by != 0 {
		k.items.at(by).up = up
	}
}

// rebalance makes up for a black node that is missing above it, which may be 0.
func (k *Kernel) rebalance(ep *epoll, it, up ref) {
	isRed := func(r ref) bool { return r != 0 && k.items.at(r).red }
	for it != ep.root && !isRed(it) {
		p := k.items.at(up)
		left := p.left == it
		near, far := (*Kernel).rotateLeft, (*Kernel).rotateRight
		if !left {
			near, far = far, near
		}
		sibling := p.left
		if left {
			sibling = p.right
		}
		if isRed(sibling) {
			k.paint(ep, sibling, false)
			k.paint(ep, up, true)
			near(k, ep, up)
			if sibling = p.left; left {
				sibling = p.right
			}
		}
		s := k.items.at(sibling)
		inner, outer := s.right, s.left
		if left {
			inner, outer = s.left, s.right
		}
		if !isRed(inner) && !isRed(outer) {
			k.paint(ep, sibling, true)
			it, up = up, p.up
			continue
		}
		if !isRed(outer) { // what turns black or red below is not painted twice
			far(k, ep, sibling)
			sibling, outer = inner, sibling
		}
		k.paint(ep, sibling, p.red)
		k.paint(ep, up, false)
		k.paint(ep, outer, false)
		near(k, ep, up)
		it = ep.root
	}
	if it != 0 {
		k.paint(ep, it, false)
	}
}

func (k *Kernel) rotateLeft(ep *epoll, it ref) {
	n := k.items.at(it)
	r := n.right
	s := k.items.at(r)
	n.right = s.left
	if s.left != 0 {
		k.items.at(s.left).up = it
	}
	k.replace(ep, it, r)
	s.left, n.up = it, r
	k.rotated(ep, it, "left")
}

func (k *Kernel) rotateRight(ep *epoll, it ref) {
	n := k.items.at(it)
	l := n.left
	s := k.items.at(l)
	n.left = s.right
	if s.right != 0 {
		k.items.at(s.right).up = it
	}
	k.replace(ep, it, l)
	s.right, n.up = it, l
	k.rotated(ep, it, "right")
}

func (k *Kernel) rotated(ep *epoll, it ref, way string) {
	k.counts.Rotations++
	if k.trace != nil {
		i := k.items.at(it)
		k.event(Event{Kind: Rotated, Rule: "tree", Epoll: k.files.at(ep.file).id, File: i.id, FD: i.fd, What: way})
	}
}

func (k *Kernel) paint(ep *epoll, it ref, red bool) {
	i := k.items.at(it)
	if i.red == red {
		return
	}
	i.red = red
	if k.trace != nil {
		what := "black"
		if red {
			what = "red"
		}
		k.event(Event{Kind: Painted, Rule: "tree", Epoll: k.files.at(ep.file).id, File: i.id, FD: i.fd, What: what})
	}
}
