package sched_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// programs draws programs with all verbs, most of which end.
func programs(t *rapid.T) *program.Program {
	p := &program.Program{Recover: rapid.IntRange(0, 9).Draw(t, "recover") > 0}
	for i := range rapid.IntRange(1, 3).Draw(t, "chans") {
		p.Chans = append(p.Chans, program.Chan{Name: fmt.Sprint("c", i), Cap: int64(rapid.IntRange(0, 2).Draw(t, "cap"))})
	}
	p.Locks = []program.Lock{{Name: "m", Type: program.Mutex}, {Name: "rw", Type: program.RWMutex},
		{Name: "wg", Type: program.WaitGroup, Counter: int64(rapid.IntRange(0, 3).Draw(t, "counter"))}, {Name: "cond", Type: program.Cond, L: "m"}}
	names := []string{"main", "f1", "f2", "f3", "f4"}[:rapid.IntRange(1, 5).Draw(t, "funcs")]
	for i, name := range names {
		f := program.Func{Name: name}
		for range rapid.IntRange(0, 8).Draw(t, "blocks") {
			f.Ops = append(f.Ops, block(t, p, names[i+1:], 2)...)
		}
		if i == 0 && rapid.Bool().Draw(t, "stays") {
			f.Ops = append(f.Ops, program.Op{Verb: program.Exit})
		}
		p.Funcs = append(p.Funcs, f)
	}
	return p
}

// block draws operations that belong together.
func block(t *rapid.T, p *program.Program, later []string, depth int) []program.Op {
	d := time.Duration(rapid.SampledFrom([]int{0, 1, 300, 7_000, 90_000, 3_000_000, 25_000_000}).Draw(t, "d"))
	c := rapid.SampledFrom(p.Chans).Draw(t, "chan").Name
	one := func(v program.Verb, on string) program.Op { return program.Op{Verb: v, On: on} }
	takes := func(v program.Verb) []program.Op { return []program.Op{{Verb: v, D: d}} }
	switch k := rapid.IntRange(0, 19).Draw(t, "block"); k {
	case 0, 1:
		if len(later) > 0 {
			return []program.Op{{Verb: program.Go, On: rapid.SampledFrom(later).Draw(t, "go"), N: int64(rapid.SampledFrom([]int{1, 2, 3, 20, 300}).Draw(t, "n"))}}
		}
	case 2:
		return takes(program.Work)
	case 3:
		return takes(program.Spin)
	case 4:
		return []program.Op{one(program.Yield, "")}
	case 5:
		return []program.Op{{Verb: program.Send, On: c, N: 5}}
	case 6:
		return []program.Op{one(program.Recv, c)}
	case 7:
		op := program.Op{Verb: program.Select, Default: rapid.Bool().Draw(t, "default")}
		for range rapid.IntRange(0, 3).Draw(t, "cases") {
			op.Cases = append(op.Cases, program.Case{Chan: rapid.SampledFrom(p.Chans).Draw(t, "chan").Name, Send: rapid.Bool().Draw(t, "send")})
		}
		return []program.Op{op}
	case 8:
		if rapid.IntRange(0, 3).Draw(t, "close") == 0 {
			return []program.Op{one(program.Close, c)}
		}
	case 9:
		if depth > 0 {
			return append(append([]program.Op{one(program.Acquire, "m")}, block(t, p, later, depth-1)...), one(program.Unlock, "m"))
		}
	case 10:
		if depth > 0 {
			return append(append([]program.Op{one(program.RLock, "rw")}, block(t, p, later, depth-1)...), one(program.RUnlock, "rw"))
		}
	case 11:
		return []program.Op{one(rapid.SampledFrom([]program.Verb{program.Done, program.Wait}).Draw(t, "verb"), "wg")}
	case 12:
		return []program.Op{one(rapid.SampledFrom([]program.Verb{program.Signal, program.Broadcast}).Draw(t, "verb"), "cond")}
	case 13:
		return takes(program.Sleep)
	case 14:
		return takes(rapid.SampledFrom([]program.Verb{program.Syscall, program.Block}).Draw(t, "verb"))
	case 15:
		return takes(program.NetRead)
	case 16:
		ops := append([]program.Op{one(program.LockOSThread, "")}, takes(program.Work)...)
		if rapid.Bool().Draw(t, "unlock") {
			ops = append(ops, one(program.UnlockOSThread, ""))
		}
		return ops
	case 17:
		return []program.Op{{Verb: program.Procs, N: int64(rapid.IntRange(1, 5).Draw(t, "procs"))}}
	case 18:
		return []program.Op{{Verb: program.Grow, N: int64(rapid.IntRange(0, 100_000).Draw(t, "bytes"))}}
	default:
		if depth > 0 {
			ops := append([]program.Op{{Verb: program.Loop, N: int64(rapid.IntRange(1, 4).Draw(t, "turns"))}}, block(t, p, later, depth-1)...)
			return append(ops, program.Op{Verb: program.End})
		}
	}
	return []program.Op{one(program.Mark, "here")}
}

func config(t *rapid.T) sched.Config {
	c := sched.Config{
		Release:   rapid.SampledFrom([]string{"", "go1", "go1.2", "go1.3", "go1.5", "go1.9", "go1.13", "go1.14", "go1.25", "go1.26"}).Draw(t, "release"),
		Procs:     rapid.IntRange(1, 5).Draw(t, "GOMAXPROCS"),
		Seed:      rapid.Uint64().Draw(t, "seed"),
		MaxEvents: 30_000,
	}
	if rapid.IntRange(0, 4).Draw(t, "workers") == 0 {
		c.Workers = sched.Workers{GC: 20 * time.Microsecond, GCPeriod: time.Millisecond, Trace: time.Microsecond, TracePeriod: 3 * time.Millisecond}
	}
	return c
}

// TestInvariants checks that every invariant holds after every step, whatever the
// program, the release and the number of Ps, and that the run ends in one of the
// possible ways.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := programs(t)
		s, err := sched.New(config(t), *p)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Check(); err != nil {
			t.Fatalf("in the beginning: %v", err)
		}
		for n := 0; ; n++ {
			more, err := s.Step()
			if n < 300 || n%61 == 0 || !more {
				if err := s.Check(); err != nil {
					t.Fatalf("after %d steps, %v: %v\n%v", n, s.Now(), err, p)
				}
			}
			if more {
				continue
			}
			var budget *sched.BudgetError
			var panics *sched.Panic
			var fatal *crash.Error
			if err != nil && !errors.As(err, &budget) && !errors.As(err, &panics) && !errors.As(err, &fatal) {
				t.Fatalf("%v\n%v", err, p)
			}
			return
		}
	})
}

// TestDeterministic checks that the same configuration has the same events, and that
// tracing changes nothing.
func TestDeterministic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, c := programs(t), config(t)
		run := func(trace bool) (events []sched.Event, last sched.Snapshot, stats sched.Stats) {
			c.Trace = nil
			if trace {
				c.Trace = func(e sched.Event) { events = append(events, e) }
			}
			s, err := sched.New(c, *p)
			if err != nil {
				t.Fatal(err)
			}
			s.Run()
			return events, s.Snapshot(), s.Stats()
		}
		a, end, stats := run(true)
		b, end2, stats2 := run(true)
		_, end3, stats3 := run(false)
		if diff := cmp.Diff(a, b); diff != "" {
			t.Fatal(diff)
		}
		ignore := cmp.AllowUnexported(sched.Stats{})
		if diff := cmp.Diff(end, end2) + cmp.Diff(end, end3) + cmp.Diff(stats, stats2, ignore) + cmp.Diff(stats, stats3, ignore); diff != "" {
			t.Fatal(diff)
		}
		for i, e := range a {
			if e.Seq != uint64(i+1) || i > 0 && e.At < a[i-1].At {
				t.Fatalf("event %d is %+v", i, e)
			}
			_ = e.String()
		}
		if len(a) != int(stats.Events) {
			t.Fatalf("%d events, %d are counted", len(a), stats.Events)
		}
	})
}

// TestTimes checks that a P's busy and idle time, and a goroutine's, add up.
func TestTimes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := sched.New(sched.Config{Procs: rapid.IntRange(1, 4).Draw(t, "GOMAXPROCS"), MaxEvents: 30_000}, *programs(t))
		if err != nil {
			t.Fatal(err)
		}
		s.Run()
		for _, p := range s.Stats().Ps {
			if p.Busy+p.Idle > s.Now() || p.Busy < 0 || p.Idle < 0 {
				t.Fatalf("P %d is %v busy and %v idle of %v", p.P, p.Busy, p.Idle, s.Now())
			}
		}
		for _, g := range s.Snapshot().Gs {
			if g.Run < 0 || g.Latency < 0 || g.Wait < 0 || g.Run+g.Latency+g.Wait > s.Now() {
				t.Fatalf("%+v of %v", g, s.Now())
			}
		}
	})
}

// TestForms checks that a program stays the same when it is written and parsed, as text
// and as JSON.
func TestForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := programs(t)
		again, err := program.Parse(p.String())
		if err != nil {
			t.Fatalf("%v\n%v", err, p)
		}
		if again.String() != p.String() {
			t.Fatalf("%v\nbecomes\n%v", p, again)
		}
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var third program.Program
		if err := json.Unmarshal(data, &third); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(*p, third); diff != "" {
			t.Fatal(diff)
		}
	})
}
