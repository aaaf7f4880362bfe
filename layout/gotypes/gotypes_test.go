package gotypes_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/layout"
	"github.com/orrery-go/orrery/layout/gotypes"
)

// check type-checks the source of package example.com/p.
func check(t *testing.T, source string) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", "package p\n\n"+source, 0)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{Importer: importer.Default()}
	pkg, err := conf.Check("example.com/p", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

// from converts the type of a name.
func from(t *testing.T, pkg *types.Package, name string) layout.Type {
	t.Helper()
	got, err := gotypes.From(pkg.Scope().Lookup(name).Type())
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return got
}

// TestKinds converts a type of each kind, and compares all that is known of it.
func TestKinds(t *testing.T) {
	integer, empty := layout.Int, &layout.Interface{}
	for source, want := range map[string]layout.Type{
		"bool": layout.Bool, "int": layout.Int, "int8": layout.Int8, "int16": layout.Int16, "int32": layout.Int32, "int64": layout.Int64,
		"uint": layout.Uint, "uint8": layout.Uint8, "uint16": layout.Uint16, "uint32": layout.Uint32, "uint64": layout.Uint64,
		"uintptr": layout.Uintptr, "float32": layout.Float32, "float64": layout.Float64,
		"complex64": layout.Complex64, "complex128": layout.Complex128, "string": layout.String, "unsafe.Pointer": layout.UnsafePointer,
		"byte": layout.Uint8, "rune": layout.Int32, "any": empty, "error": layout.Error,

		"*int":              &layout.Pointer{Elem: integer},
		"[]int":             &layout.Slice{Elem: integer},
		"[7]int":            &layout.Array{Len: 7, Elem: integer},
		"[1<<62]int":        &layout.Array{Len: 1 << 62, Elem: integer},
		"[0][3]int":         &layout.Array{Elem: &layout.Array{Len: 3, Elem: integer}},
		"map[string][]int":  &layout.Map{Key: layout.String, Elem: &layout.Slice{Elem: integer}},
		"chan int":          &layout.Chan{Elem: integer},
		"chan<- int":        &layout.Chan{Dir: layout.Send, Elem: integer},
		"<-chan int":        &layout.Chan{Dir: layout.Recv, Elem: integer},
		"func()":            &layout.Func{},
		"func(...int) bool": &layout.Func{Params: []layout.Type{&layout.Slice{Elem: integer}}, Results: []layout.Type{layout.Bool}, Variadic: true},
		"func(a, b string, _ []int) (x, y int)": &layout.Func{
			Params: []layout.Type{layout.String, layout.String, &layout.Slice{Elem: integer}}, Results: []layout.Type{integer, integer},
		},
		"struct{}": &layout.Struct{},
		"struct { A int `tag`; b, _ string; error; *M }": &layout.Struct{Fields: []layout.Field{
			{Name: "A", Type: integer, Tag: "tag"},
			{Name: "b", Pkg: "example.com/p", Type: layout.String},
			{Name: "_", Pkg: "example.com/p", Type: layout.String},
			{Name: "error", Pkg: "example.com/p", Type: layout.Error, Embedded: true},
			{Name: "M", Type: &layout.Pointer{Elem: &layout.Named{Pkg: "example.com/p", Name: "M", Underlying: integer}}, Embedded: true},
		}},
		// A method set has the methods of embedded interfaces, too, in the order of names.
		"interface { N() int; m(error); error }": &layout.Interface{Methods: []layout.Method{
			{Name: "Error", Type: &layout.Func{Results: []layout.Type{layout.String}}},
			{Name: "N", Type: &layout.Func{Results: []layout.Type{integer}}},
			{Name: "m", Pkg: "example.com/p", Type: &layout.Func{Params: []layout.Type{layout.Error}}},
		}},
	} {
		pkg := check(t, "import \"unsafe\"\n\nvar _ unsafe.Pointer\n\ntype M int\n\nvar x "+source)
		got := from(t, pkg, "x")
		if s, ok := want.(*layout.Struct); ok && len(s.Fields) > 0 { // a declared type knows its declaration
			s.Fields[4].Type.(*layout.Pointer).Elem.(*layout.Named).Decl = pkg.Scope().Lookup("M")
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, %#v, want %v, %#v", source, got, got, want, want)
		}
	}
}

// TestNamed converts declared types: one that is its own element, two that need each
// other, the instances of a generic type, one of another package, and aliases, which are
// other names of the same type.
func TestNamed(t *testing.T) {
	pkg := check(t, `
type List struct { next *List; n int }

type A struct { b []B }
type B map[string]A

type Pair[K comparable, V any] struct { k K; v *Pair[K, V] }
type Of = Pair[string, List]
type Name = List
type Set[T any] = []T

var (
	l List
	a A
	pair Pair[string, List]
	other Pair[string, int]
	of Of
	name Name
	set Set[List]
)`)
	decl := func(name string) types.Object { return pkg.Scope().Lookup(name) }
	const path = "example.com/p"

	list := &layout.Named{Pkg: path, Name: "List", Decl: decl("List")}
	list.Underlying = &layout.Struct{Fields: []layout.Field{
		{Name: "next", Pkg: path, Type: &layout.Pointer{Elem: list}}, {Name: "n", Pkg: path, Type: layout.Int},
	}}
	a := &layout.Named{Pkg: path, Name: "A", Decl: decl("A")}
	b := &layout.Named{Pkg: path, Name: "B", Decl: decl("B"), Underlying: &layout.Map{Key: layout.String, Elem: a}}
	a.Underlying = &layout.Struct{Fields: []layout.Field{{Name: "b", Pkg: path, Type: &layout.Slice{Elem: b}}}}
	pair := &layout.Named{Pkg: path, Name: "Pair", Decl: decl("Pair"), Args: []layout.Type{layout.String, list}}
	pair.Underlying = &layout.Struct{Fields: []layout.Field{
		{Name: "k", Pkg: path, Type: layout.String}, {Name: "v", Pkg: path, Type: &layout.Pointer{Elem: pair}},
	}}
	for name, want := range map[string]layout.Type{"l": list, "a": a, "pair": pair, "of": pair, "name": list, "set": &layout.Slice{Elem: list}} {
		if got := from(t, pkg, name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	// The list is its own element, not one of a longer and longer type.
	got := from(t, pkg, "l").(*layout.Named)
	if next := got.Underlying.(*layout.Struct).Fields[0].Type.(*layout.Pointer).Elem; next != layout.Type(got) {
		t.Errorf("the element of %v is %v, another type", got, next)
	}
	if layout.Identical(from(t, pkg, "pair"), from(t, pkg, "other")) || !layout.Identical(from(t, pkg, "pair"), from(t, pkg, "of")) {
		t.Error("instances with other arguments are other types, and those with the same are one")
	}
	// A type List of another package.
	other := types.NewNamed(types.NewTypeName(0, types.NewPackage("example.com/q", "q"), "List", nil), types.Typ[types.Int], nil)
	if q, err := gotypes.From(other); err != nil || q.(*layout.Named).Pkg != "example.com/q" || layout.Identical(q, got) {
		t.Errorf("a type of another package is %v, %v", q, err)
	}
	// A declared type without a package, as programs make them for tests.
	for _, name := range []string{"T", "error"} {
		pkg := map[string]*types.Package{"error": types.NewPackage("p", "p")}[name]
		own, err := gotypes.From(types.NewNamed(types.NewTypeName(0, pkg, name, nil), types.Typ[types.Int], nil))
		if n, ok := own.(*layout.Named); err != nil || !ok || n.Name != name || n.Underlying != layout.Int {
			t.Errorf("%s without a package is %#v, %v", name, own, err)
		}
	}
	field := types.NewField(0, nil, "f", types.Typ[types.Int], false)
	if s, err := gotypes.From(types.NewStruct([]*types.Var{field}, nil)); err != nil || s.(*layout.Struct).Fields[0].Pkg != "" {
		t.Errorf("a field without a package: %v, %v", s, err)
	}
}

// TestOnce converts a type that has itself twice at each of 60 levels: each level once, so
// that it takes no time.
func TestOnce(t *testing.T) {
	typ := types.Type(types.Typ[types.Int])
	for range 60 {
		typ = types.NewStruct([]*types.Var{types.NewField(0, nil, "A", typ, false), types.NewField(0, nil, "B", typ, false)}, nil)
	}
	got, err := gotypes.From(typ)
	if err != nil {
		t.Fatal(err)
	}
	if f := got.(*layout.Struct).Fields; f[0].Type != f[1].Type {
		t.Error("the fields have the same type, which was converted twice")
	}
}

// TestBound converts types that reach the largest number of types and one more: side by
// side, one in another, and declared. Predeclared types do not count.
func TestBound(t *testing.T) {
	const most = 1 << 16
	// beside returns a struct of n pointers to arrays of different lengths: it reaches twice
	// as many types and itself.
	beside := func(n int) types.Type {
		var fields []*types.Var
		for i := range n {
			fields = append(fields, types.NewField(0, nil, fmt.Sprint("F", i), types.NewPointer(types.NewArray(types.Typ[types.Int], int64(i))), false))
		}
		return types.NewStruct(fields, nil)
	}
	deep := func(n int) types.Type {
		t := types.Type(types.Typ[types.Int])
		for range n {
			t = types.NewPointer(t)
		}
		return t
	}
	chain := func(n int) types.Type { // pointers, each with a name, to the one before
		t := types.Type(types.Typ[types.Int])
		for range n / 2 {
			t = types.NewNamed(types.NewTypeName(0, nil, "T", nil), types.NewPointer(t), nil)
		}
		return t
	}
	for _, c := range []struct {
		what string
		typ  types.Type
		ok   bool
	}{
		{"side by side", beside(most/2 - 1), true}, {"one more", types.NewPointer(beside(most/2 - 1)), true},
		{"side by side, too many", beside(most / 2), false},
		{"deep", deep(most), true}, {"too deep", deep(most + 1), false}, {"much too deep", deep(most * 10), false},
		{"declared", chain(most), true}, {"declared, too many", chain(most + 2), false},
	} {
		got, err := gotypes.From(c.typ)
		switch {
		case c.ok && (err != nil || got == nil):
			t.Errorf("%s: %v", c.what, err)
		case !c.ok && (err == nil || got != nil || err.Error() != "layout: the type reaches more than 65536 types"):
			t.Errorf("%s: %T, %v", c.what, got, err)
		}
	}
}

// TestLonger converts an instance of type T[P any] struct { t *T[[]P] }, which needs ever
// longer ones. go/types reports an error for it, and makes them all the same.
func TestLonger(t *testing.T) {
	p := types.NewTypeParam(types.NewTypeName(0, nil, "P", nil), types.NewInterfaceType(nil, nil))
	named := types.NewNamed(types.NewTypeName(0, nil, "T", nil), nil, nil)
	named.SetTypeParams([]*types.TypeParam{p})
	instance := func(arg types.Type) types.Type {
		typ, err := types.Instantiate(nil, named, []types.Type{arg}, false)
		if err != nil {
			t.Fatal(err)
		}
		return typ
	}
	named.SetUnderlying(types.NewStruct([]*types.Var{types.NewField(0, nil, "T", types.NewPointer(instance(types.NewSlice(p))), false)}, nil))
	const want = "layout: the names of the instances that the type reaches have more than 1048576 bytes"
	if got, err := gotypes.From(instance(types.Typ[types.Int])); err == nil || err.Error() != want || got != nil {
		t.Errorf("%v, %v", got, err)
	}

	// The bound itself, with two instances of names of half as many bytes.
	pkg := check(t, "type T[P any] struct{}")
	pair := func(more string) types.Type {
		var fields []*types.Var
		for i := range 2 {
			// The instance is called example.com/p.T[AAA...].
			name := strings.Repeat(string(rune('A'+i)), 1<<19-len("example.com/p.T[]"))
			if i == 1 {
				name += more
			}
			arg := types.NewNamed(types.NewTypeName(0, nil, name, nil), types.Typ[types.Int], nil)
			typ, err := types.Instantiate(nil, pkg.Scope().Lookup("T").Type(), []types.Type{arg}, false)
			if err != nil {
				t.Fatal(err)
			}
			fields = append(fields, types.NewField(0, nil, fmt.Sprint("F", i), typ, false))
		}
		return types.NewStruct(fields, nil)
	}
	if _, err := gotypes.From(pair("")); err != nil {
		t.Error(err)
	}
	if got, err := gotypes.From(pair("x")); err == nil || err.Error() != want {
		t.Errorf("one byte more: %T, %v", got, err)
	}
}

// TestErrors converts what no variable can have as its type, alone and as a part of each
// kind of type.
func TestErrors(t *testing.T) {
	pkg := check(t, `
type G[P any] struct { p P }
type C interface { ~int | string }
type Long interface { `+strings.Repeat("LongLong", 100)+`() ; comparable }

func f[Param any](Param) (int, error) { panic(0) }

const untyped = 1 << 3`)
	object := func(name string) types.Type { return pkg.Scope().Lookup(name).Type() }
	f := object("f").(*types.Signature)
	param := f.TypeParams().At(0)
	for want, typ := range map[string]types.Type{
		"layout: nil types.Type":                                                                       nil,
		"layout: untyped int is no type of a variable":                                                 object("untyped"),
		"layout: untyped nil is no type of a variable":                                                 types.Typ[types.UntypedNil],
		"layout: invalid type is no type of a variable":                                                types.Typ[types.Invalid],
		"layout: example.com/p.G[P any] is generic (want an instance)":                                 object("G"),
		"layout: func[Param any](Param) (int, error) is generic":                                       f,
		"layout: Param is no type of a variable":                                                       param,
		"layout: (int, error) is no type of a variable":                                                f.Results(),
		"layout: interface{~int | string} is a constraint and no type of a variable":                   object("C"),
		"layout: interface{comparable} is a constraint and no type of a variable":                      types.Universe.Lookup("comparable").Type(),
		"layout: interface{" + strings.Repeat("LongLong", 100)[:300-len("layout: interface{")] + "...": object("Long"),
	} {
		bad := func(what string, typ types.Type) {
			t.Helper()
			if got, err := gotypes.From(typ); err == nil || err.Error() != want || got != nil {
				t.Errorf("%s: %v, %v, want %s", what, got, err, want)
			}
		}
		bad("alone", typ)
		if _, tuple := typ.(*types.Tuple); tuple || typ == nil {
			continue
		}
		v, n := types.NewParam(0, pkg, "v", typ), types.Typ[types.Int]
		method := func(params, results *types.Tuple) types.Type {
			sig := types.NewSignatureType(nil, nil, nil, params, results, false)
			return types.NewInterfaceType([]*types.Func{types.NewFunc(0, pkg, "M", sig)}, nil).Complete()
		}
		for what, whole := range map[string]types.Type{
			"pointer": types.NewPointer(typ), "slice": types.NewSlice(typ), "array": types.NewArray(typ, 3), "chan": types.NewChan(types.SendRecv, typ),
			"key": types.NewMap(typ, n), "element": types.NewMap(n, typ), "field": types.NewStruct([]*types.Var{types.NewField(0, pkg, "f", typ, false)}, nil),
			"parameter": types.NewSignatureType(nil, nil, nil, types.NewTuple(v), nil, false), "result": types.NewSignatureType(nil, nil, nil, nil, types.NewTuple(v), false),
			"parameter of a method": method(types.NewTuple(v), nil), "result of a method": method(nil, types.NewTuple(v)),
			"declared": types.NewNamed(types.NewTypeName(0, pkg, "T", nil), types.NewPointer(typ), nil),
		} {
			bad(what, whole)
		}
		if typ != object("untyped") { // the argument of an instance that does not use it
			g := types.NewSignatureType(nil, nil, nil, nil, nil, false)
			p := types.NewTypeParam(types.NewTypeName(0, pkg, "P", nil), types.NewInterfaceType(nil, nil))
			named := types.NewNamed(types.NewTypeName(0, pkg, "Phantom", nil), g, nil)
			named.SetTypeParams([]*types.TypeParam{p})
			instance, err := types.Instantiate(nil, named, []types.Type{typ}, false)
			if err != nil {
				t.Fatal(err)
			}
			bad("argument", instance)
		}
	}
	for _, typ := range []types.Type{
		(*types.Named)(nil), (*types.Pointer)(nil), (*types.Basic)(nil), (*types.Alias)(nil), types.NewPointer(nil), types.NewSlice((*types.Struct)(nil)),
		types.NewNamed(types.NewTypeName(0, pkg, "Unfinished", nil), nil, nil),
	} {
		if got, err := gotypes.From(typ); err == nil || err.Error() != "layout: nil types.Type" || got != nil {
			t.Errorf("%T: %v, %v", typ, got, err)
		}
	}
}
