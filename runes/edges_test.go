package runes_test

import (
	"slices"
	"testing"

	"github.com/orrery-go/orrery/runes"
)

// TestClusterEdges: the first and the last rune of each range of UAX #29's properties
// belong to a cluster with their neighbour, and the runes just outside the ranges do
// not.
func TestClusterEdges(t *testing.T) {
	for first, second := range map[rune]struct{ joined, apart []rune }{
		// Hangul: GB6 to GB8.
		0x1100: {[]rune{0x1100, 0x115f, 0xa960, 0xa97c, 0x1160, 0x11a7, 0xd7b0, 0xd7c6, 0xac00, 0xac01, 0xd7a3}, []rune{'a', 0x10ff, 0xa95f, 0xa97d, 0xd7af, 0xd7c7, 0xabff, 0xd7a4, 0x11a8, 0x11ff, 0xd7cb}},
		0x115f: {[]rune{0x1160}, []rune{0x11a8}},
		0xa960: {[]rune{0x1160}, []rune{0x11a8}},
		0xa97c: {[]rune{0x1160}, []rune{0x11a8}},
		0x1160: {[]rune{0x1160, 0x11a7, 0x11a8, 0x11ff, 0xd7b0, 0xd7c6, 0xd7cb, 0xd7fb}, []rune{'a', 0x1100, 0x115f, 0x1200, 0xd7ca, 0xd7fc, 0xac00, 0xac01}},
		0xd7c6: {[]rune{0x1160, 0x11a8}, []rune{0x1100}},
		0x11a8: {[]rune{0x11a8, 0x11ff, 0xd7cb, 0xd7fb}, []rune{'a', 0x1100, 0x1160, 0xac00, 0xac01}},
		0xd7fb: {[]rune{0x11a8}, []rune{0x1160}},
		0xac00: {[]rune{0x1160, 0x11a7, 0x11a8, 0x11ff}, []rune{'a', 0x1100, 0xac00, 0xac01}},
		0xac1c: {[]rune{0x1160, 0x11a8}, []rune{0xac00}},
		0xac01: {[]rune{0x11a8, 0x11ff}, []rune{'a', 0x1100, 0x1160, 0xac00}},
		0xd7a3: {[]rune{0x11a8}, []rune{0x1160}},
		0xd7a4: {nil, []rune{0x1160, 0x11a8}},
		0xabff: {nil, []rune{0x1160, 0x11a8}},
		'a':    {[]rune{0x0300, 0x200c, 0x200d, 0xfe0f, 0x1f3fb, 0x1f3ff, 0xe0020, 0xe007f, 0x0903, 0x20dd}, []rune{'b', 0x1100, 0x1160, 0x11a8, 0xac00, 0x200a, 0x1f3fa, 0x1f400, 0xe001f, 0xe0080, 0x1f1e6}},
		// Flags: GB12 and GB13.
		0x1f1e6: {[]rune{0x1f1e6, 0x1f1ff}, []rune{0x1f1e5, 0x1f200, 'a'}},
		0x1f1ff: {[]rune{0x1f1e6, 0x1f1ff}, []rune{0x1f1e5, 0x1f200}},
		0x1f1e5: {nil, []rune{0x1f1e6}},
		0x1f200: {nil, []rune{0x1f1e6}},
		// Emoji after a joiner: GB11. U+2190 is a mathematical symbol, U+1D100 a musical
		// one.
		0x200d: {[]rune{0x1f000, 0x1faff, 0x2764, 0x2195, 0x2bff}, []rune{'a', 0x1efff, 0x1fb00, 0x2190, 0x1d100, 0x1f1e6}},
	} {
		one := string(first)
		if first == 0x200d {
			one = "👩\u200d"
		}
		for want, list := range [][]rune{1: second.joined, 2: second.apart} {
			for _, r := range list {
				if got := runes.Clusters(one + string(r)); len(got) != want {
					t.Errorf("%U %U: %d clusters, want %d", first, r, len(got), want)
				}
			}
		}
	}
}

// TestNoState: invalid states have no successors.
func TestNoState(t *testing.T) {
	for s := range 256 {
		to := runes.State(s).Next('a')
		if want := runes.State(s) == runes.Start; (to == runes.Done) != want || !want && to != runes.Wrong {
			t.Errorf("from state %d an 'a' leads to %v", s, to)
		}
	}
}

// TestBounds checks the first and the last rune of each width, and numbers that are no runes.
func TestBounds(t *testing.T) {
	for r, want := range map[rune]int{
		-1: -1, 0: 1, 0x7f: 1, 0x80: 2, 0x7ff: 2, 0x800: 3, 0xd7ff: 3, 0xd800: -1, 0xdfff: -1, 0xe000: 3, 0xffff: 3, 0x10000: 4, 0x10ffff: 4, 0x110000: -1,
	} {
		if got := runes.Len(r); got != want || runes.ValidRune(r) != (want > 0) {
			t.Errorf("%#x: %d bytes, valid %v, want %d", r, got, runes.ValidRune(r), want)
		}
		if want < 0 {
			continue
		}
		for n := range want { // a prefix is not a whole rune
			if text := string(r); runes.Full(text[:n]) || !runes.Full(text) || !runes.Full(text+"\xff") {
				t.Errorf("%U: %d of %d bytes are whole, or the whole is not", r, n, want)
			}
		}
	}
	for _, text := range []string{"\x80", "\xff", "\xc3a", "\xe0\x80", "\xed\xa0", "\xf4\x90"} {
		if !runes.Full(text) {
			t.Errorf("% X goes on to be a rune", text)
		}
	}
}

// TestTold: a Trace receives the events that Events yields.
func TestTold(t *testing.T) {
	var told, got []rune
	d, err := runes.New(runes.Config{Text: "aÑ漢", Trace: func(e runes.Event) { told = append(told, e.Rune) }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Step(); err != nil {
		t.Fatal(err)
	}
	for e := range d.Events() {
		got = append(got, e.Rune)
		break
	}
	if _, err := d.Step(); err != nil {
		t.Fatal(err)
	}
	if want := []rune("aÑ漢"); !slices.Equal(told, want) || !slices.Equal(got, want[1:2]) {
		t.Errorf("told %q, yielded %q", told, got)
	}
}

// TestConvertSizes: an array on the heap has a size class, and one on the stack is a
// buffer of 32 elements.
func TestConvertSizes(t *testing.T) {
	text := "0123456789012345678901234567890123" // 34
	for _, tt := range []struct {
		c       runes.Conversion
		n       int
		escapes bool
		want    runes.Copy
	}{
		{runes.BytesOfString, 5, true, runes.Copy{Len: 5, Cap: 5 + 3, Copied: 5, Heap: 5}},
		{runes.BytesOfString, 33, true, runes.Copy{Len: 33, Cap: 48, Copied: 33, Heap: 33}},
		{runes.BytesOfString, 32, false, runes.Copy{Len: 32, Cap: 32, Copied: 32}},
		{runes.BytesOfString, 33, false, runes.Copy{Len: 33, Cap: 48, Copied: 33, Heap: 33}},
		{runes.RunesOfString, 5, true, runes.Copy{Len: 5, Cap: 24 / 4, Copied: 20, Heap: 20}},
		{runes.RunesOfString, 32, false, runes.Copy{Len: 32, Cap: 32, Copied: 128}},
		{runes.RunesOfString, 33, false, runes.Copy{Len: 33, Cap: 144 / 4, Copied: 132, Heap: 132}},
		{runes.StringOfBytes, 0, true, runes.Copy{}},
		{runes.StringOfBytes, 1, true, runes.Copy{Len: 1}},
		{runes.StringOfBytes, 2, true, runes.Copy{Len: 2, Copied: 2, Heap: 2}},
		{runes.StringOfBytes, 32, false, runes.Copy{Len: 32, Copied: 32}},
		{runes.StringOfBytes, 33, false, runes.Copy{Len: 33, Copied: 33, Heap: 33}},
		{runes.StringOfRunes, 29, false, runes.Copy{Len: 29, Copied: 29}},
		{runes.StringOfRunes, 30, false, runes.Copy{Len: 30, Copied: 30, Heap: 33}},
		{runes.StringOfRune, 1, false, runes.Copy{Len: 1, Copied: 1}},
		{runes.StringOfRune, 1, true, runes.Copy{Len: 1, Copied: 1, Heap: 4}},
	} {
		got, err := runes.Convert(tt.c, text[:tt.n], tt.escapes)
		if err != nil || got.Why == "" {
			t.Errorf("%v of %d: %+v, %v", tt.c, tt.n, got, err)
		}
		if got.Why = ""; got != tt.want {
			t.Errorf("%v of %d, escapes %v: %+v, want %+v", tt.c, tt.n, tt.escapes, got, tt.want)
		}
	}
}
