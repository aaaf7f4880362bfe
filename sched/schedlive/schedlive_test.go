package schedlive

import (
	"math/rand/v2"
	"testing"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/release"
	"github.com/orrery-go/orrery/sched"
)

func start(t *testing.T) *Real {
	t.Helper()
	r, err := Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// A tally counts what the programs came to.
type tally struct{ Operations, Stuck, Overflows, Most, Handed int }

// compare runs random programs and holds each against the model: the order in
// which operations end, what comes of them, whether goroutines are left, and how
// many time slices there were. A run is rejected for what was seen of a
// disturbance before its log is looked at.
func compare(t *testing.T, real *Real, seed uint64, want int, s Style) (seen tally) {
	r := rand.New(rand.NewPCG(seed, 0))
	trials := child.NewTrials(want)
	for trials.Next() {
		batch := make([]*sched.Program, min(50, want-trials.Accepted()))
		for i := range batch {
			batch[i] = next(t, r, s)
		}
		runs, err := real.Run(batch)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range batch {
			if why := runs[i].Disturbed(p); why != "" {
				trials.Reject(why)
				continue
			}
			model, err := Predict(release.Running, p, runs[i].From, runs[i].Log)
			if err != nil || model.Log != runs[i].Log || model.Stuck != runs[i].Stuck || model.Ticks != runs[i].To-runs[i].From {
				m, r := short(model.Log, runs[i].Log)
				t.Fatalf("after %d programs:\n%v\nmodel %s\nreal  %s\nmodel stuck: %v, %d slices; real: %v, %d from %d\n%v", trials.Accepted(),
					p, m, r, model.Stuck, model.Ticks, runs[i].Stuck, runs[i].To-runs[i].From, runs[i].From, err)
			}
			trials.Accept()
			seen.add(model)
		}
	}
	if err := trials.Err(); err != nil {
		t.Error(err)
	}
	t.Logf("%v: %+v, 0 mismatches", trials, seen)
	return seen
}

// short cuts two logs to where they begin to differ, and what comes before and
// behind.
func short(a, b string) (string, string) {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	cut := func(s string) string { return s[max(0, i-500):min(len(s), i+300)] }
	return cut(a), cut(b)
}

// next makes a program. Of those that the model says get stuck most are left out,
// since real ones take their time for it; and of those that are to starve somebody,
// most of those that do not.
func next(t *testing.T, r *rand.Rand, s Style) *sched.Program {
	for {
		p := Random(r, s)
		if s.Crowd {
			return p // few of these do
		}
		model, err := Predict(release.Running, p, 0, "")
		if err != nil {
			t.Fatalf("%v\n%v", p, err)
		}
		switch {
		case model.Stuck && r.IntN(30) > 0:
		case s.Spins && model.Handed == 0 && r.IntN(100) > 0:
		default:
			return p
		}
	}
}

func (s *tally) add(p Prediction) {
	for _, c := range p.Log {
		if c == ' ' {
			s.Operations++
		}
	}
	if p.Stuck {
		s.Stuck++
	}
	s.Overflows += int(p.Stats.Overflows)
	s.Handed += p.Handed
	s.Most = max(s.Most, p.Stats.MostGoroutines)
}

func TestPrograms(t *testing.T) {
	real, crowds := start(t), start(t) // none collects its garbage
	t.Run("channels", func(t *testing.T) { compare(t, real, 1, 2500, Style{}) })
	t.Run("locks", func(t *testing.T) { compare(t, real, 2, 2500, Style{Locks: true}) })
	t.Run("starving", func(t *testing.T) {
		if s := compare(t, real, 6, 100, Style{Locks: true, Spins: true}); s.Handed < 10 {
			t.Errorf("the programs do not reach starvation: %+v", s)
		}
	})
	t.Run("sleeps", func(t *testing.T) { compare(t, real, 3, 80, Style{Sleeps: true}) })
	t.Run("crowds", func(t *testing.T) { compare(t, crowds, 4, 50, Style{Crowd: true}) })
	t.Run("crowds with locks", func(t *testing.T) { compare(t, crowds, 5, 50, Style{Crowd: true, Locks: true}) })
}
