package pages

// densePages is the number of pages of a chunk from which on the background scavenger
// leaves it alone (runtime/mgcscavenge.go:scavChunkHiOccPages).
const densePages = chunkPages * 31 / 32

// A scavengeIndex says which chunks may be scavenged, and where to search on. The
// background scavenger looks only at what was free when a collection ended, and not at
// chunks that are nearly full or were so in the cycle before
// (runtime/mgcscavenge.go:scavengeIndex).
type scavengeIndex struct {
	chunks     []scavengeChunk
	background cursor
	force      cursor
	highest    int64 // page that was freed in this cycle; -1 for none
	gen        uint32
}

type scavengeChunk struct {
	inUse   int64  // pages that are taken
	before  int64  // and were when the generation began
	gen     uint32 // of the last change
	hasFree bool   // it may have something to give back
}

// A cursor is the page from which on to search downwards; -1 for the end of the search. It
// is marked until a search has moved it.
type cursor struct {
	page   int64
	marked bool
}

func newScavengeIndex() *scavengeIndex {
	return &scavengeIndex{background: cursor{page: -1}, force: cursor{page: -1}, highest: -1}
}

// find returns the highest chunk to scavenge, and its page from which on to search.
func (x *scavengeIndex) find(force bool) (chunk, page int64, ok bool) {
	c := &x.background
	if force {
		c = &x.force
	}
	if c.page < 0 {
		return 0, 0, false
	}
	start := c.page / chunkPages
	for i := start; i >= 0; i-- {
		switch {
		case !x.chunks[i].allows(x.gen, force):
		case i == start:
			return i, c.page % chunkPages, true
		default:
			*c = cursor{page: i*chunkPages + chunkPages - 1}
			return i, chunkPages - 1, true
		}
	}
	if !c.marked {
		c.page = -1
	}
	return 0, 0, false
}

func (c *scavengeChunk) allows(gen uint32, force bool) bool {
	switch {
	case !c.hasFree || force:
		return c.hasFree
	case c.gen == gen && c.before >= densePages:
		return false
	}
	return c.inUse < densePages
}

// alloc and free count pages that are taken and given back. They do nothing for releases
// without an index.
func (x *scavengeIndex) alloc(page, n int64) {
	if x == nil {
		return
	}
	for n > 0 {
		k := min(n, chunkPages-page%chunkPages)
		c := x.change(page)
		if c.inUse += k; c.inUse == chunkPages {
			c.hasFree = false
		}
		page, n = page+k, n-k
	}
}

func (x *scavengeIndex) free(page, n int64) {
	if x == nil {
		return
	}
	for n > 0 {
		k := min(n, chunkPages-page%chunkPages)
		c := x.change(page)
		c.inUse -= k
		c.hasFree = true
		page, n = page+k, n-k
		x.highest = max(x.highest, page-1)
		if x.force.page < page-1 {
			x.force = cursor{page - 1, true}
		}
	}
}

func (x *scavengeIndex) change(page int64) *scavengeChunk {
	c := &x.chunks[page/chunkPages]
	if c.gen != x.gen {
		c.before, c.gen = c.inUse, x.gen
	}
	return c
}

// next begins another generation: what was freed until now may be given back in the
// background.
func (x *scavengeIndex) next() {
	x.gen++
	if x.background.page < x.highest {
		x.background = cursor{x.highest, true}
	}
	x.highest = -1
}
