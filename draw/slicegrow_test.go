package draw_test

import (
	"testing"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/slicegrow"
)

func growing(t testing.TB, release string, n int64) draw.Growing {
	t.Helper()
	rules, err := slicegrow.ForRelease(release)
	if err != nil {
		t.Fatal(err)
	}
	g := draw.Growing{Title: release}
	for step, err := range rules.Sequence(slicegrow.Append{Count: 1, Size: 8}, n) {
		if err != nil {
			t.Fatal(err)
		}
		g.Steps = append(g.Steps, step)
	}
	return g
}

func TestSlicegrowArrays(t *testing.T) {
	got := draw.SlicegrowArrays("Appending 2,000 int64, one by one", []draw.Growing{growing(t, "go1.17", 2000), growing(t, "go1.26", 2000)})
	wellFormed(t, got)
	same(t, "slicegrow_arrays.svg", got)
	wellFormed(t, draw.SlicegrowArrays("", nil))
	wellFormed(t, draw.SlicegrowArrays("\x00", make([]draw.Growing, 1000)))
	many := draw.Growing{Steps: make([]slicegrow.Step, 100_000)}
	if picture := draw.SlicegrowArrays("many", []draw.Growing{many}); len(picture) > 20_000 {
		t.Errorf("100,000 growths take %d bytes", len(picture))
	}
}
