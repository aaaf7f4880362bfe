// Package terminal returns the width at which the commands print.
package terminal

import (
	"io"
	"os"
	"strconv"
)

// Size returns the width to print at, at least 50 columns, and whether w is a terminal.
// COLUMNS overrides the width; if NO_COLOR is set no writer counts as a terminal.
func Size(w io.Writer) (width int, tty bool) {
	width = 100
	if f, ok := w.(*os.File); ok {
		if n, ok := columns(f); ok {
			width, tty = n, true
		}
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		width = n
	}
	return max(width, 50), tty && os.Getenv("NO_COLOR") == ""
}
