package explore_test

import (
	"flag"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/internal/spin"
)

var update = flag.Bool("update", false, "record what SPIN finds anew; needs ORRERY_FULL=1")

// A twin is a machine and the Promela model of the same algorithm.
type twin struct {
	model   string // testdata/<model>.pml
	defines string
	run     func() (finding, error)
}

// A finding is the result of a search, in terms common to SPIN and explore.
type finding struct {
	Model   string `json:"model"`
	Defines string `json:"defines,omitempty"`
	Verdict string `json:"verdict"`         // "safe", or the kind of the first failure
	Steps   int    `json:"steps,omitempty"` // of a shortest run to the failure

	// Of the whole search; 0 if an invariant is broken, since SPIN then continues after
	// the state and explore does not.
	States      int    `json:"states,omitempty"`
	Transitions uint64 `json:"transitions,omitempty"`
	Depth       int    `json:"depth,omitempty"` // only if nothing fails
}

func twins() []twin {
	return []twin{
		{"peterson", "", of(peterson{})},
		{"peterson", "-DTURN_FIRST", of(peterson{turnFirst: true})},
		{"philosophers", "-DN=4", of(philosophers{n: 4})},
		{"philosophers", "-DN=4 -DORDERED", of(philosophers{n: 4, ordered: true})},
		{"philosophers", "-DN=7", of(philosophers{n: 7})},
		{"philosophers", "-DN=7 -DORDERED", of(philosophers{n: 7, ordered: true})},
		{"buffer", "-DSIZE=1 -DPRODUCERS=2 -DCONSUMERS=1", of(buffer{size: 1, producers: 2, consumers: 1})},
		{"buffer", "-DSIZE=1 -DPRODUCERS=2 -DCONSUMERS=1 -DBROADCAST", of(buffer{size: 1, producers: 2, consumers: 1, broadcast: true})},
		{"buffer", "-DSIZE=2 -DPRODUCERS=3 -DCONSUMERS=1", of(buffer{size: 2, producers: 3, consumers: 1})},
		{"buffer", "-DSIZE=1 -DPRODUCERS=2 -DCONSUMERS=2", of(buffer{size: 1, producers: 2, consumers: 2})},
		{"marking", "-DBARRIER=0", of(marking{noBarrier})},
		{"marking", "-DBARRIER=1", of(marking{insertion})},
		{"marking", "-DBARRIER=2", of(marking{deletion})},
		{"marking", "-DBARRIER=3", of(marking{hybrid})},
	}
}

// of returns the search of a machine.
func of(m explore.Machine[uint64]) func() (finding, error) {
	return func() (finding, error) {
		r, err := explore.Run(background, m, explore.Options{MaxStates: 1 << 24})
		f := finding{Verdict: "safe", States: r.States, Transitions: r.Transitions, Depth: r.Depth}
		if c := r.Counterexample; c != nil {
			f = finding{Verdict: string(c.Property), Steps: len(c.Steps)}
			if c.Property == explore.Deadlock {
				f.States, f.Transitions = r.States, r.Transitions
			}
		}
		return f, err
	}
}

// Run and SPIN agree: on the verdict, the length of a shortest counterexample, the
// states, the transitions and the depth. Without SPIN, its recorded findings count.
func TestSPIN(t *testing.T) {
	recorded := spin.Read[finding](t)
	var found []finding
	for _, tw := range twins() {
		f, err := tw.run()
		if err != nil {
			t.Fatal(err)
		}
		f.Model, f.Defines = tw.model, tw.defines
		found = append(found, f)
	}
	if spin.Full(t) {
		var anew []finding
		for _, tw := range twins() {
			anew = append(anew, spun(t, tw))
		}
		if *update {
			spin.Write(t, anew)
			recorded = anew
		}
		if diff := cmp.Diff(recorded, anew); diff != "" {
			t.Errorf("SPIN finds something else than was recorded (-recorded +SPIN)\n%s", diff)
		}
	}
	if diff := cmp.Diff(recorded, found); diff != "" {
		t.Errorf("(-SPIN +Run)\n%s", diff)
	}
}

// spun returns SPIN's findings about a model: the failure from a breadth-first search up
// to it, the states and transitions from a depth-first search of everything.
func spun(t *testing.T, tw twin) finding {
	f := finding{Model: tw.model, Defines: tw.defines, Verdict: "safe"}
	defines := strings.Fields(tw.defines)
	out := spin.Run(t, spin.Pan(t, tw.model, defines, "-DBFS", "-DNOREDUCE"), "-w22")
	switch {
	case strings.Contains(out, "pan:1: assertion violated"):
		f.Verdict = string(explore.Invariant)
	case strings.Contains(out, "pan:1: invalid end state"):
		f.Verdict = string(explore.Deadlock)
	default:
		f.Depth = spin.Number(t, out, `depth reached (\d+)`)
	}
	if f.Verdict != "safe" {
		// SPIN counts steps from 0: an assertion fails in the step of that
		// number, an end state is invalid after as many.
		f.Steps = spin.Number(t, out, `\(at depth (\d+)\)`)
		if f.Verdict == string(explore.Invariant) {
			f.Steps++
			return f
		}
	}
	f.States, f.Transitions = spin.Everything(t, spin.Pan(t, tw.model, defines, "-DNOREDUCE", "-DSAFETY"))
	return f
}
