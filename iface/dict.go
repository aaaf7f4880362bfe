package iface

// A dict is what a map points to: its entries, in the order in which they came. The
// order of a real map is random, and no answer depends on it.
type dict struct{ entries []entry }

type entry struct{ key, elem Value }

// maxEntries bounds a map.
const maxEntries = 1 << 12

// list returns the entries of a map, none of a nil one.
func (d *dict) list() []entry {
	if d == nil {
		return nil
	}
	return d.entries
}

// dict returns that of a map, nil of a nil one.
func (v Value) dict() *dict {
	if o := v.t.m.memory.at(load(v.bytes(), 0)); o != nil && load(v.bytes(), 0) != 0 {
		return o.dict
	}
	return nil
}

// find returns the element of a key, compared by ==, or the zero Value.
func (d *dict) find(key Value) Value {
	for _, e := range d.list() {
		if eq, err := key.t.m.equalMemory(key.t, key.bytes(), e.key.bytes()); eq && err == nil {
			return e.elem
		}
	}
	return Value{}
}
