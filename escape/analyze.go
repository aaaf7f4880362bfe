package escape

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/orrery-go/orrery/internal/brief"
	"github.com/orrery-go/orrery/internal/sizes"
	"github.com/orrery-go/orrery/release"
)

// A Package is Go source that has been parsed and type-checked.
type Package struct {
	Fset  *token.FileSet
	Files []*ast.File // parsed with parser.ParseComments, for //go: directives
	Types *types.Package
	Info  *types.Info // with Types, Defs, Uses, Implicits, Selections, Instances, InitOrder and FileVersions
}

// NewInfo returns a types.Info with all maps that Analyze needs.
func NewInfo() *types.Info {
	return &types.Info{
		Types:        map[ast.Expr]types.TypeAndValue{},
		Defs:         map[*ast.Ident]types.Object{},
		Uses:         map[*ast.Ident]types.Object{},
		Implicits:    map[ast.Node]types.Object{},
		Selections:   map[*ast.SelectorExpr]*types.Selection{},
		Instances:    map[*ast.Ident]types.Instance{},
		FileVersions: map[*ast.File]string{},
	}
}

func (p *Package) valid() error {
	switch {
	case p.Fset == nil:
		return errors.New("escape: a Package without a FileSet")
	case p.Types == nil:
		return errors.New("escape: a Package without Types")
	case p.Info == nil || p.Info.Types == nil || p.Info.Defs == nil || p.Info.Uses == nil || p.Info.Implicits == nil || p.Info.Selections == nil || p.Info.Instances == nil:
		return errors.New("escape: a types.Info without Types, Defs, Uses, Implicits, Selections or Instances: use NewInfo")
	case !p.Types.Complete():
		return fmt.Errorf("escape: the package %.80s is not type-checked to its end", p.Types.Path())
	case slices.Contains(p.Files, nil):
		return errors.New("escape: a file that is nil")
	}
	return nil
}

// A Config says what to model: the compiler.
type Config struct {
	Release string `json:"release"` // "go1.26.8"; "" is the newest known, "running" the calling program's
	Arch    string `json:"arch"`    // a GOARCH of go/types.SizesFor; "" is amd64

	// Import returns the source of a package that is imported, directly or not; its Types
	// must be those that the importing packages were checked with. If it returns an error
	// or nil, the source is not at hand: then everything that is passed to the package's
	// functions leaks, and Result.Omitted says so. If Import is nil, no package is at
	// hand.
	Import func(path string) (*Package, error) `json:"-"`

	Explain bool        `json:"explain"` // fill in Diagnostic.Why
	Graph   bool        `json:"graph"`   // fill in Result.Graphs
	Trace   func(Event) `json:"-"`       // receives every step; nil costs nothing

	without map[string]bool // rules that are left out, in tests
}

// A Result holds the compiler's decisions about a package.
type Result struct {
	Release     string       `json:"release"`
	Diagnostics []Diagnostic `json:"diagnostics"` // by file, line and column
	Omitted     []Omission   `json:"omitted"`     // packages whose source was not at hand
	Graphs      []Graph      `json:"graphs"`      // one for each batch, in the order of analysis
	Functions   int          `json:"functions"`   // number of functions analysed, those of other packages included
	Locations   int          `json:"locations"`
}

// An Omission is a package whose source was not at hand.
type Omission struct {
	Package string `json:"package"`
	Why     string `json:"why"`
}

// analysis is one call of Analyze.
type analysis struct {
	cfg     Config
	rules   rules
	arch    arch
	shapes  shapes
	root    *source
	sources map[*types.Package]*source
	locals  map[*types.TypeName]*types.TypeName // of an instance's local type, the one in the source
	funcs   map[funcKey]*function
	bodies  map[*function]*body
	values  map[*function]interfaceValues
	dicts   map[types.Object]*dictionary
	said    map[*function][]Diagnostic
	omitted []Omission
	extra   []*function // literals that nothing refers to any more
	graphs  []Graph

	functions, locations int
	counter              uint32
	visitDepth           int
	stack                []*function
	seq                  uint64
}

// Analyze reports what the compiler decides about the variables, allocations and
// parameters of a package, as go build -gcflags='-m -l' prints it.
//
// It returns an error if the release or architecture is unknown, p is incomplete or its
// parts do not belong together, or the package exceeds a bound: 200,000 functions,
// 20,000,000 locations, 10,000 levels of nesting.
func Analyze(p Package, c Config) (*Result, error) {
	rel, err := release.Parse(c.Release)
	if err != nil {
		return nil, fmt.Errorf("escape: %w", err)
	}
	if c.Arch == "" {
		c.Arch = "amd64"
	}
	memory := sizes.For(c.Arch)
	if memory == nil {
		return nil, fmt.Errorf("escape: unknown architecture %.40q", c.Arch)
	}
	if err := p.valid(); err != nil {
		return nil, err
	}
	a := &analysis{
		cfg:     c,
		rules:   rulesOf(rel),
		shapes:  shapes{named: map[string]*types.Named{}},
		sources: map[*types.Package]*source{},
		locals:  map[*types.TypeName]*types.TypeName{},
		funcs:   map[funcKey]*function{},
		bodies:  map[*function]*body{},
		said:    map[*function][]Diagnostic{},
	}
	a.shapes.a = a
	for name, on := range a.rules.switches() {
		*on = *on && !a.off(name)
	}
	a.arch = arch{memory, a.rules.directBySize}
	if a.off("result-count") {
		a.rules.tagResults = maxResults
	}
	out, err := a.run(p)
	if err != nil {
		return nil, err
	}
	out.Release = rel.String()
	return out, nil
}

// A failure is what stops an analysis.
type failure struct{ err error }

func (a *analysis) fail(format string, args ...any) {
	panic(failure{fmt.Errorf("escape: "+format, args...)})
}

func (a *analysis) failAt(s *source, n ast.Node, format string, args ...any) {
	where := ""
	if n != nil {
		where = s.Fset.Position(n.Pos()).String() + ": "
	}
	panic(failure{fmt.Errorf("escape: %s"+format, append([]any{where}, args...)...)})
}

func (a *analysis) run(p Package) (out *Result, err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case failure:
			out, err = nil, e.err
		default:
			// An AST and types that were not made for each other can be wrong in
			// more ways than are worth asking about.
			out, err = nil, brief.Errorf("escape: the files, types and info do not belong together: %v", e)
		}
	}()
	a.root = load(p, a.rules)
	a.root.root = true
	a.sources[p.Types] = a.root
	roots := a.roots()
	for _, f := range roots {
		a.visit(f)
	}
	for i := 0; i < len(a.extra); i++ {
		a.visit(a.extra[i])
	}
	owned := a.owned(append(roots, a.extra...))
	out = &Result{Diagnostics: []Diagnostic{}, Omitted: []Omission{}, Graphs: []Graph{}, Functions: a.functions, Locations: a.locations}
	for _, f := range owned {
		out.Diagnostics = append(out.Diagnostics, a.said[f]...)
	}
	slices.SortStableFunc(out.Diagnostics, compareDiagnostics)
	for i := range out.Diagnostics {
		if out.Diagnostics[i].Why == nil {
			out.Diagnostics[i].Why = []Flow{}
		}
	}
	out.Omitted = append(out.Omitted, a.omitted...)
	out.Graphs = append(out.Graphs, a.graphs...)
	return out, nil
}

// roots returns the functions of the package, in the order of the source, and the
// initialisation of its variables.
func (a *analysis) roots() []*function {
	var out []*function
	for _, f := range a.root.Files {
		for _, d := range f.Decls {
			d, ok := d.(*ast.FuncDecl)
			if !ok || d.Name.Name == "_" {
				continue
			}
			obj, ok := a.root.Info.Defs[d.Name].(*types.Func)
			if !ok {
				a.failAt(a.root, d, "the types.Info does not know the function %.40s", d.Name.Name)
			}
			sig := obj.Signature()
			if sig.TypeParams().Len() > 0 || sig.RecvTypeParams().Len() > 0 {
				continue
			}
			if fn := a.funcOf(obj, nil); fn != nil {
				out = append(out, fn)
			}
		}
	}
	init := a.initFunc()
	return append(append(out, init), init.literals...)
}

func (a *analysis) omit(path, why string) {
	a.omitted = append(a.omitted, Omission{Package: path, Why: why})
}

// off reports whether a rule is left out.
func (a *analysis) off(rule string) bool { return a.cfg.without[rule] }

func (a *analysis) event(e Event) {
	if a.cfg.Trace == nil {
		return
	}
	a.seq++
	e.Seq = a.seq
	a.cfg.Trace(e)
}
