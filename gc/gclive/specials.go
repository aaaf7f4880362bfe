package gclive

import (
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/release"
)

// The bounds of the programs of tiny objects and of nodes, all of which may have
// finalizers, that every release ran; the probe documents their form.
const (
	recordedTinies = 16
	recordedGraphs = 24
	tinyRoots      = 4
	finRoots       = 3
)

var recordedTinySizes = []int{1, 1, 2, 4, 8, 8, 12}

// lessons are programs of nodes that were written for a purpose: a chain that is held at
// its end, one that is dropped, a cycle, two objects that share a part, nodes that lead
// to themselves.
var lessons = []string{
	"n n n l0,0,1 l1,0,2 r0,2 g g g",
	"n n n n l0,0,1 l1,0,2 l2,0,3 g g g g g",
	"n n l0,0,1 l1,0,0 g g g",
	"n n n l0,0,2 l1,0,2 g g g",
	"n l0,0,0 n l1,0,1 l1,1,0 g g g",
	"n n l0,0,1 r0,0 g d0 g g",
}

// RecordedTinies returns the programs of tiny objects: eight that are dropped one by
// one, then random ones.
func RecordedTinies() []string {
	out := []string{
		"t8,1,-1 g g", "t1,1,-1 g g", "t8,1,0 t8,1,-1 t8,1,-1 t8,1,-1 g d0 g g g", "t1,1,-1 t1,1,-1 t1,1,-1 t1,1,-1 g g g g g",
	}
	for seed := range uint64(recordedTinies) {
		r := rand.New(rand.NewPCG(seed, 11))
		var ops []string
		for range 4 {
			for range 3 + r.IntN(14) {
				if r.IntN(5) == 0 {
					ops = append(ops, fmt.Sprintf("d%d", r.IntN(tinyRoots)))
					continue
				}
				root := -1
				if r.IntN(4) == 0 {
					root = r.IntN(tinyRoots)
				}
				ops = append(ops, fmt.Sprintf("t%d,%d,%d", recordedTinySizes[r.IntN(len(recordedTinySizes))], min(r.IntN(3), 1), root))
			}
			ops = append(ops, "g")
		}
		out = append(out, strings.Join(append(ops, "g"), " "))
	}
	return out
}

// RecordedGraphs returns the programs of nodes: the lessons, then random ones.
func RecordedGraphs() []string {
	out := slices.Clone(lessons)
	for seed := range uint64(recordedGraphs) {
		r := rand.New(rand.NewPCG(seed, 12))
		nodes := 2 + r.IntN(7)
		ops := slices.Repeat([]string{"n"}, nodes)
		for range r.IntN(2 * nodes) {
			a, b := r.IntN(nodes), r.IntN(nodes)
			if a > b && r.IntN(4) > 0 {
				a, b = b, a
			}
			ops = append(ops, fmt.Sprintf("l%d,%d,%d", a, r.IntN(3), b))
		}
		for i := range r.IntN(finRoots + 1) {
			ops = append(ops, fmt.Sprintf("r%d,%d", i, r.IntN(nodes)))
		}
		ops = append(ops, "g")
		for range 3 {
			ops = append(ops, fmt.Sprintf("d%d", r.IntN(finRoots)), "g")
		}
		out = append(out, strings.Join(append(ops, "g", "g"), " "))
	}
	return out
}

// A player performs the probe's operations in the model.
type player struct {
	h   *gc.Heap
	g   gc.G
	err error
	id  map[gc.Ref]int // of the objects that have finalizers
	ran []int          // the finalizers of this round
}

func newPlayer(rel string, globals, slots int) (*player, error) {
	h, err := gc.New(gc.Config{Release: rel, Globals: globals})
	if err != nil {
		return nil, err
	}
	g, err := h.Go(0, slots)
	return &player{h: h, g: g, id: map[gc.Ref]int{}}, err
}

func (p *player) must(err error) {
	if err != nil && p.err == nil {
		p.err = err
	}
}

func (p *player) alloc(slot int, l gc.Layout) gc.Ref {
	r, err := p.h.Alloc(p.g, slot, l)
	p.must(err)
	return r
}

// collect runs a collection and the finalizers, and lists the finalizers that ran.
func (p *player) collect() string {
	p.ran = nil
	p.must(p.h.GC())
	for p.err == nil {
		r, more, err := p.h.RunFinalizer(p.g, 0)
		p.must(err)
		if !more {
			break
		}
		p.ran = append(p.ran, p.id[r])
		p.must(p.h.Drop(p.g, 0))
	}
	slices.Sort(p.ran)
	var ids []string
	for _, id := range p.ran {
		ids = append(ids, strconv.Itoa(id))
	}
	return strings.Join(ids, ",") + ";"
}

// readOp parses an operation of a recorded program.
func readOp(word string) (verb byte, a [3]int, err error) {
	for i, w := range strings.Split(word[1:], ",") {
		if w != "" && err == nil {
			a[i], err = strconv.Atoi(w)
		}
	}
	return word[0], a, err
}

// block returns the block of a tiny object, named by an object in it; an object that
// shares no block is its own.
func (p *player) block(r gc.Ref) gc.Ref {
	all, err := p.h.Block(r)
	p.must(err)
	if len(all) == 0 {
		return r
	}
	return all[0]
}

// fill fills the current tiny block.
func (p *player) fill() {
	for range 4 {
		r := p.alloc(0, gc.Layout{Bytes: 8})
		if p.block(r) == r {
			p.alloc(0, gc.Layout{Bytes: 8})
			break
		}
	}
	p.must(p.h.Drop(p.g, 0))
}

// PredictTinies returns the result of a program of tiny objects in the model.
func PredictTinies(rel, program string) (string, error) {
	p, err := newPlayer(rel, tinyRoots, 1)
	if err != nil {
		return "", err
	}
	var log []string
	blocks, last, made, fresh := "", gc.Nil, 0, true
	for word := range strings.FieldsSeq(program) {
		verb, a, err := readOp(word)
		p.must(err)
		if fresh {
			p.fill()
			fresh, blocks, last = false, "", gc.Nil
		}
		switch verb {
		case 't':
			r := p.alloc(0, gc.Layout{Bytes: int64(a[0])})
			if last != gc.Nil {
				blocks += map[bool]string{true: "+", false: "."}[p.block(r) == p.block(last)]
			}
			last = r
			if a[1] != 0 {
				p.must(p.h.SetFinalizer(p.g, 0))
			}
			p.id[r] = made
			made++
			if a[2] >= 0 {
				p.must(p.h.StoreGlobal(p.g, a[2], 0))
			}
			p.must(p.h.Drop(p.g, 0))
		case 'd':
			p.must(p.h.StoreGlobal(p.g, a[0], gc.NoSlot))
		case 'g':
			log = append(log, blocks+p.collect())
			fresh = true
		}
		if p.err != nil {
			return "", p.err
		}
	}
	return strings.Join(log, " "), nil
}

// PredictGraph returns the result of a program of nodes in the model.
func PredictGraph(rel, program string) (string, error) {
	p, err := newPlayer(rel, finRoots, 32)
	if err != nil {
		return "", err
	}
	var log []string
	made := 0
	for word := range strings.FieldsSeq(program) {
		verb, a, err := readOp(word)
		p.must(err)
		switch verb {
		case 'n':
			p.id[p.alloc(made, gc.Layout{Bytes: 32, Slots: 3})] = made
			p.must(p.h.SetFinalizer(p.g, made))
			made++
		case 'l':
			p.must(p.h.Store(p.g, a[0], a[1], a[2]))
		case 'r':
			p.must(p.h.StoreGlobal(p.g, a[0], a[1]))
		case 'd':
			p.must(p.h.StoreGlobal(p.g, a[0], gc.NoSlot))
		case 'g':
			for i := range made {
				p.must(p.h.Drop(p.g, i))
			}
			log = append(log, p.collect())
		}
		if p.err != nil {
			return "", p.err
		}
	}
	return strings.Join(log, " "), nil
}

// holderLayout is the layout of the probe's holder.
var holderLayout = gc.Layout{Bytes: 64, Slots: 4}

// PredictLeaks returns the ways in which an object can lead back to itself, and whether
// it is finalized then.
func PredictLeaks(rel string) (map[string]bool, error) {
	ways := map[string]func(p *player){
		"none":     func(p *player) { p.must(p.h.SetFinalizer(p.g, 0)) },
		"map":      throughContainer(gc.Map),
		"channel":  throughContainer(gc.Channel),
		"closure":  throughContainer(gc.Closure),
		"method":   throughContainer(gc.Closure),
		"captured": func(p *player) { p.must(p.h.SetFinalizer(p.g, 0, 0)) },
		"captures a node that leads back": func(p *player) {
			p.alloc(1, holderLayout)
			p.must(p.h.Store(p.g, 1, 3, 0))
			p.must(p.h.SetFinalizer(p.g, 0, 1))
		},
		"captures another": func(p *player) {
			p.alloc(1, holderLayout)
			p.must(p.h.SetFinalizer(p.g, 0, 1))
		},
		"cleared": func(p *player) {
			p.must(p.h.SetFinalizer(p.g, 0))
			p.must(p.h.ClearFinalizer(p.g, 0))
			p.must(p.h.ClearFinalizer(p.g, 0))
		},
		"cleared and set": func(p *player) {
			p.must(p.h.SetFinalizer(p.g, 0))
			p.must(p.h.ClearFinalizer(p.g, 0))
			p.must(p.h.SetFinalizer(p.g, 0))
		},
	}
	out := map[string]bool{}
	for name, way := range ways {
		p, err := newPlayer(rel, 0, 2)
		if err != nil {
			return nil, err
		}
		p.alloc(0, holderLayout)
		way(p)
		p.must(p.h.Drop(p.g, 0))
		p.must(p.h.Drop(p.g, 1))
		for range 4 {
			out[name] = p.collect() != ";" || out[name]
		}
		if p.err != nil {
			return nil, fmt.Errorf("gclive: %s: %w", name, p.err)
		}
	}
	return out, nil
}

// throughContainer makes an object lead back to itself through a container.
func throughContainer(c gc.Container) func(p *player) {
	return func(p *player) {
		_, err := p.h.Wrap(p.g, 1, c, 0)
		p.must(err)
		p.must(p.h.Store(p.g, 0, 0, 1))
		p.must(p.h.SetFinalizer(p.g, 0))
	}
}

// PredictCrashes returns the texts of the calls that end the program.
func PredictCrashes(rel string) (map[string]string, error) {
	r, err := release.Parse(rel)
	if err != nil {
		return nil, err
	}
	tiny := gc.Layout{Bytes: 8}
	none := gc.Layout{}
	ways := map[string]func(p *player) error{
		"nil":                 func(p *player) error { return p.h.SetFinalizer(p.g, gc.NoSlot) },
		"nil pointer":         func(p *player) error { return p.h.SetFinalizer(p.g, 0) },
		"clear a nil pointer": func(p *player) error { return p.h.ClearFinalizer(p.g, 0) },
		"twice":               func(p *player) error { p.alloc(0, holderLayout); return p.finalizeTwice() },
		"tiny twice":          func(p *player) error { p.alloc(0, tiny); return p.finalizeTwice() },
		"no bytes":            func(p *player) error { p.alloc(0, none); return p.finalizeTwice() },
		"two tiny": func(p *player) error {
			for range 16 {
				p.alloc(0, tiny)
				p.must(p.h.SetFinalizer(p.g, 0))
			}
			return nil
		},
	}
	if r.AtLeast("go1.24") {
		add := func(p *player, arg int, holds ...int) error {
			_, err := p.h.AddCleanup(p.g, 0, arg, holds...)
			return err
		}
		ways["cleanup of nil"] = func(p *player) error { return add(p, gc.NoSlot) }
		ways["cleanup with itself"] = func(p *player) error { p.alloc(0, holderLayout); return add(p, 0) }
		ways["cleanup that captures"] = func(p *player) error { p.alloc(0, holderLayout); return add(p, gc.NoSlot, 0) }
		ways["cleanup without bytes"] = func(p *player) error { p.alloc(0, none); return add(p, gc.NoSlot) }
		ways["cleanup with a tiny neighbour"] = func(p *player) error {
			p.alloc(0, tiny)
			for range 4 {
				p.alloc(1, tiny)
				p.must(add(p, 1))
				p.must(p.h.Move(p.g, 0, 1))
			}
			return nil
		}
		ways["weak without bytes"] = func(p *player) error {
			p.alloc(0, none)
			_, err := p.h.MakeWeak(p.g, 0)
			return err
		}
	}
	out := map[string]string{}
	for name, way := range ways {
		p, err := newPlayer(rel, 0, 2)
		if err != nil {
			return nil, err
		}
		crashed := way(p)
		var c *crash.Error
		switch {
		case p.err != nil:
			return nil, fmt.Errorf("gclive: %s: %w", name, p.err)
		case crashed == nil:
			out[name] = ""
		case errors.As(crashed, &c):
			out[name] = c.Text
		default:
			return nil, fmt.Errorf("gclive: %s: %w", name, crashed)
		}
	}
	return out, nil
}

func (p *player) finalizeTwice() error {
	if err := p.h.SetFinalizer(p.g, 0); err != nil {
		return err
	}
	return p.h.SetFinalizer(p.g, 0)
}
