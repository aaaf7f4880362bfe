package gclive

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/gc"
)

// TestGolden compares every release with the model: which nodes of random programs are
// alive after each collection, whether a cycle keeps an object that has a finalizer, and
// what is marked while the world is stopped.
func TestGolden(t *testing.T) {
	Golden.Test(t, func(t *testing.T, rel string, said Answers) {
		for i, program := range Recorded() {
			model, err := PredictRecorded(rel, program)
			if err != nil {
				t.Fatal(err)
			}
			if i >= len(said.Logs) || !Agrees(rel, model, said.Logs[i]) {
				t.Errorf("program %d (%s):\n(-model +real):\n%s", i, program, cmp.Diff(model, said.Logs[i]))
			}
		}
		for links, real := range map[int]bool{1: said.SelfLoop, 2: said.Loop} {
			if model, err := FinalizedInLoop(rel, links); err != nil || model != real {
				t.Errorf("a loop of %d: the finalizer runs: model %v (%v), real %v", links, model, err, real)
			}
		}
		testSpecials(t, rel, said)
		model, err := PredictPauses(rel)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("marked in a pause: %v", said.Pauses)
		if real := PausesOf(said.Pauses); PausesOf(model) != real {
			t.Errorf("marked in a pause: model %s %v, real %s %v", PausesOf(model), model, real, said.Pauses)
		}
	})
}

// TestRecorded checks that the recorded programs distinguish something.
func TestRecorded(t *testing.T) {
	alive, dead := 0, 0
	for _, p := range Recorded() {
		log, err := PredictRecorded("go1.26", p)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range log {
			switch c {
			case '1':
				alive++
			case '0':
				dead++
			}
		}
	}
	t.Logf("%d verdicts alive, %d dead", alive, dead)
	if alive < 300 || dead < 300 {
		t.Errorf("%d verdicts alive, %d dead", alive, dead)
	}
}

// TestPausesOrder checks that releases have the same order in the model as in reality:
// the newer a release, the less it marks while the world is stopped.
func TestPausesOrder(t *testing.T) {
	last := 1.0
	for _, rel := range []string{"go1.4", "go1.7", "go1.8", "go1.17"} {
		p, err := PredictPauses(rel)
		if err != nil {
			t.Fatal(err)
		}
		if p["heap"] > last {
			t.Errorf("%s: of its marking %v is done in pauses, more than before: %v", rel, p["heap"], last)
		}
		last = p["heap"]
		a, err := gc.ForRelease(rel)
		t.Log(rel, a.Name, p, err)
	}
}

// testSpecials compares tiny objects, finalizers, cleanups and weak pointers with the
// model.
func testSpecials(t *testing.T, rel string, said Answers) {
	for name, programs := range map[string]struct {
		all, logs []string
		predict   func(rel, program string) (string, error)
	}{
		"tiny": {RecordedTinies(), said.Tinies, PredictTinies}, "nodes": {RecordedGraphs(), said.Graphs, PredictGraph},
	} {
		if len(programs.all) != len(programs.logs) {
			t.Errorf("%d programs and %d logs of %s", len(programs.all), len(programs.logs), name)
			continue
		}
		for i, p := range programs.all {
			if model, err := programs.predict(rel, p); err != nil || model != programs.logs[i] {
				t.Errorf("%s: %s: %v\nmodel %s\nreal  %s", name, p, err, model, programs.logs[i])
			}
		}
	}
	leaks, err := PredictLeaks(rel)
	if diff := cmp.Diff(leaks, said.Leaks); err != nil || diff != "" {
		t.Errorf("finalizers of objects that lead back to themselves: %v (-model +real):\n%s", err, diff)
	}
	crashes, err := PredictCrashes(rel)
	if diff := cmp.Diff(crashes, said.Crashes); err != nil || diff != "" {
		t.Errorf("what ends the program: %v (-model +real):\n%s", err, diff)
	}
	cleanups, err := PredictCleanups(rel)
	if diff := cmp.Diff(cleanups, said.Cleanups); err != nil || diff != "" {
		t.Errorf("cleanups and weak pointers: %v (-model +real):\n%s", err, diff)
	}
}
