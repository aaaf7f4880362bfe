package whatif

import (
	"testing"
	"time"
)

// held is a critical section.
func held(ops ...op) []op {
	return append(append([]op{{verb: lock, on: 0}}, ops...), op{verb: unlock, on: 0})
}

// conditions is a recording with a condition, and a mutex, which is its L.
func conditions(broadcasts int32) *recording {
	r := &recording{}
	r.lockers = []*locker{{kind: lock, noted: true}}
	r.conds = []*condition{{broadcasts: broadcasts}}
	return r
}

// TestEarly has main change a condition before it unlocks, and call Signal a while after
// that. A worker that comes in between finds the condition true.
func TestEarly(t *testing.T) {
	r := conditions(0)
	main, worker := r.script(), r.script()
	main.does(held(compute(ms))...)
	main.does(compute(9*ms), op{verb: signal, n: 1}, op{verb: await})
	main.wakes = 1
	r.early = map[place][]place{{0, 3}: {{0, 5}}}
	worker.does(compute(3 * ms))
	worker.does(held(op{verb: condWait, n: 0, like: int32(signal)})...)
	worker.does(compute(12*ms), op{verb: wake, on: 0})
	r.linkConds()
	r.link()
	if main.ops[3].verb != unlock || main.ops[5].verb != signal {
		t.Fatalf("%+v", main.ops)
	}
	if out := r.with(t, 2); !near(out.Makespan, 15*ms) {
		t.Errorf("%+v, want 15ms", out)
	}
}

// TestSignal has a worker wait for each of main's jobs in the recording. If it is late
// it does not wait for what was signalled before.
func TestSignal(t *testing.T) {
	for _, late := range []time.Duration{0, 10 * ms} {
		r := conditions(0)
		main, worker := r.script(), r.script()
		worker.does(compute(late))
		for range 4 {
			main.does(compute(ms))
			main.does(held()...)
			r.early = map[place][]place{}
			main.does(op{verb: signal, n: 1})
			worker.does(held(op{verb: condWait, n: 0, like: int32(signal)})...)
			worker.does(compute(2 * ms))
		}
		for j, o := range main.ops {
			if o.verb == signal {
				r.early[place{0, int32(j - 1)}] = []place{{0, int32(j)}}
			}
		}
		worker.does(op{verb: wake, on: 0})
		main.does(op{verb: await})
		main.wakes = 1
		r.linkConds()
		r.link()
		want := max(late, ms) + 8*ms
		if out := r.with(t, 2); out.Work != 12*ms+late || !near(out.Makespan, want) {
			t.Errorf("late by %v: %+v, want %v", late, out, want)
		}
	}
}

// TestStart has goroutines wait for a start that main gives. It does not wait for one
// that is late, and that one does not wait for the start.
func TestStart(t *testing.T) {
	r := conditions(1)
	main := r.script()
	for i := range 3 {
		s := r.script()
		s.does(compute(time.Duration(i) * 4 * ms))
		s.does(held(op{verb: condWait, n: 0, like: int32(broadcast)})...)
		s.does(compute(time.Duration(5-2*i)*ms), op{verb: add, on: 1, n: -1})
	}
	r.lockers = append(r.lockers, &locker{kind: add})
	main.does(op{verb: add, on: 1, n: 3}, compute(6*ms))
	main.does(held(op{verb: broadcast, n: 0, like: 3})...)
	main.does(op{verb: wait, on: 1})
	r.linkConds()
	r.link()
	if out := r.with(t, 4); !near(out.Makespan, 11*ms) {
		t.Errorf("%+v, want 11ms", out)
	}
}

// TestBarrier has three goroutines wait for one another. In the recording, with one
// processor, the first was the last to come; with three it is the second,
// and then the first.
func TestBarrier(t *testing.T) {
	r := conditions(2)
	main := r.script()
	main.does(op{verb: add, on: 1, n: 3})
	r.lockers = append(r.lockers, &locker{kind: add})
	took := []time.Duration{2, 9, 5}
	for i := range took {
		s := r.script()
		for phase := range int32(2) {
			s.does(compute(took[(i+int(phase))%3] * ms))
			if i == int(phase) {
				s.does(held(op{verb: broadcast, n: phase, like: 2})...)
			} else {
				s.does(held(op{verb: condWait, n: phase, like: int32(broadcast)})...)
			}
		}
		s.does(op{verb: add, on: 1, n: -1})
	}
	main.does(op{verb: wait, on: 1})
	r.linkConds()
	r.link()
	for procs, want := range []time.Duration{1: 32 * ms, 3: 18 * ms, 4: 18 * ms} {
		if want == 0 {
			continue
		}
		if out := r.with(t, procs); out.Work != 32*ms || !near(out.Makespan, want) {
			t.Errorf("%d Ps: %+v, want %v", procs, out, want)
		}
	}
}

// TestForever has a goroutine that waits for a condition to the end of the recording: it
// takes no Signal from another.
func TestForever(t *testing.T) {
	r := conditions(0)
	main, lost, worker := r.script(), r.script(), r.script()
	lost.does(held(op{verb: condWait, n: -1})...)
	worker.does(compute(ms))
	worker.does(held(op{verb: condWait, n: 0, like: int32(signal)})...)
	worker.does(compute(ms), op{verb: wake, on: 0})
	main.does(compute(3 * ms))
	main.does(held(op{verb: signal, n: 1})...)
	main.does(op{verb: await})
	main.wakes = 1
	r.linkConds()
	r.link()
	if out := r.with(t, 2); !near(out.Makespan, 4*ms) {
		t.Errorf("%+v, want 4ms", out)
	}
}

// TestCounter has workers draw the numbers of jobs, which one has drawn alone in the
// recording. A job's time belongs to its number, and so does the end.
func TestCounter(t *testing.T) {
	r := &recording{}
	main, w1, w2 := r.script(), r.script(), r.script()
	main.does(op{verb: add, n: 2}, op{verb: wait})
	r.lockers = []*locker{{kind: add}}
	r.vars = []*variable{{first: 5}}
	draws := func(s *script, n int64) {
		r.atomics = append(r.atomics, atomicOp{verb: "atomicadd", x: 1, result: n})
		s.does(op{verb: atomic, n: int32(len(r.atomics) - 1)})
	}
	for i := range int64(20) {
		draws(w1, 6+i)
		w1.does(compute(time.Duration(1+i%2) * ms))
	}
	for i, s := range []*script{w1, w2} {
		draws(s, 26+int64(i))
		s.does(op{verb: add, n: -1})
	}
	r.likes = 2
	r.link()
	for procs, want := range []time.Duration{1: 30 * ms, 2: 15 * ms} {
		if procs == 0 {
			continue
		}
		if out := r.with(t, procs); out.Work != 30*ms || out.Guessed != 0 || out.Makespan < want || out.Makespan > want+2*ms {
			t.Errorf("%d Ps: %+v, want %v", procs, out, want)
		}
	}
}

// TestFlag has main look at a variable until another goroutine has stored there, which
// takes longer than in the recording, or less.
func TestFlag(t *testing.T) {
	for _, times := range []int{3, 40} { // in the recording
		r := &recording{}
		main, other := r.script(), r.script()
		r.vars = []*variable{{}}
		r.atomics = []atomicOp{{verb: "atomicload", x: 0}, {verb: "atomicload", result: 1}, {verb: "atomicstore", x: 1, result: 1}}
		for range times {
			main.does(op{verb: atomic, n: 0}, compute(ms))
		}
		main.does(op{verb: atomic, n: 1}, compute(4*ms))
		other.does(compute(15*ms+ms/2), op{verb: atomic, n: 2, like: 2})
		r.likes = 4
		r.link()
		if out := r.with(t, 2); !near(out.Makespan, 20*ms) {
			t.Errorf("%d times: %+v, want 20ms", times, out)
		}
	}
}

// TestLearn checks the value of a variable before the first operation: logs may come in
// another order than the operations.
func TestLearn(t *testing.T) {
	for _, tt := range []struct {
		want int64
		ops  []atomicOp
	}{
		{0, []atomicOp{{"atomicadd", 1, 0, 2}, {"atomicadd", 1, 0, 1}, {"atomicadd", 1, 0, 3}}},
		{9, []atomicOp{{"atomicadd", -2, 0, 5}, {"atomicadd", -2, 0, 7}}},
		{4, []atomicOp{{"atomicload", 0, 0, 4}, {"atomicadd", 1, 0, 1}}},
		{7, []atomicOp{{"atomicswap", 1, 0, 7}}},
		{3, []atomicOp{{"atomiccas", 3, 4, 1}}},
		{0, []atomicOp{{"atomicstore", 3, 0, 3}, {"atomicload", 0, 0, 3}}},
	} {
		v := &variable{}
		for i, a := range tt.ops {
			v.learn(a, i == 0, true)
		}
		if v.first != tt.want {
			t.Errorf("%v: %d, want %d", tt.ops, v.first, tt.want)
		}
	}
	for _, tt := range []struct {
		a         atomicOp
		from      int64
		to, gives int64
	}{
		{atomicOp{verb: "atomicload"}, 4, 4, 4}, {atomicOp{verb: "atomicstore", x: 2}, 4, 2, 4}, {atomicOp{verb: "atomicadd", x: -3}, 4, 1, 1},
		{atomicOp{verb: "atomicswap", x: 8}, 4, 8, 4}, {atomicOp{verb: "atomiccas", x: 4, y: 6}, 4, 6, 1}, {atomicOp{verb: "atomiccas", x: 5, y: 6}, 4, 4, 0},
	} {
		v := tt.from
		if got := tt.a.does(&v); got != tt.gives || v != tt.to {
			t.Errorf("%+v of %d: %d, and then %d", tt.a, tt.from, got, v)
		}
	}
}
