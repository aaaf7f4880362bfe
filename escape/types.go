package escape

import (
	"crypto/sha256"
	"encoding/hex"
	"go/types"
	"maps"
	"strings"

	"github.com/orrery-go/orrery/internal/sizes"
)

// arch answers questions about types for one architecture and release.
type arch struct {
	*sizes.Sizes
	bySize bool // a type of one word that is a pointer is direct, whatever it is
}

func under(t types.Type) types.Type {
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return t.Underlying()
}

func isArray(t types.Type) bool     { _, ok := under(t).(*types.Array); return ok }
func isSlice(t types.Type) bool     { _, ok := under(t).(*types.Slice); return ok }
func isMap(t types.Type) bool       { _, ok := under(t).(*types.Map); return ok }
func isInterface(t types.Type) bool { _, ok := under(t).(*types.Interface); return ok }
func isTypeParam(t types.Type) bool { _, ok := types.Unalias(t).(*types.TypeParam); return ok }
func isBasic(t types.Type, k types.BasicKind) bool {
	b, ok := under(t).(*types.Basic)
	return ok && b.Kind() == k
}
func isString(t types.Type) bool {
	b, ok := under(t).(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}
func isUntyped(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0
}

// elem returns the type that a pointer, slice, array, map or channel holds.
func elem(t types.Type) types.Type {
	switch t := under(t).(type) {
	case *types.Pointer:
		return t.Elem()
	case *types.Slice:
		return t.Elem()
	case *types.Array:
		return t.Elem()
	case *types.Map:
		return t.Elem()
	case *types.Chan:
		return t.Elem()
	}
	return types.Typ[types.Invalid]
}

func deref(t types.Type) types.Type {
	if p, ok := under(t).(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// isPtrTo reports whether ptr is *elem, by its own name or none.
func isPtrTo(ptr, elem types.Type) bool {
	p, ok := types.Unalias(ptr).(*types.Pointer)
	return ok && types.Identical(elem, p.Elem())
}

// isDirect reports whether an interface holds the type's value itself. To Go 1.25
// it goes by the type's shape, since 1.26 by its size.
func (a *arch) isDirect(t types.Type) bool { return a.Direct(t, a.bySize) }

// A shape is the type that stands for a type parameter in an instance: all type
// arguments with the same underlying type share one.
type shapes struct {
	a     *analysis
	named map[string]*types.Named
}

// maxShape is the length of a shape's name from which on a hash stands for it:
// cmd/compile/internal/base/flag.go, MaxShapeLen.
const maxShape = 500

var shapePkg = types.NewPackage("go.shape", "go.shape")

// keeps reports whether a pointer to a type keeps it: from Go 1.25.4 to 1.26 one to a type
// made of shapes did.
func (s *shapes) keeps(t types.Type) bool {
	switch r := s.a.rules; {
	case !r.shapePointers, r.plainPointers:
		return false
	}
	return hasShape(t)
}

func (s *shapes) of(t types.Type, c *types.TypeParam) types.Type {
	t = types.Unalias(t)
	u := under(t)
	if p, ok := u.(*types.Pointer); ok && basicConstraint(c) {
		if !isShape(p.Elem()) && s.keeps(p.Elem()) {
			return t
		}
		u = types.NewPointer(types.Typ[types.Uint8])
	} else if isShape(t) {
		return t
	}
	name := s.a.linkName(u)
	if len(name) > maxShape && s.a.rules.shortShapes {
		sum := sha256.Sum256([]byte(name))
		// So that it is not SHA-256.
		switch s.a.rules.shapeHash {
		case 0:
			for i := range sum {
				sum[i] ^= 0xff
			}
		default:
			sum[0] ^= s.a.rules.shapeHash
		}
		name = hex.EncodeToString(sum[:])
	}
	if n := s.named[name]; n != nil {
		return n
	}
	n := types.NewNamed(types.NewTypeName(0, shapePkg, name, nil), u, nil)
	s.named[name] = n
	return n
}

// receiver returns the receiver's type, which is named or points to it, with shapes as
// its type arguments, as in the name of the method's instance.
func (s *shapes) receiver(t types.Type, named *types.Named) types.Type {
	args := make([]types.Type, named.TypeArgs().Len())
	for i := range args {
		args[i] = s.of(named.TypeArgs().At(i), named.TypeParams().At(i))
	}
	n, err := types.Instantiate(nil, named.Origin(), args, false)
	switch {
	case err != nil:
		return t
	case isPtr(t):
		return types.NewPointer(n)
	}
	return n
}

func isPtr(t types.Type) bool { _, ok := types.Unalias(t).(*types.Pointer); return ok }

// basicConstraint reports whether a constraint lists no types, so that it does not
// matter what a pointer points to.
func basicConstraint(c *types.TypeParam) bool {
	i, ok := under(c.Constraint()).(*types.Interface)
	return ok && i.IsMethodSet()
}

func isShape(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() == shapePkg
}

// hasShape reports whether a shape is anywhere in the type.
func hasShape(t types.Type) bool { return shapeWithin(t, 0) }

func shapeWithin(t types.Type, depth int) bool {
	if t == nil || depth > 40 {
		return false
	}
	depth++
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if isShape(t) || strings.HasSuffix(t.Obj().Name(), "]") { // of an instance
			return true
		}
		for arg := range t.TypeArgs().Types() {
			if shapeWithin(arg, depth) {
				return true
			}
		}
	case *types.Pointer:
		return shapeWithin(t.Elem(), depth)
	case *types.Slice:
		return shapeWithin(t.Elem(), depth)
	case *types.Array:
		return shapeWithin(t.Elem(), depth)
	case *types.Chan:
		return shapeWithin(t.Elem(), depth)
	case *types.Map:
		return shapeWithin(t.Key(), depth) || shapeWithin(t.Elem(), depth)
	case *types.Struct:
		for f := range t.Fields() {
			if shapeWithin(f.Type(), depth) {
				return true
			}
		}
	case *types.Interface:
		for m := range t.Methods() {
			if shapeWithin(m.Type(), depth) {
				return true
			}
		}
	case *types.Signature:
		return shapeWithin(t.Params(), depth) || shapeWithin(t.Results(), depth)
	case *types.Tuple:
		for v := range t.Variables() {
			if shapeWithin(v.Type(), depth) {
				return true
			}
		}
	}
	return false
}

// A substitution says which type stands for a type parameter of an instance, and which
// for a type that the generic function declares in its body: each instance has its own.
type substitution struct {
	params map[*types.TypeParam]types.Type
	args   string // as the names of the instance's local types have them
	scope  *types.Scope
	local  map[localKey]*types.Named
	real   bool // the arguments are types, not shapes
	a      *analysis
}

// A localKey says which local type, and for which type arguments of its own.
type localKey struct {
	obj  *types.TypeName
	args string
}

// typ replaces type parameters. What has none comes back as it is.
func (s *substitution) typ(t types.Type) types.Type {
	if s == nil || t == nil {
		return t
	}
	switch u := types.Unalias(t).(type) {
	case *types.TypeParam:
		if r := s.params[u]; r != nil {
			return r
		}
	case *types.Pointer:
		if e := s.typ(u.Elem()); e != u.Elem() {
			return types.NewPointer(e)
		}
	case *types.Slice:
		if e := s.typ(u.Elem()); e != u.Elem() {
			return types.NewSlice(e)
		}
	case *types.Array:
		if e := s.typ(u.Elem()); e != u.Elem() {
			return types.NewArray(e, u.Len())
		}
	case *types.Chan:
		if e := s.typ(u.Elem()); e != u.Elem() {
			return types.NewChan(u.Dir(), e)
		}
	case *types.Map:
		if k, e := s.typ(u.Key()), s.typ(u.Elem()); k != u.Key() || e != u.Elem() {
			return types.NewMap(k, e)
		}
	case *types.Tuple:
		if vars, changed := s.vars(u); changed {
			return types.NewTuple(vars...)
		}
	case *types.Signature:
		params, p := s.vars(u.Params())
		results, r := s.vars(u.Results())
		if p || r {
			return types.NewSignatureType(u.Recv(), nil, nil, types.NewTuple(params...), types.NewTuple(results...), u.Variadic())
		}
	case *types.Struct:
		fields := make([]*types.Var, u.NumFields())
		tags := make([]string, len(fields))
		changed := false
		for i := range fields {
			f := u.Field(i)
			fields[i], tags[i] = f, u.Tag(i)
			if ft := s.typ(f.Type()); ft != f.Type() {
				fields[i] = types.NewField(f.Pos(), f.Pkg(), f.Name(), ft, f.Embedded())
				changed = true
			}
		}
		if changed {
			return types.NewStruct(fields, tags)
		}
	case *types.Interface:
		return s.iface(u, t)
	case *types.Named:
		if s.declares(u.Obj()) {
			return s.instance(u)
		}
		args := make([]types.Type, u.TypeArgs().Len())
		changed := false
		for i := range args {
			old := u.TypeArgs().At(i)
			args[i] = s.typ(old)
			changed = changed || args[i] != old
		}
		if changed {
			// A type of which one argument has a shape has shapes alone.
			for i := range args {
				if s.real {
					break
				}
				args[i] = s.a.shapes.of(args[i], u.Origin().TypeParams().At(i))
			}
			if n, err := types.Instantiate(nil, u.Origin(), args, false); err == nil {
				return n
			}
		}
	}
	return t
}

// declares reports whether the type is declared in the body of the generic function.
func (s *substitution) declares(obj *types.TypeName) bool {
	if obj.Pkg() == nil || obj.Parent() == obj.Pkg().Scope() {
		return false
	}
	for scope := obj.Parent(); scope != nil; scope = scope.Parent() {
		if scope == s.scope {
			return true
		}
	}
	return false
}

// instance returns a local type of the generic function, for its type arguments, and for
// those that it has itself: they come after a semicolon.
func (s *substitution) instance(t *types.Named) *types.Named {
	key := localKey{obj: t.Origin().Obj()}
	inner := s
	if t.TypeArgs().Len() > 0 {
		inner = &substitution{params: maps.Clone(s.params), args: s.args, scope: s.scope, local: s.local, a: s.a}
		for i := range t.TypeArgs().Len() {
			p := t.Origin().TypeParams().At(i)
			shape := s.a.shapes.of(s.typ(t.TypeArgs().At(i)), p)
			inner.params[p] = shape
			key.args += map[bool]string{true: ";", false: ","}[i == 0] + s.a.linkName(shape)
		}
	}
	if n := s.local[key]; n != nil {
		return n
	}
	obj := t.Obj()
	name := types.NewTypeName(obj.Pos(), obj.Pkg(), obj.Name()+"["+s.args+key.args+"]", nil)
	s.a.locals[name] = key.obj
	n := types.NewNamed(name, nil, nil)
	s.local[key] = n // first, since the type may be recursive
	n.SetUnderlying(inner.typ(t.Origin().Underlying()))
	return n
}

func (s *substitution) iface(u *types.Interface, t types.Type) types.Type {
	changed := false
	methods := make([]*types.Func, u.NumExplicitMethods())
	for i := range methods {
		m := u.ExplicitMethod(i)
		methods[i] = m
		if sig := s.typ(m.Signature()); sig != types.Type(m.Signature()) {
			methods[i] = types.NewFunc(m.Pos(), m.Pkg(), m.Name(), sig.(*types.Signature))
			changed = true
		}
	}
	embedded := make([]types.Type, u.NumEmbeddeds())
	for i := range embedded {
		e := u.EmbeddedType(i)
		if embedded[i] = s.typ(e); embedded[i] != e {
			changed = true
		}
	}
	if !changed {
		return t
	}
	return types.NewInterfaceType(methods, embedded).Complete()
}

func (s *substitution) vars(t *types.Tuple) (vars []*types.Var, changed bool) {
	for v := range t.Variables() {
		if vt := s.typ(v.Type()); vt != v.Type() {
			changed = true
			v = types.NewParam(v.Pos(), v.Pkg(), v.Name(), vt)
		}
		vars = append(vars, v)
	}
	return vars, changed
}
