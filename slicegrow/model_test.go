package slicegrow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/slicegrow"
)

var releases = []string{"go1.2", "go1.3", "go1.4", "go1.6", "go1.7", "go1.9", "go1.10", "go1.15", "go1.16", "go1.17",
	"go1.18", "go1.19", "go1.20", "go1.21", "go1.22", "go1.24", "go1.25", "go1.26", ""}

func rules(t rapid.TB, release string, word int) *slicegrow.Rules {
	t.Helper()
	r, err := slicegrow.ForRelease(release)
	if err != nil {
		t.Fatal(err)
	}
	if r, err = r.Word(word); err != nil {
		t.Fatal(err)
	}
	return r
}

// anAppend draws an append that makes sense for the word size.
func anAppend(t *rapid.T, word int64) slicegrow.Append {
	a := slicegrow.Append{
		Size: rapid.OneOf(rapid.Int64Range(0, 40), rapid.Int64Range(0, 4096), rapid.Int64Range(0, 1<<26)).Draw(t, "size"),
		Verb: rapid.SampledFrom([]slicegrow.Verb{slicegrow.Values, slicegrow.Spread, slicegrow.Grow}).Draw(t, "op"),
		Dest: rapid.SampledFrom([]slicegrow.Dest{slicegrow.Escapes, slicegrow.Local, slicegrow.Returned, slicegrow.ReturnedCap}).Draw(t, "dest"),
	}
	if a.Pointers = a.Size >= word && rapid.Bool().Draw(t, "pointers"); a.Pointers {
		a.Size -= a.Size % word
	}
	a.Cap = rapid.OneOf(rapid.Int64Range(0, 3000), rapid.Int64Range(0, 1<<26)).Draw(t, "cap")
	for a.Size > 0 && a.Cap > 1<<30/a.Size {
		a.Cap /= 2
	}
	a.Len = rapid.OneOf(rapid.Just(a.Cap), rapid.Int64Range(0, a.Cap)).Draw(t, "len")
	a.Count = a.Cap - a.Len + rapid.OneOf(rapid.Just(int64(1)), rapid.Int64Range(0, a.Cap+5), rapid.Int64Range(0, 1<<27)).Draw(t, "more")
	a.Buffered = rapid.Bool().Draw(t, "buffered")
	return a
}

// TestProperties checks what every growth guarantees, in every release: room for the
// added elements, no more than rounding adds to the rule, bytes that add up, a String,
// and a JSON that can be read back.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		release := rapid.SampledFrom(releases).Draw(t, "release")
		word := rapid.SampledFrom([]int{4, 8}).Draw(t, "word")
		r := rules(t, release, word)
		a := anAppend(t, int64(word))
		g, err := r.Grow(a)
		var p *crash.Error
		if errors.As(err, &p) {
			if a.Count < 1<<20 && a.Cap < 1<<20 && a.Size < 1<<10 {
				t.Fatalf("%+v: %v", a, err)
			}
			return
		}
		if err != nil {
			if a.Verb == slicegrow.Grow && strings.Contains(err.Error(), "has no slices.Grow") {
				return
			}
			if strings.Contains(err.Error(), "wraps around") {
				return
			}
			t.Fatalf("%+v: %v", a, err)
		}
		newLen := a.Len + a.Count
		if g.Append != a || g.Cap < newLen || g.Ideal < newLen && g.Rule != slicegrow.Fits || g.Cap < a.Cap && g.Ptr != slicegrow.Stack {
			t.Fatalf("%+v", g)
		}
		if want := newLen; a.Verb != slicegrow.Grow && g.Len != want || a.Verb == slicegrow.Grow && g.Len != a.Len {
			t.Fatalf("%+v: length", g)
		}
		if (g.Rule == slicegrow.Fits) != (newLen <= a.Cap) {
			t.Fatalf("%+v: rule", g)
		}
		if g.Way == alloc.Small || g.Way == alloc.Tiny || g.Way == alloc.Large {
			if g.Header+g.Cap*a.Size+g.Waste != g.Bytes || g.Ptr != slicegrow.Heap || g.Copied > g.Cap*a.Size {
				t.Fatalf("%+v: bytes", g)
			}
			// A slot is the place that alloc gives the array.
			if p := placed(t, release, word, g); p.Header != g.Header || p.Way != g.Way {
				t.Fatalf("%+v: alloc places it in %+v", g, p)
			}
		} else if g.Bytes != 0 {
			t.Fatalf("%+v: bytes of no memory", g)
		}
		if s := g.String(); !strings.Contains(s, fmt.Sprint(g.Cap)) {
			t.Fatalf("%q does not say cap %d", s, g.Cap)
		}
		j, err := json.Marshal(g)
		if err != nil {
			t.Fatal(err)
		}
		var back slicegrow.Growth
		if err := json.Unmarshal(j, &back); err != nil || back != g {
			t.Fatalf("%s is read back as %+v, %v", j, back, err)
		}
	})
}

// placed returns the place that alloc gives the array of a growth. The request is the
// rounded size, or the size of the capacity.
func placed(t *rapid.T, release string, word int, g slicegrow.Growth) alloc.Placement {
	r, err := alloc.ForRelease(release)
	if err != nil {
		t.Fatal(err)
	}
	if r, err = r.WithWordSize(word); err != nil {
		t.Fatal(err)
	}
	size := g.Bytes - g.Header
	switch release {
	case "go1.2", "go1.20", "go1.21", "go1.22", "go1.24", "go1.25", "go1.26", "":
		size = g.Cap * g.Append.Size
	}
	p, err := r.Place(size, !g.Append.Pointers)
	if err != nil {
		t.Fatal(err)
	}
	if p.Way != alloc.Tiny && (p.Class != g.Class || p.Bytes != g.Bytes) {
		t.Fatalf("%+v: alloc places it in %+v", g, p)
	}
	return p
}

// TestSequence checks that a sequence is the same as single appends one after the other.
func TestSequence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rules(t, rapid.SampledFrom(releases).Draw(t, "release"), rapid.SampledFrom([]int{4, 8}).Draw(t, "word"))
		a := anAppend(t, r.WordSize())
		a.Verb = slicegrow.Values
		a.Buffered = false
		a.Cap %= 600
		a.Len = min(a.Len, a.Cap)
		a.Count = rapid.Int64Range(1, 5).Draw(t, "count")
		a.Size %= 8192
		a.Pointers = a.Pointers && a.Size > 0 && a.Size%r.WordSize() == 0
		n := rapid.Int64Range(0, 1500).Draw(t, "n")

		var want []slicegrow.Step
		var s slicegrow.Step
		b, onStack := a, false
		for i := range n {
			g, err := r.Grow(b)
			if err != nil {
				t.Fatal(err)
			}
			b.Len, b.Cap = g.Len, g.Cap
			if g.Rule == slicegrow.Fits {
				continue
			}
			s.Growth, s.Appends = g, i+1
			s.TotalCopied += g.Copied
			s.TotalAllocated += g.Bytes
			want = append(want, s)
			onStack = g.Ptr == slicegrow.Stack
			b.Buffered = b.Buffered || onStack
		}
		if onStack && a.Dest != slicegrow.Local {
			b.Count = 0
			g, err := r.Move(b)
			if err != nil {
				t.Fatal(err)
			}
			s.Growth, s.Appends = g, n
			s.TotalCopied += g.Copied
			s.TotalAllocated += g.Bytes
			want = append(want, s)
		}
		var got []slicegrow.Step
		for s, err := range r.Sequence(a, n) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, s)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-one by one +sequence):\n%s", diff)
		}
	})
}

// TestSequenceEnds checks that a sequence to the end of memory is short, and ends with
// the panic; with 4-byte words it may be long, but ends, too.
func TestSequenceEnds(t *testing.T) {
	for _, release := range releases {
		for _, word := range []int{4, 8} {
			r := rules(t, release, word)
			for _, size := range []int64{0, 1, 3, 8, 4096} {
				steps := 0
				var last error
				for _, err := range r.Sequence(slicegrow.Append{Size: size}, math.MaxInt64) {
					steps++
					last = err
				}
				var p *crash.Error
				short := word == 8 && size > 0
				if last == nil || short && (steps >= 200 || !errors.As(last, &p)) || steps > 1<<16+1 {
					t.Errorf("%s, %d-byte words, elements of %d: %d steps, and at last %v", release, word, size, steps, last)
				}
			}
		}
	}
}

// TestSequenceLimit checks that the 65,537th growth ends a sequence: with elements of
// size 0 every append grows.
func TestSequenceLimit(t *testing.T) {
	steps := 0
	for s, err := range rules(t, "", 8).Sequence(slicegrow.Append{}, math.MaxInt64) {
		if err != nil {
			if steps != 1<<16 {
				t.Errorf("%v after %d growths, want 65536", err, steps)
			}
			return
		}
		if steps++; s.Appends != int64(steps) {
			t.Fatalf("growth %d comes with append %d", steps, s.Appends)
		}
	}
	t.Errorf("it ends without an error after %d growths", steps)
}

// TestDiff checks each pair of neighbouring releases: those with changed rules differ in
// the known append, and the others do not differ.
func TestDiff(t *testing.T) {
	want := map[int]slicegrow.Append{
		3:  {Count: 1, Size: 1},                                    // rounding up
		4:  {Count: 1},                                             // no nil pointer with a length
		5:  {Cap: 1, Count: 3, Size: 16, Pointers: true},           // a fixed count is added to the length
		7:  {Count: 183251937962, Size: 3, Verb: slicegrow.Spread}, // 2^39-1 bytes may be reached
		8:  {Len: 4, Cap: 4, Count: 1, Size: 520, Pointers: true},  // size classes
		10: {Count: 183251937961, Size: 3, Verb: slicegrow.Spread}, // nor may rounding up exceed them
		11: {Count: 1<<36 - 1, Size: 8, Verb: slicegrow.Spread},    // 2^48 bytes
		16: {Cap: 1, Count: 3, Size: 8},                            // 24 bytes are a class
		18: {Len: 257, Cap: 257, Count: 257, Size: 8},              // the smooth formula
		20: {Count: 1<<45 + 1, Size: 8, Verb: slicegrow.Spread},    // the panic's text
		22: {Len: 4, Cap: 4, Count: 1, Size: 512, Pointers: true},  // malloc headers
		25: {Count: 1, Size: 8, Dest: slicegrow.Local},
		26: {Count: 1, Size: 8, Dest: slicegrow.Returned},
	}
	for minor := 3; minor <= 27; minor++ {
		a := rules(t, fmt.Sprintf("go1.%d", minor-1), 8)
		b := rules(t, fmt.Sprintf("go1.%d", minor), 8)
		d, ok := slicegrow.Diff(a, b)
		if w, changed := want[minor]; ok != changed {
			t.Errorf("1.%d: differs from the release before: %v, %+v", minor, ok, d)
		} else if ok && d.Append != w {
			t.Errorf("1.%d: the first difference is %+v, want %+v", minor, d.Append, w)
		}
		if back, okBack := slicegrow.Diff(b, a); okBack != ok || back.Append != d.Append || back.A != d.B || back.ErrA != d.ErrB {
			t.Errorf("1.%d: Diff is not symmetric: %+v, %+v", minor, d, back)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, bad := range []string{"1.17", "go2", "gopher"} {
		if _, err := slicegrow.ForRelease(bad); err == nil {
			t.Errorf("ForRelease(%q) succeeds", bad)
		}
	}
	r := rules(t, "", 8)
	for _, word := range []int{-8, 0, 2, 16} {
		if _, err := r.Word(word); err == nil {
			t.Errorf("Word(%d) succeeds", word)
		}
	}
	for _, tt := range []struct {
		a    slicegrow.Append
		want string
	}{
		{slicegrow.Append{Len: -1}, "slicegrow: len -1 out of range [0,0]"},
		{slicegrow.Append{Len: 5, Cap: 4}, "slicegrow: len 5 out of range [0,4]"},
		{slicegrow.Append{Cap: -1}, "slicegrow: cap -1 out of range [0,9223372036854775807]"},
		{slicegrow.Append{Cap: 1 << 46, Size: 8}, "slicegrow: cap 70368744177664 out of range [0,35184372088832]"},
		{slicegrow.Append{Count: -1}, "slicegrow: count -1 out of range [0,9223372036854775807]"},
		{slicegrow.Append{Count: -1, Verb: slicegrow.Grow}, "cannot be negative"},
		{slicegrow.Append{Size: -1}, "slicegrow: size -1 out of range [0,281474976710656]"},
		{slicegrow.Append{Size: 12, Pointers: true}, "slicegrow: elements of 12 bytes cannot hold pointers (want a multiple of 8)"},
		{slicegrow.Append{Verb: 7}, "slicegrow: verb 7 out of range [0,2]"},
		{slicegrow.Append{Dest: 7}, "slicegrow: dest 7 out of range [0,3]"},
		{slicegrow.Append{Len: 1, Cap: 1, Count: math.MaxInt64}, "growslice: len out of range"},
	} {
		if _, err := r.Grow(tt.a); err == nil || err.Error() != tt.want {
			t.Errorf("Grow(%+v): %v, want %q", tt.a, err, tt.want)
		}
	}
	if _, err := rules(t, "go1.20", 8).Grow(slicegrow.Append{Verb: slicegrow.Grow}); err == nil {
		t.Error("Go 1.20 has slices.Grow")
	}
	for _, a := range []slicegrow.Append{
		{Size: 8}, {Size: 8, Dest: slicegrow.Local}, {Dest: slicegrow.Returned}, {Size: 33, Dest: slicegrow.Returned},
		{Size: 8, Cap: 5, Dest: slicegrow.Returned}, {Size: 8, Count: 1, Dest: slicegrow.Returned},
	} {
		if g, err := r.Move(a); err == nil {
			t.Errorf("Move(%+v) = %+v", a, g)
		}
	}
	if _, err := rules(t, "go1.25", 8).Move(slicegrow.Append{Size: 8, Dest: slicegrow.Returned}); err == nil {
		t.Error("Go 1.25 moves slices")
	}
	for s, err := range r.Sequence(slicegrow.Append{}, -1) {
		if err == nil {
			t.Fatalf("-1 appends begin with %+v", s)
		}
	}
}

// TestAllocated checks by examples how arrays get their memory if it depends on the
// request to the allocator: the rounded size, or the size of the capacity.
func TestAllocated(t *testing.T) {
	for _, tt := range []struct {
		release string
		a       slicegrow.Append
		way     alloc.Way
		class   int
		bytes   int64
	}{
		{"go1.2", slicegrow.Append{Count: 3, Size: 5}, alloc.Small, 2, 16}, // no tiny allocator
		{"go1.19", slicegrow.Append{Count: 3, Size: 5}, alloc.Small, 2, 16},
		{"go1.20", slicegrow.Append{Count: 3, Size: 5}, alloc.Tiny, 2, 16}, // 15 bytes of a block of 16
		{"go1.19", slicegrow.Append{Count: 3, Size: 2}, alloc.Tiny, 1, 8},
		{"go1.21", slicegrow.Append{Count: 4096, Size: 8}, alloc.Small, 67, 32768},
		{"go1.22", slicegrow.Append{Count: 4096, Size: 8}, alloc.Large, 0, 32768},
		{"go1.22", slicegrow.Append{Count: 1260, Size: 26}, alloc.Small, 67, 32768}, // 32,760 bytes
		{"go1.22", slicegrow.Append{Count: 1, Size: 8, Pointers: true}, alloc.Small, 1, 8},
		{"go1.22", slicegrow.Append{Count: 65, Size: 8, Pointers: true}, alloc.Small, 27, 576},
		{"go1.22", slicegrow.Append{Count: 4096, Size: 8, Pointers: true}, alloc.Large, 0, 32768},
	} {
		g, err := rules(t, tt.release, 8).Grow(tt.a)
		if err != nil || g.Way != tt.way || g.Class != tt.class || g.Bytes != tt.bytes {
			t.Errorf("%s, %+v: %s, class %d, %d bytes, %v; want %s, class %d, %d bytes",
				tt.release, tt.a, g.Way, g.Class, g.Bytes, err, tt.way, tt.class, tt.bytes)
		}
	}
}

// TestWrap checks 32-bit words with lengths near 2^31, which cannot be observed here:
// the figures are worked out by hand from the source.
func TestWrap(t *testing.T) {
	const most = math.MaxInt32
	for _, tt := range []struct {
		release string
		a       slicegrow.Append
		cap     int64
		err     string
	}{
		{"go1.26", slicegrow.Append{Len: 1 << 30, Cap: 1 << 30, Count: 1, Size: 1}, 1<<30 + 1<<13, ""},               // twice is -2^31, so what is needed
		{"go1.17", slicegrow.Append{Len: 1 << 30, Cap: 1 << 30, Count: 1, Size: 1}, 1<<30 + 1<<13, ""},               //
		{"go1.26", slicegrow.Append{Len: most, Cap: most, Count: 1, Size: 1}, 0, "growslice: len out of range"},      // no int
		{"go1.17", slicegrow.Append{Len: most, Cap: most, Count: 1, Size: 1}, 0, "growslice: cap out of range"},      //
		{"go1.26", slicegrow.Append{Count: 1 << 30, Size: 4}, 0, "growslice: len out of range"},                      // 2^32 bytes
		{"go1.26", slicegrow.Append{Count: 1<<30 - 1, Size: 4}, 1<<30 - 1, ""},                                       // a page more would wrap around
		{"go1.17", slicegrow.Append{Len: 1<<30 - 1, Cap: 1<<30 - 1, Count: 1<<30 - 8191, Size: 1}, 1<<31 - 8192, ""}, // a quarter more four times is no int
		{"go1.26", slicegrow.Append{Len: 1<<30 - 1, Cap: 1<<30 - 1, Count: 1<<30 - 8191, Size: 1}, 1<<31 - 8192, ""}, //
		{"go1.8", slicegrow.Append{Count: 4, Size: 1<<30 + 8}, 0, "slicegrow: go1.8 computes a capacity of 0 for 4 elements of 1073741832 bytes, as the product wraps around, and goes on with it"},
		{"go1.10", slicegrow.Append{Count: 4, Size: 1<<30 + 8}, 0, "growslice: cap out of range"},
	} {
		g, err := rules(t, tt.release, 4).Grow(tt.a)
		if got := errText(err); got != tt.err || g.Cap != tt.cap {
			t.Errorf("%s, %+v: cap %d, %q; want %d, %q", tt.release, tt.a, g.Cap, got, tt.cap, tt.err)
		}
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestNewer checks that a future release has the newest known rules, and that the model
// says so.
func TestNewer(t *testing.T) {
	future := rules(t, "go1.99", 8)
	if got, want := future.Release(), "go1.99 (rules of go1.27)"; got != want {
		t.Errorf("Release() = %q, want %q", got, want)
	}
	if d, ok := slicegrow.Diff(future, rules(t, "", 8)); ok {
		t.Errorf("it differs from the newest known release: %+v", d)
	}
}

// TestHeader checks which headers can be made and used.
func TestHeader(t *testing.T) {
	r := rules(t, "", 8)
	for _, s := range []slicegrow.Slice{{Ptr: slicegrow.Same}, {Cap: -1}, {Len: -1}, {Len: 2, Cap: 1}} {
		if _, err := s.Views("int"); err == nil || !strings.Contains(err.Error(), "out of range") {
			t.Errorf("%+v can be looked at, %v", s, err)
		}
		if _, _, err := r.Append(s, slicegrow.Append{}); err == nil || !strings.Contains(err.Error(), "out of range") {
			t.Errorf("%+v can be appended to, %v", s, err)
		}
	}
	if _, err := (slicegrow.Slice{Ptr: slicegrow.Heap, Len: 1, Cap: 1}).Views("int"); err == nil {
		t.Error("the view of an element is known")
	}
	for _, bad := range [][3]int64{{-1, 0, 0}, {1, 0, 0}, {0, -1, 0}, {0, 0, -1}} {
		if _, err := slicegrow.Make(bad[0], bad[1], bad[2], true); err == nil {
			t.Errorf("Make(%v) succeeds", bad)
		}
	}
	if _, err := slicegrow.Literal(-1, 8, false); err == nil {
		t.Error("a literal of -1 elements")
	}
	// Appending nothing to nil leaves it nil; Go 1.3 does so even with elements
	// of size 0.
	after, _, err := r.Append(slicegrow.Var(), slicegrow.Append{Size: 8, Verb: slicegrow.Spread})
	if err != nil || !after.IsNil() {
		t.Errorf("append(nil, nothing...) is %+v, %v", after, err)
	}
	after, _, err = rules(t, "go1.3", 8).Append(slicegrow.Var(), slicegrow.Append{Count: 2})
	if err != nil || !after.IsNil() || after.Len != 2 {
		t.Errorf("in Go 1.3, append(nil, struct{}{}, struct{}{}) is %+v, %v", after, err)
	}
}

// TestBuffers checks the arguments that the buffers of the library refuse, and that huge
// sizes end quickly.
func TestBuffers(t *testing.T) {
	if _, err := rules(t, "go1.9", 8).NewBuilder(); err == nil {
		t.Error("Go 1.9 has a strings.Builder")
	}
	for _, release := range releases {
		r := rules(t, release, 8)
		b := r.NewBuffer()
		// bytes/buffer.go:smallBufferSize: 64 bytes, which are a size class; up to Go
		// 1.10 they are in the Buffer itself.
		small, err := b.Write(1)
		if inside := small.Bytes == 0 && small.Ptr == slicegrow.Same; err != nil || small.Cap != 64 || small.Waste != 0 ||
			!inside && (small.Bytes != 64 || small.Way != alloc.Small || small.Ptr != slicegrow.Heap) {
			t.Errorf("%s: the first byte: %+v, %v", release, small, err)
		}
		b = r.NewBuffer()
		for _, n := range []int64{-1, math.MinInt64} {
			if _, err := b.Write(n); err == nil {
				t.Errorf("%s: a write of %d bytes", release, n)
			}
			if _, err := b.Grow(n); !errors.Is(err, slicegrow.BufferNegative) {
				t.Errorf("%s: Grow(%d): %v", release, n, err)
			}
		}
		if _, err := b.Grow(math.MaxInt64); !errors.Is(err, slicegrow.BufferTooLarge) {
			t.Errorf("%s: the largest buffer: %v", release, err)
		}
		if err := b.Truncate(1); !errors.Is(err, slicegrow.BufferTruncation) {
			t.Errorf("%s: truncation: %v", release, err)
		}
		if got := b.Snapshot(); got != (slicegrow.BufferState{}) {
			t.Errorf("%s: after errors %+v", release, got)
		}
		if w, err := r.NewBuilder(); err == nil {
			if _, err := w.Grow(-1); !errors.Is(err, slicegrow.BuilderNegative) {
				t.Errorf("%s: Grow(-1): %v", release, err)
			}
			if _, err := w.Grow(math.MaxInt64); !errors.Is(err, slicegrow.MakeOutOfRange) {
				t.Errorf("%s: the largest Builder: %v", release, err)
			}
		}
	}
	if _, err := new(slicegrow.Buffer).Write(1); err == nil {
		t.Error("a Buffer without rules is written to")
	}
	if _, err := new(slicegrow.Builder).Write(1); err == nil {
		t.Error("a Builder without rules is written to")
	}
}

// TestMemoryErrors checks that a Memory is unchanged after a statement that it refuses.
func TestMemoryErrors(t *testing.T) {
	m := rules(t, "", 8).NewMemory()
	for _, s := range []string{"a := []int{1, 2}", "b := a[:1]"} {
		if _, err := m.Do(s); err != nil {
			t.Fatal(err)
		}
	}
	before := m.Snapshot()
	for _, s := range []string{
		"", "}", "}; func f() {", "a := 1", "a := []int{3}", "c = a", "c := d", "_ = a", "a, b = b, a", "a[0]++", "a = append(a, b)", "a = f(a)",
		"a = []string{}", "a = make([]int, -1)", "a = make([]int, 9223372036854775807)", "a = make([]int, 2, 1)", "var c, d []int", "var c []int = a",
		"a = a[1+1:]", "a = append(a, a...,)x", "copy(a)", "a[9] = 1", "a[-1] = 1", "a = a[3:]", "a = a[:9]", "a = a[1:0]", "a = a[::1]", "a = append(a, a[7])",
		"a = append(a, 99999999999999999999)", "c := make([]int, 1048577)", "c := a[1:5]", strings.Repeat("(", 5000),
		// The effects of an operand are undone if a later one fails.
		"copy(append(b, 9), c)", "copy(append(b[:0], 8, 9), a[3:])", "a = append(append(b, 7), c...)", "a = append(append(b[:0], 5), a[2])", "a[0] = append(b[:0], 6)[1]",
		"copy(append([]int{1}, 2), c)", "copy([]int{1, 2}, c)", "b = append(append([]int{1}, 2)[:9], 3)",
	} {
		if e, err := m.Do(s); err == nil {
			t.Errorf("%.40q: %+v", s, e)
		}
		if diff := cmp.Diff(before, m.Snapshot()); diff != "" {
			t.Fatalf("%.40q changes the memory:\n%s", s, diff)
		}
	}
	// No array is left from the undone statement.
	if e, err := m.Do("c := []int{3}"); err != nil || e.Array != 2 {
		t.Errorf("c has array %d (want 2), %v", e.Array, err)
	}
	if _, err := m.Do("a[5] = 1"); !errors.Is(err, slicegrow.IndexOutOfRange) || err.Error() != "index out of range [5] with length 2" {
		t.Errorf("a[5]: %v", err)
	}
	if _, err := new(slicegrow.Memory).Do("a := []int{}"); err == nil {
		t.Error("a Memory without rules works")
	}
}

// TestMemoryLimits checks that the limits in the documentation of Do are exact: 4,096
// bytes, 1,024 variables, 1,048,576 elements.
func TestMemoryLimits(t *testing.T) {
	m := rules(t, "", 8).NewMemory()
	for _, last := range []struct {
		say  func(n int) string
		most int
	}{
		{func(n int) string { return "a := []int{1}" + strings.Repeat(" ", n-len("a := []int{1}")) }, 4096},
		{func(n int) string { return fmt.Sprintf("b := make([]int, %d)", n) }, 1<<20 - 1},
	} {
		if _, err := m.Do(last.say(last.most + 1)); err == nil {
			t.Errorf("%.20q for %d is done", last.say(last.most+1), last.most+1)
		}
		if _, err := m.Do(last.say(last.most)); err != nil {
			t.Errorf("%.20q for %d: %v", last.say(last.most), last.most, err)
		}
	}
	if _, err := m.Do("b[0] = 1"); err != nil {
		t.Error(err)
	}
	for i := range 1 << 10 {
		_, err := m.Do(fmt.Sprintf("var v%d []int", i))
		if allowed := i < 1<<10-2; (err == nil) != allowed {
			t.Fatalf("variable %d: %v", i+3, err)
		}
	}
}

// TestEdges checks the last element, byte and append of several rules, and the first
// beyond.
func TestEdges(t *testing.T) {
	r := rules(t, "go1.26", 8)
	for size, ptr := range map[int64]slicegrow.Pointer{31: slicegrow.Stack, 32: slicegrow.Stack, 33: slicegrow.Heap} {
		if g, err := r.Grow(slicegrow.Append{Count: 1, Size: size, Dest: slicegrow.Local}); err != nil || g.Ptr != ptr || g.Cap != 1 {
			t.Errorf("an element of %d bytes: %+v, %v", size, g, err) // cmd/compile/internal/ssagen/ssa.go: 32/size, at least 1
		}
	}
	for n, rule := range map[int64]slicegrow.Rule{1: slicegrow.BufferSmall, 64: slicegrow.BufferSmall, 65: slicegrow.BufferDouble} {
		if g, err := r.NewBuffer().Write(n); err != nil || g.Rule != rule {
			t.Errorf("a first write of %d bytes: %+v, %v", n, g, err) // bytes/buffer.go:smallBufferSize
		}
	}
	failed := false
	for _, err := range r.Sequence(slicegrow.Append{Size: 8}, -1) {
		failed = err != nil
	}
	if !failed {
		t.Error("a sequence of -1 appends has no error")
	}
	for _, release := range releases {
		// 2^64 bytes, which overflow to 0.
		if g, err := rules(t, release, 8).Grow(slicegrow.Append{Count: 1 << 50, Size: 1 << 14, Verb: slicegrow.Spread}); err == nil ||
			strings.Contains(err.Error(), "wraps around") != (release == "go1.7" || release == "go1.9") { // go1.9.7 runtime/slice.go:growslice
			t.Errorf("%q: 2^64 bytes: %+v, %v", release, g, err)
		}
	}
	m := r.NewMemory()
	for _, bad := range []string{"a := make([]int, 1, 2, 3)", "a := make([]string, 1)", "a := make([]int)"} {
		if e, err := m.Do(bad); err == nil {
			t.Errorf("%s: %+v", bad, e)
		}
	}
}

// TestMemoryNumbers checks that len and cap are parsed in each form of a number.
func TestMemoryNumbers(t *testing.T) {
	m := rules(t, "go1.26", 8).NewMemory()
	for _, s := range []string{"a := make([]int, 2, 5)", "a[1] = cap(a)", "a[0] = len(a)", "b := a[:cap(a)]", "c := b[len(a):]"} {
		if _, err := m.Do(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	var got [][]int64
	for _, v := range m.Snapshot().Vars {
		got = append(got, v.Elements)
	}
	if diff := cmp.Diff([][]int64{{2, 5}, {2, 5, 0, 0, 0}, {0, 0, 0}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSlicePanics checks the panics of slicing: the first bound out of range counts,
// from the right (runtime/error.go:boundsErrorFmts).
func TestSlicePanics(t *testing.T) {
	m := rules(t, "go1.26", 8).NewMemory()
	if _, err := m.Do("a := []int{1, 2, 3}"); err != nil {
		t.Fatal(err)
	}
	for bounds, want := range map[string]string{
		"0:1:9": "[::9] with capacity 3", "0:1:-1": "[::-1]", "0:3:2": "[:3:2]", "0:-1:3": "[:-1:]", "2:1:3": "[2:1:]", "-1:2:3": "[-1::]",
		":9": "[:9] with capacity 3", ":-1": "[:-1]", "2:1": "[2:1]", "-1:": "[-1:]",
	} {
		if _, err := m.Do("b := a[" + bounds + "]"); !errors.Is(err, slicegrow.SliceOutOfRange) || err.Error() != "slice bounds out of range "+want {
			t.Errorf("a[%s]: %v, want %s", bounds, err, want)
		}
	}
}
