package ctxtreelive

import (
	"math/rand/v2"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/orrery-go/orrery/ctxtree"
	"github.com/orrery-go/orrery/internal/underrace"
)

// A shape is a program that is made in advance, without looking at the model; nodes are
// numbered in the order in which they are made. It shares nothing with [Source], and
// makes what that does not: deep chains, wide fans, storms of AfterFuncs, islands of
// WithoutCancel, contexts of other packages within each other.
type shape struct {
	r    *rand.Rand
	ops  []ctxtree.Op
	last ctxtree.Node
	ends []ctxtree.Op // the operations that end the nodes
}

func (s *shape) Next(*ctxtree.Tree) ctxtree.Op {
	if len(s.ops) == 0 {
		return ctxtree.Op{Verb: ctxtree.AdvanceVerb, At: time.Millisecond}
	}
	op := s.ops[0]
	s.ops = s.ops[1:]
	return op
}

func (s *shape) make(op ctxtree.Op) ctxtree.Node {
	s.ops = append(s.ops, op)
	s.last++
	end := ctxtree.Op{Node: s.last}
	switch op.Verb {
	case ctxtree.WithCancelVerb, ctxtree.WithTimeoutVerb, ctxtree.WithDeadlineVerb, ctxtree.WithTimeoutCauseVerb, ctxtree.WithDeadlineCauseVerb:
		end.Verb = ctxtree.CancelVerb
	case ctxtree.WithCancelCauseVerb:
		end.Verb, end.Cause = ctxtree.CancelCauseVerb, ctxtree.Reason("cause "+string('a'+rune(s.r.IntN(5))))
	case ctxtree.AfterFuncVerb:
		end.Verb = ctxtree.StopVerb
	case ctxtree.WithCustomVerb:
		end.Verb, end.Cause = ctxtree.FinishVerb, ctxtree.Reason("finish "+string('a'+rune(s.r.IntN(5))))
		if op.Custom.Done != ctxtree.Own && op.Custom.Err != ctxtree.Own {
			return s.last
		}
	default:
		return s.last
	}
	s.ends = append(s.ends, end)
	return s.last
}

// of makes the context that a letter stands for: cancel, Cause, timeout, Later timeout,
// value, Without cancel, func, and of other packages: x embeds, o has its own Done and
// Err, O AfterFunc too, n has no Done, e only its own Err, d hides all values.
func (s *shape) of(letter byte, parent ctxtree.Node) ctxtree.Node {
	op := ctxtree.Op{Node: parent}
	s.r.Uint64()
	own, none := ctxtree.Own, ctxtree.None
	custom := func(c ctxtree.Custom) {
		c.Name = "*ctxtreelive.custom"
		if c.AfterFunc {
			c.Name = "ctxtreelive.withAfterFunc"
		}
		op.Verb, op.Custom = ctxtree.WithCustomVerb, &c
	}
	switch letter {
	case 'c':
		op.Verb = ctxtree.WithCancelVerb
	case 'C':
		op.Verb = ctxtree.WithCancelCauseVerb
	case 't':
		op.Verb, op.At = ctxtree.WithTimeoutVerb, time.Duration(1+s.r.IntN(200_000_000))
	case 'T':
		op.Verb, op.At, op.Cause = ctxtree.WithTimeoutCauseVerb, time.Duration(1+s.r.IntN(200_000_000)), "too late"
	case 'L':
		op.Verb, op.At = ctxtree.WithTimeoutVerb, time.Hour+time.Duration(s.r.IntN(1000))
	case 'v':
		op.Verb, op.Key, op.Value = ctxtree.WithValueVerb, Keys[s.r.IntN(9)], values[s.r.IntN(len(values))]
	case 'W':
		op.Verb = ctxtree.WithoutCancelVerb
	case 'f':
		op.Verb = ctxtree.AfterFuncVerb
	case 'x':
		custom(ctxtree.Custom{})
	case 'o':
		custom(ctxtree.Custom{Done: own, Err: own})
	case 'O':
		custom(ctxtree.Custom{Done: own, Err: own, AfterFunc: true})
	case 'n':
		custom(ctxtree.Custom{Done: none, Err: none, Deadline: none})
	case 'e':
		custom(ctxtree.Custom{Err: own})
	case 'd':
		custom(ctxtree.Custom{Done: own, Err: own, Value: none, Deadline: none})
	}
	return s.make(op)
}

// finish ends the nodes in a random order, with pauses.
func (s *shape) finish(share int) {
	s.r.Shuffle(len(s.ends), func(i, j int) { s.ends[i], s.ends[j] = s.ends[j], s.ends[i] })
	for _, end := range s.ends[:len(s.ends)*share/100] {
		s.ops = append(s.ops, end)
		if s.r.IntN(4) == 0 {
			s.ops = append(s.ops, ctxtree.Op{Verb: ctxtree.AdvanceVerb, At: time.Duration(s.r.IntN(20_000_000))})
		}
		if s.r.IntN(8) == 0 {
			s.ops = append(s.ops, end) // again
		}
	}
}

// TestShapes checks programs of these shapes against real contexts.
func TestShapes(t *testing.T) {
	chain := func(letters string, n int) func(*shape) {
		return func(s *shape) {
			at := ctxtree.Background
			for range n {
				at = s.of(letters[s.r.IntN(len(letters))], at)
			}
		}
	}
	fan := func(letters string, n int) func(*shape) {
		return func(s *shape) {
			root := s.of('C', ctxtree.TODO)
			for range n {
				s.of(letters[s.r.IntN(len(letters))], root)
			}
		}
	}
	// Each context of the chain has some children without children.
	comb := func(spine, teeth string, n int) func(*shape) {
		return func(s *shape) {
			at := ctxtree.Background
			for range n {
				at = s.of(spine[s.r.IntN(len(spine))], at)
				for range s.r.IntN(4) {
					s.of(teeth[s.r.IntN(len(teeth))], at)
				}
			}
		}
	}
	late := func(s *shape) {
		// Contexts that are made below a canceled one.
		a := s.of('C', ctxtree.Background)
		o := s.of('o', a)
		s.ops = append(s.ops, ctxtree.Op{Verb: ctxtree.CancelCauseVerb, Node: a, Cause: "early"}, ctxtree.Op{Verb: ctxtree.FinishVerb, Node: o, Cause: "late"})
		for _, p := range []ctxtree.Node{a, o, s.of('x', a), s.of('n', a), s.of('e', a), s.of('W', o), s.of('v', o)} {
			for _, k := range "cCtTLvWfxoOned" {
				s.of('c', s.of(byte(k), p))
			}
		}
	}
	shapes := []struct {
		name string
		make func(*shape)
		n    int // number of trials
	}{
		{"deep chain", chain("cCtvLx", 120), 8},
		{"deep chain of values", chain("v", 150), 2},
		{"wide fan", fan("cCtTf", 100), 8},
		{"storm of functions", comb("cCoO", "ffff", 30), 10},
		{"islands", comb("cWvtT", "cfTv", 40), 10},
		{"other packages", comb("xoOdxn", "cCft", 30), 20},
		{"other packages within each other", chain("xoOdnecC", 50), 20},
		{"nothing but other packages", chain("xoOdn", 30), 10},
		{"after the end", late, 6},
	}
	var sum counts
	for _, k := range shapes {
		if os.Getenv("ORRERY_FULL") == "" || underrace.On {
			k.n = (k.n + 4) / 5
		}
		for seed := range uint64(k.n) {
			synctest.Test(t, func(t *testing.T) {
				s := &shape{r: rand.New(rand.NewPCG(seed, 77)), last: ctxtree.TODO}
				k.make(s)
				s.finish(60)
				run(t, s, len(s.ops), seed%2 == 0, &sum)
			})
			if t.Failed() {
				t.Fatalf("%s, seed %d", k.name, seed)
			}
		}
	}
	t.Logf("%d operations, %d observations, 0 mismatches", sum.ops, sum.seen)
}
