package epollsim

// poll is vfs_poll: what a file is ready for.
func (k *Kernel) poll(f *file) Events {
	k.counts.Polls++
	switch f.kind {
	case pipeReadFile:
		return k.pipes.at(f.obj).readMask()
	case pipeWriteFile:
		return k.pipes.at(f.obj).writeMask()
	case eventfdFile, semaphoreFile:
		return k.eventfds.at(f.obj).mask()
	case unixFile:
		return k.unixMask(k.unixes.at(f.obj))
	case tcpFile:
		s := k.tcps.at(f.obj)
		m := k.tcpMask(s)
		s.noSpace = s.noSpace || m&OUT == 0
		return m
	case epollFile:
		return k.pollEpoll(f.obj)
	}
	return always
}

// pollEpoll is ep_eventpoll_poll: an epoll is readable if an item on its list is
// ready. Those before the first that is are taken off it.
func (k *Kernel) pollEpoll(e ref) Events {
	ep := k.epolls.at(e)
	k.startScan(ep)
	var m Events
	for it := ep.sending.head; it != 0; it = ep.sending.head {
		i := k.items.at(it)
		if k.pollItem(i) != 0 {
			m = readable
			break
		}
		k.unlink(&ep.sending, it)
		if k.trace != nil {
			k.event(Event{Kind: Dropped, Rule: "nested-poll", Epoll: k.files.at(ep.file).id, File: k.files.at(i.file).id, FD: i.fd})
		}
	}
	k.doneScan(ep)
	return m
}

// pollItem is ep_item_poll.
func (k *Kernel) pollItem(i *item) Events {
	f := k.files.at(i.file)
	m := k.poll(f)
	if k.trace != nil {
		k.event(Event{Kind: Polled, Rule: "poll-item", Epoll: k.files.at(k.epolls.at(i.epoll).file).id, File: f.id, FD: i.fd, Events: m & i.events})
	}
	return m & i.events
}

// wake calls the items in the wait queue of a file with what has happened, until one
// that is exclusive says that it has woken somebody.
func (k *Kernel) wake(f *file, key Events, rule string) {
	if f.queue == 0 {
		return
	}
	if k.trace != nil {
		k.event(Event{Kind: Woken, Rule: rule, File: f.id, Events: key})
	}
	for it := f.queue; it != 0; {
		i := k.items.at(it)
		if k.callback(it, i, key) && i.exclusive {
			return
		}
		it = i.queueNext
	}
}

// wakeAll calls all of them, and does not say for what.
func (k *Kernel) wakeAll(f *file, rule string) {
	if f.queue == 0 {
		return
	}
	if k.trace != nil {
		k.event(Event{Kind: Woken, Rule: rule, File: f.id})
	}
	for it := f.queue; it != 0; {
		i := k.items.at(it)
		k.callback(it, i, 0)
		it = i.queueNext
	}
}

// callback is ep_poll_callback: it puts the item on its epoll's list, and wakes the call
// that waits there. It reports whether somebody was woken for an exclusive item.
func (k *Kernel) callback(it ref, i *item, key Events) (woke bool) {
	k.counts.Callbacks++
	woke = i.events&EXCLUSIVE == 0
	ep := k.epolls.at(i.epoll)
	switch {
	case i.events&^private == 0:
		k.ignored(i, key, "disarmed")
		return woke
	case key != 0 && key&i.events == 0:
		k.ignored(i, key, "key-ignored")
		return woke
	}
	if ep.overflowing {
		if !i.overflowed {
			i.overflowed, i.overflow = true, ep.overflow
			ep.overflow = it
			k.listed(i, Overflowed, "overflow")
		}
	} else if !i.linked {
		k.append(ep, it, i, "callback")
	}
	if len(ep.sleepers) > 0 {
		if i.events&EXCLUSIVE != 0 {
			switch in := key & (IN | OUT); in {
			case 0:
				woke = true
			case IN, OUT:
				woke = i.events&in != 0
			}
		}
		k.wakeSleeper(ep)
	}
	if f := k.files.at(ep.file); f.queue != 0 {
		k.wake(f, IN, "nested-wake")
	}
	return woke
}

func (k *Kernel) ignored(i *item, key Events, rule string) {
	if k.trace != nil {
		k.event(Event{Kind: Ignored, Rule: rule, Epoll: k.files.at(k.epolls.at(i.epoll).file).id, File: k.files.at(i.file).id, FD: i.fd, Events: key})
	}
}

// listed tells that an item is on a list now.
func (k *Kernel) listed(i *item, kd Kind, rule string) {
	if k.trace != nil {
		k.event(Event{Kind: kd, Rule: rule, Epoll: k.files.at(k.epolls.at(i.epoll).file).id, File: k.files.at(i.file).id, FD: i.fd, Events: i.events})
	}
}
