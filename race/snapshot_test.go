package race_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/race"
)

// TestObjectStates checks each member of an object's state.
func TestObjectStates(t *testing.T) {
	l := entries(t, race.Config{}, "main: make c chan 3 8; main: make full chan 1; main: go a; main: go b; main: send c; main: send c; main: send full; a: send full;"+
		"main: lock mu; main: unlock mu; main: lock mu; b: lock mu; main: once o; main: add 2 wg; main: close c; main: rlock rw; main: rlock rw")
	none := []race.G{}
	want := []race.ObjectState{
		{Object: 1, Type: race.Chan, Cap: 3, Len: 2, Closed: true, Waiting: none, Knows: []race.Known{{G: race.Main, Op: 18}}},
		{Object: 2, Type: race.Chan, Cap: 1, Len: 1, Waiting: []race.G{2}, Knows: []race.Known{}},
		{Object: 3, Type: race.Mutex, Writer: race.Main, Waiting: []race.G{3}, Knows: []race.Known{{G: race.Main, Op: 11}}},
		{Object: 4, Type: race.Once, Writer: race.Main, Waiting: none, Knows: []race.Known{}},
		{Object: 5, Type: race.WaitGroup, Counter: 2, Waiting: none, Knows: []race.Known{}},
		{Object: 6, Type: race.Mutex, Readers: 2, Waiting: none, Knows: []race.Known{}},
	}
	if diff := cmp.Diff(want, l.Snapshot().Objects); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestEdges checks which operations are ordered: what acquires comes after the last
// release of each goroutine that has merged its own into the object.
func TestEdges(t *testing.T) {
	for text, want := range map[string][]race.Edge{
		"":                      {{From: 4, To: 6, G: 1}, {From: 5, To: 6, G: 1}},
		"a: release merge r;":   {{From: 6, To: 7, G: 1}, {From: 5, To: 7, G: 1}},
		"b: release r;":         {{From: 6, To: 7, G: 1}},
		"main: release merge r": {{From: 4, To: 7, G: 1}, {From: 5, To: 7, G: 1}},
	} {
		l := entries(t, race.Config{}, "main: go a; main: go b; a: release merge r; b: release merge r;"+text+"; main: acquire r")
		g, err := l.Graph()
		if err != nil {
			t.Fatal(err)
		}
		want = append([]race.Edge{{From: 1, G: 2}, {From: 2, G: 3}}, want...)
		if diff := cmp.Diff(want, g.Edges); diff != "" {
			t.Errorf("%q: -want +got\n%s", text, diff)
		}
	}
}

// TestTexts checks that operations and explanations say where in the program they are.
func TestTexts(t *testing.T) {
	l, err := race.NewLog(race.Config{Record: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Read(strings.NewReader(`{"g":"main","do":"go","new":"g","at":"a.go:1"}
{"g":"g","do":"unlock","on":"mu"}
`)); err == nil {
		t.Error("a lock that is not locked can be unlocked")
	}
	if err := l.Read(strings.NewReader(`{"g":"g","do":"release","on":"r","at":"a.go:3"}
{"g":"g","do":"write","var":"x","at":"a.go:4"}
{"g":"main","do":"acquire","on":"r"}
{"g":"main","do":"read","var":"x","at":"a.go:6"}
`)); err != nil {
		t.Fatal(err)
	}
	want := []string{"main: go at a.go:1", "g: make mutex", "g: make raw at a.go:3", "g: release r at a.go:3", "g: write x at a.go:4", "main: acquire r", "main: read x at a.go:6"}
	if diff := cmp.Diff(want, textsOf(t, l)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	why, err := l.Explain(l.Reports()[0])
	if want := "main knows what g did up to operation 4 (g: release r at a.go:3); the write is operation 5"; err != nil || why != want {
		t.Errorf("%q (%v), want %q", why, err, want)
	}
}

// TestLocksHeld checks that a goroutine which unlocks one of two locks still holds the
// other one.
func TestLocksHeld(t *testing.T) {
	for text, want := range map[string]int{
		"g: lock b; g: unlock b":     0,
		"g: rlock rw; g: runlock rw": 0,
		"g: unlock a; g: lock a":     0,
		"g: unlock a":                1,
		// What is released again protects no read, and no later write, either.
		"g: unlock a; g: rlock rw; g: read x; g: runlock rw; main: rlock rw; main: read x; main: runlock rw; g: lock rw": 0,
		"g: unlock a; g: rlock rw; g: runlock rw; g: read x; main: rlock rw; main: read x; main: runlock rw; g: lock rw": 1,
	} {
		l := entries(t, race.Config{Lockset: true}, "main: go g; main: lock a; main: write x; main: unlock a; g: lock a;"+text+"; g: write x")
		if got := l.Lockset(); len(got) != want {
			t.Errorf("%s: %v, want %d", text, got, want)
		}
	}
}

// TestNumbersAsNames checks that in JSON a name may be a whole number.
func TestNumbersAsNames(t *testing.T) {
	l, err := race.NewLog(race.Config{Record: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Read(strings.NewReader(`{"g":1,"do":"go","new":2}
{"g":2,"do":"write","var":7}
{"g":"2","do":"lock","on":18446744073709551615}
{"g":1,"do":"read","addr":4096}
`)); err != nil {
		t.Fatal(err)
	}
	want := []string{"main: go", "2: write 7", "2: make mutex", "2: lock 18446744073709551615", "main: read 0x1000"}
	if diff := cmp.Diff(want, textsOf(t, l)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for _, n := range []string{"1.5", "-1", "18446744073709551616", "true"} {
		if err := l.Read(strings.NewReader(`{"g":1,"do":"go","new":` + n + `}`)); err == nil {
			t.Errorf("%s is a name", n)
		}
	}
}

// TestGoroutineNames checks the names of goroutines, those of a graph and those that a
// log gives out one by one. Without a name, a goroutine is named by its number.
func TestGoroutineNames(t *testing.T) {
	l := entries(t, race.Config{}, "main: go a; a: go b; a: exit")
	g, err := l.Graph()
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"", "main", "a", "b"}; !slices.Equal(g.Goroutines, want) {
		t.Errorf("%d names, %.100q, want %q", len(g.Goroutines), g.Goroutines[:min(len(g.Goroutines), 5)], want)
	}
	var got []string
	for g := race.G(-1); g < 6; g++ {
		got = append(got, l.Goroutine(g))
	}
	if diff := cmp.Diff([]string{"goroutine -1", "goroutine 0", "main", "a", "b", "goroutine 4", "goroutine 5"}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestOwnMemory checks that a race in an object's own memory names the object.
func TestOwnMemory(t *testing.T) {
	l := entries(t, race.Config{}, "main: make b chan 1; main: make c chan 1; main: go g; g: send c; main: close c; main: close b")
	reports := l.Reports()
	if len(reports) != 1 {
		t.Fatalf("%v, want one race", reports)
	}
	if r := reports[0]; r.First.Object != 2 || r.Second.Object != 2 {
		t.Errorf("%v, want chan 2 in both", r)
	}
	if got, want := l.Describe(reports[0]), "close of c by main\n  races with the send of c by g"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// textsOf returns the operations of a log as text.
func textsOf(t *testing.T, l *race.Log) (texts []string) {
	t.Helper()
	log, err := l.Record()
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range log {
		texts = append(texts, l.OpText(op))
	}
	return texts
}
