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
	if h.assistRatio > 0 && h.classes[h.spans[h.spanOf(r)].class].header {
		h.otherWords++
	}
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

// assist makes a goroutine that is about to allocate scan in proportion, or takes what the
// collector has scanned beyond its need. (`runtime/mgcmark.go:gcAssistAlloc`)
func (h *Heap) assist(g G, gp *goroutine, bytes int64) {
	gp.assist = max(gp.assist-bytes, -mostWork)
	if gp.assist >= 0 {
		return
	}
	perByte := h.assistRatio * wordBytes
	debt := -gp.assist
	work := int64(min(perByte*float64(debt), mostWork))
	if work < overAssist { // it pays more than it owes, so that the next allocations need no assist
		work = overAssist
		debt = int64(min(overAssist/perByte, mostWork))
	}
	if stolen := min(h.credit, work); stolen > 0 {
		h.credit -= stolen
		if stolen == work {
			gp.assist += debt
			return
		}
		gp.assist += credited(stolen, perByte)
		work -= stolen
	}
	done := int64(0)
	for more := true; more && done < work; {
		n := int64(0)
		n, more = h.assistStep()
		done += n
	}
	gp.assist += credited(done, perByte)
	h.work.Assists++
	h.work.AssistWords += uint64(done / wordBytes)
	if h.trace != nil {
		h.emit(Event{Kind: Assist, G: g, N: uint64(done / wordBytes)})
	}
}

// credited returns the bytes that a goroutine may allocate for some bytes of scanning.
func credited(work int64, perByte float64) int64 {
	return 1 + int64(min(1/perByte*float64(work), mostWork))
}

// assistStep scans what is grey. If nothing is, it flushes the buffer of the write barrier,
// or does a root job. It returns the bytes that it has scanned.
// (`runtime/mgcmark.go:gcDrainN`)
func (h *Heap) assistStep() (bytes int64, more bool) {
	from := h.scannedBytes()
	switch {
	case h.drain():
	case len(h.buffer) > 0:
		h.flush()
	case !h.markRoot():
		return 0, false
	}
	return h.scannedBytes() - from, true
}

// scannedBytes returns the bytes of objects, stacks and globals that were scanned.
func (h *Heap) scannedBytes() int64 { return int64(h.work.Words+h.otherWords) * wordBytes }

const (
	overAssist = 64 << 10 // the least that an assist scans, in bytes (`runtime/mgcpacer.go:gcOverAssistWork`)
	mostWork   = 1 << 60  // bytes: beyond this there is no more precision
)

// The root jobs of a cycle, in order; each stack is a job after them.
const (
	rootGlobals = iota
	rootSpecials
	rootStacks
)

// markRoot does the next root job. It returns false if all are done.
// (`runtime/mgcmark.go:markroot`)
func (h *Heap) markRoot() bool {
	job, from := h.rootNext, h.work.RootSlots
	for job >= rootStacks && job-rootStacks < h.stacks && h.gs[h.descs[job-rootStacks]].dead {
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
		h.scanStack(h.descs[job-rootStacks])
	default:
		h.rootNext = job
		return false
	}
	if job != rootSpecials { // what finalizers keep is not counted
		h.otherWords += h.work.RootSlots - from
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
