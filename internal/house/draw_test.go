package house

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// TestDraw checks that each function of package draw is named for its model and its
// form, and that draw/doc.go lists them all and no others.
func TestDraw(t *testing.T) {
	var all []file
	folders := map[string]bool{}
	for _, f := range files(t) {
		if f.folder == "draw" && !f.isTest() {
			all = append(all, f)
		}
		if floor, err := Floor(f.folder); err == nil && floor == 1 {
			folders[path.Base(f.folder)] = true
		}
	}
	for _, complaint := range badPictures(all, folders) {
		t.Error(complaint)
	}
	if len(all) < 15 {
		t.Errorf("only %d files", len(all))
	}
}

var listed = regexp.MustCompile(`(?m)^\t(\w+) `)

// badPictures reports the functions of package draw that are not named for a model or
// not in the list of its doc.
func badPictures(all []file, folders map[string]bool) (complaints []string) {
	doc := map[string]bool{}
	for _, f := range all {
		for _, m := range listed.FindAllStringSubmatch(f.syntax.Doc.Text(), -1) {
			doc[m[1]] = true
		}
	}
	drawn := map[string]bool{}
	for _, f := range all {
		for _, d := range f.syntax.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !fn.Name.IsExported() {
				continue
			}
			name := fn.Name.Name
			drawn[name] = true
			if !doc[name] {
				complaints = append(complaints, f.at(fn)+": the doc of draw does not list "+name)
			}
			if !namedForModel(name, folders) {
				complaints = append(complaints, f.at(fn)+": "+name+" is not named <Model><Form>")
			}
		}
	}
	for name := range doc {
		if !drawn[name] {
			complaints = append(complaints, "draw/doc.go: there is no "+name)
		}
	}
	slices.Sort(complaints)
	return complaints
}

// namedForModel reports whether a name begins with that of a folder, ignoring case, and
// continues with a capital.
func namedForModel(name string, folders map[string]bool) bool {
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) && folders[strings.ToLower(name[:i])] {
			return true
		}
	}
	return false
}

func TestDrawCanFail(t *testing.T) {
	folders := map[string]bool{"alloc": true, "gc": true}
	good := parse(t, "func AllocHeap() {}; func GCFilm() {}; func helper() {}")
	good.syntax.Doc = &ast.CommentGroup{List: []*ast.Comment{{Text: "//\tAllocHeap  a heap"}, {Text: "//\tGCFilm  a film"}}}
	if got := badPictures([]file{good}, folders); len(got) != 0 {
		t.Errorf("%q", got)
	}
	for _, src := range []string{
		"func AllocHeap() {}; func GCFilm() {}; func GCBars() {}", // not listed
		"func AllocHeap() {}", // listed, and not there
	} {
		f := parse(t, src)
		f.syntax.Doc = good.syntax.Doc
		if got := badPictures([]file{f}, folders); len(got) != 1 {
			t.Errorf("%s: complaints %q, want one", src, got)
		}
	}
	for _, name := range []string{"Heap", "Alloc", "HeapOfAlloc", "Allocheap"} {
		if namedForModel(name, folders) {
			t.Errorf("%s is named for a model", name)
		}
	}
}
