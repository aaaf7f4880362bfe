package interleave

import (
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// waysOf returns the ways in which a goroutine's next step can go: none if it waits.
func (m *Machine) waysOf(s *state, slot int) []way {
	g := &s.gs[slot]
	k := &m.ops[g.pc]
	switch g.status {
	case woken:
		return []way{goesOn}
	case stores:
		return []way{result}
	case ending:
		if g.crash != 0 {
			return []way{panics}
		}
		return []way{returns}
	case relocks:
		if of := m.ls[m.lockOf(s, g, k)] - 1; m.rlocker[m.lockOf(s, g, k)] || !s.locks[of].held {
			return []way{relock}
		}
		return nil
	case inChan:
		return m.timeComes(s, g, k)
	case ready:
		if g.spins {
			return []way{spins}
		}
	default:
		return nil
	}
	switch k.Verb {
	case program.Send, program.Recv, program.Select:
		return m.chanWays(s, g, k)
	case program.Acquire, program.Do:
		at, err := s.place(g, k.on)
		if l := &s.locks[at]; err == nil && l.held && !l.done {
			return nil
		}
	}
	return []way{plain}
}

// lockOf returns the lock of an operation that has begun, whose index is in range.
func (m *Machine) lockOf(s *state, g *goroutine, k *op) int32 {
	at, _ := s.place(g, k.on)
	return at
}

func (m *Machine) chanWays(s *state, g *goroutine, k *op) []way {
	if k.Verb != program.Select {
		in, err := s.source(g, k.on, k.on == nil && k.On == program.After)
		switch {
		case err != nil:
			return []way{plain}
		case in.kind == "" && !in.now:
			return nil // forever
		case k.Verb == program.Send && m.sends(s, in), k.Verb == program.Recv && s.receives(in):
			return []way{plain}
		}
		return []way{waits}
	}
	var out []way
	for i := range k.cases {
		in, err := s.source(g, k.cases[i].on, k.cases[i].after)
		if err != nil {
			return []way{plain}
		}
		if send := k.Cases[i].Send; send && m.sends(s, in) || !send && s.receives(in) {
			out = append(out, firstCase+way(i))
		}
	}
	switch {
	case len(out) > 0:
		return out
	case k.Default:
		return []way{otherwise}
	case len(k.cases) == 0:
		return nil // forever
	}
	return []way{waits}
}

// timeComes returns the cases of a waiting goroutine whose timer or context is ready now:
// no other goroutine completes these.
func (m *Machine) timeComes(s *state, g *goroutine, k *op) (out []way) {
	ready := func(i int, o *operand) bool {
		if i < len(g.awaits) && g.awaits[i] > 0 {
			return s.made[g.awaits[i]-1].err != 0
		}
		in, err := s.source(g, o, false)
		return err == nil && in.kind == program.TimerType && s.receives(in)
	}
	if k.Verb != program.Select {
		if ready(0, k.on) {
			out = append(out, plain)
		}
		return out
	}
	for i, c := range k.cases {
		if !k.Cases[i].Send && c.on != nil && ready(i, c.on) {
			out = append(out, firstCase+way(i))
		}
	}
	return out
}

// await puts a goroutine into the queues of the channels that it waits for.
func (s *state) await(slot int, sends bool, at int, in source, value int64) {
	g := &s.gs[slot]
	g.status = inChan
	if in.kind == program.ContextType {
		for len(g.awaits) <= at {
			g.awaits = append(g.awaits, 0)
		}
		g.awaits[at] = in.at + 1
	}
	s.wait(in, sends, waiter{int32(slot), int32(at), value})
}

// take lets a goroutine take a step.
func (m *Machine) take(s *state, slot int, w way) {
	g := &s.gs[slot]
	k := &m.ops[g.pc]
	switch w {
	case spins:
		g.spins = false
		if m.ops[g.pc].visible {
			return
		}
		m.do(s, slot)
		return
	case returns:
		s.ended = true
		return
	case panics:
		s.crash = g.crash
		return
	case result:
		m.stored(s, slot)
		return
	case goesOn:
		if l := &s.locks[m.lockOf(s, g, k)]; l.counter != 0 || len(l.waiters) > 0 {
			m.raise(s, slot, locks.Reused)
			return
		}
		s.goesOn(slot)
		return
	case relock:
		at := m.lockOf(s, g, k)
		if m.rlocker[at] {
			s.rlock(slot, m.ls[at]-1)
		} else {
			m.acquire(s, slot, m.ls[at]-1)
		}
		return
	}
	if g.status == inChan { // a timer or a context is ready
		s.dequeue(slot)
		if i := max(0, int(w-firstCase)); i < len(g.awaits) && g.awaits[i] > 0 {
			m.recv(s, slot, source{kind: program.ContextType, at: g.awaits[i] - 1}, int32(i))
			return
		}
	}
	m.act(s, slot, k, w)
}

// act performs an operation that other goroutines can see.
func (m *Machine) act(s *state, slot int, k *op, w way) {
	g := &s.gs[slot]
	var at int32
	var err *crash.Error
	switch k.Verb {
	case program.Send, program.TrySend, program.Recv, program.TryRecv, program.Close, program.Select, program.Len, program.Cap:
		m.chanOp(s, slot, k, w)
		return
	case program.Acquire, program.Unlock, program.RLock, program.RUnlock, program.Add, program.Done, program.Wait, program.Signal, program.Broadcast,
		program.TryLock, program.TryRLock, program.Do:
		if at, err = s.place(g, k.on); err == nil {
			m.lockOp(s, slot, k, at)
		}
	case program.NewTimer, program.NewTicker, program.AfterFunc, program.Stop, program.Reset:
		if at, err = s.place(g, k.on); err == nil {
			err = m.timerOp(s, g, k, at)
		}
	case program.WithCancel, program.WithTimeout, program.Cancel, program.CtxErr:
		if at, err = s.place(g, k.on); err == nil {
			err = m.contextOp(s, g, k, at)
		}
	case program.AtomicLoad, program.AtomicStore, program.AtomicAdd, program.AtomicSwap, program.AtomicCompare:
		if at, err = s.place(g, k.on); err == nil {
			err = m.atomic(s, g, k, at)
		}
	default:
		m.do(s, slot)
	}
	if err != nil {
		m.raise(s, slot, err)
	}
}

// chanOp performs an operation on a channel.
func (m *Machine) chanOp(s *state, slot int, k *op, w way) {
	g := &s.gs[slot]
	if k.Verb == program.Select {
		m.choose(s, slot, k, w)
		return
	}
	in, err := s.source(g, k.on, k.on == nil && k.On == program.After)
	value := int64(0)
	if err == nil && (k.Verb == program.Send || k.Verb == program.TrySend) {
		value, err = s.value(g, k.n)
	}
	switch {
	case err != nil:
	case k.Verb == program.Close:
		m.closes(s, slot, in)
	case k.Verb == program.Len:
		err = s.gives(g, k, m.length(s, in))
	case k.Verb == program.Cap:
		err = s.gives(g, k, m.capacity(in))
	case w == waits:
		s.await(slot, k.Verb == program.Send, 0, in, value)
	case k.Verb == program.TrySend && !m.sends(s, in), k.Verb == program.TryRecv && !s.receives(in):
		err = s.gives(g, k, 0, 0, 0)
	case k.Verb == program.Send, k.Verb == program.TrySend:
		m.send(s, slot, in, 0, value)
	default:
		m.recv(s, slot, in, 0)
	}
	if err != nil {
		m.raise(s, slot, err)
	}
}

// choose performs a select, which takes a case, or waits in the queues of all.
func (m *Machine) choose(s *state, slot int, k *op, w way) {
	g := &s.gs[slot]
	values := make([]int64, len(k.cases))
	sources := make([]source, len(k.cases))
	for i, c := range k.cases {
		var err *crash.Error
		if sources[i], err = s.source(g, c.on, c.after); err == nil {
			values[i], err = s.value(g, c.n)
		}
		if err != nil {
			m.raise(s, slot, err)
			return
		}
	}
	switch {
	case w == otherwise:
		m.done(s, slot, -1, 0, 0)
	case w == waits:
		for i := range k.cases {
			s.await(slot, k.Cases[i].Send, i, sources[i], values[i])
		}
	case k.Cases[w-firstCase].Send:
		i := int(w - firstCase)
		m.send(s, slot, sources[i], int32(i), values[i])
	default:
		m.recv(s, slot, sources[w-firstCase], int32(w-firstCase))
	}
}

func (m *Machine) length(s *state, in source) int64 {
	switch {
	case in.kind == program.ChanType:
		return int64(len(s.chans[in.at].buf))
	case in.kind == program.TimerType && !m.syncTimers:
		return truth(s.timers[in.at].full)
	}
	return 0
}

func (m *Machine) capacity(in source) int64 {
	switch {
	case in.kind == program.ChanType:
		return m.caps[in.at]
	case in.kind == program.TimerType && !m.syncTimers:
		return 1
	}
	return 0
}

func (m *Machine) atomic(s *state, g *goroutine, k *op, at int32) *crash.Error {
	p := &s.vars[at]
	n, err := s.value(g, k.n)
	if err != nil {
		return err
	}
	old := *p
	v := old
	switch k.Verb {
	case program.AtomicStore:
		*p = n
	case program.AtomicAdd:
		*p += n
		v = *p
	case program.AtomicSwap:
		*p = n
	case program.AtomicCompare:
		args, err := s.values(g, k.args)
		if err != nil {
			return err
		}
		if v = truth(old == args[0]); v == 1 {
			*p = args[1]
		}
	}
	return s.gives(g, k, v)
}

// timerOp performs an operation on a timer.
func (m *Machine) timerOp(s *state, g *goroutine, k *op, at int32) *crash.Error {
	t := &s.timers[at]
	switch k.Verb {
	case program.NewTimer, program.NewTicker:
		if k.Verb == program.NewTicker && k.D <= 0 {
			return sched.TickerInterval
		}
		*t = timer{set: true, active: true, ticker: t.ticker}
	case program.AfterFunc:
		args, err := s.values(g, k.args)
		if err != nil {
			return err
		}
		*t = timer{set: true, active: true, fn: k.target + 1, args: args}
	default:
		if !t.set {
			return sched.NilDereference
		}
		was := t.active || m.syncTimers && t.full
		if m.syncTimers {
			t.full = false
		}
		t.active = k.Verb == program.Reset
		return s.gives(g, k, truth(was))
	}
	g.pc++
	return nil
}

// fire is the moment at which a timer fires.
func (m *Machine) fire(s *state, at int) {
	t := &s.timers[at]
	t.active = t.ticker
	if t.fn > 0 {
		m.start(s, t.fn-1, t.args)
		return
	}
	t.full = true
}

// contextOp performs an operation on a context.
func (m *Machine) contextOp(s *state, g *goroutine, k *op, at int32) *crash.Error {
	switch k.Verb {
	case program.WithCancel, program.WithTimeout:
		x := context{timed: k.Verb == program.WithTimeout}
		if k.of != nil {
			of, err := s.place(g, k.of)
			if err != nil {
				return err
			}
			if s.contexts[of] == 0 {
				return sched.NilParent
			}
			x.parent = s.contexts[of]
			x.err = s.made[x.parent-1].err
		}
		s.contexts[at] = s.keep(x, at)
	default:
		c := s.contexts[at]
		if c == 0 {
			return sched.NilDereference
		}
		if k.Verb == program.CtxErr {
			return s.gives(g, k, int64(s.made[c-1].err))
		}
		s.cancel(c, 1)
	}
	g.pc++
	return nil
}

// keep returns a context a place: that of a context that no variable and no other context
// refers to, or a new one.
func (s *state) keep(x context, variable int32) int32 {
	used := make([]bool, len(s.made)+1)
	used[x.parent] = true
	for v, c := range s.contexts {
		if v != int(variable) {
			used[c] = true
		}
	}
	for _, y := range s.made {
		used[y.parent] = true
	}
	for _, g := range s.gs {
		for _, c := range g.awaits {
			used[c] = true
		}
	}
	for c := 1; c < len(used); c++ {
		if !used[c] && s.made[c-1].err != 0 {
			s.made[c-1] = x
			return int32(c)
		}
	}
	s.made = append(s.made, x)
	return int32(len(s.made))
}

// cancel cancels a context and those below it.
func (s *state) cancel(c, err int32) {
	if s.made[c-1].err != 0 {
		return
	}
	s.made[c-1].err = err
	for i, x := range s.made {
		if x.parent == c {
			s.cancel(int32(i)+1, err)
		}
	}
}
