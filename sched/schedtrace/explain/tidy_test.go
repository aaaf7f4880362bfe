package explain

import (
	"bytes"
	"reflect"
	"slices"
	"testing"
)

// TestTidy: nothing leads to what was given back. If it is looked for before every event,
// each start has the same explanation as if it seldom is, and no more is made.
func TestTidy(t *testing.T) {
	all := fresh(t, 3)
	for name, c := range load(t) {
		all[name] = c.trace
	}
	for name, c := range all {
		explained := func(always bool) (starts []Start, stamps int) {
			e, err := New(bytes.NewReader(c))
			if err != nil {
				t.Fatal(err)
			}
			for more := true; more; {
				if always && e.replay != nil {
					spoil(e.replay)
				}
				if more, err = e.Step(); err != nil {
					t.Fatal(err)
				}
				starts = append(starts, e.Explained()...)
			}
			return starts, len(e.replay.stamps.arrays)
		}
		want, many := explained(false)
		got, few := explained(true)
		if !slices.EqualFunc(got, want, func(a, b Start) bool { return reflect.DeepEqual(a, b) }) {
			t.Errorf("%s: the explanations differ", name)
		}
		if few > many {
			t.Errorf("%s: %d arrays of stamps, and %d if they are seldom given back", name, few, many)
		}
	}
}

// spoil writes nonsense into all that was given back, and has more looked for.
func spoil(r *replay) {
	for _, id := range r.stamps.free {
		*r.stamps.at(id) = stamp{id: id, at: 1, closed: open, m: -1, overlaps: true}
	}
	for _, u := range r.cert.given.free {
		*u = put{kind: inRing, at: 1, closed: 1, nth: 1, start: 1, passed: true}
	}
	for _, l := range r.cert.made.free {
		*l = look{to: open}
	}
	for _, x := range r.stores.free {
		for _, s := range x {
			clear(s.all)
		}
	}
	r.stamps.taken, r.cert.given.taken = 1<<30, 1<<30
}
