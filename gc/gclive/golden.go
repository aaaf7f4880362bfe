package gclive

import (
	"embed"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// Answers has the answers of the probe on a release.
type Answers struct {
	Logs     []string           // of the programs of Recorded: after each collection, which nodes are alive
	SelfLoop bool               // the finalizer of an object that points to itself runs
	Loop     bool               // the finalizer of an object in a loop of two runs
	Pauses   map[string]float64 // see [PausesOf]

	Tinies   []string          // of the programs of RecordedTinies: after each collection, which objects share a block, and whose finalizers ran
	Graphs   []string          // of the programs of RecordedGraphs: whose finalizers ran
	Leaks    map[string]bool   // by the way in which an object leads back to itself: its finalizer ran
	Crashes  map[string]string // by the call: what the program died of, or ""
	Cleanups map[string]any    // since 1.24
}

// What is marked while the world is stopped, by the times in gctrace.
const (
	InPause     = "all in the pause"
	StacksAgain = "the stacks again in the pause"
	Concurrent  = "none in the pause"
)

// PausesOf returns what is marked while the world is stopped: everything, if the pauses
// are most of a cycle's time with a large heap; the stacks again, if the last pause lasts
// long enough to look at deep ones. No processor looks at a frame in half a nanosecond, and
// where stacks are not marked again, the pause is shorter by far.
func PausesOf(pauses map[string]float64) string {
	switch {
	case pauses["heap"] > 0.5:
		return InPause
	case pauses["stacks"] > 0.5:
		return StacksAgain
	}
	return Concurrent
}

// The bounds of the recorded programs, as in the probe.
const (
	recordedPrograms = 20
	recordedNodes    = 40
	recordedRoots    = 8
)

// Recorded returns the programs that every release ran, in the probe's form: "n3" a
// node in root 3, "l0,1,2" slot 1 of node 0 = node 2, "u0,1" it is nil, "r3,0"
// root 3 = node 0, "d3" it is nil, "g" a collection. They use no node that is not
// reachable.
func Recorded() (out []string) {
	for seed := range uint64(recordedPrograms) {
		out = append(out, recorded(rand.New(rand.NewPCG(seed, 7))))
	}
	return out
}

// A graph is the state of a program that is being made.
type graph struct {
	slots [][2]int // -1: nil
	roots [recordedRoots]int
}

func (g *graph) reachable() (out []int) {
	seen := make([]bool, len(g.slots))
	add := func(n int) {
		if n >= 0 && !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	for _, r := range g.roots {
		add(r)
	}
	for i := 0; i < len(out); i++ {
		add(g.slots[out[i]][0])
		add(g.slots[out[i]][1])
	}
	return out
}

func recorded(r *rand.Rand) string {
	var g graph
	for i := range g.roots {
		g.roots[i] = -1
	}
	var ops []string
	say := func(format string, args ...any) { ops = append(ops, fmt.Sprintf(format, args...)) }
	for range 4 {
		for range 25 {
			alive := g.reachable()
			root := r.IntN(recordedRoots)
			if len(alive) == 0 || len(g.slots) < recordedNodes && r.IntN(3) == 0 {
				if len(g.slots) == recordedNodes {
					break
				}
				say("n%d", root)
				g.roots[root] = len(g.slots)
				g.slots = append(g.slots, [2]int{-1, -1})
				continue
			}
			a, b, slot := alive[r.IntN(len(alive))], alive[r.IntN(len(alive))], r.IntN(2)
			switch r.IntN(6) {
			case 0, 1, 2:
				say("l%d,%d,%d", a, slot, b)
				g.slots[a][slot] = b
			case 3:
				say("u%d,%d", a, slot)
				g.slots[a][slot] = -1
			case 4:
				say("r%d,%d", root, a)
				g.roots[root] = a
			case 5:
				say("d%d", root)
				g.roots[root] = -1
			}
		}
		say("g")
	}
	return strings.Join(ops, " ")
}

//go:embed testdata/golden
var files embed.FS

// The probe: cleanups.go is built since 1.24, old.go before.
var (
	//go:embed testdata/probe.go
	probe string
	//go:embed testdata/specials.go
	probeSpecials string
	//go:embed testdata/cleanups.go
	probeCleanups string
	//go:embed testdata/old.go
	probeOld string
)

// Golden holds the answers of every release since 1.2.
var Golden = golden.Set[Answers]{
	Probe: toolchain.Probe{
		Name: "gclive",
		Source: strings.NewReplacer("PROGRAMS", strings.Join(Recorded(), "\n"), "TINIES", strings.Join(RecordedTinies(), "\n"),
			"GRAPHS", strings.Join(RecordedGraphs(), "\n")).Replace(probe),
		More: map[string]string{"specials.go": probeSpecials, "cleanups.go": probeCleanups, "old.go": probeOld},
		Env:  []string{"GODEBUG=gctrace=1"},
	},
	Files: files,
	Dir:   "gc/gclive",
	Same:  same,
}

// same reports whether two answers of a release differ only in measured times that have
// the same meaning, or in objects that the release keeps by accident.
func same(rel string, old, now Answers) bool {
	programs := Recorded()
	if len(old.Logs) != len(programs) || len(now.Logs) != len(programs) {
		return false
	}
	for i, p := range programs {
		model, err := PredictRecorded(rel, p)
		if err != nil || !Agrees(rel, model, old.Logs[i]) || !Agrees(rel, model, now.Logs[i]) {
			return false
		}
	}
	if !cmp.Equal(old.Leaks, now.Leaks) || !cmp.Equal(old.Crashes, now.Crashes) || !cmp.Equal(old.Cleanups, now.Cleanups) ||
		!slices.Equal(old.Tinies, now.Tinies) || !slices.Equal(old.Graphs, now.Graphs) {
		return false
	}
	return old.SelfLoop == now.SelfLoop && old.Loop == now.Loop && PausesOf(old.Pauses) == PausesOf(now.Pauses)
}

// Agrees reports whether a log is as the model predicts. Up to 1.2 stacks were scanned
// conservatively, and a number that looked like a pointer could keep a dead object. So
// there, and only there, a dead node may seem to be alive; never the reverse.
func Agrees(rel, model, real string) bool {
	if model == real {
		return true
	}
	if r, err := release.Parse(rel); err != nil || r.AtLeast("go1.3") || len(model) != len(real) {
		return false
	}
	for i := range model {
		if model[i] != real[i] && !(model[i] == '0' && real[i] == '1') {
			return false
		}
	}
	return true
}

// PredictRecorded returns the model's log of a program of Recorded.
func PredictRecorded(release, program string) (string, error) {
	h, err := gc.New(gc.Config{Release: release, Globals: recordedRoots})
	if err != nil {
		return "", err
	}
	g, err := h.Go(0, 2)
	if err != nil {
		return "", err
	}
	m := &tagged{h: h, g: g, holder: map[gc.Ref]int{}}
	var log []string
	for op := range strings.FieldsSeq(program) {
		var a [3]int
		for i, w := range strings.Split(op[1:], ",") {
			if w != "" {
				n, err := strconv.Atoi(w)
				if err != nil {
					return "", err
				}
				a[i] = n
			}
		}
		switch op[0] {
		case 'n':
			m.newNode(a[0])
		case 'l':
			m.reach(0, a[0])
			m.reach(1, a[2])
			m.must(h.Store(g, 0, a[1], 1))
		case 'u':
			m.reach(0, a[0])
			m.must(h.Store(g, 0, a[1], gc.NoSlot))
		case 'r':
			m.reach(0, a[1])
			m.must(h.StoreGlobal(g, a[0], 0))
		case 'd':
			m.must(h.StoreGlobal(g, a[0], gc.NoSlot))
		case 'g':
			m.must(h.GC())
			log = append(log, m.verdicts())
		}
		m.must(h.Drop(g, 0))
		m.must(h.Drop(g, 1))
		if m.err != nil {
			return "", m.err
		}
	}
	return strings.Join(log, " "), nil
}

// tagged holds nodes with tags in a heap of the model.
type tagged struct {
	h      *gc.Heap
	g      gc.G
	err    error
	refs   []gc.Ref
	holder map[gc.Ref]int // of a tag
	dead   []byte
}

func (m *tagged) must(err error) {
	if err != nil && m.err == nil {
		m.err = err
	}
}

func (m *tagged) newNode(root int) {
	n, err := m.h.Alloc(m.g, 0, gc.Layout{Bytes: 24, Slots: 3})
	m.must(err)
	t, err := m.h.Alloc(m.g, 1, gc.Layout{Bytes: 32})
	m.must(err)
	m.must(m.h.SetFinalizer(m.g, 1))
	m.must(m.h.Store(m.g, 0, 2, 1))
	m.must(m.h.StoreGlobal(m.g, root, 0))
	m.holder[t] = len(m.refs)
	m.refs, m.dead = append(m.refs, n), append(m.dead, '1')
}

// reach makes a slot point to a node by following pointers through the heap, as a
// program would have to.
func (m *tagged) reach(slot, node int) {
	for i := range recordedRoots {
		r, err := m.h.LoadGlobal(m.g, slot, i)
		m.must(err)
		if way := m.way(r, node, map[gc.Ref]bool{}); way != nil {
			for _, s := range way[1:] {
				_, err := m.h.Load(m.g, slot, slot, s)
				m.must(err)
			}
			return
		}
	}
	m.must(fmt.Errorf("gclive: node %d is not reachable", node))
}

// way returns the slots that lead from an object to a node, after a first element; nil
// if there is no path.
func (m *tagged) way(from gc.Ref, node int, seen map[gc.Ref]bool) []int {
	if from == gc.Nil || seen[from] {
		return nil
	}
	if from == m.refs[node] {
		return []int{0}
	}
	seen[from] = true
	o, err := m.h.Look(from)
	m.must(err)
	for i := range 2 {
		if rest := m.way(o.Slots[i], node, seen); rest != nil {
			return append([]int{0, i}, rest[1:]...)
		}
	}
	return nil
}

func (m *tagged) verdicts() string {
	for {
		r, more, err := m.h.RunFinalizer(m.g, 0)
		m.must(err)
		if !more {
			return string(m.dead)
		}
		m.dead[m.holder[r]] = '0'
	}
}
