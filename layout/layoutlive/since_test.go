package layoutlive

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/layout"
	"github.com/orrery-go/orrery/release"
)

// TestSince compares the releases in which types came with the source of the running Go,
// which has no type of a later release. In the full run it compares them with the source
// of every release: a type that a release has and the one before lacks came with it.
func TestSince(t *testing.T) {
	needGo(t)
	check := func(rel string, before map[string]bool) map[string]bool {
		root, err := toolchain.Root(t.Context(), rel)
		if err != nil {
			t.Fatal(err)
		}
		r, err := release.Parse(rel)
		if err != nil {
			t.Fatal(err)
		}
		types := exportedTypes(t, root)
		came := 0
		this := fmt.Sprintf("go1.%d", r.Minor())
		for _, name := range slices.Sorted(maps.Keys(types)) {
			since := layout.Since(path.Dir(name), path.Base(name))
			switch {
			case since != "" && !r.AtLeast(since):
				t.Errorf("%s has %s, by the model it came with %s", rel, name, since)
			case before == nil:
			case since == this && before[name], since != this && !before[name]:
				t.Errorf("%s has %s, the release before: %v; by the model it came with %q", rel, name, before[name], since)
			case !before[name]:
				came++
			}
		}
		if len(types) < 300 || before != nil && came == 0 {
			t.Errorf("%s: %d types, %d of them new: unlike a release", rel, len(types), came)
		}
		return types
	}
	check(release.Running, nil)
	if !full() {
		return
	}
	var before map[string]bool
	for _, rel := range release.Known() {
		before = check(rel, before)
	}
}

var (
	oneType   = regexp.MustCompile(`(?m)^type ([A-Z]\w*)`)
	typeGroup = regexp.MustCompile(`(?ms)^type \((.*?)^\)`)
	inGroup   = regexp.MustCompile(`(?m)^\t([A-Z]\w*)\b`)
	ignored   = regexp.MustCompile(`(?m)^//(\s*\+build|go:build) ignore|^package main`)
)

// exportedTypes returns the exported types of a GOROOT's library, as "sync/Map".
func exportedTypes(t *testing.T, root string) map[string]bool {
	src := filepath.Join(root, "src")
	if _, err := os.Stat(filepath.Join(src, "pkg", "runtime")); err == nil {
		src = filepath.Join(src, "pkg") // up to Go 1.3
	}
	types := map[string]bool{}
	err := filepath.WalkDir(src, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if slices.Contains([]string{"testdata", "internal", "vendor", "cmd", "builtin", "simd"}, name) || strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") {
				return fs.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(src, filepath.Dir(p))
		if err != nil || rel == "." || rel == "syscall" || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(p)
		if err != nil || ignored.Match(text) {
			return err
		}
		add := func(name []byte) { types[filepath.ToSlash(rel)+"/"+string(name)] = true }
		for _, m := range oneType.FindAllSubmatch(text, -1) {
			add(m[1])
		}
		for _, g := range typeGroup.FindAllSubmatch(text, -1) {
			for _, m := range inGroup.FindAllSubmatch(g[1], -1) {
				add(m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return types
}
