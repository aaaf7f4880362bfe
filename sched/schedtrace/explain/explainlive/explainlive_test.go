package explainlive

import (
	"errors"
	"os"
	"testing"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/overlay"
	"github.com/orrery-go/orrery/sched/schedtrace/explain"
)

// TestTruth explains fresh traces of 27 programs on 1, 2, 4 and 8 Ps, and compares with
// what their runtime noted: what is called unique is true, however threads are stopped, and
// nothing is contradicted. If ORRERY_PAUSES is set, too, threads pause in a second round at
// random between the statements of the scheduler.
func TestTruth(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("builds a runtime: set ORRERY_FULL=1")
	}
	c, err := overlay.Start(t.Context(), overlay.Programs, child.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	all, err := child.Call[overlay.Answer](c, overlay.Question{})
	if err != nil {
		t.Fatal(err)
	}
	rejected, runs := 0, 0
	rounds := []uint64{0}
	if os.Getenv("ORRERY_PAUSES") != "" {
		rounds = append(rounds, 500, 60, 12)
	}
	for _, pauses := range rounds {
		for _, procs := range []int{1, 2, 4, 8} {
			var sum Comparison
			verdicts := map[explain.Verdict]int{}
			for _, program := range all.Programs {
				if program == "forced collections" {
					continue // its size depends on the load, and may be a million
				}
				q := overlay.Question{Program: program, Procs: procs, Size: 40, Room: 1 << 18, Kinds: overlay.Of(overlay.Started, overlay.Started), Pauses: pauses}
				if pauses > 0 {
					q.Size = 10
				}
				a, err := child.Call[overlay.Answer](c, q)
				if err != nil {
					t.Fatal(err)
				}
				runs++
				got, err := Compare(a.Trace, a.Notes)
				if errors.Is(err, overlay.ErrLost) {
					t.Logf("rejected: %s on %d: %v", program, procs, err)
					rejected++
					continue
				}
				if err != nil {
					t.Errorf("%s on %d: %v", program, procs, err)
					continue
				}
				for _, w := range got.Wrong {
					t.Errorf("%s on %d, pauses %d: %s", program, procs, pauses, w)
				}
				sum.Starts += got.Starts
				sum.Compared += got.Compared
				sum.WrongN += got.WrongN
				sum.Order += got.Order
				sum.OrderWrong += got.OrderWrong
				for v, n := range got.Stats.Verdicts {
					verdicts[v] += n
				}
			}
			t.Logf("on %d, pauses %d: %d starts, %v; %d unique compared, %d wrong; %d unique up to the order compared, %d wrong",
				procs, pauses, sum.Starts, verdicts, sum.Compared, sum.WrongN, sum.Order, sum.OrderWrong)
			if n := verdicts[explain.Contradicted]; n > 0 {
				t.Errorf("on %d, pauses %d: %d contradicted", procs, pauses, n)
			}
			if sum.Compared == 0 {
				t.Errorf("on %d, pauses %d: nothing is unique", procs, pauses)
			}
		}
	}
	if rejected*4 > runs {
		t.Errorf("%d of %d runs were rejected", rejected, runs)
	}
}
