package main

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	gmp := filepath.Join("..", "gmp")
	two := filepath.Join(t.TempDir(), "two.txt")
	if err := os.WriteFile(two, []byte(strings.ReplaceAll(builtIn, "loop 3", "loop 2")), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		bad  bool
		want string
	}{
		{nil, true, "This deadlocks in 7 steps, and cannot in fewer:"},
		{[]string{two}, false, "This cannot deadlock or panic: "},
		{[]string{filepath.Join(gmp, "stuck.txt")}, true, "g2 other waits in lock a (line 12)"},
		{[]string{"-release", "go1.4", filepath.Join(gmp, "pipeline.txt")}, false, "all that there are"},
	} {
		var out bytes.Buffer
		if bad, err := run(tt.args, &out); err != nil || bad != tt.bad || !strings.Contains(out.String(), tt.want) {
			t.Errorf("%q: %v, %v\n%s\nwant %q in it", tt.args, bad, err, &out, tt.want)
		}
	}
	if _, err := run([]string{"-h"}, &bytes.Buffer{}); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-h: %v", err)
	}
	for _, wrong := range [][]string{{"main.go"}, {"nothing.txt"}, {two, two}, {"-states", "10", two}, {"-states", "-1", two}, {"-release", "1", two}} {
		if _, err := run(wrong, &bytes.Buffer{}); err == nil {
			t.Errorf("%q is explored", wrong)
		}
	}
}
