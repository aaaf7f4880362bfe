package house

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/version"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// TestFidelity checks every model's table: its form, and that the tests and places that
// it names exist. Places in the running release are looked up if it is the pinned one;
// those in other releases in the full run.
func TestFidelity(t *testing.T) {
	tests := testFuncs(t)
	pinned := version.Lang(runtime.Version()) == Pinned
	full := os.Getenv("ORRERY_FULL") != ""
	cited, looked := 0, 0
	roots := goroots{}
	for _, m := range built(t) {
		if m == "program" { // only data, without rules of its own
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, m, "fidelity.md"))
		if err != nil {
			t.Error(err)
			continue
		}
		rules, err := ParseFidelity(string(text))
		if err != nil {
			t.Errorf("%s/fidelity.md: %v", m, err)
			continue
		}
		for _, r := range rules {
			for _, name := range r.Tests {
				if !tests[name] {
					t.Errorf("%s/fidelity.md:%d: there is no %s", m, r.Line, name)
				}
			}
			for _, s := range r.Model {
				if err := inModel(m, s); err != nil {
					t.Errorf("%s/fidelity.md:%d: %v", m, r.Line, err)
				}
			}
			for _, s := range r.Sources {
				cited++
				if s.Release == "" && !pinned || s.Release != "" && !full || !inGo(s) {
					continue
				}
				looked++
				if err := roots.find(t.Context(), s); err != nil {
					t.Errorf("%s/fidelity.md:%d: %v", m, r.Line, err)
				}
			}
		}
	}
	t.Logf("%d places cited, %d looked up (those of %s on that release; of others when ORRERY_FULL is set)", cited, looked, Pinned)
}

// inModel returns an error if the function of the model does not exist.
func inModel(model string, s Source) error {
	data, err := os.ReadFile(filepath.Join(root, model, filepath.FromSlash(s.File)))
	if err != nil {
		return err
	}
	syntax, err := parser.ParseFile(token.NewFileSet(), s.File, data, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	if name := s.Name[strings.LastIndex(s.Name, ".")+1:]; !declares(syntax, name) {
		return fmt.Errorf("%s declares no %s", s.File, name)
	}
	return nil
}

// inGo reports whether the source is Go's, rather than the kernel's.
func inGo(s Source) bool {
	return s.Release != "" || strings.HasSuffix(s.File, ".go") || strings.HasSuffix(s.File, ".s")
}

// testFuncs returns the tests of the module as "alloclive.TestGolden".
func testFuncs(t *testing.T) map[string]bool {
	out := map[string]bool{}
	for _, f := range files(t) {
		if !f.isTest() {
			continue
		}
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				out[strings.TrimSuffix(f.syntax.Name.Name, "_test")+"."+fn.Name.Name] = true
			}
		}
	}
	return out
}

// goroots holds the folders of the releases that were looked up.
type goroots map[string]string

// find looks up the place in the source of its release.
func (g goroots) find(ctx context.Context, s Source) error {
	rel := s.Release
	if rel == "" {
		rel = release.Running
	}
	goroot, ok := g[rel]
	if !ok {
		var err error
		if goroot, err = toolchain.Root(ctx, rel); err != nil {
			return err
		}
		g[rel] = goroot
	}
	data, err := os.ReadFile(filepath.Join(goroot, "src", filepath.FromSlash(s.File)))
	if err != nil {
		return fmt.Errorf("%s: %w", s, err)
	}
	name := s.Name[strings.LastIndex(s.Name, ".")+1:] // of (*mheap).alloc
	if !strings.HasSuffix(s.File, ".go") {
		if !regexp.MustCompile(regexp.QuoteMeta(name) + `\b`).Match(data) {
			return fmt.Errorf("%s: not in the file", s)
		}
		return nil
	}
	syntax, err := parser.ParseFile(token.NewFileSet(), s.File, data, parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("%s: %w", s, err)
	}
	if !declares(syntax, name) {
		return fmt.Errorf("%s: the file declares no %s", s, name)
	}
	return nil
}

func declares(f *ast.File, name string) (found bool) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			found = found || d.Name.Name == name
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					found = found || spec.Name.Name == name
				case *ast.ValueSpec:
					for _, n := range spec.Names {
						found = found || n.Name == name
					}
				}
			}
		}
	}
	return found
}

func TestParseFidelity(t *testing.T) {
	const head = "# x\n\n| rule | status | releases | source | shown by |\n|---|---|---|---|---|\n"
	const newHead = "# x\n\n| id | rule | status | releases | source | model | shown by |\n|---|---|---|---|---|---|---|\n"
	good := head + "| a | observed | 1.2- | `runtime/msize.go:roundupsize` `go1.7.6 runtime/msize.go:initSizes` | alloclive.TestGolden, alloclive.TestSizes |\n" +
		"| b | read | 1.2- | `fs/eventpoll.c:ep_poll` | |\n| c | omitted | | | because |\n"
	rules, err := ParseFidelity(good)
	if err != nil || len(rules) != 3 || len(rules[0].Tests) != 2 || rules[0].Sources[1].Release != "go1.7.6" {
		t.Errorf("got %+v, %v", rules, err)
	}
	for _, row := range []string{
		"| a | seen | 1.2- | | x.TestY |",
		"| a | observed | 1.2- | `runtime/msize.go:roundupsize` | |",
		"| a | observed | 1.2- | `runtime/msize.go:roundupsize` | by eye |",
		"| a | observed | 1.2- | `msize` | x.TestY |",
		"| a | read | 1.2- | | |",
		"| a | omitted | | | |",
		"| a | observed | 1.2- | x.TestY |",
	} {
		if _, err := ParseFidelity(head + row + "\n"); err == nil {
			t.Errorf("accepted: %s", row)
		}
	}
	row := "| run-next | a | observed | 1.5- | `runtime/proc.go:runqput` | `queue.go:(*p).put` | x.TestY |\n"
	if rules, err = ParseFidelity(newHead + row); err != nil || rules[0].ID != "run-next" || rules[0].Model[0].Name != "(*p).put" || rules[0].Tests[0] != "x.TestY" {
		t.Errorf("got %+v, %v", rules, err)
	}
	for _, bad := range []string{
		row + row,
		"| Run next | a | observed | 1.5- | | `queue.go:put` | x.TestY |\n",
		"| run-next | a | observed | 1.5- | | | x.TestY |\n",
		"| run-next | a | observed | 1.5- | | `put` | x.TestY |\n",
	} {
		if _, err := ParseFidelity(newHead + bad); err == nil {
			t.Errorf("accepted: %s", bad)
		}
	}
	if _, err := ParseFidelity("# x\n"); err == nil {
		t.Error("a file without a table is accepted")
	}
}

func TestFind(t *testing.T) {
	if version.Lang(runtime.Version()) != Pinned {
		t.Skipf("cites %s, runs on %s", Pinned, runtime.Version())
	}
	for _, s := range []Source{{"", "runtime/slice.go", "growslice"}, {"", "runtime/mheap.go", "(*mheap).alloc"}, {"", "runtime/chan.go", "hchan"}} {
		if err := (goroots{}).find(t.Context(), s); err != nil {
			t.Error(err)
		}
	}
	for _, s := range []Source{{"", "runtime/slice.go", "shrinkslice"}, {"", "runtime/slices.go", "growslice"}} {
		if err := (goroots{}).find(t.Context(), s); err == nil {
			t.Errorf("found %s", s)
		}
	}
}
