package whatif

import (
	"slices"
	"testing"
	"time"
)

// A recording is a workload made by hand.
type recording struct {
	Workload
	main *script
}

func (r *recording) script() *script {
	s := &script{}
	r.scripts = append(r.scripts, s)
	if r.main == nil {
		r.main = s
	} else {
		r.main.ops = append(r.main.ops, op{verb: start, on: int32(len(r.scripts) - 1)})
	}
	return s
}

func (s *script) does(ops ...op) { s.ops = append(s.ops, ops...) }

func compute(d time.Duration) op { return op{verb: work, d: d} }

func receives(cs ...int32) choice {
	var c choice
	for _, on := range cs {
		c.cases = append(c.cases, selectCase{on: on})
	}
	return c
}

func (r *recording) with(t *testing.T, procs int) Outcome {
	t.Helper()
	return replay(t, &r.Workload, Config{Procs: procs})
}

// TestFanIn merges two channels, each until it is closed and then nil. With one processor
// one of them is closed first, with three the other: what follows the first close, and
// what follows each value, stays so.
func TestFanIn(t *testing.T) {
	r := &recording{}
	main, a, b := r.script(), r.script(), r.script()
	r.channels = []*channel{{cap: 1, sends: 2, recvs: 3}, {cap: 1, sends: 3, recvs: 4}}
	a.does(compute(9*ms), op{verb: send, on: 0, n: 0}, compute(9*ms), op{verb: send, on: 0, n: 1}, op{verb: closes, on: 0})
	for i := range int32(3) {
		b.does(compute(ms), op{verb: send, on: 1, n: i})
	}
	b.does(op{verb: closes, on: 1})
	r.choices = []choice{receives(0, 1), receives(-1, 1)}
	for _, o := range []op{{took: 0, n: 0}, {took: 1, n: 0}, {took: 0, n: 1}, {took: 0, n: 2}, {on: 1, took: 1, n: 1}, {on: 1, took: 1, n: 2}, {on: 1, took: 1, n: 3}} {
		o.verb = choose
		main.does(o)
		if o.n < 2 || o.took == 1 && o.n < 3 {
			main.does(compute(time.Duration(1+o.n) * ms))
		}
	}
	main.does(compute(20 * ms))
	r.likes = 2
	r.link()
	for procs := 1; procs <= 4; procs++ {
		if out := r.with(t, procs); out.Work != 50*ms || out.Guessed != 0 {
			t.Errorf("%d Ps: %+v", procs, out)
		} else if procs > 2 && !near(out.Makespan, 40*ms) {
			t.Errorf("%d Ps: %+v, want 40ms", procs, out)
		}
	}
}

// quits makes workers that take jobs until a channel is closed. In the recording the first
// has taken all of them.
func quits(jobs int) *recording {
	r := &recording{}
	main, w1, w2, feeds := r.script(), r.script(), r.script(), r.script()
	n := int32(jobs)
	r.channels = []*channel{{cap: 4, sends: n, recvs: n}, {recvs: 2, closed: true}, {cap: 4, sends: n, recvs: n}}
	r.choices = []choice{receives(0, 1)}
	for i := range n {
		feeds.does(op{verb: send, on: 0, n: i})
		w1.does(op{verb: choose, n: i}, compute(time.Duration(1+i%3)*ms), op{verb: send, on: 2, n: i})
		main.does(op{verb: recv, on: 2, n: i, like: 2})
	}
	for _, w := range []*script{w1, w2} {
		w.does(op{verb: choose, took: 1, n: 0}, op{verb: add, n: -1})
	}
	main.does(op{verb: closes, on: 1}, op{verb: wait})
	main.ops = append([]op{{verb: add, n: 2}}, main.ops...)
	r.lockers = []*locker{{kind: add}}
	r.likes = 4
	r.link()
	return r
}

// TestQuit has two workers share the jobs that one has done in the recording, where it
// had the only processor. The results come in another order, and all are received.
func TestQuit(t *testing.T) {
	r := quits(30)
	for procs, want := range []time.Duration{1: 60 * ms, 2: 30 * ms, 3: 30 * ms} {
		if procs == 0 {
			continue
		}
		if out := r.with(t, procs); out.Work != 60*ms || out.Guessed != 0 || out.Makespan < want || out.Makespan > want+3*ms {
			t.Errorf("%d Ps: %+v, want %v", procs, out, want)
		}
	}
}

// TestCounted has main receive a known number of results, which come in another order
// than in the recording: it receives all of them, and what follows the last stays last.
func TestCounted(t *testing.T) {
	for _, selects := range []bool{false, true} {
		r := &recording{}
		main := r.script()
		const n = 8
		r.channels = []*channel{{cap: n, sends: n, recvs: n}}
		r.choices = []choice{receives(0)}
		for i := range int32(n) { // the last is the first to come
			r.script().does(compute(time.Duration(n-i)*10*ms), op{verb: send, n: i})
		}
		for i := range int32(n) {
			o := op{verb: recv, n: i}
			if selects {
				o.verb = choose
			}
			main.does(o, compute(ms))
		}
		main.does(compute(5 * ms))
		r.likes = 2
		r.link()
		if out := r.with(t, 16); out.Work != (360+13)*ms || !near(out.Makespan, 86*ms) {
			t.Errorf("selects: %v: %+v, want 86ms", selects, out)
		}
	}
}

// TestClosedTwice has two workers, one of which gets the only job. The recording, without notes
// of closed channels, has it with the wrong one: that asks twice after the close.
func TestClosedTwice(t *testing.T) {
	r := &recording{}
	main, a, b := r.script(), r.script(), r.script()
	r.channels = []*channel{{cap: 1, sends: 1, recvs: 3, closed: true}}
	r.lockers = []*locker{{kind: add}}
	main.does(op{verb: add, n: 2}, op{verb: send}, op{verb: closes}, op{verb: wait})
	a.does(op{verb: recv}, op{verb: add, n: -1})
	b.does(compute(ms), op{verb: recv, n: -1}, compute(ms), op{verb: recv, n: -1}, op{verb: add, n: -1})
	r.likes = 2
	r.link()
	if out := r.with(t, 4); out.Work != 2*ms || !near(out.Makespan, 2*ms) {
		t.Errorf("%+v, want 2ms", out)
	}
}

// TestStrict has a goroutine that passes values on, with a channel that is nil while there
// are none: the cases are those that went through.
func TestStrict(t *testing.T) {
	r := &recording{}
	main, feeds, passes := r.script(), r.script(), r.script()
	r.channels = []*channel{{sends: 4, recvs: 4}, {sends: 4, recvs: 4}}
	both, first := choice{cases: []selectCase{{on: 0}, {on: 1, send: true}}}, choice{cases: []selectCase{{on: 0}, {on: -1, send: true}}}
	r.choices = []choice{first, both}
	for i := range int32(4) {
		feeds.does(compute(2*ms), op{verb: send, n: i})
		main.does(op{verb: recv, on: 1, n: i, like: 2}, compute(ms))
	}
	for _, o := range []op{{on: 0, took: 0, n: 0}, {on: 1, took: 0, n: 1}, {on: 1, took: 1, n: 0}, {on: 1, took: 1, n: 1}, {on: 0, took: 0, n: 2}, {on: 1, took: 1, n: 2}, {on: 0, took: 0, n: 3}, {on: 1, took: 1, n: 3}} {
		o.verb = choose
		passes.does(o)
	}
	r.likes = 4
	r.link()
	if !r.families[0].strict {
		t.Error("the channel that is nil at times was not seen")
	}
	for procs := 1; procs <= 4; procs++ {
		if out := r.with(t, procs); out.Work != 12*ms {
			t.Errorf("%d Ps: %+v", procs, out)
		}
	}
}

// TestPolls has main compute until a channel is closed. It does so for as long as it
// takes, not as often as in the recording.
func TestPolls(t *testing.T) {
	for _, times := range []int{2, 40} { // in the recording
		r := &recording{}
		main, other := r.script(), r.script()
		r.channels = []*channel{{recvs: 1, closed: true}}
		r.choices = []choice{{cases: []selectCase{{on: 0}, {on: -1, def: true}}, def: true}}
		for range times {
			main.does(op{verb: choose, took: 1, n: -1}, compute(ms))
		}
		main.does(op{verb: choose, took: 0, n: 0}, compute(7*ms))
		other.does(compute(20*ms+ms/2), op{verb: closes})
		r.likes = 2
		r.link()
		if out := r.with(t, 2); !near(out.Makespan, 28*ms) {
			t.Errorf("%d times: %+v, want 28ms", times, out)
		}
	}
}

// TestTurns has main look for values in each of its turns. There are as many turns
// whatever comes, and no value is lost.
func TestTurns(t *testing.T) {
	r := &recording{}
	main, other := r.script(), r.script()
	r.channels = []*channel{{cap: 4, sends: 2, recvs: 2}}
	r.choices = []choice{{cases: []selectCase{{on: 0}, {on: -1, def: true}}, def: true}}
	for i := range 10 {
		o := op{verb: choose, took: 1, n: -1}
		if i >= 7 && i < 9 {
			o = op{verb: choose, took: 0, n: int32(i - 7)}
		}
		main.does(o, compute(ms))
	}
	other.does(op{verb: send, n: 0}, op{verb: send, n: 1})
	r.likes = 2
	r.link()
	for procs := 1; procs <= 2; procs++ {
		if out := r.with(t, procs); out.Work != 10*ms || !near(out.Makespan, 10*ms) {
			t.Errorf("%d Ps: %+v, want 10ms", procs, out)
		}
	}
}

// TestMoved has main give each of its jobs to any of two workers, which are alike. In the
// recording the first got all but one; a job takes its time with either.
func TestMoved(t *testing.T) {
	r := &recording{}
	main, w1, w2 := r.script(), r.script(), r.script()
	r.channels = []*channel{{sends: 7, recvs: 8}, {sends: 1, recvs: 2}}
	r.choices = []choice{{cases: []selectCase{{on: 0, send: true}, {on: 1, send: true}}}}
	r.families = []family{{code: 0}, {code: 1}, {code: 1}}
	main.does(op{verb: add, n: 2})
	for i := range int32(7) {
		main.does(op{verb: choose, took: 0, n: i})
		w1.does(op{verb: recv, on: 0, n: i, like: 2}, compute(4*ms))
	}
	main.does(op{verb: choose, took: 1, n: 0}, op{verb: closes, on: 0}, op{verb: closes, on: 1}, op{verb: wait})
	w1.does(op{verb: recv, on: 0, n: 7, like: 2}, op{verb: add, n: -1})
	w2.does(op{verb: recv, on: 1, n: 0, like: 4}, compute(ms), op{verb: recv, on: 1, n: 1, like: 4}, op{verb: add, n: -1})
	r.lockers = []*locker{{kind: add}}
	r.likes = 6
	r.link()
	if out := r.with(t, 3); out.Work != 29*ms || out.Guessed != 0 || out.Makespan < 14*ms || out.Makespan > 18*ms {
		t.Errorf("%+v, want work of 29ms, and half of that with each", out)
	}
}

// TestNumbers checks that a select counts for the channel of its case alone.
func TestNumbers(t *testing.T) {
	r := newRecorder("")
	s := &script{ops: []op{{verb: choose, took: 1, n: -1}, {verb: recv, n: -1}, {verb: choose, took: 0, n: -1}, {verb: choose, took: -1, n: -1}, {verb: recv, n: -1}}}
	r.scripts = []*script{s}
	r.choices = []choice{receives(0, 1)}
	r.channels = []*channel{{closed: true, taken: []place{{0, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}}}, {closed: true, taken: []place{{0, 0}, {0, 2}, {0, 3}}}}
	r.number()
	var got []int32
	for _, o := range s.ops {
		got = append(got, o.n)
	}
	if !slices.Equal(got, []int32{0, 0, 1, -1, 2}) || r.channels[0].recvs != 3 || r.channels[1].recvs != 1 {
		t.Errorf("%v, %+v", got, r.channels)
	}
}
