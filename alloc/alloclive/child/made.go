package main

import (
	"runtime"
	"unsafe"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/alloc/alloclive"
)

// sink keeps the last thing made.
var sink any

// made makes values of some types with new and make, and measures each.
func made() (out []alloclive.Made) {
	ofType[[1]byte](&out, true)
	ofType[[8]byte](&out, true)
	ofType[[24]byte](&out, true)
	ofType[[100]byte](&out, true)
	ofType[[1000]byte](&out, true)
	ofType[[1]*byte](&out, false)
	ofType[[3]*byte](&out, false)
	ofType[[64]*byte](&out, false)
	ofType[[65]*byte](&out, false)
	ofType[[200]*byte](&out, false)
	measure(&out, alloclive.Made{Verb: "map"}, func() { sink = make(map[int64]int64) })
	runtime.KeepAlive(sink)
	return out
}

func ofType[T any](out *[]alloclive.Made, noscan bool) {
	t := alloc.Type{Size: int64(unsafe.Sizeof(*new(T))), Noscan: noscan}
	var value *T
	var slice []T
	var channel chan T
	measure(out, alloclive.Made{Verb: "new", Type: t}, func() { value = new(T) })
	sink = value
	for _, n := range []int64{0, 1, 3, 50} {
		measure(out, alloclive.Made{Verb: "slice", Type: t, N: n}, func() { slice = make([]T, n) })
		sink = slice
		measure(out, alloclive.Made{Verb: "chan", Type: t, N: n}, func() { channel = make(chan T, n) })
		sink = channel
	}
}

var later runtime.MemStats

// measure measures once what f allocates, with no collection in between.
func measure(out *[]alloclive.Made, m alloclive.Made, f func()) {
	runtime.ReadMemStats(&stats)
	f()
	runtime.ReadMemStats(&later)
	m.Mallocs, m.Bytes = later.Mallocs-stats.Mallocs, later.TotalAlloc-stats.TotalAlloc
	for i, b := range later.BySize {
		if n := b.Mallocs - stats.BySize[i].Mallocs; n > 0 {
			m.NonEmpty = append(m.NonEmpty, alloc.SizeStats{Size: int64(b.Size), Mallocs: n})
		}
	}
	*out = append(*out, m)
}
