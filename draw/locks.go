package draw

import (
	"fmt"
	"math/bits"

	"github.com/orrery-go/orrery/locks"
)

// LocksQueues draws locks as an SVG: a row for each, with its words in the runtime's
// names and in English, the goroutine that holds it, and its queue, the first to be woken
// first. It shows the beginning of many locks and of long queues.
func LocksQueues(s locks.Snapshot) string {
	const (
		left, top   = 12, 52
		wide, high  = 220, 46 // of a lock
		cell, row   = 52, 30
		step        = 84
		most, queue = 40, 10
	)
	var p svg
	p.text(left, 24, 0, "start", fmt.Sprintf("%s: %d locks, %d goroutines, at %v", s.Release, len(s.Objects), len(s.Goroutines), s.Now))
	for i, o := range s.Objects {
		y := top + i*step
		if i == most {
			p.text(left, y+16, 0, "start", fmt.Sprintf("and %d more", len(s.Objects)-i))
			break
		}
		class := "cell"
		if locked(o) {
			class = "data"
		}
		p.box(fmt.Sprintf("lock-%d", o.ID), class, left, y, wide, high)
		p.text(left+8, y+18, wide-16, "start", fmt.Sprintf("%d %v", o.ID, o.Type))
		p.textOn("dim", left+8, y+37, wide-16, "start", o.Text)
		p.textOn("dim", left, y+high+16, 0, "start", lockWords(o))
		x := left + wide + 24
		if o.Holder != 0 {
			p.box(fmt.Sprintf("lock-%d-holder", o.ID), fmt.Sprintf("g%d", int(o.Holder)%len(hues)), x, y+8, cell, row)
			p.text(x+cell/2, y+28, cell, "middle", fmt.Sprintf("G%d", o.Holder))
			holds := "holds it"
			if o.Type != locks.Mutex {
				holds = "holds w" // the mutex inside
			}
			p.textOn("dim", x+cell/2, y+2, 0, "middle", holds)
		}
		x += cell + 40
		for k, g := range o.Waiting {
			if k == queue {
				p.text(x+k*cell+8, y+28, 0, "start", fmt.Sprintf("+%d", len(o.Waiting)-k))
				break
			}
			p.box(fmt.Sprintf("lock-%d-waits-%d", o.ID, k), "warm", x+k*cell, y+8, cell, row)
			p.text(x+k*cell+cell/2, y+28, cell, "middle", fmt.Sprintf("G%d", g))
		}
		if len(o.Waiting) > 0 {
			p.textOn("dim", x, y+2, 0, "start", "wait, the first to be woken first")
		}
	}
	p.legend(left, top+min(len(s.Objects), most)*step+16, sign{"data", "locked, or not at zero"}, sign{"cell", "free"}, sign{"warm", "a goroutine that waits"})
	return p.String("Locks, holders and queues")
}

// locked reports whether, by the words, a goroutine would have to wait.
func locked(o locks.ObjectState) bool {
	switch o.Type {
	case locks.Mutex:
		return o.State&locks.MutexLocked != 0
	case locks.RWMutex:
		return o.State&locks.MutexLocked != 0 || o.ReaderCount != 0
	case locks.WaitGroup:
		return o.Counter != 0
	case locks.Once:
		return !o.Done && o.State&locks.MutexLocked != 0
	case locks.Sema:
		return o.Value == 0
	}
	return len(o.Waiting) > 0
}

// lockWords returns the words size of a lock, in the runtime's names.
func lockWords(o locks.ObjectState) string {
	switch o.Type {
	case locks.Mutex:
		return fmt.Sprintf("state %#b, sema %d", o.State, o.Value)
	case locks.RWMutex:
		return fmt.Sprintf("readerCount %s, readerWait %d, w.state %#b", readers(o.ReaderCount), o.ReaderWait, o.State)
	case locks.WaitGroup:
		return fmt.Sprintf("counter %d, waiters %d, sema %d", o.Counter, o.Waiters, o.Value)
	case locks.Once:
		return fmt.Sprintf("done %v, m.state %#b", o.Done, o.State)
	case locks.Cond:
		return fmt.Sprintf("L is lock %d", o.L)
	}
	return fmt.Sprintf("value %d", o.Value)
}

// readers writes a count, showing a writer's subtraction of 2^30.
func readers(n int32) string {
	const writer = 1 << 30
	if n >= 0 || bits.Len32(uint32(-n)) < 30 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d - 2^30", n+writer)
}
