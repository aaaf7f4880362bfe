package explainlive

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
	"github.com/orrery-go/orrery/sched/schedtrace/explain"
)

// TestStandard explains traces of tests of the standard library on 1, 2, 4 and 8 Ps:
// nothing is contradicted.
func TestStandard(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("builds tests of the standard library: set ORRERY_FULL=1")
	}
	root, err := toolchain.Root(t.Context(), release.Running)
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	for pkg, run := range map[string]string{
		"sync":    "Once|WaitGroup|Cond|RWMutex",
		"context": ".",
		"io":      "Pipe",
	} {
		binary := filepath.Join(dir, filepath.Base(pkg)+".test")
		build := exec.CommandContext(t.Context(), filepath.Join(root, "bin", "go"), "test", "-c", "-o", binary, pkg)
		build.Env = append(os.Environ(), "GOTOOLCHAIN=local", "GOFLAGS=")
		build.Dir = filepath.Join(root, "src", filepath.FromSlash(pkg))
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", pkg, err, out)
		}
		for _, procs := range []int{1, 2, 4, 8} {
			file := filepath.Join(dir, "trace.out")
			os.Remove(file)
			// Whether they pass says nothing here: on a loaded machine some do not.
			c := exec.CommandContext(t.Context(), binary, "-test.short", "-test.run="+run, "-test.timeout=5m", "-test.trace="+file)
			c.Dir = build.Dir
			c.Env = append(os.Environ(), fmt.Sprint("GOMAXPROCS=", procs))
			out, runErr := c.CombinedOutput()
			b, err := os.ReadFile(file)
			if err != nil && runErr != nil {
				t.Logf("rejected: %s on %d: %v", pkg, procs, runErr)
				continue
			}
			if err != nil {
				t.Fatalf("%s on %d: %v\n%s", pkg, procs, err, out)
			}
			e, err := explain.New(bytes.NewReader(b))
			if err != nil {
				if runErr == nil {
					t.Errorf("%s on %d: %v", pkg, procs, err)
				}
				continue
			}
			for s := range e.Starts() {
				if s.Verdict == explain.Contradicted {
					t.Errorf("%s on %d: %+v", pkg, procs, s)
				}
			}
			if e.Err() != nil && runErr == nil {
				t.Errorf("%s on %d: %v", pkg, procs, e.Err())
			}
			t.Logf("%s on %d: %+v", pkg, procs, e.Stats())
		}
	}
}
