package script

import (
	"flag"
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
	seen := map[string]bool{}
	for _, name := range names {
		model := filepath.Base(filepath.Dir(filepath.Dir(name)))
		seen[model] = true
		t.Run(model+"/"+strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			in, err := New(model)
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			old := strings.ReplaceAll(string(data), "\r\n", "\n")
			now, err := Run(old, in)
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

// echo prints what it was given.
type echo struct{}

func (echo) Do(c *Command) (string, error) {
	out := c.Verb
	if c.Flag("loud") {
		out = strings.ToUpper(out)
	}
	out += " " + c.String("text", "none")
	for w := c.Word(); w != ""; w = c.Word() {
		out += "\n\n" + w
	}
	if c.Verb == "count" {
		c.Int("n", 0)
	}
	return out, c.Err()
}

func TestRun(t *testing.T) {
	const scenario = "# a comment\n\nsay text=hi loud\nsay `two words` three\n----\nwrong\noutput\n\ncount n=x\ncount m=1\n----\n"
	const want = "# a comment\n\nsay text=hi loud\nsay `two words` three\n----\nSAY hi\nsay none\n \ntwo words\n \nthree\n\n" +
		"count n=x\ncount m=1\n----\nerror: script: n=x is not a whole number\nerror: script: count does not take m=\n"
	got, err := Run(scenario, echo{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if again, err := Run(got, echo{}); err != nil || again != got {
		t.Errorf("a scenario that was written does not hold: %v\n%s", err, cmp.Diff(got, again))
	}
	for _, bad := range []string{"----\n", "say\n", "say\n\n----\n"} {
		if out, err := Run(bad, echo{}); err == nil {
			t.Errorf("%q runs: %q", bad, out)
		}
	}
}

// TestUnusedInOrder: of several arguments that a verb does not take, the message
// names the same one in every run.
func TestUnusedInOrder(t *testing.T) {
	const scenario = "say ren=1 ccp=9 zed=3\n----\n"
	for range 50 {
		if got, err := Run(scenario, echo{}); err != nil || got != scenario+"error: script: say does not take ccp=\n" {
			t.Fatalf("%q, %v", got, err)
		}
	}
	if _, err := Run(scenario, nil); err == nil || !strings.Contains(err.Error(), "use New") {
		t.Errorf("without an interpreter: %v", err)
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
