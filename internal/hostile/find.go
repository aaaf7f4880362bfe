package hostile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/internal/house"
)

// A Package is a public package and the functions in it that can be called.
type Package struct {
	Folder string // relative to the module's root
	Path   string
	Types  *types.Package
	Panics map[string]bool // the functions whose documentation says when they panic: "Heap.Run"
	Shares map[string]bool // functions whose results are valid only for a time
	Texts  []string        // the strings of its tests, and its scenarios
}

// listed is the output of go list for a package.
type listed struct {
	ImportPath, Name, Dir, Export      string
	GoFiles, TestGoFiles, XTestGoFiles []string
	Module                             *struct{ Path string }
}

// Public reports whether a folder holds a package for users whose functions only
// compute. Live twins act on the machine, and commands are not packages.
func Public(folder string) bool {
	floor, err := house.Floor(folder)
	return err == nil && !strings.HasPrefix(folder, "internal/") && (floor <= 2 || floor == 4)
}

// Find finds the public packages of the module in a folder.
func Find(root string) ([]Package, error) {
	cmd := exec.Command("go", "list", "-buildvcs=false", "-export", "-deps", "-json=ImportPath,Name,Dir,Export,GoFiles,TestGoFiles,XTestGoFiles,Module", "./...")
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("hostile: go list: %w\n%s", err, stderr.Bytes())
	}
	var all []listed
	exports := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := d.Decode(&l); err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("hostile: go list: %w", err)
		}
		all = append(all, l)
		exports[l.ImportPath] = l.Export
	}
	imp := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, errors.New("hostile: no export data of " + path)
		}
		return os.Open(exports[path])
	})
	var found []Package
	for _, l := range all {
		folder, ok := strings.CutPrefix(l.ImportPath, house.Module+"/")
		if !ok || l.Name == "main" || !Public(folder) {
			continue
		}
		p := Package{Folder: folder, Path: l.ImportPath}
		if p.Types, err = imp.Import(l.ImportPath); err != nil {
			return nil, fmt.Errorf("hostile: %w", err)
		}
		if err := p.read(l); err != nil {
			return nil, err
		}
		found = append(found, p)
	}
	slices.SortFunc(found, func(a, b Package) int { return strings.Compare(a.Folder, b.Folder) })
	return found, nil
}

// announced matches an announcement of a panic in a doc comment: "It panics if the name
// is malformed." An operation that panics in Go returns an error in a model.
var announced = regexp.MustCompile(`(?i)\b(it|that|\w+) panics (if|when|on|for|with)\b`)

// borrowed matches the sentence of a doc comment that says how long a result is valid.
var borrowed = regexp.MustCompile(`\bvalid\s+until\b`)

// read reads the documentation of functions, and the strings of the tests.
func (p *Package) read(l listed) error {
	p.Panics, p.Shares = map[string]bool{}, map[string]bool{}
	fset := token.NewFileSet()
	for _, name := range l.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(l.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE && announced.MatchString(g.Doc.Text()) {
				for _, spec := range g.Specs { // common to all methods
					p.Panics[spec.(*ast.TypeSpec).Name.Name+"."] = true
				}
			}
			if fn, ok := d.(*ast.FuncDecl); ok {
				p.Panics[declared(fn)] = p.Panics[declared(fn)] || announced.MatchString(fn.Doc.Text())
				p.Shares[declared(fn)] = borrowed.MatchString(fn.Doc.Text())
			}
		}
	}
	seen := map[string]bool{}
	add := func(s string) {
		if !seen[s] && len(s) < 4<<10 && len(p.Texts) < 500 {
			seen[s] = true
			p.Texts = append(p.Texts, s)
		}
	}
	for _, name := range append(slices.Clone(l.TestGoFiles), l.XTestGoFiles...) {
		f, err := parser.ParseFile(fset, filepath.Join(l.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil {
					add(s)
				}
			}
			return true
		})
	}
	scenarios, err := filepath.Glob(filepath.Join(l.Dir, "testdata", "*.txt"))
	if err != nil {
		return err
	}
	for _, name := range scenarios {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		add(string(text))
	}
	return nil
}

// declared returns the name of a function, or of a method in the form "Heap.Run".
func declared(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return fn.Name.Name
	}
	t := fn.Recv.List[0].Type
	if s, ok := t.(*ast.StarExpr); ok {
		t = s.X
	}
	switch x := t.(type) {
	case *ast.IndexExpr:
		t = x.X
	case *ast.IndexListExpr:
		t = x.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name + "." + fn.Name.Name
	}
	return fn.Name.Name
}
