package alloc

// counts are what the mcaches have handed in.
type counts struct {
	malloc, free           []uint64 // by size class
	large, largeFrees      uint64
	largeBytes, largeFreed uint64
	tiny                   uint64 // objects that were combined
	spans                  int
}

// MemStats has those fields of runtime.MemStats that the allocator decides. Sizes
// are in bytes.
type MemStats struct {
	Alloc        uint64      `json:"alloc"` // in objects that are not freed
	TotalAlloc   uint64      `json:"totalAlloc,string"`
	Mallocs      uint64      `json:"mallocs"` // with tiny objects
	Frees        uint64      `json:"frees"`   // a tiny object counts as freed at once; its block when it is
	HeapAlloc    uint64      `json:"heapAlloc"`
	HeapSys      uint64      `json:"heapSys"`      // that the heap has
	HeapIdle     uint64      `json:"heapIdle"`     // in pages of no span
	HeapInuse    uint64      `json:"heapInuse"`    // in spans
	HeapReleased uint64      `json:"heapReleased"` // given back to the system, or never used
	HeapObjects  uint64      `json:"heapObjects"`
	MSpanInuse   uint64      `json:"mspanInuse"`  // of descriptors of spans
	MCacheInuse  uint64      `json:"mcacheInuse"` // of mcaches: one for each P
	NumGC        uint64      `json:"numGc"`
	BySize       []SizeStats `json:"bySize"` // by size class, from 1 on, without tiny objects that were combined
}

// SizeStats are the objects of a size class.
type SizeStats struct {
	Size    int64  `json:"size"` // bytes
	Mallocs uint64 `json:"mallocs"`
	Frees   uint64 `json:"frees"`
}

// ReadMemStats counts what was allocated and freed. As with runtime.ReadMemStats
// each P first gives back its spans and ends its tiny block, so that reading
// changes what the next allocation gets; [Heap.Snapshot] only looks.
func (h *Heap) ReadMemStats() MemStats {
	if h.rules == nil {
		return MemStats{} // not from New
	}
	if h.telling {
		return h.stats() // in the middle of something
	}
	for p := range h.mcaches {
		h.releaseAll(p)
	}
	return h.stats()
}

func (h *Heap) stats() MemStats {
	k := &h.counts
	m := MemStats{
		TotalAlloc: k.largeBytes,
		Mallocs:    k.large + k.tiny,
		Frees:      k.largeFrees + k.tiny,
		NumGC:      h.collections,
	}
	freed := k.largeFreed
	for i, c := range h.rules.classes {
		s := SizeStats{Size: c.Size, Mallocs: k.malloc[i+1], Frees: k.free[i+1]}
		for p := range h.mcaches {
			s.Mallocs += h.inMcache(&h.mcaches[p], i+1)
		}
		m.BySize = append(m.BySize, s)
		m.Mallocs += s.Mallocs
		m.Frees += s.Frees
		m.TotalAlloc += s.Mallocs * uint64(c.Size)
		freed += s.Frees * uint64(c.Size)
	}
	for p := range h.mcaches {
		m.Mallocs += h.mcaches[p].tinyAllocs
		m.Frees += h.mcaches[p].tinyAllocs
	}
	m.Alloc = m.TotalAlloc - freed
	m.HeapAlloc, m.HeapObjects = m.Alloc, m.Mallocs-m.Frees
	ps := h.pages.Stats()
	m.HeapSys = uint64(ps.Mapped) << h.shift
	m.HeapInuse = uint64(ps.InUse) << h.shift
	m.HeapIdle = m.HeapSys - m.HeapInuse
	m.HeapReleased = uint64(ps.Scavenged) << h.shift
	m.MSpanInuse = uint64(k.spans) * mspanBytes
	m.MCacheInuse = uint64(len(h.mcaches)) * mcacheBytes
	return m
}

// inMcache counts what an mcache has not handed in yet.
func (h *Heap) inMcache(c *mcache, class int) uint64 {
	if h.rules.objectLists {
		return 0
	}
	n := uint64(0)
	for spc := h.spanClass(class, false); spc <= h.spanClass(class, true); spc++ {
		n += uint64(c.alloc[spc].allocCount - c.alloc[spc].cached)
	}
	return n
}

// The sizes of the two structures in Go 1.26; they differ a little from release to
// release.
const (
	mspanBytes  = 160
	mcacheBytes = 2296
)
