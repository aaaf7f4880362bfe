package escape

import (
	"go/ast"
	"go/token"
	"go/types"
	"go/version"
	"math"
	"strings"

	"github.com/orrery-go/orrery/internal/brief"
)

// A source is a package whose Go source is at hand.
type source struct {
	Package
	root     bool
	together bool // literals go with the function around them, whatever they capture
	decls    map[*types.Func]*ast.FuncDecl
	pragmas  map[*ast.FuncDecl]pragma
	oldLoop  map[*ast.File]bool // of files whose loops share their variables

	generations map[types.Object]int // of types that functions declare; nil until one is asked for
}

// load finds the declared functions of a package.
func load(p Package, u rules) *source {
	s := &source{Package: p, together: !u.trivialClosures, decls: map[*types.Func]*ast.FuncDecl{}, pragmas: map[*ast.FuncDecl]pragma{}, oldLoop: map[*ast.File]bool{}}
	for _, f := range p.Files {
		s.oldLoop[f] = !u.loopVars || s.before122(f)
		directives := s.directives(f)
		for _, d := range f.Decls {
			d, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if obj, ok := p.Info.Defs[d.Name].(*types.Func); ok {
				s.decls[obj] = d
			}
			if p := directives[d]; p != 0 {
				s.pragmas[d] = p
			}
		}
	}
	return s
}

func (s *source) before122(f *ast.File) bool {
	v := s.Info.FileVersions[f]
	if v == "" {
		v = f.GoVersion
	}
	if v == "" {
		v = s.Types.GoVersion()
	}
	return v != "" && version.IsValid(v) && version.Compare(v, "go1.22") < 0
}

// directives finds the //go: comments that a function's tags depend on. A directive
// is for the declaration that comes next, blank lines and comments or not; a
// declaration of another kind takes it away.
func (s *source) directives(f *ast.File) map[*ast.FuncDecl]pragma {
	var out map[*ast.FuncDecl]pragma
	next := 0
	var pending pragma
	var pendingEnd token.Pos
	flush := func(until token.Pos) {
		for next < len(f.Decls) && f.Decls[next].Pos() < until {
			d := f.Decls[next]
			next++
			if pending == 0 || pendingEnd > d.Pos() {
				continue
			}
			if d, ok := d.(*ast.FuncDecl); ok {
				if out == nil {
					out = map[*ast.FuncDecl]pragma{}
				}
				out[d] |= pending
			}
			pending = 0
		}
	}
	for _, group := range f.Comments {
		for _, c := range group.List {
			if !strings.HasPrefix(c.Text, "//go:") {
				continue
			}
			var p pragma
			switch strings.TrimSpace(c.Text) {
			case "//go:noescape":
				p = noEscape
			case "//go:uintptrescapes":
				p = uintptrEscapes
			case "//go:uintptrkeepalive":
				p = uintptrKeepAlive
			default:
				continue
			}
			flush(c.Pos())
			pending |= p
			pendingEnd = c.End()
		}
	}
	flush(token.Pos(math.MaxInt))
	return out
}

// A funcKey says which function, and for which type arguments.
type funcKey struct {
	obj  *types.Func
	args string
}

// funcOf returns the function that obj declares, for the type arguments, if it is
// generic. It is nil if its source is not at hand.
func (a *analysis) funcOf(obj *types.Func, args []types.Type) *function {
	obj = obj.Origin()
	sig := obj.Signature()
	params := sig.TypeParams()
	if sig.RecvTypeParams().Len() > 0 {
		params = sig.RecvTypeParams()
	}
	key := funcKey{obj: obj}
	var sub *substitution
	if params.Len() > 0 {
		if len(args) < params.Len() {
			return nil
		}
		sub = &substitution{
			params: map[*types.TypeParam]types.Type{},
			scope:  params.At(0).Obj().Parent(),
			local:  map[localKey]*types.Named{},
			a:      a,
		}
		p := printer{a: a, link: true}
		for i := range params.Len() {
			shape := a.shapes.of(args[i], params.At(i))
			sub.params[params.At(i)] = shape
			if i > 0 {
				p.str(",")
			}
			p.typ(shape)
		}
		key.args = p.b.String()
		sub.args = key.args
	}
	if f, ok := a.funcs[key]; ok {
		return f
	}
	src := a.sourceOf(obj.Pkg())
	if src == nil {
		a.funcs[key] = nil
		return nil
	}
	decl := src.decls[obj]
	if decl == nil {
		a.funcs[key] = nil
		return nil
	}
	a.functions++
	if a.functions > maxFunctions {
		a.fail("more than %d functions", maxFunctions)
	}
	f := &function{
		name:    funcName(obj, key.args, a.root.Types),
		pos:     decl.Name.Pos(),
		pkg:     src,
		noBody:  decl.Body == nil,
		pragma:  src.pragmas[decl],
		generic: sub != nil,
	}
	if f.noBody {
		f.pragma |= uintptrKeepAlive
	}
	a.funcs[key] = f
	l := &lowerer{a: a, src: src, sub: sub, dict: dictOwner(obj), fn: f, vars: map[*types.Var]*variable{}}
	l.signature(sig)
	a.bodies[f] = &body{l: l, decl: decl}
	return f
}

// dictOwner returns what has the dictionary that a generic function uses: a method's
// type.
func dictOwner(obj *types.Func) types.Object {
	if r := obj.Signature().Recv(); r != nil {
		if n, ok := types.Unalias(deref(r.Type())).(*types.Named); ok {
			return n.Origin().Obj()
		}
	}
	return obj
}

// maxFunctions and maxDepth bound one analysis: generic code can ask for endlessly
// many instances.
const (
	maxFunctions = 200_000
	maxDepth     = 10_000
)

// A body is what is not yet lowered.
type body struct {
	l    *lowerer
	decl *ast.FuncDecl
}

func funcName(obj *types.Func, args string, local *types.Package) string {
	q := ""
	if obj.Pkg() != nil && obj.Pkg() != local {
		q = obj.Pkg().Name() + "."
	}
	if args != "" {
		args = "[" + args + "]"
	}
	recv := obj.Signature().Recv()
	if recv == nil {
		return q + obj.Name() + args
	}
	t, star := types.Unalias(recv.Type()), false
	if p, ok := t.(*types.Pointer); ok {
		t, star = types.Unalias(p.Elem()), true
	}
	name := ""
	if n, ok := t.(*types.Named); ok {
		name = n.Obj().Name() + args
	}
	if star {
		return q + "(*" + name + ")." + obj.Name()
	}
	return q + name + "." + obj.Name()
}

// sourceOf returns the source of a package, nil if the importer does not have it.
func (a *analysis) sourceOf(p *types.Package) *source {
	if p == nil {
		return nil
	}
	if s, ok := a.sources[p]; ok {
		return s
	}
	a.sources[p] = nil
	if a.cfg.Import == nil {
		a.omit(p.Path(), "no importer: calls of its functions leak all arguments")
		return nil
	}
	got, err := a.cfg.Import(p.Path())
	switch {
	case err != nil:
		a.omit(p.Path(), "calls of its functions leak all arguments: "+brief.Text(err.Error(), 200))
		return nil
	case got == nil:
		a.omit(p.Path(), "the importer does not have it: calls of its functions leak all arguments")
		return nil
	}
	if err := got.valid(); err != nil {
		a.omit(p.Path(), "calls of its functions leak all arguments: "+brief.Text(err.Error(), 200))
		return nil
	}
	if got.Types != p {
		a.omit(p.Path(), "the importer's package is not the one that was imported: calls of its functions leak all arguments")
		return nil
	}
	s := load(*got, a.rules)
	a.sources[p] = s
	return s
}

// complete lowers the body of a function.
func (a *analysis) complete(f *function) {
	if f.lowered {
		return
	}
	f.lowered = true
	b := a.bodies[f]
	if b == nil || b.decl.Body == nil {
		return
	}
	delete(a.bodies, f)
	b.l.file = b.l.src.fileOf(b.decl)
	b.l.nameResults(b.decl.Body)
	f.body = b.l.block(b.decl.Body)
	a.prepare(f)
}

func (s *source) fileOf(d ast.Node) *ast.File {
	for _, f := range s.Files {
		if f.FileStart <= d.Pos() && d.Pos() < f.FileEnd {
			return f
		}
	}
	return nil
}

// prepare makes of a lowered function what the compiler has when escape analysis
// starts.
func (a *analysis) prepare(f *function) {
	all := a.nest(f)
	for _, g := range all {
		a.assignments(g)
	}
	if a.rules.devirtualize {
		for _, g := range all {
			for _, call := range g.calls {
				a.devirtualize(f, call)
			}
		}
	}
	for _, g := range all {
		a.loopVariables(g)
	}
	if a.rules.deadLocals {
		deadLocals(f)
	}
	for _, g := range all {
		g.lowered = true
		// The compiler has a list of all literals, dead ones too; those that capture
		// something are looked at with the function around them alone.
		if g != f && !g.isClosure() && a.reported(g) {
			a.extra = append(a.extra, g)
		}
	}
}

// prepareLiterals does it for the literals of variables' initialisers.
func (a *analysis) prepareLiterals(f *function) {
	for _, g := range f.literals {
		if g.outer != f {
			continue
		}
		a.prepare(g)
	}
	body := f.body
	f.body = nil
	a.prepare(f)
	f.body = body
	a.assignments(f)
	if a.rules.devirtualize {
		for _, call := range f.calls {
			a.devirtualize(f, call)
		}
	}
}

// nest returns the function and all literals in it.
func (a *analysis) nest(f *function) []*function {
	all := []*function{f}
	for i := 0; i < len(all); i++ {
		visitAll(all[i].body, func(n *node) {
			if n.op == opClosure {
				all = append(all, n.fn)
			}
		})
	}
	return all
}
