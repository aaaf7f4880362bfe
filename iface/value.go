package iface

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"reflect"
)

// A Value is a value of a type: a variable, which has an address, or a copy. It belongs
// to one Runtime. The zero Value is no value.
type Value struct {
	t   *Type
	o   *object
	off int64
}

var errNoValue = errors.New("iface: the zero Value: get one from a Runtime")

// Valid reports whether v is a value, and not the zero Value.
func (v Value) Valid() bool { return v.t != nil && v.o != nil }

// Type returns the type of the value, nil for the zero Value.
func (v Value) Type() *Type { return v.t }

// Addr returns the address of the value, 0 for a copy.
func (v Value) Addr() uint64 {
	if v.o == nil || v.o.addr == 0 {
		return 0
	}
	return v.o.addr + uint64(v.off)
}

// Place returns the place of the value.
func (v Value) Place() Place {
	if v.o == nil || v.o.addr == 0 {
		return Nowhere
	}
	return v.o.place
}

// bytes returns its memory.
func (v Value) bytes() []byte { return v.o.data[v.off : v.off+v.t.size] }

// has says what is wrong with a value that a caller gave, or nil.
func (m *Runtime) has(v Value) error {
	if !v.Valid() {
		if m.memory == nil {
			return errUseNew
		}
		return errNoValue
	}
	return m.owns(v.t)
}

// kind returns the value's kind, Invalid of the zero Value.
func (v Value) kind() reflect.Kind {
	if !v.Valid() {
		return reflect.Invalid
	}
	return v.t.kind
}

func (v Value) not(what string) error {
	if !v.Valid() {
		return errNoValue
	}
	return fmt.Errorf("iface: a %.80s is not %s", v.t, what)
}

// uint reads the number of a basic value.
func (v Value) uint() uint64 {
	b := v.bytes()
	switch v.t.size {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(binary.LittleEndian.Uint16(b))
	case 4:
		return uint64(binary.LittleEndian.Uint32(b))
	}
	return load(b, 0)
}

func putUint(b []byte, n uint64) {
	switch len(b) {
	case 1:
		b[0] = byte(n)
	case 2:
		binary.LittleEndian.PutUint16(b, uint16(n))
	case 4:
		binary.LittleEndian.PutUint32(b, uint32(n))
	case 8:
		store(b, 0, n)
	}
}

// Int returns the value of an integer; an unsigned one above 2^63-1 becomes negative. It
// returns an error if v is not an integer.
func (v Value) Int() (int64, error) {
	switch k := v.kind(); {
	case reflect.Int <= k && k <= reflect.Int64:
		shift := 64 - 8*v.t.size
		return int64(v.uint()) << shift >> shift, nil
	case reflect.Uint <= k && k <= reflect.Uintptr:
		return int64(v.uint()), nil
	}
	return 0, v.not("an integer")
}

// Bool returns the value of a bool. It returns an error if v is not a bool.
func (v Value) Bool() (bool, error) {
	if v.kind() != reflect.Bool {
		return false, v.not("a bool")
	}
	return v.uint() != 0, nil
}

// Float returns the value of a float. It returns an error if v is not a float.
func (v Value) Float() (float64, error) {
	switch v.kind() {
	case reflect.Float32:
		return float64(math.Float32frombits(uint32(v.uint()))), nil
	case reflect.Float64:
		return math.Float64frombits(v.uint()), nil
	}
	return 0, v.not("a float")
}

// Complex returns the value of a complex number. It returns an error if v is not one.
func (v Value) Complex() (complex128, error) {
	switch b := []byte(nil); v.kind() {
	case reflect.Complex64:
		b = v.bytes()
		return complex(float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4:])))), nil
	case reflect.Complex128:
		b = v.bytes()
		return complex(math.Float64frombits(load(b, 0)), math.Float64frombits(load(b, word))), nil
	}
	return 0, v.not("a complex number")
}

// Text returns the text of a string. It returns an error if the value is not a string.
func (v Value) Text() (string, error) {
	if v.kind() != reflect.String {
		return "", v.not("a string")
	}
	return string(v.t.m.stringBytes(v.bytes())), nil
}

// stringBytes returns those of a string's two words.
func (m *Runtime) stringBytes(b []byte) []byte {
	n := load(b, word)
	if n == 0 {
		return nil
	}
	return m.memory.from(load(b, 0))[:n]
}

// IsNil reports whether a pointer, slice, map, channel, function or interface is nil.
// An interface that holds a nil pointer is not nil. It returns an error if the value is
// of another type.
func (v Value) IsNil() (bool, error) {
	switch v.kind() {
	case reflect.Pointer, reflect.UnsafePointer, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func, reflect.Interface:
		return load(v.bytes(), 0) == 0, nil
	}
	return false, v.not("one that can be nil")
}

// Len returns the length of an array, slice, map or string. It returns an error if
// the value is of another type.
func (v Value) Len() (int, error) {
	switch v.kind() {
	case reflect.Array:
		return int(v.t.count), nil
	case reflect.Slice, reflect.String:
		return int(load(v.bytes(), word)), nil
	case reflect.Map:
		return len(v.dict().list()), nil
	}
	return 0, v.not("one that has a length")
}

// Index returns element i of an array or slice. It returns an error if i is out of
// range, or the value of another type.
func (v Value) Index(i int) (Value, error) {
	n, err := v.Len()
	k := v.kind()
	if err == nil && k != reflect.Array && k != reflect.Slice {
		err = v.not("an array or slice")
	}
	if err != nil {
		return Value{}, err
	}
	if i < 0 || i >= n {
		return Value{}, fmt.Errorf("iface: index %d out of range [0,%d)", i, n)
	}
	return v.index(i), nil
}

func (v Value) index(i int) Value {
	off := int64(i) * v.t.elem.size
	if v.t.kind == reflect.Array {
		return Value{v.t.elem, v.o, v.off + off}
	}
	return v.t.m.at(v.t.elem, load(v.bytes(), 0)+uint64(off))
}

// at returns the variable at an address.
func (m *Runtime) at(t *Type, addr uint64) Value {
	o := m.memory.at(addr)
	if o == nil || addr-o.addr+uint64(t.size) > uint64(len(o.data)) {
		return Value{}
	}
	return Value{t, o, int64(addr - o.addr)}
}

// Field returns the field of that name of a struct. It returns an error if there is none,
// or the value is not a struct.
func (v Value) Field(name string) (Value, error) {
	if v.kind() != reflect.Struct {
		return Value{}, v.not("a struct")
	}
	for _, f := range v.t.fields {
		if f.name == name {
			return Value{f.typ, v.o, v.off + f.offset}, nil
		}
	}
	return Value{}, fmt.Errorf("iface: %.80s has no field %.40q", v.t, name)
}

// Elem returns what a pointer points to, or a copy of what an interface holds. It returns
// an error if there is nothing, or the value is neither.
func (v Value) Elem() (Value, error) {
	switch v.kind() {
	case reflect.Pointer:
		if addr := load(v.bytes(), 0); addr != 0 {
			return v.t.m.at(v.t.elem, addr), nil
		}
		return Value{}, fmt.Errorf("iface: a nil %.80s points to nothing", v.t)
	case reflect.Interface:
		if load(v.bytes(), 0) != 0 {
			return v.held().copy(), nil
		}
		return Value{}, fmt.Errorf("iface: a nil %.80s holds nothing", v.t)
	}
	return Value{}, v.not("a pointer or an interface")
}

// held returns what an interface that is not nil holds, in its box or in the data word.
func (v Value) held() Value {
	m := v.t.m
	t := m.dynamicType(v.t, v.bytes())
	if t.direct {
		return Value{t, v.o, v.off + word}
	}
	return m.at(t, load(v.bytes(), word))
}

// copy returns the value without an address.
func (v Value) copy() Value {
	return Value{v.t, &object{data: append(make([]byte, 0, v.t.size), v.bytes()...), place: Nowhere}, 0}
}

// dynamicType returns the type of what an interface holds: nil of nothing. A word that is
// no address of a type is of none, too.
func (m *Runtime) dynamicType(t *Type, b []byte) *Type {
	w := load(b, 0)
	if t.empty() {
		return m.typeAt(w)
	}
	if tab := m.itabAt(w); tab != nil {
		return tab.typ
	}
	return nil
}

func (m *Runtime) typeAt(w uint64) *Type {
	if i := (w - typeBase) / typeStep; w != 0 && i < uint64(len(m.types)) {
		return m.types[i]
	}
	return nil
}

func (m *Runtime) itabAt(w uint64) *itab {
	if i := (w - itabBase) / itabStep; w != 0 && i < uint64(len(m.itabs.all)) {
		return m.itabs.all[i]
	}
	return nil
}

// Words are the two words of an interface.
type Words struct {
	Tab  uint64 `json:"tab,string"`  // the type of an empty interface, the itab of another
	Data uint64 `json:"data,string"` // where the value is, or the value itself
}

// Words returns the two words of an interface. It returns an error if the value is not an
// interface.
func (v Value) Words() (Words, error) {
	if v.kind() != reflect.Interface {
		return Words{}, v.not("an interface")
	}
	return Words{load(v.bytes(), 0), load(v.bytes(), word)}, nil
}

// Methods returns the functions in the itab of an interface with methods, in order, and
// none for any other value.
func (v Value) Methods() []string {
	if v.kind() == reflect.Interface && !v.t.empty() {
		if tab := v.t.m.itabAt(load(v.bytes(), 0)); tab != nil {
			return append([]string{}, tab.funs...)
		}
	}
	return nil
}

// Where returns the place of the value that an interface holds: Inside, if that is the
// data word; Nowhere for a nil interface and for any other value.
func (v Value) Where() Place {
	if v.kind() != reflect.Interface || load(v.bytes(), 0) == 0 {
		return Nowhere
	}
	if d := v.t.m.dynamicType(v.t, v.bytes()); d == nil || d.direct {
		return Inside
	}
	return v.held().Place()
}
