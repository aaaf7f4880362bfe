package gomap

import "github.com/orrery-go/orrery/layout"

// A Path names the functions of the runtime that the compiler calls for a map.
type Path string

// The paths: cmd/compile/internal/walk/walk.go:mapfast.
const (
	Generic    Path = "generic"
	Fast32     Path = "fast32"     // keys of 4 bytes that are equal if their memory is
	Fast64     Path = "fast64"     // of 8 bytes
	Fast64Ptr  Path = "fast64ptr"  // of 8 bytes with a pointer
	FastString Path = "faststring" // strings
)

// String returns the name.
func (p Path) String() string { return string(p) }

// shape is what a map knows of its type.
type shape struct {
	layout       layout.MapLayout
	path         Path
	key, elem    layout.Extent
	keyPointers  bool // in the map
	elemPointers bool
	noscan       bool // groups or buckets have no pointers
	reflexive    bool // a key equals itself
	keyPanics    bool // hashing a key may panic
	dynamic      bool // that of a K may
}

func shapeOf(r *layout.Rules, key, elem layout.Type) (s shape, err error) {
	if s.layout, err = r.Map(key, elem); err != nil {
		return s, err
	}
	if s.key, err = r.Extent(key); err != nil {
		return s, err
	}
	if s.elem, err = r.Extent(elem); err != nil {
		return s, err
	}
	s.keyPointers = s.layout.IndirectKey || s.key.PtrBytes > 0
	s.elemPointers = s.layout.IndirectElem || s.elem.PtrBytes > 0
	s.noscan = !s.keyPointers && !s.elemPointers
	c, err := layout.Comparable(key)
	if err != nil {
		return s, err
	}
	s.keyPanics = c.MayPanic()
	s.path = Generic
	a := algOf(r, key, 0)
	s.reflexive = !a.floats && !s.keyPanics
	if s.elem.Size <= 128 {
		switch {
		case a.text:
			s.path = FastString
		case a.memory && s.key.Size == 4:
			s.path = Fast32
		case a.memory && s.key.Size == 8 && s.key.PtrBytes > 0:
			s.path = Fast64Ptr
		case a.memory && s.key.Size == 8:
			s.path = Fast64
		}
	}
	return s, nil
}

// alg is the way in which values of a type are compared: types.AlgType.
type alg struct {
	memory bool // as memory
	text   bool // as a string
	floats bool // a part is a float
}

// algOf looks at a type. Types that lie too deep were refused before.
func algOf(r *layout.Rules, t layout.Type, depth int) alg {
	if depth > 100 {
		return alg{}
	}
	switch u := t.(type) {
	case layout.Basic:
		switch u {
		case layout.String:
			return alg{text: true}
		case layout.Float32, layout.Float64, layout.Complex64, layout.Complex128:
			return alg{floats: true}
		}
		return alg{memory: true}
	case *layout.Named:
		return algOf(r, u.Underlying, depth+1)
	case *layout.Pointer, *layout.Chan:
		return alg{memory: true}
	case *layout.Array:
		a := algOf(r, u.Elem, depth+1)
		if u.Len == 0 {
			return alg{memory: true}
		}
		a.text = a.text && u.Len == 1
		return a
	case *layout.Struct:
		return algOfStruct(r, u, depth)
	}
	return alg{}
}

func algOfStruct(r *layout.Rules, s *layout.Struct, depth int) alg {
	if len(s.Fields) == 1 && s.Fields[0].Name != "_" {
		return algOf(r, s.Fields[0].Type, depth+1)
	}
	out := alg{memory: true}
	total := int64(0)
	for _, f := range s.Fields {
		a := algOf(r, f.Type, depth+1)
		out.memory = out.memory && a.memory && f.Name != "_"
		out.floats = out.floats || a.floats && f.Name != "_"
		if e, err := r.Extent(f.Type); err == nil {
			total += e.Size
		}
	}
	if e, err := r.Extent(s); err != nil || e.Size != total {
		out.memory = false // it has pads
	}
	return out
}
