package slicegrow_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/slicegrow"
)

func FuzzGrow(f *testing.F) {
	f.Add("go1.17.13", 8, int64(1000), int64(1024), int64(25), int64(8), false, 0, 0, int64(100))
	f.Add("", 4, int64(1)<<31-1, int64(1)<<31-1, int64(1), int64(1), false, 1, 2, int64(-1))
	f.Add("running", 8, int64(-1), int64(1)<<62, int64(-1)<<63, int64(1)<<62, true, 2, 3, int64(1)<<62)
	f.Add("go1.2", 8, int64(1)<<62-1, int64(1)<<62-1, int64(1)<<61, int64(0), false, 1, 0, int64(1)<<20)
	f.Add("go1.8", 4, int64(1)<<30, int64(1)<<30, int64(1)<<30-1, int64(1), false, 1, 9, int64(3))
	f.Fuzz(func(t *testing.T, release string, word int, length, capacity, count, size int64, pointers bool, op, dest int, n int64) {
		r, err := slicegrow.ForRelease(release)
		if err != nil {
			return
		}
		if r, err = r.Word(word); err != nil {
			return
		}
		a := slicegrow.Append{Len: length, Cap: capacity, Count: count, Size: size, Pointers: pointers, Verb: slicegrow.Verb(op), Dest: slicegrow.Dest(dest)}
		g, err := r.Grow(a)
		if err == nil {
			if g.Cap < length+count || g.Len > g.Cap || g.Cap < 0 || g.Bytes < 0 || g.Waste < 0 {
				t.Fatalf("%+v", g)
			}
			if _, err := json.Marshal(g); err != nil {
				t.Fatal(err)
			}
		} else if g != (slicegrow.Growth{}) {
			t.Fatalf("%+v beside the error %v", g, err)
		} else if text := err.Error(); !strings.HasPrefix(text, "slicegrow: ") && !strings.HasPrefix(text, "growslice: ") &&
			text != "cannot be negative" && text != "runtime: allocation size out of range" {
			t.Fatalf("error %q", text)
		}
		_ = g.String()
		if m, err := r.Move(a); err == nil && m.Cap < length {
			t.Fatalf("%+v", m)
		}
		steps := 0
		for s, err := range r.Sequence(a, n) {
			if steps++; steps > 1000 {
				break
			}
			if err == nil && s.Cap < s.Len {
				t.Fatalf("%+v", s)
			}
		}
		s := slicegrow.Slice{Ptr: slicegrow.Pointer(dest), Len: length, Cap: capacity}
		after, _, err := r.Append(s, a)
		if err == nil && after.Len > after.Cap {
			t.Fatalf("%+v", after)
		}
		if _, err := s.Views(release); err == nil && (length != 0 || capacity < 0) {
			t.Fatalf("views of %+v", s)
		}
		if s, err := slicegrow.Make(length, capacity, size, pointers); err == nil && s.Len > s.Cap {
			t.Fatalf("%+v", s)
		}
		if s, err := slicegrow.Literal(length, size, pointers); err == nil && s.IsNil() {
			t.Fatalf("%+v", s)
		}
		if slicegrow.DeepEqual(s, slicegrow.Var()) && !s.IsNil() {
			t.Fatalf("%+v equals nil", s)
		}
	})
}

// FuzzNames reads the names of the enumerations.
func FuzzNames(f *testing.F) {
	f.Add("grow")
	f.Add("returned-cap")
	f.Add("stack-buffer")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		var op slicegrow.Verb
		var dest slicegrow.Dest
		var ptr slicegrow.Pointer
		var rule slicegrow.Rule
		if op.UnmarshalText([]byte(text)) == nil && op.String() != text ||
			dest.UnmarshalText([]byte(text)) == nil && dest.String() != text ||
			ptr.UnmarshalText([]byte(text)) == nil && ptr.String() != text ||
			rule.UnmarshalText([]byte(text)) == nil && rule.String() != text {
			t.Fatalf("%q is read as %s, %s, %s, %s", text, op, dest, ptr, rule)
		}
	})
}

func FuzzDiff(f *testing.F) {
	f.Add("go1.17", "go1.18", 8, 8)
	f.Add("", "running", 4, 8)
	f.Fuzz(func(t *testing.T, a, b string, wordA, wordB int) {
		ra, errA := slicegrow.ForRelease(a)
		rb, errB := slicegrow.ForRelease(b)
		if errA != nil || errB != nil {
			return
		}
		ra, errA = ra.Word(wordA)
		rb, errB = rb.Word(wordB)
		if errA != nil || errB != nil {
			return
		}
		if d, ok := slicegrow.Diff(ra, rb); ok && d.A.Cap == d.B.Cap && d.A.Len == d.B.Len && d.A.Ptr == d.B.Ptr && d.ErrA == d.ErrB {
			t.Fatalf("%+v is no difference", d)
		}
	})
}

// FuzzMemory gives statements to a Memory with two slices of one array.
func FuzzMemory(f *testing.F) {
	for _, s := range []string{"a = append(a[:1], b...)", "b = a[1:2:3]", "copy(a[1:], a)", "a[a[0]] = len(b)", "c := make([]int, 3, 8)", "var c []int", "a = append(a)"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, one, two string) {
		r, err := slicegrow.ForRelease("go1.12")
		if err != nil {
			t.Fatal(err)
		}
		m := r.NewMemory()
		for _, s := range []string{"a := []int{1, 2, 3}", "b := a[1:]", one, two, one} {
			e, err := m.Do(s)
			if err == nil && e.Seen == nil {
				t.Fatalf("%q: %+v", s, e)
			}
			for _, v := range m.Snapshot().Vars {
				if int64(len(v.Elements)) > v.Cap || v.Nil != (v.Array == 0) {
					t.Fatalf("after %q: %+v", s, v)
				}
			}
		}
	})
}
