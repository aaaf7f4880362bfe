package dest

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/internal/coretype"
)

// call flows the arguments of a call, and its results into the holes.
func (b *builder) call(f *function, hs []hole, e *ast.CallExpr) {
	if tv := f.info.Types[e.Fun]; tv.IsBuiltin() {
		b.builtin(f, hs, e)
		return
	}
	sig, ok := coretype.Of(f.info.TypeOf(e.Fun)).(*types.Signature)
	if !ok {
		return
	}
	c := b.callee(f, e)
	if c.lit != nil && b.merges(f, c, e) {
		b.block(f, c.lit.Body.List)
		return
	}
	if c.v != nil {
		if all := b.assignedCallees(f, c.v); len(all) > 0 {
			b.callAny(f, all, sig, hs, e)
			return
		}
	}
	if c.recv != nil {
		b.receiver(f, b.calleeParam(f, c, 0, hs), c.recv, c.fn)
	} else if c.fn == nil && c.lit == nil {
		h := b.nowhere()
		for _, to := range hs {
			if to.to != &b.blank { // its results are used, and so are those of a literal that comes here
				h = hole{to: &b.graph.callee}
			}
		}
		b.expr(f, h, e.Fun)
	} else if c.direct {
		b.expr(f, b.nowhere(), e.Fun)
		c.place = b.lits[c.lit]
	}
	b.results(c, hs)
	shift := 0
	if c.method {
		shift = 1
	}
	b.arguments(f, sig, e, func(i int) hole { return b.calleeParam(f, c, shift+i, hs) })
}

// callAny is the call of a variable that has one of several functions.
func (b *builder) callAny(f *function, all []callee, sig *types.Signature, hs []hole, e *ast.CallExpr) {
	for _, c := range all {
		if c.lit != nil && b.lits[c.lit] == nil { // it stands further on in the text
			b.pending = append(b.pending, func() { b.results(callee{lit: c.lit, place: b.lits[c.lit]}, hs) })
			continue
		}
		b.results(c, hs)
	}
	b.arguments(f, sig, e, func(i int) hole {
		var to []hole
		for _, c := range all {
			if c.lit != nil && b.lits[c.lit] == nil {
				p := b.place(f, nil)
				b.pending = append(b.pending, func() {
					b.flow(b.calleeParam(f, callee{lit: c.lit, place: b.lits[c.lit]}, i, hs), p)
				})
				to = append(to, hole{to: p})
				continue
			}
			to = append(to, b.calleeParam(f, c, i, hs))
		}
		return b.tee(f, to...)
	})
}

// results flows the results of a function that is in the graph into the holes.
func (b *builder) results(c callee, hs []hole) {
	var from []*place
	if c.place != nil {
		from = c.place.fn.results
	}
	if own := b.bodies[c.fn]; own != nil {
		from = own.results
	}
	for i, p := range from {
		if i < len(hs) {
			b.flow(hs[i], p)
		}
	}
}

// arguments flows each argument into its parameter, those of a variadic one into
// a slice.
func (b *builder) arguments(f *function, sig *types.Signature, e *ast.CallExpr, param func(int) hole) {
	n := sig.Params().Len()
	if len(e.Args) == 1 && n > 1 { // f(g())
		var into []hole
		for i := range n {
			into = append(into, param(i))
		}
		b.multi(f, into, e.Args[0])
		return
	}
	for i, a := range e.Args {
		if sig.Variadic() && i >= n-1 && !e.Ellipsis.IsValid() {
			break
		}
		if i < n {
			b.exprTo(f, param(i), a, sig.Params().At(i).Type())
		}
	}
	if sig.Variadic() && !e.Ellipsis.IsValid() && len(e.Args) >= n {
		elem := sig.Params().At(n - 1).Type()
		if s, ok := coretype.Of(elem).(*types.Slice); ok {
			elem = s.Elem()
		}
		list := b.spill(f, param(n-1))
		for _, a := range e.Args[n-1:] {
			b.exprTo(f, list, a, elem)
		}
	}
}

// calleeParam returns the hole of a parameter.
func (b *builder) calleeParam(f *function, c callee, i int, hs []hole) hole {
	switch {
	case c.iface && c.local:
		b.guessing("the compiler may know which method the call of %s is", c.fn.Name())
		return b.guessHole(f)
	case c.returned:
		return b.guessHole(f)
	case c.iface, c.fn == nil && c.lit == nil:
		return b.toHeap()
	case c.lit != nil:
		if c.place == nil {
			return b.toHeap()
		}
		return hole{to: b.vars[c.place.fn.sig.Params().At(i)]}
	}
	return b.param(f, c.fn, i, hs)
}

func (b *builder) guessHole(f *function) hole {
	switch {
	case b.leaks:
		return b.toHeap()
	case b.mutates:
		return b.tee(f, hole{to: &b.mutator})
	}
	return b.nowhere()
}

// param returns the hole of a function's parameter, the receiver of a method first:
// escape.tagHole.
func (b *builder) param(f *function, fn *types.Func, i int, hs []hole) hole {
	if own := b.bodies[fn]; own != nil {
		return hole{to: b.vars[paramOf(own.sig, i)]}
	}
	s := b.summary(fn)
	if s == nil {
		return b.guessHole(f)
	}
	l := s.params[i]
	var to []hole
	if l.heap >= 0 {
		to = append(to, b.toHeap().shift(l.heap))
	}
	if l.mutator >= 0 {
		to = append(to, hole{to: &b.mutator}.shift(l.mutator))
	}
	if l.callee >= 0 {
		to = append(to, hole{to: &b.graph.callee}.shift(l.callee))
	}
	for j, d := range l.results {
		if d >= 0 && j < len(hs) {
			to = append(to, hs[j].shift(d))
		}
	}
	return b.tee(f, to...)
}

// paramOf returns the i-th parameter, the receiver first.
func paramOf(sig *types.Signature, i int) *types.Var {
	if sig.Recv() != nil {
		if i == 0 {
			return sig.Recv()
		}
		i--
	}
	if i < sig.Params().Len() {
		return sig.Params().At(i)
	}
	return nil
}

// A summary describes the use of a function's parameters: the tags that the compiler
// exports.
type summary struct{ params []leaks }

const (
	maxActive    = 200
	maxSummaries = 20_000
)

// summary reports nil if the function's body is not at hand.
func (r *reader) summary(fn *types.Func) *summary {
	if s := r.summaries[fn]; s != nil {
		return s
	}
	if s := known(fn); s != nil {
		return s
	}
	sig := fn.Signature()
	decl, info := r.Body(fn)
	switch {
	case decl == nil || info == nil, sig.TypeParams().Len() > 0 || sig.RecvTypeParams().Len() > 0:
		r.guessing("the body of %s is not at hand", fn.FullName())
		return nil
	case slices.Contains(r.active, fn) || len(r.active) > maxActive || len(r.summaries) > maxSummaries:
		r.guessing("%s calls itself", fn.FullName())
		return nil
	}
	s := &summary{}
	n := sig.Params().Len()
	if sig.Recv() != nil {
		n++
	}
	if decl.Body == nil { // in assembly
		for range n {
			l := noLeaks()
			l.heap = 0
			if pragma(decl, "//go:noescape") {
				l.heap, l.mutator, l.callee = -1, 0, 0
			}
			s.params = append(s.params, l)
		}
		r.summaries[fn] = s
		return s
	}
	r.active = append(r.active, fn)
	b := r.build(fn, decl, info)
	r.active = r.active[:len(r.active)-1]
	for i := range n {
		s.params = append(s.params, b.leaksOf(paramOf(b.bodies[fn].sig, i)))
	}
	r.summaries[fn] = s
	return s
}

// leaksOf returns the leaks of a parameter in a graph that is solved.
func (b *builder) leaksOf(v *types.Var) leaks {
	p := b.vars[v]
	if p == nil || v.Name() == "" || v.Name() == "_" {
		return noLeaks()
	}
	return p.leaks
}

// known has the summaries of the printing functions of fmt in every release since 1.25:
// they leak the memory that their operands point to, and nothing else that holds a slice.
func known(fn *types.Func) *summary {
	if fn.Pkg() == nil || fn.Pkg().Path() != "fmt" || fn.Signature().Recv() != nil {
		return nil
	}
	name := fn.Name()
	for _, prefix := range []string{"Print", "Sprint", "Fprint"} {
		if strings.HasPrefix(name, prefix) {
			s := &summary{}
			for range fn.Signature().Params().Len() {
				l := noLeaks()
				l.heap = 1
				s.params = append(s.params, l)
			}
			if prefix == "Fprint" {
				s.params[0].heap = 0
			}
			return s
		}
	}
	return nil
}

func pragma(decl *ast.FuncDecl, name string) bool {
	if decl.Doc == nil {
		return false
	}
	for _, c := range decl.Doc.List {
		if strings.HasPrefix(c.Text, name) {
			return true
		}
	}
	return false
}

// build makes the graph of a function and solves it.
func (r *reader) build(fn *types.Func, decl *ast.FuncDecl, info *types.Info) *builder {
	b := &builder{
		reader: r, graph: newGraph(), vars: map[*types.Var]*place{}, bodies: map[*types.Func]*function{},
		lits: map[*ast.FuncLit]*literal{}, defs: map[*types.Var]ast.Expr{},
		merged: map[*ast.FuncLit]bool{}, unsure: map[*types.Var]string{},
	}
	f := &function{info: info, sig: fn.Signature(), body: decl.Body}
	b.bodies[fn] = f
	inspect(info, decl.Body, func(n ast.Node) bool {
		define := func(e, value ast.Expr) {
			if id, ok := e.(*ast.Ident); ok {
				if v, ok := info.Defs[id].(*types.Var); ok {
					b.defs[v] = ast.Unparen(value)
				}
			}
		}
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE && len(n.Lhs) == len(n.Rhs) {
				for i, l := range n.Lhs {
					define(l, n.Rhs[i])
				}
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if len(n.Values) == len(n.Names) {
					define(id, n.Values[i])
				}
			}
		}
		return true
	})
	b.declare(f)
	b.block(f, decl.Body.List)
	for _, flow := range b.pending {
		flow()
	}
	b.capture()
	b.solve()
	return b
}

func (b *builder) builtin(f *function, hs []hole, e *ast.CallExpr) {
	h := b.nowhere()
	if len(hs) > 0 {
		h = hs[0]
	}
	name := ""
	switch x := ast.Unparen(e.Fun).(type) {
	case *ast.Ident:
		name = x.Name
	case *ast.SelectorExpr:
		name = "unsafe." + x.Sel.Name
	}
	rest := e.Args
	switch name {
	case "append":
		b.appendCall(f, h, e)
		return
	case "copy":
		b.expr(f, hole{to: &b.mutator}, e.Args[0])
		from := b.nowhere()
		if b.pointersIn(f.info.TypeOf(e.Args[1])) {
			from = b.toHeap().shift(1)
		}
		b.expr(f, from, e.Args[1])
		return
	case "panic":
		b.exprTo(f, b.toHeap(), e.Args[0], types.NewInterfaceType(nil, nil))
		return
	case "new":
		for _, a := range e.Args {
			if !f.info.Types[a].IsType() { // new(v), since 1.26
				b.expr(f, b.spill(f, h), a)
			}
		}
		return
	case "make":
		if _, isChan := coretype.Of(f.info.TypeOf(e)).(*types.Chan); !isChan {
			b.spill(f, h)
		}
		rest = e.Args[1:]
	case "min", "max", "unsafe.StringData", "unsafe.SliceData":
		for _, a := range e.Args {
			b.expr(f, h, a)
		}
		return
	case "unsafe.Add", "unsafe.Slice", "unsafe.String":
		b.expr(f, h, e.Args[0])
		rest = e.Args[1:]
	case "clear":
		b.expr(f, hole{to: &b.mutator}, e.Args[0])
		return
	}
	for _, a := range rest {
		b.expr(f, b.nowhere(), a)
	}
}

// appendCall is the case of OAPPEND in escape.call.
func (b *builder) appendCall(f *function, h hole, e *ast.CallExpr) {
	if len(e.Args) == 0 {
		return
	}
	var elem types.Type // nil if that of a type parameter's slices
	if s, ok := coretype.Of(f.info.TypeOf(e)).(*types.Slice); ok {
		elem = s.Elem()
	}
	to := []hole{h, {to: &b.mutator}}
	if b.pointersIn(f.info.TypeOf(e)) {
		to = append(to, b.toHeap().shift(1))
	}
	b.expr(f, b.tee(f, to...), e.Args[0])
	if e.Ellipsis.IsValid() && len(e.Args) == 2 {
		from := b.nowhere()
		if b.pointersIn(f.info.TypeOf(e.Args[1])) {
			from = b.toHeap().shift(1)
		}
		b.expr(f, from, e.Args[1])
	} else {
		for _, a := range e.Args[1:] {
			b.exprTo(f, b.toHeap(), a, elem)
		}
	}
	p := b.spill(f, h).to
	p.depth = 0 // a buffer is taken once, so loops do not matter
	b.appends = append(b.appends, &appending{call: e, in: f, place: p})
}
