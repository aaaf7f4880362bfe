package alloc_test

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/alloc"
)

var releases = []string{"go1.2", "go1.3", "go1.7", "go1.8", "go1.9", "go1.15", "go1.16", "go1.21", "go1.22", "go1.26", ""}

func rules(t rapid.TB, release string, word int) *alloc.Rules {
	t.Helper()
	r, err := alloc.ForRelease(release)
	if err != nil {
		t.Fatal(err)
	}
	if r, err = r.WithWordSize(word); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestClasses checks what every table promises: no slot wastes more than it may,
// and a request of a class's size gets that class.
func TestClasses(t *testing.T) {
	counts := map[string]int{"go1.2": 60, "go1.3": 66, "go1.7": 66, "go1.8": 66, "go1.15": 66, "go1.16": 67, "go1.26": 67}
	for _, release := range releases {
		r := rules(t, release, 8)
		classes := r.Classes()
		if want, ok := counts[release]; ok && len(classes) != want {
			t.Errorf("%s has %d classes, want %d", release, len(classes), want)
		}
		prev := int64(0)
		for i, c := range classes {
			if c.Index != i+1 || c.Size <= prev || c.Size%8 != 0 || c.SpanBytes%r.PageSize() != 0 {
				t.Errorf("%s: class %+v after size %d", release, c, prev)
			}
			if c.Objects*c.Size+c.TailWaste != c.SpanBytes || c.TailWaste < 0 || c.TailWaste*8 > c.SpanBytes {
				t.Errorf("%s: the span of %+v does not add up", release, c)
			}
			if c.Size%c.MinAlign != 0 || c.MaxWaste < 0 || c.MaxWaste >= 1 {
				t.Errorf("%s: class %+v", release, c)
			}
			prev = c.Size
		}
		if prev != 32<<10 {
			t.Errorf("%s: the largest class has %d bytes", release, prev)
		}
	}
}

// TestProperties checks that rounding up never rounds down, whatever the release, and
// agrees with the placement of the request.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rules(t, rapid.SampledFrom(releases).Draw(t, "release"), rapid.SampledFrom([]int{4, 8}).Draw(t, "word"))
		noscan := rapid.Bool().Draw(t, "noscan")
		size := rapid.OneOf(
			rapid.Int64Range(0, 40_000),
			rapid.Int64Range(0, 1<<20),
			rapid.Int64Range(0, r.MaxAlloc()),
		).Draw(t, "size")

		up, err := r.RoundUp(size, noscan)
		if err != nil {
			t.Fatal(err)
		}
		p, err := r.Place(size, noscan)
		if err != nil {
			t.Fatal(err)
		}
		if up < size {
			t.Fatalf("RoundUp(%d) = %d", size, up)
		}
		if again, err := r.RoundUp(up, noscan); err != nil && up <= r.MaxAlloc() || err == nil && again != up {
			t.Fatalf("RoundUp(%d) = %d, but RoundUp(%d) = %d, %v", size, up, up, again, err)
		}
		if p.Way != alloc.Tiny {
			if p.Bytes-p.Header != up || p.Waste != up-size {
				t.Fatalf("RoundUp(%d) = %d, but it is placed in %+v", size, up, p)
			}
		}
		if large := size > r.MaxSmall(); large != (p.Way == alloc.Large) {
			t.Fatalf("%d bytes are %s", size, p.Way)
		}
		if size > 0 {
			if less, err := r.RoundUp(size-1, noscan); err != nil || less > up {
				t.Fatalf("RoundUp(%d) = %d, %v > RoundUp(%d) = %d", size-1, less, err, size, up)
			}
		}
	})
}

func TestErrors(t *testing.T) {
	for _, bad := range []string{"1.17", "go2", "gopher"} {
		if _, err := alloc.ForRelease(bad); err == nil {
			t.Errorf("ForRelease(%q) succeeds", bad)
		}
	}
	r := rules(t, "", 8)
	for _, word := range []int{-8, 0, 2, 16} {
		if _, err := r.WithWordSize(word); err == nil {
			t.Errorf("WithWordSize(%d) succeeds", word)
		}
	}
	for _, size := range []int64{-1, -1 << 63, 1<<48 + 1, 1<<63 - 1} {
		if _, err := r.RoundUp(size, true); err == nil {
			t.Errorf("RoundUp(%d) succeeds", size)
		}
		if _, err := r.Place(size, false); err == nil {
			t.Errorf("Place(%d) succeeds", size)
		}
	}
}

// TestNewer checks that a future release has the newest known rules, and that the model
// says so.
func TestNewer(t *testing.T) {
	future := rules(t, "go1.99", 8)
	if got, want := future.Release(), "go1.99 (rules of go1.27)"; got != want {
		t.Errorf("Release() = %q, want %q", got, want)
	}
	want, _ := json.Marshal(rules(t, "", 8).Classes())
	if got, _ := json.Marshal(future.Classes()); string(got) != string(want) {
		t.Error("its classes are not those of the newest known release")
	}
}

func TestClassesAreTheCallers(t *testing.T) {
	r := rules(t, "", 8)
	r.Classes()[0].Size = 1
	if got := r.Classes()[0].Size; got != 8 {
		t.Errorf("a caller changed the rules' own table: the first class has %d bytes", got)
	}
}
