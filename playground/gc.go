//go:build !orrery_lean || orrery_gc

package playground

import (
	"fmt"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/gc"
)

func init() { add(&gcView) }

var gcView = View{
	ID:    "gc",
	Title: Words{"Garbage collector", "垃圾回收"},
	About: Words{"Objects in three colours: white is not found yet, grey is to be scanned, black is done. The program goes on meanwhile, and a write barrier sees to it that nothing is lost; or not.",
		"三色对象：白色尚未发现，灰色待扫描，黑色已完成。程序同时在运行，写屏障保证不丢对象；有的算法则会丢。"},
	Language: Words{`do 1 "s0 = new 2", "s1 = s0.0", "s0.0 = s1", "s0 = nil", "g0 = s1"; start asks for a cycle; step, run, gc; go 1 2 s0 starts a goroutine; or alone: search ALGORITHM`,
		`do 1 "s0 = new 2"、"s1 = s0.0"、"s0.0 = s1"、"s0 = nil"、"g0 = s1"；start 请求一轮 GC；step、run、gc；go 1 2 s0 启动 goroutine；或单独写：search 算法`},
	Model: "gc", Fidelity: gc.Fidelity, Prefix: "kind.",
	Options: []Option{{ID: "algorithm", Default: "release", Choices: algorithms()}},
	Run:     runGC, Words: gcWords, Examples: gcExamples,
}

func algorithms() []string {
	out := []string{"release"}
	for _, a := range gc.Algorithms() {
		out = append(out, a.Name)
	}
	return out
}

var gcExamples = []Example{
	{ID: "cycle", Title: Words{"A cycle, with a store in its middle", "一轮 GC，途中有一次写入"}, Claims: []string{"1.2-1", "1.2-2", "1.2-3", "1.2-4", "1.2-5", "1.2-6", "1.2-7", "1.2-8", "1.3-7", "1.3-9"}, Program: `# The stack leads to A, and A to B. During the marking C is made.
do 1 "s0 = new 2"
do 1 "s1 = new 2"
do 1 "s0.0 = s1"
do 1 "g0 = s0"
start
step n=3
do 1 "s1 = new 2"
do 1 "s0.1 = s1"
do 1 "s0 = nil"
do 1 "s1 = nil"
run
`},
	{ID: "garbage", Title: Words{"What is garbage", "什么是垃圾"}, Claims: []string{"1.0-2", "1.0-3", "1.1-2", "1.1-4"}, Program: `# A and B point to each other. Without a root that is no help.
do 1 "s0 = new 1"
do 1 "s1 = new 1"
do 1 "s0.0 = s1"
do 1 "s1.0 = s0"
do 1 "s0 = nil"
do 1 "s1 = new 1"
gc
`},
	{ID: "rescan", Title: Words{"Stacks scanned again, or not", "重扫栈与混合写屏障"}, Release: "go1.8", Beside: "go1.7", Claims: []string{"1.2-12", "1.2-13", "1.3-1", "1.3-2", "1.3-5", "1.3-6", "1.3-8"}, Program: `# B moves from the heap to a stack that is black already, and its old way is cut.
do 1 "s0 = new 1"
do 1 "s1 = new 1"
do 1 "s0.0 = s1"
do 1 "s1 = nil"
start
until "stack of goroutine"
do 1 "s1 = s0.0"
do 1 "s0.0 = nil"
run
`},
	{ID: "lost", Title: Words{"How an object is lost", "对象是怎么丢的"}, Claims: []string{"1.2-9", "1.2-10", "1.2-14"}, Program: `# The hybrid barrier without its deletion half: the shortest way to lose an object.
search hybrid-no-deletion
`},
	{ID: "lost-new", Title: Words{"Lost without the insertion half", "没有插入半边会丢"}, Program: `# The hybrid barrier without its insertion half.
search hybrid-no-insertion
`},
	{ID: "pause", Title: Words{"All in one pause", "全部在一次停顿里"}, Release: "go1.4", Beside: "go1.2", Claims: []string{"1.1-1", "1.1-3"}, Program: `# Up to Go 1.4 the program stood still while objects were marked. And the sweep?
do 1 "s0 = new 1"
do 1 "s1 = new 1"
do 1 "s0.0 = s1"
do 1 "s1 = new 1"
do 1 "s1 = nil"
gc
`},
	{ID: "deletion", Title: Words{"Cut off, and yet alive for a cycle", "已断开，却多活一轮"}, Claims: []string{"1.2-11", "1.2-15", "1.2-16"}, Options: map[string]string{"algorithm": "deletion"}, Program: `# Yuasa's barrier shades what is no longer pointed to: B outlives the cycle.
do 1 "s0 = new 1"
do 1 "s1 = new 1"
do 1 "s0.0 = s1"
do 1 "s1 = nil"
start
until "barrier on"
do 1 "s0.0 = nil"
run
gc
`},
	{ID: "finalizer", Title: Words{"A finalizer keeps an object for a cycle", "终结器让对象多活一轮"}, Program: `# The first cycle finds A to be garbage, and keeps it for its finalizer.
do 1 "s0 = new 1"
do 1 "finalizer s0"
do 1 "s0 = nil"
gc
run-finalizer 1 s1
do 1 "s1 = nil"
gc
`},
}

func runGC(in *Input) (*Run, error) {
	for _, text := range lines(in.Program) {
		if words := strings.Fields(text); len(words) > 0 && !strings.HasPrefix(text, "#") {
			if words[0] == "search" {
				return searchGC(in)
			}
			break
		}
	}
	r, err := gcScripted.run(in)
	if err != nil {
		return nil, err
	}
	a, err := algorithmOf(in)
	if err == nil {
		r.Headline = gcHeadline(in, a)
	}
	return r, err
}

func algorithmOf(in *Input) (gc.Algorithm, error) {
	if name := in.Option("algorithm"); name != "release" {
		return gc.AlgorithmNamed(name)
	}
	return gc.ForRelease(in.Release)
}

func gcHeadline(in *Input, a gc.Algorithm) string {
	text := a.Name
	if a.Loses != "" {
		text = in.Say("loses", "name", a.Name)
	} else if !a.Concurrent {
		text = in.Say("in one pause", "name", a.Name)
	}
	return text
}

var gcScripted = scripted{
	model: "gc",
	begin: func(in *Input, line string) string {
		algorithm := in.Option("algorithm")
		if algorithm == "release" {
			algorithm = ""
		}
		return beginWith(line, "release", in.Release, "algorithm", algorithm)
	},
	tell: func(in *Input, what any, _ namer) (Step, bool) {
		e, ok := what.(gc.Event)
		if !ok {
			return Step{}, false
		}
		key := "kind." + string(e.Kind)
		why := e.Why
		switch e.Kind {
		case gc.PauseBegins, gc.PauseEnds:
			why = in.Say("pause." + e.Why)
		case gc.BarrierFired:
			why = in.Say("half." + e.Why)
		case gc.RootShaded:
			if e.Why != "" {
				key, why = key+" why", in.Say("root."+e.Why)
			}
		case gc.Stored:
			if e.From == gc.Nil {
				key += " global"
			}
		}
		return Step{Kind: string(e.Kind), Rule: e.Rule,
			Text: in.Say(key, "cycle", e.Cycle, "g", e.G, "object", object(e.Object), "from", object(e.From), "slot", e.Slot, "span", e.Span, "n", e.N, "why", why)}, true
	},
	line: func(in *Input, text string) (string, string) {
		words := strings.Fields(text)
		if len(words) > 2 && words[0] == "do" {
			op := strings.Trim(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(strings.TrimPrefix(text, "do")), words[1])), `"`)
			return in.Say("does", "g", words[1], "op", op), "g" + words[1]
		}
		if _, ok := gcWords["does."+words[0]]; ok {
			return in.Say("does."+words[0], "op", text), "GC"
		}
		return text, ""
	},
	panels: func(in *Input, state, what any, _ namer) []Panel {
		s, ok := state.(gc.Snapshot)
		if !ok {
			return nil
		}
		e, _ := what.(gc.Event)
		return gcPanels(in, s, []gc.Ref{e.Object}, e.From)
	},
}

// object returns the letter of an object, or a number once the letters are used up.
func object(r gc.Ref) string {
	switch {
	case r == gc.Nil:
		return "nil"
	case r <= 26:
		return string(rune('A' + r - 1))
	}
	return fmt.Sprint("#", r)
}

// gcPanels returns the object graph, and the state of the collector.
func gcPanels(in *Input, s gc.Snapshot, changed []gc.Ref, holder gc.Ref) []Panel {
	const shown, across, slots = 40, 5, 8
	g := &Graph{Nodes: []Node{}, Edges: []Edge{}}
	objects, left := most(s.Objects, shown)
	known := map[gc.Ref]bool{}
	for _, o := range objects {
		known[o.Object] = true
	}
	hidden, used := hiddenAndUsed(s)
	root := func(id, label string, y int, r gc.Ref, colour gc.Colour) {
		n := Node{ID: id, Text: label, X: 0, Y: float64(y) * 0.55, Look: "root", Title: in.Say("root", "name", label, "object", object(r))}
		if colour != gc.None {
			n.Look += " " + colour.String()
			n.Title += ", " + in.Say("colour."+colour.String())
		}
		g.Nodes = append(g.Nodes, n)
		if known[r] {
			g.Edges = append(g.Edges, Edge{From: id, To: fmt.Sprint("o", r)})
		}
	}
	y := 0
	for _, k := range s.Goroutines {
		for i, r := range k.Slots[:min(len(k.Slots), slots)] {
			label := fmt.Sprint("s", i)
			if len(s.Goroutines) > 1 {
				label = fmt.Sprintf("%d:s%d", k.G, i)
			}
			root(fmt.Sprintf("g%d-s%d", k.G, i), label, y, r, k.Colour)
			if y++; y > 14 {
				break
			}
		}
	}
	for i, r := range s.Globals[:min(len(s.Globals), slots)] {
		root(fmt.Sprint("global-", i), fmt.Sprint("g", i), y, r, s.GlobalsAre)
		y++
	}
	for _, o := range objects {
		i := int(o.Object-1) % shown
		n := Node{ID: fmt.Sprint("o", o.Object), Text: object(o.Object), X: 1.6 + float64(i%across)*1.15, Y: float64(i/across)*1.3 + 0.25, Look: o.Colour.String()}
		n.Note = in.Say("colour." + o.Colour.String())
		switch {
		case o.Doomed && used[o.Object]:
			n.Look, n.Note = n.Look+" lost", in.Say("lost")
		case o.Doomed:
			n.Look, n.Note = n.Look+" garbage", in.Say("garbage")
		case hidden[o.Object]:
			n.Look, n.Note = n.Look+" danger", in.Say("hidden")
		}
		if o.Finalizer {
			n.Note += " · " + in.Say("finalizer")
		}
		n.New = slices.Contains(changed, o.Object) || holder != 0 && holder == o.Object
		n.Title = in.Say("object", "name", n.Text, "note", n.Note, "bytes", o.Bytes)
		g.Nodes = append(g.Nodes, n)
		for j, to := range o.Slots[:min(len(o.Slots), slots)] {
			if known[to] {
				g.Edges = append(g.Edges, Edge{From: n.ID, To: fmt.Sprint("o", to), Text: fmt.Sprint(j)})
			}
		}
	}
	state := Row{ID: "collector", Label: in.Say("collector"), Note: in.Say("stage." + s.Stage), Groups: []Group{}}
	world := Group{Label: in.Say("world"), Cells: []Cell{}, Note: in.Say("runs")}
	if s.Pause != "" {
		state.Acts = true
		world.Note = in.Say("stopped", "why", in.Say("pause."+s.Pause))
	}
	state.Groups = append(state.Groups, world)
	list := func(key string, refs []gc.Ref) {
		k := Group{Label: in.Say(key), Cells: []Cell{}}
		refs, k.More = most(refs, 24)
		for i, r := range refs {
			k.Cells = append(k.Cells, Cell{ID: fmt.Sprint(key, "-", i, "-", r), Text: object(r), Look: "warm"})
		}
		state.Groups = append(state.Groups, k)
	}
	list("buffer", s.Buffer)
	if len(s.Finalizers) > 0 {
		list("finalizers", s.Finalizers)
	}
	graph := Panel{Kind: "graph", Title: in.Say("heap"), Graph: g}
	if left > 0 {
		graph.Title += " " + in.Say("and more", "n", left)
	}
	return []Panel{graph, {Kind: "rows", Rows: []Row{state}}}
}

// hiddenAndUsed returns the objects in use that are white and cannot be reached from a
// grey object, so that marking will not find them, and the objects in use.
func hiddenAndUsed(s gc.Snapshot) (hidden, used map[gc.Ref]bool) {
	objects := map[gc.Ref]gc.ObjectState{}
	for _, o := range s.Objects {
		objects[o.Object] = o
	}
	reach := func(from []gc.Ref, through func(gc.ObjectState) bool) map[gc.Ref]bool {
		seen := map[gc.Ref]bool{}
		for len(from) > 0 {
			r := from[len(from)-1]
			from = from[:len(from)-1]
			if o, ok := objects[r]; ok && !seen[r] {
				seen[r] = true
				if through(o) {
					from = append(from, o.Slots...)
				}
			}
		}
		return seen
	}
	var roots, grey []gc.Ref
	marking := s.GlobalsAre != gc.None
	for _, g := range s.Goroutines {
		roots = append(roots, g.Slots...)
		marking = marking || g.Colour != gc.None
		if g.Colour != gc.Black {
			grey = append(grey, g.Slots...)
		}
	}
	roots = append(roots, s.Globals...)
	if s.GlobalsAre != gc.Black {
		grey = append(grey, s.Globals...)
	}
	used = reach(slices.Clone(roots), func(gc.ObjectState) bool { return true })
	hidden = map[gc.Ref]bool{}
	if !marking || s.Stage != "mark" {
		return hidden, used
	}
	grey = append(grey, s.Buffer...)
	for _, o := range s.Objects {
		if o.Colour == gc.Grey {
			grey = append(grey, o.Object)
		}
	}
	found := reach(grey, func(o gc.ObjectState) bool { return o.Colour != gc.Black })
	for r := range used {
		hidden[r] = objects[r].Colour == gc.White && !found[r]
	}
	return hidden, used
}
