package explain

// A stampID stands for a stamp in an entry, of which there are many: without pointers they
// are half as large, and the collector passes them over. 0 is none.
type stampID int32

// stamps are all stamps, in arrays that stay where they are.
type stamps struct {
	arrays []*[stampArray]stamp
	free   []stampID
	taken  int // since those that nothing leads to were looked for
	enough int // to be taken before they are looked for again
}

const stampArray = 1 << 8

// next gives a stamp; only its id is set.
func (s *stamps) next() *stamp {
	s.taken++
	if len(s.free) == 0 {
		first := stampID(len(s.arrays) * stampArray)
		s.arrays = append(s.arrays, new([stampArray]stamp))
		for i := first + stampArray - 1; i >= max(1, first); i-- {
			s.free = append(s.free, i)
		}
	}
	id := s.free[len(s.free)-1]
	s.free = s.free[:len(s.free)-1]
	x := s.at(id)
	*x = stamp{}
	x.id = id
	return x
}

func (s *stamps) at(id stampID) *stamp { return &s.arrays[uint32(id)/stampArray][id%stampArray] }

// newStamp is one of what thread m put somewhere, or nobody, and was there at once.
func (r *replay) newStamp(m int32) *stamp {
	st := r.stamps.next()
	st.at, st.closed, st.m = r.now, r.now, m
	return st
}

// tidy gives back the stamps that nothing leads to any more, now and then.
func (r *replay) tidy() {
	s := &r.stamps
	if s.taken < max(leastSweep, s.enough) {
		return
	}
	seen := 0
	mark := func(e *entry) {
		if seen++; e.put > 0 {
			s.at(e.put).used = true
		}
		if e.global > 0 {
			s.at(e.global).used = true
		}
	}
	stamp := func(x *stamp) {
		if x != nil {
			x.used = true
		}
	}
	for i, o := range r.states {
		for k, q := range o.queues {
			if i > 0 && r.states[i-1].queues[k] == q {
				continue
			}
			mark(&q.next)
			for j := range q.ring {
				mark(&q.ring[j])
			}
		}
		for _, x := range o.pieces {
			for j := range x.entries {
				mark(&x.entries[j])
			}
		}
	}
	for i := range r.threads {
		stamp(r.threads[i].stamp)
		stamp(r.threads[i].list)
	}
	for i := range r.ps {
		stamp(r.ps[i].drains)
	}
	for _, x := range r.globals {
		stamp(x)
	}
	s.free, s.taken = s.free[:0], 0
	for i, a := range s.arrays {
		for k := range a {
			if x := &a[k]; x.used {
				x.used = false
			} else if id := stampID(i*stampArray + k); id > 0 {
				s.free = append(s.free, id)
			}
		}
	}
	s.enough = max(len(s.arrays)*stampArray-len(s.free), seen/4)
}
