package quiz

import "strings"

// indent moves lines to the right by four blanks.
func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    ")
}
