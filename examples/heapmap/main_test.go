package main

import (
	"os"
	"path/filepath"
	"runtime/pprof"
	"testing"

	"github.com/orrery-go/orrery/alloc"
)

// TestReport reads a profile of this program, and a stream of operations.
func TestReport(t *testing.T) {
	name := filepath.Join(t.TempDir(), "heap.pb.gz")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := pprof.WriteHeapProfile(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := report(name, true, false, alloc.Config{}, 1, 3); err != nil {
		t.Error(err)
	}
	ops := filepath.Join(t.TempDir(), "ops.jsonl")
	if err := os.WriteFile(ops, []byte(`{"op":"alloc","id":"1","size":72,"best":64,"what":"node","count":100}`), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := report(ops, false, false, alloc.Config{}, 1, 3); err != nil {
		t.Error(err)
	}
	if err := report(ops, true, false, alloc.Config{}, 1, 3); err == nil {
		t.Error("operations are a profile")
	}
	if err := example("go1.12", 200, 0.4, true); err != nil {
		t.Error(err)
	}
}
