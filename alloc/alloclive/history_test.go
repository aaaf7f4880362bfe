package alloclive

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/alloc/pages"
	"github.com/orrery-go/orrery/release"
)

// history compares spans, slots, tiny objects and the heap's growth with the recorded
// answers of a release.
func history(t *testing.T, release string, a Answers) {
	r, err := alloc.ForRelease(release)
	if err != nil {
		t.Fatal(err)
	}
	before13 := r.PageSize() == 4<<10
	checked, missing := 0, 0
	for _, s := range a.Spans {
		if s.Objects == 0 {
			missing++ // the probe saw no two fresh spans
			continue
		}
		place, err := r.Place(s.Size, !s.Scan)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.SpanObjects(place.Class, !s.Scan); got != s.Objects {
			t.Errorf("%d bytes, scan %v: model %d objects in a span, real %d", s.Size, s.Scan, got, s.Objects)
			continue
		}
		checked++
		if before13 {
			continue // its mcache keeps its memory over a collection, which is not modelled
		}
		if got, err := SlotsHash(release, s.Size, s.Scan, s.Objects); err != nil || got != s.Slots {
			t.Errorf("%d bytes, scan %v: the slots' hash is %d, %v; real %d", s.Size, s.Scan, got, err, s.Slots)
		}
	}
	// In Go 1.2 a span of 2,048 bytes has two objects, too few to tell it from the
	// next. Type descriptions of Go 1.3 lie among the objects.
	most := 0
	switch {
	case before13:
		most = 2
	case strings.HasPrefix(release, "go1.3."):
		most = 1
	}
	if missing > most {
		t.Errorf("%d of %d kinds of spans were not measured", missing, len(a.Spans))
	}
	t.Logf("%d kinds of spans, %d not measured", checked, missing)
	if got, err := TinyHash(release); !before13 && (err != nil || got != a.Tiny) {
		t.Errorf("the tiny objects' hash is %d, %v; real %d", got, err, a.Tiny)
	}

	var steps []int64
	h, err := pages.New(pages.Config{Release: release, Trace: func(e pages.Event) {
		if e.Kind == pages.Grow {
			steps = append(steps, e.Pages*r.PageSize())
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	for len(steps) < 3 {
		if _, err := h.Alloc(0, 4); err != nil {
			t.Fatal(err)
		}
	}
	if a.Base != 0 && a.Base != uint64(h.Base()) {
		t.Errorf("the heap begins at %#x, real %#x", h.Base(), a.Base)
	}
	if a.Base != 0 && steps[0] != a.Mapped || steps[2] != a.Growth {
		t.Errorf("the heap begins with %d bytes and grows by %d, real %d and %d", steps[0], steps[2], a.Mapped, a.Growth)
	}
	structs(t, r, release, a.Structs)
	programs(t, release, a)
	one, err := alloc.New(alloc.Config{Release: release})
	if err != nil {
		t.Fatal(err)
	}
	if got := one.ReadMemStats().MCacheInuse; int64(got) != a.MCache {
		t.Errorf("an mcache has %d bytes, real %d", got, a.MCache)
	}
	if _, err := one.Malloc(0, 100, true); err != nil {
		t.Fatal(err)
	}
	if got := int64(one.ReadMemStats().MSpanInuse); a.MSpan == 0 || got%a.MSpan != 0 || got/a.MSpan > 64 {
		t.Errorf("the descriptors have %d bytes, a real one %d", got, a.MSpan)
	}
	for i, make := range []func() error{
		func() error { _, err := r.MakeSlice(alloc.Type{Size: 8}, -1, -1); return err },
		func() error { _, err := r.MakeSlice(alloc.Type{Size: 8}, 0, -1); return err },
		func() error { _, err := r.MakeChan(alloc.Type{Size: 8}, -1); return err },
	} {
		if err := make(); err == nil || err.Error() != a.Refusals[i] {
			t.Errorf("make refuses with %v, real %s", err, a.Refusals[i])
		}
	}
}

// programs compares random programs with collections in between with the release: where
// every object is, and the statistics.
func programs(t *testing.T, rel string, a Answers) {
	const steps = 6000
	if len(a.Programs) != 8 {
		t.Errorf("%d programs", len(a.Programs))
	}
	objects, readings, spans, otherwise, disturbed := 0, 0, 0, 0, 0
	for i, real := range a.Programs {
		trace, err := ModelTrace(rel, i+1, steps)
		if err != nil {
			t.Fatal(err)
		}
		model := trace.Hash()
		if real == (Hashes{}) {
			disturbed++
			continue
		}
		objects, readings = objects+len(trace.Offsets), readings+len(trace.Readings)
		// The number of free rows of 1.9 to 1.13 depends on chance, and on how many work
		// buffers a collection takes; in 1.2 the count includes other memory of the
		// runtime.
		if rowsByChance(rel) {
			if minor(t, rel) == 2 {
				model = leftObject(trace).Hash()
				if model.Places != real.Places {
					otherwise++
					continue
				}
			}
			model.Spans = real.Spans
		} else {
			spans += len(trace.Readings)
		}
		if model != real {
			t.Errorf("program %d: model %+v, real %+v", i+1, model, real)
		}
	}
	// Go 1.2 takes numbers on a stack for pointers, so that an object may stay alive.
	if otherwise+disturbed > 5 || disturbed > 1 && minor(t, rel) != 2 {
		t.Errorf("of %d programs %d are otherwise and %d were disturbed each time", len(a.Programs), otherwise, disturbed)
	}
	t.Logf("%d objects in programs, %d readings, %d of them with the descriptors of spans", objects, readings, spans)
}

// leftObject adds to a trace an object that exists before each of the probe's programs
// in Go 1.2: one of the 512-byte objects that filled the spans, kept alive by a number
// on the stack until the program's first collection.
func leftObject(t Trace) Trace {
	t.Readings = slices.Clone(t.Readings)
	for i := range t.Readings {
		if r := &t.Readings[i]; r.Frees > 0 {
			r.Frees, r.Objects, r.Alloc = r.Frees+1, r.Objects-1, r.Alloc-512
		}
	}
	return t
}

func minor(t *testing.T, name string) int {
	r, err := release.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	return r.Minor()
}

// structs compares the structures of the model with the runtime's own types. Those of Go
// up to 1.3 were written in C, and have no debugging information here.
func structs(t *testing.T, r *alloc.Rules, release string, s map[string]string) {
	heap, known := s["runtime.mheap"]
	if known == (strings.HasPrefix(release, "go1.2.") || strings.HasPrefix(release, "go1.3.")) {
		t.Errorf("the types are known: %v", known)
	}
	if !known {
		return
	}
	if want := fmt.Sprintf("central[%d]", r.SpanClasses()); heap != want {
		t.Errorf("mheap has %s, the model %s", heap, want)
	}
	if fields := strings.Fields(s["runtime.p"]); !slices.Contains(fields, "mcache") {
		t.Errorf("p has no mcache, but %v", fields)
	}
	fields := strings.Fields(s["runtime.mcentral"])
	list, err := List(release)
	if err != nil {
		t.Fatal(err)
	}
	// Go 1.15 has both, and a constant selects one of them.
	if !slices.Contains(fields, list) || list == "nonempty" && slices.Contains(fields, "partial") {
		t.Errorf("mcentral has %v, the model %s", fields, list)
	}
	if list == "nonempty" && !slices.Contains(fields, "lock") {
		t.Errorf("mcentral has %v, and no lock", fields)
	}
}
