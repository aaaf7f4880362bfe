package ctxtreelive

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/ctxtree"
	"github.com/orrery-go/orrery/internal/underrace"
)

// TestTrees compares random trees with real contexts in bubbles of testing/synctest: all
// visible properties of every context after every operation.
func TestTrees(t *testing.T) {
	trials := 2000
	switch {
	case underrace.On:
		trials = 200
	case os.Getenv("ORRERY_FULL") != "":
		trials = 10_000
	}
	var sum counts
	for seed := range uint64(trials) {
		synctest.Test(t, func(t *testing.T) {
			s := NewSource(seed)
			s.Same = seed%10 == 0
			run(t, s, 32, seed%2 == 0, &sum)
		})
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("%d trees, %d operations, %d of them panicked; %d observations, 0 mismatches", trials, sum.ops, sum.panics, sum.seen)
	if sum.panics < trials/10 || sum.ops < 30*trials {
		t.Error("the programs are too tame")
	}
}

type counts struct{ ops, panics, seen int }

// operations makes the operations of a program.
type operations interface {
	Next(*ctxtree.Tree) ctxtree.Op
}

// run performs a program of n operations on both. If done is true it examines each Done
// channel after each operation, which creates the channels.
func run(t *testing.T, s operations, n int, done bool, sum *counts) {
	var events []ctxtree.Event // of the operation
	model, err := ctxtree.New(ctxtree.Config{Release: "running", Trace: func(e ctxtree.Event) { events = append(events, e) }})
	if err != nil {
		t.Fatal(err)
	}
	live := New()
	defer live.End(synctest.Wait)
	goroutines := runtime.NumGoroutine()
	var log []string
	loose := map[ctxtree.Node]bool{}
	fail := func(format string, args ...any) {
		t.Errorf("%s\nafter\n%s\n%s", fmt.Sprintf(format, args...), strings.Join(log, "\n"), model.Snapshot())
	}
	for tries := 0; n > 0 && tries < 10_000; tries++ {
		op := s.Next(model)
		// The state of a program that ends cannot be seen.
		ahead := model.Clone()
		if _, err := ahead.Do(op); ahead.Settle() != nil || err != nil && !isPanic(err) {
			continue
		}
		n--
		log = append(log, op.String())
		events = events[:0]
		want, wantErr := model.Do(op)
		if n := raced(events); n != 0 {
			loose[n] = true
		}
		got, gotErr := live.Do(op)
		want.Canceled = 0
		if want != got || text(wantErr) != text(gotErr) {
			fail("model %v, %v; real %v, %v", want, wantErr, got, gotErr)
			return
		}
		sum.ops++
		if wantErr != nil {
			sum.panics++
		}
		// A context that was canceled at once is done; where a goroutine has to pass the
		// cancellation on, it may be.
		for k := ctxtree.Background; int(k) <= model.Len(); k++ {
			if r, err := model.Err(k); err == nil {
				late, _ := ahead.Err(k)
				if now := live.reason(live.nodes[k].ctx.Err()); now != r && now != late {
					fail("before all is settled, Err of %v: model %q, then %q; real %q", k, r, late, now)
				}
			}
		}
		synctest.Wait()
		if err := model.Settle(); err != nil {
			fail("settle: %v", err)
		}
		if err := model.Check(); err != nil {
			fail("%v", err)
		}
		for k := ctxtree.Background; int(k) <= model.Len(); k++ {
			want, err := Model(model, k, done)
			if err != nil {
				fail("%v: %v", k, err)
				return
			}
			got := live.Seen(k, done)
			if owner := want.Done.Of + got.Done.Of; want.Done.Closed && loose[owner] {
				got.Done.Of, got.Done.Shared = want.Done.Of, want.Done.Shared
			}
			sum.seen += 5 + len(Keys)
			if want != got {
				fail("%v (-model +real):\n%s", k, cmp.Diff(want, got))
			}
		}
		if want := len(model.Snapshot().Goroutines); want != runtime.NumGoroutine()-goroutines {
			// A count of goroutines would include those that are about to end, so stacks
			// are read.
			if got := watchers(); want != got {
				fail("model %d goroutines, real %d", want, got)
			}
		}
		if t.Failed() {
			return
		}
	}
}

// raced returns the context to which an operation has added a watcher and which it has
// canceled at once, since its deadline has passed: the watcher may ask for its Done
// channel before or after that.
func raced(events []ctxtree.Event) ctxtree.Node {
	var watched ctxtree.Node
	for _, e := range events {
		switch {
		case e.Kind == ctxtree.Started && e.Rule == "watcher":
			watched = e.Node
		case e.Kind == ctxtree.ErrSet && e.Node == watched:
			return watched
		}
	}
	return 0
}

// watchers returns the number of goroutines that package context has now.
func watchers() int {
	buf := make([]byte, 1<<20)
	return strings.Count(string(buf[:runtime.Stack(buf, true)]), "\ncontext.(*cancelCtx).propagateCancel.func")
}

func isPanic(err error) bool {
	var c *crash.Error
	return errors.As(err, &c)
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
