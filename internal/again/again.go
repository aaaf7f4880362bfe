// Package again runs a test in a process of its own, where what it asks of the runtime
// ends the process, or needs other settings.
package again

import (
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"testing"
)

// Run runs the calling test in a process of its own, with more variables in its
// environment, which the test looks for, and returns all that it prints. The error says how
// the process ended, if not with 0. Where there are no processes the test is skipped.
func Run(t *testing.T, env ...string) (string, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil || runtime.GOOS == "js" {
		t.Skipf("there are no other processes: %v", err)
	}
	c := exec.CommandContext(t.Context(), self, "-test.run=^"+t.Name()+"$")
	c.Env = append(os.Environ(), env...)
	out, err := c.CombinedOutput()
	return string(out), err
}

var noMemory = regexp.MustCompile(`(?m)^fatal error: .*(memory|address space)`)

// NoMemory reports whether a process that has printed this has ended since there was not as
// much memory as it asked for, or, with the race detector, no place for it.
func NoMemory(text string) bool { return noMemory.MatchString(text) }
