package ctxtree_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"weak"

	"github.com/orrery-go/orrery/ctxtree"
)

func newTree(t *testing.T, c ctxtree.Config) *ctxtree.Tree {
	t.Helper()
	m, err := ctxtree.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestNames: what fmt prints of a context differs in three eras.
func TestNames(t *testing.T) {
	type key struct{}
	for release, want := range map[string]string{
		"go1.12": `context.Background.WithValue("k", 3).WithCancel.WithValue(ctxtree_test.key{}, "v")`,
		"go1.13": "context.Background.WithValue(type string, val <not Stringer>).WithCancel.WithValue(type ctxtree_test.key, val v)",
		"go1.22": "context.Background.WithValue(type string, val <not Stringer>).WithCancel.WithValue(type ctxtree_test.key, val v)",
		"go1.23": "context.Background.WithValue(k, int).WithCancel.WithValue(ctxtree_test.key, v)",
		"go1.27": "context.Background.WithValue(k, int).WithCancel.WithValue(ctxtree_test.key, v)",
	} {
		m := newTree(t, ctxtree.Config{Release: release})
		a, _ := m.WithValue(ctxtree.Background, "k", 3)
		b, _ := m.WithCancel(a)
		c, _ := m.WithValue(b, key{}, "v")
		if got, err := m.Name(c); got != want || err != nil {
			t.Errorf("%s: %s, %v, want %s", release, got, err, want)
		}
		if got, err := m.Name(99); err == nil {
			t.Errorf("%s: the name of an unknown node is %q", release, got)
		}
	}
}

// TestNameOfFarDeadline: a deadline that no Duration reaches is the largest Duration away,
// and from then on comes nearer.
func TestNameOfFarDeadline(t *testing.T) {
	m := newTree(t, ctxtree.Config{})
	near, _ := m.WithTimeout(ctxtree.Background, 7)
	if err := m.Advance(2); err != nil {
		t.Fatal(err)
	}
	far, err := m.WithTimeout(ctxtree.Background, math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	two, err := m.WithDeadline(ctxtree.Background, math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		n       ctxtree.Node
		advance time.Duration
		want    time.Duration
	}{{near, 0, 5}, {far, 0, math.MaxInt64}, {two, 0, math.MaxInt64 - 2}, {near, 1, 4}, {far, 0, math.MaxInt64 - 1}, {far, 9, math.MaxInt64 - 10}, {two, 0, math.MaxInt64 - 12}} {
		if err := m.Advance(tt.advance); err != nil {
			t.Fatal(err)
		}
		if got, err := m.Name(tt.n); err != nil || !strings.HasSuffix(got, " ["+tt.want.String()+"])") {
			t.Errorf("at %v: %s, %v, want %v", m.Now(), got, err, tt.want)
		}
	}
}

// TestTextOfValues: numbers, strings and truth values of predeclared types are as in Go
// source, others say their type.
func TestTextOfValues(t *testing.T) {
	type celsius float64
	type id string
	m := newTree(t, ctxtree.Config{})
	n := ctxtree.Background
	for _, tt := range []struct {
		v    any
		want string
	}{{1.5, "1.5"}, {celsius(1.5), "ctxtree_test.celsius(1.5)"}, {float32(2), "float32(2)"}, {3, "3"}, {-1234, "-1234"}, {uint8(4), "uint8(4)"}, {uint8(200), "uint8(200)"}, {"a", `"a"`}, {id("a"), `ctxtree_test.id("a")`}, {true, "true"}, {nil, "nil"}, {struct{}{}, "struct {}{}"}, {[]int{1}, "[]int"}} {
		var err error
		if n, err = m.WithValue(n, "key", tt.v); err != nil {
			t.Fatal(err)
		}
		s := m.Snapshot().Nodes
		if got := s[len(s)-1].Value; got != tt.want {
			t.Errorf("%v is %s, want %s", tt.v, got, tt.want)
		}
	}
}

// TestFramesOfValue: from Go 1.18 a walk is a loop in the function value, which the method
// Value of a context other than the one asked calls; earlier each context calls the next.
func TestFramesOfValue(t *testing.T) {
	for release, want := range map[string][4]int{
		//        the value alone, under a cancelCtx, under three of them, and under a value and these
		"go1.9":  {1, 2, 4, 5},
		"go1.13": {1, 1, 1, 2},
		"go1.17": {1, 2, 4, 5},
		"go1.18": {1, 2, 2, 2},
		"go1.27": {1, 2, 2, 2},
	} {
		m := newTree(t, ctxtree.Config{Release: release})
		v, _ := m.WithValue(ctxtree.Background, "key", 1)
		a, _ := m.WithCancel(v)
		b, _ := m.WithCancel(a)
		c, _ := m.WithCancel(b)
		d, _ := m.WithValue(c, "other", 2)
		var got [4]int
		for i, n := range []ctxtree.Node{v, a, c, d} {
			l, err := m.Value(n, "key")
			if err != nil || l.Value != 1 || l.At != v {
				t.Errorf("%s: %+v, %v", release, l, err)
			}
			got[i] = l.Frames
		}
		if got != want {
			t.Errorf("%s: frames %v, want %v", release, got, want)
		}
	}
}

// TestMethodsOfCustom: each method of a context of another package is inherited, its own
// or none; a Value cannot be its own.
func TestMethodsOfCustom(t *testing.T) {
	m := newTree(t, ctxtree.Config{})
	for i := range 4 {
		for _, is := range []ctxtree.Method{ctxtree.Inherited, ctxtree.Own, ctxtree.None, "both"} {
			var c ctxtree.Custom
			*[]*ctxtree.Method{&c.Done, &c.Err, &c.Value, &c.Deadline}[i] = is
			_, err := m.WithCustom(ctxtree.Background, c)
			if wrong := is == "both" || is == ctxtree.Own && i == 2; (err != nil) != wrong {
				t.Errorf("%+v: %v", c, err)
			}
		}
	}
}

// TestBelowTheDone: a context below one that is done is canceled as it is made, from Go
// 1.14 also if another package's says so, and earlier by a goroutine.
func TestBelowTheDone(t *testing.T) {
	for release, at := range map[string]bool{"go1.13": false, "go1.14": true, "go1.27": true} {
		m := newTree(t, ctxtree.Config{Release: release})
		c, err := m.WithCustom(ctxtree.Background, ctxtree.Custom{Done: ctxtree.Own, Err: ctxtree.Own})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Finish(c, "shut down"); err != nil {
			t.Fatal(err)
		}
		n, err := m.WithCancel(c)
		if err != nil {
			t.Fatal(err)
		}
		if why, err := m.Err(n); (why == "shut down") != at || err != nil || (len(m.Ready()) == 0) != at {
			t.Errorf("%s: at once %q, %v; goroutines %v", release, why, err, m.Ready())
		}
		if err := m.Settle(); err != nil {
			t.Fatal(err)
		}
		if why, err := m.Err(n); why != "shut down" || err != nil {
			t.Errorf("%s: %q, %v", release, why, err)
		}
	}
}

// TestGoroutinesEnd: each goroutine runs, and exits before the next one runs; Step says
// that there is no more to do when the last has.
func TestGoroutinesEnd(t *testing.T) {
	var got []string
	m := newTree(t, ctxtree.Config{Trace: func(e ctxtree.Event) {
		if e.G != 0 {
			got = append(got, fmt.Sprintf("%v %d", e.Kind, e.G))
		}
	}})
	n, _ := m.WithTimeout(ctxtree.Background, 5)
	if _, err := m.AfterFunc(n); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, true, false, false} { // the timer, its function, that of AfterFunc
		if more, err := m.Step(); more != want || err != nil {
			t.Errorf("step %d: %v, %v", i+1, more, err)
		}
	}
	if want := []string{"started 1", "runs 1", "started 2", "exited 1", "runs 2", "called 2", "exited 2"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	// An Advance passes all timers, and ends where it should.
	for d := range time.Duration(3) {
		if _, err := m.WithTimeout(ctxtree.Background, 10+d); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Advance(30); err != nil || m.Now() != 35 {
		t.Errorf("%v, %v", m.Now(), err)
	}
	if at, ok := m.Next(); ok {
		t.Errorf("a timer is left at %v", at)
	}
}

// TestEventsHearNoMore: what happens after a loop over Events has no numbers.
func TestEventsHearNoMore(t *testing.T) {
	m := newTree(t, ctxtree.Config{})
	var seqs []uint64
	for range 2 {
		if _, err := m.WithTimeout(ctxtree.Background, 5); err != nil {
			t.Fatal(err)
		}
		for e := range m.Events() {
			seqs = append(seqs, e.Seq)
		}
	}
	for i, n := range seqs {
		if n != uint64(i+1) {
			t.Fatalf("events %v", seqs)
		}
	}
	if len(seqs) == 0 {
		t.Error("no events")
	}
}

// TestStopLikeGo: the stop function of AfterFunc returns true once at most, and only if it
// has kept the function from being called. Package context is asked the same.
func TestStopLikeGo(t *testing.T) {
	for i := range 4 {
		canceled, record := i&1 != 0, i&2 != 0
		m := newTree(t, ctxtree.Config{Release: "running", Record: record})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		stop := context.AfterFunc(ctx, func() {})
		n, err := m.WithCancel(ctxtree.Background)
		if err != nil {
			t.Fatal(err)
		}
		f, err := m.AfterFunc(n)
		if err != nil {
			t.Fatal(err)
		}
		if canceled {
			cancel()
			if _, err := m.Cancel(n); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 2 {
			want := ctxtree.TooLate
			if stop() {
				want = ctxtree.DidStop
			}
			if o, err := m.Stop(f); o.What != want || err != nil {
				t.Errorf("canceled %v, recorded %v, call %d: %v, %v, want %v", canceled, record, i+1, o, err, want)
			}
		}
		for _, bad := range []ctxtree.Node{ctxtree.Nil, ctxtree.Background, n, 99} {
			if o, err := m.Stop(bad); err == nil {
				t.Errorf("%v stops: %v", bad, o)
			}
		}
	}
}

// TestResetLetsGo: after Reset the tree holds no value.
func TestResetLetsGo(t *testing.T) {
	m := newTree(t, ctxtree.Config{})
	const n = 100
	var values []weak.Pointer[[64]int]
	func() {
		for range n {
			v := new([64]int)
			values = append(values, weak.Make(v))
			if _, err := m.WithValue(ctxtree.Background, "key", v); err != nil {
				t.Fatal(err)
			}
		}
	}()
	held := func() (held int) {
		runtime.GC()
		for _, p := range values {
			if p.Value() != nil {
				held++
			}
		}
		return held
	}
	if got := held(); got != n {
		t.Errorf("the tree holds %d of %d values", got, n)
	}
	m.Reset()
	if got := held(); got > n/2 { // an old one may be on the stack
		t.Errorf("after Reset %d of %d values are held", got, n)
	}
	runtime.KeepAlive(m)
}
