package timerslive

import "testing"

// TestGolden compares the model, in its default settings, with the output of every
// release.
func TestGolden(t *testing.T) {
	n := 0
	Golden.Test(t, func(t *testing.T, rel string, a Answers) {
		m, err := Predict(rel)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Env) != len(Puzzles) || len(a.Self) != len(Puzzles) {
			t.Fatalf("%d and %d answers to %d puzzles", len(a.Env), len(a.Self), len(Puzzles))
		}
		for i, p := range Puzzles {
			n += 2
			if m.Env[i] != a.Env[i] {
				t.Errorf("%s: model %q, real %q", p.Name, m.Env[i], a.Env[i])
			}
			if m.Self[i] != a.Self[i] {
				t.Errorf("%s, which sets GOMAXPROCS itself: model %q, real %q", p.Name, m.Self[i], a.Self[i])
			}
		}
	})
	t.Logf("%d answers", n)
}
