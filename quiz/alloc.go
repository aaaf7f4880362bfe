package quiz

import (
	"math/rand/v2"

	"github.com/orrery-go/orrery/alloc"
)

var allocForms = []form{{"bytes", allocBytes}, {"way", allocWay}, {"objects in a span", spanObjects}}

// aRequest draws a release and a size.
func aRequest(r *rand.Rand) (rules *alloc.Rules, size int64, noscan bool, err error) {
	rules, err = alloc.ForRelease(pick(r, "go1.15", "go1.17", "go1.21", "go1.26"))
	return rules, pick(r, between(r, 1, 64), between(r, 64, 1024), between(r, 1024, 40_000)), r.IntN(2) == 0, err
}

func kindOf(noscan bool) text {
	if noscan {
		return text{"without pointers", "不含指针"}
	}
	return text{"with pointers", "含指针"}
}

func allocBytes(r *rand.Rand) (draft, error) {
	rules, size, noscan, err := aRequest(r)
	if err != nil {
		return draft{}, err
	}
	if !noscan {
		size = (size + 7) / 8 * 8
	}
	p, err := rules.Place(size, noscan)
	if err != nil {
		return draft{}, err
	}
	power := int64(8)
	for power < size {
		power *= 2
	}
	d := draft{
		text: say("%s: new of a type of %d bytes %s: how many bytes of the heap does it take (a tiny object: its block)?",
			"%s：new 一个 %d 字节、%s的类型，占用堆上多少字节（微小对象算它所在的块）？", rules.Release(), size, kindOf(noscan)),
		right: same(p.Bytes),
		wrong: each(size, power, (size+7)/8*8, p.Bytes+8, p.Bytes*2),
		why:   say("%s, class %d", "%s，size class %d", p.Way, p.Class),
		rule:  "size-classes",
	}
	if p.Header > 0 {
		d.why = say("%s, with a malloc header of %d bytes before it (since Go 1.22, over 512 bytes with pointers)",
			"%s，之前有 %d 字节的 malloc header（Go 1.22 起，超过 512 字节且含指针）", d.why, p.Header)
	}
	return d, nil
}

func allocWay(r *rand.Rand) (draft, error) {
	rules, _, noscan, err := aRequest(r)
	if err != nil {
		return draft{}, err
	}
	size := pick[int64](r, 1, 8, 15, 16, 17, 24, 512, 513, 32<<10-8, 32<<10, 32<<10+8, 64<<10)
	if !noscan {
		size = (size + 7) / 8 * 8
	}
	p, err := rules.Place(size, noscan)
	if err != nil {
		return draft{}, err
	}
	return draft{
		text:  say("%s: which way does a request of %d bytes %s go?", "%s：申请 %d 字节、%s，走哪条路？", rules.Release(), size, kindOf(noscan)),
		right: same(string(p.Way)),
		wrong: each(alloc.Tiny, alloc.Small, alloc.Large),
		why: say("tiny is below %d bytes and without pointers; small is up to %d bytes",
			"tiny 是小于 %d 字节且不含指针；small 至多 %d 字节", rules.TinySize(), rules.MaxSmall()),
		rule: "small-limit",
	}, nil
}

func spanObjects(r *rand.Rand) (draft, error) {
	rules, _, _, err := aRequest(r)
	if err != nil {
		return draft{}, err
	}
	classes := rules.Classes()
	k := classes[r.IntN(len(classes))]
	left := func(objects, bytes any) text {
		return say("%v, %v bytes left", "%v 个，剩 %v 字节", objects, bytes)
	}
	return draft{
		text: say("%s: size class %d has %d bytes, its span %d. How many objects of it does a span hold, and what is left?",
			"%s：size class %d 的对象 %d 字节，span %d 字节。一个 span 放几个对象，剩下多少？", rules.Release(), k.Index, k.Size, k.SpanBytes),
		right: left(k.Objects, k.TailWaste),
		wrong: []text{left(k.Objects-1, k.TailWaste+k.Size), left(k.SpanBytes/64, 0), left(k.Objects+1, 0)},
		why:   say("%d / %d = %d, and %d are over", "%d / %d = %d，余 %d", k.SpanBytes, k.Size, k.Objects, k.TailWaste),
		rule:  "size-classes",
	}, nil
}
