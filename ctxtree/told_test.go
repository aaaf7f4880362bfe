package ctxtree_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/ctxtree"
)

// TestTold: there are events for nodes that are made and for panics; the roots have no
// Done.
func TestTold(t *testing.T) {
	var got []string
	m, err := ctxtree.New(ctxtree.Config{Trace: func(e ctxtree.Event) {
		if e.Kind == ctxtree.Made || e.Kind == ctxtree.Panicked {
			got = append(got, e.String())
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range m.Snapshot().Nodes {
		if s.Done != ctxtree.DoneNil || s.DoneOf != ctxtree.Nil {
			t.Errorf("the Done of %v is %s of %v", s.Node, s.Done, s.DoneOf)
		}
	}
	n, _ := m.WithCancel(ctxtree.Background)
	m.WithoutCancel(n)
	m.AfterFunc(n)
	m.WithValue(n, 1, 2)
	m.WithTimeout(n, 5)
	m.WithCancel(ctxtree.Nil)
	want := []string{
		"made ctx3 below background", "made ctx4 below ctx3", "made ctx5 below ctx3", "made ctx6 below ctx3", "made ctx7 below ctx3",
		"panicked: " + ctxtree.NilParent.Text,
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s", cmp.Diff(want, got))
	}
}

// TestAtChosen: At repeats the earlier operations with their choices, and asks for none;
// a walk by Path is an operation, too.
func TestAtChosen(t *testing.T) {
	for _, chooses := range []bool{false, true} {
		asked := 0
		c := ctxtree.Config{Record: true}
		if chooses {
			c.Choose = func(n int) int { asked++; return asked % n }
		}
		var m *ctxtree.Tree
		var states []ctxtree.Snapshot
		c.Trace = func(ctxtree.Event) { states = append(states, m.Snapshot()) }
		m, err := ctxtree.New(c)
		if err != nil {
			t.Fatal(err)
		}
		n, _ := m.WithCancel(ctxtree.Background)
		for range 5 {
			m.AfterFunc(n)
		}
		if _, err := m.Path(n, "key"); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Cancel(n); err != nil {
			t.Fatal(err)
		}
		if err := m.Settle(); err != nil {
			t.Fatal(err)
		}
		was := asked
		for i, want := range states {
			got, err := m.At(uint64(i + 1))
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Fatalf("chooses %v, event %d: %v\n%s", chooses, i+1, err, diff)
			}
		}
		if asked != was {
			t.Errorf("At asks for %d choices", asked-was)
		}
		verbs := []string{}
		for _, op := range m.Record() {
			verbs = append(verbs, op.Verb.String())
		}
		if !slices.Contains(verbs, ctxtree.ValueVerb.String()) {
			t.Errorf("Path is not on record: %s", strings.Join(verbs, ", "))
		}
	}
}

// TestResetFromTrace: a Reset from the tree's own Trace does not destroy the tree in the
// middle of a step.
func TestResetFromTrace(t *testing.T) {
	var tree *ctxtree.Tree
	var err error
	tree, err = ctxtree.New(ctxtree.Config{Trace: func(ctxtree.Event) {
		if tree != nil {
			tree.Reset()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	n, err := tree.WithTimeout(ctxtree.Background, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Cancel(n); err != nil {
		t.Fatal(err)
	}
	if why, err := tree.Err(n); why != ctxtree.Canceled || err != nil || tree.Len() != 3 {
		t.Errorf("%q, %v, %d nodes", why, err, tree.Len())
	}
	if tree.Reset(); tree.Len() != 2 {
		t.Errorf("%d nodes after Reset", tree.Len())
	}
}
