package pages_test

import (
	"fmt"
	"testing"

	"github.com/orrery-go/orrery/alloc/pages"
)

// BenchmarkAlloc takes and frees a row in a heap in which every second page is free: the
// tree skips all of these.
func BenchmarkAlloc(b *testing.B) {
	for _, release := range []string{"go1.13", ""} {
		for _, size := range []int64{1 << 20, 1 << 30} {
			b.Run(fmt.Sprintf("%s/%d", release, size), func(b *testing.B) {
				h, err := pages.New(pages.Config{Release: release, Limit: max(4*size, 256<<20)})
				if err != nil {
					b.Fatal(err)
				}
				n := size / h.PageSize()
				for range n {
					if _, err := h.Alloc(0, 1); err != nil {
						b.Fatal(err)
					}
				}
				for i := int64(0); i < n; i += 2 {
					if err := h.Free(0, i, 1); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportAllocs()
				for b.Loop() {
					r, err := h.Alloc(0, 20)
					if err != nil {
						b.Fatal(err)
					}
					if err := h.Free(0, r.Page, r.Pages); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
