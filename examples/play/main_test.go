package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPlay writes the output of a lesson into its file, and checks that the lesson then
// holds, and no longer holds after a change.
func TestPlay(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lesson.txt")
	if err := os.WriteFile(name, []byte("model slicegrow\nnew release=go1.15\ngrow len=1000 cap=1024 count=25 size=8\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, true, true} {
		if holds, err := play(name, i == 1); err != nil || holds != want {
			t.Fatalf("run %d: holds %v, %v; want %v", i+1, holds, err, want)
		}
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), "2048") {
		t.Errorf("written:\n%s", data)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(data), "2048", "2047", 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	if holds, err := play(name, false); err != nil || holds {
		t.Errorf("a wrong lesson: holds %v, %v", holds, err)
	}
	if _, err := play(filepath.Join(t.TempDir(), "none.txt"), false); err == nil {
		t.Error("a file that is not there plays")
	}
}
