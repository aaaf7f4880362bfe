// Package brief cuts texts that quote what a caller gave: a word of a megabyte, which
// parsers of the standard library repeat in their errors.
package brief

import (
	"fmt"
	"strings"
)

// Most bounds the text of an error, in bytes.
const Most = 300

// Text returns a text of at most n bytes, or its first n, less the part of a character,
// and "...".
func Text(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "") + "..."
}

// Error returns err, or if its text has more than [Most] bytes, an error that wraps it
// and has the cut text.
func Error(err error) error {
	if err == nil || len(err.Error()) <= Most {
		return err
	}
	return &brief{err}
}

type brief struct{ err error }

func (b *brief) Error() string { return Text(b.err.Error(), Most) }

func (b *brief) Unwrap() error { return b.err }

// Errorf is fmt.Errorf, with its text cut.
func Errorf(format string, args ...any) error { return Error(fmt.Errorf(format, args...)) }
