package ipc_test

import (
	"slices"
	"testing"

	"github.com/orrery-go/orrery/ipc"
)

// TestShared: regions have 64 MiB together at most.
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

// TestPassLimit: a receiver gets as many descriptors as it can have; the others are gone.
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

// TestInterrupts: a call that was interrupted is on no list any more, wherever it slept:
// what comes wakes another one.
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
		if err := ends(); err != nil {
			t.Fatalf("%s: %v", way, err)
		}
		if awake := s.Awake(); !slices.Equal(awake, ids[1:]) {
			t.Errorf("%s: %d are awake, want %d", way, awake, ids[1:])
		}
		if err := s.Check(); err != nil {
			t.Errorf("%s: %v", way, err)
		}
	}
}

// TestSendBuffer: a message goes while any of the sender's buffer is free; one of a byte
// takes 768 of it.
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
