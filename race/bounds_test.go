package race_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/race"
)

// objects makes one object of each type, by number: a mutex, two channels, a WaitGroup, a
// Once, a Cond and a Raw. Goroutine 2 waits for the mutex, and 3 has exited.
const objects = "main: lock mu; main: make c chan 0; main: make full chan 1; main: send full; main: add 1 wg; main: once o; main: make cond cond mu; main: release r;" +
	"main: go g; main: go h; h: exit; g: lock mu"

// TestErrors checks the first values that an operation refuses, and the last that it
// takes, with the whole text of each error; an operation that is refused does not count.
func TestErrors(t *testing.T) {
	const most = 1<<31 - 1
	for _, tt := range []struct {
		op   race.Op
		want string
	}{
		{race.Op{Verb: race.ReadVerb, G: 0}, "race: there is no goroutine 0"},
		{race.Op{Verb: race.ReadVerb, G: -1}, "race: there is no goroutine -1"},
		{race.Op{Verb: race.ReadVerb, G: 2}, "race: goroutine 2 waits: lock of object 1 since operation 16"},
		{race.Op{Verb: race.ReadVerb, G: 3}, "race: goroutine 3 has exited"},
		{race.Op{Verb: race.ReadVerb, G: 4}, "race: there is no goroutine 4"},
		{race.Op{Verb: race.ReadVerb, G: 255}, "race: there is no goroutine 255"},
		{race.Op{Verb: race.ReadVerb, G: 256}, "race: there is no goroutine 256"},
		{race.Op{Verb: race.ReadVerb, G: 257}, "race: there is no goroutine 257"},
		{race.Op{Verb: race.ReadVerb, G: most}, "race: there is no goroutine 2147483647"},
		{race.Op{Verb: "rest", G: 1}, `race: no verb "rest"`},

		{race.Op{Verb: race.ReadVerb, G: 1, Size: 0}, "race: an access of 0 bytes out of range [1,65536]"},
		{race.Op{Verb: race.ReadVerb, G: 1, Size: 1}, ""},
		{race.Op{Verb: race.WriteVerb, G: 1, Size: 1 << 16}, ""},
		{race.Op{Verb: race.WriteVerb, G: 1, Size: 1<<16 + 1}, "race: an access of 65537 bytes out of range [1,65536]"},
		{race.Op{Verb: race.ReadRangeVerb, G: 1, Addr: 1<<62 - 1, Size: 1}, ""},
		{race.Op{Verb: race.ReadRangeVerb, G: 1, Addr: 1 << 62, Size: 1}, "race: address 0x4000000000000000 out of range [0,0x3fffffffffffffff]"},
		{race.Op{Verb: race.NewVerb, G: 1, Size: 0}, "race: an access of 0 bytes out of range [1,65536]"},
		{race.Op{Verb: race.NewVerb, G: 1, Size: 1}, ""},
		{race.Op{Verb: race.NewVerb, G: 1, Size: 1 << 16}, ""},
		{race.Op{Verb: race.NewVerb, G: 1, Size: 1<<16 + 1}, "race: an access of 65537 bytes out of range [1,65536]"},
		{race.Op{Verb: race.NewVerb, G: 1, Addr: 1<<62 - 1, Size: 1}, ""},
		{race.Op{Verb: race.NewVerb, G: 1, Addr: 1 << 62, Size: 1}, "race: address 0x4000000000000000 out of range [0,0x3fffffffffffffff]"},
		{race.Op{Verb: race.NewVerb, G: 2, Size: 1}, "race: goroutine 2 waits: lock of object 1 since operation 16"},

		{race.Op{Verb: race.LoadVerb, G: 1, Size: 3}, "race: an atomic of 3 bytes (want 4 or 8)"},
		{race.Op{Verb: race.LoadVerb, G: 1, Size: 5}, "race: an atomic of 5 bytes (want 4 or 8)"},
		{race.Op{Verb: race.LoadVerb, G: 1, Size: 9}, "race: an atomic of 9 bytes (want 4 or 8)"},
		{race.Op{Verb: race.LoadVerb, G: 1, Addr: 6, Size: 4}, "race: an atomic of 4 bytes at 0x6 (want a multiple of it, below 0x4000000000000000)"},
		{race.Op{Verb: race.StoreVerb, G: 1, Addr: 1<<62 - 8, Size: 8}, ""},
		{race.Op{Verb: race.StoreVerb, G: 1, Addr: 1 << 62, Size: 8}, "race: an atomic of 8 bytes at 0x4000000000000000 (want a multiple of it, below 0x4000000000000000)"},
		{race.Op{Verb: race.StoreVerb, G: 2, Size: 8}, "race: goroutine 2 waits: lock of object 1 since operation 16"},

		{race.Op{Verb: race.MakeVerb, G: 1, Type: race.Chan, N: -1}, "race: capacity -1 out of range [0,65536]"},
		{race.Op{Verb: race.MakeVerb, G: 1, Type: race.Chan, N: 0}, ""},
		{race.Op{Verb: race.MakeVerb, G: 1, Type: race.Chan, N: 1 << 16, Size: 1}, ""},
		{race.Op{Verb: race.MakeVerb, G: 1, Type: race.Chan, N: 1<<16 + 1}, "race: capacity 65537 out of range [0,65536]"},
		{race.Op{Verb: race.MakeVerb, G: 1, Type: race.Chan, Size: -1}, "race: element size -1 out of range [0,65535]"},
		{race.Op{Verb: race.MakeVerb, G: 1, Type: race.Chan, Size: 1 << 16}, "race: element size 65536 out of range [0,65535]"},
		{race.Op{Verb: race.MakeVerb, G: 2, Type: race.Chan}, "race: goroutine 2 waits: lock of object 1 since operation 16"},
		{race.Op{Verb: race.MakeVerb, G: 1, Type: race.Cond, On: 0}, "race: there is no object 0"},
		{race.Op{Verb: race.MakeVerb, G: 1, Type: race.Cond, On: 1}, ""},
		{race.Op{Verb: race.MakeVerb, G: 1, Type: race.Cond, On: 2}, "race: object 2 is a chan, no mutex"},
		{race.Op{Verb: race.MakeVerb, G: 2, Type: race.Cond, On: 1}, "race: goroutine 2 waits: lock of object 1 since operation 16"},
		{race.Op{Verb: race.MakeVerb, G: 1, Type: "sema"}, `race: no type "sema" (want mutex, waitgroup, once or raw)`},
		{race.Op{Verb: race.MakeVerb, G: 2, Type: race.Raw}, "race: goroutine 2 waits: lock of object 1 since operation 16"},

		{race.Op{Verb: race.LockVerb, G: 1, On: -1}, "race: there is no object -1"},
		{race.Op{Verb: race.LockVerb, G: 1, On: 0}, "race: there is no object 0"},
		{race.Op{Verb: race.LockVerb, G: 1, On: 2}, "race: object 2 is a chan, no mutex"},
		{race.Op{Verb: race.LockVerb, G: 1, On: 8}, "race: there is no object 8"},
		{race.Op{Verb: race.RLockVerb, G: 1, On: 7}, "race: object 7 is a raw, no mutex"},
		{race.Op{Verb: race.UnlockVerb, G: 1, On: 8}, "race: there is no object 8"},
		{race.Op{Verb: race.RUnlockVerb, G: 1, On: 8}, "race: there is no object 8"},
		{race.Op{Verb: race.RUnlockVerb, G: 1, On: 1}, "race: goroutine 1, object 1: sync: RUnlock of unlocked RWMutex"},
		{race.Op{Verb: race.SendVerb, G: 1, On: 1}, "race: object 1 is a mutex, no chan"},
		{race.Op{Verb: race.RecvVerb, G: 1, On: 1}, "race: object 1 is a mutex, no chan"},
		{race.Op{Verb: race.CloseVerb, G: 1, On: 1}, "race: object 1 is a mutex, no chan"},
		{race.Op{Verb: race.AcquireVerb, G: 1, On: 6}, "race: object 6 is a cond, no raw"},
		{race.Op{Verb: race.SignalVerb, G: 1, On: 7}, "race: object 7 is a raw, no cond"},
		{race.Op{Verb: race.WaitCondVerb, G: 1, On: 7}, "race: object 7 is a raw, no cond"},

		{race.Op{Verb: race.AddVerb, G: 1, On: 5}, "race: object 5 is a once, no waitgroup"},
		{race.Op{Verb: race.AddVerb, G: 1, On: 4, N: most - 1}, ""},
		{race.Op{Verb: race.AddVerb, G: 1, On: 4, N: most}, "race: a WaitGroup's counter 1 and 2147483647 out of range [0,2147483647]"},
		{race.Op{Verb: race.AddVerb, G: 1, On: 4, N: most + 1}, "race: a WaitGroup's counter 1 and 2147483648 out of range [0,2147483647]"},
		{race.Op{Verb: race.AddVerb, G: 1, On: 4, N: -most}, "sync: negative WaitGroup counter"},
		{race.Op{Verb: race.AddVerb, G: 1, On: 4, N: -most - 1}, "race: a WaitGroup's counter 1 and -2147483648 out of range [0,2147483647]"},
		{race.Op{Verb: race.AddVerb, G: 1, On: 4, N: -1}, ""},
		{race.Op{Verb: race.AddVerb, G: 1, On: 4, N: -2}, "sync: negative WaitGroup counter"},
		{race.Op{Verb: race.WaitVerb, G: 1, On: 5}, "race: object 5 is a once, no waitgroup"},
		{race.Op{Verb: race.OnceDoVerb, G: 1, On: 4}, "race: object 4 is a waitgroup, no once"},
		{race.Op{Verb: race.OnceDoVerb, G: 1, On: 5}, "race: goroutine 1 would wait for itself: it runs the function of object 5"},
		{race.Op{Verb: race.OnceReturnVerb, G: 1, On: 4}, "race: object 4 is a waitgroup, no once"},
		{race.Op{Verb: race.OnceReturnVerb, G: 1, On: 5}, ""},
		{race.Op{Verb: race.GoVerb, G: 2}, "race: goroutine 2 waits: lock of object 1 since operation 16"},
		{race.Op{Verb: race.ExitVerb, G: 2}, "race: goroutine 2 waits: lock of object 1 since operation 16"},
	} {
		l := entries(t, race.Config{}, objects)
		before := l.Ops()
		o, err := l.Detector.Do(tt.op)
		if textOf(err) != tt.want {
			t.Errorf("%+v: %q, want %q", tt.op, textOf(err), tt.want)
		}
		panics := tt.want == race.NegativeCounter.Error()
		if did := l.Ops() - before; err == nil && (did != 1 || o.What == "") || err != nil && (did != 0 != panics || o.What != "" != panics) {
			t.Errorf("%+v: %d operations, %v (%v)", tt.op, did, o, err)
		}
	}
	for _, tt := range []struct{ text, want string }{
		{"main: unlock mu; main: unlock mu", "race: goroutine 1, object 1: sync: unlock of unlocked mutex"},
		{"main: rlock mu; main: runlock mu; main: unlock mu", "race: goroutine 1, object 1: sync: Unlock of unlocked RWMutex"},
		{"main: rlock mu; main: runlock mu; main: runlock mu", "race: goroutine 1, object 1: sync: RUnlock of unlocked RWMutex"},
		{"main: lock mu; main: make c cond mu; main: unlock mu; main: cond wait c", "race: goroutine 1, object 1: sync: unlock of unlocked mutex"},
		{"main: make c chan 0; main: close c; main: close c", "close of closed channel"},
		{"main: make c chan 1; main: close c; main: send c", "send on closed channel"},
		{"main: ran o", "race: goroutine 1 does not run the function of object 1"},
		{"main: go g; main: once o; g: ran o", "race: goroutine 2 does not run the function of object 1"},
	} {
		l, err := race.NewLog(race.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Play(tt.text); textOf(err) != tt.want {
			t.Errorf("%s: %q, want %q", tt.text, textOf(err), tt.want)
		}
	}
}

// TestLogErrors checks what a log refuses, with the whole text of each error.
func TestLogErrors(t *testing.T) {
	for _, tt := range []struct {
		e    race.Entry
		want string
	}{
		{race.Entry{Verb: race.ExitVerb}, "race: without the name of a goroutine"},
		{race.Entry{G: "x", Verb: race.ExitVerb}, `race: there is no goroutine "x"`},
		{race.Entry{G: "h", Verb: race.ExitVerb}, `race: there is no goroutine "h"`}, // it has exited
		{race.Entry{G: "2", Verb: race.ExitVerb}, `race: there is no goroutine "2"`},
		{race.Entry{G: "1", Verb: race.ExitVerb}, ""},
		{race.Entry{G: "main", Verb: "rest"}, `race: no verb "rest"`},
		{race.Entry{G: "main", Verb: race.GoVerb}, "race: go without the name of the new goroutine"},
		{race.Entry{G: "main", Verb: race.GoVerb, New: "g"}, `race: there is a goroutine "g" already`},
		{race.Entry{G: "main", Verb: race.GoVerb, New: "1"}, `race: there is a goroutine "1" already`},
		{race.Entry{G: "main", Verb: race.GoVerb, New: "h"}, ""},
		{race.Entry{G: "main", Verb: race.LockVerb}, `race: lock of what? "on" is missing`},
		{race.Entry{G: "main", Verb: race.SendVerb, On: "d"}, `race: there is no chan "d": make it first`},
		{race.Entry{G: "main", Verb: race.SignalVerb, On: "d"}, `race: there is no cond "d": make it first`},
		{race.Entry{G: "main", Verb: race.LockVerb, On: "r"}, "race: object 7 is a raw, no mutex"},
		{race.Entry{G: "main", Verb: race.MakeVerb}, `race: make of what? "on" is missing`},
		{race.Entry{G: "main", Verb: race.MakeVerb, On: "mu", Type: race.Mutex}, `race: there is a "mu" already`},
		{race.Entry{G: "main", Verb: race.MakeVerb, On: "d", Type: race.Cond}, `race: there is no lock ""`},
		{race.Entry{G: "main", Verb: race.MakeVerb, On: "d", Type: race.Cond, Lock: "other"}, `race: there is no lock "other"`},
		{race.Entry{G: "main", Verb: race.MakeVerb, On: "d", Type: race.Cond, Lock: "mu"}, ""},
		{race.Entry{G: "main", Verb: race.ReadVerb}, `race: read of what? one of "var" and "addr" is wanted`},
		{race.Entry{G: "main", Verb: race.ReadVerb, Var: "x", Addr: "1"}, `race: read of what? one of "var" and "addr" is wanted`},
		{race.Entry{G: "main", Verb: race.ReadVerb, Addr: "here"}, `race: address "here" (want a number below 0x1000000000000)`},
		{race.Entry{G: "main", Verb: race.ReadVerb, Addr: "-1"}, `race: address "-1" (want a number below 0x1000000000000)`},
		{race.Entry{G: "main", Verb: race.ReadVerb, Addr: "0x1000000000000"}, `race: address "0x1000000000000" (want a number below 0x1000000000000)`},
		{race.Entry{G: "main", Verb: race.ReadVerb, Addr: "0xffffffffffff"}, ""},
		{race.Entry{G: "main", Verb: race.ReadVerb, Var: "x", Size: -1}, "race: an access of -1 bytes out of range [1,65536]"},

		{race.Entry{G: "main", Verb: race.ExitVerb, New: "x"}, `race: exit does not take "new"`},
		{race.Entry{G: "main", Verb: race.ExitVerb, On: "x"}, `race: exit does not take "on"`},
		{race.Entry{G: "main", Verb: race.ExitVerb, Var: "x"}, `race: exit does not take "var"`},
		{race.Entry{G: "main", Verb: race.ExitVerb, Addr: "x"}, `race: exit does not take "addr"`},
		{race.Entry{G: "main", Verb: race.ExitVerb, Size: 1}, `race: exit does not take "size"`},
		{race.Entry{G: "main", Verb: race.ExitVerb, Size: -1}, `race: exit does not take "size"`},
		{race.Entry{G: "main", Verb: race.ExitVerb, Type: race.Raw}, `race: exit does not take "type"`},
		{race.Entry{G: "main", Verb: race.ExitVerb, Cap: 1}, `race: exit does not take "cap"`},
		{race.Entry{G: "main", Verb: race.ExitVerb, Lock: "mu"}, `race: exit does not take "lock"`},
		{race.Entry{G: "main", Verb: race.ExitVerb, N: 1}, `race: exit does not take "n"`},
		{race.Entry{G: "main", Verb: race.ReadVerb, Var: "x", On: "mu"}, `race: read does not take "on"`},
		{race.Entry{G: "main", Verb: race.WaitVerb, On: "other", N: 1}, `race: wait does not take "n"`},
		{race.Entry{G: "main", Verb: race.LockVerb, On: "other", Var: "x"}, `race: lock does not take "var"`},
		{race.Entry{G: "main", Verb: race.MakeVerb, On: "d", Type: race.Raw, Cap: 1}, `race: make does not take "cap"`},
		{race.Entry{G: "main", Verb: race.MakeVerb, On: "d", Type: race.Raw, Size: 1}, `race: make does not take "size"`},
		{race.Entry{G: "main", Verb: race.MakeVerb, On: "d", Type: race.Raw, Lock: "mu"}, `race: make does not take "lock"`},
		{race.Entry{G: "main", Verb: race.MakeVerb, On: "d", Type: race.Chan, Lock: "mu"}, `race: make does not take "lock"`},
		{race.Entry{G: "main", Verb: race.MakeVerb, On: "d", Type: race.Cond, Lock: "mu", Cap: 1}, `race: make does not take "cap"`},
		{race.Entry{G: "main", Verb: race.MakeVerb, On: "d", Type: race.Chan, Cap: 4, Size: 8}, ""},
	} {
		l := entries(t, race.Config{}, objects)
		if _, err := l.Do(tt.e); textOf(err) != tt.want {
			t.Errorf("%+v: %q, want %q", tt.e, textOf(err), tt.want)
		}
		if err := l.Check(); err != nil {
			t.Errorf("%+v: %v", tt.e, err)
		}
	}
}

// TestGone checks that the names of a goroutine can be used again when it has exited, and
// that main goes by both of its names until then.
func TestGone(t *testing.T) {
	l := entries(t, race.Config{}, "1: go g; main: go h; g: exit; h: go g; g: write x; 1: write x; main: exit; g: go main; main: go 1; 1: write x")
	want := []string{"main: go", "main: go", "g: exit", "h: go", "g: write x", "main: write x", "main: exit", "g: go", "main: go", "1: write x"}
	if diff := cmp.Diff(want, textsOf(t, l)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if l.Races() != 2 {
		t.Errorf("%d races, want that of g with main, and that of main with the last goroutine", l.Races())
	}
}

// TestZero checks that the zero values of the package's types say that they are of no use.
func TestZero(t *testing.T) {
	var d race.Detector
	const useNew, useNewLog = "race: the zero Detector knows no goroutine: use New", "race: the zero Log has no detector: use NewLog"
	_, read := d.Read(race.Main, 8, 8, 0)
	_, record := d.Record()
	_, at := d.At(1)
	_, graph := d.Graph()
	_, why := d.Why(race.Report{})
	for name, err := range map[string]error{"Read": read, "Record": record, "At": at, "Graph": graph, "Why": why, "Check": d.Check()} {
		if textOf(err) != useNew {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s := d.Snapshot(); s.Release != "" || s.Goroutines == nil || s.Objects == nil || s.Words == nil || s.Races == nil || s.Suspects == nil {
		t.Errorf("%+v", s)
	}
	var l race.Log
	_, do := l.Do(race.Entry{})
	_, graph = l.Graph()
	for name, err := range map[string]error{"Do": do, "Read": l.Read(nil), "Play": l.Play("main: exit")} {
		if textOf(err) != useNewLog {
			t.Errorf("Log.%s: %v", name, err)
		}
	}
	if textOf(graph) != useNew {
		t.Errorf("Log.Graph: %v", graph)
	}
	var m race.Interleavings
	const useInterleavings = "race: the zero Interleavings has no states: use NewInterleavings"
	_, _, order := m.Order([][8]uint64{{}})
	for name, err := range map[string]error{"Order": order, "Check": m.Check([8]uint64{})} {
		if textOf(err) != useInterleavings {
			t.Errorf("Interleavings.%s: %v", name, err)
		}
	}
	if _, ok := m.Racing([8]uint64{}); ok {
		t.Error("the zero Interleavings has a race")
	}
}

// TestAtEvent checks which events At knows, and what it needs.
func TestAtEvent(t *testing.T) {
	l := entries(t, race.Config{}, "main: go g; g: write x; main: write x") // 5 events: did, started, did, did, raced
	for n, want := range map[uint64]string{
		0: "race: event 0 out of range [1,5]", 6: "race: event 6 out of range [1,5]", 1: "", 5: "",
	} {
		s, err := l.At(n)
		if textOf(err) != want || err == nil && s.Ops != []uint64{1: 1, 5: 3}[n] {
			t.Errorf("event %d: %q, %d operations, want %q", n, textOf(err), s.Ops, want)
		}
	}
	d, err := race.New(race.Config{})
	if err != nil {
		t.Fatal(err)
	}
	_, record := d.Record()
	_, at := d.At(1)
	_, graph := d.Graph()
	_, why := d.Why(race.Report{})
	for name, err := range map[string]error{"Record": record, "At": at, "Graph": graph, "Why": why} {
		if textOf(err) != "race: that needs Config.Record" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWhyOther checks that Why refuses a race that is not one of its detector.
func TestWhyOther(t *testing.T) {
	l := entries(t, race.Config{}, "main: go g; g: write x; main: write x") // operations 2 and 3 race
	mine := l.Reports()[0]
	for _, tt := range []struct {
		first, second, known uint64
		want                 string
	}{
		{2, 3, 0, ""},
		{2, 3, 1, ""},
		{2, 3, 2, "race: there is no race of operations 2 and 3 here"},
		{0, 3, 0, "race: there is no race of operations 0 and 3 here"},
		{1, 3, 0, ""},
		{2, 4, 0, "race: there is no race of operations 2 and 4 here"},
		{3, 3, 0, "race: there is no race of operations 3 and 3 here"},
		{3, 2, 0, "race: there is no race of operations 3 and 2 here"},
	} {
		r := mine
		r.First.Op, r.Second.Op, r.Known = tt.first, tt.second, tt.known
		if _, err := l.Why(r); textOf(err) != tt.want {
			t.Errorf("%d, %d, %d: %q, want %q", tt.first, tt.second, tt.known, textOf(err), tt.want)
		}
	}
}

// textOf returns the text of an error, "" for nil.
func textOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
