package runes_test

import (
	"testing"
	"unicode/utf8"

	"github.com/orrery-go/orrery/runes"
)

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"", "a\xc3\xa9", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\x80", "漢"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if runes.Valid(s) != utf8.ValidString(s) || runes.Count(s) != utf8.RuneCountInString(s) || runes.Full(s) != utf8.FullRuneInString(s) {
			t.Fatalf("%q", s)
		}
		r, w := runes.DecodeLast(s)
		if want, width := utf8.DecodeLastRuneInString(s); r != want || w != width {
			t.Fatalf("%q: last %U %d, want %U %d", s, r, w, want, width)
		}
		for _, c := range []runes.Conversion{runes.BytesOfString, runes.StringOfBytes, runes.RunesOfString, runes.StringOfRunes} {
			if _, err := runes.Convert(c, s, len(s)%2 == 0); err != nil {
				t.Fatal(err)
			}
		}
		runes.Clusters(s)
	})
}
