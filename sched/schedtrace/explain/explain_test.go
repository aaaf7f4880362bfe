package explain

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/exp/trace"
)

// A recorded trace comes with what the runtime that made it noted: a word for each start.
type recorded struct {
	trace []byte
	truth []string
}

// load gives the traces in testdata. Those in its folder hard were made while threads paused at
// random between the statements of the scheduler (before one in 500, 60 or 12, as the name
// says), or have more runnable goroutines than a ring has places.
func load(t testing.TB, folder string) map[string]recorded {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", folder, "*.trace.gz"))
	if err != nil || len(names) == 0 {
		t.Fatal("no traces", err)
	}
	out := map[string]recorded{}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(z)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		head, body, _ := bytes.Cut(b, []byte("\n"))
		out[strings.TrimSuffix(filepath.Base(name), ".trace.gz")] = recorded{body, strings.Fields(string(head))}
	}
	return out
}

// word is a start's explanation as the traces in testdata have it: N runnext, R ring, G
// global, S and the P that it was stolen from, and the first letter of other sources.
func word(s Start) string {
	switch s.Source {
	case Next:
		return "N"
	case Ring:
		return "R"
	case Global:
		return "G"
	case Stolen:
		return fmt.Sprint("S", s.From)
	case Unknown:
		return "?"
	}
	return string(s.Source[:2])
}

// TestTruth compares every explanation with what the runtime noted, on 1, 2, 4 and 8 Ps.
func TestTruth(t *testing.T) {
	for name, c := range load(t, "") {
		e, err := New(bytes.NewReader(c.trace))
		if err != nil {
			t.Fatal(err)
		}
		starts := slices.Collect(e.Starts())
		if e.Err() != nil || len(starts) != len(c.truth) {
			t.Fatalf("%s: %d starts, %v, want %d", name, len(starts), e.Err(), len(c.truth))
		}
		known := 0
		for i, s := range starts {
			if s.Verdict == Contradicted {
				t.Errorf("%s: %+v", name, s)
			}
			if s.Verdict != Unique && s.Verdict != UpToOrder {
				continue
			}
			known++
			if got := word(s); got != c.truth[i] {
				t.Errorf("%s: start %d is %s, truth %s: %+v", name, s.Seq, got, c.truth[i], s)
			}
		}
		if known*100 < 95*len(starts) {
			t.Errorf("%s: %d of %d starts are known", name, known, len(starts))
		}
	}
}

// TestWrongRules plants six wrong rules. Each contradicts a trace.
func TestWrongRules(t *testing.T) {
	all := load(t, "")
	for name, c := range map[string]struct {
		trace string
		plant func(*rules)
	}{
		"the ring gives the last first":      {"1-gosched", func(r *rules) { r.lifo = true }},
		"no runnext":                         {"1-gosched", func(r *rules) { r.noNext = true }},
		"of those stolen the first runs":     {"2-uneven", func(r *rules) { r.firstStolen = true }},
		"the global queue once in 50 slices": {"1-gosched", func(r *rules) { r.turn = 50 }},
		"half, rounded down, is stolen":      {"2-uneven", func(r *rules) { r.stealLess = true }},
		"the global queue before the ring":   {"1-gosched", func(r *rules) { r.globalFirst = true }},
	} {
		r := trueRules()
		c.plant(&r)
		e, err := begin(bytes.NewReader(all[c.trace].trace), r)
		if err != nil {
			t.Fatal(err)
		}
		for range e.Starts() {
		}
		if e.Stats().Verdicts[Contradicted] == 0 {
			t.Errorf("%s: not contradicted: %+v", name, e.Stats())
		}
	}
}

// TestSnapshot: what a P runs is what the trace said last, and what is certain to be in a
// queue runs later.
func TestSnapshot(t *testing.T) {
	c := load(t, "")["1-gosched"]
	e, err := New(bytes.NewReader(c.trace))
	if err != nil {
		t.Fatal(err)
	}
	longest := 0
	for {
		more, err := e.Step()
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
		s := e.Snapshot()
		if len(s.Procs) > 1 || s.Possible > 1000 {
			t.Fatalf("%+v", s)
		}
		if s.Certain {
			longest = max(longest, len(s.Global))
		}
		for _, g := range s.Global {
			if len(s.Procs) == 1 && s.Procs[0].Runs == g {
				t.Fatalf("%d runs and is in the global queue: %+v", g, s)
			}
		}
	}
	if longest != 10 { // ten goroutines yield, and for a moment none runs
		t.Errorf("at most %d in the global queue", longest)
	}
	if s := new(Explainer).Snapshot(); s.Possible != 0 || len(s.Procs) != 0 {
		t.Errorf("the zero value: %+v", s)
	}
}

// TestBroken: what is no trace, or is cut off, ends with an error that has an offset.
func TestBroken(t *testing.T) {
	c := load(t, "")["1-gosched"]
	old := bytes.Clone(c.trace)
	copy(old, "go 1.21 trace")
	for name, b := range map[string][]byte{"nothing": nil, "short": c.trace[:10], "text": []byte(strings.Repeat("hello ", 10)), "1.21": old} {
		if _, err := New(bytes.NewReader(b)); err == nil || !strings.Contains(err.Error(), "offset 0") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(nil); err == nil {
		t.Error("no reader")
	}
	for _, n := range []int{17, 100, len(c.trace) / 2, len(c.trace) - 1} {
		e, err := New(bytes.NewReader(c.trace[:n]))
		if err != nil {
			continue
		}
		for range e.Starts() {
		}
		if e.Err() == nil || !strings.Contains(e.Err().Error(), "offset") {
			t.Errorf("%d bytes: %v", n, e.Err())
		}
		// It is what reading alone says first.
		r, err := trace.NewReader(bytes.NewReader(c.trace[:n]))
		for err == nil {
			_, err = r.ReadEvent()
		}
		if !strings.Contains(e.Err().Error(), err.Error()) {
			t.Errorf("%d bytes: %v, want %v", n, e.Err(), err)
		}
		if _, err := e.Step(); err == nil {
			t.Errorf("%d bytes: a step after the error", n)
		}
	}
	e, err := New(bytes.NewReader(c.trace))
	if err != nil {
		t.Fatal(err)
	}
	for range e.Starts() {
	}
	for range 2 {
		if more, err := e.Step(); more || err != nil || len(e.Explained()) != 0 {
			t.Errorf("a step after the end: %v, %v", more, err)
		}
	}
	if _, err := new(Explainer).Step(); err == nil || !strings.Contains(err.Error(), "New") {
		t.Errorf("the zero value: %v", err)
	}
	for range new(Explainer).Starts() {
		t.Error("the zero value has starts")
	}
}

// TestReads: all events before the place where a trace breaks are replayed, one by a step, and
// that a reader panics is an error.
func TestReads(t *testing.T) {
	whole := load(t, "")["8-pool"].trace
	tried := 0
	for at := len(whole) - 1; at > 16 && tried < 5; at -= 29 {
		b := bytes.Clone(whole)
		b[at] ^= 0x55
		want := 0
		r, err := trace.NewReader(bytes.NewReader(b))
		for ; err == nil; want++ {
			_, err = r.ReadEvent()
		}
		if want--; err == io.EOF || want < 2*batchSize {
			continue
		}
		tried++
		e, err := New(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		steps := 0
		for more, _ := e.Step(); more; more, _ = e.Step() {
			steps++
		}
		if got := int(e.Stats().Events); got != want || steps != want || e.Err() == nil {
			t.Errorf("byte %d: %d events in %d steps, of %d, and %v", at, got, steps, want, e.Err())
		}
	}
	if tried == 0 {
		t.Error("no byte breaks the trace in its middle")
	}
	e, err := New(io.MultiReader(bytes.NewReader(whole[:1000]), panics{}))
	if err != nil {
		t.Fatal(err)
	}
	if more, err := e.Step(); more || err == nil || !strings.Contains(err.Error(), "a broken trace: no more") {
		t.Errorf("a reader that panics: %v, %v", more, err)
	}
}

// panics is a reader that panics.
type panics struct{}

func (panics) Read([]byte) (int, error) { panic("no more") }
