package epollsimlive

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/orrery-go/orrery/epollsim"
	"github.com/orrery-go/orrery/epollsim/netpoll"
	"github.com/orrery-go/orrery/internal/child"
)

// pollChild is the program that asks the runtime's poller.
func pollChild(t *testing.T, procs string) *child.Child {
	t.Helper()
	c, err := child.Start(t.Context(), "github.com/orrery-go/orrery/epollsim/epollsimlive/child", child.Options{
		Flags: child.Linkname,
		Env:   []string{"GOMAXPROCS=" + procs, "GODEBUG=asyncpreemptoff=1", "GOGC=off"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// A pollQuestion asks it for one of three things, as its Question says.
type pollQuestion struct {
	Sleep *time.Duration
	Ops   string
	Order string
}

type pollAnswer struct {
	Timeout   int32
	Ended     bool
	Counts    []uint64
	Ran       []ran
	Slices    int
	Disturbed string
}

// ask returns the answer to a question, unless the run was disturbed, which is counted. At
// most slices time slices may begin in it.
func ask(t *testing.T, c *child.Child, trials *child.Trials, q pollQuestion, slices int) (a pollAnswer, ok bool) {
	t.Helper()
	a, err := child.Call[pollAnswer](c, q)
	if err != nil {
		t.Fatal(err)
	}
	if a.Slices > slices {
		a.Disturbed = "a goroutine was stopped"
	}
	if a.Disturbed != "" {
		trials.Reject(a.Disturbed)
		return a, false
	}
	trials.Accept()
	return a, true
}

// TestGoSleeps calls the runtime's netpoll with a delay: the timeout of the system call is
// that of the model, and a signal ends the call if it does in the model.
func TestGoSleeps(t *testing.T) {
	c := pollChild(t, "2")
	delays := []time.Duration{
		1, time.Millisecond - 1, time.Millisecond, 2*time.Millisecond - 1, 10*time.Millisecond + 1, 1500 * time.Microsecond, time.Second - 1, time.Hour,
		1e9*time.Millisecond - 1, 1e9 * time.Millisecond, (1e9 + 1) * time.Millisecond, math.MaxInt64, -1, -time.Second, math.MinInt64,
	}
	r := rand.New(rand.NewPCG(1, 26))
	for range 85 {
		delays = append(delays, time.Duration(r.Int64N(int64(10*time.Millisecond)<<r.IntN(40)|1<<20)))
	}
	trials := child.NewTrials(len(delays))
	for _, delay := range delays {
		if !trials.Next() {
			break
		}
		got, ok := ask(t, c, trials, pollQuestion{Sleep: &delay}, 0)
		if !ok {
			continue
		}

		k, p := poller(t)
		_, w, err := p.PollFor(delay)
		if err != nil || w == 0 {
			t.Fatal(w, err)
		}
		want := pollAnswer{Timeout: -1}
		if until := k.Snapshot().Waiters[0].Until; until >= 0 {
			want.Timeout = int32(until / time.Millisecond)
		}
		if err := k.Interrupt(w); err != nil {
			t.Fatal(err)
		}
		_, again, err := p.Resume(w)
		if err != nil {
			t.Fatal(err)
		}
		want.Ended = again == 0
		if got.Timeout != want.Timeout || got.Ended != want.Ended {
			t.Errorf("netpoll(%v) asks for %d ms, and a signal ends it: %t; in the model %d, %t", delay, got.Timeout, got.Ended, want.Timeout, want.Ended)
		}
	}
	if err := trials.Err(); err != nil {
		t.Error(err)
	}
	t.Log(trials)
}

// TestGoBreaks calls the runtime's netpollBreak, and its netpoll without and with a time,
// and reads the count of the eventfd after each call.
func TestGoBreaks(t *testing.T) {
	c := pollChild(t, "2")
	n := 100
	if os.Getenv("ORRERY_FULL") != "" {
		n = 1000
	}
	r := rand.New(rand.NewPCG(2, 26))
	trials, seen := child.NewTrials(n), map[uint64]int{}
	for trials.Next() {
		ops := make([]byte, 12)
		for i := range ops {
			ops[i] = "bb01"[r.IntN(4)]
		}
		got, ok := ask(t, c, trials, pollQuestion{Ops: string(ops)}, 0)
		if !ok {
			continue
		}
		k, p := poller(t)
		const eventfd = 4
		var want []uint64
		for _, op := range ops {
			var err error
			switch op {
			case 'b':
				err = p.Break()
			case '0':
				_, err = p.Poll()
			case '1':
				err = sleepsFor(k, p, time.Millisecond)
			}
			if err != nil {
				t.Fatal(err)
			}
			count := uint64(0)
			if m, _, err := k.Poll([]epollsim.PollFD{{FD: eventfd, Events: epollsim.IN}}); err != nil {
				t.Fatal(err)
			} else if m[0].Revents != 0 {
				o, err := k.Read(eventfd, 8)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := k.Signal(eventfd, o.Value); err != nil {
					t.Fatal(err)
				}
				count = o.Value
			}
			want = append(want, count)
			seen[count]++
		}
		if !slices.Equal(got.Counts, want) {
			t.Errorf("%s: the eventfd holds %d, in the model %d", ops, got.Counts, want)
		}
	}
	if err := trials.Err(); err != nil {
		t.Error(err)
	}
	t.Logf("%v, counts %v", trials, seen)
}

// sleepsFor asks the kernel, and sleeps if there is nothing, up to the end of the time.
func sleepsFor(k *epollsim.Kernel, p *netpoll.Poller, d time.Duration) error {
	_, w, err := p.PollFor(d)
	if err != nil || w == 0 {
		return err
	}
	if err := k.Advance(d); err != nil {
		return err
	}
	_, _, err = p.Resume(w)
	return err
}
