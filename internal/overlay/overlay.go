// Package overlay builds programs with a runtime that takes notes. It edits the source of
// package runtime in GOROOT as it builds, at named functions, and gives the result to go
// build -overlay; nothing of Go's source is kept here. The notes say what neither a program
// nor an execution trace sees: which queue a goroutine was taken from and how many moved
// with it, the goroutines that wait for a semaphore, the set from which a span comes, what
// the write barrier puts into its buffer.
//
// There is one such runtime, with all [Kind]s of notes; [Start] builds a program with it,
// and the program asks for the kinds that it wants (package noted, in a folder of this one).
// A live twin compares them with its model. The folder notes has what is added to the
// runtime; sched.go and its like say where it is called.
//
// It knows the sources of the supported releases, 1.26 and 1.27. [Write] returns an error
// that names the function if one is not there, or no longer looks as it did.
package overlay

import (
	"embed"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed notes
var notes embed.FS

// Write edits package runtime of goroot, writes the result to dir, and returns the file
// for the flag -overlay of go build. It returns an error that names the function if one
// that it edits is missing or differs from the releases that it knows.
func Write(goroot, dir string) (string, error) {
	replace := map[string]string{}
	put := func(name, text string) error {
		to := filepath.Join(dir, name)
		replace[filepath.Join(goroot, "src", "runtime", name)] = to
		return os.WriteFile(to, []byte(text), 0o666)
	}
	for _, name := range files() {
		src, err := os.ReadFile(filepath.Join(goroot, "src", "runtime", name))
		if err != nil {
			return "", fmt.Errorf("overlay: %w", err)
		}
		text, err := edit(name, src)
		if err != nil {
			return "", err
		}
		if err := put(name, text); err != nil {
			return "", err
		}
	}
	entries, err := notes.ReadDir("notes")
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		text, err := notes.ReadFile("notes/" + e.Name())
		if err != nil {
			return "", err
		}
		if err := put("orrery_"+strings.TrimSuffix(e.Name(), ".txt")+".go", string(text)); err != nil {
			return "", err
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	out := filepath.Join(dir, "overlay.json")
	return out, os.WriteFile(out, text, 0o666)
}

// files returns the names of the runtime's files that are edited.
func files() []string {
	var names []string
	for _, r := range rules {
		if !slices.Contains(names, r.file) {
			names = append(names, r.file)
		}
	}
	return names
}

// A function is a function of the runtime that is edited.
type function struct {
	*ast.FuncDecl
	src   []byte
	fset  *token.FileSet
	edits []insertion
}

type insertion struct {
	at   int // offset in bytes
	text string
}

// edit applies all rules for a file.
func edit(name string, src []byte) (string, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return "", fmt.Errorf("overlay: %w", err)
	}
	var all []insertion
	for _, r := range rules {
		if r.file != name {
			continue
		}
		i := slices.IndexFunc(file.Decls, func(d ast.Decl) bool {
			f, ok := d.(*ast.FuncDecl)
			return ok && f.Body != nil && nameOf(f) == r.function
		})
		if i < 0 {
			return "", fmt.Errorf("overlay: runtime/%s has no function %s: a release that is not known", name, r.function)
		}
		f := &function{FuncDecl: file.Decls[i].(*ast.FuncDecl), src: src, fset: fset}
		if err := r.edit(f); err != nil {
			return "", fmt.Errorf("overlay: runtime/%s:%s is not as in the releases that are known: %w", name, r.function, err)
		}
		if len(f.edits) == 0 {
			return "", fmt.Errorf("overlay: runtime/%s:%s is not as in the releases that are known", name, r.function)
		}
		all = append(all, f.edits...)
	}
	slices.SortStableFunc(all, func(a, b insertion) int { return a.at - b.at })
	var out strings.Builder
	from := 0
	for _, e := range all {
		out.Write(src[from:e.at])
		out.WriteString(e.text)
		from = e.at
	}
	out.Write(src[from:])
	return out.String(), nil
}

// nameOf returns the name of a function, with its receiver type: timers.check.
func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) != 1 {
		return f.Name.Name
	}
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name + "." + f.Name.Name
	}
	return f.Name.Name
}

func (f *function) text(n ast.Node) string {
	return string(f.src[f.offset(n.Pos()):f.offset(n.End())])
}

func (f *function) offset(p token.Pos) int { return f.fset.Position(p).Offset }

// before inserts a statement before another.
func (f *function) before(n ast.Node, statement string) {
	f.edits = append(f.edits, insertion{f.offset(n.Pos()), statement + "\n"})
}

// statements calls visit for every statement in a list, with the statements before it in
// the enclosing blocks, from the outermost on, and the headers of the ifs around it.
func (f *function) statements(visit func(s ast.Stmt, before []ast.Node)) {
	var list func(stmts []ast.Stmt, before []ast.Node)
	var inner func(n ast.Node, before []ast.Node)
	inner = func(n ast.Node, before []ast.Node) {
		switch n := n.(type) {
		case *ast.BlockStmt:
			list(n.List, before)
		case *ast.IfStmt:
			head := before
			if n.Init != nil {
				head = append(slices.Clone(before), n.Init)
			}
			head = append(slices.Clone(head), n.Cond)
			list(n.Body.List, head)
			if n.Else != nil {
				inner(n.Else, head)
			}
		case *ast.ForStmt:
			list(n.Body.List, before)
		case *ast.RangeStmt:
			list(n.Body.List, before)
		case *ast.LabeledStmt:
			inner(n.Stmt, before)
		default: // closures
			ast.Inspect(n, func(n ast.Node) bool {
				if lit, ok := n.(*ast.FuncLit); ok {
					list(lit.Body.List, before)
					return false
				}
				return true
			})
		}
	}
	list = func(stmts []ast.Stmt, before []ast.Node) {
		seen := slices.Clone(before)
		for _, s := range stmts {
			visit(s, seen)
			inner(s, seen)
			seen = append(seen, s)
		}
	}
	list(f.Body.List, nil)
}

// callOf returns the function that a statement calls, as written: trace.GoStart.
func (f *function) callOf(s ast.Stmt) string {
	e, ok := s.(*ast.ExprStmt)
	if !ok {
		return ""
	}
	call, ok := e.X.(*ast.CallExpr)
	if !ok {
		return ""
	}
	return f.text(call.Fun)
}

// calls reports whether a node calls a function of that name, as written.
func (f *function) calls(n ast.Node, name string) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && f.text(call.Fun) == name {
			found = true
		}
		return !found
	})
	return found
}
