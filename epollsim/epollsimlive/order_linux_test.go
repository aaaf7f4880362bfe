package epollsimlive

import (
	"os"
	"slices"
	"testing"

	"github.com/orrery-go/orrery/epollsim"
	"github.com/orrery-go/orrery/epollsim/netpoll"
	"github.com/orrery-go/orrery/internal/child"
)

const (
	reader netpoll.G = 1
	writer netpoll.G = 2
)

// A ran is a goroutine that has waited, and whether the descriptor is open when it runs.
type ran struct {
	G    netpoll.G
	Open bool
}

// TestGoOrder lets two goroutines wait for a connection, on one P, and makes both runnable
// at once: they run in the order that the model says. Each begins a time slice, except the
// one that is runnext. Another means that one of them was stopped, and that can happen
// before 10 ms are over, as sysmon may take a time slice for older than it is: it looks at
// the clock first, and the kernel may stop it then (runtime/proc.go:sysmon, retake).
func TestGoOrder(t *testing.T) {
	c := pollChild(t, "1")
	n := 20
	if os.Getenv("ORRERY_FULL") != "" {
		n = 500
	}
	for _, tt := range []struct {
		how    string
		want   []ran
		slices int
	}{
		{"two readers", twoReaders(t), 2},
		{"the peer closes", bothWait(t, false), 2},
		{"it is closed", bothWait(t, true), 1},
	} {
		trials := child.NewTrials(n)
		for trials.Next() {
			got, ok := ask(t, c, trials, pollQuestion{Order: tt.how}, tt.slices)
			if !ok {
				continue
			}
			if !slices.Equal(got.Ran, tt.want) || got.Slices != tt.slices {
				t.Fatalf("%s: goroutines run, and find the descriptor open: %v, in %d time slices; in the model %v, %d", tt.how, got.Ran, got.Slices, tt.want, tt.slices)
			}
		}
		if err := trials.Err(); err != nil {
			t.Error(err)
		}
		t.Logf("%s: %v", tt.how, trials)
	}
}

// twoReaders: two descriptors have one connection, and a goroutine waits at each of them.
func twoReaders(t *testing.T) (out []ran) {
	k, p := poller(t)
	fd, peer, _ := k.TCPPair()
	fds := map[netpoll.G]epollsim.FD{}
	for g := netpoll.G(1); g <= 2; g++ {
		dup, err := k.Dup(fd)
		if err != nil {
			t.Fatal(err)
		}
		d, err := p.Open(dup)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Poll(); err != nil {
			t.Fatal(err)
		}
		if _, parked, err := p.Read(d, g, 1); err != nil || !parked {
			t.Fatal(parked, err)
		}
		fds[g] = dup
	}
	if _, err := k.Write(peer, 2); err != nil {
		t.Fatal(err)
	}
	woken, err := p.Poll()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range woken {
		_, err := k.Type(fds[g])
		out = append(out, ran{g, err == nil})
	}
	return out
}

// bothWait: a reader and a writer wait for one connection, and it or its peer is closed. A
// descriptor is closed when the last of them has run.
func bothWait(t *testing.T, own bool) (out []ran) {
	k, p := poller(t)
	fd, peer, _ := k.TCPPair()
	d, err := p.Open(fd)
	if err != nil {
		t.Fatal(err)
	}
	if _, parked, err := p.Read(d, reader, 1); err != nil || !parked {
		t.Fatal(parked, err)
	}
	for parked := false; !parked; {
		if _, parked, err = p.Write(d, writer, 1<<20); err != nil {
			t.Fatal(err)
		}
	}
	if run, err := p.Poll(); err != nil || len(run) > 0 {
		t.Fatal(run, err) // the edge of the beginning
	}
	wake := func() ([]netpoll.G, error) { return p.Close(d) }
	if !own {
		if err := k.Close(peer); err != nil {
			t.Fatal(err)
		}
		wake = p.Poll
	}
	woken, err := wake()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range woken {
		does := p.Read
		if g == writer {
			does = p.Write
		}
		if _, parked, err := does(d, g, 1); own && err != netpoll.ErrClosed || parked {
			t.Fatal(parked, err)
		}
		_, err := k.Type(fd)
		out = append(out, ran{g, err == nil})
	}
	return out
}
