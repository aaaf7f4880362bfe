package sched

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/program"
)

// timed runs a program after setting timers: begin is called when main is at its first
// operation, on the thread that runs it.
func timed(t *testing.T, release, text string, begin func(s *Sim, m *m, gp *g)) (events []Event, s *Sim) {
	t.Helper()
	p, err := program.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	s, err = New(Config{Release: release, Trace: func(e Event) { events = append(events, e) }}, *p)
	if err != nil {
		t.Fatal(err)
	}
	begun := false
	for more := true; more; more, _ = s.Step() {
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		if m := s.ms[0]; !begun && m.curg != nil && m.curg.id == 1 {
			begun = true
			begin(s, m, m.curg)
			if err := s.Check(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return events, s
}

func said(events []Event) string {
	var out []string
	for _, e := range events {
		if e.Kind == Marked {
			out = append(out, fmt.Sprint(e.What, "@", e.At.Truncate(time.Millisecond)))
		}
	}
	return strings.Join(out, " ")
}

var timerReleases = []string{"go1.2", "go1.5", "go1.9", "go1.10", "go1.13", "go1.14", "go1.16", "go1.22", "go1.23", ""}

// TestTimerFuncs checks that timers start goroutines when they are due, once or every
// period, and not after they were stopped.
func TestTimerFuncs(t *testing.T) {
	const text = "main:\nsleep 8ms\nmark main\nf:\nmark f\ng:\nmark g\nh:\nmark h\n"
	for _, release := range timerReleases {
		var stopped, again, late, reset bool
		events, _ := timed(t, release, text, func(s *Sim, m *m, gp *g) {
			f := s.newTimer(timer{act: startFunc, start: &Action{On: s.code.starts[1]}})
			s.resetTimer(m, gp, f, 2*time.Millisecond, 0)
			g := s.newTimer(timer{act: startFunc, start: &Action{On: s.code.starts[2]}})
			late = s.resetTimer(m, gp, g, 1*time.Millisecond, 0)
			stopped, again = s.stopTimer(g), s.stopTimer(g)
			h := s.newTimer(timer{act: startFunc, start: &Action{On: s.code.starts[3]}})
			s.resetTimer(m, gp, h, time.Millisecond, 0)
			reset = s.resetTimer(m, gp, h, 3*time.Millisecond, 2*time.Millisecond)
		})
		if got := said(events); got != "f@2ms h@3ms h@5ms h@7ms main@8ms" {
			t.Errorf("%q: %s", release, got)
		}
		if !stopped || again || late || !reset {
			t.Errorf("%q: stopped %v, and again %v; reset first %v, then %v", release, stopped, again, late, reset)
		}
	}
}

// TestTimerChan checks that a timer sends on its channel; that a value that was not
// received is taken back since Go 1.23; and that since then a timer on whose channel no
// goroutine waits does not prevent a deadlock.
func TestTimerChan(t *testing.T) {
	for _, release := range timerReleases {
		sync := release == "" || release == "go1.23"
		var c chanq.Chan
		var id timerID
		begin := func(s *Sim, m *m, gp *g) {
			var err error
			if c, err = s.chans.m.NewTimer(time.Hour); err != nil {
				t.Fatal(err)
			}
			id = s.newTimer(timer{act: sendTime, chn: c})
			s.resetTimer(m, gp, id, 2*time.Millisecond, 0)
			for i := range s.code.ins { // the program's channel becomes the timer's
				if s.code.ins[i].Verb == program.Recv {
					s.code.ins[i].On = int32(c)
				}
			}
		}
		events, s := timed(t, release, "chan c\nchan d\nmain:\ngo r\nwork 100us\nsleep 4ms\nmark main\nr:\nrecv c\nmark got\n", begin)
		if got := said(events); got != "got@2ms main@4ms" {
			t.Errorf("%q: %s, %v", release, got, s.Err())
		}
		events, s = timed(t, release, "chan c\nchan d\nmain:\nsleep 3ms\nrecv c\nmark late\nsend d 1\n", begin)
		if got := said(events); got != "late@3ms" || s.Err() != error(AllAsleep) {
			t.Errorf("%q: %s, %v", release, got, s.Err())
		}
		events, _ = timed(t, release, "chan c\nmain:\nsleep 3ms\nrecv c\n", func(s *Sim, m *m, gp *g) {
			begin(s, m, gp)
			for i := range s.code.ins { // and a receive becomes a select that would not wait
				if k := &s.code.ins[i]; k.Verb == program.Recv {
					*k = Action{Verb: program.Select, Default: true, Cases: []chanq.Case{{Chan: c}}}
				}
			}
		})
		for _, e := range events {
			if e.Kind == Did && e.What == "select" && e.Case != 0 {
				t.Errorf("%q: the time has come, and %v", release, e)
			}
		}
		_, s = timed(t, release, "chan d\nmain:\nsend d 1\n", begin)
		if at := s.Now() < time.Millisecond; s.Err() != error(AllAsleep) || at != sync {
			t.Errorf("%q: stuck at %v: %v", release, s.Now(), s.Err())
		}
		_, s = timed(t, release, "main:\nsleep 3ms\nwork 1us\n", begin)
		if was := s.stopTimer(id); was != sync {
			t.Errorf("%q: stopped when the time was sent: %v", release, was)
		}
		if n := s.chans.m.Snapshot().Chans[c-1].Buf; (len(n) == 0) != sync {
			t.Errorf("%q: %v is left", release, n)
		}
	}
}

// TestTimersGone checks that stopped and reset timers take no room.
func TestTimersGone(t *testing.T) {
	for _, release := range timerReleases {
		_, s := timed(t, release, "main:\nwork 1ms\n", func(s *Sim, m *m, gp *g) {
			f := s.newTimer(timer{act: startFunc, start: &Action{}})
			for range 10_000 {
				s.resetTimer(m, gp, f, time.Hour, 0)
			}
			if n := s.heap(s.heapOf(m)).Len(); n > 2 {
				t.Errorf("%q: a timer is in a heap %d times", release, n)
			}
			for range 100 {
				s.resetTimer(m, gp, s.newTimer(timer{act: startFunc, start: &Action{}}), time.Hour, 0)
			}
			for id := range s.timers {
				s.stopTimer(timerID(id))
			}
			for i := range 10 { // one of them is the first, and goes
				k := s.newTimer(timer{act: startFunc, start: &Action{On: s.code.starts[0]}})
				s.resetTimer(m, gp, k, time.Duration(i+1)*time.Microsecond, 0)
				defer s.stopTimer(k)
			}
			s.stopTimer(timerID(len(s.timers) - 10))
			if _, ok := s.firstOf(s.heap(s.heapOf(m))); !ok || s.heap(s.heapOf(m)).Len() != 9 {
				t.Errorf("%q: one of ten is gone, and there are %d", release, s.heap(s.heapOf(m)).Len())
			}
			// Since Go 1.23 a timer is in the heap only while a goroutine waits for its channel.
			k, err := s.makeTimer(nil)
			if err != nil {
				t.Fatal(err)
			}
			s.resetTimer(m, gp, k, time.Hour, 0)
			for range 1000 {
				s.waitForTimer(m, gp, s.timers[k].chn)
				s.waitedForTimer(s.timers[k].chn)
			}
			if n := s.heap(s.heapOf(m)).Len(); n > 12 {
				t.Errorf("%q: with those of %d waits there are %d", release, 1000, n)
			}
			s.stopTimer(k)
			if err := s.Check(); err != nil {
				t.Error(err)
			}
		})
		if _, ok := s.firstTimer(); ok {
			t.Errorf("%q: one is left", release)
		}
	}
}

// TestCheckTimers: Check finds a timer that a heap holds though it does not run, is not said
// to be in one, or is to be due at another time.
func TestCheckTimers(t *testing.T) {
	_, _ = timed(t, "", "main:\n", func(s *Sim, m *m, gp *g) {
		id := s.newTimer(timer{act: startFunc, start: &Action{}})
		s.resetTimer(m, gp, id, time.Hour, 0)
		k := &s.timers[id]
		for what, damage := range map[string]func(){
			"does not run":    func() { k.active = false },
			"is in no heap":   func() { k.heaped = false },
			"is due later on": func() { k.when++ },
		} {
			sound := *k
			damage()
			if err := s.Check(); err == nil || !strings.Contains(err.Error(), "a heap holds timer 0 for") {
				t.Errorf("a timer that %s: %v", what, err)
			}
			*k = sound
		}
	})
}

// TestCheckThreads: Check finds a thread that runs without a P, or without a goroutine.
func TestCheckThreads(t *testing.T) {
	_, _ = timed(t, "", "main:\n", func(s *Sim, m *m, gp *g) {
		for what, damage := range map[string]func(){
			"P":         func() { m.p = none },
			"goroutine": func() { m.curg = nil },
		} {
			p, curg := m.p, m.curg
			damage()
			if err := s.Check(); err == nil || err.Error() != "sched: thread 0 runs without a P or a goroutine that runs" {
				t.Errorf("a thread without a %s: %v", what, err)
			}
			m.p, m.curg = p, curg
		}
	})
}

// TestTimerprocWaits checks that the goroutine of timers continues when there are timers
// again.
func TestTimerprocWaits(t *testing.T) {
	for _, release := range timerReleases {
		events, s := timed(t, release, "main:\nsleep 1ms\nwork 2ms\nsleep 1ms\nmark main\n", func(*Sim, *m, *g) {})
		if got := said(events); got != "main@4ms" || s.Err() != nil {
			t.Errorf("%q: %s, %v", release, got, s.Err())
		}
	}
}

// TestTimersMoved checks that timers that another P has got are its own from then on: those of
// them that are stopped take no room there (runtime/time.go:take).
func TestTimersMoved(t *testing.T) {
	for _, release := range []string{"go1.14", "go1.22", "go1.23", ""} {
		events, s := timed(t, release, "timer t[20]\nmain:\nprocs 2\ngo w\nwork 1ms\nprocs 1\nmark moved\ni = loop 20\nstop t[i]\nend\nw:\ni = loop 20\nafterfunc t[i] 1h f\nend\nf:\n", func(*Sim, *m, *g) {})
		for _, e := range events {
			if e.Kind == Created && e.G == 2 && e.P != 0 || e.Kind == Started && e.G == 2 && e.P != 1 {
				t.Errorf("%q: %v", release, e)
			}
		}
		if n := s.ps[0].timers.Len(); n > 0 || s.Err() != nil {
			t.Errorf("%q: %d of 20 stopped timers are left: %v", release, n, s.Err())
		}
	}
}
