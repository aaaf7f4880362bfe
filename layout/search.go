package layout

import "slices"

// A state is a set of fields that come first, with the best ways to arrange them. For the
// fields that follow only its end matters, and an earlier end is never worse; so a way is
// dropped if another is at least as good in end and pointer bytes.
type state []way

// A way is an arrangement of a set of fields.
type way struct {
	end, ptr int64
	last     int // the class of the field that comes last
	prev     int // the way of the set without it
}

// A class holds the fields of one extent, which are interchangeable.
type class struct {
	Extent
	fields []int
}

// search finds an order of least size with the fewest pointer bytes of all, by dynamic
// programming over sets of fields. The sorted order decides between equal fields. ok is
// false if there are too many sets.
func search(fields []FieldLayout, sorted []int, align int64) (index []int, ok bool) {
	var classes []class
	var zero []int // cost nothing at the start
	for _, i := range sorted {
		e := fields[i].Extent
		c := slices.IndexFunc(classes, func(c class) bool { return c.Extent == e })
		switch {
		case e.Size == 0:
			zero = append(zero, i)
		case c >= 0:
			classes[c].fields = append(classes[c].fields, i)
		default:
			classes = append(classes, class{e, []int{i}})
		}
	}

	// A set is a number with a digit for each class, which is how many fields of the
	// class are in the set.
	states := 1
	step := make([]int, len(classes))
	for c := range classes {
		step[c] = states
		if states *= len(classes[c].fields) + 1; states > maxStates {
			return nil, false
		}
	}
	best := make([]state, states)
	best[0] = state{{last: -1}}
	for set := range best {
		for c := range classes {
			if set/step[c]%(len(classes[c].fields)+1) == len(classes[c].fields) {
				continue
			}
			to := set + step[c]
			for i, w := range best[set] {
				offset := roundUp(w.end, classes[c].Align)
				next := way{end: offset + classes[c].Size, ptr: w.ptr, last: c, prev: i}
				if p := classes[c].PtrBytes; p > 0 {
					next.ptr = offset + p
				}
				best[to] = best[to].add(next)
			}
		}
	}

	set, w := states-1, -1
	for i, v := range best[set] {
		if w < 0 {
			w = i
			continue
		}
		u := best[set][w]
		a, b := roundUp(v.end, align), roundUp(u.end, align)
		if a < b || a == b && v.ptr < u.ptr {
			w = i
		}
	}
	index = make([]int, len(sorted))
	copy(index, zero)
	for n := len(index) - 1; set > 0; n-- {
		c := best[set][w].last
		used := set / step[c] % (len(classes[c].fields) + 1)
		index[n] = classes[c].fields[used-1]
		w, set = best[set][w].prev, set-step[c]
	}
	return index, true
}

// add keeps the ways that no other beats in both numbers, and the first of equal ones.
// Places in s may change, but nothing points at them before the set is complete.
func (s state) add(w way) state {
	for _, v := range s {
		if v.end <= w.end && v.ptr <= w.ptr {
			return s
		}
	}
	out := s[:0]
	for _, v := range s {
		if w.end > v.end || w.ptr > v.ptr {
			out = append(out, v)
		}
	}
	return append(out, w)
}
