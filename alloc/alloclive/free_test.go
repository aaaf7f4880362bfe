package alloclive

import (
	"math/rand/v2"
	"os"
	"testing"

	"github.com/orrery-go/orrery/internal/child"
)

// freeing gives back some objects of a random program, each when others have been
// allocated after it.
func freeing(r *rand.Rand, p Program) (out Program) {
	var free []int64 // objects that can be given back
	gone := map[int64]bool{}
	number := int64(0)
	for _, op := range p {
		switch op.Verb {
		case Drop:
			if gone[op.Arg] {
				continue
			}
			gone[op.Arg] = true
		case Noscan:
			if op.Arg > 16 && op.Arg <= 32_760 {
				free = append(free, number)
			}
			number++
		case Scan:
			number++
		}
		out = append(out, op)
		for len(free) > 0 && r.IntN(4) == 0 {
			i := len(free) - 1 - r.IntN(min(len(free), 20))
			o := free[i]
			free = append(free[:i], free[i+1:]...)
			if !gone[o] {
				gone[o] = true
				out = append(out, Op{Free, o})
			}
		}
	}
	return out
}

// TestFree compares programs that give objects back: the place of every object, and the
// statistics.
func TestFree(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("builds a runtime: set ORRERY_FULL=1")
	}
	c, err := StartFree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	rnd := rand.New(rand.NewPCG(5, 8))
	objects, freed, reused := 0, 0, 0
	trials := child.NewTrials(40)
	for trials.Next() {
		p := freeing(rnd, random(rnd, 3000))
		a, err := c.Run(p)
		if err != nil {
			t.Fatal(err)
		}
		r, err := NewReplay("running")
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Run(p, a); err != nil {
			t.Fatalf("program %d: %v", trials.Accepted(), err)
		}
		if a.Others != -int64(r.Reused) { // these are not counted
			t.Fatalf("program %d: %d objects are used again, and %d are not counted", trials.Accepted(), r.Reused, -a.Others)
		}
		objects, reused = objects+len(a.Addrs), reused+r.Reused
		for _, op := range p {
			if op.Verb == Free {
				freed++
			}
		}
		trials.Accept()
	}
	t.Logf("%v: %d objects, %d given back, %d of them used again; 0 mismatches", trials, objects, freed, reused)
	if err := trials.Err(); err != nil {
		t.Error(err)
	}
}
