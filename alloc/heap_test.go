package alloc_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/alloc"
)

func heap(t rapid.TB, c alloc.Config) *alloc.Heap {
	t.Helper()
	h, err := alloc.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// requests generates sizes around all thresholds.
func requests() *rapid.Generator[int64] {
	return rapid.OneOf(
		rapid.Int64Range(0, 40),
		rapid.Int64Range(1, 2100),
		rapid.Int64Range(1, 40_000),
		rapid.Int64Range(30_000, 3_000_000),
	)
}

// TestHeap allocates, frees, collects and sweeps in any order, in any release, and
// checks all invariants after each step; a live object is never handed out again.
func TestHeap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		procs := rapid.IntRange(1, 3).Draw(t, "procs")
		h := heap(t, alloc.Config{Release: rapid.SampledFrom(releases).Draw(t, "release"), Procs: procs, Limit: 256 << 20})
		type object struct {
			a     alloc.Addr
			size  int64
			block alloc.Addr // the block that contains it
		}
		var objects []object
		var lost uint64
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			p := rapid.IntRange(0, procs-1).Draw(t, "p")
			switch rapid.IntRange(0, 9).Draw(t, "verb") {
			default:
				size, noscan := requests().Draw(t, "size"), rapid.Bool().Draw(t, "noscan")
				for range rapid.SampledFrom([]int{1, 1, 10, 700}).Draw(t, "times") {
					if size > 100_000 && len(objects) > 50 {
						break
					}
					a, err := h.Malloc(p, size, noscan)
					if err != nil {
						t.Fatal(err)
					}
					if size == 0 {
						if a != alloc.Zerobase {
							t.Fatalf("nothing is at %v", a)
						}
						continue
					}
					place, err := h.Find(a)
					if err != nil {
						t.Fatal(err)
					}
					begin := place.Span + alloc.Addr(place.Index)*alloc.Addr(place.Size)
					if end := begin + alloc.Addr(place.Size); a < begin || a+alloc.Addr(size) > end {
						t.Fatalf("%d bytes at %v leave their slot, %v to %v", size, a, begin, end)
					}
					objects = append(objects, object{a, size, begin})
				}
			case 5:
				keep := rapid.IntRange(0, 5).Draw(t, "keep")
				live := map[alloc.Addr]bool{}
				var left []object
				for i, o := range objects {
					if keep > 0 && i%keep == 0 {
						left = append(left, o)
						live[o.block], live[o.block+8] = true, true
					}
				}
				objects = left
				if err := h.Mark(func(a alloc.Addr) bool { return live[a] }); err != nil {
					t.Fatal(err)
				}
			case 6:
				h.Sweep(rapid.IntRange(0, 20).Draw(t, "spans"))
			case 7:
				m := h.ReadMemStats()
				if m.Mallocs-m.Frees != m.HeapObjects || m.HeapInuse+m.HeapIdle != m.HeapSys || m.HeapReleased > m.HeapIdle || m.HeapAlloc > m.HeapInuse {
					t.Fatalf("%+v", m)
				}
				if m.TotalAlloc < lost {
					t.Fatalf("%d bytes were allocated, and then %d", lost, m.TotalAlloc)
				}
				lost = m.TotalAlloc
			case 8:
				if len(objects) > 0 {
					i := rapid.IntRange(0, len(objects)-1).Draw(t, "object")
					if err := h.Free(p, objects[i].a); err == nil {
						objects = slices.Delete(objects, i, i+1)
					}
				}
			}
			if err := h.Check(); err != nil {
				t.Fatal(err)
			}
		}
		slices.SortFunc(objects, func(x, y object) int {
			if x.a != y.a {
				return int(int64(x.a) - int64(y.a))
			}
			return int(x.size - y.size)
		})
		for i := 1; i < len(objects); i++ {
			if o := objects[i-1]; o.a+alloc.Addr(o.size) > objects[i].a {
				t.Fatalf("%d bytes at %v and %d at %v overlap", o.size, o.a, objects[i].size, objects[i].a)
			}
		}
	})
}

// TestLowestFirst fills spans, frees some slots, and checks that they are used again:
// the lowest first, in every release, since all other free slots come after it.
func TestLowestFirst(t *testing.T) {
	for _, release := range releases {
		h := heap(t, alloc.Config{Release: release})
		var all []alloc.Addr
		for range 600 {
			a, err := h.Malloc(0, 64, false)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, a)
		}
		if !slices.IsSorted(all) {
			t.Errorf("%s: fresh slots are not in order", release)
		}
		dead := map[alloc.Addr]bool{}
		for i := 3; i < 60; i += 7 {
			dead[all[i]] = true
		}
		if err := h.GC(func(a alloc.Addr) bool { return !dead[a] }); err != nil {
			t.Fatal(err)
		}
		var again []alloc.Addr
		for range len(dead) + 50 {
			a, err := h.Malloc(0, 64, false)
			if err != nil {
				t.Fatal(err)
			}
			if dead[a] {
				again = append(again, a)
			}
		}
		if !slices.IsSorted(again) || len(again) != len(dead) {
			t.Errorf("%s: of %d free slots %d come back, in order: %v", release, len(dead), len(again), slices.IsSorted(again))
		}
	}
}

// TestBadInput checks that wrong arguments leave the heap unchanged.
func TestBadInput(t *testing.T) {
	for _, c := range []alloc.Config{{Release: "go2"}, {Procs: -1}, {Procs: 1025}, {Limit: -1}, {Limit: 1 << 40}} {
		if _, err := alloc.New(c); err == nil {
			t.Errorf("New(%+v) succeeds", c)
		}
	}
	h := heap(t, alloc.Config{Limit: 16 << 20})
	small, err := h.Malloc(0, 100, false)
	if err != nil {
		t.Fatal(err)
	}
	header, err := h.Malloc(0, 1000, false)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]func() error{
		"P -1":        func() error { _, err := h.Malloc(-1, 8, true); return err },
		"P 1":         func() error { _, err := h.Malloc(1, 8, true); return err },
		"size -1":     func() error { _, err := h.Malloc(0, -1, true); return err },
		"size 2^48+1": func() error { _, err := h.Malloc(0, 1<<48+1, true); return err },
		"size 2^63-1": func() error { _, err := h.Malloc(0, 1<<63-1, true); return err },
		"size 2^40":   func() error { _, err := h.Malloc(0, 1<<40, true); return err },
		"interior":    func() error { return h.Free(0, small+8) },
		"header":      func() error { return h.Free(0, header-8) },
		"free slot":   func() error { return h.Free(0, small+112) },
		"pointers":    func() error { return h.Free(0, header) },
		"foreign":     func() error { return h.Free(0, 8) },
		"zerobase":    func() error { return h.Free(0, alloc.Zerobase) },
		"behind":      func() error { return h.Free(0, ^alloc.Addr(0)) },
		"free of P 7": func() error { return h.Free(7, small) },
		"no live":     func() error { return h.GC(nil) },
		"nested": func() (err error) {
			h.GC(func(alloc.Addr) bool { err = h.GC(func(alloc.Addr) bool { return true }); return true })
			return
		},
		"find nothing": func() error { _, err := h.Find(0); return err },
		"find the first byte after the heap": func() error {
			s := h.Snapshot()
			_, err := h.Find(s.Base + alloc.Addr(s.Stats.HeapSys))
			return err
		},
		"freed twice": func() error { return errors.Join(h.Free(0, small), h.Free(0, small)) },
	} {
		if err := bad(); err == nil {
			t.Errorf("%s: no error", name)
		}
		if err := h.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	n := 0
	for ; err == nil && n < 10_000; n++ {
		_, err = h.Malloc(0, 5000, true)
	}
	if !errors.Is(err, alloc.OutOfMemory) || n < 3000 {
		t.Errorf("after %d objects: %v", n, err)
	}
	if err := h.GC(func(alloc.Addr) bool { return false }); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Malloc(0, 8<<20, true); err != nil {
		t.Errorf("after a collection: %v", err)
	}
	if err := h.Check(); err != nil {
		t.Error(err)
	}
	if _, err := h.Malloc(0, 1<<48+1, true); !errors.Is(err, alloc.OutOfMemory) {
		t.Error(err)
	}
}

// TestReuse checks that a freed slot is handed out again first, and then counts as
// neither freed nor allocated.
func TestReuse(t *testing.T) {
	h := heap(t, alloc.Config{})
	a, err := h.Malloc(0, 100, true)
	if err != nil {
		t.Fatal(err)
	}
	before := h.Snapshot().Stats.Mallocs
	if err := h.Free(0, a); err != nil {
		t.Fatal(err)
	}
	if b, err := h.Malloc(0, 100, true); err != nil || b != a {
		t.Errorf("%v was freed, and %v is handed out, %v", a, b, err)
	}
	if after := h.Snapshot().Stats; after.Mallocs != before || after.Frees != 0 {
		t.Errorf("%d allocated, then %d, and %d freed", before, after.Mallocs, after.Frees)
	}
}

// TestFreed follows an object that was freed: it can be freed again once its slot was
// handed out again, and a collection does not find it alive.
func TestFreed(t *testing.T) {
	h := heap(t, alloc.Config{})
	malloc := func() alloc.Addr {
		a, err := h.Malloc(0, 100, true)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	free := func(a alloc.Addr) {
		t.Helper()
		if err := h.Free(0, a); err != nil {
			t.Fatal(err)
		}
	}
	all := func(alloc.Addr) bool { return true }
	first, second := malloc(), malloc()
	free(first)
	if again := malloc(); again != first {
		t.Fatalf("%v comes, not %v", again, first)
	}
	free(first) // it is another object now
	if err := h.GC(all); err != nil {
		t.Fatal(err)
	}
	if m := h.ReadMemStats(); m.HeapObjects != 1 || m.Frees != 1 {
		t.Errorf("%d objects are left, %d were freed", m.HeapObjects, m.Frees)
	}
	if a := malloc(); a != first {
		t.Fatalf("%v comes, not %v", a, first)
	}
	free(first)
	free(second)
	if err := h.Check(); err != nil {
		t.Error(err)
	}
}

// TestFreedFar: an object in a slot that was freed explicitly, and swept, is another one, also
// where the bits of the slot are not in the first word.
func TestFreedFar(t *testing.T) {
	for _, release := range releases {
		h := heap(t, alloc.Config{Release: release})
		var all []alloc.Addr
		for range 300 {
			a, err := h.Malloc(0, 32, true)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, a)
		}
		for _, i := range []int{3, 70, 200, 299} {
			if err := h.Free(0, all[i]); err != nil {
				t.Fatalf("%s: %v", release, err)
			}
		}
		for range 2 { // the slots are used again after the first collection, and nothing dies in the second
			if err := h.GC(func(alloc.Addr) bool { return true }); err != nil {
				t.Fatal(err)
			}
			if m := h.ReadMemStats(); m.HeapObjects != 296 && m.HeapObjects != 300 {
				t.Errorf("%s: %d objects are left", release, m.HeapObjects)
			}
			for m := h.ReadMemStats(); m.HeapObjects < 300; m.HeapObjects++ {
				if _, err := h.Malloc(0, 32, true); err != nil {
					t.Fatal(err)
				}
			}
		}
		if m := h.ReadMemStats(); m.HeapObjects != 300 || m.Frees != 4 {
			t.Errorf("%s: %d objects are left, and %d were freed, want 300 and 4", release, m.HeapObjects, m.Frees)
		}
	}
}

// TestSweptInPlace: only in Go 1.3 a span that is found unswept is swept in its list, and the
// search begins again (go1.3.3 pkg/runtime/mcentral.c:runtime·MCentral_CacheSpan).
func TestSweptInPlace(t *testing.T) {
	for release, want := range map[string]bool{"go1.3": true, "go1.4": false, "go1.5": false, "go1.9": false} {
		var events []alloc.Event
		h := heap(t, alloc.Config{Release: release, Trace: func(e alloc.Event) { events = append(events, e) }})
		n := int(h.Rules().SpanObjects(6, true))
		for range n + n/2 { // one full span, one with room
			if _, err := h.Malloc(0, 64, true); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.Mark(func(a alloc.Addr) bool { return a>>6%2 == 0 }); err != nil {
			t.Fatal(err)
		}
		for range n / 2 {
			if _, err := h.Malloc(0, 64, true); err != nil {
				t.Fatal(err)
			}
		}
		unswept := count(events, alloc.PartialUnswept) + count(events, alloc.FullUnswept)
		if (unswept == 0) != want {
			t.Errorf("%s: %d spans were found unswept", release, unswept)
		}
	}
}

// full makes n full spans of 64-byte objects, and marks: the objects of spans with odd
// numbers are dead.
func full(t *testing.T, spans int, odd bool) (h *alloc.Heap, events *[]alloc.Event) {
	t.Helper()
	events = new([]alloc.Event)
	h = heap(t, alloc.Config{Release: "go1.26", Trace: func(e alloc.Event) { *events = append(*events, e) }})
	for range spans * int(h.Rules().SpanObjects(6, true)) {
		if _, err := h.Malloc(0, 64, true); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Mark(func(a alloc.Addr) bool { return !odd || a>>13%2 == 0 }); err != nil {
		t.Fatal(err)
	}
	*events = nil
	return h, events
}

func count(events []alloc.Event, k alloc.Kind) (n int) {
	for _, e := range events {
		if e.Kind == k {
			n++
		}
	}
	return n
}

// TestSweepBudget checks that a P that looks for a span sweeps 101 full ones in vain,
// and then takes a fresh one, for whose page the others are swept, too: reclaim does not see
// that objects without pointers are alive in spans with their mark bits inside.
func TestSweepBudget(t *testing.T) {
	h, events := full(t, 150, false)
	if _, err := h.Malloc(0, 64, true); err != nil {
		t.Fatal(err)
	}
	if swept, fresh := count(*events, alloc.Swept), count(*events, alloc.FreshSpan); swept != 149 || fresh != 1 {
		t.Errorf("%d spans are swept and %d are fresh", swept, fresh)
	}
	if n := h.Unswept(); n != 0 { // the P's own span was swept when marking ended
		t.Errorf("%d spans are unswept", n)
	}
	vain := 0
	for _, e := range *events {
		if e.Kind == alloc.Swept {
			vain++
		}
		if e.Kind == alloc.Pages+"fill cache" || e.Kind == alloc.FreshSpan {
			break
		}
	}
	if vain < 101 {
		t.Errorf("only %d are swept before pages are taken", vain)
	}
}

// TestReclaim checks that a P that needs pages first sweeps all spans of a chunk: those of
// objects without pointers even if some are alive, since their marks are not seen.
func TestReclaim(t *testing.T) {
	h, events := full(t, 21, true)
	if _, err := h.Malloc(0, 5*8192, true); err != nil {
		t.Fatal(err)
	}
	if swept, freed := count(*events, alloc.Swept), count(*events, alloc.SpanFreed); swept != 20 || freed != 10 {
		t.Errorf("%d spans are swept, %d freed", swept, freed)
	}
	if err := h.Check(); err != nil {
		t.Error(err)
	}
}

// TestAllocations checks that allocating, collecting and sweeping in the model
// allocates nothing once the heap has its size.
func TestAllocations(t *testing.T) {
	for _, release := range releases {
		h := heap(t, alloc.Config{Release: release})
		round := func() {
			for i := range int64(5000) {
				if _, err := h.Malloc(0, i%1500+1, i%3 == 0); err != nil {
					t.Fatal(err)
				}
			}
			if err := h.GC(func(a alloc.Addr) bool { return a%4096 == 0 }); err != nil {
				t.Fatal(err)
			}
		}
		for range 5 {
			round()
		}
		if n := testing.AllocsPerRun(5, round); n != 0 {
			t.Errorf("%s: %v allocations in a round", release, n)
		}
	}
}

// TestSweptBytes checks that the bytes in the events of sweeping add up to the decrease
// of HeapAlloc, in every release.
func TestSweptBytes(t *testing.T) {
	for _, release := range releases {
		told := uint64(0)
		h := heap(t, alloc.Config{Release: release, Trace: func(e alloc.Event) {
			if e.Kind == alloc.Swept {
				told += uint64(e.Bytes)
			}
		}})
		for i := range 3000 {
			if _, err := h.Malloc(0, []int64{8, 64, 500, 3000, 50_000}[i%5], i%2 == 0); err != nil {
				t.Fatal(err)
			}
		}
		before := h.ReadMemStats().HeapAlloc
		if err := h.GC(func(a alloc.Addr) bool { return a>>9%3 == 0 }); err != nil {
			t.Fatal(err)
		}
		if fell := before - h.ReadMemStats().HeapAlloc; told != fell || fell == 0 {
			t.Errorf("%q: sweeping tells of %d bytes, and HeapAlloc falls by %d", release, told, fell)
		}
	}
}
