package iface

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/layout"
)

// The panics of comparisons.
var (
	Uncomparable   = crash.Panic("runtime error: comparing uncomparable type")
	HashUnhashable = crash.Panic("runtime error: hash of unhashable type")
	NilMap         = crash.Panic("assignment to entry in nil map")
)

// An eqRule is the way in which values of a type are compared
// (cmd/compile/internal/types/alg.go:AlgType).
type eqRule uint8

const (
	eqNone   eqRule = iota // not at all
	eqMemory               // byte by byte
	eqString
	eqFloat32
	eqFloat64
	eqComplex64
	eqComplex128
	eqEface
	eqIface
	eqArray  // element by element
	eqStruct // field by field
)

// eqRuleOf reports how values of a type are compared. Memory without pads, floats,
// strings and interfaces needs no more than one comparison of bytes.
func (m *Runtime) eqRuleOf(t *Type) eqRule {
	switch t.kind {
	case reflect.Slice, reflect.Map, reflect.Func:
		return eqNone
	case reflect.String:
		return eqString
	case reflect.Float32:
		return eqFloat32
	case reflect.Float64:
		return eqFloat64
	case reflect.Complex64:
		return eqComplex64
	case reflect.Complex128:
		return eqComplex128
	case reflect.Interface:
		if t.empty() {
			return eqEface
		}
		return eqIface
	case reflect.Array:
		switch e := t.elem.eq; {
		case t.count == 0 && (e != eqNone || m.rules.noElements):
			return eqMemory
		case e == eqNone || e == eqMemory:
			return e
		}
		return eqArray
	case reflect.Struct:
		return eqRuleOfStruct(t)
	}
	return eqMemory
}

func eqRuleOfStruct(t *Type) eqRule {
	rule, end := eqMemory, int64(0)
	for _, f := range t.fields {
		switch {
		case f.typ.eq == eqNone:
			return eqNone
		case f.typ.eq != eqMemory || f.name == "_" || f.offset != end:
			rule = eqStruct
		}
		end = f.offset + f.typ.size
	}
	if end != t.size {
		rule = eqStruct
	}
	return rule
}

// Equal is x == y, for values of one type, or of an interface and a type that implements
// it. It returns the panic [Uncomparable] at interfaces that hold a value that cannot be
// compared. It returns another error if the comparison does not compile, or a value is
// not the Runtime's.
func (m *Runtime) Equal(x, y Value) (bool, error) {
	if m.trace == nil && x.t == y.t && x.t != nil && x.t.m == m && x.o != nil && y.o != nil && x.t.eq != eqNone {
		return m.equalMemory(x.t, x.o.data[x.off:], y.o.data[y.off:])
	}
	return m.equalChecked(x, y)
}

// equalChecked is Equal of values that are not surely of one type of the Runtime's, or
// with a trace.
func (m *Runtime) equalChecked(x, y Value) (bool, error) {
	if err := m.enter(); err != nil {
		return false, err
	}
	defer m.leave()
	for _, v := range []Value{x, y} {
		if err := m.has(v); err != nil {
			return false, err
		}
	}
	if y.t.kind == reflect.Interface {
		x, y = y, x
	}
	mixed := x.t.kind == reflect.Interface && y.t.kind != reflect.Interface
	if mixed {
		missing, _ := m.missing(y.t, x.t)
		mixed = missing == ""
	}
	switch {
	case x.t != y.t && !mixed:
		return false, fmt.Errorf("iface: a %.80s and a %.80s are of two types: convert one", x.t, y.t)
	case y.t.eq == eqNone:
		c, err := layout.Comparable(y.t.source)
		if err != nil {
			return false, fmt.Errorf("iface: %w", err)
		}
		return false, fmt.Errorf("iface: == does not compile: %.200s: %.200s", c.Path, c.Reason)
	case mixed:
		return m.equalMixed(x, y)
	}
	return m.equalMemory(x.t, x.bytes(), y.bytes())
}

// equalMixed compares an interface with a value of another type, which gets no box
// (cmd/compile/internal/walk/compare.go:walkCompare).
func (m *Runtime) equalMixed(x, y Value) (bool, error) {
	same := m.dynamicType(x.t, x.bytes()) == y.t
	if m.trace != nil {
		m.event(Event{Kind: TypeWords, Type: m.dynamicName(x.t, x.bytes()), Other: y.t.name, OK: same})
	}
	if !same {
		return false, nil
	}
	return m.equalMemory(y.t, x.held().bytes(), y.bytes())
}

// equalMemory compares two pieces of memory as values of a type that can be compared.
// Of interfaces it compares the type words, and goes on with what they hold if these are
// the same (runtime/alg.go:efaceeq).
func (m *Runtime) equalMemory(t *Type, x, y []byte) (bool, error) {
	for {
		if int64(len(x)) < t.size || int64(len(y)) < t.size {
			return false, noMemory(t)
		}
		eq := false
		switch t.eq {
		case eqEface, eqIface:
			w := load(x, 0)
			same := w == load(y, 0)
			if m.trace != nil {
				m.wordsCompared(t, x, y, same)
			}
			if !same || w == 0 {
				return same, nil
			}
			d := m.typeAt(w)
			if t.eq == eqIface {
				d = m.dynamicType(t, x)
			}
			if d == nil {
				return false, noTypeWord(w)
			}
			if d.direct {
				return m.equalWords(d, x[word:], y[word:])
			}
			t, x, y = d, m.memory.from(load(x, word)), m.memory.from(load(y, word))
			continue
		case eqMemory:
			eq = string(x[:t.size]) == string(y[:t.size])
		case eqArray:
			return m.equalArrays(t, x, y)
		case eqStruct:
			return m.equalStructs(t, x, y)
		case eqNone:
			return false, m.uncomparable(t)
		default:
			eq = m.equalBasic(t, x, y)
		}
		if m.trace != nil {
			m.compared(Memory, t, t.size, eq)
		}
		return eq, nil
	}
}

// equalWords compares data words that are the values themselves.
func (m *Runtime) equalWords(t *Type, x, y []byte) (bool, error) {
	if t.eq == eqNone || m.rules.wordInside {
		return m.equalMemory(t, x, y)
	}
	eq := load(x, 0) == load(y, 0)
	if m.trace != nil {
		m.compared(DataWords, t, word, eq)
	}
	return eq, nil
}

// The errors and events are apart: the comparisons have small frames so.

//go:noinline
func noMemory(t *Type) error { return fmt.Errorf("iface: there is no %.80s", t) }

//go:noinline
func noTypeWord(w uint64) error { return fmt.Errorf("iface: %#x is no type word", w) }

//go:noinline
func (m *Runtime) compared(k Kind, t *Type, bytes int64, eq bool) {
	m.event(Event{Kind: k, Type: t.name, OK: eq, Bytes: bytes})
}

//go:noinline
func (m *Runtime) wordsCompared(t *Type, x, y []byte, same bool) {
	m.event(Event{Kind: TypeWords, Type: m.dynamicName(t, x), Other: m.dynamicName(t, y), OK: same})
}

func float32At(b []byte, i int) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
}
func float64At(b []byte, i int) float64 { return math.Float64frombits(load(b, int64(8*i))) }

// equalBasic compares strings, floats and complex numbers.
func (m *Runtime) equalBasic(t *Type, x, y []byte) bool {
	switch t.eq {
	case eqString:
		n := load(x, word)
		return n == load(y, word) && (n == 0 || load(x, 0) == load(y, 0) || bytes.Equal(m.stringBytes(x), m.stringBytes(y)))
	case eqFloat32:
		return float32At(x, 0) == float32At(y, 0)
	case eqFloat64:
		return float64At(x, 0) == float64At(y, 0)
	case eqComplex64:
		return float32At(x, 0) == float32At(y, 0) && float32At(x, 1) == float32At(y, 1)
	default: // eqComplex128
		return float64At(x, 0) == float64At(y, 0) && float64At(x, 1) == float64At(y, 1)
	}
}

// uncomparable returns the panic of a comparison at a value of a type.
func (m *Runtime) uncomparable(t *Type) error {
	text := "runtime error: comparing uncomparable type " + t.name
	m.panics("uncomparable", t.name, text)
	return Uncomparable.In(text)
}

// equalArrays compares element by element, and stops where two differ.
func (m *Runtime) equalArrays(t *Type, x, y []byte) (bool, error) {
	e := t.elem
	for i := range t.count {
		if eq, err := m.equalMemory(e, x[i*e.size:], y[i*e.size:]); !eq || err != nil {
			return false, err
		}
	}
	return true, nil
}

// equalStructs compares field by field, and stops where two differ. The compiler moves
// comparisons of numbers before those of strings, but none across one that may panic
// (cmd/compile/internal/compare/compare.go:EqStruct): nobody can tell.
func (m *Runtime) equalStructs(t *Type, x, y []byte) (bool, error) {
	for i := range t.fields {
		f := &t.fields[i]
		if f.name == "_" {
			continue
		}
		if eq, err := m.equalMemory(f.typ, x[f.offset:], y[f.offset:]); !eq || err != nil {
			return false, err
		}
	}
	return true, nil
}

// unhashable returns the type that a hash of a value would panic at, or nil
// (runtime/alg.go:typehash).
func (m *Runtime) unhashable(t *Type, b []byte) *Type {
	switch t.eq {
	case eqNone:
		return t
	case eqEface, eqIface:
		d := m.dynamicType(t, b)
		switch {
		case d == nil:
			return nil
		case d.eq == eqNone:
			return d
		case d.direct:
			return m.unhashable(d, b[word:])
		}
		return m.unhashable(d, m.memory.from(load(b, word)))
	case eqArray:
		for i := range t.count {
			if bad := m.unhashable(t.elem, b[i*t.elem.size:]); bad != nil {
				return bad
			}
		}
	case eqStruct:
		for _, f := range t.fields {
			if f.name != "_" {
				if bad := m.unhashable(f.typ, b[f.offset:]); bad != nil {
					return bad
				}
			}
		}
	}
	return nil
}

// dynamicName names what an interface holds.
func (m *Runtime) dynamicName(t *Type, b []byte) string {
	if d := m.dynamicType(t, b); d != nil {
		return d.name
	}
	return "nil"
}
