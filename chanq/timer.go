package chanq

import (
	"fmt"
	"slices"
	"time"
)

// A timer sends the time, in nanoseconds, to its channel when it fires.
type timer struct {
	c       *hchan
	when    time.Duration
	running bool
}

// NewTimer makes a timer and returns its channel, time.Timer.C. The timer fires in the
// first Advance that takes the clock to d from now or later. It returns an error if that
// time is out of range or there are [MaxChans] channels already.
func (m *Chans) NewTimer(d time.Duration) (Chan, error) {
	if err := m.busy(); err != nil {
		return Nil, err
	}
	when, err := m.after(d)
	if err != nil {
		return Nil, err
	}
	h := &hchan{elem: Elem{Size: 24, Pointers: true}, dataqsiz: 1} // of time.Time
	t := &timer{c: h, when: when, running: true}
	h.timer = t
	c, err := m.add(h)
	if err != nil {
		return Nil, err
	}
	m.timers = append(m.timers, t)
	return c, nil
}

// after returns the time d from now.
func (m *Chans) after(d time.Duration) (time.Duration, error) {
	when := m.now + max(d, 0)
	if when < m.now {
		return 0, fmt.Errorf("chanq: %v from %v is out of range", d, m.now)
	}
	return when, nil
}

// Stop stops a channel's timer and reports whether it was running: false if it had fired
// or been stopped. Since Go 1.23 it also removes a value that was sent and not received,
// and then reports true. It returns an error if the channel has no timer.
func (m *Chans) Stop(c Chan) (bool, error) {
	if err := m.busy(); err != nil {
		return false, err
	}
	t, err := m.timer(c)
	if err != nil {
		return false, err
	}
	return m.stop(t), nil
}

// Reset does what [Chans.Stop] does, and lets the timer fire when d has passed.
// Before Go 1.23, a value sent before the Reset can still be received.
func (m *Chans) Reset(c Chan, d time.Duration) (bool, error) {
	if err := m.busy(); err != nil {
		return false, err
	}
	t, err := m.timer(c)
	if err != nil {
		return false, err
	}
	when, err := m.after(d)
	if err != nil {
		return false, err
	}
	pending := m.stop(t)
	t.when, t.running = when, true
	return pending, nil
}

// Fire makes a channel's timer send a time at once, whether it is running or not, as
// time.sendTime does: if the buffer is full, the time is dropped. It is for a caller that
// keeps the timers itself, and has made this timer for a time that never comes.
// [Chans.Ready] lists the goroutine that received it. It returns an error if the channel
// has no timer.
func (m *Chans) Fire(c Chan, at int64) error {
	t, err := m.timer(c)
	if err != nil {
		return err
	}
	m.ready = m.ready[:0]
	m.fire(t, at)
	m.readied()
	return nil
}

// Drain removes a time that a channel's timer has sent and that was not received, as
// stopping the timer does since Go 1.23, and reports whether there was one. It returns an
// error if the channel has no timer.
func (m *Chans) Drain(c Chan) (bool, error) {
	t, err := m.timer(c)
	if err != nil {
		return false, err
	}
	t.running = false
	return m.stop(t), nil
}

func (m *Chans) fire(t *timer, at int64) {
	if m.trace != nil {
		m.event(Event{Kind: Fire, Chan: t.c.number})
	}
	t.running = false
	m.acquire(t.c)
	m.sendNow(t.c, at) // time.sendTime: if the buffer is full, the value is dropped
	m.releaseLock(t.c)
}

func (m *Chans) timer(c Chan) (*timer, error) {
	h, err := m.channel(c)
	if err != nil {
		return nil, err
	}
	if h == nil || h.timer == nil {
		return nil, fmt.Errorf("chanq: channel %d is not a timer's", c)
	}
	return h.timer, nil
}

func (m *Chans) stop(t *timer) (pending bool) {
	pending = t.running
	t.running = false
	if m.rules.syncTimers && t.c.qcount > 0 {
		m.acquire(t.c)
		if m.trace != nil {
			m.event(Event{Kind: Drain, Chan: t.c.number})
			m.slot(Take, t.c, t.c.recvx, t.c.buf[t.c.recvx])
		}
		t.c.take()
		m.releaseLock(t.c)
		return true
	}
	return pending
}

// Advance lets time pass: timers fire, the earliest first, and of two with the same time
// the timer that was made first. [Chans.Ready] lists the goroutines that received a time.
// It returns an error if the duration is negative or the time is out of range.
func (m *Chans) Advance(d time.Duration) error {
	if err := m.busy(); err != nil {
		return err
	}
	if d < 0 || m.now+d < m.now {
		return fmt.Errorf("chanq: the clock cannot go from %v by %v", m.now, d)
	}
	m.ready = m.ready[:0]
	m.now += d
	var due []*timer
	for _, t := range m.timers {
		if t.running && t.when <= m.now {
			due = append(due, t)
		}
	}
	slices.SortStableFunc(due, func(a, b *timer) int { return int(min(max(a.when-b.when, -1), 1)) })
	for _, t := range due {
		m.fire(t, int64(t.when))
	}
	m.readied()
	return nil
}

// Now reports how much time has passed.
func (m *Chans) Now() time.Duration { return m.now }
