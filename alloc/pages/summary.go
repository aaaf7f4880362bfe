package pages

import "math/bits"

// update brings the summaries over the pages up to date
// (runtime/mpagealloc.go:(*pageAlloc).update).
func (t *tree) update(page, n int64) {
	if n == 0 {
		return
	}
	from, to := page/chunkPages, (page+n-1)/chunkPages
	t.sums[0] = extended(t.sums[0], to)
	for i := from; i <= to; i++ {
		t.sums[0][i] = t.chunks[i].summary()
	}
	for level := 1; level < levels; level++ {
		below := t.sums[level-1]
		from, to = from/fanOut, to/fanOut
		t.sums[level] = extended(t.sums[level], to)
		for i := from; i <= to; i++ {
			t.sums[level][i] = merge(below[i*fanOut:min((i+1)*fanOut, int64(len(below)))], span(level-1))
		}
	}
}

func extended(s []summary, to int64) []summary {
	for int64(len(s)) <= to {
		s = append(s, summary{})
	}
	return s
}

// merge makes the summary of neighbouring summaries of n pages each. Pages beyond the end
// are not free (runtime/mpagealloc.go:mergeSummaries).
func merge(parts []summary, each int64) summary {
	var s summary
	for i, p := range parts {
		if s.start == int64(i)*each {
			s.start += p.start
		}
		s.most = max(s.most, p.most, s.end+p.start)
		if p.end == each {
			s.end += each
		} else {
			s.end = p.end
		}
	}
	if len(parts) < fanOut {
		s.end = 0
	}
	return s
}

// summary computes the summary of a chunk from its bits
// (runtime/mpallocbits.go:(*pallocBits).summarize).
func (c *chunk) summary() summary {
	var s summary
	row, whole := int64(0), true // length of the free row that ends here, and whether all pages so far are free
	for _, taken := range c.taken {
		if taken == 0 {
			row += 64
			continue
		}
		row += int64(bits.TrailingZeros64(taken))
		if whole {
			s.start, whole = row, false
		}
		s.most = max(s.most, row)
		// The rows inside the word, between its first and last taken pages.
		inner := ^taken &^ (1<<bits.TrailingZeros64(taken) - 1)
		inner &= ^uint64(0) >> bits.LeadingZeros64(taken)
		for k := int64(0); inner != 0; k++ {
			s.most = max(s.most, k+1)
			inner &= inner >> 1
		}
		row = int64(bits.LeadingZeros64(taken))
	}
	if whole {
		s.start = row
	}
	s.most, s.end = max(s.most, row), row
	return s
}
