package dest

import (
	"go/ast"
	"go/types"

	"github.com/orrery-go/orrery/internal/coretype"
)

// A function is a declared function or a literal that the graph is made of.
type function struct {
	outer   *function
	info    *types.Info
	sig     *types.Signature
	body    *ast.BlockStmt
	results []*place
	defers  bool
	depth   int // current depth of loops in the walk
	lit     *ast.FuncLit
	lost    bool // the literal may be called where it is not known, and its results used there
}

// A builder makes the graph of a function and of the functions that it calls.
type builder struct {
	*reader
	*graph
	vars    map[*types.Var]*place
	appends []*appending
	bodies  map[*types.Func]*function // of the functions in this graph
	lits    map[*ast.FuncLit]*literal
	defs    map[*types.Var]ast.Expr // what variables are defined as
	merged  map[*ast.FuncLit]bool   // called where they stand, and inlined there
	unsure  map[*types.Var]string   // captured by a literal that may be inlined
	pending []func()                // flows to and from literals that are still to be walked
}

// An appending is an append and its array.
type appending struct {
	call  *ast.CallExpr
	in    *function
	place *place
	to    ast.Expr // target of a plain assignment; nil otherwise
}

type literal struct {
	fn   *function
	hole hole
	vars []*types.Var // captured, in order
}

func (b *builder) place(f *function, v *types.Var) *place {
	p := &place{v: v, owner: f, depth: f.depth, leaks: noLeaks()}
	b.places = append(b.places, p)
	if v != nil {
		b.vars[v] = p
	}
	return p
}

func (b *builder) nowhere() hole { return hole{to: &b.blank} }
func (b *builder) toHeap() hole  { return hole{to: &b.heapPlace} }

// spill makes memory whose address flows into the hole.
func (b *builder) spill(f *function, h hole) hole {
	p := b.place(f, nil)
	b.flow(h.shift(-1), p)
	return hole{to: p}
}

// tee joins several holes into one.
func (b *builder) tee(f *function, hs ...hole) hole {
	var real []hole
	for _, h := range hs {
		if h.to != nil && h.to != &b.blank {
			real = append(real, h)
		}
	}
	if len(real) == 0 {
		return b.nowhere()
	}
	p := b.place(f, nil)
	for _, h := range real {
		b.flow(h, p)
	}
	return hole{to: p}
}

// declare makes the places of a function's parameters and results.
func (b *builder) declare(f *function) {
	f.depth = 1
	params := func(t *types.Tuple) {
		for v := range t.Variables() {
			b.place(f, v).param = true
		}
	}
	if f.sig.Recv() != nil {
		b.place(f, f.sig.Recv()).param = true
	}
	params(f.sig.Params())
	i := 0
	for v := range f.sig.Results().Variables() {
		p := b.place(f, v)
		p.result, p.index = true, i
		f.results = append(f.results, p)
		i++
	}
	inspectBody(f.info, f.body, func(n ast.Node) {
		if _, ok := n.(*ast.DeferStmt); ok {
			f.defers = true
		}
	})
}

// variable returns the place of a variable, nil for one of a package.
func (b *builder) variable(f *function, id *ast.Ident) *place {
	v, ok := f.info.ObjectOf(id).(*types.Var)
	if !ok || v.IsField() {
		return nil
	}
	return b.vars[v]
}

// addr reports where an assignment to the expression goes: escape.addr.
func (b *builder) addr(f *function, e ast.Expr) hole {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if e.Name == "_" {
			return b.nowhere()
		}
		if p := b.variable(f, e); p != nil {
			return hole{to: p}
		}
	case *ast.SelectorExpr:
		if sel := f.info.Selections[e]; sel != nil {
			if !throughPointer(sel, f.info.TypeOf(e.X)) {
				return b.addr(f, e.X)
			}
			b.expr(f, hole{to: &b.mutator}, e.X)
		}
	case *ast.IndexExpr:
		b.expr(f, b.nowhere(), e.Index)
		switch t := coretype.Of(f.info.TypeOf(e.X)).(type) {
		case *types.Array:
			return b.addr(f, e.X)
		case *types.Map:
			b.expr(f, b.nowhere(), e.X)
			b.expr(f, b.toHeap(), e.Index)
		default:
			_ = t
			b.expr(f, hole{to: &b.mutator}, e.X)
		}
	case *ast.StarExpr:
		b.expr(f, hole{to: &b.mutator}, e.X)
	}
	return b.toHeap()
}

// throughPointer reports whether a selection follows a pointer, possibly that of an
// embedded field.
func throughPointer(sel *types.Selection, x types.Type) bool {
	t := x
	for _, idx := range sel.Index() {
		if _, ok := coretype.Of(t).(*types.Pointer); ok {
			return true
		}
		st, ok := coretype.Of(t).(*types.Struct)
		if !ok { // a method
			return false
		}
		t = st.Field(idx).Type()
	}
	return false
}

// derefsOf reports how many pointers a selection of a field follows.
func derefsOf(sel *types.Selection, x types.Type) int {
	n, t := 0, x
	for _, idx := range sel.Index() {
		if p, ok := coretype.Of(t).(*types.Pointer); ok {
			n++
			t = p.Elem()
		}
		st, ok := coretype.Of(t).(*types.Struct)
		if !ok {
			break
		}
		t = st.Field(idx).Type()
	}
	return n
}
