package choice_test

import (
	"testing"

	"github.com/orrery-go/orrery/internal/choice"
)

func TestAgain(t *testing.T) {
	made := []int{2, 0}
	choose := choice.Again(made)
	for i, want := range []int{2, 0, -1, -1} {
		if got := choose(3); got != want {
			t.Errorf("choice %d: %d, want %d", i, got, want)
		}
	}
	if made[0] != 2 || len(made) != 2 {
		t.Errorf("the choices that were given are %v now", made)
	}
}
