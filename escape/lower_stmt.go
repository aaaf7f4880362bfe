package escape

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// block lowers a block's statements.
func (l *lowerer) block(b *ast.BlockStmt) []*node {
	if b == nil {
		return nil
	}
	return l.stmts(b.List)
}

// stmts lowers statements. What comes after one that ends the block is left out, but
// a label: cmd/compile/internal/noder/writer.go:stmts.
func (l *lowerer) stmts(list []ast.Stmt) []*node {
	lastLabel := -1
	for i, s := range list {
		if _, ok := s.(*ast.LabeledStmt); ok {
			lastLabel = i
		}
	}
	var out []*node
	dead := false
	for i, s := range list {
		if dead && i > lastLabel {
			continue
		}
		out = l.stmt(out, s)
		dead = l.terminates(s)
		if _, isIf := s.(*ast.IfStmt); !isIf && !l.a.rules.deadCode {
			dead = false // what followed a return was looked at
		}
	}
	return out
}

// terminates reports whether what comes after the statement is not reached.
func (l *lowerer) terminates(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.BranchStmt:
		return s.Tok == token.GOTO
	case *ast.ReturnStmt:
		return true
	case *ast.ExprStmt:
		if c, ok := ast.Unparen(s.X).(*ast.CallExpr); ok {
			name, ok := l.builtinName(ast.Unparen(c.Fun))
			return ok && name == "panic"
		}
	case *ast.IfStmt:
		_, cond := l.static(s.Cond)
		return (cond < 0 || l.terminates(s.Body)) && (cond > 0 || s.Else != nil && l.terminates(s.Else))
	case *ast.BlockStmt:
		for i := len(s.List) - 1; i >= 0; i-- {
			if _, ok := s.List[i].(*ast.EmptyStmt); !ok {
				return l.terminates(s.List[i])
			}
		}
	}
	return false
}

// static reports whether a condition is always true (1), always false (-1) or
// neither, and the part of it that decides.
func (l *lowerer) static(e ast.Expr) (ast.Expr, int) {
	if v := l.src.Info.Types[e].Value; v != nil && v.Kind() == constant.Bool {
		if constant.BoolVal(v) {
			return e, 1
		}
		return e, -1
	}
	switch x := e.(type) {
	case *ast.UnaryExpr:
		if x.Op == token.NOT {
			// The compiler forgets to turn the answer round here: a constant under !
			// is a constant, so that it does not matter.
			_, v := l.static(x.X)
			return e, v
		}
	case *ast.BinaryExpr:
		if x.Op != token.LAND && x.Op != token.LOR {
			break
		}
		short := 1 // the value of x.X with which x.Y does not matter
		if x.Op == token.LAND {
			short = -1
		}
		left, v := l.static(x.X)
		if v == short {
			return left, v
		}
		right, w := l.static(x.Y)
		if v == -short || w == short {
			if l.src.Info.Types[x.X].Value != nil {
				return right, w
			}
			return e, w
		}
	}
	return e, 0
}

func (l *lowerer) stmt(out []*node, s ast.Stmt) []*node {
	if s == nil {
		return out
	}
	l.enter(s)
	defer func() { l.depth-- }()
	switch s := s.(type) {
	case *ast.EmptyStmt:
	case *ast.AssignStmt:
		out = l.assignment(out, s)
	case *ast.IncDecStmt:
		x := l.expr(s.X)
		op := token.ADD
		if s.Tok == token.DEC {
			op = token.SUB
		}
		out = append(out, &node{op: opAssignOp, tok: op, pos: s.TokPos, x: x, incDec: true, y: &node{op: opLit, pos: s.TokPos, typ: x.typ, val: constant.MakeInt64(1)}})
	case *ast.BlockStmt:
		out = append(out, l.block(s)...)
	case *ast.BranchStmt:
		out = l.branch(out, s)
	case *ast.GoStmt:
		out = append(out, l.goDefer(opGo, s.Go, s.Call))
	case *ast.DeferStmt:
		n := l.goDefer(opDefer, s.Defer, s.Call)
		n.deferAt = len(l.loops) > 0
		out = append(out, n)
	case *ast.DeclStmt:
		out = l.decl(out, s)
	case *ast.ExprStmt:
		out = append(out, l.expr(s.X))
	case *ast.ForStmt:
		out = l.forStmt(out, s)
	case *ast.RangeStmt:
		out = l.rangeStmt(out, s)
	case *ast.IfStmt:
		out = l.ifStmt(out, s)
	case *ast.LabeledStmt:
		out = append(out, &node{op: opLabel, pos: s.Colon, sel: s.Label.Name})
		out = l.stmt(out, s.Stmt)
	case *ast.ReturnStmt:
		out = l.returnStmt(out, s)
	case *ast.SelectStmt:
		out = append(out, l.selectStmt(s))
	case *ast.SendStmt:
		var el types.Type
		if c, ok := coreOf(l.raw(s.Chan)).(*types.Chan); ok {
			el = c.Elem()
		}
		out = append(out, &node{op: opSend, pos: s.Arrow, x: l.expr(s.Chan), y: l.convert(el, s.Value, true)})
	case *ast.SwitchStmt:
		out = append(out, l.switchStmt(s))
	case *ast.TypeSwitchStmt:
		out = append(out, l.typeSwitch(s))
	default:
		l.a.failAt(l.src, s, "unexpected statement %T", s)
	}
	return out
}

func (l *lowerer) assignment(out []*node, s *ast.AssignStmt) []*node {
	if s.Tok == token.ASSIGN || s.Tok == token.DEFINE {
		return l.assign(out, s.TokPos, s.Lhs, s.Rhs)
	}
	if len(s.Lhs) != 1 || len(s.Rhs) != 1 {
		l.a.failAt(l.src, s, "an assignment operation of several values")
	}
	op := s.Tok - token.ADD_ASSIGN + token.ADD
	x := l.expr(s.Lhs[0])
	var t types.Type
	if op != token.SHL && op != token.SHR {
		t = l.raw(s.Lhs[0])
	}
	return append(out, &node{op: opAssignOp, tok: op, pos: s.TokPos, x: x, y: l.convert(t, s.Rhs[0], true)})
}

// target lowers what is assigned to; it is nil for the blank identifier. decl is the
// variable, if it is declared here.
func (l *lowerer) target(e ast.Expr) (n *node, decl *variable) {
	e = ast.Unparen(e)
	if id, ok := e.(*ast.Ident); ok {
		if id.Name == "_" {
			return nil, nil
		}
		if obj, ok := l.src.Info.Defs[id].(*types.Var); ok {
			v := l.local(obj, id.Pos())
			return l.use(v, id.Pos()), v
		}
	}
	return l.expr(e), nil
}

func (l *lowerer) targetType(e ast.Expr) types.Type {
	e = ast.Unparen(e)
	if id, ok := e.(*ast.Ident); ok {
		if id.Name == "_" {
			return nil
		}
		if v, ok := l.src.Info.ObjectOf(id).(*types.Var); ok {
			return v.Type()
		}
	}
	return l.raw(e)
}

// assign lowers lhs = rhs, rhs being empty for a declaration without values.
func (l *lowerer) assign(out []*node, pos token.Pos, lhs, rhs []ast.Expr) []*node {
	targets := make([]*node, len(lhs))
	var decls []*variable
	for i, e := range lhs {
		var d *variable
		targets[i], d = l.target(e)
		if d != nil {
			decls = append(decls, d)
		}
	}
	values := l.multi(pos, func(i int) types.Type {
		if i >= len(lhs) {
			l.a.fail("more values than variables")
		}
		return l.targetType(lhs[i])
	}, rhs)
	if len(values) == 0 {
		for _, d := range decls {
			out = append(out, &node{op: opAssign, pos: pos, x: l.use(d, d.pos), init: []*node{{op: opDcl, pos: pos, v: d}}})
		}
		return out
	}
	if len(values) != len(targets) {
		l.a.fail("%d values for %d variables", len(values), len(targets))
	}
	n := &node{op: opAssign2, pos: pos, list: targets, list2: values}
	if len(targets) == 1 {
		n = &node{op: opAssign, pos: pos, x: targets[0], y: values[0]}
	}
	declare(n, decls)
	return append(out, n)
}

// declare notes that a statement declares variables.
func declare(n *node, decls []*variable) {
	n.def = len(decls) > 0
	for _, d := range decls {
		d.defn = n
		n.init = append(n.init, &node{op: opDcl, pos: d.pos, v: d})
	}
}

func (l *lowerer) decl(out []*node, s *ast.DeclStmt) []*node {
	d, ok := s.Decl.(*ast.GenDecl)
	if !ok || d.Tok != token.VAR {
		return out
	}
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		lhs := make([]ast.Expr, len(v.Names))
		for i, id := range v.Names {
			lhs[i] = id
		}
		out = l.assign(out, v.Pos(), lhs, v.Values)
	}
	return out
}

func (l *lowerer) branch(out []*node, s *ast.BranchStmt) []*node {
	if len(l.loops) > 0 {
		if n, ok := l.loopBranch(s); ok {
			return append(out, n...)
		}
	}
	n := &node{op: opBranch, tok: s.Tok, pos: s.TokPos}
	if s.Label != nil {
		n.sel = s.Label.Name
	}
	if s.Tok == token.GOTO {
		n.op = opGoto
	}
	return append(out, n)
}

func (l *lowerer) forStmt(out []*node, s *ast.ForStmt) []*node {
	init := l.stmt(nil, s.Init)
	dead := false
	if s.Cond != nil {
		_, v := l.static(s.Cond)
		dead = v < 0 && l.a.rules.deadCode
	}
	n := &node{op: opFor, pos: s.For, init: init, distinct: !l.src.oldLoop[l.file]}
	if s.Cond != nil {
		n.x = l.expr(s.Cond)
	}
	if dead {
		if n.x.op == opLit {
			return append(out, init...)
		}
		return append(out, n)
	}
	if post := l.stmt(nil, s.Post); len(post) > 0 {
		n.y = post[0]
		if len(post) > 1 {
			n.y = &node{op: opBlock, pos: s.Post.Pos(), list: post}
		}
	}
	n.list = l.block(s.Body)
	return append(out, n)
}

func (l *lowerer) rangeStmt(out []*node, s *ast.RangeStmt) []*node {
	if sig, ok := coreOf(l.raw(s.X)).(*types.Signature); ok {
		return append(out, l.rangeOverFunc(s, sig)...)
	}
	n := &node{op: opRange, pos: s.Range, distinct: !l.src.oldLoop[l.file]}
	var decls []*variable
	for i, e := range []ast.Expr{s.Key, s.Value} {
		if e == nil {
			continue
		}
		x, d := l.target(e)
		if d != nil {
			decls = append(decls, d)
		}
		for len(n.list2) <= i {
			n.list2 = append(n.list2, nil)
		}
		n.list2[i] = x
	}
	declare(n, decls)
	n.x = l.expr(s.X)
	n.list = l.block(s.Body)
	return append(out, n)
}

func (l *lowerer) ifStmt(out []*node, s *ast.IfStmt) []*node {
	init := l.stmt(nil, s.Init)
	deciding, static := l.static(s.Cond)
	cond := l.expr(deciding)
	n := &node{op: opIf, pos: s.If, x: cond, init: init}
	if static >= 0 {
		n.list = l.block(s.Body)
	}
	if static <= 0 && s.Else != nil {
		n.list2 = l.stmt(nil, s.Else)
	}
	if static == 0 {
		return append(out, n)
	}
	out = append(out, init...)
	if cond.op != opLit {
		out = append(out, &node{op: opAssign, pos: s.If, y: cond})
	}
	return append(append(out, n.list...), n.list2...)
}

func (l *lowerer) returnStmt(out []*node, s *ast.ReturnStmt) []*node {
	if len(l.loops) > 0 {
		return append(out, l.loopReturn(s)...)
	}
	n := &node{op: opReturn, pos: s.Return}
	n.list = l.multi(s.Return, l.resultType(l.fn), s.Results)
	return append(out, n)
}

func (l *lowerer) resultType(f *function) func(int) types.Type {
	return func(i int) types.Type {
		if i >= len(f.results) {
			l.a.fail("more values than results")
		}
		return f.results[i].raw
	}
}

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
			case k.x.op == opAssign2 && len(k.x.list2) > 0 && len(k.x.list2[0].init) == 1:
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

// commonTag is the type that a switch compares in: any, where a case cannot be
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

// constantSwitch reports the only clause that a switch with a constant tag can take;
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

// typeEnd is the last name in a type: where the compiler says that a type switch's
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
				return x.Pos()
			}
		default:
			return e.Pos()
		}
		if e == nil {
			return token.NoPos
		}
	}
}

// goDefer lowers a go or defer statement: the call becomes one without arguments or
// results, of a literal made for it, and what it needs is computed before.
// cmd/compile/internal/typecheck/stmt.go:normalizeGoDeferCall.
func (l *lowerer) goDefer(op op, pos token.Pos, e *ast.CallExpr) *node {
	call := l.expr(e)
	n := &node{op: op, pos: pos}
	n.init, call.init = call.init, nil
	calls := l.fn.calls
	if len(calls) > 0 && calls[len(calls)-1] == call {
		call.goDefer = true
	}
	if call.op == opCall && len(call.list) == 0 {
		if t, ok := call.typ.(*types.Tuple); ok && t.Len() == 0 {
			n.x = call
			return n
		}
	}
	why := "go"
	if op == opDefer {
		why = "defer"
	}
	f := l.a.newLiteral(l.fn, pos, why, nil)
	f.outer, f.wrapper = l.fn, true
	var spills []**node
	var spill func(p **node)
	spill = func(p **node) {
		x := *p
		if x == nil {
			return
		}
		switch x.op {
		case opLit, opNil, opMethExpr, opNew, opFunc:
			return
		case opConvNop:
			if isBasic(x.typ, types.Uintptr) && isBasic(x.x.typ, types.UnsafePointer) {
				spill(&x.x)
				return
			}
		case opArrayLit, opSliceLit, opStructLit:
			for i := range x.list {
				spill(&x.list[i])
			}
			return
		}
		spills = append(spills, p)
	}
	switch call.op {
	case opCallInter:
		spills = append(spills, &call.x.x)
		for i := range call.list {
			spill(&call.list[i])
		}
	case opCall:
		spill(&call.x)
		for i := range call.list {
			spill(&call.list[i])
		}
	default:
		if call.op == opPanic || call.op == opClear || call.op == opCopy {
			spill(&call.x)
			spill(&call.y)
		}
		for i := range call.list {
			spill(&call.list[i])
		}
	}
	if len(spills) > 0 {
		set := &node{op: opAssign2, pos: pos}
		for _, p := range spills {
			x := *p
			at := pos
			if x.op != opLocal && x.op != opGlobal && x.op != opLit && x.op != opNil {
				at = x.pos
			}
			tmp := l.temp(at, x.typ)
			tmp.defn = set
			if p == &call.x {
				tmp.callee = true
			}
			n.init = append(n.init, &node{op: opDcl, pos: at, v: tmp})
			set.list = append(set.list, &node{op: opLocal, pos: at, typ: x.typ, v: tmp})
			set.list2 = append(set.list2, x)
			capture(f, tmp)
			*p = &node{op: opLocal, pos: at, typ: x.typ, v: tmp}
		}
		n.init = append(n.init, set)
	}
	// The call is the literal's now.
	l.move(call, f)
	f.body = []*node{call}
	n.x = &node{op: opCall, pos: call.pos, typ: types.NewTuple(), x: &node{op: opClosure, pos: pos, fn: f}}
	return n
}

// move puts a lowered call into a literal: what it refers to is captured.
func (l *lowerer) move(call *node, f *function) {
	visit(call, func(x *node) {
		switch x.op {
		case opLocal:
			capture(f, x.v)
		case opClosure:
			for _, v := range x.fn.captures {
				capture(f, v)
			}
			x.fn.outer = f
		}
	})
}
