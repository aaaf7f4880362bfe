package lblive

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "ask the real balancers and write what they say to the golden file")

func full() bool { return os.Getenv("ORRERY_FULL") != "" }

// TestGolden checks that the model picks the same backends as the real balancers, in
// every case.
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

// TestLive runs the real balancers again: a few cases, or all in the full run. They must
// agree with the record.
func TestLive(t *testing.T) {
	said, err := Golden()
	if err != nil {
		t.Fatal(err)
	}
	all := full() || *update
	cases := Cases()
	type answer struct {
		picks string
		err   error
		late  int // runs that were rejected
	}
	answers := make([]*answer, len(cases))
	var running sync.WaitGroup
	var ports sync.Mutex
	slots := make(chan bool, 4)
	for i, c := range cases {
		if !all && (i%24 != 0 || c.waits()) {
			continue
		}
		a := new(answer)
		answers[i] = a
		slots <- true
		running.Go(func() {
			defer func() { <-slots }()
			if c.Ports { // one at a time
				ports.Lock()
				defer ports.Unlock()
			}
			a.picks, a.err = Live(t.Context(), c)
			for errors.Is(a.err, ErrLate) && a.late < 8 { // rejected before it is compared
				a.late++
				a.picks, a.err = Live(t.Context(), c)
			}
		})
	}
	running.Wait()
	var lines strings.Builder
	asked, late, taken := 0, 0, 0
	for i, c := range cases {
		a := answers[i]
		if a == nil {
			continue
		}
		late += a.late
		switch {
		case errors.Is(a.err, ErrNotInstalled) && !all:
			t.Skipf("%v: only the record is compared", a.err)
		case errors.Is(a.err, ErrTaken) && !*update:
			taken++
			continue
		case a.err != nil:
			t.Fatal(a.err)
		case !*update && a.picks != said[c.Name]:
			t.Errorf("%s, weights %v:\nlive   %s\nrecord %s", c.Name, c.Weights, a.picks, said[c.Name])
		}
		asked++
		fmt.Fprintf(&lines, "%s: %s\n", c.Name, a.picks)
	}
	if *update {
		if err := os.WriteFile("testdata/golden.txt", []byte(lines.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d cases asked, %d runs rejected as late, %d cases left out for a port that is taken", asked, late, taken)
}
