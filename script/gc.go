//go:build !orrery_lean || orrery_gc

package script

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/marking"
)

// gcScript is a collected heap. Stack slots are s0, s1 and so on, globals g0 and so
// on, the slots of an object s0.0, s0.1.
type gcScript struct {
	h     *gc.Heap
	steps strings.Builder
	told  string // the last step
	loud  bool
	watch watch
}

func init() { interpreters["gc"] = newGC }

func newGC() *Interpreter {
	s := new(gcScript)
	return &Interpreter{begun: func() bool { return s.h != nil }, state: func() any { return s.h.Snapshot() }, watch: &s.watch, verbs: []Verb{
		{Name: "new", Args: "[release=] [algorithm=] [globals=1] [slots=2] [steps]", Doc: "begin, with one goroutine; steps: tell each step", first: true, run: s.begin},
		{Name: "go", Args: "G SLOTS S", Doc: "goroutine G starts another, with what its slot S holds", run: s.verb},
		{Name: "do", Args: `G "s0 = new 2"`, Doc: `goroutine G allocates an object with two slots ([bytes=] of another size; -1: of none); also "s1 = s0.0", "s0.0 = s1", "s0 = s1", "s0 = nil", "s0.0 = nil", "g0 = s1", "s1 = g0", "s1 = map s0" (also channel, closure), "finalizer s0 s1" (its closure holds s1), "clear s0", "cleanup s0 s1", "stop 1", "weak s0 8" (8 bytes inside)`, run: s.verb},
		{Name: "run-cleanup", Args: "G S", Doc: "goroutine G runs the next cleanup, with its argument in slot S", run: s.verb},
		{Name: "gc", Doc: "runtime.GC: a whole cycle, with its sweep", run: s.verb},
		{Name: "run-finalizer", Args: "G S", Doc: "goroutine G runs the next finalizer, with its object in slot S", run: s.verb},
		{Name: "value", Args: "W", Doc: "the object of weak pointer W", run: s.verb},
		{Name: "start", Doc: "ask for a cycle", run: s.verb},
		{Name: "step", Args: "[n=1]", Doc: "n steps of the collector", run: s.verb},
		{Name: "until", Args: "TEXT", Doc: "steps, until one is told in words that hold TEXT", run: s.verb},
		{Name: "run", Doc: "steps, until there is nothing to do", run: s.verb},
		{Name: "show", Doc: "the objects, the stacks and the globals", run: s.verb},
		{Name: "pauses", Doc: "what was done in the pauses of the last cycle", run: s.verb},
		{Name: "check", Doc: "which invariant is broken", run: s.verb},
		{Name: "search", Args: "ALGORITHM [objects=3] [fields=1]", Doc: "explore it: the states, or the shortest way to lose an object", first: true, run: searchGC},
	}}
}

func (s *gcScript) verb(c *Command) (string, error) {
	s.steps.Reset()
	var text string
	var err error
	switch c.Verb {
	case "go":
		parent, slots, from := c.Number(), c.Number(), c.Word()
		var i int
		if i, err = gcSlot(from); err == nil {
			var g gc.G
			g, err = s.h.Go(gc.G(parent), int(slots), i)
			text = fmt.Sprint("goroutine ", g)
		}
	case "do":
		g := gc.G(c.Number())
		text, err = s.act(g, c.Word(), c.Int("bytes", 0))
	case "run-finalizer":
		g, to := gc.G(c.Number()), c.Word()
		var i int
		if i, err = gcSlot(to); err == nil {
			var r gc.Ref
			var ran bool
			if r, ran, err = s.h.RunFinalizer(g, i); err == nil && !ran {
				text = "none"
			} else if err == nil {
				text = fmt.Sprint("object ", r)
			}
		}
	case "run-cleanup":
		g, to := gc.G(c.Number()), c.Word()
		var i int
		if i, err = gcSlot(to); err == nil {
			var n gc.Cleanup
			var ran bool
			if n, ran, err = s.h.RunCleanup(g, i); err == nil && !ran {
				text = "none"
			} else if err == nil {
				text = fmt.Sprint("cleanup ", n)
			}
		}
	case "gc":
		err = s.h.GC()
	case "value":
		var r gc.Ref
		if r, err = s.h.PeekWeak(gc.Weak(c.Number())); err == nil && r != gc.Nil {
			text = fmt.Sprint("object ", r)
		} else if err == nil {
			text = "nil"
		}
	case "start":
		err = s.h.Start()
	case "step":
		for range min(c.Int("n", 1), 1000) {
			if _, err = s.h.Step(); err != nil {
				break
			}
		}
	case "until":
		want := c.Word()
		s.told = ""
		for more := true; more && err == nil && !strings.Contains(s.told, want); {
			more, err = s.h.Step()
		}
	case "run":
		err = s.h.Run()
	case "show":
		text = showHeap(s.h.Snapshot())
	case "pauses":
		for _, p := range s.h.Cycle().Pauses {
			text += fmt.Sprintf("%s: %d root slots, %d objects marked, %d words, %d spans swept\n", p.Why, p.Work.RootSlots, p.Work.Marked, p.Work.Words, p.Work.SpansSwept)
		}
	case "check":
		text, err = checked(s.h.Check())
	}
	if err == nil {
		err = c.Err()
	}
	if err != nil {
		text = ""
	}
	return s.steps.String() + text, err
}

func (s *gcScript) begin(c *Command) (string, error) {
	config := gc.Config{Release: c.String("release", ""), Globals: int(c.Int("globals", 1)), MaxObjects: 1 << 16, Trace: func(e gc.Event) {
		s.told = e.String()
		s.watch.tell(e)
		if s.loud {
			fmt.Fprintf(&s.steps, "  %v\n", e)
		}
	}}
	s.loud = c.Flag("steps")
	if name := c.String("algorithm", ""); name != "" {
		a, err := gc.AlgorithmNamed(name)
		if err != nil {
			return "", err
		}
		config.Algorithm = &a
	}
	h, err := gc.New(config)
	if err != nil {
		return "", err
	}
	if _, err := h.Go(0, int(c.Int("slots", 2))); err != nil {
		return "", err
	}
	s.h = h
	return "", c.Err()
}

// gcSlot reads s0; nil is no slot.
func gcSlot(text string) (int, error) {
	if text == "nil" {
		return gc.NoSlot, nil
	}
	var i int
	if n, err := fmt.Sscanf(text, "s%d", &i); n != 1 || err != nil || i < 0 {
		return 0, fmt.Errorf("script: %.40q is no slot of a stack (want s0, s1 and so on)", text)
	}
	return i, nil
}

func (s *gcScript) act(g gc.G, text string, bytes int64) (string, error) {
	words := strings.Fields(text)
	if len(words) > 1 && words[1] != "=" {
		return s.special(g, words)
	}
	left, right, ok := strings.Cut(text, " = ")
	var i, k, n int
	scans := func(text, format string, args ...any) bool {
		got, err := fmt.Sscanf(text, format, args...)
		return err == nil && got == len(args)
	}
	switch {
	case !ok:
	case scans(left, "s%d.%d", &i, &k):
		from, err := gcSlot(right)
		if err != nil {
			return "", err
		}
		return "", s.h.Store(g, i, k, from)
	case scans(left, "g%d", &i):
		from, err := gcSlot(right)
		if err != nil {
			return "", err
		}
		return "", s.h.StoreGlobal(g, i, from)
	case !scans(left, "s%d", &i):
	case scans(right, "new %d", &n):
		switch {
		case bytes < 0:
			bytes = 0
		case bytes == 0:
			bytes = max(8*int64(n), 16)
		}
		r, err := s.h.Alloc(g, i, gc.Layout{Bytes: bytes, Slots: n})
		return fmt.Sprint("object ", r), err
	case slices.Contains([]string{"map", "channel", "closure"}, strings.Fields(right + " nothing")[0]):
		words := strings.Fields(right)
		held, err := gcSlots(words[1:])
		if err != nil {
			return "", err
		}
		r, err := s.h.Wrap(g, i, gc.Container(words[0]), held...)
		return fmt.Sprint("object ", r), err
	case scans(right, "s%d.%d", &n, &k):
		r, err := s.h.Load(g, i, n, k)
		return fmt.Sprint("object ", r), err
	case scans(right, "g%d", &n):
		r, err := s.h.LoadGlobal(g, i, n)
		return fmt.Sprint("object ", r), err
	default:
		from, err := gcSlot(right)
		if err != nil {
			return "", err
		}
		return "", s.h.Move(g, i, from)
	}
	return "", fmt.Errorf("script: %.40q is nothing that a goroutine does (want like %.40q, %.40q, %.40q)", text, "s0 = new 2", "s1 = s0.0", "s0.0 = s1")
}

// gcSlots reads some slots.
func gcSlots(words []string) (slots []int, err error) {
	for _, w := range words {
		i, err := gcSlot(w)
		if err != nil {
			return nil, err
		}
		slots = append(slots, i)
	}
	return slots, nil
}

func (s *gcScript) special(g gc.G, words []string) (string, error) {
	verb, words := words[0], words[1:]
	number := 0
	if last := len(words) - 1; verb == "stop" && last == 0 || verb == "weak" && last == 1 {
		if n, err := fmt.Sscan(words[last], &number); n != 1 || err != nil {
			return "", fmt.Errorf("script: %.40q is no number", words[last])
		}
		words = words[:last]
	}
	slots, err := gcSlots(words)
	if err != nil {
		return "", err
	}
	switch {
	case verb == "finalizer" && len(slots) > 0:
		return "", s.h.SetFinalizer(g, slots[0], slots[1:]...)
	case verb == "clear" && len(slots) == 1:
		return "", s.h.ClearFinalizer(g, slots[0])
	case verb == "cleanup" && len(slots) > 1:
		n, err := s.h.AddCleanup(g, slots[0], slots[1], slots[2:]...)
		return fmt.Sprint("cleanup ", n), err
	case verb == "stop" && len(slots) == 0:
		return "", s.h.StopCleanup(g, gc.Cleanup(number))
	case verb == "weak" && len(slots) == 1:
		w, err := s.h.MakeWeakInside(g, slots[0], int64(number))
		return fmt.Sprint("weak pointer ", w), err
	}
	return "", fmt.Errorf("script: %.40q is nothing that a goroutine does (want like %.40q, %.40q, %.40q)", verb, "finalizer s0", "cleanup s0 s1", "weak s0")
}

// showHeap has a line for each object, stack and the globals.
func showHeap(s gc.Snapshot) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s", s.Algorithm, s.Stage)
	if s.Pause != "" {
		fmt.Fprintf(&b, ", the world is stopped: %s", s.Pause)
	}
	b.WriteByte('\n')
	for _, o := range s.Objects {
		colour := o.Colour.String()
		if o.Doomed {
			colour += ", to be reclaimed"
		}
		fmt.Fprintf(&b, "object %d: %s, points to %v\n", o.Object, colour, o.Slots)
	}
	for _, g := range s.Goroutines {
		fmt.Fprintf(&b, "stack of goroutine %d: %v", g.G, g.Slots)
		if g.Colour != gc.None {
			fmt.Fprintf(&b, ", %v", g.Colour)
		}
		b.WriteByte('\n')
	}
	if len(s.Globals) > 0 {
		fmt.Fprintf(&b, "globals: %v\n", s.Globals)
	}
	if len(s.Buffer) > 0 {
		fmt.Fprintf(&b, "buffer: %v\n", s.Buffer)
	}
	return b.String()
}

// searchGC explores an algorithm.
func searchGC(c *Command) (string, error) {
	a, err := gc.AlgorithmNamed(c.Word())
	if err != nil {
		return "", err
	}
	m, err := marking.New(marking.Config{Algorithm: a, Objects: int(c.Int("objects", 3)), Fields: int(c.Int("fields", 1))})
	if err != nil {
		return "", err
	}
	r, err := explore.Run(context.Background(), m, explore.Options{MaxStates: 1 << 20})
	if err != nil {
		return "", err
	}
	if r.Counterexample == nil {
		return fmt.Sprintf("%d states: nothing is lost", r.States), c.Err()
	}
	var events []string
	var states []uint64
	for _, s := range r.Counterexample.Steps {
		events, states = append(events, s.Label), append(states, s.State)
	}
	frames, err := m.Story(r.Counterexample.Start, events, states)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for i, f := range frames {
		fmt.Fprintf(&b, "%2d. %s\n", i+1, f.Text)
	}
	return b.String(), c.Err()
}
