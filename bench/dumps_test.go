package bench

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/release"
)

// TestDumps compares the queues of crowds with the model, at two moments at which main
// keeps the P, and after a resize, at which it may have been stopped before.
func TestDumps(t *testing.T) {
	linux(t)
	real := begin(t, 1)
	r := rand.New(rand.NewPCG(11, 0))
	env := []string{"GOMAXPROCS=1", "GODEBUG=schedtrace=1,asyncpreemptoff=1,updatemaxprocs=0", "GOGC=off"}
	trials := child.NewTrials(runsOf(6, 100))
	for trials.Next() {
		// The yield lets what the runtime has started run: else it is in the ring or not, as
		// main was stopped at the start or not.
		text := fmt.Sprintf("waitgroup g\nmain:\nyield\nadd g %[1]d\ngo w %[1]d\nmark first\nspin 60ms\nwait g\nprocs %[2]d\nmark second\nspin 60ms\nw:\nmark ran\ndone g\n",
			r.IntN(600), 1+r.IntN(6))
		p, err := program.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		want, err := PredictAlone(release.Running, p, time.Minute, env...)
		if err != nil {
			t.Fatal(err)
		}
		got, err := real.Alone(p, time.Minute, env...)
		if err != nil {
			t.Fatal(err)
		}
		model, seen := states(p, want), states(p, got)
		if len(model) != 2 {
			t.Fatalf("the model says %v of\n%v", want.Says, p)
		}
		if len(seen) != 2 {
			trials.Reject("no dump at the right moment")
			continue
		}
		if got.Marks(p)[0].Text != "first" {
			trials.Reject("main was stopped while it started the others")
			continue
		}
		if diff := cmp.Diff(model, seen); diff != "" {
			t.Fatalf("after %v\n%v(-model +real)\n%s", trials, p, diff)
		}
		trials.Accept()
	}
	if err := trials.Err(); err != nil {
		t.Error(err)
	}
	t.Logf("%v, 0 mismatches", trials)
}

// states returns the first dump after main's first mark, and the first one after its
// second. The number of idle threads depends on how fast they are.
func states(p *program.Program, e Ending) (out []Dump) {
	marks, want := e.Marks(p), "first"
	for _, d := range e.Dumps() {
		if d.Marks > 0 && d.Marks <= len(marks) && marks[d.Marks-1].Text == want {
			d.Threads, d.Idle = 0, 0
			out = append(out, d)
			want = map[string]string{"first": "second"}[want]
		}
	}
	return out
}

// TestReadDumps checks which lines count.
func TestReadDumps(t *testing.T) {
	line := func(n int) string {
		return fmt.Sprintf("SCHED 1ms: gomaxprocs=2 threads=4 idlethreads=1 runqueue=%d [0 %d]\n", n, n)
	}
	dump := func(marks, n int) Dump {
		return Dump{Marks: marks, Held: 1, Procs: 2, Threads: 4, Idle: 1, Global: n, Local: []int{0, n}}
	}
	for _, c := range []struct {
		says string
		want []Dump
	}{
		{"", nil},
		{line(1) + line(2), nil},
		{line(1) + "{hold}" + line(2) + line(3) + line(4) + "{free}" + line(5) + line(6), []Dump{dump(0, 3), dump(0, 4)}},
		{"{hold}" + line(1)[:30] + "{mark}" + line(1)[30:] + line(2), []Dump{dump(1, 2)}},
		{"{hold}" + line(1) + line(2) + line(3)[:40] + "{free}" + line(3)[40:] + line(4), []Dump{dump(0, 2)}},
		{"{hold}{mark}{mark}" + line(1) + "SCHED\nSCHED 1ms: [\nfatal error: x\n" + line(2) + line(3)[:50], []Dump{dump(2, 2)}},
		{"{free}{free}" + line(1) + line(2) + "{", nil},
	} {
		if diff := cmp.Diff(c.want, Ending{Says: c.says}.Dumps()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.says, diff)
		}
	}
	p, err := program.Parse("main:\nspin 30m\n")
	if err != nil {
		t.Fatal(err)
	}
	e, err := PredictAlone("go1.13.15", p, 0, "GODEBUG=schedtrace=1,asyncpreemptoff=1")
	if n := len(e.Says); err != nil || n == 0 || n > 1000 {
		t.Errorf("%d bytes about half an hour, %v", n, err)
	}
}
