package sched_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/release"
	"github.com/orrery-go/orrery/sched"
)

// lessons returns the programs of the language's lessons, with the answers of real ones.
func lessons(t testing.TB) (out []lesson) {
	t.Helper()
	data, err := os.ReadFile("../program/testdata/lessons")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range strings.Split(string(data), "=== ")[1:] {
		text, answer, _ := strings.Cut(text, "\n> ")
		title, source, _ := strings.Cut(text, "\n")
		p, err := program.Parse(source)
		if err != nil {
			t.Fatalf("%s: %v", title, err)
		}
		marks, says, _ := strings.Cut(strings.TrimSpace(answer), "|")
		out = append(out, lesson{title, p, strings.TrimSpace(marks), strings.TrimSpace(says)})
	}
	return out
}

type lesson struct {
	title       string
	program     *program.Program
	marks, says string
}

// play runs a program, and returns its marks and its ending. It checks the invariants
// after each event.
func play(t testing.TB, c sched.Config, p *program.Program) (marks, says string) {
	t.Helper()
	s, err := sched.New(c, *p)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for e := range s.Events() {
		if e.Kind == sched.Marked {
			list = append(list, fmt.Sprintf("%d %s", e.G, e.What))
		}
		if e.Seq < 5000 {
			if err := s.Check(); err != nil {
				t.Fatalf("%v: %v", e, err)
			}
		}
	}
	if c := (*crash.Error)(nil); errors.As(s.Err(), &c) {
		says = "fatal error: " + c.Text
		if c.Kind == crash.KindPanic {
			says = "panic: " + c.Text
		}
	} else if s.Err() != nil {
		says = s.Err().Error()
	}
	return strings.Join(list, ", "), strings.ReplaceAll(says, "\n", "\\n")
}

// TestLanguage checks that every verb has the effect that it has in real goroutines, by
// the answers that package bench has recorded. The marks of a crashed program are lost.
func TestLanguage(t *testing.T) {
	seen := map[program.Verb]bool{}
	for _, l := range lessons(t) {
		for _, tick := range []uint32{1, 5, 20} {
			marks, says := play(t, sched.Config{Release: release.Running, Schedtick: tick}, l.program)
			if says != l.says || marks != l.marks && (l.says == "" || l.marks != "") {
				t.Errorf("%s: from slice %d:\n%s | %s\nwant\n%s | %s", l.title, tick, marks, says, l.marks, l.says)
				break
			}
		}
		for _, f := range l.program.Funcs {
			for _, op := range f.Ops {
				seen[op.Verb] = true
			}
		}
	}
	for v := program.TrySend; v <= program.AtomicCompare; v++ {
		if !seen[v] {
			t.Errorf("no lesson has %v", v)
		}
	}
}
