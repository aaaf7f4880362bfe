package whatif

import (
	"testing"
	"time"

	"github.com/orrery-go/orrery/sched"
)

const ms = time.Millisecond

// workload makes one of scripts.
func workload(channels []*channel, lockers []*locker, likes int32, scripts ...*script) *Workload {
	w := &Workload{scripts: scripts, channels: channels, lockers: lockers, likes: likes, recorded: Recorded{Procs: 1}}
	w.link()
	return w
}

func replay(t *testing.T, w *Workload, c Config) Outcome {
	t.Helper()
	if c.Costs == nil {
		c.Costs = &sched.QuickCosts
	}
	out, err := w.Replay(c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func near(a, b time.Duration) bool { return max(a-b, b-a) < ms/5 }

// TestPool has two workers take jobs, in turn in the recording. With two processors the
// first has the job of 10 milliseconds while the second takes all others, each with its
// own time.
func TestPool(t *testing.T) {
	main := &script{ops: []op{{verb: start, on: 1}, {verb: start, on: 2}, {verb: add, on: 0, n: 2}}}
	workers := []*script{{}, {}}
	for i, d := range []time.Duration{10, 1, 6, 1, 1, 9} {
		main.ops = append(main.ops, op{verb: send, n: int32(i)})
		s := workers[i%2]
		s.ops = append(s.ops, op{verb: recv, n: int32(i)}, op{verb: work, d: d * ms})
	}
	main.ops = append(main.ops, op{verb: closes}, op{verb: wait})
	for i, s := range workers {
		s.ops = append(s.ops, op{verb: recv, n: int32(6 + i)}, op{verb: work, d: ms / 2}, op{verb: add, n: -1})
	}
	w := workload([]*channel{{cap: 1, sends: 6, recvs: 8}}, []*locker{{kind: add}}, 2, append([]*script{main}, workers...)...)
	if out := replay(t, w, Config{Procs: 1}); out.Work != 29*ms || !near(out.Makespan, 29*ms) {
		t.Errorf("1 P: %+v", out)
	}
	if out := replay(t, w, Config{Procs: 2}); out.Work != 29*ms || !near(out.Makespan, 18*ms+ms/2) {
		t.Errorf("2 Ps: %+v, want 18.5ms", out)
	}
}

// TestLast has main collect three results, which come in another order than in the
// recording. What comes after the last receive stays last.
func TestLast(t *testing.T) {
	main := &script{ops: []op{{verb: start, on: 1}, {verb: start, on: 2}, {verb: start, on: 3}}}
	var workers []*script
	for i, d := range []time.Duration{1, 2, 30} { // with one processor the last sends last
		main.ops = append(main.ops, op{verb: recv, n: int32(i)}, op{verb: work, d: time.Duration(i+1) * ms})
		workers = append(workers, &script{ops: []op{{verb: work, d: d * ms}, {verb: send, n: int32(2 - i)}}})
	}
	main.ops = append(main.ops, op{verb: work, d: 5 * ms})
	w := workload([]*channel{{cap: 3, sends: 3, recvs: 3}}, nil, 2, append([]*script{main}, workers...)...)
	for procs := 1; procs <= 4; procs++ {
		if out := replay(t, w, Config{Procs: procs}); out.Work != 44*ms || out.Makespan < 38*ms {
			t.Errorf("%d Ps: %+v", procs, out)
		}
	}
	if out := replay(t, w, Config{Procs: 4}); !near(out.Makespan, 38*ms) {
		t.Errorf("%+v, want 38ms", out)
	}
}

// TestPlaces has main receive at two places of its program. What follows belongs to the
// place.
func TestPlaces(t *testing.T) {
	main := &script{ops: []op{{verb: start, on: 1}, {verb: start, on: 2},
		{verb: recv, n: 0, like: 0}, {verb: work, d: ms}, {verb: recv, n: 1, like: 2}, {verb: work, d: 20 * ms}}}
	slow := &script{ops: []op{{verb: work, d: 9 * ms}, {verb: send, n: 0}}}
	quick := &script{ops: []op{{verb: work, d: 2 * ms}, {verb: send, n: 1}}}
	w := workload([]*channel{{cap: 2, sends: 2, recvs: 2}}, nil, 4, main, slow, quick)
	if out := replay(t, w, Config{Procs: 3}); !near(out.Makespan, 29*ms) {
		t.Errorf("%+v, want 29ms", out)
	}
}

// TestBefore has goroutines and counters that were there before the recording.
func TestBefore(t *testing.T) {
	main := &script{ops: []op{{verb: unlock, on: 1}, {verb: runlock, on: 2}, {verb: wait, on: 0}, {verb: work, d: ms}}}
	worker := &script{initial: true, ops: []op{{verb: await}, {verb: lock, on: 1}, {verb: work, d: 3 * ms}, {verb: unlock, on: 1}, {verb: add, on: 0, n: -1}}, wakes: 1}
	idle := &script{initial: true, ops: []op{{verb: forever}}}
	waker := &script{initial: true, ops: []op{{verb: work, d: 2 * ms}, {verb: wake, on: 1}, {verb: forever}}}
	lockers := []*locker{{kind: add}, {kind: lock}, {kind: rlock}}
	lockers[0].held.add(-1)
	lockers[1].held.add(-1)
	lockers[2].read.add(-1)
	w := workload(nil, lockers, 0, main, worker, idle, waker)
	if out := replay(t, w, Config{Procs: 2}); out.Work != 6*ms || !near(out.Makespan, 6*ms) {
		t.Errorf("%+v", out)
	}
	if !idle.idle() || worker.idle() || waker.idle() {
		t.Error("which goroutine does nothing")
	}
}

// TestSlow checks that a sysmon that looks once in 10 milliseconds takes no processor from
// calls that are shorter.
func TestSlow(t *testing.T) {
	main := &script{ops: []op{{verb: add, n: 4}}}
	scripts := []*script{main}
	for range 4 {
		main.ops = append(main.ops, op{verb: start, on: int32(len(scripts))})
		s := &script{}
		for range 3 {
			s.ops = append(s.ops, op{verb: work, d: ms / 10}, op{verb: syscall, d: 2 * ms})
		}
		s.ops = append(s.ops, op{verb: add, n: -1})
		scripts = append(scripts, s)
	}
	main.ops = append(main.ops, op{verb: wait})
	w := workload(nil, []*locker{{kind: add}}, 0, scripts...)
	if out := replay(t, w, Config{}); out.Makespan > 9*ms {
		t.Errorf("%+v: the calls are not at the same time", out)
	}
	out := replay(t, w, Config{Slow: true})
	if out.Makespan < 15*ms {
		t.Errorf("%+v: sysmon has taken processors", out)
	}
	w.recorded.Makespan = out.Makespan
	if r, err := w.Predict(Config{Costs: &sched.QuickCosts}, 1); err != nil || !r.Slow || len(r.Predictions[0].Trust.Why) == 0 {
		t.Errorf("%+v, %v", r, err)
	}
	w.recorded.Makespan = 7 * ms
	if r, err := w.Predict(Config{Costs: &sched.QuickCosts, Slow: true}, 1); err != nil || r.Slow {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestStuck checks that Replay returns an error if a workload cannot go on.
func TestStuck(t *testing.T) {
	for _, ops := range [][]op{{{verb: forever}}, {{verb: recv, n: 0}}, {{verb: send}}, {{verb: closes}, {verb: closes}}, {{verb: add, n: -1}}} {
		w := workload([]*channel{{recvs: 1}}, []*locker{{kind: add}}, 2, &script{ops: ops})
		if out, err := w.Replay(Config{}); err == nil {
			t.Errorf("%v: %+v", ops, out)
		}
	}
}

// TestPercentiles checks that they are values.
func TestPercentiles(t *testing.T) {
	var all []time.Duration
	for i := range 200 {
		all = append(all, time.Duration(200-i))
	}
	if p := percentilesOf(all); p != (Percentiles{100, 180, 198, 200, 200}) {
		t.Errorf("%+v", p)
	}
	if p := percentilesOf([]time.Duration{7}); p != (Percentiles{7, 7, 7, 7, 1}) {
		t.Errorf("%+v", p)
	}
	if p := percentilesOf(nil); p != (Percentiles{}) {
		t.Errorf("%+v", p)
	}
}

// TestSleep checks that what is late of a sleep is taken off.
func TestSleep(t *testing.T) {
	for took, want := range map[time.Duration]time.Duration{3*ms + 70*time.Microsecond: 3 * ms, 3*ms + 300*time.Microsecond: 3*ms + 300*time.Microsecond, 70 * time.Microsecond: 70 * time.Microsecond} {
		if got := sleepOf(took); got != want {
			t.Errorf("%v: %v, want %v", took, got, want)
		}
	}
}
