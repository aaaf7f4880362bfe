package chanq

import "fmt"

// A Case is one case of a select: c <- v, or v, ok = <-c.
type Case struct {
	Chan  Chan  `json:"chan"`
	Send  bool  `json:"send"`
	Value int64 `json:"value,string"` // to send
}

// A selecting is the select that a goroutine is in. Its parts are reused by the
// goroutine's next one.
type selecting struct {
	cases     []Case
	chans     []*hchan // of the cases
	pollorder []int32  // indexes of the cases with a channel, in random order
	lockorder []int32  // the same, by channel
	sudogs    []sudog  // in the order of the cases
	done      bool     // the goroutine has been woken
}

// Select is a select of the cases by goroutine g. It chooses the first case that is
// ready in poll order, which is random; [Outcome].Case is its index. A case whose
// channel is Nil is never ready. If no case is ready, the goroutine parks in the
// queues of all cases or, if there is a default, does not wait: the outcome is then
// [NotReady] with Case -1. Select returns [SendOnClosed] if the chosen case sends on
// a closed channel.
//
// It returns an error where [Chans.Send] and [Chans.Recv] do, and also if there are
// more than [MaxCases] cases or Config.Choose chose out of range.
func (m *Chans) Select(g G, cases []Case, hasDefault bool) (Outcome, error) {
	gp := m.acting(g)
	if gp == nil {
		return m.refuse(m.notActing(g))
	}
	if len(cases) > MaxCases {
		return m.refuse(fmt.Errorf("chanq: select with %d cases: %d are the most there can be", len(cases), MaxCases))
	}
	if gp.sel == nil {
		gp.sel = new(selecting)
	}
	sel := gp.sel
	if err := m.order(sel, cases); err != nil {
		return m.refuse(err)
	}
	m.ready = m.ready[:0]
	return m.selectgo(gp, sel, !hasDefault)
}

// order fills sel with the cases and draws their poll order.
func (m *Chans) order(sel *selecting, cases []Case) error {
	sel.cases = append(sel.cases[:0], cases...)
	sel.chans, sel.pollorder = sel.chans[:0], sel.pollorder[:0]
	for i, k := range cases {
		c, err := m.channel(k.Chan)
		if err == nil && c != nil && c.timer != nil && k.Send {
			err = receiveOnly(k.Chan)
		}
		if err != nil {
			return err
		}
		sel.chans = append(sel.chans, c)
		if c == nil {
			continue
		}
		n, j := len(sel.pollorder)+1, 0
		if n > 1 {
			if j = m.choose(n); j < 0 || j >= n {
				return fmt.Errorf("chanq: Choose(%d) chose %d out of range [0,%d)", n, j, n)
			}
		}
		sel.pollorder = append(sel.pollorder, int32(i))
		sel.pollorder[n-1] = sel.pollorder[j]
		sel.pollorder[j] = int32(i)
	}
	sel.lockorder = append(sel.lockorder[:0], sel.pollorder...)
	heapSort(sel.lockorder, func(i int32) Chan { return cases[i].Chan })
	return nil
}

// heapSort sorts cases by channel as runtime/select.go:selectgo does. The sort is not
// stable: it and the poll order decide which of several cases of one channel comes
// first.
func heapSort(order []int32, key func(int32) Chan) {
	for i, o := range order {
		j := i
		for j > 0 && key(order[(j-1)/2]) < key(o) {
			k := (j - 1) / 2
			order[j] = order[k]
			j = k
		}
		order[j] = o
	}
	for i := len(order) - 1; i >= 0; i-- {
		o := order[i]
		order[i] = order[0]
		j := 0
		for {
			k := j*2 + 1
			if k >= i {
				break
			}
			if k+1 < i && key(order[k]) < key(order[k+1]) {
				k++
			}
			if key(o) >= key(order[k]) {
				break
			}
			order[j] = order[k]
			j = k
		}
		order[j] = o
	}
}

// selectgo is runtime/select.go:selectgo up to where it parks.
func (m *Chans) selectgo(gp *goroutine, sel *selecting, block bool) (Outcome, error) {
	m.lockAll(sel)
	for _, i := range sel.pollorder {
		v, ok, what := m.poll(sel, i)
		if what == NotReady {
			continue
		}
		m.unlockAll(sel)
		m.readied()
		o := Outcome{What: what, OK: ok, Case: i, Value: v}
		if what == Panicked {
			return o, m.panics(SendOnClosed)
		}
		return o, nil
	}
	if !block {
		m.unlockAll(sel)
		return Outcome{What: NotReady, Case: -1}, nil
	}
	m.enqueueAll(gp, sel)
	m.unlockParked(sel)
	m.park(gp, SelectVerb, nil)
	return Outcome{What: Parked}, nil
}

// poll does the case if it is ready.
func (m *Chans) poll(sel *selecting, i int32) (v int64, ok bool, what What) {
	c, k := sel.chans[i], sel.cases[i]
	if m.trace != nil {
		m.event(Event{Kind: Poll, Chan: c.number, Case: i})
	}
	switch {
	case !k.Send:
		return m.recvNow(c)
	case c.closed:
		return 0, false, Panicked
	}
	return 0, false, m.sendNow(c, k.Value)
}

// enqueueAll puts the goroutine into the queues of all cases.
func (m *Chans) enqueueAll(gp *goroutine, sel *selecting) {
	sel.done = false
	if n := len(sel.cases); cap(sel.sudogs) < n {
		sel.sudogs = make([]sudog, n)
	} else {
		sel.sudogs = sel.sudogs[:n]
	}
	order := sel.pollorder
	if m.rules.queueByLock {
		order = sel.lockorder
	}
	for _, i := range order {
		s, c := &sel.sudogs[i], sel.chans[i]
		s.g, s.isSelect, s.index = gp, true, i
		m.enqueue(c.queue(sel.cases[i].Send), s, c, sel.cases[i].Value)
	}
}

func (c *hchan) queue(send bool) *waitq {
	if send {
		return &c.sendq
	}
	return &c.recvq
}

// selectWoken is the part of selectgo after the wake-up: it leaves the queues that
// the goroutine is still in, and returns the case whose sudog woke it. There is no
// such case if the goroutine was only woken to look again.
func (m *Chans) selectWoken(gp *goroutine, woke *sudog) (Outcome, error) {
	sel := gp.sel
	m.lockAll(sel)
	for _, i := range sel.lockorder {
		sel.chans[i].queue(sel.cases[i].Send).remove(&sel.sudogs[i])
	}
	m.unlockAll(sel)
	if woke == nil {
		return m.selectgo(gp, sel, true)
	}
	o := Outcome{What: Proceeded, Case: woke.index}
	send := sel.cases[woke.index].Send
	switch {
	case !woke.success && send:
		o.What = Panicked
		return o, m.panics(SendOnClosed)
	case !woke.success:
	case !send:
		o.What, o.OK, o.Value = Handed, true, woke.elem
	default:
		o.What = through(woke.c)
	}
	return o, nil
}

// lockAll locks the channels of a select, each once, in the order that all
// selects agree on, so that two of them cannot wait for each other.
func (m *Chans) lockAll(sel *selecting) {
	var last *hchan
	for _, i := range sel.lockorder {
		if c := sel.chans[i]; c != last {
			m.acquire(c)
			last = c
		}
	}
}

// unlockParked releases the locks of a select that has parked
// (runtime/select.go:selparkcommit).
func (m *Chans) unlockParked(sel *selecting) {
	if !m.rules.queueByLock {
		m.unlockAll(sel)
		return
	}
	var last *hchan
	for _, i := range sel.lockorder {
		if c := sel.chans[i]; c != last {
			m.releaseLock(c)
			last = c
		}
	}
}

func (m *Chans) unlockAll(sel *selecting) {
	for n := len(sel.lockorder) - 1; n >= 0; n-- {
		c := sel.chans[sel.lockorder[n]]
		if n > 0 && c == sel.chans[sel.lockorder[n-1]] {
			continue // it is unlocked with the first of its cases
		}
		m.releaseLock(c)
	}
}
