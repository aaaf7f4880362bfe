package slicegrow

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
)

// Limits of a Memory.
const (
	maxVars     = 1 << 10
	maxElements = 1 << 20 // of all arrays together
	maxSource   = 1 << 12 // bytes of a statement
)

// A Memory holds slices of ints with their elements: variables that share backing arrays,
// changed a statement at a time. Its slices escape, as printed slices do. It is not for
// use by several goroutines.
type Memory struct {
	rules    *Rules
	vars     map[string]*view
	order    []string
	arrays   []array
	elements int64
	written  []written // by the statement so far, to take it back if it fails
}

// A written is what elements of an array were before a statement.
type written struct {
	array int
	at    int64
	old   []int64
}

// An array is a backing array. Slices of it see its elements from there on.
type array []int64

// A view is a slice header, whose pointer is an element of an array.
type view struct {
	array    int // its number from 1; 0 for nil
	off      int64
	len, cap int64
}

// An Effect is the effect of a statement.
type Effect struct {
	Var    string   `json:"var"`    // variable that was assigned to, or written through
	Growth *Growth  `json:"growth"` // of an append; nil for another statement
	Array  int      `json:"array"`  // the number of its array afterwards, from 1; 0 if it has none
	Fresh  bool     `json:"fresh"`  // the statement made the array
	Seen   []string `json:"seen"`   // other variables that see written elements
	Copied int64    `json:"copied"` // elements, by copy
}

// A MemoryState holds the variables in the order of their declaration.
type MemoryState struct {
	Vars []VarState `json:"vars"`
}

// A VarState is one variable.
type VarState struct {
	Name     string  `json:"name"`
	Array    int     `json:"array"`      // number of its array, 0 if it has none
	Off      int64   `json:"off,string"` // of its first element in the array
	Cap      int64   `json:"cap,string"`
	Nil      bool    `json:"nil"`
	Elements []int64 `json:"elements"`
}

// NewMemory returns a Memory without variables.
func (r *Rules) NewMemory() *Memory { return &Memory{rules: r, vars: map[string]*view{}} }

// Do performs one statement in Go's syntax:
//
//	a := []int{1, 2, 3}     a = make([]int, 2, 5)    var a []int     a = nil
//	b := a[1:2]             b := a[:1:2]             b = a
//	b = append(b, 10, 20)   b = append(b, a...)      b[0] = 7
//	copy(b, a[1:])          c := append(a[:1], 9)
//
// Numbers are integers in decimal. It returns a [crash.Error] where Go panics, with its
// text, and an error for other syntax, for variables that are unknown or declared twice,
// and beyond 1,024 variables or 1,048,576 elements of arrays. After an error the memory
// is unchanged.
func (m *Memory) Do(statement string) (Effect, error) {
	if m.rules == nil {
		return Effect{}, fmt.Errorf("slicegrow: a Memory without rules: use NewMemory")
	}
	if len(statement) > maxSource {
		return Effect{}, fmt.Errorf("slicegrow: a statement of %d bytes (want at most %d)", len(statement), maxSource)
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() {\n"+statement+"\n}", parser.SkipObjectResolution)
	if err != nil {
		return Effect{}, fmt.Errorf("slicegrow: %.60q is no statement", statement)
	}
	fn, ok := file.Decls[0].(*ast.FuncDecl)
	if !ok || len(file.Decls) != 1 || len(fn.Body.List) != 1 {
		return Effect{}, fmt.Errorf("slicegrow: %.60q is not one statement", statement)
	}
	arrays, elements := len(m.arrays), m.elements
	m.written = m.written[:0]
	e, err := m.stmt(fn.Body.List[0])
	if err != nil {
		for _, w := range slices.Backward(m.written) {
			copy(m.arrays[w.array-1][w.at:], w.old)
		}
		m.arrays, m.elements = m.arrays[:arrays], elements
		return Effect{}, err
	}
	return e, nil
}

func unread(n ast.Node) error {
	return fmt.Errorf("slicegrow: %T is not read here (want what the documentation of Memory.Do lists)", n)
}

func (m *Memory) stmt(s ast.Stmt) (Effect, error) {
	switch s := s.(type) {
	case *ast.DeclStmt:
		return m.declare(s)
	case *ast.AssignStmt:
		if len(s.Lhs) != 1 || len(s.Rhs) != 1 || s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
			return Effect{}, unread(s)
		}
		switch l := s.Lhs[0].(type) {
		case *ast.Ident:
			return m.assign(l.Name, s.Rhs[0], s.Tok == token.DEFINE)
		case *ast.IndexExpr:
			return m.set(l, s.Rhs[0])
		}
	case *ast.ExprStmt:
		if c, ok := s.X.(*ast.CallExpr); ok && isCall(c, "copy", 2) {
			return m.copy(c)
		}
	}
	return Effect{}, unread(s)
}

func isCall(c *ast.CallExpr, name string, args int) bool {
	id, ok := c.Fun.(*ast.Ident)
	return ok && id.Name == name && len(c.Args) >= args
}

func (m *Memory) declare(s *ast.DeclStmt) (Effect, error) {
	d, ok := s.Decl.(*ast.GenDecl)
	if !ok || d.Tok != token.VAR || len(d.Specs) != 1 {
		return Effect{}, unread(s)
	}
	spec := d.Specs[0].(*ast.ValueSpec)
	if len(spec.Names) != 1 || len(spec.Values) != 0 || !intSlice(spec.Type) {
		return Effect{}, unread(s)
	}
	return m.put(spec.Names[0].Name, view{}, Effect{Seen: []string{}}, true)
}

// put returns a variable its value.
func (m *Memory) put(name string, v view, e Effect, define bool) (Effect, error) {
	old := m.vars[name]
	switch {
	case name == "_":
		return Effect{}, fmt.Errorf("slicegrow: nothing is kept in _")
	case define && old != nil:
		return Effect{}, fmt.Errorf("slicegrow: %.40s is declared already", name)
	case !define && old == nil:
		return Effect{}, fmt.Errorf("slicegrow: undefined: %.40s", name)
	case define && len(m.order) >= maxVars:
		return Effect{}, fmt.Errorf("slicegrow: %d variables are the most there can be", maxVars)
	}
	if define {
		m.order = append(m.order, name)
	}
	m.vars[name] = &v
	e.Var, e.Array = name, v.array
	return e, nil
}

func (m *Memory) assign(name string, x ast.Expr, define bool) (Effect, error) {
	if (m.vars[name] == nil) != define {
		return m.put(name, view{}, Effect{}, define) // says why not
	}
	v, e, err := m.value(x)
	if err != nil {
		return Effect{}, err
	}
	if e, err = m.put(name, v, e, define); err != nil {
		return Effect{}, err
	}
	// The other variables that see the written elements do not include the variable
	// itself.
	e.Seen = slices.DeleteFunc(e.Seen, func(n string) bool { return n == name })
	return e, nil
}

// value evaluates a slice.
func (m *Memory) value(x ast.Expr) (v view, e Effect, err error) {
	e.Seen = []string{}
	switch x := x.(type) {
	case *ast.ParenExpr:
		return m.value(x.X)
	case *ast.Ident:
		if x.Name == "nil" {
			return v, e, nil
		}
		if old := m.vars[x.Name]; old != nil {
			return *old, e, nil
		}
		err = fmt.Errorf("slicegrow: undefined: %.40s", x.Name)
	case *ast.CompositeLit:
		v, err = m.literal(x)
		e.Fresh = err == nil
	case *ast.SliceExpr:
		v, err = m.slice(x)
	case *ast.CallExpr:
		switch {
		case isCall(x, "make", 2):
			v, err = m.makeSlice(x)
			e.Fresh = err == nil
		case isCall(x, "append", 1):
			v, e, err = m.appendTo(x)
		default:
			err = unread(x)
		}
	default:
		err = unread(x)
	}
	return v, e, err
}

func intSlice(t ast.Expr) bool {
	a, ok := t.(*ast.ArrayType)
	if !ok || a.Len != nil {
		return false
	}
	id, ok := a.Elt.(*ast.Ident)
	return ok && id.Name == "int"
}

// fresh makes an array of n zeros.
func (m *Memory) fresh(n int64) (int, error) {
	if n > maxElements-m.elements {
		return 0, fmt.Errorf("slicegrow: arrays of more than %d elements together", maxElements)
	}
	m.elements += n
	m.arrays = append(m.arrays, make(array, n))
	return len(m.arrays), nil
}

func (m *Memory) literal(x *ast.CompositeLit) (view, error) {
	if !intSlice(x.Type) {
		return view{}, unread(x)
	}
	n := int64(len(x.Elts))
	values := make([]int64, n)
	for i, elt := range x.Elts {
		var err error
		if values[i], err = m.number(elt); err != nil {
			return view{}, err
		}
	}
	a, err := m.fresh(n)
	if err != nil {
		return view{}, err
	}
	copy(m.arrays[a-1], values)
	return view{array: a, len: n, cap: n}, nil
}

func (m *Memory) makeSlice(x *ast.CallExpr) (view, error) {
	if !intSlice(x.Args[0]) || len(x.Args) > 3 {
		return view{}, unread(x)
	}
	n, err := m.number(x.Args[1])
	if err != nil {
		return view{}, err
	}
	c := n
	if len(x.Args) == 3 {
		if c, err = m.number(x.Args[2]); err != nil {
			return view{}, err
		}
	}
	if err := made(n, c, m.rules.word); err != nil {
		return view{}, err
	}
	a, err := m.fresh(c)
	return view{array: a, len: n, cap: c}, err
}

// number evaluates an integer: a literal, an element, len or cap.
func (m *Memory) number(x ast.Expr) (int64, error) {
	switch x := x.(type) {
	case *ast.ParenExpr:
		return m.number(x.X)
	case *ast.BasicLit:
		if n, err := strconv.ParseInt(x.Value, 10, 64); err == nil && x.Kind == token.INT {
			if m.rules.word == 4 && n != int64(int32(n)) {
				return 0, fmt.Errorf("slicegrow: %d is no int of 4 bytes", n)
			}
			return n, nil
		}
	case *ast.UnaryExpr:
		if n, err := m.number(x.X); err == nil && x.Op == token.SUB {
			return -n, nil
		}
	case *ast.IndexExpr:
		p, err := m.element(x)
		if err != nil {
			return 0, err
		}
		return *p, nil
	case *ast.CallExpr:
		if id, ok := x.Fun.(*ast.Ident); ok && len(x.Args) == 1 && (id.Name == "len" || id.Name == "cap") {
			if name, ok := x.Args[0].(*ast.Ident); ok && m.vars[name.Name] != nil {
				if v := m.vars[name.Name]; id.Name == "cap" {
					return v.cap, nil
				} else {
					return v.len, nil
				}
			}
		}
	}
	return 0, unread(x)
}
