package epollsim

// A CtlOp is an operation of epoll_ctl.
type CtlOp int

// The operations.
const (
	ADD CtlOp = 1
	DEL CtlOp = 2
	MOD CtlOp = 3
)

// An epoll is a tree of items, a list of those that may be ready, and the calls that
// wait.
type epoll struct {
	file    ref
	root    ref
	size    int
	ready   list // rdllist
	sending list // txlist, while it is scanned

	overflowing bool // a scan is at work (ovflist is not EP_UNACTIVE_PTR)
	overflow    ref  // items that a wake-up brought meanwhile, the newest first

	sleepers []int // waiters in the order of coming
	scanner  int   // the waiter whose scan holds the lock

	gen   uint64 // of loopCheck
	depth int
}

// An item is one registration (struct epitem), and its place in the wait queue of the
// file (struct eppoll_entry).
type item struct {
	epoll, file ref
	id          File // the file's
	fd          FD
	events      Events
	data        uint64

	left, right, up ref
	red             bool
	linked          bool // it is on a list
	next, prev      ref  // there
	overflowed      bool
	overflow        ref // the next one of the overflow

	exclusive            bool
	queueNext, queuePrev ref // in the file's wait queue
	fileNext, filePrev   ref // of the file's items
}

// The sizes in bytes of what the kernel allocates for each item, and of a slab.
const (
	EpitemSize = 128 // struct epitem: cache eventpoll_epi
	PwqSize    = 64  // struct eppoll_entry: cache eventpoll_pwq
	SlabSize   = page
)

// Create makes an epoll (epoll_create1).
func (k *Kernel) Create() (FD, error) {
	if err := k.begin(Op{Verb: CreateVerb}); err != nil {
		return -1, err
	}
	return k.create()
}

// CreateSize is the older epoll_create, which ignores its size, except that it must be 1
// or more.
func (k *Kernel) CreateSize(size int) (FD, error) {
	if err := k.begin(Op{Verb: CreateSizeVerb, N: size}); err != nil {
		return -1, err
	}
	if size <= 0 {
		return -1, k.fail(EINVAL)
	}
	return k.create()
}

func (k *Kernel) create() (FD, error) {
	if err := k.room(1); err != nil {
		return -1, k.fail(err)
	}
	r := k.epolls.make()
	ep := k.epolls.at(r)
	sleepers := ep.sleepers[:0]
	fd := k.open(epollFile, r)
	*ep = epoll{file: k.fds[fd], sleepers: sleepers}
	return fd, nil
}

// Ctl adds, changes or deletes the item of a descriptor in the interest set of an epoll.
// Wait reports data with the events.
func (k *Kernel) Ctl(ep FD, op CtlOp, fd FD, events Events, data uint64) error {
	if err := k.begin(Op{Verb: CtlVerb, FD: ep, Target: fd, Ctl: op, Events: events, Value: data}); err != nil {
		return err
	}
	r, t := k.lookup(ep), k.lookup(fd)
	if r == 0 || t == 0 {
		return k.fail(EBADF)
	}
	f, target := k.files.at(r), k.files.at(t)
	if op != DEL {
		k.counts.Copied += eventSize
	}
	switch {
	case target.kind == regularFile:
		return k.fail(EPERM)
	case r == t || f.kind != epollFile:
		return k.fail(EINVAL)
	case events&EXCLUSIVE != 0 && (op == MOD || op == ADD && (target.kind == epollFile || events&^exclusiveOK != 0)):
		return k.fail(EINVAL)
	}
	if err := k.locked(f.obj, target); err != nil {
		return err
	}
	e := k.epolls.at(f.obj)
	nested := op == ADD && (f.items != 0 || target.kind == epollFile)
	if nested && target.kind == epollFile && !k.mayNest(f.obj, target.obj) {
		return k.fail(ELOOP)
	}
	it := k.find(e, t, fd)
	switch {
	case op == ADD && it != 0:
		return k.fail(EEXIST)
	case op == ADD:
		if err := k.add(f.obj, t, fd, events|ERR|HUP, data, nested); err != nil {
			return k.fail(err)
		}
	case op != DEL && op != MOD:
		return k.fail(EINVAL)
	case it == 0:
		return k.fail(ENOENT)
	case op == DEL:
		k.remove(it, "ctl-del")
	default:
		if k.items.at(it).events&EXCLUSIVE != 0 {
			return k.fail(EINVAL)
		}
		k.modify(e, it, events|ERR|HUP, data)
	}
	return nil
}

// add is ep_insert: tree, wait queue, and the list if the file is ready.
func (k *Kernel) add(er, fr ref, fd FD, events Events, data uint64, nested bool) error {
	if k.watches >= k.config.MaxWatches {
		return ENOSPC
	}
	it := k.items.make()
	k.watches++
	i, ep, f := k.items.at(it), k.epolls.at(er), k.files.at(fr)
	*i = item{epoll: er, file: fr, id: f.id, fd: fd, events: events, data: data, exclusive: events&EXCLUSIVE != 0}
	i.fileNext = f.items
	if f.items != 0 {
		k.items.at(f.items).filePrev = it
	}
	f.items = it
	k.insert(ep, it)
	if k.trace != nil {
		k.event(Event{Kind: Inserted, Rule: "ctl-add", Epoll: k.files.at(ep.file).id, File: f.id, FD: fd, Events: events})
	}
	if nested && !k.pathsFit(f) {
		k.drop(it, "path-limits")
		return EINVAL
	}
	k.enqueue(f, it, i)
	if k.pollItem(i) != 0 {
		k.ready(ep, it, i, "ctl-add")
	}
	return nil
}

// ready puts an item that is ready on the list, if it is not there, and wakes whoever
// waits.
func (k *Kernel) ready(ep *epoll, it ref, i *item, rule string) {
	if i.linked {
		return
	}
	k.append(ep, it, i, rule)
	k.wakeSleeper(ep)
	if f := k.files.at(ep.file); f.queue != 0 {
		k.wake(f, IN, "nested-wake")
	}
}

// modify is ep_modify: it may put the item on the list, and never takes it off.
func (k *Kernel) modify(ep *epoll, it ref, events Events, data uint64) {
	i := k.items.at(it)
	i.events, i.data = events, data
	if k.trace != nil {
		k.event(Event{Kind: Modified, Rule: "ctl-mod", Epoll: k.files.at(ep.file).id, File: i.id, FD: i.fd, Events: events})
	}
	if k.pollItem(i) != 0 {
		k.ready(ep, it, i, "ctl-mod")
	}
}

// enqueue is ep_ptable_queue_proc: an item waits for the file, the newest first, but
// exclusive ones after all others and the oldest first.
func (k *Kernel) enqueue(f *file, it ref, i *item) {
	if i.exclusive {
		i.queuePrev = f.queueEnd
		if f.queueEnd != 0 {
			k.items.at(f.queueEnd).queueNext = it
		} else {
			f.queue = it
		}
		f.queueEnd = it
		return
	}
	i.queueNext = f.queue
	if f.queue != 0 {
		k.items.at(f.queue).queuePrev = it
	} else {
		f.queueEnd = it
	}
	f.queue = it
}

// remove is ep_remove.
func (k *Kernel) remove(it ref, rule string) {
	i := k.items.at(it)
	f := k.files.at(i.file)
	if i.queuePrev != 0 {
		k.items.at(i.queuePrev).queueNext = i.queueNext
	} else {
		f.queue = i.queueNext
	}
	if i.queueNext != 0 {
		k.items.at(i.queueNext).queuePrev = i.queuePrev
	} else {
		f.queueEnd = i.queuePrev
	}
	k.drop(it, rule)
}

// drop removes an item that is in no wait queue.
func (k *Kernel) drop(it ref, rule string) {
	i := k.items.at(it)
	f, ep := k.files.at(i.file), k.epolls.at(i.epoll)
	if i.filePrev != 0 {
		k.items.at(i.filePrev).fileNext = i.fileNext
	} else {
		f.items = i.fileNext
	}
	if i.fileNext != 0 {
		k.items.at(i.fileNext).filePrev = i.filePrev
	}
	k.erase(ep, it)
	if i.linked {
		k.unlink(&ep.ready, it) // while a scan has it, its epoll is locked
	}
	if k.trace != nil {
		k.event(Event{Kind: Erased, Rule: rule, Epoll: k.files.at(ep.file).id, File: f.id, FD: i.fd})
	}
	k.watches--
	k.items.free(it)
}

// releaseEpoll is ep_clear_and_put: the file is gone, and so are its items.
func (k *Kernel) releaseEpoll(f *file) {
	ep := k.epolls.at(f.obj)
	for ep.root != 0 {
		k.remove(ep.root, "close")
	}
	k.epolls.free(f.obj)
}
