package playground

import (
	"math/rand/v2"
	"slices"
)

// A Guess is a question about the next step: one of the choices is right.
type Guess struct {
	Choices []string `json:"choices"`
	Right   int      `json:"right"` // from 0
}

// guess returns a question about step n, or nil if there is no other step. The wrong
// choices are other steps of the same run, first those of the same kind and then those
// nearby.
func (r *Run) guess(n int, seed uint64) *Guess {
	const choices, near = 4, 60
	right := r.Step(n)
	random := rand.New(rand.NewPCG(seed, uint64(n)))
	var same, other []string
	for i := max(1, n-near); i <= min(r.Steps, n+near); i++ {
		k := r.Step(i)
		switch {
		case k.Text == right.Text || slices.Contains(same, k.Text) || slices.Contains(other, k.Text):
		case k.Kind == right.Kind:
			same = append(same, k.Text)
		default:
			other = append(other, k.Text)
		}
	}
	shuffle := func(list []string) { random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] }) }
	shuffle(same)
	shuffle(other)
	if len(same) > choices/2 && len(other) > 0 { // so that not all are of one kind
		same, other = same[:choices/2], append(other, same[choices/2:]...)
	}
	wrong := append(same, other...)
	if len(wrong) == 0 {
		return nil
	}
	list := append([]string{right.Text}, wrong[:min(len(wrong), choices-1)]...)
	shuffle(list)
	return &Guess{list, slices.Index(list, right.Text)}
}
