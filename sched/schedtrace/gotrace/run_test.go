package gotrace_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/exp/trace"

	"github.com/orrery-go/orrery/bench"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
	"github.com/orrery-go/orrery/sched/schedtrace/gotrace"
)

func sim(t testing.TB, c sched.Config, text string) *sched.Sim {
	t.Helper()
	p, err := program.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sched.New(c, *p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A fact is an event that a run and its trace have in common.
type fact struct {
	At   time.Duration
	What string
}

// reasons are the reasons for which goroutines wait, from the words of a traceback to
// those of a trace (runtime/runtime2.go:waitReasonStrings,
// runtime/traceruntime.go:traceBlockReasonStrings).
var reasons = map[string]string{
	"chan receive": "chan receive", "chan send": "chan send", "select": "select", "chan receive (nil chan)": "forever", "chan send (nil chan)": "forever", "select (no cases)": "forever",
	"sync.Mutex.Lock": "sync", "sync.RWMutex.Lock": "sync", "sync.RWMutex.RLock": "sync", "sync.WaitGroup.Wait": "sync", "sync.Cond.Wait": "sync.(*Cond).Wait",
	"sleep": "sleep", "IO wait": "network", "timer goroutine (idle)": "system goroutine wait", "waits for its next turn": "system goroutine wait",
}

// told returns the facts of a run's events.
func told(s *sched.Sim) (facts []fact) {
	tell := func(e sched.Event, format string, args ...any) {
		facts = append(facts, fact{e.At, fmt.Sprintf(format, args...)})
	}
	for e := range s.Events() {
		g := gotrace.ID(e.G)
		on := fmt.Sprintf("on m%d, p%d", e.M, e.P)
		switch e.Kind {
		case sched.Created:
			if e.By == 0 {
				tell(e, "g%d is made", g)
			} else {
				tell(e, "g%d is made by g%d %s", g, gotrace.ID(e.By), on)
			}
		case sched.Readied:
			if e.M < 0 {
				on = fmt.Sprintf("on m%d, p-1", gotrace.Sysmon)
			}
			if e.G > 0 {
				tell(e, "g%d is unblocked %s", g, on)
			}
		case sched.Started:
			tell(e, "g%d starts %s", g, on)
		case sched.Parked:
			tell(e, "g%d blocks %s, %s", g, on, reasons[e.What])
		case sched.Yielded, sched.Preempted:
			reason := "preempted"
			if e.Kind == sched.Yielded && e.N == 0 {
				reason = "runtime.Gosched"
			}
			tell(e, "g%d stops %s, %s", g, on, reason)
		case sched.Exited:
			tell(e, "g%d ends %s", g, on)
		case sched.Entered:
			tell(e, "g%d enters %s", g, on)
		case sched.Retook:
			tell(e, "p%d is retaken", e.P)
		case sched.Left:
			tell(e, "g%d leaves m%d", g, e.M)
			if e.P >= 0 && e.What != "with its own P" {
				tell(e, "g%d starts %s", g, on)
			}
		case sched.Stopped:
			tell(e, "g%d stops the world %s", g, on)
		case sched.Resumed:
			tell(e, "the world goes on")
		case sched.Marked, sched.Panicked:
			tell(e, "g%d says %q %s", g, e.What, on)
		}
	}
	return facts
}

// read returns the facts of a trace, through the reader that Go's tools use.
func read(t testing.TB, data []byte) (facts []fact) {
	t.Helper()
	r, err := trace.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	tell := func(e trace.Event, format string, args ...any) {
		facts = append(facts, fact{time.Duration(e.Time()) - gotrace.Base, fmt.Sprintf(format, args...)})
	}
	system := map[trace.GoID]bool{}
	running := map[trace.ProcID]bool{}
	moved := map[trace.GoID]bool{} // stopped only to change the processor
	for {
		e, err := r.ReadEvent()
		if err == io.EOF {
			return facts
		}
		if err != nil {
			t.Fatalf("after %d facts: %v", len(facts), err)
		}
		on := fmt.Sprintf("on m%d, p%d", e.Thread(), e.Proc())
		switch e.Kind() {
		case trace.EventStateTransition:
			st := e.StateTransition()
			switch st.Resource.Kind {
			case trace.ResourceProc:
				from, to := st.Proc()
				if from != to {
					running[st.Resource.Proc()] = to == trace.ProcRunning
				}
				if !running[st.Resource.Proc()] {
					delete(running, st.Resource.Proc())
				}
				if from == trace.ProcRunning && to == trace.ProcIdle && e.Thread() == trace.ThreadID(gotrace.Sysmon) {
					tell(e, "p%d is retaken", st.Resource.Proc())
				}
			case trace.ResourceGoroutine:
				g := st.Resource.Goroutine()
				from, to := st.Goroutine()
				switch {
				case from == to || from == trace.GoUndetermined:
				case from == trace.GoNotExist:
					system[g] = g >= 1<<31
					if by := e.Goroutine(); by == trace.NoGoroutine {
						if !system[g] {
							tell(e, "g%d is made", g)
						}
					} else {
						tell(e, "g%d is made by g%d %s", g, by, on)
					}
				case from == trace.GoWaiting && to == trace.GoRunnable:
					if g < 1<<31 {
						tell(e, "g%d is unblocked %s", g, on)
					}
				case from == trace.GoSyscall:
					tell(e, "g%d leaves m%d", g, e.Thread())
				case to == trace.GoRunning:
					if !moved[g] {
						tell(e, "g%d starts %s", g, on)
					}
					delete(moved, g)
				case to == trace.GoSyscall:
					tell(e, "g%d enters %s", g, on)
				case to == trace.GoWaiting:
					tell(e, "g%d blocks %s, %s", g, on, st.Reason)
				case to == trace.GoNotExist:
					tell(e, "g%d ends %s", g, on)
				case to == trace.GoRunnable:
					if st.Reason == "runtime.Gosched" && st.Stack == trace.NoStack {
						moved[g] = true
					} else {
						tell(e, "g%d stops %s, %s", g, on, st.Reason)
					}
				default:
					t.Errorf("unexpected event %v", e)
				}
			}
		case trace.EventLog:
			tell(e, "g%d says %q %s", e.Goroutine(), e.Log().Message, on)
		case trace.EventRangeBegin:
			tell(e, "g%d stops the world %s", e.Goroutine(), on)
		case trace.EventRangeEnd:
			if len(running) != 1 {
				t.Errorf("while the world stands, %d processors have a thread", len(running))
			}
			tell(e, "the world goes on")
		}
	}
}

func write(t testing.TB, s *sched.Sim) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := gotrace.Run(&out, s); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// compare compares a trace with the run: the same events in the same order, each at its
// time or, if there are more events than nanoseconds, a little later.
func compare(t testing.TB, want, got []fact, late time.Duration) (latest time.Duration) {
	t.Helper()
	for i := range max(len(want), len(got)) {
		if i >= len(want) || i >= len(got) || want[i].What != got[i].What {
			lo := max(i-5, 0)
			t.Fatalf("fact %d of %d and %d: %s", i, len(want), len(got), cmp.Diff(want[lo:min(i+3, len(want))], got[lo:min(i+3, len(got))]))
		}
		d := got[i].At - want[i].At
		if latest = max(latest, d); d < 0 || d > late {
			t.Fatalf("fact %d: %+v, and the trace says %+v", i, want[i], got[i])
		}
	}
	return latest
}

var programs = map[string]string{
	"calls":     "waitgroup wg 9\nmain:\ngo w 9\nwait wg\nw:\nwork 90us\nsyscall 150us\nwork 10us\nblock 2ms\ndone wg\n",
	"empty":     "main:\n",
	"deadlock":  "chan c\nmain:\ngo w 3\nrecv c\nw:\nwork 1ms\n",
	"slices":    "waitgroup wg 5\nmain:\ngo w 5\nwait wg\nw:\nwork 30ms\nmark here\ndone wg\n",
	"panic":     "main:\ngo w\nsleep 1ms\nw:\npanic oh\n",
	"net":       "waitgroup wg 40\nmain:\ngo w 40\nwait wg\nw:\nnetread 1ms\nwork 10us\nnetread 3ms\ndone wg\n",
	"locked":    "waitgroup wg 6\nmain:\nlockthread\ngo w 6\nwait wg\nunlockthread\nw:\nlockthread\nwork 5us\nyield\nsleep 20us\ndone wg\n",
	"procs":     "waitgroup wg 20\nmain:\ngo w 20\nprocs 4\nwork 100us\nprocs 1\nwork 50us\nprocs 3\nwait wg\nw:\nwork 40us\nsyscall 60us\nyield\nwork 30us\ndone wg\n",
	"gc":        "waitgroup wg 8\nmain:\ngo w 8\ngc\nwork 100us\ngc\nwait wg\nw:\nloop 5\nwork 40us\nsyscall 30us\nend\ndone wg\n",
	"starving":  "mutex m\nwaitgroup wg 3\nmain:\ngo w 3\nwait wg\nw:\nloop 6\nlock m\nwork 800us\nunlock m\nend\ndone wg\n",
	"busy":      "waitgroup wg 3\nmain:\ngo n 3\nyield\nspin 60ms\nwait wg\nn:\nnetread 1ms\ndone wg\n",
	"forever":   "chan c\nmutex m\nrwmutex rw\nmain:\nlock m\nlock rw\ngo a\ngo b\ngo d\ngo e\ngo h\nsleep 1ms\na:\nrecv nil\nb:\nselect\nd:\nlock m\ne:\nlock rw\nh:\nrlock rw\n",
	"timers":    "timer t\nchan c 1\nmain:\nafterfunc t 1ms f\nrecv after 2ms\nrecv c\nf:\nsend c 1\n",
	"condition": "mutex m\ncond k m\nwaitgroup wg 4\nmain:\ngo w 4\nsleep 1ms\nlock m\nbroadcast k\nunlock m\nwait wg\nw:\nlock m\nwait k\nunlock m\ndone wg\n",
}

// TestRun reads traces back: the same run, event by event.
func TestRun(t *testing.T) {
	facts := 0
	for _, text := range programs {
		for _, release := range []string{"go1.2", "go1.4", "go1.10", "go1.13", "go1.14", "go1.22", "go1.26"} {
			for _, procs := range []int{1, 2, 3, 8} {
				c := sched.Config{Release: release, Procs: procs, Seed: uint64(procs), MaxTime: time.Second}
				want := told(sim(t, c, text))
				got := read(t, write(t, sim(t, c, text)))
				compare(t, want, got, 60)
				facts += len(want)
			}
		}
	}
	t.Log(facts, "facts")
}

// TestRandom does the same with random programs, on one P to eight.
func TestRandom(t *testing.T) {
	n, facts := 150, 0
	if os.Getenv("ORRERY_FULL") != "" {
		n = 5000
	}
	latest := time.Duration(0)
	for i := range n {
		p := bench.Random(rand.New(rand.NewPCG(uint64(i), 22)), bench.Style{Parts: 4, Phase: 3})
		c := sched.Config{Procs: 1 + i%8, Seed: uint64(i), MaxEvents: 200_000}
		if i%5 == 0 {
			c.Workers = sched.Workers{GC: 20 * time.Microsecond, GCPeriod: 200 * time.Microsecond, Trace: time.Microsecond, TracePeriod: 100 * time.Microsecond}
		}
		var runs [2]*sched.Sim
		for k := range runs {
			s, err := sched.New(c, *p)
			if err != nil {
				t.Fatal(err)
			}
			runs[k] = s
		}
		want, got := told(runs[0]), read(t, write(t, runs[1]))
		latest = max(latest, compare(t, want, got, 10*time.Microsecond))
		facts += len(want)
	}
	t.Logf("%d programs, %d facts, none later than %v", n, facts, latest)
}

// TestGenerations writes short generations, so that a generation ends in every possible
// state.
func TestGenerations(t *testing.T) {
	defer gotrace.SetGeneration(300)()
	generations := 0
	for i := range 60 {
		p := bench.Random(rand.New(rand.NewPCG(uint64(i), 23)), bench.Style{Parts: 4})
		var runs [2]*sched.Sim
		for k := range runs {
			s, err := sched.New(sched.Config{Procs: 1 + i%4, Seed: uint64(i), MaxEvents: 50_000}, *p)
			if err != nil {
				t.Fatal(err)
			}
			runs[k] = s
		}
		data := write(t, runs[1])
		generations += bytes.Count(data, []byte{52, 1})
		compare(t, told(runs[0]), read(t, data), 100*time.Microsecond)
	}
	for name, text := range programs {
		for procs := range 4 {
			c := sched.Config{Procs: 1 + procs, Seed: 3, MaxTime: time.Second}
			data := write(t, sim(t, c, text))
			compare(t, told(sim(t, c, text)), read(t, data), 100*time.Microsecond)
			if n := bytes.Count(data, []byte{52, 1}); n == 0 && name == "calls" {
				t.Errorf("%s: one generation in %d bytes", name, len(data))
			}
		}
	}
	if generations < 100 {
		t.Errorf("%d generations", generations)
	}
}

// TestBusy compares the time for which each P has a thread with the time in the run.
func TestBusy(t *testing.T) {
	for name, text := range programs {
		if name == "procs" || name == "gc" {
			continue // a stopped P counts as busy there, but has no thread
		}
		if name == "starving" {
			continue // threads that look for work in vain are woken there without an event
		}
		for procs := range 4 {
			c := sched.Config{Procs: 1 + procs, Seed: 3, MaxTime: time.Second}
			s := sim(t, c, text)
			data := write(t, s)
			r, err := trace.NewReader(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			since, busy := map[trace.ProcID]trace.Time{}, map[trace.ProcID]time.Duration{}
			for {
				e, err := r.ReadEvent()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if e.Kind() != trace.EventStateTransition || e.StateTransition().Resource.Kind != trace.ResourceProc {
					continue
				}
				p := e.StateTransition().Resource.Proc()
				switch from, to := e.StateTransition().Proc(); {
				case from == to:
				case to == trace.ProcRunning:
					since[p] = max(e.Time(), trace.Time(gotrace.Base))
				case from == trace.ProcRunning:
					busy[p] += time.Duration(e.Time() - since[p])
					delete(since, p)
				}
			}
			for p, from := range since {
				busy[p] += gotrace.Base + s.Now() - time.Duration(from)
			}
			for _, p := range s.Stats().Ps {
				if d := busy[trace.ProcID(p.P)] - p.Busy; d < -200 || d > 200 {
					t.Errorf("%s on %d Ps: P %d is busy for %v, and in the trace for %v", name, procs+1, p.P, p.Busy, p.Busy+d)
				}
			}
		}
	}
}

// TestMidway begins a trace after a program has run for a while, at any point.
func TestMidway(t *testing.T) {
	for _, text := range programs {
		for _, steps := range []int{1, 7, 40, 111, 300} {
			c := sched.Config{Procs: 3, MaxTime: time.Second}
			a, b := sim(t, c, text), sim(t, c, text)
			for range steps {
				a.Step()
				b.Step()
			}
			want, got := told(a), read(t, write(t, b))
			// There is no event for the restart of the world if it was not stopped after
			// the beginning.
			for i, f := range want {
				if strings.Contains(f.What, "stops the world") {
					break
				}
				if f.What == "the world goes on" {
					want = append(want[:i:i], want[i+1:]...)
					break
				}
			}
			compare(t, want, got, 60)
		}
	}
}

// TestEmpty traces a program that does nothing, and one that has ended.
func TestEmpty(t *testing.T) {
	got := read(t, write(t, sim(t, sched.Config{}, "main:\n")))
	want := []fact{{0, "g1 starts on m0, p0"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	s := sim(t, sched.Config{}, "main:\n")
	s.Run()
	if got := read(t, write(t, s)); len(got) != 0 {
		t.Error(got)
	}
}

// TestLarge writes and reads a million events, and one goroutine for each microsecond:
// neither the writer nor a reader holds more than a generation.
func TestLarge(t *testing.T) {
	const text = "main:\ngo w 8\nloop\nsleep 1us\ngo x\nend\nw:\nloop\nwork 1us\nyield\nend\nx:\nmark {n}\n"
	c := sched.Config{Procs: 4, MaxEvents: 2.2e6}
	prog := strings.Replace(text, "mark {n}", "work 100ns", 1)
	want := 1_000_000
	if testing.Short() {
		c.MaxEvents, want = 3e5, 100_000
	}
	p, err := program.Parse(prog)
	if err != nil {
		t.Fatal(err)
	}
	out, in := io.Pipe()
	var over *sched.BudgetError
	go func() {
		s, err := sched.New(c, *p)
		if err == nil {
			if err = gotrace.Run(in, s); err == nil && !errors.As(s.Err(), &over) {
				err = s.Err()
			}
		}
		in.CloseWithError(err)
	}()
	r, err := trace.NewReader(out)
	if err != nil {
		t.Fatal(err)
	}
	events, generations := 0, 0
	last := trace.Time(0)
	for {
		e, err := r.ReadEvent()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		events++
		if e.Kind() == trace.EventSync {
			generations++
		}
		last = e.Time()
	}
	if events < want || generations < 2 {
		t.Errorf("%d events in %d generations", events, generations)
	}
	s := sim(t, c, prog)
	s.Run()
	if d := time.Duration(last) - gotrace.Base - s.Now(); d < -time.Microsecond || d > time.Microsecond {
		t.Errorf("the trace ends at %v and the run at %v", last, s.Now())
	}
	t.Logf("%d events in %d generations", events, generations)
}

// TestMany writes a generation with many goroutines, so that only strings and states are
// many.
func TestMany(t *testing.T) {
	const text = "chan c\nmain:\ngo w 20000\nsleep 100ms\nclose c\nsleep 50ms\nw:\nrecv c\nwork 1us\n"
	c := sched.Config{Procs: 2}
	want, got := told(sim(t, c, text)), read(t, write(t, sim(t, c, text)))
	t.Log(len(want), compare(t, want, got, 50*time.Microsecond))
}

// TestTool reads traces with go tool trace, and finds the same events.
func TestTool(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil || testing.Short() {
		t.Skip("wants go tool trace")
	}
	for _, name := range []string{"calls", "procs", "net"} {
		data := write(t, sim(t, sched.Config{Procs: 3, MaxTime: time.Second}, programs[name]))
		file := filepath.Join(t.TempDir(), "trace.out")
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("go", "tool", "trace", "-d=parsed", file).Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		r, err := trace.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			if !strings.HasPrefix(line, "M=") {
				continue // a line of a stack
			}
			e, err := r.ReadEvent()
			if err != nil {
				t.Fatal(err)
			}
			want, _, _ := strings.Cut(e.String(), "\n")
			if strings.TrimSpace(line) != strings.TrimSpace(want) {
				t.Fatalf("%s: go tool trace says %s, and x/exp/trace %s", name, line, want)
			}
		}
		if _, err := r.ReadEvent(); err != io.EOF {
			t.Errorf("%s: go tool trace says less than x/exp/trace: %v", name, err)
		}
	}
}

// TestErrors checks that there are errors, and no panic.
func TestErrors(t *testing.T) {
	for _, s := range []*sched.Sim{nil, new(sched.Sim)} {
		if err := gotrace.Run(new(bytes.Buffer), s); err == nil {
			t.Error("an invalid simulator is accepted")
		}
	}
	if err := gotrace.Run(nil, sim(t, sched.Config{}, "main:\n")); err == nil {
		t.Error("no writer")
	}
	for limit := range 3 {
		s := sim(t, sched.Config{Procs: 2}, programs["calls"])
		if err := gotrace.Run(&failing{left: limit}, s); err != errFull {
			t.Errorf("a writer that fails after %d: %v", limit, err)
		}
	}
}

var errFull = errors.New("full")

type failing struct{ left int }

func (f *failing) Write(b []byte) (int, error) {
	if f.left--; f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}
