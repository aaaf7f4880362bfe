package explore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/explore"
)

// An odd is a machine that counts to n, with or without a mistake.
type odd struct {
	n       int
	bits    int
	events  int
	goals   int
	initial []uint64
	change  func(calls int, s uint64, event int, to uint64) (int, uint64) // of each step
	calls   *int                                                          // of Successors
}

func newOdd(n int) odd {
	return odd{n: n, bits: 32, events: 2, goals: 1, initial: []uint64{0}, calls: new(int)}
}

func (m odd) Bits() int                 { return m.bits }
func (m odd) Labels() []string          { return make([]string, m.events) }
func (m odd) Goals() []string           { return make([]string, m.goals) }
func (m odd) Goal(_ int, s uint64) bool { return s == 0 }
func (m odd) Initial() []uint64         { return m.initial }
func (m odd) Check(uint64) error        { return nil }

func (m odd) Successors(s uint64, step func(event int, to uint64)) {
	*m.calls++
	for event := range 2 {
		e, to := event, (s+1+uint64(event))%uint64(m.n)
		if m.change != nil {
			e, to = m.change(*m.calls, s, e, to)
		}
		step(e, to)
	}
}

// The error for a wrong argument has the given value and the allowed ones.
func TestRunBadInput(t *testing.T) {
	ok := explore.Options{MaxStates: 10_000}
	with := func(change func(*explore.Options)) explore.Options {
		o := ok
		change(&o)
		return o
	}
	machine := func(change func(*odd)) odd {
		m := newOdd(5000)
		change(&m)
		return m
	}
	for _, test := range []struct {
		m    explore.Machine[uint64]
		opts explore.Options
		want string // "" for none
	}{
		{newOdd(5000), ok, ""},
		{newOdd(5000), explore.Options{}, "MaxStates is 0: allowed are 1 to"},
		{newOdd(5000), explore.Options{MaxStates: -1}, "MaxStates is -1: allowed are 1 to"},
		{newOdd(5000), with(func(o *explore.Options) { o.MaxDepth = -2 }), "MaxDepth is -2: allowed are 1 and more"},
		{newOdd(5000), with(func(o *explore.Options) { o.ProgressEvery = -3 }), "ProgressEvery is -3: allowed are 1 and more"},
		{newOdd(5000), with(func(o *explore.Options) { o.MaxMemory = 7 }), "MaxMemory of 7 met: 0 states found"},
		{newOdd(5000), with(func(o *explore.Options) { o.MaxStates = 5 }), "MaxStates of 5 met: 5 states found"},
		{newOdd(5000), with(func(o *explore.Options) { o.Symmetry = true }), "odd has no method Canonical(uint64) uint64"},
		{peterson{}, with(func(o *explore.Options) { o.Everywhere = true }), "peterson has no methods Goals() []string and Goal(int, uint64) bool"},
		{nil, ok, "machine is nil"},
		{machine(func(m *odd) { m.bits = 0 }), ok, "uses 0 bits of a state: allowed are 1 to 64"},
		{machine(func(m *odd) { m.bits = 65 }), ok, "uses 65 bits of a state: allowed are 1 to 64"},
		{machine(func(m *odd) { m.bits = 64 }), ok, ""},
		{machine(func(m *odd) { m.bits = 13 }), ok, ""},
		{machine(func(m *odd) { m.bits = 12 }), ok, "state 0x1000 out of range: bit 12 is set, and the machine uses 12 bits"},
		{machine(func(m *odd) { m.events = 0 }), ok, "names 0 events: allowed are 1 to 65536"},
		{machine(func(m *odd) { m.events = 1<<16 + 1 }), ok, "names 65537 events: allowed are 1 to 65536"},
		{machine(func(m *odd) { m.events = 1 }), ok, "event 1 in state 0x0 out of range [0,1)"},
		{machine(func(m *odd) { m.events = 1 << 16 }), ok, ""},
		{machine(func(m *odd) { m.goals = 1024 }), ok, ""},
		{machine(func(m *odd) { m.goals = 0 }), ok, ""},
		{newOdd(5000), with(func(o *explore.Options) { o.MaxStates = explore.MaxStates }), ""},
		{newOdd(5000), with(func(o *explore.Options) { o.MaxStates = 5000 }), ""},
		{newOdd(5000), with(func(o *explore.Options) { o.MaxStates = 4999 }), "MaxStates of 4999 met: 4999 states found"},
		{machine(func(m *odd) { m.goals = 1025 }), ok, "names 1025 goals: allowed are 0 to 1024"},
		{machine(func(m *odd) { m.initial = nil }), ok, "no initial state: at least 1 is needed"},
		{machine(func(m *odd) { m.initial = []uint64{0, 1 << 40} }), ok, "initial state 0x10000000000 out of range: bit 40"},
		{machine(func(m *odd) {
			m.change = func(_ int, s uint64, event int, to uint64) (int, uint64) { return event - 1, to }
		}), ok, "event -1 in state 0x0 out of range [0,2)"},
	} {
		_, err := explore.Run(background, test.m, test.opts)
		checkError(t, fmt.Sprintf("%T %+v", test.m, test.opts), err, test.want)
	}
	_, err := explore.Run(context.Context(nil), newOdd(2), ok)
	checkError(t, "no context", err, "context is nil")
}

func checkError(t *testing.T, what string, err error, want string) {
	t.Helper()
	switch {
	case want == "":
		if err != nil {
			t.Errorf("%s: error %v", what, err)
		}
	case err == nil || !strings.HasPrefix(err.Error(), "explore: ") || !strings.Contains(err.Error(), want):
		t.Errorf("%s: error %v, want %q", what, err, want)
	}
}

func TestWalkBadInput(t *testing.T) {
	ok := explore.WalkOptions{Walks: 3, Steps: 5000}
	for _, test := range []struct {
		change func(m *odd, o *explore.WalkOptions)
		want   string
	}{
		{func(m *odd, o *explore.WalkOptions) {}, ""},
		{func(m *odd, o *explore.WalkOptions) { o.Walks = 0 }, "Walks is 0: allowed are 1 and more"},
		{func(m *odd, o *explore.WalkOptions) { o.Steps = 0 }, "Steps is 0: allowed are 1 to 1048576"},
		{func(m *odd, o *explore.WalkOptions) { o.Steps = 1<<20 + 1 }, "Steps is 1048577: allowed are 1 to 1048576"},
		{func(m *odd, o *explore.WalkOptions) { m.bits = 12 }, "out of range: bit 12 is set"},
		{func(m *odd, o *explore.WalkOptions) { m.events = 1 }, "event 1 in state 0x0 out of range [0,1)"},
		{func(m *odd, o *explore.WalkOptions) { m.initial = nil }, "no initial state"},
	} {
		m, opts := newOdd(5000), ok
		test.change(&m, &opts)
		_, err := explore.Walk(background, m, opts)
		checkError(t, fmt.Sprintf("%+v %+v", m, opts), err, test.want)
	}
	_, err := explore.Walk[uint64](background, nil, ok)
	if err == nil {
		t.Error("no error for no machine")
	}
	_, err = explore.Walk(context.Context(nil), newOdd(2), ok)
	checkError(t, "no context", err, "context is nil")
	ctx, cancel := context.WithCancel(background)
	cancel()
	if _, err = explore.Walk(ctx, newOdd(2), ok); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// A machine that does not return the same successors twice is reported, in whichever way
// they differ.
func TestRunNondeterministic(t *testing.T) {
	for name, change := range map[string]func(calls int, s uint64, event int, to uint64) (int, uint64){
		"another state": func(calls int, s uint64, event int, to uint64) (int, uint64) {
			return event, (to + uint64(calls%3)) % 5000
		},
		"another event": func(calls int, s uint64, event int, to uint64) (int, uint64) { return (event + calls) % 2, to },
		"another order": func(calls int, s uint64, event int, to uint64) (int, uint64) {
			if calls%2 == 1 {
				return 1 - event, s + 2 - uint64(event)
			}
			return event, s + 1 + uint64(event)
		},
		"in a late state only": func(calls int, s uint64, event int, to uint64) (int, uint64) {
			if s >= 4000 {
				event = calls % 2
			}
			return event, to
		},
	} {
		m := newOdd(5000)
		m.change = change
		_, err := explore.Run(background, m, explore.Options{MaxStates: 10_000})
		checkError(t, name, err, "not deterministic")
	}
}

// A forgetful is a machine in which a step exists only the first time a state is
// expanded: too rare for the samples, it shows when a run is repeated.
type forgetful struct{ seen map[uint64]bool }

func (m forgetful) Bits() int         { return 16 }
func (m forgetful) Labels() []string  { return []string{"on"} }
func (m forgetful) Initial() []uint64 { return []uint64{0} }
func (m forgetful) Check(s uint64) error {
	if s == 10 {
		return errors.New("ten")
	}
	return nil
}
func (m forgetful) Successors(s uint64, step func(event int, to uint64)) {
	if s != 5 || !m.seen[s] {
		m.seen[s] = true
		step(0, s+1)
	}
}

func TestRunForgetful(t *testing.T) {
	_, err := explore.Run(background, forgetful{map[uint64]bool{}}, explore.Options{MaxStates: 100})
	checkError(t, "forgetful", err, "not deterministic: 0x6 was a successor of 0x5, and is no longer")
}

// The same in the search for goals, which takes all steps twice more: the first 402
// calls are those of the sample and the search.
func TestEverywhereNondeterministic(t *testing.T) {
	type change = func(calls int, s uint64, event int, to uint64) (int, uint64)
	for name, test := range map[string]struct {
		change change
		want   string
	}{
		"no change": {nil, ""},
		"to no state there was": {func(calls int, s uint64, event int, to uint64) (int, uint64) {
			if calls == 500 {
				to = 999
			}
			return event, to
		}, "not deterministic: 0x3e7 was a successor"},
		"out of range": {func(calls int, s uint64, event int, to uint64) (int, uint64) {
			if calls == 900 {
				to = 1 << 40
			}
			return event, to
		}, "out of range"},
		"elsewhere, the second time": {func(calls int, s uint64, event int, to uint64) (int, uint64) {
			if calls > 802 {
				to = 7
			}
			return event, to
		}, "not deterministic: it had other transitions"},
	} {
		m := newOdd(400)
		m.change = test.change
		_, err := explore.Run(background, m, explore.Options{MaxStates: 1000, Everywhere: true})
		checkError(t, name, err, test.want)
	}
	m := forgetfulGoals{forgetful{map[uint64]bool{}}}
	_, err := explore.Run(background, m, explore.Options{MaxStates: 100, AllowDeadlock: true, Everywhere: true})
	checkError(t, "forgetful", err, "not deterministic: it had 8 transitions, and 7 when taken again")
}

// A forgetfulGoals is forgetful in a run that ends.
type forgetfulGoals struct{ forgetful }

func (m forgetfulGoals) Check(uint64) error        { return nil }
func (m forgetfulGoals) Goals() []string           { return []string{"two"} }
func (m forgetfulGoals) Goal(_ int, s uint64) bool { return s == 2 }
func (m forgetfulGoals) Successors(s uint64, step func(event int, to uint64)) {
	if s < 8 {
		m.forgetful.Successors(s, step)
	}
}

// A beyond is a machine whose states have one bit set, in each of their words in turn,
// up to bit number top.
type beyond[S explore.State] struct{ used, top int }

func (m beyond[S]) Bits() int        { return m.used }
func (m beyond[S]) Labels() []string { return []string{"next bit"} }
func (m beyond[S]) Initial() []S     { return []S{*new(S)} }
func (m beyond[S]) Check(S) error    { return nil }
func (m beyond[S]) Successors(s S, step func(event int, to S)) {
	to := s
	switch to := any(&to).(type) {
	case *[2]uint64:
		to[m.top/64] = 1 << (m.top % 64)
	case *[3]uint64:
		to[m.top/64] = 1 << (m.top % 64)
	case *[4]uint64:
		to[m.top/64] = 1 << (m.top % 64)
	case *[8]uint64:
		to[m.top/64] = 1 << (m.top % 64)
	}
	step(0, to)
}

// The range is that of all words together.
func TestRunOutOfRange(t *testing.T) {
	testOutOfRange[[2]uint64](t, 128)
	testOutOfRange[[3]uint64](t, 192)
	testOutOfRange[[4]uint64](t, 256)
	testOutOfRange[[8]uint64](t, 512)
}

func testOutOfRange[S explore.State](t *testing.T, size int) {
	for _, used := range []int{1, 63, 64, 65, size - 64, size - 1, size} {
		for _, top := range []int{0, 62, 63, 64, 65, size - 65, size - 64, size - 2, size - 1} {
			_, err := explore.Run(background, beyond[S]{used, top}, explore.Options{MaxStates: 10})
			want := ""
			if top >= used {
				want = fmt.Sprintf("out of range: bit %d is set, and the machine uses %d bits", top, used)
			}
			checkError(t, fmt.Sprintf("%T, bit %d of %d", *new(S), top, used), err, want)
		}
	}
	_, err := explore.Run(background, beyond[S]{size + 1, 0}, explore.Options{MaxStates: 10})
	checkError(t, "too many bits", err, fmt.Sprintf("uses %d bits of a state: allowed are 1 to %d", size+1, size))
}

// A late is a machine of two states, both with a step to state 1; from its fourth call
// on, state 0 has that step twice.
type late struct{ calls, extra *int }

func (m late) Bits() int                 { return 1 }
func (m late) Labels() []string          { return []string{"on"} }
func (m late) Initial() []uint64         { return []uint64{0} }
func (m late) Check(uint64) error        { return nil }
func (m late) Goals() []string           { return []string{"one"} }
func (m late) Goal(_ int, s uint64) bool { return s == 1 }
func (m late) Successors(s uint64, step func(event int, to uint64)) {
	step(0, 1)
	if *m.calls++; *m.calls == *m.extra {
		step(0, 1)
	}
}

// Whenever the extra step comes, it is noticed or was counted only once; among steps
// that are stored by their targets, it would exceed the room.
func TestEverywhereExtraStep(t *testing.T) {
	for extra := range 12 {
		_, err := explore.Run(background, late{new(int), &extra}, explore.Options{MaxStates: 10, Everywhere: true})
		if want := "not deterministic"; extra == 0 || extra > 8 {
			checkError(t, "late", err, "")
		} else {
			checkError(t, fmt.Sprintf("extra step in call %d", extra), err, want)
		}
	}
}
