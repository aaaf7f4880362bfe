package iface

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"

	"github.com/orrery-go/orrery/layout"
)

// Bounds of ValueOf.
const (
	maxWalk     = 1 << 18 // values that one call looks at
	maxWalkDeep = 10_000  // levels of nesting
)

// ValueOf copies a value of the running program into the Runtime, with everything that it
// points to: pointers to one variable there, or into it, are pointers to one variable
// here. The result is an interface{} that holds the value, nil for nil. The program must
// not change the value meanwhile. It returns an error if there are more than 262,144
// values, or more than the Runtime has room for.
//
// Only exported methods are known.
func (m *Runtime) ValueOf(x any) (Value, error) {
	list, err := m.ValuesOf(x)
	if err != nil {
		return Value{}, err
	}
	return list[0], nil
}

// ValuesOf is [Runtime.ValueOf] for several values, which may point to the same
// variables.
func (m *Runtime) ValuesOf(list ...any) ([]Value, error) {
	if err := m.enter(); err != nil {
		return nil, err
	}
	defer m.leave()
	trace := m.trace
	m.trace = nil
	defer func() { m.trace = trace }()
	inter, err := m.TypeOf(&layout.Interface{})
	if err != nil {
		return nil, err
	}
	c := copier{m: m, seen: map[seenAt]bool{}, done: map[seenAt]bool{}, things: map[uintptr]uint64{}}
	for _, x := range list {
		if x != nil {
			if err := c.collect(reflect.ValueOf(x), 0); err != nil {
				return nil, fmt.Errorf("iface: %w", err)
			}
		}
	}
	if err := c.allocate(); err != nil {
		return nil, err
	}
	out := make([]Value, len(list))
	for i, x := range list {
		out[i] = Value{inter, &object{data: make([]byte, 2*word), place: Nowhere}, 0}
		if x == nil {
			continue
		}
		if err := c.boxed(out[i].o.data, inter, reflect.ValueOf(x)); err != nil {
			return nil, fmt.Errorf("iface: %w", err)
		}
	}
	return out, nil
}

// RealType returns the Runtime's type for a type of the running program. Errors are those
// of TypeOf.
func (m *Runtime) RealType(t reflect.Type) (*Type, error) {
	if m.memory == nil {
		return nil, errUseNew
	}
	if known := m.real[t]; known != nil {
		return known, nil
	}
	l, err := layout.FromReflect(t)
	if err != nil {
		return nil, fmt.Errorf("iface: %w", err)
	}
	out, err := m.TypeOf(l)
	if err == nil {
		m.real[t] = out
	}
	return out, err
}

// seenAt is a value in memory.
type seenAt struct {
	addr uintptr
	typ  reflect.Type
	n    int // elements, of an array of a slice
}

// A region is a stretch of the program's memory, and where it is copied to.
type region struct {
	from, to uintptr
	o        *object
}

// A copier copies values in two walks: the first finds out which stretches of memory
// there are, the second fills them.
type copier struct {
	m       *Runtime
	seen    map[seenAt]bool
	done    map[seenAt]bool
	regions []region
	things  map[uintptr]uint64 // maps, channels, functions: their new address
	walked  int
}

var errWalk = errors.New("the value leads to too many others")

func (c *copier) count(depth int) error {
	if c.walked++; c.walked > maxWalk || depth > maxWalkDeep {
		return errWalk
	}
	return nil
}

// collect finds the stretches of memory that a value leads to.
func (c *copier) collect(v reflect.Value, depth int) error {
	if err := c.count(depth); err != nil {
		return err
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || !c.first(seenAt{v.Pointer(), v.Type().Elem(), 1}) {
			return nil
		}
		return c.collect(v.Elem(), depth+1)
	case reflect.Slice:
		if v.IsNil() {
			return nil
		}
		c.first(seenAt{v.Pointer(), v.Type().Elem(), v.Cap()})
		if at := (seenAt{v.Pointer(), v.Type().Elem(), -1 - v.Len()}); !c.seen[at] { // not all that the array has room for is looked at
			c.seen[at] = true
			return c.elements(v, depth)
		}
		return nil
	case reflect.Array:
		if plain(v.Type().Elem()) {
			return nil
		}
		return c.elements(v, depth)
	case reflect.Struct:
		for i := range v.NumField() {
			if err := c.collect(v.Field(i), depth+1); err != nil {
				return err
			}
		}
	case reflect.Interface:
		if !v.IsNil() {
			return c.collect(v.Elem(), depth+1)
		}
	case reflect.Map:
		if v.IsNil() || !c.first(seenAt{v.Pointer(), v.Type(), 0}) {
			return nil
		}
		for it := v.MapRange(); it.Next(); {
			if err := errors.Join(c.collect(it.Key(), depth+1), c.collect(it.Value(), depth+1)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *copier) elements(v reflect.Value, depth int) error {
	if plain(v.Type().Elem()) {
		return nil
	}
	for i := range v.Len() {
		if err := c.collect(v.Index(i), depth+1); err != nil {
			return err
		}
	}
	return nil
}

// plain reports whether values of a type lead nowhere.
func plain(t reflect.Type) bool { return t.Kind() <= reflect.Complex128 || t.Kind() == reflect.String }

// first notes a stretch of memory, and reports whether it is new.
func (c *copier) first(at seenAt) bool {
	if c.seen[at] {
		return false
	}
	c.seen[at] = true
	if size := uintptr(at.n) * at.typ.Size(); size > 0 {
		c.regions = append(c.regions, region{from: at.addr, to: at.addr + size})
	}
	return true
}

// allocate makes an object of each stretch, those that overlap joined.
func (c *copier) allocate() error {
	slices.SortFunc(c.regions, func(a, b region) int {
		switch {
		case a.from < b.from:
			return -1
		case a.from > b.from:
			return 1
		}
		return 0
	})
	var joined []region
	for _, r := range c.regions {
		if n := len(joined); n > 0 && r.from < joined[n-1].to {
			joined[n-1].to = max(joined[n-1].to, r.to)
			continue
		}
		joined = append(joined, r)
	}
	c.regions = joined
	for i := range c.regions {
		r := &c.regions[i]
		if r.to-r.from > maxObject {
			return fmt.Errorf("iface: a variable of %d bytes: at most %d are allowed", r.to-r.from, maxObject)
		}
		o, err := c.m.memory.add(int64(r.to-r.from), Heap)
		if err != nil {
			return err
		}
		r.o = o
	}
	return nil
}

// find returns the copied stretch that an address lies in.
func (c *copier) find(addr uintptr) (*object, int64) {
	i, _ := slices.BinarySearchFunc(c.regions, addr, func(r region, addr uintptr) int {
		if r.to <= addr {
			return -1
		}
		if r.from > addr {
			return 1
		}
		return 0
	})
	if i < len(c.regions) && c.regions[i].from <= addr {
		return c.regions[i].o, int64(addr - c.regions[i].from)
	}
	return nil, 0
}

// moved returns the new address of a variable: zerobase for one of size 0.
func (c *copier) moved(addr uintptr) uint64 {
	if o, off := c.find(addr); o != nil {
		return o.addr + uint64(off)
	}
	return zeroBase
}

// thing returns the new address of a map, channel or function, or of what an
// unsafe.Pointer points to.
func (c *copier) thing(addr uintptr) (uint64, *object, error) {
	if known := c.things[addr]; known != 0 {
		return known, nil, nil
	}
	o, err := c.m.memory.add(2*word, Heap)
	if err != nil {
		return 0, nil, err
	}
	c.things[addr] = o.addr
	return o.addr, o, nil
}

// fill copies a value.
func (c *copier) fill(b []byte, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Bool:
		b[0] = 0
		if v.Bool() {
			b[0] = 1
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		putUint(b[:v.Type().Size()], uint64(v.Int()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		putUint(b[:v.Type().Size()], v.Uint())
	case reflect.Float32:
		putUint(b[:4], uint64(math.Float32bits(float32(v.Float()))))
	case reflect.Float64:
		putUint(b[:8], math.Float64bits(v.Float()))
	case reflect.Complex64:
		putUint(b[:4], uint64(math.Float32bits(float32(real(v.Complex())))))
		putUint(b[4:8], uint64(math.Float32bits(float32(imag(v.Complex())))))
	case reflect.Complex128:
		store(b, 0, math.Float64bits(real(v.Complex())))
		store(b, word, math.Float64bits(imag(v.Complex())))
	case reflect.String:
		addr, err := c.m.memory.text(v.String())
		store(b, 0, addr)
		store(b, word, uint64(v.Len()))
		return err
	case reflect.Array:
		return c.fillArray(b, v, v.Len())
	case reflect.Struct:
		for i := range v.NumField() {
			if err := c.fill(b[v.Type().Field(i).Offset:], v.Field(i)); err != nil {
				return err
			}
		}
	default:
		return c.fillWord(b, v)
	}
	return nil
}

func (c *copier) fillArray(b []byte, v reflect.Value, n int) error {
	size := v.Type().Elem().Size()
	for i := range n {
		if err := c.fill(b[uintptr(i)*size:], v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

// fillWord copies what leads elsewhere.
func (c *copier) fillWord(b []byte, v reflect.Value) error {
	clear(b[:v.Type().Size()])
	switch v.Kind() {
	case reflect.UnsafePointer:
		if v.IsNil() {
			return nil
		}
		addr, _, err := c.thing(v.Pointer())
		if o, off := c.find(v.Pointer()); o != nil {
			addr = o.addr + uint64(off)
		}
		store(b, 0, addr)
		return err
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		store(b, 0, c.moved(v.Pointer()))
		return c.fillRegion(seenAt{v.Pointer(), v.Type().Elem(), 1}, func(o []byte) error { return c.fill(o, v.Elem()) })
	case reflect.Slice:
		if v.IsNil() {
			return nil
		}
		store(b, 0, c.moved(v.Pointer()))
		store(b, word, uint64(v.Len()))
		store(b, 2*word, uint64(v.Cap()))
		return c.fillRegion(seenAt{v.Pointer(), v.Type().Elem(), v.Len()}, func(o []byte) error { return c.fillArray(o, v, v.Len()) })
	case reflect.Interface:
		if v.IsNil() {
			return nil
		}
		t, err := c.m.RealType(v.Type())
		if err != nil {
			return err
		}
		return c.boxed(b, t, v.Elem())
	case reflect.Map:
		return c.fillMap(b, v)
	}
	if v.IsNil() { // a channel or a function
		return nil
	}
	addr, _, err := c.thing(v.Pointer())
	store(b, 0, addr)
	return err
}

// fillRegion fills a variable that a word leads to, once.
func (c *copier) fillRegion(at seenAt, fill func([]byte) error) error {
	o, off := c.find(at.addr)
	if c.done[at] || o == nil {
		return nil
	}
	c.done[at] = true
	return fill(o.data[off:])
}

// boxed makes an interface that holds a value.
func (c *copier) boxed(b []byte, inter *Type, v reflect.Value) error {
	t, err := c.m.RealType(v.Type())
	if err != nil {
		return err
	}
	box := Value{t, &object{data: make([]byte, t.size), place: Nowhere}, 0}
	if err := c.fill(box.o.data, v); err != nil {
		return err
	}
	out, _, err := c.m.box(box, inter, Use{Escapes: true})
	if err == nil {
		copy(b, out.o.data)
	}
	return err
}

func (c *copier) fillMap(b []byte, v reflect.Value) error {
	if v.IsNil() {
		return nil
	}
	addr, made, err := c.thing(v.Pointer())
	store(b, 0, addr)
	if made == nil || err != nil {
		return err
	}
	if v.Len() > maxEntries {
		return fmt.Errorf("a map of %d entries: at most %d are allowed", v.Len(), maxEntries)
	}
	t, err := c.m.RealType(v.Type())
	if err != nil {
		return err
	}
	made.dict = new(dict)
	for it := v.MapRange(); it.Next(); {
		k, err := c.m.New(t.key)
		if err != nil {
			return err
		}
		e, err := c.m.New(t.elem)
		if err != nil {
			return err
		}
		if err := errors.Join(c.fill(k.bytes(), it.Key()), c.fill(e.bytes(), it.Value())); err != nil {
			return err
		}
		made.dict.entries = append(made.dict.entries, entry{k, e})
	}
	return nil
}
