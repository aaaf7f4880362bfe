//go:build !orrery_lean || orrery_chanq

package playground

import (
	"fmt"
	"strconv"

	"github.com/orrery-go/orrery/chanq"
)

func init() { add(&chanqView) }

var chanqView = View{
	ID:    "chanq",
	Title: Words{"Channels", "通道"},
	About: Words{"A channel from the inside: its ring of values, the two queues of goroutines that wait, and every step under its lock. You say which goroutine acts.",
		"通道的内部：存值的环形缓冲区、两条等待 goroutine 的队列，以及持锁时的每一步。由你决定哪个 goroutine 行动。"},
	Language: Words{`make CAPACITY... makes channels c1, c2; go N adds goroutines; do G "c1 <- 7", do G "<-c1", do G "close(c1)", do G "select { c1 <- 7; <-c2; default }"; resume G lets a woken one go on; timer 5ms, advance 5ms`,
		`make 容量... 创建通道 c1、c2；go N 增加 goroutine；do G "c1 <- 7"、do G "<-c1"、do G "close(c1)"、do G "select { c1 <- 7; <-c2; default }"；resume G 让被唤醒者继续；timer 5ms、advance 5ms`},
	Model: "chanq", Fidelity: chanq.Fidelity, Prefix: "kind.", Run: runChanq,
	Words: map[string]Words{
		"kind.made":    {"channel {chan} is made", "创建通道 {chan}"},
		"kind.lock":    {"the lock of {chan} is taken", "取得 {chan} 的锁"},
		"kind.unlock":  {"the lock of {chan} is released", "释放 {chan} 的锁"},
		"kind.put":     {"{value} is put into slot {slot} of {chan}", "把 {value} 放进 {chan} 的第 {slot} 格"},
		"kind.take":    {"{value} is taken from slot {slot} of {chan}", "从 {chan} 的第 {slot} 格取出 {value}"},
		"kind.hand":    {"{value} is handed over directly: goroutine {g} waited on {chan}", "{value} 直接交接：goroutine {g} 正在 {chan} 上等待"},
		"kind.poll":    {"the select looks at case {case}, {chan}", "select 查看分支 {case}：{chan}"},
		"kind.enqueue": {"goroutine {g} joins a queue of {chan}", "goroutine {g} 加入 {chan} 的等待队列"},
		"kind.park":    {"goroutine {g} parks: it waits", "goroutine {g} 挂起（park），开始等待"},
		"kind.ready":   {"goroutine {g} becomes runnable", "goroutine {g} 变为可运行（ready）"},
		"kind.woken":   {"goroutine {g} goes on", "goroutine {g} 继续运行"},
		"kind.closed":  {"channel {chan} is closed", "通道 {chan} 已关闭"},
		"kind.fire":    {"the timer of {chan} fires", "{chan} 的定时器到期"},
		"kind.drain":   {"the time that {chan} held is taken back", "收回 {chan} 中尚未接收的时间值"},

		"outcome.proceeded": {"result: it proceeded", "结果：直接完成"},
		"outcome.handed":    {"result: handed over", "结果：直接交接完成"},
		"outcome.parked":    {"result: it waits", "结果：进入等待"},
		"outcome.not ready": {"result: not ready, so it did not wait", "结果：未就绪，不等待"},
		"outcome.panicked":  {"result: panic", "结果：panic"},
		"received":          {"{what}, received {value}", "{what}，收到 {value}"},
		"case":              {"{what}, case {case}", "{what}，分支 {case}"},

		"ring":             {"buffer, {n} of {cap}", "缓冲区，{n}/{cap}"},
		"no buffer":        {"no buffer", "无缓冲"},
		"sendq":            {"sendq: wait to send", "sendq：等待发送"},
		"recvq":            {"recvq: wait to receive", "recvq：等待接收"},
		"closed":           {"closed", "已关闭"},
		"open":             {"open", "打开"},
		"timer":            {"timer, fires at {at}", "定时器，{at} 到期"},
		"channels":         {"Channels", "通道"},
		"sends":            {"goroutine {g} waits to send {value}", "goroutine {g} 等待发送 {value}"},
		"receives":         {"goroutine {g} waits to receive", "goroutine {g} 等待接收"},
		"stale":            {"another case has woken it: passed over", "已被别的分支唤醒：会被跳过"},
		"slot":             {"slot {i}", "第 {i} 格"},
		"headline.barging": {"a woken goroutine looks again, and may be too late", "被唤醒的 goroutine 重新检查，可能被抢先"},
		"headline.direct":  {"values are handed over directly", "值直接交接"},
	},
	Examples: []Example{
		{ID: "ring", Title: Words{"A ring of three", "容量为 3 的环"}, Claims: []string{"8-6", "8-7", "8-8", "8-9", "8-10", "14-1"}, Program: `# Values go into the ring, and come out in their order.
make 3
go 2
do 1 "c1 <- 7"
do 1 "c1 <- 8"
do 2 "<-c1"
do 1 "c1 <- 9"
do 1 "c1 <- 10"
do 1 "c1 <- 11"
do 2 "<-c1"
resume 1
do 2 "<-c1"
`},
		{ID: "hand-off", Title: Words{"Handed over, or snatched away", "直接交接，还是被抢走"}, Beside: "go1.5", Claims: []string{"8-4", "8-5", "5-3", "5-5"}, Program: `# Goroutine 1 has waited longest. Until Go 1.5 another one could be faster.
make 1
go 3
do 1 "<-c1"
do 2 "c1 <- 7"
do 3 "<-c1"
resume 1
`},
		{ID: "close", Title: Words{"Close wakes all", "close 唤醒所有等待者"}, Beside: "go1.6", Claims: []string{"15-3"}, Program: `# In which order?
make 0
go 5
do 1 "<-c1"
do 2 "<-c1"
do 3 "<-c1"
do 4 "close(c1)"
resume 1
resume 2
resume 3
do 5 "<-c1"
do 5 "c1 <- 1"
`},
		{ID: "order", Title: Words{"First come, first served", "先到先得"}, Claims: []string{"8-2", "8-3", "14-2", "15-1"}, Program: `# Two wait to receive; then two wait to send.
make 0
go 6
do 1 "<-c1"
do 2 "<-c1"
do 3 "c1 <- 7"
do 3 "c1 <- 8"
resume 1
resume 2
do 4 "c1 <- 9"
do 5 "c1 <- 10"
do 6 "<-c1"
do 6 "<-c1"
`},
		{ID: "states", Title: Words{"Nil, active, closed", "nil、活动、已关闭"}, Claims: []string{"15-2"}, Program: `# What send, receive and close do to each.
make 1
go 6
do 1 "<-nil"
do 2 "nil <- 1"
do 3 "close(nil)"
do 3 "c1 <- 7"
do 3 "close(c1)"
do 3 "<-c1"
do 3 "<-c1"
do 3 "c1 <- 8"
do 3 "close(c1)"
`},
		{ID: "select", Title: Words{"A select in two queues", "select 同时排两条队"}, Program: `# Nothing is ready, so it waits on both channels.
make 0 0
go 3
do 1 "select { <-c1; <-c2 }"
do 2 "c2 <- 7"
do 3 "try c1 <- 8"
resume 1
`},
		{ID: "timer", Title: Words{"The channel of a timer", "定时器的通道"}, Beside: "go1.22", Program: `# A time that nobody has received, and Stop.
go 1
timer 5ms
advance 6ms
stop c1
do 1 "try <-c1"
`},
	},
}

var chanqScripted = scripted{
	model: "chanq",
	begin: func(in *Input, line string) string {
		return beginWith(line, "release", in.Release, "seed", strconv.FormatInt(int64(in.Seed), 10))
	},
	tell: func(in *Input, what any, _ namer) (Step, bool) {
		switch e := what.(type) {
		case chanq.Event:
			return Step{Kind: string(e.Kind), Rule: e.Rule,
				Text: in.Say("kind."+string(e.Kind), "chan", e.Chan, "g", e.G, "slot", e.Slot, "value", e.Value, "case", e.Case)}, true
		case chanq.Outcome:
			text := in.Say("outcome." + e.What.String())
			if e.OK {
				text = in.Say("received", "what", text, "value", e.Value)
			}
			if e.Case != 0 {
				text = in.Say("case", "what", text, "case", e.Case)
			}
			return Step{Kind: "outcome", Text: text}, true
		}
		return Step{}, false
	},
	line:   goroutineLine,
	panels: chanqPanels,
}

func runChanq(in *Input) (*Run, error) {
	r, err := chanqScripted.run(in)
	if err == nil {
		r.Headline = in.Say("headline.direct")
		if before(in.Release, "go1.6") {
			r.Headline = in.Say("headline.barging")
		}
	}
	return r, err
}

func chanqPanels(in *Input, state, what any, _ namer) []Panel {
	s, ok := state.(chanq.Snapshot)
	if !ok {
		return nil
	}
	e, _ := what.(chanq.Event)
	const shown = 64
	channels := Panel{Kind: "rows", Title: in.Say("channels"), Rows: []Row{}}
	queued := map[chanq.G]bool{}
	chans, _ := most(s.Chans, shown)
	for _, c := range chans {
		row := Row{ID: fmt.Sprint("c", int(c.Chan)), Label: c.Chan.String(), Note: in.Say("open"), Acts: e.Chan == c.Chan && e.Chan != 0}
		if c.Closed {
			row.Note = in.Say("closed")
		}
		if c.Timer {
			row.Note = in.Say("timer", "at", c.When)
		}
		queue := func(name string, list []chanq.Waiter, sends bool) Group {
			g := Group{Label: in.Say(name), Cells: []Cell{}}
			shownOf, more := most(list, shown)
			g.More = more
			for _, w := range shownOf {
				cell := goroutineCell(int(w.G))
				cell.Title = in.Say("receives", "g", w.G)
				if sends {
					cell.Title = in.Say("sends", "g", w.G, "value", w.Elem)
					cell.Mark = fmt.Sprint(w.Elem)
				}
				if w.Stale {
					cell.Look, cell.Title = "stale", in.Say("stale")
				}
				if queued[w.G] {
					cell.ID += "." + row.ID
				}
				queued[w.G] = true
				g.Cells = append(g.Cells, cell)
			}
			return g
		}
		row.Groups = append(row.Groups, queue("sendq", c.Sendq, true))
		ring := Group{Label: in.Say("no buffer"), Cells: []Cell{}}
		if c.Dataqsiz > 0 {
			ring.Label = in.Say("ring", "n", c.Qcount, "cap", c.Dataqsiz)
		}
		for i := int64(0); i < c.Dataqsiz && i < shown; i++ {
			cell := Cell{ID: fmt.Sprint(row.ID, "-", i), Look: "empty", Title: in.Say("slot", "i", i)}
			if c.Holds(i) && i < int64(len(c.Buf)) {
				cell.Text, cell.Look = fmt.Sprint(c.Buf[i]), "data"
			}
			switch {
			case i == c.Sendx && i == c.Recvx:
				cell.Mark = "sendx recvx"
			case i == c.Sendx:
				cell.Mark = "sendx"
			case i == c.Recvx:
				cell.Mark = "recvx"
			}
			if (e.Kind == chanq.Put || e.Kind == chanq.Take) && e.Chan == c.Chan && e.Slot == i {
				cell.Look += " acts"
			}
			ring.Cells = append(ring.Cells, cell)
		}
		if c.Dataqsiz > shown {
			ring.More = int(min(c.Dataqsiz-shown, 1<<30))
		}
		row.Groups = append(row.Groups, ring, queue("recvq", c.Recvq, false))
		channels.Rows = append(channels.Rows, row)
	}
	all := newGoroutines(in, int(e.G), shown)
	for _, g := range s.Goroutines {
		all.add(int(g.G), g.Status, g.Reason, queued[g.G])
	}
	return []Panel{channels, all.panel()}
}
