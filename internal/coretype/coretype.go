// Package coretype has the core types of type parameters, which go/types does not export.
package coretype

import (
	"go/types"
	"slices"
)

// Of returns the core type of a type or type parameter: the underlying type that all types
// have which satisfy its constraint, nil if they differ.
func Of(t types.Type) types.Type {
	tp, ok := types.Unalias(t).(*types.TypeParam)
	if !ok {
		return under(t)
	}
	i, ok := under(tp.Constraint()).(*types.Interface)
	if !ok {
		return nil
	}
	var core types.Type
	for _, u := range (typeSets{}).of(i).list {
		if core == nil {
			core = u
		} else if core = common(core, u); core == nil {
			return nil
		}
	}
	return core
}

// common returns the type that stands for both: of two channels the one that allows
// less.
func common(x, y types.Type) types.Type {
	if types.Identical(x, y) {
		return x
	}
	c, ok := x.(*types.Chan)
	d, both := y.(*types.Chan)
	switch {
	case !ok || !both || !types.Identical(c.Elem(), d.Elem()):
		return nil
	case c.Dir() == types.SendRecv:
		return y
	case d.Dir() == types.SendRecv:
		return x
	}
	return nil
}

// A typeSet has the underlying types of the types that satisfy a constraint. If it is not
// limited, any type does.
type typeSet struct {
	list    []types.Type
	limited bool
}

// typeSets has the sets that are known.
type typeSets map[*types.Interface]typeSet

// of returns the set of an interface: what is in the sets of all that it embeds.
func (m typeSets) of(i *types.Interface) typeSet {
	if s, ok := m[i]; ok {
		return s
	}
	var s typeSet
	m[i] = s
	for e := range i.EmbeddedTypes() {
		switch other := m.element(e); {
		case !other.limited:
		case !s.limited:
			s = other
		default:
			s.list = slices.DeleteFunc(slices.Clone(s.list), func(t types.Type) bool { return !other.has(t) })
		}
	}
	m[i] = s
	return s
}

// element returns the set of what an interface embeds: of a union, all that is in one of
// its terms.
func (m typeSets) element(t types.Type) typeSet {
	union, ok := types.Unalias(t).(*types.Union)
	if !ok {
		if i, ok := under(t).(*types.Interface); ok {
			return m.of(i)
		}
		return typeSet{[]types.Type{under(t)}, true}
	}
	all := typeSet{limited: true}
	for term := range union.Terms() {
		s := m.element(term.Type())
		if !s.limited {
			return s
		}
		for _, t := range s.list {
			if !all.has(t) {
				all.list = append(all.list, t)
			}
		}
	}
	return all
}

func (s typeSet) has(t types.Type) bool {
	return slices.ContainsFunc(s.list, func(u types.Type) bool { return types.Identical(t, u) })
}

func under(t types.Type) types.Type {
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return t.Underlying()
}
