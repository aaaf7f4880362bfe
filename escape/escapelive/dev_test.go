package escapelive

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/escape"
)

func TestDev(t *testing.T) {
	target := os.Getenv("DEV")
	if target == "" {
		t.Skip()
	}
	for _, target := range strings.Fields(target) {
		l := &Loader{}
		full := target
		if strings.HasSuffix(target, ".go") {
			text, _ := os.ReadFile(target)
			l.Dir = t.TempDir()
			if err := Temporary(l.Dir, map[string]string{filepath.Base(target): string(text)}); err != nil {
				t.Fatal(err)
			}
			target = "."
		}
		named, err := l.List(target)
		if err != nil {
			t.Error(err)
			continue
		}
		p, err := l.Package(named[0])
		if err != nil {
			t.Error(err)
			continue
		}
		start := time.Now()
		r, err := escape.Analyze(*p, escape.Config{Release: "go1.26.8", Import: l.Package})
		d := time.Since(start)
		if err != nil {
			t.Error(err)
			continue
		}
		real, err := l.Build(named[0])
		if err != nil {
			t.Error(err)
			continue
		}
		missing, extra := Compare(real, Lines(r))
		fmt.Printf("%s: real %d model %d missing %d extra %d; %v, %d functions, omitted %v\n", full, len(real), len(r.Diagnostics), len(missing), len(extra), d, r.Functions, r.Omitted)
		n := 40
		for _, m := range missing[:min(n, len(missing))] {
			fmt.Println("  -", m)
		}
		for _, m := range extra[:min(n, len(extra))] {
			fmt.Println("  +", m)
		}
	}
}
