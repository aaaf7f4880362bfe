package ifacelive_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/iface/source"
)

// A conv is a conversion of the probe, in its order. again says that the result is also
// kept the second time.
type conv struct {
	name, expr    string
	constant, lit bool
	again         bool
	to            string
}

var convTypes = []string{
	"type named uint16", "type pair struct{ a, b int32 }", "type one struct{ a int }", "type oneByte struct{ a uint8 }", "type str struct{ s string }",
	"type ptr struct{ p *int }", "type blankPtr struct { _ [0]int; p *int }", "type two struct{ a, b int64 }", "type ps struct { p *int; n int }",
	"type meth struct{ n int }", "func (meth) M() {}", "type strr string", "func (strr) M() {}", "type mer interface{ M() }",
}

var convs = []conv{
	{name: "bool", expr: "true"}, {name: "u8", expr: "uint8(251)"}, {name: "i8", expr: "int8(-1)"}, {name: "u16 255", expr: "uint16(255)"},
	{name: "u16 256", expr: "uint16(256)"}, {name: "i16 -1", expr: "int16(-1)"}, {name: "i32 255", expr: "int32(255)"}, {name: "i32 256", expr: "int32(256)"},
	{name: "i64 255", expr: "int64(255)"}, {name: "i64 256", expr: "int64(256)"}, {name: "i64 -1", expr: "int64(-1)"}, {name: "int 0", expr: "0"},
	{name: "f32 0", expr: "float32(0)"}, {name: "f32 1", expr: "float32(1)"}, {name: "f64 0", expr: "float64(0)"}, {name: "f64 1", expr: "float64(1)"},
	{name: "c64", expr: "complex64(1)"}, {name: "c128 0", expr: "complex128(0)"}, {name: "c128", expr: "complex128(1)"}, {name: "str 0", expr: "``"},
	{name: "str", expr: "`x`"}, {name: "slice nil", expr: "[]int(nil)"}, {name: "slice empty", expr: "[]int{}"}, {name: "slice", expr: "[]int{0}"},
	{name: "struct{}", expr: "struct{}{}"}, {name: "[0]int", expr: "[0]int{}"}, {name: "one 0", expr: "one{}"}, {name: "one", expr: "one{1000}"},
	{name: "oneByte", expr: "oneByte{3}"}, {name: "pair 0", expr: "pair{}"}, {name: "pair", expr: "pair{1, 1}"}, {name: "two 0", expr: "two{}"},
	{name: "two", expr: "two{1, 1}"}, {name: "ps 0", expr: "ps{}"}, {name: "ps", expr: "ps{n: 1}"}, {name: "str struct 0", expr: "str{}"},
	{name: "str struct", expr: "str{`x`}"}, {name: "ptr struct", expr: "ptr{}"}, {name: "blank ptr", expr: "blankPtr{}"}, {name: "[1]*int", expr: "[1]*int{}"},
	{name: "*int", expr: "new(int)"}, {name: "*int nil", expr: "(*int)(nil)"}, {name: "map", expr: "map[int]int{}"}, {name: "chan", expr: "make(chan int)"},
	{name: "func", expr: "func() {}"}, {name: "[1]u8", expr: "[1]uint8{3}"}, {name: "[2]u8", expr: "[2]uint8{1, 2}"}, {name: "[2]i16", expr: "[2]int16{1, 2}"},
	{name: "named", expr: "named(200)"}, {name: "big", expr: "[1025]byte{}"}, {name: "med", expr: "[1024]byte{}"}, {name: "uintptr", expr: "uintptr(1)"},
	{name: "const int", expr: "1000", constant: true}, {name: "const int 0", expr: "0", constant: true}, {name: "const str", expr: "`abc`", constant: true},
	{name: "const str 0", expr: "``", constant: true}, {name: "const f64", expr: "1.5", constant: true}, {name: "const bool", expr: "true", constant: true},
	{name: "lit two", expr: "two{1, 2}", lit: true}, {name: "lit two 0", expr: "two{}", lit: true}, {name: "lit var two", expr: "two{255, 2}"},
	{name: "lit str", expr: "str{`x`}", lit: true}, {name: "lit ps 0", expr: "ps{}", lit: true},
	{name: "iface meth 0", expr: "meth{}", to: "mer", again: true}, {name: "iface meth", expr: "meth{1000}", to: "mer", again: true},
	{name: "iface strr", expr: "strr(`x`)", to: "mer", again: true}, {name: "local nil slice", expr: "[]int(nil)"}, {name: "local int 1000", expr: "1000", lit: true},
	{name: "lit array", expr: "[2]int{1, 2}", lit: true},
}

// predictConversions returns the number of objects that each conversion of the probe
// allocates in a model.
func predictConversions(t *testing.T, rel string) string {
	t.Helper()
	p, err := source.New(iface.Config{Release: rel})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range convTypes {
		if _, err := p.Do(d); err != nil {
			t.Fatal(err)
		}
	}
	var out []string
	for i, c := range convs {
		name := fmt.Sprintf("v%d", i)
		if _, err := p.Do(name + " := " + c.expr); err != nil {
			t.Fatalf("%s: %v", c.expr, err)
		}
		v, err := p.Var(name)
		if err != nil {
			t.Fatal(err)
		}
		to := "interface{}"
		if c.to != "" {
			to = c.to
		}
		inter, err := p.Type(to)
		if err != nil {
			t.Fatal(err)
		}
		for _, kept := range []bool{true, c.again} {
			_, box, err := p.Runtime().Convert(v, inter, iface.Use{Escapes: kept, Constant: c.constant, Literal: c.lit})
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			if box.Heap > 0 {
				n = 1
			}
			out = append(out, fmt.Sprint(n))
		}
	}
	return strings.Join(out, "")
}
