package gc

// lookAhead is the distance in the queue at which objects are touched ahead, so that they
// are in the cache when they are scanned.
const lookAhead = 16

// shade makes a white object grey, or black if it has no pointers, and reports
// whether it was white. (`runtime/mgcmark.go:greyobject`)
func (h *Heap) shade(r Ref) bool {
	if r == Nil || h.marked.has(r) || !h.allocated.has(r) {
		return false
	}
	h.marked.set(r)
	h.work.Marked++
	if h.noscan.has(r) {
		h.scanned.set(r)
		if h.tinyAny && h.isTiny(r) {
			h.shadeBlock(r)
		}
		if h.trace != nil {
			h.emit(Event{Kind: Blackened, Object: r})
		}
		return true
	}
	if h.trace != nil {
		h.emit(Event{Kind: Greyed, Object: r})
	}
	h.enqueue(r)
	return true
}

// enqueue puts a grey object, or its span, into the queue from which it will be scanned.
func (h *Heap) enqueue(r Ref) {
	if h.alg.SpanBatches {
		n := h.spanOf(r)
		if s := &h.spans[n]; h.classes[s.class].batches {
			if !s.queued {
				s.queued = true
				h.greySpans.push(n)
			}
			return
		}
	}
	h.grey.push(uint32(r))
}

// shadeRoot shades the object that a root points to.
func (h *Heap) shadeRoot(r Ref) {
	h.work.RootSlots++
	if h.shade(r) && h.trace != nil {
		h.emit(Event{Kind: RootShaded, Object: r})
	}
}

// shadeSlots shades the objects that the object points to.
func (h *Heap) shadeSlots(r Ref) {
	slots := h.slotsOf(r)
	h.work.Words += uint64(len(slots))
	for _, to := range slots {
		h.shade(to)
	}
}

// scan makes a grey object black. (`runtime/mgcmark.go:scanObject`)
func (h *Heap) scan(r Ref) {
	h.shadeSlots(r)
	h.scanned.set(r)
	h.work.Scanned++
	if h.trace != nil {
		h.emit(Event{Kind: Blackened, Object: r})
	}
}

// drain scans the next grey object, or the next span that has some. It returns false if
// there is none. (`runtime/mgcmark.go:gcDrain`)
func (h *Heap) drain() bool {
	if h.grey.n > 0 {
		if h.grey.n > lookAhead {
			r := Ref(h.grey.at(lookAhead))
			s := &h.spans[h.spanOf(r)]
			h.touched += uint32(h.slots[s.first+int(r-s.base)*s.slots])
		}
		if r := Ref(h.grey.pop()); h.allocated.has(r) && !h.scanned.has(r) {
			h.scan(r)
		}
		return true
	}
	if h.greySpans.n > 0 {
		h.scanSpan(h.greySpans.pop())
		return true
	}
	return false
}

// scanSpan scans all objects of a span that are grey now. More may become grey
// later; then the span is queued again. (`runtime/mgcmark_greenteagc.go:scanSpan`)
func (h *Heap) scanSpan(n uint32) {
	s := &h.spans[n]
	s.queued = false
	end := s.base + Ref(s.objects)
	objects := uint64(0)
	for w := int(s.base >> 6); w<<6 < int(end); w++ {
		grey := h.marked[w] &^ h.scanned[w] & mask(w, s.base, end)
		for ; grey != 0; grey &= grey - 1 {
			h.scan(refAt(w, grey))
			objects++
		}
	}
	h.work.SpanScans++
	if h.trace != nil {
		h.emit(Event{Kind: SpanScanned, Span: n, N: objects})
	}
}

// assist makes a goroutine that allocates scan in proportion.
// (`runtime/mgcmark.go:gcAssistAlloc`)
func (h *Heap) assist(g G, gp *goroutine, bytes int64) {
	gp.assist -= float64(bytes)
	if gp.assist >= 0 {
		return
	}
	// It pays more than it owes, so that the next allocations need no assist.
	debt := max(uint64(-gp.assist*h.assistRatio), overAssist)
	from := h.work.Words
	for h.work.Words-from < debt && h.drain() {
	}
	done := h.work.Words - from
	gp.assist += float64(done) / h.assistRatio
	h.work.Assists++
	h.work.AssistWords += done
	if h.trace != nil {
		h.emit(Event{Kind: Assist, G: g, N: done})
	}
}

// overAssist is the extra work of an assist, in words.
// (`runtime/mgcpacer.go:gcOverAssistWork`)
const overAssist = 64 << 10 / wordBytes

// The root jobs of a cycle, in order; each stack is a job after them.
const (
	rootGlobals = iota
	rootSpecials
	rootStacks
)

// markRoot does the next root job. It returns false if all are done.
// (`runtime/mgcmark.go:markroot`)
func (h *Heap) markRoot() bool {
	job := h.rootNext
	for job >= rootStacks && job-rootStacks < h.stacks && h.gs[1+job-rootStacks].dead {
		job++
	}
	switch {
	case job == rootGlobals:
		for _, r := range h.globals {
			h.shadeRoot(r)
		}
		h.note(Event{Kind: GlobalsScanned, N: uint64(len(h.globals))})
	case job == rootSpecials:
		h.markSpecials()
	case job-rootStacks < h.stacks:
		h.scanStack(G(1 + job - rootStacks))
	default:
		h.rootNext = job
		return false
	}
	h.rootNext = job + 1
	return true
}

// scanStack shades the objects that a stack points to. Meanwhile only this goroutine is
// stopped. (`runtime/mgcmark.go:scanstack`)
func (h *Heap) scanStack(g G) {
	gp := &h.gs[g]
	for _, r := range gp.stack {
		h.shadeRoot(r)
	}
	gp.scanned = h.cycle
	h.work.Stacks++
	h.note(Event{Kind: StackScanned, G: g, N: uint64(len(gp.stack))})
}
