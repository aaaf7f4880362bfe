package racelive

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/race"
	"github.com/orrery-go/orrery/release"
)

// TestGolden compares the model of each release with the reports of its race detector
// for the same programs in the same order.
func TestGolden(t *testing.T) {
	programs := Recorded()
	Golden.Test(t, func(t *testing.T, rel string, a Answers) {
		r, err := release.Parse(rel)
		if err != nil {
			t.Fatal(err)
		}
		if !r.AtLeast("go1.5") {
			if len(a.First) != 0 {
				t.Errorf("%d programs ran", len(a.First))
			}
			return
		}
		compare(t, Config(rel), programs, a)
	})
}

// compare compares the model with answers.
func compare(t *testing.T, c race.Config, programs []string, a Answers) {
	t.Helper()
	if len(a.First) != len(programs) {
		t.Fatalf("%d programs, %d answers", len(programs), len(a.First))
	}
	races, operations := 0, 0
	var logs []string
	for i, p := range programs {
		run, err := Play(c, p)
		if err != nil {
			t.Fatalf("program %d, %s: %v", i, p, err)
		}
		logs = append(logs, run.Logs)
		if run.First != a.First[i] || a.Logs != nil && run.Logs != a.Logs[i] {
			real := ""
			if a.Logs != nil {
				real = a.Logs[i]
			}
			t.Errorf("program %d, %s:\nmodel %d %s\nreal  %d %s\n%v", i, p, run.First, run.Logs, a.First[i], real, run.Races)
		}
		if run.Evicted {
			t.Errorf("program %d, %s: an access was forgotten, which is chance", i, p)
		}
		if run.First >= 0 {
			races++
		}
		operations += run.Ops
	}
	if hash(logs) != a.Hash {
		t.Errorf("the results of operations differ")
	}
	t.Logf("%d programs, %d operations, %d programs with a race, 0 mismatches", len(programs), operations, races)
	if races < len(programs)/6 {
		t.Error("the programs are too tame")
	}
}

// TestCases checks that each published case races, or does not, as it says.
func TestCases(t *testing.T) {
	for _, c := range Cases {
		run, err := Play(Config(""), c.Program)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
		} else if (run.First >= 0) != c.Races {
			t.Errorf("%s: %s: first race %d", c.Name, c.Program, run.First)
		}
	}
}

// TestRandom runs random programs with every kind of synchronization, and the published
// cases, under go build -race of the Go at hand.
func TestRandom(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("ORRERY_FULL is not set: TestGolden compares the records")
	}
	var programs []string
	for _, c := range Cases {
		programs = append(programs, c.Program)
	}
	for seed := range uint64(3000) {
		r, err := Random(Config("running"), seed, 60, race.MaxCells)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		programs = append(programs, r.Text)
	}
	a, err := Ask(t.Context(), programs)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, Config("running"), programs, a)
}

// TestParse checks that a program stays the same when it is written and parsed.
func TestParse(t *testing.T) {
	for _, p := range Recorded()[:60] {
		run, err := Play(Config(""), p)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, run.Played); diff != "" && run.First < 0 {
			t.Errorf("(-read +written):\n%s", diff)
		}
	}
}
