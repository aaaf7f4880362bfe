package draw_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/draw"
)

func TestRunesText(t *testing.T) {
	got := draw.RunesText("aé漢👍\xed\xa0\x80!")
	wellFormed(t, got)
	file := filepath.Join("testdata", "runes_text.svg")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || string(want) != got {
		t.Errorf("%s is not what is drawn now, %v; -update accepts it", file, err)
	}
	if long := draw.RunesText(strings.Repeat("漢", 1_000_000)); len(long) > 100_000 {
		t.Errorf("a million runes take %d bytes", len(long))
	}
	rapid.Check(t, func(t *rapid.T) {
		wellFormed(t, draw.RunesText(string(rapid.SliceOfN(rapid.Byte(), 0, 90).Draw(t, "text"))))
	})
}
