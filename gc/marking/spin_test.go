package marking_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/marking"
	"github.com/orrery-go/orrery/internal/spin"
)

// A finding is the result of a model checker for a machine.
type finding struct {
	Algorithm   string `json:"algorithm"`
	Objects     int    `json:"objects"`
	Fields      int    `json:"fields"`
	Verdict     string `json:"verdict"`
	Steps       int    `json:"steps,omitempty"` // of a shortest run that loses an object
	States      int    `json:"states,omitempty"`
	Transitions uint64 `json:"transitions,omitempty"`
	Depth       int    `json:"depth,omitempty"`
}

// barriers are the numbers of the barriers in the Promela model: OLD, NEW, HOLDER.
var barriers = map[string]string{
	"insertion-white": "0 1 0", "insertion": "0 1 0", "deletion": "1 0 0", "hybrid-design": "1 2 0", "hybrid-unbuffered": "1 1 0", "hybrid": "1 1 0",
	"insertion-no-rescan": "0 1 0", "insertion-if-black": "0 3 0", "steele-early": "0 0 1", "deletion-no-snapshot": "1 0 0",
	"hybrid-no-deletion": "0 2 0", "hybrid-no-insertion": "1 0 0", "hybrid-white": "1 1 0",
}

func defines(a gc.Algorithm, objects, fields int) []string {
	parts := strings.Fields(barriers[a.Name])
	if len(parts) == 0 {
		parts = []string{"0", "0", "0"}
	}
	bit := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	return strings.Fields(fmt.Sprintf("-DN=%d -DF=%d -DOLD=%s -DNEW=%s -DHOLDER=%s -DBUFFERED=%d -DSNAPSHOT=%d -DRESCAN=%d -DBLACK=%d -DCONCURRENT=%d -DSWEEPINPAUSE=%d",
		objects, fields, parts[0], parts[1], parts[2], bit(a.Buffered), bit(a.StackSnapshot), bit(a.StackRescan), bit(a.AllocateBlack), bit(a.Concurrent), bit(a.SweepInPause)))
}

// twins returns the machines that have a Promela twin.
func twins() (out []finding) {
	for _, a := range gc.Algorithms() {
		if a.Name != "greentea" { // its machine is that of hybrid
			out = append(out, finding{Algorithm: a.Name, Objects: 3, Fields: 1})
		}
	}
	return append(out, finding{Algorithm: "hybrid", Objects: 2, Fields: 2}, finding{Algorithm: "deletion", Objects: 2, Fields: 2})
}

// TestSPIN checks the machines against their Promela twins: on the verdict, the
// length of a shortest run that loses an object, the states, the transitions and
// the depth. Without ORRERY_FULL what SPIN found when it was recorded counts.
func TestSPIN(t *testing.T) {
	recorded := spin.Read[finding](t)
	var found []finding
	for _, f := range twins() {
		found = append(found, explored(t, f))
	}
	if spin.Full(t) {
		var anew []finding
		for _, f := range twins() {
			anew = append(anew, spun(t, f))
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
		t.Errorf("(-SPIN +explore)\n%s", diff)
	}
}

// explored returns the findings of package explore. The twin lacks the invariants that
// an algorithm promises.
func explored(t *testing.T, f finding) finding {
	a := named(t, f.Algorithm)
	a.Promises = gc.NoInvariant
	r, err := explore.Run(background, newMachine(t, marking.Config{Algorithm: a, Objects: f.Objects, Fields: f.Fields}), explore.Options{MaxStates: 1 << 24})
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Counterexample; c != nil {
		f.Verdict, f.Steps = string(c.Property), len(c.Steps)
		return f
	}
	f.Verdict, f.States, f.Transitions, f.Depth = "safe", r.States, r.Transitions, r.Depth
	return f
}

// spun returns SPIN's findings: the failure and the depth from a breadth-first search,
// the states and transitions from a depth-first one.
func spun(t *testing.T, f finding) finding {
	d := defines(named(t, f.Algorithm), f.Objects, f.Fields)
	f.Verdict = "safe"
	out := spin.Run(t, spin.Pan(t, "marking", d, "-DBFS", "-DNOREDUCE"), "-w22")
	if strings.Contains(out, "pan:1: assertion violated") {
		f.Verdict = string(explore.Invariant)
		f.Steps = spin.Number(t, out, `\(at depth (\d+)\)`) + 1 // SPIN counts steps from 0
		return f
	}
	f.Depth = spin.Number(t, out, `depth reached (\d+)`)
	f.States, f.Transitions = spin.Everything(t, spin.Pan(t, "marking", d, "-DNOREDUCE", "-DSAFETY"))
	return f
}
