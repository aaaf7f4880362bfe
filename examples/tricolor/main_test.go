package main

import (
	"testing"

	"github.com/orrery-go/orrery/gc"
)

func TestSearch(t *testing.T) {
	for _, name := range []string{"deletion", "deletion-no-snapshot"} {
		a, err := gc.AlgorithmNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		states, frames := search(a)
		if lost := frames != nil; lost != (a.Loses != "") || states == 0 {
			t.Errorf("%s: %d states, a run of %d steps", name, states, len(frames))
		}
	}
}
