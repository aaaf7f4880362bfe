package hostile

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// notCalled are functions that are not called.
var notCalled = Excluded{
	"claims.Check":   "asks the Go that runs, in children",
	"claims.CheckOn": "asks the Go that runs, in children, and fetches releases",
	"claims.Live":    "asks the Go that runs, in children",

	"dest.Read": "reads what go/parser and go/types made: a tree with nil in it breaks them",
}

// notAttacked are packages that are not attacked.
var notAttacked = map[string]string{
	"ctxtree/ctxadapter": "contexts with a lock and goroutines of their own: one that is used from its own Trace waits for itself, and a nil AfterFunc ends the program, as in Go",
}

// find finds the packages once.
var find = sync.OnceValues(func() ([]Package, error) { return Find("../..") })

// build builds the child.
func build(t *testing.T, packages []Package) string {
	t.Helper()
	source, err := Write(packages, notCalled)
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	main, overlay, bin := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "child.exe")
	for name, data := range map[string]string{
		main:    string(source),
		overlay: `{"Replace": {` + strconv.Quote(filepath.Join(root, "internal", "hostile", "child", "main.go")) + `: ` + strconv.Quote(main) + `}}`,
	} {
		if err := os.WriteFile(name, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "build", "-buildvcs=false", "-overlay", overlay, "-o", bin, "./internal/hostile/child")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// exitOther is the exit code of a child that ends in a function of another package, whose
// fault it is.
const exitOther = 4

var killed = regexp.MustCompile(`(?m)^killed (.*)$`)

var seed = flag.Int("seed", 1, "decides the calls that TestHostile makes")

// TestHostile attacks every public package: for a while, but with no more than a number
// of calls, which a seed decides. A faster machine makes no calls that a slower one, left
// to it for longer, would not. To look for new failures, give other seeds.
func TestHostile(t *testing.T) {
	packages, err := find()
	if err != nil {
		t.Fatal(err)
	}
	bin := build(t, packages)
	last, calls := 120*time.Millisecond, 1000
	if os.Getenv("ORRERY_FULL") != "" {
		last, calls = 4*time.Second, 10_000
	}
	for _, p := range packages {
		if why := notAttacked[p.Folder]; why != "" {
			t.Logf("%s: %s", p.Folder, why)
			continue
		}
		t.Run(strings.ReplaceAll(p.Folder, "/", "."), func(t *testing.T) {
			run(t, bin, p.Folder, *seed, calls, last)
		})
	}
}

// run runs the child. A function that hangs or takes too much memory ends it: then it is
// run again without that function, to find other failures.
func run(t *testing.T, bin, folder string, seed, calls int, last time.Duration) {
	var skip []string
	for range 10 {
		args := []string{"-package", folder, "-seed", strconv.Itoa(seed), "-calls", strconv.Itoa(calls), "-time", last.String(), "-skip", strings.Join(skip, ",")}
		out, err := exec.Command(bin, args...).CombinedOutput()
		if err == nil {
			t.Logf("seed %d: %s", seed, out)
			return
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitOther {
			t.Errorf("%s %s: %v\n%.8000s", filepath.Base(bin), strings.Join(args, " "), err, out)
		}
		m := killed.FindSubmatch(out)
		if m == nil {
			if exit == nil || exit.ExitCode() != 1 {
				t.Log("what the last call was, -v tells")
			}
			return
		}
		skip = append(skip, string(m[1]))
	}
}

// TestFind checks that the functions are found, and that excluded functions exist.
func TestFind(t *testing.T) {
	packages, err := find()
	if err != nil {
		t.Fatal(err)
	}
	source, err := Write(packages, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`Name: "alloc.(*Heap).GC"`, `Name: "chanq.New"`, `Name: "layout.(Layout).Rows"`, `Name: "explore.Run", F: p`, `Run[[2]uint64]`,
		`Name: "release.(Release).AtLeast", F: (`, `Name: "gc/marking"`, "func (s stub0)",
	}
	for name := range notCalled {
		want = append(want, strconv.Quote(name))
	}
	for _, w := range want {
		if !strings.Contains(string(source), w) {
			t.Errorf("the program has no %s", w)
		}
	}
	for _, line := range strings.Split(string(source), "\n") {
		if strings.Contains(line, `"release.(Release)`) && strings.Contains(line, "AtLeast") != strings.Contains(line, "Panics: true") {
			t.Errorf("documented to panic or not: %s", line)
		}
	}
	for folder, want := range map[string]bool{"chanq": true, "gc/marking": true, "draw": true, "chanq/chanqlive": false, "internal/house": false, "examples/tricolor": false} {
		if Public(folder) != want {
			t.Errorf("Public(%s) is %v", folder, !want)
		}
	}
}
