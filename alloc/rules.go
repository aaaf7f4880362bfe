package alloc

import (
	"fmt"
	"slices"

	"github.com/orrery-go/orrery/release"
)

// Rules are the allocator's sizes in one release, on linux with words of 4 or 8
// bytes. They do not change, and may be used from several goroutines.
type Rules struct {
	release    release.Release
	word       int64
	maxSmall   int64 // largest request served from a size class
	maxAlloc   int64 // largest request at all
	tinySize   int64 // of the block that tiny objects share; 0: there is no tiny allocator
	headerOver int64 // requests with pointers above it carry a malloc header

	tinyClass      int   // size class of the block of tiny objects
	tinyStarts     bool  // a P without a tiny block keeps the next one; in Go 1.5 it does not, and so never combines any
	split          bool  // objects with and without pointers have spans apart
	align12        bool  // tiny objects of 12 bytes are aligned as if they had 8
	freelists      bool  // a span has a list of its free slots, not bits
	heapBitsInSpan bool  // the pointer bitmap is at the end of the span
	inlineMarks    bool  // and so do the mark bits, for Green Tea
	lazySweep      bool  // a collection leaves the sweeping to allocations
	hchan          int64 // size in bytes of the runtime's hchan
	bufferApart    bool  // a channel's buffer has a block of its own if its elements have pointers
	newOfValue     bool  // new takes a value too
	mspanBytes     uint64
	mcacheBytes    uint64
	spanSets       bool // an mcentral has sets, not two lists and a lock
	sweepStacks    bool // the span that was allocated or swept last is swept first
	sweepInPlace   bool // a P that looks for a span sweeps one through the lists, and looks again
	sweepsCached   bool // a P that gives a span back after a collection sweeps it
	objectLists    bool // an mcache has lists of objects
	flushEndsTiny  bool // a P that gives back its spans ends its tiny block
	workBufs       bool // the collector's work buffers lie in the heap
	flushesIdle    bool // a collection flushes the page caches of idle Ps
	tinyRoots      bool // the tiny blocks of Ps are alive in a background collection
	concurrentGC   bool // runtime.GC is a concurrent collection

	classTable
}

// headerSize is the size of a malloc header, on every architecture, so that objects stay
// aligned to 8 bytes (internal/runtime/gc/malloc.go:MallocHeaderSize).
const headerSize = 8

// ForRelease returns the rules of a release for 8-byte words: "go1.17", "" for the newest
// known, "running" for that of the calling program. It returns an error if the release is
// malformed. Releases before 1.2 have the rules of 1.2.
func ForRelease(name string) (*Rules, error) {
	r, err := release.Parse(name)
	if err != nil {
		return nil, fmt.Errorf("alloc: %w", err)
	}
	return newRules(r, 8), nil
}

// WithWordSize returns the rules of the same release for words of 4 or 8 bytes. It
// returns an error for any other number.
func (r *Rules) WithWordSize(bytes int) (*Rules, error) {
	if bytes != 4 && bytes != 8 {
		return nil, fmt.Errorf("alloc: word of %d bytes (want 4 or 8)", bytes)
	}
	return newRules(r.release, int64(bytes)), nil
}

func newRules(rel release.Release, word int64) *Rules {
	r := &Rules{release: rel, word: word, maxSmall: maxSmallSize}

	r.classTable = classes12
	switch {
	case rel.AtLeast("go1.16"):
		r.classTable = classes116
	case rel.AtLeast("go1.8"):
		r.classTable = classes18
	case rel.AtLeast("go1.3"):
		r.classTable = classes13
	}

	if rel.AtLeast("go1.3") {
		r.tinySize = 16 // maxTinySize
	}
	r.headerOver = maxSmallSize
	if rel.AtLeast("go1.22") {
		r.headerOver = word * 8 * word // one word of bits describes an object without a header
		r.maxSmall = maxSmallSize - headerSize
	}

	switch {
	case word == 4:
		r.maxAlloc = 1<<32 - 1
	case rel.AtLeast("go1.11"):
		r.maxAlloc = 1 << 48 // heapAddrBits
	case rel.AtLeast("go1.5"):
		r.maxAlloc = 1<<39 - 1 // _MaxMem
	default:
		r.maxAlloc = 1 << 37 // MaxMem
	}

	r.tinyStarts = !rel.AtLeast("go1.5") || rel.AtLeast("go1.6")
	r.split = rel.AtLeast("go1.9")
	r.align12 = word == 4 && rel.AtLeast("go1.16")
	r.freelists = !rel.AtLeast("go1.7")
	r.heapBitsInSpan = rel.AtLeast("go1.22")
	r.inlineMarks = rel.AtLeast("go1.26")
	r.lazySweep = rel.AtLeast("go1.3")
	r.bufferApart = rel.AtLeast("go1.4")
	r.newOfValue = rel.AtLeast("go1.26")
	switch {
	case rel.AtLeast("go1.25"):
		r.hchan = 112
	case rel.AtLeast("go1.23"):
		r.hchan = 104
	case rel.AtLeast("go1.4"):
		r.hchan = 96
	default:
		r.hchan = 88
	}
	for _, d := range descriptorBytes {
		if rel.AtLeast(d.release) {
			r.mspanBytes, r.mcacheBytes = d.mspan, d.mcache
			break
		}
	}
	r.spanSets = rel.AtLeast("go1.15")
	r.sweepStacks = rel.AtLeast("go1.8") && !r.spanSets
	r.sweepInPlace = rel.AtLeast("go1.3") && !rel.AtLeast("go1.4")
	r.sweepsCached = rel.AtLeast("go1.12")
	r.objectLists = !rel.AtLeast("go1.3")
	r.workBufs = rel.AtLeast("go1.9")
	r.flushesIdle = rel.AtLeast("go1.21")
	r.flushEndsTiny = rel.AtLeast("go1.6")
	r.tinyRoots = rel.AtLeast("go1.8")
	r.concurrentGC = rel.AtLeast("go1.9")

	r.tinyClass = int(r.classForSize[2]) + 1 // 16 bytes
	return r
}

// Release returns the release whose rules these are.
func (r *Rules) Release() string { return r.release.String() }

// WordSize returns the size of a pointer in bytes, 4 or 8.
func (r *Rules) WordSize() int64 { return r.word }

// PageSize returns the unit in which spans are measured, in bytes: 8,192, and
// 4,096 in Go 1.2. It is the allocator's page, not the machine's.
func (r *Rules) PageSize() int64 { return r.pageSize }

// Classes returns the size classes, smallest first.
func (r *Rules) Classes() []Class { return slices.Clone(r.classes) }

// TinySize returns the size of the block that tiny objects are combined into,
// in bytes: 16, and 0 in Go 1.2, which did not combine any. An object is tiny if
// it is smaller than that and has no pointers.
func (r *Rules) TinySize() int64 { return r.tinySize }

// MaxSmall returns the largest request, in bytes, that is served from a size
// class: 32,768, and 32,760 since Go 1.22.
func (r *Rules) MaxSmall() int64 { return r.maxSmall }

// MaxAlloc returns the largest request, in bytes, that the runtime would try to
// serve at all (maxAlloc; _MaxMem before Go 1.11).
func (r *Rules) MaxAlloc() int64 { return r.maxAlloc }

// SpanClasses returns the number of span classes, which is the number of mcentrals of the
// heap: one for each size class and one for large objects, and since Go 1.9 twice as
// many, with and without pointers.
func (r *Rules) SpanClasses() int {
	n := len(r.classes) + 1
	if r.split {
		n *= 2
	}
	return n
}
