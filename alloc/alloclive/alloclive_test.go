package alloclive

import (
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/underrace"
)

const limit = 140_000 // bytes: the largest request that is compared in every release

func rules(t testing.TB, release string) *alloc.Rules {
	t.Helper()
	r, err := alloc.ForRelease(release)
	if err != nil {
		t.Fatal(err)
	}
	if word == 4 {
		if r, err = r.WithWordSize(4); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// TestRoundUp compares requests with append: all up to the largest class, and above it,
// where whole pages are given out, the sizes around each page and every 37th. TestGolden
// compares all sizes for the recorded releases.
func TestRoundUp(t *testing.T) {
	r := rules(t, "running")
	checked := 0
	for _, noscan := range []bool{true, false} {
		for n := int64(0); n <= limit; n++ {
			if d := n % r.PageSize(); n > 33_280 && n%37 != 0 && 16 < d && d < r.PageSize()-16 || !noscan && n%word != 0 {
				continue
			}
			want, err := RoundUp(n, noscan)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := r.RoundUp(n, noscan); err != nil || got != want {
				t.Fatalf("%d bytes, noscan %v: model %d, %v; append %d", n, noscan, got, err, want)
			}
			checked++
		}
	}
	t.Logf("%d requests, 0 mismatches", checked)
}

// TestPlace compares the path of a request in the allocator, its class, header and waste
// with the runtime's counters.
func TestPlace(t *testing.T) {
	place := Place
	if underrace.On { // the race detector turns the tiny allocator off
		place = process(t).Place
	}
	r := rules(t, "running")
	checked, rejected := 0, 0
	for _, noscan := range []bool{true, false} {
		for n := int64(0); n <= limit; n = next(r, n) {
			if !noscan && n%word != 0 {
				continue
			}
			live, err := place(n, noscan)
			if err != nil && err.Error() == ErrDisturbed.Error() { // an error of a child arrives as text
				rejected++
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			model, err := r.Place(n, noscan)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(model, live); diff != "" {
				t.Fatalf("%d bytes, noscan %v (-model +live):\n%s", n, noscan, diff)
			}
			checked++
		}
	}
	t.Logf("%d requests, %d rejected, 0 mismatches", checked, rejected)
	if checked < 9*rejected {
		t.Errorf("%d of %d requests could not be measured", rejected, checked+rejected)
	}
}

// next returns the next size to compare: every size up to 600, then those around each
// class and page.
func next(r *alloc.Rules, n int64) int64 {
	if n < 600 {
		return n + 1
	}
	for m := n + 1; ; m++ {
		for _, d := range []int64{-9, -8, -1, 0, 1, 8} {
			if m%r.PageSize() == (d+r.PageSize())%r.PageSize() || slices.Contains(boundaries, m-d) {
				return m
			}
		}
	}
}

var boundaries = Sizes()

func TestSizes(t *testing.T) {
	var model []int64
	for _, c := range rules(t, "running").Classes() {
		model = append(model, c.Size)
	}
	if diff := cmp.Diff(model, Sizes()); diff != "" {
		t.Errorf("(-model +live):\n%s", diff)
	}
}

// TestBySize compares the classes with the sizes in MemStats.BySize.
func TestBySize(t *testing.T) {
	var ms runtime.MemStats
	runtime.ReadMemStats(&ms)
	var bySize []int64
	for _, c := range ms.BySize[1:] {
		bySize = append(bySize, int64(c.Size))
	}
	compareSizes(t, rules(t, "running"), bySize)
}

// TestGolden checks the rules of each release against what that release answered.
func TestGolden(t *testing.T) {
	Golden.Test(t, func(t *testing.T, release string, a Answers) {
		r, err := alloc.ForRelease(release)
		if err != nil {
			t.Fatal(err)
		}
		compareSizes(t, r, a.BySize)
		before13 := r.PageSize() == 4<<10
		if got := a.Noscan == nil; got != before13 {
			t.Errorf("append rounds up: %v", !got)
		}
		checked := 0
		if !before13 {
			checked += compare(t, "append, noscan", a.Noscan, 0, 1, func(n int64) (int64, error) { return r.RoundUp(n, true) })
			checked += compare(t, "append, scan", a.Scan, 0, 8, func(n int64) (int64, error) { return r.RoundUp(n, false) })
		}
		heap := func(noscan bool) func(int64) (int64, error) {
			return func(n int64) (int64, error) {
				p, err := r.Place(n, noscan)
				return p.Bytes, err
			}
		}
		checked += compare(t, "heap, noscan", a.HeapNoscan, 16, 1, heap(true))
		if a.HeapScan == nil != strings.HasPrefix(release, "go1.3.") {
			t.Errorf("the heap's pointerful objects were measured: %v", a.HeapScan != nil)
		}
		if a.HeapScan != nil {
			checked += compare(t, "heap, scan", a.HeapScan, 16, 8, heap(false))
		}
		t.Logf("%d requests", checked)
		history(t, release, a)
	})
}

func compareSizes(t *testing.T, r *alloc.Rules, bySize []int64) {
	t.Helper()
	classes := r.Classes()
	if len(bySize) != 60 {
		t.Errorf("MemStats.BySize names %d classes, want its 60", len(bySize))
	}
	for i, size := range bySize {
		if classes[i].Size != size || classes[i].Index != i+1 {
			t.Fatalf("class %d: model %d, MemStats.BySize %d", i+1, classes[i].Size, size)
		}
	}
}

// compare checks a rule against recorded steps at every size up to the limit.
func compare(t *testing.T, what string, recorded golden.Steps, from, step int64, rule func(int64) (int64, error)) (checked int) {
	t.Helper()
	for n := from; n <= limit; n += step {
		want, err := recorded.At(n)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got, err := rule(n); err != nil || got != want {
			t.Fatalf("%s, %d bytes: model %d, %v; real %d", what, n, got, err, want)
		}
		checked++
	}
	return checked
}

func TestBadSizes(t *testing.T) {
	for _, size := range []int64{-1, 1 << 40} {
		if _, err := RoundUp(size, true); err == nil {
			t.Errorf("RoundUp(%d) succeeds", size)
		}
		if _, err := Place(size, true); err == nil {
			t.Errorf("Place(%d) succeeds", size)
		}
	}
	if _, err := RoundUp(word+1, false); err == nil {
		t.Error("a fraction of a pointer can be allocated")
	}
}
