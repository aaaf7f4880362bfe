package pages

import (
	"fmt"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/release"
)

// The limits of a model.
const (
	MaxProcs     = 1024
	MaxLimit     = 1 << 36 // bytes
	DefaultLimit = 1 << 32 // bytes
)

// A Config says what to model.
type Config struct {
	Release string      `json:"release"` // "" for the newest known, "go1.13", "running"
	Procs   int         `json:"procs"`   // Ps, 1 to [MaxProcs]; 0 is 1
	Limit   int64       `json:"limit"`   // bytes that the heap may have, to [MaxLimit]; 0 is [DefaultLimit]
	Trace   func(Event) `json:"-"`       // receives every step; nil costs nothing
	// NoHugePages is for a system without transparent huge pages. Else they have 2 MiB, and
	// since Go 1.14 a free one is given back to the system as a whole.
	NoHugePages bool `json:"noHugePages"`
}

// A Heap manages the pages of one heap. They are numbered from 0. It is not safe for
// concurrent use.
type Heap struct {
	release release.Release
	rules   rules
	trace   func(Event)
	limit   int64 // pages
	caches  []cache
	// since Go 1.14: how many descriptors each P has for the spans that it will make
	spanCaches []int64
	spans      int64 // descriptors in use, including those of spanCaches
	free       finder
	arenas     arenas
	stats      Stats
	seq        uint64  // of events
	zeroedTo   []int64 // by arena: the first page that was never used
}

// A finder keeps the free pages and finds consecutive ones.
type finder interface {
	// alloc takes n consecutive pages, and returns -1 if there are none. Scavenged is the
	// number of them that had been given back; the descriptor is -1 in releases whose
	// descriptors are not numbered.
	alloc(n int64) (page, scavenged, descriptor int64)
	// release makes n pages free.
	release(page, n int64)
	// grow adds n pages at the end, free and given back.
	grow(page, n int64)
	// taken reports whether all n pages are taken.
	taken(page, n int64) bool
	// scavenge gives back some n free pages of one row, and returns their place. With force
	// it takes those of any row.
	scavenge(n int64, force bool) (page, pages int64)
	// counts returns the number of free pages, and how many of them are given back.
	counts() (free, scavenged int64)
	check() error
	rows(yield func(page, n int64))
}

// rules hold the differences between releases.
type rules struct {
	pageSize  int64
	tree      bool  // bits and summaries; else best fit
	pageCache bool  // of each P
	density   bool  // a [scavengeIndex] counts the pages of chunks
	arena     int64 // pages that the system reserves at once
	lists     int64 // lengths of rows that have a list of their own; 0: all rows are in a treap
	splitsOff bool  // see rows
	// pages that were given back are known to be zero; before Go 1.26 only those that were
	// never used are
	returnsZeroed bool
	step          int64 // the heap grows by a multiple of this number of pages
	round         int64 // unit in pages to which growth is rounded up
	base          int64 // address of the first page
}

func rulesOf(r release.Release) rules {
	k := rules{pageSize: 8 << 10}
	if !r.AtLeast("go1.3") {
		k.pageSize = 4 << 10
	}
	k.tree = r.AtLeast("go1.14")
	k.pageCache = k.tree
	k.density = r.AtLeast("go1.21")
	k.returnsZeroed = r.AtLeast("go1.26")
	k.splitsOff = r.AtLeast("go1.13")
	if !r.AtLeast("go1.12") {
		k.lists = 1 << 20 / k.pageSize // _MaxMHeapList
	}
	switch {
	case r.AtLeast("go1.11"):
		k.base, k.arena = 0xc000000000, 64<<20/k.pageSize
	case r.AtLeast("go1.7"):
		k.base, k.arena = 0xc420000000, 512<<30/k.pageSize
	case r.AtLeast("go1.5"):
		k.base, k.arena = 0xc820000000, 512<<30/k.pageSize
	default:
		k.base, k.arena = 0xc208000000, 128<<30/k.pageSize
	}
	switch {
	case r.AtLeast("go1.17"):
		k.step, k.round = chunkPages, chunkPages
	case r.AtLeast("go1.11"):
		k.step, k.round = k.arena, k.arena
	default:
		k.step, k.round = 1<<20/k.pageSize, 64<<10/k.pageSize
	}
	if !r.AtLeast("go1.3") {
		k.base = 0xc210000000
	}
	return k
}

// New returns a heap without pages. It returns an error if the release is unknown, or the
// number of Ps or the limit is out of range.
func New(c Config) (*Heap, error) {
	r, err := release.Parse(c.Release)
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	if c.Procs == 0 {
		c.Procs = 1
	}
	if c.Procs < 0 || c.Procs > MaxProcs {
		return nil, fmt.Errorf("pages: %d Ps out of range [1,%d]", c.Procs, MaxProcs)
	}
	if c.Limit == 0 {
		c.Limit = DefaultLimit
	}
	if c.Limit < 0 || c.Limit > MaxLimit {
		return nil, fmt.Errorf("pages: limit of %d bytes out of range [1,%d]", c.Limit, int64(MaxLimit))
	}
	h := &Heap{release: r, rules: rulesOf(r), trace: c.Trace, caches: make([]cache, c.Procs)}
	h.limit = c.Limit / h.rules.pageSize
	if h.rules.tree {
		t := &tree{huge: !c.NoHugePages}
		if h.rules.density {
			t.index = newScavengeIndex()
		}
		h.free = t
		h.spanCaches = make([]int64, c.Procs)
	} else {
		h.free = newRows(h.rules)
	}
	return h, nil
}

// Release returns the release whose rules these are.
func (h *Heap) Release() string { return h.release.String() }

// PageSize returns the size of a page in bytes.
func (h *Heap) PageSize() int64 { return h.rules.pageSize }

// Base returns the address of page 0: where the heap began in that release on
// linux/amd64. Since Go 1.26 it is random; the model keeps to that of 1.25.
func (h *Heap) Base() int64 { return h.rules.base }

// Mapped reports how many pages the heap has.
func (h *Heap) Mapped() int64 { return h.arenas.mapped }

// A Run is a row of consecutive pages.
type Run struct {
	Page      int64 `json:"page"`      // the first
	Pages     int64 `json:"pages"`     // how many
	Zeroed    bool  `json:"zeroed"`    // they are known to hold zeros
	Scavenged int64 `json:"scavenged"` // how many of them had been given back to the system
	// Descriptor is the number of the run's descriptor, counted from 0 in the order in
	// which descriptors were made; -1 since Go 1.14, where nothing depends on it.
	Descriptor int64 `json:"descriptor"`
}

// OutOfMemory ends a program if the system does not let its heap grow, here beyond the
// limit. The heap of the model is unchanged. Up to Go 1.10 the text was "runtime: out of
// memory", as the addresses were reserved in advance.
var OutOfMemory = crash.Fatal("out of memory")

func (h *Heap) outOfMemory() error {
	if !h.release.AtLeast("go1.11") {
		return OutOfMemory.In("runtime: out of memory")
	}
	return OutOfMemory
}

// Alloc takes n consecutive pages on behalf of a P. It returns an error if the P is
// unknown or n is less than 1, and [OutOfMemory] if there is no room for them.
func (h *Heap) Alloc(p int, n int64) (Run, error) {
	if p < 0 || p >= len(h.caches) {
		return Run{}, fmt.Errorf("pages: P %d out of range [0,%d)", p, len(h.caches))
	}
	if n <= 0 {
		return Run{}, fmt.Errorf("pages: %d pages (want at least 1)", n)
	}
	page, scavenged, descriptor := int64(-1), int64(0), int64(-1)
	if h.rules.pageCache && n < cachePages/4 {
		page, scavenged = h.allocCached(p, n)
	}
	if page < 0 {
		if page, scavenged, descriptor = h.free.alloc(n); page < 0 {
			if err := h.grow(n); err != nil {
				return Run{}, err
			}
			page, scavenged, descriptor = h.free.alloc(n)
		}
		h.event(Event{Kind: h.found(), P: p, Page: page, Pages: n})
	}
	h.stats.Scavenged -= scavenged
	h.stats.InUse += n
	h.takeDescriptor(p)
	return Run{Page: page, Pages: n, Scavenged: scavenged, Zeroed: h.zeroed(page, n) || h.rules.returnsZeroed && scavenged == n, Descriptor: descriptor}, nil
}

func (h *Heap) found() Kind {
	if h.rules.tree {
		return Tree
	}
	return BestFit
}

// zeroed reports whether the pages were never used, and marks them as used
// (runtime/mheap.go:allocNeedsZero).
func (h *Heap) zeroed(page, n int64) bool {
	fresh := true
	const arena = 64 << 20
	per := arena / h.rules.pageSize
	for n > 0 {
		a := page / per
		for int64(len(h.zeroedTo)) <= a {
			h.zeroedTo = append(h.zeroedTo, int64(len(h.zeroedTo))*per)
		}
		k := min(n, (a+1)*per-page)
		if page < h.zeroedTo[a] {
			fresh = false
		}
		h.zeroedTo[a] = max(h.zeroedTo[a], page+k)
		page, n = page+k, n-k
	}
	return fresh
}

// Free gives n pages back to the heap on behalf of a P. It returns an error if the P
// is unknown or not all pages are taken.
func (h *Heap) Free(p int, page, n int64) error {
	if p < 0 || p >= len(h.caches) {
		return fmt.Errorf("pages: P %d out of range [0,%d)", p, len(h.caches))
	}
	if page < 0 || n <= 0 || n > h.arenas.mapped || page > h.arenas.mapped-n {
		return fmt.Errorf("pages: %d pages from %d on out of range [0,%d)", n, page, h.arenas.mapped)
	}
	if !h.free.taken(page, n) || h.cached(page, n) {
		return fmt.Errorf("pages: of the %d pages from %d on some are free", n, page)
	}
	h.free.release(page, n)
	h.stats.InUse -= n
	h.giveDescriptor(p)
	h.event(Event{Kind: Freed, P: p, Page: page, Pages: n})
	return nil
}
