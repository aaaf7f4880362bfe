package escape

import (
	"go/token"
	"go/types"
)

// assignments notes which variables are assigned by a statement that does not
// declare them: cmd/compile/internal/ir/expr.go:Reassigned.
func (a *analysis) assignments(f *function) {
	note := func(x, where *node) {
		if o := outerValue(x); o != nil && o.op == opLocal && o.v.defn != where {
			o.v.reassigned = true
		}
	}
	value := func(x, v *node) {
		if o := outerValue(x); o != nil && o.op == opLocal {
			switch {
			case v == nil:
				o.v.otherwise = true
			case !isNilValue(v):
				o.v.values = append(o.v.values, v)
			}
		}
	}
	visitAll(f.body, func(n *node) {
		switch n.op {
		case opAssign:
			if n.y != nil {
				value(n.x, n.y)
			}
		case opAssign2, opAssignOf:
			for _, x := range n.list {
				value(x, nil)
			}
		case opRange:
			for _, x := range n.list2 {
				value(x, nil)
			}
		}
		switch n.op {
		case opAssign, opAssignOp:
			note(n.x, n)
			if n.op == opAssignOp {
				if o := outerValue(n.x); o.op == opLocal {
					o.v.reassigned = true
				}
			}
		case opAssign2, opAssignOf:
			for _, x := range n.list {
				note(x, n)
			}
		case opRange:
			for _, x := range n.list2 {
				note(x, nil)
			}
		}
	})
}

// staticValue follows variables that are assigned once, where they are declared, to
// the value that they have.
func staticValue(n *node) *node {
	for range 1000 {
		switch {
		case n.op == opConvNop:
			n = n.x
			continue
		case n.op != opLocal || n.v.class != classAuto || n.v.defn == nil || n.v.addrTaken || n.v.reassigned:
			return n
		}
		v := n.v
		var rhs *node
		switch d := v.defn; d.op {
		case opAssign:
			rhs = d.y
		case opAssign2:
			for i, x := range d.list {
				if x != nil && x.op == opLocal && x.v == v && i < len(d.list2) {
					rhs = d.list2[i]
				}
			}
		}
		if rhs == nil {
			return n
		}
		n = rhs
	}
	return n
}

func isNilValue(n *node) bool {
	for n.op == opConvNop {
		n = n.x
	}
	return n.op == opNil
}

// assignedCallees returns the functions that a variable can be where it is called: it is
// assigned no other, and a call of nil panics. It returns nil if there may be more.
// cmd/compile/internal/escape/call.go:resolveAssignedCallees.
func (v *variable) assignedCallees() []*function {
	if v.class != classAuto || v.addrTaken || v.otherwise {
		return nil
	}
	var fns []*function
	for _, x := range v.values {
		fn := staticCallee(x)
		if fn == nil || fn.pragma&(uintptrKeepAlive|uintptrEscapes) != 0 {
			return nil
		}
		fns = append(fns, fn)
	}
	return fns
}

// staticCallee returns the function that a value is, nil if it is not known.
func staticCallee(n *node) *function {
	switch n.op {
	case opFunc, opMethExpr, opClosure:
		return n.fn
	}
	return nil
}

// devirtualize makes a call of a method of an interface one of a method, where the
// type in the interface is known: cmd/compile/internal/devirtualize.
func (a *analysis) devirtualize(f *function, call *node) {
	if call.op != opCallInter || call.goDefer && a.rules.deferInterfaces {
		return
	}
	sel := call.x
	var t types.Type
	if a.rules.concreteTypes {
		t = a.concreteType(f, sel.x)
		if t == nil {
			return
		}
		if i, ok := under(sel.x.typ).(*types.Interface); !ok || !types.Implements(t, i) {
			return
		}
	} else {
		x := staticValue(sel.x)
		if x.op != opConvIface || isInterface(x.x.typ) {
			return
		}
		t = x.x.typ
	}
	if hasShape(t) || hasShape(sel.x.typ) {
		return
	}
	pos := sel.pos
	if a.rules.concreteTypes {
		pos = call.pos
	}
	recv := &node{op: opDotType, pos: pos, typ: t, x: sel.x}
	obj, index, _ := types.LookupFieldOrMethod(t, true, a.methodPkg(sel), sel.sel)
	m, ok := obj.(*types.Func)
	if !ok {
		return
	}
	l := &lowerer{a: a, src: f.pkg, fn: f}
	for _, i := range index[:len(index)-1] {
		recv = l.dot(sel.pos, recv, i)
	}
	want := m.Signature().Recv().Type()
	switch {
	case isInterface(want):
		// A method of an embedded interface.
		call.x = &node{op: opDotInter, pos: sel.pos, typ: m.Type(), x: recv, sel: sel.sel}
		return
	case isPtrTo(recv.typ, want):
		recv = &node{op: opDeref, implicit: true, pos: sel.pos, typ: want, x: recv}
	case isPtrTo(want, recv.typ):
		recv = l.addr(sel.pos, recv)
		recv.implicit = true
	}
	fn := l.inst(m, l.recvArgs(recv.typ))
	call.op = opCall
	call.x = &node{op: opMethExpr, pos: sel.pos, typ: m.Type(), x: &node{op: opType, pos: sel.pos, typ: recv.typ}, sel: sel.sel, fn: fn}
	call.list = append([]*node{recv}, call.list...)
	tuple := m.Signature().Results()
	call.typ = tuple
	if tuple.Len() == 1 {
		call.typ = tuple.At(0).Type()
	}
}

// methodPkg returns the package that an unexported method is of.
func (a *analysis) methodPkg(sel *node) *types.Package {
	if i, ok := under(sel.x.typ).(*types.Interface); ok {
		for m := range i.Methods() {
			if m.Name() == sel.sel {
				return m.Pkg()
			}
		}
	}
	return a.root.Types
}

// interfaceValues are what each variable of interface type is assigned, in a nest of
// functions. A nil value is one that is not followed.
type interfaceValues map[*variable][]assigned

type assigned struct {
	value *node
	typ   types.Type // where there is no value
}

func (a *analysis) interfaceValues(f *function) interfaceValues {
	if v, ok := a.values[f]; ok {
		return v
	}
	out := interfaceValues{}
	if a.values == nil {
		a.values = map[*function]interfaceValues{}
	}
	a.values[f] = out
	add := func(x *node, as assigned) {
		if x == nil || x.op != opLocal || !isInterface(x.v.typ) || x.v.class != classAuto {
			return
		}
		if as.value != nil && as.value.op == opNil {
			return
		}
		if as.typ != nil && isInterface(as.typ) {
			as.typ = nil
		}
		out[x.v] = append(out[x.v], as)
	}
	value := func(x, v *node) {
		if v.op == opCall || v.op == opCallInter {
			add(x, assigned{typ: one(v.typ)})
			return
		}
		add(x, assigned{value: v})
	}
	tuple := func(n *node, i int) types.Type {
		if t, ok := n.x.typ.(*types.Tuple); ok && i < t.Len() {
			return t.At(i).Type()
		}
		if i == 0 && n.x.op != opCall && n.x.op != opCallInter {
			return n.x.typ
		}
		return nil
	}
	for _, g := range a.nest(f) {
		visitAll(g.body, func(n *node) {
			switch n.op {
			case opAssign:
				if n.y != nil {
					value(n.x, n.y)
				}
			case opAssign2:
				for i, x := range n.list {
					add(x, assigned{value: n.list2[i]})
				}
			case opAssignOf:
				for i, x := range n.list {
					if i == 0 && n.x.op == opDotType {
						add(x, assigned{value: n.x})
						continue
					}
					add(x, assigned{typ: tuple(n, i)})
				}
			case opRange:
				for i, x := range n.list2 {
					add(x, assigned{typ: rangeElem(n.x.typ, i)})
				}
			case opTypeSwitch:
				for _, c := range n.list {
					if c.v != nil {
						add(&node{op: opLocal, v: c.v}, assigned{value: n.x})
					}
				}
			}
		})
	}
	return out
}

// rangeElem returns the type of what a loop gives: its first or second variable.
func rangeElem(t types.Type, i int) types.Type {
	if p, ok := under(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	switch u := under(t).(type) {
	case *types.Map:
		if i == 0 {
			return u.Key()
		}
		return u.Elem()
	case *types.Chan:
		return u.Elem()
	case *types.Slice, *types.Array:
		if i == 1 {
			return elem(u)
		}
	}
	return nil
}

// noType stands for the type in an interface that holds nothing.
var noType = types.NewNamed(types.NewTypeName(token.NoPos, nil, "none", nil), types.Typ[types.Invalid], nil)

// concreteType returns the type in an interface, nil if it is not known or not the same
// every time: cmd/compile/internal/devirtualize/devirtualize.go:concreteType.
func (a *analysis) concreteType(f *function, n *node) types.Type {
	t := a.concrete(f, n, map[*variable]bool{})
	if t == noType {
		return nil
	}
	return t
}

func (a *analysis) concrete(f *function, n *node, seen map[*variable]bool) types.Type {
	for {
		if !isInterface(n.typ) {
			return n.typ
		}
		if n.op != opConvNop && n.op != opConvIface && n.op != opDotType {
			break
		}
		n = n.x
	}
	if n.op != opLocal || n.v.class != classAuto || n.v.addrTaken {
		return nil
	}
	if seen[n.v] {
		return noType
	}
	if len(seen) > 1000 {
		return nil
	}
	seen[n.v] = true
	root := f
	for root.outer != nil {
		root = root.outer
	}
	var typ types.Type
	for _, as := range a.interfaceValues(root)[n.v] {
		t := as.typ
		if as.value != nil {
			t = a.concrete(f, as.value, seen)
			if t == noType {
				continue
			}
		}
		if t == nil || typ != nil && !types.Identical(typ, t) {
			return nil
		}
		typ = t
	}
	if typ == nil {
		return noType
	}
	return typ
}
