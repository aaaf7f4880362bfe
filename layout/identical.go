package layout

import (
	"go/token"
	"reflect"
)

// Identical reports whether two types are the same, by the rules of the language: names,
// struct tags and the order of fields count, the names of parameters and the order of an
// interface's methods do not. An invalid type is identical to nothing.
func Identical(x, y Type) bool { return identical(x, y, true) }

func identical(x, y Type, tags bool) bool {
	c := comparer{tags: tags}
	return c.identical(x, y)
}

// A comparer compares two types for identity, once. Pairs in progress, or done, are taken
// to be identical: if they are not, the whole comparison fails.
type comparer struct {
	tags  bool // struct tags count
	depth int
	seen  map[[2]Type]bool
}

// identical is go/types/predicates.go:comparer.identical for the types of variables.
func (c *comparer) identical(x, y Type) bool {
	if absent(x) || absent(y) {
		return false
	}
	if x == y {
		return true
	}
	if c.depth > maxDepth {
		return false
	}
	switch x := x.(type) {
	case *Pointer:
		y, ok := y.(*Pointer)
		return ok && c.pair(x, y, func() bool { return c.identical(x.Elem, y.Elem) })
	case *Slice:
		y, ok := y.(*Slice)
		return ok && c.pair(x, y, func() bool { return c.identical(x.Elem, y.Elem) })
	case *Array:
		y, ok := y.(*Array)
		return ok && x.Len == y.Len && c.pair(x, y, func() bool { return c.identical(x.Elem, y.Elem) })
	case *Chan:
		y, ok := y.(*Chan)
		return ok && x.Dir == y.Dir && c.pair(x, y, func() bool { return c.identical(x.Elem, y.Elem) })
	case *Map:
		y, ok := y.(*Map)
		return ok && c.pair(x, y, func() bool { return c.identical(x.Key, y.Key) && c.identical(x.Elem, y.Elem) })
	case *Struct:
		y, ok := y.(*Struct)
		return ok && c.pair(x, y, func() bool { return c.structs(x, y) })
	case *Func:
		y, ok := y.(*Func)
		return ok && x.Variadic == y.Variadic &&
			c.pair(x, y, func() bool { return c.lists(x.Params, y.Params) && c.lists(x.Results, y.Results) })
	case *Interface:
		y, ok := y.(*Interface)
		return ok && len(x.Methods) == len(y.Methods) && c.pair(x, y, func() bool { return c.methods(x, y) })
	case *Named:
		y, ok := y.(*Named)
		return ok && sameDecl(x, y) && c.pair(x, y, func() bool { return c.lists(x.Args, y.Args) })
	}
	return false
}

func (c *comparer) pair(x, y Type, compare func() bool) bool {
	p := [2]Type{x, y}
	if c.seen[p] {
		return true
	}
	if c.seen == nil {
		c.seen = make(map[[2]Type]bool)
	}
	c.seen[p] = true
	c.depth++
	defer func() { c.depth-- }()
	return compare()
}

func (c *comparer) lists(x, y []Type) bool {
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if !c.identical(x[i], y[i]) {
			return false
		}
	}
	return true
}

func (c *comparer) structs(x, y *Struct) bool {
	if len(x.Fields) != len(y.Fields) {
		return false
	}
	for i := range x.Fields {
		f, g := &x.Fields[i], &y.Fields[i]
		if f.Embedded != g.Embedded || c.tags && f.Tag != g.Tag ||
			!sameName(f.Name, f.Pkg, g.Name, g.Pkg) || !c.identical(f.Type, g.Type) {
			return false
		}
	}
	return true
}

func (c *comparer) methods(x, y *Interface) bool {
	find := y.method
	if len(y.Methods) > 16 {
		find = y.index()
	}
	for i := range x.Methods {
		m := &x.Methods[i]
		n := find(m.Name, m.Pkg)
		if n == nil || !c.identical(m.Type, n.Type) {
			return false
		}
	}
	return true
}

func (t *Interface) method(name, pkg string) *Method {
	for i := range t.Methods {
		if m := &t.Methods[i]; sameName(m.Name, m.Pkg, name, pkg) {
			return m
		}
	}
	return nil
}

// index is method for an interface with many methods.
func (t *Interface) index() func(name, pkg string) *Method {
	key := func(name, pkg string) [2]string {
		if token.IsExported(name) {
			pkg = ""
		}
		return [2]string{name, pkg}
	}
	byName := make(map[[2]string]*Method, len(t.Methods))
	for i := len(t.Methods) - 1; i >= 0; i-- {
		byName[key(t.Methods[i].Name, t.Methods[i].Pkg)] = &t.Methods[i]
	}
	return func(name, pkg string) *Method { return byName[key(name, pkg)] }
}

// sameName reports whether two names are the same. Unexported names of different packages
// differ.
func sameName(x, xpkg, y, ypkg string) bool {
	return x == y && (token.IsExported(x) || xpkg == ypkg)
}

// sameDecl reports whether two named types have the same declaration. A Decl that cannot
// be compared is the same as no other.
func sameDecl(x, y *Named) bool {
	return x.Decl != nil && y.Decl != nil && reflect.ValueOf(x.Decl).Comparable() && x.Decl == y.Decl
}
