package sched_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// A script is a source in which each goroutine is a list of actions, with functions for
// those that depend on outcomes.
type script struct {
	funcs map[int32][]step
	at    map[sched.G][]step
	args  map[sched.G][]int64
	log   []string
}

type step func(s *script, g sched.G, last sched.Outcome) *sched.Action

func (s *script) Begin(g sched.G, by *sched.Action) {
	fn := int32(0)
	if by != nil {
		fn = by.Start
		s.args[g] = append([]int64(nil), by.Args...)
	}
	s.at[g] = s.funcs[fn]
}

func (s *script) Next(g sched.G, last sched.Outcome) *sched.Action {
	if len(s.at[g]) == 0 {
		return nil
	}
	next := s.at[g][0]
	s.at[g] = s.at[g][1:]
	return next(s, g, last)
}

func (s *script) Where(g sched.G) string { return fmt.Sprintf("%d left", len(s.at[g])) }

func does(a sched.Action) step {
	return func(*script, sched.G, sched.Outcome) *sched.Action { return &a }
}

func says(a sched.Action) step {
	return func(s *script, g sched.G, last sched.Outcome) *sched.Action {
		s.log = append(s.log, fmt.Sprintf("%d: %+v", g, last))
		return &a
	}
}

// TestSource makes goroutines of another source perform one action of each kind.
func TestSource(t *testing.T) {
	var model *script
	s, err := sched.NewFrom(sched.Config{Schedtick: 1}, func(o *sched.Objects) (sched.Source, error) {
		c, err := o.Chan(0)
		wg, err2 := o.Lock(program.WaitGroup, 0, false)
		timer, err3 := o.Timer(false)
		ctx, err4 := o.Context()
		_, bad := o.Lock("queue", 0, false)
		if bad == nil {
			t.Error("a lock of no kind")
		}
		model = &script{at: map[sched.G][]step{}, args: map[sched.G][]int64{}, funcs: map[int32][]step{
			0: {
				does(sched.Action{Verb: program.Add, On: wg, N: 4}),
				does(sched.Action{Verb: program.Go, Start: 1, N: 2, Args: []int64{40}}),
				does(sched.Action{Verb: program.Recv, On: c}),
				says(sched.Action{Verb: program.Select, Cases: []chanq.Case{{Chan: chanq.Chan(c)}}}),
				says(sched.Action{Verb: program.Wait, On: wg}),
				does(sched.Action{Verb: program.AfterFunc, On: timer, N: 1e6, Start: 2, Args: []int64{7}}),
				does(sched.Action{Verb: program.WithTimeout, On: ctx, N: 2e6}),
				func(s *script, g sched.G, last sched.Outcome) *sched.Action {
					return &sched.Action{Verb: program.Recv, On: int32(last.Value)}
				},
				says(sched.Action{Verb: program.CtxErr, On: ctx}),
				says(sched.Action{Verb: program.Close, On: c}),
				does(sched.Action{Verb: program.Close, On: c}),
				says(sched.Action{Verb: program.Mark, Text: "deferred"}),
				does(sched.Action{Verb: program.Panic, Unrecovered: true, Err: chanq.CloseOfClosed}),
			},
			1: {
				func(s *script, g sched.G, _ sched.Outcome) *sched.Action {
					return &sched.Action{Verb: program.Send, On: c, N: s.args[g][0] + int64(g)}
				},
				does(sched.Action{Verb: program.Done, On: wg}),
				does(sched.Action{Verb: program.Add, On: wg, N: -1}),
			},
			2: {func(s *script, g sched.G, _ sched.Outcome) *sched.Action {
				return &sched.Action{Verb: program.Mark, Text: fmt.Sprint("timer ", s.args[g])}
			}},
		}}
		return model, errors.Join(err, err2, err3, err4)
	})
	if err != nil {
		t.Fatal(err)
	}
	var marks []string
	for e := range s.Events() {
		if e.Kind == sched.Marked {
			marks = append(marks, e.What)
		}
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		if e.Kind == sched.Parked && e.G == 1 && s.Snapshot().Gs[0].Where == "" {
			t.Errorf("%v: nowhere", e)
		}
	}
	const want = "1: 43, ok, ready\n1: 42, ok, ready\n" +
		"1: 0, ready\n1: 2\n" +
		"1: panic: close of closed channel"
	if got := strings.Join(model.log, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := strings.Join(marks, ", "); got != "timer [7], deferred" || !errors.Is(s.Err(), chanq.CloseOfClosed) {
		t.Errorf("%s, %v", got, s.Err())
	}
}

// TestBadSource checks that an invalid answer of a source ends the run with an error.
func TestBadSource(t *testing.T) {
	for _, a := range []sched.Action{
		{}, {Verb: 255}, {Verb: program.Send, On: 7}, {Verb: program.Acquire, On: 7}, {Verb: program.Stop, On: 7}, {Verb: program.Stop, On: -1},
		{Verb: program.Cancel, On: 7}, {Verb: program.Len, On: 9}, {Verb: program.Select, Cases: []chanq.Case{{Chan: -1}}},
	} {
		s, err := sched.NewFrom(sched.Config{}, func(*sched.Objects) (sched.Source, error) {
			return &script{at: map[sched.G][]step{}, funcs: map[int32][]step{0: {does(a)}}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Run(); err == nil || errors.As(err, new(*crash.Error)) {
			t.Errorf("%+v: %v", a, err)
		}
	}
	if _, err := sched.NewFrom(sched.Config{}, func(*sched.Objects) (sched.Source, error) { return nil, nil }); err == nil {
		t.Error("no source")
	}
	for _, o := range []*sched.Objects{nil, {}} {
		_, err := o.Chan(0)
		_, err2 := o.Lock(program.Mutex, 0, false)
		_, err3 := o.Timer(true)
		_, err4 := o.Context()
		_, err5 := o.After(1)
		_, err6 := sched.Compile(sched.Program{})(o)
		for _, err := range []error{err, err2, err3, err4, err5, err6} {
			if err == nil {
				t.Errorf("%v is from nowhere", o)
			}
		}
	}
	if _, err := sched.NewFrom(sched.Config{Procs: -1}, nil); err == nil {
		t.Error("no P")
	}
}

// TestAroundCompiled: a source around that of a program can start its functions, and no
// others.
func TestAroundCompiled(t *testing.T) {
	p, err := program.Parse("main:\nsleep 1ms\nf:\nmark f\n")
	if err != nil {
		t.Fatal(err)
	}
	for start, want := range map[int32]string{1: "<nil>", 2: "sched: function 2 out of range [0,2)", -1: "sched: function -1 out of range [0,2)"} {
		s, err := sched.NewFrom(sched.Config{}, func(o *sched.Objects) (sched.Source, error) {
			inner, err := sched.Compile(*p)(o)
			return &starting{Source: inner, start: &sched.Action{Verb: program.Go, Start: start, N: 1}}, err
		})
		if err != nil {
			t.Fatal(err)
		}
		marked := 0
		for e := range s.Events() {
			if e.Kind == sched.Marked {
				marked++
			}
		}
		if got := fmt.Sprint(s.Err()); got != want || (marked == 1) != (start == 1) {
			t.Errorf("function %d: %s, want %s; %d marks", start, got, want, marked)
		}
	}
}

// A starting starts a goroutine first.
type starting struct {
	sched.Source
	start *sched.Action
}

func (s *starting) Next(g sched.G, last sched.Outcome) *sched.Action {
	if a := s.start; a != nil {
		s.start = nil
		return a
	}
	return s.Source.Next(g, last)
}
