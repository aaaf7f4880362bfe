package quiz

import (
	"fmt"
	"math/rand/v2"

	"github.com/orrery-go/orrery/alloc"
)

var allocForms = []form{{"bytes", allocBytes}, {"way", allocWay}, {"objects in a span", spanObjects}}

// aRequest draws a release and a size.
func aRequest(r *rand.Rand) (rules *alloc.Rules, size int64, noscan bool, err error) {
	rules, err = alloc.ForRelease(pick(r, "go1.15", "go1.17", "go1.21", "go1.26"))
	return rules, pick(r, between(r, 1, 64), between(r, 64, 1024), between(r, 1024, 40_000)), r.IntN(2) == 0, err
}

func kindOf(noscan bool) string {
	if noscan {
		return "without pointers"
	}
	return "with pointers"
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
		text:  fmt.Sprintf("%s: new of a type of %d bytes %s: how many bytes of the heap does it take (a tiny object: its block)?", rules.Release(), size, kindOf(noscan)),
		right: fmt.Sprint(p.Bytes),
		wrong: []string{fmt.Sprint(size), fmt.Sprint(power), fmt.Sprint((size + 7) / 8 * 8), fmt.Sprint(p.Bytes + 8), fmt.Sprint(p.Bytes * 2)},
		why:   fmt.Sprintf("%s, class %d", p.Way, p.Class),
		rule:  "size-classes",
	}
	if p.Header > 0 {
		d.why += fmt.Sprintf(", with a malloc header of %d bytes before it (since Go 1.22, over 512 bytes with pointers)", p.Header)
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
		text:  fmt.Sprintf("%s: which way does a request of %d bytes %s go?", rules.Release(), size, kindOf(noscan)),
		right: string(p.Way),
		wrong: []string{string(alloc.Tiny), string(alloc.Small), string(alloc.Large)},
		why:   fmt.Sprintf("tiny is below %d bytes and without pointers; small is up to %d bytes", rules.TinySize(), rules.MaxSmall()),
		rule:  "small-limit",
	}, nil
}

func spanObjects(r *rand.Rand) (draft, error) {
	rules, _, _, err := aRequest(r)
	if err != nil {
		return draft{}, err
	}
	classes := rules.Classes()
	k := classes[r.IntN(len(classes))]
	return draft{
		text:  fmt.Sprintf("%s: size class %d has %d bytes, its span %d. How many objects of it does a span hold, and what is left?", rules.Release(), k.Index, k.Size, k.SpanBytes),
		right: fmt.Sprintf("%d, %d bytes left", k.Objects, k.TailWaste),
		wrong: []string{fmt.Sprintf("%d, %d bytes left", k.Objects-1, k.TailWaste+k.Size), fmt.Sprintf("%d, 0 bytes left", k.SpanBytes/64), fmt.Sprintf("%d, %d bytes left", k.Objects+1, 0)},
		why:   fmt.Sprintf("%d / %d = %d, and %d are over", k.SpanBytes, k.Size, k.Objects, k.TailWaste),
		rule:  "size-classes",
	}, nil
}
