package pacerlive

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

var update = flag.Bool("update", false, "record what the releases' own tests print")

// differing are the first releases whose own test of the pacer prints different lines
// from the release before.
var differing = []string{"go1.18.10", "go1.19.13", "go1.20.14", "go1.21.13"}

// TestGcPacer compares every line that the runtime's TestGcPacer prints: 19 scenarios
// and 1,100 cycles since 1.19, 12 and 650 in 1.18.
func TestGcPacer(t *testing.T) {
	releases := toolchain.Releases()
	if *update {
		releases = differing
	}
	lines := 0
	for _, rel := range releases {
		if r, err := release.Parse(rel); err != nil || !r.AtLeast("go1.18") {
			continue
		}
		t.Run(rel, func(t *testing.T) {
			if *update {
				real, err := RunGcPacer(t.Context(), rel)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join("testdata", "gcpacer", rel+".txt"), []byte(Pack(real)), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			real, of, err := Recorded(rel)
			if err != nil {
				t.Fatal(err)
			}
			lines += compare(t, rel, real)
			t.Logf("record of %s", of)
		})
	}
	t.Logf("%d lines", lines)
	if !*update && lines < 10_000 {
		t.Errorf("only %d lines", lines)
	}
	asked := toolchain.Requested()
	if os.Getenv("ORRERY_FULL") != "" {
		asked = append(asked, release.Running)
	}
	for _, rel := range asked {
		if r, err := release.Parse(rel); err != nil || !r.AtLeast("go1.18") {
			continue
		}
		t.Run(rel+"/afresh", func(t *testing.T) {
			real, err := RunGcPacer(t.Context(), rel)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, rel, real)
		})
	}
}

func compare(t *testing.T, rel string, real map[string][]string) (lines int) {
	for _, s := range Scenarios() {
		if len(real[s.Name]) == 0 && rel == "go1.18.10" {
			continue // its test has fewer
		}
		model, err := Predict(rel, s)
		if diff := cmp.Diff(model, real[s.Name]); err != nil || diff != "" {
			t.Errorf("%s: %v (-model +real):\n%.3000s", s.Name, err, diff)
		}
		lines += len(model)
	}
	return lines
}
