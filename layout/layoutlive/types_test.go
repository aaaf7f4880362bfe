package layoutlive

import (
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"testing"

	"github.com/orrery-go/orrery/layout"
	"github.com/orrery-go/orrery/layout/gotypes"
	"github.com/orrery-go/orrery/release"
)

func rules(t testing.TB, arch, release string) *layout.Rules {
	t.Helper()
	r, err := layout.New(layout.Config{Arch: arch, Release: release})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The numbers of types in each test. The emulated machines on which 4-byte words are
// tested are too slow for all of them.
const (
	fewTypes = 1_000
	numTypes = int(20_000*(word/4-1) + fewTypes*(2-word/4))
)

// TestTypes compares sizes, alignments and offsets with go/types on every architecture.
func TestTypes(t *testing.T) {
	g := newGenerator(1)
	g.huge = true
	n := max(numTypes, 2_000)
	modelTypes := make([]layout.Type, n)
	goTypes := make([]types.Type, n)
	for i := range goTypes {
		goTypes[i] = g.structure(1 + i%4/3) // one in four has structs in structs
		if i%8 == 0 {
			goTypes[i] = g.typ(3)
		}
		var err error
		if modelTypes[i], err = gotypes.From(goTypes[i]); err != nil {
			t.Fatalf("%v: %v", goTypes[i], err)
		}
	}
	for _, arch := range layout.Archs() {
		t.Run(arch, func(t *testing.T) {
			t.Parallel()
			sizes := types.SizesFor("gc", arch)
			if sizes == nil {
				t.Fatalf("go/types does not know %s", arch)
			}
			r := rules(t, arch, release.Running)
			tooLarge := 0
			for i, goType := range goTypes {
				l, err := r.Of(modelTypes[i])
				if err != nil {
					if !errors.Is(err, layout.ErrTooLarge) || !exceeds(goType, sizes, r.Word()) {
						t.Fatalf("%s, %v: %v", arch, goType, err)
					}
					tooLarge++
					continue
				}
				if size, align := sizes.Sizeof(goType), sizes.Alignof(goType); l.Size != size || l.Align != align {
					t.Fatalf("%s, %v: model size %d, align %d; go/types %d, %d", arch, goType, l.Size, l.Align, size, align)
				}
				st, ok := goType.Underlying().(*types.Struct)
				if !ok {
					continue
				}
				var fields []*types.Var
				for f := range st.Fields() {
					fields = append(fields, f)
				}
				for j, offset := range sizes.Offsetsof(fields) {
					if l.Fields[j].Offset != offset {
						t.Fatalf("%s, %v: field %d: model offset %d; go/types %d", arch, goType, j, l.Fields[j].Offset, offset)
					}
				}
			}
			t.Logf("%d types, %d of them too large, 0 mismatches", n, tooLarge)
			if tooLarge == 0 || tooLarge > n/10 {
				t.Errorf("%d of %d types were too large", tooLarge, n)
			}
		})
	}
}

// exceeds reports whether a part of a type exceeds the compiler's limits. go/types has
// no limit but an int64.
func exceeds(t types.Type, sizes types.Sizes, word int64) bool {
	limit := int64(1) << 50
	if word == 4 {
		limit = 1<<31 - 1
	}
	if s := sizes.Sizeof(t); s < 0 || s >= limit {
		return true
	}
	switch t := t.Underlying().(type) {
	case *types.Array:
		return exceeds(t.Elem(), sizes, word)
	case *types.Struct:
		for f := range t.Fields() {
			if exceeds(f.Type(), sizes, word) {
				return true
			}
		}
	}
	return false
}

// TestStrings compares the conversions of strings with go/types.
func TestStrings(t *testing.T) {
	g := newGenerator(3)
	named := func(name string, u types.Type) types.Type {
		return types.NewNamed(types.NewTypeName(token.NoPos, g.pkgs[0], name, nil), u, nil)
	}
	elems := []types.Type{types.Typ[types.Uint8], types.Typ[types.Int32], types.Typ[types.Int], types.Typ[types.Int8], types.Typ[types.Uint32], types.Typ[types.String]}
	elems = append(elems, named("B", elems[0]), named("R", elems[1]))
	all := append([]types.Type{named("S", types.Typ[types.String]), types.NewPointer(types.Typ[types.Uint8])}, elems...)
	for i, e := range elems {
		all = append(all, types.NewSlice(e), types.NewArray(e, 4), named(fmt.Sprint("L", i), types.NewSlice(e)))
	}
	r := rules(t, "", release.Running)
	yes := 0
	for _, x := range all {
		for _, y := range all {
			a, errA := gotypes.From(x)
			b, errB := gotypes.From(y)
			if errA != nil || errB != nil {
				t.Fatal(errA, errB)
			}
			w, err := r.Convertible(a, b)
			if err != nil {
				t.Fatal(err)
			}
			if want := types.ConvertibleTo(x, y); w.OK != want {
				t.Errorf("%v convertible to %v: model %+v, go/types %v", x, y, w, want)
			} else if want {
				yes++
			}
		}
	}
	t.Logf("%d pairs, %d of them convertible", len(all)*len(all), yes)
}

// TestPairs compares comparability, assignability and convertibility with go/types, for
// random pairs of types, half of them alike.
func TestPairs(t *testing.T) {
	g := newGenerator(2)
	g.tags = true
	r := rules(t, "", release.Running)
	n := 2 * numTypes
	var identical, assignable, convertible, equatable, incomparable, methods int
	for range n {
		x := g.typ(2)
		y := g.typ(2)
		switch g.IntN(4) {
		case 0:
			y = x.Underlying()
		case 1:
			y = g.alike(x)
		}
		// A converter for each type, as in programs that load packages at different
		// times.
		a, errA := gotypes.From(x)
		b, errB := gotypes.From(y)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if got, want := layout.Identical(a, b), types.Identical(x, y); got != want {
			t.Fatalf("%v and %v identical: model %v", x, y, got)
		} else if got {
			identical++
		}
		c, err := layout.Comparable(a)
		if err != nil {
			t.Fatal(err)
		}
		if want := types.Comparable(x); c.Comparable != want {
			t.Fatalf("%v comparable: model %+v, go/types %v", x, c, want)
		} else if !want {
			incomparable++
		}
		v, err := layout.Assignable(a, b)
		if errors.Is(err, layout.ErrMethods) {
			methods++ // the question is refused, and the test checks that it had to be
			if in, ok := y.Underlying().(*types.Interface); !ok || in.NumMethods() == 0 || types.IsInterface(x) {
				t.Fatalf("%v to %v: %v", x, y, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if want := types.AssignableTo(x, y); v.OK != want {
			t.Fatalf("%v assignable to %v: model %+v, go/types %v", x, y, v, want)
		} else if want {
			assignable++
		}
		w, err := r.Convertible(a, b)
		if err != nil {
			t.Fatal(err)
		}
		if want := types.ConvertibleTo(x, y); w.OK != want {
			t.Fatalf("%v convertible to %v: model %+v, go/types %v", x, y, w, want)
		} else if want {
			convertible++
		}
		e, err := layout.Equatable(a, b)
		if errors.Is(err, layout.ErrMethods) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		// go/types has no function for it; this is the sentence in the language
		// specification.
		want := (types.AssignableTo(x, y) || types.AssignableTo(y, x)) && types.Comparable(x) && types.Comparable(y)
		if e.OK != want {
			t.Fatalf("%v == %v: model %+v, go/types %v", x, y, e, want)
		} else if want {
			equatable++
		}
	}
	t.Logf("%d pairs: %d identical, %d assignable, %d convertible, %d equatable, %d incomparable, %d refused for methods; 0 mismatches",
		n, identical, assignable, convertible, equatable, incomparable, methods)
	if min(identical, assignable-identical, convertible-assignable, equatable, incomparable) < n/100 {
		t.Error("hardly any pairs of some kind")
	}
}

// alike makes a type that differs little or not at all from another: a fresh copy of its
// outermost level, sometimes with one part changed.
func (g *generator) alike(t types.Type) types.Type {
	part := func(t types.Type) types.Type {
		if g.IntN(6) == 0 {
			return g.typ(1)
		}
		return t
	}
	switch t := t.Underlying().(type) {
	case *types.Struct:
		var fields []*types.Var
		var tags []string
		change := g.IntN(3 * (t.NumFields() + 1))
		for i := range t.NumFields() {
			f, tag := t.Field(i), t.Tag(i)
			if i == change {
				switch g.IntN(4) {
				case 0:
					tag += "x"
				case 1:
					f = types.NewField(f.Pos(), f.Pkg(), f.Name(), g.typ(1), f.Embedded())
				case 2:
					f = types.NewField(f.Pos(), g.pkgs[g.IntN(2)], f.Name(), f.Type(), f.Embedded())
				case 3:
					f = types.NewField(f.Pos(), f.Pkg(), f.Name(), f.Type(), !f.Embedded())
				}
			}
			fields, tags = append(fields, f), append(tags, tag)
		}
		return types.NewStruct(fields, tags)
	case *types.Array:
		if g.IntN(2) == 0 {
			return types.NewSlice(t.Elem())
		}
		return types.NewArray(part(t.Elem()), t.Len()+int64(g.IntN(2)))
	case *types.Slice:
		if g.IntN(2) == 0 {
			return types.NewPointer(types.NewArray(part(t.Elem()), 2))
		}
		return types.NewSlice(part(t.Elem()))
	case *types.Pointer:
		return types.NewPointer(part(t.Elem().Underlying()))
	case *types.Map:
		return types.NewMap(t.Key(), part(t.Elem()))
	case *types.Chan:
		return types.NewChan(types.ChanDir(g.IntN(3)), part(t.Elem()))
	}
	return t
}
