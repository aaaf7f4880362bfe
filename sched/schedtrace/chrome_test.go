package schedtrace_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
	"github.com/orrery-go/orrery/sched/schedtrace"
)

type entry struct {
	Name, Ph, Cat string
	Pid, Tid      int
	Ts, Dur       float64
	ID            uint64
	Args          map[string]any
}

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

func chrome(t testing.TB, c sched.Config, text string) []entry {
	t.Helper()
	var out bytes.Buffer
	if err := schedtrace.Chrome(&out, sim(t, c, text)); err != nil {
		t.Fatal(err)
	}
	var file struct {
		DisplayTimeUnit string
		TraceEvents     []entry
	}
	d := json.NewDecoder(&out)
	if err := d.Decode(&file); err != nil || d.More() || file.DisplayTimeUnit != "ns" {
		t.Fatal(err, file.DisplayTimeUnit)
	}
	return file.TraceEvents
}

// TestChrome compares a trace with the counts of the same run: its slices are the time
// for which the Ps were busy, and never overlap; each arrow has begun, not later than it
// ends.
func TestChrome(t *testing.T) {
	pipeline, err := os.ReadFile(filepath.Join("..", "..", "examples", "gmp", "pipeline.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"pipeline": string(pipeline),
		"calls":    "waitgroup wg 9\nmain:\ngo w 9\nwait wg\nw:\nwork 90us\nsyscall 150us\nwork 10us\nblock 2ms\ndone wg\n",
		"empty":    "main:\n",
		"deadlock": "chan c\nmain:\ngo w 3\nrecv c\nw:\nwork 1ms\n",
		"slices":   "waitgroup wg 5\nmain:\ngo w 5\nwait wg\nw:\nwork 30ms\nmark here\ndone wg\n",
	} {
		for _, procs := range []int{1, 2, 8} {
			c := sched.Config{Procs: procs, Seed: 5}
			list := chrome(t, c, text)
			s := sim(t, c, text)
			tl := s.RunTimeline()
			busy := map[int]float64{}
			last := map[[2]int]float64{}
			tracks := map[[2]int]bool{}
			begun := map[uint64]float64{}
			count := map[string]int{}
			for _, e := range list {
				count[e.Ph]++
				k := [2]int{e.Pid, e.Tid}
				switch e.Ph {
				case "M":
					tracks[k] = true
				case "X":
					if !tracks[k] || e.Dur < 0 {
						t.Fatalf("%s: %+v: a slice on a track without a name, or of less than no time", name, e)
					}
					if e.Ts < last[k]-1e-6 {
						t.Fatalf("%s on %d Ps: %+v begins before %v, when the one before ended", name, procs, e, last[k])
					}
					last[k] = e.Ts + e.Dur
					if e.Pid == 1 {
						busy[e.Tid] += e.Dur
					}
				case "s":
					begun[e.ID] = e.Ts
				case "f":
					if at, ok := begun[e.ID]; !ok || at > e.Ts {
						t.Fatalf("%s: arrow %d ends at %v and began at %v", name, e.ID, e.Ts, at)
					}
					delete(begun, e.ID)
				}
			}
			want := map[int]time.Duration{}
			for _, k := range tl.Spans {
				want[int(k.P)] += k.To - k.From
			}
			for p, d := range want {
				if got := busy[p]; got-float64(d)/1000 > 1e-3 || float64(d)/1000-got > 1e-3 {
					t.Errorf("%s on %d Ps: P %d is busy for %v us, and the Timeline has %v", name, procs, p, got, d)
				}
			}
			if slices := len(tl.Spans); name != "empty" && count["X"] < slices {
				t.Errorf("%s: %d slices, the Timeline has %d", name, count["X"], slices)
			}
			if name == "pipeline" && (count["f"] < 10 || count["C"] < 10) {
				t.Errorf("%s on %d Ps: %v", name, procs, count)
			}
		}
	}
}

type failing struct{ n int }

func (f *failing) Write(b []byte) (int, error) {
	if f.n -= len(b); f.n < 0 {
		return 0, errors.New("full")
	}
	return len(b), nil
}

func TestErrors(t *testing.T) {
	if err := schedtrace.Chrome(&failing{100}, sim(t, sched.Config{}, "main:\nloop 5000\nyield\nend\n")); err == nil || err.Error() != "full" {
		t.Errorf("a writer that fails: %v", err)
	}
	if err := schedtrace.Chrome(nil, sim(t, sched.Config{}, "main:\n")); err == nil {
		t.Error("no writer")
	}
	for _, s := range []*sched.Sim{nil, new(sched.Sim)} {
		if err := schedtrace.Chrome(new(bytes.Buffer), s); err == nil {
			t.Error("an invalid simulator is accepted")
		}
	}
}

// TestLarge writes a million events with bounded memory: only the file grows.
func TestLarge(t *testing.T) {
	s := sim(t, sched.Config{Procs: 4, MaxEvents: 1e6}, "main:\ngo w 8\nloop\nsleep 1us\nend\nw:\nloop\nwork 1us\nyield\nend\n")
	n := &counting{}
	if err := schedtrace.Chrome(n, s); err != nil {
		t.Fatal(err)
	}
	var over *sched.BudgetError
	if !errors.As(s.Err(), &over) || n.n < 50e6 {
		t.Errorf("%v, %d bytes", s.Err(), n.n)
	}
}

type counting struct{ n int }

func (c *counting) Write(b []byte) (int, error) { c.n += len(b); return len(b), nil }
