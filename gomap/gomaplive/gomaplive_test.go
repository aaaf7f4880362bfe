package gomaplive_test

import (
	"errors"
	"runtime/debug"
	"testing"

	"github.com/orrery-go/orrery/gomap/gomaplive"
	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/underrace"
)

// TestMaps compares the memory of maps after each operation of random programs. Under
// the race detector, where the scheduler also draws from the thread's random numbers
// (TestScheduler), a child built without it runs some of them.
func TestMaps(t *testing.T) {
	programs, operations := 26, 200 // a few are rejected
	run := gomaplive.RunOne
	if underrace.On {
		programs = 3
		c, err := child.Start(t.Context(), "github.com/orrery-go/orrery/gomap/gomaplive/quiet", child.Options{})
		if errors.Is(err, child.ErrCannotBuild) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		run = func(o gomaplive.One) (gomaplive.Ran, error) { return child.Call[gomaplive.Ran](c, o) }
	} else if full() {
		programs = 300
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	var all gomaplive.Counts
	rejected := 0
	for kind := range gomaplive.Kinds() {
		for seed := range uint64(programs) {
			r, err := run(gomaplive.One{Kind: kind, Seed: seed, Operations: operations})
			switch {
			case err != nil:
				t.Fatal(err)
			case r.NoRandom:
				t.Skip(gomaplive.ErrNoRandom)
			case r.Disturbed:
				rejected++
				continue
			}
			all.Add(r.Counts)
		}
	}
	t.Logf("%+v, rejected %d", all, rejected)
	if most := programs * len(gomaplive.Kinds()) * 9 / 10; rejected > most {
		t.Errorf("%d programs were rejected, want at most %d", rejected, most)
	}
}
