package slicegrow

import "fmt"

// name, unmarshal and friends give the small enumerations of this package the
// names that JSON and people see.

func name[E ~int](e E, names []string, kind string) string {
	if 0 <= e && int(e) < len(names) {
		return names[e]
	}
	return fmt.Sprintf("%s(%d)", kind, e)
}

func marshal[E ~int](e E, names []string, kind string) ([]byte, error) {
	if 0 <= e && int(e) < len(names) {
		return []byte(names[e]), nil
	}
	return nil, fmt.Errorf("slicegrow: %s %d out of range [0,%d]", kind, e, len(names)-1)
}

func unmarshal[E ~int](e *E, text []byte, names []string, kind string) error {
	for i, s := range names {
		if s == string(text) {
			*e = E(i)
			return nil
		}
	}
	return fmt.Errorf("slicegrow: %s %.40q (want one of %q)", kind, text, names)
}

var (
	opNames      = []string{Values: "values", Spread: "spread", Grow: "grow"}
	destNames    = []string{Escapes: "escapes", Local: "local", Returned: "returned", ReturnedCap: "returned, cap used"}
	pointerNames = []string{Nil: "nil", Zerobase: "zerobase", Stack: "stack", Heap: "heap", Same: "same"}
	ruleNames    = []string{
		Fits: "fits", ZeroSize: "zero size", Needed: "needed", Double: "double", Quarter: "quarter", Smooth: "smooth",
		Overflow: "overflow", StackBuffer: "stack buffer", StackStep: "stack step", Moved: "moved",
	}
)

func (o Op) String() string                   { return name(o, opNames, "Op") }
func (o Op) MarshalText() ([]byte, error)     { return marshal(o, opNames, "op") }
func (o *Op) UnmarshalText(text []byte) error { return unmarshal(o, text, opNames, "op") }

func (d Dest) String() string                   { return name(d, destNames, "Dest") }
func (d Dest) MarshalText() ([]byte, error)     { return marshal(d, destNames, "dest") }
func (d *Dest) UnmarshalText(text []byte) error { return unmarshal(d, text, destNames, "dest") }

func (p Pointer) String() string               { return name(p, pointerNames, "Pointer") }
func (p Pointer) MarshalText() ([]byte, error) { return marshal(p, pointerNames, "pointer") }
func (p *Pointer) UnmarshalText(text []byte) error {
	return unmarshal(p, text, pointerNames, "pointer")
}

func (r Rule) String() string                   { return name(r, ruleNames, "Rule") }
func (r Rule) MarshalText() ([]byte, error)     { return marshal(r, ruleNames, "rule") }
func (r *Rule) UnmarshalText(text []byte) error { return unmarshal(r, text, ruleNames, "rule") }
