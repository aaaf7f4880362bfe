package source

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"

	"github.com/orrery-go/orrery/iface"
)

// statement does one statement, and returns its value as text.
func (p *Program) statement(s ast.Stmt) (string, error) {
	if p.steps++; p.steps > maxSteps {
		return "", fmt.Errorf("source: more than %d statements at once", maxSteps)
	}
	switch s := s.(type) {
	case *ast.DeclStmt:
		return "", p.variables(s)
	case *ast.AssignStmt:
		return p.assign(s)
	case *ast.ExprStmt:
		return p.value(s.X)
	case *ast.TypeSwitchStmt:
		return p.typeSwitch(s)
	case *ast.RangeStmt:
		return p.loop(s)
	}
	return "", fmt.Errorf("source: this statement is not read: see the package's documentation")
}

// value evaluates an expression whose value is shown.
func (p *Program) value(e ast.Expr) (string, error) {
	tv, err := p.types(e)
	if err != nil {
		return "", err
	}
	if tv.IsType() {
		return "", errors.New("source: a type is no statement")
	}
	v, err := p.eval(e)
	if err != nil {
		return "", err
	}
	if v.text != "" {
		return v.text, nil
	}
	return v.value.String(), nil
}

// types checks an expression in the package's scope. A function's own declarations are
// refused before: CheckExpr stops at the first error, and go/types 1.26 then fails an
// assertion on some types that were being declared (types/named.go:Underlying).
func (p *Program) types(e ast.Expr) (types.TypeAndValue, error) {
	for n := range ast.Preorder(e) {
		if _, ok := n.(*ast.DeclStmt); ok {
			return types.TypeAndValue{}, errors.New("source: a declaration in a function is not read")
		}
	}
	p.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Uses: map[*ast.Ident]types.Object{}}
	if err := types.CheckExpr(p.fset, p.pkg, token.NoPos, e, p.info); err != nil {
		return types.TypeAndValue{}, fmt.Errorf("source: %w", shorter(err))
	}
	return p.info.Types[e], nil
}

// variables declares variables.
func (p *Program) variables(s *ast.DeclStmt) error {
	d, ok := s.Decl.(*ast.GenDecl)
	if !ok || d.Tok != token.VAR || len(d.Specs) != 1 {
		return errors.New("source: declare one variable at a time")
	}
	spec := d.Specs[0].(*ast.ValueSpec)
	if len(spec.Names) != 1 || len(spec.Values) > 1 {
		return errors.New("source: declare one variable at a time")
	}
	var t types.Type
	if spec.Type != nil {
		tv, err := p.types(spec.Type)
		if err != nil {
			return err
		}
		if !tv.IsType() {
			return fmt.Errorf("source: %.40s is declared with an expression that is not a type", spec.Names[0].Name)
		}
		t = tv.Type
	}
	if len(spec.Values) == 0 {
		_, err := p.declareVar(spec.Names[0].Name, t, operand{})
		return err
	}
	v, t, err := p.initial(spec.Values[0], t)
	if err != nil {
		return err
	}
	_, err = p.declareVar(spec.Names[0].Name, t, v)
	return err
}

// initial evaluates what a variable of a type, or of none yet, is set to.
func (p *Program) initial(e ast.Expr, t types.Type) (operand, types.Type, error) {
	tv, err := p.types(e)
	if err != nil {
		return operand{}, nil, err
	}
	if t == nil {
		if t = types.Default(tv.Type); tv.IsNil() || tv.IsVoid() || tv.IsType() {
			return operand{}, nil, errors.New("source: use of untyped nil, or of no value")
		}
	}
	v, err := p.as(e, t)
	return v, t, err
}

// as evaluates an expression and converts it to a type that it can be assigned to.
func (p *Program) as(e ast.Expr, t types.Type) (operand, error) {
	// The type checker converts constants, and says what does not fit, where a
	// function's argument is checked.
	if _, err := p.types(&ast.CallExpr{Fun: ast.NewIdent(p.taker(t)), Args: []ast.Expr{e}}); err != nil {
		return operand{}, err
	}
	v, err := p.eval(e)
	if err != nil {
		return operand{}, err
	}
	return p.convert(v, t)
}

// taker names a function that takes an argument of a type. No program can call it: its
// name is no identifier.
func (p *Program) taker(t types.Type) string {
	if p.takers[t] == nil {
		param := types.NewParam(token.NoPos, p.pkg, "x", t)
		sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(param), nil, false)
		f := types.NewFunc(token.NoPos, p.pkg, "assignment "+strconv.Itoa(len(p.takers)), sig)
		p.pkg.Scope().Insert(f)
		p.takers[t] = f
	}
	return p.takers[t].Name()
}

func (p *Program) declareVar(name string, t types.Type, v operand) (iface.Value, error) {
	mt, err := p.typ(t)
	if err != nil {
		return iface.Value{}, err
	}
	if len(p.vars) >= maxVars {
		return iface.Value{}, fmt.Errorf("source: more than %d variables", maxVars)
	}
	out, err := p.m.New(mt)
	if err != nil {
		return iface.Value{}, err
	}
	if v.value.Valid() {
		if err := out.Set(v.value); err != nil {
			return iface.Value{}, err
		}
	}
	if name == "_" {
		return out, nil
	}
	if p.pkg.Scope().Insert(types.NewVar(token.NoPos, p.pkg, name, t)) != nil {
		return iface.Value{}, fmt.Errorf("source: %.40s is declared already", name)
	}
	p.vars[name] = out
	return out, nil
}

// assign does an assignment, or declares variables by :=.
func (p *Program) assign(s *ast.AssignStmt) (string, error) {
	if s.Tok != token.DEFINE && s.Tok != token.ASSIGN {
		return "", fmt.Errorf("source: %s is not read", s.Tok)
	}
	if len(s.Lhs) == 2 && len(s.Rhs) == 1 {
		return p.commaOK(s)
	}
	if len(s.Lhs) != 1 || len(s.Rhs) != 1 {
		return "", errors.New("source: assign one value at a time")
	}
	if s.Tok == token.DEFINE {
		name, ok := s.Lhs[0].(*ast.Ident)
		if !ok {
			return "", errors.New("source: := declares a name")
		}
		v, t, err := p.initial(s.Rhs[0], nil)
		if err == nil {
			_, err = p.declareVar(name.Name, t, v)
		}
		return "", err
	}
	if name, ok := s.Lhs[0].(*ast.Ident); ok && name.Name == "_" {
		return p.value(s.Rhs[0])
	}
	return "", p.set(s.Lhs[0], s.Rhs[0])
}

// set sets a variable, or an entry of a map.
func (p *Program) set(l, r ast.Expr) error {
	tv, err := p.types(l)
	if err != nil {
		return err
	}
	index, isIndex := ast.Unparen(l).(*ast.IndexExpr)
	if isIndex {
		if container := p.info.Types[index.X].Type; container != nil {
			if m, ok := container.Underlying().(*types.Map); ok {
				return p.setIndex(index, m, r)
			}
		}
	}
	if !tv.Addressable() {
		return errors.New("source: cannot assign to this")
	}
	v, err := p.as(r, tv.Type)
	if err != nil {
		return err
	}
	if _, err := p.types(l); err != nil {
		return err
	}
	to, err := p.eval(l)
	if err != nil {
		return err
	}
	return to.value.Set(v.value)
}

func (p *Program) setIndex(e *ast.IndexExpr, t *types.Map, r ast.Expr) error {
	m, err := p.eval(e.X)
	if err != nil {
		return err
	}
	key, err := p.as(e.Index, t.Key())
	if err != nil {
		return err
	}
	elem, err := p.as(r, t.Elem())
	if err != nil {
		return err
	}
	return m.value.SetIndex(key.value, elem.value)
}

// commaOK does v, ok := x.(T).
func (p *Program) commaOK(s *ast.AssignStmt) (string, error) {
	e, ok := ast.Unparen(s.Rhs[0]).(*ast.TypeAssertExpr)
	if !ok || e.Type == nil {
		return "", errors.New("source: two values come of x.(T) alone")
	}
	tv, err := p.types(e)
	if err != nil {
		return "", err
	}
	a, x, err := p.assertion(e)
	if err != nil {
		return "", err
	}
	v, did, err := a.Do(x)
	if err != nil {
		return "", err
	}
	for i, l := range s.Lhs {
		name, isName := l.(*ast.Ident)
		if !isName {
			return "", errors.New("source: v, ok is set to names alone")
		}
		o, t := operand{value: v}, tv.Type
		if i == 1 {
			t = types.Typ[types.Bool]
			if o, err = p.bool(did); err != nil {
				return "", err
			}
		}
		switch {
		case name.Name == "_":
		case s.Tok == token.DEFINE && p.vars[name.Name] == (iface.Value{}):
			_, err = p.declareVar(name.Name, t, o)
		default:
			err = p.setVar(name.Name, o)
		}
		if err != nil {
			return "", err
		}
	}
	return v.String() + ", " + strconv.FormatBool(did), nil
}

// setVar sets a variable to a value of its own type, or an interface to any.
func (p *Program) setVar(name string, o operand) error {
	v, err := p.Var(name)
	if err != nil {
		return err
	}
	obj := p.pkg.Scope().Lookup(name)
	if o, err = p.convert(o, obj.Type()); err != nil {
		return err
	}
	return v.Set(o.value)
}

// typeSwitch reports which case a value is.
func (p *Program) typeSwitch(s *ast.TypeSwitchStmt) (string, error) {
	guard, ok := s.Assign.(*ast.ExprStmt)
	if a, isAssign := s.Assign.(*ast.AssignStmt); isAssign && len(a.Rhs) == 1 {
		guard, ok = &ast.ExprStmt{X: a.Rhs[0]}, true
	}
	if !ok || s.Init != nil {
		return "", errors.New("source: a switch of x.(type) is read")
	}
	x := guard.X.(*ast.TypeAssertExpr).X
	var cases []*iface.Type
	var texts []string
	for _, c := range s.Body.List {
		clause := c.(*ast.CaseClause)
		for _, e := range clause.List {
			texts = append(texts, types.ExprString(e))
			tv, err := p.types(e)
			if err != nil {
				return "", err
			}
			if tv.IsNil() {
				cases = append(cases, nil)
				continue
			}
			if !tv.IsType() {
				return "", fmt.Errorf("source: case %.40s is no type", texts[len(texts)-1])
			}
			t, err := p.typ(tv.Type)
			if err != nil {
				return "", err
			}
			cases = append(cases, t)
		}
	}
	if _, err := p.types(x); err != nil {
		return "", err
	}
	v, err := p.eval(x)
	if err != nil {
		return "", err
	}
	if !v.value.Valid() {
		return "", errors.New("source: a switch of a value that has no type")
	}
	site, err := p.site(func() (any, error) { return p.m.Switch(v.value.Type(), cases...) })
	if err != nil {
		return "", err
	}
	i, err := site.(*iface.Switch).Do(v.value)
	if err != nil || i < 0 {
		return "default", err
	}
	return "case " + texts[i], nil
}

// site returns the place of the statement at hand that is looked at now.
func (p *Program) site(make func() (any, error)) (any, error) {
	p.nth++
	key := strconv.Itoa(p.nth) + " " + p.place
	if known := p.sites[key]; known != nil {
		return known, nil
	}
	if len(p.sites) >= maxVars {
		return nil, fmt.Errorf("source: more than %d assertions and switches", maxVars)
	}
	made, err := make()
	if err == nil {
		p.sites[key] = made
	}
	return made, err
}

// loop does for range n { ... }.
func (p *Program) loop(s *ast.RangeStmt) (out string, err error) {
	tv, err := p.types(s.X)
	if err != nil {
		return "", err
	}
	if s.Key != nil || tv.Value == nil {
		return "", errors.New("source: for range n { ... } is read, of a constant")
	}
	n, err := strconv.Atoi(tv.Value.ExactString())
	if err != nil || n < 0 || n > maxSteps {
		return "", fmt.Errorf("source: %.40s turns out of range [0,%d]", tv.Value, maxSteps)
	}
	for range n {
		p.nth = 0
		for _, inner := range s.Body.List {
			if out, err = p.statement(inner); err != nil {
				return "", err
			}
		}
	}
	return out, nil
}
