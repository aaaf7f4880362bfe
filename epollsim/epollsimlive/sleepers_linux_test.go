package epollsimlive

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/orrery-go/orrery/epollsim"
)

// A sleeper is a thread in epoll_wait without a timeout.
type sleeper struct {
	tid  int
	done chan []epollsim.Ready
}

func sleep(fd, max int) *sleeper {
	s := &sleeper{done: make(chan []epollsim.Ready, 1)}
	started := make(chan int)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		started <- unix.Gettid()
		events := make([]unix.EpollEvent, max)
		n, err := unix.EpollWait(fd, events, -1)
		if err != nil {
			close(s.done) // interrupted
			return
		}
		out := []epollsim.Ready{}
		for _, e := range events[:n] {
			out = append(out, epollsim.Ready{Events: epollsim.Events(e.Events), Data: uint64(uint32(e.Fd)) | uint64(uint32(e.Pad))<<32})
		}
		s.done <- out
	}()
	s.tid = <-started
	return s
}

// asleep waits until the thread sleeps in epoll_wait, or has returned.
func (s *sleeper) asleep() bool {
	for range 20_000 {
		if len(s.done) > 0 {
			return false
		}
		call, _ := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/syscall", s.tid))
		stat, _ := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/stat", s.tid))
		_, rest, _ := strings.Cut(string(stat), ") ")
		if nr, _, _ := strings.Cut(string(call), " "); strings.HasPrefix(rest, "S") && (nr == fmt.Sprint(unix.SYS_EPOLL_WAIT) || nr == fmt.Sprint(unix.SYS_EPOLL_PWAIT)) {
			return true
		}
		time.Sleep(100 * time.Microsecond)
	}
	return false
}

// TestSleepers makes threads sleep in epoll_wait, several of them on one epoll, and
// checks which of them a wake-up wakes, in which order, and which events they receive. A
// signal ends the sleep of one of them.
func TestSleepers(t *testing.T) {
	trials, slept, returned, ended, rejected := 150, 0, 0, 0, 0
	if os.Getenv("ORRERY_FULL") != "" {
		trials = 1500
	}
	l := live(t)
	for seed := range uint64(trials) {
		r := rand.New(rand.NewPCG(seed, 3))
		k, err := epollsim.New(epollsim.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Begin(); err != nil {
			t.Fatal(err)
		}
		var log program
		do := func(op epollsim.Op) (epollsim.Outcome, error) {
			log = append(log, op)
			want, wantErr := k.Do(op)
			if got, gotErr := l.Do(op); !same(want, got) || wantErr != gotErr {
				t.Fatalf("seed %d: model %+v, %v; real %+v, %v, after\n%v", seed, want, wantErr, got, gotErr, log)
			}
			return want, wantErr
		}
		for range 2 {
			do(epollsim.Op{Verb: epollsim.CreateVerb})
		}
		var files []epollsim.FD
		for range 3 {
			o, _ := do(epollsim.Op{Verb: epollsim.EventFDVerb})
			files = append(files, o.FD)
		}
		sleepers := map[int]*sleeper{}
		ok := true
		for step := 0; step < 25 && ok; step++ {
			ep, fd := epollsim.FD(3+r.IntN(2)), files[r.IntN(3)]
			switch p := r.IntN(11); {
			case p < 3:
				modes := []epollsim.Events{in, in | et, in | epollsim.ONESHOT, in | epollsim.EXCLUSIVE, in | et | epollsim.EXCLUSIVE}
				op := []epollsim.CtlOp{epollsim.ADD, epollsim.ADD, epollsim.ADD, epollsim.MOD, epollsim.DEL}[r.IntN(5)]
				do(epollsim.Op{Verb: epollsim.CtlVerb, FD: ep, Ctl: op, Target: fd, Events: modes[r.IntN(5)], Value: uint64(fd)})
			case p < 6 && len(sleepers) < 5:
				op := epollsim.Op{Verb: epollsim.BlockVerb, FD: ep, N: 1 + r.IntN(3), Timeout: -1}
				log = append(log, op)
				o, err := k.Do(op)
				if err != nil {
					t.Fatal(err)
				}
				s := sleep(l.real(ep), op.N)
				slept++
				if o.Waiter == 0 {
					if got, alive := <-s.done; !alive {
						ok = false
					} else if !slices.Equal(got, o.Ready) {
						t.Fatalf("seed %d: %v: model %v, real %v, after\n%v", seed, op, o.Ready, got, log)
					}
				} else if sleepers[o.Waiter] = s; !s.asleep() {
					t.Fatalf("seed %d: the model sleeps, the thread does not, after\n%v", seed, log)
				}
			case p < 9:
				do(epollsim.Op{Verb: epollsim.SignalVerb, FD: fd, Value: 1})
			case p < 10:
				do(epollsim.Op{Verb: epollsim.ReadVerb, FD: fd, N: 8})
			case len(sleepers) > 0:
				ids := slices.Sorted(maps.Keys(sleepers))
				w := ids[r.IntN(len(ids))]
				log = append(log, epollsim.Op{Verb: epollsim.InterruptVerb, N: w})
				if err := errors.Join(k.Interrupt(w), unix.Tgkill(unix.Getpid(), sleepers[w].tid, unix.SIGURG)); err != nil {
					t.Fatal(err)
				}
			}
			for awake := k.Awake(); len(awake) > 0 && ok; awake = k.Awake() {
				for _, w := range awake {
					log = append(log, epollsim.Op{Verb: epollsim.ResumeVerb, N: w})
					o, err := k.Resume(w)
					if err != nil && err != epollsim.EINTR {
						t.Fatal(err)
					}
					if o.Waiter != 0 {
						continue // it sleeps again
					}
					select {
					case got, alive := <-sleepers[w].done:
						if err != nil && !alive {
							ended++
						} else if !alive {
							ok = false
						} else if err != nil {
							t.Fatalf("seed %d: waiter %d: model %v, real %v, after\n%v", seed, w, err, got, log)
						} else if !slices.Equal(got, o.Ready) {
							t.Fatalf("seed %d: waiter %d: model %v, real %v, after\n%v", seed, w, o.Ready, got, log)
						}
					case <-time.After(5 * time.Second):
						t.Fatalf("seed %d: waiter %d returns %v in the model, and sleeps, after\n%v", seed, w, o.Ready, log)
					}
					delete(sleepers, w)
					if err == nil {
						returned++
					}
				}
			}
			for w, s := range sleepers {
				if ok && !s.asleep() {
					t.Fatalf("seed %d: waiter %d sleeps in the model, and has returned, after\n%v", seed, w, log)
				}
			}
		}
		if !ok {
			rejected++
		}
		// An item that is level-triggered and always ready wakes all of them.
		var wake []int
		for _, ep := range []epollsim.FD{3, 4} {
			fd, err := unix.Eventfd(1, unix.EFD_NONBLOCK)
			if err != nil {
				t.Fatal(err)
			}
			if err := unix.EpollCtl(l.real(ep), unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN}); err != nil {
				t.Fatal(err)
			}
			wake = append(wake, fd)
		}
		for _, s := range sleepers {
			<-s.done
		}
		for _, fd := range wake { // all at once: otherwise, over many trials, they would reach the model's numbers
			unix.Close(fd)
		}
		l.End()
	}
	t.Logf("kernel %s: %d trials, %d calls slept or could have, %d returned as the model said, %d by a signal; %d trials rejected", Kernel(), trials, slept, returned, ended, rejected)
	if rejected > trials/4 || returned < trials || ended < trials/4 {
		t.Error("too few wake-ups were compared")
	}
}
