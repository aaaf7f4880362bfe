package deadlock

import (
	"fmt"
	"slices"
	"strings"
)

// The limits of a [Graph].
const (
	MaxProcesses = 1 << 10
	MaxResources = 1 << 10
	MaxUnits     = 1 << 20 // of one resource
)

// A Graph is a resource-allocation graph. Processes and resources are numbered
// from 1.
type Graph struct {
	units []int   // by resource, less 1
	free  []int   // likewise
	held  [][]int // by process and resource
	wants []want  // by process
	queue []int   // the processes that wait, the first come first
}

// A want is the request for which a process waits; resource 0 means none.
type want struct{ resource, units int }

// New makes a graph of the given number of processes and of a resource for each
// number of units. It returns an error if a number is out of range.
func New(processes int, units ...int) (*Graph, error) {
	if processes < 1 || processes > MaxProcesses {
		return nil, fmt.Errorf("deadlock: %d processes out of range [1,%d]", processes, MaxProcesses)
	}
	if n := len(units); n < 1 || n > MaxResources {
		return nil, fmt.Errorf("deadlock: %d resources out of range [1,%d]", n, MaxResources)
	}
	for r, n := range units {
		if n < 1 || n > MaxUnits {
			return nil, fmt.Errorf("deadlock: resource %d has %d units out of range [1,%d]", r+1, n, MaxUnits)
		}
	}
	g := &Graph{units: slices.Clone(units), free: slices.Clone(units), wants: make([]want, processes)}
	for range processes {
		g.held = append(g.held, make([]int, len(units)))
	}
	return g, nil
}

func (g *Graph) check(p, r, n int) error {
	switch {
	case p < 1 || p > len(g.held):
		return fmt.Errorf("deadlock: process %d out of range [1,%d]", p, len(g.held))
	case r < 1 || r > len(g.units):
		return fmt.Errorf("deadlock: resource %d out of range [1,%d]", r, len(g.units))
	case n < 1 || n > g.units[r-1]:
		return fmt.Errorf("deadlock: %d units of resource %d out of range [1,%d]", n, r, g.units[r-1])
	case g.wants[p-1].resource != 0:
		return fmt.Errorf("deadlock: process %d waits for resource %d: it cannot act", p, g.wants[p-1].resource)
	}
	return nil
}

// Request asks for n units of resource r for process p. They are granted if they
// are free; otherwise p waits, which is an edge of the graph.
func (g *Graph) Request(p, r, n int) (granted bool, err error) {
	if err := g.check(p, r, n); err != nil {
		return false, err
	}
	if n > g.free[r-1] {
		g.wants[p-1] = want{r, n}
		g.queue = append(g.queue, p)
		return false, nil
	}
	g.grant(p, r, n)
	return true, nil
}

func (g *Graph) grant(p, r, n int) {
	g.free[r-1] -= n
	g.held[p-1][r-1] += n
	g.wants[p-1] = want{}
}

// Release gives n units of resource r back, and returns the processes whose requests
// are granted now: in the order in which they came, each for which enough is free.
func (g *Graph) Release(p, r, n int) (granted []int, err error) {
	if err := g.check(p, r, n); err != nil {
		return nil, err
	}
	if have := g.held[p-1][r-1]; n > have {
		return nil, fmt.Errorf("deadlock: process %d releases %d units of resource %d, and holds %d", p, n, r, have)
	}
	g.held[p-1][r-1] -= n
	g.free[r-1] += n
	g.queue = slices.DeleteFunc(g.queue, func(q int) bool {
		w := g.wants[q-1]
		if w.resource != r || w.units > g.free[r-1] {
			return false
		}
		g.grant(q, r, w.units)
		granted = append(granted, q)
		return true
	})
	return granted, nil
}

// An Edge says that a process waits for another, which holds units of the
// resource that it wants.
type Edge struct {
	From     int `json:"from"`
	Resource int `json:"resource"`
	To       int `json:"to"`
}

// WaitFor returns the wait-for graph, in the order of its processes.
func (g *Graph) WaitFor() (edges []Edge) {
	for p, w := range g.wants {
		for q := range g.held {
			if w.resource != 0 && g.held[q][w.resource-1] > 0 {
				edges = append(edges, Edge{p + 1, w.resource, q + 1})
			}
		}
	}
	return edges
}

// Cycle finds a cycle of the wait-for graph, the one with the lowest process
// first, or nil.
func (g *Graph) Cycle() []Edge { return cycle(g.WaitFor()) }

// cycle searches depth first; done marks the processes that are on no cycle.
func cycle(edges []Edge) []Edge {
	var path []Edge
	done, on := map[int]bool{}, map[int]bool{}
	out := map[int][]Edge{}
	for _, e := range edges {
		out[e.From] = append(out[e.From], e)
	}
	var visit func(p int) []Edge
	visit = func(p int) []Edge {
		on[p] = true
		for _, e := range out[p] {
			switch {
			case done[e.To]:
			case on[e.To]:
				path = append(path, e)
				i := slices.IndexFunc(path, func(x Edge) bool { return x.From == e.To })
				return path[i:]
			default:
				path = append(path, e)
				if c := visit(e.To); c != nil {
					return c
				}
				path = path[:len(path)-1]
			}
		}
		on[p], done[p] = false, true
		return nil
	}
	for _, e := range edges {
		if !done[e.From] {
			if c := visit(e.From); c != nil {
				return c
			}
		}
	}
	return nil
}

// Describe describes a cycle: "process 1 waits for resource 2, which process 2 holds;
// ...".
func Describe(cycle []Edge) string {
	if len(cycle) == 0 {
		return "no process waits in a circle"
	}
	var parts []string
	for _, e := range cycle {
		parts = append(parts, fmt.Sprintf("process %d waits for resource %d, which process %d holds", e.From, e.Resource, e.To))
	}
	return strings.Join(parts, "; ")
}

// Deadlocked returns the processes that wait and can never be served, even if
// all others finish and give back everything. With one unit of each resource these
// are the processes in cycles, and the ones that wait for them.
func (g *Graph) Deadlocked() (stuck []int) {
	free := slices.Clone(g.free)
	finished := make([]bool, len(g.held))
	for again := true; again; {
		again = false
		for p, w := range g.wants {
			if finished[p] || w.resource != 0 && w.units > free[w.resource-1] {
				continue
			}
			finished[p], again = true, true
			for r, n := range g.held[p] {
				free[r] += n
			}
		}
	}
	for p, ok := range finished {
		if !ok {
			stuck = append(stuck, p+1)
		}
	}
	return stuck
}

// Check returns an error if an invariant is broken: the units of each resource are free or
// held, none of them twice; and the processes in the queue are those that wait, each for
// units that are not free.
func (g *Graph) Check() error {
	for r, units := range g.units {
		sum := g.free[r]
		for p, held := range g.held {
			if held[r] < 0 {
				return fmt.Errorf("deadlock: process %d holds %d units of resource %d", p+1, held[r], r+1)
			}
			sum += held[r]
		}
		if g.free[r] < 0 || sum != units {
			return fmt.Errorf("deadlock: of %d units of resource %d, %d are free, and free or held are %d", units, r+1, g.free[r], sum)
		}
	}
	for p, w := range g.wants {
		switch waits := slices.Contains(g.queue, p+1); {
		case waits != (w.resource != 0):
			return fmt.Errorf("deadlock: process %d wants resource %d, and is in the queue: %v", p+1, w.resource, waits)
		case waits && w.units <= g.free[w.resource-1]:
			return fmt.Errorf("deadlock: process %d waits for %d units of resource %d, which has %d", p+1, w.units, w.resource, g.free[w.resource-1])
		}
	}
	return nil
}

// A Snapshot is the state of a graph. It shares no memory with the model.
type Snapshot struct {
	Units   []int   `json:"units"`   // by resource
	Free    []int   `json:"free"`    // by resource
	Held    [][]int `json:"held"`    // by process and resource
	Wants   []int   `json:"wants"`   // by process: the resource it waits for, or 0
	WaitFor []Edge  `json:"waitFor"` // the wait-for graph
	Stuck   []int   `json:"stuck"`   // the processes of Deadlocked
	Cycle   []Edge  `json:"cycle"`
}

// Snapshot returns the state.
func (g *Graph) Snapshot() Snapshot {
	s := Snapshot{Units: slices.Clone(g.units), Free: slices.Clone(g.free), WaitFor: g.WaitFor(), Stuck: g.Deadlocked(), Cycle: g.Cycle()}
	for p, held := range g.held {
		s.Held = append(s.Held, slices.Clone(held))
		s.Wants = append(s.Wants, g.wants[p].resource)
	}
	return s
}
