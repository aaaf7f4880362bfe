package ipclive

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/orrery-go/orrery/ipc"
)

// TestTrials compares random programs with the running kernel: numbers and contents of
// bytes, partial writes, EAGAIN and all other errors, capacities, descriptors that are
// passed, messages and their order, signals.
func TestTrials(t *testing.T) {
	trials := 2500
	if os.Getenv("ORRERY_FULL") != "" {
		trials = 25_000
	}
	l := live(t)
	var sum counts
	for seed := range uint64(trials) {
		if run(t, l, NewSource(seed), 80, &sum); t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("kernel %s: %d trials, %d operations, %d of them failed, %d bytes read, %d descriptors passed; 0 mismatches", Kernel(), trials, sum.ops, sum.errs, sum.bytes, sum.passed)
	t.Logf("errors: %v", sum.byErr)
	if sum.bytes < 1000*trials || sum.errs < 5*trials || sum.passed < trials/20 {
		t.Error("the programs are too tame")
	}
}

// live makes a Live, or skips the test.
func live(t *testing.T) *Live {
	t.Helper()
	l, err := New(t.TempDir())
	if err == ErrUnsupported {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.End)
	return l
}

type counts struct {
	ops, errs, bytes, passed int
	byErr                    map[string]int
}

func run(t *testing.T, l *Live, source *Source, n int, sum *counts) {
	t.Helper()
	sndbuf, err := SndBuf()
	if err != nil {
		t.Fatal(err)
	}
	s, err := ipc.New(ipc.Config{SndBuf: sndbuf, Nonblock: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.End()
	if sum.byErr == nil {
		sum.byErr = map[string]int{}
	}
	var log []string
	for range n {
		op := source.Next(s.Snapshot())
		log = append(log, op.String())
		want, wantErr := s.Do(op)
		got, gotErr := l.Do(op, want.FDs)
		same := wantErr == gotErr && want.N == got.N && bytes.Equal(want.Data, got.Data) && slices.Equal(want.FDs, got.FDs) &&
			want.Priority == got.Priority && want.Truncated == got.Truncated && want.Signal == got.Signal
		if !same {
			t.Errorf("model %v, real %v (-model +real):\n%.2000s\nafter\n%s", wantErr, gotErr, cmp.Diff(want, got, cmpopts.EquateEmpty()), strings.Join(log, "\n"))
			return
		}
		if err := s.Check(); err != nil {
			t.Errorf("%v after\n%s", err, strings.Join(log, "\n"))
			return
		}
		sum.ops++
		sum.bytes += len(want.Data)
		if op.Verb == ipc.RecvVerb {
			sum.passed += len(want.FDs)
		}
		if wantErr != nil {
			sum.errs++
			sum.byErr[string(op.Verb)+" "+wantErr.Error()]++
		}
	}
}
