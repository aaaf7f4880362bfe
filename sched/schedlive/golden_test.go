package schedlive

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/release"
	"github.com/orrery-go/orrery/sched"
)

// TestGolden holds the model of each release against its record: in which order
// goroutines that were spawned, or woken at once, end; logs of programs that yield;
// how many threads there are; and whether a tight loop keeps others from running.
func TestGolden(t *testing.T) {
	Golden.Test(t, func(t *testing.T, rel string, a Answers) {
		if err := held(rel, a); err != nil {
			t.Error(err)
		}
	})
}

// TestLessons holds that programs are the same when they were written and read.
func TestLessons(t *testing.T) {
	crowds, logs, err := Recorded()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range append(crowds, logs...) {
		again, err := program.Parse(p.String())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, again); diff != "" {
			t.Error(diff)
		}
		if !ends(p) {
			t.Errorf("it gets stuck:\n%v", p)
		}
	}
}

// ends reports whether a program ends in every release, whatever the phase.
func ends(p *sched.Program) bool {
	for _, rel := range []string{"go1.2", "go1.4", "go1.5", "go1.14", "go1.27"} {
		for tick := range phases {
			if m, err := Predict(rel, p, tick, ""); err != nil || m.Stuck {
				return false
			}
		}
	}
	return true
}

// TestThreads holds how many threads blocking system calls and waiting goroutines
// take.
func TestThreads(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("threads are counted in /proc")
	}
	real, err := start(t).Threads(50, 1000)
	if err != nil {
		t.Fatal(err)
	}
	model, err := CountThreads(release.Running, 50, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if d := real.Blocked - model.Blocked; d < -2 || d > 4 || real.Waiting > 1 || model.Waiting != 0 {
		t.Errorf("model %+v, real %+v", model, real)
	}
	t.Logf("model %+v, real %+v", model, real)
}

// TestTightLoop holds that a loop without calls is stopped since Go 1.14, by a
// signal, unless that is turned off.
func TestTightLoop(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the child starts itself once more, from a file that is gone")
	}
	real := start(t)
	for _, off := range []bool{false, true} {
		want, err := LoopEnds(release.Running, off)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := real.LoopEnds(off); err != nil || got != want || got == off {
			t.Errorf("asyncpreemptoff %v: model %v, real %v, %v", off, want, got, err)
		}
	}
}

// TestExhaustion holds what becomes of a program with too many threads.
func TestExhaustion(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the child starts itself once more, from a file that is gone")
	}
	p, err := program.Parse("main:\ngo w 40\nsleep 1s\nw:\nsyscall 400ms\n")
	if err != nil {
		t.Fatal(err)
	}
	m, err := sched.New(sched.Config{Release: release.Running, MaxThreads: 20}, *p)
	if err != nil {
		t.Fatal(err)
	}
	want := "runtime: program exceeds 20-thread limit\nfatal error: " + fmt.Sprint(m.Run())
	if got, err := start(t).Exhaust(); err != nil || got != want {
		t.Errorf("model %q, real %q, %v", want, got, err)
	}
}

// TestLocked holds that a goroutine that ends while it is locked to its thread
// takes it along.
func TestLocked(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("threads are counted in /proc")
	}
	const n = 40
	for _, unlock := range []bool{false, true} {
		last := ""
		if unlock {
			last = "unlockthread\n"
		}
		p, err := program.Parse(fmt.Sprintf("chan c\nmain:\ngo w %d\nsleep 20ms\nclose c\nsleep 50ms\nw:\nlockthread\nrecv c\n%s", n, last))
		if err != nil {
			t.Fatal(err)
		}
		m, err := sched.New(sched.Config{Release: release.Running}, *p)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Run(); err != nil {
			t.Fatal(err)
		}
		model := -1 // there was one before
		for _, k := range m.Snapshot().Ms {
			if k.State != "dead" {
				model++
			}
		}
		real, err := start(t).Locked(n, unlock)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("unlocked %v: %d more threads in the model, %d for real", unlock, model, real)
		// The runtime starts some for itself, and has a use for others again: what
		// matters is whether the goroutines' own are left.
		if (real > n/2) != (model > n/2) {
			t.Errorf("unlocked %v: %d more threads in the model, %d for real", unlock, model, real)
		}
	}
}

// TestSlice holds that who has computed for longer than a time slice is stopped and
// goes on behind all others. Those end at once: when exactly it is stopped makes no
// difference.
func TestSlice(t *testing.T) {
	real := start(t)
	r := rand.New(rand.NewPCG(9, 9))
	for range 4 {
		p, err := program.Parse(fmt.Sprintf("recover\nchan c 1\nmain:\ngo f %d\nwork 160ms\nmark m\nexit\nf:\nsend c 1\nrecv c\nmark f\n", 1+r.IntN(9)))
		if err != nil {
			t.Fatal(err)
		}
		runs, err := real.Run([]*sched.Program{p})
		if err != nil {
			t.Fatal(err)
		}
		model, err := Predict(release.Running, p, runs[0].From, runs[0].Log)
		if err != nil || model.Log != runs[0].Log {
			t.Errorf("%v\nfrom slice %d, model %s\nreal  %s\n%v", p, runs[0].From, model.Log, runs[0].Log, err)
		}
	}
}
