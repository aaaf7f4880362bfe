package marking_test

import (
	"strings"
	"testing"

	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/marking"
)

// FuzzMachine makes machines of any configuration, and walks: steps lead to states in
// range, Canonical is idempotent, and a sound algorithm loses nothing.
func FuzzMachine(f *testing.F) {
	f.Add("hybrid", 3, 2, []byte{2}, 1, []byte{0, 1, 2, 3, 4, 5, 6, 7})
	f.Add("no-barrier", 4, 1, []byte{2, 1}, 0, []byte{9, 9, 9, 1, 200})
	f.Add("deletion", -1, 9, []byte{}, 5, []byte{})
	f.Fuzz(func(t *testing.T, name string, objects, fields int, slots []byte, globals int, walk []byte) {
		a, err := gc.AlgorithmNamed(name)
		if err != nil {
			return
		}
		c := marking.Config{Algorithm: a, Objects: objects, Fields: fields, Globals: globals, Garbage: len(walk)%2 == 0}
		for _, n := range slots {
			c.Slots = append(c.Slots, int(int8(n)))
		}
		m, err := marking.New(c)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "gc/marking: ") {
				t.Fatal(err)
			}
			return
		}
		events := m.Labels()
		s := m.Initial()[0]
		for _, choice := range walk {
			n := 0
			var names []string
			var states []uint64
			m.Successors(s, func(event int, to uint64) {
				if event < 0 || event >= len(events) || m.Bits() < 64 && to>>m.Bits() != 0 {
					t.Fatalf("event %d of %d leads to %#x", event, len(events), to)
				}
				n++
				names, states = append(names, events[event]), append(states, to)
			})
			if n == 0 {
				t.Fatalf("%#x is a deadlock", s)
			}
			i := int(choice) % n
			if _, err := m.Story(s, names[i:i+1], states[i:i+1]); err != nil {
				t.Fatal(err)
			}
			s = states[i]
			k := m.Canonical(s)
			if m.Canonical(k) != k || (m.Check(k) == nil) != (m.Check(s) == nil) {
				t.Fatalf("%#x stands for %#x", k, s)
			}
			if err := m.Check(s); err != nil {
				if a.Loses == "" {
					t.Fatal(err)
				}
				return
			}
		}
	})
}
