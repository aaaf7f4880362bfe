package marking_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/gc/marking"
)

// TestValid builds states of random bits: those with an object, a store or a field that
// does not exist have no steps, and Check returns the reason.
func TestValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := marking.Config{
			Objects: rapid.IntRange(1, 6).Draw(t, "objects"), Fields: rapid.IntRange(1, 3).Draw(t, "fields"),
			Slots: rapid.SliceOfN(rapid.IntRange(1, 3), 1, 3).Draw(t, "slots"), Globals: rapid.IntRange(0, 1).Draw(t, "globals"),
			Garbage: rapid.Bool().Draw(t, "garbage"),
		}
		m, err := marking.New(c)
		if err != nil {
			return
		}
		s := rapid.Uint64().Draw(t, "state") & rapid.Uint64().Draw(t, "mask")
		if rapid.Bool().Draw(t, "of no more bits") && m.Bits() < 64 {
			s &= 1<<m.Bits() - 1
		}
		steps := 0
		m.Successors(s, func(event int, to uint64) {
			if steps++; m.Bits() < 64 && to>>m.Bits() != 0 || event >= len(m.Labels()) {
				t.Fatalf("step %d leads from %#x to %#x", event, s, to)
			}
		})
		if err := m.Check(s); err != nil && strings.Contains(err.Error(), "not one of this machine") && (steps > 0 || m.Canonical(s) != s) {
			t.Fatalf("%#x has %d steps, and %v", s, steps, err)
		}
		if m.Bits() < 64 && s>>m.Bits() != 0 && m.Check(s) == nil {
			t.Fatalf("%#x passes, of %d bits", s, m.Bits())
		}
	})
}

// TestStoreIntoNil looks at all states of a machine with one object and one slot. Only
// states in which a store is pending and the slot holds nil are invalid.
func TestStoreIntoNil(t *testing.T) {
	for _, name := range []string{"insertion", "deletion", "hybrid"} {
		for _, garbage := range []bool{false, true} {
			m := newMachine(t, marking.Config{Objects: 1, Fields: 1, Slots: []int{1}, Algorithm: named(t, name), Garbage: garbage})
			// The phase, the stack's mark, a store, a slot, a cursor, two of colour, a field.
			bits := 2 + 1 + 1 + 1 + 1 + 2 + 1
			if garbage {
				bits++
			}
			if name == "hybrid" { // a buffer
				bits++
			}
			if m.Bits() != bits {
				t.Errorf("%s: %d bits, want %d", name, m.Bits(), bits)
			}
			valid := 0
			for s := range uint64(1) << m.Bits() {
				if err := m.Check(s); err == nil || !strings.Contains(err.Error(), "not one of this machine") {
					valid++
				}
			}
			if want := 1 << m.Bits() / 4 * 3; valid != want {
				t.Errorf("%s: %d of %d states, want %d", name, valid, 1<<m.Bits(), want)
			}
		}
	}
}
