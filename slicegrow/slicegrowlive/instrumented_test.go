package slicegrowlive

import (
	"testing"

	"github.com/orrery-go/orrery/slicegrow"
)

// TestInstrumented checks a slice of this program that stays in its function: it has no
// buffer on the stack if the program was built with -race or -N.
func TestInstrumented(t *testing.T) {
	a := slicegrow.Append{Size: word, Dest: StaysDest()}
	var model []int64
	r := rules(t)
	for n := int64(1); n <= 100; n++ {
		inner, _ := capsOf(t, r, a, n)
		model = append(model, inner)
	}
	compare(t, "capacities", model, Stays(100))
}
