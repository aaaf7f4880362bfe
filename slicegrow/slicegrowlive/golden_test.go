package slicegrowlive

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/slicegrow"
)

// TestGolden compares the rules of each release with its answers.
func TestGolden(t *testing.T) {
	Golden.Test(t, func(t *testing.T, release string, a Answers) {
		r, err := slicegrow.ForRelease(release)
		if err != nil {
			t.Fatal(err)
		}
		if rounds := a.Growths != nil; rounds == (release == "go1.2.2") {
			t.Errorf("append rounds up: %v", rounds)
		}
		n := 0
		for _, b := range a.Growths {
			n += b.check(t, r)
		}
		for c := int64(1); c <= 300; c++ {
			q := slicegrow.Append{Len: c - 1, Cap: c, Count: 3, Size: 8}
			if got, want := capOf(t, r, q), at(t, a.Values, c); got != want {
				t.Fatalf("three values, %+v: model %d, real %d", q, got, want)
			}
			n++
		}
		n += checkRandom(t, r, a.Random)
		for _, c := range a.Cases {
			c.check(t, r)
		}
		checkHeaders(t, r, a.Headers)
		for _, s := range a.Stacks {
			n += s.check(t, r)
		}
		t.Logf("%d appends, %d cases out of reach", n, len(a.Cases))
	})
}

func capOf(t *testing.T, r *slicegrow.Rules, a slicegrow.Append) int64 {
	t.Helper()
	g, err := r.Grow(a)
	if err != nil {
		t.Fatalf("%+v: %v", a, err)
	}
	return g.Cap
}

func at(t *testing.T, s golden.Steps, x int64) int64 {
	t.Helper()
	y, err := s.At(x)
	if err != nil {
		t.Fatal(err)
	}
	return y
}

func (b Breakpoints) check(t *testing.T, r *slicegrow.Rules) (checked int) {
	for c := int64(0); c <= 2100 && c*b.Size <= 40000; c++ {
		for _, tt := range []struct {
			name   string
			steps  golden.Steps
			append slicegrow.Append
		}{
			{"to a full slice", b.Full, slicegrow.Append{Len: c, Cap: c, Count: 1}},
			{"to an empty slice", b.Empty, slicegrow.Append{Cap: c, Count: c + 1}},
			{"at once", b.Once, slicegrow.Append{Count: c}},
		} {
			a := tt.append
			a.Size, a.Pointers, a.Verb = b.Size, b.Scan, slicegrow.Spread
			if got, want := capOf(t, r, a), at(t, tt.steps, c); got != want {
				t.Fatalf("%s, %+v: model %d, real %d", tt.name, a, got, want)
			}
			checked++
		}
	}
	return checked
}

// A generator returns the probe's random numbers.
type generator uint64

func (g *generator) below(n int64) int64 {
	*g = *g*6364136223846793005 + 1442695040888963407
	return int64(uint64(*g)>>33) % n
}

// probeElements are the probe's table, in its order.
var probeElements = []struct {
	size int64
	scan bool
}{
	{1, false}, {2, false}, {3, false}, {4, false}, {5, false}, {8, false}, {12, false}, {16, false}, {24, false}, {40, false},
	{100, false}, {512, false}, {1000, false}, {1024, false}, {4096, false},
	{8, true}, {16, true}, {24, true}, {48, true}, {512, true}, {520, true}, {800, true}, {2048, true},
}

const (
	chunks    = 100
	chunkSize = 1000
)

// checkRandom performs the probe's random appends in the model. A different hash names
// the thousand; to find the append, print them on both sides.
func checkRandom(t *testing.T, r *slicegrow.Rules, hashes []uint32) (checked int) {
	if len(hashes) != chunks {
		t.Fatalf("%d hashes, want %d", len(hashes), chunks)
	}
	g := generator(1)
	for i, want := range hashes {
		h := uint32(2166136261)
		for range chunkSize {
			e := probeElements[g.below(int64(len(probeElements)))]
			a := slicegrow.Append{Size: e.size, Pointers: e.scan, Verb: slicegrow.Spread}
			a.Cap = g.below(100000/e.size + 2)
			if g.below(4) > 0 {
				a.Cap = g.below(2400)
				for a.Cap*e.size > 100000 {
					a.Cap /= 2
				}
			}
			a.Len = a.Cap
			if g.below(2) == 0 {
				a.Len = g.below(a.Cap + 1)
			}
			a.Count = a.Cap - a.Len + 1
			switch g.below(3) {
			case 0:
				a.Count += g.below(a.Cap + 1)
			case 1:
				a.Count += g.below(2*a.Cap + 8)
			}
			h = (h ^ uint32(capOf(t, r, a))) * 16777619
			checked++
		}
		if h != want {
			t.Fatalf("random appends %d to %d: the model gives other capacities than the release", i*chunkSize, (i+1)*chunkSize-1)
		}
	}
	return checked
}

// check compares a case with the model. If the release did not answer, the model must
// not predict a panic. The model does not cover a length that Go 1.2 lets wrap around,
// nor a product that wraps around in 1.7 to 1.9, after which the release crashes or
// fails a bounds check: it must return an error for these.
func (c Case) check(t *testing.T, r *slicegrow.Rules) {
	a := slicegrow.Append{Len: c.Len, Cap: c.Cap, Count: c.N, Size: c.Size, Pointers: c.Scan, Verb: slicegrow.Spread}
	g, err := r.Grow(a)
	var p *crash.Error
	if r.Release() == "go1.2.2" && c.Size == 0 && c.N > math.MaxInt64-c.Len {
		if err == nil || errors.As(err, &p) {
			t.Errorf("%+v: model %v, %v; real: a negative length", a, g, err)
		}
		return
	}
	if err != nil && !errors.As(err, &p) {
		if !strings.Contains(err.Error(), "wraps around") || c.NewCap != 0 || c.Panic != "" && c.Panic != "slice bounds out of range" {
			t.Errorf("%+v: model %v; real panic %q, cap %d", a, err, c.Panic, c.NewCap)
		}
		return
	}
	switch {
	case text(p) != c.Panic:
		t.Errorf("%+v: model %v, %q; real panic %q, cap %d", a, g, text(p), c.Panic, c.NewCap)
	case c.NewCap != 0 && g.Cap != c.NewCap:
		t.Errorf("%+v: model %d, real %d", a, g.Cap, c.NewCap)
	}
}

func checkHeaders(t *testing.T, r *slicegrow.Rules, hs []Header) {
	if len(hs) != 3 {
		t.Fatalf("%d headers, want those of a nil slice, a literal and a made one", len(hs))
	}
	slices := emptySlices(t)
	for i, h := range hs {
		s := slices[i]
		v, err := s.Views("int")
		if err != nil {
			t.Fatal(err)
		}
		got := Header{
			Nil: s.IsNil(), Len: s.Len, Cap: s.Cap,
			JSON: v.JSON, JSONBytes: v.JSONBytes, V: v.V, GoSyntax: v.GoSyntax,
		}
		for _, other := range slices {
			got.DeepEqual = append(got.DeepEqual, slicegrow.DeepEqual(s, other))
		}
		zero, _, err := r.Append(s, slicegrow.Append{Count: 1})
		if err != nil {
			t.Fatal(err)
		}
		got.ZeroNil = zero.IsNil()
		one, _, err := r.Append(s, slicegrow.Append{Count: 1, Size: 8})
		if err != nil {
			t.Fatal(err)
		}
		got.One = one.Cap
		compare(t, "header", got, h)
	}
}

// emptySlices are var s []T, []T{} and make([]T, 0).
func emptySlices(t *testing.T) []slicegrow.Slice {
	t.Helper()
	literal, err := slicegrow.Literal(0, 8, true)
	if err != nil {
		t.Fatal(err)
	}
	made, err := slicegrow.Make(0, 0, 8, true)
	if err != nil {
		t.Fatal(err)
	}
	return []slicegrow.Slice{slicegrow.Var(), literal, made}
}

const stackAppends = 40 // as in the probe

func (s Stack) check(t *testing.T, r *slicegrow.Rules) (checked int) {
	for _, tt := range []struct {
		name  string
		seen  golden.Steps // while the function runs
		after golden.Steps // after it has returned
		count int64
		dest  slicegrow.Dest
	}{
		{"local", s.Local, nil, 1, slicegrow.Local},
		{"local by three", s.Locals, nil, 3, slicegrow.Local},
		{"returned", nil, s.Returned, 1, slicegrow.Returned},
		{"returned, cap used", s.Inner, s.ReturnedCap, 1, slicegrow.ReturnedCap},
	} {
		a := slicegrow.Append{Size: s.Size, Pointers: s.Scan, Count: tt.count, Dest: tt.dest}
		for n := int64(0); n <= stackAppends; n++ {
			inner, after := capsOf(t, r, a, n)
			if tt.seen != nil && n > 0 {
				if want := at(t, tt.seen, n); inner != want {
					t.Fatalf("%s, %d bytes, pointers %v, %d appends: model %d, real %d", tt.name, s.Size, s.Scan, n, inner, want)
				}
				checked++
			}
			if tt.after != nil {
				if want := at(t, tt.after, n); after != want {
					t.Fatalf("%s, %d bytes, pointers %v, after %d appends: model %d, real %d", tt.name, s.Size, s.Scan, n, after, want)
				}
				checked++
			}
		}
	}
	return checked
}

// capsOf returns the capacities after n appends, in the function that performs them and
// after its return.
func capsOf(t *testing.T, r *slicegrow.Rules, a slicegrow.Append, n int64) (inner, after int64) {
	t.Helper()
	inner, after = a.Cap, a.Cap
	for step, err := range r.Sequence(a, n) {
		if err != nil {
			t.Fatalf("%+v: %v", a, err)
		}
		if after = step.Cap; step.Rule != slicegrow.Moved {
			inner = step.Cap
		}
	}
	return inner, after
}

// text returns the text of a panic, "" if there was none.
func text(p *crash.Error) string {
	if p == nil {
		return ""
	}
	return p.Text
}
