//go:build !orrery_lean || orrery_locks

package playground

import (
	"fmt"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/locks"
)

func init() { add(&locksView) }

var locksView = View{
	ID:    "locks",
	Title: Words{"Locks", "锁"},
	About: Words{"Mutex, RWMutex, WaitGroup, Once and Cond from the inside: their words, the queue of goroutines that wait, and which one a release wakes. You say which goroutine acts.",
		"Mutex、RWMutex、WaitGroup、Once 与 Cond 的内部：状态字、等待队列，以及各版本唤醒谁。由你决定哪个 goroutine 行动。"},
	Language: Words{`new goroutines=3 mutex rwmutex waitgroup once cond makes locks 1, 2, ...; do G "lock 1" (trylock, unlock, rlock, runlock, add 1 -1, wait, signal, broadcast, do, return); resume G lets a woken one go on; advance 2ms; exit G; asleep`,
		`new goroutines=3 mutex rwmutex waitgroup once cond 创建锁 1、2……；do G "lock 1"（trylock、unlock、rlock、runlock、add 1 -1、wait、signal、broadcast、do、return）；resume G 让被唤醒者继续；advance 2ms；exit G；asleep`},
	Model: "locks", Fidelity: locks.Fidelity, Prefix: "kind.", Run: runLocks,
	Words: map[string]Words{
		"kind.state":   {"the word of {id} changes: {from} becomes {to}", "{id} 的状态字变化：{from} 变为 {to}"},
		"kind.enqueue": {"goroutine {g} joins the queue of {id}, {end}", "goroutine {g} 进入 {id} 的等待队列，{end}"},
		"kind.park":    {"goroutine {g} parks: it waits for {id}", "goroutine {g} 挂起（park），等待 {id}"},
		"kind.ready":   {"goroutine {g} becomes runnable", "goroutine {g} 变为可运行（ready）"},
		"kind.woken":   {"goroutine {g} goes on", "goroutine {g} 继续运行"},
		"kind.yield":   {"goroutine {g} yields: it goes on after all others", "goroutine {g} 让出：排到其他所有 goroutine 之后"},

		"at the back":  {"at the back", "排在队尾"},
		"at the front": {"at the front", "插到队首"},

		"outcome.proceeded": {"result: it is done", "结果：完成"},
		"outcome.handed":    {"result: the lock was handed over", "结果：锁被直接移交"},
		"outcome.parked":    {"result: it waits", "结果：进入等待"},
		"outcome.yielded":   {"result: done, and it yields", "结果：完成，并让出处理器"},
		"outcome.not ready": {"result: it would have to wait, and does not", "结果：本该等待，但不等"},
		"outcome.panicked":  {"result: panic", "结果：panic"},
		"outcome.crashed":   {"result: the program ends", "结果：程序终止"},
		"runs f":            {"{what}; it is the one that runs f", "{what}；由它来执行 f"},

		"locked":   {"locked", "已锁"},
		"unlocked": {"unlocked", "未锁"},
		"woken":    {"woken", "已唤醒一个"},
		"starving": {"starving", "饥饿模式"},
		"waiters":  {"{n} waiting", "{n} 个等待者"},
		"writes":   {"a writer, {n} readers", "有写者，{n} 个读者"},
		"reads":    {"{n} readers", "{n} 个读者"},
		"counter":  {"counter {n}", "计数 {n}"},
		"done":     {"done", "已执行"},
		"not done": {"not done yet", "尚未执行"},
		"of lock":  {"its L is {n}", "它的 L 是 {n}"},
		"locks":    {"Locks", "锁"},
		"word":     {"words in memory", "内存中的字"},
		"held by":  {"held by", "持有者"},
		"queue":    {"queue, the next to be woken first", "等待队列，最先唤醒的在前"},

		"headline.starving": {"after 1 ms of waiting a mutex starves, and is handed over", "等待超过 1 毫秒后进入饥饿模式，锁直接移交"},
		"headline.barging":  {"no starvation mode: a woken goroutine may lose again and again", "没有饥饿模式：被唤醒者可能一再落空"},
	},
	Examples: []Example{
		{ID: "barging", Title: Words{"Woken, and too late", "被唤醒却来晚了"}, Claims: []string{"23-1"}, Program: `# Whoever unlocks goes on running, and may take the mutex again at once.
new mutex goroutines=3
do 1 "lock 1"
do 2 "lock 1"
do 3 "lock 1"
do 1 "unlock 1"
do 1 "lock 1"
resume 2
`},
		{ID: "starvation", Title: Words{"Starvation mode", "饥饿模式"}, Beside: "go1.8", Claims: []string{"23-2"}, Program: `# A waiter that has lost for more than a millisecond is handed the mutex.
new mutex goroutines=2
do 1 "lock 1"
do 2 "lock 1"
advance 2ms
do 1 "unlock 1"
do 1 "lock 1"
resume 2
do 1 "unlock 1"
resume 2
`},
		{ID: "writer", Title: Words{"A writer goes before later readers", "写者先于后来的读者"}, Claims: []string{"24-2"}, Program: `# Two read; a writer waits for them; a third reader waits for the writer.
new rwmutex goroutines=4
do 1 "rlock 1"
do 2 "rlock 1"
do 3 "lock 1"
do 4 "rlock 1"
do 1 "runlock 1"
do 2 "runlock 1"
resume 3
do 3 "unlock 1"
resume 4
`},
		{ID: "waitgroup", Title: Words{"A wait group, and one Done too many", "WaitGroup，以及多出来的一次 Done"}, Program: `# At 0 all go on. Below 0 is a panic.
new waitgroup goroutines=3
do 1 "add 1 2"
do 3 "wait 1"
do 1 "add 1 -1"
do 2 "add 1 -1"
resume 3
do 1 "add 1 -1"
`},
		{ID: "once", Title: Words{"Once: the others wait for f", "Once：其他人等 f 执行完"}, Program: `# The first runs f, and the second waits until f has returned.
new once goroutines=2
do 1 "do 1"
do 2 "do 1"
do 1 "return 1"
resume 2
`},
		{ID: "cond", Title: Words{"Signal and Broadcast", "Signal 与 Broadcast"}, Program: `# Lock 2 is a Cond whose L is lock 1. Waking is not yet having the lock.
new mutex cond goroutines=4
do 1 "lock 1"
do 1 "wait 2"
do 2 "lock 1"
do 2 "wait 2"
do 3 "lock 1"
do 3 "wait 2"
do 4 "signal 2"
do 4 "broadcast 2"
resume 1
resume 2
do 1 "unlock 1"
resume 2
`},
		{ID: "deadlock", Title: Words{"Two locks in opposite orders", "两把锁，顺序相反"}, Program: `# The runtime speaks up only when nobody else is left.
new mutex mutex goroutines=3
do 1 "lock 1"
do 2 "lock 2"
do 1 "lock 2"
do 2 "lock 1"
asleep
exit 3
asleep
`},
		{ID: "unlock", Title: Words{"Unlocking what is not locked", "解锁未上锁的锁"}, Beside: "go1.7", Program: `# A panic until Go 1.7; no recover helps since 1.8 (1.9 apart).
new mutex goroutines=1
do 1 "unlock 1"
`},
	},
}

var locksScripted = scripted{
	model: "locks",
	begin: func(in *Input, line string) string {
		if line == "new" {
			line = "new mutex goroutines=3"
		}
		return beginWith(line, "release", in.Release)
	},
	tell: func(in *Input, what any, _ namer) (Step, bool) {
		switch e := what.(type) {
		case locks.Event:
			end := "at the back"
			if e.Front {
				end = "at the front"
			}
			return Step{Kind: string(e.Kind), Rule: e.Rule, Text: in.Say("kind."+string(e.Kind),
				"id", e.ID, "g", e.G, "from", mutexWord(in, e.From), "to", mutexWord(in, e.To), "end", in.Say(end))}, true
		case locks.Outcome:
			text := in.Say("outcome." + e.What.String())
			if e.OK && e.What == locks.Proceeded {
				text = in.Say("runs f", "what", text)
			}
			return Step{Kind: "outcome", Text: text}, true
		case *crash.Error:
			return Step{Kind: string(e.Kind), Text: e.Error()}, true
		}
		return Step{}, false
	},
	line:   goroutineLine,
	panels: locksPanels,
}

func runLocks(in *Input) (*Run, error) {
	r, err := locksScripted.run(in)
	if err == nil {
		r.Headline = in.Say("headline.starving")
		if before(in.Release, "go1.9") {
			r.Headline = in.Say("headline.barging")
		}
	}
	return r, err
}

// mutexWord puts the state word of a mutex into words.
func mutexWord(in *Input, state int32) string {
	shift := 3
	if before(in.Release, "go1.9") {
		shift = 2
	}
	text := in.Say("unlocked")
	if state&locks.MutexLocked != 0 {
		text = in.Say("locked")
	}
	if state&locks.MutexWoken != 0 {
		text += ", " + in.Say("woken")
	}
	if shift == 3 && state&locks.MutexStarving != 0 {
		text += ", " + in.Say("starving")
	}
	if n := state >> shift; n != 0 {
		text += ", " + in.Say("waiters", "n", n)
	}
	return text
}

func locksPanels(in *Input, state, what any, _ namer) []Panel {
	s, ok := state.(locks.Snapshot)
	if !ok {
		return nil
	}
	e, _ := what.(locks.Event)
	const shown = 40
	panel := Panel{Kind: "rows", Title: in.Say("locks"), Rows: []Row{}}
	queued := map[locks.G]bool{}
	objects, _ := most(s.Objects, shown)
	for _, o := range objects {
		row := Row{ID: fmt.Sprint("l", int(o.ID)), Label: fmt.Sprintf("%d %v", o.ID, o.Type), Note: lockNote(in, o), Acts: e.ID == o.ID && e.ID != 0}
		row.Groups = append(row.Groups, Group{Label: in.Say("word"), Cells: lockWords(row.ID, o)})
		if o.Holder != 0 {
			cell := goroutineCell(int(o.Holder))
			cell.ID = row.ID + ".holder"
			row.Groups = append(row.Groups, Group{Label: in.Say("held by"), Cells: []Cell{cell}})
		}
		queue := Group{Label: in.Say("queue"), Cells: []Cell{}}
		waiting, more := most(o.Waiting, shown)
		queue.More = more
		for _, g := range waiting {
			cell := goroutineCell(int(g))
			if queued[g] {
				cell.ID += "." + row.ID
			}
			queued[g] = true
			if e.G == g {
				cell.Look = "acts"
			}
			queue.Cells = append(queue.Cells, cell)
		}
		row.Groups = append(row.Groups, queue)
		panel.Rows = append(panel.Rows, row)
	}
	all := newGoroutines(in, int(e.G), shown)
	for _, g := range s.Goroutines {
		all.add(int(g.G), g.Status, g.Reason, queued[g.G])
	}
	return []Panel{panel, all.panel()}
}

// lockNote describes the state of a lock.
func lockNote(in *Input, o locks.ObjectState) string {
	switch o.Type {
	case locks.Mutex:
		return mutexWord(in, o.State)
	case locks.RWMutex:
		// Lock subtracts 2^30 from the number of readers while a writer is pending
		// (sync/rwmutex.go:Lock).
		if o.ReaderCount < 0 {
			return in.Say("writes", "n", o.ReaderCount+1<<30)
		}
		return in.Say("reads", "n", o.ReaderCount)
	case locks.WaitGroup:
		return in.Say("counter", "n", o.Counter)
	case locks.Once:
		if o.Done {
			return in.Say("done")
		}
		return in.Say("not done")
	case locks.Cond:
		return in.Say("of lock", "n", o.L)
	}
	return ""
}

// lockWords returns the words of a lock in memory.
func lockWords(row string, o locks.ObjectState) []Cell {
	word := func(name string, v any) Cell {
		return Cell{ID: row + "." + name, Text: fmt.Sprint(v), Mark: name, Look: "data"}
	}
	switch o.Type {
	case locks.Mutex:
		return []Cell{word("state", o.State), word("sema", o.Value)}
	case locks.RWMutex:
		return []Cell{word("w", o.State), word("readerCount", o.ReaderCount), word("readerWait", o.ReaderWait), word("writerSem", o.WriterSem), word("readerSem", o.ReaderSem)}
	case locks.WaitGroup:
		return []Cell{word("counter", o.Counter), word("waiters", o.Waiters), word("sema", o.Value)}
	case locks.Once:
		return []Cell{word("m", o.State), word("done", o.Done)}
	}
	return []Cell{}
}
