package alloc

// nextUnswept returns the span to sweep next, or nil
// (runtime/mgcsweep.go:(*mheap).nextSpanForSweep). Since Go 1.15 it goes span class by
// span class, the full ones first. From Go 1.8 to 1.14 the span that was allocated or
// swept last comes first (go1.14.15 runtime/mgcsweep.go:sweepone), and before that the
// span whose descriptor was made first (go1.7.6 runtime/mgcsweep.go:sweepone).
func (h *Heap) nextUnswept() *mspan {
	switch {
	case h.rules.spanSets:
		return h.nextOfSets()
	case h.rules.sweepStacks:
		stack := &h.stacks[h.unsweptSet()]
		for n := len(*stack) - 1; n >= 0; n-- {
			s := (*stack)[n]
			*stack = (*stack)[:n]
			if s.sweepgen != h.sweepgen {
				return s
			}
		}
		return nil
	}
	for h.sweepNext < h.sweepEnd {
		s := h.described[h.sweepNext]
		h.sweepNext++
		if s != nil && s.sweepgen != h.sweepgen {
			return s
		}
	}
	return nil
}

func (h *Heap) nextOfSets() *mspan {
	for ; h.sweepNext < 2*h.nspc; h.sweepNext++ {
		c := &h.central[h.sweepNext/2]
		set := &c.partial[h.unsweptSet()]
		if h.sweepNext%2 == 0 {
			set = &c.full[h.unsweptSet()]
		}
		for s := set.pop(); s != nil; s = set.pop() {
			if s.sweepgen != h.sweepgen {
				return s
			}
		}
	}
	return nil
}

// inUse records a swept span for the next cycle, in releases that sweep from stacks.
func (h *Heap) inUse(s *mspan) {
	if h.rules.sweepStacks {
		stack := &h.stacks[h.swept()]
		*stack = append(*stack, s)
	}
}

// sweepone sweeps the next span and reports whether there was one
// (runtime/mgcsweep.go:sweepone).
func (h *Heap) sweepone() bool {
	s := h.nextUnswept()
	if s == nil {
		return false
	}
	n, spans := s.npages, h.counts.spans
	h.sweep(s, false)
	if h.counts.spans < spans {
		h.reclaimCredit += n
	}
	return true
}
