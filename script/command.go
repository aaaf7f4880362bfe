package script

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/orrery-go/orrery/internal/brief"
)

// A Command is a verb with arguments: words, and key=value. Its methods take
// arguments away; the command fails if an argument is left, so that a misspelt one
// is not ignored.
type Command struct {
	Verb   string
	Column int // of the verb in its line, from 1
	words  []argument
	named  map[string]argument
	used   map[string]bool
	err    error
	at     int // the column of the argument that err is about
}

type argument struct {
	text   string
	column int // from 1
}

// parse reads a line.
func parse(line string) (*Command, error) {
	c := &Command{named: map[string]argument{}, used: map[string]bool{}}
	for i, rest := 0, line; ; i++ {
		rest = strings.TrimLeft(rest, " \t")
		if rest == "" {
			return c, nil
		}
		arg := argument{column: len(line) - len(rest) + 1}
		if quoted, err := strconv.QuotedPrefix(rest); err == nil {
			rest = rest[len(quoted):]
			if arg.text, err = strconv.Unquote(quoted); err != nil {
				c.at = arg.column
				return c, err
			}
		} else {
			arg.text, rest, _ = strings.Cut(rest, " ")
			key, value, ok := strings.Cut(arg.text, "=")
			if ok && i > 0 && strings.Trim(key, "!<>=") != "" { // what else has one is an operator of a program
				if _, twice := c.named[key]; twice {
					c.at = arg.column
					return c, fmt.Errorf("script: %s is given twice", key)
				}
				c.named[key] = argument{value, arg.column}
				continue
			}
		}
		if i == 0 {
			c.Verb, c.Column = arg.text, arg.column
		} else {
			c.words = append(c.words, arg)
		}
	}
}

// fail records the first error, and its column.
func (c *Command) fail(at int, format string, args ...any) {
	if c.err == nil {
		c.err, c.at = brief.Errorf("script: "+format, args...), at // an argument may be long
	}
}

// end returns the column after the last argument, for an error about a missing one.
func (c *Command) end() int { return c.Column + len(c.Verb) }

// Err returns the first error of the arguments taken so far, or nil.
func (c *Command) Err() error { return c.err }

// next takes the next word, or reports an empty one.
func (c *Command) next() argument {
	if len(c.words) == 0 {
		return argument{"", c.end()}
	}
	w := c.words[0]
	c.words = c.words[1:]
	return w
}

// Word takes the next word, or returns "".
func (c *Command) Word() string { return c.next().text }

// Number takes the next word, a whole number.
func (c *Command) Number() int64 {
	w := c.next()
	n, err := strconv.ParseInt(w.text, 0, 64)
	switch {
	case w.text == "":
		c.fail(w.column, "%s wants a whole number here", c.Verb)
	case err != nil:
		c.fail(w.column, "%.40q is no whole number", w.text)
	}
	return n
}

// Numbers takes all remaining words, which must be whole numbers.
func (c *Command) Numbers() (out []int64) {
	for len(c.words) > 0 && c.err == nil {
		out = append(out, c.Number())
	}
	return out
}

// Duration takes the next word, a duration such as 2ms.
func (c *Command) Duration() time.Duration {
	w := c.next()
	d, err := time.ParseDuration(w.text)
	switch {
	case w.text == "":
		c.fail(w.column, "%s wants a duration here, such as 2ms", c.Verb)
	case err != nil:
		c.fail(w.column, "%.40q is no duration (want like 2ms)", w.text)
	}
	return d
}

// Flag takes a word, at any place, and reports whether it was there.
func (c *Command) Flag(name string) bool {
	i := slices.IndexFunc(c.words, func(w argument) bool { return w.text == name })
	if i >= 0 {
		c.words = slices.Delete(c.words, i, i+1)
	}
	return i >= 0
}

// String takes a named argument, or returns the default.
func (c *Command) String(name, def string) string {
	if v, ok := c.named[name]; ok {
		c.used[name] = true
		return v.text
	}
	return def
}

// Int takes a named whole number, or returns the default.
func (c *Command) Int(name string, def int64) int64 {
	text := c.String(name, "")
	if text == "" {
		return def
	}
	n, err := strconv.ParseInt(text, 0, 64)
	if err != nil {
		c.fail(c.named[name].column, "%s=%s is not a whole number", name, text)
	}
	return n
}

// unused returns the error for an argument that no method has taken.
func (c *Command) unused() error {
	for _, w := range c.words {
		c.fail(w.column, "%s does not take %.40q", c.Verb, w.text)
	}
	for _, name := range slices.Sorted(maps.Keys(c.named)) {
		if !c.used[name] {
			c.fail(c.named[name].column, "%s does not take %s=", c.Verb, name)
		}
	}
	return c.err
}

// checked returns the text for the result of a model's Check.
func checked(err error) (string, error) {
	if err != nil {
		return err.Error(), nil
	}
	return "nothing is wrong", nil
}

// replaceWord replaces a word that ends in a digit, where no other digit follows.
func replaceWord(text, old, by string) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(text, old)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		if after != "" && after[0] >= '0' && after[0] <= '9' {
			b.WriteString(old)
		} else {
			b.WriteString(by)
		}
		text = after
	}
}
