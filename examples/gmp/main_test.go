package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/sched"
)

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"pipeline.txt"}, "5 goroutines, "},
		{[]string{"-procs", "4", "-release", "go1.13", "-events", "pipeline.txt"}, "g1 on m0, p0: g0 picks it from runnext, gogo (line 8)"},
		{[]string{"-procs", "1", "-release", "go1.4", "-seed", "9", "-tick", "60", "-events", "pipeline.txt"}, " more of these\n"},
		{[]string{"sleepers.txt"}, "11 goroutines, "},
		{[]string{"-svg", "pipeline.txt"}, "<title>What ran on which processor</title>"},
	} {
		var out bytes.Buffer
		if err := run(tt.args, &out); err != nil || !strings.Contains(out.String(), tt.want) {
			t.Errorf("%q: %v\n%s\nwant %q in it", tt.args, err, &out, tt.want)
		}
	}
	file := filepath.Join(t.TempDir(), "trace.json")
	if err := run([]string{"-chrome", file, "pipeline.txt"}, new(bytes.Buffer)); err != nil {
		t.Error(err)
	}
	if data, err := os.ReadFile(file); err != nil || !json.Valid(data) || !strings.Contains(string(data), "g2 worker") {
		t.Errorf("a trace: %v, %.200s", err, data)
	}
	if err := run([]string{"-trace", file, "pipeline.txt"}, new(bytes.Buffer)); err != nil {
		t.Error(err)
	}
	if data, err := os.ReadFile(file); err != nil || !bytes.HasPrefix(data, []byte("go 1.26 trace")) {
		t.Errorf("an execution trace: %v, %.20q", err, data)
	}
	// What a program prints is printed, in its order, but not without end.
	text := filepath.Join(t.TempDir(), "p.txt")
	if err := os.WriteFile(text, []byte("waitgroup g 3\nmain:\ni = loop 3\ngo w(i)\nend\nwait g\nloop 2000\nmark again\nend\nw(i):\nmark hello {i}\ndone g\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	var prints bytes.Buffer
	if err := run([]string{"-procs", "1", text}, &prints); err != nil || !strings.HasPrefix(prints.String(), "g4 prints hello 2\ng2 prints hello 0\ng3 prints hello 1\ng1 prints again\n") ||
		strings.Count(prints.String(), "again") != 997 {
		t.Errorf("printing: %v\n%.300s", err, &prints)
	}
	// A program that does not end is stopped soon, and the error says where.
	var out bytes.Buffer
	if err := run([]string{"-max", "5000", "forever.txt"}, &out); err == nil || !strings.Contains(err.Error(), "over budget after 500") || !strings.Contains(err.Error(), "main: ") {
		t.Errorf("a program that does not end: %v", err)
	}
	out.Reset()
	if err := run([]string{"stuck.txt"}, &out); !errors.Is(err, sched.AllAsleep) || !strings.Contains(out.String(), "g1 waits (lock) in main: lock b") || !strings.Contains(out.String(), "g2 waits (lock) in other: lock a") {
		t.Errorf("a deadlock: %v\n%s", err, &out)
	}
	out.Reset()
	if err := run(nil, &out); err != nil || !strings.Contains(out.String(), "this one is run") || !strings.Contains(out.String(), "5 goroutines, ") {
		t.Errorf("without a program: %v\n%s", err, &out)
	}
	if err := run([]string{"-h"}, &out); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-h: %v", err)
	}
	for _, bad := range [][]string{{"-events", "-svg", "pipeline.txt"}, {"-chrome", file, "-svg", "pipeline.txt"}, {"-trace", file, "-chrome", file, "pipeline.txt"}, {"-chrome", "/nowhere/x", "pipeline.txt"}, {"pipeline.txt", "-svg"}, {"main.go"}, {"nothing.txt"}, {"-procs", "0x", "pipeline.txt"}, {"-procs", "-1", "pipeline.txt"}, {"-release", "1", "pipeline.txt"}} {
		if err := run(bad, new(bytes.Buffer)); err == nil {
			t.Errorf("%q runs", bad)
		}
	}
}
