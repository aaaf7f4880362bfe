package ctxtree

import (
	"math"
	"time"
)

// A moment is a time since the start. What is more than a Duration can hold is
// kept in over, so that deadlines of centuries from now compare as in Go.
type moment struct {
	at   time.Duration
	over uint64
}

// add returns a moment that is d later. m is one of the clock, which has no over.
func (m moment) add(d time.Duration) moment {
	sum := m.at + d
	if d > 0 && sum < m.at {
		return moment{math.MaxInt64, uint64(m.at) + uint64(d) - math.MaxInt64}
	}
	return moment{at: sum}
}

func (m moment) before(o moment) bool {
	return m.at < o.at || m.at == o.at && m.over < o.over
}

// A timerState is what a timer does.
type timerState uint8

const (
	noTimer timerState = iota
	timerRuns
	timerDone // stopped or fired
)

// timer is what a timerCtx has: its deadline, and the timer if there is one.
type timer struct {
	when  moment
	cause Reason
	state timerState
}

func (t *Tree) timer(n Node) *timer { return &t.timers[t.cold[n].data] }

// startTimer makes the timer of a node.
func (t *Tree) startTimer(n Node) {
	t.timer(n).state = timerRuns
	if t.trace != nil {
		t.tell(TimerMade, "timer", n, Nil)
	}
	if t.stopped > len(t.heap)/2 {
		t.sweepTimers()
	}
	t.heap = append(t.heap, n)
	t.up(len(t.heap) - 1)
}

// stopTimer stops the timer of a node that was canceled, if it runs. It stays in
// the heap until its turn comes.
func (t *Tree) stopTimer(n Node) {
	m := t.timer(n)
	if m.state != timerRuns {
		return
	}
	m.state = timerDone
	t.stopped++
	if t.trace != nil {
		t.tell(TimerStopped, "timer", n, Nil)
	}
}

// sweepTimers takes those that do not run from the heap.
func (t *Tree) sweepTimers() {
	kept := t.heap[:0]
	for _, n := range t.heap {
		if t.timer(n).state == timerRuns {
			kept = append(kept, n)
		}
	}
	t.heap, t.stopped = kept, 0
	for i := len(kept)/2 - 1; i >= 0; i-- {
		t.down(i)
	}
}

// next is the node whose timer is the next to fire, 0 if there is none.
func (t *Tree) nextTimer() Node {
	for len(t.heap) > 0 {
		if n := t.heap[0]; t.timer(n).state == timerRuns {
			return n
		}
		t.pop()
		t.stopped--
	}
	return Nil
}

// fire starts the goroutine of the next timer.
func (t *Tree) fire(n Node) {
	t.pop()
	t.timer(n).state = timerDone
	if t.trace != nil {
		t.tell(TimerFired, "timer", n, Nil)
	}
	t.start(goroutine{task: Expire, node: n})
}

// less orders the heap: by time, and then by which was made first.
func (t *Tree) less(i, j int) bool {
	a, b := t.timer(t.heap[i]).when, t.timer(t.heap[j]).when
	return a.before(b) || a == b && t.heap[i] < t.heap[j]
}

func (t *Tree) pop() {
	last := len(t.heap) - 1
	t.heap[0] = t.heap[last]
	t.heap = t.heap[:last]
	t.down(0)
}

func (t *Tree) up(i int) {
	for i > 0 {
		above := (i - 1) / 2
		if !t.less(i, above) {
			return
		}
		t.heap[i], t.heap[above] = t.heap[above], t.heap[i]
		i = above
	}
}

func (t *Tree) down(i int) {
	for {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(t.heap); c++ {
			if t.less(c, least) {
				least = c
			}
		}
		if least == i {
			return
		}
		t.heap[i], t.heap[least] = t.heap[least], t.heap[i]
		i = least
	}
}
