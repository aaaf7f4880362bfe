package chanq_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/explore"
)

func send(c chanq.Chan, v int64) chanq.Op {
	return chanq.Op{Verb: chanq.SendVerb, Chan: c, Value: v}
}

func recv(c chanq.Chan) chanq.Op    { return chanq.Op{Verb: chanq.RecvVerb, Chan: c} }
func closing(c chanq.Chan) chanq.Op { return chanq.Op{Verb: chanq.CloseVerb, Chan: c} }

func run(t *testing.T, b chanq.Bounded) explore.Result[chanq.Packed] {
	t.Helper()
	m, err := chanq.NewMachine(b)
	if err != nil {
		t.Fatal(err)
	}
	r, err := explore.Run(context.Background(), m, explore.Options{MaxStates: 200_000})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestMachine finds the faults of small programs, by the shortest way.
func TestMachine(t *testing.T) {
	both := chanq.Op{Verb: chanq.SelectVerb, Cases: []chanq.Case{{Chan: 1}, {Chan: 2}}}
	for _, tt := range []struct {
		name  string
		b     chanq.Bounded
		fails string // "" if it cannot
		steps int
	}{
		{"a rendezvous", chanq.Bounded{Caps: []int64{0}, Procs: [][]chanq.Op{{send(1, 1)}, {recv(1)}}}, "", 0},
		{"alone", chanq.Bounded{Caps: []int64{0}, Procs: [][]chanq.Op{{send(1, 1)}}}, "deadlock", 1},
		{"alone with a buffer", chanq.Bounded{Caps: []int64{1}, Procs: [][]chanq.Op{{send(1, 1)}}}, "", 0},
		{"a value is left", chanq.Bounded{Caps: []int64{1}, Procs: [][]chanq.Op{{send(1, 1)}}, Lossless: true}, "value 1 is lost in c1", 1},
		{"both send first", chanq.Bounded{Caps: []int64{0, 0}, Procs: [][]chanq.Op{{send(1, 1), recv(2)}, {send(2, 2), recv(1)}}}, "deadlock", 2},
		{"both send first, with room", chanq.Bounded{Caps: []int64{1, 1}, Procs: [][]chanq.Op{{send(1, 1), recv(2)}, {send(2, 2), recv(1)}}}, "", 0},
		{"closed by one of two senders", chanq.Bounded{Caps: []int64{2}, Procs: [][]chanq.Op{{send(1, 1), closing(1)}, {send(1, 2)}}}, "goroutine 2 panics in c1 <- 2", 3},
		{"closed twice", chanq.Bounded{Caps: []int64{0}, Procs: [][]chanq.Op{{closing(1)}, {closing(1)}}}, "panics in close(c1)", 2},
		{"nil", chanq.Bounded{Procs: [][]chanq.Op{{recv(chanq.Nil)}}}, "deadlock", 1},
		{"a select of two closes", chanq.Bounded{Caps: []int64{0, 0}, Procs: [][]chanq.Op{{both, both}, {closing(1)}, {closing(2)}}}, "", 0},
		{"a result that no one waits for", chanq.Bounded{Caps: []int64{0, 0}, Procs: [][]chanq.Op{{both}, {send(1, 1)}, {closing(2)}}}, "deadlock", 3},
	} {
		for _, release := range []string{"go1.2", "go1.5", "go1.6", "go1.15", "go1.16", ""} {
			b := tt.b
			b.Release = release
			r := run(t, b)
			switch k := r.Counterexample; {
			case k == nil && tt.fails == "":
			case k == nil || tt.fails == "" || !strings.Contains(k.Reason, tt.fails):
				t.Errorf("%s, %s: %v, want %q", tt.name, release, k, tt.fails)
			case len(k.Steps) != tt.steps:
				t.Errorf("%s, %s: want %d steps:\n%v", tt.name, release, tt.steps, k)
			}
		}
	}
}

// TestMachineReleases checks a difference that only interleavings show: up to Go 1.5 a
// value can be received by a goroutine that came later than a waiting one.
func TestMachineReleases(t *testing.T) {
	b := chanq.Bounded{Caps: []int64{1}, Procs: [][]chanq.Op{{send(1, 1), send(1, 2)}, {recv(1)}, {recv(1)}}}
	for release, want := range map[string]bool{"go1.4": true, "go1.5": true, "go1.6": false, "go1.26": false} {
		b.Release = release
		r := run(t, b)
		again := slices.ContainsFunc(r.Coverage, func(c explore.Coverage) bool {
			return c.Transitions > 0 && strings.Contains(c.Label, "goes on: <-c1: parks")
		})
		if again != want {
			t.Errorf("%s: a receiver parks again: %v", release, again)
		}
		t.Logf("%s: %d states, %d transitions, %d steps deep", release, r.States, r.Transitions, r.Depth)
	}
}

// TestMachinePollOrder checks that a state keeps the poll order of a waiting select. Up
// to Go 1.15 a select that was woken by a close polls again in that order, and so can
// choose the case of another channel that was closed in the meantime; later releases
// keep the case that the close chose.
func TestMachinePollOrder(t *testing.T) {
	for release, want := range map[string]bool{"go1.5": true, "go1.15": true, "go1.16": false, "": false} {
		for _, order := range [][]chanq.Chan{{1, 2}, {2, 1}} {
			r := run(t, chanq.Bounded{Release: release, Caps: []int64{0, 0}, Procs: [][]chanq.Op{
				{{Verb: chanq.SelectVerb, Cases: []chanq.Case{{Chan: 1}, {Chan: 2}}}},
				{closing(order[0]), closing(order[1])},
			}})
			second := slices.ContainsFunc(r.Coverage, func(c explore.Coverage) bool {
				return c.Transitions > 0 && strings.Contains(c.Label, "goes on") && strings.HasSuffix(c.Label, ": "+recv(order[1]).String())
			})
			if second != want {
				t.Errorf("%q: a select that the close of %v woke chose %v: %v", release, order[0], order[1], second)
			}
		}
	}
}

// TestMachineOfNothing checks that a Machine that is not from NewMachine has no states,
// and one bit, the fewest that package explore takes.
func TestMachineOfNothing(t *testing.T) {
	m := new(chanq.Machine)
	if m.Bits() != 1 || len(m.Initial()) != 0 {
		t.Errorf("%d bits, initial states %v", m.Bits(), m.Initial())
	}
}

// TestMachineBounds checks that NewMachine returns an error for a program beyond a bound.
func TestMachineBounds(t *testing.T) {
	one := [][]chanq.Op{{recv(1)}}
	big := make([]chanq.Op, 15)
	for i := range big {
		big[i] = chanq.Op{Verb: chanq.SelectVerb, Cases: []chanq.Case{{Chan: 1}, {Chan: 2}, {Chan: 1, Send: true}, {Chan: 2, Send: true}}}
	}
	for name, b := range map[string]chanq.Bounded{
		"release":      {Release: "1.2", Caps: []int64{0}, Procs: one},
		"channels":     {Caps: make([]int64, 9), Procs: one},
		"capacity":     {Caps: []int64{8}, Procs: one},
		"no room":      {Caps: []int64{-1}, Procs: one},
		"nobody":       {Caps: []int64{0}},
		"too many":     {Caps: []int64{0}, Procs: make([][]chanq.Op, 8)},
		"nothing":      {Caps: []int64{0}, Procs: [][]chanq.Op{{}}},
		"much":         {Caps: []int64{0}, Procs: [][]chanq.Op{append(big, recv(1))}},
		"channel":      {Caps: []int64{0}, Procs: [][]chanq.Op{{recv(2)}}},
		"value":        {Caps: []int64{0}, Procs: [][]chanq.Op{{send(1, 16)}}},
		"verb":         {Caps: []int64{0}, Procs: [][]chanq.Op{{{Verb: 99}}}},
		"cases":        {Caps: []int64{0}, Procs: [][]chanq.Op{{{Verb: chanq.SelectVerb, Cases: make([]chanq.Case, 5)}}}},
		"too big":      {Caps: []int64{7, 7}, Procs: [][]chanq.Op{big, big, big, big, big, big, big}},
		"negative":     {Caps: []int64{0}, Procs: [][]chanq.Op{{recv(-1)}}},
		"case channel": {Caps: []int64{0}, Procs: [][]chanq.Op{{{Verb: chanq.SelectVerb, Cases: []chanq.Case{{Chan: 7}}}}}},
	} {
		if _, err := chanq.NewMachine(b); err == nil || !strings.HasPrefix(err.Error(), "chanq: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
