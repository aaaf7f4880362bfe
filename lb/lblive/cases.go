package lblive

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/orrery-go/orrery/lb"
)

// asked are the methods that are compared with a real balancer.
var asked = []lb.Method{
	lb.SmoothMethod, lb.LeastConnMethod, lb.IPHashMethod, lb.HashMethod, lb.KetamaMethod,
	lb.HARoundRobinMethod, lb.HAStaticMethod, lb.HALeastConnMethod, lb.HASourceMethod, lb.HAURIMethod, lb.HAConsistentMethod, lb.HABoundedMethod,
}

// vectors is the number of weight vectors for each method.
const vectors = 24

// Cases returns the cases, always the same.
func Cases() []Case {
	var out []Case
	for _, m := range asked {
		r := rand.New(rand.NewPCG(uint64(m), 25))
		for i := range vectors {
			w := weights(r, 12)
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
		for i := range vectors / 2 { // failures and changes
			c := Case{Name: fmt.Sprintf("%v changes %d", m, i), Method: m, Weights: weights(r, 12)}
			if isHAProxy(m) {
				c.Steps = changing(r, len(c.Weights), 40, !isMap(m))
			} else {
				c.MaxFails, c.FailTimeout = 1+i%4, 10*time.Second
				if i%3 == 2 && m != lb.IPHashMethod {
					c.MaxConns = 1 + r.IntN(3)
				}
				if i%4 == 3 {
					c.Down = []int{r.IntN(len(c.Weights))}
				}
				c.Steps = failing(r, len(c.Weights), 40)
			}
			out = append(out, c)
		}
	}
	return append(out, special()...)
}

// special returns cases that random ones do not cover.
func special() (out []Case) {
	r := rand.New(rand.NewPCG(0, 25))
	for _, m := range []lb.Method{lb.IPHashMethod, lb.HashMethod, lb.KetamaMethod} { // more than 20 tries
		for i := range 4 {
			steps := gets(60)
			if i%2 == 1 {
				steps = nil
				for _, s := range failing(r, 5, 60) {
					if s.Verb == Break || s.Verb == Mend {
						s.N = 2 + s.N%2
					}
					steps = append(steps, s)
				}
			}
			out = append(out, Case{
				Name: fmt.Sprintf("%v tries %d", m, i), Method: m, Weights: []int{30, 30 - i, 2 + i/2, 1 + i/2, 30},
				MaxFails: 2, FailTimeout: 10 * time.Second, Down: []int{0, 1, 4}, Steps: steps,
			})
		}
	}
	// Keys whose hash is that of a point, or halfway between two points.
	out = append(out,
		Case{Name: "ketama point", Method: lb.KetamaMethod, Weights: []int{1, 1}, Steps: []Step{{Key: "/u41043716"}}},
		Case{Name: "haproxy consistent middle", Method: lb.HAConsistentMethod, Weights: []int{2, 2}, Steps: []Step{{Key: "/qo2ly100"}, {Key: "/ddjr5500"}}},
		Case{Name: "haproxy uri query", Method: lb.HAURIMethod, Weights: []int{1, 1, 1}, Steps: []Step{{Key: "/a?b=1"}, {Key: "/a?c"}, {Key: "/a"}, {Key: "/a/?"}, {Key: "/b??"}, {Key: "/"}}},
		Case{Name: "haproxy weights 256", Method: lb.HARoundRobinMethod, Weights: []int{256, 255, 1}, Steps: gets(60)},
		Case{Name: "haproxy leastconn 256", Method: lb.HALeastConnMethod, Weights: []int{256, 200, 3}, Steps: holds(60)},
		Case{Name: "haproxy static 256", Method: lb.HAStaticMethod, Weights: []int{256, 192, 64, 32}, Steps: gets(60)},
		Case{Name: "ketama heavy", Method: lb.KetamaMethod, Weights: []int{100, 1, 50, 7}, Steps: gets(80)},
		Case{Name: "smooth many", Method: lb.SmoothMethod, Weights: many(r, 40, 40), Steps: gets(200)},
		Case{Name: "smooth many fail", Method: lb.SmoothMethod, Weights: many(r, 40, 40), MaxFails: 2, FailTimeout: 10 * time.Second, Steps: failing(r, 40, 150)},
		Case{Name: "least conn many", Method: lb.LeastConnMethod, Weights: many(r, 20, 5), Steps: mixed(r, 120)},
	)
	for i, w := range [][]int{{1, 1, 1}, {3, 1, 1}} {
		out = append(out, Case{Name: fmt.Sprintf("ketama ports %d", i), Method: lb.KetamaMethod, Weights: w, Ports: true, Steps: gets(40)})
	}
	for i := range 6 { // waits until fail_timeout is over
		c := Case{
			Name: fmt.Sprintf("smooth time %d", i), Method: []lb.Method{lb.SmoothMethod, lb.SmoothMethod, lb.LeastConnMethod, lb.IPHashMethod, lb.HashMethod, lb.KetamaMethod}[i],
			Weights: weights(r, 6), MaxFails: 1 + i%3, FailTimeout: time.Duration(1+i%2) * time.Second,
		}
		for k := range 4 {
			c.Steps = append(c.Steps, failing(r, len(c.Weights), 14)...)
			if k < 3 {
				c.Steps = append(c.Steps, Step{Verb: Wait, Time: time.Duration(1+r.IntN(3)) * time.Second})
			}
		}
		renumber(c.Steps)
		out = append(out, c)
	}
	return out
}

// renumber renumbers the held requests of a list of steps that consists of several: each
// counts them from 0.
func renumber(steps []Step) {
	held, base := 0, 0
	for i := range steps {
		switch steps[i].Verb {
		case Hold:
			held++
		case Wait:
			base = held
		case Release:
			steps[i].N += base
		}
	}
}

func many(r *rand.Rand, n, most int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = 1 + r.IntN(most)
	}
	return out
}

// mixed returns requests of which some stay open and end in any order.
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

// failing returns requests while backends break and are mended.
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

// changing returns requests while backends get other states and weights.
func changing(r *rand.Rand, backends, n int, weigh bool) (steps []Step) {
	for _, s := range mixed(r, n) {
		switch x := r.IntN(12); {
		case x < 3:
			steps = append(steps, Step{Verb: Set, N: r.IntN(backends), State: []lb.State{lb.Up, lb.Up, lb.Drain, lb.Down}[r.IntN(4)]})
		case x == 3 && weigh:
			steps = append(steps, Step{Verb: Weigh, N: r.IntN(backends), Weight: 1 + r.IntN(12)})
		}
		steps = append(steps, s)
	}
	return steps
}

// isMap reports whether HAProxy uses a map for the method, in which weights are fixed.
func isMap(m lb.Method) bool {
	return m == lb.HAStaticMethod || m == lb.HASourceMethod || m == lb.HAURIMethod
}
