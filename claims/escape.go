package claims

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/escape"
	"github.com/orrery-go/orrery/escape/escapelive"
	"github.com/orrery-go/orrery/release"
)

// An escapeQuestion is a question about a file of escapelive's corpus: where each of the
// named variables and expressions is, or what a function allocates.
type escapeQuestion struct {
	row   string
	names []string // names of variables, or the text of expressions
}

var escapeQuestions = map[string]escapeQuestion{
	"29-1": {"29-1", []string{"x"}},
	"29-2": {"29-2", []string{"x", "y"}},
	"29-3": {"29-3", []string{"x"}}, // what inlining makes of returnsPointer
	"29-4": {"29-4", []string{"x", "y"}},
	"29-5": {"29-5", []string{"x", "y"}},
	"29-7": {"29-7", []string{"make([]byte, n)"}},
	"29-8": {"29-8", []string{"x", "y"}},
}

// answer reports where each name is, by the compiler's lines or the model's.
func (q escapeQuestion) answer(lines []escapelive.Line) string {
	var out []string
	for _, name := range q.names {
		at := "stack"
		for _, l := range lines {
			if l.Text == "moved to heap: "+name || l.Text == name+" escapes to heap" {
				at = "heap"
			}
		}
		out = append(out, at)
	}
	return strings.Join(out, " ")
}

// source is the file.
func (q escapeQuestion) source() (escapelive.Source, error) {
	s, ok := escapelive.Question(q.row)
	if !ok {
		return s, fmt.Errorf("claims: no file of the corpus asks %s", q.row)
	}
	return s, nil
}

// lines returns the model's messages.
func (q escapeQuestion) lines(rel string) ([]escapelive.Line, error) {
	s, err := q.source()
	if err != nil {
		return nil, err
	}
	l := new(escapelive.Loader)
	p, err := l.Source(s.Name, map[string]string{s.Name + ".go": s.Text})
	if err != nil {
		return nil, err
	}
	r, err := escape.Analyze(*p, escape.Config{Release: rel})
	if err != nil {
		return nil, err
	}
	return escapelive.Lines(r), nil
}

// compiled returns the messages of a release's compiler.
func (q escapeQuestion) compiled(ctx context.Context, rel string) ([]escapelive.Line, error) {
	s, err := q.source()
	if err != nil {
		return nil, err
	}
	return escapelive.Compile(ctx, rel, s.Name, s.Text)
}

const notModelled = "not modelled"

// escapeCheck returns a check that the model, the record of each release since 1.14, the
// compilers of other releases and that of the running Go answer.
func escapeCheck(q escapeQuestion, answer func([]escapelive.Line) string) check {
	return check{
		model: func(rel string) (string, error) {
			if !since(rel, "go1.14") {
				return notModelled, nil
			}
			lines, err := q.lines(rel)
			if err != nil {
				return "", err
			}
			return answer(lines), nil
		},
		live: func() (string, error) {
			lines, err := q.compiled(context.Background(), release.Running)
			if err != nil {
				return "", err
			}
			return answer(lines), nil
		},
		from: "go1.14",
		record: func(rel string) (string, error) {
			s, err := q.source()
			if err != nil {
				return "", err
			}
			return answer(escapelive.Golden.Load(rel, s)), nil
		},
		asking: func(ctx context.Context, rel string) (string, error) {
			lines, err := q.compiled(ctx, rel)
			if err != nil {
				return "", err
			}
			return answer(lines), nil
		},
	}
}

// returnsPointer is inlined into its callers.
func returnsPointer() *int { x := 1; return &x }

//go:noinline
func keepsRarely(keep bool) {
	x := 1
	if keep {
		escapeSink = &x
	}
}

var escapeSink *int

var escapeChecks = makeEscapeChecks()

func makeEscapeChecks() map[string]check {
	out := map[string]check{}
	for id, q := range escapeQuestions {
		out[id] = escapeCheck(q, q.answer)
	}
	// Two questions are about the running program.
	heapIsOne := func(q escapeQuestion) func([]escapelive.Line) string {
		return func(lines []escapelive.Line) string {
			return map[string]string{"heap": "1", "stack": "0"}[q.answer(lines)]
		}
	}
	c := escapeCheck(escapeQuestions["29-1"], heapIsOne(escapeQuestions["29-1"]))
	c.quiet = true
	c.live = func() (string, error) {
		defer runtime.KeepAlive(escapeSink)
		return fmt.Sprint(testing.AllocsPerRun(100, func() { keepsRarely(false) })), nil
	}
	out["29-1"] = c
	c = escapeCheck(escapeQuestions["29-3"], heapIsOne(escapeQuestions["29-3"]))
	c.quiet = true
	total := 0
	c.live = func() (string, error) {
		return fmt.Sprint(testing.AllocsPerRun(100, func() { total += *returnsPointer() })), nil
	}
	out["29-3"] = c
	// The text of the message.
	out["29-9"] = escapeCheck(escapeQuestion{row: "29-9"}, func(lines []escapelive.Line) string {
		var all []string
		for _, l := range lines {
			all = append(all, l.Text)
		}
		return strings.Join(all, "; ")
	})
	return out
}
