package quiz

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/orrery-go/orrery/locks"
)

var locksForms = []form{{"barging", lockBarging}, {"readers", lockReaders}, {"misuse", lockMisuse}, {"wait group", lockGroup}}

// locked is a run of locks by hand.
type locked struct {
	m    *locks.Locks
	told strings.Builder
}

func lockUp(rel string, goroutines int, of ...locks.Type) (*locked, error) {
	m, err := locks.New(locks.Config{Release: rel})
	if err != nil {
		return nil, err
	}
	for _, p := range of {
		switch p {
		case locks.Mutex:
			_, err = m.NewMutex()
		case locks.RWMutex:
			_, err = m.NewRWMutex()
		default:
			_, err = m.NewWaitGroup()
		}
		if err != nil {
			return nil, err
		}
	}
	for range goroutines {
		if _, err := m.Go(); err != nil {
			return nil, err
		}
	}
	return &locked{m: m}, nil
}

func (l *locked) do(g locks.G, v locks.Verb, delta int64) (locks.Outcome, error) {
	op := locks.Op{Verb: v, ID: 1, Delta: delta}
	o, err := l.m.Do(g, op)
	if err != nil && o.What != locks.Panicked && o.What != locks.Crashed {
		return o, err
	}
	fmt.Fprintf(&l.told, "goroutine %d: %v: %v", g, op, o)
	if err != nil {
		fmt.Fprintf(&l.told, ": %v", err)
	}
	if len(l.m.Ready()) > 0 {
		fmt.Fprintf(&l.told, ", ready %v", l.m.Ready())
	}
	l.told.WriteString("\n")
	return o, err
}

func lockBarging(r *rand.Rand) (draft, error) {
	rel := pick(r, "go1.5", "go1.8", "go1.8", "go1.9", "go1.13", "go1.20", "go1.26")
	waited := time.Duration(pick(r, between(r, 1, 9)*100, between(r, 11, 99)*100)) * time.Microsecond
	l, err := lockUp(rel, 3, locks.Mutex)
	if err != nil {
		return draft{}, err
	}
	steps := []struct {
		g locks.G
		v locks.Verb
	}{{1, locks.LockVerb}, {2, locks.LockVerb}, {1, locks.UnlockVerb}, {1, locks.LockVerb}}
	for _, k := range steps {
		if _, err := l.do(k.g, k.v, 0); err != nil {
			return draft{}, err
		}
	}
	if err := l.m.Advance(waited); err != nil {
		return draft{}, err
	}
	o, err := l.m.Resume(2)
	if err != nil {
		return draft{}, err
	}
	fmt.Fprintf(&l.told, "goroutine 2 goes on: %v\n", o)
	if o, err = l.do(1, locks.UnlockVerb, 0); err != nil {
		return draft{}, err
	}
	handed := text{"goroutine 2: the mutex is handed over to it", "归 goroutine 2：锁直接交给它"}
	open := text{"whichever locks it first: it is only unlocked, and goroutine 2 is woken", "谁先锁上归谁：锁只是打开了，并唤醒 goroutine 2"}
	d := draft{
		text: say("%s: goroutine 2 waits for a mutex; goroutine 1 unlocks it and locks it again before goroutine 2 runs, so that this one, after waiting for %s, must wait again. Goroutine 1 unlocks once more. Whose is the mutex?",
			"%s：goroutine 2 在等一个 Mutex；goroutine 1 解锁，并在 goroutine 2 运行之前又锁上，于是等了 %s 的 goroutine 2 只好再等。goroutine 1 再次解锁。锁归谁？", rel, waited),
		right: open, why: same(l.told.String()), rule: "starvation",
		wrong: []text{handed, open, {"goroutine 1: an unlock by the last holder has no effect", "仍归 goroutine 1：上一个持有者的解锁无效"}},
	}
	if o.What == locks.Yielded {
		d.right = handed
	}
	return d, nil
}

func lockReaders(r *rand.Rand) (draft, error) {
	n := locks.G(between(r, 2, 4))
	l, err := lockUp("", int(n)+2, locks.RWMutex)
	if err != nil {
		return draft{}, err
	}
	if _, err := l.do(1, locks.LockVerb, 0); err != nil {
		return draft{}, err
	}
	writer := locks.G(between(r, 2, int64(n)+2))
	for g := locks.G(2); g <= n+2; g++ {
		v := locks.RLockVerb
		if g == writer {
			v = locks.LockVerb
		}
		if _, err := l.do(g, v, 0); err != nil {
			return draft{}, err
		}
	}
	if _, err := l.do(1, locks.UnlockVerb, 0); err != nil {
		return draft{}, err
	}
	list := func(gs []locks.G) string { return strings.Trim(fmt.Sprint(gs), "[]") }
	ready := l.m.Ready()
	var all []locks.G
	for g := locks.G(2); g <= n+2; g++ {
		all = append(all, g)
	}
	return draft{
		text: say("Goroutine 1 holds an RWMutex for writing. Goroutines 2 to %d queue up in this order; %d wants to write, the others to read. Goroutine 1 unlocks. Which are made runnable, in which order?",
			"goroutine 1 持有 RWMutex 的写锁。goroutine 2 到 %d 依次排队；%d 要写，其余要读。goroutine 1 解锁。哪些变为可运行，顺序是？", n+2, writer),
		right: same(list(ready)), wrong: each(list(all), fmt.Sprint(writer), list(ready[:1]), fmt.Sprint(2)), why: same(l.told.String()), rule: "rwmutex",
	}, nil
}

func lockMisuse(r *rand.Rand) (draft, error) {
	rel := pick(r, "go1.4", "go1.7", "go1.8", "go1.9", "go1.13", "go1.18", "go1.22", "go1.26")
	cases := []struct {
		p    locks.Type
		v    locks.Verb
		what text
	}{
		{locks.Mutex, locks.UnlockVerb, text{"Unlock on a sync.Mutex that is not locked", "对没有锁上的 sync.Mutex 调用 Unlock"}},
		{locks.RWMutex, locks.UnlockVerb, text{"Unlock on a sync.RWMutex that is not locked", "对没有锁上的 sync.RWMutex 调用 Unlock"}},
		{locks.RWMutex, locks.RUnlockVerb, text{"RUnlock on a sync.RWMutex that is not locked", "对没有锁上的 sync.RWMutex 调用 RUnlock"}},
		{locks.WaitGroup, locks.AddVerb, text{"Done on a sync.WaitGroup that nothing was added to", "对没有 Add 过的 sync.WaitGroup 调用 Done"}},
	}
	k := cases[r.IntN(len(cases))]
	l, err := lockUp(rel, 1, k.p)
	if err != nil {
		return draft{}, err
	}
	o, err := l.do(1, k.v, -1) // an Add of -1 is Done
	if err == nil {
		return draft{}, fmt.Errorf("%s, %s is accepted", rel, k.what.en)
	}
	panics, fatal, nothing := text{"a panic, which recover can stop", "panic，recover 拦得住"}, text{"a fatal error, which recover cannot stop", "致命错误，recover 拦不住"}, text{"nothing", "什么也不发生"}
	d := draft{
		text:  say("%s: what is the result of %s?", "%s：%s，结果如何？", rel, k.what),
		right: fatal, wrong: []text{panics, fatal, nothing}, why: same(l.told.String()), rule: "misuse",
	}
	if o.What == locks.Panicked {
		d.right = panics
	}
	return d, nil
}

func lockGroup(r *rand.Rand) (draft, error) {
	l, err := lockUp("", 1, locks.WaitGroup)
	if err != nil {
		return draft{}, err
	}
	counter := int64(0)
	var code []string
	count := func(n int64) text { return say("the counter is %d", "计数器为 %d", n) }
	d := draft{rule: "waitgroup"}
	for range between(r, 2, 5) {
		n := between(r, -2, 3)
		code = append(code, fmt.Sprintf("wg.Add(%d)", n))
		if _, err := l.do(1, locks.AddVerb, n); err != nil {
			d.right = same("panic: " + err.Error())
			d.wrong = append(d.wrong, count(counter+n), count(0), same("panic: sync: WaitGroup is reused before previous Wait has returned"))
			break
		}
		counter += n
	}
	if d.right == (text{}) {
		d.right, d.wrong = count(counter), []text{same("panic: sync: negative WaitGroup counter"), count(counter + 1), count(0)}
	}
	d.text = say("var wg sync.WaitGroup\n%s\nWhat happens?", "var wg sync.WaitGroup\n%s\n结果如何？", indent(strings.Join(code, "\n")))
	d.why = same(l.told.String())
	return d, nil
}
