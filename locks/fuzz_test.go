package locks_test

import (
	"strings"
	"testing"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/locks"
)

// FuzzDo performs any operations: nothing may panic or hang, and every outcome must be
// possible.
func FuzzDo(f *testing.F) {
	f.Add("", []byte{0, 1, 1, 2, 1, 1, 0, 2, 1, 7, 5, 2})
	f.Add("go1.3", []byte{5, 2, 1, 2, 2, 1, 2, 1, 2, 10, 4, 1, 11, 4, 1})
	f.Add("go1.7", []byte{2, 1, 1, 0, 1, 2, 14, 0, 1, 15, 3, 1})
	f.Fuzz(func(t *testing.T, release string, data []byte) {
		if _, err := locks.ForRelease(release); err != nil {
			return
		}
		m := makeAll(t, release, 3)
		for len(data) >= 3 {
			verb, id, g := locks.Verb(data[0]%17), locks.ID(int8(data[1])%10), locks.G(int8(data[2])%5)
			data = data[3:]
			var o locks.Outcome
			var err error
			switch verb {
			case 14:
				o, err = m.Resume(g)
			case 15:
				_, err = m.Copy(id)
			default:
				o, err = m.Do(g, locks.Op{Verb: verb, ID: id, Delta: int64(g) * 1 << (verb % 60)})
			}
			switch err := err.(type) {
			case *crash.Error:
				if want := map[crash.Kind]locks.What{crash.KindPanic: locks.Panicked, crash.KindFatal: locks.Crashed}[err.Kind]; o.What != want {
					t.Fatal(o, err)
				}
			case nil:
			default:
				if !strings.HasPrefix(err.Error(), "locks: ") || o != (locks.Outcome{}) {
					t.Fatal(o, err)
				}
			}
			m.Check()
			m.Snapshot()
		}
	})
}

// FuzzMachine makes machines of any program.
func FuzzMachine(f *testing.F) {
	f.Add("", []byte{1, 2}, []byte{0, 1, 2, 1})
	f.Fuzz(func(t *testing.T, release string, kinds, ops []byte) {
		b := locks.Bounded{Release: release}
		for _, k := range kinds {
			b.Objects = append(b.Objects, locks.Type(k))
		}
		for i := 0; i+1 < len(ops); i += 2 {
			op := locks.Op{Verb: locks.Verb(ops[i]), ID: locks.ID(int8(ops[i+1])), Delta: 1}
			if i%4 == 0 {
				b.Procs = append(b.Procs, nil)
			}
			b.Procs[len(b.Procs)-1] = append(b.Procs[len(b.Procs)-1], op)
		}
		m, err := locks.NewMachine(b)
		if err != nil {
			return
		}
		for _, s := range m.Initial() {
			for range 20 {
				next := s
				m.Successors(s, func(e int, to locks.Packed) {
					if e < 0 || e >= len(m.Labels()) {
						t.Fatalf("event %d", e)
					}
					next = to
				})
				m.Check(next)
				s = next
			}
		}
	})
}
