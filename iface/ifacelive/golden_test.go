package ifacelive_test

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/iface/ifacelive"
	"github.com/orrery-go/orrery/iface/source"
)

// program makes a program with the declarations of the cases.
func program(t *testing.T, rel string) *source.Program {
	t.Helper()
	p, err := source.New(iface.Config{Release: rel})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range ifacelive.Declarations {
		if _, err := p.Do(d); err != nil {
			t.Fatalf("%s: %v", d, err)
		}
	}
	return p
}

// ask runs a case. e and s of the probe stand for conversions.
func ask(t *testing.T, p *source.Program, c ifacelive.Case) string {
	t.Helper()
	for _, s := range c.Setup {
		if _, err := p.Do(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	text, err := ifacelive.Told(p.Do(conversions(c.Expr)))
	if err != nil {
		t.Fatalf("%s: %v", c.Expr, err)
	}
	return text
}

// conversions replaces e and s of the probe by the conversions that they stand for.
func conversions(expr string) string {
	return calls.ReplaceAllStringFunc(expr, func(f string) string {
		return map[string]string{"e(": "interface{}(", "s(": "S("}[f]
	})
}

var calls = regexp.MustCompile(`\b[es]\(`)

func short(s string) string {
	switch s {
	case "true":
		return "t"
	case "false":
		return "f"
	}
	h := fnv.New32a()
	h.Write([]byte(s))
	return fmt.Sprintf("%06x", h.Sum32()&0xffffff)
}

// predict returns the answers of a model of a release.
func predict(t *testing.T, rel string) (a ifacelive.Answers, texts []string) {
	p := program(t, rel)
	for _, e := range ifacelive.Asserts {
		a.Asserts = append(a.Asserts, strings.TrimPrefix(ask(t, p, ifacelive.Case{Expr: e}), "interface conversion: "))
	}
	list := func(cases []ifacelive.Case) string {
		var out []string
		for _, c := range cases {
			q := p
			if len(c.Setup) > 0 {
				q = program(t, rel) // for names of its own
			}
			text := ask(t, q, c)
			if text == iface.StackOverflow.Text {
				text = "overflow"
			}
			texts = append(texts, text)
			out = append(out, short(text))
		}
		return strings.Join(out, " ")
	}
	a.Cases, a.Ends = list(ifacelive.Cases), list(ifacelive.Ends)
	var hashes []string
	for _, text := range ifacelive.Hashed {
		typ, err := p.Type(text)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, fmt.Sprintf("%08x", typ.Hash()))
	}
	a.Hashes = strings.Join(hashes, " ")
	a.Conv = predictConversions(t, rel)
	return a, texts
}

// TestGolden checks the model against what every release since 1.2 answered.
func TestGolden(t *testing.T) {
	ifacelive.Golden.Test(t, func(t *testing.T, rel string, got ifacelive.Answers) {
		want, texts := predict(t, rel)
		if diff := cmp.Diff(want.Asserts, got.Asserts); diff != "" {
			t.Errorf("asserts (-model +%s):\n%s", rel, diff)
		}
		real, model := strings.Fields(got.Cases+" "+got.Ends), strings.Fields(want.Cases+" "+want.Ends)
		all := append(append([]ifacelive.Case{}, ifacelive.Cases...), ifacelive.Ends...)
		for i := range all {
			if real[i] != model[i] {
				t.Errorf("%v: model %s, %s %s", all[i], texts[i], rel, real[i])
			}
		}
		if want.Hashes != got.Hashes {
			t.Errorf("hashes: model %s\n%s %s", want.Hashes, rel, got.Hashes)
		}
		if len(want.Conv) != len(got.Conv) {
			t.Fatalf("%d conversions, model %d", len(got.Conv)/2, len(want.Conv)/2)
		}
		for i := range want.Conv {
			if want.Conv[i] != got.Conv[i] {
				t.Errorf("conversion %v, kept %v: model %c, %s %c", convs[i/2].name, i%2 == 0, want.Conv[i], rel, got.Conv[i])
			}
		}
	})
}
