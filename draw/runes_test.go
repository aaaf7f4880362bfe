package draw_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/draw"
)

func TestRunesText(t *testing.T) {
	got := draw.RunesText("aé漢👍\xed\xa0\x80!")
	wellFormed(t, got)
	same(t, "runes_text.svg", got)
	if long := draw.RunesText(strings.Repeat("漢", 1_000_000)); len(long) > 100_000 {
		t.Errorf("a million runes take %d bytes", len(long))
	}
	rapid.Check(t, func(t *rapid.T) {
		wellFormed(t, draw.RunesText(string(rapid.SliceOfN(rapid.Byte(), 0, 90).Draw(t, "text"))))
	})
}
