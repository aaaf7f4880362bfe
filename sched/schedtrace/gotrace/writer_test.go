package gotrace_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/exp/trace"

	"github.com/orrery-go/orrery/sched/schedtrace/gotrace"
)

// In beginning, thread 0 runs goroutine 1 on processor 0; thread 1 is in a system call
// of goroutine 2 with processor 1; goroutine 3 waits, and 4 is runnable.
var beginning = gotrace.State{
	Procs: []gotrace.Proc{{ID: 0, Thread: 0}, {ID: 1, Thread: 1}, {ID: 2, Thread: gotrace.None}},
	Goroutines: []gotrace.Goroutine{
		{ID: 1, Status: gotrace.Running, Thread: 0, Start: gotrace.Frame{Func: "main.main"}},
		{ID: 2, Status: gotrace.Syscall, Thread: 1},
		{ID: 3, Status: gotrace.Waiting, Thread: gotrace.None},
		{ID: 4, Status: gotrace.Runnable, Thread: gotrace.None},
	},
}

// do calls one of the Writer's methods, by number.
func do(w *gotrace.Writer, at time.Duration, verb int, m gotrace.ThreadID, x int64) error {
	g, p := gotrace.GoID(x), gotrace.ProcID(x)
	f := gotrace.Frame{Func: fmt.Sprint("main.f", x), File: "x.go", Line: int(x)}
	switch verb {
	case 0:
		return w.Procs(at, m, int(x))
	case 1:
		return w.ProcStart(at, m, p)
	case 2:
		return w.ProcStop(at, m)
	case 3:
		return w.ProcSteal(at, m, p)
	case 4:
		return w.GoCreate(at, m, g, f, false, f)
	case 5:
		return w.GoCreate(at, m, g, gotrace.Frame{}, true)
	case 6:
		return w.GoStart(at, m, g)
	case 7:
		return w.GoStop(at, m, "preempted", f)
	case 8:
		return w.GoBlock(at, m, "select", f, f)
	case 9:
		return w.GoDestroy(at, m)
	case 10:
		return w.GoUnblock(at, m, g)
	case 11:
		return w.GoSwitch(at, m, g, false)
	case 12:
		return w.GoSwitch(at, m, g, true)
	case 13:
		return w.SyscallBegin(at, m, f)
	case 14:
		return w.SyscallEnd(at, m, true)
	case 15:
		return w.SyscallEnd(at, m, false)
	case 16:
		return w.StopTheWorld(at, m, "GOMAXPROCS")
	case 17:
		return w.StartTheWorld(at, m)
	}
	return w.Log(at, m, "x", f.Func, f)
}

const verbs = 19

type deed struct {
	at   time.Duration
	verb int
	m    gotrace.ThreadID
	x    int64
}

// write writes the deed, and returns the first error.
func (d deed) write(w *gotrace.Writer) error { return do(w, d.at, d.verb, d.m, d.x) }

func writeAll(t interface{ Fatal(...any) }, deeds []deed) ([]byte, error) {
	var out bytes.Buffer
	w, err := gotrace.NewWriter(&out, beginning)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range deeds {
		if err := d.write(w); err != nil {
			return nil, err
		}
	}
	err = w.Close()
	return out.Bytes(), err
}

// accepts reads a trace with Go's reader, and returns the number of its events.
func accepts(data []byte) (n int, err error) {
	r, err := trace.NewReader(bytes.NewReader(data))
	if err != nil {
		return 0, err
	}
	for ; ; n++ {
		if _, err := r.ReadEvent(); err == io.EOF {
			return n, nil
		} else if err != nil {
			return n, err
		}
	}
}

// TestWriter draws what threads do, and keeps the events that a Writer accepts: a reader
// must accept them, too.
func TestWriter(t *testing.T) {
	accepted, refused := 0, 0
	seen := map[int]int{}
	for i := range 500 {
		r := rand.New(rand.NewPCG(uint64(i), 9))
		var deeds []deed
		at := time.Duration(0)
		for range 60 {
			d := deed{at, r.IntN(verbs), gotrace.ThreadID(r.IntN(4)), int64(r.IntN(7))}
			if _, err := writeAll(t, append(deeds, d)); err != nil {
				refused++
				continue
			}
			deeds = append(deeds, d)
			accepted++
			seen[d.verb]++
			at += []time.Duration{0, 0, 1, 50, 1e6}[r.IntN(5)]
		}
		data, err := writeAll(t, deeds)
		if err != nil {
			t.Fatal(err)
		}
		n, err := accepts(data)
		if err != nil {
			t.Fatalf("%v: %v", deeds, err)
		}
		if n < len(deeds)+9 { // the initial state, and the two ends
			t.Fatalf("%v: %d events", deeds, n)
		}
	}
	for v := range verbs {
		if seen[v] == 0 {
			t.Errorf("verb %d was never accepted", v)
		}
	}
	t.Logf("%d events accepted, %d refused", accepted, refused)
}

// TestRefuses lists impossible sequences. Readers accept some of them.
func TestRefuses(t *testing.T) {
	for name, deeds := range map[string][]deed{
		"a goroutine starts before it is made":      {{0, 8, 0, 0}, {0, 6, 0, 9}},
		"a goroutine that waits starts":             {{0, 8, 0, 0}, {0, 6, 0, 3}},
		"a goroutine starts where one runs":         {{0, 6, 0, 4}},
		"a goroutine starts without a processor":    {{0, 6, 2, 4}},
		"a goroutine starts twice":                  {{0, 1, 2, 2}, {0, 8, 0, 0}, {0, 6, 2, 4}, {0, 6, 0, 4}},
		"a goroutine is unblocked before it blocks": {{0, 10, 0, 4}},
		"a goroutine that runs is unblocked":        {{0, 10, 0, 1}},
		"a goroutine that is none is unblocked":     {{0, 10, 0, 7}},
		"a goroutine is made twice":                 {{0, 4, 0, 5}, {0, 4, 0, 5}},
		"a goroutine is made in a system call":      {{0, 4, 1, 5}},
		"a goroutine is made without a processor":   {{0, 4, 2, 5}},
		"goroutine 0":                                {{0, 4, 0, 0}},
		"a goroutine ends where none runs":           {{0, 9, 2, 0}},
		"a goroutine that has ended is unblocked":    {{0, 9, 0, 0}, {0, 10, 1, 1}},
		"a goroutine blocks in a system call":        {{0, 8, 1, 0}},
		"a processor stops with a goroutine running": {{0, 2, 0, 0}},
		"a processor stops that is not there":        {{0, 2, 2, 0}},
		"a processor starts that another has":        {{0, 1, 2, 0}},
		"a processor starts on a thread with one":    {{0, 1, 0, 2}},
		"a processor starts that is none":            {{0, 1, 2, 6}},
		"a processor is stolen that runs":            {{0, 3, 1, 0}},
		"a processor is stolen twice":                {{0, 3, 0, 1}, {0, 3, 0, 1}},
		"a system call ends that has not begun":      {{0, 14, 0, 0}},
		"a system call ends with what was stolen":    {{0, 3, 0, 1}, {0, 14, 1, 0}},
		"a system call loses what it has":            {{0, 15, 1, 0}},
		"a system call in a system call":             {{0, 13, 1, 0}},
		"a switch to what can run":                   {{0, 11, 0, 4}},
		"a switch to itself":                         {{0, 11, 0, 1}},
		"a switch from nothing":                      {{0, 11, 2, 3}},
		"a world that stands stops":                  {{0, 16, 0, 0}, {0, 16, 0, 0}},
		"a world that runs starts":                   {{0, 17, 0, 0}},
		"no processors":                              {{0, 0, 0, 0}},
		"a log of nobody":                            {{0, 18, 2, 0}},
		"time goes back":                             {{5, 18, 0, 0}, {4, 18, 0, 0}},
		"time is below 0":                            {{-1, 18, 0, 0}},
		"time is beyond all":                         {{gotrace.MaxTime + 1, 18, 0, 0}},
		"a thread below 0":                           {{0, 10, -1, 3}},
	} {
		if _, err := writeAll(t, deeds); err == nil {
			t.Errorf("%s: no error", name)
		} else if !strings.HasPrefix(err.Error(), "gotrace: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ok := gotrace.Goroutine{ID: 1, Status: gotrace.Running}
	for name, s := range map[string]gotrace.State{
		"a processor twice":                  {Procs: []gotrace.Proc{{ID: 1}, {ID: 1, Thread: 1}}},
		"a thread with two processors":       {Procs: []gotrace.Proc{{ID: 1}, {ID: 2}}},
		"processor -1":                       {Procs: []gotrace.Proc{{ID: -1}}},
		"thread -7":                          {Procs: []gotrace.Proc{{Thread: -7}}},
		"a goroutine without a processor":    {Goroutines: []gotrace.Goroutine{ok}},
		"a goroutine twice":                  {Procs: []gotrace.Proc{{}}, Goroutines: []gotrace.Goroutine{ok, ok}},
		"two goroutines on a thread":         {Procs: []gotrace.Proc{{}}, Goroutines: []gotrace.Goroutine{ok, {ID: 2, Status: gotrace.Syscall}}},
		"a status that is none":              {Goroutines: []gotrace.Goroutine{{ID: 1, Status: 9}}},
		"a goroutine without a number":       {Goroutines: []gotrace.Goroutine{{Status: gotrace.Waiting}}},
		"a goroutine that runs on no thread": {Goroutines: []gotrace.Goroutine{{ID: 1, Status: gotrace.Running, Thread: gotrace.None}}},
	} {
		if _, err := gotrace.NewWriter(new(bytes.Buffer), s); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestWriterEnds checks that the first error persists, and that no event is accepted
// after Close.
func TestWriterEnds(t *testing.T) {
	var out bytes.Buffer
	w, err := gotrace.NewWriter(&out, beginning)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	size := out.Len()
	if err := w.Log(0, 0, "a", "b"); err == nil || out.Len() != size {
		t.Error("an event after Close")
	}
	w, _ = gotrace.NewWriter(&out, beginning)
	first := w.GoStart(0, 0, 99)
	if err := w.Log(0, 0, "a", "b"); first == nil || err != first || w.Close() != first {
		t.Errorf("%v, then %v", first, err)
	}
	for v := range verbs {
		if err := do(new(gotrace.Writer), 0, v, 0, 1); err == nil {
			t.Errorf("verb %d of an invalid Writer", v)
		}
	}
	if err := new(gotrace.Writer).Close(); err == nil {
		t.Error("Close of an invalid Writer")
	}
	if n, err := accepts(out.Bytes()); err == nil && n == 0 {
		t.Error("nothing was written")
	}
}

// TestLongTexts checks that strings too long for the format are cut.
func TestLongTexts(t *testing.T) {
	var out bytes.Buffer
	w, err := gotrace.NewWriter(&out, beginning)
	if err != nil {
		t.Fatal(err)
	}
	stack := make([]gotrace.Frame, 500)
	for i := range stack {
		stack[i] = gotrace.Frame{Func: strings.Repeat("f", 2000), File: "\xff\x00", Line: -i}
	}
	if err := w.Log(0, 0, strings.Repeat("category ", 999), strings.Repeat("m", 5000), stack...); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := trace.NewReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	for {
		e, err := r.ReadEvent()
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind() == trace.EventLog {
			n := 0
			for range e.Stack().Frames() {
				n++
			}
			if len(e.Log().Message) != 1024 || n != 128 {
				t.Errorf("a message of %d bytes and a stack of %d frames", len(e.Log().Message), n)
			}
			return
		}
	}
}

func FuzzWriter(f *testing.F) {
	f.Add([]byte{0, 4, 0, 5, 1, 6, 0, 4, 0, 8, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		var deeds []deed
		at := time.Duration(0)
		for ; len(data) >= 4 && len(deeds) < 100; data = data[4:] {
			at += time.Duration(data[0]) * time.Duration(data[0])
			d := deed{at, int(data[1]) % verbs, gotrace.ThreadID(data[2] % 4), int64(data[3] % 8)}
			if _, err := writeAll(t, append(deeds, d)); err == nil {
				deeds = append(deeds, d)
			}
		}
		out, err := writeAll(t, deeds)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := accepts(out); err != nil {
			t.Fatal(err)
		}
	})
}
