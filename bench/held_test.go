package bench

import (
	"testing"
	"time"

	"github.com/orrery-go/orrery/release"
)

// TestHeld holds what one P does while another is held, or is yet to come: what it does
// most often, since a busy machine may keep a thread waiting for longer than a window is.
func TestHeld(t *testing.T) {
	linux(t)
	all, err := HeldPrograms()
	if err != nil {
		t.Fatal(err)
	}
	real := begin(t, 1)
	for _, h := range all {
		want, err := h.Predict(release.Running)
		if err != nil {
			t.Fatal(err)
		}
		count, most, other := map[string]int{}, "", 0
		for tries := 0; count[most] < 3 && tries < 15; tries++ {
			got, err := h.Ask(real)
			if err != nil {
				t.Fatal(err)
			}
			if count[got]++; count[got] > count[most] {
				most = got
			}
			if got != want {
				other++
			}
		}
		if most != want {
			t.Errorf("%s\nmodel %s\nreal  %s", h.Name, want, most)
		}
		if other > 0 {
			t.Logf("%s: %d times otherwise", h.Name, other)
		}
	}
}

// TestPuzzles holds what the Go at hand says to the puzzles, most often: what the
// runtime's own goroutines have done when main begins is not the same every time.
func TestPuzzles(t *testing.T) {
	linux(t)
	all, err := Puzzles()
	if err != nil {
		t.Fatal(err)
	}
	real := begin(t, 1)
	for _, goLine := range []string{"0", "1"} { // below 1.25 in go.mod, or not
		for _, l := range all {
			env := append(l.env(), "GODEBUG=updatemaxprocs="+goLine)
			model, err := PredictAlone(release.Running, l.Program, 0, env...)
			if err != nil {
				t.Fatal(err)
			}
			count := map[string]int{}
			most := ""
			for tries := 0; count[most] < 4 && tries < 50; tries++ {
				e, err := real.Alone(l.Program, 5*time.Second, env...)
				if err != nil {
					t.Fatal(err)
				}
				if e.Disturbed() != "" {
					continue
				}
				s := e.String()
				if count[s]++; count[s] > count[most] {
					most = s
				}
			}
			if want := model.String(); most != want {
				t.Errorf("%s: %v\nmodel %s\nreal  %s", l.Name, l.Program, compact(want), compact(most))
			}
		}
	}
}
