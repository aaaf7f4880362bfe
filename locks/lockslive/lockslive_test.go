package lockslive

import (
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/release"
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

// compare runs random programs and holds each log against the model's. A run is
// rejected for the time it took before its log is looked at.
func compare(t *testing.T, real *Real, seed uint64, want int, s Style) tally {
	r := rand.New(rand.NewPCG(seed, 0))
	trials := child.NewTrials(want)
	var seen tally
	for trials.Next() {
		batch := make([]Program, min(100, want-trials.Accepted()))
		for i := range batch {
			batch[i] = Random(r, s)
		}
		runs, err := real.Run(batch)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range batch {
			if runs[i].Disturbed() {
				trials.Reject("over time")
				continue
			}
			got, n, err := predict(release.Running, p)
			if err != nil || got != runs[i].Log {
				t.Fatalf("program %v\nmodel %s\nreal  %s\n%v", p, got, runs[i].Log, err)
			}
			trials.Accept()
			seen.add(got, n)
		}
	}
	if err := trials.Err(); err != nil {
		t.Error(err)
	}
	t.Logf("%v: %+v, 0 mismatches", trials, seen)
	return seen
}

// A tally counts what the programs came to.
type tally struct{ Operations, Deadlocks, Panics, Failed, Unlocks, Front, Requeued, Again, Yields int }

func (s *tally) add(log string, n counts) {
	s.Operations += strings.Count(log, ".")
	s.Front += n.Front
	s.Requeued += n.Requeued
	s.Again += n.Again
	s.Yields += n.Yields
	s.Panics += strings.Count(log, "!")
	s.Failed += strings.Count(log, "f ")
	s.Unlocks += strings.Count(log, "F ")
	if n.Waiting > 0 {
		s.Deadlocks++
	}
}

// TestPrograms compares programs in which nobody starves, programs of many
// goroutines, and programs in which goroutines are busy for so long that others
// starve.
func TestPrograms(t *testing.T) {
	real := start(t)
	t.Run("small", func(t *testing.T) {
		s := compare(t, real, 1, 10_000, Style{Procs: 8, Blocks: 4, Tries: true, Panics: true})
		if min(s.Deadlocks, s.Panics, s.Failed, s.Unlocks, 2*s.Requeued) < 100 {
			t.Errorf("the programs do not reach everything: %+v", s)
		}
	})
	t.Run("crowds", func(t *testing.T) {
		compare(t, real, 2, 300, Style{Procs: 60, Blocks: 4, Tries: true, Panics: true})
	})
	t.Run("queues", func(t *testing.T) {
		s := compare(t, real, 3, 1500, Style{Procs: 6, Blocks: 5, Tries: true, Queues: true})
		long := compare(t, real, 4, 500, Style{Procs: 30, Blocks: 8, Tries: true, Queues: true})
		if s.Front < 100 || long.Again < 20 {
			t.Errorf("the programs do not reach everything: %+v, %+v", s, long)
		}
	})
	t.Run("starving", func(t *testing.T) {
		s := compare(t, real, 5, 700, Style{Procs: 6, Blocks: 5, Tries: true, Spins: 3, Queues: true})
		if s.Yields < 10 {
			t.Errorf("the programs do not reach starvation: %+v", s)
		}
	})
}

// TestCrash compares the texts of what no program survives.
func TestCrash(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the child starts itself once more, from a file that is gone")
	}
	r := start(t)
	for _, k := range crashes {
		want, err := k.model("running")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Crash(k.name); err != nil || got != want {
			t.Errorf("%s: model %q, real %q, %v", k.name, want, got, err)
		}
	}
}

// TestGolden holds the model of each release against its record: programs whose
// logs differ between releases, and how each ends when it misuses a lock.
func TestGolden(t *testing.T) {
	programs := goldenPrograms()
	Golden.Test(t, func(t *testing.T, rel string, a Answers) {
		if len(a.Logs) != len(programs) {
			t.Fatalf("%d logs of %d programs", len(a.Logs), len(programs))
		}
		for i, p := range programs {
			if got, err := Predict(rel, p); err != nil || got != a.Logs[i] {
				t.Errorf("program %v\nmodel %s\nreal  %s\n%v", p, got, a.Logs[i], err)
			}
		}
		for _, k := range crashes {
			if got, err := k.model(rel); err != nil || got != a.Crashes[k.name] {
				t.Errorf("%s: model %q, %v; real %q", k.name, got, err, a.Crashes[k.name])
			}
		}
		rules, err := locks.ForRelease(rel)
		if err != nil || rules.TryLock != a.TryLock {
			t.Errorf("TryLock: model %v, %v; real %v", rules.TryLock, err, a.TryLock)
		}
	})
}

// TestTransitions does operations that do not wait in-process, and compares
// outcomes and the words in memory.
func TestTransitions(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	checked := 0
	for range 2000 {
		model, live := setUp(t)
		for range 50 {
			op := locks.Op{
				Verb:  []locks.Verb{locks.LockVerb, locks.TryLockVerb, locks.UnlockVerb, locks.RLockVerb, locks.TryRLockVerb, locks.RUnlockVerb, locks.AddVerb, locks.WaitVerb, locks.OnceDoVerb}[r.IntN(9)],
				ID:    locks.ID(1 + r.IntN(4)),
				Delta: int64(r.IntN(5) - 2),
			}
			if before, _ := model.Look(op.ID); !suits(op, before) {
				continue
			}
			want, wantErr := model.Do(1, op)
			got, err := live.Do(op)
			if want != got || !sameError(wantErr, err) {
				t.Fatalf("%v: model %v, %v; live %v, %v", op, want, wantErr, got, err)
			}
			if op.Verb == locks.OnceDoVerb && want.OK {
				if _, err := model.OnceReturn(1, op.ID, false); err != nil {
					t.Fatal(err)
				}
			}
			state, _ := model.Look(op.ID)
			if diff := cmp.Diff(words(state), live.Look(op.ID)); diff != "" {
				t.Fatalf("%v (-model +live):\n%s", op, diff)
			}
			checked++
			if err != nil {
				break // a counter below 0 is not for use
			}
		}
	}
	t.Logf("%d operations, 0 mismatches", checked)
	if checked < 10_000 {
		t.Error("too few operations could be done")
	}
}

// suits reports whether the operation is of that kind, would not wait and would
// not end the program.
func suits(op locks.Op, s locks.ObjectState) bool {
	switch s.Primitive {
	case locks.Mutex:
		locked := s.State&locks.MutexLocked != 0
		return op.Verb == locks.TryLockVerb || op.Verb == locks.LockVerb && !locked || op.Verb == locks.UnlockVerb && locked
	case locks.RWMutex:
		switch op.Verb {
		case locks.LockVerb:
			return s.ReaderCount == 0
		case locks.UnlockVerb:
			return s.ReaderCount < 0
		case locks.RLockVerb:
			return s.ReaderCount >= 0
		case locks.RUnlockVerb:
			return s.ReaderCount > 0
		}
		return op.Verb == locks.TryLockVerb || op.Verb == locks.TryRLockVerb
	case locks.WaitGroup:
		return op.Verb == locks.AddVerb || op.Verb == locks.WaitVerb && s.Counter == 0
	}
	return op.Verb == locks.OnceDoVerb
}

func sameError(a, b error) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Error() == b.Error()
}

func setUp(t *testing.T) (*locks.Locks, *Live) {
	model, err := locks.New(locks.Config{Release: "running"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []func() (locks.ID, error){model.NewMutex, model.NewRWMutex, model.NewWaitGroup, model.NewOnce} {
		if _, err := f(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := model.Go(); err != nil {
		t.Fatal(err)
	}
	return model, new(Live)
}

// words are what can be seen in memory too.
func words(s locks.ObjectState) locks.ObjectState {
	s.Holder, s.Text = 0, ""
	return s
}

func TestParse(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 0))
	for range 500 {
		p := Random(r, Style{Procs: 6, Blocks: 4, Tries: true, Panics: true, Spins: 1})
		got, err := Parse(p.String())
		if err != nil || got.String() != p.String() {
			t.Fatalf("%v became %v, %v", p, got, err)
		}
	}
	for _, bad := range []string{"z", "mx", "m|z1", "m|l", "m|l1,x"} {
		if p, err := Parse(bad); err == nil {
			t.Errorf("%q is %v", bad, p)
		}
	}
}
