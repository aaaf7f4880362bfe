package alloclive

import (
	"math/rand/v2"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/internal/child"
)

// pageOps makes operations that together take at most a part of the hole.
func pageOps(r *rand.Rand, n int, collect bool) (ops []PageOp) {
	inUse := int64(0)
	var live []int
	for len(ops) < n {
		switch k := r.IntN(100); {
		case k < 25 && len(live) > 0:
			i := r.IntN(len(live))
			ops = append(ops, PageOp{Free: live[i]})
			live[i] = live[len(live)-1]
			live = live[:len(live)-1]
		case k < 28 && collect:
			ops = append(ops, PageOp{Collect: true})
			inUse = 0
			for _, i := range live {
				inUse += ops[i].Pages
			}
		default:
			pages := 1 + r.Int64N(3)
			switch r.IntN(3) {
			case 0:
				pages = 4 + r.Int64N(16)
			case 1:
				pages = 16 + r.Int64N(100)
			}
			if inUse+pages > HolePages/2 {
				ops = append(ops, PageOp{Collect: true})
				inUse = 0
				for _, i := range live {
					inUse += ops[i].Pages
				}
				continue
			}
			inUse += pages
			live = append(live, len(ops))
			ops = append(ops, PageOp{Pages: pages})
		}
	}
	return ops
}

// TestHole takes and frees pages in a real heap where no page below is free, and
// compares each place with the model.
func TestHole(t *testing.T) {
	c := process(t)
	r := rand.New(rand.NewPCG(14, 26))
	runs := 3
	if os.Getenv("ORRERY_FULL") != "" {
		runs = 15
	}
	trials := child.NewTrials(runs)
	places := 0
	for trials.Next() {
		ops := pageOps(r, 600, true)
		real, err := c.Hole(ops)
		if err != nil {
			t.Fatal(err)
		}
		if real.Stacks != 0 || real.Base == 0 {
			trials.Reject("stacks took pages")
			continue
		}
		model, err := ModelHole("running", real.Base, ops)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(model, real); diff != "" {
			t.Fatalf("(-model +real):\n%.2000s", diff)
		}
		places += len(real.Pages)
		trials.Accept()
	}
	if err := trials.Err(); err != nil {
		t.Error(err)
	}
	t.Logf("%d places, %v", places, trials)
}
