package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A mutant is a file with one place changed.
type mutant struct {
	file, function, what string
	nth                  int // number among the mutants of this file with the same name
	line                 int
	of                   *function
	body                 string // the function's body with the change
}

// A function is the replacement for one that has mutants: it calls the selected mutant.
type function struct {
	brace                int // the offset of its body in the file
	receiver             string
	name                 string
	signature            string // type parameters, parameters and results
	call, before, behind string // the text around the name of a mutant
}

// String names the mutant without a line number, which would not last.
func (m mutant) String() string {
	s := fmt.Sprintf("%s, %s: %s", filepath.ToSlash(m.file), m.function, m.what)
	if m.nth > 1 {
		s += fmt.Sprintf(" (number %d)", m.nth)
	}
	return s
}

// others maps each operator to its replacement.
var others = map[token.Token]token.Token{
	token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL, token.REM: token.MUL,
	token.EQL: token.NEQ, token.NEQ: token.EQL, token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.LAND: token.LOR, token.LOR: token.LAND, token.AND: token.OR, token.OR: token.AND, token.SHL: token.SHR, token.SHR: token.SHL,
}

// sources returns a package's files.
func sources(folder string) (map[string][]byte, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	all := map[string][]byte{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if all[name], err = os.ReadFile(name); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// mutate lists the mutants of a file, in the order of their places. It skips init, and
// functions with unnamed receivers or parameters.
func mutate(name string, source []byte) (all []mutant, err error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	named := map[string]int{}
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil || fn.Name.Name == "String" {
			continue // a String method is not part of a model's behavior
		}
		of := functionOf(fn, func(from, to token.Pos) string { return string(source[at(from):at(to)]) })
		if of == nil {
			continue
		}
		of.brace = at(fn.Body.Lbrace)
		change := func(from, to token.Pos, by, what string) {
			body := string(source[at(fn.Body.Pos()):at(from)]) + by + string(source[at(to):at(fn.Body.End())])
			m := mutant{file: name, function: fn.Name.Name, what: what, line: fset.Position(from).Line, of: of, body: body}
			named[m.String()]++
			m.nth = named[m.String()]
			all = append(all, m)
		}
		text := func(n ast.Node) string {
			s := strings.Join(strings.Fields(string(source[at(n.Pos()):at(n.End())])), " ")
			return s[:min(len(s), 100)]
		}
		var around []ast.Node
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			if n == nil {
				around = around[:len(around)-1]
				return true
			}
			in := ast.Node(fn.Body)
			if len(around) > 0 {
				in = around[len(around)-1]
			}
			switch n := n.(type) {
			case *ast.BinaryExpr:
				if by, ok := others[n.Op]; ok {
					change(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), by.String(), fmt.Sprintf("%s in %q becomes %s", n.Op, text(n), by))
				}
			case *ast.BasicLit:
				if v, err := strconv.ParseInt(n.Value, 0, 32); n.Kind == token.INT && err == nil {
					change(n.Pos(), n.End(), strconv.FormatInt(v+1, 10), fmt.Sprintf("%s in %q becomes %d", n.Value, text(in), v+1))
				}
			case *ast.IfStmt:
				change(n.Cond.Pos(), n.Cond.End(), "!("+string(source[at(n.Cond.Pos()):at(n.Cond.End())])+")", fmt.Sprintf("if %s is turned round", text(n.Cond)))
			case *ast.ExprStmt:
				change(n.Pos(), n.End(), "", fmt.Sprintf("%q is left out", text(n)))
			case *ast.IncDecStmt:
				change(n.Pos(), n.End(), "", fmt.Sprintf("%q is left out", text(n)))
			case *ast.AssignStmt:
				if n.Tok != token.DEFINE {
					change(n.Pos(), n.End(), "", fmt.Sprintf("%q is left out", text(n)))
				}
			case *ast.CallExpr:
				if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "panic" {
					return false
				}
				if s, ok := n.Fun.(*ast.SelectorExpr); ok && (s.Sel.Name == "Errorf" || strings.HasPrefix(s.Sel.Name, "Sprint")) {
					return false // the texts of messages
				}
			}
			around = append(around, n)
			return true
		})
	}
	return all, nil
}

// functionOf returns the declaration and the call of a function's mutants, nil if there
// can be none.
func functionOf(fn *ast.FuncDecl, text func(from, to token.Pos) string) *function {
	of := &function{name: fn.Name.Name}
	if fn.Recv != nil {
		names := fn.Recv.List[0].Names
		if len(names) == 0 || names[0].Name == "_" {
			return nil
		}
		of.receiver = text(fn.Recv.Pos(), fn.Recv.End())
		of.before = names[0].Name + "."
	} else if fn.Name.Name == "init" || fn.Name.Name == "main" {
		return nil
	}
	of.signature = text(fn.Name.End(), fn.Type.End())
	list := func(fields *ast.FieldList) (names []string, ok bool) {
		for _, f := range fields.List {
			if len(f.Names) == 0 {
				return nil, false
			}
			for _, id := range f.Names {
				if id.Name == "_" {
					return nil, false
				}
				name := id.Name
				if _, variadic := f.Type.(*ast.Ellipsis); variadic {
					name += "..."
				}
				names = append(names, name)
			}
		}
		return names, true
	}
	if types := fn.Type.TypeParams; types != nil {
		names, ok := list(types)
		if !ok {
			return nil
		}
		of.behind = "[" + strings.Join(names, ", ") + "]"
	}
	names, ok := list(fn.Type.Params)
	if !ok {
		return nil
	}
	of.behind += "(" + strings.Join(names, ", ") + ")"
	if fn.Type.Results != nil {
		of.call = "return "
	}
	return of
}

// with inserts the mutants of a file into it, by their numbers: each is a function of
// its own, which the original function calls if its number is selected.
func with(source []byte, mutants map[int]mutant) []byte {
	calls, ends := map[*function]string{}, ""
	for _, id := range slices.Sorted(maps.Keys(mutants)) {
		m := mutants[id]
		name := fmt.Sprintf("mutant%d%s", id, m.of.name)
		calls[m.of] += fmt.Sprintf("case %d: %s%s%s%s; ", id, m.of.call, m.of.before, name, m.of.behind)
		if m.of.call == "" {
			calls[m.of] += "return; "
		}
		ends += fmt.Sprintf("\n//line mutant%d.go:1\nfunc %s %s%s %s\n", id, m.of.receiver, name, m.of.signature, m.body)
	}
	out, last := []byte{}, 0
	for _, of := range slices.SortedFunc(maps.Keys(calls), func(a, b *function) int { return a.brace - b.brace }) {
		out = append(out, source[last:of.brace+1]...)
		out = append(out, " switch mutantOn { "+calls[of]+"}; "...)
		last = of.brace + 1
	}
	return append(append(out, source[last:]...), ends...)
}
