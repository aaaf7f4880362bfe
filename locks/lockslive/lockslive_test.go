package lockslive

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/locks"
)

// TestGolden compares the model of each release with its record.
func TestGolden(t *testing.T) {
	Golden.Test(t, func(t *testing.T, rel string, a Answers) {
		if got, err := Predict(rel); err != nil || got != a {
			t.Errorf("model %+v, %v; real %+v", got, err, a)
		}
	})
}

// TestTransitions performs operations that do not wait, in this process, and compares
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
				break // a wait group with a negative counter must not be used again
			}
		}
	}
	t.Logf("%d operations, 0 mismatches", checked)
	if checked < 10_000 {
		t.Error("too few operations could be done")
	}
}

// suits reports whether the operation is one for the kind of object, would not wait and
// would not end the program.
func suits(op locks.Op, s locks.ObjectState) bool {
	switch s.Type {
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

// words returns the part of the state that can be seen in memory, too.
func words(s locks.ObjectState) locks.ObjectState {
	s.Holder, s.Text = 0, ""
	return s
}
