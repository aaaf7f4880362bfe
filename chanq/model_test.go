package chanq_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
)

var releases = []string{"go1.2", "go1.4", "go1.5", "go1.6", "go1.7", "go1.15", "go1.16", "go1.22", "go1.23", "go1.26", ""}

func newModel(t rapid.TB, c chanq.Config) *chanq.Chans {
	t.Helper()
	m, err := chanq.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestInvariants lets goroutines perform any operations in any order. After each step
// the model's invariants hold; every value is received at most once, and those of each
// channel in the order in which their sends ended or began to wait; and acting in the
// wrong state returns an error and changes nothing.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := chanq.Config{Release: rapid.SampledFrom(releases).Draw(t, "release"), Seed: rapid.Uint64().Draw(t, "seed")}
		var steps []chanq.Event
		c.Trace = func(e chanq.Event) { steps = append(steps, e) }
		m := newModel(t, c)
		nchans := rapid.IntRange(1, 3).Draw(t, "channels")
		for i := range nchans {
			if _, err := m.Make(chanq.Elem{Size: 8}, rapid.Int64Range(0, 3).Draw(t, "capacity")); err != nil {
				t.Fatal(i, err)
			}
		}
		const workers = 4
		for range workers {
			if _, err := m.Go(); err != nil {
				t.Fatal(err)
			}
		}
		channel := rapid.Custom(func(t *rapid.T) chanq.Chan { return chanq.Chan(rapid.IntRange(0, nchans).Draw(t, "channel")) })
		value := int64(0)
		received := map[int64]bool{}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			g := chanq.G(rapid.IntRange(1, workers).Draw(t, "goroutine"))
			status := m.Snapshot().Goroutines[g-1].Status
			value++
			op := chanq.Op{Verb: chanq.Verb(rapid.IntRange(0, 5).Draw(t, "verb")), Chan: channel.Draw(t, "channel"), Value: value}
			if op.Verb == chanq.CloseVerb && rapid.IntRange(0, 5).Draw(t, "rarely") > 0 {
				op.Verb = chanq.RecvVerb
			}
			if op.Verb == chanq.SelectVerb {
				op.Default = rapid.Bool().Draw(t, "default")
				for range rapid.IntRange(0, 4).Draw(t, "cases") {
					value++
					op.Cases = append(op.Cases, chanq.Case{Chan: channel.Draw(t, "of case"), Send: rapid.Bool().Draw(t, "send"), Value: value})
				}
			}
			before := m.Snapshot()
			o, err := m.Do(g, op)
			if status != "running" {
				if err == nil || !strings.HasPrefix(err.Error(), "chanq: ") {
					t.Fatalf("goroutine %d is %s and acts: %v, %v", g, status, o, err)
				}
				if diff := cmp.Diff(before, m.Snapshot()); diff != "" {
					t.Fatalf("a refused operation changes the state:\n%s", diff)
				}
				if o, err = m.Resume(g); (err == nil || isPanic(err)) != (status == "runnable") {
					t.Fatalf("goroutine %d is %s and resumes: %v, %v", g, status, o, err)
				}
			}
			if isPanic(err) != (o.What == chanq.Panicked) {
				t.Fatalf("%v: %v, %v", op, o, err)
			}
			if o.OK {
				if received[o.Value] {
					t.Fatalf("value %d is received twice", o.Value)
				}
				received[o.Value] = true
			}
			after := m.Snapshot()
			for _, r := range m.Ready() {
				if after.Goroutines[r-1].Status != "runnable" {
					t.Fatalf("goroutine %d is ready and %s", r, after.Goroutines[r-1].Status)
				}
			}
			if err := m.Check(); err != nil {
				t.Fatalf("after %v: %v", op, err)
			}
		}
		for i, e := range steps {
			if e.Seq != uint64(i+1) || e.String() == "" {
				t.Fatalf("event %d is %+v", i, e)
			}
		}
	})
}

func isPanic(err error) bool {
	_, ok := errors.AsType[*crash.Error](err)
	return ok
}

// TestDeterministic checks that a configuration always gives the same events.
func TestDeterministic(t *testing.T) {
	play := func(seed uint64) string {
		var b strings.Builder
		m := newModel(t, chanq.Config{Release: "go1.26", Seed: seed, Trace: func(e chanq.Event) { fmt.Fprintln(&b, e) }})
		cases := []chanq.Case{}
		for range 4 {
			c, err := m.Make(chanq.Elem{}, 20)
			if err != nil {
				t.Fatal(err)
			}
			cases = append(cases, chanq.Case{Chan: c, Send: true, Value: int64(c)})
		}
		g, err := m.Go()
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if _, err := m.Select(g, cases, false); err != nil {
				t.Fatal(err)
			}
		}
		return b.String()
	}
	first := play(1)
	if again := play(1); again != first {
		t.Error("the same seed gives other events")
	}
	if play(2) == first {
		t.Error("another seed gives the same events")
	}
}

// TestSteps checks the events of the operation that has most of them.
func TestSteps(t *testing.T) {
	var got []string
	m := newModel(t, chanq.Config{Trace: func(e chanq.Event) { got = append(got, e.String()) }})
	c, _ := m.Make(chanq.Elem{Size: 8}, 1)
	g1, _ := m.Go()
	g2, _ := m.Go()
	m.Send(g1, c, 7)
	m.Send(g1, c, 8)
	got = nil
	o, err := m.Recv(g2, c)
	want := []string{"lock c1", "take 7 from slot 0 of c1", "put 8 into slot 0 of c1", "unlock c1", "ready goroutine 1"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if o.String() != "proceeded, received 7" || len(m.Ready()) != 1 {
		t.Errorf("outcome %q", o)
	}
}

// TestSelectSteps checks the events of a select (runtime/select.go:selectgo): the
// channels are locked in order, each once, the cases polled in the poll order, and the
// channels unlocked in the reverse order.
func TestSelectSteps(t *testing.T) {
	var got []string
	m := newModel(t, chanq.Config{
		Release: "go1.26", Choose: func(n int) int { return 0 }, // the last case first, then from the first
		Trace: func(e chanq.Event) { got = append(got, e.String()) },
	})
	for range 3 {
		m.Make(chanq.Elem{Size: 8}, 1)
	}
	g, _ := m.Go()
	m.Send(g, 2, 7)
	got = nil
	o, err := m.Select(g, []chanq.Case{{Chan: 3}, {Chan: 2}, {Chan: 1}, {Chan: 3}}, false)
	want := []string{
		"lock c1", "lock c2", "lock c3", "poll case 3, c3", "poll case 0, c3", "poll case 1, c2",
		"take 7 from slot 0 of c2", "unlock c3", "unlock c2", "unlock c1",
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil || o.Case != 1 || o.Value != 7 {
		t.Errorf("%+v, %v (-want +got):\n%s", o, err, diff)
	}
}

// TestSelectHanded checks the result of a waiting select to which a value is handed.
func TestSelectHanded(t *testing.T) {
	for _, release := range releases {
		m := newModel(t, chanq.Config{Release: release})
		for range 2 {
			m.Make(chanq.Elem{Size: 8}, 0)
		}
		g1, _ := m.Go()
		g2, _ := m.Go()
		if o, err := m.Select(g1, []chanq.Case{{Chan: 1}, {Chan: 2}}, false); err != nil || o.What != chanq.Parked {
			t.Fatalf("%q: %v, %v", release, o, err)
		}
		if _, err := m.Send(g2, 2, 7); err != nil {
			t.Fatal(err)
		}
		o, err := m.Resume(g1)
		if want := (chanq.Outcome{What: chanq.Handed, OK: true, Case: 1, Value: 7}); err != nil || o != want {
			t.Errorf("%q: %+v, %v; want %+v", release, o, err, want)
		}
	}
}

// TestFireReadies checks that a timer that fires makes the goroutine that waits for it
// ready, and lists it.
func TestFireReadies(t *testing.T) {
	var last chanq.Event
	m := newModel(t, chanq.Config{Trace: func(e chanq.Event) { last = e }})
	c, err := m.NewTimer(time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	g, _ := m.Go()
	if o, err := m.Recv(g, c); err != nil || o.What != chanq.Parked {
		t.Fatalf("%v, %v", o, err)
	}
	if err := m.Fire(c, 5); err != nil {
		t.Fatal(err)
	}
	if last.Kind != chanq.Ready || last.G != g {
		t.Errorf("the last event is %v", last)
	}
	if got := m.Ready(); len(got) != 1 || got[0] != g {
		t.Errorf("%v are ready", got)
	}
	if o, err := m.Resume(g); err != nil || !o.OK || o.Value != 5 {
		t.Errorf("%+v, %v", o, err)
	}
	if err := m.Check(); err != nil {
		t.Error(err)
	}
	if _, err := m.NewTimer(0); err != nil {
		t.Errorf("a timer for now: %v", err)
	}
}

// TestReadyIsOver checks that a select clears the list of the operation before it, and
// that a case that is not ready has no value.
func TestReadyIsOver(t *testing.T) {
	m := newModel(t, chanq.Config{})
	m.Make(chanq.Elem{Size: 8}, 0)
	g1, _ := m.Go()
	g2, _ := m.Go()
	m.Recv(g1, 1)
	if _, err := m.Send(g2, 1, 7); err != nil || len(m.Ready()) != 1 {
		t.Fatalf("%v are ready, %v", m.Ready(), err)
	}
	o, err := m.Select(g2, []chanq.Case{{Chan: 1}}, true)
	if want := (chanq.Outcome{What: chanq.NotReady, Case: -1}); err != nil || o != want || len(m.Ready()) != 0 {
		t.Errorf("%+v, %v, and %v are ready", o, err, m.Ready())
	}
}

// TestBargingSender checks that up to Go 1.5 a receive from a buffer wakes a waiting
// sender, which then looks for room again (go1.5.4 runtime/chan.go:chanrecv).
func TestBargingSender(t *testing.T) {
	for _, release := range []string{"go1.2", "go1.5", "go1.6", ""} {
		m := newModel(t, chanq.Config{Release: release})
		m.Make(chanq.Elem{Size: 8}, 1)
		g1, _ := m.Go()
		g2, _ := m.Go()
		m.Send(g1, 1, 7)
		if o, err := m.Send(g1, 1, 8); err != nil || o.What != chanq.Parked {
			t.Fatalf("%q: %v, %v", release, o, err)
		}
		if o, err := m.Recv(g2, 1); err != nil || o.Value != 7 || len(m.Ready()) != 1 || m.Ready()[0] != g1 {
			t.Errorf("%q: %+v, %v, and %v are ready", release, o, err, m.Ready())
		}
		if _, err := m.Send(2, 1, 9); err != nil {
			t.Errorf("%q: %v", release, err)
		}
	}
}

// TestValues checks that values survive JSON, including the largest.
func TestValues(t *testing.T) {
	in := chanq.Values{0, 10, -1, 1<<63 - 1, -1 << 63}
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out chanq.Values
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, out); diff != "" {
		t.Errorf("%s: (-want +got):\n%s", text, diff)
	}
	for _, bad := range []string{`[7]`, `["a"]`, `["9223372036854775808"]`, `"7"`} {
		if err := json.Unmarshal([]byte(bad), &out); err == nil {
			t.Errorf("%s is read as %v", bad, out)
		}
	}
}

// TestMaxChans checks that MaxChans channels can be made, and no more.
func TestMaxChans(t *testing.T) {
	m := newModel(t, chanq.Config{})
	for i := range chanq.MaxChans {
		if c, err := m.Make(chanq.Elem{}, 0); err != nil || c != chanq.Chan(i+1) {
			t.Fatalf("channel %d: %v, %v", i+1, c, err)
		}
	}
	if c, err := m.Make(chanq.Elem{}, 0); err == nil {
		t.Errorf("channel %v is made", c)
	}
}

func TestErrors(t *testing.T) {
	for _, bad := range []string{"1.17", "go2", "gopher"} {
		if _, err := chanq.New(chanq.Config{Release: bad}); err == nil {
			t.Errorf("New(%q) succeeds", bad)
		}
	}
	m := newModel(t, chanq.Config{Choose: func(n int) int { return n }})
	g, err := m.Go()
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.Make(chanq.Elem{Size: 8}, 0)
	if err != nil {
		t.Fatal(err)
	}
	timer, err := m.NewTimer(time.Second)
	if err != nil {
		t.Fatal(err)
	}
	waits, err := m.Go()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Recv(waits, chanq.Nil); err != nil {
		t.Fatal(err)
	}
	two := []chanq.Case{{Chan: c}, {Chan: c}}
	before := m.Snapshot()
	for name, f := range map[string]func() (any, error){
		"goroutine 0":         func() (any, error) { return m.Send(0, c, 1) },
		"goroutine -1":        func() (any, error) { return m.Recv(-1, c) },
		"goroutine 9":         func() (any, error) { return m.Close(9, c) },
		"channel 9":           func() (any, error) { return m.Send(g, 9, 1) },
		"channel -1":          func() (any, error) { return m.TryRecv(g, -1) },
		"close channel 9":     func() (any, error) { return m.Close(g, 9) },
		"select channel 9":    func() (any, error) { return m.Select(g, []chanq.Case{{Chan: 9}}, true) },
		"len of 9":            func() (any, error) { return m.Len(9) },
		"cap of -9":           func() (any, error) { return m.Cap(-9) },
		"memory of 9":         func() (any, error) { return m.Memory(9) },
		"acts while it waits": func() (any, error) { return m.TryRecv(waits, c) },
		"resumes unwoken":     func() (any, error) { return m.Resume(waits) },
		"resumes and runs":    func() (any, error) { return m.Resume(g) },
		"resumes unknown":     func() (any, error) { return m.Resume(77) },
		"element too large":   func() (any, error) { return m.Make(chanq.Elem{Size: 1 << 16}, 1) },
		"element negative":    func() (any, error) { return m.Make(chanq.Elem{Size: -1}, 1) },
		"verb":                func() (any, error) { return m.Do(g, chanq.Op{Verb: 6}) },
		"send to a timer":     func() (any, error) { return m.Send(g, timer, 1) },
		"select to a timer":   func() (any, error) { return m.Select(g, []chanq.Case{{Chan: timer, Send: true}}, true) },
		"close a timer's":     func() (any, error) { return m.Close(g, timer) },
		"stop no timer":       func() (any, error) { return m.Stop(c) },
		"reset nil":           func() (any, error) { return m.Reset(chanq.Nil, 1) },
		"stop channel 9":      func() (any, error) { return m.Stop(9) },
		"the clock back":      func() (any, error) { return nil, m.Advance(-1) },
		"choose":              func() (any, error) { return m.Select(g, two, true) },
		"cases":               func() (any, error) { return m.Select(g, make([]chanq.Case, chanq.MaxCases+1), true) },
	} {
		if got, err := f(); err == nil || !strings.HasPrefix(err.Error(), "chanq: ") {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if diff := cmp.Diff(before, m.Snapshot()); diff != "" {
		t.Errorf("an error changes the state:\n%s", diff)
	}
	if _, err := m.Make(chanq.Elem{Size: 8}, -1); !errors.Is(err, chanq.SizeOutOfRange) {
		t.Errorf("make of -1: %v", err)
	}
	if err := m.Advance(1 << 62); err != nil {
		t.Error(err)
	}
	if err := m.Advance(1 << 62); err == nil {
		t.Error("the clock goes round")
	}
	if _, err := m.NewTimer(1 << 62); err == nil {
		t.Error("a timer is set to a time that the clock cannot show")
	}
}

// TestLimits checks the largest buffers, which no real program can make: with one
// element more the runtime refuses.
func TestLimits(t *testing.T) {
	for release, bytes := range map[string]int64{
		"go1.2": 1 << 37, "go1.3": 1<<37 - 88, "go1.4": 1<<37 - 96, "go1.5": 1<<39 - 1 - 96, "go1.11": 1<<48 - 96, "go1.23": 1<<48 - 104, "go1.25": 1<<48 - 112,
	} {
		m := newModel(t, chanq.Config{Release: release})
		if _, err := m.Make(chanq.Elem{Size: 1}, bytes); err != nil {
			t.Errorf("%s: %d bytes: %v", release, bytes, err)
		}
		if _, err := m.Make(chanq.Elem{Size: 1}, bytes+1); !errors.Is(err, chanq.SizeOutOfRange) {
			t.Errorf("%s: %d bytes: %v", release, bytes+1, err)
		}
		if _, err := m.Make(chanq.Elem{}, 1<<62); err != nil {
			t.Errorf("%s: elements of no size: %v", release, err)
		}
	}
}

// TestNewer checks that a future release has the newest known rules, and that the model
// says so.
func TestNewer(t *testing.T) {
	s := newModel(t, chanq.Config{Release: "go1.99"}).Snapshot()
	if want := "go1.99 (rules of go1.27)"; s.Release != want {
		t.Errorf("Release %q, want %q", s.Release, want)
	}
}

// TestSnapshot checks that a snapshot belongs to the caller, and its names in JSON.
func TestSnapshot(t *testing.T) {
	m := newModel(t, chanq.Config{Release: "go1.26"})
	c, _ := m.Make(chanq.Elem{Size: 8}, 2)
	g, _ := m.Go()
	m.Send(g, c, 7)
	m.Snapshot().Chans[0].Buf[0] = 1
	text, err := json.Marshal(m.Snapshot())
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"release":"go1.26","now":0,"chans":[{"chan":1,"qcount":1,"dataqsiz":2,"buf":["7"],"elem":{"size":8,"pointers":false},` +
		`"closed":false,"sendx":1,"recvx":0,"recvq":[],"sendq":[]}],"goroutines":[{"g":1,"status":"running"}]}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

// TestCloseWakesSelect checks, over every poll order, which cases a select that was
// woken by a close can choose when another case has become ready: both up to Go 1.15,
// and only the closed channel's since then. The cases that it passes over leave no lock
// held.
func TestCloseWakesSelect(t *testing.T) {
	for release, want := range map[string]int{"go1.2": 2, "go1.15": 2, "go1.16": 1, "go1.26": 1} {
		chosen := map[int32]bool{}
		for draw := range 2 {
			m := newModel(t, chanq.Config{Release: release, Choose: func(int) int { return draw }})
			m.Make(chanq.Elem{Size: 8}, 0)
			m.Make(chanq.Elem{Size: 8}, 1)
			m.Go()
			m.Go()
			m.Select(1, []chanq.Case{{Chan: 1}, {Chan: 2}}, false)
			m.Close(2, 1)
			m.TrySend(2, 2, 7)
			o, err := m.Resume(1)
			if err != nil {
				t.Fatal(err)
			}
			chosen[o.Case] = true
		}
		if len(chosen) != want || !chosen[0] {
			t.Errorf("%s: cases %v, want %d of them", release, chosen, want)
		}
	}
	m := newModel(t, chanq.Config{})
	m.Make(chanq.Elem{Size: 8}, 0)
	m.Make(chanq.Elem{Size: 8}, 0)
	m.Go()
	m.Go()
	m.Select(1, []chanq.Case{{Chan: 1, Send: true}, {Chan: 2}}, false)
	m.Close(2, 2)
	if o, err := m.TryRecv(2, 1); err != nil || o.What != chanq.NotReady {
		t.Errorf("a receive from a select that was woken: %v, %v", o, err)
	}
	if err := m.Check(); err != nil {
		t.Error(err)
	}
}

// TestQueueOrder checks the order in which several cases of one channel wait, which no
// program can see: as polled up to Go 1.6, and later as left by the sort by lock, which
// swaps two.
func TestQueueOrder(t *testing.T) {
	cases := []chanq.Case{{Chan: 1, Send: true, Value: 10}, {Chan: 1, Send: true, Value: 20}}
	for release, want := range map[string]int64{"go1.5": 10, "go1.6": 10, "go1.7": 20, "": 20} {
		m := newModel(t, chanq.Config{Release: release, Choose: func(n int) int { return n - 1 }}) // polled as written
		for range 2 {
			if _, err := m.Go(); err != nil {
				t.Fatal(err)
			}
		}
		c := channel(t, m, 0)
		if o, err := m.Select(1, cases, false); err != nil || o.What != chanq.Parked {
			t.Fatal(o, err)
		}
		if o, err := m.Recv(2, c); err != nil || o.Value != want {
			t.Errorf("%q: %v, %v; want %d", release, o, err, want)
		}
	}
}

// TestCalledBack calls a model from its own Trace and Choose: calls that would change it
// are refused, calls that inspect it are not, and the operation ends as it would have
// otherwise.
func TestCalledBack(t *testing.T) {
	var m *chanq.Chans
	refused := 0
	callBack := func() {
		m.Snapshot()
		m.Len(1)
		for name, call := range map[string]func() error{
			"Send":     func() error { _, err := m.Send(2, 1, 9); return err },
			"Recv":     func() error { _, err := m.Recv(2, 1); return err },
			"Close":    func() error { _, err := m.Close(2, 1); return err },
			"Select":   func() error { _, err := m.Select(2, nil, true); return err },
			"Resume":   func() error { _, err := m.Resume(2); return err },
			"Go":       func() error { _, err := m.Go(); return err },
			"Make":     func() error { _, err := m.Make(chanq.Elem{}, 0); return err },
			"NewTimer": func() error { _, err := m.NewTimer(1); return err },
			"Advance":  func() error { return m.Advance(1) },
		} {
			if err := call(); err == nil || !strings.Contains(err.Error(), "called from its own") {
				t.Errorf("%s in the middle of an operation: %v", name, err)
			}
			refused++
		}
	}
	for _, traced := range []bool{true, false} {
		m = nil
		config := chanq.Config{Choose: func(n int) int { callBack(); return 0 }}
		if traced {
			config = chanq.Config{Trace: func(chanq.Event) {
				if m != nil && len(m.Snapshot().Goroutines) == 2 {
					callBack()
				}
			}}
		}
		made, err := chanq.New(config)
		if err != nil {
			t.Fatal(err)
		}
		m = made
		for range 2 {
			_, _ = m.Go()
		}
		if _, err := m.Make(chanq.Elem{Size: 8}, 1); err != nil {
			t.Fatal(err)
		}
		refused = 0
		o, err := m.Select(1, []chanq.Case{{Chan: 1, Send: true, Value: 7}, {Chan: 1}}, false)
		if err != nil || o.What != chanq.Proceeded || o.Case != 0 || refused == 0 || m.Check() != nil {
			t.Errorf("%v, %v after %d refusals; %v", o, err, refused, m.Check())
		}
	}
	var zero chanq.Chans
	if _, err := zero.Go(); err == nil || !strings.Contains(err.Error(), "use New") {
		t.Errorf("of the zero value: %v", err)
	}
}
