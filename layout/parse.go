package layout

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"math"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/internal/brief"
)

// maxSource bounds what Parse reads, in bytes.
const maxSource = 1 << 20

// Parse reads a type in Go's syntax: "struct{ a bool; b int64; c [3]uint16 }".
//
// The source may instead be a file, or the part of one, that declares types;
// they may use each other, and the first is the result. Array lengths are
// integers, constants of the file, and sums, differences, products and shifts
// of these. Of other packages Parse knows unsafe.Pointer and the types of
// sync/atomic. It returns an error for anything else, type
// parameters among it, and for a source of more than 1 MiB.
func Parse(src string) (Type, error) {
	if len(src) > maxSource {
		return nil, fmt.Errorf("layout: source of %d bytes (want at most %d)", len(src), maxSource)
	}
	switch firstToken(src) {
	case token.TYPE, token.CONST, token.IMPORT:
		named, err := parseFile("package p;"+src, len("package p;"))
		return first(named, err)
	case token.PACKAGE:
		named, err := parseFile(src, 0)
		return first(named, err)
	}
	expr, err := parser.ParseExpr(src)
	if err != nil {
		return nil, syntaxError(err, 0)
	}
	b := builder{}
	t, err := b.typ(expr)
	if err == nil {
		err = b.finish()
	}
	if err != nil {
		return nil, fmt.Errorf("layout: %w", err)
	}
	return t, nil
}

// first returns the first type that a file declares.
func first(named []*Named, err error) (Type, error) {
	if err != nil {
		return nil, err
	}
	return named[0], nil
}

func firstToken(src string) token.Token {
	var s scanner.Scanner
	fset := token.NewFileSet()
	s.Init(fset.AddFile("", -1, len(src)), []byte(src), nil, 0)
	_, tok, _ := s.Scan()
	return tok
}

// syntaxError returns the first of go/parser's errors, at its place in the source as it
// was given.
func syntaxError(err error, prefix int) error {
	var list scanner.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		pos := list[0].Pos
		if pos.Line == 1 {
			pos.Column -= prefix
		}
		return brief.Errorf("layout: %d:%d: %s", pos.Line, pos.Column, list[0].Msg)
	}
	return brief.Errorf("layout: %w", err)
}

// parseFile returns the types that a file declares, aliases left out.
func parseFile(src string, prefix int) ([]*Named, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	if err != nil {
		return nil, syntaxError(err, prefix)
	}
	b := builder{decls: make(map[string]*decl)}
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok {
			continue // a function: methods do not matter here
		}
		for _, spec := range g.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				b.order = append(b.order, &decl{name: spec.Name.Name, typ: spec})
			case *ast.ValueSpec:
				for i, name := range spec.Names {
					if g.Tok == token.CONST && i < len(spec.Values) {
						b.order = append(b.order, &decl{name: name.Name, value: spec.Values[i]})
					}
				}
			}
		}
	}
	for _, d := range b.order {
		if d.name == "_" {
			continue
		}
		if b.decls[d.name] != nil {
			return nil, fmt.Errorf("layout: %.40s is declared twice", d.name)
		}
		b.decls[d.name] = d
	}
	var named []*Named
	for _, d := range b.order {
		if d.typ == nil {
			continue
		}
		t, err := b.declared(d)
		if err != nil {
			return nil, fmt.Errorf("layout: type %.40s: %w", d.name, err)
		}
		if n, ok := t.(*Named); ok && !d.typ.Assign.IsValid() {
			named = append(named, n)
		}
	}
	if err := b.finish(); err != nil {
		return nil, fmt.Errorf("layout: %w", err)
	}
	if len(named) == 0 {
		return nil, errors.New("layout: the source declares no type")
	}
	return named, nil
}

// A decl is a declaration of a type or of a constant.
type decl struct {
	name  string
	typ   *ast.TypeSpec
	value ast.Expr
	done  Type
	busy  bool // being resolved, to find declarations that refer to themselves
}

// A builder makes types from syntax.
type builder struct {
	decls map[string]*decl
	order []*decl
	keys  []*Map // whose keys are still to be checked, once all is known

	embedding []*embedding
	embeds    map[*Interface]*embedding
	embedded  int // number of methods that interfaces got from embedded interfaces
}

// declared returns the type of a declaration.
func (b *builder) declared(d *decl) (Type, error) {
	switch {
	case d.done != nil:
		return d.done, nil
	case d.busy:
		return nil, fmt.Errorf("%w %.40s", ErrInfinite, d.name)
	case d.typ.TypeParams != nil:
		return nil, errors.New("type parameters are not supported")
	}
	d.busy = true
	defer func() { d.busy = false }()
	if d.typ.Assign.IsValid() {
		t, err := b.typ(d.typ.Type)
		d.done = t
		return t, err
	}
	n := &Named{Name: d.name}
	d.done = n
	var err error
	n.Underlying, err = b.typ(d.typ.Type)
	return n, err
}

// finish does the steps that need all declarations: it removes names from underlying
// types, adds the methods of embedded interfaces, and checks keys of maps.
func (b *builder) finish() error {
	for _, d := range b.order {
		if n, ok := d.done.(*Named); ok && d.typ != nil && !d.typ.Assign.IsValid() {
			if under(n) == nil {
				return fmt.Errorf("%w %.40s", ErrInfinite, d.name)
			}
		}
	}
	for _, d := range b.order {
		if n, ok := d.done.(*Named); ok && d.typ != nil && !d.typ.Assign.IsValid() {
			n.Underlying = under(n)
		}
	}
	for _, p := range b.embedding {
		if err := b.embed(p, 0); err != nil {
			return err
		}
	}
	keys := walker{state: make(map[Type]bool)} // one for all: what one key has in it need not be walked for the next
	for _, m := range b.keys {
		if err := keys.walk(m.Key, "", false); err != nil || keys.Path != "" || keys.Reason != "" {
			return fmt.Errorf("invalid map key type %s", short(m.Key))
		}
	}
	return nil
}

// reference reports whether an expression is the name of a type, not a type literal.
func reference(e ast.Expr) bool {
	switch ast.Unparen(e).(type) {
	case *ast.Ident, *ast.SelectorExpr:
		return true
	}
	return false
}

func (b *builder) typ(e ast.Expr) (Type, error) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return b.typ(e.X)
	case *ast.Ident:
		return b.ident(e.Name)
	case *ast.SelectorExpr:
		return imported(e)
	case *ast.IndexExpr:
		return b.instance(e)
	case *ast.StarExpr:
		elem, err := b.typ(e.X)
		return &Pointer{elem}, err
	case *ast.ArrayType:
		if e.Len == nil {
			elem, err := b.typ(e.Elt)
			return &Slice{elem}, err
		}
		n, err := b.integer(e.Len)
		if err != nil {
			return nil, err
		}
		if n < 0 {
			return nil, fmt.Errorf("array length %d is negative", n)
		}
		elem, err := b.typ(e.Elt)
		return &Array{n, elem}, err
	case *ast.MapType:
		key, err := b.typ(e.Key)
		if err != nil {
			return nil, err
		}
		elem, err := b.typ(e.Value)
		m := &Map{key, elem}
		b.keys = append(b.keys, m)
		return m, err
	case *ast.ChanType:
		elem, err := b.typ(e.Value)
		return &Chan{map[ast.ChanDir]Dir{ast.SEND: Send, ast.RECV: Recv}[e.Dir], elem}, err
	case *ast.FuncType:
		return b.function(e)
	case *ast.StructType:
		return b.structure(e)
	case *ast.InterfaceType:
		return b.iface(e)
	}
	return nil, fmt.Errorf("%s is no type", describe(e))
}

func describe(e ast.Expr) string {
	switch e := e.(type) {
	case nil:
		return "nothing"
	case *ast.BasicLit:
		return fmt.Sprintf("%.40s", e.Value)
	}
	return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", e), "*ast."))
}

func (b *builder) ident(name string) (Type, error) {
	if d := b.decls[name]; d != nil {
		if d.typ == nil {
			return nil, fmt.Errorf("%.40s is a constant and no type", name)
		}
		return b.declared(d)
	}
	for i, n := range basicNames {
		if n == name && Basic(i).valid() {
			return Basic(i), nil
		}
	}
	switch name {
	case "byte":
		return Uint8, nil
	case "rune":
		return Int32, nil
	case "any":
		return &Interface{}, nil
	case "error":
		return Error, nil
	}
	return nil, fmt.Errorf("undefined: %.40s", name)
}

// integer returns the value of a constant expression. Its parts are int64s, so
// that nothing grows: a shift as in 1<<62 is the largest.
func (b *builder) integer(e ast.Expr) (int64, error) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return b.integer(e.X)
	case *ast.BasicLit:
		if e.Kind == token.INT {
			n, err := strconv.ParseInt(e.Value, 0, 64)
			if err != nil {
				return 0, fmt.Errorf("array length %.40s overflows int64", e.Value)
			}
			return n, nil
		}
	case *ast.Ident:
		d := b.decls[e.Name]
		if d == nil || d.value == nil || d.busy {
			return 0, fmt.Errorf("array length %.40s is no constant known here", e.Name)
		}
		d.busy = true
		n, err := b.integer(d.value)
		d.busy = false
		if err == nil {
			d.value = &ast.BasicLit{Kind: token.INT, Value: strconv.FormatInt(n, 10)}
		}
		return n, err
	case *ast.BinaryExpr:
		return b.binary(e)
	}
	return 0, fmt.Errorf("array length is %s (want an integer)", describe(e))
}

func (b *builder) binary(e *ast.BinaryExpr) (int64, error) {
	x, err := b.integer(e.X)
	if err != nil {
		return 0, err
	}
	y, err := b.integer(e.Y)
	if err != nil {
		return 0, err
	}
	overflow := false
	n := int64(0)
	switch e.Op {
	case token.ADD:
		n = x + y
		overflow = (n > x) != (y > 0)
	case token.SUB:
		n = x - y
		overflow = (n < x) != (y > 0)
	case token.MUL:
		n = x * y
		overflow = x != 0 && (n/x != y || x == -1 && y == math.MinInt64)
	case token.SHL:
		if overflow = y < 0 || y > 62; !overflow {
			n = x << y
			overflow = n>>y != x
		}
	default:
		return 0, fmt.Errorf("array length has operator %s (want + - * <<)", e.Op)
	}
	if overflow {
		return 0, fmt.Errorf("array length %d %s %d overflows int64", x, e.Op, y)
	}
	return n, nil
}
