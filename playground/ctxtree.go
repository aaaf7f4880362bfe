//go:build !orrery_lean || orrery_ctxtree

package playground

import (
	"github.com/orrery-go/orrery/ctxtree"
	"github.com/orrery-go/orrery/draw"
)

func init() { add(&ctxtreeView) }

var ctxtreeView = View{
	ID:    "ctxtree",
	Title: Words{"Contexts", "Context"},
	About: Words{"The tree of contexts: how a cancel goes down it, what each context says afterwards, timers, AfterFunc, and values on their way up.",
		"context 树：取消如何向下传播，之后每个 context 的状态，以及定时器、AfterFunc 和向上查找的值。"},
	Language: Words{`do "a := WithCancel(background)", do "b := WithTimeout(a, 2s)", do "c := WithValue(b, k, v)", do "f := AfterFunc(a)", do "d := WithoutCancel(a)", do "cancel(a)", do "a.Err()", do "c.Value(k)", do "stop(f)"; advance 2s; settle`,
		`do "a := WithCancel(background)"、do "b := WithTimeout(a, 2s)"、do "c := WithValue(b, k, v)"、do "f := AfterFunc(a)"、do "d := WithoutCancel(a)"、do "cancel(a)"、do "a.Err()"、do "c.Value(k)"、do "stop(f)"；advance 2s；settle`},
	Model: "ctxtree", Fidelity: ctxtree.Fidelity, Prefix: "kind.", Run: ctxtreeScripted.run,
	Releases: func() []string { return Releases("go1.7") },
	Words: map[string]Words{
		"kind.made":          {"{node} is made below {of}", "在 {of} 之下创建 {node}"},
		"kind.propagate":     {"how {node} will learn that {of} is canceled: {rule}", "{node} 如何得知 {of} 被取消：{rule}"},
		"kind.done made":     {"the Done channel of {node} is made: it was asked for", "有人调用 Done，才创建 {node} 的 Done 通道"},
		"kind.lock":          {"the mutex of {node} is locked", "锁住 {node} 的互斥锁"},
		"kind.err set":       {"{node} has Err {err}, cause {cause}: from now on it is canceled", "{node} 的 Err 设为 {err}，cause 为 {cause}：从此已取消"},
		"kind.closed":        {"the Done channel of {node} is closed", "关闭 {node} 的 Done 通道"},
		"kind.dropped":       {"{node} lets go of its children", "{node} 丢弃它的子节点表"},
		"kind.unlock":        {"the mutex of {node} is unlocked", "释放 {node} 的互斥锁"},
		"kind.removed":       {"{node} leaves the children of {of}", "把 {node} 从 {of} 的子节点中移除"},
		"kind.no effect":     {"no effect: {node} had been canceled", "无效果：{node} 早已取消"},
		"kind.timer made":    {"{node} gets a timer", "{node} 设置定时器"},
		"kind.timer stopped": {"the timer of {node} is stopped", "停掉 {node} 的定时器"},
		"kind.timer fired":   {"the timer of {node} fires", "{node} 的定时器到期"},
		"kind.started":       {"goroutine {g} is started for {node}", "为 {node} 启动 goroutine {g}"},
		"kind.waits":         {"goroutine {g} waits for {of} and {node}", "goroutine {g} 等待 {of} 和 {node}"},
		"kind.readied":       {"goroutine {g} becomes runnable", "goroutine {g} 变为可运行"},
		"kind.runs":          {"goroutine {g} runs", "goroutine {g} 运行"},
		"kind.exited":        {"goroutine {g} ends", "goroutine {g} 结束"},
		"kind.called":        {"the function of {node} is called", "调用 {node} 的函数"},
		"kind.func stopped":  {"the function of {node} will not be called", "{node} 的函数不会再被调用"},
		"kind.finished":      {"{node}, of another package, ends by itself", "其他包的 {node} 自行结束"},
		"kind.hop":           {"Value looks at {node}", "Value 查看 {node}"},
		"kind.found":         {"Value finds the key at {node}", "Value 在 {node} 找到键"},
		"kind.advanced":      {"the clock advances", "时钟前进"},
		"kind.panicked":      {"panic: {err}", "panic：{err}"},
		"nil":                {"nil", "nil"},
	},
	Examples: []Example{
		{ID: "cancel", Title: Words{"A cancel goes down the tree", "取消沿树向下传播"}, Claims: []string{"9-1", "9-2"}, Program: `# The parent of what is canceled goes on.
do "a := WithCancel(background)"
do "b := WithCancel(a)"
do "c := WithCancel(b)"
do "d := WithCancel(a)"
do "cancel(b)"
do "cancel(a)"
`},
		{ID: "timeout", Title: Words{"The earlier deadline wins", "较早的截止时间优先"}, Claims: []string{"9-5", "9-9"}, Program: `# b asks for more time than its parent has.
do "a := WithTimeout(background, 1s)"
do "b := WithTimeout(a, 5s)"
advance 1s
do "b.Err()"
`},
		{ID: "afterfunc", Title: Words{"AfterFunc, or stopped before", "AfterFunc 与 stop"}, Release: "go1.27", Program: `# The function runs in a goroutine of its own, once it is allowed to.
do "a := WithCancel(background)"
do "f := AfterFunc(a)"
do "g := AfterFunc(a)"
do "stop(g)"
do "cancel(a)"
settle
`},
		{ID: "value", Title: Words{"A value, looked for upwards", "向上查找的值"}, Claims: []string{"9-10"}, Program: `# Every WithValue is a hop.
do "a := WithValue(background, user, ann)"
do "b := WithValue(a, trace, 17)"
do "c := WithCancel(b)"
do "d := WithValue(c, user, bob)"
do "d.Value(trace)"
do "d.Value(user)"
do "c.Value(user)"
`},
		{ID: "without", Title: Words{"WithoutCancel", "WithoutCancel"}, Release: "go1.27", Program: `# Work that goes on after its request.
do "a := WithCancel(background)"
do "b := WithoutCancel(a)"
do "c := WithCancel(b)"
do "cancel(a)"
do "c.Err()"
`},
	},
}

var ctxtreeScripted = scripted{
	model: "ctxtree",
	begin: func(in *Input, line string) string { return beginWith(line, "release", in.Release) },
	tell: func(in *Input, what any, name namer) (Step, bool) {
		e, ok := what.(ctxtree.Event)
		if !ok {
			return Step{}, false
		}
		reason := func(r ctxtree.Reason) string {
			if r == "" {
				return in.Say("nil")
			}
			return string(r)
		}
		return Step{Kind: string(e.Kind), Rule: e.Rule, Time: e.At.String(), Text: in.Say("kind."+string(e.Kind),
			"node", name.and(e.Node, e.Node), "of", name.and(e.Of, e.Of), "g", e.G, "err", reason(e.Err), "cause", reason(e.Cause), "rule", e.Rule)}, true
	},
	line: quoted("do"),
	panels: func(_ *Input, state, _ any, _ namer) []Panel {
		s, ok := state.(ctxtree.Snapshot)
		if !ok {
			return nil
		}
		return []Panel{{Kind: "svg", SVG: draw.CtxtreeTree(s)}}
	},
}
