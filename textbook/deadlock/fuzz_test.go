package deadlock_test

import (
	"strings"
	"testing"

	"github.com/orrery-go/orrery/textbook/deadlock"
)

// ours fails on an error from another package.
func ours(t *testing.T, err error) {
	t.Helper()
	if err != nil && !strings.HasPrefix(err.Error(), "deadlock: ") {
		t.Fatal(err)
	}
}

// FuzzGraph requests and releases anything: no unit appears or is lost, and a stuck
// process waits.
func FuzzGraph(f *testing.F) {
	f.Add(3, 1, 2, []byte{0, 1, 1, 1, 0, 2, 2, 2, 0, 1, 2, 1, 0, 2, 1, 1, 1, 1, 1, 1})
	f.Add(0, -1, 1<<30, []byte{})
	f.Fuzz(func(t *testing.T, processes, a, b int, data []byte) {
		g, err := deadlock.New(processes, a, b)
		ours(t, err)
		if err != nil || processes > 20 {
			return
		}
		for ; len(data) >= 4; data = data[4:] {
			p, r, n := int(int8(data[1])), int(int8(data[2])), int(int8(data[3]))
			if data[0]%2 == 0 {
				_, err = g.Request(p, r, n)
			} else {
				_, err = g.Release(p, r, n)
			}
			ours(t, err)
			if err := g.Check(); err != nil {
				t.Fatal(err)
			}
			s := g.Snapshot()
			for r, units := range s.Units {
				for _, held := range s.Held {
					units -= held[r]
				}
				if units != s.Free[r] || units < 0 {
					t.Fatalf("%d units of resource %d are free, and %d are not held", s.Free[r], r+1, units)
				}
			}
			for _, p := range s.Stuck {
				if s.Wants[p-1] == 0 {
					t.Fatalf("process %d is stuck and does not wait", p)
				}
			}
		}
	})
}

// FuzzBanker does the same with the banker, whose state stays safe.
func FuzzBanker(f *testing.F) {
	f.Add(5, 3, 2, 1, []byte{0, 1, 2, 1, 0, 2, 1, 0, 1, 1, 1, 1})
	f.Add(0, 0, -1, 9, []byte{0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, a, b, c, d int, data []byte) {
		k, err := deadlock.NewBanker([]int{a, b}, [][]int{{c, d}, {d, c}, {c, c}})
		ours(t, err)
		if err != nil {
			return
		}
		for ; len(data) >= 4; data = data[4:] {
			p, n := int(int8(data[1])), []int{int(int8(data[2])), int(int8(data[3]))}
			if data[0]%2 == 0 {
				_, err = k.Request(p, n)
			} else {
				err = k.Release(p, n)
			}
			ours(t, err)
			if order, safe := k.Safe(); !safe || len(order) != 3 {
				t.Fatalf("it is not safe: %v", order)
			}
		}
	})
}

// FuzzLockdep locks and unlocks in any order.
func FuzzLockdep(f *testing.F) {
	f.Add([]byte{0, 1, 1, 0, 1, 2, 1, 1, 2, 1, 1, 1, 0, 2, 2, 0, 2, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		var d deadlock.Lockdep
		for ; len(data) >= 3; data = data[3:] {
			var err error
			g, lock := int(int8(data[1])), int(int8(data[2]))
			if data[0]%2 == 0 {
				_, err = d.Lock(g, lock)
			} else {
				err = d.Unlock(g, lock)
			}
			ours(t, err)
		}
	})
}

// BenchmarkCycle finds a cycle of eight philosophers.
func BenchmarkCycle(b *testing.B) {
	const n = 8
	units := make([]int, n)
	for i := range units {
		units[i] = 1
	}
	g, err := deadlock.New(n, units...)
	if err != nil {
		b.Fatal(err)
	}
	for _, next := range []int{0, 1} {
		for p := range n {
			if _, err := g.Request(p+1, (p+next)%n+1, 1); err != nil {
				b.Fatal(err)
			}
		}
	}
	for b.Loop() {
		if len(g.Cycle()) != n {
			b.Fatal("no cycle")
		}
	}
}
