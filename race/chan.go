package race

import (
	"fmt"

	"github.com/orrery-go/orrery/crash"
)

// The panics of channels.
var (
	SendOnClosed  = crash.Panic("send on closed channel")
	CloseOfClosed = crash.Panic("close of closed channel")
)

// channel is the rest of a channel. Its point is the channel itself, which close
// releases.
type channel struct {
	cap, len     int
	slots        []point // one for each element of the buffer; none if all share the channel's point
	sendx, recvx int
	senders      queue
	receivers    queue
}

// MakeChan makes a channel for n elements of size bytes each. It returns an error if the
// goroutine cannot act, n is out of range [0,MaxChan], the size is out of range
// [0,65535], or there are too many objects.
func (d *Detector) MakeChan(g G, n, size int, at Place) (Object, error) {
	if n < 0 || n > MaxChan {
		return 0, fmt.Errorf("race: capacity %d out of range [0,%d]", n, MaxChan)
	}
	if size < 0 || size >= 1<<16 {
		return 0, fmt.Errorf("race: element size %d out of range [0,%d]", size, 1<<16-1)
	}
	if !d.room(n) {
		return 0, fmt.Errorf("race: no memory for a channel of %d", n)
	}
	ch := &channel{cap: n}
	// Without a buffer in memory there is one address for all elements. chan.go:makechan.
	if n > 0 && (size > 0 || d.config.Strict) {
		ch.slots = make([]point, n)
	}
	o, err := d.make(Op{Verb: MakeVerb, G: g, Type: Chan, N: int64(n), Size: size, Place: at}, object{typ: Chan, ch: ch})
	if err == nil {
		d.words += len(ch.slots) // points, in place of clocks
	}
	return o, err
}

// Send sends on a channel. If no goroutine waits to receive and the buffer is full, the
// goroutine waits. It returns [SendOnClosed] if the channel is closed, and another error
// if the goroutine cannot act or there is no such channel.
func (d *Detector) Send(g G, n Object, at Place) (Outcome, error) {
	me, o, err := d.on(g, n, Chan)
	if err != nil {
		return Outcome{}, err
	}
	d.done(Op{Verb: SendVerb, G: g, On: n, Place: at})
	out, err := d.self(me, n, reads, SendVerb, at)
	if err != nil {
		return out, err
	}
	ch := o.ch
	if o.closed {
		return out, SendOnClosed
	}
	if r := d.pop(&ch.receivers); r != nil {
		d.wake(r)
		if ch.cap == 0 {
			d.meet(me, r, o)
		} else {
			// As if the element had gone through the buffer.
			d.notify(me, o, ch.recvx)
			d.notify(r, o, ch.recvx)
			ch.recvx = (ch.recvx + 1) % ch.cap
			ch.sendx = ch.recvx
		}
		out.Woken = 1
		return out, nil
	}
	if ch.len < ch.cap {
		d.notify(me, o, ch.sendx)
		ch.sendx = (ch.sendx + 1) % ch.cap
		ch.len++
		return out, nil
	}
	races := out.Races
	out = d.waitFor(&ch.senders, me, SendVerb, n, at)
	out.Races = races
	return out, nil
}

// Recv receives from a channel. If the channel is open and empty, and no goroutine waits
// to send, the goroutine waits. It returns an error if the goroutine cannot act, or there
// is no such channel.
func (d *Detector) Recv(g G, n Object, at Place) (Outcome, error) {
	me, o, err := d.on(g, n, Chan)
	if err != nil {
		return Outcome{}, err
	}
	d.done(Op{Verb: RecvVerb, G: g, On: n, Place: at})
	ch := o.ch
	out := Outcome{What: DidOp}
	switch s := d.pop(&ch.senders); {
	case s != nil && ch.cap == 0:
		d.wake(s)
		d.meet(me, s, o)
		out.Woken = 1
	case s != nil:
		d.wake(s)
		d.notify(me, o, ch.recvx) // takes the head of the full buffer
		d.notify(s, o, ch.recvx)  // and the sender's element goes there
		ch.recvx = (ch.recvx + 1) % ch.cap
		ch.sendx = ch.recvx
		out.Woken = 1
	case ch.len > 0:
		d.notify(me, o, ch.recvx)
		ch.recvx = (ch.recvx + 1) % ch.cap
		ch.len--
	case o.closed:
		d.acquire(me, &o.point, "close")
	default:
		return d.waitFor(&ch.receivers, me, RecvVerb, n, at), nil
	}
	return out, nil
}

// Close closes a channel. A goroutine that waits to send panics when it goes on: the
// outcome says how many there are. It returns [CloseOfClosed] if the channel is closed.
// Other errors are those of [Detector.Recv].
func (d *Detector) Close(g G, n Object, at Place) (Outcome, error) {
	me, o, err := d.on(g, n, Chan)
	if err != nil {
		return Outcome{}, err
	}
	if o.closed {
		return Outcome{}, CloseOfClosed
	}
	d.done(Op{Verb: CloseVerb, G: g, On: n, Place: at})
	out, err := d.self(me, n, 0, CloseVerb, at)
	if err != nil {
		return out, err
	}
	d.store(me, &o.point, "close")
	o.closed = true
	for r := d.pop(&o.ch.receivers); r != nil; r = d.pop(&o.ch.receivers) {
		d.wake(r)
		d.acquire(r, &o.point, "close")
		out.Woken++
	}
	for s := d.pop(&o.ch.senders); s != nil; s = d.pop(&o.ch.senders) {
		d.wake(s)
		d.acquire(s, &o.point, "close")
		out.Woken++
		out.Panics++
	}
	return out, nil
}

// meet is a sender and a receiver without a buffer between them; me came second.
// chan.go:racesync.
func (d *Detector) meet(me, other *goroutine, o *object) {
	d.store(me, &o.point, "unbuffered")
	d.acquire(other, &o.point, "unbuffered")
	d.store(other, &o.point, "unbuffered")
	d.acquire(me, &o.point, "unbuffered")
}

// notify is a send or a receive at a place of the buffer. chan.go:racenotify.
func (d *Detector) notify(me *goroutine, o *object, i int) {
	switch {
	case o.ch.slots == nil: // all elements share an address
		d.acquire(me, &o.point, "elem-zero")
		d.store(me, &o.point, "elem-zero")
	case d.rules.slotsJoin:
		d.acquire(me, &o.ch.slots[i], "buffered")
		d.store(me, &o.ch.slots[i], "buffered")
	default:
		d.swap(me, &o.ch.slots[i], "buffered")
	}
}
