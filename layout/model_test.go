package layout_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/layout"
	"github.com/orrery-go/orrery/release"
)

// configs has one configuration for every word size and alignment, before and after the
// changes of releases.
var configs = []layout.Config{
	{Arch: "amd64"}, {Arch: "386"}, {Arch: "amd64p32"}, {Arch: "s390x", Release: "go1.18"}, {Arch: "arm", Release: "go1.7"},
	{Arch: "amd64", Release: "go1.4"}, {Arch: "amd64p32", Release: "go1.2"},
}

// anyType draws types that Parse can read. Depth bounds their nesting.
func anyType(depth int) *rapid.Generator[layout.Type] {
	basic := rapid.Custom(func(t *rapid.T) layout.Type {
		return layout.Basic(rapid.IntRange(int(layout.Bool), int(layout.UnsafePointer)).Draw(t, "basic"))
	})
	known := rapid.Custom(func(t *rapid.T) layout.Type {
		return parse(t, rapid.SampledFrom([]string{"atomic.Int64", "atomic.Pointer[int]", "atomic.Value", "error", "any"}).Draw(t, "known"))
	})
	if depth == 0 {
		return rapid.OneOf(basic, basic, known)
	}
	elem := rapid.Deferred(func() *rapid.Generator[layout.Type] { return anyType(depth - 1) })
	of := func(wrap func(layout.Type) layout.Type) *rapid.Generator[layout.Type] { return rapid.Map(elem, wrap) }
	return rapid.OneOf(basic, known, structType(depth),
		of(func(e layout.Type) layout.Type { return &layout.Pointer{Elem: e} }),
		of(func(e layout.Type) layout.Type { return &layout.Slice{Elem: e} }),
		of(func(e layout.Type) layout.Type { return &layout.Map{Key: layout.String, Elem: e} }),
		rapid.Custom(func(t *rapid.T) layout.Type {
			return &layout.Array{Len: rapid.Int64Range(0, 4).Draw(t, "len"), Elem: elem.Draw(t, "elem")}
		}),
		rapid.Custom(func(t *rapid.T) layout.Type {
			return &layout.Chan{Dir: layout.Dir(rapid.IntRange(0, 2).Draw(t, "dir")), Elem: elem.Draw(t, "elem")}
		}),
		rapid.Custom(func(t *rapid.T) layout.Type {
			params := rapid.SliceOfN(elem, 0, 2).Draw(t, "params")
			variadic := rapid.Bool().Draw(t, "variadic")
			if variadic {
				params = append(params, &layout.Slice{Elem: layout.Int})
			}
			f := &layout.Func{Params: params, Results: rapid.SliceOfN(elem, 0, 2).Draw(t, "results"), Variadic: variadic}
			if rapid.Bool().Draw(t, "interface") {
				return &layout.Interface{Methods: []layout.Method{{Name: "M", Type: f}}}
			}
			return f
		}))
}

func structType(depth int) *rapid.Generator[layout.Type] {
	return rapid.Custom(func(t *rapid.T) layout.Type {
		types := rapid.SliceOfN(anyType(depth-1), 0, 7).Draw(t, "fields")
		s := &layout.Struct{}
		for i, ft := range types {
			f := layout.Field{Name: fmt.Sprintf("F%d", i), Type: ft}
			if rapid.IntRange(0, 9).Draw(t, "tag") == 0 {
				f.Tag = "a:\"`\""
			}
			s.Fields = append(s.Fields, f)
		}
		return s
	})
}

// pointers reports which words of a type hold pointers, in the simplest way: by
// examining every word.
func pointers(r *layout.Rules, t layout.Type) ([]bool, error) {
	e, err := r.Extent(t)
	if err != nil {
		return nil, err
	}
	words := make([]bool, (e.Size+r.Word()-1)/r.Word())
	switch u := t.(type) {
	case *layout.Named:
		return pointers(r, u.Underlying)
	case *layout.Array:
		elem, err := pointers(r, u.Elem)
		if err != nil || len(elem) == 0 {
			return words, err
		}
		size, _ := r.Extent(u.Elem)
		for i := range u.Len {
			for j, p := range elem {
				if p {
					words[i*size.Size/r.Word()+int64(j)] = true
				}
			}
		}
	case *layout.Struct:
		l, err := r.Of(t)
		if err != nil {
			return nil, err
		}
		for _, f := range l.Fields {
			in, err := pointers(r, f.Type)
			if err != nil {
				return nil, err
			}
			for j, p := range in {
				if p {
					words[f.Offset/r.Word()+int64(j)] = true
				}
			}
		}
	case *layout.Interface:
		words[0], words[1] = true, true
	case layout.Basic:
		if u == layout.String || u == layout.UnsafePointer {
			words[0] = true
		}
	default:
		words[0] = true
	}
	return words, nil
}

// notYet reports whether err rightly says that the release lacks a type: the type
// contains an atomic one, and the release is old.
func notYet(r *layout.Rules, typ layout.Type, err error) bool {
	rel, perr := release.Parse(r.Release())
	return errors.Is(err, layout.ErrNotYet) && perr == nil && !rel.AtLeast("go1.19") && strings.Contains(typ.String(), "atomic.")
}

// TestNotYet uses types of the library and of the language in every release.
func TestNotYet(t *testing.T) {
	for text, since := range map[string]string{
		"atomic.Value": "go1.4", "atomic.Int64": "go1.19", "[]map[string]*atomic.Bool": "go1.19", "func(chan<- atomic.Pointer[int])": "go1.19",
		"struct{ a struct{ f interface{ M() atomic.Uintptr } } }": "go1.19", "[4]int": "go1.2",
	} {
		typ := parse(t, text)
		for _, name := range append(release.Known(), "go1.18", "go1.19", "go1.19rc1", "go1.4", "") {
			r := rules(t, layout.Config{Release: name})
			rel, err := release.Parse(name)
			if err != nil {
				t.Fatal(err)
			}
			_, err = r.Of(typ)
			if has := rel.AtLeast(since); errors.Is(err, layout.ErrNotYet) == has || has && err != nil {
				t.Errorf("%s in %s: %v", text, name, err)
			}
			_, extErr := r.Extent(typ)
			if (extErr == nil) != (err == nil) {
				t.Errorf("%s in %s: Of %v, Extent %v", text, name, err, extErr)
			}
		}
	}
	generic := &layout.Named{Pkg: "p", Name: "List", Args: []layout.Type{layout.Int}, Underlying: layout.Int}
	for name, want := range map[string]string{
		"go1.17.13": "layout: go1.17.13 does not have the type p.List[int]: generic types came with go1.18", "go1.18": "",
	} {
		_, err := rules(t, layout.Config{Release: name}).Of(generic)
		if got := fmt.Sprint(err); got != want && (want != "" || err != nil) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

// TestProperties checks what holds for every layout, whatever the rules.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rules(t, rapid.SampledFrom(configs).Draw(t, "config"))
		typ := rapid.OneOf(structType(2), anyType(3)).Draw(t, "type")
		l, err := r.Of(typ)
		if notYet(r, typ, err) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if l.Align < 1 || l.Align > 8 || l.Align&(l.Align-1) != 0 || l.Size%l.Align != 0 {
			t.Fatalf("%v: size %d, align %d", typ, l.Size, l.Align)
		}
		words, err := pointers(r, typ)
		if err != nil {
			t.Fatal(err)
		}
		last := int64(0)
		for i, p := range words {
			if p {
				last = int64(i+1) * r.Word()
			}
		}
		if l.PtrBytes != last {
			t.Fatalf("%v: %d pointer bytes, but the last pointer ends at %d", typ, l.PtrBytes, last)
		}
		end := int64(0)
		for i, f := range l.Fields {
			if f.Offset%f.Align != 0 || f.Offset < end || f.Offset-end >= f.Align || f.Align > l.Align {
				t.Fatalf("%v: field %d at %d after %d, align %d", typ, i, f.Offset, end, f.Align)
			}
			end = f.Offset + f.Size
		}
		sum := int64(0)
		for _, p := range l.Pads() {
			if p.Size <= 0 || p.Reason == "" {
				t.Fatalf("%v: pad %+v", typ, p)
			}
			sum += p.Size
		}
		for _, f := range l.Fields {
			sum += f.Size
		}
		if l.Fields != nil && (sum != l.Size || sum-l.Padding() > l.Size) {
			t.Fatalf("%v: fields and pads have %d bytes of %d", typ, sum, l.Size)
		}
		var again layout.Layout
		again.Fields = make([]layout.FieldLayout, 3, 9)
		if err := r.Into(&again, typ); err != nil || !reflect.DeepEqual(again, l) {
			t.Fatalf("%v: Into and Of differ:\n%s", typ, cmp.Diff(l, again, sameText))
		}
	})
}

var sameText = cmp.Comparer(func(x, y layout.Type) bool { return x.String() == y.String() })

// TestText checks that a type is read as it is written.
func TestText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typ := anyType(3).Draw(t, "type")
		again, err := layout.Parse(typ.String())
		if err != nil {
			t.Fatalf("%v: %v", typ, err)
		}
		if !layout.Identical(typ, again) {
			t.Fatalf("%v is read as %v", typ, again)
		}
		a, err := layout.Assignable(again, typ)
		if err != nil || !a.OK {
			t.Fatalf("%v assigned to itself: %+v, %v", typ, a, err)
		}
	})
}

// TestRows checks that a picture shows every byte once.
func TestRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rules(t, rapid.SampledFrom(configs).Draw(t, "config"))
		typ := rapid.OneOf(structType(2), anyType(2)).Draw(t, "type")
		if rapid.Bool().Draw(t, "long") {
			typ = &layout.Struct{Fields: []layout.Field{
				{Name: "a", Type: layout.Bool},
				{Name: "b", Type: &layout.Array{Len: rapid.Int64Range(0, 100).Draw(t, "long"), Elem: typ}},
				{Name: "c", Type: layout.Uint16},
			}}
		}
		l, err := r.Of(typ)
		if notYet(r, typ, err) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		rows := l.Rows()
		if len(rows) > 8*(len(l.Fields)+2) {
			t.Fatalf("%v: %d rows for %d fields", typ, len(rows), len(l.Fields))
		}
		at, zero := int64(0), 0
		for _, row := range rows {
			if row.Offset != at || row.Words > 1 && (len(row.Cells) != 1 || row.Cells[0].Pad != "") {
				t.Fatalf("%v: row %+v at %d", typ, row, at)
			}
			in := int64(0)
			for _, c := range row.Cells {
				if c.From != in || c.To <= c.From {
					t.Fatalf("%v: row %+v", typ, row)
				}
				in = c.To
				if c.Field >= 0 && c.Pad == "" {
					f := l.Fields[c.Field]
					if from := row.Offset + c.From; from < f.Offset || row.Offset+c.To > f.Offset+f.Size || c.First != (from == f.Offset) {
						t.Fatalf("%v: row %+v shows field %+v", typ, row, f)
					}
				}
			}
			if at += row.Words * l.Word; at <= l.Size && in != l.Word {
				t.Fatalf("%v: row %+v ends early", typ, row)
			}
			zero += len(row.Zero)
		}
		for _, row := range rows {
			for _, i := range row.Zero {
				if f := l.Fields[i]; f.Offset < row.Offset || f.Offset > row.Offset+row.Words*l.Word {
					t.Fatalf("%v: row %+v has the field %+v", typ, row, f)
				}
			}
		}
		for _, f := range l.Fields {
			if f.Size == 0 {
				zero--
			}
		}
		if at < l.Size || at >= l.Size+2*l.Word || zero != 0 {
			t.Fatalf("%v: rows up to %d of %d, %d fields of size 0 too many", typ, at, l.Size, zero)
		}
		picture := l.Picture()
		if lines := strings.Count(picture, "\n"); lines != len(rows)+1 {
			t.Fatalf("%v: %d lines for %d rows:\n%s", typ, lines, len(rows), picture)
		}
	})
}

func TestJSON(t *testing.T) {
	l, err := layout.Of("386", parse(t, "struct{ a bool; b atomic.Int64; z struct{} }"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"type":"struct{ a bool; b atomic.Int64; z struct{} }","arch":"386","word":4,"size":24,"align":8,"ptrBytes":0,` +
		`"fields":[{"name":"a","type":"bool","offset":0,"size":1,"align":1,"ptrBytes":0,"pad":7},` +
		`{"name":"b","type":"atomic.Int64","offset":8,"size":8,"align":8,"ptrBytes":0,"pad":0},` +
		`{"name":"z","type":"struct{}","offset":16,"size":0,"align":1,"ptrBytes":0,"pad":8}],"tailByte":1}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFlatten checks the flat list against the layouts of all structs in it.
func TestFlatten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rules(t, rapid.SampledFrom(configs).Draw(t, "config"))
		typ := structType(3).Draw(t, "type")
		entries, err := r.Flatten("T", typ)
		if notYet(r, typ, err) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		size, err := r.Extent(typ)
		if err != nil {
			t.Fatal(err)
		}
		at := int64(0)
		for _, e := range entries {
			if e.Start != at || e.End != e.Start+e.Size || e.IsPadding != (e.Name == "") {
				t.Fatalf("%v: %+v at %d", typ, e, at)
			}
			at = e.End
			if e.IsPadding || strings.Contains(e.Name, "._") {
				continue // a blank name is ambiguous
			}
			inner, offset := typ, int64(0)
			for _, name := range strings.Split(e.Name, ".")[1:] {
				l, err := r.Of(inner)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range l.Fields {
					if f.Name == name {
						inner, offset = f.Type, offset+f.Offset
						break
					}
				}
			}
			// Long text is cut.
			if !strings.HasPrefix(inner.String(), strings.TrimSuffix(e.Type, "...")) || len(e.Type) < min(len(inner.String()), 150) || offset != e.Start {
				t.Fatalf("%v: %+v is %v at %d", typ, e, inner, offset)
			}
		}
		if at != size.Size {
			t.Fatalf("%v: entries end at %d of %d", typ, at, size.Size)
		}
	})
}

func TestConfigs(t *testing.T) {
	for _, c := range []layout.Config{{Arch: "i386"}, {Arch: "AMD64"}, {Release: "1.17"}, {Arch: "wasm", Release: "go2"}} {
		if r, err := layout.New(c); err == nil {
			t.Errorf("For(%+v) = %s, %s", c, r.Arch(), r.Release())
		}
	}
	if _, err := layout.Of("vax", layout.Int); err == nil {
		t.Error("Of on a vax succeeds")
	}
	future := rules(t, layout.Config{Release: "go1.99"})
	if got, want := future.Release(), "go1.99 (rules of go1.27)"; got != want {
		t.Errorf("Release() = %q, want %q", got, want)
	}
	if n := len(layout.Archs()); n != 16 {
		t.Errorf("%d architectures", n)
	}
}

// TestBadTypes uses texts that are not types, or too large ones.
func TestBadTypes(t *testing.T) {
	loop := &layout.Named{Name: "T"}
	loop.Underlying = loop
	inner := &layout.Struct{}
	inner.Fields = []layout.Field{{Name: "a", Type: inner}}
	ring := &layout.Array{Len: 1}
	ring.Elem = ring
	deep := layout.Type(layout.Int)
	for range 100_000 {
		deep = &layout.Array{Len: 1, Elem: deep}
	}
	for _, bad := range []struct {
		t    layout.Type
		want error
	}{
		{nil, nil}, {layout.Basic(0), nil}, {layout.Basic(99), nil}, {(*layout.Struct)(nil), nil}, {(*layout.Named)(nil), nil},
		{(*layout.Array)(nil), nil}, {&layout.Array{Len: 2}, nil}, {&layout.Array{Len: -1, Elem: layout.Int}, nil},
		{&layout.Named{}, nil}, {loop, nil}, {ring, nil}, {deep, nil}, {inner, layout.ErrInfinite},
		{&layout.Struct{Fields: []layout.Field{{Name: "a"}}}, nil},
		{parse(t, "type T struct { a [2]U }; type U struct { t T }"), layout.ErrInfinite},
		{&layout.Array{Len: 1 << 47, Elem: layout.Int64}, layout.ErrTooLarge},
		{parse(t, "struct{ a, b [1<<49]byte }"), layout.ErrTooLarge},
		{parse(t, "[1<<62][1<<62][1<<62]int"), layout.ErrTooLarge},
	} {
		l, err := layout.Of("amd64", bad.t)
		if err == nil || !strings.HasPrefix(err.Error(), "layout: ") || len(err.Error()) > 1000 {
			t.Errorf("%T: %+v, %.100v", bad.t, l.Extent, err)
		}
		if bad.want != nil && !errors.Is(err, bad.want) {
			t.Errorf("%T: %v, want %v", bad.t, err, bad.want)
		}
		r := rules(t, layout.Config{})
		if _, err := r.Optimal(bad.t); err == nil {
			t.Errorf("Optimal(%T) succeeds", bad.t)
		}
		if _, err := r.Flatten("T", bad.t); err == nil {
			t.Errorf("Flatten(%T) succeeds", bad.t)
		}
		if _, err := r.Map(bad.t, bad.t); err == nil {
			t.Errorf("Map(%T) succeeds", bad.t)
		}
		if _, err := r.ChanBuffer(bad.t, 1); err == nil {
			t.Errorf("ChanBuffer(%T) succeeds", bad.t)
		}
		layout.Identical(bad.t, deep)
		_, _ = layout.Comparable(bad.t)
		_, _ = layout.Equatable(bad.t, layout.Int)
		_, _ = r.Convertible(layout.Int, bad.t)
	}
	for _, elem := range []layout.Type{parse(t, "[65536]byte"), layout.Bool} {
		if _, err := rules(t, layout.Config{}).ChanBuffer(elem, -1); err == nil {
			t.Errorf("a channel of -1 %v", elem)
		}
	}
}

// TestDoubling uses types whose parts double with every level; the work must not.
func TestDoubling(t *testing.T) {
	x, y := layout.Type(layout.Bool), layout.Type(layout.Bool)
	var src strings.Builder
	for i := range 40 {
		x = &layout.Struct{Fields: []layout.Field{{Name: "a", Type: x}, {Name: "b", Type: x}}}
		y = &layout.Struct{Fields: []layout.Field{{Name: "a", Type: y}, {Name: "b", Type: y}}}
		fmt.Fprintf(&src, "type T%d struct { a, b T%d }\n", i, i+1)
	}
	src.WriteString("type T40 struct { c bool }")
	r := rules(t, layout.Config{})
	for _, typ := range []layout.Type{x, parse(t, src.String())} {
		e, err := r.Extent(typ)
		if err != nil || e.Size != 1<<40 {
			t.Errorf("size %d, %v", e.Size, err)
		}
		if c, err := layout.Comparable(typ); err != nil || !c.Comparable {
			t.Errorf("%+v, %v", c, err)
		}
		if _, err := r.Flatten("T", typ); err == nil {
			t.Error("2^40 fields are listed")
		}
		if n := len(typ.String()); n > 65<<10 {
			t.Errorf("its text has %d bytes", n)
		}
	}
	if !layout.Identical(x, y) {
		t.Error("not identical")
	}
}

// TestWide: fields side by side are not nested, whatever their number.
func TestWide(t *testing.T) {
	st := &layout.Struct{}
	for i := range int64(10_100) { // the nesting that is allowed is 10,000
		st.Fields = append(st.Fields, layout.Field{Name: fmt.Sprintf("f%d", i), Type: &layout.Array{Len: i%7 + 1, Elem: layout.Int8}})
	}
	if l, err := layout.Of("amd64", st); err != nil || l.Size < 10_100 {
		t.Errorf("size %d, %v", l.Size, err)
	}
}

// TestWideComparable checks that depth is counted rather than fields: a struct of 20,000
// fields is one level deep.
func TestWideComparable(t *testing.T) {
	wide := &layout.Struct{}
	for i := range 20_000 {
		wide.Fields = append(wide.Fields, layout.Field{Name: fmt.Sprintf("f%d", i), Type: layout.Int})
	}
	if c, err := layout.Comparable(wide); err != nil || !c.Comparable {
		t.Errorf("%+v, %v", c, err)
	}
	wide.Fields = append(wide.Fields, layout.Field{Name: "last", Type: &layout.Slice{Elem: layout.Int}})
	if c, err := layout.Comparable(wide); err != nil || c.Comparable || !strings.HasSuffix(c.Path, ".last") {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestImported checks that a type of another package is not mistaken for one of
// sync/atomic, and that an unknown type of sync/atomic is not accepted.
func TestImported(t *testing.T) {
	for _, bad := range []string{"sync.Int64", "atomic.Int63", "unsafe.Int64", "atomic.Pointer", "*sync.Uint32"} {
		if typ, err := layout.Parse(bad); err == nil {
			t.Errorf("%s is read as %v", bad, typ)
		}
	}
}

// TestCheckBounds checks that a Layout of 2^50 bytes is the largest that Check takes: no
// type is larger (cmd/compile/internal/types/size.go: MaxWidth is 1<<50).
func TestCheckBounds(t *testing.T) {
	l := layout.Layout{Type: layout.Int, Word: 8, Extent: layout.Extent{Size: 1 << 50}}
	if err := l.Check(); err != nil {
		t.Error(err)
	}
	l.Size++
	if err := l.Check(); err == nil {
		t.Error("a Layout of more than 2^50 bytes is fine")
	}
}

// TestLengths checks that no overflow in the length of an array goes unnoticed: lengths
// that Go computes exactly and then refuses are refused.
func TestLengths(t *testing.T) {
	for text, want := range map[string]int64{
		"[2*3+1<<2]byte": 10, "[9223372036854775807-9223372036854775806]byte": 1, "[(0-2) * (0-3)]byte": 6, "[1-2+3]byte": 2, "[0*(1-5)]byte": 0,
		"[(1-2) * (0-9223372036854775807-1) + 9223372036854775807 + 5]byte": -1, // 2^64+4
		"[(0-9223372036854775807-1) * (1-2) + 9223372036854775807 + 5]byte": -1,
		"[9223372036854775807 + 9223372036854775807 + 3]byte":               -1,
		"[0 - 9223372036854775807 - 9223372036854775807 - 3]byte":           -1,
		"[1 << 63 + 1]byte":                   -1,
		"[1 << 62]byte":                       1 << 62,
		"[1 << 64]byte":                       -1,
		"[0 << 63]byte":                       -1,
		"[1 << (0-1)]byte":                    -1,
		"[3 << 62 - 9223372036854775807]byte": -1,
	} {
		typ, err := layout.Parse(text)
		if (err == nil) != (want >= 0) {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if a, ok := typ.(*layout.Array); want >= 0 && (!ok || a.Len != want) {
			t.Errorf("%s is read as %v", text, typ)
		}
	}
}

// TestBasicText checks that a basic type is parsed from its own text only, and that a
// nil element has a text.
func TestBasicText(t *testing.T) {
	b := layout.Bool
	if err := b.UnmarshalText([]byte("int32")); err != nil || b != layout.Int32 {
		t.Errorf("int32 is read as %v, %v", b, err)
	}
	for _, bad := range []string{"", "int33", "[]int32", "*bool"} {
		if err := b.UnmarshalText([]byte(bad)); err == nil || b != layout.Int32 {
			t.Errorf("%q is read as %v", bad, b)
		}
	}
	if got := (&layout.Chan{Elem: (*layout.Chan)(nil)}).String(); got != "chan <nil>" {
		t.Errorf("a channel of nothing is %q", got)
	}
}

// TestAtomics64Arrays checks which elements of arrays are safe with 4-byte words: the
// first word of an allocated value is aligned to 8 (sync/atomic's documentation), and so
// is each element at a multiple of 8 from it.
func TestAtomics64Arrays(t *testing.T) {
	r := rules(t, layout.Config{Arch: "386"})
	for text, want := range map[string][]bool{
		"[2]int64":                               {true},
		"[1]int64":                               {true},
		"[1]struct{ n int64; x int32 }":          {true},
		"[2]struct{ n int64; x int32 }":          {false},
		"[2]struct{ n int64; x, y int32 }":       {true},
		"[2]struct{ a, b int32; n int64 }":       {true},
		"[2]struct{ a int32; n int64 }":          {false},
		"[1][3]struct{ n int64; x int32 }":       {false},
		"struct{ a [2]int64; b int32; c int64 }": {true, false},
	} {
		list, err := r.Atomics64(parse(t, text))
		if err != nil {
			t.Fatal(err)
		}
		var got []bool
		for _, a := range list {
			got = append(got, a.Safe)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", text, diff)
		}
	}
}

// TestLastRow: a field without a size at the end of a struct is drawn in the row where the
// struct ends. Since Go 1.5 a byte follows it.
func TestLastRow(t *testing.T) {
	for name, want := range map[string]int64{"go1.4": 1, "go1.5": 1} {
		l, err := rules(t, layout.Config{Release: name}).Of(parse(t, "struct{ a [9]byte; b struct{} }"))
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range l.Rows() {
			if (int64(i) == want) != (len(row.Zero) == 1) {
				t.Errorf("%s: row %d is %+v", name, i, row)
			}
		}
	}
}

// TestLongPicture: the row of many words is as wide as that of one.
func TestLongPicture(t *testing.T) {
	l, err := layout.Of("amd64", parse(t, "struct{ a int64; b [100]int64 }"))
	if err != nil {
		t.Fatal(err)
	}
	var bars []string
	for _, line := range strings.Split(l.Picture(), "\n")[1:] {
		if i := strings.LastIndexByte(line, '|'); i >= 0 {
			bars = append(bars, fmt.Sprint(strings.IndexByte(line, '|'), " ", i))
		}
	}
	if want := "[4 36 4 36 4 36 4 36]"; fmt.Sprint(bars) != want {
		t.Errorf("bars at %v, want %s:\n%s", bars, want, l.Picture())
	}
}

// TestEmbedded checks which methods an interface has by those that it embeds, and which
// interfaces are refused.
func TestEmbedded(t *testing.T) {
	many := func(n int) string { return "type T interface {" + strings.Repeat("U;", n) + "}; type U interface {" }
	for i := range 256 {
		more := fmt.Sprintf("M%d();", i)
		next := many
		many = func(n int) string { return next(n) + more }
	}
	for text, want := range map[string]string{
		"type T interface { U; N() }; type U interface { M() }":                                                             "interface{ N(); M() }",
		"type T interface { N(); error; U }; type U interface { V; M(x, y int) (string, error) }; type V interface { O() }": "interface{ N(); Error() string; M(int, int) (string, error); O() }",
		"type T interface { U; V }; type U interface { M(int) }; type V interface { M(int) }":                               "interface{ M(int) }",
		"type T interface { U; V }; type U interface { M(int) }; type V interface { M(string) }":                            "",
		"type T interface { U; M() string }; type U interface { M() }":                                                      "",
		"type T interface { U }; type U interface { V }; type V interface { T }":                                            "",
		"type T interface { U }; type U struct{}":                                                                           "",
		"type T interface { U }; type U interface { M(W) }":                                                                 "",
		"type T interface { W; M() }":                                                                                       "",
		"interface{ M(); error }":                                                                                           "interface{ M(); Error() string }",
	} {
		typ, err := layout.Parse(text)
		if (err == nil) != (want != "") {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if n, ok := typ.(*layout.Named); ok {
			typ = n.Underlying
		}
		if err == nil && typ.String() != want {
			t.Errorf("%s: %v, want %s", text, typ, want)
		}
	}
	for n, want := range map[int]bool{256: true, 257: false} {
		if _, err := layout.Parse(many(n) + "}"); (err == nil) != want {
			t.Errorf("%d methods of embedded interfaces: %v", 256*n, err)
		}
	}
}

// TestConstants: the length of an array can have constants, each of which is computed once.
func TestConstants(t *testing.T) {
	text := "type T [C60 - C59 + N]struct{}; const N = 3; const C0 = 1;"
	for i := range 60 {
		text += fmt.Sprintf("const C%d = C%d + C%d;", i+1, i, i)
	}
	typ := parse(t, text)
	if n, ok := typ.(*layout.Named); ok {
		typ = n.Underlying
	}
	if a, ok := typ.(*layout.Array); !ok || a.Len != 1<<59+3 {
		t.Errorf("%v", typ)
	}
	for _, bad := range []string{"[N]int", "type T [N]int; type N int", "type T [N]int; const N = M", "type T [N]int; const N = N + 1"} {
		if typ, err := layout.Parse(bad); err == nil {
			t.Errorf("%s is read as %v", bad, typ)
		}
	}
}

// TestManyMethods: the order of methods says nothing about identity, of many neither.
func TestManyMethods(t *testing.T) {
	for _, n := range []int{2, 16, 17, 30} {
		there, back := "", ""
		for i := range n {
			m := fmt.Sprintf("M%d(int) string;", i)
			there, back = there+m, m+back
		}
		a, b := parse(t, "interface {"+there+"}"), parse(t, "interface {"+back+"}")
		if !layout.Identical(a, b) || layout.Identical(a, parse(t, "interface {"+there+"M()}")) {
			t.Errorf("%d methods", n)
		}
	}
}
