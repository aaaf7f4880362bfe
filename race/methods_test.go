package race_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/race"
)

// TestMethods checks that each method does what Do does with the verb of its name: the
// outcome and the state are the same, in places where another verb would give others.
func TestMethods(t *testing.T) {
	const g, at = race.G(2), race.Place(7)
	did := func(err error) (race.Outcome, error) { return race.Outcome{What: race.DidOp}, err }
	made := func(o race.Object, err error) (race.Outcome, error) {
		return race.Outcome{What: race.DidMake, Object: o}, err
	}
	const accesses = "main: read 0x10 8; main: write 0x18 8; main: atomic load 0x20; main: atomic store 0x28; "
	for _, tt := range []struct {
		before string // what main, 1, and g do first; the first object is 1
		op     race.Op
		do     func(d *race.Detector) (race.Outcome, error)
	}{
		{"", race.Op{Verb: race.GoVerb}, func(d *race.Detector) (race.Outcome, error) {
			n, err := d.Go(g, at)
			return race.Outcome{What: race.DidStart, G: n}, err
		}},
		{"", race.Op{Verb: race.ExitVerb}, func(d *race.Detector) (race.Outcome, error) { return did(d.Exit(g, at)) }},
		{accesses, race.Op{Verb: race.NewVerb, Addr: 0x10, Size: 9}, func(d *race.Detector) (race.Outcome, error) { return did(d.New(g, 0x10, 9, at)) }},
		{"", race.Op{Verb: race.MakeVerb, Type: race.Once}, func(d *race.Detector) (race.Outcome, error) { return made(d.Make(g, race.Once, at)) }},
		{"", race.Op{Verb: race.MakeVerb, Type: race.Chan, N: 3, Size: 2}, func(d *race.Detector) (race.Outcome, error) { return made(d.MakeChan(g, 3, 2, at)) }},
		{"main: lock mu", race.Op{Verb: race.MakeVerb, Type: race.Cond, On: 1}, func(d *race.Detector) (race.Outcome, error) { return made(d.MakeCond(g, 1, at)) }},
		{"main: lock mu; main: unlock mu", race.Op{Verb: race.LockVerb, On: 1}, func(d *race.Detector) (race.Outcome, error) { return d.Lock(g, 1, at) }},
		{"main: rlock mu", race.Op{Verb: race.RLockVerb, On: 1}, func(d *race.Detector) (race.Outcome, error) { return d.RLock(g, 1, at) }},
		{"g: lock mu", race.Op{Verb: race.UnlockVerb, On: 1}, func(d *race.Detector) (race.Outcome, error) { return did(d.Unlock(g, 1, at)) }},
		{"g: rlock mu", race.Op{Verb: race.RUnlockVerb, On: 1}, func(d *race.Detector) (race.Outcome, error) { return did(d.RUnlock(g, 1, at)) }},
		{"main: make c chan 1; main: close c", race.Op{Verb: race.RecvVerb, On: 1}, func(d *race.Detector) (race.Outcome, error) { return d.Recv(g, 1, at) }},
		{"main: make c chan 1", race.Op{Verb: race.SendVerb, On: 1}, func(d *race.Detector) (race.Outcome, error) { return d.Send(g, 1, at) }},
		{"main: make c chan 1; main: send c", race.Op{Verb: race.CloseVerb, On: 1}, func(d *race.Detector) (race.Outcome, error) { return d.Close(g, 1, at) }},
		{"main: add 1 wg", race.Op{Verb: race.AddVerb, On: 1, N: 5}, func(d *race.Detector) (race.Outcome, error) { return d.Add(g, 1, 5, at) }},
		{"main: add 2 wg", race.Op{Verb: race.AddVerb, On: 1, N: -1}, func(d *race.Detector) (race.Outcome, error) { return d.Done(g, 1, at) }},
		{"main: add 2 wg", race.Op{Verb: race.WaitVerb, On: 1}, func(d *race.Detector) (race.Outcome, error) { return d.Wait(g, 1, at) }},
		{"main: release r; main: once o", race.Op{Verb: race.OnceDoVerb, On: 2}, func(d *race.Detector) (race.Outcome, error) { return d.OnceDo(g, 2, at) }},
		{"g: once o", race.Op{Verb: race.OnceReturnVerb, On: 1}, func(d *race.Detector) (race.Outcome, error) { return d.OnceReturn(g, 1, at) }},
		{"g: lock mu; g: make c cond mu", race.Op{Verb: race.WaitCondVerb, On: 2}, func(d *race.Detector) (race.Outcome, error) { return d.WaitCond(g, 2, at) }},
		{waiting, race.Op{Verb: race.SignalVerb, On: 2}, func(d *race.Detector) (race.Outcome, error) { return d.Signal(g, 2, at) }},
		{waiting, race.Op{Verb: race.BroadcastVerb, On: 2}, func(d *race.Detector) (race.Outcome, error) { return d.Broadcast(g, 2, at) }},
		{"main: release r", race.Op{Verb: race.AcquireVerb, On: 1}, func(d *race.Detector) (race.Outcome, error) { return did(d.Acquire(g, 1, at)) }},
		{"main: release r", race.Op{Verb: race.ReleaseVerb, On: 1}, func(d *race.Detector) (race.Outcome, error) { return did(d.Release(g, 1, at)) }},
		{"main: release r", race.Op{Verb: race.ReleaseMergeVerb, On: 1}, func(d *race.Detector) (race.Outcome, error) { return did(d.ReleaseMerge(g, 1, at)) }},
		{"main: release r", race.Op{Verb: race.ReleaseAcquireVerb, On: 1}, func(d *race.Detector) (race.Outcome, error) { return did(d.ReleaseAcquire(g, 1, at)) }},
	} {
		sameAsDo(t, tt.before, tt.op, tt.do)
	}
	for verb, do := range map[race.Verb]func(d *race.Detector, addr uint64) (race.Outcome, error){
		race.ReadVerb:       func(d *race.Detector, addr uint64) (race.Outcome, error) { return d.Read(g, addr, 8, at) },
		race.WriteVerb:      func(d *race.Detector, addr uint64) (race.Outcome, error) { return d.Write(g, addr, 8, at) },
		race.ReadRangeVerb:  func(d *race.Detector, addr uint64) (race.Outcome, error) { return d.ReadRange(g, addr, 8, at) },
		race.WriteRangeVerb: func(d *race.Detector, addr uint64) (race.Outcome, error) { return d.WriteRange(g, addr, 8, at) },
		race.LoadVerb:       func(d *race.Detector, addr uint64) (race.Outcome, error) { return d.Load(g, addr, 8, at) },
		race.StoreVerb:      func(d *race.Detector, addr uint64) (race.Outcome, error) { return d.Store(g, addr, 8, at) },
		race.ModifyVerb:     func(d *race.Detector, addr uint64) (race.Outcome, error) { return d.Modify(g, addr, 8, at) },
		race.FailVerb:       func(d *race.Detector, addr uint64) (race.Outcome, error) { return d.Fail(g, addr, 8, at) },
	} {
		for addr := uint64(0x10); addr <= 0x28; addr += 8 { // after a read, a write, and both as atomics
			sameAsDo(t, accesses, race.Op{Verb: verb, Addr: addr, Size: 8}, func(d *race.Detector) (race.Outcome, error) { return do(d, addr) })
		}
	}
}

// waiting is a Cond for which two goroutines wait.
const waiting = "main: lock mu; main: make c cond mu; main: go h; main: cond wait c; h: lock mu; h: cond wait c"

// sameAsDo checks that a method of goroutine 2 at place 7 does the same as Do.
func sameAsDo(t *testing.T, before string, op race.Op, do func(d *race.Detector) (race.Outcome, error)) {
	t.Helper()
	op.G, op.Place = 2, 7
	one, other := entries(t, race.Config{}, "main: go g; "+before), entries(t, race.Config{}, "main: go g; "+before)
	want, err := one.Detector.Do(op)
	if err != nil {
		t.Errorf("after %q, %v: %v", before, op, err)
	}
	got, err := do(&other.Detector)
	if err != nil || got != want {
		t.Errorf("after %q, %v: %+v (%v), want %+v", before, op, got, err, want)
	}
	if diff := cmp.Diff(one.Snapshot(), other.Snapshot()); diff != "" {
		t.Errorf("after %q, %v: -Do +method\n%s", before, op, diff)
	}
	if diff := cmp.Diff(textsOf(t, one), textsOf(t, other)); diff != "" {
		t.Errorf("after %q, %v: -Do +method\n%s", before, op, diff)
	}
}
