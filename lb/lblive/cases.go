package lblive

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/orrery-go/orrery/lb"
)

// asked are the methods that a real balancer is asked about.
var asked = []lb.Method{lb.SmoothMethod, lb.LeastConnMethod}

// vectors is how many weight vectors each method is asked with.
const vectors = 24

// Cases are the same every time.
func Cases() []Case {
	var out []Case
	for _, m := range asked {
		r := rand.New(rand.NewPCG(uint64(m), 25))
		for i := range vectors {
			w := weights(r, 9)
			switch i {
			case 0:
				w = []int{5, 1, 1}
			case 1:
				w = []int{4, 3, 2}
			case 2:
				w = []int{3, 2, 1}
			case 3:
				w = []int{10, 20}
			}
			c := Case{Name: fmt.Sprintf("%v %d", m, i), Method: m, Weights: w}
			switch i % 4 {
			case 0, 1:
				c.Steps = gets(36)
			case 2:
				c.Steps = append(gets(6), holds(30)...)
			case 3:
				c.Steps = mixed(r, 40)
			}
			out = append(out, c)
		}
		for i := range vectors / 2 { // failures
			c := Case{Name: fmt.Sprintf("%v fails %d", m, i), Method: m, Weights: weights(r, 9), MaxFails: 1 + i%4, FailTimeout: 10 * time.Second}
			if i%3 == 2 {
				c.MaxConns = 1 + r.IntN(3)
			}
			c.Steps = failing(r, len(c.Weights), 40)
			out = append(out, c)
		}
	}
	return out
}

// mixed are requests of which some stay, and end in any order.
func mixed(r *rand.Rand, n int) (steps []Step) {
	var open []int
	held := 0
	for i := range n {
		s := Step{Key: fmt.Sprintf("/m%d", r.IntN(1000)), Source: lb.IPv4(127, 0, byte(i), 1)}
		switch x := r.IntN(10); {
		case x < 3 && len(open) > 0:
			k := r.IntN(len(open))
			s = Step{Verb: Release, N: open[k]}
			open = append(open[:k], open[k+1:]...)
		case x < 7:
			s.Verb = Hold
			open = append(open, held)
			held++
		}
		steps = append(steps, s)
	}
	return steps
}

// failing are requests while backends break and are mended.
func failing(r *rand.Rand, backends, n int) (steps []Step) {
	for _, s := range mixed(r, n) {
		switch x := r.IntN(10); {
		case x == 0:
			steps = append(steps, Step{Verb: Break, N: r.IntN(backends)})
		case x == 1:
			steps = append(steps, Step{Verb: Mend, N: r.IntN(backends)})
		}
		steps = append(steps, s)
	}
	return steps
}
