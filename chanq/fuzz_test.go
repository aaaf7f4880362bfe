package chanq_test

import (
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/chanq"
)

// FuzzChans performs operations that the bytes choose, sensible or not: nothing panics,
// every error is the model's or the runtime's, and the invariants hold.
func FuzzChans(f *testing.F) {
	f.Add("go1.26", []byte{0, 1, 1, 0, 2, 1, 3, 2, 1, 7, 2, 0})
	f.Add("go1.5", []byte{0, 1, 1, 1, 2, 1, 3, 1, 1, 5, 1, 1, 6, 2, 3, 1, 1, 1})
	f.Add("running", []byte{9, 200, 0, 10, 1, 5, 11, 1, 9, 12, 1, 3, 3, 1, 1})
	f.Add("1.17", []byte{1})
	f.Fuzz(func(t *testing.T, release string, script []byte) {
		draws := script
		m, err := chanq.New(chanq.Config{Release: release, Choose: func(n int) int {
			if len(draws) == 0 {
				return 0
			}
			j := int(draws[0]) - 1 // out of range now and then
			draws = draws[1:]
			return j
		}})
		if err != nil {
			return
		}
		for range 3 {
			if _, err := m.Go(); err != nil {
				t.Fatal(err)
			}
		}
		for ; len(script) >= 3; script = script[3:] {
			a, b := int64(int8(script[1])), int64(int8(script[2]))
			g, c := chanq.G(a), chanq.Chan(b)
			var err error
			switch script[0] % 13 {
			case 0:
				_, err = m.Make(chanq.Elem{Size: a << (script[2] % 50)}, b<<(script[1]%57))
			case 1:
				_, err = m.Send(g, c, a)
			case 2:
				_, err = m.Recv(g, c)
			case 3:
				_, err = m.TrySend(g, c, a)
			case 4:
				_, err = m.TryRecv(g, c)
			case 5:
				_, err = m.Close(g, c)
			case 6:
				cases := []chanq.Case{{Chan: c}, {Chan: c, Send: true}, {Chan: c + 1}, {}}
				_, err = m.Select(g, cases[:a&3], b&1 == 0)
			case 7:
				_, err = m.Resume(g)
			case 8:
				_, err = m.NewTimer(time.Duration(a << (script[2] % 57)))
			case 9:
				_, err = m.Stop(c)
			case 10:
				_, err = m.Reset(c, time.Duration(a))
			case 11:
				err = m.Advance(time.Duration(b))
			case 12:
				_, err = m.Do(g, chanq.Op{Verb: chanq.Verb(a), Chan: c})
			}
			if err != nil && !isPanic(err) && !strings.HasPrefix(err.Error(), "chanq: ") {
				t.Fatalf("error %v", err)
			}
		}
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
		_ = m.Snapshot()
	})
}

// FuzzMachine makes a machine of any program, and takes some of its steps.
func FuzzMachine(f *testing.F) {
	f.Add("go1.5", []byte{1, 0, 2}, []byte{0, 1, 1, 0, 1, 1, 0, 2, 0, 4, 1, 5})
	f.Add("", []byte{0, 0}, []byte{0, 1, 5, 0, 1, 0, 3, 4, 5, 1})
	f.Fuzz(func(t *testing.T, release string, caps, ops []byte) {
		b := chanq.Bounded{Release: release, Lossless: len(ops)%2 == 0}
		for _, c := range caps {
			b.Caps = append(b.Caps, int64(int8(c)))
		}
		for ; len(ops) >= 3; ops = ops[3:] {
			g := int(ops[0] % 8)
			for len(b.Procs) <= g {
				b.Procs = append(b.Procs, nil)
			}
			op := chanq.Op{Verb: chanq.Verb(ops[1] % 7), Chan: chanq.Chan(int8(ops[2])), Value: int64(ops[2] >> 4)}
			if op.Verb == chanq.SelectVerb {
				op.Cases = []chanq.Case{{Chan: op.Chan}, {Chan: op.Chan, Send: true}, {Chan: 1}}[:ops[2]%4]
			}
			b.Procs[g] = append(b.Procs[g], op)
		}
		m, err := chanq.NewMachine(b)
		if err != nil {
			return
		}
		events := len(m.Labels())
		s := m.Initial()[0]
		for range 30 {
			if err := m.Check(s); err != nil && strings.HasPrefix(err.Error(), "chanq: ") {
				t.Fatal(err) // a broken invariant; a goroutine's panic is not one
			}
			n := 0
			m.Successors(s, func(event int, to chanq.Packed) {
				if event < 0 || event >= events {
					t.Fatalf("event %d of %d", event, events)
				}
				if n++; n == 1 || to[0]%3 == 0 {
					s = to
				}
			})
			if n == 0 {
				break
			}
		}
	})
}
