// Package sizes has the compiler's view of a type as memory: its size and alignment, where
// its fields are, whether pointers are in it. The sizes are those of go/types, for types of
// all shapes: go/types goes through the last field of a struct twice at each level, and so
// 2^n times through one that is n levels deep; here each type is looked at once.
package sizes

import (
	"go/types"
	"iter"
	"slices"

	"github.com/orrery-go/orrery/internal/coretype"
)

// Most is more bytes than any type may have. What is larger has this size.
const Most = 1 << 62

// Sizes has the answers for one architecture, and remembers them, so that a type must be
// complete when it is asked about: what goes on while go/types checks a program is not for
// it. A type that go/types reports as invalid, since it has itself in it, has a size and
// nothing of its own, and no answer is promised. Only one goroutine at a time may use it.
type Sizes struct {
	// Word is the size of a pointer in bytes, 4 or 8.
	Word int64

	of       types.Sizes // of what is neither an array nor a struct
	size     map[types.Type]int64
	align    map[types.Type]int64
	pointers map[types.Type]bool
	heapless map[types.Type]bool // is NotInHeap
	varies   map[types.Type]bool
}

var _ types.Sizes = (*Sizes)(nil)

// For returns the sizes of the gc compiler for an architecture, or nil if go/types does
// not know the architecture. The names are those of GOARCH.
func For(arch string) *Sizes {
	of := types.SizesFor("gc", arch)
	if of == nil {
		return nil
	}
	return &Sizes{
		Word: of.Sizeof(types.Typ[types.Uintptr]), of: of,
		size: map[types.Type]int64{}, align: map[types.Type]int64{}, pointers: map[types.Type]bool{}, heapless: map[types.Type]bool{}, varies: map[types.Type]bool{},
	}
}

// remembered returns what the map has of a type, or else the answer, which it keeps. While
// the answer is looked for it is that of a type without fields, so that the search ends for
// an invalid type that has itself in it.
func remembered[V any](known map[types.Type]V, t types.Type, answer func() V) V {
	if v, ok := known[t]; ok {
		return v
	}
	var none V
	known[t] = none
	v := answer()
	known[t] = v
	return v
}

// Sizeof returns the size of a type in bytes, from 0 to [Most]. That of an untyped constant
// is its default type's, that of nil a word; no type and a list of types have 0 bytes. If the
// size [Sizes.Varies], the result says nothing.
func (s *Sizes) Sizeof(t types.Type) int64 {
	return remembered(s.size, t, func() int64 {
		switch u := under(t).(type) {
		case *types.Basic:
			switch {
			case t == nil:
				return 0
			case u.Kind() == types.UntypedNil:
				return s.Word
			}
			return s.of.Sizeof(types.Default(u))
		case *types.Tuple:
			return 0
		case *types.Array:
			n, elem := u.Len(), s.Sizeof(u.Elem())
			switch {
			case n <= 0 || elem == 0:
				return 0
			case elem > Most/n:
				return Most
			}
			return n * elem
		case *types.Struct:
			_, end := s.offsets(u.Fields())
			if n := u.NumFields(); n > 0 && end > 0 && s.Sizeof(u.Field(n-1).Type()) == 0 {
				end++ // what points to the last field points into the struct
			}
			return min(roundUp(end, s.Alignof(t)), Most)
		}
		return s.of.Sizeof(under(t))
	})
}

// Alignof returns the alignment of a type in bytes, at least 1, under the conditions of Sizeof.
// It panics if the type is that of an untyped constant.
func (s *Sizes) Alignof(t types.Type) int64 {
	return max(1, remembered(s.align, t, func() int64 {
		switch u := under(t).(type) {
		case *types.Array:
			return s.Alignof(u.Elem())
		case *types.Struct:
			if u.NumFields() == 0 {
				break // one of package sync/atomic has an alignment of its own
			}
			n := int64(1)
			for f := range u.Fields() {
				n = max(n, s.Alignof(f.Type()))
			}
			return n
		}
		if _, parameter := types.Unalias(t).(*types.TypeParam); parameter {
			t = under(t)
		}
		return s.of.Alignof(t)
	}))
}

// Offsetsof returns where each field of a struct begins, in bytes from 0 to [Most].
func (s *Sizes) Offsetsof(fields []*types.Var) []int64 {
	begins, _ := s.offsets(slices.Values(fields))
	return begins
}

// offsets returns where fields begin, and where the last one ends.
func (s *Sizes) offsets(fields iter.Seq[*types.Var]) (begins []int64, end int64) {
	for f := range fields {
		end = min(roundUp(end, s.Alignof(f.Type())), Most)
		begins = append(begins, end)
		end += min(s.Sizeof(f.Type()), Most-end)
	}
	return begins, end
}

func roundUp(n, align int64) int64 { return (n + align - 1) / align * align }

// Varies reports whether the size of a type is another for each instance of a generic
// function or type: a type parameter without a core type is in it.
func (s *Sizes) Varies(t types.Type) bool {
	if coretype.Of(t) == nil {
		return true
	}
	switch u := under(t).(type) {
	case *types.Array:
		return s.Varies(u.Elem())
	case *types.Struct:
		return remembered(s.varies, t, func() bool {
			for f := range u.Fields() {
				if s.Varies(f.Type()) {
					return true
				}
			}
			return false
		})
	}
	return false
}

// HasPointers reports whether a type has a pointer in it that the collector follows:
// cmd/compile/internal/types/type.go:HasPointers.
func (s *Sizes) HasPointers(t types.Type) bool {
	switch u := under(t).(type) {
	case *types.Basic:
		return u.Kind() == types.String || u.Kind() == types.UnsafePointer || u.Kind() == types.UntypedString || u.Kind() == types.UntypedNil
	case *types.Array:
		return u.Len() > 0 && s.HasPointers(u.Elem())
	case *types.Struct:
		return remembered(s.pointers, t, func() bool {
			for f := range u.Fields() {
				if s.HasPointers(f.Type()) {
					return true
				}
			}
			return false
		})
	case *types.Pointer:
		return !s.NotInHeap(u.Elem())
	}
	return true
}

// NotInHeap reports whether a type has internal/runtime/sys.nih in it: pointers to it are
// no pointers to the collector.
func (s *Sizes) NotInHeap(t types.Type) bool {
	switch u := under(t).(type) {
	case *types.Array:
		return s.NotInHeap(u.Elem())
	case *types.Struct:
		return remembered(s.heapless, t, func() bool {
			is := isNih(t)
			for f := range u.Fields() {
				is = is || s.NotInHeap(f.Type())
			}
			return is
		})
	}
	return false
}

// isNih reports whether a type is the one that marks others; to Go 1.23 it was in
// runtime/internal/sys.
func isNih(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Name() != "nih" || n.Obj().Pkg() == nil {
		return false
	}
	path := n.Obj().Pkg().Path()
	return path == "internal/runtime/sys" || path == "runtime/internal/sys"
}

// Direct reports whether an interface holds the type's value itself:
// cmd/compile/internal/types/type.go:IsDirectIface. To Go 1.25 that goes by the type's
// shape, since Go 1.26 by its size.
func (s *Sizes) Direct(t types.Type, bySize bool) bool {
	if bySize {
		return s.Sizeof(t) == s.Word && s.HasPointers(t)
	}
	switch u := under(t).(type) {
	case *types.Pointer:
		return !s.NotInHeap(u.Elem())
	case *types.Chan, *types.Map, *types.Signature:
		return true
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Array:
		return u.Len() == 1 && s.Direct(u.Elem(), false)
	case *types.Struct:
		return u.NumFields() == 1 && s.Direct(u.Field(0).Type(), false)
	}
	return false
}

// under returns the underlying type, and a type parameter's core type, if it has one.
func under(t types.Type) types.Type {
	if core := coretype.Of(t); core != nil {
		return core
	}
	return t.Underlying()
}
