package quiz

import (
	"fmt"
	"math/rand/v2"

	"github.com/orrery-go/orrery/slicegrow"
)

var slicegrowForms = []form{{"capacity", capacity}, {"one by one", oneByOne}, {"release", growthRelease}}

// eras have a rule of growth each.
var eras = []string{"go1.15", "go1.17", "go1.26"}

// anAppend returns one that grows a slice of numbers, often near a threshold.
func anAppend(r *rand.Rand) slicegrow.Append {
	c := pick(r, between(r, 1, 64), between(r, 200, 300), between(r, 900, 1100), between(r, 1000, 4000))
	a := slicegrow.Append{Len: c, Cap: c, Count: 1, Size: pick[int64](r, 1, 4, 8, 24)}
	switch r.IntN(4) {
	case 0:
		a.Count = between(r, 2, max(c, 2))
	case 1:
		a.Len -= between(r, 0, c/4)
		a.Count = a.Cap - a.Len + between(r, 1, 8)
	}
	return a
}

func elem(size int64) string {
	return map[int64]string{1: "byte", 4: "int32", 8: "int64", 24: "[3]int64"}[size]
}

func appendText(a slicegrow.Append) string {
	text := fmt.Sprintf("s := make([]%s, %d, %d)\n", elem(a.Size), a.Len, a.Cap)
	if a.Count == 1 {
		return text + "s = append(s, x)"
	}
	return text + fmt.Sprintf("s = append(s, make([]%s, %d)...)", elem(a.Size), a.Count)
}

// grows asks every era.
func grows(a slicegrow.Append) (map[string]slicegrow.Growth, error) {
	out := map[string]slicegrow.Growth{}
	for _, rel := range eras {
		rules, err := slicegrow.ForRelease(rel)
		if err != nil {
			return nil, err
		}
		g, err := rules.Grow(a)
		if err != nil {
			return nil, err
		}
		out[rel] = g
	}
	return out, nil
}

func capacity(r *rand.Rand) (draft, error) {
	a := anAppend(r)
	all, err := grows(a)
	if err != nil {
		return draft{}, err
	}
	rel := pick(r, eras...)
	d := draft{
		text:  say("%s, slices that escape:\n%s\ncap(s)?", "%s，切片逃逸：\n%s\ncap(s) 是多少？", rel, indent(appendText(a))),
		right: same(all[rel].Cap),
		rule:  all[rel].Rule.String(),
	}
	why := fmt.Sprintf("%s: %v", rel, all[rel])
	for _, other := range eras {
		d.wrong = append(d.wrong, same(all[other].Cap))
		if other != rel {
			why += fmt.Sprintf("\n%s: %v", other, all[other])
		}
	}
	d.why = same(why)
	d.wrong = append(d.wrong, each(2*a.Cap, a.Cap+a.Cap/4, all[rel].Ideal, a.Len+a.Count)...)
	return d, nil
}

func oneByOne(r *rand.Rand) (draft, error) {
	rel, n, size := pick(r, eras...), between(r, 5, 2000), pick[int64](r, 1, 8, 24)
	rules, err := slicegrow.ForRelease(rel)
	if err != nil {
		return draft{}, err
	}
	d := draft{
		text: say("%s, slices that escape:\n%s\ncap(s)?", "%s，切片逃逸：\n%s\ncap(s) 是多少？", rel,
			indent(fmt.Sprintf("var s []%s\nfor range %d {\n    s = append(s, x)\n}", elem(size), n))),
	}
	why := ""
	before, power := int64(0), int64(1)
	for step, err := range rules.Sequence(slicegrow.Append{Count: 1, Size: size}, n) {
		if err != nil {
			return draft{}, err
		}
		before, d.right, d.rule = max(before, 0), same(step.Cap), step.Rule.String()
		why += fmt.Sprintf("append %d: cap %d (%v)\n", step.Appends, step.Cap, step.Rule)
		d.wrong = append(each(before), d.wrong...)
		before = step.Cap
	}
	d.why = same(why)
	for power < n {
		power *= 2
	}
	d.wrong = append(each(power, n), d.wrong...)
	return d, nil
}

func growthRelease(r *rand.Rand) (draft, error) {
	a := anAppend(r)
	all, err := grows(a)
	if err != nil {
		return draft{}, err
	}
	rel := pick(r, eras...)
	d := draft{
		text:  say("%s\ncap(s) is %d. Which release is it?", "%s\ncap(s) 是 %d。这是哪个版本？", indent(appendText(a)), all[rel].Cap),
		right: same(rel), rule: all[rel].Rule.String(),
	}
	why := ""
	for _, other := range eras {
		why += fmt.Sprintf("%s: %v\n", other, all[other])
		if all[other].Cap != all[rel].Cap {
			d.wrong = append(d.wrong, same(other))
		} else if other != rel {
			return draft{}, nil // several are right
		}
	}
	d.why = same(why)
	return d, nil
}
