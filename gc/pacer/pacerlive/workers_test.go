package pacerlive

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/gc/pacer"
	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/overlay"
)

// TestWorkers compares the mark workers with which real cycles begin with the model:
// cycles that a program asks for and that are due by the time, on 1 to 24 Ps.
func TestWorkers(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("builds a runtime: set ORRERY_FULL=1")
	}
	c, err := overlay.Start(t.Context(), overlay.Programs, child.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	cycles, timed := 0, 0
	for procs := 1; procs <= 24; procs++ {
		a, err := child.Call[overlay.Answer](c, overlay.Question{
			Program: "cycles", Procs: procs, Size: 3, Room: 1 << 16, Kinds: overlay.Of(overlay.Workers, overlay.Workers),
		})
		if err != nil {
			t.Fatal(err)
		}
		notes, err := overlay.All(a.Notes)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range notes {
			if msg := compareWorkers(n, procs); msg != "" {
				t.Errorf("%s: %+v", msg, n)
			}
			cycles, timed = cycles+1, timed+int(n.Flags)
		}
	}
	t.Logf("%d cycles, %d of them due by the time, 0 mismatches", cycles, timed)
	if cycles < 144 || timed < 72 {
		t.Error("too few")
	}
}

// compareWorkers returns the difference from the model, or "".
func compareWorkers(n overlay.Note, procs int) string {
	model, err := pacer.WorkersOf(procs, n.Flags == 1)
	real := pacer.Workers{Dedicated: int(n.Count), Fractional: math.Float64frombits(n.Object), Idle: int(n.Extra)}
	if err != nil || model != real || n.P != procs {
		return fmt.Sprintf("on %d Ps: model %+v, %v, real %+v on %d", procs, model, err, real, n.P)
	}
	return ""
}

// The comparison can fail.
func TestWorkersBroken(t *testing.T) {
	half := overlay.Note{P: 2, Object: math.Float64bits(0.25), Extra: 2}
	for _, c := range []struct {
		want string
		with func(*overlay.Note)
	}{
		{"", func(n *overlay.Note) {}},
		{"model", func(n *overlay.Note) { n.Count = 1 }},
		{"model", func(n *overlay.Note) { n.Object = math.Float64bits(0.2) }},
		{"model", func(n *overlay.Note) { n.Extra = 1 }},
		{"model", func(n *overlay.Note) { n.Flags = 1 }},
		{"model", func(n *overlay.Note) { n.P = 1 }},
	} {
		n := half
		c.with(&n)
		if got := compareWorkers(n, 2); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%+v: %q, want %q", n, got, c.want)
		}
	}
}
