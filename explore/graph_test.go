package explore_test

import (
	"errors"
	"fmt"
	"slices"

	"github.com/orrery-go/orrery/explore"
	"pgregory.net/rapid"
)

// An arc is a step of a graph.
type arc struct{ event, to int }

// graph is a machine given by a table: states are numbers, and each form of a
// State is a way to write them.
type graph[S explore.State] struct {
	arcs    [][]arc // by state
	initial []int
	bad     []bool // break an invariant
	goals   [][]bool
	write   func(int) S
	read    func(S) int
}

const graphEvents = 3

func (g *graph[S]) Bits() int {
	_, bits := form[S]()
	return bits
}
func (g *graph[S]) Labels() []string { return []string{"a", "b", "c"} }

func (g *graph[S]) Initial() (states []S) {
	for _, i := range g.initial {
		states = append(states, g.write(i))
	}
	return states
}

func (g *graph[S]) Successors(s S, step func(event int, to S)) {
	for _, a := range g.arcs[g.read(s)] {
		step(a.event, g.write(a.to))
	}
}

func (g *graph[S]) Check(s S) error {
	if g.bad[g.read(s)] {
		return errors.New("bad")
	}
	return nil
}

func (g *graph[S]) Goals() []string {
	var names []string
	for i := range g.goals {
		names = append(names, fmt.Sprint("goal ", i))
	}
	return names
}

func (g *graph[S]) Goal(i int, s S) bool { return g.goals[i][g.read(s)] }

// form returns an encoding of numbers as states, the zero state among them, in all
// words, and the bits that it uses.
func form[S explore.State]() (f struct {
	write func(int) S
	read  func(S) int
}, bits int) {
	var w, r any
	switch any(*new(S)).(type) {
	case uint64:
		bits = 64
		w = func(i int) uint64 { return uint64(i) * 0x0123456789abcdef }
		inverse := uint64(1) // Newton's iteration for the inverse of an odd number
		for range 6 {
			inverse *= 2 - 0x0123456789abcdef*inverse
		}
		r = func(s uint64) int { return int(s * inverse) }
	case [2]uint64:
		bits = 65
		w = func(i int) [2]uint64 { return [2]uint64{uint64(i) << 40, uint64(i) & 1} }
		r = func(s [2]uint64) int { return int(s[0] >> 40) }
	case [3]uint64:
		bits = 192
		w = func(i int) [3]uint64 { return [3]uint64{2: uint64(i) << 40} }
		r = func(s [3]uint64) int { return int(s[2] >> 40) }
	case [4]uint64:
		bits = 256
		w = func(i int) [4]uint64 { return [4]uint64{uint64(i) & 7, uint64(i) &^ 7, 0, uint64(i) << 30} }
		r = func(s [4]uint64) int { return int(s[0] | s[1]) }
	case [8]uint64:
		bits = 449
		w = func(i int) [8]uint64 { return [8]uint64{0, 0, 0, 0, 0, 0, uint64(i), uint64(i) & 1} }
		r = func(s [8]uint64) int { return int(s[6]) }
	}
	f.write, f.read = w.(func(int) S), r.(func(S) int)
	return f, bits
}

// drawGraph draws a graph of up to size states.
func drawGraph[S explore.State](t *rapid.T, size int) *graph[S] {
	n := rapid.IntRange(1, size).Draw(t, "states")
	state := rapid.IntRange(0, n-1)
	// Few arcs for each state lead to deadlocks and deep graphs, many to none.
	arcs := rapid.IntRange(0, rapid.IntRange(1, 4).Draw(t, "degree"))
	g := &graph[S]{
		arcs:    make([][]arc, n),
		initial: rapid.SliceOfN(state, 1, 3).Draw(t, "initial"),
		bad:     make([]bool, n),
	}
	for i := range g.arcs {
		for range arcs.Draw(t, "arcs") {
			g.arcs[i] = append(g.arcs[i], arc{rapid.IntRange(0, graphEvents-1).Draw(t, "event"), state.Draw(t, "to")})
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "bad states") {
		g.bad[state.Draw(t, "bad")] = true
	}
	for range rapid.IntRange(0, 2).Draw(t, "goals") {
		holds := make([]bool, n)
		for range rapid.IntRange(0, 2).Draw(t, "goal states") {
			holds[state.Draw(t, "goal")] = true
		}
		g.goals = append(g.goals, holds)
	}
	f, _ := form[S]()
	g.write, g.read = f.write, f.read
	return g
}

// A survey is the result of a plain breadth-first search with maps in a graph.
type survey struct {
	states, depth, deadlocks int
	transitions              uint64
	coverage                 [graphEvents]uint64
	perDepth                 []int // number of states at most that deep
	bad                      int   // steps to the nearest bad state, -1 for none
	deadlock                 int   // steps to the nearest deadlock, -1 for none
	holds, lost              []int // by goal: number of states where it holds, and from which it cannot be reached
	lostAt                   int   // steps to the nearest lost state, -1 for none
}

func (g *graph[S]) survey() survey {
	v := survey{bad: -1, deadlock: -1, lostAt: -1}
	depth := map[int]int{}
	var queue []int
	find := func(i, d int) {
		if _, ok := depth[i]; !ok {
			depth[i] = d
			queue = append(queue, i)
		}
	}
	for _, i := range g.initial {
		find(i, 0)
	}
	for at := 0; at < len(queue); at++ {
		i := queue[at]
		d := depth[i]
		v.depth = d
		for len(v.perDepth) <= d {
			v.perDepth = append(v.perDepth, at)
		}
		v.perDepth[d]++
		if g.bad[i] && v.bad < 0 {
			v.bad = d
		}
		if len(g.arcs[i]) == 0 {
			if v.deadlocks++; v.deadlock < 0 {
				v.deadlock = d
			}
		}
		for _, a := range g.arcs[i] {
			v.transitions++
			v.coverage[a.event]++
			find(a.to, d+1)
		}
	}
	v.states = len(queue)
	for _, holds := range g.goals {
		h, lost := 0, 0
		for _, i := range queue {
			if holds[i] {
				h++
			}
			if !g.reaches(i, holds) {
				lost++
				if v.lostAt < 0 || depth[i] < v.lostAt {
					v.lostAt = depth[i]
				}
			}
		}
		v.holds, v.lost = append(v.holds, h), append(v.lost, lost)
	}
	return v
}

// reaches reports whether a state where holds is true can be reached from i.
func (g *graph[S]) reaches(i int, holds []bool) bool {
	seen := map[int]bool{i: true}
	for queue := []int{i}; len(queue) > 0; queue = queue[1:] {
		if holds[queue[0]] {
			return true
		}
		for _, a := range g.arcs[queue[0]] {
			if !seen[a.to] {
				seen[a.to] = true
				queue = append(queue, a.to)
			}
		}
	}
	return false
}

// isRun returns the reason why c is not a run of m, or nil.
func isRun[S explore.State](m explore.Machine[S], c *explore.Counterexample[S]) error {
	if !slices.Contains(m.Initial(), c.Start) {
		return fmt.Errorf("starts in %#x, which is not initial", c.Start)
	}
	s := c.Start
	for i, want := range c.Steps {
		found := false
		m.Successors(s, func(event int, to S) {
			found = found || to == want.State && m.Labels()[event] == want.Label
		})
		if !found {
			return fmt.Errorf("step %d: no %q from %#x to %#x", i+1, want.Label, s, want.State)
		}
		s = want.State
	}
	successors := 0
	m.Successors(s, func(int, S) { successors++ })
	switch {
	case s != c.End():
		return fmt.Errorf("ends in %#x, and End says %#x", s, c.End())
	case c.Property == explore.Invariant && m.Check(s) == nil:
		return fmt.Errorf("ends in %#x, which breaks no invariant", s)
	case c.Property == explore.Deadlock && successors > 0:
		return fmt.Errorf("ends in %#x, which is not deadlocked", s)
	}
	return nil
}
