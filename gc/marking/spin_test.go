package marking_test

import (
	"bytes"
	"encoding/json"
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
	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/marking"
)

const spinGolden = "testdata/spin.json"

// A finding is what a model checker finds in a machine.
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

// barriers are the numbers by which the Promela model knows them: OLD, NEW, HOLDER.
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

// twins are the machines that have one.
func twins() (out []finding) {
	for _, a := range gc.Algorithms() {
		if a.Name != "greentea" { // whose machine is that of hybrid
			out = append(out, finding{Algorithm: a.Name, Objects: 3, Fields: 1})
		}
	}
	return append(out, finding{Algorithm: "hybrid", Objects: 2, Fields: 2}, finding{Algorithm: "deletion", Objects: 2, Fields: 2})
}

// TestSPIN holds the machines against their Promela twins: on the verdict, the
// length of a shortest run that loses an object, the states, the transitions and
// the depth. Without ORRERY_FULL what SPIN found when it was recorded counts.
func TestSPIN(t *testing.T) {
	recorded := readGolden(t)
	var found []finding
	for _, f := range twins() {
		found = append(found, explored(t, f))
	}
	if os.Getenv("ORRERY_FULL") == "" {
		t.Log("SPIN itself is not run: ORRERY_FULL is not set")
	} else {
		for _, tool := range []string{"spin", "gcc"} {
			if _, err := exec.LookPath(tool); err != nil {
				t.Fatalf("%s is not installed (apt-get install spin gcc)", tool)
			}
		}
		var spun []finding
		for _, f := range twins() {
			spun = append(spun, spin(t, f))
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
		t.Errorf("(-SPIN +explore)\n%s", diff)
	}
}

// explored is what explore finds. The invariants that an algorithm promises are not
// in the twin.
func explored(t *testing.T, f finding) finding {
	a := named(t, f.Algorithm)
	a.Promises = gc.NoInvariant
	r, err := explore.Run(background, newMachine(t, marking.Config{Algorithm: a, Objects: f.Objects, Fields: f.Fields}), explore.Options{MaxStates: 1 << 24})
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Counterexample; c != nil {
		f.Verdict, f.Steps = string(c.Kind), len(c.Steps)
		return f
	}
	f.Verdict, f.States, f.Transitions, f.Depth = "safe", r.States, r.Transitions, r.Depth
	return f
}

// spin is what SPIN finds: the failure and the depth from a breadth-first search,
// the states and transitions from a depth-first one.
func spin(t *testing.T, f finding) finding {
	d := defines(named(t, f.Algorithm), f.Objects, f.Fields)
	f.Verdict = "safe"
	bfs := pan(t, d, "-DBFS", "-DNOREDUCE")
	out := command(t, filepath.Dir(bfs), bfs, "-w22")
	if strings.Contains(out, "pan:1: assertion violated") {
		f.Verdict = string(explore.Invariant)
		f.Steps = number(t, out, `\(at depth (\d+)\)`) + 1 // SPIN counts steps from 0
		return f
	}
	f.Depth = number(t, out, `depth reached (\d+)`)
	dfs := pan(t, d, "-DNOREDUCE", "-DSAFETY")
	out = command(t, filepath.Dir(dfs), dfs, "-c0", "-w24", "-m2000000")
	if strings.Contains(out, "max search depth too small") {
		t.Fatalf("%v: search cut short\n%s", f, out)
	}
	f.States = number(t, out, `(\d+) states, stored`)
	// SPIN counts the initial state as if a transition led to it.
	f.Transitions = uint64(number(t, out, `(\d+) transitions`) - 1)
	return f
}

// pan makes a verifier from the model.
func pan(t testing.TB, defines []string, flags ...string) (path string) {
	t.Helper()
	dir := t.TempDir()
	source, err := filepath.Abs("testdata/marking.pml")
	if err != nil {
		t.Fatal(err)
	}
	command(t, dir, "spin", append(defines, "-a", source)...)
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
	var g golden
	b, err := os.ReadFile(spinGolden)
	if err == nil {
		err = json.Unmarshal(b, &g)
	}
	if err != nil && !*update {
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
