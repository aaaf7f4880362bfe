package chanq

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestCheckNotices damages channels in each way that Check detects, and checks that
// Check reports it.
func TestCheckNotices(t *testing.T) {
	for name, damage := range map[string]struct {
		do   func(m *Chans, buffered, waits, sends *hchan)
		want string
	}{
		"a lock that is held":    {func(_ *Chans, b, _, _ *hchan) { b.lock = true }, "its lock is held"},
		"fewer than no values":   {func(_ *Chans, b, _, _ *hchan) { b.qcount = -1 }, "qcount -1 out of range [0,3]"},
		"more values than room":  {func(_ *Chans, b, _, _ *hchan) { b.qcount = 4 }, "qcount 4 out of range [0,3]"},
		"a value too few":        {func(_ *Chans, b, _, _ *hchan) { b.qcount-- }, "do not give sendx"},
		"a close without waking": {func(_ *Chans, _, w, _ *hchan) { w.closed = true }, "closed, and 1 wait"},
		"a queue without a last": {func(_ *Chans, _, w, _ *hchan) { w.recvq.last = nil }, "last is not its last"},
		"a link back":            {func(_ *Chans, _, w, _ *hchan) { w.recvq.first.prev = w.recvq.first }, "not linked both ways"},
		"not queued":             {func(_ *Chans, _, w, _ *hchan) { w.recvq.first.queued = false }, "not linked both ways"},
		"of another channel":     {func(_ *Chans, b, w, _ *hchan) { w.recvq.first.c = b }, "not linked both ways"},
		"a waiter that runs":     {func(m *Chans, _, w, _ *hchan) { w.recvq.first.g.status = running }, "runs, and is in 1 queues"},
		"a waiter in no queue":   {func(_ *Chans, _, w, _ *hchan) { w.recvq = waitq{} }, "waits in 0 queues, not in 1"},
		"a receiver and a sender": {func(_ *Chans, _, w, s *hchan) {
			sg := s.sendq.first
			s.sendq, w.sendq, sg.c = waitq{}, waitq{first: sg, last: sg}, w
		}, "1 wait to receive, and 1 to send"},
		"a receiver and a value": {func(_ *Chans, b, w, _ *hchan) {
			sg := w.recvq.first
			w.recvq, b.recvq, sg.c = waitq{}, waitq{first: sg, last: sg}, b
		}, "1 wait to receive, and 2 values are there"},
		"a sender and room": {func(_ *Chans, b, _, s *hchan) {
			sg := s.sendq.first
			b.qcount, b.sendx = 0, b.recvx
			s.sendq, b.sendq, sg.c = waitq{}, waitq{first: sg, last: sg}, b
		}, "1 wait to send, and 3 slots are free"},
	} {
		m, err := New(Config{Release: "go1.26"})
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int64{3, 0, 0} {
			if _, err := m.Make(Elem{Size: 8}, size); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			if _, err := m.Go(); err != nil {
				t.Fatal(err)
			}
		}
		for _, step := range []func() (Outcome, error){
			func() (Outcome, error) { return m.Send(1, 1, 7) },
			func() (Outcome, error) { return m.Send(1, 1, 8) },
			func() (Outcome, error) { return m.Recv(2, 2) },
			func() (Outcome, error) { return m.Send(3, 3, 9) },
		} {
			if _, err := step(); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
		damage.do(m, m.chans[1], m.chans[2], m.chans[3])
		if err := m.Check(); err == nil || !strings.Contains(err.Error(), damage.want) {
			t.Errorf("%s: %v, want %q", name, err, damage.want)
		}
	}
}

// TestHeapSort checks that the cases of a select are sorted by their channels
// (runtime/select.go:selectgo), and that none is lost.
func TestHeapSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(rapid.IntRange(0, 9), 0, 12).Draw(t, "channels")
		order := make([]int32, len(keys))
		for i := range order {
			order[i] = int32(i)
		}
		order = rapid.Permutation(order).Draw(t, "poll order")
		before := slices.Clone(order)
		key := func(i int32) Chan { return Chan(keys[i]) }
		heapSort(order, key)
		if !slices.IsSortedFunc(order, func(a, b int32) int { return int(key(a)) - int(key(b)) }) {
			t.Fatalf("%v of channels %v", order, keys)
		}
		slices.Sort(before)
		if got := slices.Sorted(slices.Values(order)); !slices.Equal(got, before) {
			t.Fatalf("%v become %v", before, got)
		}
	})
}

// TestNoState checks that a word that a machine accepts as a state is one that it would
// write: a state with one or two bits changed is another state, or is refused.
func TestNoState(t *testing.T) {
	both := Op{Verb: SelectVerb, Cases: []Case{{Chan: 1}, {Chan: 2, Send: true, Value: 3}}}
	k, err := NewMachine(Bounded{Caps: []int64{1, 0}, Procs: [][]Op{
		{both, {Verb: RecvVerb, Chan: 2}}, {{Verb: SendVerb, Chan: 2, Value: 1}, {Verb: CloseVerb, Chan: 1}}, {{Verb: RecvVerb, Chan: 1}, both},
	}})
	if err != nil {
		t.Fatal(err)
	}
	states := k.Initial()
	seen := map[Packed]bool{states[0]: true}
	for i := 0; i < len(states) && len(states) < 60; i++ {
		k.Successors(states[i], func(_ int, to Packed) {
			if !seen[to] {
				seen[to] = true
				states = append(states, to)
			}
		})
	}
	read, wrong := 0, 0
	for _, s := range states {
		k.Successors(s, nil)
		for i := range k.Bits() {
			for j := i; j < min(i+24, k.Bits()); j++ {
				other := s
				other[i/64] ^= 1 << (i % 64)
				if j > i {
					other[j/64] ^= 1 << (j % 64)
				}
				m, pcs, dead, err := k.decode(other, nil)
				if err != nil {
					continue
				}
				read++
				if again := k.encode(m, pcs, dead); again != other {
					t.Fatalf("%#x is read as a state that is %#x", other, again)
				}
				if m.Check() != nil {
					wrong++
					k.Successors(other, func(int, Packed) { t.Fatalf("%#x is no state, and has a step", other) })
				}
			}
		}
	}
	if len(states) < 10 || read == 0 || wrong == 0 {
		t.Errorf("%d states, of whose neighbours %d are read, %d of them wrong", len(states), read, wrong)
	}
}

// TestShiftRegister checks that the register never stays at 0, whatever its initial
// value.
func TestShiftRegister(t *testing.T) {
	for _, seed := range []uint32{0, 1, 1 << 31, 1<<32 - 1} {
		choose, chosen := shiftRegister(seed), map[int]int{}
		for range 1000 {
			chosen[choose(4)]++
		}
		if len(chosen) != 4 {
			t.Errorf("from %#x, %v are chosen of 4", seed, chosen)
		}
	}
}
