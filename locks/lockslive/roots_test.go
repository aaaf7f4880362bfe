package lockslive

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/overlay"
	"github.com/orrery-go/orrery/locks"
)

const (
	semaKinds = overlay.Kinds(1<<overlay.Acquired | 1<<overlay.Queued | 1<<overlay.Woken | 1<<overlay.Released | 1<<overlay.Dequeued | 1<<overlay.Handed | treapKinds)

	treapKinds = overlay.Kinds(1<<overlay.Node | 1<<overlay.Waiter)
)

// TestRoots compares what the runtime notes of semaphores with the model: on one P step by
// step, which goroutine takes a unit at once, waits, is woken or waits again, and the
// queue of each semaphore whenever it changes; with hand-offs and queueing at the front, on
// one P and several, the queues alone. Semaphores whose addresses are a multiple of 251
// words apart share a treap, which has to be one each time.
func TestRoots(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("builds a runtime: set ORRERY_FULL=1")
	}
	c, err := overlay.Start(t.Context(), overlay.Programs, child.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	seen := map[overlay.Kind]int{}
	var sum roots
	acts, again := 0, 0
	for seed := range 60 {
		for _, procs := range []int{1, 1, 2, 4} {
			q := overlay.Question{Program: "semaphores", Procs: procs, Size: seed, Room: 1 << 18, Kinds: semaKinds}
			exact := procs == 1 && sum.runs%2 == 0
			if !exact {
				q.Program = "semaphores of any kind"
			}
			a, err := child.Call[overlay.Answer](c, q)
			if err != nil {
				t.Fatal(err)
			}
			steps, err := overlay.Steps(a.Notes, treapKinds)
			if err != nil {
				t.Fatal(err)
			}
			w := newRoots()
			var m *semaphores
			if exact {
				if m, err = newSemaphores(); err != nil {
					t.Fatal(err)
				}
			}
			for i, s := range steps {
				seen[s.Kind]++
				msg := w.step(s)
				// The runtime has semaphores of its own.
				if own := s.Object >= a.Base && s.Object < a.Base+251*16*8; msg == "" && exact && own {
					msg = m.step(s)
				}
				if msg != "" {
					t.Fatalf("%s %d on %d: note %d of %d: %s: %+v", q.Program, seed, procs, i, len(steps), msg, s)
				}
			}
			if exact {
				acts, again = acts+m.acts, again+m.again
			}
			sum.add(w)
		}
	}
	t.Logf("%v: %d runs, treaps of up to %d semaphores, queues of up to %d; %d joined at the front, %d were handed a unit; %d acts in the model, %d waited again", seen, sum.runs, sum.nodes, sum.waiters, sum.front, sum.handed, acts, again)
	if sum.nodes < 4 || sum.waiters < 4 || sum.front < 100 || sum.handed < 100 || acts < 10_000 || again < 10 {
		t.Error("something was too rare")
	}
}

// semaphores perform in the model what the notes say of a run on one P.
type semaphores struct {
	model *locks.Locks
	g     map[uint32]locks.G
	id    map[uint64]locks.ID
	woke  uint32 // by the last release: the goroutine that the next note has to name
	acts  int
	again int
}

func newSemaphores() (*semaphores, error) {
	m, err := locks.New(locks.Config{Release: "running"})
	return &semaphores{model: m, g: map[uint32]locks.G{}, id: map[uint64]locks.ID{}}, err
}

// step returns the difference from the model, or "".
func (m *semaphores) step(s overlay.Step) string {
	g, err := m.goroutine(s.Count)
	if err != nil {
		return err.Error()
	}
	id, ok := m.id[s.Object]
	if !ok {
		if id, err = m.model.NewSema(0); err != nil {
			return err.Error()
		}
		m.id[s.Object] = id
	}
	if m.woke != 0 && s.Kind != overlay.Dequeued {
		return fmt.Sprintf("the model wakes goroutine %d", m.woke)
	}
	m.acts++
	var o locks.Outcome
	want := locks.Proceeded
	switch s.Kind {
	case overlay.Acquired:
		o, err = m.model.Acquire(g, id)
	case overlay.Queued:
		want = locks.Parked
		if m.runnable(g) {
			m.again++
			o, err = m.model.Resume(g)
		} else {
			o, err = m.model.Acquire(g, id)
		}
	case overlay.Woken:
		o, err = m.model.Resume(g)
	case overlay.Released:
		o, err = m.model.Release(g, id)
		for _, r := range m.model.Ready() {
			m.woke = m.named(r)
		}
	case overlay.Dequeued:
		if s.Extra != m.woke {
			return fmt.Sprintf("the model wakes goroutine %d", m.woke)
		}
		m.woke = 0
	}
	if err != nil || o.What != want {
		return fmt.Sprintf("the model: %v, %v", o, err)
	}
	if len(s.Parts) == 0 && s.Kind != overlay.Dequeued {
		return ""
	}
	state, err := m.model.Look(id)
	if err != nil {
		return err.Error()
	}
	var queue, real []uint32
	for _, g := range state.Waiting {
		queue = append(queue, m.named(g))
	}
	for _, n := range parse(s.Parts) {
		if n.addr == s.Object {
			real = n.queue
		}
	}
	if !slices.Equal(queue, real) {
		return fmt.Sprintf("the model's queue is %v, the real one %v", queue, real)
	}
	return ""
}

func (m *semaphores) goroutine(n uint32) (g locks.G, err error) {
	g, ok := m.g[n]
	if !ok {
		if g, err = m.model.Go(); err == nil {
			m.g[n] = g
		}
	}
	return g, err
}

func (m *semaphores) named(g locks.G) uint32 {
	for n, of := range m.g {
		if of == g {
			return n
		}
	}
	return 0
}

func (m *semaphores) runnable(g locks.G) bool {
	return m.model.Snapshot().Goroutines[g-1].Status == "runnable"
}

// A node is one of a treap.
type node struct {
	addr   uint64
	ticket uint32
	below  uint8
	queue  []uint32 // goroutines, the first to be woken first
}

func parse(parts []overlay.Note) (nodes []node) {
	for _, p := range parts {
		if p.Kind == overlay.Node {
			nodes = append(nodes, node{addr: p.Object, ticket: p.Count, below: p.Flags})
		} else if last := len(nodes) - 1; last >= 0 {
			nodes[last].queue = append(nodes[last].queue, uint32(p.Object))
		}
	}
	return nodes
}

// Roots follow the notes of any run, and say which rule one of them breaks.
type roots struct {
	nodesOf map[uint64][]node // by root: what its last note said
	handed0 map[uint32]bool   // goroutines that have been handed a unit and have not gone on

	runs, nodes, waiters, front, handed int
}

func newRoots() *roots {
	return &roots{nodesOf: map[uint64][]node{}, handed0: map[uint32]bool{}, runs: 1}
}

func (w *roots) add(of *roots) {
	w.runs, w.front, w.handed = w.runs+of.runs, w.front+of.front, w.handed+of.handed
	w.nodes, w.waiters = max(w.nodes, of.nodes), max(w.waiters, of.waiters)
}

// step returns the rule that is broken, or "".
func (w *roots) step(s overlay.Step) string {
	switch s.Kind {
	case overlay.Handed:
		w.handed++
		w.handed0[s.Extra] = true
	case overlay.Woken:
		if got := s.Flags == 1; got != w.handed0[s.Count] {
			return "a unit is handed to a goroutine before it is woken, or it competes"
		}
		delete(w.handed0, s.Count)
	case overlay.Queued, overlay.Dequeued:
		if w.handed0[s.Count] && s.Kind == overlay.Queued {
			return "a goroutine that was handed a unit does not wait again"
		}
		return w.changed(s)
	}
	return ""
}

func (w *roots) changed(s overlay.Step) string {
	nodes := parse(s.Parts)
	w.nodes = max(w.nodes, len(nodes))
	if msg := treap(nodes); msg != "" {
		return msg
	}
	root := s.Object / 8 % 251
	old, known := w.nodesOf[root]
	w.nodesOf[root] = nodes
	var own, before node
	rest := func(of []node, self *node) (others []node) {
		for _, n := range of {
			if n.addr == s.Object {
				*self = n
				continue
			}
			others = append(others, n)
		}
		slices.SortFunc(others, func(a, b node) int { return strings.Compare(fmt.Sprint(a.addr), fmt.Sprint(b.addr)) })
		return others
	}
	now, was := rest(nodes, &own), rest(old, &before)
	w.waiters = max(w.waiters, len(own.queue))
	if !known {
		return "" // what was there before the run is not known
	}
	for i := range max(len(now), len(was)) {
		if i >= len(now) || i >= len(was) || now[i].addr != was[i].addr || now[i].ticket != was[i].ticket || !slices.Equal(now[i].queue, was[i].queue) {
			return fmt.Sprintf("the other semaphores of the root stay as they were: %v", was)
		}
	}
	queue := slices.Clone(before.queue)
	switch {
	case s.Kind == overlay.Queued && s.Flags == 1:
		w.front++
		queue = slices.Insert(queue, 0, s.Count)
	case s.Kind == overlay.Queued:
		queue = append(queue, s.Count)
	case len(queue) == 0 && s.Extra != 0, len(queue) > 0 && s.Extra != queue[0]:
		return fmt.Sprintf("the first is woken: of %v", queue)
	case len(queue) > 0:
		queue = queue[1:]
	}
	if !slices.Equal(queue, own.queue) {
		return fmt.Sprintf("the queue was %v and becomes %v", before.queue, queue)
	}
	if len(before.queue) > 0 && len(own.queue) > 0 && before.ticket != own.ticket {
		return fmt.Sprintf("a semaphore keeps its ticket while goroutines wait for it: %d", before.ticket)
	}
	return ""
}

// treap returns the rule that the nodes of a treap break, which are in the order of each
// before those below it.
func treap(nodes []node) string {
	i := 0
	var walk func(from, to uint64, least uint32) string
	walk = func(from, to uint64, least uint32) string {
		if i == len(nodes) {
			return "a treap is noted as a whole"
		}
		n := nodes[i]
		i++
		switch {
		case n.addr/8%251 != nodes[0].addr/8%251:
			return "semaphores whose words are equal modulo 251 have the same root"
		case n.addr < from || n.addr >= to:
			return "a treap is in the order of the addresses"
		case n.ticket < least:
			return "no ticket is less than the one above"
		case n.ticket&1 == 0:
			return "a ticket is odd"
		case len(n.queue) == 0:
			return "a semaphore in the treap has a goroutine that waits"
		}
		if n.below&1 != 0 {
			if msg := walk(from, n.addr, n.ticket); msg != "" {
				return msg
			}
		}
		if n.below&2 != 0 {
			return walk(n.addr+1, to, n.ticket)
		}
		return ""
	}
	if len(nodes) == 0 {
		return ""
	}
	msg := walk(0, 1<<63, 0)
	if msg == "" && i != len(nodes) {
		return "a treap is noted as a whole"
	}
	return msg
}

// Each rule can be broken.
func TestRootsBroken(t *testing.T) {
	const a, b = 251 * 8 * 4, 251 * 8 * 5
	at := func(addr uint64, ticket uint32, below uint8, queue ...uint64) (parts []overlay.Note) {
		parts = append(parts, overlay.Note{Kind: overlay.Node, Object: addr, Count: ticket, Flags: below})
		for _, g := range queue {
			parts = append(parts, overlay.Note{Kind: overlay.Waiter, Object: g})
		}
		return parts
	}
	queued := func(addr uint64, g uint32, flags uint8, parts ...overlay.Note) overlay.Step {
		return overlay.Step{Note: overlay.Note{Kind: overlay.Queued, Object: addr, Count: g, Flags: flags}, Parts: parts}
	}
	dequeued := func(addr uint64, of uint32, parts ...overlay.Note) overlay.Step {
		return overlay.Step{Note: overlay.Note{Kind: overlay.Dequeued, Object: addr, Count: 99, Extra: of}, Parts: parts}
	}
	one := func(kind overlay.Kind, g, extra uint32, flags uint8) overlay.Step {
		return overlay.Step{Note: overlay.Note{Kind: kind, Object: a, Count: g, Extra: extra, Flags: flags}}
	}
	first := queued(a, 1, 0, at(a, 5, 0, 1)...)
	for _, c := range []struct {
		want  string // "": none is broken
		steps []overlay.Step
	}{
		{"", []overlay.Step{first, queued(a, 2, 0, at(a, 5, 0, 1, 2)...), queued(a, 3, 1, at(a, 5, 0, 3, 1, 2)...), dequeued(a, 3, at(a, 5, 0, 1, 2)...)}},
		{"", []overlay.Step{first, dequeued(a, 1), queued(a, 1, 0, at(a, 9, 0, 1)...)}},
		{"", []overlay.Step{first, queued(b, 2, 0, append(at(a, 5, 2, 1), at(b, 7, 0, 2)...)...)}},
		{"becomes [1 2]", []overlay.Step{first, queued(a, 2, 0, at(a, 5, 0, 2, 1)...)}},
		{"becomes [2 1]", []overlay.Step{first, queued(a, 2, 1, at(a, 5, 0, 1, 2)...)}},
		{"the first is woken: of [1 2]", []overlay.Step{first, queued(a, 2, 0, at(a, 5, 0, 1, 2)...), dequeued(a, 2, at(a, 5, 0, 1)...)}},
		{"the first is woken: of [1]", []overlay.Step{first, dequeued(a, 0, at(a, 5, 0, 1)...)}},
		{"becomes []", []overlay.Step{first, dequeued(a, 1, at(a, 5, 0, 1)...)}},
		{"keeps its ticket", []overlay.Step{first, queued(a, 2, 0, at(a, 7, 0, 1, 2)...)}},
		{"stay as they were", []overlay.Step{first, queued(b, 2, 0, at(b, 7, 0, 2)...)}},
		{"stay as they were", []overlay.Step{first, queued(b, 2, 0, append(at(a, 5, 2, 1, 3), at(b, 7, 0, 2)...)...)}},
		{"a ticket is odd", []overlay.Step{queued(a, 1, 0, at(a, 4, 0, 1)...)}},
		{"has a goroutine that waits", []overlay.Step{queued(a, 1, 0, at(a, 5, 0)...)}},
		{"order of the addresses", []overlay.Step{queued(b, 2, 0, append(at(a, 5, 1, 1), at(b, 7, 0, 2)...)...)}},
		{"than the one above", []overlay.Step{queued(b, 2, 0, append(at(a, 5, 2, 1), at(b, 3, 0, 2)...)...)}},
		{"the same root", []overlay.Step{queued(b, 2, 0, append(at(a, 5, 2, 1), at(b+8, 7, 0, 2)...)...)}},
		{"as a whole", []overlay.Step{queued(a, 1, 0, at(a, 5, 2, 1)...)}},
		{"", []overlay.Step{one(overlay.Handed, 9, 1, 0), one(overlay.Woken, 1, 0, 1), one(overlay.Woken, 1, 0, 0)}},
		{"or it competes", []overlay.Step{one(overlay.Woken, 1, 0, 1)}},
		{"or it competes", []overlay.Step{one(overlay.Handed, 9, 1, 0), one(overlay.Woken, 1, 0, 0)}},
		{"does not wait again", []overlay.Step{one(overlay.Handed, 9, 1, 0), first}},
	} {
		w, got := newRoots(), ""
		for i, s := range c.steps {
			if msg := w.step(s); msg != "" && i < len(c.steps)-1 {
				t.Errorf("%v: the %dth: %s", c.steps, i, msg)
			} else {
				got = msg
			}
		}
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%v: %q, want %q", c.steps, got, c.want)
		}
	}
	for _, c := range []struct {
		want  string
		steps []overlay.Step
	}{
		{"", []overlay.Step{first, one(overlay.Released, 2, 0, 0), dequeued(a, 1), one(overlay.Woken, 1, 0, 0)}},
		{"", []overlay.Step{first, one(overlay.Released, 2, 0, 0), dequeued(a, 1), one(overlay.Acquired, 3, 0, 0), first, one(overlay.Released, 2, 0, 0), dequeued(a, 1)}},
		{"wakes goroutine 1", []overlay.Step{first, one(overlay.Released, 2, 0, 0), dequeued(a, 0)}},
		{"wakes goroutine 1", []overlay.Step{first, one(overlay.Released, 2, 0, 0), one(overlay.Acquired, 3, 0, 0)}},
		{"wakes goroutine 0", []overlay.Step{one(overlay.Released, 2, 0, 0), dequeued(a, 1)}},
		{"the model: parked", []overlay.Step{one(overlay.Acquired, 1, 0, 0)}},
		{"the model: proceeded", []overlay.Step{one(overlay.Released, 2, 0, 0), first}},
		{"queue is [1], the real one [2]", []overlay.Step{queued(a, 1, 0, at(a, 5, 0, 2)...)}},
		{"does not wait", []overlay.Step{one(overlay.Released, 2, 0, 0), one(overlay.Woken, 2, 0, 0)}},
	} {
		m, err := newSemaphores()
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, s := range c.steps {
			got = m.step(s)
		}
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%v: %q, want %q", c.steps, got, c.want)
		}
	}
}
