package main

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

func TestMutate(t *testing.T) {
	const source = "package p\n\nfunc f(a, b int) int {\n\tif a < b {\n\t\ta++\n\t}\n\tg(a)\n\tb = a + 7\n\treturn b\n}\n\nfunc String() int { return 1 + 1 }\n"
	all, err := mutate("p.go", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range all {
		got = append(got, m.String())
		if _, err := parser.ParseFile(token.NewFileSet(), "p.go", m.source, 0); err != nil || string(m.source) == source {
			t.Errorf("%v: %v\n%s", m, err, m.source)
		}
	}
	want := []string{
		"p.go, f: if a < b is turned round",
		`p.go, f: < in "a < b" becomes <=`,
		`p.go, f: "a++" is left out`,
		`p.go, f: "g(a)" is left out`,
		`p.go, f: "b = a + 7" is left out`,
		`p.go, f: + in "a + 7" becomes -`,
		"p.go, f: 7 becomes 8",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestKnown(t *testing.T) {
	for line := range strings.Lines(equivalent) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if _, reason, ok := strings.Cut(line, "\t"); !ok || reason == "" {
			t.Errorf("no reason: %s", line)
		}
	}
}
