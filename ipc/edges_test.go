package ipc_test

import (
	"slices"
	"testing"

	"github.com/orrery-go/orrery/ipc"
)

func newSystem(t *testing.T) *ipc.System {
	t.Helper()
	s, err := ipc.New(ipc.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRanges: the least and the largest arguments that a call accepts, and those beyond.
func TestRanges(t *testing.T) {
	s := newSystem(t)
	r, err := s.Map(1, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		what string
		err  error
		want error
	}{
		{what: "a map of 16 MiB", err: second(newSystem(t).Map(1, 1<<24))},
		{what: "a map of one byte more", err: second(newSystem(t).Map(1, 1<<24+1)), want: ipc.ENOMEM},
		{what: "a map of nothing", err: second(s.Map(1, 0)), want: ipc.EINVAL},
		{what: "the last byte", err: s.Store(1, r, 9, []byte{1})},
		{what: "the byte after it", err: s.Store(1, r, 10, []byte{1}), want: ipc.EFAULT},
		{what: "the byte before the first", err: s.Store(1, r, -1, []byte{1}), want: ipc.EFAULT},
		{what: "-1 bytes", err: second(s.Load(1, r, 0, -1)), want: ipc.EFAULT},
		{what: "region 0", err: s.Store(1, 0, 0, nil), want: ipc.EFAULT},
		{what: "region 2", err: s.Store(1, r+1, 0, nil), want: ipc.EFAULT},
		{what: "a byte stored at -1", err: s.Poke(1, -1, 0), want: ipc.EFAULT},
		{what: "a byte stored at 4095", err: s.Poke(1, 4095, 0)},
		{what: "a byte stored at 4096", err: s.Poke(1, 4096, 0), want: ipc.EFAULT},
		{what: "a byte loaded from -1", err: second(s.Peek(1, -1)), want: ipc.EFAULT},
		{what: "a byte loaded from 4095", err: second(s.Peek(1, 4095))},
		{what: "a byte loaded from 4096", err: second(s.Peek(1, 4096)), want: ipc.EFAULT},
		{what: "a semaphore of -1", err: second(s.Semaphore(1, -1)), want: ipc.EINVAL},
		{what: "a semaphore of 0", err: second(s.Semaphore(1, 0))},
		{what: "a queue of no messages", err: second(s.Queue(1, 0, 1)), want: ipc.EINVAL},
		{what: "a queue of 1 of 1 byte", err: second(s.Queue(1, 1, 1))},
		{what: "a queue of 10 of 8192 bytes", err: second(s.Queue(1, 10, 8192))},
		{what: "a queue of 11", err: second(s.Queue(1, 11, 1)), want: ipc.EINVAL},
		{what: "messages of no bytes", err: second(s.Queue(1, 1, 0)), want: ipc.EINVAL},
		{what: "messages of 8193 bytes", err: second(s.Queue(1, 1, 8193)), want: ipc.EINVAL},
		{what: "costs of no bytes", err: second(ipc.Costs(0)), want: ipc.EMSGSIZE},
		{what: "costs of 8193 bytes", err: second(ipc.Costs(8193)), want: ipc.EMSGSIZE},
		{what: "signal 0", err: s.Kill(1, 2, 0)},
		{what: "signal -1", err: s.Kill(1, 2, -1), want: ipc.EINVAL},
		{what: "signal 65", err: s.Kill(1, 2, 65), want: ipc.EINVAL},
		{what: "a signal of process 3", err: s.Kill(1, 3, 0), want: ipc.ESRCH},
		{what: "a signal of process 0", err: s.Kill(1, 0, 0), want: ipc.ESRCH},
	} {
		if tt.err != tt.want {
			t.Errorf("%s: %v, want %v", tt.what, tt.err, tt.want)
		}
	}
	for n := 2; ; n++ {
		if _, err := s.Thread(1); err != nil {
			if n != 64 {
				t.Errorf("there are %d processes at most, want 64", n)
			}
			break
		}
	}
	for n := 2; ; n++ { // the two queues
		if _, err := s.Queue(1, 1, 1); err != nil {
			if n != 4096 || err != ipc.EMFILE {
				t.Errorf("there are %d descriptors at most, %v, want 4096", n, err)
			}
			break
		}
	}
	if err := s.Close(1, 100); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Pipe(1); err != ipc.EMFILE {
		t.Errorf("a pipe where one descriptor is free: %v", err)
	}
	if fd, err := s.Give(1, 0, 1); fd != 100 || err != nil {
		t.Errorf("a descriptor where one is free: %d, %v", fd, err)
	}
	if _, err := s.Give(1, 0, 1); err != ipc.EMFILE {
		t.Errorf("a descriptor where none is free: %v", err)
	}
	if err := s.Close(1, 100); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(1, 200); err != nil {
		t.Fatal(err)
	}
	if r, w, err := s.Pipe(1); r != 100 || w != 200 || err != nil {
		t.Errorf("a pipe where two are free: %d, %d, %v", r, w, err)
	}
}

func second[T any](_ T, err error) error { return err }

// TestSignalEdges: 32 is the first signal that is queued. KILL and STOP cannot be
// blocked.
func TestSignalEdges(t *testing.T) {
	s := newSystem(t)
	for _, sig := range []int{1, 1, 31, 31, 32, 32, 64, 64} {
		if err := s.Kill(1, 2, sig); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Pending(2); err != nil || !slices.Equal(got, []int{1, 31, 32, 64}) {
		t.Errorf("%d, %v are pending", got, err)
	}
	var got []int
	for {
		o, err := s.Take(2, ^uint64(0))
		if err != nil {
			break
		}
		got = append(got, o.Signal)
	}
	if want := []int{31, 1, 32, 32, 64, 64}; !slices.Equal(got, want) { // 31, SYS, is a signal of the processor
		t.Errorf("%d are taken, want %d", got, want)
	}
	if err := s.Mask(1, ^uint64(0)); err != nil {
		t.Fatal(err)
	}
	if got, want := s.Snapshot().Procs[0].Blocked, ^uint64(1<<8|1<<18); got != want {
		t.Errorf("%x is blocked, want %x", got, want)
	}
}

// TestFIFOEdges: opening a FIFO for both directions never sleeps, nor does a reader with
// O_NONBLOCK; a FIFO that is no longer open begins anew.
func TestFIFOEdges(t *testing.T) {
	s := newSystem(t)
	n, err := s.FIFO(1)
	if err != nil {
		t.Fatal(err)
	}
	open := func(m ipc.Mode, nonblock bool) ipc.FD {
		t.Helper()
		o, err := s.Open(1, n, m, nonblock)
		if err != nil || o.Waiter != 0 || len(o.FDs) != 1 {
			t.Fatalf("open for %s: %+v, %v", m, o, err)
		}
		return o.FDs[0]
	}
	fd := open(ipc.ReadWrite, false)
	if _, err := s.SetPipeSize(1, fd, 1<<20); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(1, fd); err != nil {
		t.Fatal(err)
	}
	fd = open(ipc.ReadOnly, true)
	if size, err := s.PipeSize(1, fd); size != 1<<16 || err != nil {
		t.Errorf("it has room for %d bytes, %v, want 65536", size, err)
	}
	open(ipc.WriteOnly, false)
	if o, err := newSystem(t).Open(1, n, ipc.ReadOnly, false); err == nil {
		t.Errorf("a FIFO that is not there: %+v", o)
	}
	n, _ = s.FIFO(1)
	if o, err := s.Open(1, n, ipc.ReadOnly, false); o.Waiter == 0 || err != nil {
		t.Errorf("a reader without a writer: %+v, %v", o, err)
	}
	if _, err := s.Open(2, n, "append", false); err != ipc.EINVAL {
		t.Errorf("an unknown mode: %v", err)
	}
}

// TestPeerGone: when the other end of a stream is closed, a sleeping read ends, and so
// does the next one.
func TestPeerGone(t *testing.T) {
	s := newSystem(t)
	a, b, err := s.SocketPair(1, false)
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Read(1, a, 10)
	if o.Waiter == 0 || err != nil {
		t.Fatalf("%+v, %v", o, err)
	}
	if err := s.Close(1, b); err != nil {
		t.Fatal(err)
	}
	if awake := s.Awake(); !slices.Equal(awake, []int{o.Waiter}) {
		t.Fatalf("%d are awake", awake)
	}
	if o, err := s.Resume(o.Waiter); o.N != 0 || o.Waiter != 0 || err != nil {
		t.Errorf("%+v, %v, want the end", o, err)
	}
	if o, err := s.Read(1, a, 10); o.N != 0 || o.Waiter != 0 || err != nil {
		t.Errorf("%+v, %v, want the end", o, err)
	}
}
