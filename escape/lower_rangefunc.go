package escape

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/internal/coretype"
)

// A rangeLoop is a loop over a function whose body is being lowered: the body becomes
// a function literal that the function calls, as cmd/compile/internal/rangefunc
// rewrites it. What is kept of the rewrite is what moves pointers or makes a variable
// be captured: the state of each loop, what a return gives, and what comes next.
type rangeLoop struct {
	stmt    *ast.RangeStmt
	fn      *function // the body's
	state   *variable
	outer   *rangeNest
	returns bool
}

// A rangeNest is what nested loops over functions share.
type rangeNest struct {
	fn     *function // around the outermost loop
	next   *variable
	defers *variable // to which a defer statement adds its call
	decls  []*node
}

func intLit(pos token.Pos, v int64) *node {
	return &node{op: opLit, pos: pos, typ: types.Typ[types.Int], val: constant.MakeInt64(v)}
}

func (l *lowerer) set(v *variable, pos token.Pos, x *node) *node {
	return &node{op: opAssign, pos: pos, x: l.use(v, pos), y: x}
}

// state is one of the numbers that the rewrite puts into #state and #next, or compares them
// with. Which one moves no pointer: so it is always this one.
var state = constant.MakeInt64(0)

// mark puts a state into a variable.
func (l *lowerer) mark(v *variable, pos token.Pos) *node { return l.set(v, pos, stateLit(pos)) }

// ifState tests a variable for a state.
func (l *lowerer) ifState(v *variable, pos token.Pos, then ...*node) *node {
	test := &node{op: opBinary, tok: token.EQL, pos: pos, typ: types.Typ[types.Bool], x: l.use(v, pos), y: stateLit(pos)}
	return &node{op: opIf, pos: pos, x: test, list: then}
}

func stateLit(pos token.Pos) *node {
	return &node{op: opLit, pos: pos, typ: types.Typ[types.Int], val: state}
}

// hidden declares a variable that the rewrite needs, in a function.
func hidden(f *function, name string, pos token.Pos, t types.Type) *variable {
	v := &variable{name: name, pos: pos, typ: t, raw: t, fn: f}
	f.locals = append(f.locals, v)
	return v
}

func (l *lowerer) rangeOverFunc(s *ast.RangeStmt, sig *types.Signature) []*node {
	var yield *types.Signature
	if sig.Params().Len() == 1 {
		yield, _ = coretype.Of(sig.Params().At(0).Type()).(*types.Signature)
	}
	if yield == nil {
		l.a.failAt(l.src, s, "a loop over no iterator")
	}
	pos, end := s.For, s.Body.Rbrace
	loop := &rangeLoop{stmt: s}
	if n := len(l.loops); n > 0 {
		loop.outer = l.loops[n-1].outer
	} else {
		loop.outer = &rangeNest{fn: l.fn}
	}
	nest := loop.outer
	outermost := len(l.loops) == 0
	loop.state = hidden(l.fn, fmt.Sprintf("#state%d", l.root().states()), pos, types.Typ[types.Int])
	declState := l.mark(loop.state, pos)
	declare(declState, []*variable{loop.state})

	f := l.a.newLiteral(l.fn, pos, "range", nil)
	f.outer, f.rangeFn, loop.fn = l.fn, true, f
	inner := &lowerer{a: l.a, src: l.src, file: l.file, sub: l.sub, dict: l.dict, fn: f, vars: l.vars, depth: l.depth}
	inner.loops = append(l.loops[:len(l.loops):len(l.loops)], loop)
	assigns := inner.yieldParams(s, yield)
	result := hidden(f, "#r", pos, types.Typ[types.Bool])
	result.class = classResult
	f.results = []*variable{result}
	f.body = append(f.body, inner.mark(loop.state, pos))
	f.capturedAt[len(f.capturedAt)-1] = token.NoPos // the rewrite tests it first, at no place
	f.body = append(f.body, assigns...)
	f.body = append(f.body, inner.block(s.Body)...)
	f.body = append(f.body, inner.mark(loop.state, end), inner.yieldReturn(end, true))

	lit := &node{op: opClosure, pos: pos, typ: l.sub.typ(sig.Params().At(0).Type()), fn: f}
	body := hidden(l.fn, fmt.Sprintf("#yield%d", l.root().yields()), token.NoPos, lit.typ)
	declBody := l.set(body, pos, lit)
	declare(declBody, []*variable{body})

	call := &node{op: opCall, pos: pos, typ: types.NewTuple()}
	l.callee(call, ast.Unparen(s.X))
	l.nameCallee(call)
	call.list = append(call.list, l.use(body, pos))

	var out []*node
	if outermost {
		out = append(out, nest.decls...)
	}
	out = append(out, declState, declBody, call, l.mark(loop.state, end))
	if !outermost {
		// The loop around it may be the one that goes on, or ends (rewrite.go:checks).
		out = append(out, l.ifState(l.nextVar(nest, end), end))
	}
	if loop.returns {
		then := &node{op: opReturn, pos: end}
		if !outermost {
			then = l.yieldReturn(end, false)
		}
		out = append(out, l.ifState(nest.next, end, then))
	}
	return out
}

// yieldParams declares the parameters of a loop's body: the loop's variables, or new
// ones that are assigned to them.
func (l *lowerer) yieldParams(s *ast.RangeStmt, yield *types.Signature) (assigns []*node) {
	lhs := []ast.Expr{s.Key, s.Value}
	for i := range yield.Params().Len() {
		p := yield.Params().At(i)
		var e ast.Expr
		if i < 2 {
			e = lhs[i]
		}
		v := &variable{name: fmt.Sprintf("#p%d", i+1), pos: s.For, typ: l.sub.typ(p.Type()), raw: p.Type(), class: classParam, fn: l.fn}
		if e != nil && s.Tok == token.DEFINE {
			if id, ok := e.(*ast.Ident); ok {
				v.pos, v.name = id.Pos(), id.Name
				if obj, ok := l.src.Info.Defs[id].(*types.Var); ok {
					l.vars[obj] = v
				}
				if id.Name == "_" {
					v.name = fmt.Sprintf("~p%d", i)
				}
			}
		} else if e != nil {
			x, _ := l.target(e)
			value := l.use(v, posOf(e))
			if t := l.targetType(e); t != nil && !types.Identical(t, p.Type()) {
				value = conversion(posOf(e), l.sub.typ(t), value, true)
			}
			assigns = append(assigns, &node{op: opAssign, pos: posOf(e), x: x, y: value})
		}
		l.fn.params = append(l.fn.params, v)
		l.fn.locals = append(l.fn.locals, v)
	}
	return assigns
}

func (l *lowerer) yieldReturn(pos token.Pos, more bool) *node {
	return &node{op: opReturn, pos: pos, list: []*node{{op: opLit, pos: pos, typ: types.Typ[types.Bool], val: constant.MakeBool(more)}}}
}

// nextVar returns the variable that says what to do after the loops.
func (l *lowerer) nextVar(nest *rangeNest, pos token.Pos) *variable {
	if nest.next == nil {
		nest.next = hidden(nest.fn, "#next", token.NoPos, types.Typ[types.Int])
		nest.decls = append(nest.decls, &node{op: opAssign, pos: pos, x: &node{op: opLocal, pos: pos, v: nest.next, typ: nest.next.typ}, init: []*node{{op: opDcl, pos: pos, v: nest.next}}})
	}
	return nest.next
}

// deferAt lets the body of a loop capture the variable that a defer statement in it needs:
// cmd/compile/internal/rangefunc/rewrite.go:editDefer.
func (l *lowerer) deferAt(pos token.Pos) {
	nest := l.loops[len(l.loops)-1].outer
	if nest.defers == nil {
		v := hidden(nest.fn, "#defers", token.NoPos, anyType)
		set := &node{op: opAssign, pos: pos, x: &node{op: opLocal, pos: pos, v: v, typ: v.typ}, y: &node{op: opNil, pos: pos, typ: v.typ}}
		declare(set, []*variable{v})
		nest.defers, nest.decls = v, append(nest.decls, set)
	}
	capture(l.fn, nest.defers, pos)
}

// loopReturn lowers a return in the body of a loop over a function: the results are
// assigned, and the loops around it end.
func (l *lowerer) loopReturn(s *ast.ReturnStmt) []*node {
	loop := l.loops[len(l.loops)-1]
	nest := loop.outer
	pos := s.Return
	var out []*node
	if len(s.Results) > 0 {
		f := nest.fn
		values := l.multi(pos, l.resultType(f), s.Results)
		n := &node{op: opAssign2, pos: pos, list2: values}
		for _, r := range f.results {
			n.list = append(n.list, l.use(r, pos))
		}
		if len(values) != len(n.list) {
			l.a.failAt(l.src, s, "%d values for %d results", len(values), len(n.list))
		}
		if len(values) == 1 {
			n = &node{op: opAssign, pos: pos, x: n.list[0], y: values[0]}
		}
		out = append(out, n)
	}
	for _, loop := range l.loops {
		loop.returns = true
	}
	return append(out, l.mark(l.nextVar(nest, pos), pos), l.mark(loop.state, pos), l.yieldReturn(pos, false))
}

// nameResults names the results of a function whose body is given, if a loop over a
// function returns some: the rewrite does so before unreachable code is left out.
func (l *lowerer) nameResults(body *ast.BlockStmt) {
	if slices.ContainsFunc(l.fn.results, unnamed) && l.returnsInLoop(body, false) {
		for i, r := range l.fn.results {
			if unnamed(r) {
				r.name = fmt.Sprintf("#rv%d", i+1)
			}
		}
	}
}

func unnamed(r *variable) bool { return strings.HasPrefix(r.name, "~r") }

// returnsInLoop reports whether a return with results is in a loop over a function, or in
// n if that is inside of one.
func (l *lowerer) returnsInLoop(n ast.Node, inside bool) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = found || inside && len(n.Results) > 0
		case *ast.RangeStmt:
			if _, ok := coretype.Of(l.raw(n.X)).(*types.Signature); ok && !inside {
				found = found || l.returnsInLoop(n.Body, true)
				return false
			}
		}
		return !found
	})
	return found
}

// loopBranch lowers a break, continue or goto that leaves the body of a loop over a
// function, or goes on with its next iteration.
func (l *lowerer) loopBranch(s *ast.BranchStmt) ([]*node, bool) {
	loop := l.loops[len(l.loops)-1]
	pos := s.TokPos
	if s.Tok == token.FALLTHROUGH || s.Tok == token.GOTO {
		return nil, false
	}
	if s.Label == nil {
		if innermost(loop.stmt.Body, s) {
			return []*node{l.mark(loop.state, pos), l.yieldReturn(pos, s.Tok == token.CONTINUE)}, true
		}
		return nil, false
	}
	if declaresLabel(loop.stmt.Body, s.Label.Name) {
		return nil, false
	}
	return []*node{l.mark(l.nextVar(loop.outer, pos), pos), l.mark(loop.state, pos), l.yieldReturn(pos, false)}, true
}

// innermost reports whether an unlabeled break or continue is for the loop whose body
// is given, not for a statement inside it.
func innermost(body *ast.BlockStmt, s *ast.BranchStmt) bool {
	is := true
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil || n == ast.Node(body) {
			return true
		}
		inside := n.Pos() <= s.Pos() && s.End() <= n.End()
		if !inside {
			return false
		}
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			is = false
		case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			if s.Tok == token.BREAK {
				is = false
			}
		}
		return true
	})
	return is
}

func declaresLabel(body *ast.BlockStmt, name string) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if s, ok := n.(*ast.LabeledStmt); ok && s.Label.Name == name {
			found = true
		}
		return !found
	})
	return found
}

// root returns the function that the numbers of #state and #yield are counted in.
func (l *lowerer) root() *function {
	f := l.fn
	for f.rangeFn {
		f = f.outer
	}
	return f
}

func (f *function) states() int { f.rangeStates++; return f.rangeStates }
func (f *function) yields() int { f.rangeYields++; return f.rangeYields }
