package bench

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/program"
)

var update = flag.Bool("update", false, "write the answers of ../program/testdata/lessons")

const languageFile = "../program/testdata/lessons"

// TestLanguage checks that real goroutines give the answers of the language lessons,
// which package sched is checked against, one by one, each in a process of its own.
func TestLanguage(t *testing.T) {
	t.Parallel() // one lesson waits for a stack of a gigabyte
	data, err := os.ReadFile(languageFile)
	if err != nil {
		t.Fatal(err)
	}
	real, err := Start(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer real.Close()
	lessons, rejected := 0, 0
	var out strings.Builder
	for i, text := range strings.Split(string(data), "=== ") {
		if i == 0 {
			out.WriteString(text)
			continue
		}
		text, want, _ := strings.Cut(text, "\n> ")
		title, source, _ := strings.Cut(text, "\n")
		p, err := program.Parse(source)
		if err != nil {
			t.Fatalf("%s: %v", title, err)
		}
		var e Ending
		trials := child.NewTrials(1)
		for trials.Next() {
			if e, err = real.Alone(p, time.Minute, "GOMAXPROCS=1"); err != nil || e.Killed {
				t.Fatalf("%s: %s, %v", title, e.details(), err)
			}
			if why := e.Disturbed(p); why != "" {
				trials.Reject(why)
				rejected++
				continue
			}
			trials.Accept()
		}
		if err := trials.Err(); err != nil {
			t.Fatalf("%s: %v", title, err)
		}
		lessons++
		got := answer(p, e)
		if !*update && strings.TrimSpace(want) != got && runtime.GOOS == "linux" {
			t.Errorf("%s: real\n%s\nwant\n%s", title, got, want)
		}
		fmt.Fprintf(&out, "=== %s\n%s\n\n> %s\n\n", title, strings.TrimSpace(source), got)
	}
	t.Logf("%d lessons, %d disturbed runs rejected", lessons, rejected)
	if *update {
		if err := os.WriteFile(languageFile, []byte(strings.TrimRight(out.String(), "\n")+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// answer returns the marks of the goroutines and the ending of the program.
func answer(p *program.Program, e Ending) string {
	var marks []string
	for _, m := range e.Marks(p) {
		marks = append(marks, fmt.Sprint(m.G, " ", m.Text))
	}
	says := strings.SplitN(e.Says, "\n[signal", 2)[0]
	if i := strings.Index(says, "fatal error: "); i >= 0 {
		says = says[i:]
	}
	return strings.TrimSpace(strings.ReplaceAll(strings.Join(marks, ", ")+" | "+says, "\n", "\\n"))
}
