package ipc_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/ipc"
)

var verbs = []ipc.Verb{
	ipc.PipeVerb, ipc.FIFOVerb, ipc.OpenVerb, ipc.SocketPairVerb, ipc.QueueVerb, ipc.GiveVerb, ipc.CloseVerb, ipc.ReadVerb, ipc.ReadVerb, ipc.WriteVerb,
	ipc.WriteVerb, ipc.SendVerb, ipc.RecvVerb, ipc.ShutdownVerb, ipc.PostVerb, ipc.FetchVerb, ipc.KillVerb, ipc.TakeVerb, ipc.ResumeVerb, ipc.ResumeVerb,
	ipc.SetPipeSizeVerb, ipc.PipeSizeVerb, ipc.MaskVerb, ipc.ForkVerb, ipc.ThreadVerb,
}

// TestInvariants performs any calls, including ones that sleep, and checks what always
// holds: bytes are read as written, references and memory are counted, events name rules
// and come in order, the state survives JSON.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seq := uint64(0)
		var s *ipc.System
		c := ipc.Config{Nonblock: rapid.Bool().Draw(t, "nonblock"), Trace: func(e ipc.Event) {
			if seq++; e.Seq != seq || e.Rule == "" || e.String() == "" {
				t.Fatalf("event %+v, want %d", e, seq)
			}
			if _, _, err := s.Pipe(1); err == nil {
				t.Fatal("a system is used from its own Trace")
			}
		}}
		s, err := ipc.New(c)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 60).Draw(t, "n") {
			n := rapid.SampledFrom([]int{0, 1, 2, 3, 100, 4096, 4097, 70000}).Draw(t, "n")
			op := ipc.Op{
				Verb: rapid.SampledFrom(verbs).Draw(t, "verb"), Proc: ipc.Proc(rapid.IntRange(1, 2).Draw(t, "proc")), FD: ipc.FD(rapid.IntRange(-1, 6).Draw(t, "fd")),
				To: ipc.Proc(rapid.IntRange(1, 2).Draw(t, "to")), N: n, Most: rapid.IntRange(0, 3).Draw(t, "most"), Set: ^uint64(0),
				Mode: rapid.SampledFrom([]ipc.Mode{ipc.ReadOnly, ipc.WriteOnly, ipc.ReadWrite}).Draw(t, "mode"), Datagram: rapid.Bool().Draw(t, "datagram"),
			}
			switch op.Verb {
			case ipc.WriteVerb, ipc.SendVerb, ipc.PostVerb:
				op.Data = make([]byte, n)
				for range rapid.IntRange(0, 2).Draw(t, "fds") {
					op.FDs = append(op.FDs, ipc.FD(rapid.IntRange(0, 6).Draw(t, "pass")))
				}
			case ipc.ResumeVerb:
				if awake := s.Awake(); len(awake) > 0 {
					op.N = awake[rapid.IntRange(0, len(awake)-1).Draw(t, "awake")]
				}
			}
			_, err := s.Do(op)
			if _, ok := err.(ipc.Errno); err != nil && !ok && !strings.HasPrefix(err.Error(), "ipc: ") {
				t.Fatalf("%v: %v", op, err)
			}
			if err := s.Check(); err != nil {
				t.Fatalf("after %v: %v", op, err)
			}
		}
		snap := s.Snapshot()
		data, err := json.Marshal(snap)
		if err != nil {
			t.Fatal(err)
		}
		var back ipc.Snapshot
		if err := json.Unmarshal(data, &back); err != nil || strings.Contains(string(data), "null") {
			t.Fatalf("%v: %s", err, data)
		}
		if diff := cmp.Diff(snap, back); diff != "" {
			t.Fatalf("(-written +read):\n%s", diff)
		}
	})
}

// TestCopies: every byte that is read was copied twice, but through shared memory never.
func TestCopies(t *testing.T) {
	for _, n := range []int{1, 64, 4096, 8192} {
		costs, err := ipc.Costs(n)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range costs {
			want := ipc.Cost{Way: c.Way, Size: n, Copies: 2, Bytes: 2 * n, Calls: 2, Sleeps: 1}
			if c.Way == ipc.ByShared {
				want.Copies, want.Bytes = 0, 0
			}
			if c != want {
				t.Errorf("%+v, want %+v", c, want)
			}
		}
	}
	for _, n := range []int{0, -1, 8193} {
		if _, err := ipc.Costs(n); err != ipc.EMSGSIZE {
			t.Errorf("%d: %v", n, err)
		}
	}
}

func TestNewErrors(t *testing.T) {
	for _, c := range []ipc.Config{{Procs: -1}, {Procs: 65}, {SndBuf: 1}, {PipeMax: 1}, {PipeMax: min(1<<40, math.MaxInt)}} {
		if _, err := ipc.New(c); err == nil || !strings.Contains(err.Error(), "out of range") {
			t.Errorf("%+v: %v", c, err)
		}
	}
	var zero ipc.System
	if _, _, err := zero.Pipe(1); err == nil || !strings.Contains(err.Error(), "use New") {
		t.Error(err)
	}
	s, err := ipc.New(ipc.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Pipe(3); err == nil || !strings.Contains(err.Error(), "[1,2]") {
		t.Error(err)
	}
	_, w, _ := s.Pipe(1)
	if _, err := s.SetPipeSize(1, w, 1<<21); err != ipc.EPERM {
		t.Errorf("a pipe of 2 MiB: %v", err)
	}
}

// TestThreads: a thread shares memory and descriptors, and has signals of its own.
func TestThreads(t *testing.T) {
	s, err := ipc.New(ipc.Config{})
	if err != nil {
		t.Fatal(err)
	}
	thread, err := s.Thread(1)
	if err != nil {
		t.Fatal(err)
	}
	r, w, _ := s.Pipe(1)
	if _, err := s.Write(thread, w, []byte("x")); err != nil {
		t.Error(err)
	}
	if err := s.Poke(thread, 5, 7); err != nil {
		t.Error(err)
	}
	if b, err := s.Peek(1, 5); b != 7 || err != nil {
		t.Error(b, err)
	}
	if err := s.Close(thread, r); err != nil {
		t.Error(err)
	}
	if _, err := s.Write(1, w, []byte("x")); err != ipc.EPIPE {
		t.Errorf("a write to a pipe whose other end a thread has closed: %v", err)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	for to, want := range map[ipc.Proc]ipc.Switched{1: {}, 2: {Registers: true, Stack: true, Memory: true}, thread: {Registers: true, Stack: true}} {
		if got, err := s.Switch(1, to); got != want || err != nil {
			t.Errorf("to %d: %+v, %v", to, got, err)
		}
	}
}

// TestGarbage: sockets that are only in each other's queues are freed.
func TestGarbage(t *testing.T) {
	s, err := ipc.New(ipc.Config{})
	if err != nil {
		t.Fatal(err)
	}
	a, b, _ := s.SocketPair(1, false)
	c, d, _ := s.SocketPair(1, false)
	for _, x := range [][2]ipc.FD{{a, d}, {c, b}} { // d into b's queue, b into d's
		if _, err := s.Send(1, x[0], []byte{1}, x[1]); err != nil {
			t.Fatal(err)
		}
	}
	for _, fd := range []ipc.FD{b, d} {
		if err := s.Close(1, fd); err != nil {
			t.Fatal(err)
		}
	}
	// Their peers are open, but can no longer be received from.
	if _, err := s.Send(1, a, []byte{1}); err != ipc.EPIPE {
		t.Errorf("a send to one that is garbage: %v", err)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}
