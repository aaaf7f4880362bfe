package alloc_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/orrery-go/orrery/alloc"
)

// Values that must be on the heap are assigned to these variables.
var (
	byteSink    []byte
	pointerSink []*byte
)

// BenchmarkMalloc allocates in the model and for real, in one run. Nothing stays alive,
// and sweeping is included: the model runs a collection every 32,768 allocations, the
// runtime when it chooses. The target is half the speed of the real allocator.
func BenchmarkMalloc(b *testing.B) {
	for _, size := range []int64{8, 16, 64, 512} {
		for _, noscan := range []bool{true, false} {
			b.Run(fmt.Sprintf("model/%d/noscan=%v", size, noscan), func(b *testing.B) {
				h, err := alloc.New(alloc.Config{Release: "running"})
				if err != nil {
					b.Fatal(err)
				}
				dead := func(alloc.Addr) bool { return false }
				collect := func() {
					if err := h.GC(dead); err != nil {
						b.Fatal(err)
					}
				}
				for range 1 << 15 {
					if _, err := h.Malloc(0, size, noscan); err != nil {
						b.Fatal(err)
					}
				}
				collect()
				b.ReportAllocs()
				n := 0
				for b.Loop() {
					if _, err := h.Malloc(0, size, noscan); err != nil {
						b.Fatal(err)
					}
					if n++; n == 1<<15 {
						n = 0
						collect()
					}
				}
			})
			b.Run(fmt.Sprintf("real/%d/noscan=%v", size, noscan), func(b *testing.B) {
				runtime.GC()
				if noscan {
					for b.Loop() {
						byteSink = make([]byte, size)
					}
					return
				}
				for b.Loop() {
					pointerSink = make([]*byte, size/8)
				}
			})
		}
	}
}

// BenchmarkMallocInHeap allocates in heaps with different numbers of live bytes, without
// a collection: the number makes no difference.
func BenchmarkMallocInHeap(b *testing.B) {
	for _, size := range []int64{1 << 20, 1 << 24, 1 << 28, 1 << 30} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			h, err := alloc.New(alloc.Config{Limit: 3 << 30})
			if err != nil {
				b.Fatal(err)
			}
			for range size / 1024 {
				if _, err := h.Malloc(0, 1024, true); err != nil {
					b.Fatal(err)
				}
			}
			allocate := func(n int) {
				for range n {
					if _, err := h.Malloc(0, 64, true); err != nil {
						b.Fatal(err)
					}
				}
			}
			allocate(1000)
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				allocate(1)
				if n++; n == 1<<20 {
					n = 0 // 64 MiB
					b.StopTimer()
					if err := h.GC(func(a alloc.Addr) bool { p, err := h.Find(a); return err == nil && p.Size == 1024 }); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
				}
			}
		})
	}
}
