package draw_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/textbook/deadlock"
)

// circle returns two processes that wait for each other, and a third that holds the
// second unit of a resource.
func circle(t testing.TB, units int) deadlock.Snapshot {
	t.Helper()
	g, err := deadlock.New(3, units, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range [][3]int{{1, 1, 1}, {2, 2, 1}, {3, 3, 2}, {3, 1, units - 1}, {1, 2, 1}, {2, 1, 1}} {
		if q[2] > 0 {
			if _, err := g.Request(q[0], q[1], q[2]); err != nil {
				t.Fatal(err)
			}
		}
	}
	return g.Snapshot()
}

func TestDeadlockGraph(t *testing.T) {
	for name, s := range map[string]deadlock.Snapshot{"deadlock": circle(t, 1), "comes_loose": circle(t, 2)} {
		got := draw.DeadlockGraph(s)
		if n := wellFormed(t, got); n != 9 {
			t.Errorf("%s: %d boxes, want 9 with the legend's", name, n)
		}
		same(t, "deadlock_"+name+".svg", got)
	}
}

func TestDeadlockGraphAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := rapid.SliceOfN(rapid.IntRange(1, 3), 1, 12).Draw(t, "units")
		n := rapid.IntRange(1, 12).Draw(t, "processes")
		g, err := deadlock.New(n, units...)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(0, 30).Draw(t, "requests") {
			g.Request(rapid.IntRange(1, n).Draw(t, "p"), rapid.IntRange(1, len(units)).Draw(t, "r"), 1)
		}
		wellFormed(t, draw.DeadlockGraph(g.Snapshot()))
	})
}
