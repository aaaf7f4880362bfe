package escape

import (
	"fmt"
	"go/types"
)

// A dictionary is what an instance of a generic function, or of a generic type's
// methods, gets told about its type arguments: a word for each entry, in the order of the
// lists. cmd/compile/internal/noder/writer.go:writerDict.
type dictionary struct {
	methods []dictKey
	subs    []subDict
	rtypes  []types.Type
	itabs   [][2]types.Type
}

// A dictKey is a method of a type parameter.
type dictKey struct {
	param int
	name  string
}

// A subDict is the dictionary of an instance that depends on the type parameters: of a
// function or a type.
type subDict struct {
	obj  types.Object
	args []types.Type
}

func (d *dictionary) words() int {
	return len(d.methods) + len(d.subs) + len(d.rtypes) + len(d.itabs)
}

func index[T any](list *[]T, x T, same func(T) bool) int {
	for i, old := range *list {
		if same(old) {
			return i
		}
	}
	*list = append(*list, x)
	return len(*list) - 1
}

func (d *dictionary) method(param int, name string) int {
	k := dictKey{param, name}
	return index(&d.methods, k, func(old dictKey) bool { return old == k })
}

// sub goes by the types' identity in the type checker, as the compiler's does: two
// expressions []T are two types.
func (d *dictionary) sub(obj types.Object, args []types.Type) int {
	return index(&d.subs, subDict{obj, args}, func(old subDict) bool {
		if old.obj != obj || len(old.args) != len(args) {
			return false
		}
		for i := range args {
			if old.args[i] != args[i] {
				return false
			}
		}
		return true
	})
}

func (d *dictionary) rtype(t types.Type) int {
	return index(&d.rtypes, t, func(old types.Type) bool { return old == t })
}

func (d *dictionary) itab(t, iface types.Type) int {
	k := [2]types.Type{t, iface}
	return index(&d.itabs, k, func(old [2]types.Type) bool { return old == k })
}

// dictionaryOf is the dictionary of a function or, for all its methods, a type. It is
// nil if the source is not at hand.
func (a *analysis) dictionaryOf(obj types.Object) *dictionary {
	if d, ok := a.dicts[obj]; ok {
		return d
	}
	if a.dicts == nil {
		a.dicts = map[types.Object]*dictionary{}
	}
	a.dicts[obj] = nil
	src := a.sourceOf(obj.Pkg())
	if src == nil {
		return nil
	}
	w := &dictWriter{l: &lowerer{a: a, src: src}, d: &dictionary{}}
	switch obj := obj.(type) {
	case *types.Func:
		w.function(obj)
	case *types.TypeName:
		if n, ok := types.Unalias(obj.Type()).(*types.Named); ok {
			for m := range n.Origin().Methods() {
				w.function(m)
			}
		}
	}
	a.dicts[obj] = w.d
	return w.d
}

// subDictionary is the text of a dictionary that a call in an instance passes on from its
// own; "" if it has none.
func (l *lowerer) subDictionary(obj types.Object, raw []types.Type) string {
	if l.dict == nil || !l.anyDerived(raw) || l.a.off("sub-dictionary") {
		return ""
	}
	raw = allWithoutLocal(raw)
	own, other := l.a.dictionaryOf(l.dict), l.a.dictionaryOf(obj)
	if own == nil || other == nil {
		return ""
	}
	pkg := "" // the parameter belongs to the caller's package, like other variables
	if l.src != l.a.root {
		pkg = l.src.Types.Name() + "."
	}
	return fmt.Sprintf("(*[%d]uintptr)(%s.dict[%d])", other.words(), pkg, len(own.methods)+own.sub(obj, raw))
}

// anyDerived reports whether a type depends on the type parameters of the function.
func (l *lowerer) anyDerived(list []types.Type) bool {
	for _, t := range list {
		if derived(t) {
			return true
		}
	}
	return false
}

// derived reports whether a type depends on type parameters, by itself or because a generic
// function declares a type in it.
func derived(t types.Type) bool { return mentionsParam(t, true, 0) }

// implicitParams reports whether a generic function declares the type.
func implicitParams(obj *types.TypeName) bool {
	if obj.Pkg() == nil {
		return false
	}
	for s := obj.Parent(); s != nil && s != obj.Pkg().Scope(); s = s.Parent() {
		for _, name := range s.Names() {
			if t, ok := s.Lookup(name).(*types.TypeName); ok && isTypeParam(t.Type()) {
				return true
			}
		}
	}
	return false
}

// realized is an instance whose type arguments are known: the compiler makes its
// dictionary, and those in it.
type realized struct {
	obj  types.Object
	args []types.Type
}

// inst is funcOf for a use in the function that is lowered.
func (l *lowerer) inst(m *types.Func, args []types.Type) *function {
	if len(args) > 0 && l.fn != nil {
		for _, t := range args {
			if hasShape(t) || hasTypeParam(t) {
				return l.a.funcOf(m, args)
			}
		}
		root := l.instance()
		root.realized = append(root.realized, realized{dictOwner(m.Origin()), args})
	}
	return l.a.funcOf(m, args)
}

// realize finds all that the dictionary of an instance refers to.
func (m *mentions) realize(r realized) {
	p := printer{a: m.a, link: true}
	for _, t := range r.args {
		p.typ(t)
		p.str(",")
	}
	key := realKey{r.obj, p.b.String()}
	if m.real[key] {
		return
	}
	if len(m.real) >= maxFunctions {
		m.a.fail("more than %d dictionaries", maxFunctions)
	}
	m.real[key] = true
	d := m.a.dictionaryOf(r.obj)
	if d == nil || m.a.off("nested-dictionaries") {
		return
	}
	s := &substitution{real: true, args: key.args, params: map[*types.TypeParam]types.Type{}, local: map[localKey]*types.Named{}, a: m.a}
	bind := func(list *types.TypeParamList) {
		for i := range min(list.Len(), len(r.args)) {
			s.params[list.At(i)] = r.args[i]
			s.scope = list.At(i).Obj().Parent()
		}
	}
	switch obj := r.obj.(type) {
	case *types.Func:
		bind(obj.Signature().TypeParams())
	case *types.TypeName:
		if n, ok := types.Unalias(obj.Type()).(*types.Named); ok {
			for f := range n.Origin().Methods() {
				bind(f.Signature().RecvTypeParams())
			}
		}
	}
	for _, k := range d.methods {
		if k.param < len(r.args) {
			m.mention(r.args[k.param])
		}
	}
	for _, sub := range d.subs {
		args := make([]types.Type, len(sub.args))
		for i := range args {
			args[i] = s.typ(sub.args[i])
			m.mention(args[i])
		}
		m.realize(realized{sub.obj, args}) // the dictionary alone: code asks for instances itself
	}
	for _, t := range d.rtypes {
		m.mention(s.typ(t))
	}
	for _, pair := range d.itabs {
		m.mention(s.typ(pair[0]))
		m.mention(s.typ(pair[1]))
	}
}

// A realKey says which dictionary.
type realKey struct {
	obj  types.Object
	args string
}
