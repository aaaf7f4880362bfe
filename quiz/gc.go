package quiz

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/marking"
)

var gcForms = []form{{"survivors", survivors}, {"unsound", unsound}, {"barrier", barrierShades}}

// aHeap is a random graph of objects A, B, C ..., some of which roots lead to.
func aHeap(r *rand.Rand) (h *gc.Heap, text string, dead []string, err error) {
	const slots = 2
	if h, err = gc.New(gc.Config{Globals: 1}); err != nil {
		return nil, "", nil, err
	}
	n := int(between(r, 4, 6))
	g, err := h.Go(0, n)
	if err != nil {
		return nil, "", nil, err
	}
	var lines []string
	name := func(i int) string { return string(rune('A' + i)) }
	refs := make([]gc.Ref, n)
	for i := range n {
		if refs[i], err = h.Alloc(g, i, gc.Layout{Bytes: 8 * slots, Slots: slots}); err != nil {
			return nil, "", nil, err
		}
	}
	for i := range n {
		for s := range slots {
			if r.IntN(2) == 0 {
				to := r.IntN(n)
				if err := h.Store(g, i, s, to); err != nil {
					return nil, "", nil, err
				}
				lines = append(lines, name(i)+" points to "+name(to))
			}
		}
	}
	kept := r.IntN(n)
	for i := range n {
		if i != kept {
			if err := h.Drop(g, i); err != nil {
				return nil, "", nil, err
			}
		}
	}
	lines = append(lines, "the stack points to "+name(kept))
	if err := h.GC(); err != nil {
		return nil, "", nil, err
	}
	for i, ref := range refs {
		if _, err := h.Look(ref); err != nil {
			dead = append(dead, name(i))
		}
	}
	return h, strings.Join(slices.Compact(lines), "\n"), dead, nil
}

func survivors(r *rand.Rand) (draft, error) {
	_, text, dead, err := aHeap(r)
	if err != nil {
		return draft{}, err
	}
	list := func(names []string) string {
		if len(names) == 0 {
			return "none"
		}
		return strings.Join(names, " ")
	}
	d := draft{text: "Objects A, B, C ...:\n" + indent(text) + "\nWhich does a collection reclaim?", right: list(dead), why: "what the roots lead to is kept, however objects point to each other", rule: "liveness"}
	if len(dead) > 0 {
		d.wrong = append(d.wrong, list(dead[1:]), list(dead[:len(dead)-1]))
	}
	d.wrong = append(d.wrong, "none", list(append(slices.Clone(dead), "A")), "B", "C D")
	return d, nil
}

func unsound(r *rand.Rand) (draft, error) {
	var sound, lossy []string
	for _, a := range gc.Algorithms() {
		if a.Loses == "" {
			sound = append(sound, a.Name)
		} else {
			lossy = append(lossy, a.Name)
		}
	}
	if len(sound) < 3 || len(lossy) == 0 {
		return draft{}, fmt.Errorf("%d sound algorithms and %d others", len(sound), len(lossy))
	}
	r.Shuffle(len(sound), func(i, j int) { sound[i], sound[j] = sound[j], sound[i] })
	name := pick(r, lossy...)
	a, err := gc.AlgorithmNamed(name)
	if err != nil {
		return draft{}, err
	}
	m, err := marking.New(marking.Config{Algorithm: a, Objects: 3, Fields: 1})
	if err != nil {
		return draft{}, err
	}
	found, err := explore.Run(context.Background(), m, explore.Options{MaxStates: 1 << 20})
	if err != nil {
		return draft{}, err
	}
	d := draft{text: "Which of these collectors can lose an object that the program still uses?", right: name, wrong: sound[:3], rule: "invariants"}
	if found.Counterexample == nil {
		return draft{}, fmt.Errorf("%s loses nothing in %d states", name, found.States)
	}
	var labels []string
	var states []uint64
	for _, s := range found.Counterexample.Steps {
		labels, states = append(labels, s.Event), append(states, s.State)
	}
	frames, err := m.Story(found.Counterexample.Start, labels, states)
	if err != nil {
		return draft{}, err
	}
	for i, f := range frames {
		d.why += fmt.Sprintf("%2d. %s\n", i+1, f.Text)
	}
	return d, nil
}

func barrierShades(r *rand.Rand) (draft, error) {
	barriers := []struct {
		name  string
		shade func(gc.Write) gc.Shade
		when  string
		rule  string
	}{
		{"Dijkstra's insertion barrier", gc.Insertion, "the new value, always", "barrier-insertion"},
		{"Yuasa's deletion barrier", gc.Deletion, "the old value, always", "barrier-deletion"},
		{"Go's hybrid barrier (since 1.8)", gc.Hybrid, "the old value, and the new one", "barrier"},
	}
	k := barriers[r.IntN(len(barriers))]
	shade := k.shade(gc.Write{})
	say := map[gc.Shade]string{gc.ShadeNew: "the new value", gc.ShadeOld: "the old value", gc.ShadeOld | gc.ShadeNew: "both", 0: "neither"}
	return draft{
		text:  fmt.Sprintf("During the marking, with %s on: a pointer field that holds A is overwritten by B. Which of the two becomes grey?", k.name),
		right: say[shade], wrong: []string{say[gc.ShadeNew], say[gc.ShadeOld], say[gc.ShadeOld|gc.ShadeNew], say[0]}, why: k.name + " shades " + k.when, rule: k.rule,
	}, nil
}
