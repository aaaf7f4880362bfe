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
// is a command, or something that the model tells of it.
type scripted struct {
	model string

	// begin changes the command new, or the one that is put before a program which has
	// none: "new" with the settings of the page.
	begin func(in *Input, line string) string

	// tell puts an event or an outcome of the model into words, with what the program calls
	// things; false leaves it out.
	tell func(in *Input, what any, name namer) (Step, bool)

	// panels is the picture of a snapshot of the model; what is the event or outcome of
	// the step, or nil.
	panels func(in *Input, state, what any, name namer) []Panel

	// line puts a command into words, and says which of the model's actors acts: "g1".
	line func(in *Input, text string) (said, by string)
}

// A namer gives what the program calls something that has a number in the model, or "".
type namer func(of any) string

// and is the name and the number, which is that of pictures, or the number alone.
func (n namer) and(of, number any) string {
	if name := n(of); name != "" && name != fmt.Sprint(number) {
		return fmt.Sprintf("%s (%v)", name, number)
	}
	return fmt.Sprint(number)
}

// or is the name, or the number where there is none.
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
	said    Step // of what
	crashed bool // what is a crash
}

var errEnough = errors.New("enough")

func (k *scripted) run(in *Input) (*Run, error) {
	var steps []scriptStep
	named := 0
	err := k.play(in, func(s scriptStep, _ *script.Interpreter) bool {
		steps = append(steps, s)
		return len(steps) < MaxSteps
	}, func(i *script.Interpreter) { // a command names what it makes when that is there
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
			if n == 0 { // before the first step, with what new has made
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

// play runs the program and calls step for each step, until that is false, and done after
// each command.
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
		case verb == "new": // no step: it makes what the first step is done to
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
		if err != nil {
			return wrong(err, n, text, shift)
		}
	}
	return nil
}

// wrong says where in the program an error is: in line n from 0, which the text begins
// shift bytes into.
func wrong(err error, n int, text string, shift int) error {
	at := (*script.Error)(nil)
	if !errors.As(err, &at) {
		return err
	}
	column := min(at.Column-1, len(text))
	return &Error{n + 1, utf8.RuneCountInString(text[:column]) + shift + 1, strings.TrimPrefix(at.Err.Error(), "script: ")}
}

// quoted returns a scripted's line where a command is a verb and a text in quotes, which
// alone is shown.
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

// lines returns those of a text, by number from 0.
func lines(text string) []string { return strings.Split(text, "\n") }

// beginWith puts settings into the command new, in place of those that it has.
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
