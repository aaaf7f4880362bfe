package ipclive

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/orrery-go/orrery/ipc"
)

// TestFill fills pipes and sockets with pieces of one size, and compares the number of
// pieces and of bytes that fit, at first and after some were read.
func TestFill(t *testing.T) {
	l := live(t)
	sndbuf, err := SndBuf()
	if err != nil {
		t.Fatal(err)
	}
	sizes := append([]int{4095, 300_000, 212_928, 212_929, 16064, 16065, 90_000}, sizes...)
	for _, make := range []ipc.Op{{Verb: ipc.PipeVerb, Proc: 1}, {Verb: ipc.SocketPairVerb, Proc: 1}, {Verb: ipc.SocketPairVerb, Proc: 1, Datagram: true}} {
		for _, n := range sizes {
			if n == 1 && make.Verb == ipc.PipeVerb {
				continue // 65,536 writes: see ipc.ExampleSystem_Write
			}
			s, err := ipc.New(ipc.Config{SndBuf: sndbuf, Nonblock: true})
			if err != nil {
				t.Fatal(err)
			}
			both := func(op ipc.Op) (ipc.Outcome, error) {
				want, wantErr := s.Do(op)
				got, gotErr := l.Do(op, want.FDs)
				if want.N != got.N || wantErr != gotErr || !bytes.Equal(want.Data, got.Data) {
					t.Fatalf("%v, pieces of %d: model %d, %v; real %d, %v", op, n, want.N, wantErr, got.N, gotErr)
				}
				return want, wantErr
			}
			o, _ := both(make)
			from, to := o.FDs[0], o.FDs[1]
			if make.Verb == ipc.PipeVerb {
				from, to = to, from
			}
			data := NewSource(uint64(n)).data(n)
			for range 3 {
				for err = nil; err == nil; {
					_, err = both(ipc.Op{Verb: ipc.WriteVerb, Proc: 1, FD: from, Data: data})
				}
				both(ipc.Op{Verb: ipc.ReadVerb, Proc: 1, FD: to, N: 3*n/2 + 1})
			}
			l.End()
		}
	}
}

// TestAtomic checks that four writers of records of at most a page never mix them, and
// that writers of longer records do.
func TestAtomic(t *testing.T) {
	for _, n := range []int{4096, 4097} {
		var p [2]int
		if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		const records = 300
		for i := range 4 {
			wg.Go(func() {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				data := bytes.Repeat([]byte{byte('a' + i)}, n)
				for range records {
					for off := 0; off < n; {
						m, err := unix.Write(p[1], data[off:])
						if err == unix.EINTR {
							continue
						}
						if err != nil {
							t.Error(err)
							return
						}
						off += m
					}
				}
			})
		}
		go func() { wg.Wait(); unix.Close(p[1]) }()
		var all []byte
		buf := make([]byte, 1<<16)
		for {
			m, err := unix.Read(p[0], buf)
			if err == unix.EINTR {
				continue
			}
			if err != nil || m == 0 {
				break
			}
			all = append(all, buf[:m]...)
		}
		unix.Close(p[0])
		mixed := 0
		for off := 0; off+n <= len(all); off += n {
			if bytes.Count(all[off:off+n], all[off:off+1]) != n {
				mixed++
			}
		}
		t.Logf("%d bytes: %d of %d records are mixed", n, mixed, 4*records)
		if len(all) != 4*records*n || n <= 4096 && mixed > 0 {
			t.Errorf("%d bytes: %d read, %d records mixed", n, len(all), mixed)
		}
	}
	// In the model, two writers that sleep write 4,097 bytes in two parts.
	s, err := ipc.New(ipc.Config{})
	if err != nil {
		t.Fatal(err)
	}
	r, w, _ := s.Pipe(1)
	s.Write(1, w, make([]byte, 15*4096))
	a, _ := s.Write(1, w, bytes.Repeat([]byte{'a'}, 4097))
	b, _ := s.Write(1, w, bytes.Repeat([]byte{'b'}, 4097))
	if a.Waiter == 0 || b.Waiter == 0 {
		t.Fatal("the writers do not sleep")
	}
	var got []byte
	for range 40 {
		o, err := s.Read(1, r, 2048)
		if err != nil || o.Waiter != 0 {
			break
		}
		got = append(got, o.Data...)
		for _, id := range s.Awake() {
			if _, err := s.Resume(id); err != nil {
				t.Fatal(err)
			}
		}
	}
	if text := strings.TrimLeft(string(got), "\x00"); len(text) != 2*4097 {
		t.Errorf("%d bytes were read", len(text))
	}
}

// asleep waits until a thread sleeps in one of the calls.
func asleep(tid int, calls ...int) bool {
	for range 20_000 {
		call, _ := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/syscall", tid))
		stat, _ := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/stat", tid))
		_, rest, _ := strings.Cut(string(stat), ") ")
		nr, _, _ := strings.Cut(string(call), " ")
		for _, c := range calls {
			if strings.HasPrefix(rest, "S") && nr == fmt.Sprint(c) {
				return true
			}
		}
		time.Sleep(100 * time.Microsecond)
	}
	return false
}

// TestSleep makes a thread sleep in a write that does not fit, and compares the number
// of bytes in the file whenever the thread sleeps, while another thread reads.
func TestSleep(t *testing.T) {
	live(t)
	sndbuf, err := SndBuf()
	if err != nil {
		t.Fatal(err)
	}
	sleeps := 0
	for _, stream := range []bool{false, true} {
		for _, n := range []int{70_000, 100_000, 300_000, 500_000} {
			var p [2]int
			if stream {
				p, err = unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
			} else {
				err = unix.Pipe2(p[:], unix.O_CLOEXEC)
			}
			if err != nil {
				t.Fatal(err)
			}
			s, err := ipc.New(ipc.Config{SndBuf: sndbuf})
			if err != nil {
				t.Fatal(err)
			}
			var r, w ipc.FD
			if stream {
				r, w, _ = s.SocketPair(1, false)
			} else {
				r, w, _ = s.Pipe(1)
			}
			want, err := s.Write(1, w, make([]byte, n))
			if err != nil {
				t.Fatal(err)
			}
			done, tid := make(chan int, 1), make(chan int)
			go func() {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				tid <- unix.Gettid()
				m, _ := unix.Write(p[1], make([]byte, n))
				done <- m
			}()
			thread := <-tid
			returned := want.Waiter == 0
			buf := make([]byte, 1<<16)
			for step := 0; step < 1000; step++ {
				if !returned {
					if !asleep(thread, unix.SYS_WRITE) {
						t.Fatalf("stream %v, %d bytes: the model sleeps, the thread does not", stream, n)
					}
					sleeps++
				} else if step == 0 || done != nil {
					select {
					case m := <-done:
						if m != n {
							t.Fatalf("stream %v: %d of %d bytes", stream, m, n)
						}
						done = nil
					case <-time.After(5 * time.Second):
						t.Fatalf("stream %v, %d bytes: the model has returned, the thread sleeps", stream, n)
					}
				}
				inside, err := unix.IoctlGetInt(p[0], unix.TIOCINQ)
				if err != nil {
					t.Fatal(err)
				}
				bytes := 0
				for _, f := range s.Snapshot().Files {
					bytes = max(bytes, f.Bytes)
				}
				if inside != bytes {
					t.Fatalf("stream %v, %d bytes, step %d: %d are inside, the model says %d", stream, n, step, inside, bytes)
				}
				if inside == 0 {
					break
				}
				m := []int{1, 4095, 4096, 9000, 50_000}[step%5]
				got, err := unix.Read(p[0], buf[:m])
				o, modelErr := s.Read(1, r, m)
				if err != nil || modelErr != nil || got != o.N {
					t.Fatalf("stream %v, %d bytes: read %d: model %d, %v; real %d, %v", stream, n, m, o.N, modelErr, got, err)
				}
				for _, id := range s.Awake() {
					o, err := s.Resume(id)
					if err != nil {
						t.Fatal(err)
					}
					returned = o.Waiter == 0
				}
			}
			unix.Close(p[0])
			unix.Close(p[1])
		}
	}
	t.Logf("%d times the thread slept as the model said", sleeps)

	// Opening a FIFO waits for the other side.
	name := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	opened, tid := make(chan int, 1), make(chan int)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		tid <- unix.Gettid()
		fd, _ := unix.Open(name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		opened <- fd
	}()
	if !asleep(<-tid, unix.SYS_OPENAT, unix.SYS_OPEN) {
		t.Fatal("the open does not sleep")
	}
	fd, err := unix.Open(name, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(<-opened)
	unix.Close(fd)
	s, _ := ipc.New(ipc.Config{})
	f, _ := s.FIFO(1)
	waits, err := s.Open(2, f, ipc.ReadOnly, false)
	if err != nil || waits.Waiter == 0 {
		t.Fatalf("%+v, %v", waits, err)
	}
	if o, err := s.Open(1, f, ipc.WriteOnly, false); err != nil || len(o.FDs) != 1 {
		t.Errorf("%+v, %v", o, err)
	}
	if o, err := s.Resume(waits.Waiter); err != nil || len(o.FDs) != 1 {
		t.Errorf("%+v, %v", o, err)
	}
}

// TestPassing sends descriptors among bytes, in the model and in the kernel.
func TestPassing(t *testing.T) {
	l := live(t)
	s, err := ipc.New(ipc.Config{Nonblock: true})
	if err != nil {
		t.Fatal(err)
	}
	both := func(op ipc.Op) ipc.Outcome {
		t.Helper()
		want, wantErr := s.Do(op)
		got, gotErr := l.Do(op, want.FDs)
		if want.N != got.N || wantErr != gotErr || len(want.FDs) != len(got.FDs) || !bytes.Equal(want.Data, got.Data) {
			t.Fatalf("%v: model %+v, %v; real %+v, %v", op, want, wantErr, got, gotErr)
		}
		return want
	}
	pair := both(ipc.Op{Verb: ipc.SocketPairVerb, Proc: 1}).FDs
	pipe := both(ipc.Op{Verb: ipc.PipeVerb, Proc: 1}).FDs
	other := both(ipc.Op{Verb: ipc.GiveVerb, Proc: 1, FD: pair[1], To: 2}).FDs[0]
	send := func(text string, fds ...ipc.FD) {
		both(ipc.Op{Verb: ipc.SendVerb, Proc: 1, FD: pair[0], Data: []byte(text), FDs: fds})
	}
	send("a")
	send("b", pipe[1])
	send("c")
	o := both(ipc.Op{Verb: ipc.RecvVerb, Proc: 2, FD: other, N: 100})
	if string(o.Data) != "ab" || len(o.FDs) != 1 {
		t.Fatalf("received %q and %d descriptors", o.Data, len(o.FDs))
	}
	both(ipc.Op{Verb: ipc.WriteVerb, Proc: 2, FD: o.FDs[0], Data: []byte("hi")})
	if got := both(ipc.Op{Verb: ipc.ReadVerb, Proc: 1, FD: pipe[0], N: 10}); string(got.Data) != "hi" {
		t.Errorf("read %q", got.Data)
	}
}

// TestAddressSpaces checks that a parent does not see the stores of its child, except in
// memory that they share.
func TestAddressSpaces(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip(err)
	}
	private, shared, err := AddressSpaces(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if private != 1 || shared != 77 {
		t.Errorf("after the child has stored 77 in both: private %d, shared %d", private, shared)
	}
	s, err := ipc.New(ipc.Config{Procs: 1})
	if err != nil {
		t.Fatal(err)
	}
	r, _ := s.Map(1, 1)
	s.Poke(1, 0, 1)
	child, err := s.Fork(1)
	if err != nil {
		t.Fatal(err)
	}
	s.Poke(child, 0, 77)
	s.Store(child, r, 0, []byte{77})
	a, _ := s.Peek(1, 0)
	b, _ := s.Load(1, r, 0, 1)
	if int(a) != private || int(b[0]) != shared {
		t.Errorf("the model says %d and %d", a, b[0])
	}
}

// TestMasks checks that a thread blocks signals for itself alone.
func TestMasks(t *testing.T) {
	if own, err := OwnMasks(); err != nil || !own {
		t.Errorf("own masks: %v, %v", own, err)
	}
	s, err := ipc.New(ipc.Config{Procs: 1})
	if err != nil {
		t.Fatal(err)
	}
	thread, _ := s.Thread(1)
	if err := s.Mask(thread, 1<<9); err != nil {
		t.Fatal(err)
	}
	if p := s.Snapshot().Procs; p[0].Blocked != 0 || p[1].Blocked != 1<<9 {
		t.Errorf("the model: %+v", p)
	}
}
