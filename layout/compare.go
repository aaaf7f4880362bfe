package layout

import (
	"fmt"
	"strconv"
)

// Comparability says whether values of a type can be compared with ==.
type Comparability struct {
	Comparable bool   `json:"comparable"`
	Path       string `json:"path,omitempty"`   // the first part that cannot be compared, as in "x.f[0].g"; x is the value
	Reason     string `json:"reason,omitempty"` // why that part cannot be compared
	// PanicPath leads to the first interface in the type: comparing two of them that hold
	// the same incomparable type panics at run time.
	PanicPath string `json:"panicPath,omitempty"`
}

// MayPanic reports whether a comparison that compiles may panic at run time.
func (c Comparability) MayPanic() bool { return c.PanicPath != "" }

// Comparable reports whether values of a type can be compared, and which part prevents
// it: a slice, map or function anywhere inside arrays and structs. It returns an error if
// t is not a type.
func Comparable(t Type) (Comparability, error) {
	w := walker{state: make(map[Type]bool)}
	if err := w.walk(t, "x", false); err != nil {
		return Comparability{}, fmt.Errorf("layout: %w", err)
	}
	if w.Comparable = w.Path == ""; !w.Comparable {
		w.PanicPath = ""
	}
	return w.Comparability, nil
}

// A walker walks the parts of a type that a comparison would compare.
type walker struct {
	Comparability
	depth int
	state map[Type]bool // what was walked: a second time it has nothing new; the value says ignoring values
}

// maxPath bounds the length of a path in bytes.
const maxPath = 1000

// walk stops at the first part that cannot be compared. Skipped parts count for
// the type, though no comparison looks at their values.
func (w *walker) walk(t Type, path string, skipped bool) error {
	if w.depth++; w.depth > maxDepth {
		return errDeep
	}
	defer func() { w.depth-- }()
	switch u := under(t).(type) {
	case nil:
		return noType(t)
	case *Slice:
		w.Path, w.Reason = path, fmt.Sprintf("a slice (%s) can only be compared to nil", short(t))
	case *Map:
		w.Path, w.Reason = path, fmt.Sprintf("a map (%s) can only be compared to nil", short(t))
	case *Func:
		w.Path, w.Reason = path, fmt.Sprintf("a function (%s) can only be compared to nil", short(t))
	case *Interface:
		if w.PanicPath == "" && !skipped {
			w.PanicPath = path
		}
	case *Array:
		if w.walked(t, skipped) {
			return nil
		}
		return w.walk(u.Elem, extend(path, "[0]"), skipped || u.Len == 0)
	case *Struct:
		if w.walked(t, skipped) {
			return nil
		}
		for i := range u.Fields {
			f := &u.Fields[i]
			name := f.Name
			if name == "_" {
				name = "_#" + strconv.Itoa(i)
			}
			if err := w.walk(f.Type, extend(path, "."+name), skipped || f.Name == "_"); err != nil {
				return err
			}
			if w.Path != "" {
				return nil
			}
		}
	case Basic:
		if !u.valid() {
			return noType(t)
		}
	}
	return nil
}

// walked reports whether a type need not be walked again: it was walked, and its values
// counted as much as now.
func (w *walker) walked(t Type, skipped bool) bool {
	if before, ok := w.state[t]; ok && (skipped || !before) {
		return true
	}
	w.state[t] = skipped
	return false
}

func extend(path, by string) string {
	if len(path) > maxPath {
		return path
	}
	return path + by
}
