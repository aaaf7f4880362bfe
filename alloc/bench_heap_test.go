package alloc_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/orrery-go/orrery/alloc"
)

// What is allocated for real escapes to these.
var (
	byteSink    []byte
	pointerSink []*byte
)

// BenchmarkMalloc allocates in the model and for real, in one run. Nothing stays
// alive, and the sweeping is part of it: the model collects every 32,768
// allocations, the runtime when it wants to.
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
