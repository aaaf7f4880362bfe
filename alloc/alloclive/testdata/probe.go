// The probe of package alloclive: what the allocator of the Go that builds this
// makes of a request, by size. In the Go of 1.2, so that every release runs it.
package main

import (
	"encoding/json"
	"os"
	"runtime"
)

const limit = 140000

type steps [][2]int

func (s *steps) add(x, y int) {
	if n := len(*s); n > 0 && (*s)[n-1][1] == y {
		return
	}
	*s = append(*s, [2]int{x, y})
}

// Globals, so that measuring allocates nothing but what is measured.
var (
	bytes         []byte
	pointers      []*byte
	before, after runtime.MemStats
)

// heap reports by how much TotalAlloc grows when one object of n bytes is
// allocated. Something else may allocate in between; then it tries again, and
// after 100 times gives up with -1. (Go 1.3 allocates a description of the type
// beside each object that fills its span.)
func heap(n int, scan bool) int {
	for try := 0; try < 100; try++ {
		runtime.ReadMemStats(&before)
		if scan {
			pointers = make([]*byte, n/8)
		} else {
			bytes = make([]byte, n)
		}
		runtime.ReadMemStats(&after)
		if after.Mallocs-before.Mallocs == 1 {
			return int(after.TotalAlloc - before.TotalAlloc)
		}
	}
	return -1
}

func main() {
	var out struct {
		BySize               []int
		Noscan, Scan         steps
		HeapNoscan, HeapScan steps
	}

	runtime.ReadMemStats(&before)
	for _, c := range before.BySize {
		if c.Size != 0 {
			out.BySize = append(out.BySize, int(c.Size))
		}
	}

	// The append of Go 1.2 does not round up.
	if cap(append([]byte(nil), make([]byte, 33)...)) != 33 {
		zero := make([]byte, limit)
		for n := 0; n <= limit; n++ {
			bytes = append([]byte(nil), zero[:n]...)
			out.Noscan.add(n, cap(bytes))
		}
		nils := make([]*byte, limit/8)
		for n := 0; n <= limit/8; n++ {
			pointers = append([]*byte(nil), nils[:n]...)
			out.Scan.add(n*8, cap(pointers)*8)
		}
	}

	step := 8
	for n := 16; n < limit-8; n += step {
		out.HeapNoscan.add(n, heap(n, false))
		out.HeapNoscan.add(n+1, heap(n+1, false))
		out.HeapScan.add(n, heap(n, true))
		if step > 8 {
			out.HeapScan.add(n+8, heap(n+8, true))
		}
		if n == 33280 {
			step = 512 // only pages count from here on
		}
	}
	for _, s := range out.HeapScan {
		if s[1] < 0 {
			out.HeapScan = nil
			break
		}
	}
	json.NewEncoder(os.Stdout).Encode(out)
}
