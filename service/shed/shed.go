// Package shed keeps a service from taking on more than it can do: [CoDel] drops requests
// that have waited too long in a queue that does not empty, [Adaptive] finds the best
// number of concurrent requests by itself, and a [Bulkhead] keeps one caller or one
// dependency from taking everything.
//
// # Concurrent use
//
// Each value is for one goroutine at a time.
package shed

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// A CoDelConfig bounds the wait in a queue.
type CoDelConfig struct {
	Target   time.Duration `json:"target"`   // the acceptable wait; 0: 5ms
	Interval time.Duration `json:"interval"` // the time for which it may be exceeded; 0: 100ms
}

// A CoDel is the queue discipline of RFC 8289: it looks at how long each request that
// leaves the queue has waited. Once that has been above the target for an interval, it
// drops one, and then more at growing speed, after interval/sqrt(count), until the wait
// is below the target. Get one from [NewCoDel].
type CoDel struct {
	target, interval time.Duration

	last      time.Duration // now, the last time
	above     bool          // the wait is above the target
	over      time.Duration // when it will have been so for an interval
	dropping  bool
	next      time.Duration // the next drop
	late      bool          // next is the last drop: what leaves after it says whether there is another
	count     uint32        // drops since dropping began
	lastCount uint32        // count when dropping began
}

var errUseNew = errors.New("shed: the zero value takes nothing: use its New")

// NewCoDel makes a CoDel. It returns an error if a duration is negative, or the target is
// above the interval.
func NewCoDel(c CoDelConfig) (*CoDel, error) {
	if c.Target == 0 {
		c.Target = 5 * time.Millisecond
	}
	if c.Interval == 0 {
		c.Interval = 100 * time.Millisecond
	}
	if c.Interval < 0 || c.Target < 0 || c.Target > c.Interval {
		return nil, fmt.Errorf("shed: target %v out of range [0,%v], the interval", c.Target, c.Interval)
	}
	return &CoDel{target: c.Target, interval: c.Interval}, nil
}

// Dequeue takes a request that came at the time came and leaves the queue now, and
// reports whether to drop it and take the next. left is the number of requests left in
// the queue. It returns an error if the time goes back, or came is later than now.
func (c *CoDel) Dequeue(now, came time.Duration, left int) (drop bool, err error) {
	switch {
	case c.interval == 0:
		return false, errUseNew
	case now < c.last:
		return false, fmt.Errorf("shed: the time goes back from %v to %v", c.last, now)
	case came < 0 || came > now:
		return false, fmt.Errorf("shed: it came at %v, out of range [0,%v]", came, now)
	}
	c.last = now
	ok := c.okToDrop(now, now-came, left)
	if c.dropping {
		late := c.late
		c.late = false
		if !ok { // next stays what it is: when dropping begins again counts from there
			c.dropping = false
			return false, nil
		}
		if late {
			c.next = c.law(c.next)
		}
		if now >= c.next {
			c.count++
			c.late = true
			return true, nil
		}
		return false, nil
	}
	if !ok {
		return false, nil
	}
	// If it was dropping not long ago, it goes on at the rate that helped then.
	c.dropping = true
	delta := c.count - c.lastCount
	c.count = 1
	if delta > 1 && (now < c.next || now-c.next < multiple(c.interval, 16)) {
		c.count = delta
	}
	c.next = c.law(now)
	c.lastCount = c.count
	return true, nil
}

// okToDrop follows the wait.
func (c *CoDel) okToDrop(now, wait time.Duration, left int) bool {
	if wait < c.target || left <= 0 {
		c.above = false
		return false
	}
	if !c.above {
		c.above, c.over = true, after(now, c.interval)
		return false
	}
	return now >= c.over
}

// law reports when to drop next.
func (c *CoDel) law(t time.Duration) time.Duration {
	return after(t, time.Duration(float64(c.interval)/math.Sqrt(float64(max(c.count, 1)))))
}

func after(t, d time.Duration) time.Duration {
	if d > math.MaxInt64-t {
		return math.MaxInt64
	}
	return t + d
}

func multiple(d time.Duration, n int64) time.Duration {
	if int64(d) > math.MaxInt64/n {
		return math.MaxInt64
	}
	return d * time.Duration(n)
}

// Dropping reports when the next drop is due, and whether the CoDel is dropping.
func (c *CoDel) Dropping() (next time.Duration, ok bool) {
	if c.late {
		return c.law(c.next), c.dropping
	}
	return c.next, c.dropping
}

// A Bulkhead lets in a fixed number of requests at a time. Get one from [NewBulkhead].
type Bulkhead struct{ in, most int }

// NewBulkhead makes a Bulkhead for at most most requests. It returns an error if that is
// not above 0.
func NewBulkhead(most int) (*Bulkhead, error) {
	if most <= 0 {
		return nil, fmt.Errorf("shed: a bulkhead for %d out of range [1,%d]", most, math.MaxInt)
	}
	return &Bulkhead{most: most}, nil
}

// Enter lets a request in, if there is room, and reports whether it did.
func (b *Bulkhead) Enter() bool {
	if b.in >= b.most {
		return false
	}
	b.in++
	return true
}

// Leave lets a request out. It returns an error if none is inside.
func (b *Bulkhead) Leave() error {
	if b.in == 0 {
		return errors.New("shed: nobody is in the bulkhead")
	}
	b.in--
	return nil
}

// In returns the number of requests inside.
func (b *Bulkhead) In() int { return b.in }
