package sched_test

import (
	"slices"
	"testing"

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
