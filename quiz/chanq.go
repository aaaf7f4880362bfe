package quiz

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/orrery-go/orrery/chanq"
)

var chanqForms = []form{{"states", chanStates}, {"close order", closeOrder}, {"buffer", bufferLeft}, {"woken", wokenReceiver}}

func chanStates(r *rand.Rand) (draft, error) {
	rows, err := chanq.States("")
	if err != nil {
		return draft{}, err
	}
	k := rows[r.IntN(len(rows))]
	of := text{}
	switch {
	case k.State == chanq.NilState:
	case k.Holds < 0:
		of = text{" without a buffer", "、不带缓冲"}
	case k.Holds == 0:
		of = text{" with a buffer of 1, which is empty", "、容量 1、缓冲为空"}
	default:
		of = text{" with a buffer of 1, which holds a 7", "、容量 1、缓冲里有一个 7"}
	}
	asks := text{"how does it end", "结果如何"}
	if k.Op == "len" || k.Op == "cap" {
		asks = text{"what is it", "是多少"}
	}
	d := draft{
		text:  say("%s on a channel that is %s%s, with no other goroutine there: %s?", "对状态为 %[2]s%[3]s的 channel 做 %[1]s，没有别的 goroutine：%[4]s？", k.Op, k.State, of, asks),
		right: ended(k.Ends), why: text{"the three states of a channel: nil, active, closed", "channel 的三种状态：nil、active、closed"}, rule: "three-states",
	}
	for _, other := range rows {
		if other.Op == k.Op && other.Ends != k.Ends {
			d.wrong = append(d.wrong, ended(other.Ends))
		}
	}
	if k.Op != "len" && k.Op != "cap" {
		d.wrong = append(d.wrong, ended("panic: send on closed channel"), ended("waits"), ended("proceeds"))
	} else {
		d.wrong = append(d.wrong, text{"it panics", "会 panic"}, same(2))
	}
	return d, nil
}

// ended reports how an operation ended.
func ended(how string) text {
	switch how {
	case "waits":
		return text{"it waits for ever", "永远等待"}
	case "proceeds":
		return text{"it proceeds", "继续执行"}
	}
	return same(how)
}

// played is a run of a channel by hand.
type played struct {
	m    *chanq.Chans
	told strings.Builder
}

func play(rel string, goroutines int, caps ...int64) (*played, error) {
	m, err := chanq.New(chanq.Config{Release: rel})
	if err != nil {
		return nil, err
	}
	for _, c := range caps {
		if _, err := m.Make(chanq.Elem{Size: 8}, c); err != nil {
			return nil, err
		}
	}
	for range goroutines {
		if _, err := m.Go(); err != nil {
			return nil, err
		}
	}
	return &played{m: m}, nil
}

func (p *played) do(g chanq.G, op chanq.Op) (chanq.Outcome, error) {
	o, err := p.m.Do(g, op)
	if err != nil && o.What != chanq.Panicked {
		return o, err
	}
	fmt.Fprintf(&p.told, "goroutine %d: %v: %v", g, op, o)
	if len(p.m.Ready()) > 0 {
		fmt.Fprintf(&p.told, ", ready %v", p.m.Ready())
	}
	p.told.WriteString("\n")
	return o, nil
}

func numbers(gs []chanq.G) string {
	var out []string
	for _, g := range gs {
		out = append(out, fmt.Sprint(g))
	}
	return strings.Join(out, " ")
}

func closeOrder(r *rand.Rand) (draft, error) {
	n := chanq.G(between(r, 3, 5))
	order := r.Perm(int(n))
	var texts [2]string
	rels := []string{"go1.6", "go1.26"}
	which := r.IntN(2)
	var why string
	var came []chanq.G
	for i, rel := range rels {
		p, err := play(rel, int(n)+1, 0)
		if err != nil {
			return draft{}, err
		}
		came = nil
		for _, g := range order {
			came = append(came, chanq.G(g+1))
			if _, err := p.do(chanq.G(g+1), chanq.Op{Verb: chanq.RecvVerb, Chan: 1}); err != nil {
				return draft{}, err
			}
		}
		if _, err := p.do(n+1, chanq.Op{Verb: chanq.CloseVerb, Chan: 1}); err != nil {
			return draft{}, err
		}
		texts[i] = numbers(p.m.Ready())
		if i == which {
			why = p.told.String()
		}
	}
	sorted := make([]chanq.G, n)
	for i := range sorted {
		sorted[i] = chanq.G(i + 1)
	}
	return draft{
		text: say("%s: goroutines %s wait in this order to receive from a channel, and another closes it. In which order are they made runnable?",
			"%s：goroutine %s 依次等待从 channel 接收，另一个 goroutine 关闭它。它们按什么顺序变为可运行？", rels[which], numbers(came)),
		right: same(texts[which]), wrong: append(each(texts[1-which], numbers(sorted)), text{"none: they wait for ever", "都不会：永远等待"}), why: same(why), rule: "close-order",
	}, nil
}

func bufferLeft(r *rand.Rand) (draft, error) {
	size := between(r, 1, 3)
	p, err := play("", 8, size)
	if err != nil {
		return draft{}, err
	}
	var code []string
	g, sent, parked := chanq.G(1), int64(0), 0
	for range between(r, 3, 6) {
		op := chanq.Op{Verb: chanq.RecvVerb, Chan: 1}
		if r.IntN(3) > 0 {
			sent++
			op = chanq.Op{Verb: chanq.SendVerb, Chan: 1, Value: sent}
		}
		code = append(code, fmt.Sprintf("goroutine %d: %v", g, op))
		o, err := p.do(g, op)
		if err != nil {
			return draft{}, err
		}
		if o.What == chanq.Parked {
			parked++
		}
		g++
	}
	length, err := p.m.Len(1)
	if err != nil {
		return draft{}, err
	}
	waits := 0
	for _, s := range p.m.Snapshot().Goroutines {
		if s.Status == "waiting" {
			waits++
		}
	}
	left := func(n int64, w int) text {
		return say("%d in the buffer, %d wait", "缓冲里 %d 个，%d 个在等", n, w)
	}
	return draft{
		text: say("c1 := make(chan int64, %d); one after the other:\n%s\nHow many values are in the buffer, and how many goroutines wait?",
			"c1 := make(chan int64, %d)；依次执行：\n%s\n缓冲里有几个值，几个 goroutine 在等？", size, indent(strings.Join(code, "\n"))),
		right: left(length, waits), wrong: []text{left(length+1, waits), left(length, waits+1), left(max(length-1, 0), waits), left(length, parked), left(0, 0), left(size, 0)},
		why: same(p.told.String()), rule: "operations",
	}, nil
}

// wokenReceiver is barging: up to Go 1.5 a send to a buffer only wakes the receiver.
func wokenReceiver(r *rand.Rand) (draft, error) {
	rel := pick(r, "go1.5", "go1.26")
	value := between(r, 2, 99)
	p, err := play(rel, 3, 1)
	if err != nil {
		return draft{}, err
	}
	for _, k := range []struct {
		g  chanq.G
		op chanq.Op
	}{{1, chanq.Op{Verb: chanq.RecvVerb, Chan: 1}}, {2, chanq.Op{Verb: chanq.SendVerb, Chan: 1, Value: value}}, {3, chanq.Op{Verb: chanq.RecvVerb, Chan: 1}}} {
		if _, err := p.do(k.g, k.op); err != nil {
			return draft{}, err
		}
	}
	o, err := p.m.Resume(1)
	if err != nil {
		return draft{}, err
	}
	fmt.Fprintf(&p.told, "goroutine 1 goes on: %v\n", o)
	first := say("goroutine 1, which waited first, receives %d", "先等待的 goroutine 1 收到 %d", value)
	third := say("goroutine 3, which came later and ran first, receives %d", "后来却先运行的 goroutine 3 收到 %d", value)
	d := draft{
		text: say("%s, a channel with a buffer of 1: goroutine 1 waits to receive; goroutine 2 sends %d; before goroutine 1 runs again, goroutine 3 receives. Which one gets the value?",
			"%s，容量为 1 的 channel：goroutine 1 等待接收；goroutine 2 发送 %d；在 goroutine 1 再次运行之前，goroutine 3 接收。值归谁？", rel, value),
		right: first, wrong: []text{third, {"neither: it stays in the buffer", "都不归：留在缓冲里"}}, why: same(p.told.String()), rule: "barging",
	}
	if o.What == chanq.Parked {
		d.right, d.wrong[0] = third, first
	}
	return d, nil
}
