package escape_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/escape"
	"github.com/orrery-go/orrery/escape/escapelive"
)

// check type-checks one file that imports nothing but unsafe.
func check(t testing.TB, name, src string) escape.Package {
	t.Helper()
	p, err := checkErr(name, src)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// importing type-checks a file that imports one package.
func importing(t testing.TB, q *types.Package, src string) escape.Package {
	t.Helper()
	p, err := checkWith("x.go", src, onlyOne{q})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

type onlyOne struct{ p *types.Package }

func (k onlyOne) Import(string) (*types.Package, error) { return k.p, nil }

func checkErr(name, src string) (escape.Package, error) { return checkWith(name, src, onlyUnsafe{}) }

func checkWith(name, src string, by types.Importer) (escape.Package, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return escape.Package{}, err
	}
	info := escape.NewInfo()
	conf := types.Config{Importer: by, Sizes: types.SizesFor("gc", "amd64"), Error: func(error) {}}
	pkg, err := conf.Check("p", fset, []*ast.File{f}, info)
	if err != nil {
		return escape.Package{}, err
	}
	return escape.Package{Fset: fset, Files: []*ast.File{f}, Types: pkg, Info: info}, nil
}

type onlyUnsafe struct{}

func (onlyUnsafe) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	return nil, os.ErrNotExist
}

func corpusFile(t testing.TB, name string) escape.Package {
	t.Helper()
	for _, s := range escapelive.Sources {
		if s.Name == name {
			return check(t, name+".go", s.Text)
		}
	}
	t.Fatalf("no %s", name)
	return escape.Package{}
}

func texts(t testing.TB, p escape.Package, c escape.Config) []string {
	t.Helper()
	r, err := escape.Analyze(p, c)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, d := range r.Diagnostics {
		out = append(out, d.String()+" in "+d.Function)
	}
	slices.Sort(out)
	return out
}

// TestRules turns each rule off and checks that the result for its function in the
// corpus changes: so every rule has an effect, and the corpus covers it.
func TestRules(t *testing.T) {
	table := map[string]string{
		"nested-dictionaries":       "both",
		"sub-dictionary":            "copies",
		"capacity-only":             "is37975",
		"heap-results":              "is44614",
		"no-empty-list":             "is31573",
		"go-slices":                 "is31573",
		"go-literals":               "is31573",
		"defer-interfaces":          "heapDeferDevirtual",
		"short-shapes":              "self",
		"own-names":                 "nested-range1-range1",
		"closure-results":           "closureResult",
		"loop-depth":                "loopOutside",
		"goto-loop":                 "loopGoto",
		"interface":                 "ifaceConvert",
		"reassigned-before-capture": "closureReassigned",
		"by-value":                  "closureByValue",
		"send":                      "heapSend",
		"range":                     "loopRange",
		"self-assignment":           "selfField",
		"defer-loop":                "heapDefer",
		"append":                    "heapAppend",
		"calls":                     "callStatic",
		"make-limit":                "litMake",
		"map-put":                   "heapMapPut",
		"panic":                     "heapPanic",
		"copy":                      "heapCopy",
		"map-literal":               "heapMapLiteral",
		"dot-type":                  "ifaceAssertStruct",
		"optimize":                  "resultShorter",
		"result-count":              "resultSix",
		"method-values":             "methodValueLocal",
		"devirtualize":              "ifaceDevirtual",
		"concrete-types":            "ifaceDevirtualLater",
		"static-callee":             "closureStatic",
		"init-messages":             "init",
		"method-exprs":              "methodExpr",
		"panic-const":               "heapPanicText",
		"dead-code":                 "deadAfterReturn",
		"loop-vars":                 "loopVarClosure",
		"zero-copy":                 "litStrings",
		"trivial-closures":          "closureStatic.func1",
		"dead-locals":               "deadLocal",
		"variable-make":             "litMake",
		"literals":                  "litConst",
		"literal-len":               "litMake",
		"zero-sized":                "litMake",
		"append-store":              "heapAppendReturn",
		"direct-by-size":            "ifaceWordZero",
		"range-plain":               "loopRangeAddr",
		"whole-limit":               "litNewLarge",
		"recover-call":              "cx",
		"small-constants":           "big",
		"yield-type":                "f",
		"all-callees":               "two",
	}
	for _, rule := range escape.Switches() {
		if table[rule] == "" {
			t.Errorf("the corpus has no function for the rule %s", rule)
		}
	}
	for rule, want := range table {
		t.Run(rule, func(t *testing.T) {
			file, rel := "base", "go1.26"
			switch rule {
			case "range-plain", "defer-interfaces":
				rel = "go1.21" // since then each iteration's variable hides the first; the second is of no later one
			case "capacity-only", "heap-results", "no-empty-list", "go-slices", "go-literals":
				file = "puzzle"
			case "nested-dictionaries", "sub-dictionary":
				file = "nested"
			case "short-shapes":
				file = "method"
			case "recover-call":
				file = "initial"
			case "yield-type":
				file = "loops"
			case "small-constants":
				file = "sizes"
			case "own-names":
				file, rel = "iter", "go1.27"
			case "all-callees":
				file, rel = "callees", "go1.27"
			}
			p := corpusFile(t, file)
			with := texts(t, p, escape.Config{Release: rel})
			without := texts(t, p, escape.Config{Release: rel}.Without(rule))
			var changed []string
			for _, pair := range [][2][]string{{with, without}, {without, with}} {
				for _, line := range pair[0] {
					if !slices.Contains(pair[1], line) {
						changed = append(changed, line)
					}
				}
			}
			if len(changed) == 0 {
				t.Fatal("nothing changes without the rule")
			}
			if !slices.ContainsFunc(changed, func(s string) bool { return strings.HasSuffix(s, " in "+want) || strings.HasSuffix(s, ")."+want) }) {
				t.Errorf("%s does not change without the rule, but\n%s", want, strings.Join(changed, "\n"))
			}
		})
	}
}
