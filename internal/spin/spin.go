// Package spin runs the model checker SPIN on the Promela twins of machines, and records
// its results, so that a machine is compared with them where SPIN is not installed, too.
// Only tests use it.
package spin

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
)

// Full reports whether SPIN itself must run: ORRERY_FULL is set, and then a missing tool
// fails the test.
func Full(t testing.TB) bool {
	t.Helper()
	if os.Getenv("ORRERY_FULL") == "" {
		t.Log("SPIN itself is not run: ORRERY_FULL is not set")
		return false
	}
	if tool := Missing(); tool != "" {
		t.Fatalf("%s is not installed (apt-get install spin gcc)", tool)
	}
	return true
}

// Missing returns the name of a tool that is not installed, or "".
func Missing() string {
	for _, tool := range []string{"spin", "gcc"} {
		if _, err := exec.LookPath(tool); err != nil {
			return tool
		}
	}
	return ""
}

// Pan makes a verifier from testdata/<model>.pml, with preprocessor defines and flags
// for the C compiler, and returns its path.
func Pan(t testing.TB, model string, defines []string, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	source, err := filepath.Abs(filepath.Join("testdata", model+".pml"))
	if err != nil {
		t.Fatal(err)
	}
	command(t, dir, "spin", append(defines[:len(defines):len(defines)], "-a", source)...)
	command(t, dir, "gcc", append([]string{"-O2", "-w", "-o", "pan", "pan.c"}, flags...)...)
	return filepath.Join(dir, "pan")
}

// Run runs a verifier and returns its output.
func Run(t testing.TB, pan string, args ...string) string {
	t.Helper()
	return command(t, filepath.Dir(pan), pan, args...)
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

// Everything searches all states depth first, and returns their number and that of the
// transitions. It fails the test if the search was cut short.
func Everything(t testing.TB, pan string) (states int, transitions uint64) {
	t.Helper()
	out := Run(t, pan, "-c0", "-w24", "-m2000000")
	if strings.Contains(out, "max search depth too small") {
		t.Fatalf("the search is cut short\n%s", out)
	}
	// SPIN counts the initial state as the target of a transition.
	return Number(t, out, `(\d+) states, stored`), uint64(Number(t, out, `(\d+) transitions`) - 1)
}

// Number returns the number that the pattern matches in the output of a verifier.
func Number(t testing.TB, out, pattern string) int {
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

// file has the recorded results of SPIN.
const file = "testdata/spin.json"

// Read returns the recorded findings.
func Read[Finding any](t testing.TB) []Finding {
	t.Helper()
	var record struct {
		SPIN     string // its version
		Findings []Finding
	}
	b, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(b, &record)
	}
	if err != nil {
		t.Fatal(err)
	}
	return record.Findings
}

// Write records findings, one to a line.
func Write[Finding any](t testing.TB, findings []Finding) {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n\t\"spin\": %q,\n\t\"findings\": [\n", strings.TrimSpace(command(t, ".", "spin", "-V")))
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
	if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}
