package claims

import (
	"strings"
	"testing"

	"github.com/orrery-go/orrery/script"
)

// TestTrial has the programs of rows be those that their checks run.
func TestTrial(t *testing.T) {
	for id, want := range map[string]Trial{
		"2.2-2": {View: "sched", Program: "main:\n\ta = procs 2\n\tb = procs 2\n\tmark {a} {b}\n", Options: map[string]string{"procs": "3"}},
		"2.0-5": {View: "sched", Program: programRows["2.0-5"].parse().String(), Options: map[string]string{"procs": "1", "threads": "60"}},
		"2.3-1": {View: "sched", Program: programRows["2.3-1"].parse().String(), Options: map[string]string{"procs": "1"}},
		"20-3":  {View: "layout", Program: "int64", Options: map[string]string{"arch": "386"}},
		"22-1":  {View: "layout", Program: "struct{ b int64; a struct{} }"},
		"21b-2": {View: "runes", Program: "e\u0301"},
		"29-4":  {View: "escape", Program: "package row29_4\n"},
		"27-18": {View: "epollsim", Program: "do \"ep := epoll_create1()\"\ndo \"r, w := pipe()\"\ndo \"add(ep, r, IN|ET)\"\ndo \"write(w, 8)\"\ndo \"wait(ep, 8)\"\ndo \"wait(ep, 8)\"\ndo \"write(w, 8)\"\ndo \"wait(ep, 8)\"\n"},
		"17-2":  {},
		"1.5-1": {},
		"99-1":  {},
	} {
		got, ok := Row{ID: id, Package: "epollsim"}.Trial()
		program := got.Program
		if want.View == "escape" { // the corpus has the rest
			program = program[:min(len(program), len(want.Program))]
		}
		if ok != (want.View != "") || got.View != want.View || program != want.Program || len(got.Options) != len(want.Options) {
			t.Errorf("%s: %+v, %v, want %+v", id, got, ok, want)
		}
		for option, value := range want.Options {
			if got.Options[option] != value {
				t.Errorf("%s: %s is %q, want %q", id, option, got.Options[option], value)
			}
		}
	}
}

// TestEpollLog has what the log writes be read by package script, which does the same.
func TestEpollLog(t *testing.T) {
	n := 0
	for id, c := range epollChecks {
		text, err := c.program()
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		i, err := script.New("epollsim")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := i.Do("new"); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(text) {
			n++
			if _, err := i.Do(strings.TrimSpace(line)); err != nil && !map[string]bool{"27-3": true, "27-14": true, "27-15": true}[id] {
				t.Errorf("%s: %s%v", id, line, err)
			}
		}
	}
	if n < 1000 {
		t.Errorf("only %d calls", n)
	}
}
