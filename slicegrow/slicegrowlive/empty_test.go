package slicegrowlive

import (
	"testing"

	"github.com/orrery-go/orrery/slicegrow"
)

// TestEmpty compares the three ways to write an empty slice with the running Go.
func TestEmpty(t *testing.T) {
	r := rules(t)
	slices := emptySlices(t)
	for i, live := range Empties() {
		s := slices[i]
		model := Empty{Source: live.Source, Slice: s}
		var err error
		if model.Views, err = s.Views("int"); err != nil {
			t.Fatal(err)
		}
		model.Views.JSON2 = ""
		for _, other := range slices {
			model.DeepEqual = append(model.DeepEqual, slicegrow.DeepEqual(s, other))
		}
		for n := range int64(3) {
			after, _, err := r.Append(s, slicegrow.Append{Count: n, Size: word, Verb: slicegrow.Spread})
			if err != nil {
				t.Fatal(err)
			}
			model.Appended = append(model.Appended, after)
		}
		compare(t, live.Source, model, live)
	}
}

// TestLocals checks the pointers of slices that stay in their function.
func TestLocals(t *testing.T) {
	var model []slicegrow.Slice
	add := func(s slicegrow.Slice, err error) {
		if err != nil {
			t.Fatal(err)
		}
		model = append(model, s)
	}
	add(slicegrow.Literal(0, word, false))
	add(slicegrow.Literal(2, word, false))
	add(slicegrow.Make(0, 0, word, false))
	add(slicegrow.Make(0, 3, word, false))
	for n := range int64(3) {
		add(slicegrow.Make(n, n, 0, false))
	}
	compare(t, "headers", model, Locals())
}
