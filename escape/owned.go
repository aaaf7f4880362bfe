package escape

import (
	"go/types"
)

// owned returns the functions that are compiled with the package: its own, and the
// instances that they ask for.
func (a *analysis) owned(roots []*function) []*function {
	seen := map[*function]bool{}
	var out []*function
	add := func(f *function) {
		if f != nil && !seen[f] && (f.pkg == a.root || f.generic) {
			seen[f] = true
			out = append(out, f)
		}
	}
	called := func(f *function) {
		if f != nil {
			a.visit(f)
			add(f)
		}
	}
	m := &mentions{a: a, seen: map[types.Type]bool{}, real: map[realKey]bool{}, called: called}
	mention := m.mention
	for _, f := range roots {
		add(f)
	}
	scope := a.root.Types.Scope()
	for _, name := range scope.Names() {
		switch obj := scope.Lookup(name).(type) {
		case *types.Var:
			mention(obj.Type())
		case *types.TypeName:
			if n, ok := types.Unalias(obj.Type()).(*types.Named); ok && n.TypeParams().Len() == 0 {
				mention(n)
			}
		}
	}
	for i := 0; i < len(out); i++ {
		f := out[i]
		for _, r := range f.realized {
			m.realize(r)
		}
		for _, v := range f.locals {
			mention(v.typ)
		}
		visitAll(f.body, func(n *node) {
			if n.fn != nil {
				add(n.fn)
			}
			if n.typ != nil {
				mention(n.typ)
			}
		})
		// The compiler makes what an initialiser mentions before it finds that the
		// initialiser need not run.
		visitAll(f.inits, func(n *node) {
			called(n.fn)
			if n.typ != nil {
				mention(n.typ)
			}
		})
		for j := 0; j < len(a.extra); j++ {
			if g := a.extra[j]; g.outer == f {
				a.visit(g)
				add(g)
			}
		}
	}
	return out
}

// mentions finds instantiated types: the compiler makes all methods of an instance
// that a package has to know the type of.
type mentions struct {
	a      *analysis
	seen   map[types.Type]bool
	real   map[realKey]bool
	called func(*function)
}

// found notes an instantiated type.
func (m *mentions) found(n *types.Named) {
	for _, f := range m.a.methods(n) {
		m.called(f)
	}
	var args []types.Type
	for t := range n.TypeArgs().Types() {
		if hasShape(t) || hasTypeParam(t) {
			return
		}
		args = append(args, t)
	}
	m.realize(realized{n.Origin().Obj(), args})
}

func (m *mentions) mention(t types.Type) { m.typ(t, 0) }

func (m *mentions) typ(t types.Type, depth int) {
	if t == nil || depth > maxNest {
		return
	}
	t = types.Unalias(t)
	depth++
	switch t := t.(type) {
	case *types.Pointer:
		m.typ(t.Elem(), depth)
		return
	case *types.Slice:
		m.typ(t.Elem(), depth)
		return
	case *types.Array:
		m.typ(t.Elem(), depth)
		return
	case *types.Chan:
		m.typ(t.Elem(), depth)
		return
	case *types.Basic:
		return
	}
	if m.seen[t] {
		return
	}
	m.seen[t] = true
	switch t := t.(type) {
	case *types.Map:
		m.typ(t.Key(), depth)
		m.typ(t.Elem(), depth)
	case *types.Tuple:
		for v := range t.Variables() {
			m.typ(v.Type(), depth)
		}
	case *types.Signature:
		m.typ(t.Params(), depth)
		m.typ(t.Results(), depth)
	case *types.Struct:
		for f := range t.Fields() {
			m.typ(f.Type(), depth)
		}
	case *types.Interface:
		for f := range t.Methods() {
			m.typ(f.Type(), depth)
		}
	case *types.Named:
		if t.TypeArgs().Len() > 0 && !isInterface(t) {
			m.found(t)
		}
		for arg := range t.TypeArgs().Types() {
			m.typ(arg, depth)
		}
		m.typ(t.Underlying(), depth)
		for f := range t.Methods() {
			m.typ(f.Type(), depth)
		}
	}
}

// methods returns the functions of an instantiated type's methods.
func (a *analysis) methods(n *types.Named) []*function {
	var args []types.Type
	for t := range n.TypeArgs().Types() {
		if hasTypeParam(t) {
			return nil
		}
		args = append(args, t)
	}
	var out []*function
	for m := range n.Origin().Methods() {
		if f := a.funcOf(m, args); f != nil {
			out = append(out, f)
		}
	}
	return out
}

// hasTypeParam reports whether a type parameter is anywhere in a type.
func hasTypeParam(t types.Type) bool { return mentionsParam(t, false, 0) }

// mentionsParam is hasTypeParam; with declared, a type that a generic function declares
// counts as one.
func mentionsParam(t types.Type, declared bool, depth int) bool {
	if depth > 40 {
		return false
	}
	depth++
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam:
		return true
	case *types.Pointer, *types.Slice, *types.Array, *types.Chan:
		return mentionsParam(elem(t), declared, depth)
	case *types.Map:
		return mentionsParam(t.Key(), declared, depth) || mentionsParam(t.Elem(), declared, depth)
	case *types.Named:
		if declared && implicitParams(t.Obj()) {
			return true
		}
		for arg := range t.TypeArgs().Types() {
			if mentionsParam(arg, declared, depth) {
				return true
			}
		}
	case *types.Struct:
		for f := range t.Fields() {
			if mentionsParam(f.Type(), declared, depth) {
				return true
			}
		}
	case *types.Interface:
		for m := range t.Methods() {
			if mentionsParam(m.Type(), declared, depth) {
				return true
			}
		}
	case *types.Signature:
		return mentionsParam(t.Params(), declared, depth) || mentionsParam(t.Results(), declared, depth)
	case *types.Tuple:
		for v := range t.Variables() {
			if mentionsParam(v.Type(), declared, depth) {
				return true
			}
		}
	}
	return false
}
