package chanqlive

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/chanq"
)

// TestNonBlocking compares operations that do not wait with real channels.
func TestNonBlocking(t *testing.T) {
	const rounds, each = 1800, 60
	r := rand.New(rand.NewPCG(5, 8))
	done, chosen := 0, 0
	for range rounds {
		var draws []int
		m, err := chanq.New(chanq.Config{Release: "running", Choose: func(n int) int {
			j := draws[0]
			draws = draws[1:]
			return j
		}})
		if err != nil {
			t.Fatal(err)
		}
		g, err := m.Go()
		if err != nil {
			t.Fatal(err)
		}
		var l Live
		n := 1 + r.IntN(3)
		for range n {
			size := int64(r.IntN(5)) - 1
			c, err := m.Make(chanq.Elem{Size: 8}, size)
			d, liveErr := l.Make(size)
			if c != d || fmt.Sprint(err) != fmt.Sprint(liveErr) {
				t.Fatalf("make(chan int64, %d): model %v, %v; real %v, %v", size, c, err, d, liveErr)
			}
		}
		channel := func() chanq.Chan { return chanq.Chan(r.IntN(len(l.chans))) }
		for i := range int64(each) {
			op := chanq.Op{Verb: chanq.TrySendVerb, Chan: channel(), Value: i}
			switch k := r.IntN(100); {
			case k < 35:
			case k < 70:
				op.Verb = chanq.TryRecvVerb
			case k < 72:
				op.Verb = chanq.CloseVerb
			default:
				op = chanq.Op{Verb: chanq.SelectVerb, Default: true}
				for j := range r.Int64N(4) {
					op.Cases = append(op.Cases, chanq.Case{Chan: channel(), Send: r.IntN(2) == 0, Value: 1000 + 10*i + j})
				}
			}
			ready := readyCases(m, op)
			live, liveErr := l.Do(op)
			if op.Verb == chanq.SelectVerb {
				if liveErr != nil {
					live.Case = ready.panics
				}
				if want := len(ready.cases) > 0; live.Case >= 0 != want || want && !ready.cases[live.Case] {
					t.Fatalf("%v: the real select chose %d, ready are %v", op, live.Case, ready.cases)
				}
				draws = pollFirst(op, live.Case)
				chosen++
			}
			model, err := m.Do(g, op)
			if model.What == chanq.Handed || model.What == chanq.Parked {
				t.Fatalf("%v: %v of one goroutine alone", op, model)
			}
			if diff := cmp.Diff(model, live); diff != "" || fmt.Sprint(err) != fmt.Sprint(liveErr) {
				t.Fatalf("%v: model %v, real %v (-model +real):\n%s", op, err, liveErr, diff)
			}
			for c := range chanq.Chan(len(l.chans)) {
				length, _ := m.Len(c)
				capacity, _ := m.Cap(c)
				if c != chanq.Nil {
					sameRing(t, m.Snapshot().Chans[c-1], l.State(c))
				}
				if length != l.Len(c) || capacity != l.Cap(c) {
					t.Fatalf("%v: after %v the model has %d of %d, the real one %d of %d", c, op, length, capacity, l.Len(c), l.Cap(c))
				}
			}
			done++
		}
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d operations, %d of them selects, 0 mismatches", done, chosen)
}

// pollFirst returns the draws of the poll order in which the case comes first.
func pollFirst(op chanq.Op, first int32) (draws []int) {
	n := 0
	for i, k := range op.Cases {
		if k.Chan == chanq.Nil {
			continue
		}
		if n++; n > 1 && int32(i) == first {
			draws = append(draws, 0)
		} else if n > 1 {
			draws = append(draws, n-1)
		}
	}
	return draws
}

// sameRing compares the model's fields with those in the runtime's memory.
func sameRing(t *testing.T, model, real chanq.ChanState) {
	t.Helper()
	for i := range real.Buf {
		if !model.Holds(int64(i)) {
			real.Buf[i] = 0 // the runtime clears received slots
		}
	}
	for i := range model.Buf {
		if !model.Holds(int64(i)) {
			model.Buf[i] = 0
		}
	}
	for len(model.Buf) < len(real.Buf) {
		model.Buf = append(model.Buf, 0)
	}
	if diff := cmp.Diff(model, real); diff != "" {
		t.Fatalf("(-model +real):\n%s", diff)
	}
}

// TestStates compares the table of the three states with real channels.
func TestStates(t *testing.T) {
	rows, err := chanq.States("running")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if got, err := Ends(r); err != nil || got != r.Ends {
			t.Errorf("%+v: real %s, %v", r, got, err)
		}
	}
	if len(rows) != 35 {
		t.Errorf("%d rows, want 35", len(rows))
	}
}

// TestMemory compares the size of an hchan and the blocks of channels with the heap's
// counters, and the path of a value through a channel with ThroughRing.
func TestMemory(t *testing.T) {
	m, err := chanq.New(chanq.Config{Release: "running"})
	if err != nil {
		t.Fatal(err)
	}
	flat, err := m.Make(chanq.Elem{Size: 1}, 8)
	if err != nil {
		t.Fatal(err)
	}
	pointers, err := m.Make(chanq.Elem{Size: 8, Pointers: true}, 8)
	if err != nil {
		t.Fatal(err)
	}
	one, err := m.Memory(flat)
	if err != nil {
		t.Fatal(err)
	}
	two, err := m.Memory(pointers)
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := HchanBytes()
	if err != nil || bytes != one.Hchan {
		t.Errorf("hchan: model %d bytes, real %d, %v", one.Hchan, bytes, err)
	}
	a, b, err := Blocks()
	if err != nil || a != int64(one.Blocks) || b != int64(two.Blocks) {
		t.Errorf("blocks: model %d and %d, real %d and %d, %v", one.Blocks, two.Blocks, a, b, err)
	}
}

func TestThroughRing(t *testing.T) {
	for _, tt := range []struct {
		size           int
		receiver, want bool
	}{{0, true, false}, {2, true, false}, {2, false, true}} {
		if got, err := ThroughRing(tt.size, tt.receiver); err != nil || got != tt.want {
			t.Errorf("buffer %d, receiver %v: %v, %v", tt.size, tt.receiver, got, err)
		}
	}
	if _, err := ThroughRing(1, true); err == nil {
		t.Error("ThroughRing accepts a buffer of 1, whose index cannot move")
	}
	if n := Torn(2000); n != 0 {
		t.Errorf("%d values are torn", n)
	}
}

// readyCases returns the cases of a select that could be chosen, by the visible state of
// the channels.
func readyCases(m *chanq.Chans, op chanq.Op) (out struct {
	cases  map[int32]bool
	panics int32
}) {
	out.cases = map[int32]bool{}
	chans := m.Snapshot().Chans
	for i, k := range op.Cases {
		if k.Chan == chanq.Nil {
			continue
		}
		c := chans[k.Chan-1]
		if c.Closed || k.Send && c.Qcount < c.Dataqsiz || !k.Send && c.Qcount > 0 {
			out.cases[int32(i)] = true
		}
		if k.Send && c.Closed {
			out.panics = int32(i)
		}
	}
	return out
}

// TestUniform compares how often a real select, and the model's, chooses each of four
// cases that are always ready with an even share: chi-square with 3 degrees of freedom
// is above 30.66 once in a million times. The fourth case of the second half is a
// duplicate of the third.
func TestUniform(t *testing.T) {
	const n, limit = 40_000, 30.66
	m, err := chanq.New(chanq.Config{Release: "running", Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	g, err := m.Go()
	if err != nil {
		t.Fatal(err)
	}
	var l Live
	for range 4 {
		c, err := m.Make(chanq.Elem{Size: 8}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Close(g, c); err != nil {
			t.Fatal(err)
		}
		if c, err = l.Make(1); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Do(chanq.Op{Verb: chanq.CloseVerb, Chan: c}); err != nil {
			t.Fatal(err)
		}
	}
	for _, last := range []chanq.Chan{4, 3} {
		op := chanq.Op{Verb: chanq.SelectVerb, Default: true, Cases: []chanq.Case{{Chan: 1}, {Chan: 2}, {Chan: 3}, {Chan: last}}}
		for name, do := range map[string]func() (chanq.Outcome, error){
			"model": func() (chanq.Outcome, error) { return m.Do(g, op) },
			"real":  func() (chanq.Outcome, error) { return l.Do(op) },
		} {
			var counts [4]float64
			for range n {
				o, err := do()
				if err != nil || o.Case < 0 {
					t.Fatal(o, err)
				}
				counts[o.Case]++
			}
			chi := 0.0
			for _, k := range counts {
				chi += (k - n/4) * (k - n/4) / (n / 4)
			}
			t.Logf("%s, cases on 1, 2, 3, %d: %v, chi-square %.2f", name, last, counts, chi)
			if chi > limit {
				t.Errorf("%s: %v are not uniform: chi-square %.2f > %v", name, counts, chi, limit)
			}
		}
	}
}

// TestTimers compares timers with those of a synctest bubble, where time is virtual and
// passes exactly as the test asks.
func TestTimers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(14, 15))
		done := 0
		for range 200 {
			m, err := chanq.New(chanq.Config{Release: "running"})
			if err != nil {
				t.Fatal(err)
			}
			g, err := m.Go()
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			var timers []*time.Timer
			for range 100 {
				done++
				// Deadlines are odd and the times of looking at them even, so that the
				// two never coincide.
				d := time.Duration(2*r.IntN(10)+1) * time.Millisecond
				if len(timers) == 0 || len(timers) < 4 && r.IntN(8) == 0 {
					if _, err := m.NewTimer(d); err != nil {
						t.Fatal(err)
					}
					timers = append(timers, time.NewTimer(d))
					continue
				}
				i := r.IntN(len(timers))
				c, real := chanq.Chan(i+1), timers[i]
				switch r.IntN(4) {
				case 0:
					d = 2 * time.Duration(r.IntN(8)) * time.Millisecond
					time.Sleep(d)
					if err := m.Advance(d); err != nil {
						t.Fatal(err)
					}
				case 1:
					want, err := m.Stop(c)
					if got := real.Stop(); err != nil || got != want {
						t.Fatalf("Stop: model %v, %v; real %v", want, err, got)
					}
				case 2:
					want, err := m.Reset(c, d)
					if got := real.Reset(d); err != nil || got != want {
						t.Fatalf("Reset: model %v, %v; real %v", want, err, got)
					}
				case 3:
					o, err := m.TryRecv(g, c)
					var got chanq.Outcome
					select {
					case at := <-real.C:
						got = chanq.Outcome{OK: true, Value: int64(at.Sub(start))}
					default:
						got.What = chanq.NotReady
					}
					if diff := cmp.Diff(o, got); err != nil || diff != "" {
						t.Fatalf("%v, (-model +real):\n%s", err, diff)
					}
				}
				for i, real := range timers {
					n, _ := m.Len(chanq.Chan(i + 1))
					k, _ := m.Cap(chanq.Chan(i + 1))
					if int(n) != len(real.C) || int(k) != cap(real.C) {
						t.Fatalf("model %d of %d, real %d of %d", n, k, len(real.C), cap(real.C))
					}
				}
			}
		}
		t.Logf("%d operations, 0 mismatches", done)
	})
}
