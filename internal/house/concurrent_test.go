package house

import (
	"strings"
	"testing"
)

// concurrentUse is the heading under which the doc of a package says whether a value
// may be used by several goroutines.
const concurrentUse = "# Concurrent use\n"

// saysConcurrent reports whether a package's doc has the heading, and a sentence
// about goroutines below it.
func saysConcurrent(doc string) bool {
	_, after, ok := strings.Cut(doc, concurrentUse)
	return ok && (strings.Contains(after, "goroutine") || strings.Contains(after, "at a time"))
}

// TestConcurrentUse checks that the doc of each package for users says whether a value
// may be used by several goroutines.
func TestConcurrentUse(t *testing.T) {
	said := map[string]bool{}
	for _, f := range files(t) {
		floor, err := Floor(f.folder)
		if f.isTest() || f.syntax.Name.Name == "main" || err != nil || strings.HasPrefix(f.folder, "internal/") || isLive(f.folder) || floor > 4 {
			continue
		}
		said[f.folder] = said[f.folder] || saysConcurrent(f.syntax.Doc.Text())
	}
	for folder, ok := range said {
		if !ok {
			t.Errorf("the doc of %s does not say under %q whether a value may be used by several goroutines", folder, strings.TrimSpace(concurrentUse))
		}
	}
	if len(said) < 20 {
		t.Errorf("only %d packages", len(said))
	}
}

func TestConcurrentUseCanFail(t *testing.T) {
	for doc, want := range map[string]bool{
		"Package p has goroutines.\n": false,
		"Package p.\n\n# Concurrent use\n\nA Heap is for one goroutine at a time.\n": true,
		"Package p.\n\n# Concurrent use\n\nYes.\n":                                   false,
	} {
		if saysConcurrent(doc) != want {
			t.Errorf("%q: %v", doc, !want)
		}
	}
}
