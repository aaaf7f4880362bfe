package gc

import "fmt"

// Check examines the whole heap. It returns an error if an object that the program can
// reach was reclaimed or is about to be, if an invariant that the algorithm promises is
// broken, if nothing will scan a grey object, and, with [Config].Verify, if garbage has
// outlived a cycle that began after it had become garbage.
func (h *Heap) Check() error {
	reached, err := h.reach()
	if err != nil {
		return err
	}
	slots := 0
	for g := range h.gs {
		slots += len(h.gs[g].stack)
	}
	if slots != h.onStack {
		return fmt.Errorf("gc: the stacks have %d slots, and %d are counted", slots, h.onStack)
	}
	if h.stage == off {
		for r := range reached.each {
			if s := &h.spans[h.spanOf(r)]; s.sweepgen != h.sweepgen && !h.marked.has(r) {
				return fmt.Errorf("gc: object %d is about to be reclaimed: %w", r, ErrReclaimed)
			}
		}
		if h.verify && h.unswept == 0 && !h.requested {
			for r := range h.doomed.each {
				if h.allocated.has(r) && !reached.has(r) {
					return fmt.Errorf("gc: object %d was garbage when cycle %d began, and is still there", r, h.cycle)
				}
			}
		}
		return nil
	}
	if err := h.checkQueued(); err != nil {
		return err
	}
	if h.pause != "" {
		return nil
	}
	switch h.alg.Promises {
	case StrongInvariant:
		return h.checkStrong()
	case WeakInvariant:
		return h.checkWeak()
	}
	return nil
}

// each yields the objects whose bits are set.
func (b bitmap) each(yield func(Ref) bool) {
	for w, word := range b {
		for ; word != 0; word &= word - 1 {
			if !yield(refAt(w, word)) {
				return
			}
		}
	}
}

// reach finds the objects that the program can reach, and returns an error if one was
// reclaimed.
func (h *Heap) reach() (bitmap, error) {
	reached := make(bitmap, len(h.allocated))
	var todo []Ref
	var err error
	add := func(r Ref, from string, n int) { // from and n name the pointer's place; they are formatted only for an error
		if r == Nil || reached.has(r) {
			return
		}
		if !h.allocated.has(r) {
			if err == nil {
				err = fmt.Errorf("gc: object %d was reclaimed: %w, through %s %d", r, ErrReclaimed, from, n)
			}
			return
		}
		reached.set(r)
		todo = append(todo, r)
	}
	for i, r := range h.globals {
		add(r, "global", i)
	}
	for g := range h.gs {
		for _, r := range h.gs[g].stack {
			add(r, "the stack of goroutine", g)
		}
	}
	h.eachSpecialRoot(func(r Ref) { add(r, "a finalizer or a cleanup of object", int(r)) })
	for len(todo) > 0 && err == nil {
		r := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, to := range h.slotsOf(r) {
			add(to, "object", int(r))
		}
	}
	return reached, err
}

// spareBlocks removes from the garbage the tiny objects that others in their block keep,
// and those of the block that is being filled.
func (h *Heap) spareBlocks(reached bitmap) {
	for n := range h.spans {
		s := &h.spans[n]
		for r := s.base; s.tiny && r < s.base+Ref(s.objects); r += tinyBytes {
			all := h.allocated.block(r)
			if r == h.tiny || reached.block(r) != 0 || h.doomed.block(r) != all {
				h.doomed[r>>6] &^= all << (r & 63)
			}
		}
	}
}

// doom records the objects that are garbage now: reached neither by the program nor
// through a finalizer, and not kept by their block.
func (h *Heap) doom() {
	reached, _ := h.reach()
	for w := range h.doomed {
		h.doomed[w] = h.allocated[w] &^ reached[w]
	}
	for _, r := range h.withSpecials {
		if s := h.specials[r]; s != nil && s.finalizer {
			h.doomed.clear(r)
		}
	}
	if h.zero != Nil {
		h.doomed.clear(h.zero)
	}
	h.spareBlocks(reached)
}

// undoom removes an object that a weak pointer has made reachable again.
func (h *Heap) undoom(r Ref) {
	todo := []Ref{r}
	for len(todo) > 0 {
		r := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if r != Nil && h.doomed.has(r) && h.allocated.has(r) {
			h.doomed.clear(r)
			todo = append(todo, h.slotsOf(r)...)
		}
	}
}

// checkQueued checks that every grey object will be scanned.
func (h *Heap) checkQueued() error {
	queued := make(bitmap, len(h.allocated))
	for i := range h.grey.n {
		queued.set(Ref(h.grey.at(i)))
	}
	for w := range h.marked {
		for grey := h.marked[w] &^ h.scanned[w]; grey != 0; grey &= grey - 1 {
			if r := refAt(w, grey); !queued.has(r) && !h.spans[h.spanOf(r)].queued {
				return fmt.Errorf("gc: object %d is grey, and in no queue", r)
			}
		}
	}
	return nil
}

// blackToWhite calls found for every pointer from a black holder to a white object. The
// holder is an object, or nil for the globals and the stacks.
func (h *Heap) blackToWhite(stacks bool, found func(from, to Ref)) {
	for r := range h.scanned.each {
		for _, to := range h.slotsOf(r) {
			if h.colour(to) == White {
				found(r, to)
			}
		}
	}
	if h.globalsColour() == Black {
		for _, to := range h.globals {
			if h.colour(to) == White {
				found(Nil, to)
			}
		}
	}
	for g := range h.gs {
		if gp := &h.gs[g]; stacks && h.stackColour(gp) == Black {
			for _, to := range gp.stack {
				if h.colour(to) == White {
					found(Nil, to)
				}
			}
		}
	}
}

// checkStrong checks that no black holder points to a white object. A stack that will be
// scanned again counts as grey, and so does an object in the barrier's buffer.
func (h *Heap) checkStrong() (err error) {
	buffered := make(bitmap, len(h.allocated))
	for _, r := range h.buffer {
		buffered.set(r)
	}
	h.blackToWhite(!h.alg.StackRescan, func(from, to Ref) {
		if err == nil && !buffered.has(to) {
			err = fmt.Errorf("gc: the strong invariant is broken: %s, which is black, points to object %d, which is white", holderName(from), to)
		}
	})
	return err
}

// checkWeak checks that a white object to which a black holder points is also reached
// from a grey object, or from the barrier's buffer, through white objects.
func (h *Heap) checkWeak() (err error) {
	protected := make(bitmap, len(h.allocated))
	var todo []Ref
	add := func(r Ref) {
		if h.colour(r) == White && !protected.has(r) {
			protected.set(r)
			todo = append(todo, r)
		}
	}
	for _, r := range h.buffer {
		add(r)
	}
	for w := range h.marked {
		for grey := h.marked[w] &^ h.scanned[w]; grey != 0; grey &= grey - 1 {
			for _, to := range h.slotsOf(refAt(w, grey)) {
				add(to)
			}
		}
	}
	if h.globalsColour() == Grey { // their slots have a barrier, like those of objects
		for _, r := range h.globals {
			add(r)
		}
	}
	if h.rootNext <= rootSpecials {
		h.eachSpecialRoot(add)
	}
	for len(todo) > 0 {
		r := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, to := range h.slotsOf(r) {
			add(to)
		}
	}
	h.blackToWhite(true, func(from, to Ref) {
		if err == nil && !protected.has(to) {
			err = fmt.Errorf("gc: the weak invariant is broken: %s, which is black, points to object %d, which is white and which no grey object protects", holderName(from), to)
		}
	})
	return err
}

func holderName(r Ref) string {
	if r == Nil {
		return "a root"
	}
	return fmt.Sprint("object ", r)
}
