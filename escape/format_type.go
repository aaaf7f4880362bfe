package escape

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

func (a *analysis) linkName(t types.Type) string {
	p := printer{a: a, link: true}
	p.typ(t)
	return p.String()
}

// hasName reports whether a type has a name of its own, a predeclared one included.
func hasName(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Named, *types.Basic, *types.TypeParam:
		return true
	case *types.Interface:
		return isAny(t)
	}
	return false
}

var anyType = types.Unalias(types.Universe.Lookup("any").Type())

func isAny(t types.Type) bool { return types.Unalias(t) == anyType }

func (p *printer) typ(t types.Type) {
	if p.depth > maxNest || p.b.Len() > maxText {
		return
	}
	p.depth++
	defer func() { p.depth-- }()
	switch t := types.Unalias(t).(type) {
	case nil:
		p.str("<T>")
	case *types.Basic:
		name := t.Name()
		if p.link {
			name = types.Typ[t.Kind()].Name()
		}
		if t.Kind() == types.UnsafePointer {
			name = "unsafe.Pointer"
		}
		p.str(name)
	case *types.Named:
		p.named(t)
	case *types.TypeParam:
		p.str(t.Obj().Name())
	case *types.Pointer:
		p.str("*")
		p.typ(t.Elem())
	case *types.Slice:
		p.str("[]")
		p.typ(t.Elem())
	case *types.Array:
		p.str("[" + strconv.FormatInt(t.Len(), 10) + "]")
		p.typ(t.Elem())
	case *types.Map:
		p.str("map[")
		p.typ(t.Key())
		p.str("]")
		p.typ(t.Elem())
	case *types.Chan:
		p.channel(t)
	case *types.Struct:
		p.structType(t)
	case *types.Interface:
		p.iface(t)
	case *types.Signature:
		p.str("func")
		p.signature(t)
	case *types.Tuple:
		p.tuple(t, false)
	default:
		p.str(fmt.Sprint(t))
	}
}

func (p *printer) named(t *types.Named) {
	obj := t.Obj()
	switch pkg := obj.Pkg(); {
	case pkg == nil:
	case p.link:
		p.str(pathPrefix(pkg) + ".")
	case pkg != p.local:
		p.str(pkg.Name() + ".")
	}
	name := obj.Name()
	if i := strings.LastIndex(name, "·"); i >= 0 && !p.link && strings.Trim(name[i+len("·"):], "0123456789") == "" {
		name = name[:i] // of a shape
	}
	p.str(name)
	if t.TypeArgs().Len() > 0 {
		p.typeArgs(t.TypeArgs())
	}
	if p.link {
		if g := p.a.generation(t.Origin().Obj()); g > 0 {
			p.str("·" + strconv.Itoa(g))
		}
	}
}

// pathPrefix returns a package's path as names that are qualified in full have it: the
// go command compiles commands as "main", and what could be mistaken for the end of the
// path is written in hexadecimal (cmd/internal/objabi/path.go:PathToPrefix).
func pathPrefix(pkg *types.Package) string {
	switch {
	case pkg == shapePkg:
		return "go.shape"
	case pkg.Name() == "main":
		return "main"
	}
	path := pkg.Path()
	slash := strings.LastIndexByte(path, '/')
	var b strings.Builder
	for i := range len(path) {
		if c := path[i]; c <= ' ' || c == '.' && i > slash || c == '%' || c == '"' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02x", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// ownName reports whether an embedded field has the name that its type has, so that the
// type says it all (cmd/compile/internal/types/fmt.go:fldconv).
func ownName(f *types.Var) bool {
	t := types.Unalias(f.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, ok := t.(*types.Named)
	if !ok || n.TypeArgs().Len() > 0 || n.Obj().Name() != f.Name() {
		return false
	}
	return f.Exported() || n.Obj().Pkg() == f.Pkg()
}

// generation tells types of the same name apart that are declared in functions: it is
// the number of the type among those of its package, from 1, and 0 of any other type.
func (a *analysis) generation(obj *types.TypeName) int {
	s := a.sources[obj.Pkg()]
	if s == nil || obj.Parent() == s.Types.Scope() {
		return 0
	}
	if s.generations == nil {
		s.generations = map[types.Object]int{}
		n := 0
		for _, f := range s.Files {
			for _, d := range f.Decls {
				if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.TYPE {
					continue
				}
				ast.Inspect(d, func(x ast.Node) bool {
					if x, ok := x.(*ast.TypeSpec); ok && !x.Assign.IsValid() {
						n++
						s.generations[s.Info.Defs[x.Name]] = n
					}
					return true
				})
			}
		}
	}
	if of := a.locals[obj]; of != nil {
		obj = of
	}
	return s.generations[obj]
}

// typeArgs writes type arguments: they are part of a name, and qualified in full.
func (p *printer) typeArgs(list *types.TypeList) {
	p.str("[")
	for i := range list.Len() {
		if i > 0 {
			p.str(",")
		}
		p.str(p.a.linkName(list.At(i)))
	}
	p.str("]")
}

func (p *printer) channel(t *types.Chan) {
	switch t.Dir() {
	case types.RecvOnly:
		p.str("<-chan ")
	case types.SendOnly:
		p.str("chan<- ")
	default:
		p.str("chan ")
		if c, ok := types.Unalias(t.Elem()).(*types.Chan); ok && c.Dir() == types.RecvOnly {
			p.str("(")
			p.typ(t.Elem())
			p.str(")")
			return
		}
	}
	p.typ(t.Elem())
}

func (p *printer) structType(t *types.Struct) {
	if t.NumFields() == 0 {
		p.str("struct {}")
		return
	}
	p.str("struct {")
	for i := range t.NumFields() {
		f := t.Field(i)
		if i > 0 {
			p.str(";")
		}
		p.str(" ")
		if !f.Embedded() || p.link && !ownName(f) {
			switch {
			case f.Exported() || f.Pkg() == nil:
			case p.link:
				p.str(pathPrefix(f.Pkg()) + ".")
			case f.Pkg() != p.local:
				p.str(f.Pkg().Name() + ".")
			}
			p.str(f.Name() + " ")
			if f.Embedded() {
				p.str("= ")
			}
		}
		p.typ(f.Type())
		if tag := t.Tag(i); tag != "" {
			p.str(" " + strconv.Quote(tag))
		}
	}
	p.str(" }")
}

func (p *printer) iface(t *types.Interface) {
	switch {
	case isAny(t) && !p.link:
		p.str("any")
		return
	case t.NumMethods() == 0:
		p.str("interface {}")
		return
	}
	p.str("interface {")
	for i := range t.NumMethods() {
		m := t.Method(i)
		if i > 0 {
			p.str(";")
		}
		p.str(" ")
		if !m.Exported() && m.Pkg() != nil {
			p.str(pathPrefix(m.Pkg()) + ".")
		}
		p.str(m.Name())
		p.signature(m.Signature())
	}
	p.str(" }")
}

func (p *printer) signature(t *types.Signature) {
	p.tuple(t.Params(), t.Variadic())
	switch t.Results().Len() {
	case 0:
	case 1:
		p.str(" ")
		p.typ(t.Results().At(0).Type())
	default:
		p.str(" ")
		p.tuple(t.Results(), false)
	}
}

func (p *printer) tuple(t *types.Tuple, variadic bool) {
	p.str("(")
	for i := range t.Len() {
		if i > 0 {
			p.str(", ")
		}
		v := t.At(i).Type()
		if s, ok := v.(*types.Slice); ok && variadic && i == t.Len()-1 {
			p.str("...")
			v = s.Elem()
		}
		p.typ(v)
	}
	p.str(")")
}
