package playground

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/script"
)

// A scripted is a view whose programs are commands of package script, one a line. A step
// is a command, or an event or outcome that the model reports for it.
type scripted struct {
	model string

	// begin changes the command new, or the one that is added to a program without one:
	// "new" with the settings of the page.
	begin func(in *Input, line string) string

	// tell puts an event or an outcome of the model into words, with the program's names
	// for things; it returns false to leave it out.
	tell func(in *Input, what any, name namer) (Step, bool)

	// panels returns the picture of a snapshot of the model; what is the event or
	// outcome of the step, or nil.
	panels func(in *Input, state, what any, name namer) []Panel

	// goesOn reports whether a program goes on after an error of its command, of which an
	// event tells; nil: after none.
	goesOn func(err error) bool

	// line puts a command into words, and returns the actor of the model that acts:
	// "g1".
	line func(in *Input, text string) (said, by string)
}

// A namer returns the program's name for an object with a number in the model, or "".
type namer func(of any) string

// and returns the name and the number, which the pictures show, or the number alone.
func (n namer) and(of, number any) string {
	if name := n(of); name != "" && name != fmt.Sprint(number) {
		return fmt.Sprintf("%s (%v)", name, number)
	}
	return fmt.Sprint(number)
}

// or returns the name, or the number if there is none.
func (n namer) or(of, number any) string {
	if name := n(of); name != "" {
		return name
	}
	return fmt.Sprint(number)
}

// A scriptStep is a step before it is put into words.
type scriptStep struct {
	line    int // from 1
	what    any // nil: the command itself
	text    string
	said    Step // what, in words
	crashed bool // what is a crash
}

var errEnough = errors.New("enough")

func (k *scripted) run(in *Input) (*Run, error) {
	var steps []scriptStep
	named := 0
	err := k.play(in, func(s scriptStep, _ *script.Interpreter) bool {
		steps = append(steps, s)
		return len(steps) < MaxSteps
	}, func(i *script.Interpreter) { // a command names the object that it makes once the object is there
		for ; named < len(steps); named++ {
			if s := &steps[named]; s.what != nil {
				s.said, _ = k.tell(in, s.what, i.Name)
			}
		}
	})
	cut := errors.Is(err, errEnough)
	if err != nil && !cut {
		return nil, err
	}
	r := &Run{Steps: len(steps), Cut: cut}
	r.Step = func(n int) Step {
		s := steps[n-1]
		if s.what == nil {
			said, _ := k.line(in, s.text)
			return Step{Kind: "command", Text: said}
		}
		return s.said
	}
	r.At = func(n int) (State, error) {
		var out State
		count := 0
		err := k.play(in, func(s scriptStep, i *script.Interpreter) bool {
			if count++; count < max(n, 1) {
				return true
			}
			if n > 0 {
				_, by := k.line(in, s.text)
				out.Acting = []Acting{{Line: s.line, By: by, Now: true}}
			}
			what := s.what
			if n == 0 { // the state before the first step, with the objects that new has made
				what = nil
			}
			if state := i.State(); state != nil {
				out.Panels = k.panels(in, state, what, i.Name)
			}
			return false
		}, func(*script.Interpreter) {})
		if errors.Is(err, errEnough) {
			err = nil
		}
		return out, err
	}
	return r, nil
}

// play runs the program and calls step for each step, until step returns false, and
// calls done after each command.
func (k *scripted) play(in *Input, step func(scriptStep, *script.Interpreter) bool, done func(*script.Interpreter)) error {
	i, err := script.New(k.model)
	if err != nil {
		return err
	}
	var now scriptStep
	enough := false
	i.Watch(func(what any) {
		if _, ok := k.tell(in, what, i.Name); ok && !enough {
			_, now.crashed = what.(*crash.Error)
			s := now
			s.what = what
			enough = !step(s, i)
		}
	})
	begun := false
	for n, text := range lines(in.Program) {
		text, shift := strings.TrimSpace(text), len(text)-len(strings.TrimLeft(text, " \t"))
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		now = scriptStep{line: n + 1, text: text}
		verb, _, _ := strings.Cut(text, " ")
		switch {
		case verb == "new": // new is not a step: it makes the model on which the first step acts
			text, begun = k.begin(in, text), true
			if _, err := i.Do(text); err != nil {
				return wrong(err, n, text, shift)
			}
			continue
		case !begun:
			begun = true
			if _, err := i.Do(k.begin(in, "new")); err != nil {
				return err
			}
		}
		if !step(now, i) {
			return errEnough
		}
		_, err := i.Do(text)
		done(i)
		if enough {
			return errEnough
		}
		if c := (*crash.Error)(nil); errors.As(err, &c) && now.crashed {
			if c.Kind == crash.KindPanic { // the program could go on after recover
				continue
			}
			return nil
		}
		if err != nil && (k.goesOn == nil || !k.goesOn(err)) {
			return wrong(err, n, text, shift)
		}
	}
	return nil
}

// wrong adds the place in the program to an error: line n from 0, of which the error
// knows a text that begins shift bytes into it.
func wrong(err error, n int, text string, shift int) error {
	at := (*script.Error)(nil)
	if !errors.As(err, &at) {
		return err
	}
	column := min(at.Column-1, len(text))
	return &Error{n + 1, utf8.RuneCountInString(text[:column]) + shift + 1, strings.TrimPrefix(at.Err.Error(), "script: ")}
}

// quoted returns a scripted's line function for commands that are a verb and a quoted
// text, and shows the text alone.
func quoted(verb string) func(*Input, string) (said, by string) {
	return func(_ *Input, text string) (string, string) {
		if op, ok := strings.CutPrefix(text, verb+" "); ok {
			if plain, err := strconv.Unquote(strings.TrimSpace(op)); err == nil {
				return plain, ""
			}
		}
		return text, ""
	}
}

// lines returns the lines of a text, by number from 0.
func lines(text string) []string { return strings.Split(text, "\n") }

// beginWith replaces settings in the command new.
func beginWith(line string, settings ...string) string {
	words := strings.Fields(line)
	for i := 0; i+1 < len(settings); i += 2 {
		kept := words[:0:0]
		for _, w := range words {
			if !strings.HasPrefix(w, settings[i]+"=") {
				kept = append(kept, w)
			}
		}
		if words = kept; settings[i+1] != "" {
			words = append(words, settings[i]+"="+settings[i+1])
		}
	}
	return strings.Join(words, " ")
}
