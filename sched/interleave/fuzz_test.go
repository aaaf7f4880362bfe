package interleave_test

import (
	"testing"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched/interleave"
)

// TestZero: a Machine that is not from New returns an error that says so.
func TestZero(t *testing.T) {
	m := new(interleave.Machine)
	m.Successors(0, func(int, uint64) { t.Error("a step") })
	if m.Check(0) == nil || len(m.Labels()) != 1 || m.Tell(0) != nil {
		t.Errorf("%v, %q", m.Check(0), m.Labels())
	}
}

// FuzzMachine takes steps of any program, chosen by the bytes of a second text, and
// inspects every state.
func FuzzMachine(f *testing.F) {
	for i := range 20 {
		f.Add(small(newRand(i), i%2 == 0), "abcabcabcabc")
	}
	f.Add("timer t\ncontext x\nmain:\nwithtimeout x 1s\nnewtimer t 1s\nselect recv t, recv x\n", "zyx")
	f.Fuzz(func(t *testing.T, text, path string) {
		if len(text) > 2000 {
			return
		}
		p, err := program.Parse(text)
		if err != nil {
			return
		}
		m, err := interleave.New(interleave.Config{}, p)
		if err != nil {
			return
		}
		labels := len(m.Labels())
		at := m.Initial()[0]
		for _, b := range []byte(path[:min(len(path), 100)]) {
			var next []uint64
			m.Successors(at, func(event int, to uint64) {
				if event < 0 || event >= labels {
					t.Fatalf("event %d of %d", event, labels)
				}
				next = append(next, to)
			})
			var again []uint64
			m.Successors(at, func(_ int, to uint64) { again = append(again, to) })
			if len(next) != len(again) {
				t.Fatal("another time there are other steps")
			}
			m.Tell(at)
			if len(next) == 0 || m.Check(at) != nil {
				return
			}
			at = next[int(b)%len(next)]
		}
	})
}
