package pages

import (
	"fmt"
	"math/bits"
)

// A chunk is the unit of the page bits (runtime/mpagealloc.go:pallocChunkPages).
const (
	chunkPages = 512
	chunkWords = chunkPages / 64
	fanOut     = 8 // number of summaries that one summary of the next level covers
	levels     = 5
)

// A chunk holds two bits for each of its pages.
type chunk struct {
	taken [chunkWords]uint64
	scav  [chunkWords]uint64 // given back to the system; only free pages can be
}

// A summary says how many pages are free at the start, at the end, and in the
// longest row (runtime/mpagealloc.go:pallocSum).
type summary struct{ start, most, end int64 }

// A tree holds the bits and their summaries (runtime/mpagealloc.go:pageAlloc). Its lowest
// level has a summary for each chunk.
type tree struct {
	chunks []chunk
	sums   [levels][]summary // 0 is the lowest
	free   int64
	scav   int64
	index  *scavengeIndex // since Go 1.21
	huge   bool           // free huge pages are given back as a whole
}

// span returns the number of pages that a summary of the level covers.
func span(level int) int64 { return chunkPages << (3 * level) }

func (t *tree) counts() (free, scavenged int64) { return t.free, t.scav }

func (t *tree) grow(page, n int64) {
	for range n / chunkPages {
		c := chunk{}
		for i := range c.scav {
			c.scav[i] = ^uint64(0)
		}
		t.chunks = append(t.chunks, c)
		if t.index != nil {
			t.index.chunks = append(t.index.chunks, scavengeChunk{})
		}
	}
	t.free += n
	t.scav += n
	t.update(page, n)
}

// find returns the first page of the lowest row of n free pages, or -1
// (runtime/mpagealloc.go:(*pageAlloc).find).
func (t *tree) find(n int64) int64 {
	lo, hi := 0, len(t.sums[levels-1])
	for level := levels - 1; level >= 0; level-- {
		base, size, below := int64(0), int64(0), -1
		for i := lo; i < hi; i++ {
			s := t.sums[level][i]
			if size+s.start >= n { // a row that ends here and may have begun in an earlier summary
				if size == 0 {
					base = int64(i) * span(level)
				}
				return base
			}
			if s.most >= n {
				below = i
				break
			}
			if size == 0 || s.start < span(level) {
				size = s.end
				base = int64(i+1)*span(level) - size
			} else {
				size += span(level)
			}
		}
		if below < 0 {
			return -1
		}
		if level == 0 {
			return int64(below)*chunkPages + t.chunks[below].find(n)
		}
		lo, hi = below*fanOut, min((below+1)*fanOut, len(t.sums[level-1]))
	}
	return -1
}

// find returns the place of n free pages in a chunk that has them.
func (c *chunk) find(n int64) int64 {
	row := int64(0)
	for i := int64(0); i < chunkPages; i++ {
		if c.taken[i/64]>>(i%64)&1 == 0 {
			if row++; row == n {
				return i + 1 - n
			}
			continue
		}
		row = 0
		// Skip the rest of the ones.
		i += int64(bits.TrailingZeros64(^(c.taken[i/64] >> (i % 64)))) - 1
	}
	return -1
}

func (t *tree) alloc(n int64) (page, scavenged, descriptor int64) {
	page = t.find(n)
	if page < 0 {
		return -1, 0, -1
	}
	t.each(page, n, func(c *chunk, w int, mask uint64) {
		scavenged += int64(bits.OnesCount64(c.scav[w] & mask))
		c.scav[w] &^= mask
		c.taken[w] |= mask
	})
	t.free -= n
	t.scav -= scavenged
	t.update(page, n)
	t.index.alloc(page, n)
	return page, scavenged, -1
}

func (t *tree) release(page, n int64) {
	t.each(page, n, func(c *chunk, w int, mask uint64) { c.taken[w] &^= mask })
	t.free += n
	t.update(page, n)
	t.index.free(page, n)
}

func (t *tree) taken(page, n int64) bool {
	all := true
	t.each(page, n, func(c *chunk, w int, mask uint64) { all = all && c.taken[w]&mask == mask })
	return all
}

// each calls f with every word that the pages touch, and a mask of their bits.
func (t *tree) each(page, n int64, f func(c *chunk, word int, mask uint64)) {
	for n > 0 {
		bit := page % 64
		k := min(n, 64-bit)
		mask := ^uint64(0) >> (64 - k) << bit
		f(&t.chunks[page/chunkPages], int(page%chunkPages/64), mask)
		page, n = page+k, n-k
	}
}

// fillCache takes all free pages among the 64 around the lowest free page
// (runtime/mpagecache.go:(*pageAlloc).allocToCache).
func (t *tree) fillCache() cache {
	page := t.find(1)
	if page < 0 {
		return cache{}
	}
	page &^= cachePages - 1
	c, w := &t.chunks[page/chunkPages], page%chunkPages/64
	out := cache{page: page, free: ^c.taken[w], scav: c.scav[w]}
	c.taken[w], c.scav[w] = ^uint64(0), 0
	t.free -= int64(bits.OnesCount64(out.free))
	t.scav -= int64(bits.OnesCount64(out.scav))
	t.update(page, cachePages)
	t.index.alloc(page, int64(bits.OnesCount64(out.free)))
	return out
}

func (t *tree) emptyCache(from cache) {
	c, w := &t.chunks[from.page/chunkPages], from.page%chunkPages/64
	c.taken[w] &^= from.free
	c.scav[w] |= from.scav
	t.free += int64(bits.OnesCount64(from.free))
	t.scav += int64(bits.OnesCount64(from.scav))
	t.update(from.page, cachePages)
	for rest := from.free; rest != 0; rest &= rest - 1 {
		t.index.free(from.page+int64(bits.TrailingZeros64(rest)), 1)
	}
}

func (t *tree) rows(yield func(page, n int64)) {
	var start, n int64
	for i := range int64(len(t.chunks)) * chunkPages {
		if t.chunks[i/chunkPages].taken[i%chunkPages/64]>>(i%64)&1 != 0 {
			if n > 0 {
				yield(start, n)
			}
			n = 0
			continue
		}
		if n == 0 {
			start = i
		}
		n++
	}
	if n > 0 {
		yield(start, n)
	}
}

func (t *tree) check() error {
	var free, scav int64
	for i := range t.chunks {
		c := &t.chunks[i]
		for w := range c.taken {
			if c.taken[w]&c.scav[w] != 0 {
				return fmt.Errorf("pages: chunk %d: a page is taken and given back", i)
			}
			free += int64(bits.OnesCount64(^c.taken[w]))
			scav += int64(bits.OnesCount64(c.scav[w]))
		}
	}
	if free != t.free || scav != t.scav {
		return fmt.Errorf("pages: %d free and %d given back are counted as %d and %d", free, scav, t.free, t.scav)
	}
	fresh := tree{chunks: t.chunks}
	fresh.update(0, int64(len(t.chunks))*chunkPages)
	for level := range t.sums {
		for i, s := range t.sums[level] {
			if s != fresh.sums[level][i] {
				return fmt.Errorf("pages: summary %d of level %d is %v, want %v", i, level, s, fresh.sums[level][i])
			}
		}
	}
	return nil
}
