package slicegrowlive

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/internal/underrace"
	"github.com/orrery-go/orrery/slicegrow"
)

// appends is the number of random appends to compare.
const appends = 1_000_000

func rules(t testing.TB) *slicegrow.Rules {
	t.Helper()
	r, err := Rules()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func compare(t *testing.T, what string, model, live any) {
	t.Helper()
	if diff := cmp.Diff(model, live); diff != "" {
		t.Errorf("%s (-model +live):\n%s", what, diff)
	}
}

// TestAppend compares the model with random appends on the running Go. None is rejected.
func TestAppend(t *testing.T) {
	t.Parallel() // beside TestStack, which waits for the compiler
	r := rules(t)
	n := appends
	if underrace.On || testing.Short() {
		n /= 10
	}
	rng := rand.New(rand.NewPCG(1, 2))
	seen := map[slicegrow.Rule]int{}
	panicked, grown := map[string]int{}, 0
	for range n {
		s, a := random(rng)
		model, g, modelErr := r.Append(s, a)
		live, liveErr := Append(s, a)
		var p *crash.Error
		if errors.As(modelErr, &p) {
			panicked[p.Text]++
		} else if modelErr != nil {
			t.Fatalf("append of %+v to %+v: model %v", a, s, modelErr)
		}
		if !errors.Is(liveErr, modelErr) {
			t.Fatalf("append of %+v to %+v: model %v, %v; live %v, %v", a, s, model, modelErr, live, liveErr)
		}
		if modelErr != nil {
			continue
		}
		if model != live {
			t.Fatalf("append of %+v to %+v: model %v, live %v\n%v", a, s, model, live, g)
		}
		seen[g.Rule]++
		if g.Rule != slicegrow.Fits {
			grown++
		}
	}
	t.Logf("%d appends, %d of them growing: 0 mismatches. Rules %v, panics %v", n, grown, seen, panicked)
	for _, rule := range []slicegrow.Rule{slicegrow.Fits, slicegrow.ZeroSize, slicegrow.Needed, slicegrow.Double, slicegrow.Smooth} {
		if seen[rule] < n/200 {
			t.Errorf("only %d of %d appends tried the rule %s", seen[rule], n, rule)
		}
	}
}

// random returns a slice and an append to it. Half of the slices are full, and half of
// the appends add as few elements as make them grow.
func random(rng *rand.Rand) (s slicegrow.Slice, a slicegrow.Append) {
	e := elements[rng.IntN(len(elements))]
	a = slicegrow.Append{Size: e.size, Pointers: e.pointers, Verb: slicegrow.Verb(rng.IntN(3))}
	size := max(e.size, 1)

	most := int64(2 << 10) // bytes: most are small, so that a million can be made
	switch rng.IntN(100) {
	case 0:
		most = 400 << 10
	case 1, 2, 3, 4, 5, 6:
		most = 40 << 10
	}
	s.Cap = rng.Int64N(most/size + 2)
	if rng.IntN(4) == 0 {
		if c := edges[rng.IntN(len(edges))]; c*size <= 4*most {
			s.Cap = c
		}
	}
	switch rng.IntN(6) {
	case 0, 1, 2:
		s.Len = s.Cap
	case 3:
		s.Len = min(s.Cap, edges[rng.IntN(len(edges))])
	default:
		s.Len = rng.Int64N(s.Cap + 1)
	}
	switch {
	case e.size == 0, s.Cap == 0 && rng.IntN(2) == 0:
		s.Ptr = slicegrow.Zerobase
	case s.Cap > 0:
		s.Ptr = slicegrow.Heap
	}

	free := s.Cap - s.Len
	switch rng.IntN(8) {
	case 0, 1, 2, 3:
		a.Count = free + 1
	case 4:
		a.Count = free + rng.Int64N(8)
	case 5:
		a.Count = free + s.Cap + rng.Int64N(3) - 1
	case 6:
		a.Count = free + rng.Int64N(3*s.Cap+2)
	case 7:
		a.Count = rng.Int64N(free + 1)
	}
	a.Count = max(a.Count, 0)
	if a.Verb == slicegrow.Values && a.Count > maxValues {
		a.Verb = slicegrow.Spread
	}
	if rng.IntN(50) == 0 && optimized {
		tooMuch(rng, &a, s)
	}
	return s, a
}

// edges are capacities around the thresholds of all releases and the pages.
var edges = []int64{0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 63, 64, 127, 128, 129, 254, 255, 256, 257, 258, 511, 512, 513,
	767, 768, 1022, 1023, 1024, 1025, 1026, 1279, 1280, 2047, 2048, 4095, 4096, 8191, 8192, 32760, 32768, 32769}

// tooMuch changes the append so that it panics.
func tooMuch(rng *rand.Rand, a *slicegrow.Append, s slicegrow.Slice) {
	const maxInt = int64(^uint(0) >> 1)
	a.Verb = []slicegrow.Verb{slicegrow.Spread, slicegrow.Grow}[rng.IntN(2)]
	switch {
	case a.Verb == slicegrow.Grow && rng.IntN(4) == 0:
		a.Count = -1 - rng.Int64N(maxInt)
	case a.Size == 0:
		a.Count = maxInt - s.Len + rng.Int64N(s.Len+1)
		if a.Count <= maxInt-s.Len {
			a.Count = s.Cap
		}
	default:
		limit := int64(1) << 48
		if word == 4 {
			limit = 1<<32 - 1
		}
		least := limit/a.Size + 1
		if least > maxInt-s.Len { // bytes with 4-byte words
			a.Count = 1
			return
		}
		a.Count = least + rng.Int64N(maxInt-least+1)
		if rng.IntN(2) == 0 {
			a.Count = min(maxInt, least+rng.Int64N(1000))
		}
	}
}
