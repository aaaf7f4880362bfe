package iface

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
)

// New makes a variable of a type on the heap, with the zero value; one of size 0 is at
// zerobase. It returns an error if the type is not the Runtime's, or there is no more
// room.
func (m *Runtime) New(t *Type) (Value, error) {
	if err := m.owns(t); err != nil {
		return Value{}, err
	}
	if t.size == 0 {
		return m.at(t, zeroBase), nil
	}
	o, err := m.memory.add(t.size, Heap)
	if err != nil {
		return Value{}, err
	}
	return Value{t, o, 0}, nil
}

// Zero returns the zero value of a type, without an address. It returns an error if the
// type is not the Runtime's.
func (m *Runtime) Zero(t *Type) (Value, error) {
	if err := m.owns(t); err != nil {
		return Value{}, err
	}
	return Value{t, &object{data: make([]byte, t.size), place: Nowhere}, 0}, nil
}

// settable says why a value cannot be set, or nil: what is read-only is in the
// program.
func (v Value) settable() error {
	switch {
	case !v.Valid():
		return errNoValue
	case v.o.place != Heap && v.o.place != Stack && v.o.place != Nowhere && v.t.size > 0:
		return fmt.Errorf("iface: a %.80s at %#x is in read-only memory", v.t, v.Addr())
	case v.o.dict != nil:
		return fmt.Errorf("iface: the inside of a map cannot be set")
	}
	return nil
}

// Set copies a value of the same type into v. It returns an error if the types differ,
// or v is in read-only memory.
func (v Value) Set(x Value) error {
	if err := v.settable(); err != nil {
		return err
	}
	if !x.Valid() {
		return errNoValue
	}
	if v.t != x.t {
		return fmt.Errorf("iface: a %.80s cannot be set to a %.80s: convert it", v.t, x.t)
	}
	copy(v.bytes(), x.bytes())
	return nil
}

// SetInt sets an integer; what does not fit is cut off. It returns an error if v is
// none or in read-only memory.
func (v Value) SetInt(n int64) error {
	if err := v.settable(); err != nil {
		return err
	}
	if k := v.kind(); k < reflect.Int || k > reflect.Uintptr {
		return v.not("an integer")
	}
	putUint(v.bytes(), uint64(n))
	return nil
}

// SetBool sets a bool. It returns an error if v is none or in read-only memory.
func (v Value) SetBool(b bool) error {
	if err := v.settable(); err != nil {
		return err
	}
	if v.kind() != reflect.Bool {
		return v.not("a bool")
	}
	v.bytes()[0] = 0
	if b {
		v.bytes()[0] = 1
	}
	return nil
}

// SetFloat sets a float. It returns an error if v is none or in read-only memory.
func (v Value) SetFloat(x float64) error {
	if err := v.settable(); err != nil {
		return err
	}
	switch v.kind() {
	case reflect.Float32:
		putUint(v.bytes(), uint64(math.Float32bits(float32(x))))
	case reflect.Float64:
		putUint(v.bytes(), math.Float64bits(x))
	default:
		return v.not("a float")
	}
	return nil
}

// SetComplex sets a complex number. It returns an error if v is none or in read-only
// memory.
func (v Value) SetComplex(x complex128) error {
	if err := v.settable(); err != nil {
		return err
	}
	switch b := v.bytes(); v.kind() {
	case reflect.Complex64:
		binary.LittleEndian.PutUint32(b, math.Float32bits(float32(real(x))))
		binary.LittleEndian.PutUint32(b[4:], math.Float32bits(float32(imag(x))))
	case reflect.Complex128:
		store(b, 0, math.Float64bits(real(x)))
		store(b, word, math.Float64bits(imag(x)))
	default:
		return v.not("a complex number")
	}
	return nil
}

// SetText sets a string. It returns an error if v is none or in read-only memory, or
// there is no more room.
func (v Value) SetText(s string) error {
	if err := v.settable(); err != nil {
		return err
	}
	if v.kind() != reflect.String {
		return v.not("a string")
	}
	addr, err := v.t.m.memory.text(s)
	if err != nil {
		return err
	}
	store(v.bytes(), 0, addr)
	store(v.bytes(), word, uint64(len(s)))
	return nil
}

// SetZero sets the zero value: nil for pointers and the like. It returns an error if v is
// in read-only memory.
func (v Value) SetZero() error {
	if err := v.settable(); err != nil {
		return err
	}
	clear(v.bytes())
	return nil
}

// Point makes a pointer point to a variable. It returns an error if v is no pointer to
// such a type or in read-only memory, or x has no address.
func (v Value) Point(x Value) error {
	if err := v.settable(); err != nil {
		return err
	}
	switch {
	case !x.Valid():
		return errNoValue
	case v.kind() != reflect.Pointer || v.t.elem != x.t:
		return fmt.Errorf("iface: a %.80s cannot point to a %.80s", v.t, x.t)
	case x.Addr() == 0:
		return fmt.Errorf("iface: a copy has no address")
	}
	store(v.bytes(), 0, x.Addr())
	return nil
}

// Make makes the array of a slice, with room for n elements, or a map, channel or
// function that is not nil. n is for slices only. It returns an error if v is none of
// these or in read-only memory, n is negative, or there is no more room; v stays as it is
// then.
func (v Value) Make(n int) error {
	if err := v.settable(); err != nil {
		return err
	}
	if n < 0 || n > maxObject {
		return fmt.Errorf("iface: %d elements out of range [0,%d]", n, maxObject)
	}
	size := int64(2 * word)
	switch v.kind() {
	case reflect.Slice:
		if n > 0 && v.t.elem.size > maxObject/int64(n) {
			return fmt.Errorf("iface: %d elements of %d bytes: at most %d bytes are allowed", n, v.t.elem.size, maxObject)
		}
		size = int64(n) * v.t.elem.size
	case reflect.Map, reflect.Chan, reflect.Func:
	default:
		return v.not("one that can be made")
	}
	addr := uint64(zeroBase)
	if size > 0 {
		o, err := v.t.m.memory.add(size, Heap)
		if err != nil {
			return err
		}
		if v.kind() == reflect.Map {
			o.dict = new(dict)
		}
		addr = o.addr
	}
	store(v.bytes(), 0, addr)
	if v.kind() == reflect.Slice {
		store(v.bytes(), word, uint64(n))
		store(v.bytes(), 2*word, uint64(n))
	}
	return nil
}

// Slice sets a slice to x[i:j], for a slice x or an array x that has an address. It
// returns an error if v is not a slice of such elements or in read-only memory, or if i
// and j are out of range.
func (v Value) Slice(x Value, i, j int) error {
	if err := v.settable(); err != nil {
		return err
	}
	if v.kind() != reflect.Slice || x.kind() != reflect.Slice && x.kind() != reflect.Array || v.t.elem != x.t.elem {
		return fmt.Errorf("iface: a %.80s is no slice of a %.80s", v.t, x.t)
	}
	base, most := x.Addr(), x.t.count
	if x.kind() == reflect.Slice {
		base, most = load(x.bytes(), 0), int64(load(x.bytes(), 2*word))
	} else if base == 0 {
		return fmt.Errorf("iface: a copy has no address")
	}
	if i < 0 || j < i || int64(j) > most {
		return fmt.Errorf("iface: slice bounds %d:%d out of range [0,%d]", i, j, most)
	}
	if base != 0 && int64(i) < most {
		base += uint64(i) * uint64(v.t.elem.size)
	}
	store(v.bytes(), 0, base)
	store(v.bytes(), word, uint64(j-i))
	store(v.bytes(), 2*word, uint64(most-int64(i)))
	return nil
}

// SetIndex sets an entry of a map. It panics as Go does, with [HashUnhashable], if the
// key is an interface that holds what cannot be compared, and with [NilMap] of a nil
// map. It returns an error if v is no such map, has 4096 entries, or there is no more
// room.
func (v Value) SetIndex(key, elem Value) error {
	if !v.Valid() || !key.Valid() || !elem.Valid() {
		return errNoValue
	}
	if v.kind() != reflect.Map || v.t.key != key.t || v.t.elem != elem.t {
		return fmt.Errorf("iface: a %.80s has no entry of a %.80s and a %.80s", v.t, key.t, elem.t)
	}
	if bad := v.t.m.unhashable(key.t, key.bytes()); bad != nil {
		return HashUnhashable.Textf("runtime error: hash of unhashable type %s", bad)
	}
	d := v.dict()
	if d == nil {
		return NilMap
	}
	if old := d.find(key); old.Valid() {
		copy(old.bytes(), elem.bytes())
		return nil
	}
	if len(d.entries) >= maxEntries {
		return fmt.Errorf("iface: a map of %d entries: no more are allowed", maxEntries)
	}
	k, err := v.t.m.New(key.t)
	if err != nil {
		return err
	}
	e, err := v.t.m.New(elem.t)
	if err != nil {
		return err
	}
	copy(k.bytes(), key.bytes())
	copy(e.bytes(), elem.bytes())
	d.entries = append(d.entries, entry{k, e})
	return nil
}
