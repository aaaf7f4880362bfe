package deadlock_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/textbook/deadlock"
)

func ExampleGraph() {
	g, err := deadlock.New(3, 1, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	g.Request(1, 1, 1)
	g.Request(2, 2, 1)
	g.Request(1, 2, 1)
	fmt.Println(deadlock.Describe(g.Cycle()))
	g.Request(2, 1, 1)
	fmt.Println(deadlock.Describe(g.Cycle()))
	fmt.Println("stuck:", g.Deadlocked())
	// Output:
	// no process waits in a circle
	// process 1 waits for resource 2, which process 2 holds; process 2 waits for resource 1, which process 1 holds
	// stuck: [1 2]
}

func ExampleLockdep() {
	var d deadlock.Lockdep
	d.Lock(1, 10)
	d.Lock(1, 20)
	d.Unlock(1, 20)
	d.Unlock(1, 10)
	d.Lock(2, 20) // much later: nothing waits
	warning, _ := d.Lock(2, 10)
	fmt.Println(warning)
	// Output:
	// possible circular locking: goroutine 1 took lock 20 while it held 10; goroutine 2 took lock 10 while it held 20
}

func ExampleLockstep() {
	for _, backOff := range []bool{false, true} {
		r, err := deadlock.Lockstep(deadlock.Lockstepper{Processes: 5, Rounds: 1000, BackOff: backOff})
		fmt.Println(r.Finished, "of 5 finish,", r.GaveUp, "times one gave up", err)
	}
	// Output:
	// 0 of 5 finish, 5000 times one gave up <nil>
	// 5 of 5 finish, 8 times one gave up <nil>
}

func ExampleBanker() {
	// Dijkstra's own: 10 units, claims of 8, 3 and 9.
	b, err := deadlock.NewBanker([]int{10}, [][]int{{8}, {3}, {9}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, q := range []struct{ p, n int }{{1, 4}, {2, 2}, {3, 2}, {3, 1}, {2, 1}} {
		answer, err := b.Request(q.p, []int{q.n})
		fmt.Println("process", q.p, "asks for", q.n, "-", answer, err)
	}
	// Output:
	// process 1 asks for 4 - granted <nil>
	// process 2 asks for 2 - granted <nil>
	// process 3 asks for 2 - granted <nil>
	// process 3 asks for 1 - unsafe <nil>
	// process 2 asks for 1 - granted <nil>
}

// TestCoffman explores all interleavings: with the four conditions a deadlock is found,
// in which they all hold; without any one of them there is none.
func TestCoffman(t *testing.T) {
	for n := 2; n <= 4; n++ {
		for drop := range 5 {
			c := deadlock.All
			switch drop {
			case 1:
				c.MutualExclusion = false
			case 2:
				c.HoldAndWait = false
			case 3:
				c.NoPreemption = false
			case 4:
				c.CircularWait = false
			}
			m, err := deadlock.NewCoffman(n, c)
			if err != nil {
				t.Fatal(err)
			}
			r, err := explore.Run(t.Context(), m, explore.Options{MaxStates: 1 << 16, Everywhere: drop > 0})
			if err != nil {
				t.Fatal(err)
			}
			if drop > 0 {
				if r.Counterexample != nil {
					t.Errorf("%d processes, %+v: %v", n, c, r.Counterexample)
				}
				continue
			}
			if r.Counterexample == nil || r.Counterexample.Property != explore.Deadlock || len(r.Counterexample.Steps) != n {
				t.Fatalf("%d processes with all conditions: %v", n, r.Counterexample)
			}
			if held, err := m.Held(r.Counterexample.End()); err != nil || held != deadlock.All {
				t.Errorf("%d processes: in the deadlock hold %+v, %v", n, held, err)
			}
		}
	}
}

// TestDeadlocked compares the result with the definition: a process is stuck if it
// cannot be served even when all others release everything, in whatever order.
func TestDeadlocked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := rapid.SliceOfN(rapid.IntRange(1, 3), 1, 3).Draw(t, "units")
		n := rapid.IntRange(1, 5).Draw(t, "processes")
		g, err := deadlock.New(n, units...)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(0, 25).Draw(t, "requests") {
			p, r := rapid.IntRange(1, n).Draw(t, "p"), rapid.IntRange(1, len(units)).Draw(t, "r")
			if g.Snapshot().Wants[p-1] == 0 {
				if _, err := g.Request(p, r, rapid.IntRange(1, units[r-1]).Draw(t, "n")); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := g.Check(); err != nil {
			t.Fatal(err)
		}
		stuck, single := g.Deadlocked(), !slices.ContainsFunc(units, func(n int) bool { return n > 1 })
		if c := g.Cycle(); len(stuck) > 0 && c == nil || single && c != nil && len(stuck) == 0 {
			t.Fatalf("stuck %v, cycle %v", stuck, c)
		}
		for again := true; again; {
			again = false
			for p := 1; p <= n; p++ {
				for r := range units {
					if s := g.Snapshot(); s.Wants[p-1] == 0 && s.Held[p-1][r] > 0 {
						if _, err := g.Release(p, r+1, s.Held[p-1][r]); err != nil {
							t.Fatal(err)
						}
						if err := g.Check(); err != nil {
							t.Fatal(err)
						}
						again = true
					}
				}
			}
		}
		var left []int
		for p, w := range g.Snapshot().Wants {
			if w != 0 {
				left = append(left, p+1)
			}
		}
		if !slices.Equal(left, stuck) {
			t.Fatalf("Deadlocked says %v, and %v are left", stuck, left)
		}
	})
}

// TestBanker lets processes request at random and finish: none is ever stuck.
func TestBanker(t *testing.T) {
	refused := 0
	rapid.Check(t, func(t *rapid.T) {
		claims := [][]int{}
		for range rapid.IntRange(1, 4).Draw(t, "processes") {
			claims = append(claims, []int{rapid.IntRange(0, 5).Draw(t, "a"), rapid.IntRange(0, 3).Draw(t, "b")})
		}
		b, err := deadlock.NewBanker([]int{5, 3}, claims)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			p := rapid.IntRange(1, len(claims)).Draw(t, "p")
			n := []int{rapid.IntRange(0, 2).Draw(t, "n"), rapid.IntRange(0, 1).Draw(t, "m")}
			if a, err := b.Request(p, n); err == nil && a == deadlock.Unsafe {
				refused++
			}
			if order, safe := b.Safe(); !safe || len(order) != len(claims) {
				t.Fatalf("not safe: %v", order)
			}
		}
	})
	if refused == 0 {
		t.Error("nothing was ever refused")
	}
}

func TestErrors(t *testing.T) {
	g, _ := deadlock.New(1, 2)
	b, _ := deadlock.NewBanker([]int{2}, [][]int{{1}})
	var d deadlock.Lockdep
	d.Lock(1, 1)
	for i, f := range []func() error{
		func() error { _, err := deadlock.New(0, 1); return err },
		func() error { _, err := deadlock.New(1); return err },
		func() error { _, err := deadlock.New(1, 0); return err },
		func() error { _, err := g.Request(2, 1, 1); return err },
		func() error { _, err := g.Request(1, 2, 1); return err },
		func() error { _, err := g.Request(1, 1, 3); return err },
		func() error { _, err := g.Release(1, 1, 1); return err },
		func() error { _, err := deadlock.NewCoffman(9, deadlock.All); return err },
		func() error { _, err := deadlock.Lockstep(deadlock.Lockstepper{Processes: 2}); return err },
		func() error { _, err := deadlock.NewBanker([]int{1}, [][]int{{2}}); return err },
		func() error { _, err := b.Request(1, []int{2}); return err },
		func() error { return b.Release(1, []int{1}) },
		func() error { _, err := d.Lock(1, 1); return err },
		func() error { return d.Unlock(1, 2) },
	} {
		if err := f(); err == nil || !strings.HasPrefix(err.Error(), "deadlock: ") {
			t.Errorf("%d: got %v", i, err)
		}
	}
}
