package lblive

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "ask the real balancers and write what they say to the golden file")

func full() bool { return os.Getenv("ORRERY_FULL") != "" }

// TestGolden: the model picks what the real balancers picked, in every case.
func TestGolden(t *testing.T) {
	said, err := Golden()
	if err != nil {
		t.Fatal(err)
	}
	picks := 0
	for _, c := range Cases() {
		want, ok := said[c.Name]
		if !ok && !*update {
			t.Errorf("%s is not on record: go test -run TestLive -update", c.Name)
			continue
		}
		got, err := Model(c)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
		} else if got != want && !*update {
			t.Errorf("%s, weights %v:\nmodel  %s\nrecord %s", c.Name, c.Weights, got, want)
		}
		picks += len(got)
	}
	t.Logf("%d cases, %d picks", len(said), picks)
}

// TestLive asks the real balancers again: a few cases, all in the full run. They
// must say what is on record.
func TestLive(t *testing.T) {
	said, err := Golden()
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	asked := 0
	for i, c := range Cases() {
		if !full() && !*update && i%12 != 0 {
			continue
		}
		got, err := Live(t.Context(), c)
		if errors.Is(err, ErrNotInstalled) && !full() && !*update {
			t.Skipf("%v: only the record is compared", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		asked++
		fmt.Fprintf(&lines, "%s: %s\n", c.Name, got)
		if !*update && got != said[c.Name] {
			t.Errorf("%s, weights %v:\nlive   %s\nrecord %s", c.Name, c.Weights, got, said[c.Name])
		}
	}
	if *update {
		if err := os.WriteFile("testdata/golden.txt", []byte(lines.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d cases asked", asked)
}
