package iface

import (
	"fmt"
	"reflect"

	"github.com/orrery-go/orrery/layout"
)

// A Use is what the compiler knows about a conversion to an interface.
type Use struct {
	Escapes  bool `json:"escapes"`  // the interface outlives the function
	Constant bool `json:"constant"` // the operand is a constant: 1000, "abc"
	Literal  bool `json:"literal"`  // the operand is a composite literal of constants, or a local variable that is only ever set to one, or to a constant

	// The operand is such a composite literal, but converted to a type: T(struct{ n int }{1}).
	Converted bool `json:"converted"`
}

// A Box is the place that the data word of a conversion points to.
type Box struct {
	Place Place  `json:"place"`
	Heap  int64  `json:"heap"` // bytes requested of the heap, before rounding up; 0 if none are
	Why   string `json:"why"`
}

// Convert converts a value to an interface type. From one interface to another, only the
// first word changes. It returns an error if the conversion does not compile, as when a
// method is missing, or if the value or the type is not the Runtime's.
func (m *Runtime) Convert(v Value, to *Type, use Use) (Value, Box, error) {
	if err := m.enter(); err != nil {
		return Value{}, Box{}, err
	}
	defer m.leave()
	if err := m.has(v); err != nil {
		return Value{}, Box{}, err
	}
	if err := m.owns(to); err != nil {
		return Value{}, Box{}, err
	}
	if to.kind != reflect.Interface {
		return Value{}, Box{}, fmt.Errorf("iface: %.80s is no interface type", to)
	}
	if missing, _ := m.missing(v.t, to); missing != "" {
		return Value{}, Box{}, fmt.Errorf("iface: %.80s does not implement %.80s: missing method %.40s", v.t, to, missing)
	}
	if v.t.kind == reflect.Interface {
		out, err := m.reword(v, to)
		return out, Box{Place: Inside, Why: "the data word is copied"}, err
	}
	return m.box(v, to, use)
}

// reword makes an interface of another type with the same data word: a nil stays nil.
func (m *Runtime) reword(v Value, to *Type) (Value, error) {
	out := Value{to, &object{data: append([]byte{}, v.bytes()...), place: Nowhere}, 0}
	if load(v.bytes(), 0) == 0 || v.t == to {
		return out, nil
	}
	d := m.dynamicType(v.t, v.bytes())
	if d == nil {
		return Value{}, fmt.Errorf("iface: %#x is no type word", load(v.bytes(), 0))
	}
	tab := d.addr
	if !to.empty() {
		made, err := m.itabOf(to, d)
		if err != nil {
			return Value{}, err
		}
		tab = made.addr
	}
	store(out.o.data, 0, tab)
	return out, nil
}

// box makes an interface of a value.
func (m *Runtime) box(v Value, to *Type, use Use) (Value, Box, error) {
	out := Value{to, &object{data: make([]byte, 2*word), place: Nowhere}, 0}
	tab := v.t.addr
	if !to.empty() {
		made, err := m.staticItab(to, v.t)
		if err != nil {
			return Value{}, Box{}, err
		}
		tab = made.addr
	}
	b := m.place(v, use)
	store(out.o.data, 0, tab)
	switch b.Place {
	case Inside:
		copy(out.o.data[word:], v.bytes())
	case ZeroBase:
		store(out.o.data, word, zeroBase)
	case ZeroVal:
		store(out.o.data, word, zeroVal)
	case Small:
		store(out.o.data, word, smallVal+word*v.uint())
	default:
		o, err := m.memory.add(v.t.size, b.Place)
		if err != nil {
			return Value{}, Box{}, err
		}
		copy(o.data, v.bytes())
		store(out.o.data, word, o.addr)
	}
	if b.Place == Heap {
		b.Heap = v.t.size
	}
	if m.trace != nil {
		m.event(Event{Kind: Boxed, Type: v.t.name, Other: to.name, Place: b.Place, Bytes: v.t.size, OK: true})
	}
	return out, b, nil
}

// stackTempMost is the largest box on the stack, in bytes.
const stackTempMost = 1024

// place reports where a value goes (cmd/compile/internal/walk/convert.go:dataWord).
func (m *Runtime) place(v Value, use Use) Box {
	t, r := v.t, &m.rules
	sole := t.sole()
	isByte := t.size == 1 && (sole == t || r.soleByte) && sole.integerOrBool()
	switch {
	case t.size == 0:
		return Box{Place: ZeroBase, Why: "all values of size 0 are at one address"}
	case t.direct && r.wordInside:
		return Box{Place: Inside, Why: "a value of up to 8 bytes is the data word"}
	case t.direct:
		return Box{Place: Inside, Why: "the value is one pointer, and that is the data word"}
	case r.staticBytes && isByte:
		return Box{Place: Small, Why: "there is a word for each byte in the program"}
	case use.Constant && r.constants:
		return Box{Place: Static, Why: "the compiler puts the constant into the program"}
	case r.literals && (use.Literal || use.Converted && !r.byValue(t, sole)):
		return Box{Place: Static, Why: "the compiler puts the literal into the program"}
	case !use.Escapes && r.stackTemp && t.size <= stackTempMost:
		return Box{Place: Stack, Why: "the interface does not outlive the function"}
	}
	if r.zeroWords {
		if b := m.sharedWord(v, sole); b.Place != "" {
			return b
		}
	}
	if !use.Escapes && t.size > stackTempMost {
		return Box{Place: Heap, Why: fmt.Sprintf("a box of more than %d bytes is not put on the stack", stackTempMost)}
	}
	return Box{Place: Heap, Why: "the value is copied into a new object"}
}

// byValue reports whether the runtime has a function that boxes values of a type: words,
// strings and slices. All else goes by address, and the compiler looks through a
// conversion for a literal only then (cmd/compile/internal/walk/convert.go:dataWordFuncName,
// order.go:addrTemp).
func (r *rules) byValue(t, sole *Type) bool {
	return t.isWord() || (sole == t || r.soleString) && (sole.kind == reflect.String || sole.kind == reflect.Slice)
}

// isWord reports whether a type is 2, 4 or 8 bytes without pointers, and aligned to that.
func (t *Type) isWord() bool {
	return t.ptrs == 0 && t.size == t.align && (t.size == 2 || t.size == 4 || t.size == 8)
}

// sharedWord finds the values that the runtime has boxes for
// (runtime/iface.go:convT64, convTstring, convTslice).
func (m *Runtime) sharedWord(v Value, sole *Type) Box {
	t := v.t
	if t.isWord() {
		switch n := v.uint(); {
		case m.rules.smallInts && n < 256:
			return Box{Place: Small, Why: "there is a word for each number below 256 in the program"}
		case n == 0:
			return Box{Place: ZeroVal, Why: "zeros share a box"}
		}
		return Box{}
	}
	if sole != t && !m.rules.soleString {
		return Box{}
	}
	switch {
	case sole.kind == reflect.String && load(v.bytes(), word) == 0:
		return Box{Place: ZeroVal, Why: "empty strings share a box"}
	case sole.kind == reflect.Slice && load(v.bytes(), 0) == 0:
		return Box{Place: ZeroVal, Why: "nil slices share a box"}
	}
	return Box{}
}

// sole returns what a struct of one field or an array of one element is in the end
// (cmd/compile/internal/types/type.go:SoleComponent).
func (t *Type) sole() *Type {
	for {
		switch {
		case t.kind == reflect.Struct && len(t.fields) == 1:
			t = t.fields[0].typ
		case t.kind == reflect.Array && t.count == 1:
			t = t.elem
		case t.kind == reflect.Struct || t.kind == reflect.Array:
			return &Type{} // none
		default:
			return t
		}
	}
}

func (t *Type) integerOrBool() bool { return reflect.Bool <= t.kind && t.kind <= reflect.Uintptr }

// named reports whether a type was declared.
func (t *Type) named() bool {
	switch t.source.(type) {
	case *layout.Named, layout.Basic:
		return true
	}
	return false
}

// Retype is a conversion that changes the type alone: the underlying types are
// identical, struct tags aside, and neither is an interface. It returns an error if they
// are not, or the values are not the Runtime's.
func (m *Runtime) Retype(v Value, to *Type) (Value, error) {
	if err := m.has(v); err != nil {
		return Value{}, err
	}
	if err := m.owns(to); err != nil {
		return Value{}, err
	}
	c, err := m.layout.Convertible(v.t.source, to.source)
	switch {
	case v.t == to:
		return v.copy(), nil
	case err != nil:
		return Value{}, fmt.Errorf("iface: %w", err)
	case !c.OK || v.t.kind != to.kind || v.t.size != to.size || v.t.kind == reflect.Interface:
		return Value{}, fmt.Errorf("iface: a %.80s does not become a %.80s by its type alone", v.t, to)
	}
	out := v.copy()
	out.t = to
	return out, nil
}
