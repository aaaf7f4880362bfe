// The number of objects that conversions to interfaces allocate, if the result is kept
// and if it is not. In the Go of 1.2.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

var sink interface{}
var keep bool

type named uint16
type pair struct{ a, b int32 }
type one struct{ a int }
type oneByte struct{ a uint8 }
type str struct{ s string }
type ptr struct{ p *int }
type blankPtr struct {
	_ [0]int
	p *int
}
type two struct{ a, b int64 }
type ps struct {
	p *int
	n int
}
type meth struct{ n int }

func (meth) M() {}

type strr string

func (strr) M() {}

type mer interface{ M() }

var sinkM mer

//go:noinline
func look(i interface{}) { keep = i == nil }

// values that the compiler does not know
var (
	vBool  = len(os.Args) > 0
	vU8    = uint8(len(os.Args) + 250)
	vI8    = int8(-len(os.Args))
	vU16a  = uint16(len(os.Args) + 254)
	vU16b  = uint16(len(os.Args) + 255)
	vI16   = int16(-len(os.Args))
	vI32a  = int32(len(os.Args) + 254)
	vI32b  = int32(len(os.Args) + 255)
	vI64a  = int64(len(os.Args) + 254)
	vI64b  = int64(len(os.Args) + 255)
	vI64n  = -int64(len(os.Args))
	vInt0  = len(os.Args) - 1
	vF32z  = float32(len(os.Args) - 1)
	vF32   = float32(len(os.Args))
	vF64z  = float64(len(os.Args) - 1)
	vF64   = float64(len(os.Args))
	vC64   = complex(vF32, vF32)
	vC128z = complex(vF64z, vF64z)
	vC128  = complex(vF64, vF64)
	vS0    = strings.Repeat("x", len(os.Args)-1)
	vS     = strings.Repeat("x", len(os.Args))
	vSl0   []int
	vSlE   = make([]int, 0)
	vSl    = make([]int, len(os.Args))
	vE     struct{}
	vA0    [0]int
	vOne0  one
	vOne   = one{1000}
	vOB    = oneByte{3}
	vPair0 pair
	vPair  = pair{1, 1}
	vTwo0  two
	vTwo   = two{1, 1}
	vPs0   ps
	vPs    = ps{new(int), 1}
	vStr0  str
	vStr   = str{"x"}
	vPtr   = ptr{new(int)}
	vBP    = blankPtr{p: new(int)}
	vArrP  = [1]*int{new(int)}
	vP     = new(int)
	vPn    *int
	vM     = map[int]int{}
	vC     = make(chan int)
	vF     = func() {}
	vA1b   = [1]uint8{3}
	vA2b   = [2]uint8{1, 2}
	vA2w   = [2]int16{1, 2}
	vNamed = named(200)
	vBig   [1025]byte
	vMed   [1024]byte
	vMeth0 meth
	vMeth          = meth{1000}
	vStrr          = strr("x")
	vUP    uintptr = 1
)

func count(f func()) int {
	least := -1
	for i := 0; i < 5; i++ {
		var a, b runtime.MemStats
		runtime.ReadMemStats(&a)
		for k := 0; k < 10; k++ {
			f()
		}
		runtime.ReadMemStats(&b)
		n := int(b.Mallocs - a.Mallocs)
		if least < 0 || n < least {
			least = n
		}
	}
	return (least + 4) / 10
}

// conversions returns a text of digits: the number of objects for each conversion, if
// the result is kept and if it is not.
func conversions() string {
	out := ""
	t := func(name string, f, g func()) {
		out += fmt.Sprintf("%d%d", count(f), count(g))
	}
	t("bool", func() { sink = vBool }, func() { look(vBool) })
	t("u8", func() { sink = vU8 }, func() { look(vU8) })
	t("i8", func() { sink = vI8 }, func() { look(vI8) })
	t("u16 255", func() { sink = vU16a }, func() { look(vU16a) })
	t("u16 256", func() { sink = vU16b }, func() { look(vU16b) })
	t("i16 -1", func() { sink = vI16 }, func() { look(vI16) })
	t("i32 255", func() { sink = vI32a }, func() { look(vI32a) })
	t("i32 256", func() { sink = vI32b }, func() { look(vI32b) })
	t("i64 255", func() { sink = vI64a }, func() { look(vI64a) })
	t("i64 256", func() { sink = vI64b }, func() { look(vI64b) })
	t("i64 -1", func() { sink = vI64n }, func() { look(vI64n) })
	t("int 0", func() { sink = vInt0 }, func() { look(vInt0) })
	t("f32 0", func() { sink = vF32z }, func() { look(vF32z) })
	t("f32 1", func() { sink = vF32 }, func() { look(vF32) })
	t("f64 0", func() { sink = vF64z }, func() { look(vF64z) })
	t("f64 1", func() { sink = vF64 }, func() { look(vF64) })
	t("c64", func() { sink = vC64 }, func() { look(vC64) })
	t("c128 0", func() { sink = vC128z }, func() { look(vC128z) })
	t("c128", func() { sink = vC128 }, func() { look(vC128) })
	t("str 0", func() { sink = vS0 }, func() { look(vS0) })
	t("str", func() { sink = vS }, func() { look(vS) })
	t("slice nil", func() { sink = vSl0 }, func() { look(vSl0) })
	t("slice empty", func() { sink = vSlE }, func() { look(vSlE) })
	t("slice", func() { sink = vSl }, func() { look(vSl) })
	t("struct{}", func() { sink = vE }, func() { look(vE) })
	t("[0]int", func() { sink = vA0 }, func() { look(vA0) })
	t("one 0", func() { sink = vOne0 }, func() { look(vOne0) })
	t("one", func() { sink = vOne }, func() { look(vOne) })
	t("oneByte", func() { sink = vOB }, func() { look(vOB) })
	t("pair 0", func() { sink = vPair0 }, func() { look(vPair0) })
	t("pair", func() { sink = vPair }, func() { look(vPair) })
	t("two 0", func() { sink = vTwo0 }, func() { look(vTwo0) })
	t("two", func() { sink = vTwo }, func() { look(vTwo) })
	t("ps 0", func() { sink = vPs0 }, func() { look(vPs0) })
	t("ps", func() { sink = vPs }, func() { look(vPs) })
	t("str struct 0", func() { sink = vStr0 }, func() { look(vStr0) })
	t("str struct", func() { sink = vStr }, func() { look(vStr) })
	t("ptr struct", func() { sink = vPtr }, func() { look(vPtr) })
	t("blank ptr", func() { sink = vBP }, func() { look(vBP) })
	t("[1]*int", func() { sink = vArrP }, func() { look(vArrP) })
	t("*int", func() { sink = vP }, func() { look(vP) })
	t("*int nil", func() { sink = vPn }, func() { look(vPn) })
	t("map", func() { sink = vM }, func() { look(vM) })
	t("chan", func() { sink = vC }, func() { look(vC) })
	t("func", func() { sink = vF }, func() { look(vF) })
	t("[1]u8", func() { sink = vA1b }, func() { look(vA1b) })
	t("[2]u8", func() { sink = vA2b }, func() { look(vA2b) })
	t("[2]i16", func() { sink = vA2w }, func() { look(vA2w) })
	t("named", func() { sink = vNamed }, func() { look(vNamed) })
	t("big", func() { sink = vBig }, func() { look(vBig) })
	t("med", func() { sink = vMed }, func() { look(vMed) })
	t("uintptr", func() { sink = vUP }, func() { look(vUP) })
	t("const int", func() { sink = 1000 }, func() { look(1000) })
	t("const int 0", func() { sink = 0 }, func() { look(0) })
	t("const str", func() { sink = "abc" }, func() { look("abc") })
	t("const str 0", func() { sink = "" }, func() { look("") })
	t("const f64", func() { sink = 1.5 }, func() { look(1.5) })
	t("const bool", func() { sink = true }, func() { look(true) })
	t("lit two", func() { sink = two{1, 2} }, func() { look(two{1, 2}) })
	t("lit two 0", func() { sink = two{} }, func() { look(two{}) })
	t("lit var two", func() { sink = two{vI64a, 2} }, func() { look(two{vI64a, 2}) })
	t("lit str", func() { sink = str{"x"} }, func() { look(str{"x"}) })
	t("lit ps 0", func() { sink = ps{} }, func() { look(ps{}) })
	t("iface meth 0", func() { sinkM = vMeth0 }, func() { sinkM = vMeth0 })
	t("iface meth", func() { sinkM = vMeth }, func() { sinkM = vMeth })
	t("iface strr", func() { sinkM = vStrr }, func() { sinkM = vStrr })
	t("local nil slice", func() { var s []int; sink = s }, func() { var s []int; look(s) })
	t("local int 1000", func() { x := 1000; sink = x }, func() { x := 1000; look(x) })
	t("lit slice", func() { sink = [2]int{1, 2} }, func() { look([2]int{1, 2}) })
	return out
}
