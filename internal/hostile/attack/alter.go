package attack

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// altered returns a copy of a value with something in it changed, as a user could change
// plain data: a field, an element, a number by one. Other data stay the same.
func (e *engine) altered(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	e.alter(out, 0)
	return out
}

// alter changes something in v, which is settable, without changing memory that v shares
// with others.
func (e *engine) alter(v reflect.Value, depth int) {
	if depth > 6 || !v.CanSet() {
		return
	}
	t := v.Type()
	if e.one(6) && depth > 0 {
		v.Set(e.value(t, 4))
		return
	}
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if e.one(2) {
			v.SetInt(v.Int() + int64(e.rng.IntN(5)) - 2)
		} else {
			v.SetInt(e.integer())
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		switch e.rng.IntN(3) {
		case 0:
			v.SetUint(v.Uint() ^ 1<<e.rng.IntN(t.Bits()))
		case 1:
			v.SetUint(v.Uint() + uint64(e.rng.IntN(5)) - 2)
		default:
			v.SetUint(e.rng.Uint64())
		}
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Struct:
		var fields []int
		for i := range t.NumField() {
			if t.Field(i).IsExported() {
				fields = append(fields, i)
			}
		}
		for range min(len(fields), 1+e.rng.IntN(2)) {
			e.alter(v.Field(pick(e, fields)), depth+1)
		}
	case reflect.Array:
		if t.Len() > 0 {
			e.alter(v.Index(e.rng.IntN(t.Len())), depth+1)
		}
	case reflect.Slice:
		n := v.Len()
		if n == 0 {
			v.Set(e.plain(t, 4))
			return
		}
		c := reflect.MakeSlice(t, n, n)
		reflect.Copy(c, v)
		switch e.rng.IntN(5) {
		case 0:
			c = c.Slice(0, e.rng.IntN(n))
		case 1:
			c = reflect.Append(c, c.Index(e.rng.IntN(n)))
		default:
			e.alter(c.Index(e.rng.IntN(n)), depth+1)
		}
		v.Set(c)
	case reflect.Pointer:
		// Only plain data are copied: a model must not be.
		if v.IsNil() || t.Elem().Kind() != reflect.Struct || !allExported(t.Elem()) {
			return
		}
		c := reflect.New(t.Elem())
		c.Elem().Set(v.Elem())
		e.alter(c.Elem(), depth+1)
		v.Set(c)
	default:
		v.Set(e.value(t, 4))
	}
}

func allExported(t reflect.Type) bool {
	for i := range t.NumField() {
		if !t.Field(i).IsExported() {
			return false
		}
	}
	return true
}

// fromText makes a value from a text or from altered JSON, as from a file. The result is
// invalid if the type refuses it.
func (e *engine) fromText(t reflect.Type) reflect.Value {
	p := reflect.New(t)
	if u, ok := p.Interface().(encoding.TextUnmarshaler); ok && e.one(2) {
		if u.UnmarshalText([]byte(e.text())) == nil {
			return p.Elem()
		}
		return reflect.Value{}
	}
	old := e.pool.take(e.rng, t)
	var data []byte
	if old.IsValid() && old.CanInterface() {
		data, _ = json.Marshal(old.Interface())
	}
	if len(data) == 0 {
		data = []byte(e.text())
	}
	if len(data) > 1<<18 {
		return reflect.Value{}
	}
	if data = e.alteredJSON(data); json.Unmarshal(data, p.Interface()) != nil {
		return reflect.Value{}
	}
	return p.Elem()
}

// Errors must not repeat these.
var (
	longText   = strings.Repeat("x", 1<<17)
	longNumber = json.Number(strings.Repeat("9", 1<<17))
)

func (e *engine) alteredJSON(data []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return data
	}
	for range e.rng.IntN(3) {
		v = e.alterJSON(v, 0)
	}
	if out, err := json.Marshal(v); err == nil {
		return out
	}
	return data
}

func (e *engine) alterJSON(v any, depth int) any {
	if e.one(8) || depth > 10 {
		return pick(e, []any{nil, true, json.Number("-1"), json.Number("0"), json.Number("1"), json.Number("7"), json.Number("1000000"), json.Number("9223372036854775807"), json.Number("1e40"), "x", "9223372036854775807", longText, longNumber, []any{}, map[string]any{}})
	}
	switch v := v.(type) {
	case []any:
		if len(v) == 0 {
			return v
		}
		v = slices.Clone(v)
		i := e.rng.IntN(len(v))
		switch e.rng.IntN(5) {
		case 0:
			return slices.Delete(v, i, i+1)
		case 1:
			return append(v, v[i])
		}
		v[i] = e.alterJSON(v[i], depth+1)
		return v
	case map[string]any:
		var keys []string
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		if len(keys) > 0 {
			k := pick(e, keys)
			if e.one(8) {
				delete(v, k)
			} else {
				v[k] = e.alterJSON(v[k], depth+1)
			}
		}
		return v
	}
	return pick(e, []any{json.Number("2"), json.Number("-1"), json.Number("64"), "", "x", nil, json.Number("4294967296")})
}
