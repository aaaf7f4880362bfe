package escape

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

func (l *lowerer) selectStmt(s *ast.SelectStmt) *node {
	n := &node{op: opSelect, pos: s.Select}
	for _, c := range s.Body.List {
		c, ok := c.(*ast.CommClause)
		if !ok {
			continue
		}
		k := &node{op: opCase, pos: c.Case}
		comm := l.stmt(nil, c.Comm)
		body := l.stmts(c.Body)
		if len(comm) > 0 {
			k.x = comm[0]
			// A comma-ok receive has become two statements, the second of which is
			// the body's; and so has a receive whose value is converted.
			switch {
			case k.x.op == opAssign2:
				set := k.x
				k.x = set.list2[0].init[0]
				set.list2[0].init = nil
				body = append([]*node{set}, body...)
			case k.x.op == opAssign && !k.x.def && k.x.y != nil && k.x.y.op == opConvIface && k.x.y.x.op == opRecv:
				set, recv := k.x, k.x.y.x
				tmp := l.temp(c.Case, recv.typ)
				k.x = &node{op: opAssign, pos: c.Case, def: true, x: l.use(tmp, c.Case), y: recv, init: []*node{{op: opDcl, pos: c.Case, v: tmp}}}
				set.y.x = l.use(tmp, c.Case)
				body = append([]*node{set}, body...)
			}
		}
		k.list = body
		n.list = append(n.list, k)
	}
	return n
}

func (l *lowerer) switchStmt(s *ast.SwitchStmt) *node {
	n := &node{op: opSwitch, pos: s.Switch, init: l.stmt(nil, s.Init)}
	clauses := caseClauses(s.Body)
	tag := s.Tag
	var tagType types.Type = types.Typ[types.Bool]
	value := constant.MakeBool(true)
	if tag != nil {
		tv := l.src.Info.Types[tag]
		tagType, value = l.raw(tag), tv.Value
	}
	if value != nil && l.a.rules.deadCode {
		if target, ok := l.constantSwitch(value, clauses); ok {
			clauses, tag, tagType = nil, nil, types.Typ[types.Bool]
			if target != nil {
				c := *target
				c.List = nil
				clauses = []*ast.CaseClause{&c}
			}
		}
	}
	isChan := false
	if tagType != nil {
		_, isChan = tagType.Underlying().(*types.Chan)
	}
	if !isChan {
		tagType = l.commonTag(tagType, clauses)
	}
	if tag != nil {
		n.x = l.convert(tagType, tag, true)
	}
	for _, c := range clauses {
		k := &node{op: opCase, pos: c.Case}
		for _, e := range c.List {
			t := tagType
			if isChan {
				t = nil
			}
			k.list2 = append(k.list2, l.convert(t, e, true))
		}
		k.list = l.stmts(c.Body)
		n.list = append(n.list, k)
	}
	return n
}

// commonTag returns the type that a switch compares in: any, where a case cannot be
// converted to the tag's type.
func (l *lowerer) commonTag(t types.Type, clauses []*ast.CaseClause) types.Type {
	for _, c := range clauses {
		for _, e := range c.List {
			if l.isNil(e) {
				continue
			}
			if ct := l.raw(e); !types.AssignableTo(ct, t) && (types.IsInterface(ct) || types.IsInterface(t)) {
				return types.NewInterfaceType(nil, nil)
			}
		}
	}
	return t
}

// constantSwitch returns the only clause that a switch with a constant tag can take;
// nil for none.
func (l *lowerer) constantSwitch(tag constant.Value, clauses []*ast.CaseClause) (target *ast.CaseClause, ok bool) {
outer:
	for _, c := range clauses {
		if c.List == nil {
			target = c
		}
		for _, e := range c.List {
			v := l.src.Info.Types[e].Value
			if v == nil {
				return nil, false
			}
			if constant.Compare(tag, token.EQL, v) {
				target = c
				break outer
			}
		}
	}
	if target != nil && len(target.Body) > 0 {
		if b, ok := target.Body[len(target.Body)-1].(*ast.BranchStmt); ok && b.Tok == token.FALLTHROUGH {
			return nil, false
		}
	}
	return target, true
}

func caseClauses(b *ast.BlockStmt) []*ast.CaseClause {
	var out []*ast.CaseClause
	for _, s := range b.List {
		if c, ok := s.(*ast.CaseClause); ok {
			out = append(out, c)
		}
	}
	return out
}

func (l *lowerer) typeSwitch(s *ast.TypeSwitchStmt) *node {
	n := &node{op: opTypeSwitch, pos: s.Switch, init: l.stmt(nil, s.Init)}
	var x ast.Expr
	switch a := s.Assign.(type) {
	case *ast.ExprStmt:
		x = a.X
	case *ast.AssignStmt:
		if len(a.Rhs) == 1 {
			x = a.Rhs[0]
		}
		n.def = true
	}
	t, ok := ast.Unparen(x).(*ast.TypeAssertExpr)
	if !ok {
		l.a.failAt(l.src, s, "a type switch on no interface")
	}
	n.x = l.expr(t.X)
	for _, c := range caseClauses(s.Body) {
		k := &node{op: opCase, pos: c.Case}
		for _, e := range c.List {
			k.list2 = append(k.list2, l.caseType(e, l.raw(t.X)))
		}
		if obj, ok := l.src.Info.Implicits[c].(*types.Var); ok {
			pos := c.Case
			if len(c.List) > 0 {
				pos = typeEnd(c.List[len(c.List)-1])
			}
			k.v = l.local(obj, pos)
			if len(c.List) == 1 && l.isNil(c.List[0]) {
				k.v.typ = l.typ(t.X)
			}
		}
		k.list = l.stmts(c.Body)
		n.list = append(n.list, k)
	}
	return n
}

// caseType is a type in a case of a type switch on an interface of the type from, or nil.
func (l *lowerer) caseType(e ast.Expr, from types.Type) *node {
	if l.isNil(e) {
		return &node{op: opNil}
	}
	return &node{op: opType, typ: l.typ(e), implicit: l.dynamic(l.raw(e), from)}
}

// typeEnd returns the last name in a type: where the compiler says that a type switch's
// variable is declared (noder/quirks.go:typeExprEndPos).
func typeEnd(e ast.Expr) token.Pos {
	for {
		switch x := e.(type) {
		case *ast.SelectorExpr:
			return x.X.Pos()
		case *ast.ParenExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ArrayType:
			e = x.Elt
		case *ast.ChanType:
			e = x.Value
		case *ast.MapType:
			e = x.Value
		case *ast.Ellipsis:
			e = x.Elt
		case *ast.IndexExpr:
			e = x.Index
		case *ast.IndexListExpr:
			e = x.Indices[len(x.Indices)-1]
		case *ast.InterfaceType:
			if x.Methods.NumFields() == 0 {
				return x.Pos()
			}
			e = x.Methods.List[len(x.Methods.List)-1].Type
		case *ast.FuncType:
			switch {
			case x.Results.NumFields() > 0:
				e = x.Results.List[len(x.Results.List)-1].Type
			case x.Params.NumFields() > 0:
				e = x.Params.List[len(x.Params.List)-1].Type
			default:
				return x.Params.Opening
			}
		default:
			return e.Pos()
		}
		if e == nil {
			return token.NoPos
		}
	}
}
