package pacerlive

import (
	"testing"

	"github.com/orrery-go/orrery/release"
)

// TestGolden compares the goals of heaps on every release since 1.9, to the byte, and
// the triggers of cycles in the output of gcpacertrace, with the model.
func TestGolden(t *testing.T) {
	Golden.Test(t, func(t *testing.T, rel string, said Answers) {
		if r, err := release.Parse(rel); err != nil || !r.AtLeast("go1.9") {
			t.Skip("older than the pacer that is modelled")
		}
		n, err := CheckGoals(rel, said.Goals)
		if err != nil || n < 240 {
			t.Errorf("%d goals: %v", n, err)
		}
		cycles, err := CheckPacing(rel, said.Pacer)
		if r, _ := release.Parse(rel); err != nil || cycles < 10 && r.Minor() != 18 {
			t.Errorf("%d cycles: %v", cycles, err)
		}
		t.Logf("%d goals, %d cycles", n, cycles)
	})
}
