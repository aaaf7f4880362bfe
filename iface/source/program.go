package source

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/internal/brief"
	"github.com/orrery-go/orrery/layout"
	"github.com/orrery-go/orrery/layout/gotypes"
)

// A Program is a Runtime, with the types and variables of a package main. Get one from
// [New].
type Program struct {
	m      *iface.Runtime
	fset   *token.FileSet
	decls  []string
	pkg    *types.Package // nil until the declarations are checked
	known  map[types.Type]*iface.Type
	takers map[types.Type]*types.Func
	vars   map[string]iface.Value
	sites  map[string]any // assertions and switches, by their text and number
	info   *types.Info    // of the expression at hand
	place  string         // of the statement at hand
	nth    int            // site of it
	heap   int64          // bytes that the statement at hand has asked of the heap
	steps  int
}

// Bounds of a program.
const (
	maxSource = 1 << 16 // bytes of a statement, and of all declarations
	maxSteps  = 1 << 16 // statements of one loop
	maxVars   = 1 << 12
)

// New makes a program without declarations. It returns an error if the release is
// unknown.
func New(c iface.Config) (*Program, error) {
	m, err := iface.New(c)
	if err != nil {
		return nil, err
	}
	return &Program{
		m: m, fset: token.NewFileSet(),
		known: map[types.Type]*iface.Type{}, takers: map[types.Type]*types.Func{}, vars: map[string]iface.Value{}, sites: map[string]any{},
	}, nil
}

// Runtime returns the Runtime that the program runs on.
func (p *Program) Runtime() *iface.Runtime { return p.m }

// An Outcome is the result of a statement.
type Outcome struct {
	Text string `json:"text"` // its value, as Go would write it, or the case of a switch; "" for a declaration
	Heap int64  `json:"heap"` // bytes that its conversions have requested of the heap
}

// String returns the text.
func (o Outcome) String() string { return o.Text }

var errUseNew = errors.New("source: the Program is empty: use New")

// Do performs a declaration or a statement. It returns a *crash.Error if the statement
// panics, and another error if the text is not Go, does not compile, or is not supported.
func (p *Program) Do(text string) (Outcome, error) {
	if p.m == nil {
		return Outcome{}, errUseNew
	}
	if len(text) > maxSource {
		return Outcome{}, fmt.Errorf("source: a text of %d bytes: at most %d are allowed", len(text), maxSource)
	}
	trimmed := strings.TrimSpace(text)
	if strings.HasPrefix(trimmed, "type ") || strings.HasPrefix(trimmed, "func ") && !strings.HasPrefix(trimmed, "func()") {
		return Outcome{}, p.declare(trimmed)
	}
	if err := p.check(); err != nil {
		return Outcome{}, err
	}
	file, err := parser.ParseFile(p.fset, "", "package main; func _() { "+text+"\n}", parser.SkipObjectResolution)
	if err != nil {
		return Outcome{}, fmt.Errorf("source: %w", shorter(err))
	}
	body := file.Decls[0].(*ast.FuncDecl).Body.List
	if len(file.Decls) != 1 || len(body) != 1 {
		return Outcome{}, fmt.Errorf("source: %d statements in one text: want one", len(body))
	}
	p.place, p.nth, p.heap, p.steps = trimmed, 0, 0, 0
	out, err := p.statement(body[0])
	return Outcome{out, p.heap}, err
}

// shorter takes the place away, which is one of a text that the caller has not seen.
func shorter(err error) error {
	text := err.Error()
	if _, rest, ok := strings.Cut(text, ": "); ok && len(text) > 0 && text[0] >= '0' && text[0] <= '9' {
		text = rest
	}
	text = withoutTaking(text)
	return brief.Error(errors.New(text))
}

// taking is what the type checker says of the functions that assignments call here; a
// number follows. (Package regexp would be a tenth of a page's engine.)
const taking = " in argument to assignment "

func withoutTaking(text string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, taking)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if text = strings.TrimLeft(after, "0123456789"); text == after {
			b.WriteString(taking)
		} else {
			text = strings.TrimLeft(text, " \t\n\f\r")
		}
	}
}

// prelude is what each program has from other packages.
var prelude = map[string]string{
	"reflect": "package reflect; func DeepEqual(x, y any) bool { return false }",
	"math":    "package math; func NaN() float64 { return 0 }; func Inf(sign int) float64 { return 0 }; func Copysign(f, sign float64) float64 { return 0 }",
	"errors":  "package errors; type errorString struct { s string }; func (e *errorString) Error() string { return e.s }; func New(text string) error { return nil }",
}

// imports gives the packages of the prelude.
type imports struct {
	fset *token.FileSet
	made map[string]*types.Package
}

func (i *imports) Import(path string) (*types.Package, error) {
	if p := i.made[path]; p != nil {
		return p, nil
	}
	src, ok := prelude[path]
	if !ok {
		return nil, fmt.Errorf("source: no package %.40q (want reflect, math, errors)", path)
	}
	file, err := parser.ParseFile(i.fset, path, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	p, err := (&types.Config{}).Check(path, i.fset, []*ast.File{file}, nil)
	i.made[path] = p
	return p, err
}

// declare adds a declaration.
func (p *Program) declare(text string) error {
	if p.pkg != nil {
		return errors.New("source: types and methods are declared before all else")
	}
	old := p.decls
	n := len(text)
	for _, d := range p.decls {
		n += len(d)
	}
	if n > maxSource {
		return fmt.Errorf("source: %d bytes of declarations: at most %d are allowed", n, maxSource)
	}
	if strings.HasPrefix(text, "func") && !strings.Contains(text, "{") {
		text += " { panic(0) }"
	}
	p.decls = append(old[:len(old):len(old)], text)
	if _, err := parser.ParseFile(p.fset, "", p.source(), parser.SkipObjectResolution); err != nil {
		p.decls = old
		return fmt.Errorf("source: %w", shorter(err))
	}
	return nil
}

func (p *Program) source() string { return "package main\n" + strings.Join(p.decls, "\n") }

// check checks the declarations, once, and gives the Runtime the methods.
func (p *Program) check() error {
	if p.pkg != nil {
		return nil
	}
	file, err := parser.ParseFile(p.fset, "", p.source(), parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("source: %w", shorter(err))
	}
	im := &imports{p.fset, map[string]*types.Package{}}
	// go/types 1.26 fails an assertion (types/named.go:Underlying) on some source whose
	// first error ends the check; with Error set, no error does.
	config := types.Config{Importer: im, Sizes: types.SizesFor("gc", "amd64"), IgnoreFuncBodies: true, Error: func(error) {}}
	pkg, err := config.Check("main", p.fset, []*ast.File{file}, nil)
	if err != nil {
		p.decls = nil
		return fmt.Errorf("source: %w", shorter(err))
	}
	for path := range prelude {
		other, err := im.Import(path)
		if err != nil {
			return fmt.Errorf("source: %w", err)
		}
		if pkg.Scope().Lookup(other.Name()) == nil {
			pkg.Scope().Insert(types.NewPkgName(token.NoPos, pkg, other.Name(), other))
		}
		if err := p.declareMethods(other); err != nil {
			return err
		}
	}
	if err := p.declareMethods(pkg); err != nil {
		return err
	}
	p.pkg = pkg
	return nil
}

// declareMethods gives the Runtime the methods of a package's types.
func (p *Program) declareMethods(pkg *types.Package) error {
	for _, name := range pkg.Scope().Names() {
		obj, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || obj.IsAlias() {
			continue
		}
		named, ok := obj.Type().(*types.Named)
		if ok && named.TypeParams().Len() > 0 {
			return fmt.Errorf("source: %.40s has type parameters, which are not read", name)
		}
		if !ok || named.NumMethods() == 0 {
			continue
		}
		t, err := gotypes.From(named)
		if err != nil {
			return fmt.Errorf("source: %w", err)
		}
		methods, err := methodsOf(named)
		if err != nil {
			return err
		}
		if err := p.m.Declare(t.(*layout.Named), methods...); err != nil {
			return err
		}
	}
	return nil
}

func methodsOf(named *types.Named) (out []iface.Method, err error) {
	for f := range named.Methods() {
		t, err := gotypes.From(f.Signature())
		if err != nil {
			return nil, fmt.Errorf("source: %w", err)
		}
		_, pointer := f.Signature().Recv().Type().(*types.Pointer)
		pkg := ""
		if !f.Exported() {
			pkg = f.Pkg().Path()
		}
		out = append(out, iface.Method{Name: f.Name(), Pkg: pkg, Type: t.(*layout.Func), Pointer: pointer})
	}
	return out, nil
}

// typ returns the Runtime's type.
func (p *Program) typ(t types.Type) (*iface.Type, error) {
	if known := p.known[t]; known != nil {
		return known, nil
	}
	l, err := gotypes.From(t)
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	out, err := p.m.TypeOf(l)
	if err == nil {
		p.known[t] = out
	}
	return out, err
}

// Type reads a type: "map[string]T". It returns an error if the text is not a type.
func (p *Program) Type(text string) (*iface.Type, error) {
	if p.m == nil {
		return nil, errUseNew
	}
	if len(text) > maxSource {
		return nil, fmt.Errorf("source: a text of %d bytes: at most %d are allowed", len(text), maxSource)
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	e, err := parser.ParseExprFrom(p.fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("source: %w", shorter(err))
	}
	tv, err := p.types(e)
	if err != nil {
		return nil, err
	}
	if !tv.IsType() {
		return nil, fmt.Errorf("source: %.80q is no type", text)
	}
	return p.typ(tv.Type)
}

// Var returns a variable by its name. It returns an error if there is none.
func (p *Program) Var(name string) (iface.Value, error) {
	v, ok := p.vars[name]
	if !ok {
		return iface.Value{}, fmt.Errorf("source: no variable %.40q", name)
	}
	return v, nil
}
