//go:build !orrery_lean || orrery_pacer

package playground

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/pacer"
)

func init() { add(&pacerView) }

var pacerView = View{
	ID:    "pacer",
	Title: Words{"GC pacer", "GC 步调"},
	About: Words{"When a collection starts, and how large the heap gets: cycle by cycle, for a program that you describe by what it allocates and keeps.",
		"GC 何时启动、堆会长到多大：按你描述的分配与存活情况，一轮一轮地看。"},
	Language: Words{`one a line: heap 256 (KiB in use at first); stacks 8 (KiB); alloc 33 (KiB a ms); scan 1024; growth 1.0; each may be constant, ramp FROM TO CYCLES, step FROM TO CYCLE, oscillate MIDDLE BY PERIOD, random FROM TO; cycles 40`,
		`每行一条：heap 256（初始存活 KiB）；stacks 8（栈的 KiB）；alloc 33（每毫秒分配 KiB）；scan 1024；growth 1.0；各项可写常数、ramp 起 止 轮数、step 起 止 轮、oscillate 中值 幅度 周期、random 低 高；cycles 40`},
	Model: "gc/pacer", Fidelity: gc.Fidelity, Prefix: "kind.", Run: runPacer,
	Releases: func() []string { return Releases("go1.9") },
	Options: []Option{
		{ID: "gogc", Default: "100", Min: -1, Max: 10_000},
		{ID: "limit", Default: "0", Min: 0, Max: 1 << 20},
		{ID: "procs", Default: "8", Min: 1, Max: 256},
	},
	Words: map[string]Words{
		"option.gogc":       {"GOGC", "GOGC"},
		"option.limit":      {"GOMEMLIMIT, MiB", "GOMEMLIMIT，MiB"},
		"option.procs":      {"GOMAXPROCS", "GOMAXPROCS"},
		"kind.cycle begins": {"a cycle begins", "一轮开始"},
		"kind.revised":      {"the assist ratio is revised", "修正辅助比率"},
		"kind.cycle ends":   {"a cycle ends", "一轮结束"},
		"kind.configured":   {"GOGC or the limit is set", "设置 GOGC 或内存上限"},
		"cycle":             {"cycle {n}: begins at {trigger} with {live} in use, the goal is {goal}; it ends at {peak}", "第 {n} 轮：在 {trigger} 启动，存活 {live}，目标 {goal}；结束时 {peak}"},
		"over":              {"{what}, {percent}% over the goal", "{what}，超出目标 {percent}%"},
		"cpu":               {"the collector takes {cpu}% of the CPU for {took}, {between} after the last", "回收器在 {took} 内占 {cpu}% CPU，距上一轮 {between}"},
		"heap":              {"Heap at the cycle's end", "结束时的堆"},
		"goal":              {"goal", "目标"},
		"trigger":           {"trigger", "启动点"},
		"live":              {"in use when it began", "启动时的存活"},
		"cpu share":         {"the collector's share of the CPU", "回收器的 CPU 占比"},
		"cycles":            {"cycle", "轮"},
		"MiB":               {"MiB", "MiB"},
		"memory":            {"Memory", "内存"},
		"work":              {"CPU", "CPU"},
		"unknown":           {"unknown: {word} (want heap, stacks, alloc, scan, growth or cycles)", "未知：{word}（应为 heap、stacks、alloc、scan、growth 或 cycles）"},
		"number":            {"{word} is no number from {low} to {high}", "{word} 不是 {low} 到 {high} 之间的数"},
		"shape":             {"want a number, ramp FROM TO CYCLES, step FROM TO CYCLE, oscillate MIDDLE BY PERIOD or random FROM TO", "应为常数、ramp 起 止 轮数、step 起 止 轮、oscillate 中值 幅度 周期 或 random 低 高"},
	},
	Examples: []Example{
		{ID: "steady", Title: Words{"A steady program", "稳定的程序"}, Beside: "go1.17", Program: `# Twice what is in use, and a goal that is met better than before.
heap 8192
alloc 33
cycles 30
`},
		{ID: "step", Title: Words{"Traffic ten times as heavy", "流量突增十倍"}, Program: `# The cycle after it begins late and pays with CPU; the next ones have learned.
heap 8192
alloc step 33 330 15
cycles 40
`},
		{ID: "limit", Title: Words{"A memory limit", "内存上限"}, Options: map[string]string{"limit": "24"}, Program: `# GOGC alone would let the heap double. The limit is worth more cycles.
heap 12288
alloc 66
growth ramp 1.0 1.02 40
cycles 40
`},
		{ID: "small", Title: Words{"The least heap, 4 MiB", "最小堆 4 MiB"}, Program: `# A program with little in use collects when its heap has 4 MiB.
heap 256
alloc 33
cycles 20
`},
	},
}

// mostCycles bounds a simulation.
const mostCycles = 1000

func runPacer(in *Input) (*Run, error) {
	w := pacer.Workload{Globals: 32 << 10, Alloc: pacer.Constant(33), Scan: pacer.Constant(1024)}
	n := 40
	for i, line := range lines(in.Program) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		at := func(what string) error { return &Error{i + 1, 1, what} }
		if len(words) < 2 {
			return nil, at(in.Say("shape"))
		}
		switch words[0] {
		case "heap", "stacks", "cycles":
			most := 1 << 24
			if words[0] == "cycles" {
				most = mostCycles
			}
			k, err := strconv.Atoi(words[1])
			if err != nil || k < 1 || k > most || len(words) > 2 {
				return nil, at(in.Say("number", "word", words[1], "low", 1, "high", most))
			}
			switch words[0] {
			case "cycles":
				n = k
			case "stacks":
				w.Stacks = pacer.Constant(float64(k << 10))
			default:
				w.InitialHeap = uint64(k) << 10
			}
		case "alloc", "scan", "growth":
			most := 1e7
			if words[0] == "growth" {
				most = 4
			}
			s, err := signal(in, words[1:], most)
			if err != nil {
				return nil, at(err.Error())
			}
			*map[string]*pacer.Signal{"alloc": &w.Alloc, "scan": &w.Scan, "growth": &w.Growth}[words[0]] = s
		default:
			return nil, at(in.Say("unknown", "word", words[0]))
		}
	}
	cycles, err := pacer.Simulate(pacer.Config{
		Release: in.Release, GOGC: in.Number("gogc"), MemoryLimit: int64(in.Number("limit")) << 20, Procs: in.Number("procs"),
	}, w, n)
	if err != nil && len(cycles) == 0 {
		return nil, &Error{1, 1, strings.TrimPrefix(err.Error(), "pacer: ")}
	}
	r := &Run{Steps: len(cycles), Step: func(k int) Step { return tellCycle(in, cycles[k-1]) }}
	if err != nil {
		r.End = err.Error()
	}
	r.At = func(k int) (State, error) { return State{Panels: pacerPanels(in, cycles, k)}, nil }
	return r, nil
}

// signal parses "33", "ramp 1 2 40", "step 1 2 15", "oscillate 1 0.2 8" or "random 1 2".
func signal(in *Input, words []string, most float64) (pacer.Signal, error) {
	shape, numbers := "constant", words
	if _, err := strconv.ParseFloat(words[0], 64); err != nil {
		shape, numbers = words[0], words[1:]
	}
	var x [3]float64
	want := map[string]int{"constant": 1, "ramp": 3, "step": 3, "oscillate": 3, "random": 2}[shape]
	if want == 0 || len(numbers) != want {
		return nil, fmt.Errorf("%s", in.Say("shape"))
	}
	for i, text := range numbers {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(v) || v < 0 || v > most && i < 2 || i == 2 && (v < 1 || v > mostCycles) {
			high := most
			if i == 2 {
				high = mostCycles
			}
			return nil, fmt.Errorf("%s", in.Say("number", "word", text, "low", 0, "high", high))
		}
		x[i] = v
	}
	rest := int(x[2])
	switch shape {
	case "ramp":
		return pacer.Ramp(x[1]-x[0], rest).Offset(x[0]), nil
	case "step":
		return pacer.Step(x[1]-x[0], rest).Offset(x[0]), nil
	case "oscillate":
		return pacer.Oscillate(x[1], 0, rest).Offset(x[0]).AtLeast(0), nil
	case "random":
		return pacer.Random(math.Abs(x[1]-x[0])/2, in.Seed).Offset((x[0] + x[1]) / 2).AtLeast(0), nil
	}
	return pacer.Constant(x[0]), nil
}

func mib(n uint64) float64 { return math.Round(float64(n)/(1<<20)*100) / 100 }

func tellCycle(in *Input, c pacer.Cycle) Step {
	size := func(n uint64) string { return fmt.Sprintf("%.2f MiB", mib(n)) }
	text := in.Say("cycle", "n", c.Cycle, "trigger", size(c.Trigger), "live", size(c.Live), "goal", size(c.Goal), "peak", size(c.Peak))
	if over := c.GoalRatio() - 1; over > 0.005 {
		text = in.Say("over", "what", text, "percent", fmt.Sprintf("%.0f", 100*over))
	}
	return Step{Kind: string(pacer.CycleBegins), Rule: "pacer-trigger", Text: text}
}

func pacerPanels(in *Input, cycles []pacer.Cycle, n int) []Panel {
	if len(cycles) == 0 {
		return []Panel{}
	}
	curve := func(label string, hue int, unit string, of func(pacer.Cycle) float64) Line {
		l := Line{Label: label, Hue: hue, Unit: unit, XLabel: in.Say("cycles"), Now: n, X: []float64{}, Y: []float64{}}
		for _, c := range cycles {
			l.X, l.Y = append(l.X, float64(c.Cycle)), append(l.Y, of(c))
		}
		return l
	}
	unit := in.Say("MiB")
	goal := curve(in.Say("goal"), 2, unit, func(c pacer.Cycle) float64 { return mib(c.Goal) })
	goal.Look = "dashed"
	panels := []Panel{
		{Kind: "curves", Title: in.Say("memory"), Lines: []Line{
			curve(in.Say("heap"), 1, unit, func(c pacer.Cycle) float64 { return mib(c.Peak) }), goal,
			curve(in.Say("trigger"), 3, unit, func(c pacer.Cycle) float64 { return mib(c.Trigger) }),
			curve(in.Say("live"), 4, unit, func(c pacer.Cycle) float64 { return mib(c.Live) }),
		}},
		{Kind: "curves", Title: in.Say("work"), Lines: []Line{
			curve(in.Say("cpu share"), 5, "%", func(c pacer.Cycle) float64 { return math.Round(1000*c.Utilization) / 10 }),
		}},
	}
	if n > 0 {
		c := cycles[n-1]
		panels = append(panels, Panel{Kind: "text", Text: in.Say("cpu", "cpu", fmt.Sprintf("%.1f", 100*c.Utilization), "took", c.Took.Round(time.Microsecond), "between", c.Between.Round(time.Microsecond))})
	}
	return panels
}
