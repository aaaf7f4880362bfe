package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestRename(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module old.example/a/b\n\ngo 1.26\n",
		"x.go":    "package x\n\nimport _ \"old.example/a/b/y\"\n",
		"y.md":    "nothing\n",
		"y/y.go":  "package y\n",
		"new.txt": "old.example/a/b\n", // not known to git
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "go.mod", "x.go", "y.md", "y/y.go"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Skipf("no usable git: %v %s", err, out)
		}
	}
	if err := rename(dir, "not a path"); err == nil {
		t.Error("a malformed path is taken")
	}
	if err := rename(dir, "example.com/you/orrery"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"go.mod":  "module example.com/you/orrery\n\ngo 1.26\n",
		"x.go":    "package x\n\nimport _ \"example.com/you/orrery/y\"\n",
		"new.txt": "old.example/a/b\n",
	} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s is %q, %v; want %q", name, got, err, want)
		}
	}
}
