package gomaplive

import "errors"

// A One selects a program and its kind of map.
type One struct {
	Kind       int // index in Kinds
	Seed       uint64
	Operations int
}

// A Ran is the result of a One.
type Ran struct {
	Counts    Counts
	Disturbed bool
	NoRandom  bool
}

// RunOne runs a program.
func RunOne(o One) (Ran, error) {
	kinds := Kinds()
	if o.Kind < 0 || o.Kind >= len(kinds) {
		return Ran{}, errors.New("gomaplive: no such kind of map")
	}
	c, err := kinds[o.Kind].Run(o.Seed, o.Operations)
	r := Ran{Counts: c, Disturbed: errors.Is(err, ErrDisturbed), NoRandom: errors.Is(err, ErrNoRandom)}
	if r.Disturbed || r.NoRandom {
		err = nil
	}
	return r, err
}
