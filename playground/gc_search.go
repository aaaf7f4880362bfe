//go:build !orrery_lean || orrery_gc

package playground

import (
	"context"
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/marking"
)

// searchGC explores a collector, and shows the shortest way in which it loses an object.
// The program is a line: search ALGORITHM, and comments.
func searchGC(in *Input) (*Run, error) {
	line, name := 0, ""
	for i, text := range lines(in.Program) {
		words := strings.Fields(text)
		switch {
		case len(words) == 0, strings.HasPrefix(words[0], "#"):
		case words[0] != "search" || len(words) != 2 || line > 0:
			return nil, &Error{i + 1, 1, in.Say("search alone")}
		default:
			line, name = i+1, words[1]
		}
	}
	a, err := gc.AlgorithmNamed(name)
	if err != nil {
		return nil, &Error{line, len("search ") + 1, strings.TrimPrefix(err.Error(), "gc: ")}
	}
	m, err := marking.New(marking.Config{Algorithm: a, Objects: 3, Fields: 1})
	if err != nil {
		return nil, err
	}
	found, err := explore.Run(context.Background(), m, explore.Options{MaxStates: 1 << 19, Symmetry: true})
	if err != nil {
		return nil, err
	}
	r := &Run{Headline: gcHeadline(in, a)}
	if found.Counterexample == nil {
		r.End = in.Say("nothing lost", "n", found.States)
		r.Step = func(int) Step { return Step{} }
		r.At = func(int) (State, error) {
			return State{Panels: []Panel{{Kind: "text", Text: r.End}}}, nil
		}
		return r, nil
	}
	run := found.Counterexample
	states := []gc.Snapshot{m.Snapshot(run.Start)}
	for _, s := range run.Steps {
		states = append(states, m.Snapshot(s.State))
	}
	r.Steps = len(run.Steps)
	r.Step = func(n int) Step {
		return Step{Kind: storyKind(run.Steps[n-1].Label), Text: story(in, run.Steps[n-1].Label, states[n-1], states[n])}
	}
	r.At = func(n int) (State, error) {
		var changed []gc.Ref
		if n > 0 {
			changed = differing(states[n-1], states[n])
		}
		return State{Acting: []Acting{{Line: line, By: "GC", Now: true}}, Panels: gcPanels(in, states[n], changed, 0)}, nil
	}
	return r, nil
}

// storyKind returns the first word of a step of a machine, except for steps of the
// program.
func storyKind(event string) string {
	for _, kind := range []string{"barrier", "scan the stack", "scan the global", "start marking", "look", "blacken", "flush", "stop", "end", "sweep"} {
		if strings.HasPrefix(event, kind) {
			return kind
		}
	}
	return "program"
}

// story puts a step of a machine into words, by its name and the states before and after
// it.
func story(in *Input, event string, before, after gc.Snapshot) string {
	kind := storyKind(event)
	operand := event
	switch kind {
	case "barrier":
		operand = strings.TrimPrefix(event, "barrier before ")
	case "look":
		operand = strings.TrimPrefix(event, "look at ")
	case "blacken", "sweep":
		operand = strings.TrimPrefix(event, kind+" ")
	case "scan the stack":
		operand = strings.TrimPrefix(event, "scan the stack of G")
	}
	text := in.Say("story."+kind, "op", operand)
	var grey []string
	colours := map[gc.Ref]gc.Colour{}
	for _, o := range before.Objects {
		colours[o.Object] = o.Colour
	}
	for _, o := range after.Objects {
		if was, ok := colours[o.Object]; ok && was == gc.White && o.Colour == gc.Grey {
			grey = append(grey, object(o.Object))
		}
	}
	switch {
	case len(grey) > 0:
		text += in.Say("story.grey", "what", strings.Join(grey, ", "))
	case kind == "barrier" && len(after.Buffer) > len(before.Buffer):
		text += in.Say("story.buffered")
	case kind == "barrier", kind == "look":
		text += in.Say("story.nothing")
	}
	was, _ := hiddenAndUsed(before)
	now, used := hiddenAndUsed(after)
	for _, o := range after.Objects {
		switch {
		case now[o.Object] && !was[o.Object]:
			text += in.Say("story.hidden", "what", object(o.Object))
		case o.Doomed && used[o.Object] && kind == "end":
			text += in.Say("story.lost", "what", object(o.Object))
		}
	}
	return text
}

// differing returns the objects that a step has changed.
func differing(before, after gc.Snapshot) (out []gc.Ref) {
	was := map[gc.Ref]string{}
	for _, o := range before.Objects {
		was[o.Object] = fmt.Sprint(o)
	}
	for _, o := range after.Objects {
		if was[o.Object] != fmt.Sprint(o) {
			out = append(out, o.Object)
		}
	}
	return out
}
