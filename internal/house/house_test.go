package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// A file is one Go file of the module, parsed.
type file struct {
	name   string // relative to the module's root
	folder string
	syntax *ast.File
	fset   *token.FileSet
}

func (f file) isTest() bool { return strings.HasSuffix(f.name, "_test.go") }

func (f file) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", f.name, f.fset.Position(n.Pos()).Line)
}

// files parses every Go file of the root module, without testdata.
func files(t *testing.T) []file {
	t.Helper()
	var all []file
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(strings.TrimPrefix(p, filepath.FromSlash(root)), string(filepath.Separator)))
		if d.IsDir() {
			_, nested := os.Stat(filepath.Join(p, "go.mod"))
			if d.Name() == "testdata" || rel != "" && (strings.HasPrefix(d.Name(), ".") || nested == nil) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") {
			return nil
		}
		fset := token.NewFileSet()
		syntax, err := parser.ParseFile(fset, p, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		all = append(all, file{rel, path.Dir(rel), syntax, fset})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("found only %d files: the walk is broken", len(all))
	}
	return all
}

func (f file) imports() []string {
	var out []string
	for _, spec := range f.syntax.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		out = append(out, p)
	}
	return out
}

// TestFloors checks every import of every file: it must go down, or to one of the few
// external modules. Tests may also import packages above them.
func TestFloors(t *testing.T) {
	for _, f := range files(t) {
		if _, err := Floor(f.folder); err != nil {
			t.Errorf("%s: %v", f.name, err)
			continue
		}
		for _, p := range f.imports() {
			if err := checkImport(f.folder, p, f.isTest()); err != nil {
				t.Errorf("%s: %v", f.name, err)
			}
		}
	}
}

func checkImport(folder, importPath string, test bool) error {
	if other, ok := strings.CutPrefix(importPath, Module+"/"); ok {
		if test {
			return nil
		}
		return MayImport(folder, other)
	}
	if host, _, _ := strings.Cut(importPath, "/"); !strings.Contains(host, ".") {
		return nil // the standard library
	}
	for _, m := range external {
		if importPath == m || strings.HasPrefix(importPath, m+"/") {
			if floor, _ := Floor(folder); floor == 1 && !test {
				return fmt.Errorf("house: the model %s imports %s: models use the standard library alone", folder, importPath)
			}
			return nil
		}
	}
	return fmt.Errorf("house: %s is not one of the modules that may be used", importPath)
}

// TestPure checks that a model has no clock, lock, goroutine, random source,
// I/O or initialisation of its own.
func TestPure(t *testing.T) {
	checked := 0
	for _, f := range files(t) {
		if floor, err := Floor(f.folder); err != nil || floor != 1 || f.isTest() {
			continue
		}
		checked++
		for _, complaint := range impurities(f) {
			t.Error(complaint)
		}
	}
	if checked == 0 {
		t.Error("no model found")
	}
}

func impurities(f file) (complaints []string) {
	names := map[string]string{} // of imported packages
	for _, spec := range f.syntax.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		if forbidden(p, impure) {
			complaints = append(complaints, f.at(spec)+": a model imports "+p)
		}
		base := path.Base(p)
		if p == "math/rand/v2" {
			base = "rand"
		}
		if spec.Name != nil {
			base = spec.Name.Name
		}
		names[base] = p
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			complaints = append(complaints, f.at(n)+": a model starts a goroutine")
		case *ast.FuncDecl:
			if n.Name.Name == "init" && n.Recv == nil {
				complaints = append(complaints, f.at(n)+": a model has an init function")
			}
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && impureCall(names[x.Name], n.Sel.Name) {
				complaints = append(complaints, f.at(n)+": a model uses "+names[x.Name]+"."+n.Sel.Name)
			}
		}
		return true
	})
	return complaints
}

// built returns the existing models.
func built(t *testing.T) []string {
	var out []string
	for name := range models {
		if _, err := os.Stat(filepath.Join(root, name)); err == nil {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	if len(out) == 0 {
		t.Fatal("no model found")
	}
	return out
}

// TestFolders checks that a model's folder looks like every other one, and that
// the README names it.
func TestFolders(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range built(t) {
		want := []string{"doc.go", "fidelity.md", "example_test.go", "model_test.go", "fuzz_test.go", "bench_test.go"}
		switch m {
		case "program": // only data, without rules of its own
			continue
		case "textbook": // of no release: nothing of Go's to hold it against
			want = []string{"doc.go", "fidelity.md"}
		case "explore": // it is compared with another model checker
		case "sched": // it is compared in bench
		default:
			want = append(want, m+"live/"+m+"live.go", m+"live/"+m+"live_test.go")
		}
		for _, name := range want {
			if _, err := os.Stat(filepath.Join(root, m, filepath.FromSlash(name))); err != nil {
				t.Errorf("%s has no %s", m, name)
			}
		}
		if !strings.Contains(string(readme), "`"+m+"`") {
			t.Errorf("the README does not name `%s`", m)
		}
	}
}

// TestTestdataIsSmall keeps clones fast.
func TestTestdataIsSmall(t *testing.T) {
	const limit = 3 << 20
	total := int64(0)
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains(strings.Split(filepath.ToSlash(p), "/"), "testdata") {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		total += fi.Size()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", total)
	if total == 0 || total > limit {
		t.Errorf("all testdata together has %d bytes, want at most %d", total, limit)
	}
}

// TestTheHouseCanFail plants the faults that the other tests look for.
func TestTheHouseCanFail(t *testing.T) {
	for _, tt := range []struct {
		folder, imports string
		ok              bool
	}{
		{"slicegrow", Module + "/alloc", true},
		{"sched", Module + "/chanq", true},
		{"sched/timers/timerslive", Module + "/program", true},
		{"alloc", Module + "/release", true},
		{"alloc", Module + "/crash", true},
		{"bench", Module + "/sched", true},
		{"alloc/alloclive", Module + "/alloc", true},
		{"alloc/alloclive", Module + "/internal/golden", true},
		{"claims", Module + "/layout/layoutlive", true},
		{"alloc/alloclive/child", Module + "/internal/child", true},
		{"alloc/alloclive/child", Module + "/alloc", true},
		{"locks/rtmutex/rtmutexlive/child", Module + "/internal/child", true},
		{"draw", Module + "/layout", true},
		{"internal/golden", "github.com/google/go-cmp/cmp", true},
		{"alloc", Module + "/slicegrow", false},
		{"alloc", Module + "/internal/toolchain", false},
		{"alloc", Module + "/explore", false},
		{"alloc", Module + "/alloc/alloclive", false},
		{"alloc", "golang.org/x/sys/unix", false},
		{"alloc/alloclive", Module + "/layout", false},
		{"draw", Module + "/script", false},
		{"draw", Module + "/claims", false},
		{"internal/golden", Module + "/alloc", false},
		{"examples/verify", "github.com/spf13/cobra", false},
		{"toys", Module + "/alloc", false},
	} {
		err := checkImport(tt.folder, tt.imports, false)
		if (err == nil) != tt.ok {
			t.Errorf("%s imports %s: %v", tt.folder, tt.imports, err)
		}
	}

	for _, src := range []string{
		`import "sync"`, `import "os/exec"`, `import "net/http"`, `import "unsafe"`,
		`func f() { go f() }`, `func init() {}`,
		`import "time"; var x = time.Now()`, `import t "time"; var x = t.Sleep`,
		`import "math/rand/v2"; var x = rand.IntN(3)`,
	} {
		if got := impurities(parse(t, src)); len(got) != 1 {
			t.Errorf("%s: complaints %q, want one", src, got)
		}
	}
	clean := `import ("time"; "math/rand/v2"); var d time.Duration; var r = rand.New(rand.NewPCG(1, 2))`
	if got := impurities(parse(t, clean)); len(got) != 0 {
		t.Errorf("%s: %q", clean, got)
	}
}

func parse(t *testing.T, src string) file {
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, "m.go", "package m; "+src, 0)
	if err != nil {
		t.Fatal(err)
	}
	return file{"m.go", "alloc", syntax, fset}
}
