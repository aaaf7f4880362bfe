package main

import (
	"io"
	"os"
	"strconv"
)

// terminal reports the width to print at and whether w is a terminal. COLUMNS
// sets the width, and NO_COLOR says that no terminal should be decorated.
func terminal(w io.Writer) (width int, tty bool) {
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
