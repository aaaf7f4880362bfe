package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/sched/schedtrace/whatif"
)

// bottleneck writes a trace that is on record to a file, and returns its name.
func bottleneck(t *testing.T) string {
	t.Helper()
	f, err := os.Open("../../sched/schedtrace/whatif/testdata/traces.tar.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if h.Name != "bottleneck.out" {
			continue
		}
		data, err := io.ReadAll(r)
		name := filepath.Join(t.TempDir(), "trace.out")
		if err == nil {
			err = os.WriteFile(name, data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		return name
	}
}

func TestRun(t *testing.T) {
	name := bottleneck(t)
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
