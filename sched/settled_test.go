package sched_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/sched"
)

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
