package sched_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// TestBadConfig checks that New returns an error that says what is out of range.
func TestBadConfig(t *testing.T) {
	p := program.Program{Funcs: []program.Func{{Name: "main"}}}
	for _, tt := range []struct {
		c    sched.Config
		want string
	}{
		{sched.Config{Release: "1.17"}, "1.17"},
		{sched.Config{Release: "go2.0"}, "go2.0"},
		{sched.Config{Procs: -1}, "sched: -1 Ps out of range [1,1024]"},
		{sched.Config{Procs: 1025}, "sched: 1025 Ps out of range [1,1024]"},
		{sched.Config{MaxThreads: 1}, "sched: at most 1 threads out of range [2,1048576]"},
		{sched.Config{MaxTime: -1}, "sched: a budget of -1ns out of range"},
		{sched.Config{Costs: &sched.Costs{Wake: -1}}, "sched: a cost of -1ns out of range [0,1s]"},
		{sched.Config{Workers: sched.Workers{GC: 2, GCPeriod: 1}}, "sched: a worker that runs for 2ns every 1ns"},
	} {
		if s, err := sched.New(tt.c, p); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, %v; want %q", tt.c, s, err, tt.want)
		}
	}
	if _, err := sched.New(sched.Config{}, program.Program{}); err == nil {
		t.Error("a program without main runs")
	}
}

// TestEnds checks how programs end that do not return.
func TestEnds(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"chan c\nmain:\nrecv c\n", "all goroutines are asleep - deadlock!"},
		{"main:\nexit\n", "no goroutines (main called runtime.Goexit) - deadlock!"},
		{"chan c\nmain:\nclose c\nclose c\n", "close of closed channel"},
		{"mutex m\nmain:\nunlock m\n", "sync: unlock of unlocked mutex"},
		{"waitgroup g\nmain:\ndone g\n", "sync: negative WaitGroup counter"},
		{"main:\ngo w 20\nsleep 1s\nw:\nsyscall 1h\n", "thread exhaustion"},
		{"main:\nloop\nyield\nend\n", "sched: over budget after 5000"},
		{"main:\nloop\nsleep 20m\nend\n", "sched: over budget after 274 events, at 1h0m0.000256408s"},
		{"main:\nloop\nend\n", "goroutine 1 in main: loop"},
		{"main:\ngo main 2147483647\nyield\n", "over budget"},
		{"main:\ngrow 1000000000\n", "stack overflow"},
		{"main:\n", "<nil>"},
	} {
		p, err := program.Parse(tt.text)
		if err != nil {
			t.Fatal(err)
		}
		s, err := sched.New(sched.Config{MaxThreads: 12, MaxEvents: 50_000}, *p)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Run()
		got := "<nil>"
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, tt.want) {
			t.Errorf("%q ends with %q, want %q", tt.text, got, tt.want)
		}
		if err := s.Check(); err != nil {
			t.Error(err)
		}
	}
}

// TestMostCalls: all goroutines together are in 1<<20 calls at most, which is fewer than
// two of them may be in by their stacks; calls that have returned do not count.
func TestMostCalls(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"main:\ngo f 3\nsleep 1h\nf:\nyield\ncall f\n", "sched: 1048576 calls at a time, with 16777216 variables, are the most there can be"},
		{"main:\nloop 1048577\ncall f\nend\nf:\n", "<nil>"},
		{"main:\ncall f\nf:\ncall f\n", "stack overflow"},
	} {
		p, err := program.Parse(tt.text)
		if err != nil {
			t.Fatal(err)
		}
		s, err := sched.New(sched.Config{MaxEvents: 1 << 30}, *p)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(s.Run()); got != tt.want {
			t.Errorf("%q ends with %s, want %s", tt.text, got, tt.want)
		}
	}
}

// TestChoose checks that a choice out of range ends the run with an error.
func TestChoose(t *testing.T) {
	p, err := program.Parse("chan a 1\nchan b 1\nmain:\nselect send a, send b\n")
	if err != nil {
		t.Fatal(err)
	}
	s, err := sched.New(sched.Config{Choose: func(n int) int { return n }}, *p)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(); err == nil || err.Error() != "sched: Choose(2) chose 2 out of range [0,2)" {
		t.Errorf("got %v", err)
	}
	var budget *sched.BudgetError
	if errors.As(s.Err(), &budget) {
		t.Error("it is no matter of budget")
	}
}

// TestForRelease: the rules of the releases that changed them, and of the one before.
func TestForRelease(t *testing.T) {
	const ring, next, random, order = "ring of 256", "runnext and ring of 256", "from random Ps", "from all Ps in random order"
	for release, want := range map[string]sched.Rules{
		"go1":    {Queue: "one", Preempts: "never", Steals: "nothing", Timers: "one heap", StartStack: 4 << 10},
		"go1.1":  {Queue: "ring that grows", Preempts: "never", Steals: random, Timers: "one heap", SyscallP: true, StartStack: 4 << 10},
		"go1.2":  {Queue: "ring that grows", Preempts: "at calls", Steals: random, Timers: "one heap", SyscallP: true, StartStack: 8 << 10},
		"go1.3":  {Queue: ring, Preempts: "at calls", Steals: random, Timers: "one heap", SyscallP: true, CopiesStacks: true, StartStack: 8 << 10},
		"go1.4":  {Queue: ring, Preempts: "at calls", Steals: random, Timers: "one heap", SyscallP: true, CopiesStacks: true, StartStack: 2 << 10},
		"go1.7":  {Queue: next, Preempts: "at calls", Steals: random, Timers: "one heap", SyscallP: true, CopiesStacks: true, StartStack: 2 << 10},
		"go1.9":  {Queue: next, Preempts: "at calls", Steals: order, Timers: "one heap", SyscallP: true, CopiesStacks: true, StartStack: 2 << 10},
		"go1.13": {Queue: next, Preempts: "at calls", Steals: order, Timers: "64 heaps", SyscallP: true, CopiesStacks: true, StartStack: 2 << 10},
		"go1.14": {Queue: next, Preempts: "anywhere", Steals: order, Timers: "a heap for each P", SyscallP: true, CopiesStacks: true, StartStack: 2 << 10},
		"go1.25": {Queue: next, Preempts: "anywhere", Steals: order, Timers: "a heap for each P", SyscallP: true, CopiesStacks: true, StartStack: 2 << 10},
		"go1.26": {Queue: next, Preempts: "anywhere", Steals: order, Timers: "a heap for each P", CopiesStacks: true, StartStack: 2 << 10},
	} {
		if got, err := sched.ForRelease(release); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", release, got, err, want)
		}
	}
}

// TestLatest checks that an unknown later release has the newest rules, and that the
// model says so.
func TestLatest(t *testing.T) {
	p := program.Program{Funcs: []program.Func{{Name: "main"}}}
	s, err := sched.New(sched.Config{Release: "go1.99"}, p)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Snapshot().Release; got != "go1.99 (rules of go1.27)" {
		t.Errorf("got %q", got)
	}
	for _, tt := range []struct{ release, queue, preempts string }{
		{"go1", "one", "never"}, {"go1.1", "ring that grows", "never"}, {"go1.2", "ring that grows", "at calls"},
		{"go1.3", "ring of 256", "at calls"}, {"go1.5", "runnext and ring of 256", "at calls"}, {"", "runnext and ring of 256", "anywhere"},
	} {
		if r, err := sched.ForRelease(tt.release); err != nil || r.Queue != tt.queue || r.Preempts != tt.preempts {
			t.Errorf("%s: %+v, %v", tt.release, r, err)
		}
	}
	if _, err := sched.ForRelease("go0"); err == nil {
		t.Error("go0 is a release")
	}
}

// TestStandsStill checks that a program in which no time passes is ended by its budget,
// with an error that says so.
func TestStandsStill(t *testing.T) {
	p, err := program.Parse("main:\nloop 2000\nwork 1us\nend\nloop\nyield\nend\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		costs *sched.Costs
		still bool
	}{{&sched.Costs{}, true}, {nil, false}} {
		s, err := sched.New(sched.Config{Costs: tt.costs, MaxEvents: 10_000}, *p)
		if err != nil {
			t.Fatal(err)
		}
		var budget *sched.BudgetError
		if err := s.Run(); !errors.As(err, &budget) || budget.Still > 5000 != tt.still || budget.Still > 8100 || strings.Contains(err.Error(), "stood still") != tt.still {
			t.Errorf("%+v: %v", tt.costs, err)
		}
	}
}
