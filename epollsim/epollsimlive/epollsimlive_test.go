package epollsimlive

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/orrery-go/orrery/epollsim"
)

// TestTrials compares random programs with the running kernel: the result of every call,
// the order of events, and the interest lists of the epolls.
func TestTrials(t *testing.T) {
	trials := 3000
	if os.Getenv("ORRERY_FULL") != "" {
		trials = 30_000
	}
	l := live(t)
	var sum counts
	for seed := range uint64(trials) {
		if run(t, l, NewSource(seed), 100, &sum); t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("kernel %s: %d trials, %d operations, %d of them failed; %d events, %d items; %d trials rejected; 0 mismatches", Kernel(), trials, sum.ops, sum.errs, sum.events, sum.items, sum.rejected)
	t.Logf("errors: %v", sum.byErr)
	if sum.rejected > trials/4 || sum.errs < trials || sum.events < 8*trials || sum.items < 8*trials {
		t.Error("the programs are too tame")
	}
}

// live makes a Live, or skips the test.
func live(t *testing.T) *Live {
	t.Helper()
	l, err := New(500)
	if err == ErrUnsupported {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

type counts struct {
	ops, errs, events, items int
	rejected                 int // trials
	byErr                    map[string]int
}

// A program is the list of operations so far.
type program []epollsim.Op

func (p program) String() string {
	var lines []string
	for _, op := range p {
		lines = append(lines, op.String())
	}
	return strings.Join(lines, "\n")
}

// same compares the results that both sides have.
func same(a, b epollsim.Outcome) bool {
	return a.N == b.N && a.Value == b.Value && a.FD == b.FD && a.Other == b.Other && slices.Equal(a.Ready, b.Ready) && slices.Equal(a.Polls, b.Polls) &&
		slices.Equal(a.Sets.In, b.Sets.In) && slices.Equal(a.Sets.Out, b.Sets.Out) && slices.Equal(a.Sets.Ex, b.Sets.Ex)
}

// operations makes the operations of a program.
type operations interface {
	Next(*epollsim.Kernel) epollsim.Op
}

// run performs a program of n operations on both.
func run(t *testing.T, l *Live, s operations, n int, sum *counts) {
	t.Helper()
	sndbuf, err := SndBuf()
	if err != nil {
		t.Fatal(err)
	}
	k, err := epollsim.New(epollsim.Config{SndBuf: sndbuf})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Begin(); err != nil {
		t.Fatal(err)
	}
	defer l.End()
	if sum.byErr == nil {
		sum.byErr = map[string]int{}
	}
	var log program
	network := false
	compare := func(op epollsim.Op) bool {
		log = append(log, op)
		network = network || op.Verb == epollsim.TCPVerb
		want, wantErr := k.Do(op)
		start := time.Now()
		got, gotErr := l.Do(op)
		if gotErr == epollsim.EINTR {
			// A signal of the Go runtime has interrupted the registration of a wakeup
			// source.
			sum.rejected++
			return false
		}
		if network && op.Verb != epollsim.ShutdownVerb && time.Since(start) > time.Millisecond {
			// The kernel may have left segments to another thread.
			sum.rejected++
			return false
		}
		want.Cost = epollsim.Cost{}
		if !same(want, got) || wantErr != gotErr {
			t.Errorf("model %v, real %v (-model +real):\n%s\nafter\n%v", wantErr, gotErr, cmp.Diff(want, got, cmpopts.EquateEmpty()), log)
			return false
		}
		sum.ops++
		sum.events += len(want.Ready)
		if wantErr != nil {
			sum.errs++
			sum.byErr[string(op.Verb)+" "+wantErr.Error()]++
		}
		return true
	}
	for i := range n {
		if !compare(s.Next(k)) {
			return
		}
		if i%33 == 32 {
			if err := k.Check(); err != nil {
				t.Errorf("%v after\n%v", err, log)
				return
			}
			if !interests(t, k, l, log, sum) {
				return
			}
		}
	}
	// The items on the lists in the end, one by one.
	snap := k.Snapshot()
	for _, d := range snap.FDs {
		for range 6 {
			if !slices.ContainsFunc(snap.Epolls, func(e epollsim.EpollState) bool { return e.File == d.File }) {
				break
			}
			if !compare(epollsim.Op{Verb: epollsim.WaitVerb, FD: d.FD, N: 1}) {
				return
			}
		}
	}
}

// interests compares the interest list of each epoll.
func interests(t *testing.T, k *epollsim.Kernel, l *Live, log program, sum *counts) bool {
	s := k.Snapshot()
	for _, d := range s.FDs {
		var want []Interest
		for _, f := range s.Files {
			if f.File == d.File && f.Type == epollsim.Epoll {
				want = Interests(s, f.File)
				got, err := l.Interests(d.FD)
				if err != nil {
					t.Error(err)
					return false
				}
				sum.items += len(want)
				if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("interests of %d (-model +real):\n%s\nafter\n%v", d.FD, diff, log)
					return false
				}
			}
		}
	}
	return true
}
