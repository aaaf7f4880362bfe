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

// aHeap returns a random graph of objects A, B, C ..., some of which roots lead to.
func aHeap(r *rand.Rand) (told text, dead []string, err error) {
	const slots = 2
	h, err := gc.New(gc.Config{Globals: 1})
	if err != nil {
		return text{}, nil, err
	}
	n := int(between(r, 4, 6))
	g, err := h.Go(0, n)
	if err != nil {
		return text{}, nil, err
	}
	var arrows [][2]string
	name := func(i int) string { return string(rune('A' + i)) }
	refs := make([]gc.Ref, n)
	for i := range n {
		if refs[i], err = h.Alloc(g, i, gc.Layout{Bytes: 8 * slots, Slots: slots}); err != nil {
			return text{}, nil, err
		}
	}
	for i := range n {
		for s := range slots {
			if r.IntN(2) == 0 {
				to := r.IntN(n)
				if err := h.Store(g, i, s, to); err != nil {
					return text{}, nil, err
				}
				arrows = append(arrows, [2]string{name(i), name(to)})
			}
		}
	}
	kept := r.IntN(n)
	for i := range n {
		if i != kept {
			if err := h.Drop(g, i); err != nil {
				return text{}, nil, err
			}
		}
	}
	if err := h.GC(); err != nil {
		return text{}, nil, err
	}
	for i, ref := range refs {
		if _, err := h.Look(ref); err != nil {
			dead = append(dead, name(i))
		}
	}
	for _, a := range slices.Compact(arrows) {
		told = say("%s    %s points to %s\n", "%s    %s 指向 %s\n", told, a[0], a[1])
	}
	return say("%s    the stack points to %s", "%s    栈指向 %s", told, name(kept)), dead, nil
}

func survivors(r *rand.Rand) (draft, error) {
	told, dead, err := aHeap(r)
	if err != nil {
		return draft{}, err
	}
	none := text{"none", "一个也没有"}
	list := func(names []string) text {
		if len(names) == 0 {
			return none
		}
		return same(strings.Join(names, " "))
	}
	d := draft{
		text:  say("Objects A, B, C ...:\n%s\nWhich does a collection reclaim?", "对象 A、B、C……：\n%s\n一次回收会收走哪些？", told),
		right: list(dead),
		why:   text{"what the roots lead to is kept, however objects point to each other", "根能到达的才保留，不管对象之间怎样互相指向"},
		rule:  "liveness",
	}
	if len(dead) > 0 {
		d.wrong = append(d.wrong, list(dead[1:]), list(dead[:len(dead)-1]))
	}
	more := slices.Clone(dead)
	if !slices.Contains(more, "A") {
		more = append([]string{"A"}, more...)
	}
	d.wrong = append(d.wrong, none, list(more), same("B"), same("C D"))
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
	if found.Counterexample == nil {
		return draft{}, fmt.Errorf("%s loses nothing in %d states", name, found.States)
	}
	var labels []string
	var states []uint64
	for _, s := range found.Counterexample.Steps {
		labels, states = append(labels, s.Label), append(states, s.State)
	}
	frames, err := m.Story(found.Counterexample.Start, labels, states)
	if err != nil {
		return draft{}, err
	}
	why := ""
	for i, f := range frames {
		why += fmt.Sprintf("%2d. %s\n", i+1, f.Text)
	}
	return draft{
		text:  text{"Which of these collectors can lose an object that the program still uses?", "这些回收器中，哪一个会丢失程序还在用的对象？"},
		right: same(name), wrong: each(sound[:3]...), why: same(why), rule: "invariants",
	}, nil
}

func barrierShades(r *rand.Rand) (draft, error) {
	barriers := []struct {
		name  text
		shade func(gc.Write) gc.Shade
		when  text
		rule  string
	}{
		{text{"Dijkstra's insertion barrier", "Dijkstra 插入写屏障"}, gc.Insertion, text{"the new value, always", "新值，一律如此"}, "barrier-insertion"},
		{text{"Yuasa's deletion barrier", "Yuasa 删除写屏障"}, gc.Deletion, text{"the old value, always", "旧值，一律如此"}, "barrier-deletion"},
		{text{"Go's hybrid barrier (since 1.8)", "Go 的混合写屏障（1.8 起）"}, gc.Hybrid, text{"the old value, and the new one", "旧值和新值"}, "barrier"},
	}
	k := barriers[r.IntN(len(barriers))]
	shade := k.shade(gc.Write{})
	names := r.Perm(26)
	old, now := string(rune('A'+names[0])), string(rune('A'+names[1]))
	called := map[gc.Shade]text{
		gc.ShadeNew: say("the new value, %s", "新值 %s", now), gc.ShadeOld: say("the old value, %s", "旧值 %s", old),
		gc.ShadeOld | gc.ShadeNew: {"both", "两者都是"}, 0: {"neither", "两者都不是"},
	}
	return draft{
		text: say("During the marking, with %s on: a pointer field that holds %s is overwritten by %s. Which of the two becomes grey?",
			"标记期间，开着 %s：一个保存着 %s 的指针字段被改写为 %s。两者中哪个变灰？", k.name, old, now),
		right: called[shade],
		wrong: []text{called[gc.ShadeNew], called[gc.ShadeOld], called[gc.ShadeOld|gc.ShadeNew], called[0]},
		why:   say("%s shades %s", "%s 染色的是：%s", k.name, k.when), rule: k.rule,
	}, nil
}
