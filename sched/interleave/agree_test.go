package interleave_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
	"github.com/orrery-go/orrery/sched/interleave"
)

// small makes a program of main and two or three goroutines that perform a few
// operations each. With timed it leaves out operations whose results can differ between
// two runs with the same times.
func small(r *rand.Rand, timed bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "chan c\nchan d %d\nmutex m\nmutex n\nrwmutex rw\nwaitgroup wg %d\ncond k m\nonce o\nint x\nmain:\n", r.IntN(3), r.IntN(3))
	n := 2 + r.IntN(2)
	for i := range n {
		fmt.Fprintf(&b, "\tgo f%d\n", i)
	}
	ops := []string{"send c 1", "recv c", "send d 2", "recv d", "lock m", "unlock m", "lock n", "unlock n", "done wg", "wait wg", "close c", "close d",
		"lock m;lock n;unlock n;unlock m", "lock n;lock m;unlock m;unlock n", "rlock rw;recv c;runlock rw", "lock rw;send c 3;unlock rw", "lock m;recv c;unlock m", "lock m;send c 7;unlock m", "recv c", "rlock rw;rlock rw;runlock rw;runlock rw", "lock rw;unlock rw"}
	if !timed {
		ops = append(ops, "select send c 4, recv d", "select recv c, recv d", "select recv c, default", "trysend c 5", "y = trylock m", "y = tryrlock rw", "wait k", "signal k", "broadcast k",
			"add wg 1", "x = x + 1", "do o;recv c;end", "select recv after 1ms, recv c", "sleep 1ms", "if x > 1;lock n;end", "loop 2;send d 6;end", "defer;unlock m;end", "panic oh", "exit", "call g", "defer;recover;end")
	}
	body := func(most int) {
		for range 1 + r.IntN(most) {
			for _, line := range strings.Split(ops[r.IntN(len(ops))], ";") {
				fmt.Fprintf(&b, "\t%s\n", line)
			}
		}
	}
	body(4)
	for i := range n {
		fmt.Fprintf(&b, "f%d:\n", i)
		body(4)
	}
	b.WriteString("g:\n\trecv d\n")
	return b.String()
}

// scale returns the number of programs to try: n, or full in the full run.
func scale(n, full int) int {
	if os.Getenv("ORRERY_FULL") != "" {
		return full
	}
	return n
}

func newRand(i int) *rand.Rand { return rand.New(rand.NewPCG(uint64(i), 1)) }

// An everything is a machine that continues after a failure, and records the endings of
// programs.
type everything struct {
	*interleave.Machine
	ends map[string]bool
}

func (e everything) Check(id uint64) error {
	if err := e.Machine.Check(id); err != nil {
		e.ends[err.Error()] = true
	}
	return nil
}

// ends returns all endings that a program can have.
func ends(t *testing.T, text string, release string) (map[string]bool, bool) {
	t.Helper()
	p, err := program.Parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	m, err := interleave.New(interleave.Config{Release: release}, p)
	if err != nil {
		t.Fatal(err)
	}
	all := everything{m, map[string]bool{}}
	r, err := explore.Run(t.Context(), all, explore.Options{MaxStates: 1 << 16, AllowDeadlock: true})
	var limit *explore.LimitError
	if errors.As(err, &limit) {
		return nil, false
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if r.Deadlocks > 0 {
		all.ends["deadlock"] = true
	}
	for _, c := range r.Coverage {
		if c.Transitions > 0 && strings.HasSuffix(c.Label, ": main returns") {
			all.ends["main returns"] = true
		}
	}
	return all.ends, true
}

// end returns the ending of a run of the simulator.
func end(t *testing.T, c sched.Config, p *program.Program) string {
	t.Helper()
	s, err := sched.New(c, *p)
	if err != nil {
		t.Fatal(err)
	}
	var bad *crash.Error
	switch err := s.Run(); {
	case err == nil:
		return "main returns"
	case errors.As(err, &bad) && bad.Kind == crash.KindDeadlock:
		return "deadlock"
	case errors.As(err, &bad):
		return bad.Text
	default:
		return err.Error()
	}
}

// TestAgreesWithSched checks that every ending of the simulator's runs of a program, on
// one P and on several, is among the endings of all interleavings.
func TestAgreesWithSched(t *testing.T) {
	n, runs, large := scale(400, 4000), 0, 0
	found, possible := map[string]int{}, map[string]int{}
	for i := range n {
		r := newRand(i)
		text := small(r, false)
		release := []string{"", "go1.22", "go1.18"}[i%3]
		want, ok := ends(t, text, release)
		if !ok {
			large++
			continue
		}
		p, _ := program.Parse(text)
		seen := map[string]bool{}
		for k := range 8 {
			c := sched.Config{Release: release, Procs: []int{1, 2, 4}[k%3], Seed: uint64(k), MaxEvents: 20_000}
			if k > 3 {
				c.Costs = &sched.Costs{Op: time.Duration(1 + r.IntN(2000))}
			}
			got := end(t, c, p)
			if strings.Contains(got, "over budget") {
				continue
			}
			runs++
			seen[got] = true
			if !want[got] {
				t.Fatalf("program %d on %d Ps ends by %q, and of all interleavings the ends are %v\n%s", i, c.Procs, got, want, text)
			}
		}
		for e := range seen {
			found[kindOf(e)]++
		}
		for e := range want {
			possible[kindOf(e)]++
		}
	}
	t.Logf("%d runs, %d programs too large; ends that the runs had: %v, that are possible: %v", runs, large, found, possible)
	if large > n/10 || found["deadlock"] < n/20 || found["main returns"] < n/20 || found["panic"] < n/20 {
		t.Error("too few of some kind")
	}
}

func kindOf(e string) string {
	if e == "deadlock" || e == "main returns" {
		return e
	}
	return "panic"
}

// TestDeadlocksHappen makes the simulator perform each step of a deadlock that was found
// at a time that its place in the run determines: then it deadlocks, too.
func TestDeadlocksHappen(t *testing.T) {
	deadlocks, none := 0, 0
	for i := range scale(350, 4000) {
		r := rand.New(rand.NewPCG(uint64(i), 2))
		text := small(r, true)
		res, m := run(t, text)
		bad := res.Counterexample
		if bad == nil || bad.Property != explore.Deadlock {
			none++
			continue
		}
		deadlocks++
		timed := atTimes(t, text, bad, m)
		p, err := program.Parse(timed)
		if err != nil {
			t.Fatalf("%v\n%s", err, timed)
		}
		for _, procs := range []int{1, 4} {
			if got := end(t, sched.Config{Procs: procs, Seed: uint64(i)}, p); got != "deadlock" {
				t.Fatalf("program %d on %d Ps ends by %q\n%v\n%s\n%s", i, procs, got, bad, text, timed)
			}
		}
	}
	if t.Logf("%d deadlocks, %d programs without", deadlocks, none); deadlocks < 80 || none < 80 {
		t.Error("too few of some kind")
	}
}

// atTimes inserts a sleep before each operation, so that step n of a run comes after n
// times 100 ms. Operations without a step come after all of them.
func atTimes(t *testing.T, text string, bad *explore.Counterexample[uint64], m *interleave.Machine) string {
	lines := strings.Split(text, "\n")
	at := map[int]int{}   // by line, the step
	done := map[int]int{} // by line, the step that lets it end
	lineOf := func(s string) int {
		_, rest, _ := strings.Cut(s, "(line ")
		n, _, _ := strings.Cut(rest, ")")
		line, err := strconv.Atoi(n)
		if err != nil {
			t.Fatal(s)
		}
		return line
	}
	for n, step := range bad.Steps {
		line := lineOf(step.Label)
		if at[line] == 0 {
			at[line] = n + 1
		}
		done[line] = n + 1
		if strings.HasSuffix(step.Label, ": waits") || strings.Contains(step.Label, "wait wg") || strings.Contains(step.Label, "lock rw") {
			name, _, _ := strings.Cut(step.Label, " ")
			for k := n; k < len(bad.Steps); k++ { // until it has moved on
				done[line] = k + 1
				if !slices.ContainsFunc(m.Tell(bad.Steps[k].State), func(s string) bool { return strings.HasPrefix(s, name+" ") && lineOf(s) == line }) {
					break
				}
			}
		}
	}
	var b strings.Builder
	now, last := 0, len(bad.Steps)+1
	for i, line := range lines {
		op := strings.TrimSpace(line)
		switch {
		case strings.HasSuffix(line, ":"):
			now = 0
		case strings.HasPrefix(line, "\t") && !strings.HasPrefix(op, "go "):
			k := at[i+1]
			if k == 0 {
				k = last
				last++
			}
			if k > now {
				fmt.Fprintf(&b, "\tsleep %dms\n", 100*(k-now)) // a sleep may take 1 ms longer
			}
			now = max(k, done[i+1])
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}
