package pages

import "math/bits"

// hugePages is the number of pages in a huge page of the machine, 2 MiB on linux/amd64.
const hugePages = 256

// scavenge gives back the highest free pages that the system does not have yet, of the
// chunks that may be scavenged, at most n of them, or more so that a huge page stays whole
// (runtime/mgcscavenge.go:(*pageAlloc).scavengeOne).
func (t *tree) scavenge(n int64, force bool) (page, pages int64) {
	for {
		i, from, ok := t.next(force)
		if !ok {
			return 0, 0
		}
		c := &t.chunks[i]
		at, k := c.candidate(from, n, t.huge)
		if k == 0 {
			if t.index != nil {
				t.index.chunks[i].hasFree = false
			}
			continue
		}
		page = i*chunkPages + at
		t.each(page, k, func(c *chunk, w int, mask uint64) { c.scav[w] |= mask })
		t.scav += k
		return page, k
	}
}

// next returns the chunk to scavenge, and its page from which on to search downwards. Up
// to Go 1.20 that is the highest that has something to give.
func (t *tree) next(force bool) (chunk, page int64, ok bool) {
	if t.index != nil {
		return t.index.find(force)
	}
	for i := len(t.chunks) - 1; i >= 0 && t.free > t.scav; i-- {
		for w := range t.chunks[i].taken {
			if t.chunks[i].taken[w]|t.chunks[i].scav[w] != ^uint64(0) {
				return int64(i), chunkPages - 1, true
			}
		}
	}
	return 0, 0, false
}

// candidate finds the highest row of pages, at or below the word of page from, that are
// free and not given back, and cuts it to its last n pages; if it cuts a huge page of which
// all pages are in the row, that belongs to it, too
// (runtime/mgcscavenge.go:(*pallocData).findScavengeCandidate).
func (c *chunk) candidate(from, n int64, huge bool) (page, pages int64) {
	w := from / 64
	for ; w >= 0 && c.taken[w]|c.scav[w] == ^uint64(0); w-- {
	}
	if w < 0 {
		return 0, 0
	}
	x := c.taken[w] | c.scav[w]
	above := int64(bits.LeadingZeros64(^x))
	end, row := w*64+64-above, int64(0)
	if rest := x << above; rest != 0 {
		row = int64(bits.LeadingZeros64(rest))
	} else {
		row = 64 - above
		for w--; w >= 0; w-- {
			x := c.taken[w] | c.scav[w]
			row += int64(bits.LeadingZeros64(x))
			if x != 0 {
				break
			}
		}
	}
	size := min(row, n)
	start := end - size
	if up := (start + hugePages - 1) / hugePages * hugePages; huge && up <= end {
		if down := start / hugePages * hugePages; down >= end-row {
			size, start = end-down, down
		}
	}
	return start, size
}
