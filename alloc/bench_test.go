package alloc_test

import (
	"testing"

	"github.com/orrery-go/orrery/alloc"
)

func BenchmarkRoundUp(b *testing.B) {
	r, err := alloc.ForRelease("")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	size := int64(0)
	for b.Loop() {
		size = (size + 617) & 0xffff
		if _, err := r.RoundUp(size, false); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkForRelease(b *testing.B) {
	for b.Loop() {
		if _, err := alloc.ForRelease("go1.17.13"); err != nil {
			b.Fatal(err)
		}
	}
}
