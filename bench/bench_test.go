package bench

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/release"
)

func begin(t *testing.T, procs int) *Real {
	t.Helper()
	r, err := Start(t.Context(), procs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// A tally counts programs and their results.
type tally struct{ Programs, Operations, Stuck, Panics, Overflows, Most, Handed int }

func (s *tally) add(p Prediction) {
	s.Programs++
	s.Operations += strings.Count(p.Log, " ")
	s.Panics += strings.Count(p.Log, "!")
	if p.Stuck {
		s.Stuck++
	}
	s.Overflows += int(p.Stats.Overflows)
	s.Handed += p.Handed
	s.Most = max(s.Most, p.Stats.MostGoroutines)
}

// compare runs random programs and compares each with the model: the order in which
// operations end, their results, whether goroutines are left, and the number of time
// slices. A run is rejected for a disturbance before its log is examined.
func compare(t *testing.T, real *Real, seed uint64, want int, s Style) (seen tally) {
	t.Helper()
	over := make(chan bool)
	batches := run(real, rand.New(rand.NewPCG(seed, 0)), max(want/20, 4), s, over)
	defer func() { // even if a test has failed, the child must be free for others
		close(over)
		for range batches {
		}
	}()
	trials := child.NewTrials(want)
	for trials.Next() {
		b := <-batches
		if b.err != nil {
			t.Fatal(b.err)
		}
		for i, p := range b.programs[:min(len(b.programs), want-trials.Accepted())] {
			r := b.runs[i]
			if why := r.Disturbed(p); why != "" {
				trials.Reject(why)
				continue
			}
			model, err := Predict(release.Running, p, r.From, r.Log)
			if err != nil || model.Log != r.Log || model.Stuck != r.Stuck || model.Ticks != r.To-r.From {
				m, log := short(model.Log, r.Log)
				t.Fatalf("after %d programs:\n%v\nmodel %s\nreal  %s\nmodel stuck: %v, %d slices; real: %v, %d from %d\n%v", trials.Accepted(),
					p, m, log, model.Stuck, model.Ticks, r.Stuck, r.To-r.From, r.From, err)
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

// A batch is programs that were run.
type batch struct {
	programs []*program.Program
	runs     []Run
	err      error
}

// run makes programs and runs them, a batch ahead of its consumer, so that the child and
// the model work at the same time. It ends at an error, or when over is closed.
func run(real *Real, r *rand.Rand, size int, s Style, over chan bool) <-chan batch {
	out := make(chan batch)
	go func() {
		defer close(out)
		for {
			var b batch
			for len(b.programs) < size && b.err == nil {
				var p *program.Program
				p, b.err = next(r, s)
				b.programs = append(b.programs, p)
			}
			if b.err == nil {
				b.runs, b.err = real.Run(b.programs)
			}
			select {
			case out <- b:
			case <-over:
				return
			}
			if b.err != nil {
				return
			}
		}
	}()
	return out
}

// short cuts two logs down to the place where they begin to differ, with some words
// before and after it.
func short(a, b string) (string, string) {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	cut := func(s string) string { return s[max(0, i-500):min(len(s), i+300)] }
	return cut(a), cut(b)
}

// next makes a program. It leaves out some of the programs that get stuck in the model,
// since real ones take a long time for it.
func next(r *rand.Rand, s Style) (*program.Program, error) {
	for {
		p := Random(r, s)
		if s.Starve && traitsOf(p).worked == 0 && r.IntN(100) > 0 {
			continue // no goroutine waits for long enough
		}
		model, err := Predict(release.Running, p, 0, "")
		if err != nil {
			return nil, fmt.Errorf("%v\n%w", p, err)
		}
		switch {
		case s.Starve && model.Handed == 0 && r.IntN(100) > 0:
		case !s.Starve && model.Stuck && r.IntN(5) > 0:
		default:
			return p, nil
		}
	}
}

// TestPrograms compares random programs with the model: each shape by itself, and all
// together, in every phase of the turns of the global queue.
func TestPrograms(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // the models are small and many
	real := begin(t, 1)
	t.Run("one", func(t *testing.T) {
		for _, s := range Shapes {
			name, n := string(s), 120
			if strings.HasPrefix(name, "crowd") {
				n = 40
			}
			t.Run(name, func(t *testing.T) { compare(t, real, 1, n, Style{Shapes: []Shape{s}, Phase: 61}) })
		}
	})
	t.Run("some", func(t *testing.T) {
		s := compare(t, real, 2, 1800, Style{Shapes: small(), Parts: 4, Phase: 20})
		if min(s.Stuck, s.Panics) < s.Programs/40 { // on a busy machine there are fewer than 1800
			t.Errorf("the programs do not reach everything: %+v", s)
		}
	})
}

// TestSlow compares programs that take time, most of it asleep: hence two at a time.
func TestSlow(t *testing.T) {
	for _, s := range slow {
		t.Run(string(s), func(t *testing.T) {
			t.Parallel()
			starve, n := s == "slow starving" || s == "slow computing", 25
			if starve {
				n = 45
			}
			seen := compare(t, begin(t, 1), 3, n, Style{Shapes: []Shape{s}, Starve: starve})
			if starve && seen.Handed < seen.Programs/4 {
				t.Errorf("the programs do not reach starvation: %+v", seen)
			}
		})
	}
}

// small returns the shapes with few goroutines.
func small() (out []Shape) {
	for _, s := range Shapes {
		if !strings.HasPrefix(string(s), "crowd") {
			out = append(out, s)
		}
	}
	return out
}

var slow = []Shape{"slow starving", "slow at once", "slow computing", "slow sleeps", "slow while", "slow in turn", "slow timers", "slow contexts"}

// TestTwo checks that programs whose result does not depend on the order have the
// model's result when real goroutines run them on two Ps, and in the model on 2, 4 and
// 8.
func TestTwo(t *testing.T) {
	real := begin(t, 2)
	r := rand.New(rand.NewPCG(7, 0))
	n, batches := 0, 3
	if os.Getenv("ORRERY_FULL") != "" {
		batches = 20
	}
	for range batches {
		var batch []*program.Program
		for range 100 {
			batch = append(batch, Random(r, Style{Shapes: Determinate, Parts: 3}))
		}
		runs, err := real.Run(batch)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range batch {
			want, err := Predict(release.Running, p, 0, "")
			if err != nil || want.Stuck {
				t.Fatalf("%v\nstuck: %v, %v", p, want.Stuck, err)
			}
			if got := Result(runs[i].Log); got != Result(want.Log) || runs[i].Stuck {
				t.Fatalf("%v\nmodel %s\nreal  %s\nstuck: %v", p, Result(want.Log), got, runs[i].Stuck)
			}
			n++
		}
	}
	t.Logf("%d programs, 0 mismatches", n)
}
