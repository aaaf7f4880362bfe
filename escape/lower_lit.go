package escape

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/orrery-go/orrery/internal/coretype"
)

func (l *lowerer) compLit(e *ast.CompositeLit) *node {
	raw := l.raw(e)
	pos := e.Lbrace
	ptr := false
	if p, ok := coretype.Of(raw).(*types.Pointer); ok {
		ptr, raw = true, p.Elem()
	}
	n := &node{pos: pos, typ: l.sub.typ(raw)}
	var key, el types.Type
	var fields *types.Struct
	switch t := coretype.Of(raw).(type) {
	case *types.Array:
		n.op, el = opArrayLit, t.Elem()
	case *types.Slice:
		n.op, el = opSliceLit, t.Elem()
	case *types.Map:
		n.op, key, el = opMapLit, t.Key(), t.Elem()
	case *types.Struct:
		n.op, fields = opStructLit, t
	default:
		l.a.failAt(l.src, e, "a composite literal of no composite type")
	}
	next := int64(0) // the index of the element that comes
	for i, x := range e.Elts {
		kv, keyed := x.(*ast.KeyValueExpr)
		el := el
		if fields != nil {
			if keyed {
				x = kv.Value
				name, ok := kv.Key.(*ast.Ident)
				if !ok {
					l.a.failAt(l.src, kv.Key, "a key that is no field")
				}
				i = fieldIndex(fields, l.src.Info.Uses[name], name.Name)
			}
			if i < 0 || i >= fields.NumFields() {
				l.a.failAt(l.src, e, "more values than fields")
			}
			el = fields.Field(i).Type()
		} else if keyed {
			x = kv.Value
			if v := l.src.Info.Types[kv.Key].Value; v != nil && n.op == opSliceLit {
				next, _ = constant.Int64Val(constant.ToInt(v))
			}
		}
		next++
		n.length = max(n.length, next)
		value := l.convert(el, x, true)
		switch {
		case n.op == opMapLit && keyed:
			n.list = append(n.list, &node{op: opKey, pos: posOf(kv.Key), x: l.convert(key, kv.Key, true), y: value})
		default:
			n.list = append(n.list, value)
		}
	}
	if ptr {
		p := l.addr(pos, n)
		p.typ = l.typ(e)
		return p
	}
	return n
}

func fieldIndex(s *types.Struct, obj types.Object, name string) int {
	for i := range s.NumFields() {
		if s.Field(i) == obj {
			return i
		}
	}
	for i := range s.NumFields() {
		if s.Field(i).Name() == name {
			return i
		}
	}
	return -1
}

// newLiteral makes the function of a literal; why says for what, as its name tells.
func (a *analysis) newLiteral(outer *function, pos token.Pos, why string, t types.Type) *function {
	if !a.rules.ownNames {
		for outer.rangeFn {
			outer = outer.outer
		}
	}
	name := outer.name
	var n *int
	switch why {
	case "range":
		n, name = &outer.rangeLits, name+"-range"
	case "go":
		n, name = &outer.wrappers, name+".gowrap"
	case "defer":
		n, name = &outer.wrappers, name+".deferwrap"
	default:
		n = &outer.funcLits
		switch {
		case outer.pkgInit:
			name = "glob..func"
		case outer.literal:
			name += "."
		default:
			name += ".func"
		}
	}
	*n++
	a.functions++
	return &function{name: fmt.Sprintf("%s%d", name, *n), pos: pos, pkg: outer.pkg, literal: true, outer: outer, generic: outer.generic}
}

func (l *lowerer) funcLit(e *ast.FuncLit) *node {
	sig, ok := l.raw(e).(*types.Signature)
	if !ok {
		l.a.failAt(l.src, e, "a function literal of no function type")
	}
	f := l.a.newLiteral(l.fn, e.Pos(), "", nil)
	f.outer = l.fn
	inner := &lowerer{a: l.a, src: l.src, file: l.file, sub: l.sub, dict: l.dict, fn: f, vars: l.vars, depth: l.depth}
	inner.signature(sig)
	if e.Body != nil {
		inner.nameResults(e.Body)
		f.body = inner.block(e.Body)
	}
	return &node{op: opClosure, pos: e.Pos(), typ: l.typ(e), fn: f}
}
