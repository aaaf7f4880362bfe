package explore_test

import (
	"context"
	"fmt"

	"github.com/orrery-go/orrery/explore"
)

// philosophers is a table of dining philosophers. Fork i is between philosophers
// i and i+1, counted round the table. Its twin is testdata/philosophers.pml.
//
// A state holds what each does in 2 bits: think, hold the first fork, eat, or hold the
// second fork after putting down the first. The holder of a fork follows from that.
type philosophers struct {
	n       int
	ordered bool // the last takes the fork with the lower number first, as all others do
}

func (p philosophers) Bits() int         { return 2 * p.n }
func (p philosophers) Initial() []uint64 { return []uint64{0} }

func (p philosophers) Labels() []string {
	var names []string
	for i := range p.n {
		for _, does := range []string{"takes", "takes", "puts down", "puts down"} {
			first, second := p.forks(i)
			fork := first
			if len(names)%2 == 1 {
				fork = second
			}
			names = append(names, fmt.Sprintf("philosopher %d %s fork %d", i, does, fork))
		}
	}
	return names
}

// forks returns the forks that philosopher i takes, in order.
func (p philosophers) forks(i int) (first, second int) {
	left, right := i, (i+1)%p.n
	if p.ordered && right < left {
		return right, left
	}
	return left, right
}

// does returns the activity of philosopher i.
func does(s uint64, i int) uint64 { return s >> (2 * i) & 3 }

// taken reports whether a philosopher holds the fork.
func (p philosophers) taken(s uint64, fork int) bool {
	for _, i := range []int{fork, (fork + p.n - 1) % p.n} {
		first, second := p.forks(i)
		does := does(s, i)
		if fork == first && (does == 1 || does == 2) || fork == second && does >= 2 {
			return true
		}
	}
	return false
}

func (p philosophers) Successors(s uint64, step func(event int, to uint64)) {
	for i := range p.n {
		first, second := p.forks(i)
		does := does(s, i)
		if does == 0 && p.taken(s, first) || does == 1 && p.taken(s, second) {
			continue
		}
		step(4*i+int(does), s&^(3<<(2*i))|(does+1)&3<<(2*i))
	}
}

func (p philosophers) Check(s uint64) error { return nil }

// Goals and Goal require that each philosopher can eat.
func (p philosophers) Goals() []string {
	var names []string
	for i := range p.n {
		names = append(names, fmt.Sprintf("philosopher %d eats", i))
	}
	return names
}

func (p philosophers) Goal(i int, s uint64) bool { return does(s, i) == 2 }

// If each takes the left fork first, all can wait for the right one. Taking forks in the
// order of their numbers prevents that.
func ExampleRun_philosophers() {
	for _, p := range []philosophers{{n: 4}, {n: 4, ordered: true}} {
		r, err := explore.Run(context.Background(), p, explore.Options{MaxStates: 1000, Everywhere: true})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(r.States, "states,", r.Deadlocks, "of them deadlocked")
		if r.Counterexample != nil {
			fmt.Print(r.Counterexample)
		}
	}
	// Output:
	// 80 states, 1 of them deadlocked
	// deadlock, after 4 steps:
	//   1. philosopher 0 takes fork 0
	//   2. philosopher 1 takes fork 1
	//   3. philosopher 2 takes fork 2
	//   4. philosopher 3 takes fork 3
	// 81 states, 0 of them deadlocked
}
