package hostile

import (
	"bytes"
	"fmt"
	"go/constant"
	"go/format"
	"go/types"
	"path"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/internal/house"
)

// Excluded are functions that are not called, each with the reason. A method's
// receiver is in parentheses: "claims.(Row).Check".
type Excluded map[string]string

// Write writes a main program that attacks the packages.
func Write(packages []Package, excluded Excluded) ([]byte, error) {
	w := &writer{names: map[string]string{}, excluded: excluded}
	for _, p := range packages {
		w.names[p.Path] = fmt.Sprintf("p%d", len(w.names))
	}
	var body bytes.Buffer
	body.WriteString("func main() {\n\tattack.Main([]attack.Package{\n")
	for _, p := range packages {
		w.pkg(&body, p)
	}
	body.WriteString("\t})\n}\n")

	var out bytes.Buffer
	out.WriteString("package main\n\nimport (\n\t\"reflect\"\n")
	fmt.Fprintf(&out, "\t%q\n", house.Module+"/internal/hostile/attack")
	var paths []string
	for p := range w.names {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	for _, p := range paths {
		if name := []byte(w.names[p] + "."); bytes.Contains(body.Bytes(), name) || bytes.Contains(w.stubs.Bytes(), name) {
			fmt.Fprintf(&out, "\t%s %q\n", w.names[p], p)
		}
	}
	out.WriteString(")\n\nvar _ reflect.Type\n\n")
	out.Write(w.stubs.Bytes())
	out.Write(body.Bytes())
	return format.Source(out.Bytes())
}

// A writer writes the program.
type writer struct {
	names    map[string]string // of imports, by path
	stubs    bytes.Buffer
	nStubs   int
	excluded Excluded
}

// qualify returns the name of a package in the program, and imports it if necessary.
func (w *writer) qualify(p *types.Package) string {
	name, ok := w.names[p.Path()]
	if !ok {
		name = fmt.Sprintf("p%d", len(w.names))
		w.names[p.Path()] = name
	}
	return name
}

func (w *writer) pkg(body *bytes.Buffer, p Package) {
	name := w.names[p.Path]
	short := path.Base(p.Path)
	var funcs, typs, values strings.Builder
	add := func(label, expr, doc string, method bool) {
		if w.excluded[label] == "" {
			fmt.Fprintf(&funcs, "\t\t\t\t{Name: %q, F: %s, Method: %t, Panics: %t, Shares: %t},\n", label, expr, method, p.Panics[doc] || method && p.Panics[doc[:strings.Index(doc, ".")+1]], p.Shares[doc])
		}
	}
	scope := p.Types.Scope()
	for _, n := range scope.Names() {
		obj := scope.Lookup(n)
		if !obj.Exported() {
			continue
		}
		switch obj := obj.(type) {
		case *types.Func:
			sig := obj.Type().(*types.Signature)
			for _, args := range w.instances(sig, sig.TypeParams()) {
				add(short+"."+n, name+"."+n+args.text, n, false)
			}
		case *types.Const:
			if fits(obj) {
				fmt.Fprintf(&values, "%s.%s, ", name, n)
			}
		case *types.Var:
			fmt.Fprintf(&values, "%s.%s, ", name, n)
		case *types.TypeName:
			if obj.IsAlias() {
				continue
			}
			named, ok := obj.Type().(*types.Named)
			if !ok {
				continue
			}
			for _, args := range w.instances(named, named.TypeParams()) {
				t := args.typ
				expr := name + "." + n + args.text
				i, isInterface := t.Underlying().(*types.Interface)
				if isInterface {
					if i.IsMethodSet() {
						fmt.Fprintf(&typs, "reflect.TypeFor[%s](), ", expr)
						if stub := w.stub(i); stub != "" {
							fmt.Fprintf(&typs, "reflect.TypeFor[%s](), ", stub)
						}
					}
					continue
				}
				fmt.Fprintf(&typs, "reflect.TypeFor[%s](), ", expr)
				methods := types.NewMethodSet(types.NewPointer(t))
				byValue := types.NewMethodSet(t)
				for i := range methods.Len() {
					m := methods.At(i).Obj()
					if !m.Exported() {
						continue
					}
					recv := "(*" + expr + ")"
					label := short + ".(*" + n + ")." + m.Name()
					if byValue.Lookup(m.Pkg(), m.Name()) != nil {
						recv, label = "("+expr+")", short+".("+n+")."+m.Name()
					}
					add(label, recv+"."+m.Name(), n+"."+m.Name(), true)
				}
			}
		}
	}
	fmt.Fprintf(body, "\t\t{\n\t\t\tName: %q,\n\t\t\tFuncs: []attack.Func{\n%s\t\t\t},\n", p.Folder, &funcs)
	fmt.Fprintf(body, "\t\t\tTypes: []reflect.Type{%s},\n\t\t\tValues: []any{%s},\n\t\t\tTexts: %#v,\n\t\t},\n", &typs, &values, p.Texts)
}

// fits reports whether the value of a constant fits into an interface.
func fits(c *types.Const) bool {
	if b, ok := c.Type().(*types.Basic); ok && b.Kind() == types.UntypedInt {
		_, exact := constant.Int64Val(c.Val())
		return exact
	}
	return true
}

// An instance is a type with arguments for its type parameters, if it has any.
type instance struct {
	typ  types.Type
	text string // "[uint64]"
}

// instances returns two sets of type arguments for a generic type: the first and the
// second types that its constraints list.
func (w *writer) instances(t types.Type, params *types.TypeParamList) (out []instance) {
	if params.Len() == 0 {
		return []instance{{t, ""}}
	}
	for n := range 2 {
		var args []types.Type
		var text []string
		for i := range params.Len() {
			arg := argument(params.At(i), n)
			args = append(args, arg)
			text = append(text, types.TypeString(arg, w.qualify))
		}
		if inst, err := types.Instantiate(nil, t, args, true); err == nil {
			out = append(out, instance{inst, "[" + strings.Join(text, ", ") + "]"})
		}
	}
	return out
}

// argument returns the n-th choice for a type parameter.
func argument(p *types.TypeParam, n int) types.Type {
	if i, ok := p.Constraint().Underlying().(*types.Interface); ok {
		for e := range i.EmbeddedTypes() {
			if u, ok := e.Underlying().(*types.Union); ok {
				return u.Term(min(n, u.Len()-1)).Type()
			}
			if i, ok := e.Underlying().(*types.Interface); ok {
				for e := range i.EmbeddedTypes() {
					if u, ok := e.(*types.Union); ok {
						return u.Term(min(n, u.Len()-1)).Type()
					}
				}
			}
		}
	}
	return types.Typ[[]types.BasicKind{types.Int, types.String}[n]]
}

// stub writes a type that implements an interface and returns its name, or "" if the
// interface cannot be implemented outside its package.
func (w *writer) stub(i *types.Interface) string {
	name := fmt.Sprintf("stub%d", w.nStubs)
	var out strings.Builder
	fmt.Fprintf(&out, "type %s struct{ attack.Stub }\n\n", name)
	for m := range i.Methods() {
		sig := m.Signature()
		if !m.Exported() || sig.Variadic() || sig.Results().Len() > 1 {
			return ""
		}
		var params, args []string
		for i := range sig.Params().Len() {
			params = append(params, fmt.Sprintf("a%d %s", i, types.TypeString(sig.Params().At(i).Type(), w.qualify)))
			args = append(args, fmt.Sprintf(", a%d", i))
		}
		call, result := "attack.Tell", ""
		if sig.Results().Len() == 1 {
			result = types.TypeString(sig.Results().At(0).Type(), w.qualify)
			call = "return attack.Ask[" + result + "]"
		}
		fmt.Fprintf(&out, "func (s %s) %s(%s) %s { %s(s.Stub, %q%s) }\n\n", name, m.Name(), strings.Join(params, ", "), result, call, m.Name(), strings.Join(args, ""))
	}
	w.nStubs++
	w.stubs.WriteString(out.String())
	return name
}
