package epollsim

// A list is one of items, linked both ways.
type list struct{ head, tail ref }

// append puts an item at the end of the ready list.
func (k *Kernel) append(ep *epoll, it ref, i *item, rule string) {
	i.linked, i.prev, i.next = true, ep.ready.tail, 0
	if i.prev != 0 {
		k.items.at(i.prev).next = it
	} else {
		ep.ready.head = it
	}
	ep.ready.tail = it
	k.listed(i, Listed, rule)
}

// prepend puts it at the head.
func (k *Kernel) prepend(ep *epoll, it ref, i *item) {
	i.linked, i.prev, i.next = true, 0, ep.ready.head
	if i.next != 0 {
		k.items.at(i.next).prev = it
	} else {
		ep.ready.tail = it
	}
	ep.ready.head = it
}

// unlink takes an item off the list that it is on.
func (k *Kernel) unlink(l *list, it ref) {
	i := k.items.at(it)
	if i.prev != 0 {
		k.items.at(i.prev).next = i.next
	} else {
		l.head = i.next
	}
	if i.next != 0 {
		k.items.at(i.next).prev = i.prev
	} else {
		l.tail = i.prev
	}
	i.linked, i.prev, i.next = false, 0, 0
}

// splice puts all of the sending list before the ready list.
func (k *Kernel) splice(ep *epoll) {
	if ep.sending.head == 0 {
		return
	}
	if ep.ready.head == 0 {
		ep.ready = ep.sending
	} else {
		k.items.at(ep.sending.tail).next = ep.ready.head
		k.items.at(ep.ready.head).prev = ep.sending.tail
		ep.ready.head = ep.sending.head
	}
	ep.sending = list{}
}
