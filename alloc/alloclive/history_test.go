package alloclive

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/alloc/pages"
)

// history holds spans, slots, tiny objects and the heap's growth against what each
// release did.
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
			continue // its mcache keeps what it has over a collection: not modelled
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
}

// structs holds what the model is made of against the runtime's own types. Those
// of Go up to 1.3 were written in C, and say nothing.
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
	// Go 1.15 has both, and a constant that says which of them it uses.
	if !slices.Contains(fields, list) || list == "nonempty" && slices.Contains(fields, "partial") {
		t.Errorf("mcentral has %v, the model %s", fields, list)
	}
	if list == "nonempty" && !slices.Contains(fields, "lock") {
		t.Errorf("mcentral has %v, and no lock", fields)
	}
}
