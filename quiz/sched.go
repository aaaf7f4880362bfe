package quiz

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

var schedForms = []form{{"order", goOrder}, {"yield", yieldOrder}, {"waiters", wakeOrder}, {"overflow", ringOverflow}}

// marks runs a program on one P and lists what it marked.
func marks(rel, code string) (out []string, err error) {
	p, err := program.Parse(code)
	if err != nil {
		return nil, err
	}
	s, err := sched.New(sched.Config{Release: rel, Trace: func(e sched.Event) {
		if e.Kind == sched.Marked {
			out = append(out, e.What)
		}
	}}, *p)
	if err != nil {
		return nil, err
	}
	return out, s.Run()
}

// ordered returns a question of the order in which a program's marks come, with what
// other releases would give as wrong choices.
func ordered(r *rand.Rand, code string, asks text, rule string) (draft, error) {
	rels := []string{"go1.4", "go1.13", "go1.26"}
	which := r.IntN(len(rels))
	d := draft{text: say("%s, GOMAXPROCS=1:\n%s\n%s", "%s，GOMAXPROCS=1：\n%s\n%s", rels[which], indent(code), asks), rule: rule}
	why := ""
	for i, rel := range rels {
		got, err := marks(rel, code)
		if err != nil {
			return draft{}, err
		}
		order := strings.Join(got, " ")
		why += fmt.Sprintf("%s: %s\n", rel, order)
		if i == which {
			d.right = same(order)
			reversed := make([]string, len(got))
			for k, m := range got {
				reversed[len(got)-1-k] = m
			}
			d.wrong = append(d.wrong, same(strings.Join(reversed, " ")))
			if len(got) > 2 {
				d.wrong = append(d.wrong, same(strings.Join(append(got[1:len(got):len(got)], got[0]), " ")))
			}
		} else {
			d.wrong = append(each(order), d.wrong...)
		}
	}
	d.why = same(why)
	return d, nil
}

func goOrder(r *rand.Rand) (draft, error) {
	n := int(between(r, 3, 6))
	var b strings.Builder
	fmt.Fprintf(&b, "waitgroup wg %d\nmain:\n", n)
	for i := range n {
		fmt.Fprintf(&b, "\tgo w%d\n", i)
	}
	b.WriteString("\twait wg\n")
	for i := range n {
		fmt.Fprintf(&b, "w%d:\n\tmark %d\n\tdone wg\n", i, i)
	}
	return ordered(r, b.String(), text{"In which order are the marks?", "各个 mark 的顺序是？"}, "runnext")
}

func yieldOrder(r *rand.Rand) (draft, error) {
	var b strings.Builder
	n := int(between(r, 2, 4))
	fmt.Fprintf(&b, "waitgroup wg %d\nmain:\n", n)
	at := r.IntN(n)
	for i := range n {
		fmt.Fprintf(&b, "\tgo w%d\n", i)
		if i == at {
			b.WriteString("\tyield\n\tmark main\n")
		}
	}
	b.WriteString("\twait wg\n")
	for i := range n {
		fmt.Fprintf(&b, "w%d:\n\tmark %d\n\tdone wg\n", i, i)
	}
	return ordered(r, b.String(), text{"In which order are the marks?", "各个 mark 的顺序是？"}, "runnext")
}

func wakeOrder(r *rand.Rand) (draft, error) {
	n := int(between(r, 3, 5))
	var b strings.Builder
	fmt.Fprintf(&b, "chan c\nwaitgroup wg %d\nmain:\n", n)
	for i := range n {
		fmt.Fprintf(&b, "\tgo w%d\n", i)
	}
	b.WriteString("\tyield\n")
	if r.IntN(2) == 0 {
		b.WriteString("\tclose c\n")
	} else {
		for range n {
			b.WriteString("\tsend c 1\n")
		}
	}
	b.WriteString("\twait wg\n")
	for i := range n {
		fmt.Fprintf(&b, "w%d:\n\trecv c\n\tmark %d\n\tdone wg\n", i, i)
	}
	return ordered(r, b.String(), text{"In which order do the receivers go on?", "接收者按什么顺序继续运行？"}, "runnext")
}

func ringOverflow(r *rand.Rand) (draft, error) {
	n := between(r, 240, 300)
	code := fmt.Sprintf("chan c\nmain:\n\tgo w %d\n\trecv c\nw:\n\twork 1us\n", n)
	p, err := program.Parse(code)
	if err != nil {
		return draft{}, err
	}
	moved := int64(0)
	s, err := sched.New(sched.Config{Trace: func(e sched.Event) {
		if e.Kind == sched.Overflow {
			moved += e.N
		}
	}}, *p)
	if err != nil {
		return draft{}, err
	}
	if err := s.Run(); err != sched.AllAsleep {
		return draft{}, fmt.Errorf("the program ends with %v", err)
	}
	return draft{
		text: say("go1.27, GOMAXPROCS=1: main starts %d goroutines and then waits. How many of them go from the P's ring to the global queue?",
			"go1.27，GOMAXPROCS=1：main 启动 %d 个 goroutine，然后等待。其中有几个从 P 的环形队列移到了全局队列？", n),
		right: same(moved), wrong: each(max(n-256, 0), 0, 128, 129, n/2),
		why: text{
			"a P has a ring of 256 and runnext before it; when the ring is full, half of it and the goroutine that does not fit go to the global queue",
			"P 有 256 个槽的环形队列，前面还有 runnext；环形队列满时，把其中一半连同放不下的那个移到全局队列",
		}, rule: "ring",
	}, nil
}
