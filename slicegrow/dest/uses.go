package dest

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// This file is cmd/compile/internal/slice/slice.go:analyze: it counts the uses of the
// slice variables of one function. A slice whose uses are all understood, with one
// statement after which others may hold it, can be on the stack until then.

// A sliceVar describes a slice variable.
type sliceVar struct {
	v          *types.Var
	ok, all    int // number of understood uses, and of all
	transition ast.Node
	why        string // the transition in words
	bad        string // the first use that is not understood
	badAt      token.Pos
	appends    []*ast.CallExpr
	weight     int // an append counts 1, and 1 more for each loop around it
	declDepth  int
	capUsed    bool
	dropped    bool // the variable need not be examined further
	droppedWhy string
	qualifies  bool
}

// A counter counts the uses in one function.
type counter struct {
	*reader
	b     *builder
	f     *function
	vars  map[*types.Var]*sliceVar
	named []*sliceVar // results
	depth int
	dead  map[*types.Var]bool // variables whose plain assignments are removed
}

// count returns the slice variables of a function, without those of literals.
func (b *builder) count(f *function) map[*types.Var]*sliceVar {
	c := &counter{reader: b.reader, b: b, f: f, vars: map[*types.Var]*sliceVar{}}
	add := func(v *types.Var) {
		if v == nil || v.Name() == "" || v.Name() == "_" {
			return
		}
		if size, _, ok := c.elem(v.Type()); ok && size <= bufferSize {
			c.vars[v] = &sliceVar{v: v}
		}
	}
	if f.lit == nil && f.sig.Recv() != nil {
		add(f.sig.Recv())
	}
	for v := range f.sig.Params().Variables() {
		add(v)
	}
	for v := range f.sig.Results().Variables() {
		add(v)
		if i := c.vars[v]; i != nil {
			c.named = append(c.named, i)
		}
	}
	inspectBody(f.info, f.body, func(n ast.Node) {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := f.info.Defs[id].(*types.Var); ok {
				add(v)
			}
		}
		if cl, ok := n.(*ast.CaseClause); ok {
			if v, ok := f.info.Implicits[cl].(*types.Var); ok {
				add(v)
			}
		}
	})
	c.dead = deadLocals(f, b)
	c.stmts(f.body.List)
	for _, i := range c.vars {
		i.qualifies = !i.dropped && i.ok == i.all && i.transition != nil && i.weight >= 2
	}
	return c.vars
}

func (c *counter) tracking(e ast.Expr) *sliceVar {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	v, _ := c.f.info.ObjectOf(id).(*types.Var)
	if i := c.vars[v]; i != nil && !i.dropped {
		return i
	}
	return nil
}

func (c *counter) drop(i *sliceVar, at token.Pos, format string, args ...any) {
	if !i.dropped {
		i.dropped, i.badAt = true, at
		i.droppedWhy = fmt.Sprintf(format, args...)
	}
}

// transitionAt records that others may hold the slice after the statement.
func (c *counter) transitionAt(i *sliceVar, at ast.Node, what string) {
	switch {
	case i.dropped:
	case i.transition != nil:
		c.drop(i, at.Pos(), "it is shared more than once: by %s and by %s", i.why, what)
	case c.depth > i.declDepth:
		c.drop(i, at.Pos(), "it is shared in a loop, by %s", what)
	default:
		i.transition, i.why = at, what
	}
}

// assign is x = y in a statement.
func (c *counter) assign(x, y ast.Expr, at ast.Node) {
	if i := c.tracking(x); i != nil {
		switch y := unparen(y).(type) {
		case nil:
			i.ok++
		case *ast.Ident:
			if c.f.info.Types[y].IsNil() {
				i.ok++
			}
		case *ast.CompositeLit:
			i.ok++
			i.capUsed = true
		case *ast.SliceExpr:
			if !y.Slice3 && c.tracking(y.X) == i {
				i.ok += 2
				i.capUsed = true
			}
		case *ast.CallExpr:
			if c.isBuiltin(y, "append") && len(y.Args) > 0 && c.tracking(y.Args[0]) == i {
				i.ok += 2
				i.appends = append(i.appends, y)
				i.weight += 1 + c.depth - i.declDepth
			}
		}
	}
	if y == nil {
		return
	}
	if i := c.tracking(y); i != nil && c.same(x, y) {
		i.ok++
		c.transitionAt(i, at, "the assignment to "+text(x))
	}
}

func unparen(e ast.Expr) ast.Expr {
	if e == nil {
		return nil
	}
	return ast.Unparen(e)
}

// same reports whether an assignment of y to x needs no conversion.
func (c *counter) same(x, y ast.Expr) bool {
	if id, ok := ast.Unparen(x).(*ast.Ident); ok && id.Name == "_" {
		return true
	}
	return c.identical(c.f.info.TypeOf(x), y)
}

func (c *counter) identical(t types.Type, y ast.Expr) bool {
	from := c.f.info.TypeOf(y)
	return t != nil && from != nil && types.Identical(t, from)
}

func (c *counter) isBuiltin(e *ast.CallExpr, name string) bool {
	id, ok := ast.Unparen(e.Fun).(*ast.Ident)
	return ok && id.Name == name && c.f.info.Types[e.Fun].IsBuiltin()
}

func (c *counter) sigOf(fn *types.Func) *types.Signature { return fn.Origin().Signature() }

func text(e ast.Expr) string {
	s := types.ExprString(e)
	if len(s) > 60 {
		s = s[:60] + "..."
	}
	return s
}
