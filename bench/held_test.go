package bench

import (
	"maps"
	"slices"
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
		var told usual
		for told.lead() < 3 && told.all < 15 {
			got, err := h.Ask(real)
			if err != nil {
				t.Fatal(err)
			}
			told.add(got)
		}
		if told.most() != want {
			t.Errorf("%s\nmodel %s\nreal  %s", h.Name, want, told.most())
		}
		if other := told.all - told.count[want]; other > 0 {
			t.Logf("%s: %d times of %d otherwise", h.Name, other, told.all)
		}
	}
}

// A usual counts answers, of which the most frequent is wanted.
type usual struct {
	count map[string]int
	all   int
}

func (t *usual) add(answer string) {
	if t.count == nil {
		t.count = map[string]int{}
	}
	t.count[answer]++
	t.all++
}

// most returns the answer that came most often; of several the first by name.
func (t *usual) most() (answer string) {
	for _, s := range slices.Sorted(maps.Keys(t.count)) {
		if t.count[s] > t.count[answer] {
			answer = s
		}
	}
	return answer
}

// lead returns by how much it leads over the next. A lead, unlike a number of equal
// answers, is not reached by an answer of which there is one in five: at 4 once in 250.
func (t *usual) lead() int {
	most, second := t.most(), 0
	for s, n := range t.count {
		if s != most {
			second = max(second, n)
		}
	}
	return t.count[most] - second
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
			var told usual
			for tries := 0; told.lead() < 4 && tries < 50; tries++ {
				e, err := real.Alone(l.Program, 5*time.Second, env...)
				if err != nil {
					t.Fatal(err)
				}
				if e.Disturbed() == "" {
					told.add(e.String())
				}
			}
			if want := model.String(); told.most() != want {
				t.Errorf("%s: %v\nmodel %s\nreal  %s, %d of %d times", l.Name, l.Program, compact(want), compact(told.most()), told.count[told.most()], told.all)
			}
		}
	}
}
