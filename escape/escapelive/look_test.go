package escapelive

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/escape"
	"github.com/orrery-go/orrery/release"
)

// TestSecondLook compares programs that were written without looking at the model.
func TestSecondLook(t *testing.T) {
	// The compiler does not keep columns from 255 on. Columns of p are 10 more than the
	// number of blanks.
	var far strings.Builder
	far.WriteString("package far\n\nvar G any\n\n")
	for _, n := range []int{244, 245, 246, 300} {
		fmt.Fprintf(&far, "func%sf%d(p *int) { x := 1; G = &x }\n", strings.Repeat(" ", n), n)
	}
	far.WriteString("//line far.go:100\nfunc g(p *int) { x := 1; G = &x }\n//line far.go:200:7\nfunc h(p *int) { x := 1; G = &x }\n")
	far.WriteString("//line :300\nfunc i(p *int) { x := 1; G = &x }\n//line :400:9\nfunc j(p *int) { x := 1; G = &x }\n//line b.go:500\nfunc k(p *int) { x := 1; G = &x }\n/*line :600:2*/func l(p *int) { x := 1; G = &x }\n")
	fmt.Fprintf(&far, "//line far.go:700\nfunc deep(n int) { G = make(%sint, n) }\n", strings.Repeat("[]", 250))
	for _, s := range []Source{
		{Name: "far", Text: far.String()},
		{Name: "local", Text: localSource},
		{Name: "dicts", Text: dictsSource},
		{Name: "rare", Text: rareSource},
		{Name: "reflect", Text: reflectSource},
		{Name: "deep", Text: deepSource},
		{Name: "odd", Text: oddSource},
		{Name: "heads", Text: headsSource},
		{Name: "leave", Text: leaveSource},
		{Name: "words", Text: wordsSource},
		{Name: "args", Text: argsSource},
		{Name: "locals", Text: localsSource},
		{Name: "tail", Text: tailSource},
		{Name: "core", Text: coreSource},
		{Name: "gaps", Text: gapsSource},
		{Name: "ends", Text: endsSource},
		{Name: "dead", Text: deadSource},
		{Name: "more", Text: moreSource},
		{Name: "bodies", Text: bodiesSource},
		{Name: "corners", Text: cornersSource},
		{Name: "aliases", Text: aliasesSource},
		{Name: "unreached", Text: unreachedSource},
		{Name: "through", Text: throughSource},
		{Name: "callees", Text: calleesSource},
		{Name: "loops", Text: resultLoopsSource},
		{Name: "shapes", Text: passedShapesSource},
		{Name: "pragmas", Text: pragmasSource},
		{Name: "wide", Text: wideSource},
		{Name: "a\x7fb.c%d é~\"", Text: pathSource},
	} {
		lines, err := Compile(t.Context(), release.Running, s.Name, s.Text)
		if err != nil {
			t.Fatal(err)
		}
		if len(lines) < 7 {
			t.Errorf("%s: only %d messages", s.Name, len(lines))
		}
		r := model(t, s, escape.Config{Release: release.Running, Explain: true})
		report(t, release.Running, s, lines, r)
		for _, d := range r.Diagnostics {
			l := Lines(&escape.Result{Diagnostics: []escape.Diagnostic{d}})[0]
			if d.String() != strings.Replace(l.String(), ":0: ", ": ", 1) {
				t.Errorf("%q is not the line %+v", d, d)
			}
		}
	}
}

// TestNotes: the steps of Explain are where the compiler sees them, in its words. What an
// initialiser is assigned to has a name of the linker there, which the model does not have.
func TestNotes(t *testing.T) {
	steps := 0
	for _, s := range slices.Concat(Sources, []Source{
		{Name: "notes", Text: notesSource},
		{Name: "deep", Text: deepSource},
		{Name: "odd", Text: oddSource},
		{Name: "heads", Text: headsSource},
		{Name: "leave", Text: leaveSource},
		{Name: "args", Text: argsSource},
		{Name: "locals", Text: localsSource},
		{Name: "tail", Text: tailSource},
		{Name: "core", Text: coreSource},
		{Name: "gaps", Text: gapsSource},
		{Name: "ends", Text: endsSource},
		{Name: "dead", Text: deadSource},
		{Name: "more", Text: moreSource},
		{Name: "bodies", Text: bodiesSource},
		{Name: "corners", Text: cornersSource},
		{Name: "unreached", Text: unreachedSource},
		{Name: "callees", Text: calleesSource},
		{Name: "loops", Text: resultLoopsSource},
		{Name: "shapes", Text: passedShapesSource},
	}) {
		if s.Since != "" && !s.In(release.Running) {
			continue
		}
		out, err := compile(t.Context(), release.Running, s.Name, s.Text, "-m=2")
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]bool{}
		for _, m := range step.FindAllStringSubmatch(out, -1) {
			if m[2] == "" {
				m[2] = "0:0" // at <unknown line number>
			}
			want[m[2]+": "+m[1]] = true
		}
		for _, d := range model(t, s, escape.Config{Release: release.Running, Explain: true}).Diagnostics {
			for _, f := range d.Why {
				for _, n := range f.Notes {
					if d.Function == "init" && n.Why == "assign" {
						continue
					}
					if n := fmt.Sprintf("%d:%d: %s (%s)", n.Line, n.Column, n.Text, n.Why); !want[n] {
						t.Errorf("%s: the compiler does not say %s", s.Name, n)
					}
					steps++
				}
			}
		}
	}
	if steps < 2000 {
		t.Errorf("only %d steps", steps)
	}
}

var step = regexp.MustCompile(`(?m)^\S+:\s+from (.*) at (?:\S*?:(\d+:\d+)|<unknown line number>)$`)

// TestOtherPackage compares instances of functions of another package: their variables,
// the dictionary among them, are written with its name.
func TestOtherPackage(t *testing.T) {
	const source = "package b\n\nimport \"a\"\n\nvar _ = a.New[string]\nvar G = a.New(1).Text()\n\nfunc f(s *a.S[int], p *int) {\n\tG = []byte(a.ID(\"x\"))\n\tG = a.ID(p)\n\ts.Cut()\n\ta.Sink(G, s.Get, a.S[string].Len)\n\tG = a.Plain(*p)\n\tG = a.Count\n\th := a.Plain\n\tG = h(a.Count)\n}\n"
	dir := t.TempDir()
	if _, err := compileIn(t.Context(), dir, release.Running, "a", otherSource); err != nil {
		t.Fatal(err)
	}
	imports := filepath.Join(dir, "imports")
	if err := os.WriteFile(imports, []byte("packagefile a="+filepath.Join(dir, "a.o")+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	lines, err := compileIn(t.Context(), dir, release.Running, "b", source, "-importcfg", imports)
	if err != nil {
		t.Fatal(err)
	}
	l := &Loader{}
	if _, err := l.Source("a", map[string]string{"a.go": otherSource}); err != nil {
		t.Fatal(err)
	}
	p, err := l.Source("b", map[string]string{"b.go": source})
	if err != nil {
		t.Fatal(err)
	}
	r, err := escape.Analyze(*p, escape.Config{Release: release.Running, Import: l.Package})
	if err != nil {
		t.Fatal(err)
	}
	if len(Parse(lines)) < 20 {
		t.Errorf("only these messages:\n%s", lines)
	}
	report(t, release.Running, Source{}, Parse(lines), r)
}

// TestLoopsOfVersions: a file's own version says whether its loops share their variables,
// or the package's; so it is where the type checker was not asked for the versions of files.
func TestLoopsOfVersions(t *testing.T) {
	const text = "package p\n\nfunc f() int {\n\tvar p *int\n\tfor i := 0; i < 3; i++ {\n\t\tif p == nil {\n\t\t\tp = &i\n\t\t}\n\t}\n\treturn *p\n}\n"
	moved := 0
	for _, lang := range []string{"go1.21", "go1.22"} {
		for _, first := range []string{"", "//go:build go1.21\n\n", "//go:build go1.22\n\n"} {
			lines, err := Compile(t.Context(), release.Running, "p", first+text, "-lang="+lang)
			if err != nil {
				t.Fatal(err)
			}
			l := &Loader{Fset: token.NewFileSet()}
			f, err := parser.ParseFile(l.Fset, "p.go", first+text, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			p, err := l.check("p", []*ast.File{f}, lang, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, versions := range []map[*ast.File]string{p.Info.FileVersions, nil} {
				p.Info.FileVersions = versions
				r, err := escape.Analyze(*p, escape.Config{Release: release.Running})
				if err != nil {
					t.Fatal(err)
				}
				report(t, release.Running, Source{}, lines, r)
			}
			moved += len(lines)
		}
	}
	if moved != 3 {
		t.Errorf("a variable is moved in %d of 6 packages", moved)
	}
}

// TestNotInHeap: pointers to types that are never on the heap are no pointers.
func TestNotInHeap(t *testing.T) {
	const path, source = "internal/runtime/sys", `package sys

type nih struct{}
type NotInHeap struct{ _ nih }
type First struct {
	_ NotInHeap
	n int
}
type Second struct {
	n int
	f First
}
type Deep struct{ f First }
type Own struct{ n int }

func nothing(p *nih, q *NotInHeap) (*nih, *NotInHeap) { return p, q }
func first(p *First) *First                          { return p }
func second(p *Second) *Second                       { return p }
func deep(p *Deep, q **Deep) (*Deep, **Deep)         { return p, q }
func own(p *Own) *Own                                { return p }
func list(p []*First, q []*Own) *First               { return p[0] }
func array(p *[2]First, q *[2]Own, r *[0]nih)         {}
func unnamed(p *struct{ n int; f [1]Deep }) any      { return nil }
func empty(p *struct{}) *struct{}                    { return p }
`
	out, err := compile(t.Context(), release.Running, "sys", source, "-p", path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := (&Loader{}).Source(path, map[string]string{"sys.go": source})
	if err != nil {
		t.Fatal(err)
	}
	r, err := escape.Analyze(*p, escape.Config{Release: release.Running})
	if err != nil {
		t.Fatal(err)
	}
	if len(Parse(out)) < 5 {
		t.Errorf("only these messages:\n%s", out)
	}
	report(t, release.Running, Source{}, Parse(out), r)
}

// TestNoAddresses: what would put an address into the binary is computed when the program
// starts, in packages whose memory is checked.
func TestNoAddresses(t *testing.T) {
	const source = `package fips

type S struct{ a, b int }
type T struct {
	s string
	p *int
	i any
}
type I interface{ M() }

func (s *S) M() {}
func F() *int { return nil }

var x int
var p = &x
var q = &S{1, 2}
var s = "abc"
var e = ""
var l = []int{1, 2}
var a = [2]int{1, 2}
var t = T{"a", nil, nil}
var u = T{"", &x, 3}
var f = F
var m = (*S).M
var c = func() int { return 1 }
var i I = &S{}
var j any = 5
var k any = S{1, 2}
var b = []byte("abc")
var n = map[string]int{"a": 1}
var y = x
var z = [2]*S{{1, 2}, nil}
var w = []any{1, "a", &x}
var v = struct{ s []string }{[]string{"a"}}
var o error
var r = new(int)
var _ = &S{}
var _ I = (*S)(nil)
var g = 'x'
var h = any(6)
var d I = I(&S{})
`
	for path, least := range map[string]int{"crypto/internal/fips140/fips": 16, "crypto/internal/fips140": 16, "crypto/internal/fips1402": 2, "fips140/a": 2} {
		out, err := compile(t.Context(), release.Running, "fips", source, "-p", path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := (&Loader{}).Source(path, map[string]string{"fips.go": source})
		if err != nil {
			t.Fatal(err)
		}
		r, err := escape.Analyze(*p, escape.Config{Release: release.Running})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(Parse(out)); n < least {
			t.Errorf("%s: only %d messages, want %d:\n%s", path, n, least, out)
		}
		report(t, release.Running, Source{}, Parse(out), r)
		if out, err = compile(t.Context(), release.Running, "fips", source, "-p", path, "-m=2"); err != nil {
			t.Fatal(err)
		}
		want := map[string]bool{}
		for _, m := range step.FindAllStringSubmatch(out, -1) {
			want[m[2]+": "+m[1]] = true
		}
		if r, err = escape.Analyze(*p, escape.Config{Release: release.Running, Explain: true}); err != nil {
			t.Fatal(err)
		}
		for _, d := range r.Diagnostics {
			for _, f := range d.Why {
				for _, n := range f.Notes {
					if n := fmt.Sprintf("%d:%d: %s (%s)", n.Line, n.Column, n.Text, n.Why); !strings.HasSuffix(n, "(assign)") && !want[n] {
						t.Errorf("%s: the compiler does not say %s", path, n)
					}
				}
			}
		}
	}
}
