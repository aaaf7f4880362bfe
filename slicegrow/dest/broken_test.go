package dest_test

import (
	"go/importer"
	"go/types"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/slicegrow/dest"
	"github.com/orrery-go/orrery/slicegrow/slicegrowlive"
)

// TestInvalid analyzes functions that are not valid Go, of which go/types knows a part.
func TestInvalid(t *testing.T) {
	for _, src := range []string{
		"func f() { var s []int; s = append(s, 1); return s }",
		"func f() []int { var s []int; s = append(s, 1); return s, s }",
		"func f() { var s []A; s = append(s, A{}) }\ntype A struct { a A }",
		"func f() { var s []int; s = append(s, g(1, 2)) }\nfunc g(int) int { return 1 }",
		"func f() { var s []int; s = append(s, func(n int) int { return n }(1, 2)) }",
		"func f() { var s = []int{}, []int{}; s = append(s, 1) }",
		"func f[T any]() { var s []A[T]; s = append(s, A[T]{}) }\ntype A[T any] struct { a A[T] }",
		"func f[T any]() { var s []A[T]; s = append(s, A[T]{}) }\ntype A[T any] [2]A[[1]T]",
	} {
		file, info, err := load("package p\n\n" + src + "\n")
		if file == nil || err == nil {
			t.Fatalf("%s: %v", src, err)
		}
		if appends, err := dest.Read(decl(file, "f"), info, dest.Config{Body: bodies(file, info)}); err == nil && len(appends) != 1 {
			t.Errorf("%s: %+v", src, appends)
		}
	}
}

var tokens = regexp.MustCompile(`\s+|\w+|.`)

// TestBroken analyzes functions in which one or two tokens are left out, or are others. Read
// returns an error for some that are not valid, and for none that is.
func TestBroken(t *testing.T) {
	imports := importer.Default()
	functions := slicegrowlive.DestRecorded("int")
	prelude := slicegrowlive.DestProgram("int", nil)
	r := rand.New(rand.NewPCG(7, 7))
	invalid, refused := 0, 0
	for range 1500 {
		f := functions[r.IntN(len(functions))]
		words := tokens.FindAllString(f.Source, -1)
		for range 1 + r.IntN(2) {
			word := ""
			if r.IntN(3) > 0 {
				word = words[r.IntN(len(words))]
			}
			words[r.IntN(len(words))] = word
		}
		src := strings.Join(words, "")
		file, info, invalidity := loadWith(prelude+"\n"+src, imports)
		if file == nil || decl(file, f.Name) == nil {
			continue // it is no function
		}
		_, err := dest.Read(decl(file, f.Name), info, dest.Config{Body: bodies(file, info)})
		switch {
		case invalidity == nil && err != nil:
			t.Errorf("%v:\n%s", err, src)
		case invalidity != nil:
			invalid++
			if err != nil {
				refused++
			}
		}
	}
	if invalid < 125 || refused < 50 {
		t.Errorf("%d functions were not valid, and %d of them refused", invalid, refused)
	}
}

// TestNoInfo asks for a function of which go/types says nothing, or only some of what Read
// needs.
func TestNoInfo(t *testing.T) {
	file, info, err := load("package p\n\nfunc f() { var s []int; s = append(s, 1); _ = s }\n")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := dest.Read(decl(file, "f"), nil, dest.Config{}); err == nil {
		t.Error("without a types.Info: no error")
	}
	for part, without := range map[string]func(*types.Info){
		"Types": func(i *types.Info) { i.Types = nil }, "Defs": func(i *types.Info) { i.Defs = nil }, "Uses": func(i *types.Info) { i.Uses = nil },
		"Selections": func(i *types.Info) { i.Selections = nil }, "Implicits": func(i *types.Info) { i.Implicits = nil },
	} {
		less := types.Info{Types: info.Types, Defs: info.Defs, Uses: info.Uses, Selections: info.Selections, Implicits: info.Implicits}
		without(&less)
		if _, err := dest.Read(decl(file, "f"), &less, dest.Config{}); err == nil || !strings.Contains(err.Error(), "without Types") {
			t.Errorf("without %s: %v", part, err)
		}
	}
}
