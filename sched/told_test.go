package sched_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// TestHandedOver: the Unlock that hands a mutex to a waiter that has waited for over a
// millisecond names it, though it goes on later.
func TestHandedOver(t *testing.T) {
	events, _ := story(t, sched.Config{Procs: 2}, `mutex m
main:
  lock m
  go w
  work 3ms
  unlock m
  lock m
  work 3ms
  unlock m
  sleep 1ms
w:
  lock m
  work 1us
  unlock m
`)
	var got []string
	for _, e := range events {
		if e.Kind == sched.Did && e.On == "m" || e.Kind == sched.Yielded {
			e.M, e.P = -1, -1
			got = append(got, e.String())
		}
	}
	want := []string{
		"g1 lock m", "g1 unlock m, with g2", // g2 does not get it
		"g1 lock m", "g1 registers saved, mcall: yielded to the local queue", "g2 lock m, with g1", "g2 unlock m", "g1 unlock m, with g2",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestSelectedVariable: a select sends the value that a variable has then.
func TestSelectedVariable(t *testing.T) {
	events, _ := story(t, sched.Config{}, "chan c 1\nmain:\ni = 5\nselect send c i\ni = 6\nx = recv c\nmark {x}\n")
	if got := first(t, events, sched.Marked, 1).What; got != "5" {
		t.Errorf("%q is received", got)
	}
}

// TestPollsTold: the event of a thread that waits in netpoll names the thread, and says
// nothing else.
func TestPollsTold(t *testing.T) {
	events, _ := story(t, sched.Config{}, "main:\nsleep 1ms\n")
	e := first(t, events, sched.Polls, 0)
	if want := (sched.Event{Seq: e.Seq, At: e.At, Kind: sched.Polls, Rule: e.Rule, M: 0, P: -1}); e != want {
		t.Errorf("%+v, want %+v", e, want)
	}
}

// TestRingTold: a full ring of 256 gives half of its goroutines and the new one to the
// global queue, which an event of the P tells, and counts what was moved.
func TestRingTold(t *testing.T) {
	for _, release := range []string{"go1.3", "go1.5", "go1.13", ""} {
		events, s := story(t, sched.Config{Release: release}, "main:\ngo w 300\nw:\n")
		e := first(t, events, sched.Overflow, 0)
		if want := (sched.Event{Seq: e.Seq, At: e.At, Kind: sched.Overflow, Rule: "ring", M: -1, P: 0, N: 129}); e != want {
			t.Errorf("%q: %+v, want %+v", release, e, want)
		}
		if n := count(events, sched.Overflow); uint64(n) != s.Stats().Overflows {
			t.Errorf("%q: %d overflows, and %d are told", release, s.Stats().Overflows, n)
		}
	}
}

// TestTryTold: a TryLock tells whether it has the lock; a Lock, which always has it, has
// no result.
func TestTryTold(t *testing.T) {
	events, _ := story(t, sched.Config{}, "mutex m\nrwmutex r\nmain:\nlock m\ntrylock m\nunlock m\ntrylock m\ntryrlock r\ntrylock r\n")
	var got []string
	for _, e := range events {
		if e.Kind == sched.Did {
			got = append(got, fmt.Sprintf("%s %s %d", e.What, e.On, e.N))
		}
	}
	want := []string{"lock m 0", "trylock m 0", "unlock m 0", "trylock m 1", "tryrlock r 1", "trylock r 0"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestStackTold: the event of a stack that becomes too large has no thread either.
func TestStackTold(t *testing.T) {
	events, _ := story(t, sched.Config{}, "main:\ngrow 1073741824\n")
	e := first(t, events, sched.Panicked, 1)
	if want := (sched.Event{Seq: e.Seq, At: e.At, Kind: sched.Panicked, Rule: e.Rule, G: 1, What: "stack overflow"}); e != want {
		t.Errorf("%+v, want %+v", e, want)
	}
}

// TestLeftTold: and so does that of a system call that ends while all Ps have other work.
func TestLeftTold(t *testing.T) {
	events, _ := story(t, sched.Config{}, "main:\ngo w\nblock 1ms\nw:\nspin 2ms\n")
	e := first(t, events, sched.Left, 1)
	if want := (sched.Event{Seq: e.Seq, At: e.At, Kind: sched.Left, Rule: e.Rule, G: 1, PC: 1, P: -1, What: "without a P"}); e != want {
		t.Errorf("%+v, want %+v", e, want)
	}
}

// TestCopies: a stack is copied to one of twice the size until it is large enough, and each
// copy costs as much time as 1,024 bytes more than there are.
func TestCopies(t *testing.T) {
	events, _ := story(t, sched.Config{Costs: &sched.Costs{CopyByte: time.Millisecond}}, "main:\ngrow 16384\nmark x\n")
	if at := first(t, events, sched.Marked, 1).At; at != (1+2+1+4+1+8)*time.Millisecond {
		t.Errorf("three copies take %v", at)
	}
}

// TestContextTimers: a context has a timer of its own only if it is due before the context
// that it is of (context.WithDeadlineCause).
func TestContextTimers(t *testing.T) {
	for own, want := range map[string]int{"3ms": 1, "2ms": 1, "1ms": 2} {
		_, s := story(t, sched.Config{Costs: &sched.Costs{}}, "context c\ncontext d\nmain:\nwithtimeout c 2ms\nwithtimeout d "+own+" c\n")
		if n := s.Snapshot().Ps[0].Timers; n != want {
			t.Errorf("2ms, and %s below: %d timers, want %d", own, n, want)
		}
	}
}

// TestCompiled: a program as a Source does what it does without one, event by event; only
// PC and On say less.
func TestCompiled(t *testing.T) {
	for _, l := range lessons(t) {
		c := sched.Config{Procs: 2, Seed: 5}
		direct, err := sched.New(c, *l.program)
		if err != nil {
			t.Fatal(err)
		}
		asked, err := sched.NewFrom(c, sched.Compile(*l.program))
		if err != nil {
			t.Fatal(err)
		}
		tell := func(s *sched.Sim) (list []sched.Event) {
			for e := range s.Events() {
				e.PC, e.On = 0, ""
				if list = append(list, e); len(list) == 5000 {
					break
				}
			}
			return list
		}
		got, want := tell(asked), tell(direct)
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Errorf("%s: %+v, want %+v", l.title, got[i], want[i])
				break
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %d events, want %d", l.title, len(got), len(want))
		}
		if (asked.Err() == nil) != (direct.Err() == nil) {
			t.Errorf("%s: %v, want %v", l.title, asked.Err(), direct.Err())
		}
	}
}

// TestPanicOfSource: a panic with any error ends the goroutine, and the program, with its
// text.
func TestPanicOfSource(t *testing.T) {
	for _, fails := range []*crash.Error{crash.Panic("no such thing"), chanq.CloseOfClosed} {
		s, err := sched.NewFrom(sched.Config{}, func(*sched.Objects) (sched.Source, error) {
			return &script{at: map[sched.G][]step{}, funcs: map[int32][]step{0: {
				does(sched.Action{Verb: program.Panic, Err: fails}),
				func(s *script, g sched.G, last sched.Outcome) *sched.Action {
					return &sched.Action{Verb: program.Mark, Text: fmt.Sprint(last.Err)}
				},
			}}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		for e := range s.Events() {
			switch e.Kind {
			case sched.Panicked:
				said += e.What + "; "
			case sched.Marked:
				said += e.What
			}
		}
		if want := fails.Text + "; " + fails.Text; said != want || s.Err() != nil {
			t.Errorf("%q, %v, want %q", said, s.Err(), want)
		}
	}
}

// TestClosedTold: a receive from a channel that is closed and empty says so, by whichever
// verb, and one that is not ready says that.
func TestClosedTold(t *testing.T) {
	events, _ := story(t, sched.Config{}, "chan c 1\nmain:\ntryrecv c\nselect recv c, default\nsend c 1\nclose c\nrecv c\nrecv c\ntryrecv c\nselect recv c\nselect recv c, default\n")
	var got []string
	for _, e := range events {
		if e.Kind == sched.Did && e.On == "c" || e.Kind == sched.Did && e.Case < 0 {
			got = append(got, e.What)
		}
	}
	want := []string{"tryrecv, not ready", "select", "send", "close", "recv", "recv, closed", "tryrecv, closed", "select, closed", "select, closed"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestAftersAreReused: the timers of time.After whose operation is done serve again: since Go
// 1.23 at once, and before when they have fired.
func TestAftersAreReused(t *testing.T) {
	for _, release := range []string{"go1.22", "go1.23", "go1.27"} {
		_, s := story(t, sched.Config{Release: release}, "chan c 1\nmain:\nloop 200\nsend c 1\nselect recv c, recv after 1us\nsleep 5us\nselect recv c, recv after 1us\nend\n")
		if n := len(s.Snapshot().Chans.Chans); n > 4 {
			t.Errorf("%s: 400 timers have left %d channels", release, n)
		}
	}
}

// TestColumns: a column of a table has the goroutine that had the P for most of it, whatever
// comes after.
func TestColumns(t *testing.T) {
	k := sched.Timeline{Procs: 1, End: 200, Spans: []sched.Span{ // ten to a column
		{G: 1, From: 0, To: 6}, {G: 2, From: 6, To: 30}, {G: 1, From: 30, To: 44}, {G: 2, From: 44, To: 156}, {G: 1, From: 156, To: 200},
	}, Funcs: []string{"main", "w"}}
	if got, want := strings.Split(k.Table(20), "\n")[1], "p0  12212222222222221111"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if n := len(strings.Split(k.Table(0), "\n")[1]); n != len("p0  ")+16 {
		t.Errorf("the least table has lines of %d", n)
	}
}

// TestLateTicker: a ticker on whose channel nobody waits sends when it is looked at, and next
// when it would have done anyway.
func TestLateTicker(t *testing.T) {
	events, _ := story(t, sched.Config{Costs: &sched.Costs{}}, "ticker k\nmain:\nnewticker k 2ms\nsleep 7ms\nrecv k\nmark a\nrecv k\nmark b\nrecv k\nmark c\n")
	var got []string
	for _, e := range events {
		if e.Kind == sched.Marked {
			got = append(got, e.What+" "+e.At.String())
		}
	}
	if want := []string{"a 7ms", "b 8ms", "c 10ms"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestOwnTold: the events of the runtime's own goroutines have words, too. They work every
// minute here, and one collects after two.
func TestOwnTold(t *testing.T) {
	w := sched.Workers{GC: time.Microsecond, GCPeriod: time.Minute, Trace: time.Microsecond, TracePeriod: time.Minute}
	events, _ := story(t, sched.Config{Workers: w}, "main:\nsleep 150s\n")
	var got []string
	for _, e := range events {
		if e.Kind == sched.Did {
			got = append(got, fmt.Sprint(e.G, " ", e.What))
		}
	}
	if want := []string{"-2 work", "-3 work", "-2 work", "-3 work", "-1 gc", "1 sleep"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestLatencies: Stats has the longest time that a runnable goroutine waits, and the mean: w's
// begin after 1 and 3 milliseconds, main twice at once, and before the second w two of the
// runtime's own.
func TestLatencies(t *testing.T) {
	_, s := story(t, sched.Config{Costs: &sched.Costs{}}, "main:\ngo w 2\nwork 1ms\nsleep 9ms\nw:\nwork 2ms\n")
	if k := s.Stats(); k.MaxLatency != 3*time.Millisecond || k.Waits != 6 || k.Latency != 10*time.Millisecond/6 {
		t.Errorf("at most %v, %v on average of %d; want 3ms, 1.67ms, 6", k.MaxLatency, k.Latency, k.Waits)
	}
}

// TestSyscallTicks: a P counts the ends of system calls, and how often it was given up in one
// (runtime/proc.go:entersyscallblock, exitsyscall).
func TestSyscallTicks(t *testing.T) {
	for call, want := range map[string]uint32{"work 1us": 0, "syscall 1us": 1, "block 1ms": 2} {
		_, s := story(t, sched.Config{}, "main:\n"+call+"\nmark x\n")
		if got := s.Snapshot().Ps[0].Syscalltick; got != want {
			t.Errorf("%s: %d, want %d", call, got, want)
		}
	}
}

// TestSentOnce: a timer that is due sends one time when its channel is looked at, and one that
// was stopped none.
func TestSentOnce(t *testing.T) {
	events, _ := story(t, sched.Config{}, "timer t\ntimer u\nmain:\nnewtimer t 1ms\nnewtimer u 1ms\nb = stop u\nsleep 3ms\n"+
		"v, o, r = tryrecv t\nmark {r}\nv, o, r = tryrecv t\nmark {r}\nv, o, r = tryrecv u\nmark {r}\n")
	if got := marks(events); got != "1 0 0" {
		t.Errorf("%s", got)
	}
}

// TestFromText: the place of a start is its name in JSON, and none is the empty text.
func TestFromText(t *testing.T) {
	for f := sched.From(0); f <= sched.FromWorker; f++ {
		text, err := f.MarshalText()
		if err != nil || (len(text) == 0) != (f == 0) || f != 0 && string(text) != f.String() {
			t.Errorf("%d: %q, %v", f, text, err)
		}
		var back sched.From
		if err := back.UnmarshalText(text); err != nil || back != f {
			t.Errorf("%q: %d, %v", text, back, err)
		}
	}
	if _, err := (sched.FromWorker + 1).MarshalText(); err == nil {
		t.Error("a place after the last")
	}
	text, err := json.Marshal(sched.Event{})
	if err != nil || strings.Contains(string(text), "runnext") {
		t.Errorf("%s, %v", text, err)
	}
}

// TestNumberOfDid: the event of an operation has its number only where the operation sets
// one.
func TestNumberOfDid(t *testing.T) {
	events, _ := story(t, sched.Config{}, "main:\nyield\nlockthread\nunlockthread\ni = 5\n")
	var got []int64
	for _, e := range events {
		if e.Kind == sched.Did {
			got = append(got, e.N)
		}
	}
	if len(got) != 4 || got[0] != 0 || got[1] != 0 || got[2] != 0 || got[3] != 5 {
		t.Errorf("%d", got)
	}
}

// TestBusyAndIdle: each P is busy or idle at any time.
func TestBusyAndIdle(t *testing.T) {
	_, s := story(t, sched.Config{Procs: 4}, "main:\nloop 5\ngo w 6\nsleep 1ms\nend\nw:\nwork 50us\nyield\n")
	for _, p := range s.Stats().Ps {
		if p.Busy+p.Idle != s.Now() || p.Busy == 0 || p.Idle == 0 {
			t.Errorf("P%d: busy for %v, idle for %v of %v", p.P, p.Busy, p.Idle, s.Now())
		}
	}
}
