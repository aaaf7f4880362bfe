package playground

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/internal/cputime"
)

// asked asks a question and parses the answer.
func asked(t *testing.T, q Question) Answer {
	t.Helper()
	question, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	out := Ask(question)
	if q.Step%3 == 0 {
		if again := Ask(question); !bytes.Equal(out, again) {
			t.Errorf("%.200s: two answers", question)
		}
	}
	if i := bytes.Index(out, []byte(missing)); i >= 0 {
		t.Errorf("%.200s: a word is missing: %.80s", question, out[i:])
	}
	if bytes.Contains(out, []byte(":null")) {
		t.Errorf("%.200s: a null list: %.300s", question, out)
	}
	var a Answer
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// of returns the question that an example asks.
func of(v *View, e Example) Question {
	return Question{Ask: "run", View: v.ID, Program: e.Program, Release: e.Release, Beside: e.Beside, Seed: e.Seed, Options: e.Options}
}

// TestExamples runs every example of every view in both languages, and checks the first
// step, the last, and some between.
func TestExamples(t *testing.T) {
	for _, v := range views {
		if len(v.Examples) < 3 {
			t.Errorf("%s: %d examples, want 3 or more", v.ID, len(v.Examples))
		}
		for _, e := range v.Examples {
			t.Run(v.ID+"/"+e.ID, func(t *testing.T) {
				q := of(v, e)
				for _, q.Lang = range []string{"en", "zh"} {
					q.Step = 0
					a := asked(t, q)
					if a.Error != nil {
						t.Fatalf("%+v", a.Error)
					}
					last := a.Runs[0].Steps
					for i := range 6 {
						q.Step = last * i / 5
						q.Guess = i%2 == 1
						for _, r := range asked(t, q).Runs {
							check(t, v, r)
						}
					}
					q.Guess = false
				}
			})
		}
	}
}

// check checks for faults that no answer should have.
func check(t *testing.T, v *View, r Side) {
	t.Helper()
	if (r.Release == "") != (len(v.releases()) == 0) {
		t.Errorf("of release %q", r.Release)
	}
	if r.Step > 0 && (r.Now.Text == "" || r.Now.N != r.Step) {
		t.Errorf("step %d: %+v", r.Step, r.Now)
	}
	if len(r.Panels) == 0 && r.Step > 0 {
		t.Errorf("step %d: no panel has anything to show", r.Step)
	}
	ids := map[string]bool{}
	once := func(id string) {
		if id != "" && ids[id] {
			t.Errorf("step %d: %q is in two places", r.Step, id)
		}
		ids[id] = true
	}
	for _, p := range r.Panels {
		if !slices.Contains([]string{"rows", "lanes", "graph", "curves", "svg", "text"}, p.Kind) {
			t.Errorf("a panel of kind %q", p.Kind)
		}
		for _, row := range p.Rows {
			once("row " + row.ID)
			for _, g := range row.Groups {
				for _, c := range g.Cells {
					once(c.ID)
				}
			}
		}
	}
	if k := r.Now.Rule; k != nil {
		model, _, _ := strings.Cut(k.Model, "/")
		if _, ok := chinese[model+"/"+k.ID]; !ok {
			t.Errorf("step %d: %s/%s has no Chinese", r.Step, model, k.ID)
		}
	}
	if r.Now.Name != "" && r.Now.Rule == nil {
		t.Errorf("step %d: %s/fidelity.md has no rule %q", r.Step, v.Model, r.Now.Name)
	}
	if r.Guess != nil && (len(r.Guess.Choices) < 2 || r.Guess.Right < 0 || r.Guess.Right >= len(r.Guess.Choices)) {
		t.Errorf("step %d: %+v", r.Step, r.Guess)
	}
}

// TestReleases runs the examples in old releases, where some verbs are missing.
func TestReleases(t *testing.T) {
	for _, v := range views {
		for i, name := range v.releases() {
			for j, e := range v.Examples {
				if (i+j)%4 > 0 { // each release has a few, and together they have all
					continue
				}
				q := of(v, e)
				q.Release, q.Beside, q.Step = name, "", 1<<30
				asked(t, q)
			}
		}
	}
}

// TestWords checks that every word is there in both languages, with the same arguments,
// and that every Kind of a model has one.
func TestWords(t *testing.T) {
	tables := map[string]map[string]Words{"common": common, "page": page}
	for _, v := range views {
		tables[v.ID] = v.Words
		own := map[string]Words{"title": v.Title, "about": v.About, "language": v.Language}
		for _, e := range v.Examples {
			own["example "+e.ID] = e.Title
		}
		tables["the view "+v.ID] = own
		for _, kind := range kinds(t, "../"+v.Model) {
			if _, ok := v.Words[v.Prefix+kind]; !ok {
				t.Errorf("%s has no word %q", v.ID, v.Prefix+kind)
			}
		}
	}
	for name, table := range tables {
		for key, w := range table {
			if w.EN == "" || w.ZH == "" {
				t.Errorf("%s: %q is not in both languages", name, key)
			}
			if en, zh := arguments(w.EN), arguments(w.ZH); !slices.Equal(en, zh) && !strings.HasPrefix(name, "the view") {
				t.Errorf("%s: %q has the arguments %q in English, %q in Chinese", name, key, en, zh)
			}
		}
	}
}

func arguments(text string) (out []string) {
	for _, part := range strings.Split(text, "{")[1:] {
		name, _, _ := strings.Cut(part, "}")
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// kinds returns the values of the constants of type Kind in a folder.
func kinds(t *testing.T, folder string) (out []string) {
	t.Helper()
	names, err := filepath.Glob(folder + "/*.go")
	if err != nil || len(names) == 0 {
		t.Fatal(err, names)
	}
	for _, name := range names {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.ValueSpec); ok {
				if typ, ok := s.Type.(*ast.Ident); ok && typ.Name == "Kind" {
					for _, x := range s.Values {
						if lit, ok := x.(*ast.BasicLit); ok {
							kind, _ := strconv.Unquote(lit.Value)
							out = append(out, kind)
						}
					}
				}
			}
			return true
		})
	}
	return out
}

// TestLean checks that every file of a view, and of the verbs of a model, has a build
// constraint: without one it would be in every engine.
func TestLean(t *testing.T) {
	for _, id := range order {
		if viewOf(id) == nil {
			t.Errorf("no view %q", id)
		}
	}
	if len(views) != len(order) {
		t.Errorf("%d views, of which the order knows %d", len(views), len(order))
	}
	const without = "//go:build !orrery_lean\n"
	n := 0
	for _, folder := range []string{".", "../script"} {
		names, err := filepath.Glob(folder + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		adds := regexp.MustCompile(`(?m)^func init\(\) \{ (?:add\(&|interpreters\[")(\w+?)(?:View\)|"\])`)
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			m := adds.FindSubmatch(text)
			if m == nil {
				continue
			}
			n++
			with := fmt.Sprintf("//go:build !orrery_lean || orrery_%s\n", m[1])
			if !bytes.HasPrefix(text, []byte(with)) && (folder == "." || !bytes.HasPrefix(text, []byte(without))) {
				t.Errorf("%s does not begin with %q", name, with)
			}
		}
	}
	if n < len(order)+10 {
		t.Errorf("only %d files", n)
	}
}

// TestNames checks that steps use the program's names, also for a number that is used
// again for another object.
func TestNames(t *testing.T) {
	for _, tt := range []struct {
		view, program string
		want          []string // steps, in this order
	}{
		{"ctxtree", "do \"a := WithCancel(background)\"\ndo \"b := WithCancel(a)\"\ndo \"a := WithCancel(b)\"\ndo \"cancel(b)\"\n", []string{
			"a (ctx3) is made below background", "b (ctx4) is made below a (ctx3)", "a (ctx5) is made below b (ctx4)",
			"the Done channel of b (ctx4) is closed", "the Done channel of a (ctx5) is closed", "b (ctx4) leaves the children of a (ctx3)"}},
		{"race", "play \"main: go a; main: go b\"\nplay \"a: write x; b: write x\"\n", []string{
			"main starts b, which knows all that main has done", "a: write x", "RACE: on x, b does not know of the access of a"}},
		{"race", "play \"main: make c chan 1; main: send c; main: recv c\"\n", []string{"c is made", "main: send c", "main: recv c"}},
		{"epollsim", "do \"ep := epoll_create1()\"\ndo \"r, w := pipe()\"\ndo \"add(ep, r, IN)\"\ndo \"write(w, 2)\"\ndo \"close(r)\"\ndo \"e := eventfd(0)\"\ndo \"close(e)\"\ndo \"eventfd(0)\"\n", []string{
			"descriptor ep (3) is opened: epoll", "descriptor r (4) is opened: pipe, read end", "descriptor w (5) is opened: pipe, write end", "r (4) goes into the tree of epoll ep",
			"r (4) joins the ready list of epoll ep", "descriptor r (4) is closed", "descriptor e (4) is opened: eventfd", "descriptor e (4) is closed", "descriptor 4 is opened: eventfd"}},
	} {
		r := asked(t, Question{Ask: "run", View: tt.view, Program: tt.program}).Runs[0]
		log := r.Log
		for _, want := range tt.want {
			i := slices.IndexFunc(log, func(k Told) bool { return strings.HasPrefix(k.Text, want) })
			if i < 0 {
				t.Errorf("%s: no step %q in %+v", tt.view, want, log)
				break
			}
			log = log[i+1:]
		}
	}
}

// TestLinks turns the question of each example into a link and back.
func TestLinks(t *testing.T) {
	for _, v := range views {
		for _, e := range v.Examples {
			for _, program := range []string{e.Program, e.Program + "# changed\n", "", "# 世界 & = # % +\n", strings.Repeat("# long\n", 2000)} {
				q := of(v, e)
				q.Program, q.Step, q.Seed, q.Lang = program, 7, "18446744073709551615", "zh"
				a := asked(t, Question{Ask: "write", View: q.View, Program: q.Program, Release: q.Release, Beside: q.Beside, Seed: q.Seed, Options: q.Options, Step: q.Step, Lang: q.Lang})
				if a.Error != nil {
					t.Fatal(a.Error.Text)
				}
				if len(a.Link) > 2000 {
					t.Errorf("%s/%s: a link of %d characters", v.ID, e.ID, len(a.Link))
				}
				b := asked(t, Question{Ask: "read", Link: a.Link})
				if b.Error != nil {
					t.Fatalf("%s: %s", a.Link, b.Error.Text)
				}
				got := b.Asked
				for id, value := range q.Options {
					if o := v.option(id); value != o.Default && got.Options[id] != value {
						t.Errorf("%s: %s is %q, want %q", a.Link, id, got.Options[id], value)
					}
				}
				if got.View != q.View || got.Program != q.Program || got.Release != q.Release || got.Beside != q.Beside || got.Seed != q.Seed || got.Step != q.Step || got.Lang != q.Lang {
					t.Errorf("%s: %+v, want %+v", a.Link, got, q)
				}
			}
		}
	}
}

// TestOldLinks reads links written by this version, which every later version must read,
// too.
func TestOldLinks(t *testing.T) {
	for link, want := range map[string]Question{
		"v=1&view=sched&example=first&beside=go1.4&o.procs=1&step=9":                  {View: "sched", Beside: "go1.4", Step: 9, Options: map[string]string{"procs": "1"}},
		"v=1&view=chanq&example=hand-off&release=go1.27&beside=go1.5&step=12&lang=zh": {View: "chanq", Release: "go1.27", Beside: "go1.5", Step: 12, Lang: "zh"},
		"v=1&view=gc&z=SslXMFRQKjZQsFXISy1XMFTiAgQAAP__":                              {View: "gc", Program: "do 1 \"s0 = new 1\"\n"},
		"#v=1&view=gc&p=gc%0A&seed=7":                                                 {View: "gc", Program: "gc\n", Seed: "7"},
		"v=1&view=chanq":                                                              {View: "chanq"},
	} {
		a := asked(t, Question{Ask: "read", Link: link})
		if a.Error != nil {
			t.Errorf("%s: %s", link, a.Error.Text)
			continue
		}
		got := a.Asked
		if got.View != want.View || got.Release != want.Release || got.Beside != want.Beside || got.Step != want.Step || got.Lang != want.Lang || got.Seed != want.Seed ||
			want.Program != "" && got.Program != want.Program || got.Program == "" || fmt.Sprint(got.Options) != fmt.Sprint(want.Options) {
			t.Errorf("%s: %+v, want %+v", link, got, want)
		}
	}
}

// TestBrokenLinks checks that the error for a broken link names the mistake.
func TestBrokenLinks(t *testing.T) {
	for link, want := range map[string]string{
		"":                            "no version",
		"view=gc":                     "no version",
		"v=0&view=gc":                 "no version",
		"v=2&view=gc":                 "newer than this page",
		"v=1":                         "no view",
		"v=1&view=nothing":            `"nothing"`,
		"v=1&view=gc&example=gone":    `no example "gone"`,
		"v=1&view=gc&z=!!!":           "damaged",
		"v=1&view=gc&z=AAAA":          "damaged",
		"v=1&view=gc&release=go9":     `no release "go9"`,
		"v=1&view=gc&release=running": `no release "running"`,
		"v=1&view=gc&seed=x":          `seed "x"`,
		"v=1&view=gc&step=-1":         `step "-1"`,
		"v=1&view=gc&step=1&step=2":   "2 times",
		"v=1&view=gc&else=1":          `"else"`,
		"v=1&view=gc&o.procs=1":       `no option "procs"`,
		"v=1&view=sched&o.procs=0":    "from 1 to 64",
		"v=1&view=gc&%zz":             "invalid URL escape",
		"v=1&view=gc&p=" + strings.Repeat("x", 200_000):               "too long",
		"v=1&view=gc&z=" + deflate(strings.Repeat("x", 2*MaxProgram)): "too long",
	} {
		a := asked(t, Question{Ask: "read", Link: link})
		if a.Error == nil || !strings.Contains(a.Error.Text, want) {
			t.Errorf("%.60s: %+v, want %q", link, a.Error, want)
		}
	}
}

// TestBadPrograms gives each view texts that are not programs. An answer must come soon,
// and name the place of the mistake.
func TestBadPrograms(t *testing.T) {
	long := strings.Repeat("# nothing, and much of it\n", MaxProgram/26)
	for _, v := range views {
		for name, program := range map[string]string{
			"nothing": "", "a comment": "# nothing\n", "noise": "\x00\x01 {}[]\"'`\\", "Chinese": "世界\n", "an open quote": "do 1 \"",
			"long": long, "too long": long + long, "1 MB": strings.Repeat("x", 1<<20), "many lines": strings.Repeat("\n", MaxProgram),
			"no UTF-8": "\xff\xfe", "model": "model gc\nnew\n", "huge numbers": "make 99999999999999999999\ngo -1\n",
		} {
			begin := cputime.Process()
			a := asked(t, Question{Ask: "run", View: v.ID, Program: program, Step: min(1<<40, math.MaxInt)})
			if d := cputime.Process() - begin; d > 4*time.Second {
				t.Errorf("%s, %s: an answer after %v", v.ID, name, d)
			}
			if name == "1 MB" && (a.Error == nil || a.Error.Line == 0) {
				t.Errorf("%s, %s: %+v", v.ID, name, a.Error)
			}
		}
	}
}

// TestPlaces checks that errors have line and column.
func TestPlaces(t *testing.T) {
	for _, tt := range []struct {
		view, program string
		line, column  int
	}{
		{"sched", "main:\n\tgo nobody\n", 2, 2},
		{"sched", "main:\n    世 界\n", 2, 5},
		{"chanq", "make 0\ngo 1\n  do 1 \"c1 >- 7\"\n", 3, 8},
		{"chanq", "make 0\ngo 1\ndo 2 \"<-c1\"\n", 3, 1},
		{"gc", "do 1 \"s0 = new 1\"\nsetp\n", 2, 1},
		{"gc", "search nothing\n", 1, 8},
	} {
		a := asked(t, Question{Ask: "run", View: tt.view, Program: tt.program})
		if a.Error == nil || a.Error.Line != tt.line || a.Error.Column != tt.column {
			t.Errorf("%s, %q: %+v, want line %d, column %d", tt.view, tt.program, a.Error, tt.line, tt.column)
		}
	}
}

// TestBadQuestions asks questions that cannot be answered.
func TestBadQuestions(t *testing.T) {
	for question, want := range map[string]string{
		"":               "no JSON",
		"[]":             "no JSON",
		`{"ask":"what"}`: "want run, about",
		`{"schema":2}`:   "schema 2",
		`{"ask":"run"}`:  "no view",
		`{"ask":"run","view":"sched","options":{"procs":"many"}}`:  "from 1 to 64",
		`{"ask":"run","view":"gc","options":{"algorithm":"none"}}`: "want one of",
		`{"ask":"run","view":"gc","seed":"-1"}`:                    "seed",
		strings.Repeat(" ", MaxQuestion+1):                         "want at most",
	} {
		var a Answer
		if err := json.Unmarshal(Ask([]byte(question)), &a); err != nil {
			t.Fatal(err)
		}
		if a.Error == nil || !strings.Contains(a.Error.Text, want) {
			t.Errorf("%.80s: %+v, want %q", question, a.Error, want)
		}
	}
}

// TestForever checks that a program that never ends is cut, and that its log can be read
// in windows.
func TestForever(t *testing.T) {
	q := Question{Ask: "run", View: "sched", Example: "forever", Step: MaxSteps / 2}
	r := asked(t, q).Runs[0]
	if r.Steps != MaxSteps || r.Cut == "" || len(r.Log) != LogWindow || r.LogFrom != q.Step-LogWindow/2 {
		t.Errorf("%d steps, cut %q, %d lines of the log from %d", r.Steps, r.Cut, len(r.Log), r.LogFrom)
	}
	q.Log = MaxSteps - 10
	if r := asked(t, q).Runs[0]; r.LogFrom != MaxSteps-LogWindow+1 || r.Log[len(r.Log)-1].N != MaxSteps {
		t.Errorf("the log's end begins at %d", r.LogFrom)
	}
}

// TestDiffer checks that the first difference is the one in the ledger: since Go 1.5 the
// goroutine that was started last runs first.
func TestDiffer(t *testing.T) {
	e := schedView.Examples[0]
	q := of(&schedView, e)
	a := asked(t, q)
	if a.Differ != 9 {
		t.Fatalf("first difference %d", a.Differ)
	}
	first := func(r Side) string { // the first of the program's own
		for _, k := range r.Log[a.Differ-1:] {
			if k.Kind == "started" && strings.HasPrefix(k.Text, "g") {
				return k.Text[:2]
			}
		}
		return ""
	}
	if first(a.Runs[0]) != "g6" || first(a.Runs[1]) != "g2" {
		t.Errorf("%q and %q run first, want g6 and g2", first(a.Runs[0]), first(a.Runs[1]))
	}
}
