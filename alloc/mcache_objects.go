package alloc

// Up to Go 1.2 an mcache had a list of free objects of each class, which it kept over a
// collection. A refill took all free slots of one span; slots that became free there
// later could go to another P.

// takeObjects takes the span's free list (go1.2.2 pkg/runtime/mcentral.c:runtime·MCentral_AllocList).
func (c *mcache) takeObjects(spc int, s *mspan) {
	c.objects[spc] = append(c.objects[spc][:0], s.freelist...)
	s.held += uint32(len(s.freelist))
	s.freelist = s.freelist[:0]
}

// returnObjects gives the unused objects of the mcache back to their span, one by one, so
// that the last of them is the next to be allocated (go1.2.2
// pkg/runtime/mcentral.c:MCentral_Free).
func (h *Heap) returnObjects(c *mcache, spc int, s *mspan) {
	list := c.objects[spc]
	if len(list) == 0 {
		return
	}
	wasFull := s.full()
	for n := len(list) - 1; n >= 0; n-- {
		s.freelist = append(s.freelist, list[n])
	}
	s.held -= uint32(len(list))
	c.objects[spc] = list[:0]
	h.sweptInList(s, wasFull)
}
