package whatif_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/internal/archive"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
	"github.com/orrery-go/orrery/sched/schedtrace/gotrace"
	"github.com/orrery-go/orrery/sched/schedtrace/whatif"
)

var update = flag.Bool("update", false, "write testdata/predictions.txt")

// traces returns the recorded traces of package whatiflive, by name.
func traces(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := archive.Read("testdata/traces.tar.gz")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for name, data := range files {
		all[strings.TrimSuffix(name, ".out")] = data
	}
	return all
}

func read(t testing.TB, data []byte) *whatif.Workload {
	t.Helper()
	w, err := whatif.Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// An answer is what a program has really taken with another GOMAXPROCS than that of its
// trace, in the median of five runs.
type answer struct {
	program  string
	from, to int
	real     time.Duration
	costs    sched.Costs
}

func answers(t testing.TB) (all []answer) {
	t.Helper()
	data, err := os.ReadFile("testdata/real.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		var a answer
		var real, backoff, late string
		if _, err := fmt.Sscanf(line, "%s from %d to %d really %s backoff %s late %s", &a.program, &a.from, &a.to, &real, &backoff, &late); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		a.costs = sched.DefaultCosts
		for text, d := range map[string]*time.Duration{real: &a.real, backoff: &a.costs.Backoff, late: &a.costs.Late} {
			if *d, err = time.ParseDuration(text); err != nil {
				t.Fatal(err)
			}
		}
		all = append(all, a)
	}
	return all
}

// TestRecorded checks that the predictions from real traces are within 15% of what real
// runs have taken, say so themselves, and have not changed.
func TestRecorded(t *testing.T) {
	data := traces(t)
	var told strings.Builder
	n := 0
	for _, a := range answers(t) {
		w := read(t, data[a.program])
		if rec := w.Recorded(); rec.Procs != a.from || !rec.Region || rec.Unnoted > 0 || rec.Ignored > 0 || rec.Collecting > rec.Work/100 {
			t.Errorf("%s: recorded %+v", a.program, rec)
		}
		r, err := w.Predict(whatif.Config{Release: "go1.26", Costs: &a.costs}, 1, 2, 4, 8)
		if err != nil {
			t.Fatal(err)
		}
		p := r.Predictions[a.to-1]
		off := float64(p.Makespan)/float64(a.real) - 1
		t.Logf("%s, %d -> %d: really %v, predicted %v, %+.1f%%", a.program, a.from, a.to, a.real, p.Makespan, 100*off)
		if math.Abs(off) > 0.15 || math.Abs(off) > p.Trust.Within {
			t.Errorf("%s, %d -> %d: %+.1f%% off, by its own account %.0f%%", a.program, a.from, a.to, 100*off, 100*p.Trust.Within)
		}
		n++
		fmt.Fprintf(&told, "%s: recorded with %d Ps %v, replayed %v, critical path %v, slow %v\n", a.program, r.Recorded.Procs, r.Recorded.Makespan, r.Replayed, r.Span, r.Slow)
		for _, p := range r.Predictions {
			fmt.Fprintf(&told, "  %d Ps: %v (%v to %v), utilised %.4f, latency %v %v %v, %+v, %s %.4f\n", p.Procs, p.Makespan, p.Least, p.Most,
				p.Utilised, p.Latency.P50, p.Latency.P90, p.Latency.P99, p.Switches, p.Trust.Level, p.Trust.Within)
		}
	}
	if n != 11 {
		t.Errorf("%d programs, want 11", n)
	}
	const golden = "testdata/predictions.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(told.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if told.String() != string(want) {
		t.Errorf("predictions have changed (-update writes them):\n%s", told.String())
	}
}

// TestBounds checks that a replay with the recorded GOMAXPROCS takes what the recording
// took, to a tenth; that no number of processors loses work, or makes more of it; and
// that the makespan is between the critical path, or a processor's share of the work, and
// the sum of everything.
func TestBounds(t *testing.T) {
	for name, data := range traces(t) {
		w := read(t, data)
		rec := w.Recorded()
		r, err := w.Predict(whatif.Config{}, 1, 2, 3, 4, 8, 16, 64)
		if err != nil {
			t.Fatal(err)
		}
		if off := float64(r.Replayed)/float64(rec.Makespan) - 1; math.Abs(off) > 0.10 {
			t.Errorf("%s: the replay takes %+.1f%%", name, 100*off)
		}
		for _, p := range r.Predictions {
			costs := time.Duration(p.Latency.N+rec.Goroutines) * 100 * time.Microsecond
			switch {
			case p.Work != rec.Work && p.Work != r.Predictions[0].Work:
				t.Errorf("%s, %d Ps: work of %v, recorded %v", name, p.Procs, p.Work, rec.Work)
			case rec.Work-p.Work > rec.Work/100:
				t.Errorf("%s, %d Ps: work of %v is lost", name, p.Procs, rec.Work-p.Work)
			case p.Makespan < r.Span || p.Makespan < p.Work/time.Duration(p.Procs):
				t.Errorf("%s, %d Ps: %v, less than the critical path of %v or the work of %v", name, p.Procs, p.Makespan, r.Span, p.Work)
			case p.Makespan > rec.Work+rec.Waits+costs:
				t.Errorf("%s, %d Ps: %v, more than all work and waits, %v and %v", name, p.Procs, p.Makespan, rec.Work, rec.Waits)
			case p.Utilised > 1 || p.Utilised <= 0 || p.Least > p.Makespan || p.Most < p.Makespan:
				t.Errorf("%s: %+v", name, p)
			}
		}
	}
}

// TestSimulated writes traces of simulated programs, reads them, and replays them: no
// more is computed than was, and on one P it ends when it did.
func TestSimulated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		procs := rapid.IntRange(1, 4).Draw(t, "procs")
		text := programs(t)
		p, err := program.Parse(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		s, err := sched.New(sched.Config{Procs: procs, Schedtick: 1}, *p)
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := gotrace.Run(&file, s); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		w, err := whatif.Read(&file)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		out, err := w.Replay(whatif.Config{Procs: procs})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		rec := w.Recorded()
		if out.Work > rec.Work || out.Utilised > 1 || out.Makespan > rec.Work+rec.Waits+5*time.Millisecond {
			t.Fatalf("%d Ps: recorded %+v, the replay %+v\n%s", procs, rec, out, text)
		}
		if procs > 1 || strings.Contains(text, "syscall") {
			return // a race may go another way
		}
		if off := out.Makespan - s.Now(); max(off, -off) > s.Now()/50+20*time.Microsecond {
			t.Fatalf("%d Ps: it took %v, the replay %v\n%s", procs, s.Now(), out.Makespan, text)
		}
	})
}

// programs draws a program of workers that compute, make system calls and wait for one another.
func programs(t *rapid.T) string {
	workers := rapid.IntRange(1, 8).Draw(t, "workers")
	var b strings.Builder
	fmt.Fprintf(&b, "waitgroup wg %d\nchan c %d\nmain:\ngo w %d\nloop %d\nrecv c\nwork 60us\nend\nwait wg\nwork 100us\nmark end\nw:\n", workers, rapid.IntRange(0, 4).Draw(t, "cap"), workers, workers)
	for range rapid.IntRange(1, 4).Draw(t, "steps") {
		us := rapid.IntRange(50, 900).Draw(t, "us")
		fmt.Fprintf(&b, "%s %dus\n", rapid.SampledFrom([]string{"work", "work", "work", "syscall", "yield"}).Draw(t, "verb"), us)
	}
	text := strings.ReplaceAll(b.String()+"send c 1\nwork 50us\ndone wg\n", "yield ", "yield\nwork ")
	return text
}

// TestBad checks that bad input is an error that says where.
func TestBad(t *testing.T) {
	good := traces(t)["fan-out"]
	for name, tt := range map[string]struct {
		in   string
		want error
		text string
	}{
		"nothing":      {"", nil, "up to byte 0: this is not an execution trace"},
		"another file": {"package main\n\nfunc main() {}\n", nil, "up to byte 16: this is not an execution trace"},
		"old":          {"go 1.21 trace\x00\x00\x00" + string(good[16:]), whatif.ErrOld, "go1.21"},
		"older":        {"go 1.5 trace\x00\x00\x00\x00", whatif.ErrOld, "go1.5"},
		"new":          {"go 1.99 trace\x00\x00\x00" + string(good[16:]), nil, "version"},
		"a header":     {string(good[:16]), nil, "up to byte 16"},
		"half":         {string(good[:len(good)/2]), nil, "up to byte"},
	} {
		w, err := whatif.Read(strings.NewReader(tt.in))
		var at *whatif.ReadError
		if !errors.As(err, &at) || w != nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v, %v", name, w, err)
		} else if at.Offset > int64(len(tt.in)) {
			t.Errorf("%s: byte %d of %d", name, at.Offset, len(tt.in))
		}
	}
	if _, err := whatif.Read(nil); err == nil {
		t.Error("no reader")
	}
	if _, err := whatif.Read(broken{}); !errors.Is(err, errBroken) {
		t.Errorf("a reader that fails: %v", err)
	}
	for _, w := range []*whatif.Workload{nil, {}} {
		_, err := w.Predict(whatif.Config{}, 1)
		_, err2 := w.Replay(whatif.Config{})
		_, err3 := w.Span()
		if err == nil || err2 == nil || err3 == nil || w.Recorded().Procs != 0 {
			t.Error("a workload that is not from Read")
		}
	}
	w := read(t, good)
	for _, procs := range [][]int{nil, {0}, {-1}, {1, sched.MaxProcs + 1}, make([]int, 65)} {
		if _, err := w.Predict(whatif.Config{}, procs...); err == nil {
			t.Errorf("%v processors", procs)
		}
	}
	for _, c := range []whatif.Config{{Procs: -1}, {Procs: 1 << 20}, {Release: "go9"}, {Costs: &sched.Costs{Op: -1}}} {
		if _, err := w.Replay(c); err == nil {
			t.Errorf("%+v", c)
		}
		if _, err := w.Predict(c, 1); err == nil && c.Procs == 0 {
			t.Errorf("%+v", c)
		}
	}
}

// badNotes returns traces with notes that are none: texts of theirs were changed.
func badNotes(t testing.TB) map[string][]byte {
	t.Helper()
	all, bad := traces(t), map[string][]byte{}
	for _, tt := range [][3]string{
		{"fan-in", "select r:", "select x:"}, {"fan-in", "select r:", "select r,"}, {"fan-in", "select r:", "select rr"}, {"fan-in", "select r:", "select :z"},
		{"fan-in", "case 0 0", "case 0 7"}, {"fan-in", "case 0 1", "case 0 x"}, {"fan-in", "case 0 1", "cash 0 1"}, {"fan-in", "case 0 1", "cases  1"}, {"fan-in", ":2,r:", ":2,d:"},
		{"broadcast", "condwait", "condfate"}, {"broadcast", "broadcast ", "broadcast x"}, {"broadcast", "condwait ", "condwait-"}, {"broadcast", "broadcast ", "condwait  "},
		{"counter", "atomicadd", "atomicand"}, {"counter", "atomicadd", "atomiccas"}, {"counter", "atomicadd ", "atomicand-"}, {"counter", " 1 9", " 1 x"},
	} {
		data := all[tt[0]]
		if !bytes.Contains(data, []byte(tt[1])) {
			t.Fatalf("%s has no note %q", tt[0], tt[1])
		}
		bad[tt[0]+": "+tt[2]] = bytes.ReplaceAll(data, []byte(tt[1]), []byte(tt[2]))
	}
	return bad
}

// TestBadNotes checks that notes that are none are counted, and that the rest is replayed,
// or a replay says what is wrong.
func TestBadNotes(t *testing.T) {
	for name, data := range badNotes(t) {
		w, err := whatif.Read(bytes.NewReader(data))
		if at := (*whatif.ReadError)(nil); err != nil && !errors.As(err, &at) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			continue
		}
		if r := w.Recorded(); r.Ignored == 0 && !strings.Contains(name, "d:") {
			t.Errorf("%s: %+v", name, r)
		}
		if _, err := w.Predict(whatif.Config{}, 2); err != nil && !strings.HasPrefix(err.Error(), "whatif: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDamaged cuts a trace everywhere, and changes bytes of it: there is an error, or
// something that can be replayed or says why not.
func TestDamaged(t *testing.T) {
	good := traces(t)["bottleneck"]
	errs := 0
	try := func(data []byte) {
		w, err := whatif.Read(bytes.NewReader(data))
		if err != nil {
			errs++
			return
		}
		if _, err := w.Replay(whatif.Config{Procs: 2}); err != nil && !strings.HasPrefix(err.Error(), "whatif: ") {
			t.Errorf("%v", err)
		}
	}
	for n := 0; n < len(good); n += len(good)/60 + 1 {
		try(good[:n])
	}
	if errs < 50 {
		t.Errorf("%d errors of cut traces", errs)
	}
	for n := 16; n < len(good); n += len(good)/120 + 1 {
		data := bytes.Clone(good)
		data[n] ^= byte(1 + n%255)
		try(data)
	}
	t.Logf("%d errors", errs)
}

type broken struct{}

var errBroken = errors.New("broken")

func (broken) Read([]byte) (int, error) { return 0, errBroken }
