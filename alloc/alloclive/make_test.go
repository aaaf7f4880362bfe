package alloclive

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/alloc/pages"
)

// TestMake compares what new and make allocate with the runtime's counters: the number
// of objects, their classes and bytes.
func TestMake(t *testing.T) {
	c := process(t)
	all, err := c.Make()
	if err != nil {
		t.Fatal(err)
	}
	r := rules(t, "running")
	for _, m := range all {
		blocks := r.MakeMap()
		switch m.Verb {
		case "new":
			blocks, err = r.New(m.Type)
		case "slice":
			blocks, err = r.MakeSlice(m.Type, m.N, m.N)
		case "chan":
			blocks, err = r.MakeChan(m.Type, m.N)
		}
		if err != nil {
			t.Fatal(err)
		}
		h, err := alloc.New(alloc.Config{Release: "running"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Allocate(0, blocks); err != nil {
			t.Fatal(err)
		}
		s := h.ReadMemStats()
		model := Made{Verb: m.Verb, Type: m.Type, N: m.N, Mallocs: s.Mallocs, Bytes: s.TotalAlloc}
		for _, b := range s.BySize[:60] {
			if b.Mallocs > 0 {
				model.NonEmpty = append(model.NonEmpty, alloc.SizeStats{Size: b.Size, Mallocs: b.Mallocs})
			}
		}
		if diff := cmp.Diff(model, m); diff != "" {
			t.Errorf("(-model +real):\n%s", diff)
		}
	}
	if len(all) != 91 {
		t.Errorf("%d were made, want 91", len(all))
	}
}

// TestMakeErrors compares the arguments that make refuses with the runtime's panics.
func TestMakeErrors(t *testing.T) {
	r := rules(t, "running")
	byte8 := alloc.Type{Size: 8, Noscan: true}
	for _, n := range [][2]int64{{-1, 0}, {0, -1}, {1, 0}, {1 << 60, 1 << 60}, {0, 1 << 60}, {1<<48 + 1, 1<<48 + 1}} {
		if int64(int(n[0])) != n[0] || int64(int(n[1])) != n[1] {
			continue // on 4-byte words
		}
		_, err := r.MakeSlice(byte8, n[0], n[1])
		if real := panics(func() { sliceSink = make([]int64, int(n[0]), int(n[1])) }); err == nil || err.Error() != real {
			t.Errorf("make([]int64, %d, %d): model %v, real %s", n[0], n[1], err, real)
		}
	}
	for _, n := range []int64{-1, 1 << 60, 1 << 48} {
		if int64(int(n)) != n {
			continue
		}
		_, err := r.MakeChan(byte8, n)
		if real := panics(func() { chanSink = make(chan int64, int(n)) }); err == nil || err.Error() != real {
			t.Errorf("make(chan int64, %d): model %v, real %s", n, err, real)
		}
	}
}

var (
	sliceSink []int64
	chanSink  chan int64
)

func panics(f func()) (text string) {
	defer func() {
		if err, ok := recover().(error); ok {
			text = err.Error()
		}
	}()
	f()
	return ""
}

// TestLevels compares the growth of the heap, level by level, with a real one.
func TestLevels(t *testing.T) {
	c := process(t)
	real, err := c.Levels()
	if err != nil {
		t.Fatal(err)
	}
	model, err := ModelLevels("running")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(model, real); diff != "" {
		t.Errorf("(-model +real):\n%s", diff)
	}
}

// TestScavenge compares the memory that the heap retains with a real one: freed pages
// stay until they are scavenged, and then only page caches retain some.
func TestScavenge(t *testing.T) {
	real, err := process(t).Retained()
	if err != nil {
		t.Fatal(err)
	}
	h, err := pages.New(pages.Config{Release: "running"})
	if err != nil {
		t.Fatal(err)
	}
	retained := func() int64 {
		s := h.Stats()
		return (s.Mapped - s.InUse - s.Scavenged) * h.PageSize()
	}
	var model Retained
	var runs []pages.Run
	for range 64 {
		r, err := h.Alloc(0, 1<<20/h.PageSize())
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, r)
	}
	model.InUse = retained()
	for _, r := range runs {
		if err := h.Free(0, r.Page, r.Pages); err != nil {
			t.Fatal(err)
		}
	}
	model.Freed = retained()
	h.Scavenge(math.MaxInt64)
	model.Scavenged = retained()
	cache := 64 * h.PageSize()
	if model != (Retained{0, 64 << 20, 0}) {
		t.Errorf("model %+v", model)
	}
	for i, n := range [3][2]int64{{model.InUse, real.InUse}, {model.Freed, real.Freed}, {model.Scavenged, real.Scavenged}} {
		if d := n[1] - n[0]; d < 0 || d > cache {
			t.Errorf("%d: model %d bytes, real %d, want at most a page cache more", i, n[0], n[1])
		}
	}
	t.Logf("model %+v, real %+v", model, real)
}
