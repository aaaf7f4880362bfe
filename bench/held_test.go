package bench

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/release"
)

// TestHeld compares what one P does while another is held, or does not exist yet. Every
// undisturbed run must match; of a raced program, most must.
func TestHeld(t *testing.T) {
	linux(t)
	all, err := HeldPrograms()
	if err != nil {
		t.Fatal(err)
	}
	real := begin(t, 1)
	for _, h := range all {
		model, err := h.Predict(release.Running)
		if err != nil {
			t.Fatal(err)
		}
		want, expected := h.Tells(model), h.Slices(model)
		trials, others := child.NewTrials(runsOf(5, 100)), 0
		for trials.Next() {
			e, err := real.Alone(h.Program, heldLimit, h.Env...)
			if err != nil {
				t.Fatal(err)
			}
			if why := h.Disturbed(e); why != "" {
				trials.Reject(why)
				continue
			}
			got, real := h.Tells(e), h.Slices(e)
			if more(real, expected) {
				trials.Reject("a goroutine was stopped")
				continue
			}
			if got != want && h.raced {
				others++
			} else if got != want || !slices.Equal(real, expected) {
				t.Fatalf("%s, after %v\nmodel %s %d\nreal  %s %d\n%s", h.Name, trials, want, expected, got, real, e.details())
			}
			trials.Accept()
		}
		if err := trials.Err(); err != nil {
			t.Error(err)
		}
		if 2*others >= trials.Accepted() {
			t.Errorf("%s: %d of %v are not as in the model: %s", h.Name, others, trials, want)
		}
		t.Logf("%s: %v, %d otherwise", h.Name, trials, others)
	}
}

// more reports whether more time slices have begun somewhere than expected.
func more(real, expected []int) bool {
	for i := range min(len(real), len(expected)) {
		if real[i] > expected[i] {
			return true
		}
	}
	return false
}

// TestPuzzles compares the output of the puzzles under the Go at hand with the model. A
// process reports the number of time slices with which it begins, and the model predicts
// the result from there.
func TestPuzzles(t *testing.T) {
	linux(t)
	all, err := Puzzles()
	if err != nil {
		t.Fatal(err)
	}
	real := begin(t, 1)
	trials, others, stopped := child.NewTrials(runsOf(2, 25)*2*len(all)), 0, 0
	for _, goLine := range []string{"0", "1"} { // below 1.25 in go.mod, or not
		for _, l := range all {
			env := append(l.env(), "GODEBUG=updatemaxprocs="+goLine)
			for done := 0; done < runsOf(2, 25) && trials.Next(); {
				e, err := real.Alone(l.Program, time.Minute, env...)
				if err != nil {
					t.Fatal(err)
				}
				if why := e.Disturbed(l.Program); why != "" {
					trials.Reject(why)
					continue
				}
				from := uint32(4)
				if e.Result != nil {
					from = uint32(e.Result.From)
				}
				can, err := l.says(release.Running, env, from)
				if err != nil {
					t.Fatalf("%s: %v", l.Name, err)
				}
				if from > 0 {
					can = can[:1] // nothing stops it
				}
				if got := compact(e.String()); !slices.Contains(can, got) {
					t.Fatalf("%s, after %v\n%v\nmodel %s\nreal  %s\nfrom slice %d", l.Name, trials, l.Program, strings.Join(can, "\n  or  "), got, from)
				} else if got != can[0] {
					stopped++
				}
				if done++; from == 5 {
					others++
				}
				trials.Accept()
			}
		}
	}
	if err := trials.Err(); err != nil {
		t.Error(err)
	}
	t.Logf("%v, 0 mismatches; %d began with another time slice than usual, %d were stopped by sysmon's first look", trials, others, stopped)
}

// runsOf returns how often something is run: in a full test more often.
func runsOf(plain, full int) int {
	if os.Getenv("ORRERY_FULL") != "" {
		return full
	}
	return plain
}
