package claims

import (
	"slices"
	"strings"
)

// slow are the rows whose check takes long: it builds a program to ask first, or
// makes many experiments. (The rows about the scheduler share one such program.)
var slow = strings.Fields(`
	1.0-3 1.1-2 1.2-2 1.4-1 1.4-2 1.4-3 1.4-4 1.4-5 1.2-6 1.2-7 1.2-16 1.3-5 1.3-7 2.0-2 2.0-4 2.1-2 2.1-6 2.1-8 2.2-4
	2.2-5 5-3 5-5 8-2 8-3 8-4 8-5 23-1 23-2 23-3 23-7 23-8 23-9 28-1 28-2 28-3 28-4 28-5
	28-6 28-7 28-8 28-9 28-10 28-16 28-17 28-19 28-20
`)

// Quick reports whether the row has a check that is done in a blink. All of those
// together take a few seconds.
func (r Row) Quick() bool { return r.Checked() && !slices.Contains(slow, r.ID) }
