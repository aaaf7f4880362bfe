package attack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"runtime/debug"
)

// owned checks that the result of a function without arguments, or of a method such as
// Snapshot, belongs to the caller: it scribbles over the result, and calls again.
//
// A function that gives something else every time, as one that takes a step does, is
// left alone.
func (e *engine) owned(t *target, args []reflect.Value) {
	defer func() {
		if p := recover(); p != nil && !t.Panics {
			e.fail("panic", t, args, "in the second call: "+fmt.Sprint(p), string(debug.Stack()))
		}
	}()
	first, ok := e.plainResult(t, args)
	if !ok {
		return
	}
	out := t.value.Call(args)
	if again, err := json.Marshal(out[0].Interface()); err != nil || !bytes.Equal(first, again) {
		return
	}
	for _, v := range out {
		scribble(v, 0)
	}
	if now, ok := e.plainResult(t, args); ok && !bytes.Equal(first, now) {
		e.fail("shared", t, args, "its result shares memory with the model: it said "+short(first)+", and after that was scribbled over "+short(now), "")
	}
}

// plainResult returns the first result as JSON. ok is false if the function has another
// form, or its result has no memory that could be shared.
func (e *engine) plainResult(t *target, args []reflect.Value) ([]byte, bool) {
	out := t.value.Call(args)
	if failed(out) || len(out) == 0 || !out[0].CanInterface() || !holdsMemory(out[0].Type(), 0) {
		return nil, false
	}
	data, err := json.Marshal(out[0].Interface())
	return data, err == nil
}

// holdsMemory reports whether values of the type can share memory that a user may
// write to.
func holdsMemory(t reflect.Type, depth int) bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Map:
		return true
	case reflect.Array:
		return holdsMemory(t.Elem(), depth+1)
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && depth < 8 && holdsMemory(f.Type, depth+1) {
				return true
			}
		}
	}
	return false
}

// scribble changes all plain data that are reachable from v through slices and maps.
func scribble(v reflect.Value, depth int) {
	if depth > 8 {
		return
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		for i := range min(v.Len(), 1000) {
			scribble(v.Index(i), depth+1)
		}
	case reflect.Map:
		if !v.IsNil() {
			v.Clear()
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				scribble(v.Field(i), depth+1)
			}
		}
	}
	if !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() ^ 1)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(v.Uint() ^ 1)
	case reflect.String:
		v.SetString("scribble")
	}
}

func short(data []byte) string {
	if len(data) > 300 {
		data = append(data[:300:300], "…"...)
	}
	return string(data)
}
