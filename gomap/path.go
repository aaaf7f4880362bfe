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
	w := &algorithms{r, map[*layout.Struct]alg{}}
	a := w.of(key, 0)
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

// maxNest is the number of levels down to which a type is looked at.
const maxNest = 1000

// algorithms looks at types, at each struct once.
type algorithms struct {
	r    *layout.Rules
	seen map[*layout.Struct]alg
}

func (w *algorithms) of(t layout.Type, depth int) alg {
	if depth > maxNest {
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
		return w.of(u.Underlying, depth+1)
	case *layout.Pointer, *layout.Chan:
		return alg{memory: true}
	case *layout.Array:
		a := w.of(u.Elem, depth+1)
		if u.Len == 0 {
			return alg{memory: true}
		}
		a.text = a.text && u.Len == 1
		return a
	case *layout.Struct:
		a, ok := w.seen[u]
		if !ok {
			a = w.ofStruct(u, depth)
			w.seen[u] = a
		}
		return a
	}
	return alg{}
}

func (w *algorithms) ofStruct(s *layout.Struct, depth int) alg {
	if len(s.Fields) == 1 && s.Fields[0].Name != "_" {
		return w.of(s.Fields[0].Type, depth+1)
	}
	out := alg{memory: true}
	total := int64(0)
	for _, f := range s.Fields {
		a := w.of(f.Type, depth+1)
		out.memory = out.memory && a.memory && f.Name != "_"
		out.floats = out.floats || a.floats && f.Name != "_"
		if e, err := w.r.Extent(f.Type); err == nil {
			total += e.Size
		}
	}
	if e, err := w.r.Extent(s); err != nil || e.Size != total {
		out.memory = false // it has pads
	}
	return out
}
