package marking_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/marking"
)

// A seen is the part of the state that a heap and a machine have in common.
type seen struct {
	Stage   string
	Objects []gc.ObjectState
	Stack   gc.GoroutineState
	Buffer  []gc.Ref
}

// look returns that part of a snapshot.
func look(s gc.Snapshot) seen {
	out := seen{Stage: s.Stage, Stack: s.Goroutines[0]}
	if s.Pause != "" && s.Stage != "mark termination" || s.Stage == "sweep" {
		out.Stage = "off" // the machine ends its sweep with the last object
	}
	white := map[gc.Ref]bool{}
	for _, o := range s.Objects {
		o.Bytes = 0
		white[o.Object] = o.Colour == gc.White
		out.Objects = append(out.Objects, o)
	}
	for _, r := range s.Buffer {
		if white[r] && !slices.Contains(out.Buffer, r) {
			out.Buffer = append(out.Buffer, r)
		}
	}
	slices.Sort(out.Buffer)
	return out
}

// TestHeapIsMachine runs random programs in a heap. A machine of the same algorithm can
// perform each of its acts in a few steps: a property proved for the machine holds for
// the heap.
func TestHeapIsMachine(t *testing.T) {
	matched := 0
	for _, p := range proofs {
		for _, size := range [][2]int{{4, 1}, {3, 2}} {
			a := named(t, p.name)
			m := newMachine(t, marking.Config{Algorithm: a, Objects: size[0], Fields: size[1]})
			for seed := range uint64(12) {
				matched += follow(t, m, a, size[0], size[1], rand.New(rand.NewPCG(seed, 2)))
			}
		}
	}
	t.Logf("%d acts of heaps were steps of machines", matched)
	if matched < 20_000 {
		t.Error("too few")
	}
}

// follow runs one program.
func follow(t *testing.T, m *marking.Machine, a gc.Algorithm, objects, fields int, r *rand.Rand) (matched int) {
	h, err := gc.New(gc.Config{Algorithm: &a, MaxObjects: objects})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Go(0, 2); err != nil {
		t.Fatal(err)
	}
	state := uint64(0)
	names := m.Labels()
	for range 120 {
		collector := r.IntN(3) == 0
		var err error
		switch verb := r.IntN(5); {
		case collector:
			if cycle, _ := h.Running(); !cycle && r.IntN(3) == 0 {
				_ = h.Start()
			}
			for more := true; more && err == nil; {
				if _, err = h.Step(); err == nil {
					_, pause := h.Running()
					more = pause != "" // states in between are not visible
				}
			}
		case verb == 0: // each object is a span of its own
			_, err = h.Alloc(1, r.IntN(2), gc.Layout{Bytes: 9000, Slots: fields})
		case verb == 1:
			err = h.Drop(1, r.IntN(2))
		case verb == 2:
			_, err = h.Load(1, r.IntN(2), r.IntN(2), r.IntN(fields))
		default:
			err = h.Store(1, r.IntN(2), r.IntN(fields), r.IntN(2))
		}
		if err != nil && errors.Is(err, gc.ErrReclaimed) {
			t.Fatal(err)
		}
		want := look(h.Snapshot())
		next, ok := reachable(m, names, state, want)
		if !ok {
			t.Fatalf("%s, %d,%d: the machine cannot follow (collector %v) from\n%+v\nto\n%+v\n%s", a.Name, objects, fields, collector,
				look(m.Snapshot(state)), want, cmp.Diff(look(m.Snapshot(state)), want))
		}
		state = next
		matched++
	}
	return matched
}

// reachable returns a state that looks the same, within a few steps of the collector, or
// one of the program and its barrier.
func reachable(m *marking.Machine, names []string, from uint64, want seen) (uint64, bool) {
	type node struct {
		s     uint64
		depth int
	}
	seenStates := map[uint64]bool{from: true}
	for queue := []node{{from, 0}}; len(queue) > 0; queue = queue[1:] {
		n := queue[0]
		if cmp.Equal(look(m.Snapshot(n.s)), want) && between(m, names, n.s) {
			return n.s, true
		}
		if n.depth == 14 {
			continue
		}
		m.Successors(n.s, func(event int, to uint64) {
			// Allocation sweeps before it allocates.
			ofProgram := strings.Contains(names[event], "=")
			if seenStates[to] || ofProgram && n.depth > 5 {
				return
			}
			seenStates[to] = true
			depth := n.depth + 1
			if ofProgram && !strings.Contains(names[event], "barrier") {
				depth = 14 // one such act
			}
			queue = append(queue, node{to, depth})
		})
	}
	return 0, false
}

// between reports whether the state is between two acts of a heap: no object is partly
// scanned, and no barrier has run without its store.
func between(m *marking.Machine, names []string, s uint64) bool {
	ok := true
	stage := m.Snapshot(s).Stage
	barrier := false
	m.Successors(s, func(event int, _ uint64) { barrier = barrier || strings.HasPrefix(names[event], "barrier") })
	m.Successors(s, func(event int, _ uint64) {
		name := names[event]
		if strings.HasPrefix(name, "blacken") || strings.HasPrefix(name, "look") && !strings.HasSuffix(name, "f0") ||
			stage == "mark" && !barrier && strings.Contains(name, ".f") && strings.Index(name, ".f") < strings.Index(name, "=") {
			ok = false
		}
	})
	return ok
}

// TestStoriesInAHeap performs in a heap the shortest runs to a loss. The heap loses the
// object, too. It scans an object as a whole, so it cannot perform the two runs in which
// the program acts during a scan.
func TestStoriesInAHeap(t *testing.T) {
	lost := 0
	for _, a := range gc.Algorithms() {
		if a.Loses == "" || a.Name == "insertion-if-black" || a.Name == "steele-early" {
			continue
		}
		var happened gc.Kind
		h, err := gc.New(gc.Config{Algorithm: &a, MaxObjects: 3, Trace: func(e gc.Event) { happened = e.Kind }})
		if err != nil {
			t.Fatal(err)
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatalf("%s: %v", a.Name, err)
			}
		}
		until := func(kinds ...gc.Kind) {
			for !slices.Contains(kinds, happened) {
				more, err := h.Step()
				must(err)
				if !more {
					t.Fatalf("%s: no %v", a.Name, kinds)
				}
			}
		}
		_, err = h.Go(0, 2)
		must(err)
		for _, f := range eventsOf(t, a) {
			var x, y int
			switch {
			case scan(f, "s%d = s%d.f0", &x, &y):
				_, err := h.Load(1, x, y, 0)
				must(err)
			case scan(f, "s%d.f0 = s%d", &x, &y):
				must(h.Store(1, x, 0, y))
			case strings.HasSuffix(f, "= nil"):
				scan(f, "s%d = nil", &x)
				must(h.Drop(1, x))
			case strings.Contains(f, "= new "):
				scan(f[:2], "s%d", &x)
				_, err := h.Alloc(1, x, gc.Layout{Bytes: 9000, Slots: 1})
				must(err)
			case f == "start marking":
				must(h.Start())
				until(gc.PauseEnds)
			case f == "scan the stack of G1":
				until(gc.StackScanned)
			case f == "end marking":
				until(gc.CycleEnds)
			case strings.HasPrefix(f, "blacken"):
				until(gc.Blackened)
			}
		}
		if err := h.Check(); !errors.Is(err, gc.ErrReclaimed) {
			t.Errorf("%s: nothing is lost: %v", a.Name, err)
		}
		must(h.Run())
		if err := h.Check(); !errors.Is(err, gc.ErrReclaimed) {
			t.Errorf("%s: after the sweep nothing is lost: %v", a.Name, err)
		}
		lost++
	}
	if lost != 6 {
		t.Errorf("%d algorithms lost an object, want 6", lost)
	}
}

// scan reports whether the text has the given form.
func scan(text, format string, args ...any) bool {
	n, err := fmt.Sscanf(text, format, args...)
	return err == nil && n == len(args)
}

// eventsOf returns the steps of the shortest run that loses an object.
func eventsOf(t *testing.T, a gc.Algorithm) (out []string) {
	r := run(t, marking.Config{Algorithm: a, Objects: 3, Fields: 1}, false)
	for _, s := range r.Counterexample.Steps {
		out = append(out, s.Label)
	}
	return out
}
