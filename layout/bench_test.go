package layout_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/layout"
)

const benchSource = "struct{ a bool; b int64; c [3]uint16; s string }"

func parse(t rapid.TB, src string) layout.Type {
	t.Helper()
	typ, err := layout.Parse(src)
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	return typ
}

func rules(t rapid.TB, c layout.Config) *layout.Rules {
	t.Helper()
	r, err := layout.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// BenchmarkOf lays out a struct of four fields: size, alignment, pointer bytes,
// and each field's offset, size and pad.
func BenchmarkOf(b *testing.B) {
	r, t := rules(b, layout.Config{}), parse(b, benchSource)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Of(t); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkInto is BenchmarkOf with reused memory.
func BenchmarkInto(b *testing.B) {
	r, t := rules(b, layout.Config{}), parse(b, benchSource)
	var l layout.Layout
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Into(&l, t); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkExtent is BenchmarkOf for the whole struct alone.
func BenchmarkExtent(b *testing.B) {
	r, t := rules(b, layout.Config{}), parse(b, benchSource)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Extent(t); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGoTypes asks go/types for the size of the same struct only.
func BenchmarkGoTypes(b *testing.B) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", "package p; type T "+benchSource, 0)
	if err != nil {
		b.Fatal(err)
	}
	pkg, err := new(types.Config).Check("p", fset, []*ast.File{file}, nil)
	if err != nil {
		b.Fatal(err)
	}
	t, sizes := pkg.Scope().Lookup("T").Type().Underlying(), types.SizesFor("gc", "amd64")
	b.ReportAllocs()
	for b.Loop() {
		if sizes.Sizeof(t) != 40 {
			b.Fatal("wrong size")
		}
	}
}

// BenchmarkOptimal orders nine fields with 4-byte words, which needs the search.
func BenchmarkOptimal(b *testing.B) {
	r := rules(b, layout.Config{Arch: "386"})
	t := parse(b, "struct{ a atomic.Int64; b string; c int8; d *int; e [3]uint16; f any; g []int; h bool; i [5]byte }")
	for b.Loop() {
		if _, err := r.Optimal(t); err != nil {
			b.Fatal(err)
		}
	}
}
