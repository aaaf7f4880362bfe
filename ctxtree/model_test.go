package ctxtree_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/ctxtree"
)

var releases = []string{"go1.7", "go1.9", "go1.13.15", "go1.14", "go1.15", "go1.17.13", "go1.18", "go1.20.14", "go1.21", "go1.22", "go1.24.13", "go1.25.1", "go1.25.14", "go1.26", ""}

var verbs = []ctxtree.Verb{
	ctxtree.WithCancelVerb, ctxtree.WithCancelVerb, ctxtree.WithCancelCauseVerb, ctxtree.WithDeadlineVerb, ctxtree.WithDeadlineCauseVerb,
	ctxtree.WithTimeoutVerb, ctxtree.WithTimeoutCauseVerb, ctxtree.WithValueVerb, ctxtree.WithoutCancelVerb, ctxtree.AfterFuncVerb,
	ctxtree.WithCustomVerb, ctxtree.CancelVerb, ctxtree.CancelCauseVerb, ctxtree.StopVerb, ctxtree.FinishVerb, ctxtree.DoneVerb,
	ctxtree.ValueVerb, ctxtree.RunVerb, ctxtree.SettleVerb, ctxtree.AdvanceVerb, ctxtree.StepVerb,
}

func drawOp(t *rapid.T, m *ctxtree.Tree) ctxtree.Op {
	method := rapid.SampledFrom([]ctxtree.Method{ctxtree.Inherited, ctxtree.Own, ctxtree.None})
	op := ctxtree.Op{
		Verb:  rapid.SampledFrom(verbs).Draw(t, "verb"),
		Node:  ctxtree.Node(rapid.IntRange(0, m.Len()+1).Draw(t, "node")),
		At:    time.Duration(rapid.Int64Range(-3, 20).Draw(t, "at")),
		Cause: ctxtree.Reason(rapid.SampledFrom([]string{"", "e1", "e2"}).Draw(t, "cause")),
		Key:   rapid.SampledFrom([]any{1, "a", nil, []int{}}).Draw(t, "key"),
		G:     ctxtree.G(rapid.IntRange(0, 9).Draw(t, "g")),
	}
	if op.Verb == ctxtree.WithCustomVerb {
		c := ctxtree.Custom{Done: method.Draw(t, "Done"), Err: method.Draw(t, "Err"), Value: method.Draw(t, "Value"), Deadline: method.Draw(t, "Deadline")}
		c.AfterFunc = rapid.Bool().Draw(t, "AfterFunc")
		op.Custom = &c
	}
	return op
}

// TestInvariants performs any operations in any release, and checks what always holds.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := ctxtree.Config{Release: rapid.SampledFrom(releases).Draw(t, "release"), Record: true}
		if rapid.Bool().Draw(t, "choose") {
			c.Choose = func(n int) int { return rapid.IntRange(-1, n).Draw(t, "choice") }
		}
		var m *ctxtree.Tree
		seq, canceled := uint64(0), map[ctxtree.Node]ctxtree.Reason{}
		snapshots := map[uint64]ctxtree.Snapshot{}
		c.Trace = func(e ctxtree.Event) {
			if seq++; e.Seq != seq || e.At != m.Now() {
				t.Fatalf("event %+v, want %d at %v", e, seq, m.Now())
			}
			snapshots[e.Seq] = m.Snapshot()
			if e.Rule == "" {
				t.Fatalf("%+v has no rule", e)
			}
			if _, err := m.WithCancel(ctxtree.Background); err == nil {
				t.Fatal("a tree is used from its Trace")
			}
			if e.Kind == ctxtree.ErrSet {
				if r, ok := canceled[e.Node]; ok {
					t.Fatalf("%v is canceled twice: %s, %s", e.Node, r, e.Err)
				}
				canceled[e.Node] = e.Err
			}
		}
		m, err := ctxtree.New(c)
		if err != nil {
			t.Fatal(err)
		}
		before := m.Snapshot()
		snapshots[0] = before
		for range rapid.IntRange(1, 30).Draw(t, "n") {
			op := drawOp(t, m)
			_, err := m.Do(op)
			if err != nil && !strings.HasPrefix(err.Error(), "ctxtree: ") && !errors.As(err, new(*crash.Error)) {
				t.Fatalf("%v: %v", op, err)
			}
			if err := m.Check(); err != nil {
				t.Fatalf("after %v: %v\n%v", op, err, m.Snapshot())
			}
			after := m.Snapshot()
			immutable(t, op, before, after)
			below(t, m, after)
			before = after
		}
		// Performing the operations again gives the same states, in the middle of
		// operations, too.
		for n, want := range snapshots {
			got, err := m.At(n)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("event %d (-then +again):\n%s", n, diff)
			}
		}
		if s, err := m.At(seq + 1); err == nil {
			t.Fatalf("there was no event %d: %v", seq+1, s)
		}
		data, err := json.Marshal(before)
		if err != nil {
			t.Fatal(err)
		}
		var back ctxtree.Snapshot
		if err := json.Unmarshal(data, &back); err != nil || strings.Contains(strings.ReplaceAll(string(data), `"custom":null`, ""), "null") {
			t.Fatalf("%v: %s", err, data)
		}
		if diff := cmp.Diff(before, back); diff != "" {
			t.Fatalf("(-written +read):\n%s", diff)
		}
	})
}

// immutable checks that immutable properties have not changed, whatever the operation,
// and that a canceled context stays as it is.
func immutable(t *rapid.T, op ctxtree.Op, before, after ctxtree.Snapshot) {
	for i, b := range before.Nodes {
		a := after.Nodes[i]
		if a.Node != b.Node || a.Type != b.Type || a.Parent != b.Parent || a.Key != b.Key || a.Value != b.Value || a.HasDeadline != b.HasDeadline || a.Deadline != b.Deadline {
			t.Fatalf("%v has changed %+v to %+v", op, b, a)
		}
		if b.Err != "" && (a.Err != b.Err || b.Cause != "" && a.Cause != b.Cause) && b.Custom == nil {
			t.Fatalf("%v has changed the end of %+v to %+v", op, b, a)
		}
		if op.Verb == ctxtree.WithValueVerb && !cmp.Equal(a, b) {
			t.Fatalf("%v has touched %v:\n%s", op, a.Node, cmp.Diff(b, a))
		}
	}
}

// below checks that all descendants of a canceled context of package context are
// canceled.
func below(t *rapid.T, m *ctxtree.Tree, s ctxtree.Snapshot) {
	for _, n := range s.Nodes {
		for _, k := range n.Children {
			if n.Err != "" {
				t.Fatalf("%v was canceled, and has the child %v", n.Node, k)
			}
		}
		if n.Parent == 0 || n.Type != ctxtree.CancelCtx && n.Type != ctxtree.TimerCtx {
			continue
		}
		p := s.Nodes[n.Parent-1]
		if p.Custom == nil && p.Done != ctxtree.DoneLost && p.Err != "" && n.Err == "" && s.Nodes[max(p.DoneOf, 1)-1].Custom == nil {
			// Unless a watcher, or another goroutine, has yet to run.
			for _, g := range s.Goroutines {
				if g.Status == "runnable" {
					return
				}
			}
			if m.Crashed() == nil {
				t.Fatalf("%v was canceled, and %v below it not\n%v", p.Node, n.Node, s)
			}
		}
	}
}

// TestDeep makes a chain of a million, cancels its first node, and looks a value up from
// its last.
func TestDeep(t *testing.T) {
	const n = 1_000_000
	for _, release := range []string{"go1.7", "go1.17.13", ""} {
		m, err := ctxtree.New(ctxtree.Config{Release: release})
		if err != nil {
			t.Fatal(err)
		}
		first := must(t)(m.WithCancel(ctxtree.Background))
		last := first
		for i := range n {
			if i%2 == 0 {
				last = must(t)(m.WithCancel(last))
			} else {
				last = must(t)(m.WithValue(last, i, i))
			}
		}
		if l, err := m.Value(last, "no such key"); err != nil || l.Found || l.Hops != n+2 {
			t.Errorf("%+v, %v", l, err)
		}
		if o, err := m.Cancel(first); err != nil || o.Canceled != n/2+1 {
			t.Errorf("%v, %v", o, err)
		}
		if r, err := m.Err(last); err != nil || r != ctxtree.Canceled {
			t.Errorf("%q, %v", r, err)
		}
		if text := m.Snapshot().String(); len(text) > 1<<20 {
			t.Errorf("its text has %d bytes", len(text))
		}
	}
}

// TestFar checks that deadlines of 292 years and more compare as in Go.
func TestFar(t *testing.T) {
	m, err := ctxtree.New(ctxtree.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	late := must(t)(m.WithTimeout(ctxtree.Background, math.MaxInt64))
	if err := m.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	later := must(t)(m.WithTimeout(late, math.MaxInt64))
	sooner := must(t)(m.WithTimeout(later, math.MaxInt64-90*time.Minute))
	types := fmt.Sprint(m.Snapshot().Nodes[late-1].Type, m.Snapshot().Nodes[later-1].Type, m.Snapshot().Nodes[sooner-1].Type)
	if want := fmt.Sprint(ctxtree.TimerCtx, ctxtree.CancelCtx, ctxtree.TimerCtx); types != want {
		t.Errorf("%s, want %s", types, want)
	}
	if more, err := m.Step(); err != nil || more {
		t.Errorf("step: %v, %v: the clock does not get there", more, err)
	}
	if err := m.Advance(math.MaxInt64); err == nil {
		t.Error("the clock has gone over its end")
	}
}

// TestMany checks the arguments that a tree refuses.
func TestMany(t *testing.T) {
	m, err := ctxtree.New(ctxtree.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{-1, ctxtree.MaxNodes, math.MaxInt} {
		if err := m.Grow(n); err == nil {
			t.Errorf("room for %d", n)
		}
	}
	n := ctxtree.Background
	for err == nil {
		n, err = m.WithoutCancel(n)
	}
	if m.Len() != ctxtree.MaxNodes || !strings.HasPrefix(err.Error(), "ctxtree: 4194304 nodes") {
		t.Errorf("%d nodes: %v", m.Len(), err)
	}
}

// TestZero checks that the zero Tree returns errors and does not panic.
func TestZero(t *testing.T) {
	var m ctxtree.Tree
	m.Reset()
	for _, v := range append(verbs, "none") {
		for _, n := range []ctxtree.Node{-1, 0, 1, math.MaxInt32} {
			op := ctxtree.Op{Verb: v, Node: n, Key: 1}
			if _, err := m.Do(op); err == nil && v != ctxtree.SettleVerb && v != ctxtree.StepVerb {
				t.Errorf("%v: no error", op)
			}
		}
	}
	_, err := m.WithCancel(ctxtree.Background)
	if err == nil || !strings.Contains(err.Error(), "use New") {
		t.Error(err)
	}
	_ = m.Snapshot()
	for range m.Events() {
		t.Error("an event")
	}
	if _, err := m.At(1); err == nil || m.Check() == nil || m.Crashed() != nil {
		t.Error(err, m.Check(), m.Crashed())
	}
	if _, err := m.Commute(ctxtree.Op{}, ctxtree.Op{}); err == nil {
		t.Error("operations commute")
	}
	if m.Clone().Len() != 0 || len(m.Ready()) != 0 {
		t.Error("a clone has nodes")
	}
}

// TestFirstWins cancels in both orders, with every operation that has a cause.
func TestFirstWins(t *testing.T) {
	m, err := ctxtree.New(ctxtree.Config{})
	if err != nil {
		t.Fatal(err)
	}
	parent := must(t)(m.WithCancelCause(ctxtree.Background))
	child := must(t)(m.WithCancelCause(parent))
	plain := must(t)(m.WithCancel(parent))
	other := must(t)(m.WithCancel(parent))
	op := func(v ctxtree.Verb, n ctxtree.Node, cause ctxtree.Reason) ctxtree.Op {
		return ctxtree.Op{Verb: v, Node: n, Cause: cause}
	}
	for _, tt := range []struct {
		a, b ctxtree.Op
		want bool
	}{
		{op(ctxtree.CancelCauseVerb, parent, "e1"), op(ctxtree.CancelCauseVerb, parent, "e2"), false},
		{op(ctxtree.CancelCauseVerb, parent, "e1"), op(ctxtree.CancelCauseVerb, child, "e2"), false},
		{op(ctxtree.CancelCauseVerb, parent, ""), op(ctxtree.CancelVerb, child, ""), true},
		{op(ctxtree.CancelVerb, plain, ""), op(ctxtree.CancelVerb, plain, ""), true},
		{op(ctxtree.CancelVerb, plain, ""), op(ctxtree.CancelVerb, other, ""), true},
		{op(ctxtree.CancelCauseVerb, child, "e1"), op(ctxtree.CancelVerb, other, ""), true},
		{op(ctxtree.WithCancelVerb, plain, ""), op(ctxtree.WithCancelVerb, other, ""), true},
		{op(ctxtree.WithCancelVerb, plain, ""), op(ctxtree.WithValueVerb, parent, ""), true},
		{op(ctxtree.WithCancelVerb, plain, ""), op(ctxtree.CancelVerb, other, ""), true},
		{op(ctxtree.DoneVerb, plain, ""), op(ctxtree.CancelVerb, plain, ""), false}, // a channel of its own, or the shared one
		{op(ctxtree.WithCancelVerb, plain, ""), op(ctxtree.AfterFuncVerb, plain, ""), true},
	} {
		tt.a.Key, tt.b.Key = 1, 1
		if got, err := m.Commute(tt.a, tt.b); err != nil || got != tt.want {
			t.Errorf("%v and %v commute: %v, %v; want %v", tt.a, tt.b, got, err, tt.want)
		}
		if got, err := m.Commute(tt.b, tt.a); err != nil || got != tt.want {
			t.Errorf("%v and %v commute: %v, %v; want %v", tt.b, tt.a, got, err, tt.want)
		}
	}
	if _, err := m.Commute(ctxtree.Op{Verb: "none"}, ctxtree.Op{Verb: ctxtree.SettleVerb}); err == nil {
		t.Error("what there is not commutes")
	}
}

// TestErrAfterDone checks that no goroutine sees an error of a context whose Done
// channel is not closed, except in 1.25.0 and 1.25.1, and that events name that rule.
func TestErrAfterDone(t *testing.T) {
	for _, release := range releases {
		early := 0
		rule := "err-after-done"
		if release == "go1.25.1" {
			rule = "err-early"
		}
		var m *ctxtree.Tree
		c := ctxtree.Config{Release: release, Trace: func(e ctxtree.Event) {
			if e.Kind == ctxtree.ErrSet && e.Rule != rule {
				t.Errorf("%s: %v is by %s, want %s", release, e, e.Rule, rule)
			}
			for _, n := range m.Snapshot().Nodes {
				if n.Err != "" && n.Done != ctxtree.DoneClosed && n.Done != ctxtree.DoneShared {
					early++
				}
			}
		}}
		var err error
		if m, err = ctxtree.New(c); err != nil {
			t.Fatal(err)
		}
		a := must(t)(m.WithCancel(ctxtree.Background))
		must(t)(m.WithCancel(a))
		if _, err := m.Cancel(a); err != nil {
			t.Fatal(err)
		}
		if want := release == "go1.25.1"; early > 0 != want {
			t.Errorf("%s: %d errors too early", release, early)
		}
	}
}

// TestChooseReady checks that Choose decides which of the ready goroutines runs next, and
// that each runs once. Of one goroutine there is no choice.
func TestChooseReady(t *testing.T) {
	var among []int
	m, err := ctxtree.New(ctxtree.Config{Choose: func(n int) int {
		among = append(among, n)
		return n - 1
	}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, err := m.WithCancel(ctxtree.Background)
	if err != nil {
		t.Fatal(err)
	}
	for range 4 {
		if _, err := m.AfterFunc(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := m.Cancel(ctx); err != nil {
		t.Fatal(err)
	}
	if n := len(m.Ready()); n != 4 {
		t.Fatalf("%d goroutines are ready", n)
	}
	among = nil
	for left := 4; left > 0; left-- {
		was := m.Ready()
		if _, err := m.Step(); err != nil {
			t.Fatal(err)
		}
		is := m.Ready()
		if len(is) != left-1 || slices.Contains(is, was[left-1]) {
			t.Errorf("of goroutines %v %v are left: the last has not run", was, is)
		}
	}
	if want := []int{4, 3, 2}; !slices.Equal(among, want) {
		t.Errorf("choices are among %v, want %v", among, want)
	}
	if err := m.Check(); err != nil {
		t.Error(err)
	}
}
