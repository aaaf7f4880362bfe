package slicegrowlive

import (
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
	"github.com/orrery-go/orrery/slicegrow"
	"github.com/orrery-go/orrery/slicegrow/dest"
)

// TestDest compares the result of package dest for the source of random functions with
// the capacities of slices in them.
func TestDest(t *testing.T) {
	t.Parallel()
	if word == 4 {
		t.Skip("the go command of this machine builds for 8-byte words")
	}
	releases, n := append([]string{release.Running}, toolchain.Requested()...), 200
	full := os.Getenv("ORRERY_FULL") != ""
	if full {
		releases, n = append(releases, "go1.25.14", "go1.26.8", "go1.26.11", "go1.27.1", "go1.27.4"), 2000
		releases = slices.DeleteFunc(releases, func(rel string) bool { return rel == runtime.Version() }) // it is asked as the running one
	}
	for _, rel := range releases {
		t.Run(rel, func(t *testing.T) {
			testDest(t, rel, n)
			if full {
				holdDest(t, rel, "every use alone", map[string][]DestFunction{"int": everyDest()})
				holdDest(t, rel, "whole functions", map[string][]DestFunction{"int": wholeDests()})
			}
		})
	}
}

// testDest makes n random functions, for slices of several elements.
func testDest(t *testing.T, rel string, n int) {
	rng := rand.New(rand.NewPCG(27, 1))
	all := map[string][]DestFunction{}
	for _, elem := range destElems {
		for range n/len(destElems) + 1 {
			if f := randomDest(rng, fmt.Sprint("f", len(all[elem]))); elem != "struct{}" || !f.look { // if elements have size 0, every capacity is the length
				all[elem] = append(all[elem], f)
			}
		}
	}
	holdDest(t, rel, "random", all)
}

// holdDest compares the functions, by their elements, with the release.
func holdDest(t *testing.T, rel, what string, all map[string][]DestFunction) {
	tally := map[string]int{}
	unknown, caps := 0, 0
	n := 0
	for elem, fs := range all {
		fs = compiles(t, elem, fs)
		n += len(fs)
		src := DestProgram(elem, fs)
		live, err := toolchain.Run[[][]int64](t.Context(), rel, toolchain.Probe{Name: "dest", Source: src})
		if err != nil {
			t.Fatal(err)
		}
		rules, err := slicegrow.ForRelease(rel)
		if err != nil {
			t.Fatal(err)
		}
		file, info, _ := check(t, src)
		for i, f := range fs {
			decl := declOf(file, f.Name)
			appends, err := dest.Read(decl, info, dest.Config{Release: rel, Body: bodies(file, info)})
			if err != nil {
				t.Fatalf("%s: %v", f.Source, err)
			}
			ours := f.Of(appends)
			model, why, err := f.predict(rules, ours, decl)
			if errors.Is(err, dest.ErrUnknown) {
				unknown++
				continue
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Source, err)
			}
			for _, a := range ours {
				tally[a.Rule]++
			}
			if diff := gocmp.Diff(model, live[i]); diff != "" {
				t.Fatalf("%s, T %s: (-model +live):\n%s\n%s\n%s", rel, elem, diff, f.Source, why)
			}
			caps += len(model)
		}
	}
	t.Logf("%s, %s: %d capacities of %d functions, 0 mismatches; %d not told; %v", rel, what, caps, n-unknown, unknown, tally)
	if unknown > n/4 {
		t.Errorf("%d of %d functions could not be told", unknown, n)
	}
}

// compiles removes the functions that are not valid Go.
func compiles(t *testing.T, elem string, fs []DestFunction) []DestFunction {
	t.Helper()
	all := len(fs)
	for {
		file, _, errs := check(t, DestProgram(elem, fs))
		if len(errs) == 0 && len(fs) >= all/2 {
			return fs
		}
		bad := map[string]bool{}
		for _, err := range errs {
			for _, d := range file.Decls {
				if d, ok := d.(*ast.FuncDecl); ok && d.Pos() <= err.Pos && err.Pos < d.End() {
					bad[d.Name.Name] = true
				}
			}
		}
		before := len(fs)
		fs = slices.DeleteFunc(slices.Clone(fs), func(f DestFunction) bool { return bad[f.Name] })
		if len(fs) == before {
			t.Fatalf("only %d of %d functions are valid: %v", len(fs), all, errs)
		}
	}
}

// A printing imports the packages that the programs import, with the few functions that
// they use.
type printing struct{ fallback types.Importer }

func (p printing) Import(path string) (*types.Package, error) {
	pkg := types.NewPackage(path, path[strings.LastIndex(path, "/")+1:])
	v := func(name string, t types.Type) *types.Var { return types.NewParam(0, pkg, name, t) }
	ifc := types.NewInterfaceType(nil, nil)
	fn := func(name string, params []*types.Var, results ...*types.Var) {
		sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), types.NewTuple(results...), len(params) > 0 && params[len(params)-1].Name() == "a")
		pkg.Scope().Insert(types.NewFunc(0, pkg, name, sig))
	}
	switch path {
	case "fmt":
		for _, name := range []string{"Print", "Println", "Sprint", "Sprintln", "Fprint", "Fprintln", "Sprintf", "Errorf"} {
			params, result := []*types.Var{v("a", types.NewSlice(ifc))}, types.Type(types.Typ[types.String])
			switch {
			case strings.HasPrefix(name, "Fprint"):
				params = append([]*types.Var{v("w", ifc)}, params...)
			case strings.HasSuffix(name, "f"):
				params = append([]*types.Var{v("format", types.Typ[types.String])}, params...)
			}
			if name == "Errorf" {
				result = types.Universe.Lookup("error").Type()
			}
			fn(name, params, v("", result))
		}
	case "os":
		pkg.Scope().Insert(types.NewVar(0, pkg, "Stdout", ifc))
	case "syscall":
		pkg.Scope().Insert(types.NewVar(0, pkg, "Stdin", types.Typ[types.Int]))
		pkg.Scope().Insert(types.NewVar(0, pkg, "Stdout", types.Typ[types.Int]))
	case "encoding/json":
		enc := types.NewNamed(types.NewTypeName(0, pkg, "Encoder", nil), types.NewStruct(nil, nil), nil)
		recv := types.NewParam(0, pkg, "", types.NewPointer(enc))
		enc.AddMethod(types.NewFunc(0, pkg, "Encode", types.NewSignatureType(recv, nil, nil, types.NewTuple(v("v", ifc)), nil, false)))
		pkg.Scope().Insert(enc.Obj())
		fn("NewEncoder", []*types.Var{v("w", ifc)}, v("", types.NewPointer(enc)))
	default:
		return p.fallback.Import(path)
	}
	pkg.MarkComplete()
	return pkg, nil
}

func check(t *testing.T, src string) (*ast.File, *types.Info, []types.Error) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "main.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{},
	}
	var errs []types.Error
	conf := types.Config{Importer: printing{importer.Default()}, Error: func(err error) {
		if err, ok := errors.AsType[types.Error](err); ok {
			errs = append(errs, err)
		}
	}}
	if _, err = conf.Check("main", fset, []*ast.File{file}, info); err != nil && len(errs) == 0 {
		t.Fatal(err)
	}
	return file, info, errs
}

// bodies returns the functions of a file.
func bodies(file *ast.File, info *types.Info) func(*types.Func) (*ast.FuncDecl, *types.Info) {
	of := map[*types.Func]*ast.FuncDecl{}
	for _, d := range file.Decls {
		if d, ok := d.(*ast.FuncDecl); ok {
			if fn, ok := info.Defs[d.Name].(*types.Func); ok {
				of[fn] = d
			}
		}
	}
	return func(fn *types.Func) (*ast.FuncDecl, *types.Info) { return of[fn], info }
}

func declOf(file *ast.File, name string) *ast.FuncDecl {
	for _, d := range file.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Name.Name == name {
			return d
		}
	}
	return nil
}

// predict returns the capacities that the function and its caller record, by the result
// of package dest.
func (f DestFunction) predict(rules *slicegrow.Rules, ours []dest.Append, decl *ast.FuncDecl) (caps []int64, why string, err error) {
	for _, a := range ours {
		why += fmt.Sprintf("%s: %s: %s\n", a.Question.Dest, a.Rule, a.Reason)
	}
	loop, after, err := f.Appends(decl, ours)
	if err != nil {
		return nil, why, err
	}
	ask := []slicegrow.Append{loop.Question}
	if after != nil {
		ask = append(ask, after.Question)
	}
	caps, err = f.capacities(rules, ask)
	return caps, why, err
}

// capacities returns those that are recorded if the append in the loop and the one after it,
// if any, are as asked.
func (f DestFunction) capacities(rules *slicegrow.Rules, ask []slicegrow.Append) (caps []int64, err error) {
	for n := range int64(destMost + 1) {
		a := slicegrow.Append{Size: ask[0].Size, Pointers: ask[0].Pointers, Count: f.count}
		onStack := false
		step := func(dest slicegrow.Dest) error {
			a.Dest = dest
			g, err := rules.Grow(a)
			if err != nil {
				return err
			}
			if g.Ptr != slicegrow.Same {
				onStack = g.Ptr == slicegrow.Stack
			}
			a.Len, a.Cap, a.Buffered = g.Len, g.Cap, a.Buffered || g.Ptr == slicegrow.Stack
			if f.look {
				caps = append(caps, g.Cap)
			}
			return nil
		}
		for range n {
			if err := step(ask[0].Dest); err != nil {
				return nil, err
			}
		}
		if len(ask) > 1 {
			if err := step(ask[1].Dest); err != nil {
				return nil, err
			}
		}
		if f.leave == "" {
			continue
		}
		last := a.Cap
		if moved := ask[0].Dest; onStack && (moved == slicegrow.Returned || moved == slicegrow.ReturnedCap) {
			a.Dest, a.Count = moved, 0
			g, err := rules.Move(a)
			if err != nil {
				return nil, err
			}
			last = g.Cap
		}
		caps = append(caps, last)
	}
	return caps, nil
}

var updateDest = flag.Bool("update", false, "record what the capacities say of package dest's answers")

// TestDestRecord compares the record that the tests of package dest have of the compilers
// with the capacities of now. A line has an element type, a function's name and, by release,
// the kinds of append that make its capacities, in the loop and after it; or "?" if package
// dest cannot tell.
func TestDestRecord(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("runs programs with five releases: set ORRERY_FULL=1")
	}
	var got strings.Builder
	for _, elem := range DestRecordElems {
		for _, line := range recordDest(t, elem) {
			got.WriteString(line + "\n")
		}
	}
	name := filepath.Join("..", "dest", "testdata", "compilers.txt")
	if *updateDest {
		if err := os.WriteFile(name, []byte(got.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if d := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); d != "" {
		t.Errorf("recorded and now: %s", d)
	}
}

// recordDest returns the lines of an element type.
func recordDest(t *testing.T, elem string) []string {
	fs := compiles(t, elem, DestRecorded(elem))
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = elem + "\t" + f.Name
	}
	src := DestProgram(elem, fs)
	file, info, _ := check(t, src)
	for _, rel := range DestReleases {
		live, err := toolchain.Run[[][]int64](t.Context(), rel, toolchain.Probe{Name: "dest", Source: src})
		if err != nil {
			t.Fatal(err)
		}
		rules, err := slicegrow.ForRelease(rel)
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range fs {
			decl := declOf(file, f.Name)
			appends, err := dest.Read(decl, info, dest.Config{Release: rel, Body: bodies(file, info)})
			if err != nil {
				t.Fatal(err)
			}
			loop, after, err := f.Appends(decl, f.Of(appends))
			if err != nil {
				lines[i] += "\t?"
				continue
			}
			allowed := f.allowed(rules, loop, after, live[i])
			if len(allowed) == 0 {
				t.Errorf("%s, T %s: no kind of append makes the capacities %v of\n%s", rel, elem, live[i], f.Source)
			}
			lines[i] += "\t" + strings.Join(allowed, " ")
		}
	}
	return lines
}

// allowed returns the kinds of append that make the capacities.
func (f DestFunction) allowed(rules *slicegrow.Rules, loop, after *dest.Append, live []int64) (out []string) {
	kinds := []slicegrow.Dest{slicegrow.Escapes, slicegrow.Local, slicegrow.Returned, slicegrow.ReturnedCap}
	others := kinds
	if after == nil {
		others = kinds[:1]
	}
	for _, x := range kinds {
		for _, y := range others {
			ask, answer := []slicegrow.Append{loop.Question}, []slicegrow.Dest{x}
			if after != nil {
				ask, answer = append(ask, after.Question), append(answer, y)
			}
			for i := range ask {
				ask[i].Dest = answer[i]
			}
			// A release has no kind that it returns an error for.
			if caps, err := f.capacities(rules, ask); err == nil && slices.Equal(caps, live) {
				out = append(out, DestAnswer(answer...))
			}
		}
	}
	return out
}
