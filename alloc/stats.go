package alloc

// counts are the statistics that the mcaches have handed in.
type counts struct {
	malloc, free           []uint64 // by size class
	large, largeFrees      uint64
	largeBytes, largeFreed uint64
	tiny                   uint64 // objects that were combined
	spans                  int
}

// MemStats has the fields of runtime.MemStats that the allocator determines. Sizes are in
// bytes.
type MemStats struct {
	Alloc        uint64      `json:"alloc,string"` // in objects that are not freed
	TotalAlloc   uint64      `json:"totalAlloc,string"`
	Mallocs      uint64      `json:"mallocs,string"` // with tiny objects
	Frees        uint64      `json:"frees,string"`   // a tiny object counts as freed at once, its block when it is swept
	HeapAlloc    uint64      `json:"heapAlloc,string"`
	HeapSys      uint64      `json:"heapSys,string"`      // mapped by the heap
	HeapIdle     uint64      `json:"heapIdle,string"`     // in pages of no span
	HeapInuse    uint64      `json:"heapInuse,string"`    // in spans
	HeapReleased uint64      `json:"heapReleased,string"` // given back to the system, or never used
	HeapObjects  uint64      `json:"heapObjects,string"`
	MSpanInuse   uint64      `json:"mspanInuse,string"`  // bytes of the descriptors of spans
	MCacheInuse  uint64      `json:"mcacheInuse,string"` // of mcaches: one for each P
	NumGC        uint64      `json:"numGc,string"`
	BySize       []SizeStats `json:"bySize"` // by size class, from 1 on, without tiny objects that were combined
}

// SizeStats are the objects of a size class.
type SizeStats struct {
	Size    int64  `json:"size"` // bytes
	Mallocs uint64 `json:"mallocs,string"`
	Frees   uint64 `json:"frees,string"`
}

// ReadMemStats returns the statistics of the heap. As in runtime.ReadMemStats, each P
// first gives back its spans and closes its tiny block, so reading changes the place of
// the next allocation; [Heap.Snapshot] changes nothing.
func (h *Heap) ReadMemStats() MemStats {
	if h.rules == nil {
		return MemStats{} // not from New
	}
	if h.telling {
		return h.stats() // called from Trace or live
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
	// Pages of the collector's work buffers do not count as the heap's.
	m.HeapSys = uint64(ps.Mapped-h.workBufs.Pages) << h.shift
	m.HeapInuse = uint64(ps.InUse-h.workBufs.Pages) << h.shift
	m.HeapIdle = m.HeapSys - m.HeapInuse
	m.HeapReleased = uint64(ps.Scavenged) << h.shift
	m.MSpanInuse = uint64(h.pages.Descriptors()) * h.rules.mspanBytes
	m.MCacheInuse = uint64(len(h.mcaches)) * h.rules.mcacheBytes
	return m
}

// inMcache adds the statistics that an mcache has not handed in yet.
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

// descriptorBytes has the sizes of runtime.mspan and runtime.mcache from a release on,
// newest first (runtime/mheap.go:mspan, runtime/mcache.go:mcache).
var descriptorBytes = []struct {
	release       string
	mspan, mcache uint64
}{
	{"go1.26", 160, 2296},
	{"go1.24", 160, 1208},
	{"go1.22", 160, 1200},
	{"go1.21", 168, 1200},
	{"go1.20", 160, 1200},
	{"go1.18", 144, 1200},
	{"go1.16", 136, 1200},
	{"go1.13", 136, 1736},
	{"go1.12", 144, 1736},
	{"go1.11", 152, 1728},
	{"go1.9", 152, 1736},
	{"go1.8", 152, 1200},
	{"go1.7", 160, 1200},
	{"go1.6", 120, 1200},
	{"go1.5", 112, 1208},
	{"go1.4", 104, 1200},
	{"go1.3", 128, 2200},
	{"go1", 104, 1504},
}
