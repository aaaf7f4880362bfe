package race

import (
	"fmt"

	"github.com/orrery-go/orrery/crash"
)

// NegativeCounter is the panic of a WaitGroup. None has waiting goroutines and a counter of
// 0: those that wait go on in the same operation.
var NegativeCounter = crash.Panic("sync: negative WaitGroup counter")

// Add adds to the counter of a WaitGroup. What happened before an Add of less than 0,
// such as Done, happens before the return of the Waits that it ends. The first Add from 0
// counts as a read of the WaitGroup, and the first Wait as a write, so that an Add beside
// a Wait is reported as a race. It returns [NegativeCounter] if the counter falls below
// 0, and another error if the goroutine cannot act, or there is no such WaitGroup.
func (d *Detector) Add(g G, n Object, delta int64, at Place) (Outcome, error) {
	me, o, err := d.on(g, n, WaitGroup)
	if err != nil {
		return Outcome{}, err
	}
	const most = 1<<31 - 1
	if delta > most || delta < -most || o.counter+delta > most {
		return Outcome{}, fmt.Errorf("race: a WaitGroup's counter %d and %d out of range [0,%d]", o.counter, delta, most)
	}
	d.done(Op{Verb: AddVerb, G: g, On: n, N: delta, Place: at})
	if delta < 0 {
		d.merge(me, &o.point, "wg-done")
	}
	out := Outcome{What: DidOp}
	if delta > 0 && o.counter == 0 {
		if out, err = d.self(me, n, reads, AddVerb, at); err != nil {
			return out, err
		}
	}
	// It stays below 0 in Go, too.
	if o.counter += delta; o.counter < 0 {
		return out, NegativeCounter
	}
	if o.counter == 0 {
		for w := d.pop(&o.queue); w != nil; w = d.pop(&o.queue) {
			d.wake(w)
			d.acquire(w, &o.point, "wg-wait")
			out.Woken++
		}
	}
	return out, nil
}

// Done is Add with -1.
func (d *Detector) Done(g G, n Object, at Place) (Outcome, error) { return d.Add(g, n, -1, at) }

// Wait waits until the counter of a WaitGroup is 0. Errors are those of [Detector.Add].
func (d *Detector) Wait(g G, n Object, at Place) (Outcome, error) {
	me, o, err := d.on(g, n, WaitGroup)
	if err != nil {
		return Outcome{}, err
	}
	d.done(Op{Verb: WaitVerb, G: g, On: n, Place: at})
	if o.counter == 0 {
		d.acquire(me, &o.point, "wg-wait")
		return Outcome{What: DidOp}, nil
	}
	var out Outcome
	if o.queue.head == 0 {
		if out, err = d.self(me, n, 0, WaitVerb, at); err != nil {
			return out, err
		}
	}
	races := out.Races
	out = d.waitFor(&o.queue, me, WaitVerb, n, at)
	out.Races = races
	return out, nil
}

// OnceDo is a call of a Once's method Do. The outcome is [DoesRun] if the goroutine is
// the one that runs the function, which [Detector.OnceReturn] ends; [DoesWait] if another
// goroutine runs it; and [DidOp] if it has returned, which happens before. It returns an
// error if the goroutine cannot act, or there is no such Once.
func (d *Detector) OnceDo(g G, n Object, at Place) (Outcome, error) {
	me, o, err := d.on(g, n, Once)
	if err != nil {
		return Outcome{}, err
	}
	if o.running == g {
		return Outcome{}, fmt.Errorf("race: goroutine %d would wait for itself: it runs the function of %v", g, n)
	}
	d.done(Op{Verb: OnceDoVerb, G: g, On: n, Place: at})
	switch {
	case o.done:
		d.acquire(me, &o.point, "once")
		return Outcome{What: DidOp}, nil
	case o.running != 0:
		return d.waitFor(&o.queue, me, OnceDoVerb, n, at), nil
	}
	o.running = g
	return Outcome{What: DoesRun}, nil
}

// OnceReturn ends the function of a Once. It returns an error if the goroutine does not run
// it.
func (d *Detector) OnceReturn(g G, n Object, at Place) (Outcome, error) {
	me, o, err := d.on(g, n, Once)
	if err != nil {
		return Outcome{}, err
	}
	if o.running != g {
		return Outcome{}, fmt.Errorf("race: goroutine %d does not run the function of %v", g, n)
	}
	d.done(Op{Verb: OnceReturnVerb, G: g, On: n, Place: at})
	o.running, o.done = 0, true
	d.store(me, &o.point, "once")
	out := Outcome{What: DidOp}
	for w := d.pop(&o.queue); w != nil; w = d.pop(&o.queue) {
		d.wake(w)
		d.acquire(w, &o.point, "once")
		if !d.config.Strict {
			// It gets the Once's mutex, and unlocks it for the next that waits.
			d.acquire(w, &o.shared, "once")
			d.store(w, &o.shared, "once")
		}
		out.Woken++
	}
	return out, nil
}

// WaitCond unlocks the lock of a Cond, waits for a signal, and locks it again. It returns
// [UnlockOfUnlocked] if the lock is not locked, and another error if the goroutine cannot
// act or there is no such Cond.
func (d *Detector) WaitCond(g G, n Object, at Place) (Outcome, error) {
	me, o, err := d.on(g, n, Cond)
	if err != nil {
		return Outcome{}, err
	}
	l := &d.objects[o.lock]
	if l.writer == 0 {
		return Outcome{}, fmt.Errorf("race: goroutine %d, %v: %w", g, o.lock, UnlockOfUnlocked)
	}
	d.done(Op{Verb: WaitCondVerb, G: g, On: n, Place: at})
	d.unlock(me, l, o.lock)
	return d.waitFor(&o.queue, me, WaitCondVerb, n, at), nil
}

// Signal wakes the goroutine that has waited longest for a Cond. To the race detector
// that orders nothing, only the lock does; in the memory model, and with Config.Strict,
// it does. It returns an error if the goroutine cannot act, or there is no such Cond.
func (d *Detector) Signal(g G, n Object, at Place) (Outcome, error) {
	return d.signal(SignalVerb, g, n, 1, at)
}

// Broadcast wakes all goroutines that wait for a Cond. In all else it is like
// [Detector.Signal].
func (d *Detector) Broadcast(g G, n Object, at Place) (Outcome, error) {
	return d.signal(BroadcastVerb, g, n, len(d.gs.list), at)
}

func (d *Detector) signal(v Verb, g G, n Object, most int, at Place) (Outcome, error) {
	me, o, err := d.on(g, n, Cond)
	if err != nil {
		return Outcome{}, err
	}
	d.done(Op{Verb: v, G: g, On: n, Place: at})
	if d.config.Strict {
		d.store(me, &o.point, "cond")
	}
	out := Outcome{What: DidOp}
	for ; most > 0; most-- {
		w := d.pop(&o.queue)
		if w == nil {
			break
		}
		if d.config.Strict {
			d.acquire(w, &o.point, "cond")
		}
		place := w.place
		d.wake(w)
		if d.lock(w, &d.objects[o.lock], o.lock, LockVerb, place).What != DoesWait {
			out.Woken++
		}
	}
	return out, nil
}
