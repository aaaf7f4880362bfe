package sched_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// story runs a program and returns its events.
func story(t *testing.T, c sched.Config, text string) (events []sched.Event, s *sched.Sim) {
	t.Helper()
	p, err := program.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = sched.New(c, *p); err != nil {
		t.Fatal(err)
	}
	for e := range s.Events() {
		events = append(events, e)
		if err := s.Check(); err != nil {
			t.Fatalf("after %v: %v", e, err)
		}
	}
	return events, s
}

// first finds the first event of a kind, of goroutine g if it is not 0.
func first(t *testing.T, events []sched.Event, k sched.Kind, g sched.G) sched.Event {
	t.Helper()
	for _, e := range events {
		if e.Kind == k && (g == 0 || e.G == g) {
			return e
		}
	}
	t.Fatalf("nothing is %v", k)
	return sched.Event{}
}

func count(events []sched.Event, k sched.Kind) (n int) {
	for _, e := range events {
		if e.Kind == k {
			n++
		}
	}
	return n
}

// TestSteal checks that half of a ring is taken, rounded up, and the last of it run; and
// that runnext is taken only after a pause, and only if it is still there.
func TestSteal(t *testing.T) {
	for n, want := range map[int]int64{2: 1, 3: 1, 4: 2, 6: 3, 8: 4, 9: 4} {
		// n goroutines: one is runnext, n-1 are in the ring when the second thread
		// looks, and main still computes.
		events, _ := story(t, sched.Config{Procs: 2}, fmt.Sprintf("main:\ngo w %d\nwork 1ms\nw:\nwork 1us\n", n))
		e := first(t, events, sched.Stole, 0)
		if e.N != want {
			t.Errorf("%d in the ring: %d are stolen, want %d", n-1, e.N, want)
		}
		if s := first(t, events, sched.Started, 0); s.G != 1 {
			t.Errorf("%v", s)
		}
		for i, k := range events {
			if k.Seq == e.Seq {
				if next := events[i+1]; next.Kind != sched.Started || next.G != sched.G(1+want) || next.P != 1 {
					t.Errorf("%d in the ring: then %v", n-1, next)
				}
			}
		}
	}
	events, _ := story(t, sched.Config{Procs: 2}, "main:\ngo w\nwork 100us\nw:\nwork 1us\n")
	spin, stole := first(t, events, sched.NewM, 0), first(t, events, sched.Stole, 0)
	if pause := stole.At - spin.At - sched.DefaultCosts.Thread; pause != sched.DefaultCosts.Backoff {
		t.Errorf("runnext is stolen after %v", pause)
	}
	// Go 1.5 and 1.6 wait for 100 microseconds, not for 3 (go1.6.4 runtime/proc1.go:runqgrab).
	for release, want := range map[string]time.Duration{"go1.5": 97 * time.Microsecond, "go1.6": 97 * time.Microsecond, "go1.7": 0, "go1.8": 0} {
		events, _ := story(t, sched.Config{Release: release, Procs: 2}, "main:\ngo w\nwork 1ms\nw:\nwork 1us\n")
		spin, stole := first(t, events, sched.NewM, 0), first(t, events, sched.Stole, 0)
		if pause := stole.At - spin.At - sched.DefaultCosts.Thread; pause != want+sched.DefaultCosts.Backoff {
			t.Errorf("%s: runnext is stolen after %v, want %v more than today", release, pause, want)
		}
	}
	// The goroutine that made it runnext parks before the pause is over, and its P runs
	// it.
	costs := sched.DefaultCosts
	costs.Thread = 0
	events, _ = story(t, sched.Config{Procs: 2, Costs: &costs}, "chan c\nmain:\ngo w\nrecv c\nw:\nwork 10us\nsend c\n")
	if n := count(events, sched.Stole); n != 0 {
		t.Errorf("%d are stolen", n)
	}
}

// TestSpinning checks that at most half as many threads look for work as there are busy
// Ps, except for a thread that was woken to.
func TestSpinning(t *testing.T) {
	p, err := program.Parse("chan c 8\nmain:\ngo w 40\nsleep 1ms\nw:\nloop\nwork 3us\nsend c\nrecv c\nsleep 5us\nend\n")
	if err != nil {
		t.Fatal(err)
	}
	s, err := sched.New(sched.Config{Procs: 8, Seed: 3}, *p)
	if err != nil {
		t.Fatal(err)
	}
	spun := 0
	for more := true; more; more, _ = s.Step() {
		spinning, idle := s.Spinning()
		if busy := 8 - idle; spinning > 1 && 2*(spinning-1) >= busy {
			t.Fatalf("%d spin, and %d are busy", spinning, busy)
		}
		spun += spinning
	}
	if spun == 0 {
		t.Error("none spins")
	}
	// While one of two threads waits before it steals, the other does not look for work.
	costs := sched.DefaultCosts
	costs.Backoff = time.Millisecond
	events, _ := story(t, sched.Config{Procs: 2, Costs: &costs}, "main:\ngo w\nwork 100us\nsleep 5ms\nw:\nwork 10us\n")
	for _, e := range events {
		if e.Kind == sched.Spinning && e.At < time.Millisecond {
			t.Errorf("%v %v", e.At, e)
		}
	}
}

// TestRetake checks when sysmon takes the P of a system call: soon if there is work for
// it, after 10 ms if there is none and another P is idle.
func TestRetake(t *testing.T) {
	events, _ := story(t, sched.Config{Procs: 1}, "main:\ngo w\nyield\nsyscall 30ms\nw:\nsleep 1us\nwork 1us\nsleep 3ms\nwork 1us\nsyscall 1us\nwork 50ms\n")
	if e := first(t, events, sched.Retook, 1); e.At > 100*time.Microsecond {
		t.Errorf("with work for it, taken at %v", e.At)
	}
	events, _ = story(t, sched.Config{Procs: 2}, "main:\nsyscall 1us\nsyscall 30ms\n")
	if e := first(t, events, sched.Retook, 1); e.At < 10*time.Millisecond || e.At > 25*time.Millisecond {
		t.Errorf("without, taken at %v", e.At)
	}
	events, _ = story(t, sched.Config{Procs: 2}, "main:\nsyscall 1us\nsyscall 5ms\n")
	if n := count(events, sched.Retook); n != 0 {
		t.Errorf("taken %d times in 5 ms", n)
	}
}

// TestExitSyscall checks the four ways in which a system call returns.
func TestExitSyscall(t *testing.T) {
	for how, text := range map[string]string{
		"with its own P":       "main:\nsyscall 1us\n",
		"with an idle P":       "main:\ngo w\nblock 1ms\nw:\nwork 100us\n",
		"without a P":          "main:\ngo w\nblock 1ms\nmark main\nw:\nwork 9ms\nmark w\n",
		"with the P of before": "main:\ngo w\nblock 950us\nw:\nwork 900us\nsyscall 3ms\n",
	} {
		events, _ := story(t, sched.Config{Procs: 1}, text)
		if e := first(t, events, sched.Left, 1); e.What != how {
			t.Errorf("it ends %s, not %s", e.What, how)
		}
		if how == "without a P" {
			if w := first(t, events, sched.Marked, 0); w.What != "w" {
				t.Errorf("it continues without a P: %v", w)
			}
		}
	}
}

// TestAfterSyscall checks that a goroutine that returns without a P runs after all
// others, and that a P that is given up without work gets a thread that looks for some.
func TestAfterSyscall(t *testing.T) {
	events, _ := story(t, sched.Config{Schedtick: 1}, "main:\ngo w 3\nblock 1ms\nmark main\nexit\nw:\nwork 3ms\nmark w\n")
	if got := marks(events); got != "w w w main" {
		t.Errorf("order %s", got)
	}
	events, _ = story(t, sched.Config{Schedtick: 1}, "main:\nblock 1ms\n")
	if e := first(t, events, sched.NewM, 0); e.N != 1 {
		t.Errorf("%v does not spin", e)
	}
}

func marks(events []sched.Event) string {
	var out []string
	for _, e := range events {
		if e.Kind == sched.Marked {
			out = append(out, e.What)
		}
	}
	return strings.Join(out, " ")
}

// TestPreempt checks that a time slice is 10 ms, that a stopped goroutine goes to the
// global queue, and where it can be stopped.
func TestPreempt(t *testing.T) {
	for _, tt := range []struct {
		release, op string
		off, stops  bool
	}{
		{"go1.1", "work", false, false}, {"go1.2", "work", false, true}, {"go1.2", "spin", false, false}, {"go1.13", "spin", false, false},
		{"go1.14", "spin", false, true}, {"go1.26", "spin", false, true}, {"go1.26", "spin", true, false}, {"go1.26", "work", true, true},
	} {
		c := sched.Config{Release: tt.release, NoAsyncPreempt: tt.off, Schedtick: 1, Costs: &sched.Costs{}}
		events, s := story(t, c, "main:\ngo w\n"+tt.op+" 100ms\nw:\nwork 1ms\n")
		early := slices.ContainsFunc(events, func(e sched.Event) bool { return e.Kind == sched.Preempted && e.At < 90*time.Millisecond })
		if early != tt.stops {
			t.Errorf("%+v: stopped: %v", tt, early)
		}
		if !early {
			continue
		}
		e := first(t, events, sched.Preempted, 1)
		if e.At < 10*time.Millisecond || e.At > 21*time.Millisecond {
			t.Errorf("%+v: stopped at %v", tt, e.At)
		}
		if s.Now() != 101*time.Millisecond {
			t.Errorf("%+v: ends at %v: the computation before or after the stop is lost", tt, s.Now())
		}
	}
	// It runs after the local queue, though it has waited longer.
	events, _ := story(t, sched.Config{Schedtick: 1}, "main:\ngo w 3\nspin 15ms\nmark main\nw:\nmark w\n")
	if got := marks(events); got != "w w w main" {
		t.Errorf("order %s", got)
	}
}

// TestLocked checks that a locked goroutine runs on its own thread, and what happens to
// the thread when the goroutine ends.
func TestLocked(t *testing.T) {
	for _, release := range []string{"go1.9", "go1.10", "go1.26"} {
		events, s := story(t, sched.Config{Release: release, Procs: 2}, "chan c\nmain:\ngo w\nloop 20\nsend c\nend\nsleep 1ms\nw:\nlockthread\nloop 20\nrecv c\nwork 1us\nend\n")
		var on sched.M = -1
		for _, e := range events {
			if e.G != 2 || e.Kind != sched.Started && e.Kind != sched.Did {
				continue
			}
			if e.What == "lockthread" {
				on = e.M
			}
			if on >= 0 && e.M != on {
				t.Fatalf("%s: locked to m%d: %v", release, on, e)
			}
		}
		dead := false
		for _, m := range s.Snapshot().Ms {
			dead = dead || m.Status == "dead" && m.M == on
		}
		if want := release != "go1.9"; dead != want && on != 0 {
			t.Errorf("%s: the thread has ended: %v", release, dead)
		}
	}
}

// TestWedged checks that the first thread stays, unused, when a goroutine that is locked
// to it ends while main continues on another thread.
func TestWedged(t *testing.T) {
	for release, want := range map[string]string{"go1.9": "idle", "go1.10": "wedged", "go1.26": "wedged"} {
		events, s := story(t, sched.Config{Release: release}, "main:\ngo w\nyield\nsleep 1ms\nmark main\nw:\nlockthread\n")
		if got := s.Snapshot().Ms[0].Status; got != want && (want == "wedged" || got == "wedged" || got == "dead") || s.Err() != nil {
			t.Errorf("%s: m0 is %s, %v", release, got, s.Err())
		}
		if e := first(t, events, sched.Marked, 1); (e.M == 0) == (want == "wedged") {
			t.Errorf("%s: %v", release, e)
		}
	}
}

// TestTimerOfBusyP checks that a sleeper wakes up while the P on which it fell asleep is
// busy. Since Go 1.14 another P steals its timer, but in 1.14 and 1.15 only once the
// busy one was asked to stop, after 10 ms; earlier, timers do not belong to Ps.
func TestTimerOfBusyP(t *testing.T) {
	for _, release := range []string{"go1.2", "go1.4", "go1.5", "go1.13", "go1.14", "go1.15", "go1.16", ""} {
		_, s := story(t, sched.Config{Release: release, Procs: 2, MaxEvents: 10_000}, "main:\ngo first\nsleep 1ms\nfirst:\nspin 50ms\n")
		least, most := time.Millisecond, 3*time.Millisecond
		if release == "go1.14" || release == "go1.15" {
			least, most = 10*time.Millisecond, 21*time.Millisecond
		}
		if err := s.Err(); err != nil || s.Now() < least || s.Now() > most {
			t.Errorf("%q: main wakes up at %v: %v", release, s.Now(), err)
		}
	}
}

// TestNested checks that since Go 1.10 each LockOSThread needs its UnlockOSThread, and
// that one more has no effect.
func TestNested(t *testing.T) {
	for release, want := range map[string]sched.G{"go1.9": 0, "go1.10": 1, "": 1} {
		_, s := story(t, sched.Config{Release: release, Procs: 1}, "main:\nlockthread\nlockthread\nunlockthread\n")
		if got := s.Snapshot().Ms[0].Locked; got != want {
			t.Errorf("%q: after two calls and one back, m0 is locked to %d, want %d", release, got, want)
		}
		_, s = story(t, sched.Config{Release: release, Procs: 1}, "main:\nunlockthread\nlockthread\nlockthread\nunlockthread\nunlockthread\n")
		if got := s.Snapshot().Ms[0].Locked; got != 0 {
			t.Errorf("%q: after as many calls back, m0 is locked to %d", release, got)
		}
	}
}

// TestProcs checks that a change of GOMAXPROCS stops all goroutines, and where the
// queues of removed Ps go.
func TestProcs(t *testing.T) {
	events, s := story(t, sched.Config{Procs: 4, Schedtick: 1}, "main:\ngo w 40\nwork 200us\nprocs 1\nmark one\nsleep 50ms\nw:\nwork 100us\n")
	stopped, resumed := first(t, events, sched.Stopped, 0), first(t, events, sched.Resumed, 0)
	for _, e := range events {
		if e.Seq > stopped.Seq && e.Seq < resumed.Seq && (e.Kind == sched.Started || e.Kind == sched.Did || e.Kind == sched.Created) {
			t.Errorf("while the world is stopped: %v", e)
		}
		if e.Seq > resumed.Seq && e.P > 0 {
			t.Errorf("on a P that is gone: %v", e)
		}
	}
	if k := s.Stats(); k.Exited != 40 || s.Err() != nil {
		t.Errorf("%d of 40 have ended, %v", k.Exited, s.Err())
	}
	// A loop without calls that no signal stops keeps the world from stopping.
	_, s = story(t, sched.Config{Release: "go1.13", Procs: 2, MaxTime: time.Second}, "main:\ngo w\nwork 1ms\nprocs 1\nw:\nloop\nend\n")
	if s.Err() == nil || s.Snapshot().StoppedFor != 1 {
		t.Errorf("the world stops: %v", s.Err())
	}
}

// TestReuse checks that the descriptor of an ended goroutine is used again, including
// its stack unless that has grown.
func TestReuse(t *testing.T) {
	_, s := story(t, sched.Config{}, "main:\nloop 100\ngo w 10\nyield\nyield\nend\nw:\nmark runs\n")
	if k := s.Stats(); k.Created != 1001 || k.Reused < 980 || k.StackBytes != 2048*int64(k.Created-k.Reused) {
		t.Errorf("%d of %d were used again, %d bytes of stacks", k.Reused, k.Created, k.StackBytes)
	}
	events, s := story(t, sched.Config{}, "main:\ngo w\nyield\ngo w\nyield\nw:\ngrow 20000\n")
	if k := s.Stats(); k.StackCopies != 8 || k.StackBytes != 2048 {
		t.Errorf("%d copies, %d bytes of stacks", k.StackCopies, k.StackBytes)
	}
	if e := first(t, events, sched.Copied, 0); e.N != 4096 {
		t.Errorf("%v", e)
	}
}

// TestNet checks that a thread waits for the network when there is nothing else to do,
// and that sysmon polls after 10 ms when all are busy.
func TestNet(t *testing.T) {
	events, _ := story(t, sched.Config{}, "main:\nnetread 3ms\nmark read\n")
	if e := first(t, events, sched.Marked, 0); e.At < 3*time.Millisecond || e.At > 3*time.Millisecond+20*time.Microsecond {
		t.Errorf("read at %v", e.At)
	}
	first(t, events, sched.Polls, 0)
	// Of three that are ready at once the first runs, and two idle Ps are started for
	// the others.
	events, _ = story(t, sched.Config{Procs: 4, Costs: &sched.Costs{}}, "main:\ngo r 3\nnetread 9ms\nr:\nnetread 3ms\nwork 1ms\nmark read\n")
	for _, e := range events {
		if e.Kind == sched.Stole && e.At > 0 {
			t.Errorf("%v %v", e.At, e)
		}
	}
	// A thread in netpoll finds no idle P for a goroutine that is ready: the next thread that
	// runs out of work looks for more, though another one looks already, and waits before it
	// steals (runtime/proc.go:pidlegetSpinning).
	costs := sched.DefaultCosts
	costs.Backoff = 40 * time.Millisecond
	events, _ = story(t, sched.Config{Procs: 2, Costs: &costs}, "main:\ngo n\nyield\nwork 1ms\ngo w\nwork 5ms\nsleep 100ms\nn:\nnetread 3ms\nmark n\nw:\nwork 10us\n")
	for i, e := range events {
		if e.Kind == sched.Exited && e.G == 2 {
			if k := events[i+1]; k.Kind != sched.Spinning || k.M != 0 || k.At != e.At {
				t.Errorf("g2, which was made ready without an idle P, has exited, and then %v", k)
			}
		}
	}
	// One P is busy for long without polling the network.
	events, _ = story(t, sched.Config{Schedtick: 1, Release: "go1.13"}, "main:\ngo r\nyield\nspin 40ms\nmark done\nyield\nyield\nr:\nnetread 1ms\nmark read\n")
	if e := first(t, events, sched.Readied, 2); e.At < 10*time.Millisecond || e.At > 25*time.Millisecond || e.M != -1 {
		t.Errorf("sysmon finds it at %v: %v", e.At, e)
	}
	// It polls if the last poll is more than 10 ms ago: on every second of its turns, if
	// those are 10 ms apart to the nanosecond.
	main, readers := "main:\n", ""
	for i := range 10 {
		main += fmt.Sprintf("go r%d\n", i)
		readers += fmt.Sprintf("r%d:\nnetread %dms\n", i, 9*i+1)
	}
	events, _ = story(t, sched.Config{Schedtick: 1, Release: "go1.13", Costs: &sched.Costs{}}, main+"yield\nspin 100ms\n"+readers)
	var polls []time.Duration
	for _, e := range events {
		if e.Kind == sched.Readied && e.M == -1 && !slices.Contains(polls, e.At) {
			polls = append(polls, e.At)
		}
	}
	for i, at := range polls[min(1, len(polls)):] {
		if d := at - polls[i]; d != 20*time.Millisecond {
			t.Errorf("sysmon polls after %v", d)
		}
	}
	if len(polls) < 4 {
		t.Errorf("sysmon polls at %v", polls)
	}
}

// TestTimers checks that a timer on a busy P is noticed by the thread that waits in
// netpoll, which runs the goroutine that it wakes on another P.
func TestTimers(t *testing.T) {
	events, _ := story(t, sched.Config{Procs: 2, Schedtick: 1}, "main:\ngo a\nyield\nwork 500us\ngo b\nyield\nspin 20ms\na:\nsleep 10ms\nmark a\nb:\nsleep 1ms\nmark b\n")
	if e := first(t, events, sched.Marked, 3); e.At < 1500*time.Microsecond || e.At > 1600*time.Microsecond {
		t.Errorf("%v %v", e.At, e)
	}
	// A timer that is due when the thread in netpoll comes back anyway does not wake it.
	events, _ = story(t, sched.Config{Procs: 2, Costs: &sched.Costs{}}, "main:\ngo w\nsleep 10ms\nwork 1ms\nw:\nwork 1ms\nsleep 9ms\n")
	if n := count(events, sched.Polls); n != 1 {
		t.Errorf("%d waits in netpoll", n)
	}
	// That thread looked for work before, and does so again.
	if i := slices.IndexFunc(events, func(e sched.Event) bool { return e.At == 10*time.Millisecond }); i < 0 || events[i].Kind != sched.Spinning {
		t.Errorf("%v does not look for work", events[max(i, 0)])
	}
	// In Go 1.14 and 1.15 the timers of a P that runs a goroutine are stolen when that has been
	// asked to stop: when its time slice is over (runtime/proc.go:shouldStealTimers).
	for release, want := range map[string]string{"go1.14": "14ms", "go1.15": "14ms", "go1.16": "5ms"} {
		events, _ = story(t, sched.Config{Release: release, Procs: 2, NoAsyncPreempt: true}, "main:\ngo a\nyield\nspin 40ms\na:\nsleep 5ms\nmark a\n")
		if got := first(t, events, sched.Marked, 2).At.Truncate(time.Millisecond).String(); got != want {
			t.Errorf("%s: %s, want %s", release, got, want)
		}
	}
}

// TestForcedGC checks that a collection is forced every two minutes.
func TestForcedGC(t *testing.T) {
	_, s := story(t, sched.Config{}, "main:\nloop 7\nsleep 1m\nend\n")
	if k := s.Stats(); k.ForcedGCs != 3 {
		t.Errorf("%d in 7 minutes", k.ForcedGCs)
	}
}

// TestWorkers checks that workers of the runtime run before all others.
func TestWorkers(t *testing.T) {
	c := sched.Config{Procs: 2, Workers: sched.Workers{GC: 25 * time.Microsecond, GCPeriod: 100 * time.Microsecond, Trace: time.Microsecond, TracePeriod: time.Millisecond}}
	events, s := story(t, c, "main:\ngo w 4\nloop 1000\nwork 10us\nyield\nend\nw:\nloop\nwork 10us\nyield\nend\n")
	ran := map[sched.G]time.Duration{}
	for _, g := range s.Snapshot().Gs {
		ran[g.G] = g.Run
	}
	// A quarter of each P's time belongs to the collector.
	for g := sched.G(-4); g <= -3; g++ {
		if share := float64(ran[g]) / float64(s.Now()); share < 0.2 || share > 0.3 {
			t.Errorf("worker %d had %.2f of the time", g, share)
		}
	}
	if ran[-2] == 0 || count(events, sched.Started) == 0 {
		t.Error("no trace is read")
	}
	// A P that is given up while one goroutine runs and two Ps are idle becomes idle, too, unless
	// its worker is due: since the period is over, the shortest one, too.
	for _, w := range []sched.Workers{{}, {GCPeriod: 6 * time.Microsecond}, {GCPeriod: 5 * time.Microsecond}, {GCPeriod: 1}, {TracePeriod: 5 * time.Microsecond}, {TracePeriod: 1}} {
		events, _ = story(t, sched.Config{Procs: 4, Workers: w, Costs: &sched.Costs{}}, "main:\ngo w\nwork 10us\nw:\nwork 5us\nblock 1us\n")
		i := slices.IndexFunc(events, func(e sched.Event) bool { return e.Kind == sched.Handoff })
		if idle := w.GCPeriod+w.TracePeriod == 0 || w.GCPeriod > 5*time.Microsecond; i < 0 || (events[i+1].Kind == sched.PIdle) != idle {
			t.Errorf("%+v: after it was given up: %v", w, events[i+1])
		}
		for g, period := range map[sched.G]time.Duration{-6: w.GCPeriod, -2: w.TracePeriod} {
			if period > 0 && first(t, events, sched.Started, g).At != 0 {
				t.Errorf("%+v: worker %d is late", w, g)
			}
		}
	}
}

// TestTries: a thread that looks for work tries 2 * GOMAXPROCS Ps up to Go 1.4, and runnexts
// are not among what it takes; 4 * GOMAXPROCS up to Go 1.7, in the second half with runnexts;
// and later four rounds over all Ps, in the last with runnexts. Here a runnext is stolen, and
// two threads find nothing.
func TestTries(t *testing.T) {
	for release, want := range map[string]int{"go1.4": 1 + 6 + 6, "go1.5": 8 + 12 + 12, "go1.7": 8 + 12 + 12, "go1.8": 4 + 4 + 4, "": 4 + 4 + 4} {
		choices := 0
		story(t, sched.Config{Release: release, Procs: 3, Choose: func(int) int { choices++; return 0 }}, "main:\ngo w\nspin 1ms\nw:\nspin 100us\n")
		if choices != want {
			t.Errorf("%q: %d random choices, want %d", release, choices, want)
		}
	}
}

// TestRounds: a round goes over each P once. A thread that waits at the second P before it
// takes the runnext, and then finds that gone, does not come back to the first, which has
// work by now: it gives its own P up, sees that work when it looks once more, and only then
// begins anew. If the other P is the second it is found in the same round.
func TestRounds(t *testing.T) {
	const text = "chan c\nmain:\ngo a\nwork 500us\ngo w\nwork 20us\nrecv c\na:\nwork 440us\ngo x\nwork 1ms\nw:\nwork 1ms\nsend c\nx:\nwork 1us\n"
	for choice, want := range map[int][]string{2: {"p idle", "spinning", "stole"}, 4: {"stole"}} { // p2, p0, p1; p1, p0, p2
		events, _ := story(t, sched.Config{Procs: 3, Choose: func(n int) int { return choice % n }}, text)
		var got []string
		for _, e := range events {
			if e.P == 1 && e.At > 500*time.Microsecond && len(got) < len(want) {
				got = append(got, e.Kind.String())
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("choice %d: %q, want %q", choice, got, want)
		}
	}
}

// TestStopTimes: the world stops an operation after the one that stops it if that has the only
// P, and else when its thread is awake after the last other P has stopped; and it goes on an
// operation after it was resumed.
func TestStopTimes(t *testing.T) {
	for procs, want := range map[int]string{1: "0s stopped 0, 1ms resumed 1, 2ms stopped 0, 3ms resumed 1, 4ms did 0", 2: "1ms stopped 0, 3ms resumed 2, 4ms stopped 0, 7ms resumed 2, 8ms did 0"} {
		text := "main:\ngc\n"
		if procs == 2 {
			text = "main:\ngo w\nwork 1ms\ngc\nw:\nwork 1s\n"
		}
		events, _ := story(t, sched.Config{Procs: procs, Costs: &sched.Costs{Op: time.Millisecond, Wake: 2 * time.Millisecond}}, text)
		var got []string
		for _, e := range events {
			if e.Kind == sched.Stopped || e.Kind == sched.Resumed || e.Kind == sched.Did && e.What == "gc" {
				got = append(got, fmt.Sprint(e.At, " ", e.Kind, " ", e.N))
			}
		}
		if got := strings.Join(got, ", "); got != want {
			t.Errorf("%d Ps: %s, want %s", procs, got, want)
		}
	}
}

// TestNoTime: where nothing costs time, a loop that waits for others goes on when one of them
// does something, and a thread that has found nothing looks again a nanosecond later.
func TestNoTime(t *testing.T) {
	_, s := story(t, sched.Config{Procs: 2, Costs: &sched.Costs{}}, "int x\nmain:\ngo w\nwhile x == 0\nend\nw:\nwork 100us\nx = 1\n")
	if s.Now() != 100*time.Microsecond || s.Err() != nil {
		t.Errorf("%v, %v", s.Now(), s.Err())
	}
	events, _ := story(t, sched.Config{Release: "go1", Procs: 2, Costs: &sched.Costs{}}, "main:\ngo w 2\nwork 1ms\nyield\nw:\nwork 100us\nyield\n")
	if d := first(t, events, sched.PIdle, 0).At - first(t, events, sched.Spinning, 0).At; d != 1 {
		t.Errorf("it looks again after %v", d)
	}
}

// TestAllIdle checks that on several Ps, too, no runnable goroutine is left, and that
// the work is shared.
func TestShared(t *testing.T) {
	for procs := 1; procs <= 16; procs *= 2 {
		_, s := story(t, sched.Config{Procs: procs}, "waitgroup g 64\nmain:\ngo w 64\nwait g\nw:\nwork 1ms\ndone g\n")
		least := 64 * time.Millisecond / time.Duration(procs)
		if s.Now() < least || s.Now() > least+least/5+time.Millisecond {
			t.Errorf("on %d Ps it takes %v, want little more than %v", procs, s.Now(), least)
		}
	}
}

// TestSpread checks how a change of GOMAXPROCS spreads goroutines over the Ps up to Go
// 1.4: the order is the real one while main computes and the second P runs them.
func TestSpread(t *testing.T) {
	for release, want := range map[string]string{"go1.2": "2 4 6 8 10 3 5 7 9 11", "go1.3": "2 4 6 8 10 7 3 5 9 11", "go1.4": "2 4 6 8 10 7 3 5 9 11"} {
		events, _ := story(t, sched.Config{Release: release, Schedtick: 1}, "main:\ngo w 10\nprocs 2\nwork 3ms\nw:\nmark w\n")
		if got := runners(events); got != want {
			t.Errorf("%s: order %s, want %s", release, got, want)
		}
	}
}

// runners returns the goroutines that marked something, in order.
func runners(events []sched.Event) string {
	var out []string
	for _, e := range events {
		if e.Kind == sched.Marked {
			out = append(out, fmt.Sprint(e.G))
		}
	}
	return strings.Join(out, " ")
}

// TestStopped checks where a goroutine goes that is stopped because another one stops
// the world: since Go 1.26 it becomes its P's runnext; earlier it joins the global
// queue.
func TestStopped(t *testing.T) {
	for release, want := range map[string]string{"go1.8": "2 3 4", "go1.25": "2 3 4", "go1.26": "2 3 4", "": "2 3 4"} {
		events, _ := story(t, sched.Config{Release: release, Procs: 4}, "main:\ngo w 3\nwork 2ms\nprocs 1\nsleep 60ms\nw:\nwork 12ms\nmark w\n")
		if got := runners(events); got != want {
			t.Errorf("%q: order %s, want %s", release, got, want)
		}
	}
}

// TestNetOrder checks that of several goroutines whose data are there, the last runs
// first.
func TestNetOrder(t *testing.T) {
	for _, release := range []string{"go1.2", "go1.9", "go1.10", "go1.14", "go1.15", ""} {
		events, _ := story(t, sched.Config{Release: release, Schedtick: 1}, "main:\ngo a\ngo b\ngo c\ngo d\ngo e\nyield\nyield\nyield\nspin 3ms\nsleep 5ms\n"+
			"a:\nnetread 1ms\nmark a\nb:\nnetread 1100us\nmark b\nc:\nnetread 1200us\nmark c\nd:\nnetread 1300us\nmark d\ne:\nnetread 1400us\nmark e\n")
		if got := marks(events); got != "e d c b a" {
			t.Errorf("%q: %s", release, got)
		}
	}
}

// TestBegin checks the state when main.main begins: there are as many goroutines of the
// runtime as in a real process on one P, and none on several.
func TestBegin(t *testing.T) {
	for _, tt := range []struct {
		release   string
		tick      uint32
		ring      int
		next      sched.G
		overflows int // number of goroutines that can be started until the ring is full
		noGC      bool
	}{
		{"go1", 0, 0, 0, 0, false}, {"go1.2", 4, 0, 0, 0, false}, {"go1.2", 4, 0, 0, 0, true}, {"go1.3", 1, 3, 0, 253, false}, {"go1.4", 1, 3, 0, 253, false},
		{"go1.3", 1, 2, 0, 254, true}, {"go1.4", 1, 2, 0, 254, true}, {"go1.5", 1, 1, -3001, 255, false}, {"go1.5", 1, 1, -3001, 255, true}, {"go1.12", 1, 1, -3001, 255, false},
		{"go1.13", 4, 0, -3000, 256, false}, {"go1.24", 4, 0, -3000, 256, false}, {"go1.25", 4, 1, -3001, 255, false}, {"", 4, 1, -3001, 255, true},
	} {
		for _, procs := range []int{1, 2} {
			p, err := program.Parse("main:\ngo w\ngo w 300\nw:\n")
			if err != nil {
				t.Fatal(err)
			}
			s, err := sched.New(sched.Config{Release: tt.release, Procs: procs, NoGC: tt.noGC}, *p)
			if err != nil {
				t.Fatal(err)
			}
			for g, _ := s.Acting(0); g != 1; g, _ = s.Acting(0) {
				s.Step()
			}
			k := s.Snapshot()
			if p := k.Ps[0]; procs == 1 && (p.Schedtick != tt.tick || len(p.Queue) != tt.ring || p.Next != tt.next) || procs == 2 && (len(p.Queue) > 0 || p.Next != 0) {
				t.Errorf("%q on %d: %+v", tt.release, procs, p)
			}
			if procs == 2 || tt.overflows == 0 {
				continue
			}
			for s.Stats().Overflows == 0 {
				if more, err := s.Step(); !more {
					t.Fatal(tt.release, err)
				}
			}
			if n := int(s.Stats().Created) - 1; n != tt.overflows+1 {
				t.Errorf("%q: the ring is full with %d", tt.release, n)
			}
		}
	}
	for release, want := range map[string][]uint32{"go1": {0}, "go1.4": {1}, "go1.12": {1, 2, 3}, "go1.13": {4, 5}, "": {4, 5}} {
		ticks, err := sched.Beginnings(release)
		if err != nil || !slices.Equal(ticks, want) {
			t.Errorf("%q begins with %d, %v; want %d", release, ticks, err, want)
		}
		for i, tick := range ticks {
			s, err := sched.New(sched.Config{Release: release, Beginning: i}, program.Program{Funcs: []program.Func{{Name: "main"}}})
			if err != nil {
				t.Fatal(err)
			}
			for g, _ := s.Acting(0); g != 1; g, _ = s.Acting(0) {
				s.Step()
			}
			if got := s.Snapshot().Ps[0].Schedtick; got != tick {
				t.Errorf("beginning %d of %q has %d time slices, want %d", i, release, got, tick)
			}
		}
		for _, i := range []int{-1, len(want)} {
			if _, err := sched.New(sched.Config{Release: release, Beginning: i}, program.Program{Funcs: []program.Func{{Name: "main"}}}); err == nil {
				t.Errorf("%q has a beginning %d", release, i)
			}
		}
	}
	for _, release := range []string{"go1.4", "go1.5", "go1.13", ""} {
		events, _ := story(t, sched.Config{Release: release}, "main:\ngo a\nyield\nmark main\nsleep 1ms\na:\nmark a\n")
		if got := marks(events); got != "a main" {
			t.Errorf("%q: %s", release, got)
		}
	}
}

// TestSilentEnd checks the ending of a program in which no goroutine is left after main
// has called Goexit: up to Go 1.2 there is no message.
func TestSilentEnd(t *testing.T) {
	for release, want := range map[string]error{"go1.2": nil, "go1.3": sched.NoGoroutines, "": sched.NoGoroutines} {
		p, err := program.Parse("main:\ngo w\nexit\nw:\n")
		if err != nil {
			t.Fatal(err)
		}
		s, err := sched.New(sched.Config{Release: release}, *p)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Run(); err != want {
			t.Errorf("%q: %v, want %v", release, err, want)
		}
	}
}

// TestDid: an event names the object of an operation and the other goroutine, as the
// program names them, and comes before the events that it causes.
func TestDid(t *testing.T) {
	p, err := program.Parse(`chan c
chan pipe[2] 1
mutex m
waitgroup g 1
main:
  lock m
  go worker
  recv c
  i = 1
  send pipe[i] 5
  x, v, ok = select recv pipe[0], recv pipe[i]
  sleep 1ms
  unlock m
  wait g
worker:
  send c 7
  lock m
  unlock m
  close pipe[0]
  sleep 1ms
  done g
`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	s, err := sched.New(sched.Config{Costs: &sched.QuickCosts, Schedtick: 1, Trace: func(e sched.Event) {
		switch {
		case e.Kind == sched.Did && e.On != "" && e.What != "go", e.Kind == sched.Readied && e.By != 0:
			e.M, e.P = -1, -1
			got = append(got, e.String())
		}
	}}, *p)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"g1 lock m",
		"g2 send c, with g1", "g1 readied by g2", // a value handed over
		"g1 recv c (7), with g2",
		"g1 send pipe[1]",
		"g1 select pipe[1] (5)",
		"g1 unlock m, with g2", "g2 readied by g1",
		"g2 lock m, with g1",
		"g2 unlock m",
		"g2 close pipe[0]",
		"g2 done g, with g1", "g1 readied by g2",
		"g1 wait g, with g2",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestMostProcs: before 1.9 a program has at most 256 Ps, whether it starts with them or
// asks for them.
func TestMostProcs(t *testing.T) {
	for _, tt := range []struct {
		release string
		want    int
	}{{"go1.4", 256}, {"go1.8", 256}, {"go1.9", 1000}, {"", 1000}} {
		for _, c := range []sched.Config{{Procs: 1000}, {Procs: 1}, {Procs: 256}} {
			c.Release = tt.release
			_, s := story(t, c, "main:\nprocs 1000\nmark end\n")
			if got := len(s.Snapshot().Ps); got != tt.want {
				t.Errorf("%q, from %d Ps: %d, want %d", tt.release, c.Procs, got, tt.want)
			}
		}
	}
}

// TestNumGoroutine checks which of the runtime's own goroutines are counted: at the
// beginning of main, with one that waits, and after a sleep, before 1.6, whose timers
// have a goroutine, too. The numbers are those of real programs.
func TestNumGoroutine(t *testing.T) {
	const text = "chan c\nmain:\nn = numgoroutine\nmark {n}\ngo w\nyield\nn = numgoroutine\nmark {n}\nsleep 1ms\nn = numgoroutine\nmark {n}\nw:\nrecv c\n"
	for _, tt := range []struct {
		release string
		noGC    bool
		want    string
	}{
		{"go1.2", false, "2 3 4"}, {"go1.3", false, "4 5 6"}, {"go1.3", true, "3 4 5"}, {"go1.4", false, "4 5 6"}, {"go1.4", true, "3 4 5"},
		{"go1.5", false, "4 5 6"}, {"go1.5", true, "4 5 6"}, {"go1.6", false, "1 2 2"}, {"go1.13", false, "1 2 2"}, {"", false, "1 2 2"},
	} {
		for procs := 1; procs <= 2; procs++ {
			events, _ := story(t, sched.Config{Release: tt.release, NoGC: tt.noGC, Procs: procs}, text)
			if got := marks(events); got != tt.want {
				t.Errorf("%+v on %d Ps: %s", tt, procs, got)
			}
		}
	}
}

// TestAsyncTimers checks GODEBUG=asynctimerchan=1: a time that was sent stays in the
// channel. The texts are what real programs of 1.23 and 1.26 print.
func TestAsyncTimers(t *testing.T) {
	const text = "timer t\nmain:\nnewtimer t 1ms\nsleep 3ms\nl = len t\nc = cap t\nb = stop t\nmark {l} {c} {b}\n" +
		"b = reset t 1ms\nv, o, r = tryrecv t\nmark {b} {r}\nsleep 2ms\nb = reset t 10ms\nv, o, r = tryrecv t\nmark {b} {r}\n"
	for _, tt := range []struct {
		release string
		async   bool
		want    string
	}{
		{"go1.22", false, "1 1 0 0 1 0 1"}, {"go1.22", true, "1 1 0 0 1 0 1"}, {"go1.23", true, "1 1 0 0 1 0 1"}, {"go1.26", true, "1 1 0 0 1 0 1"},
		{"go1.23", false, "0 0 1 0 0 1 0"}, {"go1.26", false, "0 0 1 0 0 1 0"}, {"go1.27", false, "0 0 1 0 0 1 0"},
	} {
		events, _ := story(t, sched.Config{Release: tt.release, AsyncTimers: tt.async}, text)
		if got := marks(events); got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
	for _, rel := range []string{"", "go1.27"} {
		if _, err := sched.New(sched.Config{Release: rel, AsyncTimers: true}, program.Program{Funcs: []program.Func{{Name: "main"}}}); err == nil {
			t.Errorf("%q has asynctimerchan", rel)
		}
	}
}
