package layout_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/layout"
)

// fieldTypes cover most combinations of size, alignment and trailing bytes.
var fieldTypes = []string{
	"bool", "int16", "int32", "int64", "complex128", "complex64", "[3]byte", "[5]int16", "[0]int64", "struct{}", "atomic.Int64",
	"struct{ a atomic.Int64; p *int }", "struct{ p *int; a atomic.Int64 }", "struct{ p *int; a [9]byte }", "[0]*int",
	"*int", "string", "any", "[]int", "[2]string", "struct{ s string; n int32 }", "struct{ n int64; z struct{} }", "struct{ p *int; b bool }",
}

// hardTypes are types for which sorting is often not enough with 4-byte words: fields
// with pointers on both sides of the alignment of those without.
var hardTypes = []string{
	"int32", "*int", "[3]*int", "string", "bool", "[5]int16", "atomic.Int64", "struct{ a atomic.Int64; p *int }", "struct{ p *int; a atomic.Int64 }",
	"struct{ p, q *int; a atomic.Int64 }", "struct{ a atomic.Int64; p [2]*int }", "struct{ p *int; a [5]byte }",
}

// TestOptimal compares the order with every order of random structs of up to eight
// fields.
func TestOptimal(t *testing.T) {
	settings := []layout.Config{{Arch: "amd64"}, {Arch: "386"}, {Arch: "amd64p32"}, {Arch: "386", Release: "go1.18"}, {Arch: "amd64", Release: "go1.4"}}
	rnd := rand.New(rand.NewPCG(7, 7))
	for _, c := range settings {
		r := rules(t, c)
		types, hard := known(t, r, fieldTypes), known(t, r, hardTypes)
		structs, orders, better := 0, 0, 0
		for i := range 1200 {
			// Most structs have few fields: eight have 40,320 orders.
			n := 2 + i%5
			if i%60 == 0 {
				n = 7
			}
			if i%400 == 0 {
				n = 8
			}
			from := types
			if i%2 == 0 && r.Word() == 4 {
				from = hard
			}
			st := &layout.Struct{}
			for j := range n {
				st.Fields = append(st.Fields, layout.Field{Name: fmt.Sprintf("F%d", j), Type: from[rnd.IntN(len(from))]})
			}
			o, err := r.Optimal(st)
			if err != nil {
				t.Fatal(err)
			}
			size, ptr, count := bruteForce(t, r, st)
			if o.After.Size != size || o.After.PtrBytes != ptr || !o.Proven {
				t.Fatalf("%s %s, %v: order %v has size %d, pointer bytes %d (proven %v); least %d, %d",
					r.Arch(), r.Release(), st, o.Index, o.After.Size, o.After.PtrBytes, o.Proven, size, ptr)
			}
			structs++
			orders += count
			if o.After.Size < o.Before.Size || o.After.PtrBytes < o.Before.PtrBytes {
				better++
			}
		}
		t.Logf("%s %s: %d structs, %d orders, %d structs made better, 0 that could be", r.Arch(), r.Release(), structs, orders, better)
		if better < structs/4 {
			t.Errorf("only %d of %d structs were made better", better, structs)
		}
	}
}

// known parses the types that the release has.
func known(t *testing.T, r *layout.Rules, texts []string) (types []layout.Type) {
	for _, s := range texts {
		typ := parse(t, s)
		if _, err := r.Extent(typ); !errors.Is(err, layout.ErrNotYet) {
			types = append(types, typ)
		}
	}
	return types
}

// bruteForce lays out every order of a struct's fields.
func bruteForce(t *testing.T, r *layout.Rules, st *layout.Struct) (size, ptr int64, orders int) {
	size = 1 << 62
	var l layout.Layout
	fields := slices.Clone(st.Fields)
	permuted := &layout.Struct{Fields: fields}
	var permute func(k int)
	permute = func(k int) {
		if k == len(fields) {
			if err := r.Into(&l, permuted); err != nil {
				t.Fatal(err)
			}
			orders++
			if l.Size < size || l.Size == size && l.PtrBytes < ptr {
				size, ptr = l.Size, l.PtrBytes
			}
			return
		}
		for i := k; i < len(fields); i++ {
			fields[k], fields[i] = fields[i], fields[k]
			permute(k + 1)
			fields[k], fields[i] = fields[i], fields[k]
		}
	}
	permute(0)
	return size, ptr, orders
}

// TestOptimalIsStable checks that an order is an order, and that an optimal
// struct stays as it is.
func TestOptimalIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rules(t, rapid.SampledFrom(configs).Draw(t, "config"))
		typ := structType(2).Draw(t, "type")
		o, err := r.Optimal(typ)
		if notYet(r, typ, err) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if why := o.Why(); len(why) != len(o.Index) || slices.Contains(why, "") || o.String() == "" {
			t.Fatalf("%v: %q", typ, why)
		}
		sorted := slices.Sorted(slices.Values(o.Index))
		for i, j := range sorted {
			if i != j {
				t.Fatalf("%v: order %v", typ, o.Index)
			}
		}
		fields := typ.(*layout.Struct).Fields
		for i, f := range o.After.Fields {
			if f.Name != fields[o.Index[i]].Name {
				t.Fatalf("%v: order %v gives %v", typ, o.Index, o.After.Type)
			}
		}
		again, err := r.Optimal(o.After.Type)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.IsSorted(again.Index) || again.Proven != o.Proven {
			t.Fatalf("%v: order %v, and then %v (proven %v, %v)", typ, o.Index, again.Index, o.Proven, again.Proven)
		}
	})
}

// TestOptimalKeeps checks that fields that no rule distinguishes keep their order.
func TestOptimalKeeps(t *testing.T) {
	r := rules(t, layout.Config{Arch: "amd64"})
	for text, want := range map[string]string{
		"struct{ x bool; a [4]int32; b int32; p *int }": "p a b x",
		"struct{ x bool; b int32; a [4]int32; p *int }": "p b a x",
		"struct{ x bool; p, q *int; s, t string }":      "p q s t x",
	} {
		o, err := r.Optimal(parse(t, text))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range o.After.Fields {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestOptimalBound uses more fields than are searched. Where no alignment exceeds a
// pointer's, sorting proves its own result.
func TestOptimalBound(t *testing.T) {
	for c, proven := range map[layout.Config]bool{
		{Arch: "386"}: false, {Arch: "amd64p32"}: false, {Arch: "amd64"}: true, {Arch: "s390x", Release: "go1.4"}: true, {Arch: "arm", Release: "go1.18"}: true,
	} {
		r := rules(t, c)
		st, types := &layout.Struct{}, known(t, r, fieldTypes)
		for i := range 3000 {
			st.Fields = append(st.Fields, layout.Field{Name: fmt.Sprintf("F%d", i), Type: types[i%len(types)]})
		}
		o, err := r.Optimal(st)
		if err != nil {
			t.Fatal(err)
		}
		if o.Proven != proven || o.After.Size >= o.Before.Size {
			t.Errorf("%+v: proven %v, size %d of %d", c, o.Proven, o.After.Size, o.Before.Size)
		}
		for i, f := range o.After.Fields[:len(o.After.Fields)-1] {
			if f.Pad != 0 {
				t.Errorf("%+v: a pad of %d bytes after field %d", c, f.Pad, i)
			}
		}
	}
}
