package explore_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/orrery-go/orrery/explore"
)

var update = flag.Bool("update", false, "record what SPIN finds anew; needs ORRERY_FULL=1")

const spinGolden = "testdata/spin.json"

// A twin is a machine and the Promela model that is written after it.
type twin struct {
	model   string // testdata/<model>.pml
	defines string
	run     func() (finding, error)
}

// A finding is what a search finds, in terms that SPIN and explore share.
type finding struct {
	Model   string `json:"model"`
	Defines string `json:"defines,omitempty"`
	Verdict string `json:"verdict"`         // "safe", or the kind of the first failure
	Steps   int    `json:"steps,omitempty"` // of a shortest run to it

	// Of the whole search; 0 where an invariant is broken, for there SPIN goes
	// on behind the state and explore does not.
	States      int    `json:"states,omitempty"`
	Transitions uint64 `json:"transitions,omitempty"`
	Depth       int    `json:"depth,omitempty"` // only where nothing fails
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

// of makes the search of a machine.
func of(m explore.Machine[uint64]) func() (finding, error) {
	return func() (finding, error) {
		r, err := explore.Run(background, m, explore.Options{MaxStates: 1 << 24})
		f := finding{Verdict: "safe", States: r.States, Transitions: r.Transitions, Depth: r.Depth}
		if c := r.Counterexample; c != nil {
			f = finding{Verdict: string(c.Kind), Steps: len(c.Steps)}
			if c.Kind == explore.Deadlock {
				f.States, f.Transitions = r.States, r.Transitions
			}
		}
		return f, err
	}
}

// Run and SPIN agree: on the verdict, the length of a shortest counterexample,
// the states, the transitions and the depth. Without SPIN, what it found when
// it was last recorded counts.
func TestSPIN(t *testing.T) {
	recorded := readGolden(t)
	var found []finding
	for _, tw := range twins() {
		f, err := tw.run()
		if err != nil {
			t.Fatal(err)
		}
		f.Model, f.Defines = tw.model, tw.defines
		found = append(found, f)
	}
	if full(t) {
		var spun []finding
		for _, tw := range twins() {
			spun = append(spun, spin(t, tw))
		}
		if *update {
			writeGolden(t, spun)
			recorded = spun
		}
		if diff := cmp.Diff(recorded, spun); diff != "" {
			t.Errorf("SPIN finds something else than was recorded (-recorded +SPIN)\n%s", diff)
		}
	}
	if diff := cmp.Diff(recorded, found); diff != "" {
		t.Errorf("(-SPIN +Run)\n%s", diff)
	}
}

// full reports whether the run is to use SPIN: ORRERY_FULL is set, and then a
// tool that is missing fails the test.
func full(t testing.TB) bool {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Log("SPIN itself is not run: ORRERY_FULL is not set")
		return false
	}
	if tool := missingTool(); tool != "" {
		t.Fatalf("%s is not installed (apt-get install spin gcc)", tool)
	}
	return true
}

func missingTool() string {
	for _, tool := range []string{"spin", "gcc"} {
		if _, err := exec.LookPath(tool); err != nil {
			return tool
		}
	}
	return ""
}

// pan makes a verifier from a model.
func pan(t testing.TB, model, defines string, flags ...string) (path string) {
	t.Helper()
	dir := t.TempDir()
	source, err := filepath.Abs(filepath.Join("testdata", model+".pml"))
	if err != nil {
		t.Fatal(err)
	}
	command(t, dir, "spin", append(strings.Fields(defines), "-a", source)...)
	command(t, dir, "gcc", append([]string{"-O2", "-w", "-o", "pan", "pan.c"}, flags...)...)
	return filepath.Join(dir, "pan")
}

func command(t testing.TB, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// spin is what SPIN finds in a model: the failure from a breadth-first search
// up to it, the states and transitions from a depth-first search of everything.
func spin(t *testing.T, tw twin) finding {
	f := finding{Model: tw.model, Defines: tw.defines, Verdict: "safe"}
	bfs := pan(t, tw.model, tw.defines, "-DBFS", "-DNOREDUCE")
	out := command(t, filepath.Dir(bfs), bfs, "-w22")
	switch {
	case strings.Contains(out, "pan:1: assertion violated"):
		f.Verdict = string(explore.Invariant)
	case strings.Contains(out, "pan:1: invalid end state"):
		f.Verdict = string(explore.Deadlock)
	default:
		f.Depth = number(t, out, `depth reached (\d+)`)
	}
	if f.Verdict != "safe" {
		// SPIN counts steps from 0: an assertion fails in the step of that
		// number, an end state is invalid after as many.
		f.Steps = number(t, out, `\(at depth (\d+)\)`)
		if f.Verdict == string(explore.Invariant) {
			f.Steps++
			return f
		}
	}
	dfs := pan(t, tw.model, tw.defines, "-DNOREDUCE", "-DSAFETY")
	out = command(t, filepath.Dir(dfs), dfs, "-c0", "-w24", "-m1000000")
	if strings.Contains(out, "max search depth too small") {
		t.Fatalf("%s %s: search cut short\n%s", tw.model, tw.defines, out)
	}
	f.States = number(t, out, `(\d+) states, stored`)
	// SPIN counts the initial state as if a transition led to it.
	f.Transitions = uint64(number(t, out, `(\d+) transitions`) - 1)
	return f
}

// number finds the number in a pattern.
func number(t testing.TB, out, pattern string) int {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("no %q in\n%s", pattern, out)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

type golden struct {
	SPIN     string    `json:"spin"` // its version
	Findings []finding `json:"findings"`
}

func readGolden(t *testing.T) []finding {
	b, err := os.ReadFile(spinGolden)
	if err != nil && !*update {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(b, &g); err != nil && !*update {
		t.Fatal(err)
	}
	return g.Findings
}

func writeGolden(t *testing.T, findings []finding) {
	version := strings.TrimSpace(command(t, ".", "spin", "-V"))
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n\t\"spin\": %q,\n\t\"findings\": [\n", version)
	for i, f := range findings {
		line, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		comma := ","
		if i == len(findings)-1 {
			comma = ""
		}
		fmt.Fprintf(&b, "\t\t%s%s\n", line, comma)
	}
	b.WriteString("\t]\n}\n")
	if err := os.WriteFile(spinGolden, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}
