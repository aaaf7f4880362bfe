package script

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what the models say now to the scenarios")

// TestScenarios runs the scenarios of every model that has some, in
// <model>/testdata/*.txt.
func TestScenarios(t *testing.T) {
	names, err := filepath.Glob("../*/testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	leaves, err := filepath.Glob("../*/*/testdata/*.txt") // of a package of a model
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range leaves {
		if _, ok := interpreters[filepath.Base(filepath.Dir(filepath.Dir(name)))]; ok {
			names = append(names, name)
		}
	}
	seen := map[string]bool{}
	for _, name := range names {
		model := filepath.Base(filepath.Dir(filepath.Dir(name)))
		seen[model] = true
		t.Run(model+"/"+strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			old := strings.ReplaceAll(string(data), "\r\n", "\n")
			now, err := Run(old, nil)
			if err != nil {
				t.Fatal(err)
			}
			if *update && now != old {
				if err := os.WriteFile(name, []byte(now), 0o666); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(old, now); diff != "" {
				t.Errorf("(-scenario +model); go test ./script -update accepts it:\n%s", diff)
			}
		})
	}
	for model := range interpreters {
		if !seen[model] {
			t.Errorf("%s has verbs and no scenario", model)
		}
	}
}

// echo prints its arguments.
func echo() *Interpreter {
	say := func(c *Command) (string, error) {
		out := c.Verb
		if c.Flag("loud") {
			out = strings.ToUpper(out)
		}
		out += " " + c.String("text", "none")
		for w := c.Word(); w != ""; w = c.Word() {
			out += "\n\n" + w
		}
		if c.Verb == "count" {
			if c.Int("n", 0); c.Err() != nil {
				return "", c.Err()
			}
		}
		return out, nil
	}
	return &Interpreter{verbs: []Verb{{Name: "say", run: say}, {Name: "count", run: say}, {Name: "wait", run: func(c *Command) (string, error) {
		d, n := c.Duration(), c.Number()
		return fmt.Sprint(d, n), c.Err()
	}}}}
}

func TestRun(t *testing.T) {
	const scenario = "# a comment\n\nsay text=hi loud\nsay `two words` three\n----\nwrong\noutput\n\ncount n=x\ncount m=1\n----\n"
	const want = "# a comment\n\nsay text=hi loud\nsay `two words` three\n----\nSAY hi\nsay none\n \ntwo words\n \nthree\n\n" +
		"count n=x\ncount m=1\n----\nerror: script: n=x is not a whole number\ncount none\nerror: script: count does not take m=\n"
	got, err := Run(scenario, echo())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if again, err := Run(got, echo()); err != nil || again != got {
		t.Errorf("a scenario that was written does not hold: %v\n%s", err, cmp.Diff(got, again))
	}
	if got, err := Run("say a\n\nsay b\n", echo()); err != nil || got != "say a\n----\nsay none\n \na\n\nsay b\n----\nsay none\n \nb\n" {
		t.Errorf("blocks without output: %q, %v", got, err)
	}
}

// TestUnusedInOrder: if a verb does not take several of the arguments, the message names
// the same one in every run.
func TestUnusedInOrder(t *testing.T) {
	const scenario = "say ren=1 ccp=9 zed=3\n----\n"
	for range 50 {
		if got, err := Run(scenario, echo()); err != nil || got != scenario+"say none\nerror: script: say does not take ccp=\n" {
			t.Fatalf("%q, %v", got, err)
		}
	}
	if got, err := Run(scenario, nil); err != nil || !strings.Contains(got, "which model?") {
		t.Errorf("without an interpreter: %q, %v", got, err)
	}
}

// TestErrors checks the places in errors.
func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		text         string
		line, column int
		want         string
	}{
		{"----\n", 1, 1, "output without a command"},
		{"# x\nsay a\nsing b\n----\n", 3, 1, `no verb "sing" (want say, count, wait)`},
		{"  say a x=1\n----\n", 1, 9, "say does not take x="},
		{"count n=x\n----\n", 1, 7, "n=x is not a whole number"},
		{"wait soon 3\n----\n", 1, 6, `"soon" is no duration`},
		{"wait 2ms\n----\n", 1, 5, "wait wants a whole number here"},
		{"wait 2ms 3 4\n----\n", 1, 12, `wait does not take "4"`},
		{"say a=1 a=2\n----\n", 1, 9, "a is given twice"},
		{"model toys\n----\n", 1, 1, `no verbs for "toys"`},
	} {
		_, failed, err := Play(tt.text, echo())
		var e *Error
		if len(failed) > 0 {
			err = failed[0]
		}
		if !errors.As(err, &e) || e.Line != tt.line || e.Column != tt.column || !strings.Contains(e.Error(), tt.want) {
			t.Errorf("%q: %v; want %d:%d %s", tt.text, err, tt.line, tt.column, tt.want)
		}
	}
	if _, failed, err := Play("sing b\n----\nerror: script: no verb \"sing\" (want say, count, wait)\n", echo()); err != nil || len(failed) > 0 {
		t.Errorf("an error that the scenario expects is reported: %v, %v", failed, err)
	}
}

// TestDoc checks that the package's documentation lists every verb, as the tables have
// them. -update writes it.
func TestDoc(t *testing.T) {
	data, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	old := strings.ReplaceAll(string(data), "\r\n", "\n")
	const begin, end = "// # Verbs\n", "package script\n"
	head, _, ok := strings.Cut(old, begin)
	if !ok {
		t.Fatalf("doc.go has no %q", begin)
	}
	var b strings.Builder
	b.WriteString(head + begin)
	for _, model := range Models() {
		in, err := New(model)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "//\n// %s:\n//\n", model)
		for line := range strings.Lines(in.Help()) {
			b.WriteString("//\t" + line)
		}
	}
	b.WriteString(end)
	if now := b.String(); *update && now != old {
		if err := os.WriteFile("doc.go", []byte(now), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(old, now); diff != "" {
		t.Errorf("(-doc.go +verbs); go test ./script -update accepts it:\n%s", diff)
	}
}

func FuzzRun(f *testing.F) {
	f.Add("alloc", "release go1.17\nplace 1 x 3 scan\n----\n")
	f.Add("slicegrow", "grow len=1\n----\n\nrelease\ngrow len=-1 cap=99999999999999999999\n----\n")
	f.Add("layout", "of `struct{ a bool }`\n----\n")
	f.Fuzz(func(t *testing.T, model, text string) {
		in, err := New(model)
		if err != nil {
			return
		}
		now, err := Run(text, in)
		if err != nil {
			return
		}
		in, _ = New(model)
		if again, err := Run(now, in); err != nil || again != now {
			t.Fatalf("a scenario that was written does not hold: %v\n%s", err, cmp.Diff(now, again))
		}
	})
}

// TestTypeChecker: go/types 1.26 fails an assertion on source that does not type-check,
// if it may stop at the first error (types/named.go:Underlying). A scenario must not.
func TestTypeChecker(t *testing.T) {
	in, err := New("escape")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Run("new\ngo \"func f() { type node struct{ next *node; fun }; n := &node{}; m = n }\"\n----\n", in)
	if err != nil || !strings.Contains(got, "undefined") {
		t.Errorf("%s, %v", got, err)
	}
}
