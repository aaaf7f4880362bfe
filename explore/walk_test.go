package explore_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/orrery-go/orrery/explore"
	"pgregory.net/rapid"
)

// A walk that fails becomes a run that fails, no longer than it was and no
// shorter than the shortest; most failures are found.
func TestWalk(t *testing.T) {
	found, could := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph[uint64](t, 20)
		v := g.survey()
		opts := explore.WalkOptions{
			Seed:          rapid.Uint64().Draw(t, "seed"),
			Walks:         50,
			Steps:         200,
			AllowDeadlock: rapid.Bool().Draw(t, "AllowDeadlock"),
		}
		r, err := explore.Walk(background, g, opts)
		if err != nil {
			t.Fatal(err)
		}
		var sum uint64
		for _, c := range r.Coverage {
			sum += c.Transitions
		}
		if sum != r.Transitions {
			t.Fatalf("coverage of %d transitions, %d taken", sum, r.Transitions)
		}
		fails := v.bad >= 0 || v.deadlock >= 0 && !opts.AllowDeadlock
		if fails {
			could++
		}
		c := r.Counterexample
		if c == nil {
			if r.Walks != opts.Walks {
				t.Fatalf("%d walks of %d", r.Walks, opts.Walks)
			}
			return
		}
		found++
		if err := isRun(g, c); err != nil {
			t.Fatalf("%v:\n%v", err, c)
		}
		shortest := v.bad
		if c.Property == explore.Deadlock {
			shortest = v.deadlock
		}
		if len(c.Steps) > r.Walked || len(c.Steps) < shortest || !fails {
			t.Fatalf("%d steps, from a walk of %d; the shortest is of %d", len(c.Steps), r.Walked, shortest)
		}
		seen := map[uint64]bool{c.Start: true}
		for _, s := range c.Steps {
			if seen[s.State] {
				t.Fatalf("goes through %#x twice:\n%v", s.State, c)
			}
			seen[s.State] = true
		}
	})
	if found == 0 || found < could/2 {
		t.Errorf("walks failed in %d graphs of %d with a failure", found, could)
	}
}

// Each step that is possible is taken as often as another, and each initial
// state as often.
func TestWalkIsFair(t *testing.T) {
	const steps, sigma = 300_000, 258 // of a step that has one chance in three
	r, err := explore.Walk(background, noise{1 << 20}, explore.WalkOptions{Seed: 1, Walks: 1, Steps: steps})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Coverage {
		if n := int(c.Transitions); n < steps/3-5*sigma || n > steps/3+5*sigma {
			t.Errorf("%s: %d steps of %d", c.Label, n, steps)
		}
	}
	m := newOdd(5000)
	m.initial = []uint64{0, 1, 2, 3}
	started := map[uint64]int{}
	m.change = func(_ int, s uint64, event int, to uint64) (int, uint64) {
		started[s] += event // one of two successors has event 1
		return event, to + 4
	}
	if _, err := explore.Walk(background, m, explore.WalkOptions{Seed: 1, Walks: 4000, Steps: 1}); err != nil {
		t.Fatal(err)
	}
	for s := range uint64(4) {
		if n := started[s]; n < 1000-5*28 || n > 1000+5*28 { // sigma is 27.4
			t.Errorf("%d walks of 4000 started in state %d", n, s)
		}
	}
}

func TestWalkIsDeterministic(t *testing.T) {
	m := philosophers{n: 5}
	var all []string
	for seed := range uint64(3) {
		for range 2 {
			r, err := explore.Walk(background, m, explore.WalkOptions{Seed: seed, Walks: 1000, Steps: 10_000})
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(b))
		}
	}
	for i := 0; i < len(all); i += 2 {
		if all[i] != all[i+1] {
			t.Errorf("seed %d: first\n%s\nthen\n%s", i/2, all[i], all[i+1])
		}
	}
	if all[0] == all[2] && all[2] == all[4] {
		t.Error("three seeds give the same walk")
	}
}

// noise is a machine that fails after n events "tick" with any number of others
// between them, which a minimal run has none of.
type noise struct{ n int }

func (m noise) Bits() int         { return 32 }
func (m noise) Initial() []uint64 { return []uint64{0} }
func (m noise) Labels() []string  { return []string{"tick", "noise", "more noise"} }

func (m noise) Successors(s uint64, step func(event int, to uint64)) {
	step(1, s&0xffff|(s>>16+1)&0xffff<<16)
	step(0, s+1)
	step(2, s&0xffff|(s>>16+77)&0xffff<<16)
}

func (m noise) Check(s uint64) error {
	if int(s&0xffff) == m.n {
		return errors.New("too many ticks")
	}
	return nil
}

// Minimising takes out all that a failure does not need.
func TestWalkMinimises(t *testing.T) {
	r, err := explore.Walk(background, noise{40}, explore.WalkOptions{Walks: 1, Steps: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Counterexample; c == nil || r.Walked < 60 || len(c.Steps) != 40 {
		t.Errorf("walked %d, minimised to %v", r.Walked, c)
	}
}

// Steps are tried again after others were removed, none is taken twice, and loops that
// arise are removed.
func TestWalkMinimisesByLeavingOut(t *testing.T) {
	f, _ := form[uint64]()
	const a, b, c = 0, 1, 2
	for _, test := range []struct {
		arcs [][]arc
		bad  []int
		walk [3]uint64 // how often a, b and c happen in the walks that count
		want int       // steps that remain
	}{
		// Walks of a, b, c. Bad after c, unless b has happened and a has not: a is
		// needed as long as b is there.
		{
			[][]arc{{{a, 1}, {b, 2}, {c, 3}}, {{b, 4}, {c, 5}}, {{c, 6}}, {}, {{c, 7}}, {}, {{c, 6}}, {}},
			[]int{3, 5, 7}, [3]uint64{1, 1, 1}, 1,
		},
		// Walks of a, b, c. Bad after these, and after c, c; but only one c can be
		// taken.
		{
			[][]arc{{{a, 1}, {c, 4}}, {{b, 2}}, {{c, 3}}, {}, {{a, 4}, {c, 5}}, {}},
			[]int{3, 5}, [3]uint64{1, 1, 1}, 3,
		},
		// Walks of b, a, b, c. Without the first b, the others lead round to the first
		// state, and c is bad there; neither a nor b can be removed alone.
		{
			[][]arc{{{b, 7}, {b, 1}, {a, 5}, {c, 6}}, {{a, 2}}, {{b, 3}}, {{c, 4}}, {}, {{b, 0}}, {}, {{a, 7}}},
			[]int{4, 6}, [3]uint64{1, 2, 1}, 1,
		},
		// Walks of a, b, c: a and b are a loop. Without a, b leads elsewhere, and
		// without b, c cannot happen: they can only be removed together.
		{
			[][]arc{{{a, 1}, {b, 2}, {c, 3}}, {{b, 0}}, {{a, 2}}, {}},
			[]int{3}, [3]uint64{1, 1, 1}, 1,
		},
	} {
		g := &graph[uint64]{arcs: test.arcs, initial: []int{0}, bad: make([]bool, len(test.arcs)), write: f.write, read: f.read}
		for _, i := range test.bad {
			g.bad[i] = true
		}
		walked := false
		for seed := range uint64(500) {
			r, err := explore.Walk(background, g, explore.WalkOptions{Seed: seed, Walks: 1, Steps: 4})
			if err != nil {
				t.Fatal(err)
			}
			happened := [3]uint64{r.Coverage[a].Transitions, r.Coverage[b].Transitions, r.Coverage[c].Transitions}
			if happened != test.walk || r.Counterexample == nil {
				continue
			}
			walked = true
			if len(r.Counterexample.Steps) != test.want {
				t.Errorf("seed %d: want %d steps:\n%v", seed, test.want, r.Counterexample)
			}
		}
		if !walked {
			t.Errorf("no walk of %v", test.walk)
		}
	}
}

// A walk looks every 64 steps whether it should stop.
func TestWalkStops(t *testing.T) {
	ctx, cancel := context.WithCancel(background)
	defer cancel()
	m := newOdd(1 << 20)
	m.change = func(calls int, _ uint64, event int, to uint64) (int, uint64) {
		if calls == 100 {
			cancel()
		}
		return event, to
	}
	r, err := explore.Walk(ctx, m, explore.WalkOptions{Walks: 2, Steps: 1000})
	if !errors.Is(err, context.Canceled) || r.Walks != 1 || r.Transitions != 128 {
		t.Errorf("stopped after 99 steps: %v, %v", r, err)
	}
}

// Walks that end in a deadlock are counted, and no others.
func TestWalkDeadlocks(t *testing.T) {
	f, _ := form[uint64]()
	for _, test := range []struct {
		arcs [][]arc
		want int
	}{
		{[][]arc{{{0, 1}}, {{0, 2}}, {}}, 7},       // each walk ends after two steps
		{[][]arc{{{0, 1}}, {{0, 2}}, {{0, 0}}}, 0}, // none ends
	} {
		g := &graph[uint64]{arcs: test.arcs, initial: []int{0}, bad: make([]bool, len(test.arcs)), write: f.write, read: f.read}
		r, err := explore.Walk(background, g, explore.WalkOptions{Walks: 7, Steps: 10, AllowDeadlock: true})
		if err != nil || r.Walks != 7 || r.Deadlocks != test.want {
			t.Errorf("%v, want %d deadlocks; %v", r, test.want, err)
		}
	}
}

// No single step of a minimized run can be removed: without it, the remaining events do
// not lead to the failure.
func TestWalkIsMinimal(t *testing.T) {
	failed := 0
	rapid.Check(t, func(t *rapid.T) {
		m := drawTeam(t)
		m.bad = [3]int{1, rapid.IntRange(1, 3).Draw(t, "bad place"), rapid.IntRange(0, 3).Draw(t, "bad variable")}
		r, err := explore.Walk(background, m, explore.WalkOptions{Walks: 20, Steps: 300, AllowDeadlock: true})
		if err != nil {
			t.Fatal(err)
		}
		c := r.Counterexample
		if c == nil {
			return
		}
		failed += min(1, len(c.Steps))
		for out := range c.Steps {
			s := c.Start
			for i, want := range c.Steps {
				if m.Check(s) != nil {
					t.Fatalf("fails without step %d:\n%v", out+1, c)
				}
				if i == out {
					continue
				}
				// The same choice as in the walk: the state of the run if possible,
				// otherwise the first with the event, otherwise none.
				next, same := s, false
				taken := false
				m.Successors(s, func(event int, to uint64) {
					if m.Labels()[event] != want.Label || same {
						return
					}
					if same = to == want.State; same || !taken {
						next, taken = to, true
					}
				})
				s = next
			}
			if m.Check(s) != nil {
				t.Fatalf("fails without step %d:\n%v", out+1, c)
			}
		}
	})
	if failed < 10 {
		t.Errorf("only %d walks failed", failed)
	}
}

// Twenty philosophers have billions of states. A walk visits few, and its failure is
// minimized.
func ExampleWalk() {
	r, err := explore.Walk(context.Background(), philosophers{n: 20}, explore.WalkOptions{Seed: 1, Walks: 1000, Steps: 10_000})
	if err != nil {
		fmt.Println(err)
		return
	}
	c := r.Counterexample
	fmt.Println("walk", r.Walks, "failed after", r.Walked, "steps, of which", len(c.Steps), "are needed:", c.Reason)
	// Output:
	// walk 1 failed after 156 steps, of which 20 are needed: deadlock
}
