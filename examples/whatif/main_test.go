package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/internal/archive"
	"github.com/orrery-go/orrery/sched/schedtrace/whatif"
)

// trace writes the trace of a program that is on record to a file, and returns its name.
func trace(t *testing.T, program string) string {
	t.Helper()
	traces, err := archive.Read("../../sched/schedtrace/whatif/testdata/traces.tar.gz")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "trace.out")
	if err := os.WriteFile(name, traces[program+".out"], 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestRun(t *testing.T) {
	name := trace(t, "bottleneck")
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{[]string{name}, []string{"the critical path takes 8.5", "2, recorded", "8    8.56ms", "- that more processors share caches"}},
		{[]string{name, "-procs", "1, 2", "-release", "go1.13", "-metal"}, []string{"1    11.8ms", "2    8.61ms"}},
	} {
		var out bytes.Buffer
		if err := run(tt.args, &out); err != nil {
			t.Fatal(err)
		}
		for _, want := range tt.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q:\n%s\nwant %q in it", tt.args, &out, want)
			}
		}
	}
	for program, want := range map[string]string{ // what a trace has besides channels and locks
		"fan-in": "select", "quit": "select", "broadcast": "conditions", "counter": "atomic operations",
	} {
		var out bytes.Buffer
		if err := run([]string{trace(t, program)}, &out); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %v\n%s\nwant %q in it", program, err, &out, want)
		}
	}
	var out bytes.Buffer
	var r whatif.Report
	if err := run([]string{"-json", "-procs=3", name}, &out); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out.Bytes(), &r); err != nil || len(r.Predictions) != 1 || r.Predictions[0].Procs != 3 || strings.Contains(out.String(), "null") {
		t.Errorf("%v\n%s", err, &out)
	}
	for _, args := range [][]string{{}, {"-procs", "two", name}, {"-procs", "0", name}, {"main.go"}, {"none.out"}, {"-release", "go9", name}, {name, name}, {"-nothing", name}} {
		if err := run(args, io.Discard); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
}
