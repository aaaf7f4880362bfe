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

// sizes makes choices of numbers, without those that no size can be.
func sizes(values ...int64) (out []text) {
	for _, v := range values {
		if v >= 0 {
			out = append(out, same(v))
		}
	}
	return out
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
		text:  say("%s: unsafe.Sizeof of %v?", "%s：%v 的 unsafe.Sizeof 是多少？", l.Arch, l.Type),
		right: same(l.Size),
		wrong: sizes(sum, l.Size+l.Align, l.Size-l.Align, (sum+7)/8*8, l.Size+4),
		why:   same(l.Picture()),
		rule:  "offsets",
	}, nil
}

func bestOrder(r *rand.Rand) (draft, error) {
	l, err := laidOut(r, 5)
	if err != nil {
		return draft{}, err
	}
	rules, err := layout.New(layout.Config{Arch: l.Arch})
	if err != nil {
		return draft{}, err
	}
	o, err := rules.Optimal(l.Type)
	if err != nil {
		return draft{}, err
	}
	return draft{
		text:  say("%s: %v takes %d bytes. How many in the best order of fields?", "%s：%v 占 %d 字节。字段换成最佳顺序后占多少？", l.Arch, l.Type, o.Before.Size),
		right: same(o.After.Size),
		wrong: sizes(o.Before.Size, o.Before.Size-o.Before.Padding(), o.After.Size+o.After.Align, o.After.Size-o.After.Align),
		why:   same(o.After.Picture()),
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
		text:  say("%s: at which offset lies the field %s of %v?", "%s：字段 %s 在 %v 中的偏移是多少？", l.Arch, f.Name, l.Type),
		right: same(f.Offset),
		wrong: sizes(sum, f.Offset+f.Align, f.Offset+8, 8*int64(i)),
		why:   same(l.Picture()),
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
	never := text{"no: it does not compile", "不能：编译不过"}
	may := text{"yes, but == may panic", "能，但 == 可能 panic"}
	always := text{"yes", "能"}
	d := draft{
		text: say("Can values of %v be compared by ==?", "%v 的值能否用 == 比较？", t), right: always, wrong: []text{never, may, always}, rule: "comparable",
		why: text{"every part of it can be compared", "它的每一部分都可比较"},
	}
	switch {
	case !c.Comparable:
		d.right, d.why = never, same(fmt.Sprintf("%s: %s", c.Path, c.Reason))
	case c.MayPanic():
		d.right, d.why = may, say("an interface at %s may hold what cannot be compared", "%s 处的接口里可能装着不可比较的值", c.PanicPath)
	}
	return d, nil
}
