package ctxtree

import (
	"fmt"
	"time"
)

// A Verb names an operation.
type Verb string

// The operations of [Tree.Do].
const (
	WithCancelVerb        Verb = "WithCancel"
	WithCancelCauseVerb   Verb = "WithCancelCause"
	WithDeadlineVerb      Verb = "WithDeadline"
	WithDeadlineCauseVerb Verb = "WithDeadlineCause"
	WithTimeoutVerb       Verb = "WithTimeout"
	WithTimeoutCauseVerb  Verb = "WithTimeoutCause"
	WithValueVerb         Verb = "WithValue"
	WithoutCancelVerb     Verb = "WithoutCancel"
	AfterFuncVerb         Verb = "AfterFunc"
	WithCustomVerb        Verb = "WithCustom"
	CancelVerb            Verb = "Cancel"
	CancelCauseVerb       Verb = "CancelCause"
	StopVerb              Verb = "Stop"
	FinishVerb            Verb = "Finish"
	DoneVerb              Verb = "Done"
	ValueVerb             Verb = "Value"
	RunVerb               Verb = "Run"
	SettleVerb            Verb = "Settle"
	AdvanceVerb           Verb = "Advance"
	StepVerb              Verb = "Step"
)

// String returns the name.
func (v Verb) String() string { return string(v) }

// An Op is an operation as a value, for programs that are generated or parsed.
type Op struct {
	Verb   Verb
	Node   Node          // the parent, or the context that is acted on
	At     time.Duration // of a deadline, a timeout, Advance
	Cause  Reason        // of WithDeadlineCause, WithTimeoutCause, CancelCause; the error of Finish
	Key    any           // of WithValue, Value
	Value  any           // of WithValue
	Custom *Custom       // of WithCustom; nil: the zero one
	G      G             // of Run
}

// Do performs the operation, like the method of its name. It returns an error if the verb
// is unknown, and otherwise the errors of that method.
func (t *Tree) Do(op Op) (Outcome, error) {
	made := func(n Node, err error) (Outcome, error) {
		if err != nil {
			return Outcome{}, err
		}
		return Outcome{What: DidMake, Node: n}, nil
	}
	did := func(w What, err error) (Outcome, error) {
		if err != nil {
			return Outcome{}, err
		}
		return Outcome{What: w}, nil
	}
	switch op.Verb {
	case WithCancelVerb:
		return made(t.WithCancel(op.Node))
	case WithCancelCauseVerb:
		return made(t.WithCancelCause(op.Node))
	case WithDeadlineVerb:
		return made(t.WithDeadline(op.Node, op.At))
	case WithDeadlineCauseVerb:
		return made(t.WithDeadlineCause(op.Node, op.At, op.Cause))
	case WithTimeoutVerb:
		return made(t.WithTimeout(op.Node, op.At))
	case WithTimeoutCauseVerb:
		return made(t.WithTimeoutCause(op.Node, op.At, op.Cause))
	case WithValueVerb:
		return made(t.WithValue(op.Node, op.Key, op.Value))
	case WithoutCancelVerb:
		return made(t.WithoutCancel(op.Node))
	case AfterFuncVerb:
		return made(t.AfterFunc(op.Node))
	case WithCustomVerb:
		var c Custom
		if op.Custom != nil {
			c = *op.Custom
		}
		return made(t.WithCustom(op.Node, c))
	case CancelVerb:
		return t.Cancel(op.Node)
	case CancelCauseVerb:
		return t.CancelCause(op.Node, op.Cause)
	case StopVerb:
		return t.Stop(op.Node)
	case FinishVerb:
		return t.Finish(op.Node, op.Cause)
	case DoneVerb:
		_, err := t.Done(op.Node)
		return did("", err)
	case ValueVerb:
		_, err := t.Value(op.Node, op.Key)
		return did("", err)
	case RunVerb:
		return t.Run(op.G)
	case SettleVerb:
		return did(DidSettle, t.Settle())
	case AdvanceVerb:
		return did(DidPass, t.Advance(op.At))
	case StepVerb:
		_, err := t.Step()
		return did("", err)
	}
	return Outcome{}, fmt.Errorf("ctxtree: no verb %.40q", op.Verb)
}

// String reads like "WithTimeout(ctx3, 2s)".
func (op Op) String() string {
	switch op.Verb {
	case WithDeadlineVerb, WithTimeoutVerb:
		return fmt.Sprintf("%s(%v, %v)", op.Verb, op.Node, op.At)
	case WithDeadlineCauseVerb, WithTimeoutCauseVerb:
		return fmt.Sprintf("%s(%v, %v, %q)", op.Verb, op.Node, op.At, string(op.Cause))
	case WithValueVerb:
		return fmt.Sprintf("%s(%v, %s, %s)", op.Verb, op.Node, text(op.Key), text(op.Value))
	case ValueVerb:
		return fmt.Sprintf("%s(%v, %s)", op.Verb, op.Node, text(op.Key))
	case CancelCauseVerb, FinishVerb:
		return fmt.Sprintf("%s(%v, %q)", op.Verb, op.Node, string(op.Cause))
	case WithCustomVerb:
		var c Custom
		if op.Custom != nil {
			c = *op.Custom
		}
		return fmt.Sprintf("%s(%v, %v)", op.Verb, op.Node, c)
	case AdvanceVerb:
		return fmt.Sprintf("%s(%v)", op.Verb, op.At)
	case RunVerb:
		return fmt.Sprintf("%s(%d)", op.Verb, op.G)
	case SettleVerb, StepVerb:
		return string(op.Verb) + "()"
	}
	return fmt.Sprintf("%s(%v)", op.Verb, op.Node)
}

// slow reports whether an operation has more to do than its own work: to refuse, or
// to keep a record.
func (t *Tree) slow() bool { return t.refuses != nil || t.config.Record }

// before begins an operation.
func (t *Tree) before(op Op) error {
	if t.refuses != nil {
		return t.refuses
	}
	if op.Custom != nil {
		c := *op.Custom
		op.Custom = &c
	}
	t.log = append(t.log, op)
	return nil
}
