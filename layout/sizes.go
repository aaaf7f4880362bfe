package layout

import (
	"errors"
	"fmt"
)

// The reasons to refuse a type. Errors wrap these.
var (
	ErrInfinite = errors.New("invalid recursive type") // the type holds itself other than through a pointer
	ErrTooLarge = errors.New("type too large")         // for the architecture's address space
)

// An Extent is the room that a type takes, in bytes.
type Extent struct {
	Size     int64 `json:"size"`
	Align    int64 `json:"align"`    // 1, 2, 4 or 8: its address is a multiple of it
	PtrBytes int64 `json:"ptrBytes"` // after them are no pointers: the collector stops there (abi.Type.PtrBytes)
}

// A Layout is the layout of a type in memory. Numbers are bytes.
type Layout struct {
	Type Type   `json:"type"`
	Arch string `json:"arch"`
	Word int64  `json:"word"` // size of a pointer
	Extent
	Fields   []FieldLayout `json:"fields,omitempty"` // of a struct
	TailByte int64         `json:"tailByte"`         // 1 if the last field has size 0 and a byte was added after it
}

// A FieldLayout is the place of a field in a struct.
type FieldLayout struct {
	Name   string `json:"name"`
	Type   Type   `json:"type"`
	Offset int64  `json:"offset"`
	Extent
	Pad int64 `json:"pad"` // bytes between its end and the next field, or the struct's end
}

// Of lays a type out for an architecture as the newest release known does.
func Of(arch string, t Type) (Layout, error) {
	r, err := New(Config{Arch: arch})
	if err != nil {
		return Layout{}, err
	}
	return r.Of(t)
}

// Of lays a type out. It returns an error if the compiler would refuse the type
// as infinitely or too large ([ErrInfinite], [ErrTooLarge]), if the release does
// not have it, as 1.18 has no atomic.Int64 ([ErrNotYet]), and if a part of it is
// nil, unknown or negative.
func (r *Rules) Of(t Type) (Layout, error) {
	var l Layout
	err := r.Into(&l, t)
	return l, err
}

// Into is [Rules.Of] for many types: it uses the memory of l's Fields again.
// After an error l is empty.
func (r *Rules) Into(l *Layout, t Type) error {
	if l == nil {
		return errors.New("layout: Into a nil Layout")
	}
	fields := l.Fields[:0]
	*l = Layout{Type: t, Arch: r.name, Word: r.word}
	s := sizer{Rules: r}
	err := r.missing(t)
	if err != nil {
		*l = Layout{}
		return err
	}
	if st, ok := under(t).(*Struct); ok {
		if n := len(st.Fields); n <= cap(fields) && fields != nil {
			fields = fields[:n]
		} else {
			fields = make([]FieldLayout, n)
		}
		s.depth++
		l.Fields = fields
		l.Extent, l.TailByte, err = s.structure(st, minAlign(t), fields)
	} else {
		l.Extent, err = s.extent(t)
	}
	if err != nil {
		*l = Layout{}
		return fmt.Errorf("layout: %w", err)
	}
	return nil
}

// Extent returns a type's size, alignment and pointer bytes. Errors are those of
// [Rules.Of].
func (r *Rules) Extent(t Type) (Extent, error) {
	if err := r.missing(t); err != nil {
		return Extent{}, err
	}
	s := sizer{Rules: r}
	e, err := s.extent(t)
	if err != nil {
		return Extent{}, fmt.Errorf("layout: %w", err)
	}
	return e, nil
}

// A sizer computes one layout.
type sizer struct {
	*Rules
	depth int
	named int // fields that an error's text names
	// Extents of the structs inside others, so that one used in many places is
	// computed once. While it is computed, its Align is 0.
	memo map[Type]Extent
}

// extent is cmd/compile/internal/types/size.go:CalcSize.
func (s *sizer) extent(t Type) (Extent, error) {
	switch t := t.(type) {
	case Basic:
		if t.valid() {
			return s.basic[t], nil
		}
	case *Pointer:
		return s.words(1, 1), nil
	case *Slice:
		return s.words(3, 1), nil
	case *Map, *Chan, *Func:
		return s.words(1, 1), nil
	case *Interface:
		return s.words(2, 2), nil
	case *Array:
		if t != nil {
			return s.array(t)
		}
	case *Struct, *Named:
		return s.nested(t)
	}
	return Extent{}, noType(t)
}

// nested computes the extent of a struct or a named type, once.
func (s *sizer) nested(t Type) (Extent, error) {
	u := under(t)
	switch u.(type) {
	case nil:
		return Extent{}, noType(t)
	case *Struct, *Array:
	default:
		return s.extent(u)
	}
	inside := s.depth > 0
	if inside {
		if e, ok := s.memo[t]; ok {
			if e.Align == 0 {
				return Extent{}, fmt.Errorf("%w %s", ErrInfinite, short(t))
			}
			return e, nil
		}
		if s.memo == nil {
			s.memo = make(map[Type]Extent)
		}
		s.memo[t] = Extent{}
	}
	if s.depth++; s.depth > maxDepth {
		return Extent{}, errDeep
	}
	var e Extent
	var err error
	if st, ok := u.(*Struct); ok {
		e, _, err = s.structure(st, minAlign(t), nil)
	} else {
		e, err = s.extent(u)
	}
	s.depth--
	if inside && err == nil {
		s.memo[t] = e
	}
	return e, err
}

func noType(t Type) error { return fmt.Errorf("%s is no type", short(t)) }

var errDeep = fmt.Errorf("types are nested more than %d deep", maxDepth)

// minAlign reports 8 for the marker by which sync/atomic asks for the alignment
// that its 64-bit types need on 32-bit words, else 1.
func minAlign(t Type) int64 {
	if n, ok := t.(*Named); ok && n.Name == "align64" {
		switch n.Pkg {
		case "sync/atomic", "internal/runtime/atomic", "runtime/internal/atomic":
			return 8
		}
	}
	return 1
}

// array is CalcArraySize.
func (s *sizer) array(t *Array) (Extent, error) {
	if t.Len < 0 {
		return Extent{}, fmt.Errorf("array length %d is negative", t.Len)
	}
	if s.depth++; s.depth > maxDepth {
		return Extent{}, errDeep
	}
	elem, err := s.extent(t.Elem)
	s.depth--
	if err != nil {
		return Extent{}, err
	}
	if elem.Size != 0 && t.Len > (s.maxWidth-1)/elem.Size {
		return Extent{}, fmt.Errorf("%w: %s is larger than the address space of %s", ErrTooLarge, short(t), s.name)
	}
	e := Extent{Size: t.Len * elem.Size, Align: elem.Align}
	if t.Len > 0 && elem.PtrBytes > 0 {
		e.PtrBytes = elem.Size*(t.Len-1) + elem.PtrBytes
	}
	return e, s.fits(e, t)
}

// structure is CalcStructSize, and fills in fields unless that is nil.
func (s *sizer) structure(t *Struct, align int64, fields []FieldLayout) (e Extent, tail int64, err error) {
	e.Align = 1
	if s.align64 {
		e.Align = align
	}
	limit := s.maxWidth
	if limit < 1<<32 {
		limit = 1<<31 - 1 // offsets fit 31 bits in reflect's tables
	}
	offset, last := int64(0), int64(1)
	for i := range t.Fields {
		f := &t.Fields[i]
		fe, err := s.extent(f.Type)
		if err != nil {
			if s.named++; s.named <= 8 {
				err = fmt.Errorf("field %.40q: %w", f.Name, err)
			}
			return e, 0, err
		}
		end := offset
		offset = roundUp(offset, fe.Align)
		if i < len(fields) {
			fields[i] = FieldLayout{Name: f.Name, Type: f.Type, Offset: offset, Extent: fe}
			if i > 0 {
				fields[i-1].Pad = offset - end
			}
		}
		if fe.PtrBytes > 0 {
			e.PtrBytes = offset + fe.PtrBytes
		}
		e.Align = max(e.Align, fe.Align)
		last = fe.Size
		if offset += fe.Size; offset >= limit {
			return e, 0, fmt.Errorf("%w: %s for %s", ErrTooLarge, short(t), s.name)
		}
	}
	end := offset
	if offset > 0 && last == 0 && s.tailByte {
		tail = 1
	}
	e.Size = roundUp(offset+tail, e.Align)
	if n := len(fields); n > 0 {
		fields[n-1].Pad = e.Size - end
	}
	return e, tail, s.fits(e, t)
}

// fits refuses a size that 32-bit words could not count in an int.
func (s *sizer) fits(e Extent, t Type) error {
	if s.word == 4 && e.Size != int64(int32(e.Size)) {
		return fmt.Errorf("%w: %s for %s", ErrTooLarge, short(t), s.name)
	}
	return nil
}

// roundUp rounds n up to a multiple of align, a power of two.
func roundUp(n, align int64) int64 { return (n + align - 1) &^ (align - 1) }
