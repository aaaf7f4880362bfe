package alloc_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/internal/cputime"
)

// roundTrip marshals a value, checks the rules for JSON, and unmarshals it again.
func roundTrip[T any](t *testing.T, v T) {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(data); strings.Contains(text, "null") || strings.Contains(text, "_") {
		t.Errorf("%.300s", text)
	}
	var again T
	if err := json.Unmarshal(data, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(v, again); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

// TestJSON checks that everything that the package returns survives JSON.
func TestJSON(t *testing.T) {
	for _, release := range releases {
		var events []alloc.Event
		h := heap(t, alloc.Config{Release: release, Procs: 2, Trace: func(e alloc.Event) { events = append(events, e) }})
		roundTrip(t, h.Snapshot()) // empty lists
		for i := range int64(3000) {
			if _, err := h.Malloc(int(i%2), i%700*i%40_000, i%3 == 0); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.GC(func(a alloc.Addr) bool { return a%128 == 0 }); err != nil {
			t.Fatal(err)
		}
		roundTrip(t, h.Snapshot())
		for i, e := range events {
			if e.Seq != uint64(i+1) || e.Rule == "" {
				t.Fatalf("event %d: %+v", i+1, e)
			}
			roundTrip(t, e)
		}
		for _, c := range h.Rules().Classes() {
			roundTrip(t, c)
		}
		place, err := h.Rules().Place(100, true)
		if err != nil {
			t.Fatal(err)
		}
		roundTrip(t, place)
		roundTrip(t, h.Rules().MakeMap())
	}
	roundTrip(t, alloc.MemStats{TotalAlloc: math.MaxUint64, BySize: []alloc.SizeStats{}})
	for _, bad := range []string{`"12"`, `"0xg"`, `"0x01"`, `7`, `"-0x1"`} {
		var a alloc.Addr
		if err := json.Unmarshal([]byte(bad), &a); err == nil {
			t.Errorf("the address %s is %v", bad, a)
		}
	}
	var b alloc.Bits
	if err := json.Unmarshal([]byte(`"ff x"`), &b); err == nil {
		t.Error("x is a word of bits")
	}
}

// TestHostileSnapshots draws snapshots that no heap can have.
func TestHostileSnapshots(t *testing.T) {
	start := cputime.Process()
	h := heap(t, alloc.Config{})
	for range 100 {
		if _, err := h.Malloc(0, 3000, true); err != nil {
			t.Fatal(err)
		}
	}
	good := h.Snapshot()
	if text, err := good.Picture(3); err != nil || !strings.Contains(text, "spans more") {
		t.Error(text, err)
	}
	for _, n := range []int{0, alloc.MaxPicture} {
		if text, err := good.Picture(n); err != nil || strings.Contains(text, fmt.Sprintf("and %d spans more", len(good.Spans))) != (n == 0) {
			t.Errorf("a picture of %d spans: %v\n%s", n, err, text)
		}
	}
	for _, n := range []int{-1, math.MinInt, math.MaxInt, alloc.MaxPicture + 1} {
		if _, err := good.Picture(n); err == nil {
			t.Errorf("%d spans are drawn", n)
		}
		if _, err := good.Spans[0].Slotmap(n); err == nil {
			t.Errorf("%d characters are drawn", n)
		}
	}
	for name, spoil := range map[string]func(*alloc.Snapshot){
		"page size 0":  func(s *alloc.Snapshot) { s.PageSize = 0 },
		"page size -1": func(s *alloc.Snapshot) { s.PageSize = math.MinInt64 },
		"slots":        func(s *alloc.Snapshot) { s.Spans[1].Slots = math.MaxInt },
		"no slots":     func(s *alloc.Snapshot) { s.Spans[1].Slots = -5 },
		"no bits":      func(s *alloc.Snapshot) { s.Spans[1].Taken = nil },
		"pages":        func(s *alloc.Snapshot) { s.Spans[1].Pages = math.MaxInt64 },
		"size":         func(s *alloc.Snapshot) { s.Spans[1].Size = 0 },
		"count":        func(s *alloc.Snapshot) { s.Spans[1].Allocated++ },
		"order":        func(s *alloc.Snapshot) { s.Spans[1].Base = s.Spans[0].Base },
		"last address": func(s *alloc.Snapshot) { s.Spans[len(s.Spans)-1].Base = alloc.Addr(math.MaxUint64 &^ 8191) },
		"base":         func(s *alloc.Snapshot) { s.Base = math.MaxUint64 },
	} {
		s := h.Snapshot()
		spoil(&s)
		if err := s.Check(); err == nil {
			t.Errorf("%s: nothing is wrong", name)
		}
		if _, err := s.Picture(10); err == nil {
			t.Errorf("%s: it is drawn", name)
		}
	}
	if _, err := (alloc.SpanState{}).Slotmap(10); err == nil {
		t.Error("a span without slots is drawn")
	}
	if err := good.Check(); err != nil {
		t.Error("a snapshot shares memory: ", err)
	}
	if d := cputime.Process() - start; d > time.Second {
		t.Errorf("it takes %v", d)
	}
}

// TestCrashes checks that errors that end a program in Go are crashes, with the texts of
// the release.
func TestCrashes(t *testing.T) {
	for release, want := range map[string][2]string{
		"go1.3":  {"runtime: out of memory", "runtime error: makechan: size out of range"},
		"go1.10": {"runtime: out of memory", "makechan: size out of range"},
		"go1.11": {"out of memory", "makechan: size out of range"},
		"":       {"out of memory", "makechan: size out of range"},
	} {
		h := heap(t, alloc.Config{Release: release, Limit: 1 << 20})
		var c *crash.Error
		_, err := h.Malloc(0, 1<<30, true)
		if !errors.Is(err, alloc.OutOfMemory) || !errors.As(err, &c) || c.Kind != crash.KindFatal || c.Text != want[0] {
			t.Errorf("%s: %+v", release, err)
		}
		_, err = h.Rules().MakeChan(alloc.Type{Size: 8}, -1)
		if !errors.Is(err, alloc.MakeChanSize) || !errors.As(err, &c) || c.Kind != crash.KindPanic || c.Text != want[1] {
			t.Errorf("%s: %+v", release, err)
		}
	}
}
