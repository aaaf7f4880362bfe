package layout_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"runtime"
	"testing"

	"github.com/orrery-go/orrery/layout"
	"github.com/orrery-go/orrery/layout/gotypes"
)

var sources = []string{
	"struct{ a bool; b int64; c [3]uint16 }", "[1<<40]struct{ x [1<<40]int }", "type T struct { t *T; u U }; type U [2]T",
	"type A B; type B A", "type I interface{ M(I) J }; type J interface{ I; N() }", "package p; import \"sync/atomic\"; type T struct { atomic.Int64 }",
	"chan<- chan (<-chan int)", "func(a, b int, c ...string) (x error)", "map[string]struct{}", "map[[]int]int", "struct{ a int; a int }",
	"[-1]int", "[...]int", "[1 << 70]int", "const N = N; type T [N]int", "type T[P any] struct{ p P }", "atomic.Pointer[struct{}]", "*", "", "}", "x.y.z",
	"struct { *int }", "interface{ ~int }", "type T = T", "type T interface { T }", "struct{ _, _ complex64; string `tag` }",
}

// FuzzParse gives source to Parse, and its result to all other functions.
func FuzzParse(f *testing.F) {
	for i, s := range sources {
		f.Add(s, sources[len(sources)-1-i], uint8(i), "go1.17.13")
	}
	archs := append(layout.Archs(), "")
	f.Fuzz(func(t *testing.T, src, other string, arch uint8, release string) {
		r, err := layout.New(layout.Config{Arch: archs[int(arch)%len(archs)], Release: release})
		if err != nil {
			r = rules(t, layout.Config{})
		}
		x, err := layout.Parse(src)
		if err != nil {
			return
		}
		again, err := layout.Parse(x.String())
		if named, ok := x.(*layout.Named); !ok && err == nil && again.String() != x.String() {
			t.Fatalf("%q is read as %v, and that as %v", src, x, again)
		} else if ok && named.Underlying == nil {
			t.Fatalf("%q names nothing", src)
		}
		e, extentErr := r.Extent(x)
		l, err := r.Of(x)
		if (err == nil) != (extentErr == nil) || err == nil && l.Extent != e {
			t.Fatalf("%v: Of %+v, %v; Extent %+v, %v", x, l.Extent, err, e, extentErr)
		}
		if err == nil {
			if l.Picture() == "" || len(l.Rows()) > 8*(len(l.Fields)+2) {
				t.Fatalf("%v: no picture, or %d rows", x, len(l.Rows()))
			}
		}
		if o, err := r.Optimal(x); err == nil && (o.After.Size > l.Size || o.After.Size == l.Size && o.After.PtrBytes > l.PtrBytes) {
			t.Fatalf("%v: Optimal makes it worse: %+v", x, o)
		}
		if entries, err := r.Flatten("T", x); err == nil && len(entries) > 0 && entries[len(entries)-1].End != l.Size {
			t.Fatalf("%v: entries end at %d of %d", x, entries[len(entries)-1].End, l.Size)
		}
		y, err := layout.Parse(other)
		if err != nil {
			y = x
		}
		c, err := layout.Comparable(x)
		if err != nil {
			t.Fatalf("%v: %v", x, err)
		}
		m, err := r.Map(x, y)
		if err == nil && (!c.Comparable || m.Unit.Size < 8) {
			t.Fatalf("map[%v]%v: %+v", x, y, m)
		}
		if _, err := r.SetSaving(x); err == nil && !c.Comparable {
			t.Fatalf("a set of %v", x)
		}
		if n, err := r.ChanBuffer(x, int64(arch)<<20); err == nil && n < 0 {
			t.Fatalf("a buffer of %d bytes", n)
		}
		if list, err := r.Atomics64(x); err == nil {
			for _, a := range list {
				if a.SafeInSlice && !a.Safe || a.Safe && a.Offset%4 != 0 || a.Reason == "" {
					t.Fatalf("%v: %+v", x, a)
				}
			}
		}
		if o, err := r.Optimal(x); err == nil && len(o.Why()) != len(o.Index) {
			t.Fatalf("%v: %q", x, o.Why())
		}
		if layout.Identical(x, y) != layout.Identical(y, x) {
			t.Fatalf("%v and %v are identical one way", x, y)
		}
		a, err := layout.Assignable(x, y)
		if err != nil && !errors.Is(err, layout.ErrMethods) {
			t.Fatal(err)
		}
		if v, err := r.Convertible(x, y); err == nil && a.OK && !v.OK {
			t.Fatalf("%v can be assigned to %v, but not converted", x, y)
		}
		if q, err := layout.Equatable(x, y); err == nil && q.OK && !c.Comparable {
			t.Fatalf("%v can be compared to %v", x, y)
		}
	})
}

// FuzzFromTypes type-checks source and converts its declarations.
func FuzzFromTypes(f *testing.F) {
	for _, s := range append(sources, "type T[P any] struct { t *T[P] }; type U T[int]; var V T[string]", "type T[P any] struct { t *T[[]P] }; type U = T[int]") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 2000 {
			return
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "", "package p;"+src, 0)
		if err != nil {
			return
		}
		conf := types.Config{Error: func(error) {}} // imports nothing but unsafe
		pkg, err := conf.Check("p", fset, []*ast.File{file}, nil)
		if err != nil {
			return
		}
		for _, name := range pkg.Scope().Names() {
			typ, err := gotypes.From(pkg.Scope().Lookup(name).Type())
			if err == nil {
				_, err = layout.Of("386", typ)
			}
			if err != nil && len(err.Error()) > 2000 {
				t.Fatalf("an error of %d bytes", len(err.Error()))
			}
		}
	})
}

// FuzzFromReflect builds types of the running program.
func FuzzFromReflect(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9})
	f.Add([]byte{24, 24, 24, 30, 0, 25, 25})
	f.Fuzz(func(t *testing.T, steps []byte) {
		typ := reflect.TypeFor[error]()
		for _, b := range steps[:min(len(steps), 20)] {
			if len(typ.String()) > 200 {
				break // names may repeat, and reflect keeps every type forever
			}
			switch b % 8 {
			case 0:
				typ = reflect.PointerTo(typ)
			case 1:
				typ = reflect.SliceOf(typ)
			case 2:
				if typ.Size() < 1<<20 {
					typ = reflect.ArrayOf(int(b)/8, typ)
				}
			case 3:
				if typ.Comparable() {
					typ = reflect.MapOf(typ, typ)
				}
			case 4:
				typ = reflect.FuncOf([]reflect.Type{typ}, nil, false)
			case 5:
				if typ.Size() < 1<<16 {
					typ = reflect.ChanOf(reflect.ChanDir(b/8%3+1), typ)
				}
			default:
				if typ.Size() < 1<<20 {
					typ = reflect.StructOf([]reflect.StructField{{Name: "A", Type: reflect.TypeFor[int8]()}, {Name: "B", Type: typ}})
				}
			}
		}
		model, err := layout.FromReflect(typ)
		if err != nil {
			t.Fatal(err)
		}
		l, err := layout.Of(runtime.GOARCH, model)
		if err != nil {
			return
		}
		if c, err := layout.Comparable(model); l.Size != int64(typ.Size()) || err != nil || c.Comparable != typ.Comparable() {
			t.Fatalf("%v: size %d, real %d; %+v, %v", typ, l.Size, typ.Size(), c, err)
		}
	})
}
