package ipc_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/orrery-go/orrery/ipc"
)

// sleeps checks that a call sleeps, and returns its waiter.
func sleeps(t *testing.T, o ipc.Outcome, err error) int {
	t.Helper()
	if o.Waiter == 0 || err != nil {
		t.Fatalf("%v, %v: it does not sleep", o, err)
	}
	return o.Waiter
}

// TestNumbers: regions, semaphores and FIFOs are numbered from 1.
func TestNumbers(t *testing.T) {
	s := newSystem(t)
	for want := 1; want <= 2; want++ {
		r, err := s.Map(1, 1)
		if r != want || err != nil {
			t.Errorf("region %d, %v, want %d", r, err, want)
		}
		sem, err := s.Semaphore(1, 0)
		if sem != want || err != nil {
			t.Errorf("semaphore %d, %v, want %d", sem, err, want)
		}
		f, err := s.FIFO(1)
		if f != want || err != nil {
			t.Errorf("FIFO %d, %v, want %d", f, err, want)
		}
	}
}

// TestSemaphoreCounts: an initial count above 2^31-1 is EINVAL, and exceeding it later
// is EOVERFLOW.
func TestSemaphoreCounts(t *testing.T) {
	s := newSystem(t)
	sem, err := s.Semaphore(1, ipc.MaxCount-1)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []error{nil, ipc.EOVERFLOW, ipc.EOVERFLOW} {
		if err := s.Up(1, sem); err != want {
			t.Errorf("%v, want %v", err, want)
		}
	}
	if o, err := s.Down(1, sem); o.Waiter != 0 || err != nil {
		t.Errorf("%v, %v", o, err)
	}
	if err := s.Up(1, sem); err != nil {
		t.Error(err)
	}
	beyond := ipc.MaxCount
	beyond++ // negative if int has 32 bits
	if _, err := s.Semaphore(1, beyond); err != ipc.EINVAL {
		t.Errorf("a count of 2^31: %v", err)
	}
	for n := 1; ; n++ {
		if _, err := s.Semaphore(1, 1); err != nil {
			if n != 4096 || err != ipc.ENOMEM {
				t.Errorf("there are %d semaphores at most, %v, want 4096", n, err)
			}
			break
		}
	}
}

// TestWakePromisesNothing: a woken call sleeps again if another one was faster.
func TestWakePromisesNothing(t *testing.T) {
	s := newSystem(t)
	sem, err := s.Semaphore(1, 0)
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Down(2, sem)
	id := sleeps(t, o, err)
	for range 2 {
		if err := s.Up(1, sem); err != nil {
			t.Fatal(err)
		}
		if o, err := s.Down(1, sem); o.Waiter != 0 || err != nil {
			t.Fatalf("the one that is quicker: %v, %v", o, err)
		}
		if o, err := s.Resume(id); o.Waiter != id || err != nil {
			t.Fatalf("%v, %v, want it to sleep again", o, err)
		}
		if awake := s.Awake(); len(awake) != 0 {
			t.Fatalf("%d are awake", awake)
		}
	}
	if err := s.Up(1, sem); err != nil {
		t.Fatal(err)
	}
	if o, err := s.Resume(id); o.Waiter != 0 || err != nil {
		t.Errorf("%v, %v", o, err)
	}
}

// TestInterrupt: a call that a signal wakes returns EINTR, or its partial result, and a
// later event wakes another call.
func TestInterrupt(t *testing.T) {
	s := newSystem(t)
	sem, err := s.Semaphore(1, 0)
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Down(2, sem)
	first := sleeps(t, o, err)
	o, err = s.Down(2, sem)
	second := sleeps(t, o, err)
	if err := s.Interrupt(first); err != nil {
		t.Fatal(err)
	}
	if err := s.Up(1, sem); err != nil {
		t.Fatal(err)
	}
	if awake := s.Awake(); !slices.Equal(awake, []int{first, second}) {
		t.Errorf("%d are awake", awake)
	}
	if o, err := s.Resume(second); o.Waiter != 0 || err != nil {
		t.Errorf("the one that is woken: %v, %v", o, err)
	}
	if o, err := s.Resume(first); o.Waiter != 0 || err != ipc.EINTR {
		t.Errorf("the one that is interrupted: %v, %v", o, err)
	}
	r, w, err := s.Pipe(1)
	if err != nil {
		t.Fatal(err)
	}
	o, err = s.Read(1, r, 1)
	first = sleeps(t, o, err)
	if err := s.Interrupt(first); err != nil {
		t.Fatal(err)
	}
	if o, err := s.Resume(first); o.Waiter != 0 || err != ipc.EINTR {
		t.Errorf("a read: %v, %v", o, err)
	}
	o, err = s.Write(1, w, make([]byte, 100_000))
	first = sleeps(t, o, err)
	if err := s.Interrupt(first); err != nil {
		t.Fatal(err)
	}
	if o, err := s.Resume(first); o.N != 65_536 || err != nil {
		t.Errorf("a write: %v, %v, want 65536", o, err)
	}
	if err := s.Interrupt(first); err == nil {
		t.Error("a call that has returned is interrupted")
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

// TestOpenFails: a writer with O_NONBLOCK that finds no reader changes nothing for a
// writer that waits.
func TestOpenFails(t *testing.T) {
	s := newSystem(t)
	fifo, err := s.FIFO(1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open(1, fifo, ipc.WriteOnly, true); err != ipc.ENXIO {
		t.Errorf("without a reader: %v", err)
	}
	o, err := s.Open(1, fifo, ipc.WriteOnly, false)
	id := sleeps(t, o, err)
	if _, err := s.Open(1, fifo, ipc.WriteOnly, true); err != ipc.ENXIO {
		t.Errorf("without a reader: %v", err)
	}
	r, err := s.Open(2, fifo, ipc.ReadOnly, false)
	if err != nil || len(r.FDs) != 1 {
		t.Fatalf("%v, %v", r, err)
	}
	w, err := s.Resume(id)
	if err != nil || len(w.FDs) != 1 {
		t.Fatalf("%v, %v", w, err)
	}
	if _, err := s.Write(1, w.FDs[0], []byte("x")); err != nil {
		t.Error(err)
	}
	if o, err := s.Read(2, r.FDs[0], 1); string(o.Data) != "x" || err != nil {
		t.Errorf("%v, %v", o, err)
	}
}

// TestLastCloses: when the last descriptor of one end of a pipe is closed, the calls
// that sleep on the other end return; earlier closes wake none.
func TestLastCloses(t *testing.T) {
	for _, reader := range []bool{false, true} {
		s := newSystem(t)
		r, w, err := s.Pipe(1)
		if err != nil {
			t.Fatal(err)
		}
		gone := r
		if reader {
			gone = w
		}
		other, err := s.Give(1, gone, 2)
		if err != nil {
			t.Fatal(err)
		}
		var o ipc.Outcome
		if reader {
			o, err = s.Read(1, r, 1)
		} else {
			o, err = s.Write(1, w, make([]byte, 70_000))
		}
		id := sleeps(t, o, err)
		if err := s.Close(1, gone); err != nil {
			t.Fatal(err)
		}
		if awake := s.Awake(); len(awake) != 0 {
			t.Errorf("reader %v: %d are awake though there is another descriptor", reader, awake)
		}
		if err := s.Close(2, other); err != nil {
			t.Fatal(err)
		}
		if awake := s.Awake(); !slices.Equal(awake, []int{id}) {
			t.Fatalf("reader %v: %d are awake, want %d", reader, awake, id)
		}
		want := 65_536
		if reader {
			want = 0
		}
		if o, err := s.Resume(id); o.N != want || o.Waiter != 0 || err != nil {
			t.Errorf("reader %v: %v, %v, want %d", reader, o, err, want)
		}
	}
}

// TestShutdownWakes: shutdown ends the calls that sleep at either end.
func TestShutdownWakes(t *testing.T) {
	for _, far := range []bool{false, true} { // called at the other end
		s := newSystem(t)
		a, b, err := s.SocketPair(1, false)
		if err != nil {
			t.Fatal(err)
		}
		o, err := s.Read(1, a, 10)
		reads := sleeps(t, o, err)
		o, err = s.Write(1, a, make([]byte, 1<<20))
		writes := sleeps(t, o, err)
		end := a
		if far {
			end = b
		}
		if err := s.Shutdown(1, end, ipc.RDWR); err != nil {
			t.Fatal(err)
		}
		if awake := s.Awake(); !slices.Equal(awake, []int{reads, writes}) {
			t.Fatalf("far %v: %d are awake, want both", far, awake)
		}
		if o, err := s.Resume(reads); o.N != 0 || o.Waiter != 0 || err != nil {
			t.Errorf("far %v: the read: %v, %v, want the end", far, o, err)
		}
		if o, err := s.Resume(writes); o.N == 0 || o.Waiter != 0 || err != nil {
			t.Errorf("far %v: the write: %v, %v, want the bytes sent", far, o, err)
		}
		if _, err := s.Write(1, a, []byte{1}); err != ipc.EPIPE {
			t.Errorf("far %v: a write after it: %v", far, err)
		}
	}
}

// TestReset: a sleeping write that has sent nothing gets one error saying that the other
// end was closed with unread bytes.
func TestReset(t *testing.T) {
	s := newSystem(t)
	a, b, err := s.SocketPair(1, false)
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Write(1, a, make([]byte, 1<<20))
	first := sleeps(t, o, err)
	o, err = s.Write(1, a, []byte{1})
	second := sleeps(t, o, err)
	if err := s.Close(1, b); err != nil {
		t.Fatal(err)
	}
	if o, err := s.Resume(second); err != ipc.ECONNRESET {
		t.Errorf("%v, %v", o, err)
	}
	if o, err := s.Resume(first); o.N == 0 || err != nil {
		t.Errorf("%v, %v", o, err)
	}
	if o, err := s.Read(1, a, 1); o.N != 0 || err != nil {
		t.Errorf("a read after it: %v, %v, want the end", o, err)
	}
}

// TestEvents: the events of a message, for each kind of channel.
func TestEvents(t *testing.T) {
	var got []string
	s, err := ipc.New(ipc.Config{Trace: func(e ipc.Event) { got = append(got, fmt.Sprint(e.Rule, ": ", e)) }})
	if err != nil {
		t.Fatal(err)
	}
	r, w, _ := s.Pipe(1)
	a, b, _ := s.SocketPair(1, false)
	c, d, _ := s.SocketPair(1, true)
	q, err := s.Queue(1, 1, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range []struct {
		name          string
		send, receive func() (ipc.Outcome, error)
		want          []string
	}{
		{"pipe", func() (ipc.Outcome, error) { return s.Write(1, w, []byte("abc")) }, func() (ipc.Outcome, error) { return s.Read(1, r, 3) },
			[]string{"pipe-pages: paged 3 bytes", "copy-in: copied in 3 bytes, process 1", "pipe-pages: freed", "copy-out: copied out 3 bytes, process 1"}},
		{"stream", func() (ipc.Outcome, error) { return s.Send(1, a, []byte("abc")) }, func() (ipc.Outcome, error) { return s.Recv(1, b, 3) },
			[]string{"copy-in: copied in 3 bytes, process 1", "unix-buffers: queued 3 bytes", "unix-buffers: consumed", "copy-out: copied out 3 bytes, process 1"}},
		{"datagram", func() (ipc.Outcome, error) { return s.Send(1, c, []byte("abc")) }, func() (ipc.Outcome, error) { return s.Recv(1, d, 3) },
			[]string{"copy-in: copied in 3 bytes, process 1", "unix-buffers: queued 3 bytes", "copy-out: copied out 3 bytes, process 1", "unix-buffers: consumed"}},
		{"queue", func() (ipc.Outcome, error) { return s.Post(1, q, []byte("abc"), 0) }, func() (ipc.Outcome, error) { return s.Fetch(1, q, 10) },
			[]string{"copy-in: copied in 3 bytes, process 1", "mq-order: queued 3 bytes", "copy-out: copied out 3 bytes, process 1", "mq-order: consumed"}},
	} {
		got = nil
		for _, call := range []func() (ipc.Outcome, error){way.send, way.receive} {
			if o, err := call(); o.N != 3 || err != nil {
				t.Fatalf("%s: %v, %v", way.name, o, err)
			}
		}
		if !slices.Equal(got, way.want) {
			t.Errorf("%s:\n%q\nwant\n%q", way.name, got, way.want)
		}
	}
	got = nil
	if err := s.Close(1, q); err != nil {
		t.Fatal(err)
	}
	if want := []string{"close: closed descriptor 6, process 1"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestNothing: an empty transfer is no copy, though a datagram may be empty.
func TestNothing(t *testing.T) {
	s := newSystem(t)
	r, w, _ := s.Pipe(1)
	a, b, _ := s.SocketPair(1, false)
	c, d, _ := s.SocketPair(1, true)
	q, err := s.Queue(1, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range []ipc.FD{w, a} {
		if _, err := s.Write(1, fd, []byte("abc")); err != nil {
			t.Fatal(err)
		}
	}
	before := s.Counts().Copies
	for _, call := range []func() (ipc.Outcome, error){
		func() (ipc.Outcome, error) { return s.Write(1, w, nil) },
		func() (ipc.Outcome, error) { return s.Read(1, r, 0) },
		func() (ipc.Outcome, error) { return s.Send(1, a, nil) },
		func() (ipc.Outcome, error) { return s.Recv(1, b, 0) },
		func() (ipc.Outcome, error) { return s.Send(1, c, nil) },
		func() (ipc.Outcome, error) { return s.Recv(1, d, 10) },
		func() (ipc.Outcome, error) { return s.Post(1, q, nil, 0) },
		func() (ipc.Outcome, error) { return s.Fetch(1, q, 1) },
	} {
		if o, err := call(); o.N != 0 || o.Waiter != 0 || err != nil {
			t.Errorf("%v, %v", o, err)
		}
	}
	if got := s.Counts().Copies; got != before {
		t.Errorf("%d copies", got-before)
	}
}

// TestOwnData: a call sends its bytes as they are when it begins, even if it sleeps.
func TestOwnData(t *testing.T) {
	for _, way := range []string{"pipe", "stream", "datagram", "queue"} {
		for _, full := range []bool{false, true} {
			s := newSystem(t)
			var r, w ipc.FD
			var err error
			switch way {
			case "pipe":
				r, w, err = s.Pipe(1)
			case "queue":
				r, err = s.Queue(1, 10, 8192)
				w = r
			default:
				r, w, err = s.SocketPair(1, way == "datagram")
			}
			if err != nil {
				t.Fatal(err)
			}
			send := func(data []byte) (ipc.Outcome, error) {
				if way == "queue" {
					return s.Post(1, w, data, 0)
				}
				return s.Write(1, w, data)
			}
			receive := func() (ipc.Outcome, error) {
				if way == "queue" {
					return s.Fetch(1, r, 8192)
				}
				return s.Read(1, r, 8192)
			}
			var o ipc.Outcome
			if full {
				for o.Waiter == 0 {
					if o, err = send(make([]byte, 8192)); err != nil {
						t.Fatal(err)
					}
				}
			}
			data := []byte("abc")
			if o, err = send(data); err != nil || (o.Waiter != 0) != full {
				t.Fatalf("%s: %v, %v", way, o, err)
			}
			copy(data, "xyz")
			if err := s.SetNonblock(1, r, true); err != nil {
				t.Fatal(err)
			}
			var last []byte
			for {
				o, err := receive()
				if err == ipc.EAGAIN {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				last = append(last, o.Data...)
				for _, id := range s.Awake() {
					if _, err := s.Resume(id); err != nil {
						t.Fatal(err)
					}
				}
			}
			if got := string(last[len(last)-3:]); got != "abc" {
				t.Errorf("%s, full %v: %q is received", way, full, got)
			}
		}
	}
}

// TestOpensWake: of the opens that wait for a writer, one that is interrupted wakes none; a
// reader that leaves bytes for the next one wakes all (fs/pipe.c:pipe_read).
func TestOpensWake(t *testing.T) {
	s := newSystem(t)
	n, err := s.FIFO(1)
	if err != nil {
		t.Fatal(err)
	}
	open := func(m ipc.Mode) ipc.Outcome {
		t.Helper()
		o, err := s.Open(1, n, m, false)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	o, err := s.Open(1, n, ipc.ReadOnly, true)
	if err != nil {
		t.Fatal(err)
	}
	r, w := o.FDs[0], open(ipc.WriteOnly).FDs[0]
	if err := s.SetNonblock(1, r, false); err != nil {
		t.Fatal(err)
	}
	o, err = s.Read(1, r, 1)
	reader := sleeps(t, o, err)
	if _, err := s.Write(1, w, []byte("ab")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(1, w); err != nil {
		t.Fatal(err)
	}
	a, b, c := open(ipc.ReadOnly).Waiter, open(ipc.ReadOnly).Waiter, open(ipc.ReadOnly).Waiter
	if awake := s.Awake(); !slices.Equal(awake, []int{reader}) {
		t.Fatalf("%d are awake, want the reader, %d", awake, reader)
	}
	if err := s.Interrupt(b); err != nil {
		t.Fatal(err)
	}
	if o, err := s.Resume(b); err != ipc.EINTR {
		t.Errorf("the open that is interrupted: %v, %v", o, err)
	}
	if awake := s.Awake(); !slices.Equal(awake, []int{reader}) {
		t.Errorf("after an open is interrupted %d are awake, want the reader, %d", awake, reader)
	}
	if o, err := s.Resume(reader); o.N != 1 || err != nil {
		t.Errorf("the reader: %v, %v", o, err)
	}
	if awake := s.Awake(); !slices.Equal(awake, []int{a, c}) {
		t.Errorf("after the read %d are awake, want %d", awake, []int{a, c})
	}
}

// TestWritable: a sender is woken when at most a quarter of its buffer is taken, and a byte
// is always (net/unix/af_unix.c:unix_writable, include/net/sock.h:sk_wmem_alloc).
func TestWritable(t *testing.T) {
	for size, want := range map[int]int{6144: 1, 6147: 1, 6148: 2} {
		s, err := ipc.New(ipc.Config{SndBuf: size})
		if err != nil {
			t.Fatal(err)
		}
		a, b, err := s.SocketPair(1, false)
		if err != nil {
			t.Fatal(err)
		}
		sent := 0
		for {
			o, err := s.Write(1, a, []byte{1})
			if err != nil {
				t.Fatal(err)
			}
			if o.Waiter != 0 {
				break
			}
			sent++
		}
		left := sent
		for ; len(s.Awake()) == 0; left-- {
			if _, err := s.Read(1, b, 1); err != nil {
				t.Fatal(err)
			}
		}
		if left != want {
			t.Errorf("with a buffer of %d bytes it is woken when %d of %d messages are left, want %d", size, left, sent, want)
		}
	}
}

// TestResizeWakes: a writer that waits for room is woken when a pipe grows, not when it
// stays as it is.
func TestResizeWakes(t *testing.T) {
	s := newSystem(t)
	_, w, err := s.Pipe(1)
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Write(1, w, make([]byte, 1<<16+1))
	waiter := sleeps(t, o, err)
	if _, err := s.SetPipeSize(1, w, 1<<16); err != nil {
		t.Fatal(err)
	}
	if awake := s.Awake(); len(awake) > 0 {
		t.Errorf("%d are awake though there is no room", awake)
	}
	if _, err := s.SetPipeSize(1, w, 1<<17); err != nil {
		t.Fatal(err)
	}
	if awake := s.Awake(); !slices.Equal(awake, []int{waiter}) {
		t.Errorf("%d are awake, want %d", awake, waiter)
	}
	if o, err := s.Resume(waiter); o.N != 1<<16+1 || err != nil {
		t.Errorf("%v, %v", o, err)
	}
}

// TestMoreEvents: what shared memory and signals tell.
func TestMoreEvents(t *testing.T) {
	var got []string
	s, err := ipc.New(ipc.Config{Trace: func(e ipc.Event) {
		got = append(got, fmt.Sprintf("%s: %s %d %d %d", e.Rule, e.Kind, e.Proc, e.Of, e.N))
	}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Map(1, 10)
	if err != nil {
		t.Fatal(err)
	}
	got = nil
	if err := s.Store(1, r, 2, []byte("abc")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(2, r, 2, 3); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Kill(1, 2, 10); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"shared: stored 1 0 3", "shared: loaded 2 0 3", "signal-once: pending 2 10 0", "signal-once: coalesced 2 10 0"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestOneInFlight: a socket that lies in its own queue alone is gone, though it is the only
// file that a message carries.
func TestOneInFlight(t *testing.T) {
	s := newSystem(t)
	a, b, err := s.SocketPair(1, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Send(1, a, []byte{1}, b); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(1, b); err != nil {
		t.Fatal(err)
	}
	if n := len(s.Snapshot().Files); n != 1 {
		t.Errorf("%d files, want 1", n)
	}
	if _, err := s.Write(1, a, []byte{1}); err == nil {
		t.Error("there is a receiver still")
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}
