package epollsim

// Scan begins a Wait, and stops after it has taken the ready list: each [Kernel.Step]
// then handles one item, so that other calls can come in between, as they can while a
// thread is in the middle of its wait. Until the last step the scan holds the epoll's
// lock: a call that would wait for the lock returns an error. If the list is empty there
// is nothing to step, and the Outcome has no Waiter.
func (k *Kernel) Scan(ep FD, max int) (Outcome, error) {
	if err := k.begin(Op{Verb: ScanVerb, FD: ep, N: max}); err != nil {
		return Outcome{}, err
	}
	r, err := k.waitable(ep, max)
	if err != nil {
		return Outcome{}, k.fail(err)
	}
	e := k.epolls.at(k.files.at(r).obj)
	if e.ready.head == 0 {
		return Outcome{Ready: []Ready{}}, nil
	}
	w, err := k.newWaiter(r, max)
	if err != nil {
		return Outcome{}, err
	}
	w.status = scanning
	k.scans++
	e.scanner = w.id
	k.startScan(e)
	return Outcome{Ready: []Ready{}, Waiter: w.id}, nil
}

// Step handles one item of a scan; N and Ready in the Outcome are what it has reported.
// The last step puts the rest of the list back, and its Outcome has no Waiter.
func (k *Kernel) Step(w int) (Outcome, error) {
	if err := k.begin(Op{Verb: StepVerb, N: w}); err != nil {
		return Outcome{}, err
	}
	me, err := k.checked(w, scanning)
	if err != nil {
		return Outcome{}, err
	}
	ep := k.epolls.at(k.files.at(me.file).obj)
	k.out = k.out[:0]
	if ep.sending.head != 0 && me.max > 0 {
		if err := k.lockedBelow(k.items.at(ep.sending.head).file); err != nil {
			return Outcome{}, err
		}
		k.sendOne(ep)
		me.max -= len(k.out)
		return Outcome{N: len(k.out), Ready: k.out, Waiter: w}, nil
	}
	if f := k.files.at(me.file); f.refs == 1 {
		if err := k.lockedItems(f); err != nil {
			return Outcome{}, err
		}
	}
	ep.scanner = 0
	k.scans--
	k.doneScan(ep)
	k.leave(me)
	return Outcome{Ready: k.out}, nil
}

// locked returns an error if a call about the epoll would have to wait for a scan: of
// its own, or of one that lies below.
func (k *Kernel) locked(e ref, target *file) error {
	if k.scans == 0 {
		return nil
	}
	if err := k.lockedEpoll(e); err != nil {
		return err
	}
	if target.kind == epollFile {
		return k.lockedEpoll(target.obj)
	}
	return nil
}

// lockedEpoll is locked of an epoll and all below it: there are at most maxNests levels,
// and no cycles.
func (k *Kernel) lockedEpoll(e ref) error {
	ep := k.epolls.at(e)
	if ep.scanner != 0 {
		return errLocked
	}
	for it := k.first(ep.root); it != 0; it = k.successor(it) {
		if f := k.files.at(k.items.at(it).file); f.kind == epollFile {
			if err := k.lockedEpoll(f.obj); err != nil {
				return err
			}
		}
	}
	return nil
}

// lockedBelow is locked of a file that is about to be polled.
func (k *Kernel) lockedBelow(r ref) error {
	if f := k.files.at(r); k.scans > 1 && f.kind == epollFile {
		return k.lockedEpoll(f.obj)
	}
	return nil
}

// lockedItems is locked of a file that is about to be gone: its items leave their
// epolls, and, if it is an epoll, files their items.
func (k *Kernel) lockedItems(f *file) error {
	if k.scans == 0 {
		return nil
	}
	for it := f.items; it != 0; it = k.items.at(it).fileNext {
		if k.epolls.at(k.items.at(it).epoll).scanner != 0 {
			return errLocked
		}
	}
	return nil
}
