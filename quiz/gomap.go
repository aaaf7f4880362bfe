package quiz

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/gomap"
)

var gomapForms = []form{{"grow", mapGrow}, {"place", mapPlace}, {"range", mapRange}, {"misuse", mapMisuse}, {"delete", mapDelete}}

// growths lists the lengths, up to most, at which a map[int]int of the release grows.
func growths(rel string, most int) (at []int, told string, err error) {
	n := 0
	m, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Trace: func(e gomap.Event) {
		switch e.Kind {
		case gomap.Grew, gomap.Split:
			if len(at) == 0 || at[len(at)-1] != n {
				at = append(at, n)
			}
			told += fmt.Sprintf("%s: entry %d: %v\n", rel, n, e)
		}
	}})
	if err != nil {
		return nil, "", err
	}
	for n = 1; n <= most; n++ {
		if _, err := m.Put(n, n); err != nil {
			return nil, "", err
		}
	}
	return at, told, nil
}

func mapGrow(r *rand.Rand) (draft, error) {
	const most = 1000
	rels := []string{"go1.20", "go1.21", "go1.26"}
	rel := pick(r, rels...)
	have := int(pick(r, between(r, 0, 30), between(r, 20, 400)))
	d := draft{rule: map[bool]string{true: "grow", false: "load"}[rel == "go1.26"]}
	next := func(rel string) (int, string, error) {
		at, told, err := growths(rel, most)
		if err != nil {
			return 0, "", err
		}
		i := slices.IndexFunc(at, func(n int) bool { return n > have })
		if i < 0 {
			return 0, "", fmt.Errorf("%s: no growth between %d and %d", rel, have, most)
		}
		return at[i], told, nil
	}
	got, told, err := next(rel)
	if err != nil {
		return draft{}, err
	}
	d.right, d.why = same(got), same(told)
	for _, other := range rels {
		n, _, err := next(other)
		if err != nil {
			return draft{}, err
		}
		d.wrong = append(d.wrong, same(n))
	}
	power := 8
	for power < have+1 {
		power *= 2
	}
	d.wrong = append(d.wrong, each(power+1, got-1, 2*power+1)...)
	d.text = say("%s: a map[int]int that make made without a size has %d entries, and more are inserted one by one. Which entry, counted from 1, makes it grow next?",
		"%s：一个 make 时没有指定大小的 map[int]int 已有 %d 个元素，再逐个插入。到第几个元素时下一次扩容？", rel, have)
	return d, nil
}

func mapPlace(r *rand.Rand) (draft, error) {
	hash := r.Uint64()
	given := func(uint64, uint64) uint64 { return hash }
	if r.IntN(2) == 0 {
		b := int(between(r, 2, 6))
		m, err := gomap.New[uint64, int](gomap.Config[uint64]{Release: "go1.22", Hash: given, Hint: int64(13 << b / 2)})
		if err != nil {
			return draft{}, err
		}
		o, err := m.Put(1, 1)
		if err != nil {
			return draft{}, err
		}
		s := m.Snapshot()
		top := s.Buckets[o.Place.Unit][0].Control[o.Place.Slot]
		at := func(bucket, top uint64) text {
			return say("bucket %d, tophash 0x%02X", "%d 号桶，tophash 0x%02X", bucket, top)
		}
		low, high := hash&(1<<s.B-1), hash>>56
		return draft{
			text: say("go1.22: a map has 2^%d buckets (B = %[1]d), and a key's hash is 0x%016X. In which bucket is it, and which tophash stands beside it?",
				"go1.22：map 有 2^%d 个桶（B = %[1]d），键的哈希是 0x%016X。它在哪个桶，旁边的 tophash 是什么？", s.B, hash),
			right: at(uint64(o.Place.Unit), uint64(top)), wrong: []text{at(hash>>(64-s.B), low), at(high&(1<<s.B-1), hash&0xff), at(low, hash&0xff), at(low, high+5)},
			why: say("%v; the low B bits choose the bucket, the high 8 are the tophash, increased by 5 if they are below 5", "%v；低 B 位选桶，高 8 位是 tophash，小于 5 则加 5", o), rule: "buckets",
		}, nil
	}
	hint := int64(between(r, 9, 400))
	m, err := gomap.New[uint64, int](gomap.Config[uint64]{Release: "go1.26", Hash: given, Hint: hint})
	if err != nil {
		return draft{}, err
	}
	o, err := m.Put(1, 1)
	if err != nil {
		return draft{}, err
	}
	s := m.Snapshot()
	if len(s.Tables) != 1 {
		return draft{}, nil
	}
	groups := uint64(len(s.Tables[0].Groups))
	h2 := s.Tables[0].Groups[o.Place.Unit].Control[o.Place.Slot]
	at := func(group, control uint64) text {
		return say("group %d, control byte 0x%02X", "%d 号 group，控制字节 0x%02X", group, control)
	}
	return draft{
		text: say("go1.26: a map has one table of %d groups, and a key's hash is 0x%016X. In which group does the search for it begin, and which control byte does it have?",
			"go1.26：map 有一个 table，共 %d 个 group，键的哈希是 0x%016X。从哪个 group 开始查找，它的控制字节是什么？", groups, hash),
		right: at(uint64(o.Place.Unit), uint64(h2)), wrong: []text{at(hash%groups, hash>>57), at(hash>>57%groups, hash&0x7f), at(hash%groups, hash&0x7f), at(uint64(o.Place.Unit), hash>>56)},
		why: say("%v; the low 7 bits (H2) are the control byte, the others (H1) modulo the number of groups choose the first group", "%v；低 7 位（H2）是控制字节，其余各位（H1）对 group 数取模，选出起始 group", o), rule: "grow",
	}, nil
}

func mapRange(r *rand.Rand) (draft, error) {
	n, offset := int(between(r, 3, 7)), r.Uint64()&7
	keys := []string{"a", "b", "c", "d", "e", "f", "g"}[:n]
	ranging := false
	m, err := gomap.New[string, int](gomap.Config[string]{Rand: func() uint64 {
		if ranging {
			return offset
		}
		return 1
	}})
	if err != nil {
		return draft{}, err
	}
	for i, k := range keys {
		if _, err := m.Put(k, i); err != nil {
			return draft{}, err
		}
	}
	gone := ""
	if r.IntN(2) == 0 {
		gone = keys[r.IntN(n)]
		if _, err := m.Delete(gone); err != nil {
			return draft{}, err
		}
	}
	ranging = true
	var came []string
	for k := range m.All() {
		came = append(came, k)
	}
	in := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return k == gone })
	turn := func(by int) string {
		by = ((by % len(in)) + len(in)) % len(in)
		return strings.Join(append(slices.Clone(in[by:]), in[:by]...), " ")
	}
	reversed := slices.Clone(in)
	slices.Reverse(reversed)
	deleted := text{"", ""}
	if gone != "" {
		deleted = say(", and %s has been deleted", "，其中 %s 已删除", gone)
	}
	return draft{
		text: say("go1.27: a small map (one group of 8 slots) has got %s, in this order%s. A range draws the offset %d (in which slot to begin, from 0). In which order do the keys come?",
			"go1.27：小 map（一个 8 槽的 group）依次插入了 %s%s。range 抽到的偏移是 %d（从几号槽开始，从 0 数起）。键按什么顺序出现？", strings.Join(keys, " "), deleted, offset),
		right: same(strings.Join(came, " ")), wrong: each(strings.Join(in, " "), turn(int(offset)), turn(int(offset)+1), strings.Join(reversed, " "), turn(1), turn(2)),
		why:  text{"a range is a rotation: it goes through the slots in their order, from the offset on, and round", "range 是轮转：从偏移处开始按槽的顺序走，到头再绕回来"},
		rule: "range-start",
	}, nil
}

func mapMisuse(r *rand.Rand) (draft, error) {
	rel := pick(r, "go1.3", "go1.5", "go1.11", "go1.20", "go1.26")
	what := r.IntN(5)
	m, err := gomap.New[any, int](gomap.Config[any]{Release: rel, Nil: what < 2})
	if err != nil {
		return draft{}, err
	}
	type bad struct{ F func() }
	asks := text{}
	switch what {
	case 0:
		asks = text{"var m map[any]int; m[1] = 1", "var m map[any]int; m[1] = 1"}
		_, err = m.Put(1, 1)
	case 1:
		asks = text{"var m map[any]int; delete(m, 1)", "var m map[any]int; delete(m, 1)"}
		_, err = m.Delete(1)
	case 2:
		asks = text{"m := map[any]int{}; _ = m[bad{}], where bad is struct{ F func() }", "m := map[any]int{}; _ = m[bad{}]，其中 bad 是 struct{ F func() }"}
		_, _, err = m.Get(bad{})
	case 3:
		asks = text{"m[1] = 1, while another goroutine is in the middle of m[2] = 2", "另一个 goroutine 正执行到 m[2] = 2 的中间时，执行 m[1] = 1"}
		if err = m.BeginWrite(); err == nil {
			_, err = m.Put(1, 1)
		}
	default:
		asks = text{"_ = m[1] of a map that has entries, while another goroutine is in the middle of m[2] = 2", "m 有元素，另一个 goroutine 正执行到 m[2] = 2 的中间时，执行 _ = m[1]"}
		if _, err = m.Put(1, 1); err == nil {
			if err = m.BeginWrite(); err == nil {
				_, _, err = m.Get(1)
			}
		}
	}
	nothing := text{"nothing is noticed", "没有任何报告"}
	panics := func(s string) text { return say("a panic: %s", "panic：%s", s) }
	dies := func(s string) text { return say("a fatal error: %s", "致命错误：%s", s) }
	d := draft{rule: "crashes", right: nothing}
	var crashed *crash.Error
	switch {
	case errors.As(err, &crashed) && crashed.Kind == crash.KindFatal:
		d.right = dies(err.Error())
	case errors.As(err, &crashed):
		d.right = panics(err.Error())
	case err != nil:
		return draft{}, err
	}
	said := []string{"assignment to entry in nil map", "assignment to entry in nil map", "runtime error: hash of unhashable type quiz.bad", "concurrent map writes", "concurrent map read and map write"}[what]
	d.wrong = []text{nothing, panics(said), dies(said)}
	if what < 2 {
		d.wrong = append(d.wrong, text{"a map is made", "会新建一个 map"})
	}
	d.text = say("%s: what comes of %s?", "%s：%s，结果如何？", rel, asks)
	d.why = text{"panics can be recovered, fatal errors cannot; use at once is detected since 1.6, and unhashable keys of empty maps since 1.12", "panic 可以 recover，致命错误不能；并发使用的检测 1.6 起才有，空 map 的不可哈希键 1.12 起才 panic"}
	return d, nil
}

func mapDelete(r *rand.Rand) (draft, error) {
	n := int(between(r, 4, 8))
	var told strings.Builder
	m, err := gomap.New[uint64, int](gomap.Config[uint64]{
		Release: "go1.26", Hint: 14, Hash: func(key, _ uint64) uint64 { return key & 0x7f }, // all begin in group 0
		Trace: func(e gomap.Event) { fmt.Fprintln(&told, e) },
	})
	if err != nil {
		return draft{}, err
	}
	for k := range uint64(n) {
		if _, err := m.Put(k, 1); err != nil {
			return draft{}, err
		}
	}
	gone := r.Uint64N(uint64(n))
	told.Reset()
	o, err := m.Delete(gone)
	if err != nil {
		return draft{}, err
	}
	left := m.Snapshot().Tables[0].GrowthLeft
	ends := func(tomb bool, left int) text {
		mark := text{"empty (0x80)", "空（0x80）"}
		if tomb {
			mark = text{"a tombstone (0xFE)", "墓碑（0xFE）"}
		}
		return say("%s; growthLeft is %d", "%s；growthLeft 为 %d", mark, left)
	}
	return draft{
		text: say("go1.26: a table has two groups of 8 slots, and may have 14 entries before it grows. %d entries are put, all of which belong into the first group; then entry %d is deleted. What does its slot say, and how many may still come?",
			"go1.26：一个 table 有两个 8 槽的 group，放满 14 个才扩容。插入 %d 个都该在第一个 group 的元素，然后删除第 %d 个。它的槽标记为什么，还能插入几个（growthLeft）？", n, gone+1),
		right: ends(o.Tombstone, left), wrong: []text{ends(!o.Tombstone, left), ends(o.Tombstone, 14-n), ends(!o.Tombstone, 14-n+1), ends(o.Tombstone, 14-n+1), ends(!o.Tombstone, 14-n)},
		why: say("a slot becomes empty if its group has another empty one, for searches end there; else a tombstone is left, which costs growthLeft\n%s",
			"group 里另有空槽（查找会在那里结束）时，槽变为空；否则留下墓碑，仍占用 growthLeft\n%s", told.String()), rule: "delete",
	}, nil
}
