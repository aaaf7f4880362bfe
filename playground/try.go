package playground

import (
	"slices"
	"strconv"
)

// Try returns a link that opens a view at the example for a row of the ledger, and true;
// or, if there is no such example, a link to the view of the row's model, and false. The
// link is "" if the model has no view. Other rows have their program in package claims, or
// in examples/playground/tries.txt.
func Try(row, model string) (link string, exact bool) {
	for _, v := range views {
		for _, e := range v.Examples {
			if !slices.Contains(e.Claims, row) {
				continue
			}
			q := Question{View: v.ID, Program: e.Program, Release: e.Release, Beside: e.Beside, Seed: e.Seed, Options: e.Options}
			if link, err := q.Write(); err == nil {
				return link, true
			}
		}
	}
	for _, v := range views {
		if v.ID == model || v.Model == model {
			return "v=" + strconv.Itoa(Schema) + "&view=" + v.ID, false
		}
	}
	return "", false
}
