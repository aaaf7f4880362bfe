package sched

import "fmt"

// chunk is the number of goroutines that are allocated at once, so that none ever moves.
const chunk = 1 << 6

// A gTable holds the goroutines by slot, from 1.
type gTable struct {
	chunks []*[chunk]g
	n      int32 // slots in use
	ids    G     // the last number given
	live   int32 // goroutines that have not ended, without the runtime's own
}

func (t *gTable) at(slot int32) *g { return &t.chunks[uint32(slot)/chunk][uint32(slot)%chunk] }

// add returns a new slot.
func (t *gTable) add() (slot int32) {
	t.n++
	if int(t.n/chunk) >= len(t.chunks) {
		t.chunks = append(t.chunks, new([chunk]g))
	}
	return t.n
}

// A gList holds goroutines that have ended, the last first.
type gList struct{ slots []int32 }

func (l *gList) push(slot int32) { l.slots = append(l.slots, slot) }

func (l *gList) pop() int32 {
	n := len(l.slots)
	if n == 0 {
		return 0
	}
	slot := l.slots[n-1]
	l.slots = l.slots[:n-1]
	return slot
}

// gFree is sched.gFree: ended goroutines with a stack, and without.
type gFree struct{ stack, noStack gList }

// newG is runtime/proc.go:newproc1: a goroutine that has ended is used again. It returns
// nil if there are too many.
func (s *Sim) newG(pp *p, pc int32) (gp *g, reused bool) {
	if s.gs.live >= MaxGoroutines {
		s.end(fmt.Errorf("sched: %d goroutines are the most there can be", MaxGoroutines))
		return nil, false
	}
	slot := s.gfget(pp)
	if reused = slot != 0; !reused {
		slot = s.gs.add()
	}
	gp = s.gs.at(slot)
	stack := gp.stack
	if stack == 0 {
		stack = s.rules.startStack
		s.stackBytes += int64(stack)
	}
	s.gs.ids++
	s.gs.live++
	*gp = g{id: s.gs.ids, slot: slot, pc: pc, status: gRunnable, since: s.now, created: s.now, stack: stack, thread: none}
	s.newEnv(gp)
	s.stats.Created++
	if reused {
		s.stats.Reused++
	}
	s.stats.MostGoroutines = max(s.stats.MostGoroutines, int(s.gs.live))
	return gp, reused
}

// newSystem makes a goroutine of the runtime's own, which waits.
func (s *Sim) newSystem(id G, pc int32) *g {
	slot := s.gs.add()
	gp := s.gs.at(slot)
	*gp = g{id: id, slot: slot, pc: pc, status: gWaiting, reason: forcegcIdle, since: s.now, created: s.now, flags: system, stack: s.rules.startStack, thread: none}
	return gp
}

// goexit ends a goroutine (runtime/proc.go:gdestroy).
func (s *Sim) goexit(m *m, gp *g) bool {
	s.becomes(gp, gDead)
	s.happens(Exited, m, gp, 0, "")
	wasLocked := gp.flags&locked != 0
	gp.flags &^= locked
	s.dropg(m, gp)
	s.gs.live--
	s.stats.Exited++
	s.gfput(s.ps[m.p], gp)
	if wasLocked {
		m.lockedg, m.lockedExt = nil, 0
		if s.rules.exitsThread {
			return s.mexit(m)
		}
	}
	return s.schedule(m)
}

// gfput puts an ended goroutine into the P's free list. A stack that has grown is freed.
// Of 64 on a P, all but 31 go to the free list of all Ps (runtime/proc.go:gfput).
func (s *Sim) gfput(pp *p, gp *g) {
	if gp.stack != s.rules.startStack {
		s.stackBytes -= int64(gp.stack)
		gp.stack = 0
	}
	pp.free.push(gp.slot)
	if len(pp.free.slots) < 64 {
		return
	}
	for len(pp.free.slots) >= 32 {
		slot := pp.free.pop()
		if s.gs.at(slot).stack == 0 {
			s.free.noStack.push(slot)
		} else {
			s.free.stack.push(slot)
		}
	}
}

// gfget takes an ended goroutine, preferably one with a stack (runtime/proc.go:gfget). It
// returns 0 if there is none.
func (s *Sim) gfget(pp *p) int32 {
	if len(pp.free.slots) == 0 {
		for len(pp.free.slots) < 32 {
			slot := s.free.stack.pop()
			if slot == 0 {
				if slot = s.free.noStack.pop(); slot == 0 {
					break
				}
			}
			pp.free.push(slot)
		}
	}
	return pp.free.pop()
}

// grow makes the goroutine call a function that needs a stack of n bytes in all. A stack
// that is too small is copied to one of twice its size until it is enough
// (runtime/stack.go:newstack).
func (s *Sim) grow(m *m, gp *g, n int64) bool {
	m.at = s.now + s.costs.Op
	for int64(gp.stack) < n {
		if int64(gp.stack)*2 > maxStack {
			s.happens(Panicked, m, gp, 0, "stack overflow")
			s.end(StackOverflow)
			return false
		}
		m.at += s.costs.CopyByte * (1 + costOf(gp.stack))
		s.stackBytes += int64(gp.stack)
		gp.stack *= 2
		s.stats.StackCopies++
		s.happens(Copied, m, gp, int64(gp.stack), "")
	}
	s.happens(Did, m, gp, 0, "grow")
	s.finish(gp, Outcome{})
	return true
}

// maxStack is the largest size of a stack on 64-bit systems: 1,000,000,000 bytes.
const maxStack = 1_000_000_000
