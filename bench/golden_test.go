package bench

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/program"
)

// TestGolden compares the model of each release with its record.
func TestGolden(t *testing.T) {
	Golden.Test(t, func(t *testing.T, rel string, a Answers) {
		t.Parallel()
		if err := held(rel, a); err != nil {
			t.Error(err)
		}
	})
}

// TestLessons checks that programs stay the same when they are written and read.
func TestLessons(t *testing.T) {
	all, err := Recorded()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		again, err := program.Parse(p.String())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, again); diff != "" {
			t.Error(diff)
		}
	}
}
