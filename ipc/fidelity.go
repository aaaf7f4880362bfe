package ipc

import _ "embed"

//go:embed fidelity.md
var fidelity string

// Fidelity returns the package's fidelity.md: rule by rule what was observed, what was
// only read in the source, and what is left out. Event.Rule names its rows.
func Fidelity() string { return fidelity }
