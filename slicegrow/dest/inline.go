package dest

import (
	"go/ast"
	"go/types"
)

// Functions of up to 80 of the compiler's nodes are inlined (cmd/compile/internal/inline:
// inlineMaxBudget). Its nodes are not those of the syntax tree; between these bounds the
// answer is unknown here.
const (
	surelyInlined    = 20 // nodes of the syntax tree
	surelyNotInlined = 400
)

// inlined reports whether the compiler inlines calls of the function; if that is unknown,
// the guess decides.
func (r *reader) inlined(fn *types.Func) bool {
	fn = fn.Origin()
	if r.Inlined != nil {
		if yes, known := r.Inlined(fn); known {
			return yes
		}
	}
	if decl, info := r.Body(fn); decl != nil && info != nil {
		if yes, known := inlinable(decl, info); known {
			return yes
		}
	}
	r.guessing("the compiler may put the body of %s in the place of its call", fn.FullName())
	return r.inlines
}

func inlinable(decl *ast.FuncDecl, info *types.Info) (yes, known bool) {
	if decl.Body == nil || pragma(decl, "//go:noinline") {
		return false, true
	}
	return inlinableBody(info, decl.Body)
}

// merges reports whether a call of a literal is inlined, and records the variables that
// are unsure because it may be.
func (b *builder) merges(f *function, c callee, e *ast.CallExpr) bool {
	yes, known := inlinableBody(f.info, c.lit.Body)
	if known && !yes || b.NoOptimize {
		return false
	}
	simple := c.direct && c.lit.Type.Params.NumFields() == 0 && c.lit.Type.Results.NumFields() == 0 && len(e.Args) == 0
	inspectBody(f.info, c.lit.Body, func(n ast.Node) {
		if _, ok := n.(*ast.ReturnStmt); ok {
			simple = false
		}
	})
	if simple {
		if !known {
			b.guessing("the compiler may put a literal in the place of its call")
			yes = b.inlines
		}
		b.merged[c.lit] = yes
		return yes
	}
	unsure := func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := f.info.Uses[id].(*types.Var); ok {
				b.unsure[v] = "the compiler may put a literal that " + v.Name() + " is used in, or given to, in the place of its call"
			}
		}
		return true
	}
	inspect(f.info, c.lit.Body, unsure)
	for _, a := range e.Args {
		inspect(f.info, a, unsure)
	}
	return false
}

func inlinableBody(info *types.Info, body *ast.BlockStmt) (yes, known bool) {
	nodes, calls, never := 0, 0, false
	inspectBody(info, body, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.DeferStmt, *ast.GoStmt, *ast.SelectStmt:
			never = true
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "recover" {
				never = true
			}
			calls++
		}
		nodes++
	})
	switch {
	case never, nodes > surelyNotInlined:
		return false, true
	case nodes <= surelyInlined && calls == 0:
		return true, true
	}
	return false, false
}
