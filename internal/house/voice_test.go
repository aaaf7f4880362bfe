package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// shapes are the methods that mean the same in every package, by their name and the
// types of their parameters. A method of the same name with other parameters is
// something else: the Step of one of several threads, the Err of a context.
var shapes = map[string]string{
	"Advance(time.Duration)":   "error",
	"AdvanceTo(time.Duration)": "error",
	"At(uint64)":               "(Snapshot, error)",
	"Awake()":                  "[]int",
	"Check()":                  "error",
	"Err()":                    "error",
	"Events()":                 "iter.Seq[Event]",
	"Now()":                    "time.Duration",
	"Ready()":                  "[]G",
	"Release()":                "string",
	"Step()":                   "(bool, error)",
}

// named are the types that have a method String, whatever their form in JSON.
var named = []string{"Kind", "Outcome", "Verb", "What"}

// another are names that have another meaning where they are.
var another = []string{
	"crash.Kind",             // of a crash, not of an event
	"ctxtree/ctxadapter.Now", // a context's clock has the time of day
	"gomap/syncmap.Outcome",  // holds a value of the caller's type
	"script.Verb",            // what a verb takes and does
}

// TestVoice checks that a name has the same shape in every package for users: the
// methods in shapes, the types in named, New, and Kind.
func TestVoice(t *testing.T) {
	packages := map[string][]file{}
	for _, f := range files(t) {
		if floor, err := Floor(f.folder); err == nil && floor <= 2 && !f.isTest() && !strings.HasPrefix(f.folder, "internal/") {
			packages[f.folder] = append(packages[f.folder], f)
		}
	}
	for folder, all := range packages {
		for _, complaint := range otherVoices(folder, all) {
			t.Error(complaint)
		}
	}
	if len(packages) < 40 {
		t.Errorf("only %d packages", len(packages))
	}
}

// otherVoices returns the names of a package that have a shape of their own.
func otherVoices(folder string, all []file) (complaints []string) {
	complain := func(f file, n ast.Node, name, text string) {
		if !slices.Contains(another, folder+"."+name) {
			complaints = append(complaints, f.at(n)+": "+name+": "+text)
		}
	}
	methods := map[string]bool{} // "Kind.String"
	funcs := map[string]bool{}
	declared := map[string]bool{}
	for _, f := range all {
		for _, d := range f.syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv != nil {
					methods[receiver(d)+"."+d.Name.Name] = true
				} else {
					funcs[d.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if typ, ok := spec.(*ast.TypeSpec); ok {
						declared[typ.Name.Name] = true
					}
				}
			}
		}
	}
	for _, f := range all {
		for _, d := range f.syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if !d.Name.IsExported() {
					continue
				}
				name, params := d.Name.Name, typesOf(d.Type.Params)
				if slices.Contains(params, "func(Event)") {
					complain(f, d, name, "a Config has Trace, not a parameter")
				}
				if d.Recv == nil {
					if len(params) == 1 && params[0] == "Config" && strings.HasPrefix(name, "New") && !funcs["New"] {
						complain(f, d, name, "New(Config) builds")
					}
					continue
				}
				if !ast.IsExported(receiver(d)) {
					continue
				}
				if want, ok := shapes[name+"("+strings.Join(params, ", ")+")"]; ok {
					got := strings.Join(typesOf(d.Type.Results), ", ")
					if want := strings.Trim(want, "()"); got != want {
						complain(f, d, name, "it returns "+got+", elsewhere "+want)
					}
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					typ, ok := spec.(*ast.TypeSpec)
					if !ok {
						continue
					}
					name := typ.Name.Name
					if slices.Contains(named, name) && !methods[name+".String"] {
						complain(f, typ, name, "it has no method String")
					}
					if name == "Kind" && !declared["Event"] {
						complain(f, typ, name, "a Kind is of an Event")
					}
					if name == "G" && types.ExprString(typ.Type) != "int32" {
						complain(f, typ, name, "a G is an int32")
					}
				}
			}
		}
	}
	return complaints
}

// receiver returns the name of a method's receiver type, without type parameters.
func receiver(d *ast.FuncDecl) string {
	name := strings.TrimPrefix(types.ExprString(d.Recv.List[0].Type), "*")
	name, _, _ = strings.Cut(name, "[")
	return name
}

// typesOf returns the types of a list of fields, one for each name.
func typesOf(list *ast.FieldList) (out []string) {
	if list == nil {
		return nil
	}
	for _, field := range list.List {
		for range max(1, len(field.Names)) {
			typ := types.ExprString(field.Type)
			if _, name, ok := strings.Cut(typ, ".Snapshot"); ok && name == "" {
				typ = "Snapshot" // of the model, in a package next to it
			}
			typ, _, _ = strings.Cut(typ, "[K,")
			out = append(out, typ)
		}
	}
	return out
}

func TestVoiceCanFail(t *testing.T) {
	for _, src := range []string{
		"type T int; func (t *T) At(n uint64) *T { return t }",
		"type T int; func (t *T) Err() string { return \"\" }",
		"type T int; func (t T) Advance(to time.Duration) {}",
		"func NewThing(c Config) (*Thing, error) { return nil, nil }",
		"func NewThing(pool Pool, trace func(Event)) *Thing { return nil }",
		"type Event struct{}; type Kind string",
		"type Kind string; func (k Kind) String() string { return string(k) }",
		"type Outcome struct{}",
		"type G int",
	} {
		if got := otherVoices("alloc", []file{parse(t, src)}); len(got) != 1 {
			t.Errorf("%s: complaints %q, want one", src, got)
		}
	}
	clean := "type Event struct{}; type Kind string; func (k Kind) String() string { return string(k) }; type T int; func (t *T) At(n uint64) (Snapshot, error) { return Snapshot{}, nil }; func (t *T) Step(m M) (Outcome, error) { return Outcome{}, nil }; func New(c Config) (*T, error) { return nil, nil }; func NewOther(c Config) (*T, error) { return nil, nil }"
	if got := otherVoices("alloc", []file{parse(t, clean)}); len(got) != 0 {
		t.Errorf("%s: %q", clean, got)
	}
}

// TestFidelityIsTold checks that a package with a fidelity.md has a function that
// returns it.
func TestFidelityIsTold(t *testing.T) {
	tables, err := filepath.Glob(filepath.Join(root, "*", "fidelity.md"))
	if err != nil || len(tables) < 15 {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	for _, table := range tables {
		dir := filepath.Dir(table)
		text, err := os.ReadFile(filepath.Join(dir, "fidelity.go"))
		if err != nil {
			t.Error(err)
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), "fidelity.go", text, 0)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
			fn, ok := d.(*ast.FuncDecl)
			return ok && fn.Name.Name == "Fidelity"
		}) {
			t.Errorf("%s: fidelity.go has no Fidelity", dir)
		}
	}
}
