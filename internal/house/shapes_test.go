package house

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// toMend are packages that are older than the rules and do not follow them yet.
var toMend = []string{}

// TestWords checks the words and shapes of CONTRIBUTING that can be seen in the source:
// an Event has Seq and Kind, a Kind is a string and belongs to an event only, JSON names
// are in camelCase, and a type that marshals to text also unmarshals from it.
func TestWords(t *testing.T) {
	writes, reads := map[string]string{}, map[string]bool{}
	for _, f := range files(t) {
		if floor, err := Floor(f.folder); err != nil || floor > 2 || f.isTest() || strings.HasPrefix(f.folder, "internal/") || slices.Contains(toMend, f.folder) {
			continue
		}
		for _, complaint := range badShapes(f) {
			t.Error(complaint)
		}
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil {
				typ := f.folder + "." + strings.TrimPrefix(typeName(fn.Recv.List[0].Type), "*")
				switch fn.Name.Name {
				case "MarshalText":
					writes[typ] = f.at(fn)
				case "UnmarshalText":
					reads[typ] = true
				}
			}
		}
	}
	for _, f := range files(t) {
		if top, _, _ := strings.Cut(f.folder, "/"); isModel(top) && !f.isTest() && !slices.Contains(toMend, f.folder) {
			ids := ruleIDs(t, top)
			for _, rule := range namedRules(f.syntax) {
				if !ids[rule.name] {
					t.Errorf("%s: %s/fidelity.md has no rule %q", f.at(rule.at), top, rule.name)
				}
			}
		}
	}
	for typ, at := range writes {
		if !reads[typ] {
			t.Errorf("%s: %s has MarshalText and no UnmarshalText", at, typ)
		}
	}
}

// ruleIDs returns the ids of a model's fidelity.md.
func ruleIDs(t *testing.T, model string) map[string]bool {
	text, err := os.ReadFile(filepath.Join(root, model, "fidelity.md"))
	if err != nil {
		return nil
	}
	rules, err := ParseFidelity(string(text))
	if err != nil {
		t.Fatalf("%s/fidelity.md: %v", model, err)
	}
	ids := map[string]bool{}
	for _, r := range rules {
		ids[r.ID] = true
	}
	return ids
}

type namedRule struct {
	name string
	at   ast.Node
}

// namedRules returns the rules that a file's events name: the field Rule of a literal,
// and the values of kindRules.
func namedRules(f *ast.File) (out []namedRule) {
	add := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			name, _ := strconv.Unquote(lit.Value)
			out = append(out, namedRule{name, lit})
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Rule" {
				add(n.Value)
			}
		case *ast.ValueSpec:
			if len(n.Names) == 1 && n.Names[0].Name == "kindRules" && len(n.Values) == 1 {
				if lit, ok := n.Values[0].(*ast.CompositeLit); ok {
					for _, e := range lit.Elts {
						if kv, ok := e.(*ast.KeyValueExpr); ok {
							add(kv.Value)
						}
					}
				}
			}
		}
		return true
	})
	return out
}

// badShapes returns the types of a file that do not follow CONTRIBUTING.
func badShapes(f file) (complaints []string) {
	for _, d := range f.syntax.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range decl.Specs {
			typ, ok := spec.(*ast.TypeSpec)
			if !ok {
				continue
			}
			switch name := typ.Name.Name; {
			case name == "Kind" && typeName(typ.Type) != "string":
				complaints = append(complaints, f.at(typ)+": Kind is not a string")
			case name == "Event":
				if s, ok := typ.Type.(*ast.StructType); ok {
					for _, want := range []string{"Seq", "Kind", "Rule"} {
						if !slices.Contains(fieldNames(s), want) {
							complaints = append(complaints, f.at(typ)+": an Event has "+want)
						}
					}
				}
			}
			ast.Inspect(typ, func(n ast.Node) bool {
				if field, ok := n.(*ast.Field); ok && field.Tag != nil {
					tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`"))
					key, _, _ := strings.Cut(tag.Get("json"), ",")
					if key != "" && key != "-" && (strings.ContainsAny(key, "_- ") || strings.ToLower(key[:1]) != key[:1]) {
						complaints = append(complaints, f.at(field)+": JSON name "+key+" is not in camelCase")
					}
				}
				return true
			})
		}
	}
	return complaints
}

func fieldNames(s *ast.StructType) (out []string) {
	for _, field := range s.Fields.List {
		for _, name := range field.Names {
			out = append(out, name.Name)
		}
	}
	return out
}

// typeName returns a type's name as it is written: "string", "*Kind".
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return "*" + typeName(e.X)
	}
	return ""
}

func TestWordsCanFail(t *testing.T) {
	for _, src := range []string{
		"type Kind uint8",
		"type Event struct { Seq uint64; Rule string }",
		"type Event struct { Kind Kind; Rule string }",
		"type S struct { A int `json:\"first_name\"` }",
		"type S struct { A int `json:\"First\"` }",
	} {
		if got := badShapes(parse(t, src)); len(got) != 1 {
			t.Errorf("%s: complaints %q, want one", src, got)
		}
	}
	if got := namedRules(parse(t, `var kindRules = map[Kind]string{A: "x"}; var e = Event{Rule: "y"}`).syntax); len(got) != 2 || got[0].name != "x" || got[1].name != "y" {
		t.Errorf("named rules: %v", got)
	}
	clean := "type Kind string; type Event struct { Seq uint64 `json:\"seq\"`; Kind Kind `json:\"kind\"`; Rule string `json:\"rule\"` }"
	if got := badShapes(parse(t, clean)); len(got) != 0 {
		t.Errorf("%s: %q", clean, got)
	}
}
