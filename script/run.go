package script

import (
	"fmt"
	"strings"
)

const dashes = "----"

// An Error is an error in a line of a scenario, with its place.
type Error struct {
	Line, Column int // from 1; a column counts bytes
	Err          error
}

// Error reads like "line 3, column 5: script: no verb ...".
func (e *Error) Error() string { return fmt.Sprintf("line %d, column %d: %v", e.Line, e.Column, e.Err) }

// Unwrap returns the error without its place.
func (e *Error) Unwrap() error { return e.Err }

// Run runs a scenario and returns its text with the output that the commands gave
// now. The scenario holds if that is the text it was given; a block that has no
// output yet, not even the dashes, gets it. in is the interpreter
// to begin with; it may be nil if the scenario names its model. Run returns an
// [*Error] if the form of the scenario is wrong; the error of a command is part of
// the output.
func Run(text string, in *Interpreter) (string, error) {
	out, _, err := run(text, in)
	return out, err
}

// Play runs a scenario as [Run] does and also returns an [*Error] for each command
// that failed although the scenario does not say so.
func Play(text string, in *Interpreter) (out string, failed []*Error, err error) {
	return run(text, in)
}

// A runner is one run of a scenario.
type runner struct {
	in     *Interpreter
	out    strings.Builder
	block  []numbered // commands since the last output
	failed []*Error
}

type numbered struct {
	line int
	text string
}

func run(text string, in *Interpreter) (string, []*Error, error) {
	r := runner{in: in}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if line == "" && len(r.block) > 0 {
			r.out.WriteString(dashes + "\n")
			r.commands(nil)
		}
		r.out.WriteString(line + "\n")
		switch {
		case line == dashes:
			if len(r.block) == 0 {
				return "", nil, &Error{i + 1, 1, fmt.Errorf("script: output without a command")}
			}
			begin := i + 1
			for i+1 < len(lines) && lines[i+1] != "" {
				i++ // the old output
			}
			r.commands(lines[begin : i+1])
		case line != "" && !strings.HasPrefix(line, "#"):
			r.block = append(r.block, numbered{i + 1, line})
		}
	}
	if len(r.block) > 0 {
		r.out.WriteString(dashes + "\n")
		r.commands(nil)
	}
	return r.out.String(), r.failed, nil
}

// commands runs a block. old is its output in the scenario.
func (r *runner) commands(old []string) {
	for _, line := range r.block {
		text, at, err := r.do(line.text)
		if err != nil {
			text += "error: " + err.Error()
			expected := false
			for _, o := range old {
				expected = expected || o == "error: "+err.Error()
			}
			if !expected {
				r.failed = append(r.failed, &Error{line.line, max(at, 1), err})
			}
		}
		// The output of a command has no empty line, since that would end the block.
		if text = strings.TrimRight(text, "\n"); text == "" {
			continue
		}
		for strings.Contains(text, "\n\n") {
			text = strings.ReplaceAll(text, "\n\n", "\n \n")
		}
		r.out.WriteString(text + "\n")
	}
	r.block = nil
}

// do runs one command. at is the column of the error.
func (r *runner) do(line string) (text string, at int, err error) {
	c, err := parse(line)
	if err != nil {
		return "", c.at, err
	}
	switch {
	case c.Verb == "model":
		in, err := New(c.Word())
		if err == nil {
			r.in, err = in, c.unused()
		}
		return "", max(c.at, c.Column), err
	case r.in == nil || r.in.verbs == nil:
		return "", c.Column, fmt.Errorf("script: which model? (begin with: model %s)", strings.Join(Models(), "|"))
	}
	text, err = r.in.do(c)
	if text != "" && !strings.HasSuffix(text, "\n") && err != nil {
		text += "\n"
	}
	return text, max(c.at, c.Column), err
}
