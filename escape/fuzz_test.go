package escape_test

import (
	"strings"
	"testing"

	"github.com/orrery-go/orrery/escape"
	"github.com/orrery-go/orrery/escape/escapelive"
)

// FuzzAnalyze: source that type-checks is analyzed, for every release, without an
// internal inconsistency.
func FuzzAnalyze(f *testing.F) {
	for _, source := range escapelive.Sources {
		text := source.Text
		f.Add(text, uint8(12))
		for part := range strings.SplitSeq(text, "\n}\n") {
			f.Add("package p\n"+part+"\n}\n", uint8(len(part)))
		}
	}
	f.Add("package p\nfunc _() {}\nfunc init() { goto a\na: }\n", uint8(1))
	f.Add("package p\nfunc f() {\n\ttype node struct{ next *node\nfun }\n\tn := &node{}\ninte = n\n}\n", uint8(210))
	f.Add("package p\nfunc f[T any](t T) { f[[]T](nil) }\n", uint8(9))
	f.Fuzz(func(t *testing.T, src string, n uint8) {
		if len(src) > 20_000 {
			return
		}
		p, err := checkErr("x.go", src)
		if err != nil {
			return
		}
		rels := []string{"go1.14", "go1.15", "go1.16", "go1.17", "go1.18", "go1.20", "go1.21", "go1.22", "go1.23", "go1.24", "go1.25", "go1.26", "go1.27"}
		r, err := escape.Analyze(p, escape.Config{Release: rels[int(n)%len(rels)], Explain: n%2 == 0, Graph: n%3 == 0})
		if err != nil {
			if strings.Contains(err.Error(), "belong together") || strings.Contains(err.Error(), "unexpected") || strings.Contains(err.Error(), "no location") {
				t.Fatal(err)
			}
			return
		}
		for _, d := range r.Diagnostics {
			if d.Text == "" || d.Words() == "" || len(d.Text) > 4*escape.MaxText {
				t.Fatalf("%+v", d)
			}
		}
	})
}
