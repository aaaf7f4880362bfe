package layout

import (
	"errors"
	"fmt"
)

// A Verdict says whether an operation on values of two types compiles.
type Verdict struct {
	OK     bool   `json:"ok"`
	Reason string `json:"reason"` // the language's rule that allows it, or what is missing
	// PanicPath leads to an interface at which a comparison may panic at run
	// time; see [Comparability].
	PanicPath string `json:"panicPath,omitempty"`
}

// ErrMethods says that an answer depends on the methods of a type, which package layout
// does not have. Errors wrap it.
var ErrMethods = errors.New("methods of types other than interfaces are not modelled")

// Assignable reports whether a variable of type v can be assigned to one of type t. It
// returns an error if one of them is not a type, and [ErrMethods] if t has methods and v
// is not an interface.
func Assignable(v, t Type) (Verdict, error) {
	if err := validTypes(v, t); err != nil {
		return Verdict{}, err
	}
	ok, reason, err := assignable(v, t)
	if err != nil {
		return Verdict{}, fmt.Errorf("layout: %w", err)
	}
	return Verdict{OK: ok, Reason: reason}, nil
}

// Equatable reports whether x == y compiles for variables of two types, and
// whether it may panic. Errors are those of [Assignable].
func Equatable(x, y Type) (Verdict, error) {
	if err := validTypes(x, y); err != nil {
		return Verdict{}, err
	}
	ok, reason, err := assignable(x, y)
	if !ok && err == nil {
		ok, reason, err = assignable(y, x)
	}
	if err != nil {
		return Verdict{}, fmt.Errorf("layout: %w", err)
	}
	if !ok {
		return Verdict{Reason: fmt.Sprintf("mismatched types %s and %s: %s", short(x), short(y), reason)}, nil
	}
	v := Verdict{OK: true, Reason: reason}
	for _, t := range []Type{x, y} {
		c, err := Comparable(t)
		if err != nil {
			return Verdict{}, err
		}
		if !c.Comparable {
			return Verdict{Reason: c.Path + ": " + c.Reason}, nil
		}
		if v.PanicPath == "" {
			v.PanicPath = c.PanicPath
		}
	}
	// A value of a type without interfaces beside an interface cannot panic: if the
	// dynamic types differ they are unequal, else both are of that type.
	if _, a := under(x).(*Interface); a {
		if _, b := under(y).(*Interface); !b {
			c, err := Comparable(y)
			v.PanicPath = c.PanicPath
			return v, err
		}
	} else if _, b := under(y).(*Interface); b {
		c, err := Comparable(x)
		v.PanicPath = c.PanicPath
		return v, err
	}
	return v, nil
}

func validTypes(list ...Type) error {
	for _, t := range list {
		u := under(t)
		if b, ok := u.(Basic); u == nil || ok && !b.valid() {
			return fmt.Errorf("layout: %w", noType(t))
		}
	}
	return nil
}

// named reports whether a type has a name, as predeclared types do.
func named(t Type) bool {
	switch t.(type) {
	case Basic, *Named:
		return true
	}
	return false
}

// assignable is go/types/operand.go:operand.assignableTo for two variables.
func assignable(v, t Type) (ok bool, reason string, err error) {
	if Identical(v, t) {
		return true, "the types are identical", nil
	}
	vu, tu := under(v), under(t)
	same := Identical(vu, tu)
	if same && (!named(v) || !named(t)) {
		return true, "the underlying types are identical, and one of the types has no name", nil
	}
	if ti, ok := tu.(*Interface); ok {
		return implements(v, ti)
	}
	if vc, ok := vu.(*Chan); ok && vc.Dir == Both {
		if tc, ok := tu.(*Chan); ok && Identical(vc.Elem, tc.Elem) {
			if named(v) && named(t) {
				return false, "both channel types have names", nil
			}
			return true, "a channel of both directions becomes one of its directions", nil
		}
	}
	switch {
	case same:
		return false, "the underlying types are identical, but both types have names: convert one", nil
	case identical(vu, tu, false):
		return false, "the underlying types differ in struct tags: convert one", nil
	}
	return false, "the underlying types differ", nil
}

func implements(v Type, t *Interface) (bool, string, error) {
	if len(t.Methods) == 0 {
		return true, "every type implements an interface without methods", nil
	}
	vi, ok := under(v).(*Interface)
	if !ok {
		return false, "", ErrMethods
	}
	for i := range t.Methods {
		m := &t.Methods[i]
		has := vi.method(m.Name, m.Pkg)
		if has == nil {
			return false, fmt.Sprintf("method %.40s is missing", m.Name), nil
		}
		if !Identical(has.Type, m.Type) {
			return false, fmt.Sprintf("method %.40s has another type", m.Name), nil
		}
	}
	return true, "the interface has all methods", nil
}

// Convertible reports whether a variable of type v can be converted to type t in
// a release. Struct tags have to be the same before 1.8; slices become array
// pointers since 1.17 and arrays since 1.20. Errors are those of [Assignable].
func (r *Rules) Convertible(v, t Type) (Verdict, error) {
	if err := validTypes(v, t); err != nil {
		return Verdict{}, err
	}
	ok, reason, err := assignable(v, t)
	if err == nil && !ok {
		ok, reason = r.convertible(v, t)
	}
	if err != nil {
		return Verdict{}, fmt.Errorf("layout: %w", err)
	}
	return Verdict{OK: ok, Reason: reason}, nil
}

// convertible is go/types/conversions.go:operand.convertibleTo for a variable
// that cannot be assigned.
func (r *Rules) convertible(v, t Type) (bool, string) {
	vu, tu := under(v), under(t)
	tags := !r.release.AtLeast("go1.8")
	if identical(vu, tu, tags) {
		return true, "the underlying types are identical, struct tags aside"
	}
	if vp, ok := v.(*Pointer); ok {
		if tp, ok := t.(*Pointer); ok && identical(under(vp.Elem), under(tp.Elem), tags) {
			return true, "pointers to types with identical underlying types, struct tags aside"
		}
	}
	vb, _ := vu.(Basic)
	tb, _ := tu.(Basic)
	switch {
	case vb.number() && tb.number():
		return true, "both are integers or floats"
	case vb.complex() && tb.complex():
		return true, "both are complex"
	case (vb.integer() || bytesOrRunes(vu)) && tb == String:
		return true, "an integer, bytes or runes become a string"
	case vb == String && bytesOrRunes(tu):
		return true, "a string becomes bytes or runes"
	case (pointer(vu) || vb == Uintptr) && tb == UnsafePointer, vb == UnsafePointer && (pointer(tu) || tb == Uintptr):
		return true, "by way of unsafe.Pointer"
	}
	if s, ok := vu.(*Slice); ok {
		if a, ok := tu.(*Array); ok && Identical(s.Elem, a.Elem) {
			return since(r, "go1.20", "a slice becomes an array")
		}
		if p, ok := tu.(*Pointer); ok {
			if a, ok := under(p.Elem).(*Array); ok && Identical(s.Elem, a.Elem) {
				return since(r, "go1.17", "a slice becomes a pointer to an array")
			}
		}
	}
	return false, "the underlying types differ"
}

func since(r *Rules, release, rule string) (bool, string) {
	return r.release.AtLeast(release), rule + " since " + release
}

func (b Basic) integer() bool { return Int <= b && b <= Uintptr }
func (b Basic) number() bool  { return Int <= b && b <= Float64 }
func (b Basic) complex() bool { return b == Complex64 || b == Complex128 }

func pointer(t Type) bool {
	_, ok := t.(*Pointer)
	return ok
}

func bytesOrRunes(t Type) bool {
	s, ok := t.(*Slice)
	if !ok {
		return false
	}
	e, _ := under(s.Elem).(Basic)
	return e == Uint8 || e == Int32
}
