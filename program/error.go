package program

import (
	"fmt"

	"github.com/orrery-go/orrery/internal/brief"
)

// An Error is a mistake in a program, and its place. Check gives the function and the
// operation, Parse the line and the column as well.
type Error struct {
	Line   int    // from 1; 0 if the program was not parsed
	Column int    // of characters, from 1
	Func   string // "" if the mistake is not in an operation
	Op     int    // of the function, from 1
	Verb   string // of the operation
	Text   string

	name string // the declaration with the mistake
}

// Error reads like "program: line 3, column 2: worker, operation 1, send: no channel "d"".
func (e *Error) Error() string {
	text := "program: "
	if e.Line > 0 {
		text += fmt.Sprintf("line %d, column %d: ", e.Line, e.Column)
	}
	if e.Func != "" {
		text += e.Func
		if e.Op > 0 {
			text += fmt.Sprintf(", operation %d, %s", e.Op, e.Verb)
		}
		text += ": "
	}
	return text + e.Text
}

func errorf(format string, args ...any) *Error {
	return &Error{Text: brief.Text(fmt.Sprintf(format, args...), 500)} // it quotes the program's
}
