package sched_test

import (
	"fmt"
	"log"
	"testing"
	"time"

	"github.com/orrery-go/orrery/sched"
)

// The same workload as processes, threads, goroutines and coroutines.
func ExampleCompare() {
	list, err := sched.Compare(sched.Turns{Workers: 10, Rounds: 1000})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range list {
		fmt.Printf("%-10s %5.1fms, %d by the kernel, %d through a queue\n", c.Way, c.Total.Seconds()*1000, c.Kernel, c.Queued/1000*1000)
	}
	// Output:
	// processes   31.2ms, 10000 by the kernel, 0 through a queue
	// threads     24.2ms, 10000 by the kernel, 0 through a queue
	// goroutines   1.0ms, 0 by the kernel, 10000 through a queue
	// coroutines   0.6ms, 0 by the kernel, 0 through a queue
}

// TestCompare checks what must hold for each way: the parts add up to the whole, more of
// anything takes longer, and a more expensive switch never makes the whole cheaper.
func TestCompare(t *testing.T) {
	for _, w := range []sched.Turns{
		{Workers: 2, Rounds: 1}, {Workers: 2, Rounds: 100, Work: 3 * time.Microsecond}, {Workers: 7, Rounds: 50, Syscalls: 2},
		{Workers: 1000, Rounds: 3}, {Workers: 3, Rounds: 10, Work: 30 * time.Millisecond, Syscalls: 1},
	} {
		list, err := sched.Compare(w)
		if err != nil {
			t.Fatal(err)
		}
		more := w
		more.Rounds *= 2
		twice, err := sched.Compare(more)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range list {
			if c.Create+c.Switch+c.Calls+c.Work != c.Total || c.Switch <= 0 {
				t.Errorf("%+v: the parts of %+v", w, c)
			}
			turns := uint64(w.Workers * w.Rounds)
			if c.Switches < turns || w.Work < 10*time.Millisecond && c.Switches > 2*turns+2*uint64(w.Workers)+10 { // of long ones sysmon makes more
				t.Errorf("%+v: %d switches in %+v", w, c.Switches, c)
			}
			if want := time.Duration(turns) * time.Duration(w.Syscalls) * sched.DefaultCosts.Syscall; c.Calls != want {
				t.Errorf("%+v: system calls take %v, want %v", w, c.Calls, want)
			}
			if twice[i].Total <= c.Total || twice[i].Create != c.Create || twice[i].Work != 2*c.Work {
				t.Errorf("%+v: twice of %+v is %+v", w, c, twice[i])
			}
			if i > 0 && c.Switch > list[i-1].Switch {
				t.Errorf("%+v: %s switch for longer than %s: %v, %v", w, c.Way, list[i-1].Way, c.Switch, list[i-1].Switch)
			}
		}
	}
}

// TestCompareErrors lists invalid workloads.
func TestCompareErrors(t *testing.T) {
	for _, w := range []sched.Turns{
		{}, {Workers: 1, Rounds: 1}, {Workers: 1001, Rounds: 1}, {Workers: 2, Rounds: -1}, {Workers: 2, Rounds: 1 << 30}, {Workers: 2, Rounds: 1, Work: -1},
		{Workers: 2, Rounds: 1, Work: 2 * time.Hour}, {Workers: 2, Rounds: 1, Syscalls: 101}, {Workers: 2, Rounds: 1, Turns: &sched.TurnCosts{Thread: -1}}, {Workers: 2, Rounds: 1, Costs: &sched.Costs{Op: time.Hour}},
	} {
		if _, err := sched.Compare(w); err == nil {
			t.Errorf("%+v: no error", w)
		}
	}
}

// TestCompareWork: a nanosecond of work in each turn is a nanosecond of the whole.
func TestCompareWork(t *testing.T) {
	w := sched.Turns{Workers: 3, Rounds: 20}
	none, err := sched.Compare(w)
	if err != nil {
		t.Fatal(err)
	}
	w.Work = 1
	one, err := sched.Compare(w)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range one {
		if more := c.Total - none[i].Total; more != 60 || c.Work != 60 || c.Switch != none[i].Switch {
			t.Errorf("60 turns of 1ns: %v more for %v, and the parts are %+v", more, c.Way, c)
		}
	}
}
