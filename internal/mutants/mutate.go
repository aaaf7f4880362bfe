package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A mutant is a file with one place changed.
type mutant struct {
	file, function, what string
	source               []byte
}

// String names the mutant without a line number, which would not last.
func (m mutant) String() string {
	return fmt.Sprintf("%s, %s: %s", filepath.ToSlash(m.file), m.function, m.what)
}

// others are the operators that stand for each.
var others = map[token.Token]token.Token{
	token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL, token.REM: token.MUL,
	token.EQL: token.NEQ, token.NEQ: token.EQL, token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.LAND: token.LOR, token.LOR: token.LAND, token.AND: token.OR, token.OR: token.AND, token.SHL: token.SHR, token.SHR: token.SHL,
}

// find lists the mutants of a package's files.
func find(folder string) (all []mutant, err error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		some, err := mutate(name, source)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// mutate lists the mutants of a file, in the order of their places.
func mutate(name string, source []byte) (all []mutant, err error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil || fn.Name.Name == "String" {
			continue // what is only said is not what a model is about
		}
		change := func(from, to token.Pos, by, what string) {
			out := append(append(append([]byte{}, source[:at(from)]...), by...), source[at(to):]...)
			all = append(all, mutant{name, fn.Name.Name, what, out})
		}
		text := func(n ast.Node) string {
			s := strings.Join(strings.Fields(string(source[at(n.Pos()):at(n.End())])), " ")
			return s[:min(len(s), 100)]
		}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				if by, ok := others[n.Op]; ok {
					change(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), by.String(), fmt.Sprintf("%s in %q becomes %s", n.Op, text(n), by))
				}
			case *ast.BasicLit:
				if v, err := strconv.ParseInt(n.Value, 0, 32); n.Kind == token.INT && err == nil {
					change(n.Pos(), n.End(), strconv.FormatInt(v+1, 10), fmt.Sprintf("%s becomes %d", n.Value, v+1))
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
					return false // the words of messages
				}
			}
			return true
		})
	}
	return all, nil
}
