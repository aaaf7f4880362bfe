package ctxtree

import "fmt"

// Check returns an error if an invariant is broken. They hold between any two operations.
func (t *Tree) Check() error {
	if len(t.hot) == 0 {
		return errUseNew
	}
	for n := Background; int(n) < len(t.hot); n++ {
		if err := t.checkNode(n); err != nil {
			return fmt.Errorf("ctxtree: %v: %w", n, err)
		}
	}
	running := 0
	for i, n := range t.heap {
		if t.timer(n).state == timerRuns {
			running++
		}
		if i > 0 && t.less(i, (i-1)/2) {
			return fmt.Errorf("ctxtree: the timers are no heap at %v", n)
		}
	}
	if running+t.stopped != len(t.heap) {
		return fmt.Errorf("ctxtree: of %d timers %d run and %d do not", len(t.heap), running, t.stopped)
	}
	for _, g := range t.ready[t.head:] {
		if t.gs[g].status != runnable {
			return fmt.Errorf("ctxtree: goroutine %d is ready, and %s", g, statuses[t.gs[g].status])
		}
	}
	return nil
}

func (t *Tree) checkNode(n Node) error {
	h, c := &t.hot[n], &t.cold[n]
	switch {
	case (h.form == emptyForm) != (n <= TODO):
		return fmt.Errorf("it is a root, or not, against its number")
	case c.parent >= n || c.near > n || c.doneOf > n || c.errOf > n || c.deadOf > n:
		return fmt.Errorf("it was made before its parent")
	case h.end != notEnded && h.first != 0:
		return fmt.Errorf("it was canceled, and has children")
	case c.doneOf == n && h.form != customForm && (h.end != notEnded) != (h.done >= closed):
		return fmt.Errorf("canceled %v, but its Done is %s", h.end != notEnded, doneStates[h.done])
	case h.form == timerForm && t.timer(n).state == timerRuns && h.end != notEnded:
		return fmt.Errorf("it was canceled, and its timer runs")
	case h.form == timerForm && t.timer(n).state == noTimer && h.end == notEnded:
		return fmt.Errorf("it has neither a timer nor ended")
	case h.form == funcForm && (h.end == notEnded) != (t.funcs[c.data] == FuncWaiting):
		return fmt.Errorf("its function is %s, and canceled is %v", t.funcs[c.data], h.end != notEnded)
	case c.reg != 0 && h.end == notEnded && t.hot[c.reg].end != notEnded:
		return fmt.Errorf("its parent %v was canceled, and it was not", c.reg)
	}
	prev := Node(0)
	for k := h.first; k != 0; k = t.hot[k].next {
		switch {
		case t.cold[k].reg != n || t.cold[k].prev != prev:
			return fmt.Errorf("its children are not linked both ways at %v", k)
		case t.hot[k].end != notEnded:
			return fmt.Errorf("its child %v was canceled", k)
		}
		prev = k
	}
	if h.first != 0 && c.last != prev {
		return fmt.Errorf("its last child is not %v", c.last)
	}
	return nil
}
