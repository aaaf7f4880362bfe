package epollsim

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// A Ready is an event that Wait reports.
type Ready struct {
	Events Events `json:"events"`
	Data   uint64 `json:"data,string"`
}

const (
	eventSize = 12                      // of struct epoll_event on amd64, in bytes
	maxEvents = (1<<31 - 1) / eventSize // EP_MAX_EVENTS
)

// Wait is epoll_wait with a timeout of 0: it reports at most max events, and does not
// sleep. The slice is valid until the next call of Wait or Resume.
func (k *Kernel) Wait(ep FD, max int) ([]Ready, error) {
	if err := k.begin(Op{Verb: WaitVerb, FD: ep, N: max}); err != nil {
		return nil, err
	}
	r, err := k.waitable(ep, max)
	if err != nil {
		return nil, k.fail(err)
	}
	return k.send(k.epolls.at(k.files.at(r).obj), max), nil
}

// waitable returns the file of an epoll that can be waited for.
func (k *Kernel) waitable(ep FD, max int) (ref, error) {
	r := k.lookup(ep)
	if r == 0 {
		return 0, EBADF
	}
	f := k.files.at(r)
	if max <= 0 || max > maxEvents || f.kind != epollFile {
		return 0, EINVAL
	}
	return r, k.locked(f.obj, f)
}

// send is ep_send_events, the scan of the ready list.
func (k *Kernel) send(ep *epoll, max int) []Ready {
	k.out = k.out[:0]
	if ep.ready.head == 0 {
		return k.out
	}
	k.startScan(ep)
	for ep.sending.head != 0 && len(k.out) < max {
		k.sendOne(ep)
	}
	k.doneScan(ep)
	return k.out
}

// startScan takes the list away, so that what wakes meanwhile goes to the overflow.
func (k *Kernel) startScan(ep *epoll) {
	ep.sending, ep.ready = ep.ready, list{}
	ep.overflowing = true
	if k.trace != nil {
		k.event(Event{Kind: ScanStarted, Rule: "scan", Epoll: k.files.at(ep.file).id})
	}
}

// sendOne asks the first file whether it is ready still, and reports what it is.
func (k *Kernel) sendOne(ep *epoll) {
	it := ep.sending.head
	i := k.items.at(it)
	k.unlink(&ep.sending, it)
	m := k.pollItem(i)
	if m == 0 {
		k.listed(i, Dropped, "stale")
		return
	}
	k.out = append(k.out, Ready{m, i.data})
	k.counts.Copied += eventSize
	if k.trace != nil {
		k.event(Event{Kind: Sent, Rule: "send", Epoll: k.files.at(ep.file).id, File: i.id, FD: i.fd, Events: m})
	}
	switch {
	case i.events&ONESHOT != 0:
		i.events &= private
		k.listed(i, Disarmed, "oneshot")
	case i.events&ET == 0:
		k.append(ep, it, i, "level")
	}
}

// doneScan brings back what came meanwhile, in the order of coming, and before it what
// was not reported.
func (k *Kernel) doneScan(ep *epoll) {
	for it := ep.overflow; it != 0; {
		i := k.items.at(it)
		next := i.overflow
		i.overflowed, i.overflow = false, 0
		if !i.linked {
			k.prepend(ep, it, i)
			k.listed(i, Listed, "overflow")
		}
		it = next
	}
	ep.overflow, ep.overflowing = 0, false
	k.splice(ep)
	if k.trace != nil {
		k.event(Event{Kind: ScanDone, Rule: "scan", Epoll: k.files.at(ep.file).id})
	}
	if ep.ready.head != 0 {
		k.wakeSleeper(ep)
	}
}

// A waiter is a call of epoll_wait that sleeps, or that is in the middle of its scan.
type waiter struct {
	id      int
	file    ref // of the epoll
	max     int
	until   time.Duration // below 0: forever
	status  waiterStatus
	expired bool
	signal  bool
}

type waiterStatus uint8

const (
	returned waiterStatus = iota
	sleeping
	woken
	scanning
)

// A WaiterStatus is the status of a call that has not returned.
type WaiterStatus string

// The statuses.
const (
	Sleeping WaiterStatus = "sleeping"
	Awake    WaiterStatus = "awake"    // it was woken, or its time is over; Resume lets it go on
	Scanning WaiterStatus = "scanning" // it is in the middle of its scan; Step lets it go on
)

var waiterStatuses = [...]WaiterStatus{sleeping: Sleeping, woken: Awake, scanning: Scanning}

// Block is epoll_wait with a timeout: below 0 it waits forever, with 0 it is
// [Kernel.Wait]. If nothing is ready the call sleeps, and the Outcome has its number as
// Waiter, from 1 on: after something has woken it, [Kernel.Resume] lets it go on.
func (k *Kernel) Block(ep FD, max int, timeout time.Duration) (Outcome, error) {
	if err := k.begin(Op{Verb: BlockVerb, FD: ep, N: max, Timeout: timeout}); err != nil {
		return Outcome{}, err
	}
	r, err := k.waitable(ep, max)
	if err != nil {
		return Outcome{}, k.fail(err)
	}
	e := k.epolls.at(k.files.at(r).obj)
	if out := k.send(e, max); len(out) > 0 || timeout == 0 {
		return Outcome{N: len(out), Ready: out}, nil
	}
	w, err := k.newWaiter(r, max)
	if err != nil {
		return Outcome{}, err
	}
	if timeout > 0 {
		if w.until = k.now + timeout; w.until < 0 {
			w.until = 1<<63 - 1
		}
	}
	k.sleep(w)
	return Outcome{Ready: []Ready{}, Waiter: w.id}, nil
}

// maxWaiters bounds how many calls there may be that have not returned.
const maxWaiters = 1 << 16

// newWaiter makes a waiter, which keeps the file open.
func (k *Kernel) newWaiter(r ref, max int) (*waiter, error) {
	if len(k.waiters) == maxWaiters {
		return nil, fmt.Errorf("epollsim: %d calls sleep already", maxWaiters)
	}
	k.lastWaiter++
	k.waiters = append(k.waiters, waiter{id: k.lastWaiter, file: r, max: max, until: -1})
	k.files.at(r).refs++
	return &k.waiters[len(k.waiters)-1], nil
}

func (k *Kernel) sleep(w *waiter) {
	w.status = sleeping
	ep := k.epolls.at(k.files.at(w.file).obj)
	ep.sleepers = append(ep.sleepers, w.id)
	if k.trace != nil {
		k.event(Event{Kind: Sleeps, Rule: "block", Epoll: k.files.at(ep.file).id, Waiter: w.id})
	}
}

// wakeSleeper wakes the call that has come last: ep_poll puts calls at the head of the
// wait queue.
func (k *Kernel) wakeSleeper(ep *epoll) {
	if len(ep.sleepers) == 0 {
		return
	}
	last := len(ep.sleepers) - 1
	w := ep.sleepers[last]
	ep.sleepers = ep.sleepers[:last]
	k.waiter(w).status = woken
	if k.trace != nil {
		k.event(Event{Kind: Wakes, Rule: "wake-one", Epoll: k.files.at(ep.file).id, Waiter: w})
	}
}

// waiter finds a call by its number, nil if it has returned or there was none.
func (k *Kernel) waiter(w int) *waiter {
	i, ok := slices.BinarySearchFunc(k.waiters, w, func(x waiter, w int) int { return cmp.Compare(x.id, w) })
	if !ok {
		return nil
	}
	return &k.waiters[i]
}

// checked is waiter of a number from outside.
func (k *Kernel) checked(w int, want waiterStatus) (*waiter, error) {
	me := k.waiter(w)
	if me == nil {
		return nil, fmt.Errorf("epollsim: no waiter %d, or it has returned", w)
	}
	if me.status != want {
		return nil, fmt.Errorf("epollsim: waiter %d is %s, not %s", w, waiterStatuses[me.status], waiterStatuses[want])
	}
	return me, nil
}

// Resume lets a call that is awake go on. It returns the events that are ready; if there
// are none the call sleeps again, and the Outcome has its Waiter. If its time is over the
// call returns 0 events, and if it was interrupted [EINTR]. The slice in the Outcome is
// valid until the next call of Wait or Resume.
func (k *Kernel) Resume(w int) (Outcome, error) {
	if err := k.begin(Op{Verb: ResumeVerb, N: w}); err != nil {
		return Outcome{}, err
	}
	me, err := k.checked(w, woken)
	if err != nil {
		return Outcome{}, err
	}
	f := k.files.at(me.file)
	if err := k.locked(f.obj, f); err != nil {
		return Outcome{}, err
	}
	if f.refs == 1 {
		if err := k.lockedItems(f); err != nil {
			return Outcome{}, err
		}
	}
	var out []Ready
	if !me.expired {
		out = k.send(k.epolls.at(f.obj), me.max)
	} else {
		k.out = k.out[:0]
		out = k.out
	}
	switch {
	case len(out) > 0 || me.expired:
	case me.signal:
		k.leave(me)
		return Outcome{}, k.fail(EINTR)
	default:
		k.sleep(me)
		return Outcome{Ready: out, Waiter: w}, nil
	}
	k.leave(me)
	return Outcome{N: len(out), Ready: out}, nil
}

// leave is the return of a call.
func (k *Kernel) leave(me *waiter) {
	file := me.file
	if k.trace != nil {
		k.event(Event{Kind: Returns, Rule: "block", Epoll: k.files.at(file).id, Waiter: me.id})
	}
	i := slices.IndexFunc(k.waiters, func(x waiter) bool { return x.id == me.id })
	k.waiters = slices.Delete(k.waiters, i, i+1)
	k.put(file)
}

// Awake lists the calls that Resume can let go on, in the order of their numbers.
func (k *Kernel) Awake() []int {
	out := []int{}
	for _, w := range k.waiters {
		if w.status == woken {
			out = append(out, w.id)
		}
	}
	return out
}

// Interrupt sends a signal to a call that sleeps.
func (k *Kernel) Interrupt(w int) error {
	if err := k.begin(Op{Verb: InterruptVerb, N: w}); err != nil {
		return err
	}
	me, err := k.checked(w, sleeping)
	if err != nil {
		return err
	}
	me.signal = true
	k.rouse(me, "interrupt")
	return nil
}

// rouse wakes one certain call.
func (k *Kernel) rouse(me *waiter, rule string) {
	ep := k.epolls.at(k.files.at(me.file).obj)
	i := slices.Index(ep.sleepers, me.id)
	ep.sleepers = slices.Delete(ep.sleepers, i, i+1)
	me.status = woken
	if k.trace != nil {
		k.event(Event{Kind: Wakes, Rule: rule, Epoll: k.files.at(ep.file).id, Waiter: me.id})
	}
}

// Advance lets virtual time pass, and wakes the calls whose timeout has passed. It
// returns an error if d is negative or the clock would overflow.
func (k *Kernel) Advance(d time.Duration) error {
	if err := k.begin(Op{Verb: AdvanceVerb, Timeout: d}); err != nil {
		return err
	}
	if d < 0 || k.now+d < 0 {
		return fmt.Errorf("epollsim: time cannot advance by %v from %v", d, k.now)
	}
	k.now += d
	for i := range k.waiters {
		if me := &k.waiters[i]; me.status == sleeping && me.until >= 0 && me.until <= k.now {
			me.expired = true
			k.rouse(me, "timeout")
		}
	}
	return nil
}
