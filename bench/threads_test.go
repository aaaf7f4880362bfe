package bench

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/release"
)

// both runs the text of a program by itself, on real goroutines and in the model.
func both(t *testing.T, real *Real, limit time.Duration, text string, env ...string) (p *program.Program, live, model Ending) {
	t.Helper()
	p, err := program.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if live, err = real.Alone(p, limit, env...); err != nil {
		t.Fatal(live, err)
	}
	if model, err = PredictAlone(release.Running, p, limit, env...); err != nil {
		t.Fatal(err)
	}
	return p, live, model
}

// TestThreads counts the threads that blocking system calls and waiting goroutines take.
// The runtime has some threads for itself, and reuses others.
func TestThreads(t *testing.T) {
	linux(t)
	p, live, model := both(t, begin(t, 1), 5*time.Second, "chan c\nint there\nmain:\nmark\ngo w 1000\nsleep 5ms\nmark\ngo s 50\nt = 0\nwhile t < 50\nsleep 5ms\nt = atomicload there\nend\nmark\nw:\nrecv c\ns:\natomicadd there 1\nsyscall 500ms\n", "GOMAXPROCS=1")
	a, b := live.Marks(p), model.Marks(p)
	if len(a) != 3 || len(b) != 3 {
		t.Fatal(live, model)
	}
	if n := a[1].Threads - a[0].Threads; n > 1 || b[1].Threads != b[0].Threads {
		t.Errorf("1,000 goroutines that wait take %d threads, in the model %d", n, b[1].Threads-b[0].Threads)
	}
	n, want := a[2].Threads-a[1].Threads, b[2].Threads-b[1].Threads
	if d := n - want; d < -4 || d > 2 {
		t.Errorf("50 system calls take %d threads, in the model %d", n, want)
	}
	t.Logf("50 system calls take %d threads, in the model %d", n, want)
}

// TestTightLoop checks that a loop without calls is stopped since Go 1.14, by a signal,
// unless that is turned off.
func TestTightLoop(t *testing.T) {
	linux(t)
	real := begin(t, 1)
	for off, limit := range map[string]time.Duration{"0": 20 * time.Second, "1": time.Second} { // on a busy machine a panic may take long
		_, live, model := both(t, real, limit, "main:\ngo other\nspin 1h\nother:\npanic runs\n", "GOMAXPROCS=1", "GODEBUG=asyncpreemptoff="+off)
		if live.Killed != model.Killed || live.Killed != (off == "1") || live.Says != model.Says {
			t.Errorf("asyncpreemptoff %s: model %q, killed %v; real %q, %v", off, model.Says, model.Killed, live.Says, live.Killed)
		}
	}
}

// TestExhaustion checks how a program with too many threads ends.
func TestExhaustion(t *testing.T) {
	linux(t)
	_, live, model := both(t, begin(t, 1), 5*time.Second, "main:\ngo w 40\nsleep 1s\nw:\nsyscall 400ms\n", "GOMAXPROCS=1", "MAXTHREADS=20")
	if live.Says != model.Says || live.Result != nil {
		t.Errorf("model %q, real %q", model.Says, live.Says)
	}
}

// TestLocked checks that a goroutine that ends while it is locked to its thread ends the
// thread, too.
func TestLocked(t *testing.T) {
	linux(t)
	const n = 40
	for name, last := range map[string]string{"locked": "", "unlocked": "unlockthread\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, live, model := both(t, begin(t, 1), time.Minute, fmt.Sprintf("chan c\nint there\nmain:\nmark\ngo w %d\nt = 0\nwhile t < %d\nsleep 5ms\nt = atomicload there\nend\nsleep 20ms\nclose c\nsleep 100ms\nmark\nsleep 200ms\nmark\nsleep 400ms\nmark\nsleep 800ms\nmark\nw:\nlockthread\natomicadd there 1\nrecv c\n%s", n, n, last), "GOMAXPROCS=1")
			var more [2]int
			for i, marks := range [][]Mark{live.Marks(p), model.Marks(p)} {
				if len(marks) != 5 {
					t.Fatal(live, model)
				}
				// On a busy machine a thread may take long to end.
				fewest := min(marks[1].Threads, marks[2].Threads, marks[3].Threads, marks[4].Threads)
				more[i] = fewest - marks[0].Threads
			}
			t.Logf("%d more threads, in the model %d", more[0], more[1])
			// The question is whether the threads of the locked goroutines are left.
			if (more[0] > n/2) != (more[1] > n/2) || (more[1] > n/2) != (last != "") {
				t.Errorf("%d more threads, in the model %d", more[0], more[1])
			}
		})
	}
}

// TestSlice checks that a goroutine that has computed for longer than a time slice is
// stopped and goes on after all others. Those end at once, so the exact time of the stop
// makes no difference. The last that it has made, y, is next, in the time slice that is
// over: sysmon, which looks 20 us after it has found one, may stop y as well. That makes no
// difference either, since y leaves no trace, and the others have slices of their own.
func TestSlice(t *testing.T) {
	real := begin(t, 1)
	r := rand.New(rand.NewPCG(9, 9))
	trials := child.NewTrials(4)
	for trials.Next() {
		p, err := program.Parse(fmt.Sprintf("recover\nchan c 1\nchan never\nmain:\ngo f %d\ngo y 1\nwork 160ms\nmark m\nexit\nf:\nsend c 1\nrecv c\nmark f\ny:\nrecv never\n", 1+r.IntN(9)))
		if err != nil {
			t.Fatal(err)
		}
		runs, err := real.Run([]*program.Program{p})
		if err != nil {
			t.Fatal(err)
		}
		run := runs[0]
		switch {
		case run.Elapsed-run.Spun > Undisturbed: // the child's patience may end in the first slice, and wake a goroutine
			trials.Reject("over time")
			continue
		case run.Asked == 0 && runtime.GOOS == "linux": // sysmon has not run for 150 ms
			trials.Reject("not asked to stop")
			continue
		}
		model, err := Predict(release.Running, p, run.From, run.Log)
		if err != nil || model.Log != run.Log {
			t.Fatalf("%v\nfrom slice %d, model %s\nreal  %s\n%v", p, run.From, model.Log, run.Log, err)
		}
		trials.Accept()
	}
	if err := trials.Err(); err != nil {
		t.Error(err)
	}
	t.Log(trials)
}

func linux(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("threads are counted, and Ps are held, by system calls of Linux")
	}
}
