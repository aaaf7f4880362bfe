package house

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A question is one that a newcomer asks, with the place of the answer: a file, or the
// output of go doc for a package or one of its names. The reader knows only README,
// CONTRIBUTING and go doc, so each place is found in one step from there.
type question struct {
	asks string
	at   string // "README.md", "go doc ./chanq", "go doc ./chanq Ready"
	says string // a regular expression
}

var questions = []question{
	{"Where is the rule for a full run queue, its source, our function and its check?", "sched/fidelity.md", "(?m)^\\| ring \\| a ring of 256; when full.*`runtime/proc.go:runqputslow`.*`runq/local.go:putSlow`.*Test"},
	{"What are the columns of a fidelity.md?", "CONTRIBUTING.md", `\| id \| rule \| status \| releases \| source \| model \| shown by \|`},
	{"Where is claim 23-3 checked?", "CONTRIBUTING.md", "`grep '\"23-3\"' claims/\\*.go`"},
	{"How do I add a release?", "CONTRIBUTING.md", `(?m)^## A new release\n`},
	{"How do I add a model?", "CONTRIBUTING.md", `(?m)^## A new model\n`},
	{"What does Ready mean?", "go doc ./chanq Ready", `lists the goroutines that the last operation made runnable`},
	{"And of locks?", "go doc ./locks Ready", `lists the goroutines that the last operation made runnable`},
	{"Which picture shows a mutex?", "go doc ./draw", `LocksQueues\s+mutexes`},
	{"May I call the model from its own Trace?", "go doc ./chanq Chans", `returns an error if its own Trace`},
	{"How do I use a model in a module of mine?", "README.md", `(?s)## In your own code.*go mod edit`},
	{"How do I run a scenario, and which words may it use?", "README.md", `examples/play \S+\s+# a lesson; play -verbs chanq lists the words`},
	{"How do I ask an old release?", "README.md", `(?s)## The time machine.*-release go1\.17\.13`},
	{"When does a P look at the global queue first?", "go doc ./sched", `Once in 61 time slices`},
	{"What is left out?", "README.md", `(?s)## What is not modelled.*omitted`},
	{"How do I run a model in a web page of mine?", "README.md", `go doc ./playground\s+# a model in a page of your own`},
	{"With which commands?", "go doc ./playground", `# In a page of your own.*GOOS=js GOARCH=wasm go build.*orreryAsk`},
	{"Which release does \"running\" mean?", "README.md", `"running"` + "`" + ` the Go that your program is built with`},
	{"And as a constant?", "go doc ./release", `"running" is the Go that the program was built with`},
	{"How do I get a snapshot as JSON?", "README.md", `json\.Marshal\(sim\.Snapshot\(\)\)`},
	{"May several goroutines use a Sim?", "go doc ./sched", `# Concurrent use A \[Sim\] is for one goroutine at a time`},
	{"Can a program of mine deadlock?", "README.md", `examples/explore \S+\s+# can a program of yours deadlock\? go doc ./program has the language`},
	{"May several goroutines use a Heap?", "go doc ./gc", `(?s)# Concurrent use.*for one goroutine at a time`},
}

func TestQuestions(t *testing.T) {
	all := files(t)
	for _, q := range questions {
		if text := answer(t, all, q.at); !regexp.MustCompile(q.says).MatchString(text) {
			t.Errorf("%s %s does not say: %s", q.asks, q.at, q.says)
		}
	}
	for _, q := range []question{{"", "README.md", "no such words"}, {"", "go doc ./chanq Rrready", "."}, {"", "go doc ./nosuch", "."}} {
		if text := answer(t, all, q.at); regexp.MustCompile(q.says).MatchString(text) {
			t.Errorf("%s answers", q.at)
		}
	}
}

// answer returns the text of a place: a file, or the doc comments that go doc prints.
func answer(t *testing.T, all []file, at string) string {
	arg, ok := strings.CutPrefix(at, "go doc ./")
	if !ok {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(at)))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	folder, name, _ := strings.Cut(arg, " ")
	var text strings.Builder
	for _, f := range all {
		if f.folder != folder || f.isTest() {
			continue
		}
		if name == "" {
			text.WriteString(f.syntax.Doc.Text())
		}
		for _, d := range f.syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.Name == name {
					text.WriteString(d.Doc.Text())
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if typ, ok := spec.(*ast.TypeSpec); ok && typ.Name.Name == name {
						text.WriteString(d.Doc.Text())
					}
				}
			}
		}
	}
	return strings.Join(strings.Fields(text.String()), " ")
}
