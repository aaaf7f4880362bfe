package slicegrowlive

import (
	_ "embed"
	"fmt"
	"go/types"
	"regexp"
	"strings"

	"github.com/orrery-go/orrery/slicegrow"
	"github.com/orrery-go/orrery/slicegrow/dest"
)

// destWholes has whole functions, each for a rule that no use of a plain slice shows. LOOP x
// begins a loop that appends to x; a text without one follows a loop that appends to s.
// CONTENT(x) leaks an element of the slice x, but not its array: that is on the heap only
// for a reader who counts a dereference too few on the way to x. RESULT begins the results.
//
//go:embed testdata/wholes.txt
var destWholes string

// destWholePrelude declares the names that only they use.
//
//go:embed testdata/wholes.go.txt
var destWholePrelude string

var (
	destLoop    = regexp.MustCompile(`LOOP ([^;]+);`)
	destContent = regexp.MustCompile(`CONTENT(\(.*?\))( }|;|$)`)
	destResult  = regexp.MustCompile(`^RESULT ([^;]+); `)
)

// wholeDests returns the functions of destWholes. No capacity of a slice that has left is
// looked at.
func wholeDests() (fs []DestFunction) {
	i := 0
	for text := range strings.Lines(destWholes) {
		text = strings.TrimSpace(text)
		f := DestFunction{Name: fmt.Sprint("w", i), count: 1, look: true, target: "s"}
		if !strings.Contains(text, "LOOP") {
			text = "var s []T; LOOP s; }; " + text
		}
		result := ""
		if m := destResult.FindStringSubmatch(text); m != nil {
			result, text = m[1], text[len(m[0]):]
		}
		f.target = destLoop.FindStringSubmatch(text)[1]
		text = destLoop.ReplaceAllString(text, "for i := 0; i < n; i++ { $1 = append($1, zero); caps = append(caps, cap($1));")
		text = destContent.ReplaceAllString(text, "if n < 0 { PI = *(**int)(unsafe.Pointer(unsafe.SliceData$1)) }$2")
		f.Source = fmt.Sprintf("//go:noinline\nfunc %s(n int, q []T, h *H, m map[int][]T, ch chan []T, dead []T, ps *[]T) %s {\n", f.Name, result) +
			"\tvar (\n\t\tb H\n\t\tarr [2][]T\n\t\tcur []T\n\t\ttwo T2\n\t\tpb2 = new(PB)\n\t)\n\t_, _, _, _, _ = b, arr, len(cur), len(two.a), pb2\n\t" + text + "\n}\n\n"
		f.call = fmt.Sprintf("\tfor n := 0; n <= %d; n++ {\n\t\tG = nil\n\t\t%s(n, make([]T, 0, 0), new(H), map[int][]T{}, make(chan []T, 2), nil, new([]T))\n\t}\n\tdone()\n", destMost, f.Name)
		fs = append(fs, f)
		i++
	}
	return fs
}

// Of returns the appends of single values to the slice that the function appends to in its
// loop.
func (f DestFunction) Of(appends []dest.Append) (ours []dest.Append) {
	for _, a := range appends {
		plain := f.target == "" && a.Var != nil && a.Var.Name() == "s"
		if a.Question.Verb == slicegrow.Values && (plain || strings.ReplaceAll(types.ExprString(a.Call.Args[0]), " ", "") == f.target) {
			ours = append(ours, a)
		}
	}
	return ours
}
