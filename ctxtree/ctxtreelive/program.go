package ctxtreelive

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/orrery-go/orrery/ctxtree"
)

// The types of keys, some of which look alike when printed.
type (
	intKey    int
	stringKey string
	structKey struct{ A, B int }
	emptyKey  struct{}
	namedKey  int
)

// String makes the key a Stringer, which shows in the name of a context.
func (k namedKey) String() string { return fmt.Sprint("key#", int(k)) }

// Keys are the keys that programs use.
var Keys = [10]any{intKey(1), intKey(2), stringKey("a"), "a", structKey{1, 2}, structKey{2, 1}, emptyKey{}, namedKey(3), 1, nil}

var values = []any{1, "one", nil, namedKey(7), stringKey("v"), 3.5, structKey{3, 4}}

// A Source makes the operations of a program one by one, and looks at the model to see
// which nodes there are.
type Source struct {
	r      *rand.Rand
	unique time.Duration
	Same   bool // deadlines may be equal; those that may be have no cause
	Sane   bool // no operations that panic
}

// NewSource returns the Source of a seed.
func NewSource(seed uint64) *Source { return &Source{r: rand.New(rand.NewPCG(seed, 15))} }

func (s *Source) node(t *ctxtree.Tree) ctxtree.Node {
	n := t.Len()
	// Prefer recent nodes, or trees would be flat.
	if s.r.IntN(2) == 0 {
		return ctxtree.Node(n - s.r.IntN(min(n, 4)))
	}
	return ctxtree.Node(1 + s.r.IntN(n))
}

func (s *Source) cause() ctxtree.Reason {
	return []ctxtree.Reason{"", "e1", "e2", "e3", ctxtree.Canceled, ctxtree.DeadlineExceeded}[s.r.IntN(6)]
}

func (s *Source) in() time.Duration {
	d := time.Duration(s.r.IntN(30)-3) * time.Millisecond
	switch {
	case s.r.IntN(40) == 0:
		return 1<<63 - 1 - time.Duration(s.r.IntN(2))*time.Second
	case s.Same:
		return d
	}
	s.unique++
	return d + s.unique
}

func (s *Source) method() ctxtree.Method {
	return []ctxtree.Method{ctxtree.Inherited, ctxtree.Inherited, ctxtree.Own, ctxtree.Own, ctxtree.None}[s.r.IntN(5)]
}

func (s *Source) custom() *ctxtree.Custom {
	c := ctxtree.Custom{Done: s.method(), Err: s.method(), Deadline: s.method(), At: s.in()}
	if c.At > time.Hour {
		c.At = time.Hour
	}
	if s.r.IntN(3) == 0 {
		c.Value = ctxtree.None
	}
	// Prefer sensible contexts: one with a Done channel of its own has an Err of its
	// own.
	if c.Done == ctxtree.Own && s.r.IntN(8) > 0 {
		c.Err = ctxtree.Own
	}
	c.AfterFunc = c.Done == ctxtree.Own && s.r.IntN(2) == 0
	c.Name = "*ctxtreelive.custom"
	if c.AfterFunc {
		c.Name = "ctxtreelive.withAfterFunc"
	}
	return &c
}

// Next makes an operation. The model may refuse it, and then Go does not perform it,
// either.
func (s *Source) Next(t *ctxtree.Tree) ctxtree.Op {
	op := ctxtree.Op{Node: s.node(t)}
	switch k := s.r.IntN(100); {
	case k < 12:
		op.Verb = ctxtree.WithCancelVerb
	case k < 18:
		op.Verb, op.Cause = ctxtree.WithCancelCauseVerb, s.cause()
	case k < 24:
		op.Verb, op.At = ctxtree.WithDeadlineVerb, t.Now()+min(s.in(), 1<<62)
	case k < 29:
		op.Verb, op.At, op.Cause = ctxtree.WithDeadlineCauseVerb, t.Now()+min(s.in(), 1<<62), s.cause()
	case k < 35:
		op.Verb, op.At = ctxtree.WithTimeoutVerb, s.in()
	case k < 40:
		op.Verb, op.At, op.Cause = ctxtree.WithTimeoutCauseVerb, s.in(), s.cause()
	case k < 48:
		op.Verb, op.Key, op.Value = ctxtree.WithValueVerb, Keys[s.r.IntN(len(Keys)-1)], values[s.r.IntN(len(values))]
	case k < 51:
		op.Verb = ctxtree.WithoutCancelVerb
	case k < 58:
		op.Verb = ctxtree.AfterFuncVerb
	case k < 66:
		op.Verb, op.Custom = ctxtree.WithCustomVerb, s.custom()
	case k < 74:
		op.Verb = ctxtree.CancelVerb
	case k < 80:
		op.Verb, op.Cause = ctxtree.CancelCauseVerb, s.cause()
	case k < 84:
		op.Verb = ctxtree.StopVerb
	case k < 90:
		op.Verb, op.Cause = ctxtree.FinishVerb, s.cause()
		if op.Cause == "" && s.r.IntN(4) > 0 {
			op.Cause = "e4"
		}
	case k < 92:
		op.Verb = ctxtree.DoneVerb
	case k < 97 || s.Sane:
		op.Verb, op.At = ctxtree.AdvanceVerb, time.Duration(s.r.IntN(6_000_000))
	case k < 98:
		op.Verb, op.Key = ctxtree.WithValueVerb, []any{nil, []int{1}, map[int]int{}, func() {}}[s.r.IntN(4)]
	default:
		op.Verb = []ctxtree.Verb{ctxtree.WithCancelVerb, ctxtree.WithCancelCauseVerb, ctxtree.WithDeadlineVerb, ctxtree.WithTimeoutCauseVerb,
			ctxtree.WithValueVerb, ctxtree.WithoutCancelVerb, ctxtree.AfterFuncVerb}[s.r.IntN(7)]
		op.Node, op.Key = ctxtree.Nil, intKey(1)
	}
	if s.Same && op.Verb != ctxtree.CancelCauseVerb && op.Verb != ctxtree.FinishVerb {
		op.Cause = ""
	}
	return op
}
