package explore_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/orrery-go/orrery/explore"
	"pgregory.net/rapid"
)

var background = context.Background()

// The search has the same result in any graph as a search with maps.
func TestRunAgreesWithNaiveSearch(t *testing.T) {
	t.Run("uint64", rapid.MakeCheck(agrees[uint64]))
	t.Run("2 words", rapid.MakeCheck(agrees[[2]uint64]))
	t.Run("3 words", rapid.MakeCheck(agrees[[3]uint64]))
	t.Run("4 words", rapid.MakeCheck(agrees[[4]uint64]))
	t.Run("8 words", rapid.MakeCheck(agrees[[8]uint64]))
}

func agrees[S explore.State](t *rapid.T) {
	g := drawGraph[S](t, 40)
	v := g.survey()
	opts := explore.Options{
		MaxStates:     1000,
		AllowDeadlock: rapid.Bool().Draw(t, "AllowDeadlock"),
		Everywhere:    rapid.Bool().Draw(t, "Everywhere"),
	}
	r, err := explore.Run(background, g, opts)
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Counterexample; c != nil {
		if err := isRun(g, c); err != nil {
			t.Fatalf("counterexample is not a run: %v\n%v", err, c)
		}
	}
	checkVerdict(t, v, opts, r.Counterexample)
	if v.bad >= 0 {
		return // it ended early: the rest was found by then
	}
	want := explore.Result[S]{
		States:         v.states,
		Transitions:    v.transitions,
		Depth:          v.depth,
		Deadlocks:      v.deadlocks,
		Counterexample: r.Counterexample,
		Memory:         r.Memory,
	}
	for i, name := range g.Labels() {
		want.Coverage = append(want.Coverage, explore.Coverage{Label: name, Transitions: v.coverage[i]})
	}
	for i, name := range g.Goals() {
		goal := explore.GoalResult{Goal: name, States: v.holds[i]}
		if opts.Everywhere {
			goal.Lost = v.lost[i]
		}
		want.Goals = append(want.Goals, goal)
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Fatalf("(-naive +Run)\n%s", diff)
	}
}

// checkVerdict compares the kind and the length of a counterexample with those
// of the nearest failure.
func checkVerdict[S explore.State](t *rapid.T, v survey, opts explore.Options, c *explore.Counterexample[S]) {
	t.Helper()
	deadlock := v.deadlock
	if opts.AllowDeadlock {
		deadlock = -1
	}
	kinds, steps := map[explore.Property]bool{}, 0
	near := func(kind explore.Property, n int) {
		if n < 0 || len(kinds) > 0 && n > steps {
			return
		}
		if n < steps {
			clear(kinds)
		}
		kinds[kind], steps = true, n
	}
	near(explore.Invariant, v.bad)
	near(explore.Deadlock, deadlock)
	if len(kinds) == 0 {
		for _, h := range v.holds {
			if h == 0 {
				near(explore.Goal, 0)
			}
		}
		if opts.Everywhere {
			near(explore.Goal, v.lostAt)
		}
	}
	switch {
	case c == nil && len(kinds) > 0:
		t.Fatalf("no counterexample, want one of %d steps to %v", steps, kinds)
	case c != nil && len(kinds) == 0:
		t.Fatalf("counterexample where there is none: %v", c)
	case c != nil && (!kinds[c.Property] || len(c.Steps) != steps):
		t.Fatalf("counterexample of %d steps to %s, want %d to %v:\n%v", len(c.Steps), c.Property, steps, kinds, c)
	}
}

// A ring is a machine of n states in a ring with chords. The next state is found by any
// of several equal steps.
type ring struct{ n, chords int }

func (r ring) Bits() int            { return 40 }
func (r ring) Initial() []uint64    { return []uint64{0} }
func (r ring) Labels() []string     { return []string{"on", "over"} }
func (r ring) Check(s uint64) error { return nil }
func (r ring) Successors(s uint64, step func(event int, to uint64)) {
	step(0, (s+1)%uint64(r.n))
	for i := range r.chords {
		step(1, (s*uint64(2*i+3)+7)%uint64(r.n))
	}
}

// The store grows through many chunks and tables without losing a state.
func TestRunLarge(t *testing.T) {
	for _, m := range []ring{{n: 300_000, chords: 4}, {n: 1 << 16, chords: 2}, {n: 30_000}} {
		depth := make(map[uint64]int, m.n)
		depth[0] = 0
		deepest := 0
		for queue := []uint64{0}; len(queue) > 0; queue = queue[1:] {
			s := queue[0]
			deepest = depth[s]
			m.Successors(s, func(_ int, to uint64) {
				if _, ok := depth[to]; !ok {
					depth[to] = deepest + 1
					queue = append(queue, to)
				}
			})
		}
		r, err := explore.Run(background, m, explore.Options{MaxStates: m.n})
		if err != nil {
			t.Fatal(err)
		}
		if r.States != m.n || len(depth) != m.n || r.Depth != deepest || r.Transitions != uint64(m.n*(1+m.chords)) {
			t.Errorf("%+v: %d states, depth %d, %d transitions; want %d, %d, %d", m, r.States, r.Depth, r.Transitions, m.n, deepest, m.n*(1+m.chords))
		}
	}
}

// A state with very many successors goes through several batches.
func TestRunWide(t *testing.T) {
	m := fan{explore.MaxSuccessors}
	r, err := explore.Run(background, m, explore.Options{MaxStates: 1 << 21})
	if err != nil {
		t.Fatal(err)
	}
	if r.States != m.n+1 || r.Transitions != uint64(2*m.n) || r.Depth != 2 {
		t.Errorf("%d states, %d transitions, depth %d", r.States, r.Transitions, r.Depth)
	}
	_, err = explore.Run(background, fan{explore.MaxSuccessors + 1}, explore.Options{MaxStates: 1 << 21})
	checkError(t, "one more", err, "state 0x0 has more than 1048576 successors")
}

// A fan is a machine that goes from its second state to any of n, and stays there. (The
// first state is expanded twice; the second is not.)
type fan struct{ n int }

func (f fan) Bits() int            { return 40 }
func (f fan) Initial() []uint64    { return []uint64{1 << 32} }
func (f fan) Labels() []string     { return []string{"start", "go", "stay"} }
func (f fan) Check(s uint64) error { return nil }
func (f fan) Successors(s uint64, step func(event int, to uint64)) {
	switch s {
	case 1 << 32:
		step(0, 0)
	case 0:
		for i := range f.n {
			step(1, uint64(i))
		}
	default:
		step(2, s)
	}
}

// The same search gives the same result, whatever its bounds and callbacks.
func TestRunIsDeterministic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph[uint64](t, 200)
		opts := explore.Options{MaxStates: 1000, Everywhere: true}
		var first []byte
		for range 3 {
			r, err := explore.Run(background, g, opts)
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = b
			}
			if string(b) != string(first) {
				t.Fatalf("first\n%s\nthen\n%s", first, b)
			}
			opts.MaxStates, opts.MaxDepth, opts.ProgressEvery = 2000, 500, 1
			opts.Progress = func(explore.Progress) {}
		}
	})
}

// Each bound is exact: a search that needs no more is not ended, one that needs one more
// is, and has everything within the bound.
func TestRunLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph[uint64](t, 60)
		clear(g.bad)
		g.goals = nil
		v := g.survey()
		whole, err := explore.Run(background, g, explore.Options{
			MaxStates: v.states, MaxDepth: v.depth, MaxMemory: 1 << 20, AllowDeadlock: true})
		if err != nil {
			t.Fatal(err)
		}
		ended := func(limit string, max int, opts explore.Options) explore.Result[uint64] {
			opts.AllowDeadlock = true
			r, err := explore.Run(background, g, opts)
			var le *explore.LimitError
			if !errors.As(err, &le) {
				t.Fatalf("%s of %d: error %v", limit, max, err)
			}
			if le.Limit != limit || le.Max != uint64(max) || le.States != r.States || le.Transitions != r.Transitions {
				t.Fatalf("%s of %d: %+v for %+v", limit, max, le, r)
			}
			return r
		}
		if n := v.states - 1; n > 0 {
			if r := ended("MaxStates", n, explore.Options{MaxStates: n}); r.States != n {
				t.Fatalf("MaxStates of %d: %d states", n, r.States)
			}
		}
		if d := v.depth - 1; d > 0 {
			r := ended("MaxDepth", d, explore.Options{MaxStates: 1000, MaxDepth: d})
			if r.States != v.perDepth[d] || r.Depth != d {
				t.Fatalf("MaxDepth of %d: %d states of depth %d, want %d", d, r.States, r.Depth, v.perDepth[d])
			}
		}
		if _, err := explore.Run(background, g, explore.Options{MaxStates: 1000, MaxMemory: whole.Memory, AllowDeadlock: true}); err != nil {
			t.Fatal(err)
		}
		m := int(whole.Memory) - 1
		ended("MaxMemory", m, explore.Options{MaxStates: 1000, MaxMemory: uint64(m)})
	})
}

// States that are stored when a bound ends the search have been checked, and a deadlock
// at the depth of the bound is found.
func TestRunChecksUpToTheLimit(t *testing.T) {
	f, _ := form[uint64]()
	g := &graph[uint64]{ // 0 -> 1 -> 2 -> 3, and 2 -> 4, a deadlock
		arcs:    [][]arc{{{0, 1}}, {{0, 2}}, {{0, 4}, {0, 3}}, {{0, 5}}, {}, {{0, 5}}},
		initial: []int{0},
		bad:     make([]bool, 6),
		write:   f.write, read: f.read,
	}
	r, err := explore.Run(background, g, explore.Options{MaxStates: 100, MaxDepth: 3})
	if err == nil || r.Deadlocks != 1 || r.Counterexample == nil || len(r.Counterexample.Steps) != 3 {
		t.Errorf("deadlock at the bound: %+v, error %v", r, err)
	}
	g.bad[4] = true
	for _, opts := range []explore.Options{
		{MaxStates: 4, AllowDeadlock: true}, // 3 is one too many, and 4 is not expanded
		{MaxStates: 100, MaxDepth: 3, AllowDeadlock: true},
	} {
		r, err := explore.Run(background, g, opts)
		if opts.MaxStates == 4 && err == nil {
			t.Errorf("%+v: no error", opts)
		}
		if r.Counterexample == nil || r.Counterexample.Property != explore.Invariant || len(r.Counterexample.Steps) != 3 {
			t.Errorf("%+v: counterexample %v", opts, r.Counterexample)
		}
	}
}

// The first state from which a goal is lost is found wherever it is: on a line of 300
// states, where the goal is one of them, the loss is the step after it.
func TestRunLossAnywhere(t *testing.T) {
	f, _ := form[uint64]()
	for goal := range 299 {
		g := &graph[uint64]{arcs: make([][]arc, 300), initial: []int{0}, bad: make([]bool, 300), goals: [][]bool{make([]bool, 300)}, write: f.write, read: f.read}
		for i := range g.arcs {
			g.arcs[i] = []arc{{0, min(i+1, 299)}}
		}
		g.goals[0][goal] = true
		r, err := explore.Run(background, g, explore.Options{MaxStates: 300, Everywhere: true})
		if c := r.Counterexample; err != nil || c == nil || c.Property != explore.Goal || len(c.Steps) != goal+1 {
			t.Fatalf("goal %d: counterexample %v, error %v", goal, c, err)
		}
	}
}

// If several goals are lost, the counterexample leads to the nearest loss.
func TestRunNearestLoss(t *testing.T) {
	f, _ := form[uint64]()
	g := &graph[uint64]{ // 0 -> 1 -> 2 -> 3 -> 3, goals lost in 2 and in 3
		arcs:    [][]arc{{{0, 1}}, {{0, 2}}, {{0, 3}}, {{0, 3}}},
		initial: []int{0},
		bad:     make([]bool, 4),
		write:   f.write, read: f.read,
	}
	early, late := []bool{false, true, false, false}, []bool{false, false, true, false}
	for _, goals := range [][][]bool{{early, late}, {late, early}} {
		g.goals = goals
		r, err := explore.Run(background, g, explore.Options{MaxStates: 100, Everywhere: true})
		if c := r.Counterexample; err != nil || c == nil || c.Property != explore.Goal || len(c.Steps) != 2 {
			t.Errorf("counterexample %v, error %v", c, err)
		}
	}
}

// Progress comes at the same points in every run, and a context ends a search.
func TestRunProgressAndCancel(t *testing.T) {
	m := ring{n: 100_000, chords: 1}
	ctx, cancel := context.WithCancelCause(background)
	stop := errors.New("enough")
	var last explore.Progress
	calls := 0
	r, err := explore.Run(ctx, m, explore.Options{
		MaxStates:     m.n,
		ProgressEvery: 10_000,
		Progress: func(p explore.Progress) {
			if calls++; p.Expanded/10_000 != calls {
				t.Errorf("call %d at %v", calls, p)
			}
			if last = p; calls == 5 {
				cancel(stop)
			}
		},
	})
	if !errors.Is(err, stop) || calls != 5 || r.States != last.States || r.States == m.n {
		t.Errorf("error %v after %d calls, %d states; last was %v", err, calls, r.States, last)
	}
}

// Without ProgressEvery, progress is reported every million states.
func TestRunProgressDefault(t *testing.T) {
	m := ring{n: 1_000_100}
	var at []int
	_, err := explore.Run(background, m, explore.Options{MaxStates: m.n, Progress: func(p explore.Progress) { at = append(at, p.Expanded) }})
	if err != nil || len(at) != 1 || at[0] < 1_000_000 || at[0] > 1_000_100 {
		t.Errorf("progress at %v, %v", at, err)
	}
}
