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
	numbered := map[int]mutant{}
	for i, m := range all {
		got = append(got, m.String())
		numbered[i+1] = m
	}
	out := with([]byte(source), numbered)
	f, err := parser.ParseFile(token.NewFileSet(), "p.go", out, 0)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if n := len(f.Decls); n != 2+len(all) {
		t.Errorf("%d functions of %d mutants\n%s", n, len(all), out)
	}
	for _, part := range []string{"func f(a, b int) int { switch mutantOn { case 1: return mutant1f(a, b); case 2:", "func  mutant2f(a, b int) int {\n\tif a <= b {\n"} {
		if !strings.Contains(string(out), part) {
			t.Errorf("no %q in\n%s", part, out)
		}
	}
	want := []string{
		"p.go, f: if a < b is turned round",
		`p.go, f: < in "a < b" becomes <=`,
		`p.go, f: "a++" is left out`,
		`p.go, f: "g(a)" is left out`,
		`p.go, f: "b = a + 7" is left out`,
		`p.go, f: + in "a + 7" becomes -`,
		`p.go, f: 7 in "a + 7" becomes 8`,
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
