package schedlive

import (
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/internal/release"
	"github.com/orrery-go/orrery/sched"
	"github.com/orrery-go/orrery/sched/program"
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
