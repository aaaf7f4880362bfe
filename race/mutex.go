package race

import (
	"fmt"

	"github.com/orrery-go/orrery/crash"
)

// The fatal errors of unlocking a lock that is not locked.
var (
	UnlockOfUnlocked    = crash.Fatal("sync: unlock of unlocked mutex")
	RWUnlockOfUnlocked  = crash.Fatal("sync: Unlock of unlocked RWMutex")
	RWRUnlockOfUnlocked = crash.Fatal("sync: RUnlock of unlocked RWMutex")
)

// Lock locks a mutex: everything before the Unlock happens before it. If the mutex is
// held, the goroutine waits, and gets it after those that wait already. It returns an
// error if the goroutine cannot act, or there is no such mutex.
func (d *Detector) Lock(g G, n Object, at Place) (Outcome, error) {
	me, o, err := d.on(g, n, Mutex)
	if err != nil {
		return Outcome{}, err
	}
	d.done(Op{Verb: LockVerb, G: g, On: n, Place: at})
	return d.lock(me, o, n, LockVerb, at), nil
}

func (d *Detector) lock(me *goroutine, o *object, n Object, v Verb, at Place) Outcome {
	if o.writer != 0 || o.readers > 0 || o.queue.head != 0 {
		me.reads = false
		return d.waitFor(&o.queue, me, v, n, at)
	}
	d.locked(me, o, n)
	return Outcome{What: DidOp}
}

// locked gives the lock to a goroutine. sync/rwmutex.go:Lock.
func (d *Detector) locked(me *goroutine, o *object, n Object) {
	o.writer = me.id
	d.acquire(me, &o.point, "lock")
	d.acquire(me, &o.shared, "lock")
	d.lockset.hold(me.id, n, false)
}

// RLock locks a sync.RWMutex for reading: everything before the Unlock of a writer
// happens before it. In all else it is like [Detector.Lock].
func (d *Detector) RLock(g G, n Object, at Place) (Outcome, error) {
	me, o, err := d.on(g, n, Mutex)
	if err != nil {
		return Outcome{}, err
	}
	d.done(Op{Verb: RLockVerb, G: g, On: n, Place: at})
	o.rw = true
	if o.writer != 0 || o.queue.head != 0 {
		me.reads = true
		return d.waitFor(&o.queue, me, RLockVerb, n, at), nil
	}
	d.rlocked(me, o, n)
	return Outcome{What: DidOp}, nil
}

func (d *Detector) rlocked(me *goroutine, o *object, n Object) {
	o.readers++
	d.acquire(me, &o.point, "rlock")
	d.lockset.hold(me.id, n, true)
}

// Unlock unlocks a mutex, which may be locked by another goroutine. It returns
// [UnlockOfUnlocked] if the mutex is not locked. Other errors are those of
// [Detector.Lock].
func (d *Detector) Unlock(g G, n Object, at Place) error {
	me, o, err := d.on(g, n, Mutex)
	if err != nil {
		return err
	}
	if o.writer == 0 {
		if o.rw {
			return fmt.Errorf("race: goroutine %d, %v: %w", g, n, RWUnlockOfUnlocked)
		}
		return fmt.Errorf("race: goroutine %d, %v: %w", g, n, UnlockOfUnlocked)
	}
	d.done(Op{Verb: UnlockVerb, G: g, On: n, Place: at})
	d.unlock(me, o, n)
	return nil
}

func (d *Detector) unlock(me *goroutine, o *object, n Object) {
	d.lockset.drop(o.writer, n, false)
	o.writer = 0
	d.store(me, &o.point, "unlock")
	d.grant(o, n)
}

// RUnlock undoes an RLock. It returns [RWRUnlockOfUnlocked] if there is none. Other
// errors are those of [Detector.Lock].
func (d *Detector) RUnlock(g G, n Object, at Place) error {
	me, o, err := d.on(g, n, Mutex)
	if err != nil {
		return err
	}
	if o.readers == 0 {
		return fmt.Errorf("race: goroutine %d, %v: %w", g, n, RWRUnlockOfUnlocked)
	}
	d.done(Op{Verb: RUnlockVerb, G: g, On: n, Place: at})
	o.readers--
	d.lockset.drop(g, n, true)
	d.merge(me, &o.shared, "runlock")
	d.grant(o, n)
	return nil
}

// grant lets in the first that waits: one for writing, or all for reading, since
// Unlock wakes the readers first.
func (d *Detector) grant(o *object, n Object) {
	if o.writer != 0 || o.queue.head == 0 {
		return
	}
	wasWriter := o.readers == 0 && d.waitsToRead(o)
	if !wasWriter {
		if o.readers > 0 {
			return // the last reader lets the writer in
		}
		me := d.pop(&o.queue)
		d.wake(me)
		d.locked(me, o, n)
		return
	}
	var rest queue
	for me := d.pop(&o.queue); me != nil; me = d.pop(&o.queue) {
		if !me.reads {
			d.push(&rest, me)
			continue
		}
		d.wake(me)
		d.rlocked(me, o, n)
	}
	o.queue = rest
}

// waitsToRead reports whether someone waits for a read lock.
func (d *Detector) waitsToRead(o *object) bool {
	for g := o.queue.head; g != 0; {
		me := d.gs.find(g)
		if me.reads {
			return true
		}
		g = me.next
	}
	return false
}
