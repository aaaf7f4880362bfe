package explain

import (
	"bytes"
	"slices"
	"testing"

	"golang.org/x/exp/trace"
)

// TestThieves: a thief that has shown nothing yet may have been stolen from, so that what is in
// no queue contradicts nothing.
func TestThieves(t *testing.T) {
	if r, _ := play(t, 3, `
		1 has 0
		1 ran 9
		1 next 2
		1 waits
		2 has 1
		2 starts 2`); r.thieves {
		t.Error("there was one thief")
	}
	if r, _ := play(t, 3, `
		1 has 0
		1 ran 9
		1 tail 1
		1 next 2
		1 waits
		2 has 1
		3 has 2
		2 starts 2`); !r.thieves {
		t.Error("the other has what was in the ring, and may have been stolen from")
	}
}

// TestWindow: a start waits for at most 8,191 that come later.
func TestWindow(t *testing.T) {
	e, err := New(bytes.NewReader(fresh(t, 2, 10)["pool"]))
	if err != nil {
		t.Fatal(err)
	}
	early := 0
	for more := true; more; {
		if more, err = e.Step(); err != nil {
			t.Fatal(err)
		}
		if n := e.waiting.len(); n > 2*window {
			t.Fatalf("%d starts wait", n)
		} else if more {
			early += len(e.Explained())
		}
	}
	if early < window {
		t.Errorf("%d starts were explained before the end, of %d", early, e.Stats().Starts)
	}
}

// TestHands: what two threads are to run at once, each runs, whichever is the first.
func TestHands(t *testing.T) {
	for _, first := range []int32{1, 2} {
		r := newReplay(2, trueRules())
		for m := range int32(2) {
			r.event(m + 1)
			r.acquired(int(m), m+1, true)
			r.ready(10+m+1, m+1, int(m), fromSyscall, 0, toHand)
		}
		r.event(first)
		if !r.started(10+first, first, int(first)-1) || len(r.states) != 1 || len(r.states[0].hands) != 1 || r.states[0].hands[0].g != 13-first {
			t.Fatalf("%d: %+v", first, r.states[0].hands)
		}
		r.event(3 - first)
		if !r.started(13-first, 3-first, 2-int(first)) || len(r.states[0].hands) != 0 {
			t.Errorf("%d: %+v", first, r.states[0].hands)
		}
		// Another's is not for it.
		r.event(1)
		r.acquired(0, 1, true)
		r.ready(20, 1, 0, fromSyscall, 0, toHand)
		r.event(2)
		r.acquired(1, 2, true)
		if r.started(20, 2, 1) {
			t.Error("a thread runs what another is to run")
		}
	}
}

// TestResizeBase: places of the global queue keep their numbers when queues are put before it.
func TestResizeBase(t *testing.T) {
	r := newReplay(2, trueRules())
	r.event(1)
	s := r.states[0]
	s.put1(2, 7)
	s.put1(1, 8)
	s.put1(1, 9)
	s.own(1).next = entry{g: 6, put: r.newStamp(1).id}
	tail := s.queues[2].tail()
	r.resize(1)
	q := r.states[0].queues[2]
	if q.tail() != tail || !slices.EqualFunc(q.ring, []int32{6, 8, 9, 7}, func(e entry, g int32) bool { return e.g == g }) || !r.states[0].queues[1].empty() {
		t.Errorf("tail %d, want %d: %v", q.tail(), tail, q.ring)
	}
}

// TestDeep: what a thief has passed on explains a start as long as there are not more than
// hops of them.
func TestDeep(t *testing.T) {
	r := newReplay(3, trueRules())
	r.event(1)
	s := r.states[0]
	for g := range int32(8) {
		r.setRunnable(g+1, true)
		s.put1(0, g+1)
	}
	for m := int32(2); m <= 3; m++ {
		r.event(m)
		r.acquired(int(m)-1, m, true)
	}
	a := &r.attempt
	*a = attempt{r: r, g: 2, m: 3, p: 2, since: r.ps[2].since, others: true, hidden: true}
	if a.deep(s, 0); len(a.out) != 0 {
		t.Errorf("%d states without a hop", len(a.out))
	}
	if a.deep(s, 1); len(a.out) == 0 {
		t.Fatal("nothing with one hop")
	}
	for _, n := range a.out {
		if n.bits < 2*passedOn || len(n.hands) != 1 || n.hands[0].m != 2 || n.label.source != fromOther || n.label.from != 1 {
			t.Errorf("%+v, hands %+v", n.label, n.hands)
		}
	}
	n := len(a.out)
	if r.over = true; true {
		a.deep(s, 1)
	}
	if len(a.out) != n {
		t.Error("it goes on though there is no work left")
	}
}

// TestFew: of what was put into a ring fewPlaces are searched.
func TestFew(t *testing.T) {
	for _, n := range []int{fewPlaces - 1, fewPlaces} {
		q := certProc{base: 7, left: 1, puts: []*put{{kind: inRing, at: 3}}}
		for range n - 1 {
			q.puts = append(q.puts, &put{kind: inRing, at: 3, start: 9})
		}
		if got := q.tail(4); (got == q.puts[0]) != (n < fewPlaces) {
			t.Errorf("of %d the first is found: %v", n, got != nil)
		}
		if q.tail(3) != nil {
			t.Error("it was put before itself")
		}
		q.puts = append(q.puts, &put{kind: inRing, at: 4, start: 9, passed: true})
		last := 7 + uint64(n)
		for lo, want := range map[uint64]bool{6: false, 7: n <= fewPlaces, last - 1: true, last: false} {
			if n == fewPlaces && lo == 6 || lo > 6 {
				if got := q.between(lo, open, 10); got != want {
					t.Errorf("of %d: one after the %d-th has run: %v, want %v", n, lo, got, want)
				}
			}
		}
		if q.between(7, last, 10) || q.between(7, open, 9) {
			t.Error("it is before itself, or ran before it did")
		}
	}
}

// TestComplete: all that was runnable when the trace began is known at the second Sync, if not
// before.
func TestComplete(t *testing.T) {
	r, err := trace.NewReader(bytes.NewReader(load(t, "")["1-gosched"].trace))
	if err != nil {
		t.Fatal(err)
	}
	ev, err := r.ReadEvent()
	for err == nil && ev.Kind() != trace.EventSync {
		ev, err = r.ReadEvent()
	}
	if err != nil {
		t.Fatal(err)
	}
	e := &Explainer{rules: trueRules()}
	e.event(&ev) // there is no replay yet
	e.syncs = 0
	e.setProcs(1)
	for i, want := range []bool{false, true, true} {
		if e.event(&ev); e.replay.complete != want {
			t.Errorf("Sync %d: %v", i+1, e.replay.complete)
		}
	}
}

// TestBack: a goroutine that comes back from a system call with a P goes on in the time slice
// that it had; one that has none begins another, or waits in the global queue.
func TestBack(t *testing.T) {
	for _, p := range []int{0, -1} {
		e := &Explainer{rules: trueRules(), gs: map[trace.GoID]*goroutine{}, byIndex: []*goroutine{nil}}
		e.setProcs(1)
		r := e.replay
		r.event(1)
		r.acquired(0, 1, false)
		g := e.goroutine(7)
		e.transition(new(trace.Event), new(trace.StateTransition), g, trace.GoSyscall, trace.GoRunnable, 1, p, 0)
		if n := len(r.states); n != 1-p {
			t.Fatalf("P %d: %d states", p, n)
		}
		hands := 0
		for _, s := range r.states {
			if len(s.hands) == 0 {
				if s.queues[1].ring[0].g != g.index {
					t.Errorf("P %d: %v", p, s.queues[1].ring)
				}
				continue
			}
			hands++
			if h := s.hands[0]; h.g != g.index || h.m != 1 || h.from != fromSyscall || h.slice != -p {
				t.Errorf("P %d: %+v", p, h)
			}
		}
		if hands != 1 {
			t.Errorf("P %d: it is to run at once in %d states", p, hands)
		}
	}
}

// TestFrugal: where a start has more explanations than there is work for, those that are likely
// are looked at. Without any state nothing is explained.
func TestFrugal(t *testing.T) {
	const n = 200
	r := newReplay(2, trueRules())
	r.complete = true
	r.event(1)
	r.acquired(0, 1, true)
	for g := range int32(n) {
		r.event(2)
		r.ready(g+1, 2, -1, fromUnknown, 0, toGlobal)
	}
	for len(r.states) < maxStates {
		r.states = append(r.states, r.states[0].fork())
	}
	r.work = mostWork/4 + enoughWork/2
	if !r.started(1, 1, 0) || r.over || !r.attempt.frugal || r.leftOut != r.layer-1 || !r.pruned {
		t.Fatalf("over %v, frugal %v", r.over, r.attempt.frugal)
	}
	for _, s := range r.states {
		// It was alone, in its turn, or came with a share.
		if l := s.label; l.source != fromGlobal || l.moved != 1 && int(l.moved) != share(n, 2) || len(s.queues[0].ring) != int(l.moved)-1 {
			t.Errorf("%+v, ring of %d", l, len(s.queues[0].ring))
		}
	}
	r.event(1)
	r.stopped(0)
	r.states = nil
	if r.started(2, 1, 0) {
		t.Error("no state explains it")
	}
}
