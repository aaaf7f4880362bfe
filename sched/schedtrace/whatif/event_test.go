package whatif

import (
	"slices"
	"testing"
	"time"

	"golang.org/x/exp/trace"
)

// A tape gives a recorder one event each microsecond.
type tape struct {
	*testing.T
	r   *recorder
	now trace.Time
	at  trace.Stack // of the next event
}

// newTape begins a region of goroutine 1, which has started goroutine 2. That runs.
func newTape(t *testing.T) *tape {
	p := &tape{T: t, r: newRecorder("go1.26"), now: 1000, at: trace.NoStack}
	p.goes(1, 1, trace.GoUndetermined, trace.GoRunning, "", "")
	give(p, trace.EventRegionBegin, 1, trace.Region{Type: category})
	p.goes(1, 2, trace.GoNotExist, trace.GoRunnable, "", "")
	p.goes(2, 2, trace.GoRunnable, trace.GoRunning, "", "")
	return p
}

func give[T trace.EventDetails](p *tape, k trace.EventKind, g trace.GoID, details T) {
	p.Helper()
	p.now += trace.Time(time.Microsecond)
	e, err := trace.MakeEvent(trace.EventConfig[T]{Kind: k, Time: p.now, Goroutine: g, Stack: p.at, Details: details})
	p.at = trace.NoStack
	if err == nil {
		err = p.r.event(e)
	}
	if err != nil {
		p.Fatal(err)
	}
}

// notes has a goroutine log what package note does.
func (p *tape) notes(g trace.GoID, texts ...string) {
	p.Helper()
	for _, text := range texts {
		give(p, trace.EventLog, g, trace.Log{Category: category, Message: text})
	}
}

// goes has a goroutine change the state of g, for a reason and in a function.
func (p *tape) goes(by, g trace.GoID, from, to trace.GoState, reason, where string) {
	p.Helper()
	s := trace.MakeGoStateTransition(g, from, to)
	s.Reason = reason
	if where != "" {
		p.at = trace.MakeStack([]trace.StackFrame{{PC: 1, Func: where, File: "x.go", Line: 1}})
	}
	give(p, trace.EventStateTransition, by, s)
}

// waits has a goroutine wait for a condition, or for something else, in a function.
func (p *tape) waits(g trace.GoID, reason, where string) {
	p.Helper()
	p.goes(g, g, trace.GoRunning, trace.GoWaiting, reason, where)
}

// wakes has a goroutine end the wait of g, which runs at once.
func (p *tape) wakes(by, g trace.GoID) {
	p.Helper()
	p.goes(by, g, trace.GoWaiting, trace.GoRunnable, "", "")
	p.goes(g, g, trace.GoRunnable, trace.GoRunning, "", "")
}

const (
	inCond  = "sync.(*Cond).Wait"
	inMutex = "sync.(*Mutex).Lock"
	inNote  = "github.com/orrery-go/orrery/" + frames + "Wait"
	inMain  = "main.main"
)

// TestUnlocksFirst has events of a wait for a condition which is noted before it takes
// place, and of whatever the goroutine does in between, or the others. Each is the recording
// of a program that has come to its end: so must be the replay.
func TestUnlocksFirst(t *testing.T) {
	for name, record := range map[string]func(p *tape){
		"Wait unlocks what main wants to lock, without notes": func(p *tape) {
			p.waits(1, inMutex, inMain)
			p.notes(2, "condwait a 0 b")
			p.wakes(2, 1)
			p.waits(2, inCond, inNote)
			p.notes(1, "signal a 0 b")
			p.wakes(1, 2)
			p.waits(1, inMutex, inMain)
			p.wakes(2, 1)
		},
		"so it does with a lock for readers, to two goroutines, while it is preempted": func(p *tape) {
			p.goes(1, 3, trace.GoNotExist, trace.GoRunnable, "", "")
			p.goes(3, 3, trace.GoRunnable, trace.GoRunning, "", "")
			p.waits(1, inMutex, inMain)
			p.waits(3, inMutex, inMain)
			p.notes(2, "condwait a 2 b")
			p.wakes(2, 3)
			p.goes(2, 2, trace.GoRunning, trace.GoRunnable, "preempted", "")
			p.goes(2, 2, trace.GoRunnable, trace.GoRunning, "", "")
			p.wakes(2, 1)
			p.waits(2, inCond, inNote)
			p.notes(1, "broadcast a 2 b", "wait c 0")
			p.wakes(1, 2)
			p.notes(1, "recv d 0")
			p.notes(2, "send d 0")
		},
		"the lock has notes, the Signal none": func(p *tape) {
			p.notes(2, "lock b 0", "condwait a 0 b")
			p.waits(2, inCond, inNote)
			p.notes(1, "lock b 0", "unlock b 0")
			p.wakes(1, 2)
			p.notes(1, "recv d 0")
			p.notes(2, "unlock b 0", "send d 0")
		},
		"nothing but the Wait has notes": func(p *tape) {
			p.notes(2, "condwait a 0 b")
			p.waits(2, inCond, inNote)
			p.wakes(1, 2)
			p.notes(1, "recv d 0")
			p.notes(2, "send d 0")
		},
		"a wait that is none, and then one without a note": func(p *tape) {
			p.notes(2, "condwait a 0 b")
			p.waits(2, inCond, inMain)
			p.notes(1, "signal a 0 b")
			p.wakes(1, 2)
			p.notes(1, "recv d 0")
			p.notes(2, "send d 0")
		},
	} {
		p := newTape(t)
		record(p)
		give(p, trace.EventRegionEnd, 1, trace.Region{Type: category})
		w, err := p.r.finish()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for procs := 1; procs <= 4; procs++ {
			if out, err := w.Replay(Config{Procs: procs}); err != nil || out.Guessed != 0 {
				t.Errorf("%s: %d Ps: %+v, %v", name, procs, out, err)
			}
		}
	}
}

// TestLateReceive has events of goroutines that are stopped between the note of a receive
// and the receive: another, which notes it later, gets the value.
func TestLateReceive(t *testing.T) {
	for name, record := range map[string]func(p *tape){
		"one gets that the channel is closed, and the other the last value": func(p *tape) {
			p.notes(2, "recv c 1")
			p.notes(3, "recv c 1")
			p.notes(1, "send c 1", "close c 1")
			p.notes(3, "send d 0", "recv c 1", "closed c 1", "add e -1")
			p.notes(2, "closed c 1", "add e -1")
			p.notes(1, "recv d 0", "wait e 0")
		},
		"so do two": func(p *tape) {
			p.notes(2, "recv c 1")
			p.notes(1, "send c 1", "send c 1", "close c 1")
			p.notes(3, "recv c 1", "send d 0", "recv c 1", "send d 0", "recv c 1", "closed c 1", "add e -1")
			p.notes(2, "closed c 1", "add e -1")
			p.notes(1, "recv d 0", "recv d 0", "wait e 0")
		},
		"so they do by selects": func(p *tape) {
			p.notes(2, "select r:c:1,r:b:0")
			p.notes(3, "select r:c:1,r:b:0")
			p.notes(1, "send c 1", "close c 1")
			p.notes(3, "case 0 0", "send d 0", "select r:c:1,r:b:0", "case 1 0", "add e -1")
			p.notes(2, "case 1 0", "add e -1")
			p.notes(1, "recv d 0", "wait e 0")
		},
		"one waits to the end": func(p *tape) {
			p.notes(2, "recv c 1")
			p.notes(1, "send c 1")
			p.notes(3, "recv c 1", "send d 0", "recv f 0", "add e -2")
			p.waits(2, "chan receive", inNote)
			p.notes(1, "recv d 0", "send f 0", "wait e 0")
		},
	} {
		p := newTape(t)
		p.goes(1, 3, trace.GoNotExist, trace.GoRunnable, "", "")
		p.goes(3, 3, trace.GoRunnable, trace.GoRunning, "", "")
		p.notes(1, "add e 2")
		record(p)
		give(p, trace.EventRegionEnd, 1, trace.Region{Type: category})
		w, err := p.r.finish()
		if err != nil || w.recorded.Ignored > 0 {
			t.Errorf("%s: %v, %+v", name, err, w.recorded)
			continue
		}
		for procs := 1; procs <= 4; procs++ {
			for seed := range uint64(20) {
				if out, err := w.Replay(Config{Procs: procs, Seed: seed}); err != nil || out.Guessed != 0 {
					t.Errorf("%s: %d Ps: %+v, %v", name, procs, out, err)
					break
				}
			}
		}
	}
}

// TestLateSend has a goroutine note a send before another, and wait there to the end: main
// gets the value of the other.
func TestLateSend(t *testing.T) {
	p := newTape(t)
	p.goes(1, 3, trace.GoNotExist, trace.GoRunnable, "", "")
	p.goes(3, 3, trace.GoRunnable, trace.GoRunning, "", "")
	p.notes(2, "send c 0")
	p.notes(3, "send c 0")
	p.notes(1, "recv c 0")
	p.waits(2, "chan send", inNote)
	give(p, trace.EventRegionEnd, 1, trace.Region{Type: category})
	w, err := p.r.finish()
	if err != nil {
		t.Fatal(err)
	}
	var sent []int32
	for _, s := range w.scripts {
		for _, o := range s.ops {
			if o.verb == send {
				sent = append(sent, o.n)
			}
		}
	}
	if !slices.Equal(sent, []int32{-1, 0}) || w.channels[0].sends != 1 {
		t.Errorf("%v, %d sends", sent, w.channels[0].sends)
	}
	if _, err := w.Replay(Config{Procs: 2}); err != nil {
		t.Error(err)
	}
}

// TestLateAdd has two goroutines count themselves, and the last of them close a channel.
// The note of the first comes after the other has done all of its own.
func TestLateAdd(t *testing.T) {
	for _, tt := range []struct {
		first int64
		notes []string
	}{
		{0, []string{"atomicadd a 1 2", "atomicadd a -1 1", "atomicadd a 1 1", "atomicadd a -1 0"}},
		{2, []string{"atomicadd a -1 0", "atomicadd a 1 1", "atomicadd a -1 1", "atomicadd a 1 2"}},
	} {
		p := newTape(t)
		p.goes(1, 3, trace.GoNotExist, trace.GoRunnable, "", "")
		p.goes(3, 3, trace.GoRunnable, trace.GoRunning, "", "")
		p.notes(3, tt.notes[:2]...)
		p.notes(2, tt.notes[2:]...)
		p.notes(2, "close c 0")
		p.notes(1, "recv c 0", "closed c 0")
		give(p, trace.EventRegionEnd, 1, trace.Region{Type: category})
		w, err := p.r.finish()
		if err != nil {
			t.Fatal(err)
		}
		if w.vars[0].first != tt.first {
			t.Errorf("%v: %d at first, want %d", tt.notes, w.vars[0].first, tt.first)
		}
		for seed := range uint64(20) {
			if _, err := w.Replay(Config{Procs: 2, Seed: seed}); err != nil {
				t.Errorf("%v: %v", tt.notes, err)
				break
			}
		}
	}
}

// TestPreempted has a goroutine stopped between the note of a send, or a close, and the
// operation, which then ends the select of main, and before that a wait without a note.
func TestPreempted(t *testing.T) {
	for _, verb := range []string{"send", "close"} {
		p := newTape(t)
		p.goes(1, 3, trace.GoNotExist, trace.GoRunnable, "", "")
		p.goes(3, 3, trace.GoRunnable, trace.GoRunning, "", "")
		p.waits(3, "chan receive", inMain)
		p.notes(1, "select r:c:0,r:d:0")
		p.waits(1, "select", inMain)
		p.notes(2, verb+" c 0")
		p.goes(2, 2, trace.GoRunning, trace.GoRunnable, "preempted", "")
		p.goes(2, 2, trace.GoRunnable, trace.GoRunning, "", "")
		if verb == "close" {
			p.wakes(2, 3)
		}
		p.wakes(2, 1)
		p.notes(1, "case 0 0", "recv e 0")
		p.notes(2, "send e 0")
		give(p, trace.EventRegionEnd, 1, trace.Region{Type: category})
		w, err := p.r.finish()
		if err != nil || w.recorded.Ignored > 0 {
			t.Fatalf("%v, %+v", err, w.recorded)
		}
		for procs := 1; procs <= 4; procs++ {
			if out, err := w.Replay(Config{Procs: procs}); err != nil || out.Guessed != 0 {
				t.Errorf("%s: %d Ps: %+v, %v", verb, procs, out, err)
			}
		}
		if main := w.scripts[0].ops; !slices.ContainsFunc(main, func(o op) bool { return o.verb == choose }) {
			t.Errorf("%s: the select is gone: %+v", verb, main)
		}
	}
}
