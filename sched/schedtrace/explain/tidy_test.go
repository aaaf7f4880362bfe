package explain

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"testing"
)

// TestTidy: nothing leads to what was given back. If it is looked for before every event,
// each start has the same explanation as if it seldom is, and no more is made.
func TestTidy(t *testing.T) {
	all := map[string][]byte{}
	for _, procs := range []int{4, 8} {
		for name, c := range fresh(t, procs, 3) {
			all[fmt.Sprint(name, "-", procs)] = c
		}
	}
	for _, folder := range []string{"", "hard"} {
		for name, c := range load(t, folder) {
			all[name] = c.trace
		}
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

// TestFreed walks all that an explainer can reach, after many of its steps: nothing leads
// to a put or look that was given back.
func TestFreed(t *testing.T) {
	for name, c := range fresh(t, 8, 1) {
		e, err := New(bytes.NewReader(c))
		if err != nil {
			t.Fatal(err)
		}
		for n, more := 0, true; more; n++ {
			look := n%199 == 0 && e.replay != nil
			if look {
				e.replay.cert.given.taken = 1 << 30 // have them looked for
			}
			if more, err = e.Step(); err != nil {
				t.Fatal(err)
			}
			e.Explained()
			if !look {
				continue
			}
			freed := map[uintptr]bool{}
			for _, u := range e.replay.cert.given.free {
				freed[reflect.ValueOf(u).Pointer()] = true
			}
			for _, l := range e.replay.cert.made.free {
				freed[reflect.ValueOf(l).Pointer()] = true
			}
			if path := reaches(reflect.ValueOf(e).Elem(), freed, map[uintptr]bool{}, "e"); path != "" {
				t.Fatalf("%s, step %d: %s was given back", name, n, path)
			}
		}
		for u := range e.replay.cert.given.each() {
			if u.awaited {
				t.Errorf("%s: nothing waits, but %+v is kept for that", name, *u)
			}
		}
	}
}

// TestAwaited: a put that a start that waits leads to is not given back, and others are.
func TestAwaited(t *testing.T) {
	c := &newReplay(1, trueRules()).cert
	u, v := c.given.next(), c.given.next()
	*u, *v = put{awaited: true, start: 1}, put{start: 1}
	c.given.taken = leastSweep
	if c.tidy(); !slices.Equal(c.given.free, []*put{v}) {
		t.Errorf("%d are free", len(c.given.free))
	}
}

// reaches returns a path to one of the values that are pointed to, or "". The pools
// themselves do not count, nor what was given back.
func reaches(v reflect.Value, freed, seen map[uintptr]bool, path string) string {
	switch v.Kind() {
	case reflect.Pointer:
		at := v.Pointer()
		if freed[at] {
			return path
		}
		if v.IsNil() || seen[at] {
			return ""
		}
		seen[at] = true
		return reaches(v.Elem(), freed, seen, path)
	case reflect.Interface:
		if !v.IsNil() {
			return reaches(v.Elem(), freed, seen, path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if name == "given" || name == "made" || name == "reader" {
				continue
			}
			if p := reaches(v.Field(i), freed, seen, path+"."+name); p != "" {
				return p
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if p := reaches(v.Index(i), freed, seen, fmt.Sprint(path, "[", i, "]")); p != "" {
				return p
			}
		}
	case reflect.Map:
		for k, x := range v.Seq2() {
			if p := reaches(x, freed, seen, fmt.Sprint(path, "[", k, "]")); p != "" {
				return p
			}
		}
	}
	return ""
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
	for _, a := range r.nodes.free {
		for i := range a {
			a[i] = node{label: label{source: 99}}
		}
	}
	for _, a := range r.edges.free {
		clear(a)
	}
	r.stamps.taken, r.cert.given.taken = 1<<30, 1<<30
}
