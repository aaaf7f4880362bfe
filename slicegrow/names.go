package slicegrow

import "github.com/orrery-go/orrery/internal/names"

// The names of the enumerations of this package, for JSON and String. The names of
// rules are the ids of rows of fidelity.md.
var (
	verbNames    = []string{Values: "values", Spread: "spread", Grow: "grow"}
	destNames    = []string{Escapes: "escapes", Local: "local", Returned: "returned", ReturnedCap: "returned-cap"}
	pointerNames = []string{Nil: "nil", Zerobase: "zerobase", Stack: "stack", Heap: "heap", Same: "same"}
	ruleNames    = []string{
		Fits: "fits", ZeroSize: "zero-size", Needed: "needed", Double: "double", Quarter: "quarter", Smooth: "smooth",
		Overflow: "overflow", StackBuffer: "stack-buffer", StackStep: "stack-step", Moved: "moved",
		BufferSmall: "buffer-small", BufferSlide: "buffer-slide", BufferDouble: "buffer-double", BuilderDouble: "builder-grow",
	}
)

func (v Verb) String() string { return names.Of("Verb", verbNames, int(v)) }
func (v Verb) MarshalText() ([]byte, error) {
	return names.Marshal("slicegrow: verb", verbNames, int(v))
}
func (v *Verb) UnmarshalText(text []byte) error {
	return unmarshal(v, "slicegrow: verb", verbNames, text)
}

func (d Dest) String() string { return names.Of("Dest", destNames, int(d)) }
func (d Dest) MarshalText() ([]byte, error) {
	return names.Marshal("slicegrow: dest", destNames, int(d))
}
func (d *Dest) UnmarshalText(text []byte) error {
	return unmarshal(d, "slicegrow: dest", destNames, text)
}

func (p Pointer) String() string { return names.Of("Pointer", pointerNames, int(p)) }
func (p Pointer) MarshalText() ([]byte, error) {
	return names.Marshal("slicegrow: pointer", pointerNames, int(p))
}
func (p *Pointer) UnmarshalText(text []byte) error {
	return unmarshal(p, "slicegrow: pointer", pointerNames, text)
}

func (r Rule) String() string { return names.Of("Rule", ruleNames, int(r)) }
func (r Rule) MarshalText() ([]byte, error) {
	return names.Marshal("slicegrow: rule", ruleNames, int(r))
}
func (r *Rule) UnmarshalText(text []byte) error {
	return unmarshal(r, "slicegrow: rule", ruleNames, text)
}

func unmarshal[E ~int](e *E, typ string, list []string, text []byte) error {
	n, err := names.Unmarshal(typ, list, text)
	if err == nil {
		*e = E(n)
	}
	return err
}
