package script

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// An Interpreter runs the commands of one scenario on one model.
type Interpreter interface {
	// Do runs a command and reports what it prints. Its verbs and their
	// arguments are those that the model's file in this package documents.
	Do(c *Command) (string, error)
}

// interpreters makes a new interpreter for each model.
var interpreters = map[string]func() Interpreter{
	"alloc":     func() Interpreter { return new(allocScript) },
	"chanq":     func() Interpreter { return new(chanqScript) },
	"gc":        func() Interpreter { return new(gcScript) },
	"layout":    func() Interpreter { return new(layoutScript) },
	"locks":     func() Interpreter { return new(locksScript) },
	"sched":     func() Interpreter { return new(schedScript) },
	"slicegrow": func() Interpreter { return new(slicegrowScript) },
}

// New makes the interpreter of a model: "slicegrow". A model without verbs is
// an error.
func New(model string) (Interpreter, error) {
	f, ok := interpreters[model]
	if !ok {
		return nil, fmt.Errorf("script: no verbs for %q", model)
	}
	return f(), nil
}

const dashes = "----"

// Run runs a scenario and reports its text with the output that the commands
// gave now. The scenario holds if that is the text it was given. An error is in
// the scenario's form, not in what a command says. It returns an error if in is
// nil.
func Run(text string, in Interpreter) (string, error) {
	if in == nil {
		return "", errors.New("script: the interpreter is nil: use New")
	}
	var out strings.Builder
	var block []string // commands since the last output
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		out.WriteString(line + "\n")
		switch {
		case line == dashes:
			if len(block) == 0 {
				return "", fmt.Errorf("script: line %d: output without a command", i+1)
			}
			for _, c := range block {
				out.WriteString(do(in, c))
			}
			block = nil
			for i+1 < len(lines) && lines[i+1] != "" {
				i++ // the output of before
			}
		case line == "" && len(block) > 0:
			return "", fmt.Errorf("script: line %d: a command without %s", i+1, dashes)
		case line != "" && !strings.HasPrefix(line, "#"):
			block = append(block, line)
		}
	}
	if len(block) > 0 {
		return "", fmt.Errorf("script: the last command has no %s", dashes)
	}
	return out.String(), nil
}

// do runs one command. What it prints has no empty line, since that would end
// the block.
func do(in Interpreter, line string) string {
	c, err := parse(line)
	var text string
	if err == nil {
		text, err = in.Do(c)
	}
	if err == nil {
		err = c.unused()
	}
	if err != nil {
		text = "error: " + err.Error()
	}
	text = strings.TrimRight(text, "\n")
	if text == "" {
		return ""
	}
	for strings.Contains(text, "\n\n") {
		text = strings.ReplaceAll(text, "\n\n", "\n \n")
	}
	return text + "\n"
}

// A Command is a verb with arguments. An argument that no one asked for is an
// error, so that a misspelt one does not pass.
type Command struct {
	Verb  string
	words []string
	named map[string]string
	used  map[string]bool
	err   error
}

func parse(line string) (*Command, error) {
	c := &Command{named: map[string]string{}, used: map[string]bool{}}
	for i := 0; ; i++ {
		line = strings.TrimLeft(line, " \t")
		if line == "" {
			break
		}
		word := ""
		if quoted, err := strconv.QuotedPrefix(line); err == nil {
			line = line[len(quoted):]
			if word, err = strconv.Unquote(quoted); err != nil {
				return nil, err
			}
		} else {
			word, line, _ = strings.Cut(line, " ")
			if key, value, ok := strings.Cut(word, "="); ok && i > 0 {
				if _, twice := c.named[key]; twice {
					return nil, fmt.Errorf("script: %s is given twice", key)
				}
				c.named[key] = value
				continue
			}
		}
		if i == 0 {
			c.Verb = word
		} else {
			c.words = append(c.words, word)
		}
	}
	return c, nil
}

// Word takes the next word, or reports "".
func (c *Command) Word() string {
	if len(c.words) == 0 {
		return ""
	}
	w := c.words[0]
	c.words = c.words[1:]
	return w
}

// Flag takes a word, wherever it stands, and reports whether it was there.
func (c *Command) Flag(name string) bool {
	i := slices.Index(c.words, name)
	if i >= 0 {
		c.words = slices.Delete(c.words, i, i+1)
	}
	return i >= 0
}

// String takes a named argument, or reports the default.
func (c *Command) String(name, def string) string {
	if v, ok := c.named[name]; ok {
		c.used[name] = true
		return v
	}
	return def
}

// Int takes a named whole number, or reports the default.
func (c *Command) Int(name string, def int64) int64 {
	text := c.String(name, "")
	if text == "" {
		return def
	}
	n, err := strconv.ParseInt(text, 0, 64)
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("script: %s=%s is not a whole number", name, text)
	}
	return n
}

// Err reports what was wrong with the arguments taken so far.
func (c *Command) Err() error { return c.err }

// Unknown is the error of a verb that an interpreter does not have.
func (c *Command) Unknown(verbs ...string) error {
	return fmt.Errorf("script: no verb %q (want %s)", c.Verb, strings.Join(verbs, ", "))
}

func (c *Command) unused() error {
	for _, w := range c.words {
		return fmt.Errorf("script: %s does not take %q", c.Verb, w)
	}
	for _, name := range slices.Sorted(maps.Keys(c.named)) {
		if !c.used[name] {
			return fmt.Errorf("script: %s does not take %s=", c.Verb, name)
		}
	}
	return nil
}
