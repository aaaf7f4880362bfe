package epollsim_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/epollsim"
)

var verbs = []epollsim.Verb{
	epollsim.EventFDVerb, epollsim.PipeVerb, epollsim.SocketPairVerb, epollsim.TCPVerb, epollsim.CreateVerb, epollsim.DupVerb, epollsim.CloseVerb,
	epollsim.ReadVerb, epollsim.WriteVerb, epollsim.SignalVerb, epollsim.ShutdownVerb, epollsim.CtlVerb, epollsim.CtlVerb, epollsim.CtlVerb, epollsim.CtlVerb,
	epollsim.WaitVerb, epollsim.BlockVerb, epollsim.ResumeVerb, epollsim.InterruptVerb, epollsim.ScanVerb, epollsim.StepVerb, epollsim.PollVerb,
	epollsim.SelectVerb, epollsim.AdvanceVerb, epollsim.RegularVerb, epollsim.CreateSizeVerb,
}

func drawOp(t *rapid.T, k *epollsim.Kernel) epollsim.Op {
	top := k.Open() + 1
	fd := func(label string) epollsim.FD { return epollsim.FD(rapid.IntRange(2, top).Draw(t, label)) }
	op := epollsim.Op{
		Verb: rapid.SampledFrom(verbs).Draw(t, "verb"), FD: fd("fd"), Target: fd("target"),
		Ctl:    rapid.SampledFrom([]epollsim.CtlOp{1, 1, 1, 2, 3}).Draw(t, "ctl"),
		Events: rapid.SampledFrom([]epollsim.Events{epollsim.IN, epollsim.OUT, epollsim.IN | epollsim.OUT | epollsim.ET, epollsim.IN | epollsim.ONESHOT, epollsim.IN | epollsim.EXCLUSIVE}).Draw(t, "events"),
		N:      rapid.SampledFrom([]int{1, 2, 3, 8, 4096, 70000}).Draw(t, "n"), Value: rapid.Uint64Range(0, 3).Draw(t, "value"),
		Timeout: time.Duration(rapid.Int64Range(-1, 5).Draw(t, "timeout")), How: epollsim.How(rapid.IntRange(0, 2).Draw(t, "how")),
	}
	if op.Verb == epollsim.PollVerb {
		op.Polls = []epollsim.PollFD{{FD: op.FD, Events: op.Events & 0xffff}}
	}
	if op.Verb == epollsim.SelectVerb {
		op.N, op.Sets = 64, epollsim.Sets{In: []epollsim.FD{op.FD}}
	}
	return op
}

// TestInvariants performs any calls, and checks what always holds: trees are red-black,
// lists are linked, references are counted, events name rules and come in order, and
// performing the calls again gives the same events.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var k *epollsim.Kernel
		seq := uint64(0)
		snapshots := map[uint64]epollsim.Snapshot{}
		c := epollsim.Config{Record: true, MaxFD: 64}
		c.Trace = func(e epollsim.Event) {
			if seq++; e.Seq != seq || e.Rule == "" || e.Kind == "" || e.String() == "" {
				t.Fatalf("event %+v, want %d", e, seq)
			}
			if k == nil {
				return
			}
			if seq%7 == 0 {
				snapshots[e.Seq] = k.Snapshot()
			}
			if _, err := k.Create(); err == nil {
				t.Fatal("a kernel is used from its own Trace")
			}
		}
		k, err := epollsim.New(c)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 60).Draw(t, "n") {
			op := drawOp(t, k)
			_, err := k.Do(op)
			if _, ok := err.(epollsim.Errno); err != nil && !ok && !strings.HasPrefix(err.Error(), "epollsim: ") {
				t.Fatalf("%v: %v", op, err)
			}
			if err := k.Check(); err != nil {
				scanning := false
				for _, w := range k.Snapshot().Waiters {
					scanning = scanning || w.Status == epollsim.Scanning
				}
				t.Fatalf("after %v: %v (scanning: %v)", op, err, scanning)
			}
		}
		for n, want := range snapshots {
			got, err := k.At(n)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("event %d (-then +again):\n%s", n, diff)
			}
		}
		if s, err := k.At(seq + 1); err == nil {
			t.Fatalf("there was no event %d: %v", seq+1, s)
		}
		snap := k.Snapshot()
		data, err := json.Marshal(snap)
		if err != nil {
			t.Fatal(err)
		}
		var back epollsim.Snapshot
		if err := json.Unmarshal(data, &back); err != nil || strings.Contains(string(data), "null") {
			t.Fatalf("%v: %s", err, data)
		}
		if diff := cmp.Diff(snap, back); diff != "" {
			t.Fatalf("(-written +read):\n%s", diff)
		}
	})
}

// TestOverflow compares items that are woken during a scan with the source: they are
// appended to the list, in the order in which they were woken, unless they are on it
// already.
func TestOverflow(t *testing.T) {
	k, err := epollsim.New(epollsim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	ep, _ := k.Create()
	var fds []epollsim.FD
	for i := range 5 {
		fd, _ := k.EventFD(uint32(i/3), false) // 3 and 4 are ready
		if err := k.Ctl(ep, epollsim.ADD, fd, epollsim.IN|epollsim.ET, uint64(i)); err != nil {
			t.Fatal(err)
		}
		fds = append(fds, fd)
	}
	scan, err := k.Scan(ep, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{2, 0, 4, 1, 0} {
		if _, err := k.Signal(fds[i], 1); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := k.Wait(ep, 8); err == nil || !strings.Contains(err.Error(), "lock") {
		t.Errorf("a wait during a scan: %v", err)
	}
	if err := k.Close(fds[0]); err == nil {
		t.Error("a file of a locked epoll is closed")
	}
	var order []uint64
	for o := scan; o.Waiter != 0; {
		if o, err = k.Step(scan.Waiter); err != nil {
			t.Fatal(err)
		}
		for _, r := range o.Ready {
			order = append(order, r.Data)
		}
	}
	for range 6 {
		ready, err := k.Wait(ep, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range ready {
			order = append(order, r.Data)
		}
	}
	// 3 is reported; of the rest, 4 was left over and comes before the woken items.
	if diff := cmp.Diff([]uint64{3, 4, 2, 0, 1}, order); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestTree: a tree of a million items is balanced, and one of them is found in a few
// steps.
func TestTree(t *testing.T) {
	const n = 100_000
	k, err := epollsim.New(epollsim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	ep, _ := k.Create()
	file, _ := k.EventFD(0, false)
	for i := range n {
		fd, err := k.Dup(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Ctl(ep, epollsim.ADD, fd, epollsim.IN, uint64(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Check(); err != nil {
		t.Fatal(err)
	}
	tree := k.Snapshot().Epolls[0]
	depth := make([]int, len(tree.Tree))
	most := 0
	for i := range tree.Tree {
		for up := i; up >= 0; up = tree.Tree[up].Up {
			depth[i]++
		}
		most = max(most, depth[i])
	}
	if most > 34 { // twice the logarithm
		t.Errorf("%d items are %d deep", n, most)
	}
	for i := 0; i < n; i += 3 {
		if err := k.Ctl(ep, epollsim.DEL, tree.Tree[i].FD, 0, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Check(); err != nil {
		t.Fatal(err)
	}
}

func TestNewErrors(t *testing.T) {
	for _, c := range []epollsim.Config{{MaxFD: 3}, {MaxFD: -1}, {MaxFD: 1 << 30}, {SndBuf: 1}, {SndBuf: min(1<<40, math.MaxInt)}, {MaxWatches: -1}} {
		if _, err := epollsim.New(c); err == nil || !strings.Contains(err.Error(), "out of range") {
			t.Errorf("%+v: %v", c, err)
		}
	}
	var zero epollsim.Kernel
	if _, err := zero.Create(); err == nil || !strings.Contains(err.Error(), "use New") {
		t.Error(err)
	}
	k, err := epollsim.New(epollsim.Config{MaxFD: 16, MaxWatches: 2})
	if err != nil {
		t.Fatal(err)
	}
	ep, _ := k.Create()
	for range 12 {
		if _, err := k.EventFD(0, false); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := k.EventFD(0, false); err != epollsim.EMFILE {
		t.Errorf("a 17th descriptor: %v", err)
	}
	for i := range 3 {
		if err := k.Ctl(ep, epollsim.ADD, epollsim.FD(4+i), 0, 0); (err == epollsim.ENOSPC) != (i == 2) {
			t.Errorf("item %d: %v", i, err)
		}
	}
}
