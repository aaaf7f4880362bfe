package slicegrow

import (
	"go/ast"
	"slices"

	"github.com/orrery-go/orrery/crash"
)

// The panics of indexing and slicing, without the numbers.
var (
	IndexOutOfRange = crash.Panic("index out of range")
	SliceOutOfRange = crash.Panic("slice bounds out of range")
)

// indexPanic returns the panic of s[i]: since Go 1.13 it has the index and the length.
func (m *Memory) indexPanic(i, length int64) error {
	switch {
	case !m.rules.release.AtLeast("go1.13"):
		return IndexOutOfRange
	case i < 0:
		return IndexOutOfRange.Textf("index out of range [%d]", i)
	}
	return IndexOutOfRange.Textf("index out of range [%d] with length %d", i, length)
}

// slicePanic returns the panic of a slice expression.
func (m *Memory) slicePanic(format string, args ...any) error {
	if !m.rules.release.AtLeast("go1.13") {
		return SliceOutOfRange
	}
	return SliceOutOfRange.Textf("slice bounds out of range "+format, args...)
}

// element finds the element that s[i] is.
func (m *Memory) element(x *ast.IndexExpr) (*int64, error) {
	v, _, err := m.value(x.X)
	if err != nil {
		return nil, err
	}
	i, err := m.number(x.Index)
	if err != nil {
		return nil, err
	}
	if i < 0 || i >= v.len {
		return nil, m.indexPanic(i, v.len)
	}
	return &m.arrays[v.array-1][v.off+i], nil
}

// slice is s[lo:hi] and s[lo:hi:max]: another header for the same array.
func (m *Memory) slice(x *ast.SliceExpr) (view, error) {
	if _, plain := ast.Unparen(x.X).(*ast.CallExpr); plain {
		return view{}, unread(x)
	}
	v, _, err := m.value(x.X)
	if err != nil {
		return view{}, err
	}
	lo, hi, limit := int64(0), v.len, v.cap
	for _, part := range []struct {
		x  ast.Expr
		to *int64
	}{{x.Low, &lo}, {x.High, &hi}, {x.Max, &limit}} {
		if part.x != nil {
			if *part.to, err = m.number(part.x); err != nil {
				return view{}, err
			}
		}
	}
	switch {
	case x.Slice3 && (limit < 0 || limit > v.cap):
		if limit < 0 {
			return view{}, m.slicePanic("[::%d]", limit)
		}
		return view{}, m.slicePanic("[::%d] with capacity %d", limit, v.cap)
	case x.Slice3 && (hi < 0 || hi > limit):
		if hi < 0 {
			return view{}, m.slicePanic("[:%d:]", hi)
		}
		return view{}, m.slicePanic("[:%d:%d]", hi, limit)
	case x.Slice3 && (lo < 0 || lo > hi):
		if lo < 0 {
			return view{}, m.slicePanic("[%d::]", lo)
		}
		return view{}, m.slicePanic("[%d:%d:]", lo, hi)
	case hi < 0:
		return view{}, m.slicePanic("[:%d]", hi)
	case hi > v.cap:
		return view{}, m.slicePanic("[:%d] with capacity %d", hi, v.cap)
	case lo < 0:
		return view{}, m.slicePanic("[%d:]", lo)
	case lo > hi:
		return view{}, m.slicePanic("[%d:%d]", lo, hi)
	}
	out := view{array: v.array, off: v.off + lo, len: hi - lo, cap: limit - lo}
	return out, nil
}

// appendTo is append(s, ...). Elements that fit are written into the array, where other
// slices see them.
func (m *Memory) appendTo(x *ast.CallExpr) (view, Effect, error) {
	e := Effect{Seen: []string{}}
	v, _, err := m.value(x.Args[0])
	if err != nil {
		return view{}, e, err
	}
	a := Append{Len: v.len, Cap: v.cap, Size: m.rules.word}
	var values []int64
	if x.Ellipsis.IsValid() {
		if len(x.Args) != 2 {
			return view{}, e, unread(x)
		}
		from, _, err := m.value(x.Args[1])
		if err != nil {
			return view{}, e, err
		}
		a.Verb, values = Spread, m.read(from)
	} else {
		for _, arg := range x.Args[1:] {
			n, err := m.number(arg)
			if err != nil {
				return view{}, e, err
			}
			values = append(values, n)
		}
	}
	a.Count = int64(len(values))
	g, err := m.rules.Grow(a)
	if err != nil {
		return view{}, e, err
	}
	e.Growth = &g
	if g.Rule != Fits {
		old := m.read(v)
		n, err := m.fresh(g.Cap)
		if err != nil {
			return view{}, e, err
		}
		copy(m.arrays[n-1], old)
		v, e.Fresh = view{array: n, cap: g.Cap, len: v.len}, true
	}
	if len(values) > 0 {
		at := v.off + v.len
		m.written = append(m.written, written{v.array, at, slices.Clone(m.arrays[v.array-1][at : at+a.Count])})
		copy(m.arrays[v.array-1][at:], values)
		e.Seen = m.seen(v.array, at, at+a.Count, "")
	}
	v.len = g.Len
	return v, e, nil
}

// set is s[i] = x.
func (m *Memory) set(l *ast.IndexExpr, x ast.Expr) (Effect, error) {
	name, ok := ast.Unparen(l.X).(*ast.Ident)
	if !ok {
		return Effect{}, unread(l)
	}
	n, err := m.number(x)
	if err != nil {
		return Effect{}, err
	}
	i, err := m.number(l.Index)
	if err != nil {
		return Effect{}, err
	}
	p, err := m.element(l)
	if err != nil {
		return Effect{}, err
	}
	*p = n
	v := m.vars[name.Name]
	return Effect{Var: name.Name, Array: v.array, Seen: m.seen(v.array, v.off+i, v.off+i+1, name.Name)}, nil
}

// copy is copy(dst, src), which may overlap.
func (m *Memory) copy(x *ast.CallExpr) (Effect, error) {
	if len(x.Args) != 2 {
		return Effect{}, unread(x)
	}
	to, _, err := m.value(x.Args[0])
	if err != nil {
		return Effect{}, err
	}
	from, _, err := m.value(x.Args[1])
	if err != nil {
		return Effect{}, err
	}
	n := min(to.len, from.len)
	e := Effect{Array: to.array, Copied: n, Seen: []string{}}
	if name, ok := ast.Unparen(x.Args[0]).(*ast.Ident); ok {
		e.Var = name.Name
	}
	if n > 0 {
		copy(m.arrays[to.array-1][to.off:to.off+n], m.read(from))
		e.Seen = m.seen(to.array, to.off, to.off+n, e.Var)
	}
	return e, nil
}

// read returns a slice's elements, copied.
func (m *Memory) read(v view) []int64 {
	if v.len == 0 {
		return []int64{}
	}
	return append([]int64{}, m.arrays[v.array-1][v.off:v.off+v.len]...)
}

// seen returns the variables other than one that see some of an array's elements.
func (m *Memory) seen(array int, from, to int64, but string) []string {
	out := []string{}
	for _, name := range m.order {
		if v := m.vars[name]; name != but && v.array == array && v.off < to && from < v.off+v.len {
			out = append(out, name)
		}
	}
	return out
}

// Snapshot returns the variables.
func (m *Memory) Snapshot() MemoryState {
	s := MemoryState{Vars: []VarState{}}
	for _, name := range m.order {
		v := *m.vars[name]
		s.Vars = append(s.Vars, VarState{Name: name, Array: v.array, Off: v.off, Cap: v.cap, Nil: v.array == 0, Elements: m.read(v)})
	}
	return s
}
