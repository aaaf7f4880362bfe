// Package terminal tells the commands how wide what they print may be.
package terminal

import (
	"io"
	"os"
	"strconv"
)

// Size returns the width to print at, 50 columns at least, and whether w is a
// terminal. COLUMNS sets the width, and NO_COLOR says that no terminal should be
// decorated.
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
