// Rename changes the module's path in every file that names it, in one go:
//
//	go run ./internal/rename example.com/you/orrery
//
// The path that the library has is not registered anywhere; whoever publishes it
// does so under a name that is theirs.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./internal/rename <module path>")
		os.Exit(2)
	}
	if err := rename(".", os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "rename:", err)
		os.Exit(1)
	}
}

var (
	modulePath = regexp.MustCompile(`^[a-z0-9.-]+(/[A-Za-z0-9._-]+)+$`)
	moduleLine = regexp.MustCompile(`(?m)^module (\S+)$`)
)

// rename replaces the path in the files below dir that git knows. dir must be the root
// of the module.
func rename(dir, to string) error {
	if !modulePath.MatchString(to) {
		return fmt.Errorf("%q is not the path of a module", to)
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return fmt.Errorf("run it in the module's root: %w", err)
	}
	m := moduleLine.FindSubmatch(mod)
	if m == nil {
		return fmt.Errorf("go.mod names no module")
	}
	list := exec.Command("git", "ls-files", "-z")
	list.Dir = dir
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("git ls-files: %w", err)
	}
	changed := 0
	for name := range strings.SplitSeq(strings.Trim(string(out), "\x00"), "\x00") {
		name = filepath.Join(dir, filepath.FromSlash(name))
		fi, err := os.Lstat(name)
		if err != nil || !fi.Mode().IsRegular() {
			continue // deleted, or a symbolic link
		}
		old, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if now := bytes.ReplaceAll(old, m[1], []byte(to)); !bytes.Equal(old, now) {
			if err := os.WriteFile(name, now, fi.Mode().Perm()); err != nil {
				return err
			}
			changed++
		}
	}
	fmt.Printf("%s is now %s in %d files; gofmt -l . says whether imports want sorting\n", m[1], to, changed)
	return nil
}
