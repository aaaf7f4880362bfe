package dest

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/orrery-go/orrery/internal/coretype"
)

// exprTo is expr for a value that is converted to type t: if that is an interface, memory
// is made for the value.
func (b *builder) exprTo(f *function, h hole, e ast.Expr, t types.Type) {
	if from := f.info.TypeOf(e); t != nil && from != nil && isInterface(t) && !isInterface(from) {
		if basic, ok := from.(*types.Basic); !ok || basic.Kind() != types.UntypedNil {
			if !b.direct(from) {
				h = b.spill(f, h)
			}
		}
	}
	b.expr(f, h, e)
}

// expr flows the value of an expression into a hole: escape.expr.
func (b *builder) expr(f *function, h hole, e ast.Expr) {
	if e == nil || isConstant(f.info, e) {
		return // a constant uses no variable, as len of an array does not
	}
	if t := f.info.TypeOf(e); h.derefs >= 0 && t != nil && !b.sizes.HasPointers(t) {
		h = b.nowhere()
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		b.expr(f, h, e.X)
	case *ast.Ident:
		if p := b.variable(f, e); p != nil {
			b.flow(h, p)
		}
	case *ast.FuncLit:
		b.literal(f, h, e)
	case *ast.CompositeLit:
		b.composite(f, h, e)
	case *ast.SelectorExpr:
		b.selector(f, h, e)
	case *ast.IndexExpr:
		b.index(f, h, e)
	case *ast.SliceExpr:
		for _, x := range []ast.Expr{e.Low, e.High, e.Max} {
			b.expr(f, b.nowhere(), x)
		}
		if _, array := coretype.Of(f.info.TypeOf(e.X)).(*types.Array); array {
			b.takeAddress(f, e.X)
			h = h.shift(-1)
		}
		b.expr(f, h, e.X)
	case *ast.StarExpr:
		b.expr(f, h.shift(1), e.X)
	case *ast.UnaryExpr:
		b.unary(f, h, e)
	case *ast.BinaryExpr:
		if basic, ok := coretype.Of(f.info.TypeOf(e)).(*types.Basic); ok && basic.Info()&types.IsString != 0 {
			b.spill(f, h)
		}
		b.expr(f, b.nowhere(), e.X)
		b.expr(f, b.nowhere(), e.Y)
	case *ast.TypeAssertExpr:
		if e.Type != nil {
			b.expr(f, b.assertTo(h, f.info.TypeOf(e.Type)), e.X)
		}
	case *ast.CallExpr:
		if tv := f.info.Types[e.Fun]; tv.IsType() {
			b.convert(f, h, e, tv.Type)
			return
		}
		b.call(f, []hole{h}, e)
	}
}

func (b *builder) unary(f *function, h hole, e *ast.UnaryExpr) {
	switch e.Op {
	case token.AND:
		if lit, ok := ast.Unparen(e.X).(*ast.CompositeLit); ok {
			b.composite(f, b.spill(f, h), lit)
			return
		}
		b.takeAddress(f, e.X)
		b.expr(f, h.shift(-1), e.X)
	default:
		b.expr(f, b.nowhere(), e.X)
	}
}

// takeAddress records that a variable's address is taken.
func (b *builder) takeAddress(f *function, e ast.Expr) {
	if p := b.rootOf(f, e); p != nil {
		p.addrTaken = true
	}
}

func (b *builder) selector(f *function, h hole, e *ast.SelectorExpr) {
	sel := f.info.Selections[e]
	if sel == nil {
		return // of a package
	}
	switch sel.Kind() {
	case types.FieldVal:
		b.expr(f, h.shift(derefsOf(sel, f.info.TypeOf(e.X))), e.X)
	case types.MethodVal:
		closure := b.spill(f, h)
		fn := sel.Obj().(*types.Func)
		b.receiver(f, b.tee(f, closure, b.param(f, fn, 0, heapResults(b, fn))), e, fn)
	}
}

func heapResults(b *builder, fn *types.Func) (hs []hole) {
	for range fn.Signature().Results().Len() {
		hs = append(hs, b.toHeap())
	}
	return hs
}

// receiver flows the receiver of a method into a hole, with the address or the
// dereference that the language adds.
func (b *builder) receiver(f *function, h hole, e *ast.SelectorExpr, fn *types.Func) {
	sel := f.info.Selections[e]
	x := f.info.TypeOf(e.X)
	h = h.shift(embeddedDerefs(sel, x))
	have := lastEmbedded(sel, x)
	_, havePtr := coretype.Of(have).(*types.Pointer)
	wantPtr := false
	if recv := fn.Signature().Recv(); recv != nil {
		_, wantPtr = types.Unalias(recv.Type()).(*types.Pointer)
	}
	switch {
	case types.IsInterface(have):
	case wantPtr && !havePtr:
		b.takeAddress(f, e.X)
		h = h.shift(-1)
	case !wantPtr && havePtr:
		h = h.shift(1)
	}
	b.expr(f, h, e.X)
}

// embeddedDerefs returns the pointers on the way to the embedded field that has
// the method.
func embeddedDerefs(sel *types.Selection, x types.Type) int {
	n, t := 0, x
	for _, idx := range sel.Index()[:len(sel.Index())-1] {
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

func lastEmbedded(sel *types.Selection, x types.Type) types.Type {
	t := x
	for _, idx := range sel.Index()[:len(sel.Index())-1] {
		if p, ok := coretype.Of(t).(*types.Pointer); ok {
			t = p.Elem()
		}
		st, ok := coretype.Of(t).(*types.Struct)
		if !ok {
			break
		}
		t = st.Field(idx).Type()
	}
	return t
}

func (b *builder) index(f *function, h hole, e *ast.IndexExpr) {
	if tv := f.info.Types[e.Index]; tv.IsType() {
		return // an instance of a generic function
	}
	b.expr(f, b.nowhere(), e.Index)
	switch coretype.Of(f.info.TypeOf(e.X)).(type) {
	case *types.Array:
		b.expr(f, h, e.X)
	case *types.Map, *types.Basic:
		b.expr(f, b.nowhere(), e.X)
	default: // a slice, a pointer to an array
		b.expr(f, h.shift(1), e.X)
	}
}

func (b *builder) composite(f *function, h hole, e *ast.CompositeLit) {
	t := f.info.TypeOf(e)
	if p, ok := coretype.Of(t).(*types.Pointer); ok { // {...} for &T{...}
		h, t = b.spill(f, h), p.Elem()
	}
	value := func(elt ast.Expr) ast.Expr {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			return kv.Value
		}
		return elt
	}
	switch t := coretype.Of(t).(type) {
	case *types.Struct:
		for i, elt := range e.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				if id, ok := kv.Key.(*ast.Ident); ok {
					if v, ok := f.info.Uses[id].(*types.Var); ok {
						b.exprTo(f, h, kv.Value, v.Type())
						continue
					}
				}
			}
			if i < t.NumFields() {
				b.exprTo(f, h, value(elt), t.Field(i).Type())
			}
		}
	case *types.Array:
		for _, elt := range e.Elts {
			b.exprTo(f, h, value(elt), t.Elem())
		}
	case *types.Slice:
		h = b.spill(f, h)
		for _, elt := range e.Elts {
			b.exprTo(f, h, value(elt), t.Elem())
		}
	case *types.Map:
		b.spill(f, h)
		for _, elt := range e.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				b.exprTo(f, b.toHeap(), kv.Key, t.Key())
				b.exprTo(f, b.toHeap(), kv.Value, t.Elem())
			}
		}
	}
}

func (b *builder) convert(f *function, h hole, e *ast.CallExpr, to types.Type) {
	if len(e.Args) != 1 {
		return
	}
	x := e.Args[0]
	from := f.info.TypeOf(x)
	_, fromSlice := coretype.Of(from).(*types.Slice)
	_, toSlice := coretype.Of(to).(*types.Slice)
	basic, _ := coretype.Of(from).(*types.Basic)
	toBasic, _ := coretype.Of(to).(*types.Basic)
	switch {
	case fromSlice && toBasic != nil, toSlice && basic != nil && basic.Info()&types.IsString != 0:
		b.spill(f, h) // between strings and slices: copied
		b.expr(f, b.nowhere(), x)
	case fromSlice && !toSlice:
		if _, array := coretype.Of(to).(*types.Array); array {
			h = h.shift(1)
		}
		b.expr(f, h, x)
	default:
		b.exprTo(f, h, x, to)
	}
}

// literal walks a function literal where it stands, and records its captures: whether
// they are by reference is known only when all assignments were seen.
func (b *builder) literal(f *function, h hole, e *ast.FuncLit) {
	sig, ok := f.info.TypeOf(e).(*types.Signature)
	if !ok {
		return
	}
	l := &literal{fn: &function{outer: f, info: f.info, sig: sig, body: e.Body, lit: e}, hole: b.spill(f, h)}
	b.lits[e] = l
	seen := map[*types.Var]bool{}
	inspect(f.info, e.Body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := f.info.Uses[id].(*types.Var)
		if p := b.vars[v]; ok && p != nil && !seen[v] {
			seen[v] = true
			l.vars = append(l.vars, v)
			if !p.captured {
				p.captured = true
				if p.depth == f.depth && p.owner == f {
					p.reassigned = false
				}
			}
		}
		return true
	})
	if len(l.vars) > 0 { // one that captures nothing is a function of its own
		l.hole.to.lit = l.fn
	}
	b.declare(l.fn)
	b.block(l.fn, e.Body.List)
}

// capture flows captured variables into literals: escape.flowClosure.
func (b *builder) capture() {
	for _, l := range b.lits {
		for _, v := range l.vars {
			p := b.vars[v]
			h := l.hole
			if b.byReference(p) {
				h = h.shift(-1)
			}
			b.flow(h, p)
		}
	}
}

// byReference reports whether literals that capture a variable share it with the
// function, rather than having its value.
func (b *builder) byReference(p *place) bool {
	return p.captured && (p.addrTaken || p.reassigned || b.large(p.v.Type()))
}
