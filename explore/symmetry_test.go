package explore_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/explore"
	"pgregory.net/rapid"
)

// team is a number of equal workers, each with a place of 0 to 7, and one
// shared variable of as many values. What a worker can do depends on its place
// and the variable.
type team struct {
	workers int
	moves   map[[2]int][]move // by place and variable
	bad     [3]int            // number of workers, in that place, at that variable
}

type move struct{ place, variable int }

func (m *team) Bits() int         { return 3 * (m.workers + 1) }
func (m *team) Initial() []uint64 { return []uint64{0} }

func (m *team) Labels() []string {
	var names []string
	for i := range m.workers {
		names = append(names, fmt.Sprint("worker ", i))
	}
	return names
}

func (m *team) Successors(s uint64, step func(event int, to uint64)) {
	for i := range m.workers {
		at := 3 * (i + 1)
		for _, v := range m.moves[[2]int{int(s >> at & 7), int(s & 7)}] {
			step(i, s&^(7<<at)&^7|uint64(v.place)<<at|uint64(v.variable))
		}
	}
}

func (m *team) Check(s uint64) error {
	n := 0
	for i := range m.workers {
		if int(s>>(3*(i+1))&7) == m.bad[1] {
			n++
		}
	}
	if int(s&7) == m.bad[2] && n == m.bad[0] {
		return errors.New("bad")
	}
	return nil
}

func (m *team) Canonical(s uint64) uint64 {
	var places []uint64
	for i := range m.workers {
		places = append(places, s>>(3*(i+1))&7)
	}
	slices.Sort(places)
	s &= 7
	for i, p := range places {
		s |= p << (3 * (i + 1))
	}
	return s
}

func drawTeam(t *rapid.T) *team {
	m := &team{workers: rapid.IntRange(1, 4).Draw(t, "workers"), moves: map[[2]int][]move{}}
	small := rapid.IntRange(0, 3)
	from := [2]int{} // the first move is one that can be made
	for range rapid.IntRange(1, 14).Draw(t, "moves") {
		m.moves[from] = append(m.moves[from], move{small.Draw(t, "place"), small.Draw(t, "variable")})
		from = [2]int{small.Draw(t, "from place"), small.Draw(t, "from variable")}
	}
	m.bad = [3]int{rapid.IntRange(1, 6).Draw(t, "bad workers"), small.Draw(t, "bad place"), small.Draw(t, "bad variable")}
	return m
}

// With symmetry there is one state for each set of symmetric ones, the verdict is the
// same, and the counterexample is as short and is a run of the machine itself.
func TestSymmetry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawTeam(t)
		opts := explore.Options{MaxStates: 1 << 16, AllowDeadlock: rapid.Bool().Draw(t, "AllowDeadlock")}
		all, err := explore.Run(background, m, opts)
		if err != nil {
			t.Fatal(err)
		}
		opts.Symmetry = true
		few, err := explore.Run(background, m, opts)
		if err != nil {
			t.Fatal(err)
		}
		a, f := all.Counterexample, few.Counterexample
		switch {
		case (a == nil) != (f == nil):
			t.Fatalf("without symmetry %v, with it %v", a, f)
		case a != nil && (len(a.Steps) != len(f.Steps)):
			t.Fatalf("without symmetry %v, with it %v", a, f)
		case f != nil:
			if err := isRun(m, f); err != nil {
				t.Fatalf("%v:\n%v", err, f)
			}
		}
		if m.reachesBad() {
			return
		}
		classes, dead := map[uint64]bool{}, map[uint64]bool{}
		m.each(func(s uint64, successors int) {
			classes[m.Canonical(s)] = true
			if successors == 0 {
				dead[m.Canonical(s)] = true
			}
		})
		if few.States != len(classes) || few.Deadlocks != len(dead) || few.Depth != all.Depth {
			t.Fatalf("%d states, %d deadlocks, depth %d; want %d, %d, %d",
				few.States, few.Deadlocks, few.Depth, len(classes), len(dead), all.Depth)
		}
	})
}

// each calls visit for each reachable state of m.
func (m *team) each(visit func(s uint64, successors int)) {
	seen := map[uint64]bool{0: true}
	for queue := []uint64{0}; len(queue) > 0; queue = queue[1:] {
		n := 0
		m.Successors(queue[0], func(_ int, to uint64) {
			n++
			if !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		})
		visit(queue[0], n)
	}
}

func (m *team) reachesBad() (bad bool) {
	m.each(func(s uint64, _ int) { bad = bad || m.Check(s) != nil })
	return bad
}

// A misfolded is a machine with a given function as its Canonical.
type misfolded struct {
	*team
	canonical func(uint64) uint64
}

func (m misfolded) Canonical(s uint64) uint64 { return m.canonical(s) }

// A wrong Canonical is noticed.
func TestSymmetryWrong(t *testing.T) {
	// Each worker goes from place 0 to 1 and then to 2, and two workers in 2 are bad.
	m := &team{workers: 2, bad: [3]int{2, 2, 0}, moves: map[[2]int][]move{{0, 0}: {{1, 0}}, {1, 0}: {{2, 0}}}}
	ahead := func(s uint64) uint64 {
		if s == 1<<6 { // places 0 and 1
			return 2<<3 | 1<<6
		}
		return s
	}
	for name, test := range map[string]struct {
		canonical func(uint64) uint64
		want      string
	}{
		"not idempotent":         {func(s uint64) uint64 { return s ^ 1<<3 }, "not idempotent"},
		"merges what differs":    {ahead, "behave differently"},
		"fails where it did not": {func(s uint64) uint64 { return max(s, s>>7&1*(2<<3|2<<6)) }, "does not fail"},
		"out of range":           {func(s uint64) uint64 { return s | 1<<20 }, "out of range"},
	} {
		r, err := explore.Run(background, misfolded{m, test.canonical}, explore.Options{MaxStates: 1000, Symmetry: true, AllowDeadlock: true})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, result %+v", name, err, r)
		}
	}
}
