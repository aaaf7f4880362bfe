package interleave_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched/interleave"
)

// run explores a program to its first failure.
func run(t testing.TB, text string) (explore.Result[uint64], *interleave.Machine) {
	t.Helper()
	p, err := program.Parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	lines, _ := program.Lines(text)
	m, err := interleave.New(interleave.Config{Lines: lines}, p)
	if err != nil {
		t.Fatal(err)
	}
	r, err := explore.Run(t.Context(), m, explore.Options{MaxStates: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return r, m
}

// TestEnds has all endings of programs, each with its rule.
func TestEnds(t *testing.T) {
	for _, k := range []struct{ name, text, ends string }{
		{"lock order", "mutex a; mutex b; main:; go g; lock a; lock b; unlock b; unlock a; g:; lock b; lock a; unlock a; unlock b", "deadlock, main returns"},
		{"lock twice", "mutex a; main:; lock a; lock a", "deadlock"},
		{"unlock of another's", "mutex a; chan c; main:; lock a; go g; lock a; g:; unlock a", "main returns"},
		{"unlock twice", "mutex a; main:; unlock a", "sync: unlock of unlocked mutex"},
		{"fatal in spite of recover", "mutex a; main:; defer; recover; end; unlock a", "sync: unlock of unlocked mutex"},
		{"nobody receives", "chan c; main:; send c 1", "deadlock"},
		{"nil channel", "main:; recv nil", "deadlock"},
		{"close of nil", "main:; close nil", "close of nil channel"},
		{"a waiting sender, and close", "chan c; main:; go g; close c; sleep 1ms; g:; send c 1; panic went on", "main returns, send on closed channel"},
		{"a full buffer and a sender that waits", "chan c 1; main:; send c 1; go g; recv c; recv c; g:; send c 2", "main returns"},
		{"first come first served", "chan c; chan d; chan e; main:; go a; recv d; go b; recv e; send c 1; send c 2; recv d; a:; send d 1; x = recv c; if x != 1; panic not first; end; send d 2; b:; send e 1; recv c",
			"main returns, not first"}, // a may mark that it is there, and only then wait
		{"value and ok", "chan c 1; main:; send c 7; close c; x, ok = recv c; y, no = recv c; if x == 7; if ok == 1; if y == 0; if no == 0; panic right; end; end; end; end", "right"},
		{"select takes any", "chan c 1; chan d 1; main:; send c 1; send d 1; k = select recv c, recv d; if k == 0; panic first; end; panic second", "first, second"},
		{"default", "chan c; main:; k = select recv c, default; if k == -1; panic none; end", "none"},
		{"default only if nobody waits", "chan c; main:; go g; select send c 1, default; g:; recv c", "main returns"},
		{"no cases", "main:; select", "deadlock"},
		{"nil cases", "main:; select recv nil, send nil", "deadlock"},
		{"a select that waits leaves all its queues", "chan c; chan d; main:; go g; k = select recv c, recv d; select send d 1, default; g:; send c 1; select recv d, default", "main returns"},
		{"trysend", "chan c; main:; ok = trysend c 1; if ok; panic sent; end", "main returns"},
		{"recv after", "main:; recv after 1h", "main returns"},
		{"a goroutine spins", "chan c; main:; go g; recv c; g:; loop; yield; end", ""},
		{"a loop with a shared flag", "int over; main:; go g; while over == 0; yield; end; g:; over = 1", "main returns"},
		{"a lost update in one line", "int x; waitgroup wg 2; main:; go g 2; wait wg; if x != 2; panic lost; end; g:; x = x + 1; done wg", "lost, main returns"},
		{"none by an atomic", "int x; waitgroup wg 2; main:; go g 2; wait wg; if x != 2; panic lost; end; g:; atomicadd x 1; done wg", "main returns"},
		{"none under a lock", "int x; mutex m; waitgroup wg 2; main:; go g 2; wait wg; if x != 2; panic lost; end; g:; lock m; x = x + 1; unlock m; done wg", "main returns"},
		{"a received value is stored later", "int x; chan c; main:; go g; send c 7; if x != 7; panic early; end; g:; x = recv c", "early, main returns"},
		{"and that of a select", "int x[2]; chan c; main:; go g; send c 7; if x[1] != 7; panic early; end; g:; i = 1; k, x[i] = select recv c, recv nil", "early, main returns"},
		{"and of a try", "int x; mutex m; waitgroup wg 2; main:; go g 2; wait wg; if x == 0; panic none; end; g:; x = trylock m; done wg", "main returns, none"},
		{"a lost update", "int x; waitgroup wg 2; main:; go g 2; wait wg; if x != 2; panic lost; end; g:; y = x; x = y + 1; done wg", "lost, main returns"},
		{"atomic add", "int x; waitgroup wg 2; main:; go g 2; wait wg; if x != 2; panic lost; end; g:; atomicadd x 1; done wg", "main returns"},
		{"compare and swap", "int x; chan c; main:; go g 2; recv c; g:; ok = atomiccas x 0 1; if ok; send c 1; end", "main returns"},
		{"swap", "int x; main:; x = 4; y = atomicswap x 5; z = atomicload x; if y == 4; if z == 5; panic right; end; end", "right"},
		{"reused", "waitgroup wg 1; main:; go g; wait wg; g:; done wg; add wg 1", "deadlock, main returns, sync: WaitGroup is reused before previous Wait has returned"},
		{"negative", "waitgroup wg; main:; done wg", "sync: negative WaitGroup counter"},
		{"add too late", "waitgroup wg; main:; go g; wait wg; g:; add wg 1; sleep 1ms; done wg", "main returns"},
		{"readers together", "rwmutex m; chan c; main:; rlock m; go g; recv c; runlock m; g:; rlock m; send c 1", "main returns"},
		{"a writer keeps readers out", "rwmutex m; main:; go w; rlock m; rlock m; runlock m; runlock m; w:; lock m; unlock m", "deadlock, main returns"},
		{"the readers behind a writer come next", "rwmutex m; waitgroup wg 3; main:; lock m; go r; go w 2; unlock m; wait wg; r:; rlock m; runlock m; done wg; w:; lock m; unlock m; done wg", "main returns"},
		{"no reader at all", "rwmutex m; main:; runlock m", "sync: RUnlock of unlocked RWMutex"},
		{"unlock of readers'", "rwmutex m; main:; rlock m; unlock m", "sync: Unlock of unlocked RWMutex"},
		{"trylock among readers", "rwmutex m; main:; rlock m; y = trylock m; z = tryrlock m; if y == 0; if z == 1; panic right; end; end", "right"},
		{"trylock of a mutex", "mutex m; main:; y = trylock m; z = trylock m; if y == 1; if z == 0; panic right; end; end", "right"},
		{"one signal", "mutex m; cond k m; waitgroup wg 2; main:; go g 2; lock m; signal k; unlock m; wait wg; g:; lock m; wait k; unlock m; done wg", "deadlock"},
		{"signal before wait", "mutex m; cond k m; waitgroup wg 1; main:; go g; signal k; wait wg; g:; lock m; wait k; unlock m; done wg", "deadlock, main returns"},
		{"broadcast under the lock", "mutex m; cond k m; int ready; waitgroup wg 2; main:; go g 2; lock m; ready = 1; broadcast k; unlock m; wait wg; g:; lock m; while ready == 0; wait k; end; unlock m; done wg", "main returns"},
		{"Wait without the lock", "mutex m; cond k m; main:; wait k", "sync: unlock of unlocked mutex"},
		{"Cond over RLocker", "rwmutex m; cond k m rlocker; chan c; main:; go g; recv c; lock m; signal k; unlock m; recv c; g:; rlock m; send c 1; wait k; runlock m; send c 2", "main returns"},
		{"once", "once o; main:; do o; end; do o; panic twice; end", "main returns"},
		{"once inside itself", "once o; main:; do o; do o; end; end", "deadlock"},
		{"once that panics is done", "once o; main:; call f; do o; panic again; end; f:; defer; recover; end; do o; panic x; end", "main returns"},
		{"others wait for the first", "once o; int x; main:; go g; do o; x = 1; end; if x != 1; panic early; end; g:; do o; x = 1; end", "main returns"},
		{"recovered", "main:; call f; f:; defer; recover; end; panic a", "main returns"},
		{"recovered in a function that defer calls, not", "main:; defer; call f; end; panic a; f:; recover", "a"},
		{"two panics", "main:; defer; panic b; end; panic a", "a\n\tpanic: b"},
		{"the result of what recovers is 0", "main:; x = call f; if x == 0; panic right; end; f:; defer; recover; end; if 1; panic a; end; return 7", "right"},
		{"the result of a call", "int y; main:; y = call f(3); if y == 7; panic right; end; f(a):; return a + 4 - 0", ""},
		{"main exits", "main:; exit", "deadlock"},
		{"main exits, and its place is used again", "main:; go g; exit; g:; go h; h:; mark end", "deadlock"},
		{"exit runs what is deferred", "mutex m; main:; lock m; go g; lock m; g:; defer; unlock m; end; exit", "main returns"},
		{"divided by zero", "int x; main:; y = 1 / x", "runtime error: integer divide by zero"},
		{"out of range", "int x[2]; main:; i = 2; x[i] = 1", "runtime error: index out of range [2] with length 2"},
		{"the turns of a loop", "int sum; main:; i = loop 4; sum = sum + i; end; if sum == 6; panic right; end", "right"},
		{"break and continue", "main:; n = 0; i = loop 9; if i == 1; continue; end; if i == 4; break; end; n = n + 1; end; if n == 3; panic right; end", "right"},
		{"loops inside each other", "main:; n = 0; loop 2; loop 3; n = n + 1; end; end; if n == 6; panic right; end", "right"},
		{"as many turns as a variable says", "main:; n = 2; s = 0; loop n; s = s + 1; end; if s == 2; panic right; end", "right"},
		{"what is aborted goes with what is recovered", "main:; call f; panic c; f:; defer; recover; end; defer; panic b; end; panic a", "c"},
		{"a result is stored after the last operation", "int y; chan c; main:; go g; y = call f; recv c; f:; recv c; return 1; g:; send c 1; if y == 0; panic early; end; send c 2", "early, main returns"},
		{"a timer in a select", "timer t; chan c; main:; newtimer t 1ms; go g; select recv t, recv c; recv c; g:; send c 1; send c 2", "main returns"},
		{"a select that a timer has ended waits no longer", "mutex m; timer t; chan c; main:; lock m; newtimer t 1ms; go g; k = select recv t, recv c; if k == 0; lock m; panic past; end; g:; send c 1", "deadlock, main returns"},
		{"arrays", "chan c[3] 1; main:; i = loop 3; send c[i] i; end; x = recv c[2]; if x == 2; panic right; end", "right"},
		{"recover says goroutines end", "recover; main:; go g; panic x; g:; mark y", "deadlock"},
		{"afterfunc", "timer t; chan c; main:; afterfunc t 1ms f; recv c; f:; send c 1", "main returns"},
		{"a stopped timer", "timer t; chan c; main:; afterfunc t 1ms f; stop t; recv c; f:; send c 1", "deadlock, main returns"},
		{"a timer", "timer t; main:; newtimer t 1h; recv t", "main returns"},
		{"a timer that is nil", "timer t; main:; recv t", "runtime error: invalid memory address or nil pointer dereference"},
		{"a stale value", "timer t; main:; newtimer t 1ms; sleep 1s; reset t 1ms; recv t; x = stop t; if x; panic again; end", "main returns"},
		{"a ticker never ends", "ticker t; chan c; main:; newticker t 1ms; recv c", ""},
		{"cancel reaches children", "context a; context b; main:; withcancel a; withcancel b a; go g; recv b; x = ctxerr b; if x != 1; panic wrong; end; g:; cancel a", "main returns"},
		{"a canceled parent", "context a; context b; main:; withcancel a; cancel a; withcancel b a; recv b", "main returns"},
		{"not the parent", "context a; context b; main:; withcancel a; withcancel b a; cancel b; recv a", "deadlock"},
		{"a deadline", "context a; main:; withtimeout a 1h; recv a; x = ctxerr a; if x != 2; panic wrong; end", "main returns"},
		{"nil parent", "context a; context b; main:; withcancel b a", "cannot create context from nil parent"},
		{"all results of default", "chan c; main:; k, x, ok = select recv c, default; if k == -1; if x == 0; if ok == 0; panic right; end; end; end", "right"},
		{"compare and swap stores", "int x 3; main:; ok = atomiccas x 3 1; no = atomiccas x 0 2; if ok == 1; if no == 0; if x == 1; panic right; end; end; end", "right"},
		{"a text with two variables", "main:; a = 1; b = 2; panic {a} and {b}", "1 and 2"},
		{"the value of a try", "chan c 1; main:; ok = trysend c 7; x = recv c; if ok == 1; if x == 7; panic right; end; end", "right"},
		{"else", "main:; n = 0; if 0; n = 1; else; n = n + 2; end; if 1; n = n + 4; else; n = 0; end; if n == 6; panic right; end", "right"},
		{"a break ends the inner loop", "main:; n = 0; i = loop 2; loop 5; break; end; n = n + 1; end; if i == 1; if n == 2; panic right; end; end", "right"},
		{"a break of a while ends no loop around it", "main:; n = 0; i = loop 2; while 1; break; end; n = n + 1; end; if i == 1; if n == 2; panic right; end; end", "right"},
		{"contexts that are canceled take no room", "context a; main:; loop; withcancel a; cancel a; yield; end", ""},
		{"select on a context", "context a; chan c; main:; withcancel a; go g; select recv a, recv c; g:; cancel a", "main returns"},
	} {
		text := strings.ReplaceAll(k.text, "; ", "\n") + "\n"
		if k.name == "the result of a call" {
			text = "int y\nmain:\ny = call f(3)\nif y == 7\npanic right\nend\nf(a):\na = a + 4\nreturn a\n"
			k.ends = "right"
		}
		got, ok := ends(t, text, "")
		if !ok {
			t.Errorf("%s: too large", k.name)
		}
		if s := strings.Join(slices.Sorted(maps.Keys(got)), ", "); s != k.ends {
			t.Errorf("%s: ends by %q, want %q", k.name, s, k.ends)
		}
	}
	// A timer's channel has its value in its buffer before Go 1.23, and never since; a channel has
	// the same length in both.
	length := "timer t\nchan c 3\nmain:\nnewtimer t 1ms\nsend c 1\nsend c 1\nsleep 1s\nx = len t\ny = len c\nif y != 2\npanic wrong\nend\nif x\npanic full\nend\n"
	for release, want := range map[string]string{"go1.22": "full, main returns", "go1.23": "main returns"} {
		got, _ := ends(t, length, release)
		if s := strings.Join(slices.Sorted(maps.Keys(got)), ", "); s != want {
			t.Errorf("%s: %q, want %q", release, s, want)
		}
	}
	// Before Go 1.23 a timer's channel kept what came before Stop.
	old := "timer t\nmain:\nnewtimer t 1ms\nsleep 1s\nx = stop t\nif x == 0\nrecv t\nend\n"
	for release, want := range map[string]string{"go1.22": "main returns", "go1.23": "main returns"} {
		got, _ := ends(t, old, release)
		if s := strings.Join(slices.Sorted(maps.Keys(got)), ", "); s != want {
			t.Errorf("%s: %q, want %q", release, s, want)
		}
	}
	stale := "timer t\nmain:\nnewtimer t 1ms\nsleep 1s\nx = stop t\nif x == 0\npanic too late\nend\n"
	for release, want := range map[string]string{"go1.22": "main returns, too late", "go1.23": "main returns"} {
		got, _ := ends(t, stale, release)
		if s := strings.Join(slices.Sorted(maps.Keys(got)), ", "); s != want {
			t.Errorf("%s: %q, want %q", release, s, want)
		}
	}
}

// TestSince: a release lacks the verbs that came later.
func TestSince(t *testing.T) {
	for text, want := range map[string]string{
		"mutex m\nmain:\nok = trylock m\n": "interleave: trylock needs go1.18, and the release is go1.17",
		"mutex m\nmain:\nlock m\n":         "",
	} {
		p, err := program.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		_, err = interleave.New(interleave.Config{Release: "go1.17"}, p)
		if (err != nil) != (want != "") || err != nil && err.Error() != want {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
