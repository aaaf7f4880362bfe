package slicegrow_test

import (
	"testing"

	"github.com/orrery-go/orrery/slicegrow"
)

// The same appends for both benchmarks: one element to full slices of 1 to 512 ints.
const benchCaps = 512

func BenchmarkGrow(b *testing.B) {
	r, err := slicegrow.ForRelease("")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	a := slicegrow.Append{Count: 1, Size: 8}
	for b.Loop() {
		a.Len = a.Len%benchCaps + 1
		a.Cap = a.Len
		if _, err := r.Grow(a); err != nil {
			b.Fatal(err)
		}
	}
}

var sink []int

func BenchmarkAppend(b *testing.B) {
	full := make([]int, benchCaps)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n = n%benchCaps + 1
		sink = append(full[:n:n], 1)
	}
}

func BenchmarkDiff(b *testing.B) {
	r, err := slicegrow.ForRelease("")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, ok := slicegrow.Diff(r, r); ok {
			b.Fatal("a release differs from itself")
		}
	}
}

func BenchmarkForRelease(b *testing.B) {
	for b.Loop() {
		if _, err := slicegrow.ForRelease("go1.17.13"); err != nil {
			b.Fatal(err)
		}
	}
}
