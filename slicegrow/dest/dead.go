package dest

import (
	"go/ast"
	"go/token"
	"go/types"
)

// deadLocals returns the variables that are never read: cmd/compile/internal/deadlocals
// removes their assignments of values that have no effects. What only such an assignment
// reads is not read.
func deadLocals(f *function, b *builder) map[*types.Var]bool {
	d := &deads{f: f, b: b, used: map[*types.Var]bool{}, waiting: map[*types.Var][]ast.Expr{}}
	d.visit(f.body)
	dead := map[*types.Var]bool{}
	for v := range d.waiting {
		dead[v] = !d.used[v]
	}
	return dead
}

type deads struct {
	f       *function
	b       *builder
	used    map[*types.Var]bool
	waiting map[*types.Var][]ast.Expr // by variable, values that are read if it is
}

func (d *deads) visit(n ast.Node) {
	info := d.f.info
	inspect(info, n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			d.use(n)
		case *ast.FuncLit:
			if !d.b.merged[n] { // it has what it captures, even if it only assigns to that
				inspect(info, n.Body, func(m ast.Node) bool {
					if id, ok := m.(*ast.Ident); ok && info.Uses[id] != nil && (info.Uses[id].Pos() < n.Pos() || info.Uses[id].Pos() >= n.End()) {
						d.use(id)
					}
					return true
				})
			}
		case *ast.AssignStmt:
			if (n.Tok == token.ASSIGN || n.Tok == token.DEFINE) && len(n.Lhs) == len(n.Rhs) {
				d.assign(n.Lhs, n.Rhs)
				return false
			}
		case *ast.ValueSpec:
			var lhs []ast.Expr
			for _, id := range n.Names {
				lhs = append(lhs, id)
			}
			if len(lhs) == len(n.Values) {
				d.assign(lhs, n.Values)
				return false
			}
		}
		return true
	})
}

func (d *deads) use(id *ast.Ident) {
	v, ok := d.f.info.Uses[id].(*types.Var)
	if !ok || d.used[v] {
		return
	}
	d.used[v] = true
	for _, e := range d.waiting[v] {
		d.visit(e)
	}
}

func (d *deads) assign(lhs, rhs []ast.Expr) {
	for i, l := range lhs {
		id, ok := ast.Unparen(l).(*ast.Ident)
		if !ok {
			d.visit(l)
			d.visit(rhs[i])
			continue
		}
		if id.Name == "_" {
			if !(someNamed(lhs) && noEffects(d.f.info, l, rhs[i])) {
				d.visit(rhs[i])
			}
			continue
		}
		v, _ := d.f.info.ObjectOf(id).(*types.Var)
		if p := d.b.vars[v]; p != nil && !p.result && noEffects(d.f.info, l, rhs[i]) && !d.used[v] {
			d.waiting[v] = append(d.waiting[v], rhs[i])
			continue
		}
		d.visit(rhs[i])
	}
}

// someNamed reports whether blanks on the left side throw values away, and do not say that
// they are used.
func someNamed(lhs []ast.Expr) bool {
	for _, l := range lhs {
		if id, ok := ast.Unparen(l).(*ast.Ident); !ok || id.Name != "_" {
			return true
		}
	}
	return false
}

// noEffects reports whether the assignment is of a name, a constant or a literal, without
// a conversion.
func noEffects(info *types.Info, l, r ast.Expr) bool {
	from, to := info.TypeOf(r), info.TypeOf(l)
	blank := to == nil // of the right side's type
	if isConstant(info, r) || info.Types[ast.Unparen(r)].IsNil() {
		return blank || !isInterface(to) || info.Types[ast.Unparen(r)].IsNil()
	}
	switch ast.Unparen(r).(type) {
	case *ast.Ident, *ast.FuncLit:
		return blank || types.Identical(from, to)
	}
	return false
}
