package race_test

import (
	"testing"

	"github.com/orrery-go/orrery/race"
)

// TestMemoryModel plays the examples of each rule: there is no race with the ordering,
// and a race without it.
func TestMemoryModel(t *testing.T) {
	for _, r := range race.MemoryModel() {
		for _, tt := range []struct {
			text  string
			races uint64
		}{{r.With, 0}, {r.Without, 1}} {
			for _, strict := range []bool{true, false} {
				l, err := race.NewLog(race.Config{Strict: strict, Record: true})
				if err != nil {
					t.Fatal(err)
				}
				if err := l.Play(tt.text); err != nil {
					t.Fatalf("%s: %q: %v", r.ID, tt.text, err)
				}
				want := tt.races
				if r.ID == "cond" && !strict {
					want = 1 // the detector does not find this race
				}
				if l.Races() != want {
					t.Errorf("%s, strict %v: %q has %d races, want %d", r.ID, strict, tt.text, l.Races(), want)
				}
				for _, p := range l.Reports() {
					if _, err := l.Why(p); err != nil {
						t.Error(err)
					}
				}
				if err := l.Check(); err != nil {
					t.Error(err)
				}
			}
		}
	}
}
