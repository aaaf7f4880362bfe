package layout_test

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/orrery-go/orrery/layout"
)

// A struct, word by word.
func Example() {
	t, err := layout.Parse("struct{ a bool; b int64; c [3]uint16 }")
	if err != nil {
		fmt.Println(err)
		return
	}
	l, err := layout.Of("amd64", t)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(l.Picture())
	for _, p := range l.Pads() {
		fmt.Printf("%d bytes at %d: %s\n", p.Size, p.Offset, p.Reason)
	}
	// Output:
	// struct{ a bool; b int64; c [3]uint16 } on amd64: size 24, align 8, pointer bytes 0, padding 9
	//  0 |a  |///////////////////////////|  a bool, align pad 7
	//  8 |b                              |  b int64
	// 16 |c                      |///////|  c [3]uint16, end pad 2
	// 7 bytes at 1: b int64 is aligned to 8: its offset is rounded up from 1 to 8
	// 2 bytes at 22: the size is rounded up from 22 to 24, a multiple of the struct's alignment 8, so that in an array the next one is aligned too
}

// The same struct on another architecture and in another release.
func ExampleRules_Of() {
	t, err := layout.Parse("struct{ ok bool; n atomic.Int64; done struct{} }")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range []layout.Config{{Arch: "amd64"}, {Arch: "386"}, {Arch: "386", Release: "go1.4"}} {
		rules, err := layout.New(c)
		if err != nil {
			fmt.Println(err)
			return
		}
		l, err := rules.Of(t)
		fmt.Println(rules.Arch(), rules.Release(), l.Size, l.Align, l.TailByte, err)
	}
	// Output:
	// amd64 go1.27 24 8 1 <nil>
	// 386 go1.27 24 8 1 <nil>
	// 386 go1.4 0 0 0 layout: go1.4 does not have the type atomic.Int64, which came with go1.19
}

func ExampleRules_Optimal() {
	t, err := layout.Parse("struct{ a bool; p *int; b int32; s string; c bool }")
	if err != nil {
		fmt.Println(err)
		return
	}
	rules, err := layout.ForRelease("")
	if err != nil {
		fmt.Println(err)
		return
	}
	o, err := rules.Optimal(t)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(o.Before.Size, "->", o.After.Size, "bytes, order", o.Index)
	fmt.Print(o.After.Picture())
	// Output:
	// 48 -> 32 bytes, order [1 3 2 0 4]
	// struct{ p *int; s string; b int32; a bool; c bool } on amd64: size 32, align 8, pointer bytes 16, padding 2
	//  0 |p                              |  p *int
	//  8 |s                              |  s string
	// 16 |s                              |
	// 24 |b              |a  |c  |///////|  b int32, a bool, c bool, end pad 2
}

// The reasons for the best order.
func ExampleOrder_Why() {
	t, err := layout.Parse("struct{ a bool; s string; n int64; p *int; z struct{} }")
	if err != nil {
		fmt.Println(err)
		return
	}
	rules, err := layout.ForRelease("")
	if err != nil {
		fmt.Println(err)
		return
	}
	o, err := rules.Optimal(t)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(o)
	for _, why := range o.Why() {
		fmt.Println("-", why)
	}
	// Output:
	// 40 bytes instead of 48, and 16 instead of 40 up to the last pointer, which is what the collector reads
	// - z struct{} has size 0: it costs nothing here, and as the last field a byte and its pad
	// - p *int comes first, as it has pointers: the collector reads up to the last pointer of the struct, and the 9 bytes of fields without any lie after that
	// - s string comes after p: it is the last with pointers, and its 8 bytes after its own last pointer are not looked at
	// - n int64 comes after s: it has no pointers, and the collector does not look at it
	// - a bool comes after n: it is aligned to 1, less than the 8 of that, so no pad arises
}

// The counters of a struct that sync/atomic accepts on 32-bit processors.
func ExampleRules_Atomics64() {
	t, err := layout.Parse("struct{ hits uint64; on bool; misses uint64; n atomic.Int64 }")
	if err != nil {
		fmt.Println(err)
		return
	}
	rules, err := layout.New(layout.Config{Arch: "arm"})
	if err != nil {
		fmt.Println(err)
		return
	}
	list, err := rules.Atomics64(t)
	for _, a := range list {
		fmt.Println(a.Path, a.Safe, a.Reason)
	}
	fmt.Println(err)
	// Output:
	// x.hits true offset 0 is a multiple of 8, and an allocated value begins at one
	// x.misses false offset 12 is no multiple of 8, and uint64 is aligned to 4 on arm: take atomic.Int64 or atomic.Uint64, or put it first
	// x.n true atomic.Int64 is aligned to 8 everywhere (since Go 1.19)
	// <nil>
}

func ExampleComparable() {
	t, err := layout.Parse("type T struct { id int; rows [4]struct { key any; cells []byte } }")
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := layout.Comparable(t)
	fmt.Println(c.Comparable, c.Path, c.Reason, err)
	// Output:
	// false x.rows[0].cells a slice ([]uint8) can only be compared to nil <nil>
}

func ExampleEquatable() {
	a, _ := layout.Parse("type A struct { X any }")
	b, _ := layout.Parse("type B struct { X any }")
	unnamed, _ := layout.Parse("struct { X any }")
	for _, t := range []layout.Type{a, b, unnamed} {
		v, err := layout.Equatable(a, t)
		fmt.Println(v.OK, v.Reason, v.PanicPath, err)
	}
	// Output:
	// true the types are identical x.X <nil>
	// false mismatched types A and B: the underlying types are identical, but both types have names: convert one  <nil>
	// true the underlying types are identical, and one of the types has no name x.X <nil>
}

// A set of ints saved memory until Go 1.23. In a group of Go 1.24 the empty
// element is the last field of its slot, and costs a word.
func ExampleRules_SetSaving() {
	for _, release := range []string{"go1.23", "go1.24"} {
		rules, err := layout.ForRelease(release)
		if err != nil {
			fmt.Println(err)
			return
		}
		s, err := rules.SetSaving(layout.Int64)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: %d bytes for 8 entries, with bool %d, saved %.1f an entry\n", release, s.Set.Unit.Size, s.Bool.Unit.Size, s.PerEntry)
	}
	// Output:
	// go1.23: 80 bytes for 8 entries, with bool 88, saved 1.2 an entry
	// go1.24: 136 bytes for 8 entries, with bool 136, saved 0.0 an entry
}

func ExampleRules_Flatten() {
	t, err := layout.Parse("struct{ a bool; b struct{ c int16; d bool } }")
	if err != nil {
		fmt.Println(err)
		return
	}
	rules, err := layout.ForRelease("")
	if err != nil {
		fmt.Println(err)
		return
	}
	entries, err := rules.Flatten("T", t)
	if err != nil {
		fmt.Println(err)
		return
	}
	enc := json.NewEncoder(os.Stdout)
	for _, e := range entries {
		if err := enc.Encode(e); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// {"name":"T.a","type":"bool","start":0,"end":1,"size":1,"align":1,"is_padding":false}
	// {"name":"","type":"","start":1,"end":2,"size":1,"align":0,"is_padding":true}
	// {"name":"T.b.c","type":"int16","start":2,"end":4,"size":2,"align":2,"is_padding":false}
	// {"name":"T.b.d","type":"bool","start":4,"end":5,"size":1,"align":1,"is_padding":false}
	// {"name":"","type":"","start":5,"end":6,"size":1,"align":0,"is_padding":true}
}
