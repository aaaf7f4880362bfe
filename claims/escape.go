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

// An escapeQuestion is source, and what is asked about it: where each of the named
// variables and expressions is, or what a function allocates.
type escapeQuestion struct {
	src   string
	names []string // of variables, or the text of expressions
}

var escapeQuestions = map[string]escapeQuestion{
	"29-1": {"func f(keep bool) { x := 1; if keep { sink = &x } }", []string{"x"}},
	"29-2": {"func f() int { x := 1; p := &x; return *p }\nfunc g() { y := 1; sink = &y }", []string{"x", "y"}},
	"29-3": {"func f() int { x := 1; p := &x; return *p }", []string{"x"}}, // what inlining makes of returnsPointer
	"29-4": {"func f() { c := make(chan *int, 1); x := 1; c <- &x }\nfunc g() { c := make(chan int, 1); y := 1; p := &y; c <- *p }", []string{"x", "y"}},
	"29-5": {"func f() int { x := 1; s := []*int{&x}; return *s[0] }\nfunc g(s []*int) { y := 1; s[0] = &y }", []string{"x", "y"}},
	"29-7": {"func f(n int) int { s := make([]byte, n); return len(s) }", []string{"make([]byte, n)"}},
	"29-8": {"type R interface{ Read(*int) }\ntype r struct{}\nfunc (r) Read(p *int) { *p = 1 }\nfunc f(i R) { x := 1; i.Read(&x) }\nfunc g() { y := 1; var i R = r{}; i.Read(&y) }", []string{"x", "y"}},
}

// answer reports where each name is, from the compiler's lines or the model's.
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

func (q escapeQuestion) source() string { return "package p\nvar sink *int\n" + q.src + "\n" }

// lines returns the model's messages.
func (q escapeQuestion) lines(rel string) ([]escapelive.Line, error) {
	l := new(escapelive.Loader)
	p, err := l.Source("p", map[string]string{"p.go": q.source()})
	if err != nil {
		return nil, err
	}
	r, err := escape.Analyze(*p, escape.Config{Release: rel})
	if err != nil {
		return nil, err
	}
	return escapelive.Lines(r), nil
}

const notModelled = "not modelled"

func escapeModel(q escapeQuestion, answer func([]escapelive.Line) string) func(string) (string, error) {
	return func(rel string) (string, error) {
		if !since(rel, "go1.14") {
			return notModelled, nil
		}
		lines, err := q.lines(rel)
		if err != nil {
			return "", err
		}
		return answer(lines), nil
	}
}

func escapeLive(q escapeQuestion, answer func([]escapelive.Line) string) func() (string, error) {
	return func() (string, error) {
		lines, err := escapelive.Compile(context.Background(), release.Running, "p", q.source())
		if err != nil {
			return "", err
		}
		return answer(lines), nil
	}
}

// returnsPointer is inlined.
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
		out[id] = check{model: escapeModel(q, q.answer), live: escapeLive(q, q.answer)}
	}
	// Two are asked of the running program.
	heapIsOne := func(q escapeQuestion) func([]escapelive.Line) string {
		return func(lines []escapelive.Line) string {
			return map[string]string{"heap": "1", "stack": "0"}[q.answer(lines)]
		}
	}
	q := escapeQuestions["29-1"]
	out["29-1"] = check{quiet: true, model: escapeModel(q, heapIsOne(q)), live: func() (string, error) {
		defer runtime.KeepAlive(escapeSink)
		return fmt.Sprint(testing.AllocsPerRun(100, func() { keepsRarely(false) })), nil
	}}
	q = escapeQuestions["29-3"]
	total := 0
	out["29-3"] = check{quiet: true, model: escapeModel(q, heapIsOne(q)), live: func() (string, error) {
		return fmt.Sprint(testing.AllocsPerRun(100, func() { total += *returnsPointer() })), nil
	}}
	// The message itself.
	q = escapeQuestion{src: "func f() *int { x := 1; return &x }"}
	text := func(lines []escapelive.Line) string {
		var all []string
		for _, l := range lines {
			all = append(all, l.Text)
		}
		return strings.Join(all, "; ")
	}
	out["29-9"] = check{model: escapeModel(q, text), live: escapeLive(q, text)}
	return out
}
