package runes_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/orrery-go/orrery/runes"
)

// The runes of the text have one to four bytes, as in prose in four scripts.
var prose = strings.Repeat("The quick brown fox. Щастя. 漢字かな交じり文。 👍🏽 ", 200)

var sink int

// BenchmarkDecode decodes the whole text in the model and with unicode/utf8.
func BenchmarkDecode(b *testing.B) {
	b.Run("model", func(b *testing.B) {
		b.SetBytes(int64(len(prose)))
		for b.Loop() {
			for s := prose; s != ""; {
				_, width := runes.Decode(s)
				s = s[width:]
				sink += width
			}
		}
	})
	b.Run("real", func(b *testing.B) {
		b.SetBytes(int64(len(prose)))
		for b.Loop() {
			for s := prose; s != ""; {
				_, width := utf8.DecodeRuneInString(s)
				s = s[width:]
				sink += width
			}
		}
	})
}
