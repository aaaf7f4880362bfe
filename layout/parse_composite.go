package layout

import (
	"errors"
	"fmt"
	"go/ast"
	"strconv"
)

func (b *builder) structure(e *ast.StructType) (Type, error) {
	t := &Struct{}
	seen := make(map[string]bool)
	for _, f := range e.Fields.List {
		ft, err := b.typ(f.Type)
		if err != nil {
			return nil, err
		}
		tag := ""
		if f.Tag != nil {
			if tag, err = strconv.Unquote(f.Tag.Value); err != nil {
				return nil, fmt.Errorf("struct tag %.40s: %w", f.Tag.Value, err)
			}
		}
		names := f.Names
		embedded := len(names) == 0
		if embedded {
			name, err := embeddedName(f.Type)
			if err != nil {
				return nil, err
			}
			names = []*ast.Ident{{Name: name}}
		}
		for _, n := range names {
			if n.Name != "_" && seen[n.Name] {
				return nil, fmt.Errorf("duplicate field %.40s", n.Name)
			}
			seen[n.Name] = true
			t.Fields = append(t.Fields, Field{Name: n.Name, Type: ft, Tag: tag, Embedded: embedded})
		}
	}
	return t, nil
}

// embeddedName returns the name of an embedded field: that of its type, or of
// the type it points to.
func embeddedName(e ast.Expr) (string, error) {
	if p, ok := e.(*ast.StarExpr); ok {
		e = p.X
	}
	if i, ok := e.(*ast.IndexExpr); ok {
		e = i.X
	}
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name, nil
	case *ast.SelectorExpr:
		return e.Sel.Name, nil
	}
	return "", fmt.Errorf("an embedded field is %s (want the name of a type)", describe(e))
}

func (b *builder) function(e *ast.FuncType) (*Func, error) {
	if e.TypeParams != nil {
		return nil, errors.New("type parameters are not supported")
	}
	t := &Func{}
	var err error
	if t.Params, t.Variadic, err = b.tuple(e.Params); err != nil {
		return nil, err
	}
	variadic := false
	if t.Results, variadic, err = b.tuple(e.Results); err == nil && variadic {
		err = errors.New("a result is variadic")
	}
	return t, err
}

func (b *builder) tuple(list *ast.FieldList) (types []Type, variadic bool, err error) {
	if list == nil {
		return nil, false, nil
	}
	for i, f := range list.List {
		e := f.Type
		dots, ok := e.(*ast.Ellipsis)
		if ok {
			if i < len(list.List)-1 || len(f.Names) > 1 || dots.Elt == nil {
				return nil, false, errors.New("only the last parameter can be variadic")
			}
			variadic = true
			e = dots.Elt
		}
		t, err := b.typ(e)
		if err != nil {
			return nil, false, err
		}
		if ok {
			t = &Slice{t}
		}
		for range max(1, len(f.Names)) {
			types = append(types, t)
		}
	}
	return types, variadic, nil
}

// An embedding is an interface to which the methods of embedded interfaces are still to
// be added.
type embedding struct {
	t     *Interface
	has   map[string]int // its methods, by their names
	types []Type
	busy  bool
}

func (b *builder) iface(e *ast.InterfaceType) (Type, error) {
	p := &embedding{t: &Interface{}, has: make(map[string]int)}
	for _, f := range e.Methods.List {
		if ft, ok := f.Type.(*ast.FuncType); ok && len(f.Names) > 0 {
			fn, err := b.function(ft)
			if err != nil {
				return nil, err
			}
			for _, n := range f.Names {
				if _, twice := p.has[n.Name]; twice || n.Name == "_" {
					return nil, fmt.Errorf("method %.40s is blank or declared twice", n.Name)
				}
				p.has[n.Name] = len(p.t.Methods)
				p.t.Methods = append(p.t.Methods, Method{Name: n.Name, Type: fn})
			}
			continue
		}
		if len(f.Names) > 0 || !reference(f.Type) {
			return nil, errors.New("an interface with a type constraint is not the type of a variable")
		}
		et, err := b.typ(f.Type)
		if err != nil {
			return nil, err
		}
		p.types = append(p.types, et)
	}
	if len(p.types) > 0 {
		b.embedding = append(b.embedding, p)
		if b.embeds == nil {
			b.embeds = make(map[*Interface]*embedding)
		}
		b.embeds[p.t] = p
	}
	return p.t, nil
}

// maxEmbedded bounds the methods that all interfaces of the source together get from
// embedded interfaces: in a chain of interfaces the number grows with the square of its
// length.
const maxEmbedded = 1 << 16

// embed adds to an interface the methods of its embedded interfaces, after theirs.
func (b *builder) embed(p *embedding, depth int) error {
	if p.busy || depth > maxDepth {
		return fmt.Errorf("%w: an interface embeds itself", ErrInfinite)
	}
	p.busy = true
	defer func() { p.busy = false }()
	for _, et := range p.types {
		in, ok := under(et).(*Interface)
		if !ok {
			return fmt.Errorf("%s is no interface, and embedded in one a type constraint", short(et))
		}
		if q := b.embeds[in]; q != nil {
			if err := b.embed(q, depth+1); err != nil {
				return err
			}
		}
		if b.embedded += len(in.Methods); b.embedded > maxEmbedded {
			return fmt.Errorf("interfaces embed more than %d methods", maxEmbedded)
		}
		for _, m := range in.Methods {
			old, ok := p.has[m.Name]
			if !ok {
				p.has[m.Name] = len(p.t.Methods)
				p.t.Methods = append(p.t.Methods, m)
			} else if !Identical(p.t.Methods[old].Type, m.Type) {
				return fmt.Errorf("duplicate method %.40s", m.Name)
			}
		}
	}
	p.types = nil
	return nil
}

// The types of sync/atomic: the fields of the real types, with which the live twin
// compares them.
var (
	noCopy  = &Named{Pkg: "sync/atomic", Name: "noCopy", Underlying: &Struct{}}
	align64 = &Named{Pkg: "sync/atomic", Name: "align64", Underlying: &Struct{}}

	atomics = map[string]*Named{
		"Bool":    atomic("Bool", Uint32),
		"Int32":   atomic("Int32", Int32),
		"Int64":   atomic("Int64", Int64),
		"Uint32":  atomic("Uint32", Uint32),
		"Uint64":  atomic("Uint64", Uint64),
		"Uintptr": atomic("Uintptr", Uintptr),
		"Value":   {Pkg: "sync/atomic", Name: "Value", Underlying: &Struct{[]Field{{Name: "v", Pkg: "sync/atomic", Type: &Interface{}}}}},
	}
)

func atomic(name string, v Basic) *Named {
	field := func(name string, t Type) Field { return Field{Name: name, Pkg: "sync/atomic", Type: t} }
	fields := []Field{field("_", noCopy)}
	if v == Int64 || v == Uint64 {
		fields = append(fields, field("_", align64))
	}
	return &Named{Pkg: "sync/atomic", Name: name, Underlying: &Struct{append(fields, field("v", v))}}
}

// imported returns a type of another package.
func imported(e *ast.SelectorExpr) (Type, error) {
	pkg, ok := e.X.(*ast.Ident)
	if !ok {
		return nil, errors.New("a selector expression is not a type")
	}
	if pkg.Name == "unsafe" && e.Sel.Name == "Pointer" {
		return UnsafePointer, nil
	}
	if t := atomics[e.Sel.Name]; pkg.Name == "atomic" && t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("type %.40s.%.40s is not known here (want unsafe.Pointer, one of sync/atomic, or a declaration)", pkg.Name, e.Sel.Name)
}

// instance reports atomic.Pointer[T], the one generic type that Parse knows.
func (b *builder) instance(e *ast.IndexExpr) (Type, error) {
	sel, ok := e.X.(*ast.SelectorExpr)
	if ok {
		pkg, isIdent := sel.X.(*ast.Ident)
		ok = isIdent && pkg.Name == "atomic" && sel.Sel.Name == "Pointer"
	}
	if !ok {
		return nil, errors.New("unknown instance of a generic type (want atomic.Pointer)")
	}
	arg, err := b.typ(e.Index)
	if err != nil {
		return nil, err
	}
	field := func(name string, t Type) Field { return Field{Name: name, Pkg: "sync/atomic", Type: t} }
	return &Named{
		Pkg: "sync/atomic", Name: "Pointer", Args: []Type{arg}, Decl: atomicPointer{},
		Underlying: &Struct{[]Field{
			field("_", &Array{0, &Pointer{arg}}), field("_", noCopy), field("v", UnsafePointer),
		}},
	}, nil
}

// atomicPointer is the declaration of all instances of atomic.Pointer.
type atomicPointer struct{}
