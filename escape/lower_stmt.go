package escape

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/orrery-go/orrery/internal/coretype"
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
		if n.deferAt = len(l.loops) > 0; n.deferAt {
			l.deferAt(s.Defer)
		}
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
		if c, ok := coretype.Of(l.raw(s.Chan)).(*types.Chan); ok {
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
	if sig, ok := coretype.Of(l.raw(s.X)).(*types.Signature); ok {
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
