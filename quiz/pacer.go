package quiz

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/orrery-go/orrery/gc/pacer"
)

var pacerForms = []form{{"goal", pacerGoal}, {"least heap", pacerLeast}, {"memory limit", pacerLimit}, {"workers", pacerWorkers}}

const mib = 1 << 20

// mibs returns a number of bytes, rounded to MiB.
func mibs(bytes uint64) text { return same(fmt.Sprintf("%d MiB", (bytes+mib/2)/mib)) }

func pacerGoal(r *rand.Rand) (draft, error) {
	rel := pick(r, "go1.17", "go1.18", "go1.26")
	live, stacks, globals := uint64(between(r, 20, 400)), uint64(pick[int64](r, 0, between(r, 8, 64))), uint64(between(r, 0, 8))
	percent := int(pick[int64](r, 50, 100, 100, 150, 200))
	d := draft{rule: "pacer-goal"}
	why, goal := "", uint64(0)
	other := func(bytes uint64) { // what differs by rounding alone is no other answer
		if max(bytes, goal)-min(bytes, goal) > 2*mib {
			d.wrong = append(d.wrong, mibs(bytes))
		}
	}
	for _, k := range []string{rel, "go1.17", "go1.26"} {
		p, err := pacer.New(pacer.Config{Release: k, GOGC: percent})
		if err != nil {
			return draft{}, err
		}
		m := pacer.Measured{Live: live * mib, Scan: live * mib, Stacks: stacks * mib, Globals: globals * mib}
		if k == "go1.17" {
			m = pacer.Measured{Live: live * mib, Ratio: 0.6}
		}
		if err := p.Measure(m); err != nil {
			return draft{}, err
		}
		why += fmt.Sprintf("%s: %s\n", k, mibs(p.Goal()).en)
		if d.right == (text{}) {
			goal = p.Goal()
			d.right = mibs(goal)
		} else {
			other(p.Goal())
		}
	}
	other(2 * live * mib)
	other((live + stacks + globals) * 2 * mib)
	other((live + live*uint64(percent)/200) * mib)
	d.why = say("up to 1.17: what is in use and GOGC percent of it; since 1.18 also GOGC percent of stacks and globals\n%s",
		"1.17 及以前：存活堆，加它的 GOGC%%；1.18 起还要加栈与全局变量的 GOGC%%\n%s", why)
	d.text = say("%s, GOGC=%d: a collection has found %d MiB in use, beside %d MiB of stacks and %d MiB of globals. What is the goal of the next one?",
		"%s，GOGC=%d：一次回收后存活堆 %d MiB，另有栈 %d MiB、全局变量 %d MiB。下一轮的目标堆大小是多少？", rel, percent, live, stacks, globals)
	return d, nil
}

func pacerLeast(r *rand.Rand) (draft, error) {
	percent := int(between(r, 5, 60)) * 10
	rel := pick(r, "go1.17", "go1.26")
	p, err := pacer.New(pacer.Config{Release: rel, GOGC: percent})
	if err != nil {
		return draft{}, err
	}
	live := uint64(between(r, 100, 900)) << 10
	if rel == "go1.17" {
		err = p.Measure(pacer.Measured{Live: live, Ratio: 0.6})
	} else {
		err = p.Measure(pacer.Measured{Live: live, Scan: live})
	}
	if err != nil {
		return draft{}, err
	}
	kib := func(bytes uint64) text { return same(fmt.Sprintf("%d KiB", (bytes+512)>>10)) }
	return draft{
		text:  say("%s, GOGC=%d: only %d KiB of the heap are in use, stacks and globals are empty. What is the goal of the next collection?", "%s，GOGC=%d：堆上只有 %d KiB 存活，栈和全局变量为零。下一轮回收的目标是多少？", rel, percent, live>>10),
		right: kib(p.Goal()), wrong: []text{kib(live * uint64(100+percent) / 100), kib(4 << 20), kib(2 * live), kib(4<<20 + live)},
		why:  say("a heap is not collected below 4 MiB * GOGC / 100 = %d KiB", "堆小于 4 MiB * GOGC / 100 = %d KiB 时不回收", (4<<20)*percent/100>>10),
		rule: "pacer-goal",
	}, nil
}

func pacerLimit(r *rand.Rand) (draft, error) {
	live, limit, beside := uint64(between(r, 50, 200)), uint64(between(r, 256, 1024)), uint64(between(r, 10, 60))
	percent := pick(r, pacer.Off, pacer.Off, 100, 300)
	p, err := pacer.New(pacer.Config{})
	if err != nil {
		return draft{}, err
	}
	if err := p.Measure(pacer.Measured{Live: live * mib, Scan: live * mib}); err != nil {
		return draft{}, err
	}
	if _, err := p.SetGCPercent(percent); err != nil {
		return draft{}, err
	}
	byGOGC := p.Goal()
	if _, err := p.SetMemoryLimit(int64(limit * mib)); err != nil {
		return draft{}, err
	}
	if err := p.SetMemory(pacer.Memory{Mapped: (live + beside) * mib, Objects: live * mib}); err != nil {
		return draft{}, err
	}
	gogc := "off"
	d := draft{rule: "pacer-limit", right: mibs(p.Goal())}
	others := []uint64{limit * mib, (limit - beside) * mib, live * 2 * mib}
	if percent != pacer.Off {
		gogc = fmt.Sprint(percent)
		others = append([]uint64{byGOGC}, others...)
	}
	for _, o := range others {
		if max(o, p.Goal())-min(o, p.Goal()) > 2*mib {
			d.wrong = append(d.wrong, mibs(o))
		}
	}
	d.text = say("go1.27, GOGC=%s, GOMEMLIMIT=%dMiB: %d MiB of objects are in use, and the process has %d MiB beside them. What is the heap goal?",
		"go1.27，GOGC=%s，GOMEMLIMIT=%dMiB：存活对象 %d MiB，进程另有 %d MiB。堆的目标是多少？", gogc, limit, live, beside)
	d.why = text{"the smaller of two: the goal by GOGC, and the limit less what is beside the heap less a headroom of 3% (at least 1 MiB)",
		"取两者中较小的：GOGC 算出的目标；上限减去堆以外的内存、再减去 3%（至少 1 MiB）的余量"}
	return d, nil
}

func pacerWorkers(r *rand.Rand) (draft, error) {
	procs := int(between(r, 1, 64))
	w, err := pacer.WorkersOf(procs, false)
	if err != nil {
		return draft{}, err
	}
	of := func(dedicated int, fractional bool) text {
		if fractional {
			return say("%d dedicated, and a fractional one", "%d 个专职的，另有一个按比例的", dedicated)
		}
		return say("%d dedicated, no fractional one", "%d 个专职的，没有按比例的", dedicated)
	}
	right := of(w.Dedicated, w.Fractional > 0)
	d := draft{
		text:  say("GOMAXPROCS=%d, and all processors are busy: which workers mark in the background?", "GOMAXPROCS=%d，所有 P 都忙：后台标记用哪些 worker？", procs),
		right: right, rule: "pacer-workers",
		why: say("a quarter of the processors: %.2f. It is rounded to whole ones, unless that is off by more than 30%%; then a fractional one makes up for the rest",
			"四分之一的 P：%.2f。四舍五入到整数；误差超过 30%% 时，不足的由按比例的 worker 补上", float64(procs)/4),
	}
	for _, k := range []text{of(procs/4, procs%4 != 0), of((procs+3)/4, false), of(max(procs/2, 1), false), of(max(w.Dedicated-1, 0), true), of(w.Dedicated, w.Fractional == 0), of(procs, false)} {
		if !strings.HasPrefix(k.en, "0 dedicated, no") {
			d.wrong = append(d.wrong, k)
		}
	}
	return d, nil
}
