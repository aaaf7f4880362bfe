package dest

import (
	"go/ast"
	"go/token"
	"go/types"
)

// This file says which parts of a function the compiler sees at all: the front end leaves
// out branches that a constant decides, loops of no turns, and statements after one that
// ends the list (cmd/compile/internal/noder/writer.go: stmts, ifStmt, forStmt).

// inspect is ast.Inspect for the parts that are compiled. Constant expressions are visited,
// but not their parts: they use no variable. It does not visit nil.
func inspect(info *types.Info, root ast.Node, visit func(ast.Node) bool) {
	list := func(all []ast.Stmt) {
		for _, s := range live(info, all) {
			inspect(info, s, visit)
		}
	}
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil || !visit(n) {
			return false
		}
		switch n := n.(type) {
		case ast.Expr:
			return !isConstant(info, n)
		case *ast.BlockStmt:
			list(n.List)
			return false
		case *ast.CaseClause:
			for _, e := range n.List {
				inspect(info, e, visit)
			}
			list(n.Body)
			return false
		case *ast.CommClause:
			if n.Comm != nil {
				inspect(info, n.Comm, visit)
			}
			list(n.Body)
			return false
		case *ast.IfStmt:
			v, known := staticBool(info, n.Cond)
			if !known {
				return true
			}
			if n.Init != nil {
				inspect(info, n.Init, visit)
			}
			inspect(info, n.Cond, visit)
			switch {
			case v:
				inspect(info, n.Body, visit)
			case n.Else != nil:
				inspect(info, n.Else, visit)
			}
			return false
		case *ast.ForStmt:
			if never(info, n) {
				if n.Init != nil {
					inspect(info, n.Init, visit)
				}
				return false
			}
		}
		return true
	})
}

// inspectBody visits a body without the literals in it.
func inspectBody(info *types.Info, body *ast.BlockStmt, visit func(ast.Node)) {
	inspect(info, body, func(n ast.Node) bool {
		visit(n)
		_, lit := n.(*ast.FuncLit)
		return !lit
	})
}

// live returns the statements of a list that are compiled: without those after one that
// ends it, unless a label follows.
func live(info *types.Info, list []ast.Stmt) (out []ast.Stmt) {
	label := -1
	for i, s := range list {
		if _, ok := s.(*ast.LabeledStmt); ok {
			label = i
		}
	}
	dead := false
	for i, s := range list {
		if dead && i > label {
			break
		}
		out = append(out, s)
		dead = terminates(info, s)
	}
	return out
}

// terminates reports whether the compiler takes a statement to end its list.
func terminates(info *types.Info, s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.BranchStmt:
		return s.Tok == token.GOTO
	case *ast.ReturnStmt:
		return true
	case *ast.ExprStmt:
		call, ok := ast.Unparen(s.X).(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := ast.Unparen(call.Fun).(*ast.Ident)
		return ok && id.Name == "panic" && info.Types[call.Fun].IsBuiltin()
	case *ast.IfStmt:
		v, known := staticBool(info, s.Cond)
		return (known && !v || terminates(info, s.Body)) && (known && v || terminates(info, s.Else))
	case *ast.BlockStmt:
		for i := len(s.List) - 1; i >= 0; i-- {
			if _, empty := s.List[i].(*ast.EmptyStmt); !empty {
				return terminates(info, s.List[i])
			}
		}
	}
	return false
}

// never reports whether a loop has no turns.
func never(info *types.Info, s *ast.ForStmt) bool {
	if s.Cond == nil {
		return false
	}
	v, known := staticBool(info, s.Cond)
	return known && !v
}

func isConstant(info *types.Info, e ast.Expr) bool { return info.Types[e].Value != nil }

// staticBool is that of cmd/compile/internal/noder/writer.go: the value of a
// condition, if it is known.
func staticBool(info *types.Info, e ast.Expr) (v, known bool) {
	if isConstant(info, e) {
		return info.Types[e].Value.ExactString() == "true", true
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		v, known = staticBool(info, e.X)
		return !v, known && e.Op == token.NOT
	case *ast.BinaryExpr:
		if e.Op != token.LAND && e.Op != token.LOR {
			return false, false
		}
		decides := e.Op == token.LOR // the operand that decides alone
		x, knownX := staticBool(info, e.X)
		y, knownY := staticBool(info, e.Y)
		switch {
		case knownX && x == decides, knownY && y == decides:
			return decides, true
		}
		return !decides, knownX && knownY
	}
	return false, false
}
