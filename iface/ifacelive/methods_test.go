package ifacelive_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/iface/source"
)

// declarations writes random types with methods, embedded in each other, and interfaces.
func declarations(r *rand.Rand) (decls, names []string) {
	sigs := []string{"()", "(int)", "() string", "(x, y T0) error", "(...int)"}
	methods := []string{"A", "B", "C", "d", "e"}
	decls = append(decls, "type T0 struct{}",
		"type D0 struct{}", "func (D0) A() {}", "func (*D0) B() string { panic(0) }", // reached in two ways
		"type D1 struct { D0 }", "type D2 struct { D0 }", "type D3 struct { D1; D2 }", "type D4 struct { *D1; D2 }", "type D5 struct { D3; D0 }",
		"type IA interface { A() }", "type IB interface { B() string }")
	names = append(names, "T0", "*T0", "D3", "*D3", "D4", "*D4", "D5", "*D5", "*D1", "IA", "IB")
	for i := 1; i < 9; i++ {
		name := fmt.Sprintf("T%d", i)
		var body strings.Builder
		switch r.IntN(4) {
		case 0:
			body.WriteString([]string{"int", "[]int", "map[string]T0", "func()", "[2]T0"}[r.IntN(5)])
		default:
			body.WriteString("struct {")
			used := map[string]bool{}
			for range r.IntN(4) {
				f := fmt.Sprintf("T%d", r.IntN(i))
				if r.IntN(4) == 0 && i > 5 {
					f = fmt.Sprintf("I%d", r.IntN(4))
				}
				if used[f] {
					continue
				}
				used[f] = true
				if f[0] == 'T' && r.IntN(2) == 0 {
					f = "*" + f
				}
				fmt.Fprintf(&body, " %s;", f)
			}
			if r.IntN(3) == 0 {
				fmt.Fprintf(&body, " %s int;", methods[r.IntN(5)])
			}
			body.WriteString(" }")
		}
		decls = append(decls, "type "+name+" "+body.String())
		names = append(names, name, "*"+name)
		if strings.Contains(body.String(), " int;") {
			continue // a field may not have the name of a method
		}
		for _, m := range methods {
			if r.IntN(4) == 0 {
				decls = append(decls, fmt.Sprintf("func (%s%s) %s%s { panic(0) }", []string{"", "*"}[r.IntN(2)], name, m, sigs[r.IntN(min(3, len(sigs)))]))
			}
		}
	}
	for i := range 6 {
		var body strings.Builder
		for _, m := range methods {
			if r.IntN(3) == 0 {
				fmt.Fprintf(&body, " %s%s;", m, sigs[r.IntN(3)])
			}
		}
		decls = append(decls, fmt.Sprintf("type I%d interface {%s }", i, body.String()))
		names = append(names, fmt.Sprintf("I%d", i))
	}
	return decls, append(names, "struct { T3 }", "*struct { T4; n int }", "struct { *T5; I0 }", "interface { A(); d() }", "error", "int", "[]T1", "func() string")
}

// TestMethods writes random declarations, and compares go/types with the model: which
// types are identical, which are assignable, and which have an interface's methods.
func TestMethods(t *testing.T) {
	pairs, assignable, implement, skipped := 0, 0, 0, 0
	for seed := range 46 {
		r := rand.New(rand.NewPCG(uint64(seed), 11))
		decls, names := declarations(r)
		src := "package main\n" + strings.Join(decls, "\n")
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "", src, 0)
		if err != nil {
			t.Fatal(err)
		}
		config := types.Config{Sizes: types.SizesFor("gc", "amd64"), IgnoreFuncBodies: true, Error: func(error) {}}
		pkg, err := config.Check("main", fset, []*ast.File{file}, nil)
		if err != nil {
			skipped++ // a method and a field of one name
			continue
		}
		p, err := source.New(iface.Config{Release: "running"})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range decls {
			if _, err := p.Do(d); err != nil {
				t.Fatal(err)
			}
		}
		real, model := map[string]types.Type{}, map[string]*iface.Type{}
		for _, name := range names {
			tv, err := types.Eval(fset, pkg, token.NoPos, name)
			if err != nil {
				t.Fatal(err)
			}
			if real[name] = tv.Type; err == nil {
				model[name], err = p.Type(name)
			}
			if err != nil {
				t.Fatalf("%s: %s: %v", src, name, err)
			}
		}
		for range 500 {
			a, b := names[r.IntN(len(names))], names[r.IntN(len(names))]
			x, y, mx, my := real[a], real[b], model[a], model[b]
			pairs++
			if same, err := p.Runtime().Identical(mx, my); err != nil || same != types.Identical(x, y) {
				t.Fatalf("%s\n%s and %s: identical %v, %v", src, a, b, same, err)
			}
			v, err := p.Runtime().Assignable(mx, my)
			if err != nil || v.OK != types.AssignableTo(x, y) {
				t.Fatalf("%s\n%s to %s: %+v, %v", src, a, b, v, err)
			}
			if v.OK {
				assignable++
			}
			in, ok := y.Underlying().(*types.Interface)
			if !ok {
				continue
			}
			w, err := p.Runtime().Implements(mx, my)
			if err != nil || w.OK != types.Implements(x, in) {
				t.Fatalf("%s\n%s implements %s: %+v, %v", src, a, b, w, err)
			}
			missing, _ := types.MissingMethod(x, in, true)
			if (missing == nil) != w.OK {
				t.Fatalf("%s\n%s for %s: missing %v, model %+v", src, a, b, missing, w)
			}
			if w.OK {
				implement++
			}
		}
	}
	if pairs < 20_000 || implement < 500 {
		t.Errorf("%d pairs of types, %d that implement, %d programs do not compile", pairs, implement, skipped)
	}
	t.Logf("%d pairs of types, 0 mismatches: %d assignable, %d implement", pairs, assignable, implement)
}
