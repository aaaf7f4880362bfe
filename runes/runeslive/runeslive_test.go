package runeslive_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/internal/underrace"
	"github.com/orrery-go/orrery/runes"
	"github.com/orrery-go/orrery/runes/runeslive"
)

// model returns the answer of the model.
func model(s string) (a runeslive.Answer) {
	a.Rune, a.Width = runes.Decode(s)
	a.LastRune, a.LastWidth = runes.DecodeLast(s)
	a.Full, a.Valid, a.Count = runes.Full(s), runes.Valid(s), runes.Count(s)
	a.Range, a.RangeRune = min(a.Width, len(s)), a.Rune
	return a
}

// TestAll compares every text of one to three bytes, and, of those of four, all that
// begin with F0 to F7 and random others; in the full run all of them.
func TestAll(t *testing.T) {
	same := func(b []byte) {
		s := string(b)
		if m, r := model(s), runeslive.Real(s); m != r {
			t.Errorf("% X (-model +real):\n%s", b, cmp.Diff(m, r))
		}
	}
	n := 0
	for size := 1; size <= 2; size++ {
		for i := range 1 << (8 * size) {
			n++
			same([]byte{byte(i >> 8), byte(i)}[2-size:])
		}
	}
	// Longer texts: the whole answer where bytes are at the edges of their ranges, the
	// rune everywhere.
	edges := []byte{0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff}
	for _, a := range edges {
		for _, b := range edges {
			for _, c := range edges {
				n++
				same([]byte{a, b, c})
				for _, d := range edges {
					n++
					same([]byte{a, b, c, d})
				}
			}
		}
	}
	if t.Failed() {
		return
	}
	firsts, full := []int{0xf0, 0xf1, 0xf4, 0xf5}, os.Getenv("ORRERY_FULL") != ""
	if full {
		firsts = nil
		for b := range 256 {
			firsts = append(firsts, b)
		}
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	sem := make(chan bool, runtime.GOMAXPROCS(0))
	decode := func(first, size int) {
		defer func() { <-sem; wg.Done() }()
		buf, bad := [4]byte{byte(first)}, 0
		count := 1 << (8 * (size - 1))
		for i := range count {
			buf[1], buf[2], buf[3] = byte(i>>16), byte(i>>8), byte(i)
			if size == 3 {
				buf[1], buf[2] = byte(i>>8), byte(i)
			}
			b := buf[:size]
			r, w := runes.Decode(b)
			if want, width := utf8.DecodeRune(b); (r != want || w != width) && bad < 3 {
				bad++
				t.Errorf("% X: model %U %d, real %U %d", b, r, w, want, width)
			}
		}
		mu.Lock()
		n += count
		mu.Unlock()
	}
	for b := range 256 {
		wg.Add(1)
		sem <- true
		go decode(b, 3)
	}
	for _, b := range firsts {
		wg.Add(1)
		sem <- true
		go decode(b, 4)
	}
	wg.Wait()
	r := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		n++
		same([]byte{byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32())}[:2+r.IntN(4)])
	}
	t.Logf("%d texts, 0 mismatches", n)
}

// TestEncode compares numbers in and around the range of code points.
func TestEncode(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	n := 0
	check := func(x rune) {
		n++
		real := utf8.AppendRune(nil, x)
		if got := runes.Append(nil, x); string(got) != string(real) || runes.Len(x) != utf8.RuneLen(x) || runes.ValidRune(x) != utf8.ValidRune(x) || string(got) != string(x) {
			t.Fatalf("%U: % X of %d, real % X of %d", x, got, runes.Len(x), real, utf8.RuneLen(x))
		}
	}
	for x := rune(-70_000); x < 1_200_000; x++ {
		check(x)
	}
	for range 100_000 {
		check(rune(r.Uint32()))
	}
	t.Logf("%d numbers, 0 mismatches", n)
}

func TestAliases(t *testing.T) {
	if reflect.TypeFor[rune]() != reflect.TypeFor[int32]() || reflect.TypeFor[byte]() != reflect.TypeFor[uint8]() {
		t.Error("rune is not int32, or byte not uint8")
	}
	if r, _ := runes.Decode("x"); reflect.TypeOf(r) != reflect.TypeFor[int32]() {
		t.Error("a decoded rune is no int32")
	}
}

type fnv uint64

func (h *fnv) add(n int) {
	for i := range 4 {
		*h = (*h ^ fnv(byte(n>>(8*i)))) * 1099511628211
	}
}

func (h *fnv) text(s string) {
	r, w := runes.Decode(s)
	h.add(int(r))
	h.add(w)
	r, w = runes.DecodeLast(s)
	h.add(int(r))
	h.add(w)
	for i := 0; i < len(s); {
		r, w := runes.Decode(s[i:])
		h.add(i)
		h.add(int(r))
		i += w
	}
}

func (h fnv) String() string { return fmt.Sprintf("%016x", uint64(h)) }

// predict returns the record that every release should have.
var predict = sync.OnceValue(func() (rec runeslive.Record) {
	const start = fnv(14695981039346656037)
	rec.Decode = map[string]string{}
	h := start
	for n := 1; n <= 2; n++ {
		for i := range 1 << (8 * n) {
			h.text(string([]byte{byte(i), byte(i >> 8)}[:n]))
		}
	}
	rec.Decode["1 and 2 bytes"] = h.String()
	h = start
	edges := []byte{0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff}
	for _, a := range edges {
		for _, b := range edges {
			for _, c := range edges {
				h.text(string([]byte{a, b, c}))
				for _, d := range edges {
					h.text(string([]byte{a, b, c, d}))
				}
			}
		}
	}
	rec.Decode["3 and 4 bytes at the edges"] = h.String()
	h = start
	for r := rune(-1000); r < 0x111000; r++ {
		b := runes.Append(nil, r)
		h.add(len(b))
		for _, c := range b {
			h.add(int(c))
		}
		h.add(runes.Len(r))
	}
	rec.Encode = h.String()
	return rec
})

// TestGolden compares the model with the answers of every release since 1.2.
func TestGolden(t *testing.T) {
	runeslive.Golden.Test(t, func(t *testing.T, rel string, got runeslive.Record) {
		if diff := cmp.Diff(predict(), got); diff != "" {
			t.Errorf("(-model +%s):\n%s", rel, diff)
		}
	})
}

var (
	bytesSink  []byte
	runesSink  []rune
	stringSink string
)

// TestConvert converts texts, with results that escape and that do not, and compares
// capacities and the bytes allocated on the heap.
func TestConvert(t *testing.T) {
	if underrace.On {
		t.Skip("the race detector changes the allocations; the run without it compares them")
	}
	r := rand.New(rand.NewPCG(1, 2))
	rules, err := alloc.ForRelease("running")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for i := range 400 {
		var b strings.Builder
		for range r.IntN(1 + i) {
			b.WriteRune([]rune{'a', 'é', '漢', '👍'}[r.IntN(4)])
		}
		s := b.String()
		if i < 40 {
			s = strings.Repeat("x", i)
		}
		bs, rs := []byte(s), []rune(s)
		check := func(c runes.Conversion, escapes bool, length, capacity int, f func()) {
			n++
			want, err := runes.Convert(c, s, escapes)
			if err != nil {
				t.Fatal(err)
			}
			heap := int64(0)
			if want.Heap > 0 {
				if heap, err = rules.RoundUp(want.Heap, true); err != nil {
					t.Fatal(err)
				}
			}
			if want.Len != int64(length) || want.Cap != int64(capacity) {
				t.Fatalf("%v of %d bytes, escapes %v: len %d cap %d, model %+v", c, len(s), escapes, length, capacity, want)
			}
			if got := heapBytes(f); want.Heap >= 16 && got != heap || want.Heap == 0 && got != 0 {
				t.Fatalf("%v of %d bytes, escapes %v: %d bytes of the heap, model %d of %+v", c, len(s), escapes, got, heap, want)
			}
		}
		bytesSink, runesSink = []byte(s), []rune(s)
		check(runes.BytesOfString, true, len(bytesSink), cap(bytesSink), func() { bytesSink = []byte(s) })
		check(runes.RunesOfString, true, len(runesSink), cap(runesSink), func() { runesSink = []rune(s) })
		check(runes.StringOfBytes, true, len(string(bs)), 0, func() { stringSink = string(bs) })
		check(runes.StringOfRunes, true, len(string(rs)), 0, func() { stringSink = string(rs) })
		length, capacity := localBytes(s)
		check(runes.BytesOfString, false, length, capacity, func() { localBytes(s) })
		length, capacity = localRunes(s)
		check(runes.RunesOfString, false, length, capacity, func() { localRunes(s) })
		check(runes.StringOfBytes, false, localString(bs), 0, func() { localString(bs) })
		check(runes.StringOfRunes, false, localStringOfRunes(rs), 0, func() { localStringOfRunes(rs) })
	}
	t.Logf("%d conversions, 0 mismatches", n)
}

//go:noinline
func localBytes(s string) (int, int) {
	b := []byte(s)
	for i := range b {
		b[i]++
	}
	return len(b), cap(b)
}

//go:noinline
func localRunes(s string) (int, int) {
	b := []rune(s)
	for i := range b {
		b[i]++
	}
	return len(b), cap(b)
}

//go:noinline
func localString(b []byte) int {
	s := string(b)
	if len(b) > 0 {
		b[0]++ // so that the compiler cannot omit the copy
		b[0]--
	}
	return lengthOf(s)
}

//go:noinline
func localStringOfRunes(b []rune) int { return lengthOf(string(b)) }

//go:noinline
func lengthOf(s string) int { return len(s) }

// heapBytes returns the bytes that f allocates on the heap, the least of several runs.
func heapBytes(f func()) int64 {
	least := int64(1 << 62)
	for range 3 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		least = min(least, int64(after.TotalAlloc-before.TotalAlloc))
	}
	return least
}
