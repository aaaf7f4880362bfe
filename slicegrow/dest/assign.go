package dest

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/orrery-go/orrery/internal/coretype"
)

func (b *builder) assign(f *function, s *ast.AssignStmt) {
	define := s.Tok == token.DEFINE
	switch {
	case define:
		for _, e := range s.Lhs {
			if id, ok := e.(*ast.Ident); ok && id.Name != "_" {
				if v, ok := f.info.Defs[id].(*types.Var); ok {
					b.place(f, v)
				}
			}
		}
	case s.Tok != token.ASSIGN: // s += x
		b.expr(f, b.nowhere(), s.Rhs[0])
		b.addr(f, s.Lhs[0])
		b.reassign(f, s.Lhs[0])
		return
	}
	b.assignList(f, s.Lhs, s.Rhs, define)
}

// assignList flows the right sides to the left ones.
func (b *builder) assignList(f *function, lhs, rhs []ast.Expr, define bool) {
	var hs []hole
	for _, e := range lhs {
		hs = append(hs, b.addr(f, e))
	}
	if len(rhs) == 1 && len(lhs) > 1 {
		b.multi(f, hs, rhs[0])
	} else {
		for i, e := range rhs {
			h := hs[i]
			if selfAssign(f.info, lhs[i], e) {
				h = b.nowhere()
			}
			n := len(b.appends)
			b.exprTo(f, h, e, f.info.TypeOf(lhs[i]))
			if c, ok := ast.Unparen(e).(*ast.CallExpr); ok {
				for _, a := range b.appends[n:] {
					if a.call == c {
						a.to = lhs[i]
					}
				}
			}
		}
	}
	for _, e := range lhs {
		if id, ok := e.(*ast.Ident); ok && define && f.info.Defs[id] != nil {
			continue
		}
		b.reassign(f, e)
	}
}

// multi is v, ok = x for the forms that have two results, and calls.
func (b *builder) multi(f *function, hs []hole, e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		b.call(f, hs, e)
	default:
		b.expr(f, hs[0], e)
	}
}

// reassign records that a variable gets another value than that of its definition.
func (b *builder) reassign(f *function, e ast.Expr) {
	h := b.rootOf(f, e)
	if h != nil {
		h.reassigned = true
	}
}

// rootOf returns the variable of the function that an assignment changes, or nil.
func (b *builder) rootOf(f *function, e ast.Expr) *place {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			return b.variable(f, x)
		case *ast.SelectorExpr:
			sel := f.info.Selections[x]
			if sel == nil || throughPointer(sel, f.info.TypeOf(x.X)) {
				return nil
			}
			e = x.X
		case *ast.IndexExpr:
			if _, ok := coretype.Of(f.info.TypeOf(x.X)).(*types.Array); !ok {
				return nil
			}
			e = x.X
		default:
			return nil
		}
	}
}
