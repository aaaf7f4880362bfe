package dest

import (
	"go/types"

	"github.com/orrery-go/orrery/internal/coretype"
)

// This file says what the compiler asks about types as memory. What hangs on a type
// parameter is guessed.

// bufferSize is the size in bytes of the buffer on the stack.
const bufferSize = 32

// elem returns the size of an append's elements, and whether they have pointers.
func (r *reader) elem(t types.Type) (size int64, pointers bool, ok bool) {
	s, isSlice := coretype.Of(t).(*types.Slice)
	if !isSlice || r.sizes.Varies(s.Elem()) {
		return 0, false, false
	}
	return r.sizes.Sizeof(s.Elem()), r.sizes.HasPointers(s.Elem()), true
}

// pointersIn reports whether the elements of a slice have pointers; those of a string have
// none.
func (r *reader) pointersIn(t types.Type) bool {
	s, ok := coretype.Of(t).(*types.Slice)
	return ok && r.sizes.HasPointers(s.Elem())
}

// isInterface reports whether a type is an interface, and no type parameter.
func isInterface(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.TypeParam)
	return !ok && types.IsInterface(t)
}

// varies reports whether the size of a value hangs on a type parameter, so that the guess
// decides.
func (r *reader) varies(t types.Type) bool {
	if !r.sizes.Varies(t) {
		return false
	}
	r.guessing("the size of a value hangs on a type parameter")
	return true
}

// large reports whether literals do not have a copy of a variable of the type that they
// capture.
func (r *reader) large(t types.Type) bool {
	if r.varies(t) {
		return r.leaks
	}
	return r.sizes.Sizeof(t) > 128
}

// direct reports whether an interface holds the value itself.
func (r *reader) direct(t types.Type) bool {
	if r.varies(t) {
		return r.leaks
	}
	return r.sizes.Direct(t, r.rel.AtLeast("go1.26"))
}

// inRegisters is cmd/compile/internal/ssa/value.go:CanSSA.
func (r *reader) inRegisters(t types.Type) bool {
	if r.varies(t) {
		return r.leaks
	}
	size := r.sizes.Sizeof(t)
	switch {
	case size == 0 && r.rel.AtLeast("go1.26"):
		return true
	case size > 4*r.sizes.Word:
		return false
	}
	switch t := coretype.Of(t).(type) {
	case *types.Array:
		return t.Len() <= 1 && r.inRegisters(t.Elem())
	case *types.Struct:
		if t.NumFields() > 4 {
			return false
		}
		for f := range t.Fields() {
			if !r.inRegisters(f.Type()) {
				return false
			}
		}
	}
	return true
}
