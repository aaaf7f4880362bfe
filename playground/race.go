//go:build !orrery_lean || orrery_race

package playground

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/race"
)

func init() { add(&raceView) }

var raceView = View{
	ID:    "race",
	Title: Words{"Race detector", "竞态检测"},
	About: Words{"Vector clocks: what each goroutine knows of the others, and what is remembered of each variable. Two accesses race if neither knows of the other.",
		"向量时钟：每个 goroutine 对其他人的了解，以及对每个变量记住的访问。互不知晓的两次访问就是竞态。"},
	Language: Words{`play "main: go a; a: write x; main: read x", or do a "write x", a line for each: also lock mu, unlock mu, rlock, runlock, make c chan 1, send c, recv c, close c, atomic load x, atomic store x, atomic add x, add 1 wg, add -1 wg, wait wg, once o, ran o, exit`,
		`play "main: go a; a: write x; main: read x"，或逐行写 do a "write x"：还有 lock mu、unlock mu、rlock、runlock、make c chan 1、send c、recv c、close c、atomic load x、atomic store x、atomic add x、add 1 wg、add -1 wg、wait wg、once o、ran o、exit`},
	Model: "race", Fidelity: race.Fidelity, Prefix: "kind.", Run: raceScripted.run,
	Words: map[string]Words{
		"kind.did":      {"{g}: {verb} {on}", "{g}：{verb} {on}"},
		"kind.started":  {"{of} starts {g}, which knows all that {of} has done", "{of} 启动 {g}，后者知道 {of} 做过的一切"},
		"kind.made":     {"{on} is made", "创建 {on}"},
		"kind.acquired": {"{g} acquires: it knows what was released there", "{g} 获取（acquire）：得知在此释放的一切"},
		"kind.released": {"{g} releases: what it has done can be known", "{g} 释放（release）：它做过的事可被得知"},
		"kind.waits":    {"{g} waits: {verb} {on}", "{g} 等待：{verb} {on}"},
		"kind.woken":    {"{g} goes on", "{g} 继续"},
		"kind.raced":    {"RACE: on {on}, {g} does not know of the access of {of}", "竞态：对 {on}，{g} 不知道 {of} 的访问"},
		"kind.evicted":  {"an access of {g} to {on} is forgotten: {of} takes its cell", "{g} 对 {on} 的一次访问被遗忘：{of} 占用了它的单元"},
		"kind.lost":     {"a race with {of} on {on} is lost: its history is gone", "与 {of} 对 {on} 的竞态丢失：历史记录已不在"},
		"kind.attached": {"{g} gets another slot", "{g} 换到新的槽位"},

		"clock":     {"{g} knows {of} up to operation {n}", "{g} 对 {of} 的了解到第 {n} 步"},
		"clocks":    {"Vector clocks: what each goroutine knows", "向量时钟：各 goroutine 所知"},
		"words":     {"What is remembered of variables", "对变量记住的访问"},
		"goroutine": {"goroutine {g}", "goroutine {g}"},
		"access":    {"operation {n} of {g}: {what}", "{g} 的第 {n} 步：{what}"},
		"found":     {"races so far: {n}", "已发现 {n} 处竞态"},
	},
	Examples: []Example{
		{ID: "two", Title: Words{"Two writes, and nothing between", "两次写，毫无同步"}, Program: `# Nothing orders them, whatever the clock on the wall says.
play "main: go a; main: go b"
play "a: write x"
play "b: write x"
`},
		{ID: "mutex", Title: Words{"A mutex orders them", "互斥锁建立顺序"}, Program: `# What a has done before Unlock, b knows after Lock.
play "main: go a; main: go b"
play "a: lock mu; a: write x; a: unlock mu"
play "b: lock mu; b: write x; b: unlock mu"
`},
		{ID: "luck", Title: Words{"No report is no proof", "没报告不等于没问题"}, Program: `# The same two writes to y: a's lies before its Unlock, so it was ordered, by luck.
play "main: go a; main: go b"
play "a: write y; a: lock mu; a: unlock mu"
play "b: lock mu; b: unlock mu; b: write y"
`},
		{ID: "channel", Title: Words{"A channel without a buffer", "无缓冲通道"}, Program: `# Receiving knows of what was done before the send.
play "main: make c chan 0; main: go a"
play "a: write x; a: send c"
play "main: recv c; main: read x"
`},
		{ID: "buffered", Title: Words{"Buffered: the receive tells the sender less", "有缓冲：发送者知道得更少"}, Program: `# With a place free the send does not wait, and main's write is not known to a.
play "main: make c chan 1; main: go a"
play "a: send c; a: write x"
play "main: recv c; main: write x"
`},
		{ID: "atomic", Title: Words{"Atomic store and load", "原子写与读"}, Program: `play "main: go a"
play "a: write x; a: atomic store ready"
play "main: atomic load ready; main: read x"
`},
		{ID: "waitgroup", Title: Words{"A WaitGroup", "WaitGroup"}, Program: `play "main: add 1 wg; main: go a"
play "a: write x; a: add -1 wg"
play "main: wait wg; main: read x"
`},
	},
}

var raceScripted = scripted{
	model: "race",
	begin: func(in *Input, line string) string { return beginWith(line, "release", in.Release) },
	tell: func(in *Input, what any, name namer) (Step, bool) {
		e, ok := what.(race.Event)
		if !ok {
			return Step{}, false
		}
		on := name(e.On)
		if e.On == 0 && e.Addr != 0 {
			on = name(e.Addr)
		}
		text := in.Say("kind."+string(e.Kind), "g", raceG(in, e.G, name), "of", raceG(in, e.Of, name), "verb", e.Verb, "on", on)
		return Step{Kind: string(e.Kind), Rule: e.Rule, Text: strings.TrimSpace(text)}, true
	},
	line:   quoted("play"),
	panels: racePanels,
}

// raceG returns the name of a goroutine.
func raceG(in *Input, g race.G, name namer) string {
	if n := name(g); n != "" {
		return n
	}
	return in.Say("goroutine", "g", int(g))
}

func racePanels(in *Input, state, what any, name namer) []Panel {
	s, ok := state.(race.Snapshot)
	if !ok {
		return nil
	}
	e, _ := what.(race.Event)
	const shown = 16
	clocks := Panel{Kind: "rows", Title: in.Say("clocks"), Rows: []Row{}}
	goroutines, _ := most(s.Goroutines, shown)
	for _, g := range goroutines {
		row := Row{ID: fmt.Sprint("g", int(g.G)), Label: raceG(in, g.G, name), Acts: e.G == g.G && e.G != 0}
		group := Group{Cells: []Cell{}}
		known, more := most(g.Knows, shown)
		group.More = more
		for _, k := range known {
			group.Cells = append(group.Cells, Cell{ID: fmt.Sprintf("%s-%d", row.ID, int(k.G)), Text: fmt.Sprint(k.Op), Mark: cutRunes(raceG(in, k.G, name), 12), Hue: hue(int(k.G)),
				Title: in.Say("clock", "g", raceG(in, g.G, name), "of", raceG(in, k.G, name), "n", k.Op)})
		}
		row.Groups = []Group{group}
		clocks.Rows = append(clocks.Rows, row)
	}
	memory := Panel{Kind: "rows", Title: in.Say("words"), Rows: []Row{}}
	words, _ := most(s.Words, shown)
	for _, w := range words {
		row := Row{ID: fmt.Sprint("w", w.Addr), Label: name(w.Addr), Acts: e.Addr >= w.Addr && e.Addr < w.Addr+8 && e.Addr != 0}
		group := Group{Cells: []Cell{}}
		for i, a := range w.Accesses {
			group.Cells = append(group.Cells, Cell{ID: fmt.Sprint(row.ID, "-", i), Text: cutRunes(raceG(in, a.G, name), 12), Hue: hue(int(a.G)), Mark: a.Verb.String(),
				Title: in.Say("access", "n", a.Op, "g", raceG(in, a.G, name), "what", a.Verb)})
		}
		row.Groups = []Group{group}
		memory.Rows = append(memory.Rows, row)
	}
	return []Panel{clocks, memory, {Kind: "text", Text: in.Say("found", "n", s.Found)}}
}
