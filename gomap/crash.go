package gomap

import (
	"fmt"
	"reflect"

	"github.com/orrery-go/orrery/crash"
)

// The panics and fatal errors of maps. [errors.Is] matches them in every release.
var (
	NilAssign      = crash.Panic("assignment to entry in nil map")
	Unhashable     = crash.Panic("runtime error: hash of unhashable type") // the type's name follows
	ReadAndWrite   = crash.Fatal("concurrent map read and map write")
	Writes         = crash.Fatal("concurrent map writes")
	RangeAndWrite  = crash.Fatal("concurrent map iteration and map write")
	CloneAndWrite  = crash.Fatal("concurrent map clone and map write")
	HintOutOfRange = crash.Panic("runtime error: makemap: size out of range")
	GrowthTooSlow  = crash.Fatal("evacuation not done in time")
)

// An access is what a goroutine does to a map.
type access uint8

const (
	read access = iota
	write
	remove
)

// before looks at what stands in the way of an access to a key. It is called if the
// map is nil, is in use, or has keys whose hash may panic.
func (m *Map[K, V]) before(a access, key K) error {
	if err := m.usable(); err != nil {
		return err
	}
	if m.isNil && a == write {
		if m.rules.nilRuntime {
			return NilAssign.In("runtime error: assignment to entry in nil map")
		}
		return NilAssign
	}
	bad := m.unhashable(key)
	if a != write && m.used == 0 {
		switch {
		case bad == nil || !m.rules.hashesEmpty:
			return nil
		case m.rules.emptyError:
			return Unhashable.Textf("hash of unhashable type: %v", bad)
		}
		return Unhashable.Textf("runtime error: hash of unhashable type %v", bad)
	}
	if err := m.free(a); err != nil {
		return err
	}
	if bad != nil {
		if m.rules.poisons && a != read {
			m.writing = true // and so it stays: Go 1.6 to 1.8
		}
		return Unhashable.Textf("runtime error: hash of unhashable type %v", bad)
	}
	return nil
}

// free looks whether another goroutine writes. If so, the program ends.
func (m *Map[K, V]) free(a access) error {
	if err := m.usable(); err != nil || !m.writing || !m.rules.detects || m.used == 0 && a != write {
		return err
	}
	if a == read {
		return m.crash(ReadAndWrite)
	}
	return m.crash(Writes)
}

func (m *Map[K, V]) crash(err *crash.Error) error {
	m.ready, m.crashed = false, err
	return err
}

// usable says why a map cannot be used at all.
func (m *Map[K, V]) usable() error {
	switch {
	case m.ready:
		return nil
	case m.hash == nil:
		return errUseNew
	case m.crashed != nil:
		return m.crashed
	}
	return errBusy
}

// Crashed reports the fatal error that has ended the program, or nil. From then on every
// operation returns it.
func (m *Map[K, V]) Crashed() error { return m.crashed }

// BeginWrite declares a race: another goroutine is now in the middle of an assignment or
// a deletion, and stays there until EndWrite. Meanwhile operations return the fatal error
// of the runtime, which no recover stops: reads and writes since Go 1.6, ranges since
// 1.8. In a real program it is luck whether the race is noticed.
func (m *Map[K, V]) BeginWrite() error {
	if err := m.usable(); err != nil {
		return err
	}
	m.writing = true
	return nil
}

// EndWrite declares that the other goroutine's write has ended.
func (m *Map[K, V]) EndWrite() error {
	if err := m.usable(); err != nil {
		return err
	}
	m.writing = false
	return nil
}

// mayPanic reports whether keys of a type have something in them whose type is only
// known at run time.
func mayPanic(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Array:
		return mayPanic(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if mayPanic(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}

// unhashable reports the type that makes a key unhashable, nil if it can be hashed:
// internal/runtime/maps/map.go:mapKeyError2.
func (m *Map[K, V]) unhashable(key K) error {
	if !m.shape.dynamic {
		return nil
	}
	if t := unhashableType(reflect.ValueOf(&key).Elem(), 0); t != "" {
		return typeName(t)
	}
	return nil
}

// typeName is the name of a type, as an error so that it may be nil.
type typeName string

func (t typeName) Error() string { return string(t) }

func unhashableType(v reflect.Value, depth int) string {
	if depth > 1000 {
		return ""
	}
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return ""
		}
		if t := v.Elem().Type(); !t.Comparable() {
			return fmt.Sprint(t)
		}
		return unhashableType(v.Elem(), depth+1)
	case reflect.Array:
		if !mayPanic(v.Type().Elem()) {
			return ""
		}
		for i := range v.Len() {
			if t := unhashableType(v.Index(i), depth+1); t != "" {
				return t
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name == "_" {
				continue
			}
			if t := unhashableType(v.Field(i), depth+1); t != "" {
				return t
			}
		}
	}
	return ""
}
