package locks_test

import (
	"sync"
	"testing"

	"github.com/orrery-go/orrery/locks"
)

func newMutex(b testing.TB) (*locks.Locks, locks.ID) {
	m, err := locks.New(locks.Config{})
	if err != nil {
		b.Fatal(err)
	}
	id, err := m.NewMutex()
	if err != nil {
		b.Fatal(err)
	}
	for range 2 {
		if _, err := m.Go(); err != nil {
			b.Fatal(err)
		}
	}
	return m, id
}

func BenchmarkLockUnlock(b *testing.B) {
	m, id := newMutex(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Lock(1, id); err != nil {
			b.Fatal(err)
		}
		if _, err := m.Unlock(1, id); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRealLockUnlock(b *testing.B) {
	var mu sync.Mutex
	n := 0
	for b.Loop() {
		mu.Lock()
		n++
		mu.Unlock()
	}
}

// handOff passes the mutex from one goroutine to another that waits for it.
func handOff(m *locks.Locks, id locks.ID, from, to locks.G) error {
	if _, err := m.Lock(to, id); err != nil {
		return err
	}
	if _, err := m.Unlock(from, id); err != nil {
		return err
	}
	_, err := m.Resume(to)
	return err
}

func BenchmarkHandOff(b *testing.B) {
	m, id := newMutex(b)
	if _, err := m.Lock(1, id); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	from, to := locks.G(1), locks.G(2)
	for b.Loop() {
		if err := handOff(m, id, from, to); err != nil {
			b.Fatal(err)
		}
		from, to = to, from
	}
}

// BenchmarkRealHandOff makes one goroutine wait for the mutex each time another unlocks
// it.
func BenchmarkRealHandOff(b *testing.B) {
	// Two mutexes, so that each goroutine waits for one that the other holds.
	var turn [2]sync.Mutex
	turn[1].Lock()
	n := b.N
	done := make(chan struct{})
	go func() {
		for range n {
			turn[1].Lock()
			turn[0].Unlock()
		}
		close(done)
	}()
	for range n {
		turn[0].Lock()
		turn[1].Unlock()
	}
	<-done
}

func TestNoAllocations(t *testing.T) {
	m, id := newMutex(t)
	if _, err := m.Lock(1, id); err != nil {
		t.Fatal(err)
	}
	n := testing.AllocsPerRun(100, func() {
		if handOff(m, id, 1, 2) != nil || handOff(m, id, 2, 1) != nil {
			t.Fatal("no hand-off")
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
