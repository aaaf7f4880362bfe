package program

import "strings"

// words checks the text of an operation, which must read back the same when it is
// written.
func (c *checker) words(text string) *Error {
	if strings.Join(strings.Fields(text), " ") != text {
		return errorf("%q: want words with one space between", text)
	}
	for _, r := range text {
		if r < ' ' || r == '#' || r == '\u007f' || r == '\ufffd' {
			return errorf("%q has control characters or #", text)
		}
	}
	_, err := Interpolate(text, func(name string) error {
		if err := c.variable(name); err != nil {
			return err
		}
		return nil
	})
	if e, ok := err.(*Error); ok {
		return e
	}
	return nil
}

// Interpolate cuts the text of a Mark into parts: words, and at odd places the names of
// variables in braces. It calls check, if that is not nil, for each name, and returns its
// first error.
func Interpolate(text string, check func(name string) error) (parts []string, err error) {
	for {
		before, rest, ok := strings.Cut(text, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			return append(parts, text), nil
		}
		if check != nil {
			if err := check(name); err != nil {
				return nil, err
			}
		}
		parts = append(parts, before, name)
		text = after
	}
}
