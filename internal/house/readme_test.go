package house

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readmeProgram returns the program in the README.
func readmeProgram(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllSubmatch(text, -1)
	if len(m) != 1 {
		t.Fatalf("the README has %d programs, want one", len(m))
	}
	return string(m[0][1])
}

// TestReadmeFromAClone builds and runs the README's program in a module of its own, with
// this module in a replace directive, as the README describes.
func TestReadmeFromAClone(t *testing.T) {
	clone, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(readmeProgram(t)), 0o666); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	run("mod", "init", "example.com/reader")
	run("mod", "edit", "-require="+Module+"@v0.0.0", "-replace="+Module+"="+clone)
	run("mod", "tidy")
	const want = "go1.15 2048\ngo1.17 1280\ngo1.26 1536\n"
	if diff := cmp.Diff(want, run("run", ".")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
