package script

import (
	"errors"
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/crash"
)

// A watch receives the events and outcomes of the model. It is nil, or does nothing,
// unless a program has asked for it with [Interpreter.Watch].
type watch struct{ told func(any) }

// tell tells an event or an outcome.
func (w *watch) tell(what any) {
	if w.told != nil {
		w.told(what)
	}
}

// watched reports whether somebody wants to be told.
func (w *watch) watched() bool { return w.told != nil }

// Watch has f called with every event of the model from the next new on, and with the
// outcome of every operation: values of the model's types Event and Outcome. It reports
// whether the model can be watched. f may call [Interpreter.State] and nothing else.
func (in *Interpreter) Watch(f func(what any)) bool {
	if in.watch == nil {
		return false
	}
	in.watch.told = f
	return true
}

// State returns the model's Snapshot, or nil before the model has begun, and if it has
// none.
func (in *Interpreter) State() any {
	if in.state == nil || in.begun == nil || !in.begun() {
		return nil
	}
	return in.state()
}

// Name is what the program has called what has a number in the model: a ctxtree.Node; an
// epollsim.FD, or the epollsim.File that it was the first to refer to; a race.G, a
// race.Object, or an address of package race. It is "" if the program has not named it.
func (in *Interpreter) Name(of any) string {
	if in.name == nil || in.begun == nil || !in.begun() {
		return ""
	}
	return in.name(of)
}

// Do runs one command, a line of a scenario, and returns what it says. The error is an
// [*Error] whose line is 1.
func (in *Interpreter) Do(line string) (string, error) {
	r := runner{in: in}
	text, at, err := r.do(line)
	if err == nil && r.in != in {
		at, err = 1, fmt.Errorf("script: the model is %s", in.model)
	}
	if err != nil {
		return text, &Error{1, max(at, 1), err}
	}
	return text, nil
}

// withSteps has each verb also print the steps that were noted meanwhile, and what
// crashes told to w.
func (in *Interpreter) withSteps(w *watch, steps *strings.Builder) {
	for i, v := range in.verbs {
		in.verbs[i].run = func(c *Command) (string, error) {
			text, err := v.run(c)
			if crash := (*crash.Error)(nil); errors.As(err, &crash) {
				w.tell(crash)
			}
			if err == nil {
				err = c.Err()
			}
			defer steps.Reset()
			return steps.String() + text, err
		}
	}
}
