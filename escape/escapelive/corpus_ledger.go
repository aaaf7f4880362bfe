package escapelive

import "strings"

// The ledger's questions about escape analysis are files of the corpus, by row, so that
// the record has the answers of each release.
var ledger = []struct{ row, text string }{
	{"29-1", "func f(keep bool) { x := 1; if keep { sink = &x } }"},
	{"29-2", "func f() int { x := 1; p := &x; return *p }\nfunc g() { y := 1; sink = &y }"},
	{"29-3", "func f() int { x := 1; p := &x; return *p }"}, // what inlining makes of a function that returns &x
	{"29-4", "func f() { c := make(chan *int, 1); x := 1; c <- &x }\nfunc g() { c := make(chan int, 1); y := 1; p := &y; c <- *p }"},
	{"29-5", "func f() int { x := 1; s := []*int{&x}; return *s[0] }\nfunc g(s []*int) { y := 1; s[0] = &y }"},
	{"29-7", "func f(n int) int { s := make([]byte, n); return len(s) }"},
	{"29-8", "type R interface{ Read(*int) }\ntype r struct{}\nfunc (r) Read(p *int) { *p = 1 }\nfunc f(i R) { x := 1; i.Read(&x) }\nfunc g() { y := 1; var i R = r{}; i.Read(&y) }"},
	{"29-9", "func f() *int { x := 1; return &x }"},
}

// Question returns the file with the question of a row of the ledger; ok is false if
// there is none.
func Question(row string) (s Source, ok bool) {
	for _, s := range ledgerSources() {
		if s.Name == "row"+strings.ReplaceAll(row, "-", "_") {
			return s, true
		}
	}
	return Source{}, false
}

func ledgerSources() []Source {
	var out []Source
	for _, q := range ledger {
		name := "row" + strings.ReplaceAll(q.row, "-", "_")
		out = append(out, Source{Name: name, Since: "go1.14", Text: "package " + name + "\n\nvar sink *int\n\n" + q.text + "\n"})
	}
	return out
}
