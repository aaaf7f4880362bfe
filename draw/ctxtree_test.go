package draw_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/ctxtree"
	"github.com/orrery-go/orrery/draw"
)

// ctxtreePicture returns a tree with every element that a picture can have.
func ctxtreePicture(t *testing.T) ctxtree.Snapshot {
	m, err := ctxtree.New(ctxtree.Config{Release: "go1.26"})
	if err != nil {
		t.Fatal(err)
	}
	do := func(op ctxtree.Op) ctxtree.Node {
		o, err := m.Do(op)
		if err != nil {
			t.Fatalf("%v: %v", op, err)
		}
		return o.Node
	}
	server := do(ctxtree.Op{Verb: ctxtree.WithCancelVerb, Node: ctxtree.Background})
	user := do(ctxtree.Op{Verb: ctxtree.WithValueVerb, Node: server, Key: "user", Value: "gopher"})
	request := do(ctxtree.Op{Verb: ctxtree.WithCancelCauseVerb, Node: user})
	query := do(ctxtree.Op{Verb: ctxtree.WithTimeoutVerb, Node: request, At: 2 * time.Second})
	do(ctxtree.Op{Verb: ctxtree.AfterFuncVerb, Node: query})
	audit := do(ctxtree.Op{Verb: ctxtree.WithoutCancelVerb, Node: request})
	do(ctxtree.Op{Verb: ctxtree.WithTimeoutVerb, Node: audit, At: time.Minute})
	do(ctxtree.Op{Verb: ctxtree.WithTimeoutCauseVerb, Node: server, At: time.Second, Cause: "too slow"})
	other := do(ctxtree.Op{Verb: ctxtree.WithCustomVerb, Node: server, Custom: &ctxtree.Custom{Name: "*gin.Context", Done: ctxtree.Own, Err: ctxtree.Own}})
	do(ctxtree.Op{Verb: ctxtree.WithCancelVerb, Node: other})
	stopped := do(ctxtree.Op{Verb: ctxtree.AfterFuncVerb, Node: server})
	do(ctxtree.Op{Verb: ctxtree.StopVerb, Node: stopped})
	do(ctxtree.Op{Verb: ctxtree.CancelCauseVerb, Node: request, Cause: "client has <gone>"})
	do(ctxtree.Op{Verb: ctxtree.AdvanceVerb, At: time.Second})
	return m.Snapshot()
}

func TestCtxtree(t *testing.T) {
	s := ctxtreePicture(t)
	for file, picture := range map[string]string{"ctxtree_states.svg": draw.CtxtreeTree(s), "ctxtree_states.mmd": draw.CtxtreeMermaid(s)} {
		if strings.HasSuffix(file, "svg") {
			wellFormed(t, picture)
		}
		same(t, file, picture)
	}
}

// TestCtxtreeAny draws states that no model can have, too: cycles, unknown parents.
func TestCtxtreeAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s ctxtree.Snapshot
		n := rapid.IntRange(0, 100).Draw(t, "n")
		for i := range n {
			s.Nodes = append(s.Nodes, ctxtree.NodeState{
				Node: ctxtree.Node(i + 1), Parent: ctxtree.Node(rapid.IntRange(-1, n+1).Draw(t, "parent")),
				Err: ctxtree.Reason(rapid.String().Draw(t, "err")), Key: rapid.String().Draw(t, "key"), Type: ctxtree.ValueCtx,
			})
		}
		wellFormed(t, draw.CtxtreeTree(s))
		for line := range strings.Lines(draw.CtxtreeMermaid(s)) {
			if strings.Count(line, `"`)%2 != 0 {
				t.Fatalf("a label does not end: %s", line)
			}
		}
	})
}
