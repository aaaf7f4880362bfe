//go:build !orrery_lean || orrery_sched

package playground

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

func init() { add(&schedView) }

var schedView = View{
	ID:    "sched",
	Title: Words{"Scheduler", "调度器"},
	About: Words{"Goroutines (G), threads (M) and processors (P): what runs where and when, and who waits in which queue.",
		"goroutine（G）、线程（M）和处理器（P）：谁在何时何处运行，谁在哪条队列里等待。"},
	Language: Words{"chan, mutex, waitgroup and so on declare; NAME: begins a function, the first is main; go F 3, work 1ms, spin 1ms, send C, recv C, lock M, sleep 1ms, syscall 1ms, yield, loop 3 ... end",
		"用 chan、mutex、waitgroup 等声明；“名字:”开始一个函数，第一个是 main；go F 3、work 1ms、spin 1ms、send C、recv C、lock M、sleep 1ms、syscall 1ms、yield、loop 3 ... end"},
	Model: "sched", Fidelity: sched.Fidelity, Prefix: "kind.",
	Options:  []Option{{ID: "procs", Default: "2", Min: 1, Max: 64}, {ID: "threads", Default: "10000", Min: 2, Max: 10_000}},
	Releases: func() []string { return Releases("go1.2") },
	Run:      runSched,
	Words:    schedWords,
	Examples: schedExamples,
}

var schedExamples = []Example{
	{ID: "first", Title: Words{"Which one runs first?", "哪个先运行？"}, Beside: "go1.4", Options: map[string]string{"procs": "1"}, Claims: []string{"2.1-3", "3-1", "3-2"}, Program: `# Main starts five goroutines and waits. Which one runs first?
waitgroup all 5

main:
	go worker 5
	wait all

worker:
	mark here
	done all
`},
	{ID: "pipeline", Title: Words{"Three workers", "三个 worker"}, Options: map[string]string{"procs": "3"}, Claims: []string{"2.0-4", "3-3", "3-5", "6-8"}, Program: `# Three workers take from one channel and give to another.
chan jobs
chan results 4
waitgroup workers 3

main:
	go worker 3
	go closer
	loop 12
		recv results
	end

worker:
	loop 4
		recv jobs
		work 300us
		send results
	end
	done workers

closer:
	loop 12
		work 20us
		send jobs
	end
	wait workers
	close results
`},
	{ID: "loop", Title: Words{"A loop that nothing stops", "停不下来的循环"}, Release: "go1.14", Beside: "go1.13", Options: map[string]string{"procs": "1"}, Claims: []string{"4-1", "4-2", "4-3"}, Program: `# A loop without calls, on one P. Since Go 1.14 a signal stops it.
main:
	go other
	spin 30ms
	yield
	spin 30ms

other:
	mark at last
`},
	{ID: "syscalls", Title: Words{"System calls take threads", "系统调用占用线程"}, Options: map[string]string{"procs": "2"}, Claims: []string{"2.0-3", "2.2-1", "2.2-6", "2.3-2", "3-6", "4-4", "4-5", "4-6"}, Program: `# Three are in system calls, and one computes. How many threads are there?
waitgroup all 4

main:
	go caller 3
	go computer
	wait all

caller:
	syscall 5ms
	done all

computer:
	work 4ms
	done all
`},
	{ID: "overflow", Title: Words{"The local queue is full", "本地队列满了"}, Options: map[string]string{"procs": "1"}, Claims: []string{"2.1-2", "2.1-4", "2.1-8"}, Program: `# 260 goroutines, and a ring of 256. Where do the others go?
waitgroup all 260

main:
	go worker 260
	wait all

worker:
	done all
`},
	{ID: "steal", Title: Words{"An idle P steals", "空闲的 P 去偷"}, Options: map[string]string{"procs": "2"}, Claims: []string{"2.1-9", "3-4"}, Program: `# Main starts eight on its P. The other P has none.
waitgroup all 8

main:
	go worker 8
	wait all

worker:
	work 50us
	done all
`},
	{ID: "back", Title: Words{"Back from a call, and no P", "系统调用回来却没有 P"}, Options: map[string]string{"procs": "1"}, Claims: []string{"3-7", "3-8", "4-7"}, Program: `# While main is in a call, the other takes its P and keeps it.
main:
	go other
	syscall 1ms
	mark back

other:
	work 5ms
`},
	{ID: "deadlock", Title: Words{"All are asleep", "全部睡眠：死锁"}, Options: map[string]string{"procs": "1"}, Program: `# Two goroutines take two locks in opposite orders.
mutex a
mutex b

main:
	lock a
	go other
	yield
	lock b

other:
	lock b
	lock a
`},
	{ID: "forever", Title: Words{"It never ends", "永不结束"}, Options: map[string]string{"procs": "1"}, Program: `# Main looks for a value that nobody sends.
chan c

main:
	loop
		select recv c, default
		yield
	end
`},
}

func runSched(in *Input) (*Run, error) {
	p, err := program.Parse(in.Program)
	if at := (*program.Error)(nil); errors.As(err, &at) {
		return nil, &Error{max(at.Line, 1), max(at.Column, 1), at.Text}
	} else if err != nil {
		return nil, err
	}
	at, err := program.Lines(in.Program)
	if err != nil {
		return nil, err
	}
	rules, err := sched.ForRelease(in.Release)
	if err != nil {
		return nil, err
	}
	config := sched.Config{Release: in.Release, Procs: in.Number("procs"), MaxThreads: in.Number("threads"), Seed: in.Seed, MaxEvents: MaxSteps, MaxTime: time.Hour}
	k := &schedRun{in: in, p: p, at: at, lines: lines(in.Program)}
	config.Trace = func(e sched.Event) {
		if len(k.events) < MaxSteps {
			k.events = append(k.events, e)
		}
	}
	sim, err := sched.New(config, *p)
	if err != nil {
		return nil, err
	}
	k.timeline = sim.RunTimeline()
	end := sim.Err()
	var budget *sched.BudgetError
	r := &Run{Headline: in.Say("headline", "queue", in.Say("queue."+rules.Queue), "preempts", in.Say("preempts."+rules.Preempts)),
		Steps: len(k.events), Cut: errors.As(end, &budget), Step: k.step}
	switch {
	case end == nil:
		r.End = in.Say("ends", "at", sim.Now())
	case !r.Cut:
		r.End = in.Say("ends badly", "what", end)
	}
	r.At = func(n int) (State, error) {
		var out State
		again := config
		var s *sched.Sim
		early := n == 0 // until New has returned only the beginning can be shown
		again.Trace = func(e sched.Event) {
			switch {
			case int(e.Seq) == n && s == nil:
				early = true
			case int(e.Seq) == n:
				out = k.state(s, n)
			}
		}
		s, err := sched.New(again, *p)
		if err != nil {
			return out, err
		}
		if early {
			return k.state(s, n), nil
		}
		for more := true; more && out.Panels == nil; {
			more, _ = s.Step()
		}
		return out, nil
	}
	return r, nil
}

// A schedRun puts a run of the scheduler into words and pictures.
type schedRun struct {
	in       *Input
	p        *program.Program
	events   []sched.Event
	timeline sched.Timeline
	at       []int    // the line of each operation
	lines    []string // of the program
}

// code returns the line of an operation, without its comment.
func (k *schedRun) code(pc int32) string {
	if pc < 0 || int(pc) >= len(k.at) {
		return ""
	}
	text, _, _ := strings.Cut(k.lines[k.at[pc]-1], "#")
	return strings.TrimSpace(text)
}

func (k *schedRun) step(n int) Step {
	e, in := k.events[n-1], k.in
	key := "kind." + string(e.Kind)
	what := e.What
	switch e.Kind {
	case sched.Created:
		if e.By == 0 {
			key += " alone"
		}
	case sched.Readied:
		if e.By == 0 {
			key += " alone"
		}
	case sched.Started:
		what = in.Say("from." + e.From.String())
	case sched.Did:
		if text := k.code(e.PC); text != "" {
			what = text
		}
		if e.N != 0 {
			key += " n"
		}
	case sched.Yielded, sched.NewM, sched.WokeM:
		if e.N == 1 {
			key += " n"
		}
	case sched.Left:
		what = in.Say("left." + e.What)
	}
	who := ""
	switch {
	case e.G > 0 && e.M >= 0 && e.P >= 0:
		who = in.Say("g on m on p", "g", e.G, "m", e.M, "p", e.P)
	case e.G > 0 && e.P >= 0:
		who = in.Say("g on p", "g", e.G, "p", e.P)
	case e.G > 0:
		who = fmt.Sprint("g", e.G)
	case e.G < 0 && e.M >= 0:
		who = in.Say("runtime's")
	case e.M >= 0 && e.P >= 0:
		who = in.Say("m on p", "m", e.M, "p", e.P)
	case e.M >= 0:
		who = fmt.Sprint("M", e.M)
	case e.P >= 0:
		who = fmt.Sprint("P", e.P)
	}
	text := in.Say(key, "g", e.G, "m", e.M, "p", e.P, "by", e.By, "n", e.N, "what", what)
	if who != "" {
		text = in.Say("who", "who", who, "what", text)
	}
	return Step{Kind: string(e.Kind), Text: text, Rule: e.Rule, Time: e.At.String()}
}

// state returns the picture after step n; a Sim may be inspected from its own Trace.
func (k *schedRun) state(s *sched.Sim, n int) State {
	snap := s.Snapshot()
	var now sched.Event
	if n > 0 {
		now = k.events[n-1]
	} else {
		now.M, now.P = -1, -1
	}
	var out State
	acting := map[sched.G]int32{}
	for _, p := range snap.Ps {
		if g, pc := s.Acting(p.P); g > 0 {
			acting[g] = pc
			if pc >= 0 && int(pc) < len(k.at) {
				out.Acting = append(out.Acting, Acting{Line: k.at[pc], By: fmt.Sprint("g", g), Now: g == now.G})
			}
		}
	}
	if line := now.PC; n > 0 && now.G > 0 && slices.Contains([]sched.Kind{sched.Did, sched.Parked, sched.Started}, now.Kind) && int(line) < len(k.at) && line >= 0 {
		out.Acting = slices.DeleteFunc(out.Acting, func(a Acting) bool { return a.By == fmt.Sprint("g", now.G) })
		out.Acting = append(out.Acting, Acting{Line: k.at[line], By: fmt.Sprint("g", now.G), Now: true})
	}
	objects, queued := k.objects(snap)
	others := k.others(snap, queued)
	out.Panels = append(out.Panels, k.lanes(snap.Now), k.procs(snap, acting, now), others)
	if len(objects.Rows) > 0 {
		out.Panels = append(out.Panels, objects)
	}
	return out
}

// lanes returns the timeline, with a bounded number of spans.
func (k *schedRun) lanes(at time.Duration) Panel {
	const shown, lanes = 600, 16
	t := k.timeline
	l := &Lanes{End: int64(t.End), Now: int64(at), Lanes: []Lane{}, Cut: t.Cut}
	for p := range min(t.Procs, lanes) {
		l.Lanes = append(l.Lanes, Lane{Label: fmt.Sprint("P", p), Spans: []Span{}})
	}
	spans := t.Spans
	if len(spans) > shown { // keep those around the current time
		first, _ := slices.BinarySearchFunc(spans, at, func(s sched.Span, at time.Duration) int { return int(s.From - at) })
		first = max(0, min(first-shown/2, len(spans)-shown))
		spans, l.Cut = spans[first:first+shown], true
	}
	for _, s := range spans {
		if s.P < 0 || int(s.P) >= len(l.Lanes) || s.G == 0 {
			continue
		}
		span := Span{From: int64(s.From), To: int64(s.To), Text: fmt.Sprint("g", s.G), Hue: hue(int(s.G))}
		if s.G < 0 {
			span.Text = k.in.Say("runtime")
		}
		span.Title = fmt.Sprintf("%s %s: %v - %v", span.Text, k.function(s.G), s.From, s.To)
		if s.Syscall {
			span.Look = "syscall"
		}
		if s.End == sched.Preempted {
			span.Ends = "preempted"
		}
		l.Lanes[s.P].Spans = append(l.Lanes[s.P].Spans, span)
	}
	if len(spans) > 0 && l.Cut && len(t.Spans) > shown {
		l.End = int64(spans[len(spans)-1].To)
	}
	return Panel{Kind: "lanes", Title: k.in.Say("lanes"), Lanes: l}
}

func (k *schedRun) function(g sched.G) string {
	if g > 0 && int(g) <= len(k.timeline.Funcs) {
		return k.timeline.Funcs[g-1]
	}
	return ""
}

func (k *schedRun) cell(g sched.G) Cell {
	if g < 0 {
		return Cell{ID: fmt.Sprint("g", g), Text: k.in.Say("runtime"), Title: k.in.Say("runtime's")}
	}
	c := goroutineCell(int(g))
	c.Title = k.function(g)
	return c
}

// procs returns the Ps with their threads and queues.
func (k *schedRun) procs(s sched.Snapshot, acting map[sched.G]int32, now sched.Event) Panel {
	const shown, cells = 16, 24
	in := k.in
	panel := Panel{Kind: "rows", Title: in.Say("processors"), Rows: []Row{}}
	runs := map[sched.G]bool{} // and has not just been put into a queue
	for _, g := range s.Gs {
		runs[g.G] = g.Status == "running" || g.Status == "syscall"
	}
	threads := map[sched.M]sched.MState{}
	for _, m := range s.Ms {
		threads[m.M] = m
	}
	ps, _ := most(s.Ps, shown)
	for _, p := range ps {
		row := Row{ID: fmt.Sprint("p", p.P), Label: fmt.Sprint("P", p.P), Note: in.Say("p." + p.Status), Acts: p.P == now.P}
		run := Group{Label: in.Say("no thread"), Cells: []Cell{}}
		if m, ok := threads[p.M]; ok && p.M >= 0 {
			run.Label = fmt.Sprint("M", m.M)
			switch {
			case m.G != 0 && runs[m.G]:
				c := k.cell(m.G)
				if c.Look = ""; now.G == m.G {
					c.Look = "acts"
				}
				run.Cells = append(run.Cells, c)
				if pc, ok := acting[m.G]; ok {
					run.Note = strings.TrimPrefix(k.function(m.G)+": "+k.code(pc), ": ")
				}
			case m.Spinning:
				run.Note = in.Say("spinning")
			}
		}
		row.Groups = append(row.Groups, run)
		if !before(s.Release, "go1.5") {
			next := Group{Label: "runnext", Cells: []Cell{{Look: "empty", Title: in.Say("empty")}}}
			if p.Next != 0 {
				next.Cells[0] = k.cell(p.Next)
			}
			row.Groups = append(row.Groups, next)
		}
		ring := Group{Label: in.Say("ring", "n", len(p.Queue), "tick", p.Schedtick), Cells: []Cell{}}
		var queue []sched.G
		queue, ring.More = most(p.Queue, cells)
		for _, g := range queue {
			ring.Cells = append(ring.Cells, k.cell(g))
		}
		row.Groups = append(row.Groups, ring)
		panel.Rows = append(panel.Rows, row)
	}
	return panel
}

// others returns the global queue, the waiting goroutines, and the threads.
func (k *schedRun) others(s sched.Snapshot, queued map[sched.G]bool) Panel {
	const shown = 32
	in := k.in
	panel := Panel{Kind: "rows", Rows: []Row{}}
	global := Group{Cells: []Cell{}}
	var queue []sched.G
	queue, global.More = most(s.Global, shown)
	for _, g := range queue {
		global.Cells = append(global.Cells, k.cell(g))
	}
	panel.Rows = append(panel.Rows, Row{ID: "global", Label: in.Say("global queue"), Note: fmt.Sprint(len(s.Global)), Groups: []Group{global}})
	waits := map[string]*Group{}
	var order []string
	for _, g := range s.Gs {
		if g.Reason == "" || g.G <= 0 || queued[g.G] {
			continue
		}
		label := in.Say("reason." + g.Reason)
		if waits[label] == nil {
			waits[label] = &Group{Label: label, Cells: []Cell{}}
			order = append(order, label)
		}
		if w := waits[label]; len(w.Cells) < shown {
			c := k.cell(g.G)
			c.Title = g.Where
			w.Cells = append(w.Cells, c)
		} else {
			w.More++
		}
	}
	row := Row{ID: "waiting", Label: in.Say("waiting"), Groups: []Group{}}
	for _, label := range order {
		row.Groups = append(row.Groups, *waits[label])
	}
	panel.Rows = append(panel.Rows, row)
	threads := Row{ID: "threads", Label: in.Say("threads"), Note: fmt.Sprint(len(s.Ms)), Groups: []Group{{Cells: []Cell{}}}}
	ms, more := most(s.Ms, shown)
	threads.Groups[0].More = more
	for _, m := range ms {
		c := Cell{ID: fmt.Sprint("m", m.M), Text: fmt.Sprint("M", m.M), Mark: in.Say("m." + m.Status), Look: "empty"}
		if m.G != 0 {
			c.Look = "data"
		}
		threads.Groups[0].Cells = append(threads.Groups[0].Cells, c)
	}
	panel.Rows = append(panel.Rows, threads)
	return panel
}
