package explain

import (
	"slices"
	"testing"
)

// TestLikelier: of several explanations the likelier is given if it is so by the margin.
func TestLikelier(t *testing.T) {
	for _, c := range []struct {
		bits uint64
		want Verdict
	}{{0, Several}, {margin - 1, Several}, {margin, UpToOrder}} {
		var s Start
		s.explain([]label{{source: fromRing, from: -1, bits: 20 + c.bits}, {source: fromOther, from: 3, moved: 2, bits: 20}})
		if s.Verdict != c.want || c.want == UpToOrder && (s.Source != Stolen || s.From != 3) {
			t.Errorf("%+v: %+v", c, s)
		}
		// How many came with it follows likewise.
		s = Start{}
		s.explain([]label{{source: fromGlobal, from: -1, moved: 1, bits: c.bits}, {source: fromGlobal, from: -1, moved: 3}})
		if want := c.want == UpToOrder; (s.Moved == 3) != want || s.Verdict != Unique {
			t.Errorf("%+v: %+v", c, s)
		}
	}
}

// TestPaths: an explanation has the bits of the likeliest history with it, whatever came
// before and after.
func TestPaths(t *testing.T) {
	r := newReplay(1, trueRules())
	a := r.states[0]
	b := a.fork()
	b.bits = 5
	step := func(s *state, source origin) {
		s.nodes, s.bits = r.node(label{source: source}, s).self[:1:1], 0
	}
	r.layer = 1
	step(a, fromRing)
	step(b, fromGlobal)
	c := a.fork()
	r.layer = 2
	a.bits += 3
	step(a, fromRing)
	step(b, fromRing)
	step(c, fromNext)
	c.bits += unlikely
	a.unite(b)
	r.states = []*state{a, c}
	want := [][]label{{{source: fromRing, bits: 3}, {source: fromGlobal, bits: 5}}, {{source: fromRing, bits: 3}, {source: fromNext, bits: unlikely}}}
	for i, layer := range r.labels() {
		slices.SortFunc(layer, func(a, b label) int { return int(a.bits) - int(b.bits) })
		if !slices.Equal(layer, want[i]) {
			t.Errorf("layer %d: %+v, want %+v", i+1, layer, want[i])
		}
	}
}

// TestThin: the likeliest states are kept, and with what is left out nothing is certain
// until the queues are empty. What they say of schedtick is believed then, but not certain.
func TestThin(t *testing.T) {
	r := newReplay(1, trueRules())
	r.complete, r.cert.clean = true, true
	r.setRunnable(7, true)
	for i := range uint64(20) {
		s := r.states[0].fork()
		s.bits = 80 - 4*i
		r.states = append(r.states, s)
	}
	r.over = true
	if r.thin(10); len(r.states) != 21 || r.pruned {
		t.Errorf("%d states are left of 21 of a replay that is about to give up", len(r.states))
	}
	r.over = false
	r.thin(30)
	if len(r.states) != 21 || r.pruned || !r.cert.clean {
		t.Fatalf("%d states are left of 21", len(r.states))
	}
	r.thin(10)
	if len(r.states) != 10 || !r.pruned || r.cert.clean {
		t.Fatalf("%d states, pruned %v, clean %v", len(r.states), r.pruned, r.cert.clean)
	}
	if r.doubt != 0 {
		t.Errorf("what was left out is not likely, and leaves %d starts in doubt", r.doubt)
	}
	if r.thin(10); len(r.states) != 3 || r.doubt != 0 {
		t.Errorf("%d states are within the margin, doubt %d", len(r.states), r.doubt)
	}
	for len(r.states) < 10 {
		r.states = append(r.states, r.states[0].fork())
	}
	for _, s := range r.states {
		if s.bits > 36 {
			t.Errorf("one of %d bits is left", s.bits)
		}
		s.bits, s.own(0).ticks = 6, 4
	}
	r.work = 0
	if r.thin(20); len(r.states) != fewStates {
		t.Errorf("%d states are left while there is a little work", len(r.states))
	}
	r.work = -1
	if r.thin(20); len(r.states) > fewStates/2 {
		t.Errorf("%d states", len(r.states))
	}
	if got := []bool{r.doubted(), r.doubted(), r.doubted()}; !slices.Equal(got, []bool{true, true, false}) {
		t.Error("the goroutine that was runnable, one that runs at once, and no more, may have another explanation")
	}
	r.setRunnable(7, false)
	if r.pruned || !r.believed || !r.cert.clean || r.states[0].queues[0].ticks != 4 {
		t.Errorf("pruned %v, believed %v, clean %v, schedtick %b", r.pruned, r.believed, r.cert.clean, r.states[0].queues[0].ticks)
	}
	if r.lost(); r.believed || r.states[0].queues[0].ticks != r.ticks() {
		t.Errorf("lost: believed %v, schedtick %b", r.believed, r.states[0].queues[0].ticks)
	}
}

// TestThinLater: a state that is not likely is left as long as the states are all that are
// possible, and is left out as soon as they may not be, though no state was made since.
func TestThinLater(t *testing.T) {
	r := newReplay(1, trueRules())
	r.complete, r.cert.clean = true, true
	r.setRunnable(7, true)
	s := r.states[0].fork()
	s.bits = margin + 1
	r.states = append(r.states, s)
	for range 2 {
		if r.thin(10); len(r.states) != 2 {
			t.Fatalf("%d states are left of 2 that are all that are possible", len(r.states))
		}
		r.reclaim()
	}
	r.cert.clean = false
	if r.thin(10); len(r.states) != 1 || r.states[0] == s {
		t.Errorf("%d states", len(r.states))
	}
}
