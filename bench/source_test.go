package bench

import (
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"testing"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// TestSource checks that a program runs as its [sched.Source] does, event by event, on
// any number of Ps.
func TestSource(t *testing.T) {
	events, programs := 0, 0
	for shape := range makers {
		for i := range 16 {
			r := rand.New(rand.NewPCG(uint64(i), 12))
			p := Random(r, Style{Shapes: []Shape{shape}, Parts: 3, Phase: 61})
			p.Recover = i%4 > 0
			c := sched.Config{
				Procs: 1 << (i % 4), Seed: uint64(i), MaxEvents: 20_000,
				Release: []string{"", "go1.4", "go1.13", "go1.22"}[i/4],
			}
			direct, err := sched.New(c, *p)
			if err != nil {
				continue // the release lacks a verb
			}
			asked, err := sched.NewFrom(c, sched.Compile(*p))
			if err != nil {
				t.Fatal(err)
			}
			n, err := sameEvents(direct, asked)
			if err != nil {
				t.Fatalf("%s, %d Ps, %s, seed %d: event %d: %v\n%v", shape, c.Procs, c.Release, i, n, err, p)
			}
			events += n
			programs++
		}
	}
	p, err := program.Parse(spinner)
	if err != nil {
		t.Fatal(err)
	}
	for procs := 1; procs <= 4; procs *= 2 {
		c := sched.Config{Procs: procs}
		direct, err := sched.New(c, *p)
		if err != nil {
			t.Fatal(err)
		}
		asked, err := sched.NewFrom(c, sched.Compile(*p))
		if err != nil {
			t.Fatal(err)
		}
		if n, err := sameEvents(direct, asked); err != nil {
			t.Fatalf("a loop that waits, %d Ps: event %d: %v", procs, n, err)
		}
	}
	t.Logf("%d programs, %d events", programs, events)
	if programs < 200 {
		t.Errorf("%d programs are too few", programs)
	}
}

// spinner waits for a variable in a loop without operations.
const spinner = `
int v
main:
go w
while v == 0
end
mark seen
w:
work 3ms
atomicadd v 1
`

// sameEvents runs both to the end, and compares all fields but the places and names,
// which only a program has.
func sameEvents(direct, asked *sched.Sim) (n int, err error) {
	next, stop := iter.Pull(asked.Events())
	defer stop()
	for want := range direct.Events() {
		n++
		got, ok := next()
		if !ok {
			return n, fmt.Errorf("nothing instead of %v", want)
		}
		want.PC, got.PC, want.On, got.On = 0, 0, "", ""
		if got != want {
			return n, fmt.Errorf("got %v, want %v", got, want)
		}
	}
	if got, ok := next(); ok {
		return n, fmt.Errorf("got %v after the end", got)
	}
	want, got := direct.Err(), asked.Err()
	if errors.As(want, new(*sched.BudgetError)) && errors.As(got, new(*sched.BudgetError)) {
		return n, nil // the text differs
	}
	if fmt.Sprint(want) != fmt.Sprint(got) {
		return n, fmt.Errorf("ends with %v, want %v", got, want)
	}
	return n, nil
}
