package whatif

import (
	"strings"
	"testing"

	"golang.org/x/exp/trace"
)

// TestNotes checks which texts are notes.
func TestNotes(t *testing.T) {
	many := strings.Repeat("r:1:0,", 40000) + "r:1:0"
	for text, want := range map[string]bool{
		"select r:1:0,s:2:4,d:0:0": true, "select ": true, "select r:0:0": true,
		"select r:1": false, "select r:1:x": false, "select r:g:0": false, "select r:1:-1": false, "select r:1:1099511627777": false, "select x:1:0": false,
		"select :1:0": false, "select r:1:0,": false, "select " + many: false, "select rs:1:0": false,
		"closed 1 0": true, "closed 1 -1": false, "closed 1": false, "closed x 0": false,
		"case 0 0": false, "cases r:1:0": true,
		"condwait 1 0 2": true, "condwait 1 2 2": true, "condwait 1 3 2": false, "condwait 1 -1 2": false, "condwait x 0 2": false, "condwait 1 0 x": false, "condwait 1": false,
		"signal 1 1 2": true, "broadcast 1 0 2": true, "broadcast": false,
		"atomicadd 1 2 3": true, "atomicadd 1 2": false, "atomicadd 1 2 3 4": false, "atomicadd 1 2 3 4 5": false, "atomicadd 1 2 x": false, "atomicadd x 2 3": false,
		"atomicload 1 2": true, "atomicload 1 ": false, "atomicstore 1 2": true, "atomicswap 1 2 3": true, "atomiccas 1 2 3 0": true, "atomiccas 1 2 3": false,
		"atomicadd 1 9223372036854775807 -9223372036854775808": true, "atomicadd 1 9223372036854775808 1": false,
		"send 1 1099511627777": false, "cancel 1 0": true, "close 1 -1": false, "add 1 4294967296": false, "lock 1 x": false, "lock  0": false, "nothing 1 0": false, "": false,
	} {
		r := newRecorder("go1.26")
		g, err := r.new(1, "main.main")
		if err != nil {
			t.Fatal(err)
		}
		g.state = trace.GoRunning
		verb, rest, _ := strings.Cut(text, " ")
		if got := r.noted(g, verb, rest, trace.NoStack); got != want {
			t.Errorf("%.60q: %v, want %v", text, got, want)
		}
	}
}

// TestPending checks what happens to notes that do not come in pairs.
func TestPending(t *testing.T) {
	r := newRecorder("go1.26")
	g, _ := r.new(1, "main.main")
	say := func(text string) bool {
		r.goesOn(g, strings.Fields(text)[0])
		verb, rest, _ := strings.Cut(text, " ")
		return r.noted(g, verb, rest, trace.NoStack)
	}
	say("select r:1:0,r:0:0,d:0:0")
	if say("case 0 1") || say("case 0 3") || say("case 0 -1") || say("case 0 x") {
		t.Error("a case that cannot go through")
	}
	if !say("case 0 2") || say("case 0 2") {
		t.Error("a default goes through once")
	}
	if o := g.ops[len(g.ops)-1]; o.verb != choose || o.took != 2 {
		t.Errorf("%+v", o)
	}
	say("select r:1:0")
	if say("lock 1 0"); r.recorded.Ignored != 1 || g.ops[len(g.ops)-2].verb != work {
		t.Errorf("%d ignored, %+v", r.recorded.Ignored, g.ops)
	}
	if !say("condwait 2 0 1") || g.condWait < 0 {
		t.Error("no wait")
	}
	at := g.condWait
	if say("unlock 1 0"); g.condWait >= 0 || g.ops[at].verb != work {
		t.Errorf("a wait that was none: %+v", g.ops)
	}
}
