package rtmutex_test

import (
	"testing"

	"github.com/orrery-go/orrery/locks/rtmutex"
)

func newMutex(tb testing.TB, threads int) *rtmutex.Mutex {
	tb.Helper()
	l, err := rtmutex.New(rtmutex.Config{Threads: threads})
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

func run(tb testing.TB, l *rtmutex.Mutex, m rtmutex.M, begin func(rtmutex.M) error) rtmutex.Outcome {
	if err := begin(m); err != nil {
		tb.Fatal(err)
	}
	o, err := l.Run(m)
	if err != nil {
		tb.Fatal(err)
	}
	return o
}

// BenchmarkLockUnlock has no contention. The real mutex cannot be called from here;
// rtmutexlive's child calls it by linkname.
func BenchmarkLockUnlock(b *testing.B) {
	l := newMutex(b, 1)
	b.ReportAllocs()
	for b.Loop() {
		run(b, l, 1, l.Lock)
		run(b, l, 1, l.Unlock)
	}
}

// BenchmarkHandOff makes one thread sleep and the other wake it.
func BenchmarkHandOff(b *testing.B) {
	l := newMutex(b, 2)
	run(b, l, 1, l.Lock)
	b.ReportAllocs()
	from, to := rtmutex.M(1), rtmutex.M(2)
	for b.Loop() {
		handOff(b, l, from, to)
		from, to = to, from
	}
}

func handOff(tb testing.TB, l *rtmutex.Mutex, from, to rtmutex.M) {
	run(tb, l, to, l.Lock)
	if o := run(tb, l, from, l.Unlock); o.Woken != to {
		tb.Fatal(o)
	}
	if o, err := l.Run(to); err != nil || o.What != rtmutex.Acquired {
		tb.Fatal(o, err)
	}
}

func TestNoAllocations(t *testing.T) {
	l := newMutex(t, 2)
	run(t, l, 1, l.Lock)
	lock, unlock := l.Lock, l.Unlock
	n := testing.AllocsPerRun(100, func() {
		run(t, l, 2, lock)
		run(t, l, 1, unlock)
		if _, err := l.Run(2); err != nil {
			t.Fatal(err)
		}
		run(t, l, 1, lock)
		run(t, l, 2, unlock)
		if _, err := l.Run(1); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
