package pacer

import (
	"errors"
	"fmt"
	"time"
)

// A Limiter keeps the collector from taking more than half of the CPU time for long: a
// leaky bucket, which the collector's time fills and the program's empties. While it is
// full, goroutines do not assist. So a program whose heap does not fit into the memory
// limit exceeds it, and goes on. It came with 1.19. The zero Limiter returns errors: use
// [NewLimiter]. (`runtime/mgclimit.go:gcCPULimiterState`)
type Limiter struct {
	procs         int64
	fill          uint64 // nanoseconds of CPU time
	capacity      uint64
	overflow      uint64
	limiting      bool
	collecting    bool
	transitioning bool
	last          time.Duration // update
	assist, idle  time.Duration // since then
}

// CapacityPerProc is the capacity of the bucket for each processor, in time of the
// collector.
const CapacityPerProc = time.Second

// UpdatePeriod is the longest time between two updates by the runtime.
const UpdatePeriod = 10 * time.Millisecond

// NewLimiter returns the bucket for procs processors, from 1 to 1<<16.
func NewLimiter(procs int) (*Limiter, error) {
	l := new(Limiter)
	return l, l.resize(procs)
}

func (l *Limiter) resize(procs int) error {
	if procs < 1 || procs > 1<<16 {
		return fmt.Errorf("pacer: %d processors out of range [1,%d]", procs, 1<<16)
	}
	l.procs = int64(procs)
	l.capacity = uint64(procs) * uint64(CapacityPerProc)
	if l.fill > l.capacity {
		l.fill, l.limiting = l.capacity, true
	} else if l.fill < l.capacity {
		l.limiting = false
	}
	return nil
}

// usable returns an error if the limiter is not from NewLimiter, or a time is out of
// range: 1<<16 processors for a year are.
func (l *Limiter) usable(now time.Duration, transition bool) error {
	switch {
	case l.procs == 0:
		return errors.New("pacer: the zero Limiter cannot be used: use NewLimiter")
	case l.transitioning != transition:
		return fmt.Errorf("pacer: in a transition: %v, want %v", l.transitioning, transition)
	case now < 0 || now > 1<<46:
		return fmt.Errorf("pacer: time %v out of range [0,%v]", now, time.Duration(1<<46))
	}
	return nil
}

// Resize is a change of GOMAXPROCS.
func (l *Limiter) Resize(now time.Duration, procs int) error {
	if err := l.usable(now, false); err != nil {
		return err
	}
	if procs < 1 || procs > 1<<16 {
		return l.resize(procs)
	}
	l.update(now)
	return l.resize(procs)
}

// StartTransition begins the pause in which a cycle begins or ends.
func (l *Limiter) StartTransition(collect bool, now time.Duration) error {
	if err := l.usable(now, false); err != nil {
		return err
	}
	if l.collecting == collect {
		return fmt.Errorf("pacer: collecting is %v already", collect)
	}
	l.update(now)
	l.collecting, l.transitioning = collect, true
	return nil
}

// FinishTransition ends the pause, which was the collector's on all processors.
func (l *Limiter) FinishTransition(now time.Duration) error {
	if err := l.usable(now, true); err != nil {
		return err
	}
	if now >= l.last {
		l.accumulate(0, int64(now-l.last)*l.procs)
	}
	l.last = now
	l.transitioning = false
	return nil
}

// Update takes account of the time that has passed: a quarter of it is the collector's
// while it runs, and so is the time of assists; idle time is neither's.
func (l *Limiter) Update(now time.Duration) error {
	err := l.usable(now, false)
	if err == nil {
		l.update(now)
	}
	return err
}

func (l *Limiter) update(now time.Duration) {
	if now < l.last {
		return
	}
	window := int64(now-l.last) * l.procs
	l.last = now
	collector := int64(l.assist)
	if l.collecting {
		collector += int64(float64(window) * Background)
	}
	window -= int64(l.idle)
	l.assist, l.idle = 0, 0
	l.accumulate(window-collector, collector)
}

// accumulate fills and empties the bucket.
// (`runtime/mgclimit.go:(*gcCPULimiterState).accumulate`)
func (l *Limiter) accumulate(program, collector int64) {
	room := l.capacity - l.fill
	was := room == 0
	change := collector - program
	switch {
	case change > 0 && room <= uint64(change):
		l.overflow += uint64(change) - room
		l.fill = l.capacity
		if !was {
			l.limiting = true
		}
		return
	case change < 0 && l.fill <= uint64(-change):
		l.fill = 0
	default:
		l.fill -= uint64(-change)
	}
	if change != 0 && was {
		l.limiting = false
	}
}

// Add counts CPU time of assists, and idle time, since the last update.
func (l *Limiter) Add(assist, idle time.Duration) error {
	if l.procs == 0 {
		return l.usable(0, false)
	}
	if assist < 0 || idle < 0 || assist > 1<<46 || idle > 1<<46 {
		return fmt.Errorf("pacer: assist time %v and idle time %v out of range [0,%v]", assist, idle, time.Duration(1<<46))
	}
	l.assist += assist
	l.idle += idle
	return nil
}

// Limiting reports whether goroutines need not assist.
func (l *Limiter) Limiting() bool { return l.limiting }

// A LimiterState is the state of the bucket.
type LimiterState struct {
	Fill     time.Duration `json:"fill"`
	Capacity time.Duration `json:"capacity"`
	Overflow time.Duration `json:"overflow"` // what did not fit, together
	Limiting bool          `json:"limiting"`
}

// Snapshot returns the state of the bucket.
func (l *Limiter) Snapshot() LimiterState {
	return LimiterState{time.Duration(l.fill), time.Duration(l.capacity), time.Duration(l.overflow), l.limiting}
}
