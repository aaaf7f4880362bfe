package ipc_test

import (
	"math"
	"slices"
	"testing"

	"github.com/orrery-go/orrery/ipc"
)

// TestShared: all regions together have at most 64 MiB.
func TestShared(t *testing.T) {
	s := newSystem(t)
	for i := range 4 {
		if _, err := s.Map(1, 1<<24); err != nil {
			t.Fatalf("region %d: %v", i, err)
		}
	}
	if _, err := s.Map(1, 1); err != ipc.ENOMEM {
		t.Errorf("one byte more: %v", err)
	}
}

// TestPassLimit: a receiver gets as many descriptors as it may have; the others are
// lost.
func TestPassLimit(t *testing.T) {
	s := newSystem(t)
	a, b, err := s.SocketPair(1, false)
	if err != nil {
		t.Fatal(err)
	}
	far, err := s.Give(1, b, 2)
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := s.Pipe(1)
	if err != nil {
		t.Fatal(err)
	}
	for range 4095 - 2 {
		if _, err := s.Give(1, a, 2); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Send(1, a, []byte{1}, w, w, w, w); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(1, w); err != nil {
		t.Fatal(err)
	}
	o, err := s.Recv(2, far, 1)
	if want := []ipc.FD{4094, 4095}; !slices.Equal(o.FDs, want) || err != nil {
		t.Errorf("descriptors %d, %v, want %d", o.FDs, err, want)
	}
	for _, fd := range o.FDs {
		if err := s.Close(2, fd); err != nil {
			t.Fatal(err)
		}
	}
	if o, err := s.Read(1, r, 1); o.Waiter != 0 || err != nil {
		t.Errorf("the pipe has a writer still: %v, %v", o, err)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

// TestInterrupts: an interrupted call is on no list any more, wherever it slept: the
// next wake-up wakes another call.
func TestInterrupts(t *testing.T) {
	for _, way := range []string{"read of a pipe", "write to a pipe", "read of a stream", "write to a stream", "fetch", "post", "open", "down"} {
		s := newSystem(t)
		r, w, _ := s.Pipe(1)
		a, b, _ := s.SocketPair(1, false)
		q, _ := s.Queue(1, 1, 10)
		fifo, _ := s.FIFO(1)
		sem, err := s.Semaphore(1, 0)
		if err != nil {
			t.Fatal(err)
		}
		big := make([]byte, 8192)
		call, ends := map[string]func() (ipc.Outcome, error){
			"read of a pipe":    func() (ipc.Outcome, error) { return s.Read(1, r, 1) },
			"write to a pipe":   func() (ipc.Outcome, error) { return s.Write(1, w, big) },
			"read of a stream":  func() (ipc.Outcome, error) { return s.Read(1, a, 1) },
			"write to a stream": func() (ipc.Outcome, error) { return s.Write(1, a, big) },
			"fetch":             func() (ipc.Outcome, error) { return s.Fetch(1, q, 10) },
			"post":              func() (ipc.Outcome, error) { return s.Post(1, q, []byte{1}, 0) },
			"open":              func() (ipc.Outcome, error) { return s.Open(1, fifo, ipc.ReadOnly, false) },
			"down":              func() (ipc.Outcome, error) { return s.Down(1, sem) },
		}[way], map[string]func() error{
			"read of a pipe":    func() error { return second(s.Write(1, w, []byte{1})) },
			"write to a pipe":   func() error { return second(s.Read(1, r, 65536)) },
			"read of a stream":  func() error { return second(s.Write(1, b, []byte{1})) },
			"write to a stream": func() error { return second(s.Read(1, b, 1<<20)) },
			"fetch":             func() error { return second(s.Post(1, q, []byte{1}, 0)) },
			"post":              func() error { return second(s.Fetch(1, q, 10)) },
			"open":              func() error { return second(s.Open(2, fifo, ipc.WriteOnly, false)) },
			"down":              func() error { return s.Up(1, sem) },
		}[way]
		var ids []int
		for len(ids) < 2 {
			o, err := call()
			if err != nil {
				t.Fatalf("%s: %v", way, err)
			}
			if o.Waiter != 0 {
				ids = append(ids, o.Waiter)
			}
		}
		if err := s.Interrupt(ids[0]); err != nil {
			t.Fatal(err)
		}
		if o, err := s.Resume(ids[0]); o.Waiter != 0 || err != ipc.EINTR && o.N == 0 {
			t.Errorf("%s: %v, %v", way, o, err)
		}
		if awake := s.Awake(); len(awake) != 0 {
			t.Errorf("%s: %d are awake", way, awake)
		}
		before := s.Counts().Wakes
		if err := ends(); err != nil {
			t.Fatalf("%s: %v", way, err)
		}
		if n := s.Counts().Wakes - before; n != 1 {
			t.Errorf("%s: %d calls are woken, want 1", way, n)
		}
		if awake := s.Awake(); !slices.Equal(awake, ids[1:]) {
			t.Errorf("%s: %d are awake, want %d", way, awake, ids[1:])
		}
		if err := s.Check(); err != nil {
			t.Errorf("%s: %v", way, err)
		}
	}
}

// TestSendBuffer: a message is accepted while any of the sender's buffer is free; one of
// a byte takes 768 bytes of it.
func TestSendBuffer(t *testing.T) {
	for size, want := range map[int]int{7680: 10, 7681: 11, 7679: 10} {
		for _, dgram := range []bool{false, true} {
			s, err := ipc.New(ipc.Config{SndBuf: size, Nonblock: true})
			if err != nil {
				t.Fatal(err)
			}
			a, _, err := s.SocketPair(1, dgram)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for ; err == nil; n++ {
				_, err = s.Write(1, a, []byte{1})
			}
			if n-1 != want || err != ipc.EAGAIN {
				t.Errorf("a buffer of %d takes %d messages, %v, want %d", size, n-1, err, want)
			}
		}
	}
}

// TestTruesize: the number of messages of a size that fit a send buffer of 212,992
// bytes, by the part that each takes: its head, its data with 320 bytes rounded up to a
// power of two, and pages.
func TestTruesize(t *testing.T) {
	for n, takes := range map[int]int{1: 768, 192: 768, 193: 1280, 704: 1280, 705: 2304, 1728: 2304, 1729: 4352, 3776: 4352, 3777: 4864, 4096: 4864, 4097: 4864, 7872: 8448, 7873: 8960} {
		s, err := ipc.New(ipc.Config{Nonblock: true})
		if err != nil {
			t.Fatal(err)
		}
		a, _, err := s.SocketPair(1, false)
		if err != nil {
			t.Fatal(err)
		}
		sent := 0
		for ; err == nil; sent++ {
			_, err = s.Write(1, a, make([]byte, n))
		}
		if want := (212_992 + takes - 1) / takes; sent-1 != want || err != ipc.EAGAIN {
			t.Errorf("%d messages of %d bytes, %v, want %d", sent-1, n, err, want)
		}
	}
	s := newSystem(t)
	a, _, err := s.SocketPair(1, true)
	if err != nil {
		t.Fatal(err)
	}
	if o, err := s.Write(1, a, make([]byte, 212_961)); err != ipc.EMSGSIZE {
		t.Errorf("a datagram of 212961 bytes: %v, %v", o, err)
	}
	if o, err := s.Write(1, a, make([]byte, 212_960)); o.N != 212_960 || err != nil {
		t.Errorf("a datagram of 212960 bytes: %v, %v", o, err)
	}
}

// TestResize: a pipe has the requested number of pages.
func TestResize(t *testing.T) {
	s := newSystem(t)
	r, w, err := s.Pipe(1)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetNonblock(1, w, true); err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]int{1: 4096, 4096: 4096, 4097: 8192, 100_000: 131_072} {
		if got, err := s.SetPipeSize(1, r, n); got != want || err != nil {
			t.Errorf("a size of %d: %d, %v, want %d", n, got, err, want)
		}
		if got, err := s.PipeSize(1, w); got != want || err != nil {
			t.Errorf("after a size of %d: %d, %v, want %d", n, got, err, want)
		}
		if o, err := s.Write(1, w, make([]byte, 200_000)); o.N != want || err != nil {
			t.Errorf("a pipe of %d takes %d bytes, %v", want, o.N, err)
		}
		if o, err := s.Read(1, r, 200_000); o.N != want || err != nil {
			t.Errorf("a pipe of %d gives %d bytes, %v", want, o.N, err)
		}
	}
}

// TestPriorities: the highest priority comes first, and among equal ones the oldest
// message.
func TestPriorities(t *testing.T) {
	s := newSystem(t)
	q, err := s.Queue(1, 10, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []string{"1a", "5a", "3a", "5b", "0a", "1b", "3b"} {
		if _, err := s.Post(1, q, []byte(m), int(m[0]-'0')); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"5a", "5b", "3a", "3b", "1a", "1b", "0a"} {
		if o, err := s.Fetch(1, q, 10); string(o.Data) != want || o.Priority != int(want[0]-'0') || err != nil {
			t.Errorf("%q of priority %d, %v, want %s", o.Data, o.Priority, err, want)
		}
	}
}

// TestQueuedSignals: 1,024 signals are queued; one more is an error only for a thread.
func TestQueuedSignals(t *testing.T) {
	s := newSystem(t)
	thread, err := s.Thread(1)
	if err != nil {
		t.Fatal(err)
	}
	for to, want := range map[ipc.Proc]error{2: nil, thread: ipc.EAGAIN} {
		for range 1024 {
			if err := s.Kill(1, to, 40); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Kill(1, to, 40); err != want {
			t.Errorf("one more to %d: %v, want %v", to, err, want)
		}
		n := 0
		for ; err == nil; n++ {
			_, err = s.Take(to, ^uint64(0))
		}
		if n-1 != 1024 || err != ipc.EAGAIN {
			t.Errorf("%d takes %d, %v", to, n-1, err)
		}
		err = nil
	}
}

// TestDo: an operation in the form of data has the effect of the method.
func TestDo(t *testing.T) {
	s := newSystem(t)
	if o, err := s.Do(ipc.Op{Verb: ipc.QueueVerb, Proc: 1, Most: 2, N: 10}); !slices.Equal(o.FDs, []ipc.FD{0}) || err != nil {
		t.Errorf("%v, %v", o, err)
	}
	o, err := s.Do(ipc.Op{Verb: ipc.SocketPairVerb, Proc: 1})
	if !slices.Equal(o.FDs, []ipc.FD{1, 2}) || err != nil {
		t.Fatalf("%v, %v", o, err)
	}
	if _, err := s.Do(ipc.Op{Verb: ipc.ShutdownVerb, Proc: 1, FD: 1, How: ipc.WR}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(1, 1, []byte("x")); err != ipc.EPIPE {
		t.Errorf("a write after the end of sending: %v", err)
	}
	if o, err := s.Write(1, 2, []byte("x")); o.N != 1 || err != nil {
		t.Errorf("a write to the one that receives still: %v, %v", o, err)
	}
	if _, err := s.Do(ipc.Op{Verb: ipc.ShutdownVerb, Proc: 1, FD: 1, How: ipc.RD}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(1, 2, []byte("x")); err != ipc.EPIPE {
		t.Errorf("a write to one that does not receive: %v", err)
	}
	if _, err := s.Do(ipc.Op{Verb: ipc.ShutdownVerb, Proc: 1, FD: 1}); err != ipc.EINVAL {
		t.Errorf("a shutdown of nothing: %v", err)
	}
}

// TestLargestPipe: 2^31 bytes are more than a pipe may have, and one more is no size at all.
func TestLargestPipe(t *testing.T) {
	s := newSystem(t)
	r, _, err := s.Pipe(1)
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]error{math.MinInt32: ipc.EPERM, math.MinInt32 + 1: ipc.EINVAL, -1: ipc.EINVAL} { // the kernel takes an unsigned int
		if got, err := s.SetPipeSize(1, r, n); got != 0 || err != want {
			t.Errorf("a size of %d: %d, %v, want %v", uint32(n), got, err, want)
		}
	}
}

// TestWaiters: a Snapshot has the calls that sleep and those that were woken, with their
// files.
func TestWaiters(t *testing.T) {
	s := newSystem(t)
	r, w, err := s.Pipe(1)
	if err != nil {
		t.Fatal(err)
	}
	sem, err := s.Semaphore(1, 0)
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Read(1, r, 1)
	first := sleeps(t, o, err)
	o, err = s.Down(2, sem)
	second := sleeps(t, o, err)
	if _, err := s.Write(1, w, []byte{1}); err != nil {
		t.Fatal(err)
	}
	want := []ipc.WaiterState{{Waiter: first, Proc: 1, File: 1, Awake: true}, {Waiter: second, Proc: 2}}
	if got := s.Snapshot().Waiters; !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
