package slicegrow

import (
	"fmt"
	"math"
	"strings"
)

// A Pointer is the kind of memory that a slice's pointer points to.
type Pointer int

const (
	Nil      Pointer = iota
	Zerobase         // runtime.zerobase, the address of all values of size 0
	Stack            // the frame of a function
	Heap

	// Same is the Ptr of a [Growth] that leaves the pointer unchanged. No slice has it.
	Same
)

// A Slice is a slice header: the fields of runtime/slice.go:slice. Its elements are
// not in the model.
type Slice struct {
	Ptr Pointer `json:"ptr"`
	Len int64   `json:"len,string"`
	Cap int64   `json:"cap,string"`
}

// Var returns the header of a slice that was only declared, var s []T: nil.
func Var() Slice { return Slice{Ptr: Nil} }

// Literal returns the header of the literal []T{...} of n elements of size bytes. It
// is never nil. escapes says that it outlives its function; then, if it takes no
// memory, it points to runtime.zerobase. It returns an error if n or size is
// negative.
func Literal(n, size int64, escapes bool) (Slice, error) {
	if err := made(n, n, size); err != nil {
		return Slice{}, err
	}
	s := Slice{Ptr: Heap, Len: n, Cap: n}
	switch {
	case !escapes:
		s.Ptr = Stack // even without elements: the address of a variable of size 0
	case n == 0 || size == 0:
		s.Ptr = Zerobase
	}
	return s, nil
}

// Make returns the header of make([]T, length, capacity) with constants, of elements of
// size bytes. It is never nil. escapes says that it outlives its function or is too large
// for the stack; elements of size 0 are not put there since Go 1.25
// (cmd/compile/internal/escape/utils.go:HeapAllocReason). length must be 0 to capacity,
// and size not negative.
func Make(length, capacity, size int64, escapes bool) (Slice, error) {
	if err := made(length, capacity, size); err != nil {
		return Slice{}, err
	}
	s := Slice{Ptr: Heap, Len: length, Cap: capacity}
	switch {
	case size == 0, escapes && capacity == 0:
		s.Ptr = Zerobase
	case !escapes:
		s.Ptr = Stack
	}
	return s, nil
}

func made(length, capacity, size int64) error {
	switch {
	case capacity < 0:
		return outOfRange("cap", capacity, math.MaxInt64)
	case length < 0 || length > capacity:
		return outOfRange("len", length, capacity)
	case size < 0:
		return outOfRange("size", size, math.MaxInt64)
	}
	return nil
}

// Append returns the header after an append to s, and how it grew. The length
// and capacity of the question are those of s.
func (r *Rules) Append(s Slice, a Append) (Slice, Growth, error) {
	if err := s.check(); err != nil {
		return Slice{}, Growth{}, err
	}
	a.Len, a.Cap = s.Len, s.Cap
	g, err := r.Grow(a)
	if err != nil {
		return Slice{}, Growth{}, err
	}
	after := Slice{Ptr: g.Ptr, Len: g.Len, Cap: g.Cap}
	if g.Ptr == Same {
		after.Ptr = s.Ptr
	}
	return after, g, nil
}

// check returns an error if no slice has this header. A nil pointer with a length is fine:
// Go 1.3 to 1.4.2 make such slices of elements of size 0.
func (s Slice) check() error {
	if s.Ptr < Nil || s.Ptr > Heap {
		return outOfRange("pointer", int64(s.Ptr), int64(Heap))
	}
	if s.Cap < 0 {
		return outOfRange("cap", s.Cap, math.MaxInt64)
	}
	if s.Len < 0 || s.Len > s.Cap {
		return outOfRange("len", s.Len, s.Cap)
	}
	return nil
}

// IsNil reports s == nil, which looks at the pointer alone.
func (s Slice) IsNil() bool { return s.Ptr == Nil }

// DeepEqual reports reflect.DeepEqual of two slices of the same type whose elements, as
// far as both have them, are equal. A nil slice and an empty one are different.
func DeepEqual(a, b Slice) bool {
	return a.IsNil() == b.IsNil() && a.Len == b.Len
}

// Views are the results of operations of the language and the standard library on a
// slice without elements.
type Views struct {
	Nil       bool   `json:"nil"`        // s == nil
	Len       int64  `json:"len,string"` // len(s), and cap(s)
	Cap       int64  `json:"cap,string"` //
	JSON      string `json:"json"`       // encoding/json
	JSONBytes string `json:"jsonBytes"`  // encoding/json if T is byte, which it writes in base 64
	JSON2     string `json:"json2"`      // encoding/json/v2, an experiment before Go 1.27
	V         string `json:"v"`          // fmt's %v
	GoSyntax  string `json:"goSyntax"`   // fmt's %#v
}

// Views returns the views of s, whose elements are of the named type. It returns an error
// if s has elements, which are not in a header.
func (s Slice) Views(elem string) (Views, error) {
	if err := s.check(); err != nil {
		return Views{}, err
	}
	if s.Len != 0 {
		return Views{}, fmt.Errorf("slicegrow: the %d elements of a slice header are not in the model (want len 0)", s.Len)
	}
	v := Views{
		Nil: s.IsNil(), Cap: s.Cap,
		JSON: "[]", JSONBytes: `""`, JSON2: "[]",
		V: "[]", GoSyntax: "[]" + strings.TrimSpace(elem) + "{}",
	}
	if v.Nil {
		v.JSON, v.JSONBytes = "null", "null"
		v.GoSyntax = "[]" + strings.TrimSpace(elem) + "(nil)"
	}
	return v, nil
}
