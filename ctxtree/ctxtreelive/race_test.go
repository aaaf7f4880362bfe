package ctxtreelive

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/ctxtree"
	"github.com/orrery-go/orrery/internal/child"
)

// TestEnds checks that a context that is done without an error ends a program, in the
// model and in Go, with the same text.
func TestEnds(t *testing.T) {
	for _, watched := range []bool{true, false} {
		c, err := child.Start(t.Context(), Experiment, child.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, real := child.Call[int](c, Question{End: true, Watched: watched})
		m := newTree(t, "running")
		n, err := m.WithCustom(ctxtree.Background, ctxtree.Custom{Done: ctxtree.Own})
		if err != nil {
			t.Fatal(err)
		}
		if watched {
			if _, err := m.WithCancel(n); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := m.Finish(n, ""); err != nil {
			t.Fatal(err)
		}
		if watched {
			err = m.Settle()
		} else {
			_, err = m.WithCancel(n)
		}
		if !errors.Is(err, ctxtree.MissingErr) || real == nil || !strings.Contains(real.Error(), "panic: "+err.Error()) {
			t.Errorf("model %v; real %v", err, real)
		}
		if ended := m.Crashed() != nil; ended != watched {
			t.Errorf("the model's program has ended: %v", ended)
		}
	}
}

// TestRace uses contexts from several goroutines at once, under the race detector
// in the full run.
func TestRace(t *testing.T) {
	rounds := 60
	if os.Getenv("ORRERY_FULL") == "" {
		n, err := Stress(1, rounds)
		if err != nil {
			t.Error(err)
		}
		t.Logf("%d operations, without the race detector: ORRERY_FULL is not set", n)
		return
	}
	rounds = 2000
	c, err := child.Start(t.Context(), Experiment, child.Options{Flags: []string{"-race"}, Env: []string{"GOMAXPROCS=4", "CGO_ENABLED=1", "GORACE=halt_on_error=1"}})
	if err != nil {
		t.Fatal(err)
	}
	n, err := child.Call[int](c, Question{Seed: 2, Rounds: rounds})
	if err == nil {
		err = c.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d operations under the race detector", n)
}
