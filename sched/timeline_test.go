package sched_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

func simOf(t testing.TB, c sched.Config, text string) *sched.Sim {
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

// TestQueues compares the lengths of queues in a Timeline with the Snapshots of another
// run, each time the clock has moved.
func TestQueues(t *testing.T) {
	for name, text := range map[string]string{
		"steal":   "waitgroup wg 40\nmain:\ngo w 40\nwait wg\nw:\nwork 90us\nsyscall 150us\nwork 10us\ndone wg\n",
		"sleep":   "waitgroup wg 20\nmain:\ngo w 20\nwait wg\nw:\nloop 3\nsleep 1ms\nwork 200us\nend\ndone wg\n",
		"slices":  "waitgroup wg 5\nmain:\ngo w 5\nwait wg\nw:\nwork 30ms\ndone wg\n",
		"procs":   "waitgroup wg 9\nmain:\ngo w 9\nprocs 3\nwait wg\nw:\nwork 100us\nyield\nwork 100us\ndone wg\n",
		"fewer":   "waitgroup wg 90\nmain:\ngo w 90\nwork 300us\nprocs 1\nwait wg\nw:\nwork 100us\nyield\nwork 100us\ndone wg\n",
		"ring":    "waitgroup wg 600\nmain:\ngo w 600\nwait wg\nw:\ndone wg\n",
		"chanpin": "chan c\nchan d 2\nwaitgroup wg 2\nmain:\ngo a\ngo b\nwait wg\na:\nloop 30\nsend c\nrecv d\nend\ndone wg\nb:\nloop 30\nrecv c\nwork 3us\nsend d\nend\ndone wg\n",
	} {
		for i, procs := range []int{1, 2, 4, 2} {
			c := sched.Config{Procs: procs, Seed: 3}
			if i == 3 {
				c.Release = "go1.4"
			}
			got := simOf(t, c, text).RunTimeline()
			if got.Cut {
				t.Fatalf("%s: cut", name)
			}
			s := simOf(t, c, text)
			lens, at, looked := map[sched.P]int{}, 0, 0
			for more := true; more; {
				before := s.Snapshot()
				more, _ = s.Step()
				if more && s.Snapshot().Now == before.Now {
					continue
				}
				for at < len(got.Queues) && got.Queues[at].At <= before.Now {
					lens[got.Queues[at].P] = got.Queues[at].Len
					at++
				}
				want := map[sched.P]int{-1: len(before.Global)}
				for _, p := range before.Ps {
					want[p.P] = len(p.Queue)
					if p.Next != 0 {
						want[p.P]++
					}
				}
				for p, n := range want {
					looked++
					if lens[p] != n {
						t.Fatalf("%s on %d Ps: P %d has %d in its queue at %v, the Timeline %d", name, procs, p, n, before.Now, lens[p])
					}
				}
			}
			if looked < 20 {
				t.Errorf("%s on %d Ps: only %d queues looked at", name, procs, looked)
			}
		}
	}
}

// TestTable: up to 61 goroutines have letters of their own; with more, functions have
// them.
func TestTable(t *testing.T) {
	for _, k := range []struct {
		n    string
		last string
	}{{"60", "1 main, 2-z w"}, {"61", "1 main, 2 (61) w"}} {
		got := simOf(t, sched.Config{Procs: 1}, "main:\ngo w "+k.n+"\nsleep 9ms\nw:\nwork 50us\n").RunTimeline()
		table := got.Table(120)
		lines := strings.Split(strings.TrimRight(table, "\n"), "\n")
		if lines[len(lines)-1] != k.last {
			t.Errorf("%s goroutines: %q, want %q", k.n, lines[len(lines)-1], k.last)
		}
		if z := strings.Contains(lines[1], "z"); z != (k.n == "60") {
			t.Errorf("%s goroutines:\n%s", k.n, table)
		}
		for _, line := range lines[:len(lines)-1] {
			if len(line) != 4+120 {
				t.Errorf("%d columns: %s", len(line), line)
			}
		}
	}
	for _, odd := range []sched.Timeline{
		{}, {Procs: -1}, {End: -time.Second, Procs: 1, Spans: []sched.Span{{G: -1, From: -5, To: 1 << 62}}},
		{Procs: 2, End: 1 << 62, Spans: []sched.Span{{G: 1 << 30, P: 1}}, Funcs: []string{"", "a"}, Queues: []sched.Queue{{P: 1, Len: -1}, {P: 1, At: -1, Len: min(1<<40, math.MaxInt)}}},
	} {
		for _, columns := range []int{-1, 0, 16, min(1<<40, math.MaxInt)} {
			if got := odd.Table(columns); !strings.HasPrefix(got, "    0s") {
				t.Errorf("%+v: %q", odd, got)
			}
		}
	}
}

// TestQueueDigits: a queue of up to nine has a digit in a table, a longer one a plus.
func TestQueueDigits(t *testing.T) {
	k := sched.Timeline{Procs: 1, End: 160, Spans: []sched.Span{{G: 1, From: 0, To: 160}}, Funcs: []string{"main"}} // ten to a column
	for i, n := range []int{0, 1, 9, 10, 11, 0} {
		k.Queues = append(k.Queues, sched.Queue{At: time.Duration(10 * i), Len: n})
	}
	if got, want := strings.Split(k.Table(16), "\n")[2], ".19++..........."; !strings.HasSuffix(got, want) || len(got) != 4+len(want) {
		t.Errorf("%q, want %q", got, want)
	}
}
