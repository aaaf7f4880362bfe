package locks

import (
	"strings"
	"testing"
)

// TestCheckNotices damages objects in ways that Check detects, and checks that Check
// reports it.
func TestCheckNotices(t *testing.T) {
	for name, damage := range map[string]struct {
		do   func(m *Locks)
		want string
	}{
		"readers that a writer waits for, without one": {func(m *Locks) { m.objects[2].readerWait = 1 }, "readerCount 0, readerWait 1"},
		"fewer than no readers to wait for":            {func(m *Locks) { m.objects[2].readerWait = -1 }, "readerWait -1"},
		"a writer without the writers' mutex":          {func(m *Locks) { m.objects[2].readerCount = -rwmutexMaxReaders }, "without the writers' mutex"},
		"more readers gone than there can be":          {func(m *Locks) { m.objects[2].readerCount = -rwmutexMaxReaders - 1 }, "readerCount"},
		"a counter below 0":                            {func(m *Locks) { m.objects[3].counter = -1 }, "counter -1"},
		"a goroutine in another queue than it says": {func(m *Locks) {
			gp, s := m.gs[1], &m.objects[1].mu.sema
			gp.status, gp.sema, s.head, s.tail = waiting, &m.objects[2].mu.sema, gp, gp
		}, "goroutine 1 is not where its queue says"},
		"a goroutine that waits nowhere": {func(m *Locks) { m.gs[1].status = waiting }, "goroutine 1"},
	} {
		m, err := New(Config{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []func() (ID, error){m.NewMutex, m.NewRWMutex, m.NewWaitGroup} {
			if _, err := f(); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := m.Go(); err != nil {
			t.Fatal(err)
		}
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
		damage.do(m)
		if err := m.Check(); err == nil || !strings.Contains(err.Error(), damage.want) {
			t.Errorf("%s: %v, want %q", name, err, damage.want)
		}
	}
}

// TestCheckOfMisused: a mutex that was unlocked though it was not locked has numbers that fit
// nothing, in the releases where that is a panic and the program goes on. Check takes them as
// they are.
func TestCheckOfMisused(t *testing.T) {
	for release, want := range map[string]What{"go1.2": Panicked, "go1.7": Panicked, "go1.8": Crashed, "go1.9": Panicked, "go1.10": Crashed, "": Crashed} {
		m, err := New(Config{Release: release})
		if err != nil {
			t.Fatal(err)
		}
		mu, err := m.NewMutex()
		if err != nil {
			t.Fatal(err)
		}
		g, err := m.Go()
		if err != nil {
			t.Fatal(err)
		}
		if o, err := m.Unlock(g, mu); o.What != want || err == nil {
			t.Errorf("%s: %v, %v, want %v", release, o, err, want)
		}
		if err := m.Check(); err != nil {
			t.Errorf("%s: %v", release, err)
		}
	}
}

// TestCanStop checks which states of a machine are refused: an operation stops only in the
// steps that it has.
func TestCanStop(t *testing.T) {
	for _, k := range []struct {
		at      step
		v       Verb
		kind, l Type
		want    bool
	}{
		{inMutex, LockVerb, Mutex, Mutex, true}, {inMutex, WaitVerb, Cond, Mutex, true}, {inMutex, WaitVerb, WaitGroup, WaitGroup, false}, {inMutex, UnlockVerb, Mutex, Mutex, false},
		{inMutex, SignalVerb, Cond, Mutex, false}, {inWriter, LockVerb, RWMutex, RWMutex, true}, {inWriter, LockVerb, Mutex, Mutex, false}, {inWriter, WaitVerb, Cond, Mutex, false},
		{inReader, RLockVerb, RWMutex, RWMutex, true}, {inReader, LockVerb, RWMutex, RWMutex, false}, {inGroup, WaitVerb, WaitGroup, WaitGroup, true}, {inGroup, WaitVerb, Cond, Mutex, false},
		{inSema, AcquireVerb, Sema, Sema, true}, {inNotify, WaitVerb, Cond, Mutex, true}, {inNotify, WaitVerb, WaitGroup, WaitGroup, false}, {inNotify, BroadcastVerb, Cond, Mutex, false},
		{yielded, UnlockVerb, Mutex, Mutex, true}, {yielded, WaitVerb, Cond, Mutex, true}, {yielded, WaitVerb, WaitGroup, WaitGroup, false}, {yielded, LockVerb, Mutex, Mutex, false},
	} {
		if got := canStop(k.at, k.v, k.kind, k.l); got != k.want {
			t.Errorf("%v of %v at step %d: %v", k.v, k.kind, k.at, got)
		}
	}
}
