package marking_test

import (
	"context"
	"testing"
	"time"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/marking"
)

var background = context.Background()

func TestTry(t *testing.T) {
	for _, a := range gc.Algorithms() {
		for _, c := range []marking.Config{{Objects: 3, Fields: 1}, {Objects: 4, Fields: 1}, {Objects: 3, Fields: 2}} {
			c.Algorithm = a
			m, err := marking.New(c)
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			r, err := explore.Run(background, m, explore.Options{MaxStates: 1 << 24, Symmetry: true})
			if err != nil {
				t.Error(a.Name, err)
			}
			t.Log(a.Name, c.Objects, c.Fields, r.States, r.Transitions, r.Depth, r.Counterexample, time.Since(start))
		}
	}
}
