package quiz

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/orrery-go/orrery/layout"
)

var layoutForms = []form{{"size", structSize}, {"best order", bestOrder}, {"offset", fieldOffset}, {"comparable", comparable_}}

var fieldTypes = []string{"bool", "int8", "int16", "int32", "int64", "float64", "complex64", "string", "[]byte", "*int", "any", "[3]byte", "struct{}", "[5]int16"}

// aStruct draws a struct of some fields.
func aStruct(r *rand.Rand, most int) (layout.Type, error) {
	var fields []string
	for i := range 2 + r.IntN(most-1) {
		fields = append(fields, fmt.Sprintf("%c %s", 'a'+i, pick(r, fieldTypes...)))
	}
	return layout.Parse("struct{ " + strings.Join(fields, "; ") + " }")
}

// laidOut draws an architecture and a struct.
func laidOut(r *rand.Rand, most int) (layout.Layout, error) {
	t, err := aStruct(r, most)
	if err != nil {
		return layout.Layout{}, err
	}
	return layout.Of(pick(r, "amd64", "amd64", "386", "arm64"), t)
}

func structSize(r *rand.Rand) (draft, error) {
	l, err := laidOut(r, 5)
	if err != nil {
		return draft{}, err
	}
	sum := int64(0)
	for _, f := range l.Fields {
		sum += f.Size
	}
	return draft{
		text:  fmt.Sprintf("%s: unsafe.Sizeof of %v?", l.Arch, l.Type),
		right: fmt.Sprint(l.Size),
		wrong: []string{fmt.Sprint(sum), fmt.Sprint(l.Size + l.Align), fmt.Sprint(l.Size - l.Align), fmt.Sprint((sum + 7) / 8 * 8), fmt.Sprint(l.Size + 4)},
		why:   l.Picture(),
		rule:  "offsets",
	}, nil
}

func bestOrder(r *rand.Rand) (draft, error) {
	l, err := laidOut(r, 5)
	if err != nil {
		return draft{}, err
	}
	rules, err := layout.For(layout.Config{Arch: l.Arch})
	if err != nil {
		return draft{}, err
	}
	o, err := rules.Optimal(l.Type)
	if err != nil {
		return draft{}, err
	}
	return draft{
		text:  fmt.Sprintf("%s: %v takes %d bytes. How many in the best order of fields?", l.Arch, l.Type, o.Before.Size),
		right: fmt.Sprint(o.After.Size),
		wrong: []string{fmt.Sprint(o.Before.Size), fmt.Sprint(o.Before.Size - o.Before.Padding()), fmt.Sprint(o.After.Size + o.After.Align), fmt.Sprint(o.After.Size - o.After.Align)},
		why:   o.After.Picture(),
		rule:  "optimal",
	}, nil
}

func fieldOffset(r *rand.Rand) (draft, error) {
	l, err := laidOut(r, 6)
	if err != nil {
		return draft{}, err
	}
	i := 1 + r.IntN(len(l.Fields)-1)
	f, sum := l.Fields[i], int64(0)
	for _, before := range l.Fields[:i] {
		sum += before.Size
	}
	return draft{
		text:  fmt.Sprintf("%s: at which offset lies the field %s of %v?", l.Arch, f.Name, l.Type),
		right: fmt.Sprint(f.Offset),
		wrong: []string{fmt.Sprint(sum), fmt.Sprint(f.Offset + f.Align), fmt.Sprint(f.Offset + 8), fmt.Sprint(8 * int64(i))},
		why:   l.Picture(),
		rule:  "offsets",
	}, nil
}

func comparable_(r *rand.Rand) (draft, error) {
	t, err := layout.Parse(fmt.Sprintf("struct{ a %s; b %s; c %s }",
		pick(r, "int", "string", "float64", "*int", "chan int"), pick(r, "any", "[2]int", "[]int", "map[string]int", "func()", "[2][]int"), pick(r, "bool", "struct{ x any }", "struct{ x []int }", "[0]func()")))
	if err != nil {
		return draft{}, err
	}
	c, err := layout.Comparable(t)
	if err != nil {
		return draft{}, err
	}
	const no, may, yes = "no: it does not compile", "yes, but == may panic", "yes"
	d := draft{text: fmt.Sprintf("Can values of %v be compared by ==?", t), right: yes, wrong: []string{no, may, yes}, rule: "comparable", why: "every part of it can be compared"}
	switch {
	case !c.Comparable:
		d.right, d.why = no, fmt.Sprintf("%s: %s", c.Path, c.Reason)
	case c.MayPanic():
		d.right, d.why = may, "an interface at "+c.PanicPath+" may hold what cannot be compared"
	}
	return d, nil
}
