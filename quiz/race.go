package quiz

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/race"
)

var raceForms = []form{{"reported", raceReported}, {"memory model", raceRule}, {"ordered", raceOrdered}}

// detect plays operations, and tells the races found.
func detect(ops []string) (reports []race.Report, told string, err error) {
	l, err := race.NewLog(race.Config{Record: true})
	if err != nil {
		return nil, "", err
	}
	if err := l.Play(strings.Join(ops, "; ")); err != nil {
		return nil, "", err
	}
	reports = l.Reports()
	for _, rep := range reports {
		why, err := l.Explain(rep)
		if err != nil {
			return nil, "", err
		}
		told += l.Describe(rep) + "\n" + why + "\n"
	}
	return reports, told, nil
}

// aRun draws operations of goroutines a and b on x, in the order in which they take
// effect.
func aRun(r *rand.Rand) (ops []string) {
	ops = []string{"main: make c chan 9", "main: make mu mutex", "main: go a", "main: go b"}
	in := 0
	for range between(r, 4, 6) {
		g := pick(r, "a", "b")
		do := func(verbs ...string) {
			for _, v := range verbs {
				ops = append(ops, g+": "+v)
			}
		}
		access := pick(r, "read x", "write x")
		switch k := r.IntN(6); {
		case k < 2:
			do("lock mu", access, "unlock mu")
		case k == 2 && in > 0:
			do("recv c")
			in--
		case k == 3:
			do("send c")
			in++
		default:
			do(access)
		}
	}
	return ops
}

// prelude is the number of operations at the beginning of a run that make objects and
// goroutines.
const prelude = 4

func raceReported(r *rand.Rand) (draft, error) {
	ops := aRun(r)
	reports, told, err := detect(ops)
	if err != nil {
		return draft{}, err
	}
	lines := ""
	var accesses []int // the numbers of their lines
	for i, op := range ops[prelude:] {
		lines += fmt.Sprintf("%2d. %s\n", i+1, op)
		if strings.HasSuffix(op, " x") {
			accesses = append(accesses, i+1)
		}
	}
	if len(accesses) < 2 {
		return draft{}, nil
	}
	pair := func(a, b int) text { return say("of %d with %d", "%d 与 %d", a, b) }
	none := text{"none", "没有"}
	d := draft{right: none, rule: "race", why: text{"what orders them: the same goroutine, an unlock and a later lock, a send and its receive", "有序的依据：同一个 goroutine、先解锁后加锁、发送与对应的接收"}}
	if len(reports) > 0 {
		first, second := int(reports[0].First.Op)-prelude, int(reports[0].Second.Op)-prelude
		if !slices.Contains(accesses, first) || !slices.Contains(accesses, second) {
			return draft{}, fmt.Errorf("lines %d and %d are no accesses", first, second)
		}
		d.right = pair(second, first)
		d.why = same(told)
		d.wrong = append(d.wrong, none)
	}
	for i := len(accesses) - 1; i > 0; i-- {
		for j := i - 1; j >= 0; j-- {
			d.wrong = append(d.wrong, pair(accesses[i], accesses[j]))
		}
	}
	d.text = say("Goroutines a and b do this, in this order (c is a channel with a large buffer, mu a mutex):\n%s\nWhich race does a detector that forgets nothing report first?",
		"goroutine a 和 b 按此顺序执行（c 是缓冲很大的 channel，mu 是 Mutex）：\n%s\n不会遗忘的竞态检测器最先报告哪个竞态？", indent(lines))
	return d, nil
}

func raceRule(r *rand.Rand) (draft, error) {
	rules := race.MemoryModel()
	k := rules[r.IntN(len(rules))]
	example := pick(r, k.With, k.Without)
	// Names are drawn, so that nothing is learned by heart.
	x, g := pick(r, "x", "count", "done", "cfg", "result", "total"), pick(r, "g", "worker", "reader", "w")
	var ops []string
	for op := range strings.SplitSeq(example, ";") {
		words := strings.Fields(op)
		for i, w := range words {
			switch w {
			case "x":
				words[i] = x
			case "g":
				words[i] = g
			case "g:":
				words[i] = g + ":"
			}
		}
		ops = append(ops, strings.Join(words, " "))
	}
	reports, told, err := detect(ops)
	if err != nil {
		return draft{}, err
	}
	right, wrong := yesNo(len(reports) > 0)
	return draft{
		text:  say("In this order:\n%s\nIs there a data race on %s?", "按此顺序执行：\n%s\n%s 上有数据竞争吗？", indent(strings.Join(ops, "\n")), x),
		right: right, wrong: wrong, why: same(k.Text + " (" + k.Source + ")\n" + told), rule: "race",
	}, nil
}

// raceOrdered asks for the one of several ways to share a variable that has a race.
func raceOrdered(r *rand.Rand) (draft, error) {
	type way struct {
		told text
		ops  string
	}
	ways := []way{
		{text{"both write inside the same mutex", "两者都在同一个 Mutex 里写"}, "main: go g; main: lock mu; main: write x; main: unlock mu; g: lock mu; g: write x; g: unlock mu"},
		{text{"each writes inside a mutex of its own", "各在自己的 Mutex 里写"}, "main: go g; main: lock a; main: write x; main: unlock a; g: lock b; g: write x; g: unlock b"},
		{text{"one writes before a send, the other after its receive", "一个在发送之前写，另一个在相应的接收之后写"}, "main: make c chan 1; main: go g; main: write x; main: send c; g: recv c; g: write x"},
		{text{"one writes after a send to a buffered channel, the other after its receive", "一个在带缓冲的发送之后写，另一个在相应的接收之后写"}, "main: make c chan 1; main: go g; main: send c; main: write x; g: recv c; g: write x"},
		{text{"main writes before the go statement, the goroutine after it", "main 在 go 语句之前写，新 goroutine 在里面写"}, "main: write x; main: go g; g: write x"},
		{text{"main writes after the go statement, the goroutine writes, too", "main 在 go 语句之后写，新 goroutine 也写"}, "main: go g; main: write x; g: write x"},
		{text{"the goroutine writes before wg.Done, main after wg.Wait", "goroutine 在 wg.Done 之前写，main 在 wg.Wait 之后写"}, "main: make wg waitgroup; main: add 1 wg; main: go g; g: write x; g: add -1 wg; main: wait wg; main: write x"},
		{text{"the goroutine writes after wg.Done, main after wg.Wait", "goroutine 在 wg.Done 之后写，main 在 wg.Wait 之后写"}, "main: make wg waitgroup; main: add 1 wg; main: go g; g: add -1 wg; g: write x; main: wait wg; main: write x"},
		{text{"both use atomic operations", "两者都用原子操作"}, "main: go g; main: atomic store x; g: atomic load x; g: atomic add x"},
		{text{"one writes with an atomic store, the other reads without", "一个原子地写，另一个普通地读"}, "main: go g; main: atomic store x; g: read x"},
		{text{"both only read", "两者都只读"}, "main: go g; main: read x; g: read x"},
		{text{"both read under RLock, and one writes there", "两者都在 RLock 里，其中一个在里面写"}, "main: make rw mutex; main: go g; main: rlock rw; main: read x; main: runlock rw; g: rlock rw; g: write x; g: runlock rw"},
	}
	var racy, clean []way
	for _, w := range ways {
		reports, _, err := detect(strings.Split(w.ops, "; "))
		if err != nil {
			return draft{}, err
		}
		if len(reports) > 0 {
			racy = append(racy, w)
		} else {
			clean = append(clean, w)
		}
	}
	invert := r.IntN(2) == 0
	one, others, asks := racy, clean, text{"which of these is a data race", "哪一种是数据竞争"}
	if invert {
		one, others, asks = clean, racy, text{"which of these is no data race", "哪一种不是数据竞争"}
	}
	k := one[r.IntN(len(one))]
	d := draft{right: k.told, rule: "race"}
	for _, i := range r.Perm(len(others))[:3] {
		d.wrong = append(d.wrong, others[i].told)
	}
	d.text = say("main and another goroutine share a variable: %s?", "main 和另一个 goroutine 共享一个变量：%s？", asks)
	d.why = same(strings.ReplaceAll(k.ops, "; ", "\n"))
	return d, nil
}
