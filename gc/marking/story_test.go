package marking_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/marking"
)

// followed takes the steps from the empty heap on, and returns the frames of the run and
// the state after each step.
func followed(t *testing.T, m *marking.Machine, events ...string) ([]gc.Frame, []uint64) {
	t.Helper()
	labels := m.Labels()
	s, states := uint64(0), []uint64{}
	for _, name := range events {
		var next []uint64
		m.Successors(s, func(event int, to uint64) {
			if labels[event] == name {
				next = append(next, to)
			}
		})
		if len(next) != 1 {
			t.Fatalf("after %d steps %q leads to %d states", len(states), name, len(next))
		}
		s, states = next[0], append(states, next[0])
	}
	frames, err := m.Story(0, events, states)
	if err != nil {
		t.Fatal(err)
	}
	return frames, states
}

// TestStoryOfBuffer: objects in the barrier's buffer become grey when it is flushed.
func TestStoryOfBuffer(t *testing.T) {
	m := newMachine(t, marking.Config{Objects: 2, Fields: 1, Algorithm: named(t, "hybrid")})
	frames, _ := followed(t, m, "s0 = new A", "s1 = new B", "s0.f0 = s1", "s1 = nil", "start marking", "barrier before s0.f0 = s1", "s0.f0 = s1", "flush the buffer")
	for i, want := range map[int]string{
		5: "the program is about to store nil into f0 of A (white), over B (white): the barrier buffers B",
		7: "the buffer is flushed: B becomes grey",
	} {
		if got := frames[i].Text; got != want {
			t.Errorf("step %d: %q, want %q", i+1, got, want)
		}
	}
	if !slices.Equal(frames[5].State.Buffer, []gc.Ref{2}) || !slices.Equal(frames[5].Shaded, []gc.Ref{2}) || frames[5].Holder != 1 || len(frames[7].State.Buffer) > 0 || frames[7].Shaded != nil {
		t.Errorf("%+v, %+v", frames[5], frames[7])
	}
}

// TestStoryOfGlobal loses an object to which only a global points that was scanned before.
func TestStoryOfGlobal(t *testing.T) {
	a := named(t, "no-barrier")
	a.AllocateBlack, a.Promises = false, gc.WeakInvariant
	m := newMachine(t, marking.Config{Objects: 2, Fields: 1, Slots: []int{1}, Globals: 1, Algorithm: a})
	frames, states := followed(t, m,
		"start marking", "scan the global", "s0 = new A", "global = s0", "s0 = nil", "scan the stack of G1", "s0 = global", "s0 = nil", "stop the world", "end marking")
	var got []string
	for _, f := range frames {
		got = append(got, f.Text)
	}
	black := ", on the stack, which is black and has no barrier"
	only := "; only the global points to A now, which is white, and the collector has looked there"
	want := []string{
		"the collector starts marking",
		"the collector scans the global: nothing becomes grey",
		"the program allocates A (white) into s0",
		"the program stores A (white) into the global",
		"the program drops A (white) from s0" + only,
		"the collector scans the stack: nothing becomes grey",
		"the program loads A (white) from the global into s0" + black,
		"the program drops A (white) from s0",
		"nothing is grey: the world stops",
		"marking ends: A is white, so it is garbage; but the program still uses it",
	}
	if diff := cmp.Diff(strings.Join(want, "\n"), strings.Join(got, "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for i, s := range states[:8] { // nothing grey leads to the object, since the global was scanned before
		if err := m.Check(s); (err != nil) != (i >= 3) || err != nil && !strings.Contains(err.Error(), ": A is white") {
			t.Errorf("after %q: %v", got[i], err)
		}
	}
	if f := frames[4].State; !slices.Equal(f.Globals, []gc.Ref{1}) || f.GlobalsAre != gc.Black || !slices.Equal(f.Goroutines[0].Slots, []gc.Ref{0}) {
		t.Errorf("%+v", f)
	}
}

// TestBrokenPromises: an algorithm that promises a stronger invariant than it keeps fails
// before an object is lost, and one that promises a weaker invariant does not fail.
func TestBrokenPromises(t *testing.T) {
	strong, weak := gc.StrongInvariant, gc.WeakInvariant
	for _, tt := range []struct {
		name     string
		promises gc.Invariant
		broken   bool
	}{
		{"insertion", strong, false}, {"insertion", weak, false},
		{"deletion", strong, true}, {"deletion", weak, false},
		{"hybrid-design", strong, true}, {"hybrid-design", weak, false},
		{"no-barrier", strong, true}, {"no-barrier", weak, true}, {"deletion-no-snapshot", weak, true},
	} {
		a := named(t, tt.name)
		a.Promises = tt.promises
		r := run(t, marking.Config{Objects: 3, Fields: 1, Algorithm: a}, true)
		if broken := r.Counterexample != nil; broken != tt.broken {
			t.Errorf("%s promises the %v invariant: broken %v, want %v", tt.name, tt.promises, broken, tt.broken)
		} else if broken && !strings.Contains(r.Counterexample.Reason, tt.promises.String()+" invariant is broken") {
			t.Errorf("%s: %v", tt.name, r.Counterexample)
		}
	}
}

// TestStoryOfTwo: a story of two goroutines numbers them.
func TestStoryOfTwo(t *testing.T) {
	m := newMachine(t, marking.Config{Objects: 2, Fields: 1, Slots: []int{1, 1}, Algorithm: named(t, "hybrid")})
	frames, _ := followed(t, m, "G2: s0 = new A", "start marking", "scan the stack of G2", "G1: s0 = new B", "scan the stack of G1", "look at A.f0", "blacken A", "stop the world")
	var got []string
	for _, f := range frames {
		got = append(got, f.Text)
	}
	want := []string{
		"goroutine 2 allocates A into s0",
		"the collector starts marking",
		"the collector scans the stack of goroutine 2: A becomes grey",
		"goroutine 1 allocates B (black) into s0",
		"the collector scans the stack of goroutine 1: nothing becomes grey",
		"the collector looks at f0 of A: nothing becomes grey",
		"A is black: the collector will not look at it again",
		"nothing is grey: the world stops",
	}
	if diff := cmp.Diff(strings.Join(want, "\n"), strings.Join(got, "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s := frames[7].State; s.Pause != "mark termination" || s.Stage != "mark termination" || frames[6].State.Pause != "" {
		t.Errorf("%+v", s)
	}
}
