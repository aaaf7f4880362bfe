package runes_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/runes"
)

// anyText draws a text, most of it UTF-8, some of it broken.
func anyText(t *rapid.T) string {
	var b strings.Builder
	for range rapid.IntRange(0, 12).Draw(t, "parts") {
		if rapid.Bool().Draw(t, "valid") {
			b.WriteString(rapid.String().Draw(t, "text"))
		} else {
			b.Write(rapid.SliceOfN(rapid.SampledFrom([]byte{0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff}), 0, 6).Draw(t, "bytes"))
		}
	}
	return b.String()
}

// TestDecoder checks that steps cover the text without gaps, that each event agrees with
// Decode and the automaton, and that At returns the state after each step.
func TestDecoder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anyText(t)
		d, err := runes.New(runes.Config{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		at, n := 0, uint64(0)
		for e := range d.Events() {
			n++
			r, width := runes.Decode(text[at:])
			if e.Seq != n || e.Offset != at || e.Rune != r || e.Width != width || (e.Kind == runes.Broken) != (r == runes.RuneError && width == 1) {
				t.Fatalf("%q: event %+v, want %U of width %d at %d", text, e, r, width, at)
			}
			at += width
			state := runes.Start
			for i, b := range e.Read {
				if state = state.Next(b); state != e.States[i] {
					t.Fatalf("%q: states %v", text, e.States)
				}
			}
			if (state == runes.Done) != (e.Kind == runes.Decoded) || e.String() == "" {
				t.Fatalf("%q: %+v ends in %v", text, e, state)
			}
			if err := d.Check(); err != nil {
				t.Fatal(err)
			}
			if s, err := d.At(n); err != nil || s.Offset != at || s.Decoded != n {
				t.Fatalf("%q: At(%d) is %+v, want %d", text, n, s, at)
			}
		}
		if at != len(text) || int(n) != runes.Count(text) {
			t.Fatalf("%q: %d runes end at %d", text, n, at)
		}
	})
}

// TestRoundTrip checks that encoded runes are decoded again, by every function.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.Int32().Draw(t, "r")
		b := runes.Append(nil, r)
		got, width := runes.Decode(b)
		last, lastWidth := runes.DecodeLast(b)
		want := r
		if !runes.ValidRune(r) {
			want = runes.RuneError
		}
		if got != want || width != len(b) || last != want || lastWidth != len(b) || !runes.Valid(b) || !runes.Full(b) || runes.Count(b) != 1 || runes.Valid(b[:len(b)-1]) && len(b) > 1 {
			t.Fatalf("%U: % X, %U %d, %U %d", r, b, got, width, last, lastWidth)
		}
	})
}

// TestClusters checks that clusters cover the text without gaps, and some known ones.
func TestClusters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anyText(t)
		list := runes.Clusters(text)
		if strings.Join(list, "") != text || len(list) > runes.Count(text) {
			t.Fatalf("%q: %q", text, list)
		}
	})
	for text, want := range map[string]int{
		"": 0, "a": 1, "ab": 2, "\r\n": 1, "\n\r": 2, "a\u0308\u0301b": 2, "각": 1, "\u1100\u1161\u11a8": 1, "\uac00\u11a8\u11a8": 1, "\uac01\u1161": 2,
		"🇨🇳🇩": 2, "🇨🇳🇩🇪": 2, "👍🏽": 1, "👍🏽a": 2, "❤️": 1, "👩\u200d❤️\u200d👩": 1, "a\u200db": 2, "\u0301": 1, "\n\u0301": 2,
	} {
		if got := len(runes.Clusters(text)); got != want {
			t.Errorf("%q: %d clusters, want %d: %q", text, got, want, runes.Clusters(text))
		}
	}
}

// TestErrors checks the arguments that are refused.
func TestErrors(t *testing.T) {
	if _, err := runes.Convert(0, "", false); err == nil {
		t.Error("conversion 0")
	}
	if _, err := runes.Convert(runes.StringOfRune, "ab", false); err == nil {
		t.Error("string(r) of two runes")
	}
	var again *runes.Decoder
	d, err := runes.New(runes.Config{Text: "ab", Trace: func(runes.Event) {
		if _, err := again.Step(); err == nil {
			t.Error("Step from Trace")
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	again = d
	if more, err := d.Step(); !more || err != nil {
		t.Error(more, err)
	}
	if s := runes.State(200); s.Next('a') != runes.Wrong || s.Missing() != 0 || s.String() != "State(200)" {
		t.Error(s)
	}
}
